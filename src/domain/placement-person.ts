import type { OrderDraft } from "./draft.ts";
import { verifyAgain } from "./intake.ts";
import type { Money } from "./money.ts";
import type { Attempt, FulfillmentOrder, Hold } from "./order.ts";
import {
  costOf,
  isCancelling,
  onFo,
  openAttemptOf,
  partiesOf,
  shortOf,
  writeAttempt,
  type Arming,
} from "./placement.ts";
import { closeAttempt, type Answer, type CloseResult, type Finding } from "./placement-close.ts";
import { reasonOf, type ReasonCode } from "./reasons.ts";
import { statedDetail } from "./stated-hold.ts";

/** Why a person may not do this now. Each is a value with the sentence for the screen; none of them changed anything. */
export interface PlacingRefusal {
  ok: false;
  code:
    | "attempt_open"
    | "not_placeable_by_hand"
    | "claimed_by_other"
    | "no_supplier"
    | "cancellation_open"
    | "on_hold"
    | "cannot_pay"
    | "out_of_stock"
    | "safe_mode"
    | "not_by_hand"
    | "attempt_already_closed"
    | "too_early"
    | "in_flight"
    | "other_currency"
    | "no_number"
    | "not_in_purchase"
    | "no_reason";
  message: string;
  /** Codes of the holds in the way, the instant to wait for. */
  detail?: Record<string, unknown>;
}
const refuse = (code: PlacingRefusal["code"], message: string, detail?: Record<string, unknown>): PlacingRefusal => ({
  ok: false,
  code,
  message,
  ...(detail === undefined ? {} : { detail }),
});

/** How long a person has between "I am placing now" and the result before the outcome counts as unknown. */
export const byHandMs = 4 * 3_600_000;
export const byHandTerms: Arming["terms"] = { kind: "human", sendByMs: byHandMs, maxInFlightMs: 0, lookupLagMs: 0 };

/**
 * PL-30. "I am placing now": arms a `human` attempt, whatever kind the supplier is, so that no machine and no second person buys the same. What the
 * machine could not do and a person can (LC-6) is taken over from its hold; `isTold`: from one that said that it may have been bought. Refused with a value
 * while another attempt is armed, unknown or placed.
 */
export function beginPlacingByHand(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  actor: string,
  arming: Omit<Arming, "terms">,
): { ok: true; attempt: Attempt; isTold: boolean } | PlacingRefusal {
  const open = openAttemptOf(draft, fo);
  if (open !== null) {
    const who =
      open.state === "placed"
        ? "It is placed already."
        : "Somebody or the machine is placing it, or its outcome is being checked.";
    return refuse("attempt_open", `${who} Wait for the result; do not place it by hand.`, {
      attempt: open.id,
      state: open.state,
      by: open.actor,
    });
  }
  if (draft.shared.safeMode)
    return refuse(
      "safe_mode",
      "This copy is in safe mode and buys nothing. The administrator says which copy is home.",
    );
  if (!["held", "waiting", "placing", "escalated"].includes(fo.state)) {
    return refuse("not_placeable_by_hand", `In the state "${fo.state}" there is nothing to place.`, {
      state: fo.state,
    });
  }
  if (fo.claimedBy !== null && fo.claimedBy !== actor) {
    return refuse("claimed_by_other", `${fo.claimedBy} has taken it. Ask them to give it back first.`, {
      by: fo.claimedBy,
    });
  }
  const { supplier, account } = partiesOf(draft, fo);
  if (supplier === null || account === null) return refuse("no_supplier", "It has no supplier yet. Choose one first.");
  if (isCancelling(draft, fo)) return refuse("cancellation_open", "A cancellation is open. Answer it first.");
  const holds = draft.dossier.holds.filter((hold) => liesOn(hold, fo));
  const inTheWay = holds.filter((hold) => hold.madeBy === "person" || !reasonOf(hold.code).placeable);
  if (inTheWay.length > 0) {
    const titles = inTheWay.map((hold) => reasonOf(hold.code).title).join(", ");
    return refuse("on_hold", `It is on hold: ${titles}. Resolve that first.`, {
      holds: inTheWay.map((hold) => hold.code),
    });
  }
  const cost = costOf(draft, fo, supplier, account, "person");
  if ("wishes" in cost) {
    const codes = cost.wishes.map((wish) => wish.code);
    return refuse(
      "cannot_pay",
      `${codes.map((code) => reasonOf(code).title).join(", ")}. ${reasonOf(codes[0]!).next}`,
      { codes, ...cost.wishes[0]!.detail },
    );
  }
  const short = shortOf(draft, fo);
  if (short !== null && fo.state !== "held")
    return refuse("out_of_stock", `The supplier's stock feed has not enough of ${short}.`, { supplierSku: short });

  for (const hold of holds) draft.closeHold(hold, { why: "taken_over", by: actor });
  if (fo.state === "held") draft.move(fo, "received");
  if (fo.state === "received") draft.move(fo, "waiting");
  if (fo.state !== "escalated") draft.move(fo, "escalated", { why: "taken_over", by: actor });
  if (holds.length > 0) verifyAgain(draft); // PL-74: others were held together with it
  draft.touch(fo, { claimedBy: actor, placedBy: "person" });
  return {
    ok: true,
    attempt: writeAttempt(draft, fo, account, cost, { ...arming, terms: byHandTerms }).armed,
    isTold: holds.some(({ code }) => code === "bought_before_restore"),
  };
}

