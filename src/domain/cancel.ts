import { askedFor, isPending } from "./asked.ts";
import { closeCase, closeStaleHolds, countCancelled, givenBack, wakeHeld } from "./cancel-ask.ts";
import { canBeTakenFreely, takeFreely } from "./cancel-free.ts";
import type { OrderDraft } from "./draft.ts";
import { isAtPrep, isFinal } from "./lifecycle.ts";
import {
  allocated,
  toPlace,
  type Cancellation,
  type CancellationAsk,
  type FulfillmentOrder,
  type FulfillmentOrderLine,
  type OrderDossier,
  type OrderLine,
} from "./order.ts";
import { openQuantity, wholePacks } from "./pack.ts";
import { liveQuantity } from "./quantities.ts";
import { done, refuse, type Result } from "./result.ts";
import { cancelAtPrep } from "./shelf.ts";

export interface CancellationRequest {
  askedBy: "buyer" | "channel" | "person";
  /** Whole channel units on top of what is cancelled already, or all that is left. */
  lines: { orderLineNo: number; quantity: number }[] | "all";
  /** When it was asked, where the channel says so. */
  at?: Date;
}

/**
 * CN-1 to CN-4. A cancellation as a case of its own. What the channel states and what a person of ours wants is applied; a buyer's wish stops the order
 * at once and follows the channel's rule. Quantities that are cancelled already are left out; null: nothing is left to cancel.
 */
export function requestCancellation(draft: OrderDraft, request: CancellationRequest): Cancellation | null {
  const lines = cancellable(draft, request.lines);
  if (lines.length === 0) return null;
  const rule = request.askedBy === "buyer" ? draft.channel.settings.buyerCancel : "accept";
  const cancellation = draft.addCancellation({
    askedBy: request.askedBy,
    state: "requested",
    lines,
    openedAt: request.at ?? draft.now,
    asks: [],
    dueAt: null,
    answeredAt: null,
    answeredBy: null,
  });
  if (rule === "accept") acceptCancellation(draft, cancellation);
  else if (rule === "refuse") refuseCancellation(draft, cancellation);
  else stop(draft, cancellation);
  return cancellation;
}

/** Never more than is left of the line and not asked for already. */
function cancellable(draft: OrderDraft, lines: CancellationRequest["lines"]): Cancellation["lines"] {
  const wished =
    lines === "all" ? draft.dossier.lines.map((line) => ({ orderLineNo: line.no, quantity: Infinity })) : lines;
  return wished.flatMap(({ orderLineNo, quantity }) => {
    const line = draft.dossier.lines.find((each) => each.no === orderLineNo);
    // A line whose quantity the channel lowered after placing carries more than it should: that can be cancelled too.
    const most =
      line === undefined
        ? 0
        : Math.max(
            (line.quantityEdited ?? line.quantity) - line.cancelled,
            allocated(line, draft.dossier.fulfillmentOrders),
          ) - pendingQuantity(draft.dossier, orderLineNo);
    const units = Math.min(quantity, most);
    return units > 0 ? [{ orderLineNo, quantity: units }] : [];
  });
}

/** Channel units of a line in cases that have no outcome yet. */
const pendingQuantity = (dossier: OrderDossier, orderLineNo: number): number =>
  dossier.cancellations
    .filter((each) => each.state === "requested" || each.asks.some(isPending))
    .flatMap((each) => each.lines)
    .reduce((sum, line) => (line.orderLineNo === orderLineNo ? sum + line.quantity : sum), 0);

/**
 * CN-3. What the channel's newest version states as cancelled, as totals per line. It contains what we had told it (or a person typed there), so only what
 * goes beyond is applied.
 */
