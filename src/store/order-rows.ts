import type { DraftEvent, EditRow, EvidenceRow } from "#domain/draft.ts";
import type {
  Attempt,
  Cancellation,
  FulfillmentOrder,
  FulfillmentOrderLine,
  Hold,
  Order,
  OrderAddress,
  OrderLine,
  Parcel,
  Shipment,
  WriteBack,
} from "#domain/order.ts";
import { tableWriter } from "./writer.ts";

/** How each part of an order becomes a row: one table each, the same columns in the same order as `src/store/dossier.ts` reads them. */
export interface Owned<Row> {
  order: Order;
  row: Row;
  at: Date;
  actor: string;
}
export interface EventRow extends DraftEvent {
  workspaceId: string;
  orderId: string;
  seq: number;
  at: Date;
  actor: string;
  /** `data` as it is hashed, which is JSON too. */
  json: string | null;
  hash: string;
}
export type EditWithNo = EditRow & { no: number };

/** The beginning of each word is searched: the whole name and the last word of it, lower case. */
export const searchName = (name: string): string => name.normalize("NFC").toLowerCase();
export const searchSurname = (name: string): string => searchName(name).split(/\s+/u).at(-1) ?? "";
const array = (values: readonly string[]): string => `{${values.join(",")}}`;

export const orders = tableWriter<Order>(
  "sales_order",
  ["workspace_id", "id"],
  [
    { name: "workspace_id", type: "bigint", get: (o) => o.workspaceId },
    { name: "id", type: "bigint", get: (o) => o.id },
    { name: "public_id", type: "uuid", get: (o) => o.publicId },
    { name: "channel_id", type: "bigint", get: (o) => o.channelId },
    { name: "channel_order_id", type: "text", get: (o) => o.channelOrderId },
    { name: "number", type: "text", get: (o) => o.number },
    { name: "origin", type: "text", get: (o) => o.origin },
    { name: "ordered_at", type: "timestamptz", get: (o) => o.orderedAt },
    { name: "received_at", type: "timestamptz", get: (o) => o.receivedAt },
    { name: "channel_updated_at", type: "timestamptz", get: (o) => o.channelUpdatedAt },
    { name: "version_no", type: "integer", get: (o) => o.versionNo },
    { name: "version_digest", type: "text", get: (o) => o.versionDigest },
    { name: "payment", type: "text", get: (o) => o.payment },
    { name: "paid_at", type: "timestamptz", get: (o) => o.paidAt },
    { name: "channel_cancelled_at", type: "timestamptz", get: (o) => o.channelCancelledAt },
    { name: "risk", type: "text", get: (o) => o.risk },
    { name: "buyer_digest", type: "text", get: (o) => o.buyerDigest },
    { name: "address_digest", type: "text", get: (o) => o.addressDigest },
    { name: "country", type: "text", get: (o) => o.country },
    { name: "shipping_method", type: "text", get: (o) => o.shippingMethod },
    { name: "ship_by", type: "timestamptz", get: (o) => o.shipBy },
    { name: "currency", type: "text", get: (o) => o.currency },
    { name: "total", type: "bigint", get: (o) => o.total },
    { name: "shipping_paid", type: "bigint", get: (o) => o.shippingPaid },
    { name: "headline", type: "text", get: (o) => o.headline },
    { name: "released_at", type: "timestamptz", get: (o) => o.releasedAt },
    { name: "released_by", type: "text", get: (o) => o.releasedBy },
    { name: "answered", type: "text", cast: "text[]", get: (o) => array(o.answered) },
    { name: "address_no", type: "integer", get: (o) => o.addressNo },
    { name: "edited_address_no", type: "integer", get: (o) => o.editedAddressNo },
    { name: "event_seq", type: "integer", get: (o) => o.eventSeq },
    { name: "event_hash", type: "text", get: (o) => o.eventHash },
    { name: "version", type: "integer", get: (o) => o.version },
  ],
);

