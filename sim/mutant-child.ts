import type { Trial } from "./mutant-trial.ts";
import { findMutant, installMutant, mutantSql, runOf, withSql } from "./mutate.ts";

// Started by `tryMutant`, with the mutant's name, a seed, a number of orders, and "control". SWITCHYARD_SIM_CLUSTER: the folder of a cluster that is lent.
const [name = "", seed = "", orders = "", control = ""] = process.argv.slice(2);
const mutant = control === "" ? installMutant(name) : findMutant(name);
// Only now, because what is loaded before its bug is planted has none.
const { openCluster } = await import("./cluster.ts");
const { run } = await import("./run.ts");

const startedMs = performance.now();
const cluster = await openCluster(process.env["SWITCHYARD_SIM_CLUSTER"]);
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
  const trial: Trial = {
    orders: result.orders,
    purchases: result.purchases,
    statements: result.statements,
    seconds: (performance.now() - startedMs) / 1000,
    caughtBy: found?.invariant ?? null,
    what: found === undefined ? "" : `${found.order ?? ""} ${found.what}`.trim(),
    violations: result.violations.map(({ invariant, order, what }) => ({ invariant, order, what })),
  };
  console.log(JSON.stringify(trial));
} finally {
  await cluster.close();
}
