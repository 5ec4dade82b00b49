import assert from "node:assert/strict";
import { test } from "node:test";
import { claimDueOrders, nextDue } from "#store/claim.ts";
import { openDb } from "#store/db.ts";
import { engineSessionOptions } from "#store/server.ts";
import { testDatabase } from "#test/postgres.ts";
import { generateOrders } from "./generate.ts";
import { liveOneOrder } from "./template.ts";
import { buffers, claimOnly } from "./timers.ts";

test("BE-45, BE-46 a claim costs the same when all that waits is overdue, the next due instant is one look, and a claim that gets less ends the run", async (t) => {
  const scratch = await testDatabase(t);
  const template = await liveOneOrder({
    engine: scratch.config("switchyard_engine"),
    administrator: scratch.config("postgres"),
  });
  const database = await testDatabase(t);
  const waiting = 20_000;
  const [from, to] = [new Date("2026-09-01T00:00:00Z"), new Date("2026-10-01T00:00:00Z")];
  await generateOrders(database.config("postgres"), template, { orders: waiting, what: "waiting", from, to });
  const config = { ...database.config("switchyard_engine"), options: engineSessionOptions() };
  const soon = new Date(from.getTime() + (to.getTime() - from.getTime()) / 10); // a tenth is due

  const few = await buffers(config, (db) => claimOnly(db, ["waiting"], soon, 50));
  const all = await buffers(config, (db) => claimOnly(db, ["placed", "waiting"], new Date("2027-01-01T00:00:00Z"), 50));
  const next = await buffers(config, (db) => nextDue(db, ["placed", "waiting"]));

  assert.ok(all < 1.2 * few, `${all} buffers when all are overdue, ${few} when a tenth is`);
  assert.ok(next < 60, `${next} buffers for the next due instant`);

  const db = openDb(config, { max: 1 });
  t.after(() => db.end());
  await assert.rejects(claimOnly(db, ["waiting"], from), /0 rows were claimed of 1000 that are due/);
  const now = new Date(from.getTime() + 15 * 60_000);
  const claimed = await db.tx((tx) => claimDueOrders(tx, { states: ["waiting"], now, limit: 1000, only: null }));
  assert.ok(claimed.length > 0 && claimed.length < 1000);
});
