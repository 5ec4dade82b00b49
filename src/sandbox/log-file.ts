import { closeSync, fdatasync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { WorldEvent } from "./events.ts";
import type { Log } from "./log.ts";

const sync = promisify(fdatasync);

/** A log on disk: `world.jsonl` in the folder, one JSON object a line, only ever added to (SB-6). */
export interface FileLog extends Log {
  /** Waits for what is under way and lets go of the file. */
  close(): Promise<void>;
}

/**
 * Opens the folder's log or begins one. A last line without its end was never acknowledged to anybody and is cut off. Throws `LogError`
 * for any other line that is no event: somebody else wrote it.
 */
export function openLog(folder: string): FileLog {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "world.jsonl");
  const file = openSync(path, "a+");
  let size = cutTornLine(file);
  /** Where each hundredth line begins, so that a page deep in a long log is found without reading all of it. */
  const offsets = [0];
  let count = 0;
  for (const { next } of lines(file, 0, size)) if (++count % 100 === 0) offsets.push(next);

  let pending: string[] = [];
  let last: Promise<void> = Promise.resolve();
  let syncedSize = size;

  const writePending = (): void => {
    if (pending.length === 0) return;
    const bytes = Buffer.from(pending.join(""));
    if (fstatSync(file).size !== size)
      throw new LogError(`${path} was written to by another process. Only one sandbox may use a folder.`);
    let written = 0;
    while (written < bytes.length) written += writeSync(file, bytes, written);
    for (const line of pending) {
      size += Buffer.byteLength(line);
      if (++count % 100 === 0) offsets.push(size);
    }
    pending = [];
  };

  return {
    read(after, limit) {
      writePending();
      const events: WorldEvent[] = [];
      let no = Math.floor(after / 100) * 100;
      const from = offsets[no / 100];
      if (from === undefined) return events;
      for (const { text } of lines(file, from, size)) {
        no++;
        if (no > after) events.push(parse(text, path, no));
        if (events.length >= limit) break;
      }
      return events;
    },
    append: (event) => void pending.push(`${JSON.stringify(event)}\n`),
    /** Whoever waits at the same time shares one write and one sync. */
    durable() {
      last = last.then(async () => {
        writePending();
        if (syncedSize === size) return;
        const reached = size;
        await sync(file);
        syncedSize = reached;
      });
      return last;
    },
    async close() {
      await this.durable();
      closeSync(file);
    },
  };
}
export class LogError extends Error {}

function parse(text: string, path: string, no: number): WorldEvent {
  try {
    const event: unknown = JSON.parse(text);
    if (typeof event === "object" && event !== null && "type" in event && "at" in event) return event as WorldEvent;
  } catch {
    // Told below, with the place.
  }
  throw new LogError(
    `${path}, line ${no}: not an event of this world: ${JSON.stringify(text.slice(0, 60))}. Use another folder, or put the file back as it was.`,
  );
}

/** The lines between two offsets, and where the next one begins. */
function* lines(file: number, from: number, to: number): Generator<{ text: string; next: number }> {
  const chunk = Buffer.alloc(1 << 20);
  let rest: Buffer = Buffer.alloc(0);
  let at = from;
  let lineStart = from;
  while (at < to) {
    const read = readSync(file, chunk, 0, Math.min(chunk.length, to - at), at);
    if (read === 0) return;
    at += read;
    let block = Buffer.concat([rest, chunk.subarray(0, read)]);
    for (let end = block.indexOf(10); end !== -1; end = block.indexOf(10)) {
      lineStart += end + 1;
      yield { text: block.toString("utf8", 0, end), next: lineStart };
      block = block.subarray(end + 1);
    }
    rest = Buffer.from(block);
  }
}

/** Cuts off what follows the last line end and returns the size that is left. */
function cutTornLine(file: number): number {
  const { size } = fstatSync(file);
  let end = 0;
  for (const { next } of lines(file, 0, size)) end = next;
  if (end < size) ftruncateSync(file, end);
  return end;
}
