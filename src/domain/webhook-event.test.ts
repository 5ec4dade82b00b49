import assert from "node:assert/strict";
import { test } from "node:test";
import {
  listensTo,
  messagesOf,
  webhookFilters,
  webhookTypeNames,
  type TrailEvent,
  type TrailFacts,
  type WebhookType,
} from "./webhook-event.ts";
import { payloadOf, webhookCatalogue, webhookData } from "#engine/webhooks/payload.ts";

const at = new Date("2026-11-22T12:00:00Z");
const order = { id: "ord_1", number: "#1000", channel: "chn_1", channel_order_id: "1000" };
const part = { id: "fo_1", no: 1, supplier: "sup_1" };
const facts: TrailFacts = {
  order,
  fulfillmentOrders: new Map([["20", part]]),
  shipments: new Map([["30", { part: "20", id: "shp_1" }]]),
  parcels: new Map([["40", { shipment: "30", carrier: "ups", trackingNumber: "1Z9" }]]),
  attempts: new Map([["50", { part: "20", cost: { amount: "4.00", currency: "EUR" } }]]),
  writeBacks: new Map([["60", { shipment: "30" }]]),
};
const event = (kind: string, more: Partial<TrailEvent> = {}): TrailEvent => ({
  seq: 1,
  at,
  kind,
  subject: "order",
  subjectId: "10",
  fromState: null,
  toState: null,
  data: null,
  ...more,
});
const moved = (toState: string): TrailEvent =>
  event("moved", {
    subject: "fulfillment_order",
    subjectId: "20",
    fromState: "placing",
    toState,
    data: { supplierOrderId: "S-1", attempt: "50" },
  });
const shown = (fromState: string, toState: string): TrailEvent => event("headline", { fromState, toState });
const on = (subject: string, subjectId: string, kind: string, more: Partial<TrailEvent> = {}): TrailEvent =>
  event(kind, { subject, subjectId, ...more });

/** Events as the product writes them, and what they are to the outside. */
const stories: [TrailEvent, ...WebhookType[]][] = [
  [event("received", { data: { origin: "live", lines: 1 } }), "order.received"],
  [event("changed_on_channel", { data: { version: 2 } }), "order.changed"],
  [on("line", "1", "edited", { data: { field: "quantity", from: 1, to: 2 } }), "order.changed"],
  [event("headline", { toState: "new" })],
  [shown("new", "waiting"), "order.status_changed"],
  [shown("new", "needs_attention"), "order.status_changed", "order.held"],
  [shown("needs_attention", "on_hold"), "order.status_changed"],
  [shown("on_hold", "new"), "order.status_changed", "order.released"],
  [shown("needs_attention", "cancelled"), "order.status_changed", "order.cancelled"],
  [shown("partly_shipped", "shipped"), "order.status_changed", "order.shipped"],
  [shown("shipped", "delivered"), "order.status_changed", "order.delivered"],
  [shown("delivered", "completed"), "order.status_changed", "order.completed"],
  [moved("placed"), "fulfillment_order.placed"],
  [moved("outcome_unknown"), "fulfillment_order.outcome_unknown"],
  [moved("escalated"), "fulfillment_order.escalated"],
  [moved("ready"), "fulfillment_order.ready"],
  [moved("acknowledged")],
  [on("fulfillment_order", "20", "acknowledged"), "fulfillment_order.acknowledged"],
  [moved("partially_shipped"), "fulfillment_order.partially_shipped"],
  [moved("shipped"), "fulfillment_order.shipped"],
  [moved("delivered"), "fulfillment_order.delivered"],
  [moved("completed"), "fulfillment_order.completed"],
  [moved("cancelled"), "fulfillment_order.cancelled"],
  [moved("waiting")],
  [
    on("attempt", "50", "attempt_closed", { toState: "refused", data: { reason: "out_of_stock" } }),
    "fulfillment_order.refused",
  ],
  [on("attempt", "50", "attempt_closed", { toState: "placed" })],
  [
    on("attempt", "50", "refunded", { data: { amount: "400", currency: "EUR", units: 1 } }),
    "fulfillment_order.refunded",
  ],
  [on("shipment", "30", "added", { data: { source: "supplier", on: "20", lines: [] } }), "shipment.created"],
  [on("fulfillment_order", "20", "added")],
  [
    on("parcel", "40", "added", { data: { carrier: "ups", trackingNumber: "1Z8", accepted: true } }),
    "shipment.tracking_added",
  ],
  [
    on("parcel", "40", "tracking_corrected", { data: { now: { carrier: "ups", trackingNumber: "1Z7" } } }),
    "shipment.tracking_corrected",
  ],
  [on("parcel", "40", "parcel_moved", { fromState: "announced", toState: "in_transit" }), "shipment.parcel_moved"],
  [on("parcel", "40", "parcel_moved", { fromState: "in_transit", toState: "delivered" }), "shipment.parcel_delivered"],
  [
    on("hold", "70", "hold_opened", { data: { code: "sku_not_linked", on: "line", onId: "1", waitsFor: "sku:X" } }),
    "hold.opened",
  ],
  [on("hold", "70", "hold_closed", { data: { code: "tracking_overdue", on: "shipment", onId: "30" } }), "hold.closed"],
  [on("write_back", "60", "channel_told"), "write_back.told"],
  [on("write_back", "60", "write_back_moved", { fromState: "armed", toState: "refused" }), "write_back.failed"],
  [on("write_back", "60", "write_back_moved", { fromState: "waiting", toState: "armed" })],
  [
    on("cancellation", "80", "cancellation_opened", { data: { askedBy: "buyer", lines: [] } }),
    "cancellation.requested",
  ],
  [
    on("cancellation", "80", "cancellation_moved", { fromState: "requested", toState: "accepted" }),
    "cancellation.answered",
  ],
  [event("some_later_kind")],
];