/** What a person saw of a purchase. */
export interface SeenPurchase {
  supplierOrderId: string;
  /** In the account's currency; null: not known yet, the expected cost is booked. */
  cost: Money | null;
  /** Units that the supplier did not accept; absent: it took everything. */
  notAccepted?: readonly { supplierSku: string; units: number }[];
}

export type ByHandResult =
  | SeenPurchase
  /** Not bought, and why: another supplier is tried where that helps, else it waits for a person. */
  | { notPlaced: ReasonCode; message: string };

/** PL-31. The second step: the result, by whoever brings it. */
export function finishPlacingByHand(
  draft: OrderDraft,
  attempt: Attempt,
  result: ByHandResult,
  actor: string,
): CloseResult | PlacingRefusal {
  if (attempt.kind !== "human")
    return refuse("not_by_hand", "The machine is placing this one. Its answer is recorded by itself.");
  const by: Finding = { source: `person:${actor}` };
  if ("supplierOrderId" in result) {
    const placed = placedAnswer(draft, attempt, result);
    return "ok" in placed ? placed : closed(closeAttempt(draft, attempt, placed, by));
  }
  const { notPlaced, message } = result;
  if (otherSupplierHelps.has(notPlaced))
    return closed(closeAttempt(draft, attempt, { status: "refused", reason: notPlaced, message }, by));
  const done = closeAttempt(
    draft,
    attempt,
    { status: "void", proof: "by_person", message },
    { ...by, payload: { reason: notPlaced } },
  );
  if (done.ok && done.changed) {
    const fo = draft.fulfillmentOrder(attempt.fulfillmentOrderId);
    draft.openHold({
      ...onFo(fo),
      code: notPlaced,
      detail: { message, by: actor, ...statedDetail(notPlaced, draft.order, actor) },
    });
    draft.move(fo, "held", { why: notPlaced });
  }
  return closed(done);
}
/** PL-70. What somebody was about to place may have been bought before a restore: it is held, off their desk, until a person says which it is. */
export function stopPlacingByHand(draft: OrderDraft, attempt: Attempt, message: string): CloseResult {
  const done = closeAttempt(
    draft,
    attempt,
    { status: "refused", reason: "bought_before_restore", message },
    { source: "gate" },
  );
  if (done.ok && done.changed) draft.touch(draft.fulfillmentOrder(attempt.fulfillmentOrderId), { claimedBy: null });
  return done;
}
const otherSupplierHelps: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "out_of_stock",
  "price_above_limit",
  "supplier_refused",
  "destination_not_served",
  "backordered",
]);

/**
 * PL-32. Given back without a result, it may have been bought: unknown, not free. But nobody is placing it any more, so whoever looks now sees what there is:
 * the hours that a person may take for it are over. Without a first step it is simply free for others.
 */
export function giveBack(draft: OrderDraft, fo: FulfillmentOrder, actor: string): CloseResult | PlacingRefusal {
  if (fo.claimedBy !== null && fo.claimedBy !== actor)
    return refuse("claimed_by_other", `${fo.claimedBy} has taken it.`, { by: fo.claimedBy });
  const open = openAttemptOf(draft, fo);
  draft.touch(fo, { claimedBy: null });
  draft.event("given_back", "fulfillment_order", fo.id, { by: actor });
  if (open === null || open.state !== "armed") return { ok: true, changed: true, replacement: null };
  if (open.kind !== "human") return refuse("not_by_hand", "The machine is placing this one.");
  const shownAt = new Date(draft.now.getTime() + open.lookupLagMs);
  if (shownAt < open.settleAt) draft.touchAttempt(open, { settleAt: shownAt });
  return closeAttempt(
    draft,
    open,
    { status: "unknown", message: "given back without a result" },
    { source: `person:${actor}` },
  );
}

