import { z } from "zod";
import { webhookTypeNames, webhookTypes, type WebhookType } from "#domain/webhook-event.ts";

// The shape of what leaves, type by type. It is an allow-list: a field that is not named here does not leave.

const order = z.object({
  id: z.string(),
  number: z.string(),
  channel: z.string(),
  channel_order_id: z.string(),
});
const part = z.object({ id: z.string(), no: z.int(), supplier: z.string().nullable() });
const shipment = z.object({ id: z.string() });
const money = z.object({ amount: z.string(), currency: z.string() });
const steps = z.object({ order, from: z.string(), to: z.string() });
const onPart = z.object({ order, fulfillment_order: part });
const onShipment = onPart.extend({ shipment });
const onParcel = onShipment.extend({ carrier: z.string(), tracking_number: z.string() });
const hold = z.object({
  order,
  code: z.string(),
  title: z.string(),
  line: z.int().nullable(),
  fulfillment_order: part.nullable(),
  shipment: shipment.nullable(),
});
const told = z.object({ order, about: z.enum(["shipment", "cancellation"]), shipment: shipment.nullable() });
const changed = z.object({ order, by: z.enum(["channel", "person"]), field: z.string().nullable() });

/** WH-10. `data` of each type. */
export const webhookData = {
  "order.received": z.object({ order, origin: z.string().nullable() }),
  "order.changed": changed,
  "order.status_changed": steps,
  "order.held": steps,
  "order.released": steps,
  "order.shipped": steps,
  "order.delivered": steps,
  "order.completed": steps,
  "order.cancelled": steps,
  "fulfillment_order.placed": onPart.extend({ supplier_order_id: z.string().nullable(), cost: money.nullable() }),
  "fulfillment_order.refused": onPart.extend({ reason: z.string().nullable() }),
  "fulfillment_order.outcome_unknown": onPart,
  "fulfillment_order.escalated": onPart,
  "fulfillment_order.acknowledged": onPart,
  "fulfillment_order.ready": onPart,
  "fulfillment_order.partially_shipped": onPart,
  "fulfillment_order.shipped": onPart,
  "fulfillment_order.delivered": onPart,
  "fulfillment_order.completed": onPart,
  "fulfillment_order.cancelled": onPart,
  "fulfillment_order.refunded": onPart.extend({ amount: money.nullable() }),
  "shipment.created": onShipment.extend({ source: z.string().nullable() }),
  "shipment.tracking_added": onParcel.extend({ accepted: z.boolean() }),
  "shipment.tracking_corrected": onParcel,
  "shipment.parcel_moved": onParcel.extend({ state: z.string() }),
  "shipment.parcel_delivered": onParcel.extend({ state: z.string() }),
  "hold.opened": hold,
  "hold.closed": hold,
  "write_back.told": told,
  "write_back.failed": told.extend({ state: z.enum(["refused", "by_hand"]) }),
  "cancellation.requested": z.object({ order, asked_by: z.string().nullable() }),
  "cancellation.answered": z.object({ order, state: z.string() }),
  "webhook_endpoint.disabled": z.object({ endpoint: z.object({ id: z.string(), url: z.string() }), why: z.string() }),
  "webhook_endpoint.test": z.object({ endpoint: z.object({ id: z.string() }), text: z.string() }),
} as const satisfies Record<WebhookType, z.ZodType>;

/** The body of a message, as it is signed and sent. Throws where `data` lacks something of its type's shape. */
export const payloadOf = (type: WebhookType, at: Date, data: Record<string, unknown>): string =>
  JSON.stringify({ type, timestamp: at.toISOString(), data: webhookData[type].parse(data) });

/** The catalogue for people and programs: each type, what it means, and the JSON Schema of its `data`. */
export const webhookCatalogue = (): { type: WebhookType; about: string; data: Record<string, unknown> }[] =>
  webhookTypeNames.map((type) => ({
    type,
    about: webhookTypes[type],
    data: z.toJSONSchema(webhookData[type]) as Record<string, unknown>,
  }));
