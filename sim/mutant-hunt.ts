import type { Trial } from "./mutant-trial.ts";
import type { Mutant } from "./mutants.ts";

/** One mutant, one seed: how many orders it took until it was caught, and by what. */
export interface Hunt {
  name: string;
  seed: number;
  /** Sold so far, in all its runs. */
  orders: number;
  statements: number;
  runs: number;
  caughtBy: string | null;
  /** What the process wrote that failed; null: none did. */
  broken: string | null;
}

export interface HuntOptions {
  mutants: readonly Mutant[];
  seeds: readonly number[];
  /** After so many orders a mutant has survived a seed. */
  mostOrders: (mutant: Mutant) => number;
  /** Asked before each run. */
  isOver: () => boolean;
  run: (mutant: Mutant, seed: number) => Promise<Pick<Trial, "orders" | "statements" | "caughtBy">>;
  onEnd?: (hunt: Hunt) => void;
}

/** Those that buy twice have to be caught sooner. */
export const mostOrdersOf = ({ invariants }: Pick<Mutant, "invariants">): number =>
  invariants.includes("I01") ? 1_000 : 20_000;

/** The seeds that follow on the first of a hunt: no other hunt of the same command has one of them. */
const nextSeed = (seed: number, runs: number): number => seed + runs * 100_000;

/**
 * SM-14. Runs each mutant on each seed in its own small town, again and again with seeds that follow on that one, until it is caught or as many orders were sold as it
 * may survive. All have had a run before one has another, so that whoever stops early has seen them all.
 */
export async function hunt({ mutants, seeds, mostOrders, isOver, run, onEnd }: HuntOptions): Promise<Hunt[]> {
  const all = seeds.flatMap((seed) =>
    mutants.map((mutant) => ({
      mutant,
      hunt: { name: mutant.name, seed, orders: 0, statements: 0, runs: 0, caughtBy: null, broken: null } as Hunt,
    })),
  );
  for (
    let open = all;
    open.length > 0 && !isOver();
    open = open.filter((each) => isOpen(each.hunt, mostOrders(each.mutant)))
  )
    for (const { mutant, hunt } of open) {
      if (isOver()) break;
      try {
        const { orders, statements, caughtBy } = await run(mutant, nextSeed(hunt.seed, hunt.runs));
        hunt.orders += orders;
        hunt.statements += statements;
        hunt.caughtBy = caughtBy;
      } catch (error) {
        hunt.broken = String((error as { stderr?: string }).stderr ?? error);
      }
      hunt.runs += 1;
      if (!isOpen(hunt, mostOrders(mutant))) onEnd?.(hunt);
    }
  return all.map((each) => each.hunt);
}

const isOpen = ({ caughtBy, broken, orders }: Hunt, mostOrders: number): boolean =>
  caughtBy === null && broken === null && orders < mostOrders;

/** A line per mutant, a column per seed, and what it comes to. */
export function tableOf(hunts: readonly Hunt[], mostOrders: (name: string) => number): string[] {
  const byName = Map.groupBy(hunts, ({ name }) => name);
  const cell = (each: Hunt): string =>
    each.broken !== null
      ? "broken"
      : each.caughtBy !== null
        ? `${each.caughtBy} ${each.orders}`
        : each.orders >= mostOrders(each.name)
          ? `SURVIVED ${each.orders}`
          : each.runs === 0
            ? "not tried"
            : `not yet ${each.orders}`;
  const caught = hunts.filter(({ caughtBy }) => caughtBy !== null).toSorted((a, b) => a.orders - b.orders);
  const worst = caught.at(-1);
  return [
    ...[...byName].map(([name, some]) =>
      [name.padEnd(32), ...some.map((each) => cell(each).padEnd(16))].join("").trimEnd(),
    ),
    `${caught.length} of ${hunts.length} caught` +
      (worst === undefined
        ? ""
        : `; orders until then: median ${caught[Math.floor(caught.length / 2)]!.orders}, most ${worst.orders} (${worst.name}, seed ${worst.seed})`),
  ];
}