export const orderLines = tableWriter<Owned<OrderLine>>(
  "order_line",
  ["workspace_id", "order_id", "no"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "no", type: "integer", get: (r) => r.row.no },
    { name: "channel_line_id", type: "text", get: (r) => r.row.channelLineId },
    { name: "sku", type: "text", get: (r) => r.row.sku },
    { name: "title", type: "text", get: (r) => r.row.title },
    { name: "quantity", type: "integer", get: (r) => r.row.quantity },
    { name: "quantity_edited", type: "integer", get: (r) => r.row.quantityEdited },
    { name: "cancelled", type: "integer", get: (r) => r.row.cancelled },
    { name: "channel_cancelled", type: "integer", get: (r) => r.row.channelCancelled },
    { name: "fulfilled_elsewhere", type: "integer", get: (r) => r.row.fulfilledElsewhere },
    { name: "unit_price", type: "numeric", get: (r) => r.row.unitPrice },
    { name: "kind", type: "text", get: (r) => r.row.kind },
    { name: "fulfilled_by", type: "text", get: (r) => r.row.fulfilledBy },
  ],
);

export const versions = tableWriter<
  Owned<{ no: number; origin: string; channelUpdatedAt: Date | null; digest: string; facts: Record<string, unknown> }>
>(
  "order_version",
  ["workspace_id", "order_id", "no"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "no", type: "integer", get: (r) => r.row.no },
    { name: "origin", type: "text", get: (r) => r.row.origin },
    { name: "received_at", type: "timestamptz", get: (r) => r.at },
    { name: "channel_updated_at", type: "timestamptz", get: (r) => r.row.channelUpdatedAt },
    { name: "digest", type: "text", get: (r) => r.row.digest },
    { name: "facts", type: "jsonb", get: (r) => r.row.facts },
  ],
);

export const addresses = tableWriter<Owned<OrderAddress & { buyerId: string | null; note: string | null }>>(
  "order_address",
  ["workspace_id", "order_id", "no"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "no", type: "integer", get: (r) => r.row.no },
    { name: "source", type: "text", get: (r) => r.row.source },
    { name: "name", type: "text", get: (r) => r.row.name },
    { name: "company", type: "text", get: (r) => r.row.company },
    { name: "line1", type: "text", get: (r) => r.row.line1 },
    { name: "line2", type: "text", get: (r) => r.row.line2 },
    { name: "city", type: "text", get: (r) => r.row.city },
    { name: "region", type: "text", get: (r) => r.row.region },
    { name: "postcode", type: "text", get: (r) => r.row.postcode },
    { name: "country", type: "text", get: (r) => r.row.country },
    { name: "phone", type: "text", get: (r) => r.row.phone },
    { name: "email", type: "text", get: (r) => r.row.email },
    { name: "buyer_id", type: "text", get: (r) => r.row.buyerId },
    { name: "note", type: "text", get: (r) => r.row.note },
    { name: "digest", type: "text", get: (r) => r.row.digest },
    { name: "search_name", type: "text", get: (r) => searchName(r.row.name) },
    { name: "search_surname", type: "text", get: (r) => searchSurname(r.row.name) },
  ],
);

export const edits = tableWriter<Owned<EditWithNo>>(
  "order_edit",
  ["workspace_id", "order_id", "no"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "no", type: "integer", get: (r) => r.row.no },
    { name: "field", type: "text", get: (r) => r.row.field },
    { name: "line_no", type: "integer", get: (r) => r.row.lineNo },
    { name: "replaced", type: "jsonb", get: (r) => r.row.replaced ?? {} },
    { name: "value", type: "jsonb", get: (r) => r.row.value ?? {} },
    { name: "on_version", type: "integer", get: (r) => r.order.versionNo },
    { name: "actor", type: "text", get: (r) => r.actor },
    { name: "at", type: "timestamptz", get: (r) => r.at },
  ],
);

