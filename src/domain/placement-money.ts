import { Decimal } from "decimal.js";
import type { HoldWish, LedgerKind, OrderDraft } from "./draft.ts";
import { dayOf } from "./due.ts";
import { toMinor } from "./money.ts";
import type { Attempt, FulfillmentOrder, FulfillmentOrderLine } from "./order.ts";
import type { Shared, SharedAccount, SharedSupplier } from "./shared.ts";

/** Units of a line that are still to be bought, or were bought and are still wanted from this supplier. */
export const liveUnits = (line: FulfillmentOrderLine): number => line.units - line.unitsCancelled;

/** What a purchase should cost and may cost at most, in the account's minor units; each rounded once, half to even. */
export interface PurchaseCost {
  expected: bigint;
  max: bigint;
}

/** PL-5. Goods and the supplier's shipping; null where a line has no known cost: what may be spent can then not be said. */
export function purchaseCost(fo: FulfillmentOrder, supplier: SharedSupplier, currency: string): PurchaseCost | null {
  let exact = new Decimal(supplier.settings.shippingCost);
  for (const line of fo.lines) {
    if (liveUnits(line) === 0) continue;
    if (line.unitCost === null) return null;
    exact = exact.plus(new Decimal(line.unitCost).mul(liveUnits(line)));
  }
  const tolerance = new Decimal(1).plus(new Decimal(supplier.settings.priceTolerancePercent).div(100));
  return { expected: toMinor(exact, currency), max: toMinor(exact.mul(tolerance), currency) };
}

/**
 * PL-6, PL-7, PL-8. Why this purchase cannot be paid now, as the holds it deserves; empty: it can. The worst case counts, so that neither a
 * balance nor a cap is ever exceeded by a price inside its tolerance. Reads what is left in `shared`, which arming draws down order by order.
 */
export function moneyProblems(
  fo: FulfillmentOrder,
  { workspaceId, accounts }: Pick<Shared, "workspaceId" | "accounts">,
  cost: PurchaseCost,
  by: "machine" | "person" = "machine",
): HoldWish[] {
  const account = fo.accountId === null ? undefined : accounts.get(fo.accountId);
  if (account === undefined) throw new Error(`Workspace ${workspaceId} has no supplier account ${fo.accountId}.`);
  const { settings } = account;
  const on = { subject: "fulfillment_order", subjectId: fo.id } as const;
  if (fo.currency !== null && fo.currency !== settings.currency) {
    return [{ ...on, code: "currency_mismatch", detail: { expected: fo.currency, account: settings.currency } }];
  }
  const waitsFor = `balance:${account.id}`;
  const wishes: HoldWish[] = [];
  if (settings.payment === "prepaid" && account.balance < cost.max) {
    const missing = cost.max - account.balance;
    const detail = { missing: missing.toString(), needed: cost.max.toString(), currency: settings.currency };
    wishes.push({ ...on, code: "insufficient_balance", waitsFor, detail });
  }
  // A person's work uses up no action of the provider's.
  if (by === "machine" && settings.actionCredits && account.credits < 1n) {
    wishes.push({ ...on, code: "no_action_credits", waitsFor, detail: { missing: "1" } });
  }
  if (settings.dailyCap !== null && account.spentToday + cost.max > BigInt(settings.dailyCap)) {
    const left = BigInt(settings.dailyCap) - account.spentToday;
    const detail = { left: left.toString(), needed: cost.max.toString(), currency: settings.currency };
    wishes.push({ ...on, code: "spend_cap", waitsFor: `account:${account.id}`, detail });
  }
  return wishes;
}

/** Takes the worst case out of what is left: the balance (a hold), the day's cap, one action. */
export function reserveMoney(draft: OrderDraft, attempt: Attempt): void {
  const account = accountOf(draft, attempt);
  if (attempt.holdsMoney) {
    account.balance -= attempt.maxTotal;
    book(draft, attempt, "hold", { available: -attempt.maxTotal, held: attempt.maxTotal });
  }
  if (attempt.takesCredit) account.credits -= 1n;
  spend(draft, attempt, attempt.maxTotal);
}

