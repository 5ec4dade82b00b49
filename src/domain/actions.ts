import { holdsOn } from "./draft.ts";
import { releasable, whyNotDismissed } from "./edit.ts";
import { isBeforePlacing, isFinal } from "./lifecycle.ts";
import type {
  Attempt,
  Cancellation,
  FulfillmentOrder,
  Hold,
  OrderDossier,
  Parcel,
  Shipment,
  WriteBack,
} from "./order.ts";
import { isLater } from "./parcel.ts";
import { reasonOf } from "./reasons.ts";
import { refuse, type Refused } from "./result.ts";
import { isDesk, may, whyNot, type Permission, type Role } from "./role.ts";
import { inHand } from "./shelf.ts";
import { hasOpenUnits } from "./shipped.ts";

/** Whether an action may be done to a thing now and, where not, why: for API, screens and bulk actions alike (API-22). */
export type Verdict = { allowed: true } | { allowed: false; why: string };
const yes: Verdict = { allowed: true };
const no = (why: string): Verdict => ({ allowed: false, why });

/** One order as the table sees it. */
export interface ActionView {
  dossier: OrderDossier;
  role: Role;
  now: Date;
  /** Ids of the suppliers that are prep centres. */
  prepCentres: ReadonlySet<string>;
}

/** As much of an order as its own actions ask for: a row of the list knows it as well. */
export interface OrderSeen {
  holds: readonly Pick<Hold, "subject" | "code">[];
  fulfillmentOrders: readonly Pick<FulfillmentOrder, "state">[];
}
interface OrderSeenBy {
  dossier: OrderSeen;
  role: Role;
}

const orderTable = {
  release: ({ dossier }) => {
    if (!isOpen(dossier)) return no("The order has ended; there is nothing to release.");
    if (dossier.holds.length === 0) return no("Nothing stops it: it goes on by itself.");
    if (dossier.holds.some(isReleased)) return yes;
    return no(dossier.holds.map((hold) => `${reasonOf(hold.code).title}: ${reasonOf(hold.code).next}`).join(" "));
  },
  hold: ({ dossier }) => {
    if (!isOpen(dossier)) return no("The order has ended; there is nothing to hold.");
    return dossier.holds.some(isByPerson) ? no("Somebody put it on hold already.") : yes;
  },
  unhold: ({ dossier }) => (dossier.holds.some(isByPerson) ? yes : no("Nobody put it on hold.")),
  edit: ({ dossier }) =>
    dossier.fulfillmentOrders.some((fo) => isBeforePlacing(fo.state))
      ? yes
      : no("Everything in it was placed or ended: it can no longer be edited. Ask for a cancellation instead."),
  cancel: ({ dossier }) => {
    if (dossier.fulfillmentOrders.some((fo) => !hasLeft(fo))) return yes;
    return no(
      isOpen(dossier)
        ? "Everything has left: a return is the way now, not a cancellation."
        : "The order has ended; there is nothing to cancel.",
    );
  },
} as const satisfies Record<string, (view: OrderSeenBy) => Verdict>;
export type OrderAction = keyof typeof orderTable;

