import { findMutant, installMutant, mutantSql, runOf, withSql } from "./mutate.ts";

/** What one run with a planted bug found. */
export interface ChildSaid {
  orders: number;
  purchases: number;
  seconds: number;
  caughtBy: string | null;
  what: string;
  violations: { invariant: string; order: string | null; what: string }[];
}

const [name = "", seed = "", orders = "", control = ""] = process.argv.slice(2);
const mutant = control === "" ? installMutant(name) : findMutant(name);
// Only now, because what is loaded before its bug is planted has none.
const { openCluster } = await import("./cluster.ts");
const { run } = await import("./run.ts");

const startedMs = performance.now();
const cluster = await openCluster();
try {
  const asked = runOf(mutant);
  const result = await run(withSql(cluster, control === "" ? mutantSql(name) : null), {
    ...asked,
    seed: seed === "" ? asked.seed : Number(seed),
    orders: orders === "" ? asked.orders : Number(orders),
    without: new Set(),
    withoutOrders: new Set(),
  });
  const found = result.violations.find(({ invariant }) => mutant.invariants.includes(invariant));
  const said: ChildSaid = {
    orders: result.orders,
    purchases: result.purchases,
    seconds: (performance.now() - startedMs) / 1000,
    caughtBy: found?.invariant ?? null,
    what: found === undefined ? "" : `${found.order ?? ""} ${found.what}`.trim(),
    violations: result.violations.map(({ invariant, order, what }) => ({ invariant, order, what })),
  };
  console.log(JSON.stringify(said));
} finally {
  await cluster.close();
}
