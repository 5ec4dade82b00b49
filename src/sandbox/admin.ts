import { z } from "zod";
import { newOrder, openLines, openShop } from "./advance.ts";
import { answer, BadRequest, notFound, problem, type WorldResponse } from "./answer.ts";
import { supplierByCode } from "./catalogue.ts";
import type { OrderChange } from "./events.ts";
import {
  carrierFaults,
  changeProfile,
  profileNames,
  profiles,
  shopBehaviours,
  supplierFaults,
  type ProfileName,
} from "./profile.ts";
import { addressBody, decimalBody, readBody, readCount } from "./read.ts";
import type { Call, Route } from "./route.ts";
import { movedAddress } from "./shop/order.ts";
import { iso } from "./shop/render.ts";
import { supplierOf, type OrderState } from "./state.ts";
import { progressOf } from "./suppliers/purchase.ts";
import type { Context } from "./context.ts";

/** Behind the scenes: what goes wrong, what buyers do, and what really happened. No shop or supplier shows this. */
export const adminRoutes: Route[] = [
  { method: "GET", path: "/admin/faults", does: "What can go wrong, and how often it does.", handle: showFaults },
  {
    method: "PUT",
    path: "/admin/faults",
    does: "Change rates: {shop, suppliers: {code or *}, carriers}, or {profile: calm|demo|hostile}.",
    handle: setFaults,
  },
  {
    method: "POST",
    path: "/admin/sell",
    does: "Let buyers buy: {count, order: {sku, quantity, country, address: good|bad, paid, cancelsAfterMs …}}.",
    handle: sell,
  },
  {
    method: "POST",
    path: "/admin/orders/:id/cancel",
    does: "Its buyer cancels ({asks: true}: only asks).",
    handle: cancelOrder,
  },
  {
    method: "POST",
    path: "/admin/orders/:id/address",
    does: "Its buyer changes the address ({address}, or next door).",
    handle: changeAddress,
  },
  { method: "POST", path: "/admin/orders/:id/pay", does: "Its buyer pays.", handle: pay },
  { method: "PUT", path: "/admin/suppliers/:code/items/:sku", does: "Set {onHand} or {unitPrice}.", handle: setItem },
  { method: "GET", path: "/admin/log", does: "The log itself, ?after= and ?limit= by line.", handle: showLog },
  {
    method: "GET",
    path: "/admin/truth",
    does: "All purchases, orders and what the shop was told: what a checker compares with.",
    handle: showTruth,
  },
];

function showFaults({ state }: Context): WorldResponse {
  return answer(200, {
    ...state.profile,
    meaning: { shop: shopBehaviours, suppliers: supplierFaults, carriers: carrierFaults },
    profiles: profileNames,
  });
}
function setFaults({ state, now, record }: Context, call: Call): WorldResponse {
  const { profile: name, ...change } = call.json();
  if (name !== undefined && !profileNames.includes(name as ProfileName))
    throw new BadRequest(`profile: there are ${profileNames.join(", ")}.`);
  const profile = changeProfile(name === undefined ? state.profile : profiles[name as ProfileName], change);
  record({ type: "profile_set", at: now, profile });
  return answer(200, { ...profile });
}

const afterMs = z.number().min(0).optional();
const wishBody = z.strictObject({
  sku: z.string().optional(),
  quantity: z.int().min(1).max(1_000_000).optional(),
  lines: z
    .array(z.object({ sku: z.string(), quantity: z.int().min(1).max(1_000_000) }))
    .min(1)
    .optional(),
  country: z.string().optional(),
  rate: z.string().optional(),
  address: z.enum(["good", "bad"]).optional(),
  paid: z.boolean().optional(),
  cancelsAfterMs: afterMs,
  asksToCancelAfterMs: afterMs,
  changesAddressAfterMs: afterMs,
  paysAfterMs: afterMs,
  lateByMs: afterMs,
});
const sellBody = z.strictObject({ count: z.int().min(1).max(10_000).default(1), order: wishBody.default({}) });

