import type { OrderDraft } from "./draft.ts";
import { type Money } from "./money.ts";
import type { Attempt, AttemptState, FulfillmentOrder } from "./order.ts";
import { drawStock, onFo, stopForPerson, tryAgainAt } from "./placement.ts";
import { chargeMoney, liveUnits, purchaseCost, releaseMoney } from "./placement-money.ts";
import { allUnits, replaceUnits } from "./placement-replace.ts";
import type { ReasonCode } from "./reasons.ts";
import { statedDetail } from "./stated-hold.ts";

/** What became of a purchase, whoever says so. */
export type Answer =
  | {
      status: "placed";
      supplierOrderId: string;
      /** null: the answer does not say; the expected cost is charged and corrected later. */
      total: Money | null;
      /** Supplier units of its lines that the supplier will not send. */
      notAccepted: { no: number; units: number; reason: ReasonCode }[];
    }
  | { status: "refused"; reason: ReasonCode; message: string }
  /** Proven that nothing was bought. */
  | { status: "void"; proof: Proof; message: string; tryAfterMs?: number }
  | { status: "unknown"; message: string };
/** not_sent: by the gate, the only way out. absent: by the supplier's own search. by_person: somebody looked. */
export type Proof = "not_sent" | "absent" | "by_person" | "credentials" | "document_withdrawn";

/** Who found it, and how the finding is called for ever: recorded twice it is there once. */
export interface Finding {
  /** `gate`, `lookup`, `journal`, `person:<id>`, `document` … */
  source: string;
  /** Only where one source may find the same thing several times, e.g. `lookup:2`. */
  key?: string;
  /** More facts: numbers, codes and ids; never personal data. */
  payload?: Record<string, unknown>;
}

export type CloseResult =
  | { ok: true; changed: boolean; replacement: FulfillmentOrder | null }
  | { ok: false; code: "attempt_already_closed"; state: AttemptState };

/** Where an attempt may go. Silence and time prove nothing: only an answer moves it. */
export const nextAttemptStates = {
  armed: ["placed", "refused", "void", "unknown"],
  unknown: ["placed", "refused", "void"],
  placed: [],
  refused: [],
  void: [],
} as const satisfies Record<AttemptState, readonly AttemptState[]>;

/**
 * PL-10 to PL-17. Records what became of a purchase, with all that follows from it. A result is the truth whoever brings it, so no fence is asked for.
 * The same answer twice changes nothing. One that contradicts what is settled is refused with `attempt_already_closed`; its evidence is kept all the
 * same, and where it says that something was bought after all, the whole order stops for a person.
 */
export function closeAttempt(draft: OrderDraft, attempt: Attempt, answer: Answer, by: Finding): CloseResult {
  if (isSameAnswer(attempt, answer)) return { ok: true, changed: false, replacement: null };
  addEvidence(draft, attempt, answer, by);
  const allowed: readonly AttemptState[] = nextAttemptStates[attempt.state];
  if (!allowed.includes(answer.status)) {
    if (answer.status === "placed") boughtAfterAll(draft, attempt, answer.supplierOrderId);
    return { ok: false, code: "attempt_already_closed", state: attempt.state };
  }
  const fo = draft.fulfillmentOrder(attempt.fulfillmentOrderId);
  switch (answer.status) {
    case "placed":
      return placed(draft, fo, attempt, answer, by);
    case "refused":
      return refused(draft, fo, attempt, answer, by);
    case "void":
      return nothingBought(draft, fo, attempt, answer, by);
    case "unknown":
      return unknown(draft, fo, attempt, answer, by);
  }
}

function isSameAnswer(attempt: Attempt, answer: Answer): boolean {
  if (attempt.state !== answer.status) return false;
  if (answer.status === "placed") return answer.supplierOrderId === attempt.supplierOrderId;
  return answer.status !== "refused" || answer.reason === attempt.reason;
}

