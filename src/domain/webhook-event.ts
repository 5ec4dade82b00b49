import type { Headline } from "./lifecycle.ts";
import { toMajor } from "./money.ts";
import { reasonOf, type ReasonCode } from "./reasons.ts";

/**
 * WH-10. What is told to the outside, and what it means. Derived from the trail of orders, never written down beside it: what is not an event of an order
 * is no news of an order. Ids, numbers, states and amounts; nothing about buyers.
 */
export const webhookTypes = {
  "order.received": "An order came in.",
  "order.changed": "The channel sent another version of the order, or a person edited it.",
  "order.status_changed": "The order's headline changed; every one of its steps, in one type.",
  "order.held": "Something stops the order; the open holds say what.",
  "order.released": "Nothing stops the order any more; it goes on.",
  "order.shipped": "All units have left.",
  "order.delivered": "Everything arrived, by the word of the carrier, the channel or a person.",
  "order.completed": "The order is done.",
  "order.cancelled": "Nothing of the order will be shipped.",
  "fulfillment_order.placed": "It was bought at its supplier, whose order number is known.",
  "fulfillment_order.refused": "Its supplier refused it.",
  "fulfillment_order.outcome_unknown": "It was sent to its supplier and the answer was lost; it is being found out.",
  "fulfillment_order.escalated": "The ordering team places it by hand.",
  "fulfillment_order.acknowledged": "Its supplier accepted it.",
  "fulfillment_order.ready": "The prep centre may print its label.",
  "fulfillment_order.partially_shipped": "Some of its units have left.",
  "fulfillment_order.shipped": "All its units have left.",
  "fulfillment_order.delivered": "All its parcels arrived.",
  "fulfillment_order.completed": "It is done.",
  "fulfillment_order.cancelled": "Nothing of it will be shipped.",
  "fulfillment_order.refunded": "Its supplier gave money back.",
  "shipment.created": "A supplier shipped something.",
  "shipment.tracking_added": "A parcel of a shipment has a tracking number.",
  "shipment.tracking_corrected": "A parcel's tracking number was corrected.",
  "shipment.parcel_moved": "A parcel moved on, or stopped moving.",
  "shipment.parcel_delivered": "A parcel arrived.",
  "hold.opened": "A reason to stop was found.",
  "hold.closed": "A reason to stop is gone.",
  "write_back.told": "The channel knows of a shipment or of a cancellation.",
  "write_back.failed": "The channel refused to be told, or a person has to enter it there.",
  "cancellation.requested": "Somebody asked to cancel.",
  "cancellation.answered": "A cancellation was accepted or refused, or the channel was told.",
  "webhook_endpoint.disabled":
    "Another endpoint of this workspace was switched off, because it failed for too long or said that it is gone.",
  "webhook_endpoint.test": "You asked for a test.",
} as const satisfies Record<string, string>;
export type WebhookType = keyof typeof webhookTypes;
export const webhookTypeNames = Object.keys(webhookTypes) as WebhookType[];

/** Types that are only ever sent to one endpoint, whatever it listens to. */
const always: ReadonlySet<WebhookType> = new Set(["webhook_endpoint.test"]);

/** Whether an endpoint that listens to `filters` gets this type: the type itself, `order.*` for its group, `*` for all. */
export const listensTo = (filters: readonly string[], type: WebhookType): boolean =>
  always.has(type) ||
  filters.some((filter) => filter === "*" || filter === type || filter === `${type.split(".", 1)[0]!}.*`);

/** All that may stand in a filter. */
export const webhookFilters: readonly string[] = [
  "*",
  ...new Set(webhookTypeNames.map((type) => `${type.split(".", 1)[0]!}.*`)),
  ...webhookTypeNames.filter((type) => !always.has(type)),
];

/** One line of an order's trail, as stored. */
export interface TrailEvent {
  seq: number;
  at: Date;
  kind: string;
  subject: string;
  subjectId: string;
  fromState: string | null;
  toState: string | null;
  data: Record<string, unknown> | null;
}

/** What the trail names by inner ids, by the public ids and numbers that may leave. */
export interface TrailFacts {
  order: Record<string, unknown>;
  fulfillmentOrders: ReadonlyMap<string, Record<string, unknown>>;
  /** `part`: the inner id of its fulfillment order. */
  shipments: ReadonlyMap<string, { part: string; id: string }>;
  parcels: ReadonlyMap<string, { shipment: string; carrier: string; trackingNumber: string }>;
  attempts: ReadonlyMap<string, { part: string; cost: Record<string, unknown> | null }>;
  writeBacks: ReadonlyMap<string, { shipment: string | null }>;
}

export interface Message {
  type: WebhookType;
  data: Record<string, unknown>;
}

