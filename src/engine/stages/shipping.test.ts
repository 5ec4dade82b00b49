import assert from "node:assert/strict";
import { test } from "node:test";
import { requestCancellation } from "#domain/cancel.ts";
import { dayMs } from "#domain/settings.ts";
import type { Db } from "#store/db.ts";
import { readDossiers } from "#store/dossier.ts";
import { sql } from "#store/sql.ts";
import { drain, placedOrders } from "../../../test/placed-orders.ts";
import { changeOrders, decideDue } from "../stage.ts";
import { cancel } from "./cancel.ts";
import { complete } from "./complete.ts";
import { follow } from "./follow.ts";
import { track } from "./track.ts";
import { verify } from "./verify.ts";
import { writeBack } from "./write-back.ts";

const hour = 3_600_000;
const ups1 = "1Z999AA10123456784";
const shipping = [track, writeBack, cancel, follow, complete];
const parcel = (trackingNumber = ups1, lines: "all" | { supplierSku: string; units: number }[] = "all") => ({
  carrier: "UPS",
  trackingNumber,
  shippedAt: new Date("2026-11-23T08:00:00Z"),
  lines,
});

test("SH-19 orders go from placed to completed by their timers alone: looked at, told, followed, delivered", async (t) => {
  const at = await placedOrders(t, 3);
  for (const id of ["P-1", "P-2", "P-3"]) at.outside.progress.set(id, { parcels: [] });

  await drain(at.engine, shipping);
  const tooEarly = at.outside.looks.length;
  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);
  const afterFirst = (await at.dossier()).fulfillmentOrders[0]!.state;
  at.outside.progress.set("P-1", { parcels: [parcel()] });
  at.engine.clock.advance(4 * hour);
  await drain(at.engine, shipping);
  const shipped = await at.dossier();
  at.outside.parcels.set(ups1, { trackingNumber: ups1, state: "delivered", at: new Date("2026-11-25T10:00:00Z") });
  at.engine.clock.advance(3 * dayMs);
  await drain(at.engine, [follow]);
  const delivered = await at.dossier();
  at.engine.clock.advance(14 * dayMs);
  await drain(at.engine, [complete]);

  assert.deepEqual([tooEarly, at.outside.looks[0]], [0, ["P-1", "P-2", "P-3"]]);
  assert.equal(afterFirst, "acknowledged");
  assert.deepEqual([shipped.order.headline, shipped.writeBacks.map((each) => each.state)], ["shipped", ["told"]]);
  assert.deepEqual(
    at.outside.told.map(({ channelOrderId, carrier, trackingNumber, lines }) => ({
      channelOrderId,
      carrier,
      trackingNumber,
      lines,
    })),
    [{ channelOrderId: "1", carrier: "ups", trackingNumber: ups1, lines: [{ channelLineId: "L-1", quantity: 3 }] }],
  );
  assert.deepEqual(
    [delivered.fulfillmentOrders[0]!.state, delivered.fulfillmentOrders[0]!.deliveredAt],
    ["delivered", new Date("2026-11-25T10:00:00Z")],
  );
  assert.equal((await at.dossier()).order.headline, "completed");
});

test("SH-19 a look that fails counts, and the next one comes by the plan", async (t) => {
  const at = await placedOrders(t);
  at.outside.trackFailure = "away";

  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);
  at.outside.trackFailure = { status: "unknown", message: "timeout" };
  at.engine.clock.advance(4 * hour);
  await drain(at.engine, shipping);

  const [fo] = (await at.dossier()).fulfillmentOrders;
  assert.deepEqual([fo!.looks, fo!.dueAt, fo!.state], [2, new Date("2026-11-23T20:00:00Z"), "placed"]);
});

