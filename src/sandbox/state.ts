import type { DecimalText } from "#domain/money.ts";
import { supplierByCode, suppliers } from "./catalogue.ts";
import type { OrderChange, ParcelStep, PlaceCalled, WorldEvent, WorldSettings, Fulfilment } from "./events.ts";
import { calm, wholeProfile, type Profile } from "./profile.ts";
import { Feed } from "./shop/feed.ts";
import type { ShopOrder } from "./shop/order.ts";
import { nothingCancelled, type BuyerCancellation, type Purchase } from "./suppliers/purchase.ts";

/** The pretend world as its events have made it. Nothing but `applyEvent` changes it, so the log alone can rebuild it (SB-4). */
export interface WorldState {
  seed: string | null;
  settings: WorldSettings | null;
  profile: Profile;
  foundedAt: number;
  startedAt: number;
  shopOpenedAt: number | null;
  /** The instant of the newest event: the world's time never runs backwards. */
  at: number;
  orders: Map<string, OrderState>;
  feed: Feed;
  webhook: { url: string; secret: string } | null;
  arrivals: { count: number; lastAt: number };
  sold: number;
  /** Plans that buyers have yet to carry out, the next one first. */
  agenda: { at: number; orderId: string; planNo: number }[];
  suppliers: Map<string, SupplierState>;
  /** Every number that was ever written on a parcel. */
  parcels: Map<string, { carrier: string; steps: ParcelStep[] }>;
  labels: Map<string, { carrier: string; trackingNumber: string }>;
}
export interface OrderState {
  order: ShopOrder;
  /** In the order in which they happened; version 1 is the order as bought, each change that counts makes the next. */
  changes: { at: number; change: OrderChange }[];
  fulfilments: Fulfilment[];
  cancellationsTold: { reference: string; outcome: "cancelled" | "refused" }[];
}
export interface SupplierState {
  purchases: Map<string, { purchase: Purchase; cancelled: BuyerCancellation }>;
  byReference: Map<string, Purchase[]>;
  byKey: Map<string, PlaceCalled>;
  /** How many calls to place came with each reference: names the draws of the next one. */
  calls: Map<string, number>;
  stock: Map<string, number>;
  prices: Map<string, DecimalText>;
  /** Since when purchases have left a shelf less than half full. */
  lowSince: Map<string, number>;
}

export function emptyState(): WorldState {
  return {
    seed: null,
    settings: null,
    profile: calm,
    foundedAt: 0,
    startedAt: 0,
    shopOpenedAt: null,
    at: 0,
    orders: new Map(),
    feed: new Feed(),
    webhook: null,
    arrivals: { count: 0, lastAt: 0 },
    sold: 0,
    agenda: [],
    suppliers: new Map(
      suppliers.map(({ code, items }) => [
        code,
        {
          purchases: new Map(),
          byReference: new Map(),
          byKey: new Map(),
          calls: new Map(),
          stock: new Map(items.map(({ sku, stock }) => [sku, stock])),
          prices: new Map(items.map(({ sku, unitPrice }) => [sku, unitPrice])),
          lowSince: new Map(),
        },
      ]),
    ),
    parcels: new Map(),
    labels: new Map(),
  };
}

/** Adds one event to the state. Used alike for what happens now and for what the log says happened before. */
export function applyEvent(state: WorldState, event: WorldEvent): void {
  state.at = Math.max(state.at, event.at);
  switch (event.type) {
    case "founded":
      state.seed = event.seed;
      state.settings = event.settings;
      state.profile = wholeProfile(event.profile);
      state.foundedAt = event.at;
      return;
    case "started":
      state.settings = event.settings;
      state.startedAt = event.at;
      return;
    case "shop_opened":
      state.shopOpenedAt = event.at;
      return;
    case "profile_set":
      state.profile = wholeProfile(event.profile);
      return;
    case "order_bought":
      return orderBought(state, event.order, event.wasArrival);
    case "order_changed":
      return orderChanged(state, event);
    case "webhook_set":
      state.webhook = event.webhook;
      return;
    case "plan_dropped":
      return planDone(state, event.orderId, event.planNo);
    case "fulfilment_told":
      return void replaceFulfilment(orderOf(state, event.orderId), event.fulfilment);
    case "cancellation_told":
      return void orderOf(state, event.orderId).cancellationsTold.push(event);
    case "place_called":
      return placeCalled(state, event);
    case "purchase_cancelled":
      return purchaseCancelled(supplierOf(state, event.supplier), event);
    case "cancel_refused":
      return;
    case "price_set":
      return void supplierOf(state, event.supplier).prices.set(event.sku, event.unitPrice);
    case "stock_set":
      supplierOf(state, event.supplier).stock.set(event.sku, event.onHand);
      supplierOf(state, event.supplier).lowSince.delete(event.sku);
      return;
    case "restocked":
      supplierOf(state, event.supplier).stock.set(event.sku, event.onHand);
      supplierOf(state, event.supplier).lowSince.delete(event.sku);
      return;
    case "label_made":
      state.labels.set(event.reference, event);
      state.parcels.set(event.trackingNumber, event);
      return;
  }
}

