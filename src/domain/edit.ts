import type { Address } from "./address.ts";
import { isAskedAbout } from "./asked.ts";
import type { OrderDraft } from "./draft.ts";
import { importance, reasonOf, type ReasonCode } from "./reasons.ts";
import { isStated } from "./stated-hold.ts";
import { nextAddressNo, verifyAgain } from "./intake.ts";
import { isBeforePlacing, isFinal } from "./lifecycle.ts";
import { allocated, type FulfillmentOrder, type Hold } from "./order.ts";
import type { SupplierId } from "./ids.ts";
import { reconcileQuantities } from "./quantities.ts";
import { done, ok, refuse, type Result } from "./result.ts";
import { leaveUntold } from "./write-back.ts";

export interface OrderEdit {
  /** The whole new address. */
  address?: Address;
  addressDigest?: string;
  lines?: { lineNo: number; quantity: number }[];
  shippingMethod?: string;
}

/** ED-1. Edits lie on top of the channel's versions, name what they replaced, and are possible until the point of no return. */
export function editOrder(draft: OrderDraft, edit: OrderEdit): Result {
  const { order, dossier } = draft;
  const open = dossier.fulfillmentOrders.filter((fo) => isBeforePlacing(fo.state));
  if (open.length === 0)
    return refuse(
      "already_placed",
      "Everything in this order was placed or ended: it can no longer be edited. Ask for a cancellation instead.",
    );
  for (const { lineNo, quantity } of edit.lines ?? []) {
    const line = dossier.lines.find((each) => each.no === lineNo);
    if (line === undefined)
      return refuse(
        "no_such_line",
        `The order has no line ${lineNo}; it has lines ${dossier.lines.map((each) => each.no).join(", ")}.`,
      );
    if (isAskedAbout(dossier, lineNo))
      return refuse(
        "cancellation_open",
        `Line ${lineNo}: a cancellation of it waits for its answer. Edit the quantity when it has come.`,
      );
    const fixed =
      allocated(
        line,
        dossier.fulfillmentOrders.filter((fo) => !isBeforePlacing(fo.state)),
      ) + line.cancelled;
    if (quantity < fixed)
      return refuse(
        "below_placed",
        `Line ${lineNo}: ${fixed} are placed or cancelled already, so the quantity cannot become ${quantity}. Ask for a cancellation of the rest.`,
      );
  }
  if (edit.address !== undefined) {
    const no = nextAddressNo(order);
    draft.newAddresses.push({
      ...edit.address,
      no,
      source: "person",
      digest: edit.addressDigest ?? "",
      buyerId: null,
      note: null,
    });
    draft.newEdits.push({
      field: "address",
      lineNo: null,
      replaced: { addressNo: order.editedAddressNo ?? order.addressNo },
      value: { addressNo: no },
    });
    draft.touchOrder({ editedAddressNo: no, country: edit.address.country });
    draft.event("edited", "order", order.id, { field: "address", addressNo: no });
  }
  for (const { lineNo, quantity } of edit.lines ?? []) {
    const line = dossier.lines.find((each) => each.no === lineNo)!;
    const was = line.quantityEdited ?? line.quantity;
    if (was === quantity) continue;
    draft.newEdits.push({ field: "quantity", lineNo, replaced: { quantity: was }, value: { quantity } });
    draft.touchLine(line, { quantityEdited: quantity });
    draft.event("edited", "line", String(lineNo), { field: "quantity", from: was, to: quantity });
  }
  if (edit.shippingMethod !== undefined && edit.shippingMethod !== order.shippingMethod) {
    draft.newEdits.push({
      field: "shipping_method",
      lineNo: null,
      replaced: { method: order.shippingMethod },
      value: { method: edit.shippingMethod },
    });
    draft.event("edited", "order", order.id, {
      field: "shipping_method",
      from: order.shippingMethod,
      to: edit.shippingMethod,
    });
    draft.touchOrder({ shippingMethod: edit.shippingMethod });
  }
  reconcileQuantities(draft);
  verifyAgain(draft);
  return done;
}

/** Codes that a person may answer with "go on": verification does not ask again. Facts that only a correction mends are not among them. */
export const releasable: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "review",
  "stand_by",
  "too_old",
  "suspected_duplicate",
  "bought_before_restore",
  "fraud_risk",
  "already_fulfilled_on_channel",
  "margin_below_limit",
]);

/**
 * RL-1. Process and Release: answers what a person may answer, closes holds made by persons, lets suppliers that refused be tried again. What remains open
 * is named, because it needs another action.
 */
