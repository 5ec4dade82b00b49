import { isPending } from "./asked.ts";
import { canBeTakenFreely, takeFreely } from "./cancel-free.ts";
import type { OrderDraft } from "./draft.ts";
import { isAtPrep } from "./lifecycle.ts";
import {
  toPlace,
  type Cancellation,
  type CancellationAsk,
  type FulfillmentOrder,
  type FulfillmentOrderLine,
} from "./order.ts";
import { openQuantity, unitsOf, wholePacks } from "./pack.ts";
import type { RefusedUnits } from "./placement-replace.ts";
import { refundUnits } from "./refund.ts";
import { done, refuse, type Result } from "./result.ts";
import { closeHolds, settleShipped } from "./shipped.ts";
import { cancelAtPrep } from "./shelf.ts";
import { addCancellationAnswer } from "./write-back.ts";

/** One open question of a case, and who is asked. */
export interface OpenAsk {
  cancellation: Cancellation;
  ask: CancellationAsk;
  fo: FulfillmentOrder;
}
export type AskLine = CancellationAsk["lines"][number];

const isStopped = (ask: CancellationAsk): boolean => ask.state === "asking" && ask.dueAt === null;

export const openAsks = (draft: OrderDraft): OpenAsk[] =>
  draft.dossier.cancellations.flatMap((cancellation) =>
    cancellation.asks
      .filter(isPending)
      .map((ask) => ({ cancellation, ask, fo: draft.fulfillmentOrder(ask.fulfillmentOrderId) })),
  );

/** Cancels quantities where they are, books back what they cost, and lets the state follow. */
export function cancelUnits(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  lines: readonly { line: FulfillmentOrderLine; quantity: number }[],
): void {
  const cancelled = lines
    .filter((each) => each.quantity > 0)
    .map(({ line, quantity }) => ({ line, quantity, units: unitsOf(line, quantity) }));
  for (const { line, quantity, units } of cancelled) {
    draft.touchFoLine(fo, line, {
      quantityCancelled: line.quantityCancelled + quantity,
      unitsCancelled: line.unitsCancelled + units,
    });
    draft.event("units_cancelled", "line", String(line.orderLineNo), { fulfillmentOrder: fo.id, by: "us", units });
  }
  refundUnits(draft, fo, cancelled);
  settleShipped(draft, fo);
}

/** What a question asks for, in the supplier's SKUs and units; empty: it has left meanwhile. */
export function supplierLines({ ask, fo }: OpenAsk): { supplierSku: string; units: number }[] {
  const units = new Map<string, number>();
  for (const each of ask.lines) {
    let left = each.quantity - each.accepted;
    for (const line of linesOf(fo, each)) {
      const quantity = wholePacks(line, Math.min(left, openQuantity(line)));
      left -= quantity;
      if (quantity > 0 && line.supplierSku !== null)
        units.set(line.supplierSku, (units.get(line.supplierSku) ?? 0) + unitsOf(line, quantity));
    }
  }
  return [...units].map(([supplierSku, count]) => ({ supplierSku, units: count }));
}

/** What the supplier gave back: all that was asked, nothing, or so many channel units of each component. */
export type Granted = "all" | "none" | { orderLineNo: number; componentNo: number; quantity: number }[];

/** CN-9. Records the answer for one fulfillment order and, with the last one, closes the case. */
export function answerAsk(
  draft: OrderDraft,
  open: OpenAsk,
  granted: Granted,
  data: Record<string, unknown> = {},
): void {
  const { ask, fo } = open;
  const before = givenBack(open.cancellation);
  const taken: { line: FulfillmentOrderLine; quantity: number }[] = [];
  for (const each of ask.lines) {
    const most =
      granted === "all"
        ? each.quantity
        : granted === "none"
          ? 0
          : (granted.find((one) => one.orderLineNo === each.orderLineNo && one.componentNo === each.componentNo)
              ?.quantity ?? 0);
    let left = Math.min(most, each.quantity);
    if (canBeTakenFreely(draft, fo)) {
      each.accepted = takeFreely(draft, fo, each, left);
      continue;
    }
    for (const line of linesOf(fo, each)) {
      const quantity = wholePacks(line, Math.min(left, openQuantity(line)));
      if (quantity === 0) continue;
      taken.push({ line, quantity });
      left -= quantity;
      each.accepted += quantity;
    }
  }
  cancelUnits(draft, fo, taken);
  countNews(draft, open.cancellation, before);
  close(draft, open, data);
}