test("WH-11 each event of an order is, by itself, what it is to the outside", () => {
  for (const [told, ...types] of stories)
    assert.deepEqual(
      messagesOf(told, facts).map((each) => each.type),
      types,
      `${told.kind} ${told.fromState} → ${told.toState}`,
    );
  const [placed] = messagesOf(moved("placed"), facts);
  assert.deepEqual(placed!.data, {
    order,
    fulfillment_order: part,
    supplier_order_id: "S-1",
    cost: { amount: "4.00", currency: "EUR" },
  });
  const dataOf = (index: number) => messagesOf(stories[index]![0], facts)[0]!.data;
  const indexOf = (type: WebhookType) => stories.findIndex(([, ...types]) => types.includes(type));
  assert.equal(dataOf(indexOf("shipment.tracking_corrected"))["tracking_number"], "1Z7");
  assert.equal(dataOf(indexOf("shipment.tracking_added"))["tracking_number"], "1Z8");
  assert.deepEqual(dataOf(indexOf("fulfillment_order.refunded"))["amount"], { amount: "4.00", currency: "EUR" });
  assert.deepEqual(dataOf(indexOf("hold.opened"))["line"], 1);
  assert.deepEqual(dataOf(indexOf("hold.closed"))["shipment"], { id: "shp_1" });
  // Where the thing is not known any more, nothing is told rather than something half.
  assert.deepEqual(messagesOf(moved("placed"), { ...facts, fulfillmentOrders: new Map() }), []);
});

test("WH-10 each type is told of something, has a schema and can be listened to", () => {
  const told = new Set(stories.flatMap(([, ...types]) => types));
  const ofItself = ["webhook_endpoint.disabled", "webhook_endpoint.test"];
  assert.deepEqual([...told, ...ofItself].sort(), [...webhookTypeNames].sort());
  for (const [each] of stories)
    for (const { type, data } of messagesOf(each, facts)) {
      const sent = JSON.parse(payloadOf(type, at, data)) as { type: string; timestamp: string; data: unknown };
      assert.deepEqual([sent.type, sent.timestamp], [type, "2026-11-22T12:00:00.000Z"]);
      assert.deepEqual(sent.data, data, `${type}: the schema leaves nothing out and asks for nothing more`);
    }
  for (const type of webhookTypeNames) {
    assert.match(type, /^[a-z_]+\.[a-z_]+$/);
    assert.ok(listensTo(["*"], type) && listensTo([`${type.split(".")[0]!}.*`], type) && listensTo([type], type));
    assert.equal(listensTo(["order.received"], type), type === "order.received" || type === "webhook_endpoint.test");
  }
  assert.ok(webhookFilters.includes("order.*") && !webhookFilters.includes("webhook_endpoint.test"));
  for (const { type, about, data } of webhookCatalogue()) {
    assert.ok(about.endsWith("."), type);
    assert.equal(data["type"], "object");
  }
  assert.throws(() => webhookData["hold.opened"].parse({ order }), /code/);
});
