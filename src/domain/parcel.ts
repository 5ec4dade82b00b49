import type { OrderDraft } from "./draft.ts";
import { isDelivered, settleShipped } from "./shipped.ts";
import type { Parcel, ParcelState, Shipment } from "./order.ts";
import { carrierName, checkTrackingNumber, normalizeTrackingNumber } from "./tracking-number.ts";

/** A number that a parcel of another order has, or had within the last 120 days, in the same workspace. */
export interface UsedNumber {
  carrier: string;
  trackingNumber: string;
  orderId: string;
  buyerDigest: string | null;
  addressDigest: string | null;
}
export const usedNumberDays = 120;

/** The carrier as we keep it: our id where we know it, else as given. Two spellings of one carrier are one carrier. */
export const carrierKey = (carrier: string): string => carrierName(carrier) ?? carrier.trim();

export type Acceptance =
  | { accepted: true; shared: boolean }
  | { accepted: false; why: "check" | "used_before"; message: string };

/**
 * SH-9, SH-10. Whether a number may be told to anybody: it passes its carrier's check, and the same carrier had it on no other order of this workspace
 * within 120 days, or only on orders of the same buyer to the same address (a shared parcel).
 */
export function acceptNumber(
  draft: OrderDraft,
  carrier: string,
  trackingNumber: string,
  used: readonly UsedNumber[],
): Acceptance {
  const check = checkTrackingNumber(trackingNumber, carrier);
  if (check.status === "invalid") return { accepted: false, why: "check", message: check.why };
  const number = normalizeTrackingNumber(trackingNumber);
  const others = used.filter(
    (each) =>
      each.orderId !== draft.order.id &&
      each.trackingNumber === number &&
      carrierKey(each.carrier) === carrierKey(carrier),
  );
  const { buyerDigest, addressDigest } = draft.order;
  const isShared =
    buyerDigest !== null &&
    addressDigest !== null &&
    others.every((each) => each.buyerDigest === buyerDigest && each.addressDigest === addressDigest);
  if (others.length > 0 && !isShared) {
    return {
      accepted: false,
      why: "used_before",
      message: `Another order of yours had this number within ${usedNumberDays} days.`,
    };
  }
  return { accepted: true, shared: others.length > 0 };
}

/** Progress only moves forward; a stall is left by any news, a return only by its end. */
const later: Record<ParcelState, readonly ParcelState[]> = {
  announced: ["in_transit", "out_for_delivery", "delivered", "stalled", "returning"],
  in_transit: ["out_for_delivery", "delivered", "stalled", "returning"],
  out_for_delivery: ["delivered", "stalled", "returning"],
  stalled: ["in_transit", "out_for_delivery", "delivered", "returning"],
  returning: [],
  delivered: [],
};
export const isLater = (from: ParcelState, to: ParcelState): boolean => later[from].includes(to);

export interface Progress {
  state: ParcelState | "unknown_number";
  /** The carrier's own instant of it, where it gives one. */
  at: Date | null;
}

/** SH-13 to SH-16. What a carrier, a channel or a person says about a parcel. `source` goes into the event: delivery needs evidence. */
export function recordParcelProgress(
  draft: OrderDraft,
  shipment: Shipment,
  parcel: Parcel,
  progress: Progress,
  source: string,
): void {
  const { now } = draft;
  const { parcelStalledMs } = draft.shared.workspace;
  if (progress.state !== "unknown_number" && isLater(parcel.state, progress.state) && !isOldNews(parcel, progress)) {
    moveParcel(draft, parcel, progress.state, progress.at ?? now, source);
  } else if (
    progress.state === parcel.state &&
    progress.at !== null &&
    (parcel.stateAt === null || progress.at > parcel.stateAt)
  ) {
    draft.touchParcel(parcel, { stateAt: progress.at });
  }
  const silentSince = parcel.stateAt ?? shipment.shippedAt;
  if (isLater(parcel.state, "stalled") && now.getTime() - silentSince.getTime() >= parcelStalledMs)
    moveParcel(draft, parcel, "stalled", parcel.stateAt ?? silentSince, "clock");
  syncParcelHolds(draft, shipment);
  if (isDelivered(draft, shipment.fulfillmentOrderId))
    settleShipped(draft, draft.fulfillmentOrder(shipment.fulfillmentOrderId));
}

/** A carrier repeats its last word about a parcel that stands still; only a newer one means that it moves again. */
const isOldNews = (parcel: Parcel, { state, at }: Progress): boolean =>
  parcel.state === "stalled" &&
  state !== "delivered" &&
  state !== "returning" &&
  (at === null || (parcel.stateAt !== null && at <= parcel.stateAt));

function moveParcel(draft: OrderDraft, parcel: Parcel, to: ParcelState, at: Date, source: string): void {
  draft.event("parcel_moved", "parcel", parcel.id, { source, at: at.toISOString() }, parcel.state, to);
  const isOver = to === "delivered" || to === "returning";
  draft.touchParcel(parcel, { state: to, stateAt: at, ...(isOver ? { dueAt: null } : {}) });
}

/** Level-triggered per shipment: the hold is there while one of its parcels stands still or comes back. A dismissed one stays away for the same parcel. */
function syncParcelHolds(draft: OrderDraft, shipment: Shipment): void {
  for (const [code, state] of [
    ["parcel_stalled", "stalled"],
    ["return_to_sender", "returning"],
  ] as const) {
    const parcels = shipment.parcels.filter((each) => each.state === state);
    const open = draft.dossier.holds.find(
      (each) => each.code === code && each.subjectId === shipment.id && each.madeBy === "machine",
    );
    const isNews = draft.events.some(
      (event) =>
        event.kind === "parcel_moved" && event.to === state && parcels.some((each) => each.id === event.subjectId),
    );
    if (parcels.length > 0 && isNews)
      draft.openHold({
        subject: "shipment",
        subjectId: shipment.id,
        code,
        detail: { parcels: parcels.map((each) => each.trackingNumber) },
      });
    else if (parcels.length === 0 && open !== undefined) draft.closeHold(open);
  }
}