export function stateCancelled(
  draft: OrderDraft,
  totals: { orderLineNo: number; quantity: number }[],
): Cancellation | null {
  const { dossier } = draft;
  const silent = new Set(
    dossier.writeBacks
      .filter((each) => each.cancellationId !== null && (each.state === "waiting" || each.state === "refused"))
      .map((each) => each.cancellationId),
  );
  const news = totals.flatMap(({ orderLineNo, quantity }) => {
    const line = dossier.lines.find((each) => each.no === orderLineNo);
    if (line === undefined) return [];
    const sum = (cases: Cancellation[]): number =>
      cases
        .flatMap((each) => each.lines)
        .reduce((total, each) => (each.orderLineNo === orderLineNo ? total + each.quantity : total), 0);
    const done = dossier.cancellations.filter(
      (each) => (each.state === "accepted" || each.state === "told") && !each.asks.some(isPending),
    );
    const half = dossier.cancellations
      .filter((each) => each.asks.some(isPending))
      .reduce((total, each) => total + (givenBack(each).get(orderLineNo) ?? 0), 0);
    const fromTheStart = line.cancelled - sum(done) - half;
    const known =
      fromTheStart +
      sum(dossier.cancellations.filter((each) => each.askedBy === "channel")) +
      sum(done.filter((each) => each.askedBy !== "channel" && !silent.has(each.id)));
    return quantity > known ? [{ orderLineNo, quantity: quantity - known }] : [];
  });
  return news.length === 0 ? null : requestCancellation(draft, { askedBy: "channel", lines: news });
}

/** CN-2. Nothing of the order moves until the seller answers. */
function stop(draft: OrderDraft, cancellation: Cancellation): void {
  draft.openHold({
    subject: "order",
    subjectId: "0",
    code: "cancel_requested",
    detail: { cancellation: cancellation.id, lines: cancellation.lines },
  });
  for (const fo of draft.dossier.fulfillmentOrders)
    if (fo.state === "waiting") draft.move(fo, "held", { why: "cancel_requested" });
}

/** CN-4. The seller, or the channel's rule, says yes: what is free goes at once, who has the rest is asked. */
export function acceptCancellation(draft: OrderDraft, cancellation: Cancellation): Result {
  if (cancellation.state !== "requested")
    return refuse("already_answered", `This cancellation is ${cancellation.state} already.`);
  answer(draft, cancellation, "accepted");
  apply(draft, cancellation);
  return done;
}

/** CN-4. No: the order goes on, and the channel is told. */
export function refuseCancellation(draft: OrderDraft, cancellation: Cancellation): Result {
  if (cancellation.state !== "requested")
    return refuse("already_answered", `This cancellation is ${cancellation.state} already.`);
  answer(draft, cancellation, "refused");
  closeCase(draft, cancellation, [], cancellation.lines);
  return done;
}

function answer(draft: OrderDraft, cancellation: Cancellation, state: "accepted" | "refused"): void {
  draft.touchCancellation(cancellation, { state, answeredAt: draft.now, answeredBy: draft.actor });
  const hold = draft.dossier.holds.find((each) => each.code === "cancel_requested" && each.subject === "order");
  if (hold !== undefined && !draft.dossier.cancellations.some((each) => each.state === "requested"))
    draft.closeHold(hold, { answer: state });
}

// ------------------------------------------------------------------ applying

/** How hard it is to take quantities back, easiest first. */
export type Reach = "free" | "prep" | "doubt" | "supplier" | "gone";
const reachOrder: readonly Reach[] = ["free", "prep", "doubt", "supplier"];

/** CN-8. The point of no return of a fulfillment order. */
export function reachOf(draft: OrderDraft, fo: FulfillmentOrder): Reach {
  if (isFinal(fo.state) || fo.state === "shipped" || fo.state === "delivered") return "gone";
  if (canBeTakenFreely(draft, fo)) return "free";
  if (isAtPrep(fo.state) || (fo.state === "partially_shipped" && isPrep(draft, fo))) return "prep";
  return fo.state === "placing" || fo.state === "escalated" || fo.state === "outcome_unknown" ? "doubt" : "supplier";
}
const isPrep = (draft: OrderDraft, fo: FulfillmentOrder): boolean =>
  fo.supplierId !== null && draft.shared.suppliers.get(fo.supplierId)?.role === "prep";

interface Part {
  fo: FulfillmentOrder;
  line: FulfillmentOrderLine;
  reach: Reach;
  quantity: number;
}

