import { fulfillmentOrderActions, mayResend, refusedBy, shipmentActions, writeBacksOf } from "#domain/actions.ts";
import type { OrderDraft } from "#domain/draft.ts";
import { chooseSupplier, dismissHold } from "#domain/edit.ts";
import { verifyAgain } from "#domain/intake.ts";
import type { JobAction } from "#domain/job.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import { reasonOf } from "#domain/reasons.ts";
import { ok, refuse, type Refused, type Result } from "#domain/result.ts";
import type { Role } from "#domain/role.ts";
import { resend } from "#domain/write-back.ts";
import { cancelling, holding, releasing, unholding } from "../actions.ts";
import { viewOf, type OrderChange } from "../actions/change-order.ts";
import { assigning, snoozing, type Which } from "../actions/hold-care.ts";

/** Refusals of what has nothing to be done to: the row is skipped, not failed. */
export const nothingToDo = "nothing_to_do";
const nothing = (message: string): Refused => refuse(nothingToDo, message);

/** What a job does to one order: the very change that the same button does on that order's page. */
export function changeOf(job: JobAction, role: Role): OrderChange<unknown> {
  switch (job.action) {
    case "release":
    case "process":
      return releasing;
    case "hold":
      return holding(job.note);
    case "unhold":
      return unholding;
    case "cancel":
      return cancelling({});
    case "choose_supplier":
      return { decide: (draft) => chooseEverywhere(draft, role, job.supplier) };
    case "dismiss":
      return { decide: (draft) => dismissAll(draft, job.reason) };
    case "resend_tracking":
      return { decide: (draft) => resendAll(draft, role) };
    case "assign":
      return assigning(job.to, whichOf(job.reason));
    case "snooze":
      return snoozing(job.until === null ? null : new Date(job.until), whichOf(job.reason));
  }
}

const whichOf = (reason: ReasonCode | undefined): Which => (reason === undefined ? "all" : { reason });

function chooseEverywhere(draft: OrderDraft, role: Role, publicId: string): Result<unknown> {
  const supplier = [...draft.shared.suppliers.values()].find((each) => each.publicId === publicId);
  if (supplier === undefined) return refuse("no_such_supplier", "There is no such supplier in this workspace.");
  const view = viewOf(draft, role);
  const verdicts = draft.dossier.fulfillmentOrders.map((fo) => ({
    fo,
    verdict: fulfillmentOrderActions(view, fo).choose_supplier,
  }));
  const free = verdicts.filter(({ verdict }) => verdict.allowed).map(({ fo }) => fo);
  if (free.length === 0) return refusedBy(verdicts[0]?.verdict ?? { allowed: true }) ?? nothing("It has no parts.");
  const others = free.filter((fo) => fo.supplierId !== supplier.id || !fo.supplierPinned);
  if (others.length === 0) return nothing(`${supplier.name} is chosen for it already.`);
  for (const fo of others) {
    const result = chooseSupplier(draft, fo, supplier.id);
    if (result.status === "refused") return result;
  }
  return ok({});
}

function dismissAll(draft: OrderDraft, reason: ReasonCode): Result<unknown> {
  const holds = draft.dossier.holds.filter(({ code }) => code === reason);
  if (holds.length === 0) return nothing(`It is not held for “${reasonOf(reason).title}”.`);
  for (const hold of holds) {
    const result = dismissHold(draft, hold.id);
    if (result.status === "refused") return result;
  }
  verifyAgain(draft);
  return ok({});
}

function resendAll(draft: OrderDraft, role: Role): Result<unknown> {
  const { shipments } = draft.dossier;
  if (shipments.length === 0) return nothing("Nothing of it has left yet.");
  const view = viewOf(draft, role);
  const verdicts = shipments.map((shipment) => ({ shipment, verdict: shipmentActions(view, shipment).resend }));
  const open = verdicts.filter(({ verdict }) => verdict.allowed);
  if (open.length === 0) return nothing(verdicts.map(({ verdict }) => (verdict.allowed ? "" : verdict.why))[0]!);
  for (const { shipment } of open)
    for (const row of writeBacksOf(draft.dossier, shipment).filter(mayResend)) {
      const result = resend(draft, row);
      if (result.status === "refused") return result;
    }
  return ok({});
}
