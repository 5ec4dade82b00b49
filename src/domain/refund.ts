import { Decimal } from "decimal.js";
import type { OrderDraft } from "./draft.ts";
import { lineTotal, toMinor } from "./money.ts";
import type { Attempt, FulfillmentOrder, FulfillmentOrderLine } from "./order.ts";

/** The attempt that bought a fulfillment order; null: nothing was bought (a prep centre, or not yet). */
export const placedAttempt = (draft: OrderDraft, fo: FulfillmentOrder): Attempt | null =>
  draft.dossier.attempts.find((each) => each.fulfillmentOrderId === fo.id && each.state === "placed") ?? null;

/**
 * SH-17. Books back what cancelled units cost: their unit cost, and the whole rest of the charge once no unit is left. The attempt's `cost` is what the
 * purchase costs now (charge and adjustments less refunds), so that all refunds together never exceed the charge.
 */
export function refundUnits(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  cancelled: readonly { line: FulfillmentOrderLine; units: number }[],
): void {
  const attempt = placedAttempt(draft, fo);
  const units = cancelled.reduce((sum, each) => sum + each.units, 0);
  if (attempt === null || attempt.cost === null || units === 0) return;
  const left = fo.lines.some((line) => line.unitsPlaced - line.unitsCancelled > 0);
  const exact = cancelled.reduce(
    (sum, { line, units: count }) => sum.plus(lineTotal(line.unitCost ?? "0", count)),
    new Decimal(0),
  );
  const goods = toMinor(exact, attempt.currency);
  const amount = !left || goods > attempt.cost ? attempt.cost : goods;
  if (amount <= 0n) return;
  const account = draft.shared.accounts.get(attempt.accountId);
  if (attempt.holdsMoney && account !== undefined) account.balance += amount;
  draft.post({
    kind: "refund",
    accountId: attempt.accountId,
    currency: attempt.currency,
    fulfillmentOrderId: fo.id,
    attemptId: attempt.id,
    reference: attempt.reference,
    entries: [
      { ledger: attempt.holdsMoney ? "available" : "payable", amount },
      { ledger: "goods", amount: -amount },
    ],
  });
  draft.event("refunded", "attempt", attempt.id, { amount: amount.toString(), currency: attempt.currency, units });
  draft.touchAttempt(attempt, { cost: attempt.cost - amount });
}
