import type { OrderDraft } from "./draft.ts";
import type { FulfillmentOrder, FulfillmentOrderLine } from "./order.ts";
import { openQuantity, unitsOf } from "./pack.ts";
import { stockKey } from "./shared.ts";
import { settleShipped } from "./shipped.ts";

/** Units that are to be in a parcel and are not collected yet. */
export const uncollected = (line: FulfillmentOrderLine): number =>
  Math.max(0, line.unitsPlaced - line.unitsCancelled - line.unitsCollected);

/** Collected and not in a parcel that left. */
export const inHand = (line: FulfillmentOrderLine): number => line.unitsCollected - line.unitsShipped;

/**
 * CN-6, PR-6. A cancellation at a prep centre is free until the parcel is scanned out: its label is void, units that nobody has collected are free for
 * others at once, collected ones once they are put back. Returns the channel units it cancelled.
 */
export function cancelAtPrep(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  { orderLineNo, componentNo }: { orderLineNo: number; componentNo: number },
  quantity: number,
): number {
  let left = quantity;
  for (const line of fo.lines.filter((each) => each.orderLineNo === orderLineNo && each.componentNo === componentNo)) {
    const take = Math.min(left, openQuantity(line));
    if (take === 0) continue;
    const units = unitsOf(line, take);
    const loose = Math.min(units, uncollected(line));
    draft.touchFoLine(fo, line, {
      quantityCancelled: line.quantityCancelled + take,
      unitsCancelled: line.unitsCancelled + units,
    });
    draft.event("units_cancelled", "line", String(orderLineNo), { fulfillmentOrder: fo.id, by: "us", units });
    if (loose > 0) useReservation(draft, fo, line, loose, "released");
    left -= take;
  }
  const hadLabel = fo.state !== "ready";
  const hadShipped = fo.state === "partially_shipped";
  settleShipped(draft, fo);
  if (hadLabel && !hadShipped && fo.state === "cancelled") draft.event("label_voided", "fulfillment_order", fo.id);
  return quantity - left;
}

/** The shelf's own numbers and the promise to this order change together, so that what is reserved is always the sum of the open promises. */
export function useReservation(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  line: FulfillmentOrderLine,
  units: number,
  state: "used" | "released",
): void {
  if (fo.supplierId === null || line.supplierSku === null) return;
  const stock = draft.shared.stock.get(stockKey(fo.supplierId, line.supplierSku));
  const change = { reserved: -units, onHand: state === "used" ? -units : 0 };
  if (stock !== undefined) {
    stock.reserved += change.reserved;
    stock.onHand += change.onHand;
  }
  draft.stockChanges.push({ supplierId: fo.supplierId, supplierSku: line.supplierSku, ...change });
  draft.endedReservations.push({ fo, lineNo: line.no, state, units });
}