export const fulfillmentOrders = tableWriter<Owned<FulfillmentOrder>>(
  "fulfillment_order",
  ["workspace_id", "id"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "id", type: "bigint", get: (r) => r.row.id },
    { name: "public_id", type: "uuid", get: (r) => r.row.publicId },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "no", type: "integer", get: (r) => r.row.no },
    { name: "state", type: "text", get: (r) => r.row.state },
    { name: "supplier_id", type: "bigint", get: (r) => r.row.supplierId },
    { name: "account_id", type: "bigint", get: (r) => r.row.accountId },
    { name: "supplier_pinned", type: "boolean", get: (r) => r.row.supplierPinned },
    { name: "method", type: "text", get: (r) => r.row.method },
    { name: "placed_by", type: "text", get: (r) => r.row.placedBy },
    { name: "replaces", type: "bigint", get: (r) => r.row.replaces },
    { name: "failed_suppliers", type: "text", cast: "bigint[]", get: (r) => array(r.row.failedSuppliers) },
    { name: "place_after", type: "timestamptz", get: (r) => r.row.placeAfter },
    { name: "due_at", type: "timestamptz", get: (r) => r.row.dueAt },
    { name: "woken", type: "boolean", get: (r) => r.row.woken },
    { name: "mended_at", type: "timestamptz", get: (r) => r.row.mendedAt },
    { name: "fence", type: "integer", get: (r) => r.row.fence },
    { name: "tries", type: "integer", get: (r) => r.row.tries },
    { name: "claimed_by", type: "text", get: (r) => r.row.claimedBy },
    { name: "placed_at", type: "timestamptz", get: (r) => r.row.placedAt },
    { name: "acknowledged_at", type: "timestamptz", get: (r) => r.row.acknowledgedAt },
    { name: "backordered_until", type: "timestamptz", get: (r) => r.row.backorderedUntil },
    { name: "looks", type: "integer", get: (r) => r.row.looks },
    { name: "last_shipped_at", type: "timestamptz", get: (r) => r.row.lastShippedAt },
    { name: "delivered_at", type: "timestamptz", get: (r) => r.row.deliveredAt },
    { name: "expected_goods", type: "bigint", get: (r) => r.row.expectedGoods },
    { name: "expected_shipping", type: "bigint", get: (r) => r.row.expectedShipping },
    { name: "currency", type: "text", get: (r) => r.row.currency },
    { name: "ship_by", type: "timestamptz", get: (r) => r.row.shipBy },
  ],
);

export const foLines = tableWriter<Owned<{ fo: FulfillmentOrder; line: FulfillmentOrderLine }>>(
  "fulfillment_order_line",
  ["workspace_id", "fulfillment_order_id", "no"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "fulfillment_order_id", type: "bigint", get: (r) => r.row.fo.id },
    { name: "no", type: "integer", get: (r) => r.row.line.no },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "order_line_no", type: "integer", get: (r) => r.row.line.orderLineNo },
    { name: "component_no", type: "integer", get: (r) => r.row.line.componentNo },
    { name: "supplier_sku", type: "text", get: (r) => r.row.line.supplierSku },
    { name: "quantity", type: "integer", get: (r) => r.row.line.quantity },
    { name: "quantity_cancelled", type: "integer", get: (r) => r.row.line.quantityCancelled },
    { name: "units_per", type: "integer", get: (r) => r.row.line.unitsPer },
    { name: "per", type: "integer", get: (r) => r.row.line.per },
    { name: "units", type: "integer", get: (r) => r.row.line.units },
    { name: "units_cancelled", type: "integer", get: (r) => r.row.line.unitsCancelled },
    { name: "units_placed", type: "integer", get: (r) => r.row.line.unitsPlaced },
    { name: "units_shipped", type: "integer", get: (r) => r.row.line.unitsShipped },
    { name: "units_collected", type: "integer", get: (r) => r.row.line.unitsCollected },
    { name: "unit_cost", type: "numeric", get: (r) => r.row.line.unitCost },
  ],
);

export const holds = tableWriter<Owned<{ hold: Hold; publicId: string; acts: string }>>(
  "hold",
  ["workspace_id", "id"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "id", type: "bigint", get: (r) => r.row.hold.id },
    { name: "public_id", type: "uuid", get: (r) => r.row.publicId },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "subject", type: "text", get: (r) => r.row.hold.subject },
    { name: "subject_id", type: "bigint", get: (r) => r.row.hold.subjectId },
    { name: "code", type: "text", get: (r) => r.row.hold.code },
    { name: "waits_for", type: "text", get: (r) => r.row.hold.waitsFor },
    { name: "made_by", type: "text", get: (r) => r.row.hold.madeBy },
    { name: "acts", type: "text", get: (r) => r.row.acts },
    { name: "detail", type: "jsonb", get: (r) => r.row.hold.detail },
    { name: "opened_at", type: "timestamptz", get: (r) => r.row.hold.openedAt },
    { name: "opened_by", type: "text", get: (r) => r.actor },
  ],
);