/** WH-11. What an event of an order's trail is to the outside: mostly nothing or one message, a change of the headline up to two. */
export function messagesOf(event: TrailEvent, facts: TrailFacts): Message[] {
  const { order } = facts;
  const { fromState: from, toState: to, subjectId } = event;
  const data = event.data ?? {};
  const text = (name: string): string | null => (typeof data[name] === "string" ? data[name] : null);
  const onPart = (type: WebhookType, part: string | undefined, more: Record<string, unknown> = {}): Message[] => {
    const known = facts.fulfillmentOrders.get(part ?? "");
    return known === undefined ? [] : [{ type, data: { order, fulfillment_order: known, ...more } }];
  };
  const onShipment = (
    type: WebhookType,
    shipment: string | undefined,
    more: Record<string, unknown> = {},
  ): Message[] => {
    const known = facts.shipments.get(shipment ?? "");
    return known === undefined ? [] : onPart(type, known.part, { shipment: { id: known.id }, ...more });
  };
  const onParcel = (
    type: WebhookType,
    more: (parcel: { carrier: string; trackingNumber: string }) => object,
  ): Message[] => {
    const parcel = facts.parcels.get(subjectId);
    return parcel === undefined ? [] : onShipment(type, parcel.shipment, { ...more(parcel) });
  };

  switch (event.kind) {
    case "received":
      return [{ type: "order.received", data: { order, origin: text("origin") } }];
    case "changed_on_channel":
      return [{ type: "order.changed", data: { order, by: "channel", field: null } }];
    case "edited":
      return [{ type: "order.changed", data: { order, by: "person", field: text("field") } }];
    case "headline":
      return from === null ? [] : headlineMessages(order, from, to!);
    case "moved": {
      const type = moves[to!];
      if (type === undefined) return [];
      if (type !== "fulfillment_order.placed") return onPart(type, subjectId);
      const cost = facts.attempts.get(text("attempt") ?? "")?.cost ?? null;
      return onPart(type, subjectId, { supplier_order_id: text("supplierOrderId"), cost });
    }
    case "acknowledged":
      return onPart("fulfillment_order.acknowledged", subjectId);
    case "attempt_closed":
      return to === "refused"
        ? onPart("fulfillment_order.refused", facts.attempts.get(subjectId)?.part, { reason: text("reason") })
        : [];
    case "refunded":
      return onPart("fulfillment_order.refunded", facts.attempts.get(subjectId)?.part, {
        amount: amountOf(text("amount"), text("currency")),
      });
    case "added":
      if (event.subject === "shipment") return onShipment("shipment.created", subjectId, { source: text("source") });
      if (event.subject === "parcel")
        return onParcel("shipment.tracking_added", (parcel) => ({
          carrier: text("carrier") ?? parcel.carrier,
          tracking_number: text("trackingNumber") ?? parcel.trackingNumber,
          accepted: data["accepted"] === true,
        }));
      return [];
    case "tracking_corrected":
      return onParcel("shipment.tracking_corrected", (parcel) => {
        const now = { ...parcel, ...(data["now"] as Partial<typeof parcel> | undefined) };
        return { carrier: now.carrier, tracking_number: now.trackingNumber };
      });
    case "parcel_moved":
      return onParcel(
        to === "delivered" ? "shipment.parcel_delivered" : "shipment.parcel_moved",
        ({ carrier, trackingNumber }) => ({ carrier, tracking_number: trackingNumber, state: to }),
      );
    case "hold_opened":
      return [{ type: "hold.opened", data: { order, ...holdOf(data, facts) } }];
    case "hold_closed":
      return [{ type: "hold.closed", data: { order, ...holdOf(data, facts) } }];
    case "channel_told":
      return [{ type: "write_back.told", data: { order, ...aboutShipment(subjectId, facts) } }];
    case "write_back_moved":
      return to === "refused" || to === "by_hand"
        ? [{ type: "write_back.failed", data: { order, ...aboutShipment(subjectId, facts), state: to } }]
        : [];
    case "cancellation_opened":
      return [{ type: "cancellation.requested", data: { order, asked_by: text("askedBy") } }];
    case "cancellation_moved":
      return [{ type: "cancellation.answered", data: { order, state: to } }];
    default:
      return [];
  }
}

const amountOf = (minor: string | null, currency: string | null): Record<string, unknown> | null =>
  minor === null || currency === null ? null : { amount: toMajor({ amount: BigInt(minor), currency }), currency };

const moves: Readonly<Partial<Record<string, WebhookType>>> = {
  placed: "fulfillment_order.placed",
  outcome_unknown: "fulfillment_order.outcome_unknown",
  escalated: "fulfillment_order.escalated",
  ready: "fulfillment_order.ready",
  partially_shipped: "fulfillment_order.partially_shipped",
  shipped: "fulfillment_order.shipped",
  delivered: "fulfillment_order.delivered",
  completed: "fulfillment_order.completed",
  cancelled: "fulfillment_order.cancelled",
};

const held: ReadonlySet<string> = new Set<Headline>([
  "needs_attention",
  "on_hold",
  "review",
  "awaiting_payment",
  "stand_by",
]);
const reached: Readonly<Partial<Record<string, WebhookType>>> = {
  shipped: "order.shipped",
  delivered: "order.delivered",
  completed: "order.completed",
  cancelled: "order.cancelled",
};

function headlineMessages(order: Record<string, unknown>, from: string, to: string): Message[] {
  const data = { order, from, to };
  const type =
    reached[to] ??
    (held.has(to) && !held.has(from) ? "order.held" : held.has(from) && !held.has(to) ? "order.released" : undefined);
  return [{ type: "order.status_changed", data }, ...(type === undefined ? [] : [{ type, data }])];
}

/** The hold, and where it lies. What it waits for may name SKUs and accounts by inner ids, and stays here. */
function holdOf(data: Record<string, unknown>, facts: TrailFacts): Record<string, unknown> {
  const code = data["code"] as ReasonCode;
  const id = String(data["onId"]);
  const shipment = data["on"] === "shipment" ? facts.shipments.get(id) : undefined;
  const part = data["on"] === "fulfillment_order" ? id : shipment?.part;
  return {
    code,
    title: reasonOf(code).title,
    line: data["on"] === "line" ? Number(id) : null,
    fulfillment_order: part === undefined ? null : (facts.fulfillmentOrders.get(part) ?? null),
    shipment: shipment === undefined ? null : { id: shipment.id },
  };
}

function aboutShipment(writeBack: string, facts: TrailFacts): Record<string, unknown> {
  const shipment = facts.shipments.get(facts.writeBacks.get(writeBack)?.shipment ?? "");
  return {
    about: shipment === undefined ? "cancellation" : "shipment",
    shipment: shipment === undefined ? null : { id: shipment.id },
  };
}
