import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { chaos, type ChaosReport } from "./chaos/chaos.ts";
import type { Blow } from "./chaos/recovery.ts";

/** A minute of what `npm run test:chaos` does for most of an hour. */
const blows = {
  "worker killed": 6,
  "gate killed": 1,
  "gate stopped": 1,
  "worker stopped": 1,
  "api killed": 1,
  "postmaster killed": 1,
} satisfies Partial<Record<Blow, number>>;

/** One storm for all rules about it. */
let storm: Promise<ChaosReport> | undefined;
const afterTheStorm = (t: TestContext): Promise<ChaosReport> =>
  (storm ??= chaos({
    seed: 11,
    workers: 3,
    blows,
    minutes: 0.5,
    rate: 2,
    faults: "calm",
    say: (line) => t.diagnostic(line),
  }));

test("WK-10 killed with kill -9 while it places, nothing is bought twice, nothing is lost, and within a minute everything goes on", async (t) => {
  const { violations, purchases, recoveries } = await afterTheStorm(t);

  assert.deepEqual(violations, []);
  assert.ok(purchases > 20, `only ${purchases} purchases: there was nothing to break`);
  assert.ok(recoveries["all"]!.count >= 8);
});

test("SM-85 when the gate is killed, or dies with its worker, another one's takes over", async (t) => {
  const { recoveries } = await afterTheStorm(t);

  assert.equal(recoveries["gate killed"]?.count, 1);
  assert.ok(recoveries["gate killed"].maxMs <= 60_000);
});

test("SM-86 when PostgreSQL is killed, whoever notices first starts it again", async (t) => {
  const { recoveries } = await afterTheStorm(t);

  assert.equal(recoveries["postmaster killed"]?.count, 1);
  assert.ok(recoveries["postmaster killed"].maxMs <= 60_000);
});

test("SM-88 a gate and a worker that stood still and went on where they were bought nothing a second time", async (t) => {
  const { violations, blows: struck } = await afterTheStorm(t);

  assert.deepEqual([struck["gate stopped"], struck["worker stopped"]], [1, 1]);
  assert.deepEqual(violations, []);
});