export const attempts = tableWriter<Owned<{ attempt: Attempt; request: Record<string, unknown>; addressNo: number }>>(
  "attempt",
  ["workspace_id", "id"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "id", type: "bigint", get: (r) => r.row.attempt.id },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "fulfillment_order_id", type: "bigint", get: (r) => r.row.attempt.fulfillmentOrderId },
    { name: "no", type: "integer", get: (r) => r.row.attempt.no },
    { name: "supplier_id", type: "bigint", get: (r) => r.row.attempt.supplierId },
    { name: "account_id", type: "bigint", get: (r) => r.row.attempt.accountId },
    { name: "state", type: "text", get: (r) => r.row.attempt.state },
    { name: "settle_at", type: "timestamptz", get: (r) => r.row.attempt.settleAt },
    { name: "key_until", type: "timestamptz", get: (r) => r.row.attempt.keyUntil },
    { name: "lookups", type: "integer", get: (r) => r.row.attempt.lookups },
    { name: "absent_since", type: "timestamptz", get: (r) => r.row.attempt.absentSince },
    { name: "due_at", type: "timestamptz", get: (r) => r.row.attempt.dueAt },
    { name: "supplier_order_id", type: "text", get: (r) => r.row.attempt.supplierOrderId },
    { name: "cost", type: "bigint", get: (r) => r.row.attempt.cost },
    { name: "cost_is", type: "text", get: (r) => r.row.attempt.costIs },
    { name: "reason", type: "text", get: (r) => r.row.attempt.reason },
    { name: "closed_at", type: "timestamptz", get: (r) => r.row.attempt.closedAt },
    { name: "dispatch_id", type: "bigint", get: (r) => r.row.attempt.dispatchId },
    { name: "kind", type: "text", get: (r) => r.row.attempt.kind },
    { name: "reference", type: "text", get: (r) => r.row.attempt.reference },
    { name: "idempotency_key", type: "text", get: (r) => r.row.attempt.idempotencyKey },
    { name: "fence", type: "integer", get: (r) => r.row.attempt.fence },
    { name: "armed_at", type: "timestamptz", get: (r) => r.row.attempt.armedAt },
    { name: "send_by", type: "timestamptz", get: (r) => r.row.attempt.sendBy },
    { name: "lookup_lag_ms", type: "integer", get: (r) => r.row.attempt.lookupLagMs },
    { name: "currency", type: "text", get: (r) => r.row.attempt.currency },
    { name: "max_total", type: "bigint", get: (r) => r.row.attempt.maxTotal },
    { name: "expected_total", type: "bigint", get: (r) => r.row.attempt.expectedTotal },
    { name: "holds_money", type: "boolean", get: (r) => r.row.attempt.holdsMoney },
    { name: "takes_credit", type: "boolean", get: (r) => r.row.attempt.takesCredit },
    { name: "request_hash", type: "text", get: (r) => r.row.attempt.requestHash },
    { name: "request", type: "jsonb", get: (r) => r.row.request },
    { name: "address_no", type: "integer", get: (r) => r.row.addressNo },
    { name: "actor", type: "text", get: (r) => r.row.attempt.actor },
  ],
);

/** An attempt moves; what it is about never changes. */
export const attemptStates = tableWriter<Owned<Attempt>>(
  "attempt",
  ["workspace_id", "id"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "id", type: "bigint", get: (r) => r.row.id },
    { name: "state", type: "text", get: (r) => r.row.state },
    { name: "settle_at", type: "timestamptz", get: (r) => r.row.settleAt },
    { name: "key_until", type: "timestamptz", get: (r) => r.row.keyUntil },
    { name: "lookups", type: "integer", get: (r) => r.row.lookups },
    { name: "absent_since", type: "timestamptz", get: (r) => r.row.absentSince },
    { name: "due_at", type: "timestamptz", get: (r) => r.row.dueAt },
    { name: "supplier_order_id", type: "text", get: (r) => r.row.supplierOrderId },
    { name: "cost", type: "bigint", get: (r) => r.row.cost },
    { name: "cost_is", type: "text", get: (r) => r.row.costIs },
    { name: "reason", type: "text", get: (r) => r.row.reason },
    { name: "closed_at", type: "timestamptz", get: (r) => r.row.closedAt },
    { name: "dispatch_id", type: "bigint", get: (r) => r.row.dispatchId },
    { name: "kind", type: "text", get: (r) => r.row.kind },
  ],
);

