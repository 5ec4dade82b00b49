import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { townAt } from "./aimed.ts";
import { simulateApart } from "./child.ts";
import { openCluster, type SimCluster } from "./cluster.ts";
import { CoverageTable, type Cell } from "./coverage.ts";
import { readRegressions, toOptions, toRegression, type Regression } from "./regression.ts";
import { run, type RunOptions } from "./run.ts";

// Many towns with every run of the tests. SIM_ORDERS=100 runs a few, SIM_SEED=100 others.
const orders = Number(process.env["SIM_ORDERS"] ?? "1000");
const seed = Number(process.env["SIM_SEED"] ?? "1");

const processors = 2;

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
  const kept = JSON.parse(JSON.stringify(toRegression(shrunk, "I01", { found: "bought twice" }))) as Regression;
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

test("SM-30 SM-31 a database that is set back in the middle: it repeats, people look at the supplier, and nothing is bought twice", async () => {
  const trace: string[] = [];
  const aimed = townAt({ point: "C13", kind: "none" }, 2);
  const first = await run(cluster, { ...aimed, profile: "calm", onTrace: ({ what }) => void trace.push(what) });
  const again = await run(cluster, { ...aimed, profile: "calm" });
  assert.equal(again.traceHash, first.traceHash);
  assert.deepEqual(first.violations, []);
  assert.ok(first.coverage["C13"]!.none! > 0);
  const moments = ["backup", "restored", "safe mode is lifted", "lookAfterRestore"].map((what) => trace.indexOf(what));
  assert.ok(!moments.includes(-1), moments.join());
  assert.deepEqual(
    moments,
    moments.toSorted((a, b) => a - b),
  );
});

test("SM-6 SM-9 hostile towns on both processors: nothing to say about them, and every crash point was visited", async (t) => {
  const coverage = new CoverageTable();
  const halves = Array.from({ length: processors }, (_, no) => ({
    seed: seed + no,
    orders: Math.floor(((no + 1) * orders) / processors) - Math.floor((no * orders) / processors),
  }));
  const simulated = await Promise.all(
    halves.map((half) =>
      simulateApart(["--seed", `${half.seed}`, "--orders", `${half.orders}`, "--days", "0.1", "--profile", "hostile"]),
    ),
  );
  for (const { violations, coverage: visited, ...counts } of simulated) {
    coverage.add(visited);
    t.diagnostic(JSON.stringify(counts));
    assert.deepEqual(violations, [], `npx switchyard simulate --seed ${counts.seed} --days 0.1 --profile hostile`);
  }
  // What so many orders passed by is gone to.
  for (const cell of coverage.missing()) {
    for (let tries = 0; tries < 4 && isMissing(coverage, cell); tries += 1) {
      const result = await run(cluster, townAt(cell, seed + tries));
      coverage.add(result.coverage);
      assert.deepEqual(result.violations, [], `seed ${seed + tries} at ${cell.point} ${cell.kind}`);
    }
    t.diagnostic(`gone to: ${cell.point} ${cell.kind}`);
  }
  assert.deepEqual(coverage.missing(), []);
});
const isMissing = (coverage: CoverageTable, { point, kind }: Cell): boolean =>
  coverage.missing().some((each) => each.point === point && each.kind === kind);

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
