import { shop } from "../catalogue.ts";
import type { OrderChange } from "../events.ts";
import type { OrderState } from "../state.ts";
import type { FeedEntry } from "./feed.ts";

/** One message of the shop's feed as it goes over the wire; `id` is the same whenever the same message comes again (SB-46). */
export function renderMessage(
  state: OrderState,
  { says }: FeedEntry,
): { id: string; type: string; [field: string]: unknown } {
  const { order, changes } = state;
  if (says.type === "order")
    return { id: `${order.id}:v${says.version}`, type: "order", order: renderOrder(state, says.version) };
  return {
    id: `${order.id}:c${says.no}`,
    type: "cancellation",
    orderId: order.id,
    asked: says.asked,
    lines: says.lines === "all" ? "all" : says.lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
    at: iso(changes[says.no - 1]?.at ?? order.boughtAt),
  };
}

/** The order as version `version` of it was: version 1 as bought, then one change after the other. */
export function renderOrder({ order, changes }: OrderState, version: number): Record<string, unknown> {
  const counted = changes
    .filter(({ change }) => change.type !== "cancel_asked" && change.type !== "cancel_refused")
    .slice(0, version - 1);
  const { address, paidAt, quantities, cancelledAt } = fold(order, counted);
  const { email, ...shippingAddress } = address;
  return {
    id: order.id,
    number: order.number,
    version,
    boughtAt: iso(order.boughtAt),
    updatedAt: iso(counted.at(-1)?.at ?? order.boughtAt),
    currency: shop.currency,
    payment: paidAt === null ? "pending" : "paid",
    paidAt: paidAt === null ? null : iso(paidAt),
    cancelledAt: cancelledAt === null ? null : iso(cancelledAt),
    customer: { id: order.buyerId, email },
    shippingAddress,
    shippingRate: order.rate,
    shippingPaid: order.shippingPaid,
    total: order.total,
    risk: order.risk,
    lines: order.lines.map((line) => ({ ...line, ...quantities.get(line.id) })),
  };
}

/** How many units of each line are cancelled and fulfilled after these changes. */
export function quantitiesAfter(
  order: OrderState["order"],
  changes: OrderState["changes"],
): Map<string, { cancelled: number; fulfilled: number }> {
  return fold(order, changes).quantities;
}

function fold(order: OrderState["order"], changes: readonly { at: number; change: OrderChange }[]) {
  let address = order.address;
  let paidAt: number | null = order.isPaid ? order.boughtAt : null;
  let cancelledAt: number | null = null;
  const quantities = new Map(order.lines.map(({ id }) => [id, { cancelled: 0, fulfilled: 0 }]));
  for (const { at, change } of changes) {
    switch (change.type) {
      case "paid":
        paidAt = at;
        break;
      case "address":
        address = change.address;
        break;
      case "cancelled":
        for (const { lineId, quantity } of change.lines) {
          const line = quantities.get(lineId);
          if (line !== undefined) line.cancelled += quantity;
        }
        if (order.lines.every(({ id, quantity }) => quantities.get(id)?.cancelled === quantity)) cancelledAt = at;
        break;
      case "fulfilled":
        for (const { lineId, quantity } of change.lines) {
          const line = quantities.get(lineId);
          if (line !== undefined) line.fulfilled += quantity;
        }
        break;
      case "cancel_asked":
      case "cancel_refused":
        break;
    }
  }
  return { address, paidAt, cancelledAt, quantities };
}

export const iso = (at: number): string => new Date(at).toISOString();
