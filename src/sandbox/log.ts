import type { WorldEvent } from "./events.ts";

/** The world's memory: events are only ever added. */
export interface Log {
  /** At most `limit` events, oldest first, from the one after number `after` on (0: from the first). */
  read(after: number, limit: number): WorldEvent[];
  append(event: WorldEvent): void;
  /** Resolves when all that was appended before survives a `kill -9` and a power cut. */
  durable(): Promise<void>;
}

/** Forgets with the process: for tests and the simulator. */
export function memoryLog(events: WorldEvent[] = []): Log {
  return {
    read: (after, limit) => events.slice(after, after + limit),
    append: (event) => void events.push(event),
    durable: async () => undefined,
  };
}
