import type { Address } from "#domain/address.ts";
import type { DecimalText } from "#domain/money.ts";
import { newTrackingNumber, spoilCheckDigit } from "../carriers/tracking-number.ts";
import { planSteps } from "../carriers/steps.ts";
import type { SupplierProfile } from "../catalogue.ts";
import type { Draws } from "../draws.ts";
import { promises, takes, type Pace, type Range } from "../pace.ts";
import type { CarrierFault, SupplierFault } from "../profile.ts";
import { merged, type PlannedParcel, type Purchase, type PurchaseLine, type Units } from "./purchase.ts";

interface NewPurchase {
  supplier: SupplierProfile;
  supplierOrderId: string;
  reference: string;
  idempotencyKey: string | null;
  at: number;
  by: "api" | "desk";
  shipTo: Address;
  method: string;
  note: string;
  lines: PurchaseLine[];
  total: DecimalText;
  draws: Draws;
  happens: (fault: SupplierFault) => boolean;
  carrierHappens: (fault: CarrierFault) => number;
  pace: Pace;
  speed: number;
  isTakenNumber: (number: string) => boolean;
}

/** Draws a purchase's whole future at once: acknowledgement, backorder, the supplier's own cancellation, parcels and their ways. */
export function planPurchase(wanted: NewPurchase): Purchase {
  const { supplier, at, draws, happens, pace, speed, lines } = wanted;
  const after = (name: string, range: Range): number => takes(draws, name, range, speed);

  const acknowledgedAt = at + after("acknowledges", pace.acknowledges);
  const backorderedUntil = happens("backorder") ? acknowledgedAt + after("backorder_for", pace.backorder) : null;
  const ships = (backorderedUntil ?? at) + after("ships", pace.ships);
  const bought = merged(lines.map(({ sku, units }) => ({ sku, units })));
  const cancels = happens("supplier_cancels")
    ? {
        at: Math.min(at + after("supplier_cancels_after", pace.supplierCancels), ships - 1),
        units: cancelledPart(bought, draws),
        reason: draws.pick("supplier_cancels_because", ["out_of_stock", "damaged_in_warehouse"] as const),
      }
    : null;

  return {
    supplier: supplier.code,
    supplierOrderId: wanted.supplierOrderId,
    reference: wanted.reference,
    idempotencyKey: wanted.idempotencyKey,
    at,
    listedAt: at + lookupLag(wanted),
    by: wanted.by,
    currency: supplier.currency,
    total: wanted.total,
    lines,
    shipTo: wanted.shipTo,
    method: wanted.method,
    note: wanted.note,
    acknowledgedAt,
    backorderedUntil,
    cancels,
    parcels: planParcels(wanted, without(bought, cancels?.units ?? []), ships),
  };
}

/** Only suppliers of kind `lookup` are late; within what they promise, at its very end where the fault `slow_lookup` struck. */
function lookupLag({ supplier, draws, happens, speed }: NewPurchase): number {
  if (supplier.kind !== "lookup") return 0;
  const most = promises.lookupLagMs;
  return takes(
    draws,
    "lookup_lag",
    happens("slow_lookup") ? [most * 0.97, most * 0.99] : [most * 0.02, most * 0.5],
    speed,
  );
}

function planParcels(wanted: NewPurchase, units: Units[], ships: number): PlannedParcel[] {
  const { supplier, draws, happens, pace, speed } = wanted;
  const taken = new Set<string>();
  return parts(units, draws, happens("split_parcels")).map((part, index) => {
    const own = draws.of(`parcel:${index}`);
    const carrier = own.pick("carrier", supplier.carriers);
    const good = newTrackingNumber(carrier, own, (number) => taken.has(number) || wanted.isTakenNumber(number));
    const trackingNumber = happens("bad_tracking") ? spoilCheckDigit(good) : good;
    taken.add(trackingNumber);
    const shippedAt = ships + (index === 0 ? 0 : takes(own, "later", pace.secondParcel, speed));
    const toldAt = happens("lost_tracking")
      ? null
      : shippedAt + (happens("late_tracking") ? takes(own, "told", pace.lateTracking, speed) : 0);
    return {
      carrier,
      trackingNumber,
      shippedAt,
      toldAt,
      units: part,
      steps: planSteps(shippedAt, own, wanted.carrierHappens, pace, speed),
    };
  });
}

/** All in one parcel, or the last unit or SKU in a second one. */
function parts(units: Units[], draws: Draws, isSplit: boolean): Units[][] {
  if (units.length === 0) return [];
  const [first, ...others] = units;
  if (!isSplit || first === undefined) return [units];
  if (others.length > 0) return [others, [first]];
  if (first.units < 2) return [units];
  const second = draws.whole("second_parcel_units", 1, first.units - 1);
  return [[{ sku: first.sku, units: first.units - second }], [{ sku: first.sku, units: second }]];
}

/** All of it, or one SKU, or one unit less. */
function cancelledPart(units: Units[], draws: Draws): Units[] {
  const all = units.reduce((sum, one) => sum + one.units, 0);
  if (all === 1 || draws.chance("supplier_cancels_all", 0.5)) return units;
  const { sku, units: count } = draws.pick("supplier_cancels_sku", units);
  return [{ sku, units: Math.min(count, draws.whole("supplier_cancels_units", 1, all - 1)) }];
}
const without = (units: Units[], gone: Units[]): Units[] =>
  units
    .map(({ sku, units: count }) => ({ sku, units: count - (gone.find((one) => one.sku === sku)?.units ?? 0) }))
    .filter(({ units: count }) => count > 0);
