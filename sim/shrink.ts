import type { SimCluster } from "./cluster.ts";
import { faultKinds, type FaultKind } from "./faults.ts";
import { run, type RunOptions, type RunResult } from "./run.ts";

export interface Shrunk {
  options: RunOptions;
  result: RunResult;
  runs: number;
}
export interface ShrinkOptions {
  /** Runs, at most. */
  budget?: number;
  /** Steps of all runs together, at most: so many times as the first one took. */
  effort?: number;
  runs?: (options: RunOptions) => Promise<RunResult>;
  onTry?: (done: { runs: number; steps: number; orders: number }) => void;
}

/** A smaller run may take another way; one that takes this much longer than what it is to replace is no smaller. */
const slack = 1.1;

/**
 * SM-15. The smallest run that still breaks the same rule. First what costs least to try: the one order that the rule was broken on, or small towns of the same seed;
 * then fewer orders (delta debugging), shorter times and fewer kinds of fault. Each try ends at the step at which the smallest one so far had shown it. Luck
 * is drawn by name, so what stays behaves as before, but for those that shared a batch with what went.
 */
export async function shrink(
  cluster: SimCluster,
  options: RunOptions,
  invariant: string,
  { budget = 80, effort = 20, runs: runOnce = (each) => run(cluster, each), onTry = () => {} }: ShrinkOptions = {},
): Promise<Shrunk> {
  let runs = 0;
  let steps = 0;
  let best: { options: RunOptions; result: RunResult } | null = null;
  const breaks = async (candidate: RunOptions): Promise<boolean> => {
    if (best !== null && (runs >= budget || steps >= effort * mostSteps)) return false;
    runs += 1;
    const result = await runOnce(
      best === null ? candidate : { ...candidate, mostSteps: Math.ceil(best.result.steps * slack) },
    );
    steps += result.steps;
    onTry({ runs, steps: result.steps, orders: sold(candidate).length });
    if (!result.violations.some((each) => each.invariant === invariant)) return false;
    best = { options: candidate, result };
    return true;
  };
  let mostSteps = 0;
  if (!(await breaks(options))) throw new Error(`This run does not break ${invariant}.`);
  let current = options;
  const first = best!.result;
  mostSteps = first.steps;
  const tryIt = async (change: Partial<RunOptions>): Promise<boolean> => {
    const candidate = { ...current, ...change };
    if (!(await breaks(candidate))) return false;
    current = candidate;
    return true;
  };

  const all = sold(options);
  const named = all.filter((no) =>
    first.violations.some(
      ({ invariant: of, workspace, order }) => of === invariant && first.soldAs[no] === `${workspace}:${order}`,
    ),
  );
  const only = (kept: readonly number[]): Partial<RunOptions> => ({
    withoutOrders: new Set(Array.from({ length: options.orders }, (_, no) => no).filter((no) => !kept.includes(no))),
  });
  if (named.length === 0 || all.length <= 1 || !(await tryIt(only(named))))
    for (let orders = 1; orders < all.length; orders *= 2) if (await tryIt({ orders })) break;

  for (let parts = 2; ;) {
    const left = sold(current);
    const size = Math.ceil(left.length / parts);
    let isSmaller = false;
    for (let from = 0; from < left.length && !isSmaller; from += size) {
      const without = new Set([...current.withoutOrders, ...left.slice(from, from + size)]);
      if (without.size < current.orders) isSmaller = await tryIt({ withoutOrders: without });
    }
    if (isSmaller) parts = Math.max(2, parts - 1);
    else if (size <= 1) break;
    else parts = Math.min(left.length, parts * 2);
  }
  for (const change of [{ quietHours: 2 }, { faultHours: 0.25 }, { quietHours: 1 }]) {
    const [[name, hours]] = Object.entries(change) as [["quietHours" | "faultHours", number]];
    if ((current[name] ?? (name === "quietHours" ? 5 : 1)) > hours) await tryIt(change);
  }
  for (const kind of faultKinds)
    if (!current.without.has(kind)) await tryIt({ without: new Set<FaultKind>([...current.without, kind]) });
  return { options: current, result: best!.result, runs };
}

const sold = (of: RunOptions): number[] =>
  Array.from({ length: of.orders }, (_, no) => no).filter((no) => !of.withoutOrders.has(no));