test("SH-21 a login that is refused while looking flags the account and holds what hangs on it", async (t) => {
  const at = await placedOrders(t, 2);
  at.outside.trackFailure = { status: "credentials", reason: "credentials_rejected", message: "401" };

  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);
  at.engine.clock.advance(4 * hour);
  await drain(at.engine, shipping);
  const whileRejected = at.outside.looks.length;
  at.outside.trackFailure = null;
  await at.engine.db.run(sql`update supplier_account set credentials_rejected_at = null`);
  at.engine.clock.advance(4 * hour);
  await drain(at.engine, shipping);

  assert.equal(whileRejected, 1);
  assert.equal(at.outside.looks.length, 2);
  assert.deepEqual((await at.dossier()).holds, []);
});

test("SH-10 the same number on the orders of two buyers is told for the first only", async (t) => {
  const at = await placedOrders(t, 2);
  at.outside.progress.set("P-1", { parcels: [parcel()] });
  at.outside.progress.set("P-2", { parcels: [] });
  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);
  at.outside.progress.set("P-2", { parcels: [parcel()] });
  at.engine.clock.advance(4 * hour);
  await drain(at.engine, shipping);

  const second = await at.dossier(1);
  assert.deepEqual(
    at.outside.told.map((each) => each.channelOrderId),
    ["1"],
  );
  assert.deepEqual(
    [second.holds.map((hold) => hold.code), second.order.headline],
    [["tracking_not_accepted"], "needs_attention"],
  );
});

test("SH-10 one number that one report gives to two buyers' orders is told for one only", async (t) => {
  const at = await placedOrders(t, 2);
  for (const id of ["P-1", "P-2"]) at.outside.progress.set(id, { parcels: [parcel()] });

  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);

  assert.equal(at.outside.told.length, 1);
});

test("WB-10 a write-back whose answer was lost is read before it is sent again, and is sent once", async (t) => {
  const at = await placedOrders(t);
  at.outside.progress.set("P-1", { parcels: [parcel()] });
  at.outside.writeFailure = "lost";
  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);
  const unknown = (await at.dossier()).writeBacks.map((each) => each.state);
  at.outside.writeFailure = null;

  at.engine.clock.advance(60_000);
  await drain(at.engine, shipping);

  assert.deepEqual([unknown, (await at.dossier()).writeBacks.map((each) => each.state)], [["unknown"], ["told"]]);
  assert.deepEqual([at.outside.told.length, at.outside.reads], [1, 1]);
});

test("WB-10 a connector that throws leaves the outcome unknown; the channel does not have it, so it is written", async (t) => {
  const at = await placedOrders(t);
  at.outside.progress.set("P-1", { parcels: [parcel()] });
  at.outside.writeFailure = "throws";
  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);
  at.outside.writeFailure = null;

  at.engine.clock.advance(60_000);
  await drain(at.engine, shipping);

  assert.deepEqual(
    [at.outside.told.length, at.outside.reads, (await at.dossier()).writeBacks[0]!.state],
    [1, 1, "told"],
  );
});

test("WB-15 a channel that nothing reaches gets a line on the list of what a person types", async (t) => {
  const at = await placedOrders(t, 1, { channel: {} });
  at.outside.progress.set("P-1", { parcels: [parcel()] });

  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);

  assert.deepEqual(
    (await at.dossier()).writeBacks.map((each) => each.state),
    ["by_hand"],
  );
});

test("SH-6 units that a supplier cancels are verified and routed again, to the next supplier", async (t) => {
  const at = await placedOrders(t);
  at.outside.progress.set("P-1", {
    parcels: [parcel(ups1, [{ supplierSku: "A-MUG", units: 1 }])],
    cancelled: [{ supplierSku: "A-MUG", units: 2, reason: "out_of_stock" }],
  });
  at.engine.clock.advance(24 * hour);

  await drain(at.engine, [track, verify]);

  const dossier = await at.dossier();
  assert.deepEqual(
    dossier.fulfillmentOrders.map((fo) => [
      fo.state,
      fo.supplierId === at.suppliers.get("rest"),
      fo.lines.map((line) => [line.supplierSku, line.quantity - line.quantityCancelled]),
    ]),
    [
      ["shipped", false, [["A-MUG", 1]]],
      ["waiting", true, [["R-MUG", 2]]],
    ],
  );
});