const fulfillmentOrderTable = {
  choose_supplier: (_view, fo) =>
    isBeforePlacing(fo.state)
      ? yes
      : no("The supplier may change until the first attempt is armed, never after. Ask for a cancellation instead."),
  take_over: (view, fo) => {
    const open = openAttempt(view.dossier, fo);
    if (open?.state === "placed") return no("It is placed already.");
    if (open !== undefined)
      return no("Somebody or the machine is placing it, or its outcome is being checked. Do not place it by hand.");
    if (fo.state !== "held" && fo.state !== "waiting" && fo.state !== "placing" && fo.state !== "escalated")
      return no(`There is nothing to place: it is ${words(fo.state)}.`);
    if (isPrep(view, fo)) return no("A prep centre packs it; there is nothing to buy.");
    if (fo.supplierId === null) return no("It has no supplier yet. Choose one first.");
    const inTheWay = holdsOn(view.dossier, fo).filter((code) => !reasonOf(code).placeable);
    return inTheWay.length === 0
      ? yes
      : no(`It is on hold: ${inTheWay.map((code) => reasonOf(code).title).join(", ")}. Resolve that first.`);
  },
  placed: ({ dossier }, fo) => byHand(openAttempt(dossier, fo)),
  not_placed: ({ dossier }, fo) => byHand(openAttempt(dossier, fo)),
  give_back: (_view, fo) => (fo.claimedBy === null ? no("Nobody has taken it.") : yes),
  add_tracking: (view, fo) => {
    if (isPrep(view, fo)) return no("A prep centre enters the number when it scans the parcel out (ship).");
    if (fo.placedAt === null) return no("Nothing was bought yet, so nothing can have left.");
    return hasOpenUnits(fo)
      ? yes
      : no("All units have left or were cancelled. To change a number, correct its parcel.");
  },
  accept: (view, fo) => {
    const stopped = supplierSays(view, fo);
    if (stopped !== null) return stopped;
    return fo.acknowledgedAt === null ? yes : no("It is accepted already.");
  },
  cannot_send: (view, fo) => supplierSays(view, fo) ?? yes,
  confirm_tracking: ({ dossier }, fo) =>
    dossier.holds.some(
      (hold) =>
        hold.code === "tracking_not_accepted" && hold.subject === "fulfillment_order" && hold.subjectId === fo.id,
    )
      ? yes
      : no("No tracking number waits for a word of yours here."),
  supplier_answered: ({ dossier }, fo) =>
    dossier.cancellations.some((each) =>
      each.asks.some((ask) => ask.fulfillmentOrderId === fo.id && ask.state === "by_hand"),
    )
      ? yes
      : no("No question about a cancellation waits for a person to ask this supplier."),
  print: (view, fo) => prepStep(view, fo, ["ready"]),
  collect: (view, fo) => prepStep(view, fo, ["printed", "collecting", "partially_shipped"]),
  uncollect: (view, fo) =>
    fo.lines.some((line) => inHand(line) > 0)
      ? prepStep(view, fo, ["collecting", "partially_shipped"])
      : no("Nothing is collected that could be taken out again."),
  back: (view, fo) => prepStep(view, fo, ["printed", "collecting"]),
  put_back: (_view, fo) =>
    fo.lines.some((line) => line.unitsCollected > 0 && line.unitsCancelled > 0)
      ? yes
      : no("Nothing cancelled is in the parcel."),
  ship: (view, fo) => prepStep(view, fo, ["collecting", "partially_shipped"]),
} as const satisfies Record<string, (view: ActionView, fo: FulfillmentOrder) => Verdict>;
export type FulfillmentOrderAction = keyof typeof fulfillmentOrderTable;

const attemptTable = {
  confirm_bought: (_view, attempt) =>
    attempt.state === "unknown" || (attempt.state === "armed" && attempt.kind === "human")
      ? yes
      : no(closedBy(attempt)),
  confirm_not_bought: ({ now }, attempt) => {
    if (attempt.state === "armed" && attempt.kind === "human") return yes;
    if (attempt.state !== "unknown") return no(closedBy(attempt));
    return now < attempt.settleAt
      ? no(`The supplier may still be working on it. Look again after ${attempt.settleAt.toISOString()}.`)
      : yes;
  },
} as const satisfies Record<string, (view: ActionView, attempt: Attempt) => Verdict>;
export type AttemptAction = keyof typeof attemptTable;

const holdTable = {
  dismiss: (_view, hold) => {
    const why = whyNotDismissed(hold);
    return why === null ? yes : no(why);
  },
  answer: (_view, hold) =>
    hold.code === "changed_on_channel" ? yes : no("Only a change on the channel asks whose value shall stand."),
} as const satisfies Record<string, (view: ActionView, hold: Hold) => Verdict>;
export type HoldAction = keyof typeof holdTable;

const cancellationTable = {
  accept: (_view, cancellation) =>
    cancellation.state === "requested" ? yes : no(`It is ${cancellation.state} already.`),
  refuse: (_view, cancellation) =>
    cancellation.state === "requested" ? yes : no(`It is ${cancellation.state} already.`),
  resend: ({ dossier }, cancellation) => mayTellAgain(answersOf(dossier, cancellation)),
  told_by_hand: ({ dossier }, cancellation) => mayBeTold(answersOf(dossier, cancellation)),
} as const satisfies Record<string, (view: ActionView, cancellation: Cancellation) => Verdict>;
export type CancellationAction = keyof typeof cancellationTable;

