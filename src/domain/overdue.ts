import type { OrderDraft } from "./draft.ts";
import { lookAt, looksInPlan, needsLooks, patientLookAt } from "./due.ts";
import type { FulfillmentOrder } from "./order.ts";
import { closeHolds } from "./shipped.ts";

/**
 * SH-19 to SH-21, SH-25. What time alone brings to a placed fulfillment order: a look for tracking (counted here, so that a failed one counts too), or the hold
 * that says what is overdue. `polls`: its supplier can be asked; one that cannot goes straight to the end of its plan. Answers whether to look now.
 */
export function passTime(draft: OrderDraft, fo: FulfillmentOrder, { polls }: { polls: boolean }): boolean {
  const supplier = fo.supplierId === null ? undefined : draft.shared.suppliers.get(fo.supplierId);
  if (supplier === undefined) return false;
  const { scan, acknowledgeWithinMs } = supplier.settings;
  const { now } = draft;
  const since = (from: Date): number => now.getTime() - from.getTime();
  const open = (
    code: "acknowledgement_overdue" | "rest_overdue" | "tracking_overdue",
    detail: Record<string, unknown>,
  ): void => {
    // SH-23: a person has said that it is all right.
    if (!draft.order.answered.includes(code))
      draft.openHold({ subject: "fulfillment_order", subjectId: fo.id, code, detail });
  };

  if (
    fo.state === "partially_shipped" &&
    fo.lastShippedAt !== null &&
    since(fo.lastShippedAt) >= draft.shared.workspace.restOverdueMs
  )
    open("rest_overdue", { since: fo.lastShippedAt.toISOString() });
  // At a prep centre a rest can be late too, but nothing was placed there that could be acknowledged or looked for.
  if (fo.placedAt === null) return false;
  if (fo.state === "placed" && acknowledgeWithinMs !== null && since(fo.placedAt) >= acknowledgeWithinMs)
    open("acknowledgement_overdue", { withinMs: acknowledgeWithinMs });
  if (!needsLooks(fo)) return false;

  const account = fo.accountId === null ? undefined : draft.shared.accounts.get(fo.accountId);
  const wasRejected = draft.dossier.holds.some(
    (hold) => hold.code === "credentials_rejected" && hold.subjectId === fo.id,
  );
  const isMended = wasRejected && account?.credentialsRejected === false;
  if (isMended) closeHolds(draft, fo, ["credentials_rejected"]);
  const inPlan = looksInPlan(scan);
  if (fo.looks < inPlan && !polls) draft.touch(fo, { looks: inPlan });
  if (fo.looks === inPlan) {
    if (since(fo.placedAt) < scan.untilMs) return false;
    draft.touch(fo, { looks: fo.looks + 1 });
    open("tracking_overdue", { looks: polls ? inPlan : 0 });
    return false;
  }
  const isPatient = draft.order.answered.includes("tracking_overdue");
  const next =
    fo.looks < inPlan
      ? lookAt(scan, fo.placedAt, fo.looks)
      : isPatient
        ? patientLookAt(scan, fo.placedAt, fo.looks)
        : null;
  if (next === null || next > now) return false;
  draft.touch(fo, { looks: fo.looks + 1 });
  return polls && account?.credentialsRejected !== true;
}

/** SH-21. The supplier refused our login while we looked: a hold that goes away by itself when the account is mended. */
export function holdCredentials(draft: OrderDraft, fo: FulfillmentOrder): void {
  if (fo.accountId === null) return;
  draft.openHold({
    subject: "fulfillment_order",
    subjectId: fo.id,
    code: "credentials_rejected",
    waitsFor: `account:${fo.accountId}`,
    detail: { while: "tracking" },
  });
}