/** The natural key makes a repeated finding no news. */
export const evidence = tableWriter<Owned<EvidenceRow & { id: string }>>(
  "evidence",
  ["workspace_id", "id"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "id", type: "bigint", get: (r) => r.row.id },
    { name: "attempt_id", type: "bigint", get: (r) => r.row.attemptId },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "kind", type: "text", get: (r) => r.row.kind },
    { name: "natural_key", type: "text", get: (r) => r.row.naturalKey },
    { name: "source", type: "text", get: (r) => r.row.source },
    { name: "payload", type: "jsonb", get: (r) => r.row.payload },
    { name: "actor", type: "text", get: (r) => r.actor },
    { name: "at", type: "timestamptz", get: (r) => r.at },
  ],
  "on conflict do nothing",
);

export const shipments = tableWriter<Owned<Shipment>>(
  "shipment",
  ["workspace_id", "id"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "id", type: "bigint", get: (r) => r.row.id },
    { name: "public_id", type: "uuid", get: (r) => r.row.publicId },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "fulfillment_order_id", type: "bigint", get: (r) => r.row.fulfillmentOrderId },
    { name: "no", type: "integer", get: (r) => r.row.no },
    { name: "source", type: "text", get: (r) => r.row.source },
    { name: "shipped_at", type: "timestamptz", get: (r) => r.row.shippedAt },
    { name: "actor", type: "text", get: (r) => r.actor },
  ],
);

export const shipmentLines = tableWriter<Owned<{ shipment: Shipment; line: Shipment["lines"][number] }>>(
  "shipment_line",
  ["workspace_id", "shipment_id", "fo_line_no"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "shipment_id", type: "bigint", get: (r) => r.row.shipment.id },
    { name: "fo_line_no", type: "integer", get: (r) => r.row.line.foLineNo },
    { name: "units", type: "integer", get: (r) => r.row.line.units },
  ],
);

export const parcels = tableWriter<Owned<{ shipment: Shipment; parcel: Parcel; source: string }>>(
  "parcel",
  ["workspace_id", "id"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "id", type: "bigint", get: (r) => r.row.parcel.id },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "fulfillment_order_id", type: "bigint", get: (r) => r.row.shipment.fulfillmentOrderId },
    { name: "shipment_id", type: "bigint", get: (r) => r.row.shipment.id },
    { name: "carrier", type: "text", get: (r) => r.row.parcel.carrier },
    { name: "tracking_number", type: "text", get: (r) => r.row.parcel.trackingNumber },
    { name: "state", type: "text", get: (r) => r.row.parcel.state },
    { name: "state_at", type: "timestamptz", get: (r) => r.row.parcel.stateAt },
    { name: "due_at", type: "timestamptz", get: (r) => r.row.parcel.dueAt },
    { name: "looks", type: "integer", get: (r) => r.row.parcel.looks },
    { name: "accepted", type: "boolean", get: (r) => r.row.parcel.accepted },
    { name: "shared", type: "boolean", get: (r) => r.row.parcel.shared },
    { name: "source", type: "text", get: (r) => r.row.source },
    { name: "created_at", type: "timestamptz", get: (r) => r.at },
  ],
);

export const parcelStates = tableWriter<Owned<Parcel>>(
  "parcel",
  ["workspace_id", "id"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "id", type: "bigint", get: (r) => r.row.id },
    { name: "carrier", type: "text", get: (r) => r.row.carrier },
    { name: "tracking_number", type: "text", get: (r) => r.row.trackingNumber },
    { name: "state", type: "text", get: (r) => r.row.state },
    { name: "state_at", type: "timestamptz", get: (r) => r.row.stateAt },
    { name: "due_at", type: "timestamptz", get: (r) => r.row.dueAt },
    { name: "looks", type: "integer", get: (r) => r.row.looks },
    { name: "accepted", type: "boolean", get: (r) => r.row.accepted },
    { name: "shared", type: "boolean", get: (r) => r.row.shared },
  ],
);

