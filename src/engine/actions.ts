import type { Address } from "#domain/address.ts";
import { cancellationActions, fulfillmentOrderActions, holdActions, orderActions } from "#domain/actions.ts";
import { acceptCancellation, refuseCancellation, requestCancellation } from "#domain/cancel.ts";
import type { OrderDraft } from "#domain/draft.ts";
import { answerChange, chooseSupplier, dismissHold, editOrder, holdOrder, releaseOrder } from "#domain/edit.ts";
import { verifyAgain } from "#domain/intake.ts";
import type { Cancellation, Hold } from "#domain/order.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import { ok, refuse, type Refused } from "#domain/result.ts";
import { findHoldId } from "#store/read/hold.ts";
import {
  asResult,
  changeOrder,
  noSuchPart,
  onPart,
  partOf,
  type OnOrder,
  type OrderChange,
  type OrderResult,
  type Who,
} from "./actions/change-order.ts";
import type { Engine } from "./context.ts";
import { digestAddress } from "./intake.ts";

// What a person may do to an order, for API, CLI and screens alike: (engine, who, which order, input) → Result. Placing by hand, parcels and the prep
// desk have files of their own beside this one.

/** Process and Release: answers what a person may answer. `stillOpen` names what needs another action. */
export const release = (engine: Engine, who: Who, on: OnOrder): OrderResult<{ stillOpen: ReasonCode[] }> =>
  changeOrder(engine, who, on, releasing);
export const releasing: OrderChange<{ stillOpen: ReasonCode[] }> = {
  may: (view) => orderActions(view).release,
  decide: releaseOrder,
};

/** Stops everything of it until a person lets it go. The note is for people; it must not name the buyer. */
export const hold = (engine: Engine, who: Who, on: OnOrder, { note }: { note: string }): OrderResult =>
  changeOrder(engine, who, on, holding(note));
export const holding = (note: string): OrderChange<unknown> => ({
  may: (view) => orderActions(view).hold,
  decide: (draft) => asResult(holdOrder(draft, note)),
});

/** Lifts what a person held, and nothing else. */
export const unhold = (engine: Engine, who: Who, on: OnOrder): OrderResult => changeOrder(engine, who, on, unholding);
export const unholding: OrderChange<unknown> = {
  may: (view) => orderActions(view).unhold,
  decide: (draft) => {
    for (const each of draft.dossier.holds.filter(({ code, subject }) => code === "by_person" && subject === "order"))
      draft.closeHold(each, { by: "person" });
    verifyAgain(draft);
    return ok({});
  },
};

export interface EditInput {
  /** The whole new address; absent: unchanged. */
  address?: Address;
  lines?: { lineNo: number; quantity: number }[];
  shippingMethod?: string;
}
/** Before placing: lies on top of what the channel says, and names what it replaced. */
export const edit = (engine: Engine, who: Who, on: OnOrder, input: EditInput): OrderResult =>
  changeOrder(engine, who, on, {
    may: (view) => orderActions(view).edit,
    decide: (draft) =>
      asResult(
        editOrder(draft, {
          ...input,
          ...(input.address === undefined ? {} : { addressDigest: digestAddress(who.workspaceId, input.address) }),
        }),
      ),
  });

export interface CancelInput {
  /** Whole channel units per line on top of what is cancelled already; absent: all that is left. */
  lines?: { lineNo: number; quantity: number }[];
}
export interface CancelAnswer {
  /** What could be cancelled at once, and what somebody is asked for, in channel units per line. */
  cancelled: { lineNo: number; quantity: number }[];
  asked: { lineNo: number; quantity: number }[];
}
/** What nobody placed is cancelled at once; who has the rest is asked and may refuse. */
export const cancel = (engine: Engine, who: Who, on: OnOrder, input: CancelInput): OrderResult<CancelAnswer> =>
  changeOrder(engine, who, on, cancelling(input));
