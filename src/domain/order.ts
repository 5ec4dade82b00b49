import type { Address } from "./address.ts";
import type { OrderOrigin, LineKind, Payment } from "./channel-order.ts";
import type {
  AccountId,
  AttemptId,
  CancellationId,
  ChannelId,
  DispatchId,
  FulfillmentOrderId,
  HoldId,
  OrderId,
  ParcelId,
  ShipmentId,
  SupplierId,
  WorkspaceId,
  WriteBackId,
} from "./ids.ts";
import type { FulfillmentState, Headline } from "./lifecycle.ts";
import type { DecimalText } from "./money.ts";
import type { ReasonCode } from "./reasons.ts";

/** One order with everything of it that a decision may read. Read as a set by the store, changed only through `OrderDraft`. */
export interface OrderDossier {
  order: Order;
  lines: OrderLine[];
  fulfillmentOrders: FulfillmentOrder[];
  /** Open ones only. */
  holds: Hold[];
  attempts: Attempt[];
  shipments: Shipment[];
  writeBacks: WriteBack[];
  cancellations: Cancellation[];
}

/** The parts of a dossier that a stage may leave unread; all else is always there. */
export const dossierParts = ["lines", "attempts", "shipments", "writeBacks", "cancellations"] as const;
export type DossierPart = (typeof dossierParts)[number];

export interface Order {
  workspaceId: WorkspaceId;
  id: OrderId;
  publicId: string;
  channelId: ChannelId;
  channelOrderId: string;
  number: string;
  origin: OrderOrigin;
  orderedAt: Date | null;
  receivedAt: Date;
  /** The channel's instant of the newest version, and the digest of what it said. */
  channelUpdatedAt: Date | null;
  versionNo: number;
  versionDigest: string;
  payment: Payment;
  paidAt: Date | null;
  channelCancelledAt: Date | null;
  risk: "none" | "high";
  buyerDigest: string | null;
  addressDigest: string | null;
  /** Country and postcode area: facts, not personal data. "" where the address is missing. */
  country: string;
  shippingMethod: string | null;
  shipBy: Date | null;
  currency: string;
  /** Booked minor units; null where the channel does not state it. */
  total: bigint | null;
  shippingPaid: bigint | null;
  headline: Headline;
  /** A person let it go: review, stand-by, age and duplicate checks are answered. */
  releasedAt: Date | null;
  releasedBy: string | null;
  /** Codes of holds that a person answered: verify does not open them again. */
  answered: ReasonCode[];
  /** Which address rows hold: the channel's newest, and ours on top of it. */
  addressNo: number;
  editedAddressNo: number | null;
  eventSeq: number;
  eventHash: string;
  version: number;
}

export interface OrderLine {
  no: number;
  channelLineId: string;
  sku: string;
  title: string;
  /** Units by the channel's newest version, and ours on top where a person changed it. */
  quantity: number;
  quantityEdited: number | null;
  /** Units that nobody wants any more, by whomever it was cancelled. */
  cancelled: number;
  /** Of `cancelled`, by the channel's own statement. */
  channelCancelled: number;
  /** Units that the channel says were fulfilled by somebody else. */
  fulfilledElsewhere: number;
  unitPrice: DecimalText;
  kind: LineKind;
  fulfilledBy: "us" | "channel" | "nobody";
}

export interface FulfillmentOrder {
  id: FulfillmentOrderId;
  publicId: string;
  no: number;
  state: FulfillmentState;
  supplierId: SupplierId | null;
  accountId: AccountId | null;
  /** Chosen by a person: routing keeps it. */
  supplierPinned: boolean;
  method: string | null;
  placedBy: "machine" | "person" | null;
  replaces: FulfillmentOrderId | null;
  /** Suppliers that refused or cancelled this quantity before; tried last. */
  failedSuppliers: SupplierId[];
  /** When it may leave the buffer; null while unknown. */
  placeAfter: Date | null;
  /** The earliest of its timers; null: only an event can move it. */
  dueAt: Date | null;
  /** Something that a hold waits for changed since it was verified last. */
  woken: boolean;
  /** When the daily sweep let it go although nothing had woken it: a wake-up is missing somewhere. */
  mendedAt: Date | null;
  fence: number;
  tries: number;
  /** The person who has claimed it on the operators' desk. */
  claimedBy: string | null;
  placedAt: Date | null;
  acknowledgedAt: Date | null;
  backorderedUntil: Date | null;
  looks: number;
  lastShippedAt: Date | null;
  deliveredAt: Date | null;
  /** Expected goods and shipping in the account's currency, minor units; null before routing. */
  expectedGoods: bigint | null;
  expectedShipping: bigint | null;
  currency: string | null;
  shipBy: Date | null;
  lines: FulfillmentOrderLine[];
}

export interface FulfillmentOrderLine {
  no: number;
  orderLineNo: number;
  /** 0 while not routed: the whole channel unit. */
  componentNo: number;
  supplierSku: string | null;
  /** Channel units in it, and how many of them are cancelled here. */
  quantity: number;
  quantityCancelled: number;
  /** Supplier units = quantity × unitsPer / per, always whole. */
  unitsPer: number;
  per: number;
  units: number;
  unitsCancelled: number;
  unitsPlaced: number;
  unitsShipped: number;
  /** Collected so far by scan, at a prep centre. */
  unitsCollected: number;
  unitCost: DecimalText | null;
}

