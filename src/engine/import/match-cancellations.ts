import type { OrderId } from "#domain/ids.ts";

/** A cancellation that names no order, with the orders that may be meant. Quantities by SKU. */
export interface Unmatched {
  needs: ReadonlyMap<string, number>;
  candidates: readonly OrderId[];
}
/** By order, what is ordered and not cancelled of each SKU. */
export type OpenQuantities = ReadonlyMap<OrderId, ReadonlyMap<string, number>>;

export type Match = { type: "one"; orderId: OrderId } | { type: "none" } | { type: "several"; orderIds: OrderId[] };

/**
 * IM-6. Which order each cancellation means: the only one that it fits. What one takes is gone for the next, in the order given (the earlier comes first), so
 * that two cancellations never take the same units; and where that leaves another with one candidate, it is decided too.
 */
export function matchCancellations(cancellations: readonly Unmatched[], open: OpenQuantities): Match[] {
  const left = new Map([...open].map(([orderId, quantities]) => [orderId, new Map(quantities)]));
  const fits = ({ needs, candidates }: Unmatched): OrderId[] =>
    candidates.filter((orderId) =>
      [...needs].every(([sku, quantity]) => (left.get(orderId)?.get(sku) ?? 0) >= quantity),
    );
  const matches = new Map<Unmatched, OrderId>();
  for (let news = true; news;) {
    news = false;
    for (const cancellation of cancellations) {
      if (matches.has(cancellation)) continue;
      const [only, ...others] = fits(cancellation);
      if (only === undefined || others.length > 0) continue;
      matches.set(cancellation, only);
      for (const [sku, quantity] of cancellation.needs) left.get(only)!.set(sku, left.get(only)!.get(sku)! - quantity);
      news = true;
    }
  }
  return cancellations.map((cancellation): Match => {
    const orderId = matches.get(cancellation);
    if (orderId !== undefined) return { type: "one", orderId };
    const orderIds = fits(cancellation);
    return orderIds.length === 0 ? { type: "none" } : { type: "several", orderIds };
  });
}