/** PL-33. A person saw the purchase: its number, what it cost, where they looked. Ends an unknown outcome of any kind. */
export function confirmBought(
  draft: OrderDraft,
  attempt: Attempt,
  { actor, ...seen }: SeenPurchase & { actor: string },
): CloseResult | PlacingRefusal {
  const waiting = stillWaiting(attempt);
  if (waiting !== null) return waiting;
  const placed = placedAnswer(draft, attempt, seen);
  return "ok" in placed ? placed : closed(closeAttempt(draft, attempt, placed, { source: `person:${actor}` }));
}

/**
 * PL-34. A person looked and it is not there, with the reason they give. Before the settle time has passed, "not there" proves nothing, whoever says
 * it: refused with the instant to wait for. Afterwards the fulfillment order is free to be placed again.
 */
export function confirmNotBought(
  draft: OrderDraft,
  attempt: Attempt,
  { actor, reason }: { actor: string; reason: string },
): CloseResult | PlacingRefusal {
  const waiting = stillWaiting(attempt);
  if (waiting !== null) return waiting;
  if (reason.trim() === "")
    return refuse("no_reason", "Say where you looked and what you saw: it is the only evidence.");
  if (attempt.state === "unknown" && draft.now < attempt.settleAt) {
    const until = attempt.settleAt.toISOString();
    return refuse("too_early", `The supplier may still be working on it. Look again after ${until}.`, { until });
  }
  const by = { source: `person:${actor}`, payload: { reason } };
  return closed(closeAttempt(draft, attempt, { status: "void", proof: "by_person", message: reason }, by));
}

function liesOn(hold: Hold, fo: FulfillmentOrder): boolean {
  switch (hold.subject) {
    case "order":
      return true;
    case "line":
      return fo.lines.some((line) => String(line.orderLineNo) === hold.subjectId);
    case "fulfillment_order":
      return hold.subjectId === fo.id;
    case "shipment":
      return false; // nothing of it has shipped before it is placed
  }
}

/** An armed attempt of the machine has its answer on the way. */
const stillWaiting = (attempt: Attempt): PlacingRefusal | null =>
  attempt.state === "armed" && attempt.kind !== "human"
    ? refuse("in_flight", "It is being sent right now. The result, or that it is unknown, shows within a minute.")
    : null;

/** What a person saw, as an answer; or what is wrong with it. */
function placedAnswer(
  draft: OrderDraft,
  attempt: Attempt,
  { supplierOrderId, cost, notAccepted = [] }: SeenPurchase,
): (Answer & { status: "placed" }) | PlacingRefusal {
  if (supplierOrderId.trim() === "")
    return refuse("no_number", "The supplier's order number is missing: it is the proof of the purchase.");
  if (cost !== null && cost.currency !== attempt.currency) {
    return refuse(
      "other_currency",
      `The account is in ${attempt.currency}; the cost was given in ${cost.currency}. We never convert money.`,
    );
  }
  // A SKU may stand on several lines of a purchase; what is missing of it is missing on the last ones.
  const open = draft
    .fulfillmentOrder(attempt.fulfillmentOrderId)
    .lines.map(({ no, supplierSku, ...line }) => ({ no, supplierSku, units: line.units - line.unitsCancelled }))
    .reverse();
  const missing: { no: number; units: number; reason: ReasonCode }[] = [];
  for (const { supplierSku, units } of notAccepted) {
    const lines = open.filter((line) => line.supplierSku === supplierSku);
    const most = lines.reduce((sum, line) => sum + line.units, 0);
    if (units > most) {
      const message =
        lines.length === 0
          ? `Of ${supplierSku} nothing was to be bought in this purchase.`
          : `Of ${supplierSku} no more than ${most} can be missing; ${units} were given.`;
      return refuse("not_in_purchase", message, { supplierSku, most });
    }
    let left = units;
    for (const line of lines) {
      const here = Math.min(left, line.units);
      if (here > 0) missing.push({ no: line.no, units: here, reason: "supplier_refused" });
      line.units -= here;
      left -= here;
    }
  }
  return { status: "placed", supplierOrderId, total: cost, notAccepted: missing };
}

const closed = (result: CloseResult): CloseResult | PlacingRefusal =>
  result.ok
    ? result
    : refuse("attempt_already_closed", `It was settled before: ${result.state}. What you said is kept as evidence.`, {
        state: result.state,
      });