const linesOf = (
  fo: FulfillmentOrder,
  { orderLineNo, componentNo }: { orderLineNo: number; componentNo: number },
): FulfillmentOrderLine[] =>
  fo.lines.filter((line) => line.orderLineNo === orderLineNo && line.componentNo === componentNo);

/** SH-7. The supplier states cancelled units: those that we had asked for answer our question, the others are its own doing and are returned. */
export function claimForAsks(draft: OrderDraft, fo: FulfillmentOrder, stated: readonly RefusedUnits[]): RefusedUnits[] {
  const left = stated.map((each) => ({ ...each }));
  for (const open of openAsks(draft)) {
    if (open.fo !== fo) continue;
    const before = givenBack(open.cancellation);
    for (const each of open.ask.lines) {
      for (const line of linesOf(fo, each)) {
        const units = left.find((one) => one.lineNo === line.no);
        const quantity =
          units === undefined
            ? 0
            : wholePacks(
                line,
                Math.min(each.quantity - each.accepted, Math.floor((units.units * line.per) / line.unitsPer)),
              );
        if (quantity === 0) continue;
        units!.units -= unitsOf(line, quantity);
        draft.touchFoLine(fo, line, {
          quantityCancelled: line.quantityCancelled + quantity,
          unitsCancelled: line.unitsCancelled + unitsOf(line, quantity),
        });
        draft.event("units_cancelled", "line", String(line.orderLineNo), {
          fulfillmentOrder: fo.id,
          by: "us",
          units: unitsOf(line, quantity),
        });
        each.accepted += quantity;
      }
    }
    countNews(draft, open.cancellation, before);
    if (open.ask.lines.some((each) => each.accepted > 0)) close(draft, open, { by: "supplier" });
  }
  return left.filter((each) => each.units > 0);
}

/** CN-15. The supplier can only be asked by a person: the hold says so, with what to ask for. */
export function askByHand(draft: OrderDraft, { cancellation, ask, fo }: OpenAsk, why: string): void {
  ask.state = "by_hand";
  ask.dueAt = null;
  draft.touchCancellation(cancellation, {});
  draft.event("cancellation_by_hand", "cancellation", cancellation.id, { fulfillmentOrder: fo.id, why });
  const detail = { cancellation: cancellation.id, askTheSupplier: true, why, lines: ask.lines };
  draft.openHold({ subject: "fulfillment_order", subjectId: fo.id, code: "cancel_requested", detail });
}

/** CN-15. What the supplier told a person. */
export function answerSupplierByHand(draft: OrderDraft, fo: FulfillmentOrder, granted: "all" | "none"): Result {
  const open = openAsks(draft).filter((each) => each.fo === fo && each.ask.state === "by_hand");
  if (open.length === 0) return refuse("nothing_to_answer", "No question to this supplier waits for a person.");
  for (const each of open) answerAsk(draft, each, granted, { by: "person" });
  return done;
}

function close(draft: OrderDraft, { cancellation, ask, fo }: OpenAsk, data: Record<string, unknown>): void {
  ask.state = ask.lines.some((each) => each.accepted > 0) ? "accepted" : "refused";
  ask.dueAt = null;
  // The question has a state of its own; the case moves when the last one is answered.
  draft.event("cancellation_answered", "cancellation", cancellation.id, {
    ...data,
    fulfillmentOrder: fo.id,
    answer: ask.state,
    lines: ask.lines,
  });
  draft.touchCancellation(cancellation, {});
  if (!openAsks(draft).some((each) => each.fo === fo && each.ask.state === "by_hand"))
    closeHolds(draft, fo, ["cancel_requested"]);
  if (!cancellation.asks.some((each) => isPending(each) && !isStopped(each))) concludeCase(draft, cancellation);
}

/**
 * CN-10. Nobody is asked any more: units of which every component was given back are cancelled, the rest of the case is refused. Parts of a bundle that
 * waited for the answer are let go with it or go on; components that were given back in vain are bought again.
 */