export const cancelling = ({ lines }: CancelInput): OrderChange<CancelAnswer> => ({
  need: { stock: "lock", balances: "lock" },
  may: (view) => orderActions(view).cancel,
  decide: (draft) => {
    for (const { lineNo } of lines ?? [])
      if (!draft.dossier.lines.some((each) => each.no === lineNo)) return noSuchLine(draft, lineNo);
    const before = new Map(draft.dossier.lines.map((each) => [each.no, each.cancelled]));
    const cancellation = requestCancellation(draft, {
      askedBy: "person",
      lines: lines?.map(({ lineNo, quantity }) => ({ orderLineNo: lineNo, quantity })) ?? "all",
    });
    if (cancellation === null)
      return refuse("nothing_to_cancel", "All of it is cancelled, shipped, or asked to be cancelled already.");
    const gone = draft.dossier.lines
      .map((each) => ({ lineNo: each.no, quantity: each.cancelled - (before.get(each.no) ?? 0) }))
      .filter((each) => each.quantity > 0);
    const asked = cancellation.asks.length === 0 ? [] : cancellation.lines;
    return ok({
      cancelled: gone,
      asked: asked.map(({ orderLineNo, quantity }) => ({ lineNo: orderLineNo, quantity })),
    });
  },
});

/** Answers a buyer's wish to cancel; `no` is the number of the case within its order. The answer goes to the channel. */
export const answerCancellation = (
  engine: Engine,
  who: Who,
  on: OnOrder,
  { no, answer }: { no: number; answer: "accept" | "refuse" },
): OrderResult =>
  changeOrder(engine, who, on, {
    need: { stock: "lock", balances: "lock" },
    may: (view, draft) => {
      const found = cancellationNo(draft, no);
      return found === undefined ? { allowed: true } : cancellationActions(view, found)[answer];
    },
    decide: (draft) => {
      const found = cancellationNo(draft, no);
      if (found === undefined) return refuse("no_such_cancellation", `The order has no cancellation ${no}.`);
      return asResult(answer === "accept" ? acceptCancellation(draft, found) : refuseCancellation(draft, found));
    },
  });

/** Cases in the order in which they came; the first has number 1. */
const cancellationNo = (draft: OrderDraft, no: number): Cancellation | undefined => draft.dossier.cancellations[no - 1];

/** Closes a hold that says of itself that it may just be dismissed. */
export const dismiss = (engine: Engine, who: Who, on: OnOrder, { hold: publicId }: { hold: string }): OrderResult =>
  changeOrder(engine, who, on, {
    decide: async (draft, tx) => {
      const found = await holdOf(draft, () => findHoldId(tx, draft.order, publicId));
      if ("status" in found) return found;
      const dismissed = dismissHold(draft, found.id);
      // What is not placed yet is looked at again: a hold whose cause is still there comes back at once.
      if (dismissed.status === "ok") verifyAgain(draft);
      return asResult(dismissed);
    },
  });

/** The channel changed what was edited here: take theirs or keep ours. */
export const answerHold = (
  engine: Engine,
  who: Who,
  on: OnOrder,
  { hold: publicId, take }: { hold: string; take: "theirs" | "ours" },
): OrderResult =>
  changeOrder(engine, who, on, {
    decide: async (draft, tx) => {
      const found = await holdOf(draft, () => findHoldId(tx, draft.order, publicId));
      if ("status" in found) return found;
      const view = { dossier: draft.dossier, role: who.role, now: draft.now, prepCentres: new Set<string>() };
      const verdict = holdActions(view, found).answer;
      return verdict.allowed ? asResult(answerChange(draft, found.id, take)) : refuse("not_allowed_now", verdict.why);
    },
  });

async function holdOf(draft: OrderDraft, find: () => Promise<string | undefined>): Promise<Hold | Refused> {
  const id = await find();
  const found = draft.dossier.holds.find((each) => each.id === id);
  return found ?? refuse("no_such_hold", "This hold is not open on this order any more.");
}

/** A person's choice of supplier is kept by routing until the fulfillment order is placed. */
export const chooseSupplierFor = (
  engine: Engine,
  who: Who,
  on: OnOrder,
  { fulfillmentOrder, supplier }: { fulfillmentOrder: string; supplier: string },
): OrderResult =>
  changeOrder(engine, who, on, {
    may: (view, draft) => onPart(draft, fulfillmentOrder, (fo) => fulfillmentOrderActions(view, fo).choose_supplier),
    decide: (draft) => {
      const fo = partOf(draft, fulfillmentOrder);
      const chosen = [...draft.shared.suppliers.values()].find((each) => each.publicId === supplier);
      if (fo === undefined) return noSuchPart;
      if (chosen === undefined) return refuse("no_such_supplier", "There is no such supplier in this workspace.");
      return asResult(chooseSupplier(draft, fo, chosen.id));
    },
  });

const noSuchLine = (draft: OrderDraft, lineNo: number): Refused =>
  refuse(
    "no_such_line",
    `The order has no line ${lineNo}; it has lines ${draft.dossier.lines.map((each) => each.no).join(", ")}.`,
  );