test("CN-7 a supplier that cancels by API is asked once, and its answer goes to the channel", async (t) => {
  const at = await placedOrders(t);
  await changeOrders(at.engine, at.orders, {}, ([draft]) =>
    requestCancellation(draft!, { askedBy: "buyer", lines: [{ orderLineNo: 1, quantity: 2 }] }),
  );

  await drain(at.engine, shipping);

  const dossier = await at.dossier();
  assert.deepEqual(at.outside.cancelCalls, [{ supplierOrderId: "P-1", lines: [{ supplierSku: "A-MUG", units: 2 }] }]);
  assert.deepEqual([dossier.lines[0]!.cancelled, dossier.cancellations[0]!.state], [2, "told"]);
  assert.deepEqual(
    at.outside.cancelsTold.map(({ outcome, lines }) => ({ outcome, lines })),
    [{ outcome: "cancelled", lines: [{ channelLineId: "L-1", quantity: 2 }] }],
  );
});

test("CN-9 a cancellation that the supplier refuses is refused to the channel, and the order goes on", async (t) => {
  const at = await placedOrders(t);
  at.outside.cancelAnswer = { status: "refused", message: "already packed" };
  await changeOrders(at.engine, at.orders, {}, ([draft]) =>
    requestCancellation(draft!, { askedBy: "buyer", lines: "all" }),
  );

  await drain(at.engine, shipping);

  const dossier = await at.dossier();
  assert.deepEqual(
    [dossier.lines[0]!.cancelled, dossier.cancellations[0]!.state, dossier.fulfillmentOrders[0]!.state],
    [0, "refused", "placed"],
  );
  assert.deepEqual(
    at.outside.cancelsTold.map((each) => each.outcome),
    ["refused"],
  );
});

test("CN-9 a question whose answer was lost is answered by the purchase's own state, not asked twice", async (t) => {
  const at = await placedOrders(t);
  at.outside.cancelAnswer = { status: "unknown", message: "timeout" };
  await changeOrders(at.engine, at.orders, {}, ([draft]) =>
    requestCancellation(draft!, { askedBy: "person", lines: "all" }),
  );
  await drain(at.engine, shipping);
  at.outside.progress.set("P-1", { cancelled: "all" });

  at.engine.clock.advance(60_000);
  await drain(at.engine, shipping);

  const dossier = await at.dossier();
  assert.equal(at.outside.cancelCalls.length, 1);
  assert.deepEqual(
    [dossier.lines[0]!.cancelled, dossier.order.headline, dossier.fulfillmentOrders.length],
    [3, "cancelled", 1],
  );
});

test("CN-15 a supplier without a way to cancel by machine becomes a question for a person, or a refusal where it never cancels", async (t) => {
  const human = await placedOrders(t);
  human.outside.cancellable = "human";
  await changeOrders(human.engine, human.orders, {}, ([draft]) =>
    requestCancellation(draft!, { askedBy: "person", lines: "all" }),
  );
  await drain(human.engine, shipping);
  const never = await placedOrders(t);
  never.outside.cancellable = "no";
  await changeOrders(never.engine, never.orders, {}, ([draft]) =>
    requestCancellation(draft!, { askedBy: "person", lines: "all" }),
  );
  await drain(never.engine, shipping);

  assert.deepEqual(
    (await human.dossier()).holds.map((hold) => hold.code),
    ["cancel_requested"],
  );
  assert.deepEqual([(await never.dossier()).cancellations[0]!.state, (await never.dossier()).holds], ["refused", []]);
});