function sell(context: Context, call: Call): WorldResponse {
  const { state, now, record } = context;
  const { count, order: given } = readBody(call, sellBody);
  const wish = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  openShop(context);
  const orders: { id: string; number: string }[] = [];
  for (let no = 0; no < count; no++) {
    const order = newOrder(context, `sold:${state.sold}`, now, wish);
    record({ type: "order_bought", at: now, wasArrival: false, order });
    orders.push({ id: order.id, number: order.number });
  }
  return answer(201, { orders });
}

function cancelOrder(context: Context, call: Call): WorldResponse {
  const { asks } = readBody(call, z.object({ asks: z.boolean().default(false) }));
  return changeOrder(context, call, (order) =>
    asks ? { type: "cancel_asked" } : { type: "cancelled", by: "buyer", lines: openLines(order) },
  );
}
function changeAddress(context: Context, call: Call): WorldResponse {
  const { address } = readBody(call, z.object({ address: addressBody.optional() }));
  return changeOrder(context, call, ({ order, changes }) => ({
    type: "address",
    address: address ?? movedAddress(context.draws.of("shop").of(`${order.stream}:${changes.length}`), order.buyerId),
  }));
}
function pay(context: Context, call: Call): WorldResponse {
  return changeOrder(context, call, () => ({ type: "paid" }));
}
function changeOrder(
  { state, now, record }: Context,
  call: Call,
  change: (order: OrderState) => OrderChange,
): WorldResponse {
  const order = state.orders.get(call.part("id"));
  if (order === undefined) return notFound(`The shop has no order ${call.part("id")}.`);
  if (openLines(order).length === 0)
    return problem(409, "nothing_open", "Every unit of this order is fulfilled or cancelled.");
  record({ type: "order_changed", at: now, orderId: order.order.id, planNo: null, change: change(order) });
  return answer(200, { id: order.order.id });
}

const itemBody = z.strictObject({
  onHand: z.int().min(0).max(1_000_000_000).optional(),
  unitPrice: decimalBody.optional(),
});
function setItem({ state, now, record }: Context, call: Call): WorldResponse {
  const [code, sku] = [call.part("code"), call.part("sku")];
  const profile = supplierByCode.get(code);
  if (profile === undefined) return notFound(`There is no supplier ${code}.`);
  if (!profile.items.some((item) => item.sku === sku)) return notFound(`${code} does not sell ${sku}.`);
  const { onHand, unitPrice } = readBody(call, itemBody);
  if (onHand !== undefined) record({ type: "stock_set", at: now, supplier: code, sku, onHand });
  if (unitPrice !== undefined) record({ type: "price_set", at: now, supplier: code, sku, unitPrice });
  const { stock, prices } = supplierOf(state, code);
  return answer(200, { sku, onHand: stock.get(sku), unitPrice: prices.get(sku) });
}

function showLog({ history }: Context, call: Call): WorldResponse {
  const after = readCount(call, "after", 0, Number.MAX_SAFE_INTEGER);
  const events = history(after, readCount(call, "limit", 1000, 10_000));
  return answer(200, { events, after: after + events.length });
}

/** What really happened, for a checker that trusts nobody: also purchases whose caller heard nothing. */
function showTruth({ state, now }: Context): WorldResponse {
  const purchases = [...state.suppliers.values()].flatMap((supplier) =>
    [...supplier.purchases.values()].map(({ purchase, cancelled }) => {
      const { isCancelled, cancelledBySupplier, cancelledByBuyer } = progressOf(purchase, cancelled, now);
      const {
        supplier: code,
        supplierOrderId,
        reference,
        idempotencyKey,
        at,
        by,
        total,
        currency,
        lines,
        shipTo,
        method,
      } = purchase;
      return {
        supplier: code,
        supplierOrderId,
        reference,
        idempotencyKey,
        at: iso(at),
        by,
        total,
        currency,
        lines,
        shipTo,
        method,
        isCancelled,
        cancelledBySupplier,
        cancelledByBuyer,
      };
    }),
  );
  const orders = [...state.orders.values()].map(({ order, changes, fulfilments, cancellationsTold }) => ({
    id: order.id,
    number: order.number,
    boughtAt: iso(order.boughtAt),
    shownAt: iso(order.shownAt),
    lines: order.lines,
    changes: changes.map(({ at, change }) => ({ at: iso(at), ...change })),
    fulfilments,
    cancellationsTold,
  }));
  return answer(200, { purchases, orders });
}
