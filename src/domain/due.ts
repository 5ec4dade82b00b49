import type { FulfillmentOrder, OrderDossier } from "./order.ts";
import { dayMs, type ScanPlan } from "./settings.ts";
import type { Shared } from "./shared.ts";

/**
 * The earliest timer of a fulfillment order (ENG-3): what its row's `due_at` holds. null: only an event can move it.
 * Attempts, parcels, write-backs and cancellations have timers of their own.
 */
export function dueAt(fo: FulfillmentOrder, dossier: OrderDossier, shared: Shared, now: Date): Date | null {
  switch (fo.state) {
    case "received":
      return now;
    case "held":
      return heldUntil(fo, shared, now);
    case "waiting":
      return fo.placeAfter ?? now;
    case "placing": {
      const armed = dossier.attempts.some(
        (attempt) => attempt.fulfillmentOrderId === fo.id && attempt.state === "armed",
      );
      return armed ? null : (fo.placeAfter ?? now);
    }
    case "placed":
    case "acknowledged":
    case "partially_shipped":
      return earliest(
        nextLook(fo, dossier, shared),
        acknowledgementLimit(fo, dossier, shared),
        restLimit(fo, dossier, shared),
      );
    case "shipped":
    case "delivered":
      return completionAt(fo, dossier, shared);
    default:
      return null;
  }
}

/** A wake-up that verification has not answered yet stays; else the daily sweep, which is also when a spent cap is new. */
const heldUntil = (fo: FulfillmentOrder, shared: Shared, now: Date): Date =>
  fo.woken ? (fo.dueAt ?? now) : startOfNextDay(now, shared.workspace.zone);

/** Look `n` (0 is the first) after placing; null when the plan is used up. The default plan has 43: at 24, 28 … 192 hours. */
export function lookAt(plan: ScanPlan, placedAt: Date, n: number): Date | null {
  const afterMs = plan.firstMs + n * plan.everyMs;
  return afterMs > plan.untilMs ? null : new Date(placedAt.getTime() + afterMs);
}

function nextLook(fo: FulfillmentOrder, dossier: OrderDossier, shared: Shared): Date | null {
  const supplier = fo.supplierId === null ? undefined : shared.suppliers.get(fo.supplierId);
  if (supplier === undefined || fo.placedAt === null || !needsLooks(fo)) return null;
  const { scan } = supplier.settings;
  // After the last look one more wake-up opens `tracking_overdue`; `looks` counts it too, so that it comes once.
  const plan = lookAt(scan, fo.placedAt, fo.looks);
  if (plan !== null) return plan;
  if (fo.looks === looksInPlan(scan)) return new Date(fo.placedAt.getTime() + scan.untilMs);
  return dossier.order.answered.includes("tracking_overdue") ? patientLookAt(scan, fo.placedAt, fo.looks) : null;
}

/** How many looks a plan has; the default 43. */
export const looksInPlan = (plan: ScanPlan): number =>
  plan.untilMs < plan.firstMs ? 0 : 1 + Math.floor((plan.untilMs - plan.firstMs) / plan.everyMs);

/** SH-25. Once a person has said that it may take its time: a look a day after the plan, until `patienceMs` after placing; then null. */
export function patientLookAt(plan: ScanPlan, placedAt: Date, n: number): Date | null {
  const afterMs = plan.untilMs + (n - looksInPlan(plan)) * dayMs;
  return afterMs > Math.max(patienceMs, plan.untilMs) ? null : new Date(placedAt.getTime() + afterMs);
}
const patienceMs = 60 * dayMs;

/** Looks end when every unit has a parcel. */
export const needsLooks = (fo: FulfillmentOrder): boolean =>
  fo.lines.some((line) => line.unitsShipped < line.unitsPlaced - line.unitsCancelled);

