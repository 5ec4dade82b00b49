import assert from "node:assert/strict";
import { test } from "node:test";
import { dueAt, looksInPlan } from "./due.ts";
import { dismissHold } from "./edit.ts";
import { holdCredentials, passTime } from "./overdue.ts";
import { defaultSupplierSettings } from "./settings.ts";
import {
  accountId,
  aDossier,
  aDraft,
  aFoLine,
  aFulfillmentOrder,
  after,
  aShared,
  days,
  hours,
  noon,
  prepId,
} from "./testing/dossier.ts";

test("SH-19 the default plan looks 43 times, at 24, 28 … 192 hours after placing, and then opens tracking_overdue once", () => {
  const dossier = aDossier();
  const shared = aShared();
  const fo = dossier.fulfillmentOrders[0]!;
  const looks: number[] = [];
  let due = dueAt(fo, dossier, shared, noon);
  for (let guard = 0; due !== null && guard < 100; guard += 1) {
    if (passTime(aDraft(dossier, { now: due, shared }), fo, { polls: true }))
      looks.push((due.getTime() - noon.getTime()) / hours(1));
    due = dueAt(fo, dossier, shared, due);
  }

  assert.equal(looksInPlan(defaultSupplierSettings.scan), 43);
  assert.deepEqual([looks.length, looks[0], looks[1], looks.at(-1)], [43, 24, 28, 192]);
  assert.deepEqual(
    dossier.holds.map((hold) => hold.code),
    ["tracking_overdue"],
  );
});

test("SH-19 there are no more looks once every unit has a parcel", () => {
  const dossier = aDossier({
    fulfillmentOrders: [aFulfillmentOrder({ state: "acknowledged", lines: [aFoLine({ unitsShipped: 1 })] })],
  });

  assert.equal(
    passTime(aDraft(dossier, { now: after(hours(24)) }), dossier.fulfillmentOrders[0]!, { polls: true }),
    false,
  );
  assert.equal(dossier.fulfillmentOrders[0]!.looks, 0);
});

test("SH-20 a supplier that cannot be asked is not polled, but the end of the plan still comes", () => {
  const dossier = aDossier();
  const fo = dossier.fulfillmentOrders[0]!;

  const looked = passTime(aDraft(dossier, { now: after(hours(24)) }), fo, { polls: false });
  const next = dueAt(fo, dossier, aShared(), after(hours(24)));
  passTime(aDraft(dossier, { now: after(hours(192)) }), fo, { polls: false });

  assert.equal(looked, false);
  assert.deepEqual(next, after(hours(192)));
  assert.deepEqual(
    dossier.holds.map((hold) => hold.code),
    ["tracking_overdue"],
  );
});

test("SH-20 a missing acknowledgement and a missing rest open their holds at their limits", () => {
  const late = aDossier();
  passTime(
    aDraft(late, { now: after(hours(48)), shared: aShared({ supplier: { acknowledgeWithinMs: hours(48) } }) }),
    late.fulfillmentOrders[0]!,
    { polls: true },
  );
  const rest = aDossier({
    fulfillmentOrders: [
      aFulfillmentOrder({
        state: "partially_shipped",
        lastShippedAt: noon,
        lines: [aFoLine({ quantity: 2, unitsShipped: 1 })],
      }),
    ],
  });
  passTime(aDraft(rest, { now: after(days(5)) }), rest.fulfillmentOrders[0]!, { polls: true });

  assert.deepEqual(
    late.holds.map((hold) => hold.code),
    ["acknowledgement_overdue"],
  );
  assert.deepEqual(
    rest.holds.map((hold) => hold.code),
    ["rest_overdue"],
  );
});

