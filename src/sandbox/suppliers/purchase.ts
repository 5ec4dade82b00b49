import type { Address } from "#domain/address.ts";
import type { DecimalText } from "#domain/money.ts";
import type { ParcelStep } from "../events.ts";

/** What somebody bought at a pretend supplier, with everything that is going to become of it. Instants are milliseconds since 1970 (UTC). */
export interface Purchase {
  supplier: string;
  supplierOrderId: string;
  reference: string;
  idempotencyKey: string | null;
  /** When it takes effect: later than the call where the fault `late_effect` struck. */
  at: number;
  /** From when on the look-up by reference shows it. */
  listedAt: number;
  by: "api" | "desk";
  currency: string;
  /** Of what was accepted. */
  total: DecimalText;
  lines: PurchaseLine[];
  shipTo: Address;
  method: string;
  note: string;
  acknowledgedAt: number;
  backorderedUntil: number | null;
  /** The supplier itself is going to cancel these; null: nothing. */
  cancels: { at: number; units: Units[]; reason: "out_of_stock" | "damaged_in_warehouse" } | null;
  parcels: PlannedParcel[];
}
export interface PurchaseLine {
  no: number;
  sku: string;
  /** As accepted; what was asked for is this and `notAccepted`. */
  units: number;
  notAccepted: number;
  unitPrice: DecimalText;
}
export interface Units {
  sku: string;
  units: number;
}
export interface PlannedParcel {
  carrier: string;
  trackingNumber: string;
  shippedAt: number;
  /** When the supplier tells the number; null: never. */
  toldAt: number | null;
  units: Units[];
  steps: ParcelStep[];
}

/**
 * What the buyer cancelled: units out of parcels that had not left, and units that the supplier was going to cancel anyway, which it then
 * no longer reports as its own cancellation.
 */
export interface BuyerCancellation {
  fromParcels: Units[];
  fromPlannedCancel: Units[];
}
export const nothingCancelled: BuyerCancellation = { fromParcels: [], fromPlannedCancel: [] };

/** How one purchase stands at an instant: a pure function of its plan, what its buyer cancelled, and the time. */
export interface PurchaseProgress {
  acknowledged: boolean;
  backorderedUntil: number | null;
  cancelledBySupplier: { units: Units[]; reason: string } | null;
  cancelledByBuyer: Units[];
  /** Nothing of it will ever ship. */
  isCancelled: boolean;
  parcels: PlannedParcel[];
}

export function progressOf(purchase: Purchase, cancelled: BuyerCancellation, now: number): PurchaseProgress {
  const bySupplier =
    purchase.cancels !== null && purchase.cancels.at <= now
      ? less(purchase.cancels.units, cancelled.fromPlannedCancel)
      : [];
  const byBuyer = [...cancelled.fromParcels, ...cancelled.fromPlannedCancel];
  const bought = purchase.lines.reduce((sum, line) => sum + line.units, 0);
  return {
    acknowledged: purchase.acknowledgedAt <= now,
    backorderedUntil: purchase.acknowledgedAt <= now ? purchase.backorderedUntil : null,
    cancelledBySupplier: bySupplier.length === 0 ? null : { units: bySupplier, reason: purchase.cancels?.reason ?? "" },
    cancelledByBuyer: merged(byBuyer),
    isCancelled: sumOf(byBuyer) + sumOf(bySupplier) >= bought,
    parcels: parcelsOf(purchase, cancelled).filter(({ toldAt }) => toldAt !== null && toldAt <= now),
  };
}

/** The planned parcels less what the buyer cancelled; one with nothing in it never leaves. */
export function parcelsOf(purchase: Purchase, cancelled: BuyerCancellation): PlannedParcel[] {
  let rest = merged(cancelled.fromParcels);
  const parcels: PlannedParcel[] = [];
  // From the last parcel backwards: what ships later is cancelled first.
  for (const parcel of purchase.parcels.toReversed()) {
    const units = less(parcel.units, rest);
    rest = less(rest, parcel.units);
    if (units.length > 0) parcels.unshift({ ...parcel, units });
  }
  return parcels;
}

/** What a cancellation of `wanted` takes at this instant, or null where more is wanted than is still there to be cancelled. */
export function cancellable(
  purchase: Purchase,
  cancelled: BuyerCancellation,
  wanted: Units[] | "all",
  now: number,
): BuyerCancellation | null {
  const inParcels = merged(
    parcelsOf(purchase, cancelled).flatMap(({ shippedAt, units }) => (shippedAt > now ? units : [])),
  );
  const planned =
    purchase.cancels !== null && purchase.cancels.at > now
      ? less(purchase.cancels.units, cancelled.fromPlannedCancel)
      : [];
  const asked = wanted === "all" ? merged([...inParcels, ...planned]) : merged(wanted);
  const beyondPlanned = less(asked, planned);
  if (less(beyondPlanned, inParcels).length > 0) return null;
  return { fromParcels: beyondPlanned, fromPlannedCancel: less(asked, beyondPlanned) };
}

/** One entry per SKU. */
export function merged(units: readonly Units[]): Units[] {
  const bySku = new Map<string, number>();
  for (const { sku, units: count } of units) bySku.set(sku, (bySku.get(sku) ?? 0) + count);
  return [...bySku].map(([sku, count]) => ({ sku, units: count })).filter(({ units: count }) => count > 0);
}
function less(units: readonly Units[], taken: readonly Units[]): Units[] {
  const bySku = new Map(merged(taken).map(({ sku, units: count }) => [sku, count]));
  return merged(units)
    .map(({ sku, units: count }) => ({ sku, units: Math.max(0, count - (bySku.get(sku) ?? 0)) }))
    .filter(({ units: count }) => count > 0);
}
const sumOf = (units: readonly Units[]): number => units.reduce((sum, one) => sum + one.units, 0);