export const writeBacks = tableWriter<Owned<WriteBack>>(
  "write_back",
  ["workspace_id", "id"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "id", type: "bigint", get: (r) => r.row.id },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "channel_id", type: "bigint", get: (r) => r.order.channelId },
    { name: "shipment_id", type: "bigint", get: (r) => r.row.shipmentId },
    { name: "parcel_id", type: "bigint", get: (r) => r.row.parcelId },
    { name: "cancellation_id", type: "bigint", get: (r) => r.row.cancellationId },
    { name: "revision", type: "integer", get: (r) => r.row.revision },
    { name: "state", type: "text", get: (r) => r.row.state },
    { name: "due_at", type: "timestamptz", get: (r) => r.row.dueAt },
    { name: "tries", type: "integer", get: (r) => r.row.tries },
    { name: "message", type: "text", get: (r) => r.row.message },
    { name: "told_at", type: "timestamptz", get: (r) => r.row.toldAt },
    { name: "lines", type: "jsonb", get: (r) => r.row.lines },
  ],
);

export const cancellations = tableWriter<Owned<Cancellation>>(
  "cancellation",
  ["workspace_id", "id"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "id", type: "bigint", get: (r) => r.row.id },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "asked_by", type: "text", get: (r) => r.row.askedBy },
    { name: "state", type: "text", get: (r) => r.row.state },
    { name: "lines", type: "jsonb", get: (r) => r.row.lines },
    { name: "opened_at", type: "timestamptz", get: (r) => r.row.openedAt },
    { name: "answered_at", type: "timestamptz", get: (r) => r.row.answeredAt },
    { name: "answered_by", type: "text", get: (r) => r.row.answeredBy },
    { name: "due_at", type: "timestamptz", get: (r) => r.row.dueAt },
  ],
);

export const decisions = tableWriter<
  Owned<{ fo: FulfillmentOrder | null; kind: string; record: Record<string, unknown>; seq: number }>
>(
  "decision",
  ["workspace_id", "order_id", "seq", "fulfillment_order_id"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "order_id", type: "bigint", get: (r) => r.order.id },
    { name: "seq", type: "integer", get: (r) => r.row.seq },
    { name: "fulfillment_order_id", type: "bigint", get: (r) => r.row.fo?.id ?? "0" },
    { name: "kind", type: "text", get: (r) => r.row.kind },
    { name: "at", type: "timestamptz", get: (r) => r.at },
    { name: "record", type: "jsonb", get: (r) => r.row.record },
  ],
  "on conflict do nothing",
);

export const events = tableWriter<EventRow>(
  "event",
  ["workspace_id", "order_id", "seq"],
  [
    { name: "workspace_id", type: "bigint", get: (e) => e.workspaceId },
    { name: "order_id", type: "bigint", get: (e) => e.orderId },
    { name: "seq", type: "integer", get: (e) => e.seq },
    { name: "at", type: "timestamptz", get: (e) => e.at },
    { name: "kind", type: "text", get: (e) => e.kind },
    { name: "subject", type: "text", get: (e) => e.subject },
    { name: "subject_id", type: "bigint", get: (e) => e.subjectId },
    { name: "from_state", type: "text", get: (e) => e.from },
    { name: "to_state", type: "text", get: (e) => e.to },
    { name: "actor", type: "text", get: (e) => e.actor },
    { name: "data", type: "text", cast: "jsonb", get: (e) => e.json },
    { name: "hash", type: "text", get: (e) => e.hash },
  ],
);

export const reservations = tableWriter<Owned<{ fo: FulfillmentOrder; line: FulfillmentOrderLine; units: number }>>(
  "stock_reservation",
  ["workspace_id", "fulfillment_order_id", "line_no"],
  [
    { name: "workspace_id", type: "bigint", get: (r) => r.order.workspaceId },
    { name: "fulfillment_order_id", type: "bigint", get: (r) => r.row.fo.id },
    { name: "line_no", type: "integer", get: (r) => r.row.line.no },
    { name: "supplier_id", type: "bigint", get: (r) => r.row.fo.supplierId },
    { name: "supplier_sku", type: "text", get: (r) => r.row.line.supplierSku },
    { name: "units", type: "integer", get: (r) => r.row.units },
    { name: "state", type: "text", get: () => "open" },
  ],
);