function acknowledgementLimit(fo: FulfillmentOrder, dossier: OrderDossier, shared: Shared): Date | null {
  const within =
    fo.supplierId === null ? null : (shared.suppliers.get(fo.supplierId)?.settings.acknowledgeWithinMs ?? null);
  if (within === null || fo.state !== "placed" || fo.placedAt === null) return null;
  if (dossier.order.answered.includes("acknowledgement_overdue")) return null;
  if (dossier.holds.some((hold) => hold.code === "acknowledgement_overdue" && hold.subjectId === fo.id)) return null;
  return new Date(fo.placedAt.getTime() + within);
}

function restLimit(fo: FulfillmentOrder, dossier: OrderDossier, shared: Shared): Date | null {
  if (fo.state !== "partially_shipped" || fo.lastShippedAt === null) return null;
  if (dossier.order.answered.includes("rest_overdue")) return null;
  if (dossier.holds.some((hold) => hold.code === "rest_overdue" && hold.subjectId === fo.id)) return null;
  return new Date(fo.lastShippedAt.getTime() + shared.workspace.restOverdueMs);
}

/** Never while a hold is open or the channel does not know of a shipment that it may be told. */
function completionAt(fo: FulfillmentOrder, dossier: OrderDossier, shared: Shared): Date | null {
  const since = fo.deliveredAt ?? fo.lastShippedAt;
  if (since === null || dossier.holds.length > 0) return null;
  const shipments = new Set(
    dossier.shipments.filter((shipment) => shipment.fulfillmentOrderId === fo.id).map((shipment) => shipment.id),
  );
  const untold = dossier.writeBacks.some(
    (each) =>
      each.shipmentId !== null &&
      shipments.has(each.shipmentId) &&
      each.state !== "told" &&
      each.state !== "not_needed",
  );
  if (untold) return null;
  const channel = shared.channels.get(dossier.order.channelId);
  return new Date(since.getTime() + (channel?.settings.completionMs ?? shared.workspace.completionMs));
}

const earliest = (...instants: (Date | null)[]): Date | null =>
  instants.reduce((best, instant) => (instant !== null && (best === null || instant < best) ? instant : best), null);

/** The calendar day of an instant in a zone, `2026-11-22`. */
export function dayOf(instant: Date, zone: string): string {
  const minute = Math.floor(instant.getTime() / minuteMs);
  const last = lastDays.get(zone);
  if (last?.minute === minute) return last.day;
  const day = dayFormat(zone).format(instant);
  lastDays.set(zone, { minute, day });
  return day;
}
/** No zone begins its day within a minute, and a batch asks for the same day again and again. */
const minuteMs = 60_000;
const lastDays = new Map<string, { minute: number; day: string }>();
const dayFormats = new Map<string, Intl.DateTimeFormat>();
function dayFormat(zone: string): Intl.DateTimeFormat {
  let format = dayFormats.get(zone);
  if (format === undefined)
    dayFormats.set(
      zone,
      (format = new Intl.DateTimeFormat("en-CA", {
        timeZone: zone,
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
      })),
    );
  return format;
}

/** The first instant of the next day there; found by halving, so that days of 23 and 25 hours are right. */
export function startOfNextDay(now: Date, zone: string): Date {
  const days = knownDays.get(zone) ?? [];
  const known = days.find(({ from, next }) => now >= from && now < next);
  if (known !== undefined) return known.next;
  const next = findNextDay(now, zone);
  knownDays.set(zone, [{ from: now, next }, ...days].slice(0, mostKnownDays));
  return next;
}
/** A batch of orders asks for the same few midnights: the latest answers per zone, each valid from the instant it was asked at until then. */
const knownDays = new Map<string, { from: Date; next: Date }[]>();
const mostKnownDays = 16;
function findNextDay(now: Date, zone: string): Date {
  const today = dayOf(now, zone);
  let low = now.getTime();
  let high = low + dayMs + 2 * 3_600_000;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (dayOf(new Date(middle), zone) === today) low = middle;
    else high = middle;
  }
  return new Date(high);
}
