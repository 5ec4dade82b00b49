import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { clockAheadMs } from "#store/doctor.ts";
import { claimSlot } from "#store/worker.ts";
import { Doorbell, runStage } from "#engine/runner.ts";
import type { Stage } from "#engine/stage.ts";
import { aServer } from "#api/testing/server.ts";
import { testEngine } from "#test/engine.ts";
import { testDatabase } from "#test/postgres.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { realClock } from "./clock.ts";
import { Heartbeat } from "./heartbeat.ts";

const wrongBy = (ms: number) => ({ ...realClock, now: () => new Date(realClock.now().getTime() + ms) });

async function aProcess(t: TestContext) {
  const { engine: db } = await testDatabase(t);
  const said: string[] = [];
  const note = (_fields: object, text: string): void => void said.push(text);
  const machine = { aheadMs: 0 };
  const clock = { ...realClock, now: () => wrongBy(machine.aheadMs).now() };
  await claimSlot(db, { id: "worker-1", kind: "worker", pid: 1, now: new Date(0) });
  const log = { info: note, warn: note, error: note };
  const heartbeat = new Heartbeat({ db, clock, workerId: "worker-1", log, ensureRunning: async () => {} });
  return { db, heartbeat, machine, said };
}

test("ENG-15 a clock is compared with the database's, and the way there and back is no error of it", async (t) => {
  const { engine: db } = await testDatabase(t);
  const ahead = await clockAheadMs(db, wrongBy(300_000));
  const behind = await clockAheadMs(db, wrongBy(-300_000));
  const slow = {
    ...db,
    one: (shape, statement) => realClock.sleep(300).then(() => db.one(shape, statement)),
  } as typeof db;

  assert.equal(await clockAheadMs(db, realClock), 0);
  assert.equal(await clockAheadMs(slow, realClock), 0);
  assert.ok(ahead > 290_000 && ahead <= 300_000, `${ahead}`);
  assert.ok(behind < -290_000 && behind >= -300_000, `${behind}`);
});

test("ENG-15 whose clock goes wrong says so once, claims nothing and looks dead until it is right", async (t) => {
  const { db, heartbeat, machine, said } = await aProcess(t);
  const heard = async () =>
    (await db.one(row({ at: col.instant }), sql`select heartbeat_at as at from worker where id = 'worker-1'`)).at;
  const stop = new AbortController();
  t.after(() => stop.abort());
  let runs = 0;
  const stage: Stage = { name: "counting", nextDue: async () => null, run: async () => ((runs += 1), 0) };
  machine.aheadMs = -300_000;
  await heartbeat.once();
  await heartbeat.once();

  const doorbell = new Doorbell(realClock);
  const running = runStage(testEngine(db), stage, doorbell, stop.signal, {
    longestWaitMs: 20,
    mayWork: () => heartbeat.wrongByMs() === null,
  });
  await realClock.sleep(100);
  assert.equal(runs, 0);
  assert.equal((await heard()).getTime(), 0);
  assert.deepEqual(said, [
    "This machine's clock is 300 seconds behind the database's; it must be right within 5 (NTP). Nothing is done until it is.",
  ]);

  machine.aheadMs = 0;
  await heartbeat.once();
  await realClock.sleep(100);
  stop.abort();
  await running;
  assert.ok(runs > 0);
  assert.ok((await heard()).getTime() > 0);
  assert.match(said[1]!, /right again/);
});

test("ENG-15 while the clock is wrong the API shows everything and changes nothing", async (t) => {
  let isWrong = true;
  const { app, key } = await aServer(t, {}, { clockIsWrong: () => isWrong });
  const ask = (method: "GET" | "POST") =>
    app.inject({
      method,
      url: "/v1/orders",
      headers: { authorization: `Bearer ${key}` },
      ...(method === "POST" ? { payload: {} } : {}),
    });

  const refused = await ask("POST");
  assert.deepEqual([refused.statusCode, refused.json<{ code: string }>().code], [503, "clock_wrong"]);
  assert.equal((await ask("GET")).statusCode, 200);
  isWrong = false;
  assert.notEqual((await ask("POST")).statusCode, 503);
});