const shipmentTable = {
  resend: ({ dossier }, shipment) => mayTellAgain(writeBacksOf(dossier, shipment)),
  told_by_hand: ({ dossier }, shipment) => mayBeTold(writeBacksOf(dossier, shipment)),
} as const satisfies Record<string, (view: ActionView, shipment: Shipment) => Verdict>;
export type ShipmentAction = keyof typeof shipmentTable;

const parcelTable = {
  confirm_shared: (_view, parcel) => (parcel.accepted ? no("Its number is accepted.") : yes),
  correct: () => yes,
  delivered: (_view, parcel) => (isLater(parcel.state, "delivered") ? yes : no(`It is ${words(parcel.state)}.`)),
} as const satisfies Record<string, (view: ActionView, parcel: Parcel) => Verdict>;
export type ParcelAction = keyof typeof parcelTable;

/** What an action needs where it is not `orders.change`. The addresses that do it name the same (a test compares them). */
const needs: Readonly<Record<string, Permission>> = {
  take_over: "orders.place",
  placed: "orders.place",
  not_placed: "orders.place",
  give_back: "orders.place",
  confirm_bought: "orders.place",
  confirm_not_bought: "orders.place",
  add_tracking: "shipments.enter",
  accept: "shipments.enter",
  cannot_send: "shipments.enter",
  confirm_tracking: "shipments.change",
  supplier_answered: "orders.place",
  print: "prep.pack",
  collect: "prep.pack",
  uncollect: "prep.pack",
  back: "prep.pack",
  put_back: "prep.pack",
  ship: "prep.pack",
  resend: "shipments.change",
  told_by_hand: "shipments.change",
  confirm_shared: "shipments.change",
  correct: "shipments.change",
  delivered: "shipments.change",
};

/** Asks the table for every action on one thing. The role comes first: who may not do it hears that and nothing else. */
function ask<Name extends string, View extends { role: Role }, Thing extends unknown[]>(
  table: Record<Name, (view: View, ...thing: Thing) => Verdict>,
  view: View,
  ...thing: Thing
): Record<Name, Verdict> {
  const verdicts = {} as Record<Name, Verdict>;
  for (const name of Object.keys(table) as Name[]) {
    const permission = needs[name] ?? "orders.change";
    verdicts[name] = may(view.role, permission) ? table[name](view, ...thing) : no(whyNot(view.role, permission));
  }
  return verdicts;
}

export const orderActions = (view: OrderSeenBy) => ask<OrderAction, OrderSeenBy, []>(orderTable, view);
export const fulfillmentOrderActions = (view: ActionView, fo: FulfillmentOrder) =>
  ask<FulfillmentOrderAction, ActionView, [FulfillmentOrder]>(fulfillmentOrderTable, view, fo);
export const attemptActions = (view: ActionView, attempt: Attempt) =>
  ask<AttemptAction, ActionView, [Attempt]>(attemptTable, view, attempt);
export const holdActions = (view: ActionView, hold: Hold) => ask<HoldAction, ActionView, [Hold]>(holdTable, view, hold);
export const cancellationActions = (view: ActionView, cancellation: Cancellation) =>
  ask<CancellationAction, ActionView, [Cancellation]>(cancellationTable, view, cancellation);
export const shipmentActions = (view: ActionView, shipment: Shipment) =>
  ask<ShipmentAction, ActionView, [Shipment]>(shipmentTable, view, shipment);
export const parcelActions = (view: ActionView, parcel: Parcel) =>
  ask<ParcelAction, ActionView, [Parcel]>(parcelTable, view, parcel);

/** What the table forbids is refused with its own sentence; null: go on. */
export const refusedBy = (verdict: Verdict): Refused | null =>
  verdict.allowed ? null : refuse("not_allowed_now", verdict.why);

// ------------------------------------------------------------------ what the table asks

