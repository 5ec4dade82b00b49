import type { OrderDraft } from "./draft.ts";
import type { FulfillmentOrderId } from "./ids.ts";
import type { FulfillmentOrder, FulfillmentOrderLine } from "./order.ts";
import type { ReasonCode } from "./reasons.ts";

/** Supplier units that were bought and neither left nor were cancelled. */
export const openUnits = (line: FulfillmentOrderLine): number =>
  line.unitsPlaced - line.unitsCancelled - line.unitsShipped;
export const hasOpenUnits = (fo: FulfillmentOrder): boolean => fo.lines.some((line) => openUnits(line) > 0);

/** All units left and every parcel that carries them arrived, by somebody's evidence. */
export function isDelivered(draft: OrderDraft, id: FulfillmentOrderId): boolean {
  const fo = draft.fulfillmentOrder(id);
  const parcels = draft.dossier.shipments
    .filter((each) => each.fulfillmentOrderId === id)
    .flatMap((each) => each.parcels);
  return !hasOpenUnits(fo) && parcels.length > 0 && parcels.every((each) => each.state === "delivered");
}

/**
 * SH-5. The state follows from the quantities: some units left, all left, all delivered, none wanted any more. Call after every change of them, on a
 * fulfillment order that was placed (or is at a prep centre); holds that waited for just that are closed.
 */
export function settleShipped(draft: OrderDraft, fo: FulfillmentOrder): void {
  const shipped = fo.lines.some((line) => line.unitsShipped > 0);
  const open = hasOpenUnits(fo);
  if (!shipped && !open) {
    if (isLive(fo)) draft.move(fo, "cancelled");
    closeHolds(draft, fo, [...whileOpen, "acknowledgement_overdue"]);
    return;
  }
  if (!shipped) return;
  closeHolds(draft, fo, ["acknowledgement_overdue"]);
  if (open) {
    if (isLive(fo)) draft.move(fo, "partially_shipped");
    return;
  }
  if (isLive(fo)) draft.move(fo, "shipped");
  closeHolds(draft, fo, whileOpen);
  if (fo.state === "shipped" && isDelivered(draft, fo.id)) {
    const parcels = draft.dossier.shipments
      .filter((each) => each.fulfillmentOrderId === fo.id)
      .flatMap((each) => each.parcels);
    const at = Math.max(...parcels.map((each) => (each.stateAt ?? draft.now).getTime()));
    draft.move(fo, "delivered");
    draft.touch(fo, { deliveredAt: new Date(Math.min(at, draft.now.getTime())) });
  }
}

/** Holds about units that have not come. */
const whileOpen: readonly ReasonCode[] = [
  "backordered",
  "tracking_overdue",
  "rest_overdue",
  "credentials_rejected",
  "pack_size_mismatch",
];

const isLive = (fo: FulfillmentOrder): boolean =>
  fo.state === "placed" ||
  fo.state === "acknowledged" ||
  fo.state === "partially_shipped" ||
  fo.state === "ready" ||
  fo.state === "printed" ||
  fo.state === "collecting";

export function closeHolds(draft: OrderDraft, fo: FulfillmentOrder, codes: readonly ReasonCode[]): void {
  for (const hold of [...draft.dossier.holds]) {
    if (
      hold.subject === "fulfillment_order" &&
      hold.subjectId === fo.id &&
      hold.madeBy === "machine" &&
      codes.includes(hold.code)
    )
      draft.closeHold(hold);
  }
}