/** Throws for a code that `supplierByCode` does not know: whoever calls has checked it. */
export function supplierOf(state: WorldState, code: string): SupplierState {
  const supplier = state.suppliers.get(code);
  if (supplier === undefined)
    throw new RangeError(`There is no supplier ${code}; there are ${[...supplierByCode.keys()].join(", ")}.`);
  return supplier;
}
export function orderOf(state: WorldState, orderId: string): OrderState {
  const order = state.orders.get(orderId);
  if (order === undefined) throw new RangeError(`There is no order ${orderId}.`);
  return order;
}

function orderBought(state: WorldState, order: ShopOrder, wasArrival: boolean): void {
  state.orders.set(order.id, { order, changes: [], fulfilments: [], cancellationsTold: [] });
  if (wasArrival) state.arrivals = { count: state.arrivals.count + 1, lastAt: order.boughtAt };
  else state.sold += 1;
  order.plans.forEach(({ at }, planNo) => insertSorted(state.agenda, { at, orderId: order.id, planNo }));
  state.feed.add({ shownAt: order.shownAt, orderId: order.id, says: { type: "order", version: 1 } });
  if (order.repeatedAt !== null)
    state.feed.add({ shownAt: order.repeatedAt, orderId: order.id, says: { type: "order", version: 1 } });
}

function orderChanged(state: WorldState, event: WorldEvent & { type: "order_changed" }): void {
  const { changes } = orderOf(state, event.orderId);
  const { change } = event;
  changes.push({ at: event.at, change });
  if (event.planNo !== null) planDone(state, event.orderId, event.planNo);
  const shownAt = event.at;
  const no = changes.length;
  // The buyer's own doing also comes as a message of its own, as webhooks do; it may overtake the order's first message.
  if (change.type === "cancelled" && change.by === "buyer")
    state.feed.add({
      shownAt,
      orderId: event.orderId,
      says: { type: "cancellation", no, asked: "by_channel", lines: change.lines },
    });
  if (change.type === "cancel_asked")
    state.feed.add({
      shownAt,
      orderId: event.orderId,
      says: { type: "cancellation", no, asked: "by_buyer", lines: "all" },
    });
  else if (change.type !== "cancel_refused")
    state.feed.add({ shownAt, orderId: event.orderId, says: { type: "order", version: versionAfter(changes) } });
}

/** Version 1 is the order as bought; an asked or refused cancellation changes nothing of it. */
export function versionAfter(changes: OrderState["changes"]): number {
  return 1 + changes.filter(({ change }) => change.type !== "cancel_asked" && change.type !== "cancel_refused").length;
}

function planDone(state: WorldState, orderId: string, planNo: number): void {
  state.agenda = state.agenda.filter((entry) => entry.orderId !== orderId || entry.planNo !== planNo);
}

function replaceFulfilment(order: OrderState, fulfilment: Fulfilment): void {
  order.fulfilments = [...order.fulfilments.filter(({ reference }) => reference !== fulfilment.reference), fulfilment];
}

function placeCalled(state: WorldState, event: PlaceCalled): void {
  const supplier = supplierOf(state, event.supplier);
  supplier.calls.set(event.reference, (supplier.calls.get(event.reference) ?? 0) + 1);
  if (event.idempotencyKey !== null && (event.outcome === "bought" || event.outcome === "refused"))
    supplier.byKey.set(event.idempotencyKey, event);
  const { purchase } = event;
  if (purchase === null) return;
  supplier.purchases.set(purchase.supplierOrderId, { purchase, cancelled: nothingCancelled });
  supplier.byReference.set(purchase.reference, [...(supplier.byReference.get(purchase.reference) ?? []), purchase]);
  const shelves = supplierByCode.get(event.supplier)?.items ?? [];
  for (const { sku, units } of purchase.lines) {
    const left = (supplier.stock.get(sku) ?? 0) - units;
    supplier.stock.set(sku, left);
    const full = shelves.find((item) => item.sku === sku)?.stock ?? 0;
    if (left < full / 2 && !supplier.lowSince.has(sku)) supplier.lowSince.set(sku, event.at);
  }
  for (const parcel of purchase.parcels) state.parcels.set(parcel.trackingNumber, parcel);
}

function purchaseCancelled(supplier: SupplierState, event: WorldEvent & { type: "purchase_cancelled" }): void {
  const entry = supplier.purchases.get(event.supplierOrderId);
  if (entry === undefined) throw new RangeError(`There is no purchase ${event.supplierOrderId} to cancel.`);
  entry.cancelled = {
    fromParcels: [...entry.cancelled.fromParcels, ...event.cancelled.fromParcels],
    fromPlannedCancel: [...entry.cancelled.fromPlannedCancel, ...event.cancelled.fromPlannedCancel],
  };
  for (const { sku, units } of event.cancelled.fromParcels)
    supplier.stock.set(sku, (supplier.stock.get(sku) ?? 0) + units);
}

function insertSorted(agenda: WorldState["agenda"], entry: WorldState["agenda"][number]): void {
  const at = agenda.findIndex((other) => other.at > entry.at);
  agenda.splice(at === -1 ? agenda.length : at, 0, entry);
}
