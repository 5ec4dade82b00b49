import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openCluster, type SimCluster } from "./cluster.ts";
import { CoverageTable } from "./coverage.ts";
import { readRegressions, toOptions, toRegression, type Regression } from "./regression.ts";
import { run, type RunOptions } from "./run.ts";
import { townsOf } from "./simulate.ts";

// A few towns with every run of the tests. SIM_ORDERS=2000 SIM_SEED=100 runs more of them, from another seed.
const orders = Number(process.env["SIM_ORDERS"] ?? "150");
const seed = Number(process.env["SIM_SEED"] ?? "1");

let cluster: SimCluster;
before(async () => {
  cluster = await openCluster();
});
after(() => cluster.close());

const small: RunOptions = {
  seed: 5,
  orders: 12,
  days: 0.02,
  mode: "statement",
  profile: "hostile",
  without: new Set(),
  withoutOrders: new Set(),
};

test("SM-8 a run is kept and read back as it was; what was found once is not found again", async (t) => {
  const shrunk: RunOptions = { ...small, without: new Set(["kill", "people"]), withoutOrders: new Set([0, 3]) };
  const kept = JSON.parse(JSON.stringify(toRegression(shrunk, "I01", "bought twice"))) as Regression;
  assert.deepEqual(toOptions(kept), shrunk);
  for (const { name, regression } of await readRegressions()) {
    const { violations } = await run(cluster, toOptions(regression));
    t.diagnostic(name);
    assert.deepEqual(violations, [], `${name}: ${regression.found}`);
  }
});

test("SM-1 a seed repeats, with kills, cuts and lock waits in it; another one does something else", async () => {
  const first = await run(cluster, small);
  const again = await run(cluster, small);
  const other = await run(cluster, { ...small, seed: 6 });
  assert.equal(again.traceHash, first.traceHash);
  assert.notEqual(other.traceHash, first.traceHash);
  assert.ok(first.kills + first.resets > 0 && first.statements > 1000, JSON.stringify(first));
});

test("SM-6 hostile towns, and nothing to say about them", async (t) => {
  const coverage = new CoverageTable();
  for (const town of townsOf({ seed, orders, days: 0.1, mode: "statement", profile: "hostile" })) {
    const result = await run(cluster, town);
    coverage.add(result.coverage);
    const { orders: sold, purchases, kills, resets, lockWaits, statements, traceHash } = result;
    t.diagnostic(JSON.stringify({ seed: town.seed, sold, purchases, kills, resets, lockWaits, statements, traceHash }));
    assert.deepEqual(result.violations, [], `seed ${town.seed}`);
  }
  t.diagnostic(`not visited: ${coverage.missing().join(", ") || "nothing"}`);
});

test("SM-7 asked wrongly it says what there is, and ends with 2", async () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const ask = (...args: string[]): Promise<{ code: number; said: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [main, ...args], (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
      );
    });
  const wrong = [["--orders", "none"], ["--profile", "rude"], ["--mutant", "nobody"], ["--days", "0"], ["--nothing"]];
  for (const args of wrong) {
    const { code, said } = await ask(...args);
    assert.equal(code, 2, args.join(" "));
    assert.match(said, /Usage: npx switchyard simulate/);
  }
  const listed = await ask("--mutants", "--output", "json");
  assert.equal(listed.code, 0);
  assert.ok((JSON.parse(listed.said) as unknown[]).length >= 30);
});