export type HoldSubject = "order" | "line" | "fulfillment_order" | "shipment";
export interface Hold {
  id: HoldId;
  subject: HoldSubject;
  /** Fulfillment order or shipment id; line number as text; "0" for the order. */
  subjectId: string;
  code: ReasonCode;
  /** What a change of wakes it: `sku:…`, `stock:…`, `balance:…`, `account:…`; null: nothing but a person or the order itself. */
  waitsFor: string | null;
  madeBy: "machine" | "person";
  /** Codes, numbers and ids only; never personal data. */
  detail: Record<string, unknown>;
  openedAt: Date;
}

export type AttemptState = "armed" | "unknown" | "placed" | "refused" | "void";
/** Which attempts keep a fulfillment order from a second one; the database's partial unique index says the same. */
export const isOpenAttempt = (state: AttemptState): boolean =>
  state === "armed" || state === "unknown" || state === "placed";
export interface Attempt {
  id: AttemptId;
  fulfillmentOrderId: FulfillmentOrderId;
  no: number;
  supplierId: SupplierId;
  accountId: AccountId;
  kind: "key" | "lookup" | "none" | "human" | "document";
  state: AttemptState;
  reference: string;
  idempotencyKey: string;
  fence: number;
  armedAt: Date;
  sendBy: Date;
  /** Before this, "not found" proves nothing. */
  settleAt: Date;
  /** Until when the supplier remembers the key; null: no key. */
  keyUntil: Date | null;
  lookupLagMs: number;
  lookups: number;
  absentSince: Date | null;
  dueAt: Date | null;
  currency: string;
  maxTotal: bigint;
  expectedTotal: bigint;
  /** What arming took: `maxTotal` out of the balance, one action credit. The account's settings may change while it is armed. */
  holdsMoney: boolean;
  takesCredit: boolean;
  requestHash: string;
  supplierOrderId: string | null;
  cost: bigint | null;
  costIs: "expected" | "confirmed" | null;
  reason: ReasonCode | null;
  closedAt: Date | null;
  dispatchId: DispatchId | null;
  actor: string;
}

export interface Shipment {
  id: ShipmentId;
  publicId: string;
  fulfillmentOrderId: FulfillmentOrderId;
  no: number;
  source: ShipmentSource;
  shippedAt: Date;
  lines: { foLineNo: number; units: number }[];
  parcels: Parcel[];
}
export type ShipmentSource = "supplier" | "mail" | "carrier" | "prep" | "person" | "file" | "conversion";
export type ParcelState = "announced" | "in_transit" | "out_for_delivery" | "delivered" | "stalled" | "returning";
export interface Parcel {
  id: ParcelId;
  carrier: string;
  trackingNumber: string;
  state: ParcelState;
  stateAt: Date | null;
  dueAt: Date | null;
  looks: number;
  /** accepted: may be told to the channel. */
  accepted: boolean;
  shared: boolean;
}

export type WriteBackState = "waiting" | "armed" | "unknown" | "told" | "by_hand" | "refused" | "not_needed";
export interface WriteBack {
  id: WriteBackId;
  shipmentId: ShipmentId | null;
  parcelId: ParcelId | null;
  cancellationId: CancellationId | null;
  revision: number;
  state: WriteBackState;
  dueAt: Date | null;
  tries: number;
  message: string | null;
  toldAt: Date | null;
  /** What it tells, in whole channel units; empty: nothing whole yet (it waits), or another parcel tells it. */
  lines: { orderLineNo: number; quantity: number }[];
}

export type CancellationState = "requested" | "accepted" | "refused" | "told";
export interface Cancellation {
  id: CancellationId;
  askedBy: "buyer" | "channel" | "person" | "supplier";
  state: CancellationState;
  /** Whole channel units per order line. */
  lines: { orderLineNo: number; quantity: number }[];
  openedAt: Date;
  /** One question per fulfillment order that is already with a supplier (or may be). What was still free is cancelled without one. */
  asks: CancellationAsk[];
  dueAt: Date | null;
  answeredAt: Date | null;
  answeredBy: string | null;
}
export interface CancellationAsk {
  fulfillmentOrderId: FulfillmentOrderId;
  state: "asking" | "accepted" | "refused" | "by_hand";
  /** Channel units of each component there, and how many of them were given back (0 until answered). */
  lines: { orderLineNo: number; componentNo: number; quantity: number; accepted: number }[];
  dueAt: Date | null;
  tries: number;
}

/** The address rows of an order: kept apart from it, because they are personal data. */
export interface OrderAddress extends Address {
  no: number;
  source: "channel" | "person";
  digest: string;
}

/** Units of a line that somebody should get from us: newest version plus edits, less what nobody wants any more. */
export const wanted = (line: OrderLine): number =>
  line.fulfilledBy === "us" && line.kind === "goods"
    ? Math.max(0, (line.quantityEdited ?? line.quantity) - line.cancelled - line.fulfilledElsewhere)
    : 0;

/** Units of a line that live in fulfillment orders: placed or on their way there. A bundle counts by its fullest component. */
export function allocated(line: OrderLine, parts: readonly FulfillmentOrder[]): number {
  const byComponent = new Map<number, number>();
  for (const part of parts) {
    if (part.state === "cancelled") continue;
    for (const foLine of part.lines) {
      if (foLine.orderLineNo !== line.no) continue;
      const live = foLine.quantity - foLine.quantityCancelled;
      byComponent.set(foLine.componentNo, (byComponent.get(foLine.componentNo) ?? 0) + live);
    }
  }
  const whole = byComponent.get(0) ?? 0;
  byComponent.delete(0);
  return whole + Math.max(0, ...byComponent.values());
}

/** To place = wanted − placed − cancelled: what no fulfillment order carries yet. Negative: more is on its way than wanted. */
export const toPlace = (line: OrderLine, parts: readonly FulfillmentOrder[]): number =>
  wanted(line) - allocated(line, parts);