export function releaseOrder(draft: OrderDraft): Result<{ stillOpen: ReasonCode[] }> {
  const { order, dossier } = draft;
  const open = dossier.fulfillmentOrders.filter((fo) => !isFinal(fo.state));
  if (open.length === 0) return refuse("ended", "The order has ended; there is nothing to release.");
  const answered = new Set(order.answered);
  for (const hold of [...dossier.holds]) {
    const { actions } = reasonOf(hold.code);
    if (releasable.has(hold.code)) answered.add(hold.code);
    else if (!(actions as readonly string[]).includes("release") && !isStated(hold)) continue;
    draft.closeHold(hold, { by: "release" });
  }
  for (const fo of open) {
    if (isBeforePlacing(fo.state) && fo.failedSuppliers.length > 0) draft.touch(fo, { failedSuppliers: [] });
  }
  draft.event("released", "order", order.id);
  draft.touchOrder({ releasedAt: draft.now, releasedBy: draft.actor, answered: [...answered] });
  verifyAgain(draft);
  const stillOpen = [...new Set(dossier.holds.map((hold) => hold.code))].sort((a, b) => importance(a) - importance(b));
  return ok({ stillOpen });
}

/** HD-2. A person's hold stops everything below it and is closed only by people. */
export function holdOrder(draft: OrderDraft, note: string): Result {
  if (draft.dossier.fulfillmentOrders.every((fo) => isFinal(fo.state)))
    return refuse("ended", "The order has ended; there is nothing to hold.");
  draft.openHold(
    { subject: "order", subjectId: "0", code: "by_person", detail: note === "" ? {} : { note } },
    "person",
  );
  for (const fo of draft.dossier.fulfillmentOrders) {
    if (fo.state === "received" || fo.state === "waiting") draft.move(fo, "held");
  }
  return done;
}

const isOverdue = (code: ReasonCode): boolean =>
  code === "acknowledgement_overdue" || code === "rest_overdue" || code === "tracking_overdue";

/** Why a hold cannot be closed by a person's word alone (`dismiss`); null: it can. */
export function whyNotDismissed(hold: Pick<Hold, "code" | "detail">): string | null {
  const { title, next, actions } = reasonOf(hold.code);
  if (!(actions as readonly string[]).includes("dismiss")) return `“${title}” cannot just be dismissed. ${next}`;
  // PL-72. The next look would find the same price.
  if (hold.code === "price_above_limit" && hold.detail["placed"] !== true)
    return "Nothing was bought yet, and at this price it would be held again. Raise the limit, choose another supplier, or cancel.";
  return null;
}

/** A person closes a hold that says so (`dismiss`). */
export function dismissHold(draft: OrderDraft, holdId: string): Result {
  const hold = draft.dossier.holds.find((each) => each.id === holdId);
  if (hold === undefined) return refuse("no_such_hold", "This hold is not open any more.");
  const whyNot = whyNotDismissed(hold);
  if (whyNot !== null) return refuse("not_dismissable", whyNot);
  draft.closeHold(hold, { by: "person" });
  // A person said that it is all right: time does not open these again (SH-23), and looks for tracking go on (SH-25).
  const { answered } = draft.order;
  if (isOverdue(hold.code) && !answered.includes(hold.code)) draft.touchOrder({ answered: [...answered, hold.code] });
  // A shipment that stays untold would never be completed.
  if (hold.code === "channel_refused") leaveUntold(draft, hold);
  return done;
}

/** RT-7. A person's choice of supplier is kept by routing until the fulfillment order is placed. */
export function chooseSupplier(draft: OrderDraft, fo: FulfillmentOrder, supplierId: SupplierId): Result {
  if (!isBeforePlacing(fo.state))
    return refuse(
      "already_placed",
      "The supplier may change until the first attempt is armed, never after. Ask for a cancellation instead.",
    );
  const supplier = draft.shared.suppliers.get(supplierId);
  if (supplier === undefined) return refuse("no_such_supplier", "There is no such supplier in this workspace.");
  draft.touch(fo, {
    supplierId,
    accountId: null,
    supplierPinned: true,
    failedSuppliers: fo.failedSuppliers.filter((each) => each !== supplierId),
  });
  draft.event("supplier_chosen", "fulfillment_order", fo.id, { supplier: supplierId });
  verifyAgain(draft);
  return done;
}

/** ED-4. Both sides were shown: the person takes the channel's value or keeps ours. Either closes the hold. */
export function answerChange(draft: OrderDraft, holdId: string, take: "theirs" | "ours"): Result {
  const hold = draft.dossier.holds.find((each) => each.id === holdId && each.code === "changed_on_channel");
  if (hold === undefined) return refuse("no_such_hold", "This question is not open any more.");
  if (take === "theirs") {
    if (hold.detail["field"] === "address") draft.touchOrder({ editedAddressNo: null });
    else if (hold.detail["field"] === "quantity") {
      const line = draft.dossier.lines.find((each) => String(each.no) === hold.subjectId);
      if (line !== undefined) draft.touchLine(line, { quantityEdited: null });
    }
  }
  draft.event("change_answered", "order", draft.order.id, { field: hold.detail["field"], take });
  draft.closeHold(hold, { by: "person", take });
  verifyAgain(draft);
  return done;
}
