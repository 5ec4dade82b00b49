import type { WorldEvent } from "./outside.ts";

/**
 * What really happened in one pretend world, added up anew from its log. Instants are milliseconds since 1970. The world's own code is not
 * used: what it says about itself is compared with what the product believes.
 */
export interface Truth {
  orders: Map<string, TruthOrder>;
  purchases: TruthPurchase[];
  calls: PlaceCalled[];
  /** Each shipment that the shop was told, in the order of telling. */
  told: FulfilmentTold[];
  cancellationsTold: CancellationTold[];
  /** The ways of the parcels that a prep centre printed labels for, by number. */
  labels: Map<string, ParcelStep[]>;
  /** Cancellations that a supplier would not grant, by supplier and its order id. */
  cancelsRefused: Set<string>;
}
export interface TruthOrder {
  id: string;
  number: string;
  stream: string;
  boughtAt: number;
  shownAt: number;
  buyerId: string;
  isPaid: boolean;
  risk: string;
  rate: string;
  address: TruthAddress;
  lines: { id: string; sku: string; quantity: number; kind: string; cancelled: number; fulfilled: number }[];
  /** 1 as bought; each change that the channel shows as a version of its own makes the next. */
  version: number;
  updatedAt: number;
  changes: { at: number; type: string; by: string | null }[];
}
export type TruthAddress = Record<
  "name" | "company" | "line1" | "line2" | "city" | "region" | "postcode" | "country" | "phone" | "email",
  string
>;
export interface Units {
  sku: string;
  units: number;
}
export interface TruthPurchase {
  supplier: string;
  supplierOrderId: string;
  reference: string;
  by: "api" | "desk";
  /** When it takes effect: later than the call where the answer was lost and the supplier acted late. */
  at: number;
  calledAt: number;
  currency: string;
  total: string;
  shipTo: TruthAddress;
  bought: Units[];
  notAccepted: Units[];
  acknowledgedAt: number;
  backorderedUntil: number | null;
  /** What was taken back, by whom and when. */
  cancelled: { at: number; by: "buyer" | "supplier"; units: Units[] }[];
  /** Those that leave: as planned when it was bought, less what its buyer cancelled. */
  parcels: TruthParcel[];
}
export interface TruthParcel {
  trackingNumber: string;
  shippedAt: number;
  /** When the supplier tells its number; null: never. */
  toldAt: number | null;
  units: Units[];
  steps: ParcelStep[];
}
interface ParcelStep {
  at: number;
  state: string;
}

/** The fields of the world's events that are read here. */
export type KnownEvent = { at: number } & (
  | { type: "order_bought"; order: OrderBought }
  | { type: "order_changed"; orderId: string; change: OrderChange }
  | FulfilmentTold
  | CancellationTold
  | PlaceCalled
  | {
      type: "purchase_cancelled";
      supplier: string;
      supplierOrderId: string;
      cancelled: { fromParcels: Units[]; fromPlannedCancel: Units[] };
    }
  | { type: "cancel_refused"; supplier: string; supplierOrderId: string }
  | { type: "label_made"; trackingNumber: string; steps: ParcelStep[] }
);
interface OrderBought {
  id: string;
  number: string;
  stream: string;
  boughtAt: number;
  shownAt: number;
  buyerId: string;
  isPaid: boolean;
  risk: string;
  rate: string;
  address: TruthAddress;
  lines: { id: string; sku: string; quantity: number; kind: string }[];
}
type OrderChange =
  | { type: "paid" | "cancel_asked" | "cancel_refused" }
  | { type: "address"; address: TruthAddress }
  | { type: "cancelled"; by: string; lines: LineQuantity[] }
  | { type: "fulfilled"; lines: LineQuantity[] };
interface LineQuantity {
  lineId: string;
  quantity: number;
}
export interface FulfilmentTold {
  type: "fulfilment_told";
  at: number;
  orderId: string;
  fulfilment: { reference: string; revision: number; carrier: string; trackingNumber: string; lines: LineQuantity[] };
}
export interface CancellationTold {
  type: "cancellation_told";
  at: number;
  orderId: string;
  reference: string;
  outcome: "cancelled" | "refused";
  lines: LineQuantity[];
}
export interface PlaceCalled {
  type: "place_called";
  at: number;
  supplier: string;
  reference: string;
  idempotencyKey: string | null;
  fault: string | null;
  outcome: "bought" | "refused" | "repeated" | "nothing";
  purchase: Purchase | null;
  answer: { status: number; body: Record<string, unknown> };
}
interface Purchase {
  supplier: string;
  supplierOrderId: string;
  reference: string;
  at: number;
  by: "api" | "desk";
  currency: string;
  total: string;
  lines: { sku: string; units: number; notAccepted: number }[];
  shipTo: TruthAddress;
  backorderedUntil: number | null;
  cancels: { at: number; units: Units[] } | null;
  acknowledgedAt: number;
  parcels: TruthParcel[];
}

const isKnown = (event: WorldEvent): event is KnownEvent => knownTypes.has(event.type);
const knownTypes: ReadonlySet<string> = new Set<KnownEvent["type"]>([
  "order_bought",
  "order_changed",
  "fulfilment_told",
  "cancellation_told",
  "place_called",
  "purchase_cancelled",
  "cancel_refused",
  "label_made",
]);

