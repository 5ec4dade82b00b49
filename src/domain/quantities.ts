import { isAskedAbout } from "./asked.ts";
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

/**
 * QT-3. Takes `units` channel units of a line out of the unplaced fulfillment orders, newest first: units that have no route yet, then bundles, every
 * component alike. Empty fulfillment orders are cancelled. Returns what it could not take: a bundle stays whole while one of its components is armed or placed.
 */
export function takeBack(draft: OrderDraft, line: OrderLine, units: number): number {
  if (isAskedAbout(draft.dossier, line.no)) return units;
  const { free, all } = quantitiesOf(draft, line);
  const whole = Math.min(units, free.get(0) ?? 0);
  const bundles = Math.max(0, ...all.values());
  const wished = bundles - (units - whole);
  const kept = Math.max(0, wished, ...[...all].map(([no, quantity]) => quantity - (free.get(no) ?? 0)));
  const take = new Map([
    [0, whole],
    ...[...all].map(([no, quantity]): [number, number] => [no, Math.max(0, quantity - kept)]),
  ]);
  for (const fo of draft.dossier.fulfillmentOrders.filter((each) => isBeforePlacing(each.state)).reverse())
    takeFrom(draft, fo, line, take);
  return units - whole - (bundles - kept);
}

/** Live channel units by component (0: whole units), in the unplaced fulfillment orders and, of the components, in all of them. */
function quantitiesOf(draft: OrderDraft, line: OrderLine): { free: Map<number, number>; all: Map<number, number> } {
  const free = new Map<number, number>();
  const all = new Map<number, number>();
  for (const fo of draft.dossier.fulfillmentOrders) {
    if (fo.state === "cancelled") continue;
    for (const each of fo.lines) {
      const { orderLineNo, componentNo: no } = each;
      if (orderLineNo !== line.no) continue;
      if (isBeforePlacing(fo.state)) free.set(no, (free.get(no) ?? 0) + liveQuantity(each));
      if (no > 0) all.set(no, (all.get(no) ?? 0) + liveQuantity(each));
    }
  }
  return { free, all };
}

/** Takes what is left of `take` out of one of them, and notes there what it took. */
function takeFrom(draft: OrderDraft, fo: FulfillmentOrder, line: OrderLine, take: Map<number, number>): void {
  const lines = fo.lines.map((each) => {
    const left = each.orderLineNo === line.no ? (take.get(each.componentNo) ?? 0) : 0;
    const taken = Math.min(left, liveQuantity(each));
    if (taken === 0) return each;
    take.set(each.componentNo, left - taken);
    return withLess(each, liveQuantity(each) - taken);
  });
  if (lines.every((each, index) => each === fo.lines[index])) return;
  const rest = lines.filter((each) => each.quantity > 0);
  if (rest.length === 0) emptied(draft, fo);
  else {
    draft.replaceFoLines(fo, rest);
    if (fo.state === "waiting") draft.move(fo, "received");
  }
}

function emptied(draft: OrderDraft, fo: FulfillmentOrder): void {
  for (const line of fo.lines)
    draft.touchFoLine(fo, line, { quantityCancelled: line.quantity, unitsCancelled: line.units });
  draft.move(fo, "cancelled", { why: "nothing_left" });
}
