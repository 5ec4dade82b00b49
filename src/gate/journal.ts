import { mkdir, open, readdir, readFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { AccountId, AttemptId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { PurchaseAnswer } from "#connectors/ports.ts";
import { fromWire, toWire } from "./wire.ts";

/** One line of the gate's own record. It lies outside the database and is never changed: what it says of the outside is true after any restore. */
export type JournalLine =
  | { line: "opened"; at: Date }
  /** The administrator said that this database is home, whatever lines before this knew. */
  | { line: "adopted"; at: Date }
  /** From here on a byte may have left. */
  | (About & { line: "sending"; fence: number; mode: "send" | "resend" })
  | (About & { line: "answered"; answer: PurchaseAnswer })
  /** From here on somebody may buy it at the supplier. */
  | (About & { line: "by_hand" })
  /** Nothing of it left and nothing ever will. */
  | (About & { line: "closed"; message: string })
  | {
      line: "document";
      at: Date;
      workspaceId: WorkspaceId;
      dispatchId: string;
      fileName: string;
      sha256: string;
      what: "releasing" | "left" | "withdrawn";
    };

/** Which purchase a line is about. The reference names it for ever: a database that was restored from a backup arms the same purchase under the same one. */
interface About {
  at: Date;
  workspaceId: WorkspaceId;
  attemptId: AttemptId;
  reference: string;
  requestHash: string;
  /** Which order it is for, in whatever database (see `orderKey`); lines of older versions do not say. */
  order?: string;
  /** Where it was sent; lines of older versions do not say. */
  place?: { supplierId: SupplierId; accountId: AccountId };
}

/** What the journal knows of one purchase. */
export interface Known extends About {
  /** A byte may have left at some time, or somebody may have ordered it. */
  wasSent: boolean;
  isByHand: boolean;
  /** Null where it never was. */
  firstSentAt: Date | null;
  isClosed: boolean;
  answer: PurchaseAnswer | null;
}

/** Where lines go; `write` resolves when all of them are on the disk. */
export interface JournalStore {
  load(since: Date): Promise<JournalLine[]>;
  write(lines: readonly JournalLine[], at: Date): Promise<void>;
  close(): Promise<void>;
}

/** How far back questions are answered. Longer than any backup is kept (35 days): a database restored from one must not buy again. */
const memoryMs = 36 * 86_400_000;

/** The gate's memory of what left, kept on disk. Lines that are written at the same time share one sync. */
export class Journal {
  readonly #store: JournalStore;
  readonly #now: () => Date;
  readonly #known = new Map<string, Known>();
  readonly #ofOrder = new Map<string, Set<Known>>();
  #since: Date;
  #adoptedAt: Date | null = null;
  #waiting: { line: JournalLine; done: () => void; failed: (error: unknown) => void }[] = [];
  #writing: Promise<void> | null = null;

  private constructor(store: JournalStore, now: () => Date, since: Date) {
    this.#store = store;
    this.#now = now;
    this.#since = since;
  }

  /** Reads what is there; a journal that begins now says so in its first line. */
  static async open(store: JournalStore, now: () => Date): Promise<Journal> {
    const horizon = new Date(now().getTime() - memoryMs);
    const lines = await store.load(horizon);
    const opened = lines.find((line) => line.line === "opened")?.at;
    // Without a first line in reach, all that is in reach is known.
    const journal = new Journal(
      store,
      now,
      opened === undefined ? (lines.length === 0 ? now() : horizon) : opened > horizon ? opened : horizon,
    );
    for (const line of lines) journal.#remember(line);
    if (lines.length === 0) await journal.append({ line: "opened", at: now() });
    return journal;
  }

  /** Resolves when the line is on the disk. It counts for `find` at once, so that nobody who asks meanwhile is told less. */
  append(line: JournalLine): Promise<void> {
    this.#remember(line);
    return new Promise((done, failed) => {
      this.#waiting.push({ line, done, failed });
      this.#writing ??= this.#writeAll();
    });
  }

  find(reference: string): Known | undefined {
    return this.#known.get(reference);
  }

  /** PL-68. Other purchases for the same order that were made, or may have been. */
  boughtFor(order: string, except: string): Known[] {
    return [...(this.#ofOrder.get(order) ?? [])].filter((each) => each.reference !== except && wasPerhapsBought(each));
  }

  /** Whether silence about an attempt armed at `instant` means that nothing of it was ever sent. */
  knowsSince(instant: Date): boolean {
    const horizon = this.#now().getTime() - memoryMs;
    return instant.getTime() >= Math.max(this.#since.getTime(), horizon);
  }

  /** The newest attempts it knows since the database was last said to be home, newest first. */
  newest(count: number): Known[] {
    const since = this.#adoptedAt;
    return [...this.#known.values()]
      .filter((each) => since === null || each.at > since)
      .sort((a, b) => b.at.getTime() - a.at.getTime())
      .slice(0, count);
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#store.close();
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve(); // lines of the same moment come together
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#store.write(
          batch.map((each) => each.line),
          this.#now(),
        );
        for (const each of batch) each.done();
      } catch (error) {
        for (const each of batch) each.failed(error);
      }
    }
    this.#writing = null;
    this.#forget();
  }

  #remember(line: JournalLine): void {
    if (line.line === "adopted") this.#adoptedAt = line.at;
    if (line.line === "opened" || line.line === "adopted" || line.line === "document") return;
    const { at, workspaceId, attemptId, reference, requestHash, order, place } = line;
    const about: About = {
      at,
      workspaceId,
      attemptId,
      reference,
      requestHash,
      ...(order === undefined ? {} : { order }),
      ...(place === undefined ? {} : { place }),
    };
    const known = this.#known.get(reference) ?? {
      ...about,
      wasSent: false,
      isByHand: false,
      firstSentAt: null,
      isClosed: false,
      answer: null,
    };
    known.at = at;
    if (line.line === "sending" || line.line === "by_hand") known.wasSent = true;
    if (line.line === "by_hand") known.isByHand = true;
    if (line.line === "sending") known.firstSentAt ??= at;
    if (line.line === "closed") known.isClosed = true;
    // An answer that says more is never forgotten for one that says less.
    if (line.line === "answered" && (known.answer === null || !isFinal(known.answer) || isFinal(line.answer)))
      known.answer = line.answer;
    this.#known.set(reference, known);
    if (known.order === undefined) return;
    const siblings = this.#ofOrder.get(known.order) ?? new Set();
    this.#ofOrder.set(known.order, siblings.add(known));
  }

  /** What is too old to be asked for; the map is in the order of arrival, so the old ones come first. */
  #forget(): void {
    const horizon = this.#now().getTime() - memoryMs;
    for (const [reference, known] of this.#known) {
      if (known.at.getTime() >= horizon) return;
      this.#known.delete(reference);
      if (known.order === undefined) continue;
      const siblings = this.#ofOrder.get(known.order);
      siblings?.delete(known);
      if (siblings?.size === 0) this.#ofOrder.delete(known.order);
    }
  }
}

