import { createHash } from "node:crypto";

/**
 * Chance by name: every draw is a hash of seed and name, so it does not matter in which order things are drawn, and taking one order
 * away leaves the luck of all others as it was (SB-2).
 */
export interface Draws {
  /** A stream of its own below this one, e.g. `supplier:northlight:order:77`. */
  of(name: string): Draws;
  /** At least 0, below 1. */
  fraction(name: string): number;
  /** True with the probability `rate` (0 to 1). */
  chance(name: string, rate: number): boolean;
  /** At least `from`, below `to`. */
  between(name: string, from: number, to: number): number;
  /** A whole number from `from` to `to`, both possible. */
  whole(name: string, from: number, to: number): number;
  pick<Item>(name: string, items: readonly Item[]): Item;
}

export function drawsFrom(seed: string, path = ""): Draws {
  const fraction = (name: string): number =>
    createHash("sha256").update(`${seed}\n${path}${name}`).digest().readUIntBE(0, 6) / 2 ** 48;
  const whole = (name: string, from: number, to: number): number => from + Math.floor(fraction(name) * (to - from + 1));
  return {
    of: (name) => drawsFrom(seed, `${path}${name}/`),
    fraction,
    chance: (name, rate) => fraction(name) < rate,
    between: (name, from, to) => from + fraction(name) * (to - from),
    whole,
    pick: (name, items) => {
      const item = items[whole(name, 0, items.length - 1)];
      if (item === undefined) throw new RangeError(`Nothing to pick from for "${path}${name}".`);
      return item;
    },
  };
}