function concludeCase(draft: OrderDraft, cancellation: Cancellation): void {
  const cancelled: Cancellation["lines"] = [];
  const refused: Cancellation["lines"] = [];
  const before = givenBack(cancellation);
  for (const { orderLineNo, quantity } of cancellation.lines) {
    const answered = wholeUnits(
      cancellation.asks.filter((ask) => !isStopped(ask)),
      orderLineNo,
    );
    for (const ask of cancellation.asks.filter(isStopped)) {
      const fo = draft.fulfillmentOrder(ask.fulfillmentOrderId);
      for (const each of ask.lines.filter((line) => line.orderLineNo === orderLineNo)) {
        each.accepted = takeStopped(draft, fo, each, Math.min(each.quantity, answered));
      }
    }
    const units = Math.min(quantity, wholeUnits(cancellation.asks, orderLineNo));
    if (units > 0) cancelled.push({ orderLineNo, quantity: units });
    if (units < quantity) refused.push({ orderLineNo, quantity: quantity - units });
  }
  countNews(draft, cancellation, before);
  for (const { orderLineNo } of cancellation.lines) {
    buyAgain(
      draft,
      cancellation,
      orderLineNo,
      cancelled.find((each) => each.orderLineNo === orderLineNo)?.quantity ?? 0,
    );
  }
  for (const ask of cancellation.asks.filter(isStopped))
    ask.state = ask.lines.some((each) => each.accepted > 0) ? "accepted" : "refused";
  closeCase(draft, cancellation, cancelled, refused);
}

/** A part that waited for the others of its bundle, at whichever step it stopped. */
function takeStopped(draft: OrderDraft, fo: FulfillmentOrder, line: AskLine, quantity: number): number {
  if (quantity === 0) return 0;
  if (canBeTakenFreely(draft, fo)) return takeFreely(draft, fo, line, quantity);
  return isAtPrep(fo.state) ? cancelAtPrep(draft, fo, line, quantity) : 0;
}

/** Channel units of an order line of which the asks gave back everything: whole ones, and bundles by their scarcest component. */
function wholeUnits(asks: readonly CancellationAsk[], orderLineNo: number): number {
  const byComponent = new Map<number, number>();
  for (const each of asks.flatMap((ask) => ask.lines)) {
    if (each.orderLineNo === orderLineNo)
      byComponent.set(each.componentNo, (byComponent.get(each.componentNo) ?? 0) + each.accepted);
  }
  const whole = byComponent.get(0) ?? 0;
  byComponent.delete(0);
  return whole + (byComponent.size === 0 ? 0 : Math.min(...byComponent.values()));
}

/** Per order line of a case, the units that were given back so far. */
export const givenBack = (cancellation: Cancellation): Map<number, number> =>
  new Map(cancellation.lines.map(({ orderLineNo }) => [orderLineNo, wholeUnits(cancellation.asks, orderLineNo)]));

/** Counted with the answer that gave them back: a unit that nobody carries and nobody has cancelled would be bought again. */
function countNews(draft: OrderDraft, cancellation: Cancellation, before: ReadonlyMap<number, number>): void {
  for (const [orderLineNo, units] of givenBack(cancellation)) {
    const news = units - (before.get(orderLineNo) ?? 0);
    if (news > 0) countCancelled(draft, cancellation, orderLineNo, news);
  }
}

/** One supplier of a bundle gave its component back and another did not: the buyer gets the bundle, so the component is bought again. */
function buyAgain(draft: OrderDraft, cancellation: Cancellation, orderLineNo: number, units: number): void {
  const spare = new Map<number, number>();
  for (const ask of cancellation.asks) {
    for (const each of ask.lines.filter(
      (line) => line.orderLineNo === orderLineNo && line.componentNo > 0 && line.accepted > 0,
    )) {
      const before = spare.get(each.componentNo) ?? 0;
      spare.set(each.componentNo, before + each.accepted);
      const extra = Math.min(each.accepted, before + each.accepted - units);
      if (extra <= 0) continue;
      const fo = draft.fulfillmentOrder(ask.fulfillmentOrderId);
      const again = fo.lines.find((line) => line.orderLineNo === orderLineNo && line.componentNo === each.componentNo);
      draft.addFulfillmentOrder(
        [
          {
            orderLineNo,
            componentNo: each.componentNo,
            supplierSku: null,
            quantity: extra,
            quantityCancelled: 0,
            unitsPer: 1,
            per: 1,
            units: 0,
            unitsCancelled: 0,
            unitsPlaced: 0,
            unitsShipped: 0,
            unitsCollected: 0,
            unitCost: again?.unitCost ?? null,
          },
        ],
        { replaces: fo.id, placeAfter: draft.now },
      );
    }
  }
}