function placed(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  attempt: Attempt,
  answer: Answer & { status: "placed" },
  by: Finding,
): CloseResult {
  const refusedUnits = answer.notAccepted.map(({ no, units, reason }) => ({ lineNo: no, units, reason }));
  const first = refusedUnits[0];
  const isNothing = fo.lines.every((line) => {
    const lost = refusedUnits.filter((each) => each.lineNo === line.no).reduce((sum, each) => sum + each.units, 0);
    return lost >= liveUnits(line);
  });
  // A number without a single accepted unit is a refusal that was filed.
  if (first !== undefined && isNothing) {
    return refused(
      draft,
      fo,
      attempt,
      { status: "refused", reason: first.reason, message: "nothing of it was accepted" },
      by,
    );
  }

  for (const line of fo.lines) draft.touchFoLine(fo, line, { unitsPlaced: line.units });
  const replacement = refusedUnits.length === 0 ? null : replaceUnits(draft, fo, refusedUnits);
  const { cost, isConfirmed } = costOfAnswer(draft, fo, attempt, answer.total);
  chargeMoney(draft, attempt, cost);
  settle(
    draft,
    attempt,
    "placed",
    {
      supplierOrderId: answer.supplierOrderId,
      cost,
      costIs: isConfirmed ? "confirmed" : "expected",
    },
    by,
  );
  draft.move(fo, "placed", { supplierOrderId: answer.supplierOrderId, attempt: attempt.id });
  draft.touch(fo, {
    placedAt: draft.now,
    placedBy: attempt.kind === "human" ? "person" : "machine",
    tries: 0,
    claimedBy: null,
  });
  closeOutcomeHold(draft, fo);
  flagPrice(draft, fo, attempt, answer.total);
  wakeCancellations(draft, fo);
  return { ok: true, changed: true, replacement };
}

/** What the supplier states, in the account's currency; else what the accepted part was expected to cost. */
function costOfAnswer(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  attempt: Attempt,
  total: Money | null,
): { cost: bigint; isConfirmed: boolean } {
  if (total !== null && total.currency === attempt.currency) return { cost: total.amount, isConfirmed: true };
  const isPart = fo.lines.some((line) => line.unitsCancelled > 0);
  const supplier = draft.shared.suppliers.get(attempt.supplierId);
  const accepted = isPart && supplier !== undefined ? purchaseCost(fo, supplier, attempt.currency) : null;
  return { cost: accepted?.expected ?? attempt.expectedTotal, isConfirmed: false };
}

/** PL-11. Bought is bought: a price above what was allowed, or in another currency, is charged as it can be and shown to a person. */
function flagPrice(draft: OrderDraft, fo: FulfillmentOrder, attempt: Attempt, total: Money | null): void {
  if (total === null || (total.currency === attempt.currency && total.amount <= attempt.maxTotal)) return;
  draft.openHold({
    ...onFo(fo),
    code: "price_above_limit",
    detail: {
      placed: true,
      charged: total.amount.toString(),
      currency: total.currency,
      max: attempt.maxTotal.toString(),
      accountCurrency: attempt.currency,
    },
  });
}

function refused(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  attempt: Attempt,
  answer: Answer & { status: "refused" },
  by: Finding,
): CloseResult {
  releaseMoney(draft, attempt);
  drawStock(draft, fo, -1);
  settle(draft, attempt, "refused", { reason: answer.reason }, by);
  closeOutcomeHold(draft, fo);
  wakeCancellations(draft, fo);
  if (forPerson.has(answer.reason)) {
    const waitsFor = waitedFor(answer.reason, attempt);
    stopForPerson(draft, fo, [
      {
        ...onFo(fo),
        code: answer.reason,
        waitsFor,
        detail: {
          message: answer.message,
          attempt: attempt.id,
          ...statedDetail(answer.reason, draft.order, "supplier"),
        },
      },
    ]);
    return { ok: true, changed: true, replacement: null };
  }
  const replacement = replaceUnits(draft, fo, allUnits(fo, answer.reason));
  draft.move(fo, "cancelled", { why: "refused", reason: answer.reason });
  return { ok: true, changed: true, replacement };
}

/** Another supplier would not help before a person has mended these, and afterwards the same one may take it. */
const forPerson: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "payment_method_declined",
  "captcha_or_two_factor",
  "credentials_rejected",
  "address_invalid",
  "address_incomplete",
  "phone_missing",
  "insufficient_balance",
  "currency_mismatch",
  "shipping_not_mapped",
  "placement_failed",
  "bought_before_restore",
]);

function waitedFor(reason: ReasonCode, attempt: Attempt): string | null {
  if (reason === "credentials_rejected") return `account:${attempt.accountId}`;
  return reason === "insufficient_balance" ? `balance:${attempt.accountId}` : null;
}

