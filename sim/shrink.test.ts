import assert from "node:assert/strict";
import { test } from "node:test";
import type { SimCluster } from "./cluster.ts";
import type { RunOptions, RunResult } from "./run.ts";
import { shrink } from "./shrink.ts";

const noCluster = {} as SimCluster;
const town: RunOptions = {
  seed: 1,
  orders: 64,
  days: 0.1,
  mode: "statement",
  profile: "hostile",
  without: new Set(),
  withoutOrders: new Set(),
};
const soldIn = ({ orders, withoutOrders }: RunOptions): number[] =>
  Array.from({ length: orders }, (_, no) => no).filter((no) => !withoutOrders.has(no));

/** A hundred steps an order; the rule is broken where all of these are sold and this kind of fault is on. */
function broken(by: readonly number[], orderOfViolation: string | null) {
  const asked: RunOptions[] = [];
  const runs = async (options: RunOptions): Promise<RunResult> => {
    asked.push(options);
    const sold = soldIn(options);
    const steps = 100 * sold.length + 50;
    const isBroken =
      by.every((no) => sold.includes(no)) && !options.without.has("kill") && steps <= (options.mostSteps ?? Infinity);
    const violation = {
      invariant: "I01",
      order: orderOfViolation,
      workspace: "one",
      what: "bought twice",
      step: steps,
    };
    return {
      steps,
      violations: isBroken ? [violation] : [],
      soldAs: Object.fromEntries(sold.map((no) => [no, `one:#${1001 + no}`])),
    } as unknown as RunResult;
  };
  return { asked, runs };
}

test("SM-15 what one order shows is found with the order that the rule names, in a few small runs", async () => {
  const { asked, runs } = broken([41], "#1042");

  const small = await shrink(noCluster, town, "I01", { runs });

  assert.deepEqual(soldIn(small.options), [41]);
  assert.ok(!small.options.without.has("kill") && small.options.without.has("pause"));
  assert.deepEqual([small.options.quietHours, small.options.faultHours], [1, 0.25]);
  const steps = asked.slice(1).reduce((sum, options) => sum + 100 * soldIn(options).length + 50, 0);
  assert.ok(steps < 6_450, `all tries together take no longer than the first run: ${steps}`);
});

test("SM-15 where it takes several orders the others are left out by halves, and no try goes on for longer than the smallest so far", async () => {
  const { asked, runs } = broken([3, 17, 40], null);

  const small = await shrink(noCluster, town, "I01", { runs });

  assert.deepEqual(soldIn(small.options), [3, 17, 40]);
  for (const options of asked.slice(1)) assert.ok(options.mostSteps !== undefined && options.mostSteps <= 7_100);
  await assert.rejects(shrink(noCluster, town, "I02", { runs }), /does not break I02/);
});

test("SM-15 the budget is kept: what was smallest by then is the answer", async () => {
  const { asked, runs } = broken([3, 17, 40], null);

  const small = await shrink(noCluster, town, "I01", { runs, budget: 10 });

  assert.deepEqual([asked.length, small.runs], [10, 10]);
  assert.equal(soldIn(small.options).filter((no) => [3, 17, 40].includes(no)).length, 3);
});