/** CN-13. What nobody wants any more is counted on the order's line, exactly once. */
export function countCancelled(
  draft: OrderDraft,
  cancellation: Cancellation,
  orderLineNo: number,
  quantity: number,
): void {
  const line = draft.dossier.lines.find((each) => each.no === orderLineNo)!;
  const isOurs = line.fulfilledBy === "us" && line.kind === "goods";
  // Where the channel lowered the line's own quantity first, the units given back were never to be placed any more.
  const counted = isOurs ? Math.min(quantity, Math.max(0, toPlace(line, draft.dossier.fulfillmentOrders))) : quantity;
  const byChannel = cancellation.askedBy === "channel" ? counted : 0;
  if (counted > 0)
    draft.touchLine(line, { cancelled: line.cancelled + counted, channelCancelled: line.channelCancelled + byChannel });
  draft.event("cancelled", "line", String(orderLineNo), { quantity });
}

/** CN-11. A case ends as one outcome; where both happened, the refused quantities become a case of their own. The channel hears of each it asked for. */
export function closeCase(
  draft: OrderDraft,
  cancellation: Cancellation,
  cancelled: Cancellation["lines"],
  refused: Cancellation["lines"],
): void {
  if (cancelled.length > 0) {
    draft.touchCancellation(cancellation, { lines: cancelled });
    addCancellationAnswer(draft, cancellation);
  }
  if (refused.length > 0) {
    let its = cancellation;
    if (cancelled.length > 0)
      its = draft.addCancellation({ ...cancellation, state: "refused", lines: refused, asks: [], dueAt: null });
    else draft.touchCancellation(cancellation, { state: "refused", lines: refused });
    addCancellationAnswer(draft, its);
    if (cancellation.askedBy === "channel")
      draft.openHold({
        subject: "order",
        subjectId: "0",
        code: "changed_on_channel",
        detail: { why: "cancelled_too_late", lines: refused },
      });
  }
  wakeHeld(draft);
  closeStaleHolds(draft);
}

/** A question that stopped a fulfillment order is answered: without another hold it is verified again. */
export function wakeHeld(draft: OrderDraft): void {
  for (const fo of draft.dossier.fulfillmentOrders) {
    const isAsked = draft.dossier.cancellations.some((each) =>
      each.asks.some((ask) => isPending(ask) && ask.fulfillmentOrderId === fo.id),
    );
    if (fo.state === "held" && !isAsked && draft.holdsOn(fo).length === 0)
      draft.move(fo, "received", { why: "cancellation_answered" });
  }
}

/** CN-12. Holds about what is cancelled are over: on its fulfillment order, on its line, and on an order of which nothing is left to place. */
export function closeStaleHolds(draft: OrderDraft): void {
  const { dossier } = draft;
  const isOver = dossier.fulfillmentOrders.every((fo) => fo.state === "cancelled");
  for (const hold of [...dossier.holds]) {
    if (hold.code === "changed_on_channel" || hold.code === "channel_refused") continue;
    const fo =
      hold.subject === "fulfillment_order"
        ? dossier.fulfillmentOrders.find((each) => each.id === hold.subjectId)
        : undefined;
    const line = hold.subject === "line" ? dossier.lines.find((each) => String(each.no) === hold.subjectId) : undefined;
    const isStale =
      fo?.state === "cancelled" || (line !== undefined && line.cancelled >= (line.quantityEdited ?? line.quantity));
    if (isStale || (isOver && hold.subject === "order")) draft.closeHold(hold, { why: "cancelled" });
  }
}