/** Splits a case into what goes at once, what somebody is asked for, and what left already. */
function apply(draft: OrderDraft, cancellation: Cancellation): void {
  const cancelled: Cancellation["lines"] = [];
  const asked: Cancellation["lines"] = [];
  const refused: Cancellation["lines"] = [];
  const asks = new Map<FulfillmentOrder, CancellationAsk>();
  for (const { orderLineNo, quantity } of cancellation.lines) {
    const line = draft.dossier.lines.find((each) => each.no === orderLineNo)!;
    const now = takeNow(draft, line, quantity);
    if (now > 0) {
      countCancelled(draft, cancellation, orderLineNo, now);
      cancelled.push({ orderLineNo, quantity: now });
    }
    const later = askFor(draft, line, quantity - now, asks);
    if (later > 0) asked.push({ orderLineNo, quantity: later });
    if (now + later < quantity) refused.push({ orderLineNo, quantity: quantity - now - later });
  }
  if (asked.length === 0) closeCase(draft, cancellation, cancelled, refused);
  else {
    draft.touchCancellation(cancellation, { lines: asked, asks: [...asks.values()] });
    for (const ask of asks.values())
      draft.event("cancellation_asked", "cancellation", cancellation.id, {
        fulfillmentOrder: ask.fulfillmentOrderId,
        lines: ask.lines,
      });
    if (cancelled.length + refused.length > 0)
      closeCase(
        draft,
        draft.addCancellation({ ...cancellation, lines: [...cancelled, ...refused], asks: [] }),
        cancelled,
        refused,
      );
  }
  wakeHeld(draft);
  closeStaleHolds(draft);
}

/** CN-5, CN-6. Whole units that nobody has to be asked for, easiest first; a unit of a bundle only when all its components are free. */
function takeNow(draft: OrderDraft, line: OrderLine, quantity: number): number {
  const unallocated =
    line.fulfilledBy === "us" && line.kind === "goods"
      ? Math.max(0, toPlace(line, draft.dossier.fulfillmentOrders))
      : quantity;
  let taken = Math.min(quantity, unallocated);
  for (const component of ["whole", "bundle"] as const) {
    const parts = partsOf(draft, line).filter((part) => part.reach === "free" || part.reach === "prep");
    const groups =
      component === "whole"
        ? [parts.filter((part) => isWhole(draft, line, part))]
        : componentsOf(draft, line).map((no) => parts.filter((part) => part.line.componentNo === no));
    if (groups.length === 0 || (component === "bundle" && groups.length < 2)) continue;
    const units = obtainable(groups, quantity - taken);
    if (units === 0) continue;
    for (const group of groups) takeFrom(draft, group, units);
    taken += units;
  }
  return taken;
}

/** The most units, up to `most`, that every group can give exactly: packs are never broken, and no component is taken in vain. */
function obtainable(groups: readonly Part[][], most: number): number {
  for (let units = most; units > 0; units -= 1)
    if (groups.every((group) => split(group, units).reduce((sum, each) => sum + each.quantity, 0) === units))
      return units;
  return 0;
}

function split(parts: readonly Part[], units: number): { part: Part; quantity: number }[] {
  let left = units;
  return parts.map((part) => {
    const quantity =
      part.reach === "free" ? Math.min(left, part.quantity) : wholePacks(part.line, Math.min(left, part.quantity));
    left -= quantity;
    return { part, quantity };
  });
}

function takeFrom(draft: OrderDraft, parts: readonly Part[], units: number): void {
  for (const { part, quantity } of split(parts, units)) {
    if (quantity === 0) continue;
    if (part.reach === "free") takeFreely(draft, part.fo, part.line, quantity);
    else cancelAtPrep(draft, part.fo, part.line, quantity);
  }
}

/** CN-7. One question per fulfillment order; the free components of a bundle stop until it is answered. Returns the units that are asked for. */
function askFor(
  draft: OrderDraft,
  line: OrderLine,
  quantity: number,
  asks: Map<FulfillmentOrder, CancellationAsk>,
): number {
  const parts = partsOf(draft, line);
  const whole = [parts.filter((part) => isWhole(draft, line, part))];
  const components = componentsOf(draft, line);
  const bundles =
    components.length > 1 ? components.map((no) => parts.filter((part) => part.line.componentNo === no)) : [];
  let asked = 0;
  for (const groups of [whole, bundles]) {
    const units = groups.length === 0 ? 0 : obtainable(groups, quantity - asked);
    for (const group of groups) if (units > 0) ask(draft, group, units, asks);
    asked += units;
  }
  return asked;
}