test("WB-8 in safe mode nothing is told and no supplier is asked", async (t) => {
  const at = await placedOrders(t);
  at.outside.progress.set("P-1", { parcels: [parcel(ups1, [{ supplierSku: "A-MUG", units: 1 }])] });
  await changeOrders(at.engine, at.orders, {}, ([draft]) =>
    requestCancellation(draft!, { askedBy: "person", lines: [{ orderLineNo: 1, quantity: 1 }] }),
  );
  await at.engine.db.run(
    sql`insert into installation (only_one, id, token_digest, home, safe_mode_reason, started_at, heartbeat_at) values (true, 'i', 't', 'h', 'a copy', ${at.engine.clock.now()}, ${at.engine.clock.now()})`,
  );

  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);

  assert.deepEqual([at.outside.told.length, at.outside.cancelCalls.length], [0, 0]);
  assert.deepEqual([await writeBack.nextDue(at.engine.db), await cancel.nextDue(at.engine.db)], [null, null]);
  assert.equal((await at.dossier()).fulfillmentOrders[0]!.state, "partially_shipped");
});

test("ENG-5 an order that cannot be decided after it was placed is held once and comes back after a pause", async (t) => {
  const at = await placedOrders(t, 2);
  at.engine.clock.advance(24 * hour);
  const claim = { states: ["placed"] as const, limit: 500, need: {} };
  const decide = (): Promise<number> =>
    decideDue(at.engine, claim, (draft, fos) => {
      if (draft.order.number === "#1") throw new Error("a poison order");
      for (const fo of fos) draft.touch(fo, { looks: fo.looks + 1 });
    });

  const [first, again] = [await decide(), await decide()];
  at.engine.clock.advance(5 * 60_000);
  const later = await decide();

  assert.deepEqual([first, again, later], [2, 0, 1]);
  assert.deepEqual(
    (await at.dossier()).holds.map((hold) => hold.code),
    ["placement_failed"],
  );
});

test("ENG-10 a part of an order that a stage did not say it reads is an error, never an empty list", async (t) => {
  const at = await placedOrders(t, 1);

  const [dossier] = await at.database.engine.tx((tx) => readDossiers(tx, at.orders, ["lines"]));

  assert.equal(dossier!.lines.length, 1);
  assert.throws(() => dossier!.attempts.length, /attempts of this order were not read/);
  assert.throws(() => [...dossier!.shipments], /shipments of this order were not read/);
});

test("ENG-10 what timers are derived from is read although the stage did not ask for it", async (t) => {
  const at = await placedOrders(t, 1);
  at.outside.progress.set("P-1", { parcels: [parcel()] });
  at.engine.clock.advance(24 * hour);
  await drain(at.engine, [track]);

  const [dossier] = await at.database.engine.tx((tx) => readDossiers(tx, at.orders, []));

  assert.equal(dossier!.fulfillmentOrders[0]!.state, "shipped");
  assert.deepEqual([dossier!.shipments.length, dossier!.writeBacks.length], [1, 1]);
  assert.throws(() => dossier!.attempts.length, /attempts of this order were not read/);
});

test("ENG-11 a commit writes the columns that were set, and an order's version is about what a person sees", async (t) => {
  const at = await placedOrders(t, 2);
  const before = await at.dossier();
  const texts: string[] = [];
  const db = watched(at.engine.db, (text) => texts.push(text));

  await changeOrders({ ...at.engine, db }, at.orders, {}, ([first]) => {
    first!.touch(first!.dossier.fulfillmentOrders[0]!, { looks: 7 });
  });

  const after = await at.dossier();
  assert.equal(after.order.version, before.order.version);
  assert.deepEqual(after.fulfillmentOrders[0], {
    ...before.fulfillmentOrders[0],
    looks: 7,
    dueAt: after.fulfillmentOrders[0]!.dueAt,
  });
  const updates = texts.filter((text) => text.startsWith("update"));
  assert.equal(updates.length, 1);
  assert.match(updates[0]!, /^update fulfillment_order t set due_at = s\.due_at, looks = s\.looks from/);
});

/** The same database, and who asks it what. */
function watched(db: Db, see: (text: string) => void): Db {
  return {
    ...db,
    tx: (work) =>
      db.tx((tx) =>
        work({
          ...tx,
          run: (statement) => {
            see(statement.text);
            return tx.run(statement);
          },
        }),
      ),
  };
}
