import assert from "node:assert/strict";
import { test } from "node:test";
import { dismissHold } from "./edit.ts";
import type { FulfillmentOrderId, ShipmentId, ParcelId } from "./ids.ts";
import type { OrderDossier, Shipment } from "./order.ts";
import {
  armWriteBacks,
  handOver,
  isUntold,
  markTold,
  recordWriteBack,
  refreshWriteBacks,
  resend,
  writeBackInFlightMs,
} from "./write-back.ts";
import { aDossier, aDraft, aFoLine, aFulfillmentOrder, after, aLine, aShared, noon } from "./testing/dossier.ts";

const shipment = (
  id: string,
  lines: [number, number][],
  options: { fo?: string; parcels?: number; accepted?: boolean } = {},
): Shipment => ({
  id: id as ShipmentId,
  publicId: id,
  fulfillmentOrderId: (options.fo ?? "200") as FulfillmentOrderId,
  no: Number(id),
  source: "supplier",
  shippedAt: noon,
  lines: lines.map(([foLineNo, units]) => ({ foLineNo, units })),
  parcels: Array.from({ length: options.parcels ?? 1 }, (_, index) => ({
    id: `${id}${index}` as ParcelId,
    carrier: "ups",
    trackingNumber: `N${id}${index}`,
    state: "announced",
    stateAt: null,
    dueAt: null,
    looks: 0,
    accepted: options.accepted ?? true,
    shared: false,
  })),
});
const rows = (dossier: OrderDossier) =>
  dossier.writeBacks.map(({ shipmentId, state, lines }) => [
    shipmentId,
    state,
    lines.map((line) => `${line.orderLineNo}×${line.quantity}`).join(" "),
  ]);

test("WB-1 each accepted parcel gets a write-back of whole channel units; one that is not accepted gets none", () => {
  const dossier = aDossier({
    lines: [aLine({ quantity: 3 })],
    fulfillmentOrders: [aFulfillmentOrder({ lines: [aFoLine({ quantity: 3 })] })],
    shipments: [shipment("1", [[1, 2]]), shipment("2", [[1, 1]], { accepted: false })],
  });
  const draft = aDraft(dossier);

  refreshWriteBacks(draft);
  refreshWriteBacks(draft);

  assert.deepEqual(rows(dossier), [["1", "waiting", "1×2"]]);
});

test("WB-2 a pack is told when it is complete, by the parcel that waits for it", () => {
  const dossier = aDossier({
    lines: [aLine({ quantity: 2 })],
    fulfillmentOrders: [aFulfillmentOrder({ lines: [aFoLine({ quantity: 2, unitsPer: 6 })] })],
    shipments: [shipment("1", [[1, 5]])],
  });
  const draft = aDraft(dossier);

  refreshWriteBacks(draft);
  const before = rows(dossier);
  const due = dossier.writeBacks[0]!.dueAt;
  dossier.shipments.push(shipment("2", [[1, 1]]));
  refreshWriteBacks(draft);
  const between = rows(dossier);
  dossier.shipments.push(shipment("3", [[1, 6]]));
  refreshWriteBacks(draft);

  assert.deepEqual(before, [["1", "waiting", ""]]);
  assert.equal(due, null);
  assert.deepEqual(between, [
    ["1", "waiting", "1×1"],
    ["2", "not_needed", ""],
  ]);
  assert.deepEqual(rows(dossier), [
    ["1", "waiting", "1×1"],
    ["2", "not_needed", ""],
    ["3", "waiting", "1×1"],
  ]);
});

