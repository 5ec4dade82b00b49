import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrderDraft } from "./draft.ts";
import type { ParcelState } from "./order.ts";
import { completeWhatIsDone, whyNotComplete } from "./complete.ts";
import { isLater, recordParcelProgress } from "./parcel.ts";
import { recordSupplierProgress } from "./shipping.ts";
import { aDossier, aDraft, after, days, hours, noon } from "./testing/dossier.ts";

const shipped = (): OrderDraft => {
  const draft = aDraft(aDossier(), { now: noon });
  recordSupplierProgress(
    draft,
    draft.dossier.fulfillmentOrders[0]!,
    {
      acknowledged: true,
      cancelled: null,
      backorderedUntil: null,
      total: null,
      source: "supplier",
      complete: true,
      parcels: [{ carrier: "UPS", trackingNumber: "1Z999AA10123456784", shippedAt: noon, lines: "all" }],
    },
    [],
  );
  return draft;
};
const at = (draft: OrderDraft, now: Date): OrderDraft => aDraft(draft.dossier, { now });
const parcelOf = (draft: OrderDraft) => draft.dossier.shipments[0]!.parcels[0]!;
const say = (draft: OrderDraft, state: ParcelState | "unknown_number", when: Date | null) =>
  recordParcelProgress(draft, draft.dossier.shipments[0]!, parcelOf(draft), { state, at: when }, "carrier");
const fo = (draft: OrderDraft) => draft.dossier.fulfillmentOrders[0]!;

test("SH-13 progress of a parcel only moves forward", () => {
  const draft = shipped();

  say(draft, "out_for_delivery", after(hours(5)));
  say(draft, "in_transit", after(hours(6)));

  assert.equal(parcelOf(draft).state, "out_for_delivery");
  assert.equal(isLater("delivered", "in_transit"), false);
  assert.equal(isLater("returning", "delivered"), false);
});

test("SH-14 delivered is somebody's word about every parcel of a fulfillment order, never our guess", () => {
  const draft = shipped();
  const before = fo(at(draft, after(days(30)))).state;

  say(draft, "delivered", after(days(2)));

  assert.equal(before, "shipped");
  assert.equal(fo(draft).state, "delivered");
  assert.deepEqual(fo(draft).deliveredAt, noon); // the carrier's clock is ahead of ours: never later than now
  assert.equal(parcelOf(draft).dueAt, null);
  assert.deepEqual(draft.events.find((event) => event.to === "delivered" && event.subject === "parcel")?.data, {
    source: "carrier",
    at: after(days(2)).toISOString(),
  });
});

test("SH-15 a parcel that reports nothing new for the days set stands still, until it moves again", () => {
  const draft = shipped();
  say(draft, "in_transit", after(hours(1)));
  const week = at(draft, after(days(7) + hours(1)));

  say(week, "in_transit", after(hours(1)));
  const held = week.dossier.holds.map((hold) => [hold.code, hold.subject]);
  say(week, "in_transit", after(hours(1)));
  const still = parcelOf(week).state;
  say(week, "in_transit", after(days(7)));

  assert.deepEqual(held, [["parcel_stalled", "shipment"]]);
  assert.equal(still, "stalled");
  assert.equal(parcelOf(week).state, "in_transit");
  assert.deepEqual(week.dossier.holds, []);
});

test("SH-15 a dismissed stall stays dismissed while nothing changes", () => {
  const draft = shipped();
  const week = at(draft, after(days(8)));
  say(week, "unknown_number", null);
  week.closeHold(week.dossier.holds[0]!);
  const next = at(draft, after(days(9)));

  say(next, "unknown_number", null);

  assert.deepEqual(next.dossier.holds, []);
});

test("SH-15 a parcel on its way back opens a hold", () => {
  const draft = shipped();

  say(draft, "returning", after(days(1)));

  assert.deepEqual(
    draft.dossier.holds.map((hold) => hold.code),
    ["return_to_sender"],
  );
  assert.equal(fo(draft).state, "shipped");
});

test("SH-22 completed comes the days set after the last unit was shipped or delivered, and never with something open", () => {
  const draft = shipped();
  const early = at(draft, after(days(14) - 1));
  const time = at(draft, after(days(14)));

  const reasons = [whyNotComplete(time, fo(time))];
  time.touchWriteBack(time.dossier.writeBacks[0]!, { state: "told" });
  reasons.push(whyNotComplete(early, fo(early)));
  const hold = time.openHold({ subject: "order", subjectId: "0", code: "by_person" }, "person");
  reasons.push(whyNotComplete(time, fo(time)));
  time.closeHold(hold);
  reasons.push(whyNotComplete(time, fo(time)));
  completeWhatIsDone(time, [fo(time)]);

  assert.deepEqual(reasons, ["channel_not_told", "too_early", "open_hold", null]);
  assert.equal(fo(time).state, "completed");
});
