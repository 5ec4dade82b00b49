import type { Readable, Writable } from "node:stream";
import type { Client, Submittable } from "pg";

// COPY in both directions over a connection of pg, which knows the messages of the protocol and leaves what to do with them to the query under way.

interface Wire {
  stream: Readable & Writable;
  query(text: string): void;
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

/** Writes what `copy … to stdout` brings into `sink`, no faster than it takes it. Answers how many rows it were. */
export function copyOut(client: Client, text: string, sink: Writable): Promise<number> {
  let isWaiting = false;
  return send(client, text, {
    onData(chunk, wire) {
      // A copy: pg reads the next message into the same bytes, and the sink may still hold these.
      if (sink.write(Buffer.from(chunk)) || isWaiting) return;
      isWaiting = true;
      wire.stream.pause();
      sink.once("drain", () => {
        isWaiting = false;
        wire.stream.resume();
      });
    },
    begin(wire) {
      // Who no longer takes anything never drains: without this the connection would stand still for ever.
      const cut = (): void => void wire.stream.destroy(new Error("what was copied could not be written"));
      sink.once("close", cut);
      return () => {
        sink.off("close", cut);
        wire.stream.resume(); // a sink that is ended now never says that it drained
      };
    },
  });
}

/** Feeds `copy … from stdin` with `source`. Answers how many rows it took. */
export const copyIn = (client: Client, text: string, source: AsyncIterable<Uint8Array>): Promise<number> =>
  send(client, text, {
    async onReady(wire) {
      try {
        for await (const chunk of source) {
          wire.sendCopyFromChunk(chunk);
          if (wire.stream.writableNeedDrain) await drained(wire.stream);
          if (wire.stream.destroyed) return; // the connection's end is reported to the query
        }
        wire.endCopyFrom();
      } catch (error) {
        wire.sendCopyFail(error instanceof Error ? error.message : String(error));
      }
    },
  });

interface Ways {
  begin?(wire: Wire): () => void;
  onData?(chunk: Uint8Array, wire: Wire): void;
  onReady?(wire: Wire): Promise<void>;
}

/** Resolves also when the stream has ended meanwhile. */
const drained = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done).off("close", done);
      resolve();
    };
    stream.on("drain", done).on("close", done);
  });

function send(client: Client, text: string, { begin, onData, onReady }: Ways): Promise<number> {
  return new Promise((resolve, reject) => {
    let rows = 0;
    let failure: Error | undefined;
    let end: (() => void) | undefined;
    const query = {
      submit(wire: Wire) {
        end = begin?.(wire);
        wire.query(text);
      },
      handleRowDescription() {},
      handleDataRow() {},
      handleEmptyQuery() {},
      handleCopyInResponse: (wire: Wire) => void onReady?.(wire),
      handleCopyData: (message: { chunk: Uint8Array }, wire: Wire) => onData?.(message.chunk, wire),
      handleCommandComplete(message: { text: string }) {
        rows = Number(/^COPY (\d+)$/.exec(message.text)?.[1] ?? 0);
      },
      handleError(error: Error) {
        failure ??= error;
        end?.();
        reject(failure);
      },
      handleReadyForQuery() {
        end?.();
        if (failure === undefined) resolve(rows);
      },
    };
    client.query(query as unknown as Submittable);
  });
}
