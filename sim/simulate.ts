import { createHash } from "node:crypto";
import type { SimCluster } from "./cluster.ts";
import { CoverageTable, type Coverage } from "./coverage.ts";
import type { FaultKind, ProfileName } from "./faults.ts";
import { run, type Finding, type RunOptions, type RunResult } from "./run.ts";

export interface SimulateOptions {
  seed: number;
  orders: number;
  days: number;
  mode: "statement" | "transaction";
  profile: ProfileName;
  without?: ReadonlySet<FaultKind>;
  /** A town before all others: a planted bug brings the one that shows it. */
  first?: RunOptions | undefined;
  /** In each town the database is set back once. */
  restores?: boolean;
  /** The number of the one town that is run. */
  only?: number | undefined;
  /** Said after each town: how far it is. */
  onTown?: (done: { town: number; orders: number }) => void;
}

/** What `simulate --output json` prints. */
export interface Simulated {
  seed: number;
  commit: string;
  orders: number;
  purchases: number;
  kills: number;
  resets: number;
  pauses: number;
  crashes: number;
  lockWaits: number;
  statements: number;
  virtualDays: number;
  violations: (Finding & { town: number })[];
  /** How often each crash point was visited, by how the supplier takes orders. */
  coverage: Coverage;
  traceHash: string;
}

/** A town sells no more than this: two of a hundred find more than one of two hundred, because each has faults of its own. */
export const ordersPerTown = 100;

/** The runs of one seed: towns of up to a hundred orders, each with a database, luck and a swarm of faults of its own. */
export function townsOf({
  seed,
  orders,
  days,
  mode,
  profile,
  without = new Set(),
  first,
  restores,
}: SimulateOptions): RunOptions[] {
  const count = Math.max(1, Math.ceil(orders / ordersPerTown));
  const towns = Array.from({ length: count }, (_, no): RunOptions => ({
    seed: no === 0 ? seed : seedOf(seed, no),
    orders: Math.floor(((no + 1) * orders) / count) - Math.floor((no * orders) / count),
    days,
    mode,
    profile,
    without,
    withoutOrders: new Set<number>(),
    restores,
  }));
  return first === undefined ? towns : [first, ...towns];
}
const seedOf = (seed: number, town: number): number =>
  createHash("sha256").update(`${seed} town ${town}`).digest().readUInt32BE(0);

/** Stops at the first town that breaks a rule: one story is enough. */
export async function simulateOn(cluster: SimCluster, options: SimulateOptions, commit: string): Promise<Simulated> {
  const coverage = new CoverageTable();
  const hashes: string[] = [];
  const all: Simulated = { seed: options.seed, commit, ...nothing, violations: [], coverage: {}, traceHash: "" };
  for (const [town, options_] of townsOf(options).entries()) {
    if (town !== (options.only ?? town)) continue;
    const result = await run(cluster, options_);
    hashes.push(result.traceHash);
    coverage.add(result.coverage);
    for (const name of Object.keys(nothing) as (keyof typeof nothing)[]) all[name] += result[name];
    all.violations.push(...result.violations.map((each) => ({ ...each, town })));
    options.onTown?.({ town, orders: all.orders });
    if (all.violations.length > 0) break;
  }
  all.virtualDays = Math.round(all.virtualDays * 100) / 100;
  all.coverage = coverage.table();
  all.traceHash = hashes.length === 1 ? hashes[0]! : createHash("sha256").update(hashes.join("\n")).digest("hex");
  return all;
}

const nothing = {
  orders: 0,
  purchases: 0,
  kills: 0,
  resets: 0,
  pauses: 0,
  crashes: 0,
  lockWaits: 0,
  statements: 0,
  virtualDays: 0,
} satisfies Partial<RunResult>;