test("WB-3 a unit of a bundle is told once all its components have left, from whichever supplier", () => {
  const dossier = aDossier({
    lines: [aLine({ quantity: 2 })],
    fulfillmentOrders: [
      aFulfillmentOrder({ lines: [aFoLine({ quantity: 2, componentNo: 1 })] }),
      aFulfillmentOrder({
        id: "201" as FulfillmentOrderId,
        no: 2,
        lines: [aFoLine({ quantity: 2, componentNo: 2, unitsPer: 2 })],
      }),
    ],
    shipments: [shipment("1", [[1, 2]])],
  });
  const draft = aDraft(dossier);

  refreshWriteBacks(draft);
  const before = rows(dossier);
  dossier.shipments.push(shipment("2", [[1, 4]], { fo: "201" }));
  refreshWriteBacks(draft);

  assert.deepEqual(before, [["1", "waiting", ""]]);
  assert.deepEqual(rows(dossier), [
    ["1", "waiting", "1×2"],
    ["2", "not_needed", ""],
  ]);
});

test("WB-4 a re-ship tells the channel nothing new", () => {
  const dossier = aDossier({
    fulfillmentOrders: [aFulfillmentOrder(), aFulfillmentOrder({ id: "201" as FulfillmentOrderId, no: 2 })],
    shipments: [shipment("1", [[1, 1]]), shipment("2", [[1, 1]], { fo: "201" })],
  });
  const draft = aDraft(dossier);

  refreshWriteBacks(draft);

  assert.deepEqual(rows(dossier), [
    ["1", "waiting", "1×1"],
    ["2", "not_needed", ""],
  ]);
});

test("WB-5 the channel's rule table says whether we tell, a person types, or nobody does", () => {
  const states = (["automatic", "by_hand", "never"] as const).map((shipped) => {
    const dossier = aDossier({ shipments: [shipment("1", [[1, 1]])] });
    refreshWriteBacks(
      aDraft(dossier, { shared: aShared({ channel: { writeBack: { shipped, cancelled: "automatic" } } }) }),
    );
    return dossier.writeBacks.map((each) => [each.state, each.dueAt]);
  });

  assert.deepEqual(states, [[["waiting", noon]], [["by_hand", null]], [["not_needed", null]]]);
});

const sent = (options: { safeMode?: boolean; now?: Date } = {}) => {
  const dossier = aDossier({
    fulfillmentOrders: [aFulfillmentOrder({ state: "shipped" })],
    shipments: [shipment("1", [[1, 1]])],
  });
  refreshWriteBacks(aDraft(dossier));
  const shared = { ...aShared(), safeMode: options.safeMode ?? false };
  const draft = aDraft(dossier, { shared, now: options.now ?? noon });
  return { dossier, draft, row: dossier.writeBacks[0]! };
};

test("WB-8 a write-back is armed with a time before it leaves, never in safe mode and never twice at once", () => {
  const { draft, row } = sent();
  const safe = sent({ safeMode: true });

  const first = armWriteBacks(draft);
  const again = armWriteBacks(draft);

  assert.deepEqual(
    first.map((work) => [work.about, work.readFirst]),
    [["shipment", false]],
  );
  assert.deepEqual([row.state, row.tries, row.dueAt], ["armed", 1, after(writeBackInFlightMs)]);
  assert.deepEqual(again, []);
  assert.deepEqual(armWriteBacks(safe.draft), []);
  assert.equal(safe.row.state, "waiting");
});

test("WB-9 told is final: what comes later changes nothing", () => {
  const { draft, row, dossier } = sent();
  armWriteBacks(draft);

  recordWriteBack(draft, row.id, { status: "told", channelReference: "F-1", found: false });
  recordWriteBack(draft, row.id, { status: "refused", message: "too late" });

  assert.deepEqual([row.state, row.toldAt, row.dueAt], ["told", noon, null]);
  assert.deepEqual(dossier.holds, []);
  assert.equal(isUntold(dossier, "200"), false);
});

test("WB-10 after a lost answer the channel is read before anything is written again", () => {
  const { draft, row, dossier } = sent();
  armWriteBacks(draft);
  recordWriteBack(draft, row.id, { status: "unknown", message: "no answer" });
  const lost = [row.state, row.dueAt];
  const later = aDraft(dossier, { now: after(writeBackInFlightMs) });
  const work = armWriteBacks(later);
  const crashed = sent();
  armWriteBacks(crashed.draft);
  const afterCrash = armWriteBacks(aDraft(crashed.dossier, { now: after(writeBackInFlightMs) }));

  assert.deepEqual(lost, ["unknown", after(writeBackInFlightMs)]);
  assert.deepEqual(
    work.map((each) => each.readFirst),
    [true],
  );
  assert.deepEqual(
    afterCrash.map((each) => each.readFirst),
    [true],
  );
});