const isOpen = (dossier: OrderSeen): boolean => dossier.fulfillmentOrders.some((fo) => !isFinal(fo.state));
const isByPerson = (hold: Pick<Hold, "subject" | "code">): boolean =>
  hold.subject === "order" && hold.code === "by_person";
const offers = (hold: Pick<Hold, "code">, action: string): boolean =>
  (reasonOf(hold.code).actions as readonly string[]).includes(action);
const isReleased = (hold: Pick<Hold, "code">): boolean => releasable.has(hold.code) || offers(hold, "release");
const hasLeft = (fo: Pick<FulfillmentOrder, "state">): boolean =>
  isFinal(fo.state) || fo.state === "shipped" || fo.state === "delivered";
const words = (state: string): string => state.replaceAll("_", " ");
const isPrep = ({ prepCentres }: ActionView, fo: FulfillmentOrder): boolean =>
  fo.supplierId !== null && prepCentres.has(fo.supplierId);

const openAttempt = ({ attempts }: OrderDossier, fo: FulfillmentOrder): Attempt | undefined =>
  attempts.find(
    (each) =>
      each.fulfillmentOrderId === fo.id &&
      (each.state === "armed" || each.state === "unknown" || each.state === "placed"),
  );

function byHand(attempt: Attempt | undefined): Verdict {
  if (attempt === undefined) return no("Nobody is placing it by hand. Take it over first.");
  if (attempt.kind !== "human") return no("The machine is placing this one. Its answer is recorded by itself.");
  return attempt.state === "placed" ? no("It is placed already.") : yes;
}

function closedBy(attempt: Attempt): string {
  if (attempt.state === "armed")
    return "It is being sent right now. The result, or that it is unknown, shows within a minute.";
  return `Its outcome is known: ${attempt.state}.`;
}

/** What a supplier may still say of a purchase; null: it may speak. */
function supplierSays(view: ActionView, fo: FulfillmentOrder): Verdict | null {
  if (isPrep(view, fo)) return no("A prep centre packs it; nobody was asked to accept it.");
  if (fo.placedAt === null) return no("Nothing was bought yet, so there is nothing to answer.");
  return hasOpenUnits(fo) ? null : no("All units have left or were cancelled.");
}

function prepStep(view: ActionView, fo: FulfillmentOrder, states: readonly FulfillmentOrder["state"][]): Verdict {
  if (!isPrep(view, fo)) return no("It is not at a prep centre.");
  if (fo.state === "cancelled") return no("STOP: it is cancelled.");
  if (!states.includes(fo.state))
    return no(`It is ${words(fo.state)}; this step is for ${states.map(words).join(" or ")}.`);
  const holds = holdsOn(view.dossier, fo);
  if (holds.length === 0 || fo.state === "partially_shipped") return yes;
  if (isDesk(view.role)) return no("The seller holds it for now. Look again later."); // why is the seller's own affair
  return no(`It is held: ${holds.map((code) => reasonOf(code).title).join(", ")}. Resolve that first.`);
}

export const writeBacksOf = ({ writeBacks }: OrderDossier, shipment: Shipment): WriteBack[] =>
  writeBacks.filter((row) => row.shipmentId === shipment.id);
/** What the channel is told of a cancellation. */
export const answersOf = ({ writeBacks }: OrderDossier, cancellation: Cancellation): WriteBack[] =>
  writeBacks.filter((row) => row.cancellationId === cancellation.id);

function mayTellAgain(rows: readonly WriteBack[]): Verdict {
  if (rows.some(mayResend)) return yes;
  if (rows.some((row) => row.state === "armed" || row.state === "unknown"))
    return no("It is being sent, or the channel is being asked whether it arrived.");
  return no(rows.some((row) => row.state === "told") ? "The channel knows this already." : "There is nothing to tell.");
}
const mayBeTold = (rows: readonly WriteBack[]): Verdict =>
  rows.some(isUntold) ? yes : no("The channel knows this already, or need not know.");

export const isUntold = (row: WriteBack): boolean => row.state !== "told" && row.state !== "not_needed";
export const mayResend = (row: WriteBack): boolean =>
  (row.state === "refused" || row.state === "by_hand" || row.state === "waiting") && row.lines.length > 0;