/** As far as the journal knows. */
export const wasPerhapsBought = ({ wasSent, isClosed, answer }: Known): boolean =>
  wasSent && !isClosed && mayBeBought(answer);

/** As far as an answer says; null: there is none. */
export const mayBeBought = (answer: PurchaseAnswer | null): boolean =>
  answer === null || answer.status === "placed" || !isFinal(answer);

/** Says for certain what became of the purchase. */
export const isFinal = (answer: PurchaseAnswer): boolean =>
  answer.status === "placed" ||
  answer.status === "refused" ||
  answer.status === "not_sent" ||
  answer.status === "credentials";

/** One file a day, `2026-11-22.ndjson`, only ever appended to. */
export class JournalFolder implements JournalStore {
  readonly #folder: string;
  #file: { name: string; handle: FileHandle } | null = null;
  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(since: Date): Promise<JournalLine[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const first = nameOf(since);
    const names = (await readdir(this.#folder))
      .filter((name) => /^\d{4}-\d\d-\d\d\.ndjson$/.test(name) && name >= first)
      .toSorted();
    const lines: JournalLine[] = [];
    for (const name of names) lines.push(...(await this.#read(join(this.#folder, name))));
    return lines;
  }

  async #read(path: string): Promise<JournalLine[]> {
    const text = await readFile(path, "utf8");
    // A tail without its line break is being written, or was when the machine stopped: its sync never ended, so what it announces has not happened.
    const end = text.lastIndexOf("\n") + 1;
    return text
      .slice(0, end)
      .split("\n")
      .filter((line) => line !== "")
      .map((line, index) => {
        try {
          return fromWire(line) as JournalLine;
        } catch {
          throw new Error(
            `The gate's journal ${path} is damaged in line ${index + 1}. Nothing is sent until somebody has looked at it; restore the file, or move it away and start in safe mode.`,
          );
        }
      });
  }

  async write(lines: readonly JournalLine[], at: Date): Promise<void> {
    const name = nameOf(at);
    if (this.#file?.name !== name) {
      await this.#file?.handle.close();
      this.#file = { name, handle: await this.#openWhole(join(this.#folder, name)) };
    }
    await this.#file.handle.appendFile(lines.map((line) => `${toWire(line)}\n`).join(""));
    await this.#file.handle.datasync();
  }

  /** For the one process that writes: cuts off a line that a crash left half written, so that the next one does not join it. */
  async #openWhole(path: string): Promise<FileHandle> {
    const handle = await open(path, "a+", 0o600);
    const text = await handle.readFile("utf8");
    const end = text.lastIndexOf("\n") + 1;
    if (end < text.length) await handle.truncate(Buffer.byteLength(text.slice(0, end)));
    return handle;
  }

  async close(): Promise<void> {
    await this.#file?.handle.close();
    this.#file = null;
  }
}

/**
 * The administrator's word that the database is home again, whatever the journal knows more of. May be written while the gate runs: an empty line first,
 * so that it never joins one that is being written.
 */
export async function writeAdopted(folder: string, at: Date): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await using file = await open(join(folder, nameOf(at)), "a", 0o600);
  await file.appendFile(`\n${toWire({ line: "adopted", at } satisfies JournalLine)}\n`);
  await file.sync();
}

/** For the simulation: what a disk would hold, so that a gate can die and another one find it. */
export function memoryStore(lines: JournalLine[] = []): JournalStore {
  return {
    load: async (since) => lines.filter((line) => line.at >= since),
    write: async (more) => void lines.push(...more),
    close: async () => {},
  };
}

const nameOf = (at: Date): string => `${at.toISOString().slice(0, 10)}.ndjson`;