test("SH-20 a rest that a prep centre has not packed is overdue as well, and its timer ends with that", () => {
  const part = aFulfillmentOrder({
    state: "partially_shipped",
    supplierId: prepId,
    placedAt: null,
    lastShippedAt: noon,
    lines: [aFoLine({ quantity: 2, unitsShipped: 1 })],
  });
  const dossier = aDossier({ fulfillmentOrders: [part], attempts: [] });
  const now = after(days(5));
  const draft = aDraft(dossier, { now });

  assert.equal(passTime(draft, part, { polls: false }), false);

  assert.deepEqual(
    dossier.holds.map((hold) => hold.code),
    ["rest_overdue"],
  );
  assert.equal(dueAt(part, dossier, draft.shared, now), null);
});

test("SH-21 a refused login is a hold that waits for its account and goes when that is mended; the look counts all the same", () => {
  const dossier = aDossier();
  const fo = dossier.fulfillmentOrders[0]!;
  const first = aDraft(dossier, { now: after(hours(24)) });
  passTime(first, fo, { polls: true });
  holdCredentials(first, fo);
  const held = dossier.holds.map((hold) => [hold.code, hold.waitsFor]);
  const rejected = aShared();
  rejected.accounts.get(accountId)!.credentialsRejected = true;
  const whileRejected = passTime(aDraft(dossier, { now: after(hours(28)), shared: rejected }), fo, { polls: true });
  const mended = passTime(aDraft(dossier, { now: after(hours(32)) }), fo, { polls: true });

  assert.deepEqual(held, [["credentials_rejected", `account:${accountId}`]]);
  assert.deepEqual([whileRejected, mended], [false, true]);
  assert.deepEqual(dossier.holds, []);
  assert.equal(fo.looks, 3);
});

test("SH-23 what a person dismissed as overdue is not opened again by time", () => {
  const dossier = aDossier();
  const shared = aShared({ supplier: { acknowledgeWithinMs: hours(1) } });
  const draft = aDraft(dossier, { now: after(hours(2)), shared });
  passTime(draft, dossier.fulfillmentOrders[0]!, { polls: true });
  const [hold] = dossier.holds;

  dismissHold(draft, hold!.id);
  passTime(draft, dossier.fulfillmentOrders[0]!, { polls: true });

  assert.equal(hold!.code, "acknowledgement_overdue");
  assert.deepEqual(dossier.holds, []);
  assert.deepEqual(dueAt(dossier.fulfillmentOrders[0]!, dossier, shared, draft.now), after(hours(24)));
});

test("SH-25 after tracking_overdue was dismissed there is a look a day until sixty days after placing, and no second hold", () => {
  const dossier = aDossier();
  const shared = aShared();
  const fo = dossier.fulfillmentOrders[0]!;
  const looks: number[] = [];
  const live = (polls: boolean): void => {
    let due = dueAt(fo, dossier, shared, noon);
    for (let guard = 0; due !== null && guard < 200; guard += 1) {
      const draft = aDraft(dossier, { now: due, shared });
      if (passTime(draft, fo, { polls })) looks.push((due.getTime() - noon.getTime()) / days(1));
      due = dueAt(fo, dossier, shared, due);
    }
    assert.equal(due, null);
  };
  live(true);
  const inPlan = looks.length;

  const draft = aDraft(dossier, { now: after(days(10)), shared });
  dismissHold(draft, dossier.holds[0]!.id);
  live(true);

  assert.deepEqual(
    looks.slice(inPlan),
    Array.from({ length: 52 }, (_, day) => 9 + day),
  );
  assert.deepEqual(dossier.holds, []);
});

test("SH-25 a supplier that cannot be asked is not, also when its hold was dismissed", () => {
  const dossier = aDossier();
  const shared = aShared();
  const fo = dossier.fulfillmentOrders[0]!;
  passTime(aDraft(dossier, { now: after(hours(192)), shared }), fo, { polls: false });
  const draft = aDraft(dossier, { now: after(days(9)), shared });
  dismissHold(draft, dossier.holds[0]!.id);

  assert.equal(passTime(draft, fo, { polls: false }), false);
  assert.deepEqual(dueAt(fo, dossier, shared, after(days(9))), after(days(10)));
});