test("WB-11 a channel that is busy is tried later, each time after a longer pause", () => {
  const { dossier, row } = sent();
  const pauses: number[] = [];
  let now = noon;
  for (let index = 0; index < 6; index += 1) {
    const draft = aDraft(dossier, { now });
    armWriteBacks(draft);
    recordWriteBack(draft, row.id, { status: "retry_later", afterMs: 0, message: "429" });
    pauses.push(row.dueAt!.getTime() - now.getTime());
    now = row.dueAt!;
  }

  assert.deepEqual(pauses, [30_000, 60_000, 120_000, 240_000, 480_000, 480_000]);
});

test("WB-12 a refusal opens a hold on its shipment, which goes when the channel takes it after all", () => {
  const { draft, row, dossier } = sent();
  armWriteBacks(draft);

  recordWriteBack(draft, row.id, { status: "refused", message: "unknown carrier" });
  const held = dossier.holds.map((hold) => [hold.code, hold.subject, hold.subjectId]);
  const result = resend(draft, row);
  const work = armWriteBacks(draft);
  recordWriteBack(draft, row.id, { status: "told", channelReference: null, found: true });

  assert.deepEqual(held, [["channel_refused", "shipment", "1"]]);
  assert.equal(result.status, "ok");
  assert.deepEqual(
    work.map((each) => each.readFirst),
    [true],
  );
  assert.deepEqual(dossier.holds, []);
});

test("WB-13 what the channel knows, or what is on its way, is not sent again", () => {
  const { draft, row } = sent();
  armWriteBacks(draft);
  const armed = resend(draft, row);
  recordWriteBack(draft, row.id, { status: "told", channelReference: null, found: false });
  const told = resend(draft, row);

  assert.deepEqual(
    [armed, told].map((each) => each.status === "refused" && each.code),
    ["in_progress", "already_told"],
  );
});

test("WB-14 a person's tick needs evidence", () => {
  const { draft, row } = sent();

  const without = markTold(draft, row, "  ");
  const before = row.state;
  const withIt = markTold(draft, row, "the shop shows N10");

  assert.equal(without.status === "refused" && without.code, "evidence_missing");
  assert.equal(before, "waiting");
  assert.equal(withIt.status, "ok");
  assert.deepEqual([row.state, row.message], ["told", "the shop shows N10"]);
});

test("WB-6 a corrected number whose old one may have been told is read for first", () => {
  const { draft, row, dossier } = sent();
  armWriteBacks(draft);
  recordWriteBack(draft, row.id, { status: "told", channelReference: null, found: false });
  dossier.writeBacks.push({ ...row, id: "900" as never, revision: 2, state: "waiting", dueAt: noon, toldAt: null });

  assert.deepEqual(
    armWriteBacks(draft).map((each) => [each.writeBack.revision, each.readFirst]),
    [[2, true]],
  );
});

test("WB-15 what no connection can tell goes to the list of what a person types, once", () => {
  const { draft, row } = sent();

  const counts = [handOver(draft, "no connection"), handOver(draft, "no connection")];

  assert.deepEqual(counts, [1, 0]);
  assert.deepEqual([row.state, row.dueAt, row.message], ["by_hand", null, "no connection"]);
});

test("WB-16 a person may leave it at the channel's refusal: it is not told and holds nothing up", () => {
  const { draft, row, dossier } = sent();
  armWriteBacks(draft);
  recordWriteBack(draft, row.id, { status: "refused", message: "no such order" });

  const result = dismissHold(draft, dossier.holds[0]!.id);

  assert.equal(result.status, "ok");
  assert.deepEqual([row.state, dossier.holds, isUntold(dossier, "200")], ["not_needed", [], false]);
});