/** Adds up a world's log. Throws where an event speaks of something that the log has never had: then it is no whole log. */
export function readTruth(events: readonly WorldEvent[]): Truth {
  const truth: Truth = {
    orders: new Map(),
    purchases: [],
    calls: [],
    told: [],
    cancellationsTold: [],
    labels: new Map(),
    cancelsRefused: new Set(),
  };
  const purchases = new Map<string, { purchase: TruthPurchase; planned: Purchase["cancels"]; taken: Units[] }>();
  for (const event of events) {
    if (!isKnown(event)) continue;
    switch (event.type) {
      case "order_bought":
        truth.orders.set(event.order.id, asBought(event.order));
        break;
      case "order_changed":
        applyChange(known(truth.orders, event.orderId), event.at, event.change);
        break;
      case "fulfilment_told":
        truth.told.push(event);
        break;
      case "cancellation_told":
        truth.cancellationsTold.push(event);
        break;
      case "place_called":
        truth.calls.push(event);
        if (event.purchase === null) break;
        purchases.set(keyOf(event.purchase), {
          purchase: asPurchased(event.purchase, event.at),
          planned: event.purchase.cancels,
          taken: [],
        });
        break;
      case "purchase_cancelled": {
        const entry = known(purchases, keyOf(event));
        const { fromParcels, fromPlannedCancel } = event.cancelled;
        entry.purchase.cancelled.push({ at: event.at, by: "buyer", units: [...fromParcels, ...fromPlannedCancel] });
        entry.taken.push(...fromPlannedCancel);
        entry.purchase.parcels = withoutUnits(entry.purchase.parcels, fromParcels);
        break;
      }
      case "cancel_refused":
        truth.cancelsRefused.add(keyOf(event));
        break;
      case "label_made":
        truth.labels.set(event.trackingNumber, event.steps);
    }
  }
  for (const { purchase, planned, taken } of purchases.values()) {
    // What its buyer took back before counts as the buyer's.
    const own = planned === null ? [] : less(planned.units, taken);
    if (planned !== null && own.length > 0) purchase.cancelled.push({ at: planned.at, by: "supplier", units: own });
    purchase.cancelled.sort((a, b) => a.at - b.at);
    truth.purchases.push(purchase);
  }
  return truth;
}

const asBought = ({ lines, ...order }: OrderBought): TruthOrder => ({
  ...order,
  lines: lines.map((line) => ({ ...line, cancelled: 0, fulfilled: 0 })),
  version: 1,
  updatedAt: order.boughtAt,
  changes: [],
});

function applyChange(order: TruthOrder, at: number, change: OrderChange): void {
  order.changes.push({ at, type: change.type, by: change.type === "cancelled" ? change.by : null });
  if (change.type === "cancel_asked" || change.type === "cancel_refused") return;
  order.version += 1;
  order.updatedAt = at;
  switch (change.type) {
    case "paid":
      order.isPaid = true;
      return;
    case "address":
      order.address = change.address;
      return;
    case "cancelled":
    case "fulfilled":
      for (const { lineId, quantity } of change.lines) {
        const line = order.lines.find(({ id }) => id === lineId);
        if (line !== undefined) line[change.type] += quantity;
      }
  }
}

const asPurchased = (purchase: Purchase, calledAt: number): TruthPurchase => ({
  supplier: purchase.supplier,
  supplierOrderId: purchase.supplierOrderId,
  reference: purchase.reference,
  by: purchase.by,
  at: purchase.at,
  calledAt,
  currency: purchase.currency,
  total: purchase.total,
  shipTo: purchase.shipTo,
  bought: merged(purchase.lines),
  notAccepted: merged(purchase.lines.map(({ sku, notAccepted }) => ({ sku, units: notAccepted }))),
  acknowledgedAt: purchase.acknowledgedAt,
  backorderedUntil: purchase.backorderedUntil,
  cancelled: [],
  parcels: purchase.parcels,
});

/** What ships later is cancelled first. */
function withoutUnits(parcels: TruthPurchase["parcels"], gone: readonly Units[]): TruthPurchase["parcels"] {
  let rest = merged(gone);
  return parcels
    .toReversed()
    .map((parcel) => {
      const units = less(parcel.units, rest);
      rest = less(rest, parcel.units);
      return { ...parcel, units };
    })
    .filter(({ units }) => units.length > 0)
    .toReversed();
}

/** Units per SKU that somebody will get, as it is known at `now`. */
export function liveUnits(purchase: TruthPurchase, now: number): Map<string, number> {
  const live = new Map(purchase.bought.map(({ sku, units }) => [sku, units]));
  for (const { at, units } of purchase.cancelled)
    if (at <= now) for (const each of units) live.set(each.sku, (live.get(each.sku) ?? 0) - each.units);
  return live;
}
export const isAlive = (purchase: TruthPurchase, now: number): boolean =>
  [...liveUnits(purchase, now).values()].some((units) => units > 0);

export const keyOf = (purchase: { supplier: string; supplierOrderId: string }): string =>
  `${purchase.supplier} ${purchase.supplierOrderId}`;

export function merged(units: readonly Units[]): Units[] {
  const bySku = new Map<string, number>();
  for (const { sku, units: count } of units) bySku.set(sku, (bySku.get(sku) ?? 0) + count);
  return [...bySku].map(([sku, count]) => ({ sku, units: count })).filter((each) => each.units > 0);
}
function less(units: readonly Units[], taken: readonly Units[]): Units[] {
  const gone = new Map(merged(taken).map(({ sku, units: count }) => [sku, count]));
  return merged(units)
    .map(({ sku, units: count }) => ({ sku, units: count - (gone.get(sku) ?? 0) }))
    .filter((each) => each.units > 0);
}
function known<Value>(map: ReadonlyMap<string, Value>, key: string): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error(`The world's log changes ${key}, which it has never had. Is it whole?`);
  return value;
}
