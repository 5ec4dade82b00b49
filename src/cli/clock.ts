// The only file of the product that asks the machine for the time, for a pause or for chance. Everything else is handed these values.
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Clock, Random } from "#domain/clock.ts";
import { uuidv7 } from "#domain/uuid.ts";

const longestTimerMs = 2 ** 31 - 1; // Node turns a longer one into one millisecond

export const realClock: Clock = {
  now: () => new Date(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0 && signal?.aborted !== true; left -= longestTimerMs) {
      await pause(Math.min(left, longestTimerMs), undefined, { signal }).catch((error: unknown) => {
        if (signal?.aborted !== true) throw error;
      });
    }
  },
};

/** Milliseconds since some moment, never going back: for how long something took, whatever is done to the machine's clock meanwhile. */
export const monotonicMs = (): number => performance.now();

export const realRandom: Random = {
  next: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  bytes: (count) => (count <= idBytes ? fromPool(count) : randomBytes(count)),
};

/** Longer ones are secrets, and lie nowhere but with who asked. For ids a call into the kernel each would cost more than the id; no byte is given out twice. */
const idBytes = 10;
let pool = Buffer.alloc(0);
let used = 0;
function fromPool(count: number): Uint8Array {
  if (used + count > pool.length) {
    pool = randomBytes(4_096);
    used = 0;
  }
  used += count;
  return Uint8Array.from(pool.subarray(used - count, used));
}

/** An id that may leave the system. */
export const nextUuid = (): string => uuidv7(realClock.now(), realRandom);
