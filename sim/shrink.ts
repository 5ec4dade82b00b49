import type { SimCluster } from "./cluster.ts";
import { faultKinds, type FaultKind } from "./faults.ts";
import { run, type RunOptions, type RunResult } from "./run.ts";

export interface Shrunk {
  options: RunOptions;
  result: RunResult;
  runs: number;
}

/**
 * The smallest run that still breaks the same rule: fewer orders (delta debugging), then fewer kinds of fault, until nothing more can go or the budget of
 * runs is used up. Luck is drawn by name, so what stays behaves as before, but for those that shared a batch with what went.
 */
export async function shrink(
  cluster: SimCluster,
  options: RunOptions,
  invariant: string,
  budget = 60,
): Promise<Shrunk> {
  let runs = 0;
  let best: { options: RunOptions; result: RunResult } | null = null;
  const breaks = async (candidate: RunOptions): Promise<boolean> => {
    if (runs >= budget) return false;
    runs += 1;
    const result = await run(cluster, candidate);
    if (!result.violations.some((each) => each.invariant === invariant)) return false;
    best = { options: candidate, result };
    return true;
  };
  if (!(await breaks(options))) throw new Error(`This run does not break ${invariant}.`);

  const sold = (of: RunOptions): number[] =>
    Array.from({ length: of.orders }, (_, no) => no).filter((no) => !of.withoutOrders.has(no));
  let current = options;
  for (let parts = 2; ;) {
    const left = sold(current);
    const size = Math.ceil(left.length / parts);
    let isSmaller = false;
    for (let from = 0; from < left.length && !isSmaller; from += size) {
      const without = new Set([...current.withoutOrders, ...left.slice(from, from + size)]);
      if (without.size === current.orders) continue;
      const candidate = { ...current, withoutOrders: without };
      if (await breaks(candidate)) {
        current = candidate;
        isSmaller = true;
      }
    }
    if (isSmaller) parts = Math.max(2, parts - 1);
    else if (size <= 1 || runs >= budget) break;
    else parts = Math.min(left.length, parts * 2);
  }
  for (const kind of faultKinds) {
    const candidate = { ...current, without: new Set<FaultKind>([...current.without, kind]) };
    if (!current.without.has(kind) && (await breaks(candidate))) current = candidate;
  }
  return { ...best!, runs };
}
