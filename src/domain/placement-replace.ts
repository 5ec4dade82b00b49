import type { OrderDraft } from "./draft.ts";
import type { SupplierId } from "./ids.ts";
import { wanted, type FulfillmentOrder, type FulfillmentOrderLine } from "./order.ts";
import { unrouted } from "./quantities.ts";
import type { ReasonCode } from "./reasons.ts";

/** Supplier units of a line of a fulfillment order that its supplier will not send. */
export interface RefusedUnits {
  lineNo: number;
  units: number;
  reason: ReasonCode;
}

/**
 * PL-14. What was placed never places again: units that the supplier will not send become cancelled units there, and a new fulfillment order for
 * what is still wanted of them, with this supplier last. Units that make no whole channel unit are never rounded: they open a hold with the numbers.
 * Used for a refusal, a partial acceptance and a later cancellation by the supplier alike. Returns the replacement, or null where none is needed.
 */
export function replaceUnits(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  refused: RefusedUnits[],
): FulfillmentOrder | null {
  const again: Omit<FulfillmentOrderLine, "no">[] = [];
  for (const { lineNo, units, reason } of refused) {
    const line = fo.lines.find((each) => each.no === lineNo);
    if (line === undefined) throw new Error(`Fulfillment order ${fo.id} has no line ${lineNo}.`);
    const gone = Math.min(units, line.units - line.unitsCancelled - line.unitsShipped);
    if (gone <= 0) continue;
    // All of it counts in whole channel units, whatever the rounding of earlier parts left over.
    const isAll = line.unitsCancelled + gone === line.units;
    const whole = isAll ? line.quantity - line.quantityCancelled : Math.floor((gone * line.per) / line.unitsPer);
    draft.touchFoLine(fo, line, {
      unitsCancelled: line.unitsCancelled + gone,
      quantityCancelled: line.quantityCancelled + whole,
    });
    draft.event("units_cancelled", "line", String(line.orderLineNo), {
      fulfillmentOrder: fo.id,
      by: "supplier",
      units: gone,
      reason,
    });
    if (!isAll && (gone * line.per) % line.unitsPer !== 0) {
      const detail = {
        supplierSku: line.supplierSku,
        units: gone,
        unitsPerChannelUnit: `${line.unitsPer}/${line.per}`,
        reason,
      };
      draft.openHold({ subject: "fulfillment_order", subjectId: fo.id, code: "pack_size_mismatch", detail });
    }
    const carriedAgain = again.filter(
      (each) => each.orderLineNo === line.orderLineNo && each.componentNo === line.componentNo,
    );
    const missing = missingOf(draft, line) - carriedAgain.reduce((sum, each) => sum + each.quantity, 0);
    const quantity = Math.min(whole, missing);
    if (quantity > 0) again.push(lineAgain(line, quantity));
  }
  if (again.length === 0) return null;
  const failed: SupplierId[] = fo.supplierId === null ? [] : [fo.supplierId];
  return draft.addFulfillmentOrder(again, {
    replaces: fo.id,
    failedSuppliers: [...new Set([...fo.failedSuppliers, ...failed])],
    placeAfter: draft.now,
  });
}

/** All that is left of it. */
export const allUnits = (fo: FulfillmentOrder, reason: ReasonCode): RefusedUnits[] =>
  fo.lines.map((line) => ({ lineNo: line.no, units: line.units - line.unitsCancelled, reason }));

/** A component stays one component: the rest of its bundle is on its way from elsewhere. */
const lineAgain = (line: FulfillmentOrderLine, quantity: number): Omit<FulfillmentOrderLine, "no"> => ({
  ...unrouted(line.orderLineNo, quantity),
  componentNo: line.componentNo,
});

/** Channel units of a line's component that nobody carries: a bundle's other components say nothing about it. */
function missingOf(draft: OrderDraft, { orderLineNo, componentNo }: FulfillmentOrderLine): number {
  const orderLine = draft.dossier.lines.find((each) => each.no === orderLineNo);
  if (orderLine === undefined) throw new Error(`Order ${draft.order.id} has no line ${orderLineNo}.`);
  let carried = 0;
  for (const fo of draft.dossier.fulfillmentOrders) {
    if (fo.state === "cancelled") continue;
    for (const each of fo.lines) {
      if (each.orderLineNo !== orderLineNo) continue;
      if (each.componentNo === componentNo || each.componentNo === 0) carried += each.quantity - each.quantityCancelled;
    }
  }
  return Math.max(0, wanted(orderLine) - carried);
}
