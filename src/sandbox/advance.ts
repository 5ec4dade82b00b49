import { supplierByCode } from "./catalogue.ts";
import type { OrderChange } from "./events.ts";
import { boughtAgain, makeOrder, movedAddress, type OrderWish, type ShopOrder } from "./shop/order.ts";
import { quantitiesAfter } from "./shop/render.ts";
import { orderOf, type OrderState, type WorldState } from "./state.ts";
import type { Context } from "./context.ts";

/**
 * Lets time pass until `context.now`: what was due happens, in the order in which it was due and at its own instant, so that it does not
 * matter who asked when (SB-5). Shelves are filled, buyers arrive and change their minds.
 */
export function advance(context: Context): void {
  const { state } = context;
  for (;;) {
    const due = [
      { at: nextArrivalAt(context), happen: arrive },
      { at: state.agenda[0]?.at ?? Infinity, happen: carryOutPlan },
      { at: (lowShelves(state)[0]?.since ?? Infinity) + context.pace.restocksEvery / context.speed, happen: restock },
    ];
    const next = due.reduce((first, other) => (other.at < first.at ? other : first));
    if (next.at > context.now) return;
    next.happen(context, next.at);
  }
}

/** Opens the shop: first what it sold before anybody connected it, then the buyers begin to come (SB-11, SB-16). */
export function openShop(context: Context): void {
  const { state, record, now } = context;
  const settings = state.settings;
  if (settings === null || state.shopOpenedAt !== null) return;
  const count = Math.round(settings.historyDays * settings.historyOrdersPerDay);
  const day = 24 * 60 * 60_000;
  for (let no = 0; no < count; no++) {
    const age = ((count - no) / count) * settings.historyDays * day;
    record({
      type: "order_bought",
      at: now,
      wasArrival: false,
      order: newOrder(context, `history:${no}`, Math.round(now - age)),
    });
  }
  record({ type: "shop_opened", at: now });
}

/** An order whose draws are named by `stream`; nothing is recorded yet. */
export function newOrder(context: Context, stream: string, boughtAt: number, wish?: OrderWish): ShopOrder {
  const { state, draws, pace, speed, now } = context;
  const order = makeOrder({
    index: state.orders.size,
    stream,
    boughtAt,
    draws: draws.of("shop").of(stream),
    behaviours: state.profile.shop,
    pace,
    speed,
    ...(wish === undefined ? {} : { wish }),
  });
  // What was bought before the shop opened is shown from now on; its buyers have long done what they were going to do.
  return stream.startsWith("history:") ? { ...order, shownAt: now, repeatedAt: null, isPaid: true, plans: [] } : order;
}

/** Buyers come one after the other, each gap drawn from its own stream; while the process was off, nobody came. */
function nextArrivalAt({ state, draws }: Context): number {
  const { settings, arrivals, shopOpenedAt } = state;
  if (settings === null || shopOpenedAt === null) return Infinity;
  if (arrivals.count < settings.ordersAtStart)
    return Math.max(shopOpenedAt, arrivals.lastAt) + settings.burstMs / settings.ordersAtStart;
  const since = Math.max(arrivals.lastAt, shopOpenedAt, state.startedAt);
  const perMinute =
    since < state.startedAt + settings.busyMs ? settings.ordersPerMinute : settings.quietOrdersPerMinute;
  if (perMinute <= 0) return Infinity;
  const gap = -Math.log(1 - draws.of("shop").fraction(`gap:${arrivals.count}`)) * (60_000 / perMinute);
  return Math.ceil(since + gap);
}

function arrive(context: Context, at: number): void {
  const boughtAt = Math.ceil(at);
  const order = newOrder(context, `arrival:${context.state.arrivals.count}`, boughtAt);
  context.record({ type: "order_bought", at: boughtAt, wasArrival: true, order });
}

function carryOutPlan(context: Context): void {
  const { state, record } = context;
  const entry = state.agenda[0];
  if (entry === undefined) return;
  const order = orderOf(state, entry.orderId);
  const plan = order.order.plans[entry.planNo];
  if (plan === undefined) return;
  const { at, orderId, planNo } = entry;
  const drop = (because: string): void => record({ type: "plan_dropped", at, orderId, planNo, because });
  const change = (change: OrderChange): void => record({ type: "order_changed", at, orderId, planNo, change });
  const open = openLines(order);
  const isTouched = order.changes.some(({ change: one }) => one.type === "fulfilled");

  if (plan.does === "orders_again") {
    record({ type: "order_bought", at, wasArrival: false, order: boughtAgain(order.order, at, state.orders.size) });
    return drop("carried out as an order of its own");
  }
  if (open.length === 0) return drop("nothing of the order is open any more");
  switch (plan.does) {
    case "pays":
      return change({ type: "paid" });
    case "changes_address":
      if (isTouched) return drop("a part is on its way");
      return change({
        type: "address",
        address: movedAddress(context.draws.of("shop").of(order.order.stream), order.order.buyerId),
      });
    case "cancels":
      // Once something is on its way the shop lets its buyers only ask.
      return change(isTouched ? { type: "cancel_asked" } : { type: "cancelled", by: "buyer", lines: open });
    case "asks_to_cancel":
      return change({ type: "cancel_asked" });
  }
}

/** Units of each line that are neither cancelled nor fulfilled. */
export function openLines({ order, changes }: OrderState): { lineId: string; quantity: number }[] {
  const done = quantitiesAfter(order, changes);
  return order.lines
    .map(({ id, quantity }) => {
      const { cancelled, fulfilled } = done.get(id) ?? { cancelled: 0, fulfilled: 0 };
      return { lineId: id, quantity: quantity - cancelled - fulfilled };
    })
    .filter(({ quantity }) => quantity > 0);
}

function restock({ state, record }: Context, at: number): void {
  const [next] = lowShelves(state);
  if (next === undefined) return;
  const onHand = supplierByCode.get(next.supplier)?.items.find(({ sku }) => sku === next.sku)?.stock ?? 0;
  record({ type: "restocked", at: Math.ceil(at), supplier: next.supplier, sku: next.sku, onHand });
}

/** A shelf that purchases emptied by half is filled up some time later; one that a person set stays as it was set. */
function lowShelves(state: WorldState): { supplier: string; sku: string; since: number }[] {
  return [...state.suppliers]
    .flatMap(([supplier, { lowSince }]) => [...lowSince].map(([sku, since]) => ({ supplier, sku, since })))
    .toSorted((a, b) => a.since - b.since);
}