function nothingBought(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  attempt: Attempt,
  answer: Answer & { status: "void" },
  by: Finding,
): CloseResult {
  releaseMoney(draft, attempt);
  drawStock(draft, fo, -1);
  const wasByHand = attempt.kind === "human";
  settle(draft, attempt, "void", {}, by);
  closeOutcomeHold(draft, fo);
  wakeCancellations(draft, fo);
  if (answer.proof === "credentials") {
    const waitsFor = `account:${attempt.accountId}`;
    stopForPerson(draft, fo, [
      { ...onFo(fo), code: "credentials_rejected", waitsFor, detail: { message: answer.message } },
    ]);
  } else if (wasByHand) {
    // A person said so about a person's try: what happens next was said with it, see `finishPlacingByHand`.
    if (fo.state === "outcome_unknown") draft.move(fo, "escalated", { why: answer.proof });
    draft.touch(fo, { claimedBy: null });
  } else if (fo.tries >= mostTries) {
    stopForPerson(draft, fo, [
      { ...onFo(fo), code: "placement_failed", detail: { message: answer.message, tries: fo.tries + 1 } },
    ]);
  } else {
    const backOff = tryAgainAt(draft, fo);
    const asked = new Date(draft.now.getTime() + (answer.tryAfterMs ?? 0));
    draft.touch(fo, { placeAfter: asked > backOff ? asked : backOff, tries: fo.tries + 1 });
    // From `placing` it goes through the buffer, so it is verified again; after an unknown outcome the table leads straight back.
    draft.move(fo, fo.state === "outcome_unknown" ? "placing" : "waiting", { why: answer.proof });
  }
  return { ok: true, changed: true, replacement: null };
}
/** Tries that sent nothing before a person is told; with the doubled pause of 30 s that is about an hour and a quarter. */
const mostTries = 12;

function unknown(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  attempt: Attempt,
  answer: Answer & { status: "unknown" },
  _by: Finding,
): CloseResult {
  draft.event("attempt_closed", "attempt", attempt.id, { reference: attempt.reference }, attempt.state, "unknown");
  draft.touchAttempt(attempt, { state: "unknown", dueAt: nextQuestionAt(attempt, draft.now) });
  draft.move(fo, "outcome_unknown", { attempt: attempt.id });
  draft.openHold({
    ...onFo(fo),
    code: "outcome_unknown",
    detail: {
      attempt: attempt.id,
      reference: attempt.reference,
      message: answer.message,
      notBefore: attempt.settleAt.toISOString(),
    },
  });
  return { ok: true, changed: true, replacement: null };
}

/** PL-20. When an unknown outcome may be asked about; null: only a person can find out. */
export function nextQuestionAt(attempt: Attempt, now: Date): Date | null {
  switch (attempt.kind) {
    case "key":
    case "document":
      return now;
    case "lookup":
      return attempt.settleAt > now ? attempt.settleAt : now;
    case "none":
    case "human":
      return null;
  }
}

function settle(
  draft: OrderDraft,
  attempt: Attempt,
  state: "placed" | "refused" | "void",
  change: Partial<Attempt>,
  by: Finding,
): void {
  const data = {
    reference: attempt.reference,
    source: by.source,
    ...(change.reason === undefined ? {} : { reason: change.reason }),
  };
  draft.event("attempt_closed", "attempt", attempt.id, data, attempt.state, state);
  draft.touchAttempt(attempt, { ...change, state, closedAt: draft.now, dueAt: null });
}

function addEvidence(draft: OrderDraft, attempt: Attempt, answer: Answer, by: Finding): void {
  const { status: _, ...facts } = answer;
  const named =
    answer.status === "placed"
      ? answer.supplierOrderId
      : answer.status === "refused"
        ? answer.reason
        : answer.status === "void"
          ? answer.proof
          : "";
  draft.evidence.push({
    attemptId: attempt.id,
    kind: answer.status === "void" ? answer.proof : answer.status,
    naturalKey: by.key ?? `${by.source}:${answer.status}:${named}`,
    source: by.source,
    payload: { ...facts, ...by.payload },
  });
}

/** PL-16. Loud: money was spent for what we believe not bought, or twice. The whole order stops, so that nothing more is bought for it. */
function boughtAfterAll(draft: OrderDraft, attempt: Attempt, supplierOrderId: string): void {
  const detail = {
    attempt: attempt.id,
    reference: attempt.reference,
    supplierOrderId,
    believed: attempt.state,
    known: attempt.supplierOrderId,
  };
  draft.openHold({ subject: "order", subjectId: "0", code: "bought_after_all", detail });
}

function closeOutcomeHold(draft: OrderDraft, fo: FulfillmentOrder): void {
  const hold = draft.dossier.holds.find((each) => each.code === "outcome_unknown" && each.subjectId === fo.id);
  if (hold !== undefined) draft.closeHold(hold);
}

/** Who asked to cancel while it was being bought gets an answer now (C12). */
function wakeCancellations(draft: OrderDraft, fo: FulfillmentOrder): void {
  for (const cancellation of draft.dossier.cancellations) {
    const asks = cancellation.asks.filter(
      (ask) => ask.fulfillmentOrderId === fo.id && ask.state === "asking" && ask.dueAt !== null,
    );
    if (asks.length === 0) continue;
    for (const ask of asks) ask.dueAt = draft.now;
    draft.touchCancellation(cancellation, {});
  }
}