function ask(
  draft: OrderDraft,
  parts: readonly Part[],
  units: number,
  asks: Map<FulfillmentOrder, CancellationAsk>,
): void {
  for (const { part, quantity } of split(parts, units)) {
    if (quantity === 0) continue;
    const { fo, line, reach } = part;
    const isStopped = reach === "free" || reach === "prep";
    const mine: CancellationAsk = asks.get(fo) ?? {
      fulfillmentOrderId: fo.id,
      state: "asking",
      lines: [],
      dueAt: isStopped ? null : draft.now,
      tries: 0,
    };
    const same = mine.lines.find(
      (each) => each.orderLineNo === line.orderLineNo && each.componentNo === line.componentNo,
    );
    if (same === undefined)
      mine.lines.push({ orderLineNo: line.orderLineNo, componentNo: line.componentNo, quantity, accepted: 0 });
    else same.quantity += quantity;
    asks.set(fo, mine);
    if (reach === "free" && fo.state === "waiting") draft.move(fo, "held", { why: "cancellation_asked" });
  }
}

/** Where a line's quantities are and how many of them can still be had there, easiest first, less what is asked for already. */
function partsOf(draft: OrderDraft, line: OrderLine): Part[] {
  const parts: Part[] = [];
  for (const fo of draft.dossier.fulfillmentOrders) {
    const reach = reachOf(draft, fo);
    if (reach === "gone") continue;
    const pending = askedFor(draft.dossier, fo, line.no);
    for (const foLine of fo.lines.filter((each) => each.orderLineNo === line.no)) {
      const there = reach === "free" || reach === "doubt" ? liveQuantity(foLine) : openQuantity(foLine);
      const quantity = Math.max(0, there - (pending.get(foLine.componentNo) ?? 0));
      // A copy: what is taken first gives the rows that remain other contents.
      if (quantity > 0) parts.push({ fo, line: { ...foLine }, reach, quantity });
    }
  }
  return parts.sort((a, b) => reachOrder.indexOf(a.reach) - reachOrder.indexOf(b.reach) || b.fo.no - a.fo.no);
}

/** The components that a bundle of this line has; a line with one component (or none yet) is no bundle. */
const componentsOf = (draft: OrderDraft, line: OrderLine): number[] => [
  ...new Set(
    draft.dossier.fulfillmentOrders
      .filter((fo) => fo.state !== "cancelled")
      .flatMap((fo) =>
        fo.lines
          .filter((each) => each.orderLineNo === line.no && each.componentNo > 0 && liveQuantity(each) > 0)
          .map((each) => each.componentNo),
      ),
  ),
];
const isWhole = (draft: OrderDraft, line: OrderLine, part: Part): boolean =>
  part.line.componentNo === 0 || componentsOf(draft, line).length === 1;

// ------------------------------------------------------------------ the point of no return

export interface CancelReach {
  fulfillmentOrderId: string;
  /** free and prep: done at once; doubt and supplier: somebody is asked; gone: it has left. */
  reach: Reach;
  lines: { orderLineNo: number; componentNo: number; quantity: number }[];
}

/** CN-8. What can still be cancelled, and how: the screen shows it before anybody presses the button. */
export function pointOfNoReturn(draft: OrderDraft): CancelReach[] {
  return draft.dossier.fulfillmentOrders
    .filter((fo) => fo.state !== "cancelled")
    .map((fo) => {
      const reach = reachOf(draft, fo);
      const lines = fo.lines.map((line) => ({
        orderLineNo: line.orderLineNo,
        componentNo: line.componentNo,
        quantity: reach === "prep" || reach === "supplier" ? openQuantity(line) : liveQuantity(line),
      }));
      return { fulfillmentOrderId: fo.id, reach, lines: lines.filter((line) => line.quantity > 0) };
    });
}