/** PL-12. Nothing was bought: the hold is freed, the cap and the action are given back. */
export function releaseMoney(draft: OrderDraft, attempt: Attempt): void {
  const account = accountOf(draft, attempt);
  if (attempt.holdsMoney) {
    account.balance += attempt.maxTotal;
    book(draft, attempt, "release", { held: -attempt.maxTotal, available: attempt.maxTotal });
  }
  if (attempt.takesCredit) account.credits += 1n;
  spend(draft, attempt, -attempt.maxTotal);
}

/** PL-11. It was bought at `cost`: charged from the hold or against the payable; the rest of the hold goes back; the action is used up. */
export function chargeMoney(draft: OrderDraft, attempt: Attempt, cost: bigint): void {
  const account = accountOf(draft, attempt);
  if (attempt.holdsMoney) {
    const fromHold = cost < attempt.maxTotal ? cost : attempt.maxTotal;
    const rest = attempt.maxTotal - cost; // below zero: the supplier took more than was held
    account.balance += rest;
    book(draft, attempt, "charge", { held: -fromHold, available: fromHold - cost, goods: cost });
    if (rest > 0n) book(draft, attempt, "release", { held: -rest, available: rest });
  } else {
    book(draft, attempt, "charge", { payable: -cost, goods: cost });
  }
  if (attempt.takesCredit) {
    book(draft, attempt, "credit_used", { credits: -1n, credits_used: 1n }, actionCreditUnit);
  }
  spend(draft, attempt, cost - attempt.maxTotal);
}

/** PL-13. The supplier says later what it really costs: the difference is booked as an adjustment. The same total twice changes nothing. */
export function confirmCost(draft: OrderDraft, attempt: Attempt, total: { amount: bigint; currency: string }): boolean {
  if (attempt.state !== "placed" || attempt.cost === null || total.currency !== attempt.currency) return false;
  if (attempt.costIs === "confirmed" && attempt.cost === total.amount) return false;
  const more = total.amount - attempt.cost;
  const account = accountOf(draft, attempt);
  if (attempt.holdsMoney) {
    account.balance -= more;
    book(draft, attempt, "adjustment", { available: -more, goods: more });
  } else book(draft, attempt, "adjustment", { payable: -more, goods: more });
  spend(draft, attempt, more);
  draft.event("cost_confirmed", "attempt", attempt.id, {
    cost: total.amount.toString(),
    before: attempt.cost.toString(),
  });
  draft.touchAttempt(attempt, { cost: total.amount, costIs: "confirmed" });
  return true;
}

/** Actions are counted, not paid: ISO 4217 has XXX for "no currency". */
export const actionCreditUnit = "XXX";

function accountOf(draft: OrderDraft, attempt: Attempt): SharedAccount {
  const account = draft.shared.accounts.get(attempt.accountId);
  if (account === undefined)
    throw new Error(`Attempt ${attempt.id} names account ${attempt.accountId}, which is not there.`);
  return account;
}

function book(
  draft: OrderDraft,
  attempt: Attempt,
  kind: "hold" | "release" | "charge" | "adjustment" | "credit_used",
  amounts: Partial<Record<LedgerKind, bigint>>,
  currency = attempt.currency,
): void {
  draft.post({
    kind,
    accountId: attempt.accountId,
    currency,
    fulfillmentOrderId: attempt.fulfillmentOrderId,
    attemptId: attempt.id,
    reference: null,
    entries: (Object.entries(amounts) as [LedgerKind, bigint][]).map(([ledger, amount]) => ({ ledger, amount })),
  });
}

/** What is armed or placed counts for the workspace's day on which it was armed. */
function spend(draft: OrderDraft, attempt: Attempt, amount: bigint): void {
  if (amount === 0n) return;
  const { zone } = draft.shared.workspace;
  const day = dayOf(attempt.armedAt, zone);
  draft.spends.push({ accountId: attempt.accountId, day, amount });
  if (day === dayOf(draft.now, zone)) accountOf(draft, attempt).spentToday += amount;
}
