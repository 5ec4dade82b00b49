import { createHash } from "node:crypto";
import type { Random } from "#domain/clock.ts";

/**
 * Chance by name: each name has a stream of its own, so that taking one order, one worker or one kind of fault away leaves the luck of all others as it
 * was. Without that nothing could be shrunk.
 */
export interface Streams {
  stream(name: string): Stream;
}
export interface Stream extends Random {
  /** True with this probability (0 to 1). */
  chance(rate: number): boolean;
  /** At least `from`, below `to`. */
  between(from: number, to: number): number;
  /** A whole number from `from` to `to`, both possible. */
  whole(from: number, to: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

export function streamsOf(seed: number | string): Streams {
  const known = new Map<string, Stream>();
  return {
    stream(name) {
      let found = known.get(name);
      if (found === undefined) known.set(name, (found = streamFrom(`${seed}\n${name}`)));
      return found;
    },
  };
}

function streamFrom(name: string): Stream {
  let state = createHash("sha256").update(name).digest().readUInt32BE(0);
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)),
    chance: (rate) => next() < rate,
    between: (from, to) => from + next() * (to - from),
    whole,
    pick(items) {
      const item = items[whole(0, items.length - 1)];
      if (item === undefined) throw new RangeError(`Nothing to pick from in "${name}".`);
      return item;
    },
  };
}
