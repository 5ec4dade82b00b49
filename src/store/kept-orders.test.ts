import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrderDossier } from "#domain/order.ts";
import { dayMs } from "#domain/settings.ts";
import { changeOrders } from "#engine/stage.ts";
import { complete } from "#engine/stages/complete.ts";
import { follow } from "#engine/stages/follow.ts";
import { track } from "#engine/stages/track.ts";
import { writeBack } from "#engine/stages/write-back.ts";
import { drain, placedOrders } from "../../test/placed-orders.ts";
import type { Db } from "./db.ts";
import { lockOrders, readDossiers, type OrderKey } from "./dossier.ts";
import { KeptOrders } from "./kept-orders.ts";
import { sql } from "./sql.ts";

const hour = 3_600_000;

/** Reads as a stage does: with its orders locked. */
async function readLocked(db: Db, keys: readonly OrderKey[], kept: KeptOrders): Promise<OrderDossier[]> {
  return db.tx(async (tx) => readDossiers(tx, await lockOrders(tx, keys), undefined, kept));
}

test("ENG-14 at each step of its life an order that is kept is as it would be read", async (t) => {
  const kept = new KeptOrders(10);
  const at = await placedOrders(t, 2, { kept });
  const numbers = ["1Z999AA10123456784", "1Z999AA10123456793"];
  numbers.forEach((trackingNumber, index) =>
    at.outside.progress.set(`P-${index + 1}`, {
      parcels: [{ carrier: "UPS", trackingNumber, shippedAt: at.engine.clock.now(), lines: "all" }],
    }),
  );
  const compared: string[] = [];
  const compare = async (): Promise<void> => {
    const fresh = await readDossiers(at.database.engine, at.orders);
    // Taken out by this reading, and kept again when the next stage commits.
    const taken = await readLocked(at.database.engine, at.orders, kept);
    assert.deepEqual(taken, fresh);
    compared.push(fresh[0]!.order.headline);
    await changeOrders(at.engine, at.orders, {}, () => {});
  };

  await compare();
  for (const [stage, passesMs] of [
    [track, 24 * hour],
    [writeBack, 0],
    [follow, 6 * hour],
    [complete, 15 * dayMs],
  ] as const) {
    if (stage === follow)
      for (const trackingNumber of numbers)
        at.outside.parcels.set(trackingNumber, { trackingNumber, state: "delivered", at: at.engine.clock.now() });
    at.engine.clock.advance(passesMs);
    await drain(at.engine, [stage]);
    await compare();
  }

  assert.deepEqual(compared, ["ordered", "shipped", "shipped", "delivered", "completed"]);
});

test("ENG-14 of an order that is kept only its timers are read; one that somebody else changed, or that was not committed, is read anew", async (t) => {
  const kept = new KeptOrders(10);
  const at = await placedOrders(t, 1, { kept });
  const [key] = at.orders;
  const { id } = (await at.dossier()).order;
  const titleOf = async (): Promise<string> => (await readLocked(at.database.engine, [key!], kept))[0]!.lines[0]!.title;
  const touch = (): Promise<void> =>
    changeOrders(at.engine, [key!], {}, ([draft]) => draft!.touchOrder({ releasedBy: "user:7" }));

  // A row that nothing of ours ever changes tells the two apart.
  await at.database.engine.run(sql`update order_line set title = 'Other mug' where order_id = ${id}::bigint`);
  const whileKept = await titleOf();
  await touch();
  const sinceReadAnew = await titleOf();
  await touch();
  await at.database.engine.run(sql`update order_line set title = 'Third mug' where order_id = ${id}::bigint`);
  await changeOrders({ ...at.engine, kept: new KeptOrders(10) }, [key!], {}, ([draft]) =>
    draft!.touchOrder({ releasedBy: "user:8" }),
  );
  const changedElsewhere = await titleOf();
  await touch();
  await at.database.engine.run(sql`update order_line set title = 'Fourth mug' where order_id = ${id}::bigint`);
  const failed = changeOrders(at.engine, [key!], {}, ([draft]) => {
    draft!.touchOrder({ releasedBy: "user:9" });
    throw new Error("no");
  });
  await assert.rejects(failed, /no/);
  const notCommitted = await readLocked(at.database.engine, [key!], kept);

  assert.deepEqual([whileKept, sinceReadAnew, changedElsewhere], ["Mug", "Other mug", "Third mug"]);
  assert.deepEqual([notCommitted[0]!.lines[0]!.title, notCommitted[0]!.order.releasedBy], ["Fourth mug", "user:7"]);
});

test("ENG-14 the oldest make room, and what is over is not kept", async () => {
  const order = (id: string, headline = "new") =>
    ({ order: { id, headline, version: 1, eventHash: "a" }, fulfillmentOrders: [], holds: [] }) as never;
  const kept = new KeptOrders(2);

  for (const id of ["1", "2", "1", "3"]) kept.keep(order(id));
  kept.keep(order("3", "completed"));

  const has = (id: string, version = 1, eventHash = "a"): boolean =>
    kept.take(id as never, { version, eventHash }) !== undefined;
  assert.deepEqual([has("2"), has("1"), has("1"), has("3")], [false, true, false, false]);
  kept.keep(order("4"));
  assert.equal(has("4", 2), false);
  kept.keep(order("4"));
  assert.equal(has("4", 1, "b"), false);
});
