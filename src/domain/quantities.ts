import type { OrderDraft } from "./draft.ts";
import { isBeforePlacing } from "./lifecycle.ts";
import { toPlace, type FulfillmentOrder, type FulfillmentOrderLine, type OrderLine } from "./order.ts";

/** An unrouted line: whole channel units, no supplier yet. */
export const unrouted = (orderLineNo: number, quantity: number): Omit<FulfillmentOrderLine, "no"> => ({
  orderLineNo,
  componentNo: 0,
  supplierSku: null,
  quantity,
  quantityCancelled: 0,
  unitsPer: 1,
  per: 1,
  units: 0,
  unitsCancelled: 0,
  unitsPlaced: 0,
  unitsShipped: 0,
  unitsCollected: 0,
  unitCost: null,
});

/** What of a fulfillment order's line is still alive here, in channel units. */
export const liveQuantity = (line: FulfillmentOrderLine): number => line.quantity - line.quantityCancelled;

/**
 * QT-2. Makes the unplaced fulfillment orders carry exactly what is to place: adds what nobody carries yet, takes back what nobody wants any more.
 * Returns, per order line, the units that are wanted no more but already armed or placed: those need a cancellation.
 */
export function reconcileQuantities(draft: OrderDraft): Map<OrderLine, number> {
  const excess = new Map<OrderLine, number>();
  const missing: Omit<FulfillmentOrderLine, "no">[] = [];
  for (const line of draft.dossier.lines) {
    const open = toPlace(line, draft.dossier.fulfillmentOrders);
    if (open > 0) missing.push(unrouted(line.no, open));
    else if (open < 0) {
      const left = takeBack(draft, line, -open);
      if (left > 0) excess.set(line, left);
    }
  }
  if (missing.length > 0) carry(draft, missing);
  return excess;
}

/** More to place joins the fulfillment order that still waits for its route, if there is one; otherwise it gets one of its own. */
function carry(draft: OrderDraft, missing: Omit<FulfillmentOrderLine, "no">[]): void {
  const open = draft.dossier.fulfillmentOrders.find(
    (fo) => isBeforePlacing(fo.state) && !fo.supplierPinned && fo.replaces === null,
  );
  if (open === undefined) {
    draft.addFulfillmentOrder(missing);
    return;
  }
  draft.replaceFoLines(open, merge([...open.lines.map(asUnrouted), ...missing]));
  if (open.state === "waiting") draft.move(open, "received");
}

const asUnrouted = (line: FulfillmentOrderLine): Omit<FulfillmentOrderLine, "no"> =>
  line.componentNo === 0 ? unrouted(line.orderLineNo, liveQuantity(line)) : { ...line };

function merge(lines: Omit<FulfillmentOrderLine, "no">[]): Omit<FulfillmentOrderLine, "no">[] {
  const merged: Omit<FulfillmentOrderLine, "no">[] = [];
  for (const line of lines) {
    const same = merged.find(
      (each) => each.orderLineNo === line.orderLineNo && each.componentNo === 0 && line.componentNo === 0,
    );
    if (same === undefined) merged.push(line);
    else same.quantity += line.quantity;
  }
  return merged;
}

/** A line of which nothing was placed, with `quantity` left of it. That may be no whole pack any more: then it has no route, and verification says so. */
export function withLess(line: FulfillmentOrderLine, quantity: number): FulfillmentOrderLine {
  const units = (quantity * line.unitsPer) / line.per;
  return Number.isInteger(units)
    ? { ...line, quantity, quantityCancelled: 0, units, unitsCancelled: 0 }
    : { ...unrouted(line.orderLineNo, quantity), no: line.no, componentNo: line.componentNo };
}

/** Takes `units` channel units of a line out of the unplaced fulfillment orders, newest first; empty ones are cancelled. Returns what it could not take. */
export function takeBack(draft: OrderDraft, line: OrderLine, units: number): number {
  let left = units;
  const taken = new Map<number, number>();
  for (const fo of draft.dossier.fulfillmentOrders.filter((each) => isBeforePlacing(each.state)).reverse()) {
    if (!fo.lines.some((each) => each.orderLineNo === line.no)) continue;
    const lines = fo.lines.map((each) => {
      if (each.orderLineNo !== line.no) return each;
      const before = taken.get(each.componentNo) ?? 0;
      const take = Math.min(liveQuantity(each), units - before);
      taken.set(each.componentNo, before + take);
      return withLess(each, liveQuantity(each) - take);
    });
    const rest = lines.filter((each) => each.quantity > 0);
    if (rest.length === 0) emptied(draft, fo);
    else {
      draft.replaceFoLines(fo, rest);
      if (fo.state === "waiting") draft.move(fo, "received");
    }
    left = units - Math.max(0, ...taken.values());
    if (left <= 0) break;
  }
  return Math.max(0, left);
}

function emptied(draft: OrderDraft, fo: FulfillmentOrder): void {
  for (const line of fo.lines)
    draft.touchFoLine(fo, line, { quantityCancelled: line.quantity, unitsCancelled: line.units });
  draft.move(fo, "cancelled", { why: "nothing_left" });
}
