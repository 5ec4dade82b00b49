import { claimForAsks } from "./cancel-ask.ts";
import type { OrderDraft } from "./draft.ts";
import type { Money } from "./money.ts";
import type { FulfillmentOrder, FulfillmentOrderLine, Parcel, Shipment, ShipmentSource } from "./order.ts";
import { acceptNumber, carrierKey, type UsedNumber } from "./parcel.ts";
import { confirmCost } from "./placement-money.ts";
import { replaceUnits, type RefusedUnits } from "./placement-replace.ts";
import type { ReasonCode } from "./reasons.ts";
import { placedAttempt, refundUnits } from "./refund.ts";
import { done, refuse, type Result } from "./result.ts";
import { closeHolds, hasOpenUnits, openUnits, settleShipped } from "./shipped.ts";
import { checkTrackingNumber, normalizeTrackingNumber } from "./tracking-number.ts";
import { refreshWriteBacks, reviseWriteBack } from "./write-back.ts";

/** What is known about a purchase now, whoever says it: a supplier's API, a file, a mail, a person. Quantities are totals so far, in supplier units. */
export interface ProgressReport {
  acknowledged: boolean;
  cancelled: { supplierSku: string; units: number; reason: ReasonCode }[] | "all" | null;
  backorderedUntil: Date | null;
  parcels: ReportedParcel[];
  /** What it costs in all, once the supplier says so. */
  total: Money | null;
  source: ShipmentSource;
  /** All that the source knows, not only its news: a parcel that it no longer names was corrected, a backorder date that is gone is over. */
  complete: boolean;
}
export interface ReportedParcel {
  carrier: string;
  trackingNumber: string;
  shippedAt: Date;
  /** "all": the source does not say which, so all that is open. */
  lines: { supplierSku: string; units: number }[] | "all";
}
/** What a report said that could not be applied. */
export interface ReportProblem {
  code: "not_placed" | "unknown_sku" | "more_than_open";
  supplierSku: string | null;
  units: number;
}

/**
 * SH-1 to SH-12. Applies what is known about a placed fulfillment order; the same report again changes nothing. `used` are the numbers of `report` that
 * other orders of the workspace had within 120 days. Returns what did not fit; it is held for a person, never invented.
 */
export function recordSupplierProgress(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  report: ProgressReport,
  used: readonly UsedNumber[],
): ReportProblem[] {
  if (fo.placedAt === null && !fo.lines.some((line) => line.unitsPlaced > 0))
    return [{ code: "not_placed", supplierSku: null, units: 0 }];
  acknowledge(draft, fo, report);
  const firstTotal = confirmTotal(draft, fo, report.total);
  const problems = cancelBySupplier(draft, fo, report.cancelled, { refund: !firstTotal });
  problems.push(...recordParcels(draft, fo, report, used));
  settleShipped(draft, fo);
  backorder(draft, fo, report);
  refreshWriteBacks(draft);
  return problems;
}

function acknowledge(draft: OrderDraft, fo: FulfillmentOrder, { acknowledged }: ProgressReport): void {
  if (!acknowledged || fo.acknowledgedAt !== null) return;
  draft.touch(fo, { acknowledgedAt: draft.now });
  draft.event("acknowledged", "fulfillment_order", fo.id);
  if (fo.state === "placed") draft.move(fo, "acknowledged");
  closeHolds(draft, fo, ["acknowledgement_overdue"]);
}

/** SH-4. */
function backorder(draft: OrderDraft, fo: FulfillmentOrder, { backorderedUntil, complete }: ProgressReport): void {
  const open = hasOpenUnits(fo);
  if (backorderedUntil !== null && open) {
    const detail = { until: backorderedUntil.toISOString() };
    if (fo.backorderedUntil?.getTime() !== backorderedUntil.getTime()) {
      closeHolds(draft, fo, ["backordered"]);
      draft.touch(fo, { backorderedUntil });
    }
    draft.openHold({ subject: "fulfillment_order", subjectId: fo.id, code: "backordered", detail });
  } else if (fo.backorderedUntil !== null && (complete || !open)) {
    closeHolds(draft, fo, ["backordered"]);
    draft.touch(fo, { backorderedUntil: null });
  }
}

/** SH-16. The first confirmed total is what the purchase costs; many suppliers go on repeating it after a cancellation, so later ones are no news. */
function confirmTotal(draft: OrderDraft, fo: FulfillmentOrder, total: Money | null): boolean {
  const attempt = placedAttempt(draft, fo);
  if (total === null || attempt === null || attempt.costIs === "confirmed") return false;
  return confirmCost(draft, attempt, total);
}

/**
 * SH-6, SH-7. The supplier says what it will not send, as totals. What we had asked it to cancel answers our question; the rest becomes a replacement.
 */
function cancelBySupplier(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  stated: ProgressReport["cancelled"],
  { refund }: { refund: boolean },
): ReportProblem[] {
  if (stated === null) return [];
  const problems: ReportProblem[] = [];
  const gone: RefusedUnits[] = [];
  if (stated === "all")
    gone.push(
      ...fo.lines.map((line) => ({ lineNo: line.no, units: openUnits(line), reason: "supplier_cancelled" as const })),
    );
  else {
    for (const { supplierSku, units, reason } of totalsBySku(stated)) {
      const lines = fo.lines.filter((line) => line.supplierSku === supplierSku);
      let left = units - lines.reduce((sum, line) => sum + line.unitsCancelled, 0);
      for (const line of lines) {
        const take = Math.min(left, openUnits(line));
        if (take > 0) gone.push({ lineNo: line.no, units: take, reason });
        left -= Math.max(0, take);
      }
      if (lines.length === 0) problems.push({ code: "unknown_sku", supplierSku, units });
      else if (left > 0) problems.push({ code: "more_than_open", supplierSku, units: left });
    }
  }
  const news = gone.filter((each) => each.units > 0);
  if (news.length === 0) return problems;
  const cancelled = news.map((each) => ({
    line: fo.lines.find((line) => line.no === each.lineNo)!,
    units: each.units,
  }));
  const others = claimForAsks(draft, fo, news);
  replaceUnits(draft, fo, others);
  // A first total that comes with a cancellation may already be less it; only what is certain is booked back.
  if (refund || !fo.lines.some((line) => line.unitsPlaced > line.unitsCancelled)) refundUnits(draft, fo, cancelled);
  return problems;
}

function totalsBySku(
  stated: { supplierSku: string; units: number; reason: ReasonCode }[],
): { supplierSku: string; units: number; reason: ReasonCode }[] {
  const totals = new Map<string, { supplierSku: string; units: number; reason: ReasonCode }>();
  for (const each of stated) {
    const total = totals.get(each.supplierSku);
    if (total === undefined) totals.set(each.supplierSku, { ...each });
    else total.units += each.units;
  }
  return [...totals.values()];
}

// ------------------------------------------------------------------ parcels

interface Fitting {
  lines: { line: FulfillmentOrderLine; units: number }[];
  problems: ReportProblem[];
}

/** SH-2, SH-3, SH-8, SH-11. The set of parcels only grows, or a number is corrected with its history. */
function recordParcels(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  report: ProgressReport,
  used: readonly UsedNumber[],
): ReportProblem[] {
  const problems: ReportProblem[] = [];
  for (const reported of correctNumbers(draft, fo, report, used)) {
    const known = shipmentsOf(draft, fo).filter((shipment) =>
      shipment.parcels.some((parcel) => isNumber(parcel, reported)),
    );
    const fitting = fit(fo, reported, known);
    if (fitting.lines.length > 0) {
      ship(draft, fo, fitting.lines, { ...reported, source: report.source }, used);
      if (known.length === 0 && fitting.problems.length > 0) holdExcess(draft, fo, reported, fitting.problems);
    } else if (known.length === 0) {
      const last = shipmentsOf(draft, fo).at(-1);
      // Another box of what is already on its way: the source does not say what is in which.
      if (reported.lines === "all" && last !== undefined)
        addParcel(draft, last, { ...reported, source: report.source }, used);
      else holdExcess(draft, fo, reported, fitting.problems);
    }
    if (known.length === 0) problems.push(...fitting.problems);
  }
  return problems;
}

const shipmentsOf = (draft: OrderDraft, fo: FulfillmentOrder): Shipment[] =>
  draft.dossier.shipments.filter((each) => each.fulfillmentOrderId === fo.id);
const isNumber = (parcel: Parcel, reported: { trackingNumber: string }): boolean =>
  parcel.trackingNumber === normalizeTrackingNumber(reported.trackingNumber);

/** Which open units a reported parcel carries: never more than is open, and for a number we know only what it has gained. */
function fit(fo: FulfillmentOrder, reported: ReportedParcel, known: readonly Shipment[]): Fitting {
  if (reported.lines === "all") {
    if (known.length > 0) return { lines: [], problems: [] };
    return {
      lines: fo.lines.map((line) => ({ line, units: openUnits(line) })).filter((each) => each.units > 0),
      problems: [],
    };
  }
  const fitting: Fitting = { lines: [], problems: [] };
  for (const { supplierSku, units } of totalsBySku(
    reported.lines.map((each) => ({ ...each, reason: "rest_overdue" as const })),
  )) {
    const lines = fo.lines.filter((line) => line.supplierSku === supplierSku);
    const recorded = known
      .flatMap((shipment) => shipment.lines)
      .filter((each) => lines.some((line) => line.no === each.foLineNo));
    let left = units - recorded.reduce((sum, each) => sum + each.units, 0);
    for (const line of lines) {
      const take = Math.min(left, openUnits(line));
      if (take > 0) fitting.lines.push({ line, units: take });
      left -= Math.max(0, take);
    }
    if (lines.length === 0) fitting.problems.push({ code: "unknown_sku", supplierSku, units });
    else if (left > 0) fitting.problems.push({ code: "more_than_open", supplierSku, units: left });
  }
  return fitting;
}

/** A new shipment with one parcel. Also how a prep centre ships: the caller says which units left. */
export function ship(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  lines: readonly { line: FulfillmentOrderLine; units: number }[],
  parcel: { carrier: string; trackingNumber: string; shippedAt: Date; source: ShipmentSource },
  used: readonly UsedNumber[],
): Shipment {
  const shippedAt = parcel.shippedAt > draft.now ? draft.now : parcel.shippedAt; // a date in the future would put completion off
  const shipment = draft.addShipment({
    fulfillmentOrderId: fo.id,
    source: parcel.source,
    shippedAt,
    lines: lines.map(({ line, units }) => ({ foLineNo: line.no, units })),
  });
  for (const { line, units } of lines) draft.touchFoLine(fo, line, { unitsShipped: line.unitsShipped + units });
  if (fo.lastShippedAt === null || shippedAt > fo.lastShippedAt) draft.touch(fo, { lastShippedAt: shippedAt });
  closeHolds(draft, fo, ["rest_overdue"]);
  addParcel(draft, shipment, parcel, used);
  return shipment;
}

function addParcel(
  draft: OrderDraft,
  shipment: Shipment,
  parcel: { carrier: string; trackingNumber: string; source: ShipmentSource },
  used: readonly UsedNumber[],
): Parcel {
  const acceptance = acceptNumber(draft, parcel.carrier, parcel.trackingNumber, used);
  const row = draft.addParcel(
    shipment,
    {
      carrier: knownCarrier(parcel),
      trackingNumber: normalizeTrackingNumber(parcel.trackingNumber),
      state: "announced",
      stateAt: null,
      dueAt: acceptance.accepted ? new Date(draft.now.getTime() + draft.shared.workspace.followEveryMs) : null,
      looks: 0,
      accepted: acceptance.accepted,
      shared: acceptance.accepted && acceptance.shared,
    },
    parcel.source,
  );
  if (!acceptance.accepted) holdNumber(draft, shipment, row, acceptance);
  return row;
}

/** The carrier that was named, else the one whose numbers look like this, else nothing. */
function knownCarrier({ carrier, trackingNumber }: { carrier: string; trackingNumber: string }): string {
  if (carrier.trim() !== "") return carrierKey(carrier);
  const check = checkTrackingNumber(trackingNumber);
  return check.status === "valid" ? check.carrier : "";
}

const holdNumber = (
  draft: OrderDraft,
  shipment: Shipment,
  parcel: Parcel,
  { why, message }: { why: string; message: string },
): void =>
  void draft.openHold({
    subject: "shipment",
    subjectId: shipment.id,
    code: "tracking_not_accepted",
    detail: { why, message, parcel: parcel.id, carrier: parcel.carrier, trackingNumber: parcel.trackingNumber },
  });

/** SH-8. More than was bought, or something else: kept for a person, not written down as shipped. */
function holdExcess(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  reported: ReportedParcel,
  problems: readonly ReportProblem[],
): void {
  const detail = {
    why: "more_than_open",
    carrier: knownCarrier(reported),
    trackingNumber: normalizeTrackingNumber(reported.trackingNumber),
    shippedAt: reported.shippedAt.toISOString(),
    problems: problems.map(({ code, supplierSku, units }) => ({ code, supplierSku, units })),
  };
  draft.openHold({ subject: "fulfillment_order", subjectId: fo.id, code: "tracking_not_accepted", detail });
}

/** SH-12. A complete report that names one number for exactly what another one of its parcels carried has corrected it. Returns the other parcels. */
function correctNumbers(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  report: ProgressReport,
  used: readonly UsedNumber[],
): ReportedParcel[] {
  if (!report.complete) return report.parcels;
  const mine = shipmentsOf(draft, fo).filter((shipment) => shipment.source === report.source);
  const missing = mine.flatMap((shipment) =>
    shipment.parcels
      .filter((parcel) => !report.parcels.some((each) => isNumber(parcel, each)))
      .map((parcel) => ({ shipment, parcel })),
  );
  const all = shipmentsOf(draft, fo).flatMap((shipment) => shipment.parcels);
  return report.parcels.filter((reported) => {
    if (missing.length === 0 || all.some((parcel) => isNumber(parcel, reported))) return true;
    const at = missing.findIndex(
      ({ shipment, parcel }) =>
        parcel.state === "announced" &&
        (reported.lines === "all"
          ? missing.length === 1 && !hasOpenUnits(fo)
          : carriesExactly(fo, shipment, reported.lines)),
    );
    if (at < 0) return true;
    const [{ shipment, parcel }] = missing.splice(at, 1) as [(typeof missing)[number]];
    correctParcel(draft, shipment, parcel, reported, used, report.source);
    return false;
  });
}

function carriesExactly(
  fo: FulfillmentOrder,
  shipment: Shipment,
  lines: { supplierSku: string; units: number }[],
): boolean {
  const balance = new Map<string, number>();
  for (const { supplierSku, units } of lines) balance.set(supplierSku, (balance.get(supplierSku) ?? 0) + units);
  for (const { foLineNo, units } of shipment.lines) {
    const sku = fo.lines.find((line) => line.no === foLineNo)?.supplierSku ?? "";
    balance.set(sku, (balance.get(sku) ?? 0) - units);
  }
  return [...balance.values()].every((units) => units === 0);
}

function correctParcel(
  draft: OrderDraft,
  shipment: Shipment,
  parcel: Parcel,
  to: { carrier: string; trackingNumber: string },
  used: readonly UsedNumber[],
  source: string,
): void {
  const before = { carrier: parcel.carrier, trackingNumber: parcel.trackingNumber };
  const acceptance = acceptNumber(draft, to.carrier, to.trackingNumber, used);
  const now = { carrier: knownCarrier(to), trackingNumber: normalizeTrackingNumber(to.trackingNumber) };
  draft.event("tracking_corrected", "parcel", parcel.id, { source, before, now });
  draft.touchParcel(parcel, {
    ...now,
    accepted: acceptance.accepted,
    shared: acceptance.accepted && acceptance.shared,
    dueAt: acceptance.accepted ? new Date(draft.now.getTime() + draft.shared.workspace.followEveryMs) : null,
  });
  closeNumberHold(draft, shipment, parcel);
  if (!acceptance.accepted) holdNumber(draft, shipment, parcel, acceptance);
  reviseWriteBack(draft, parcel);
}

const closeNumberHold = (draft: OrderDraft, shipment: Shipment, parcel: Parcel): void => {
  const hold = draft.dossier.holds.find(
    (each) => each.code === "tracking_not_accepted" && each.subject === "shipment" && each.subjectId === shipment.id,
  );
  const others = shipment.parcels.some((each) => each !== parcel && !each.accepted);
  if (hold !== undefined && !others) draft.closeHold(hold);
};

// ------------------------------------------------------------------ by hand

/** SH-18. A person enters a number. What cannot be right is refused with the reason, unless `sure`; more than is open is always refused. */
export function addTracking(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  parcel: ReportedParcel,
  options: { used: readonly UsedNumber[]; sure: boolean; source?: ShipmentSource },
): Result {
  if (fo.placedAt === null || !hasOpenUnits(fo)) {
    return refuse(
      "nothing_open",
      "All units of this fulfillment order have left or were cancelled, or nothing was bought yet. To change a number, correct its parcel.",
    );
  }
  if (shipmentsOf(draft, fo).some((shipment) => shipment.parcels.some((each) => isNumber(each, parcel))))
    return refuse("known_number", `${parcel.trackingNumber} is already a parcel of this fulfillment order.`);
  const fitting = fit(fo, parcel, []);
  const problem = fitting.problems[0];
  if (problem !== undefined) {
    const open = fo.lines.map((line) => `${line.supplierSku ?? "?"} × ${openUnits(line)}`).join(", ");
    return refuse(problem.code, `${problem.supplierSku ?? ""}: ${problem.units} units too many. Open here: ${open}.`);
  }
  const acceptance = acceptNumber(draft, parcel.carrier, parcel.trackingNumber, options.used);
  if (!acceptance.accepted && !options.sure)
    return refuse("tracking_not_accepted", `${acceptance.message} Correct it, or say that you are sure.`);
  const shipment = ship(draft, fo, fitting.lines, { ...parcel, source: options.source ?? "person" }, options.used);
  if (!acceptance.accepted) confirmTracking(draft, shipment, { shared: acceptance.why === "used_before" });
  settleShipped(draft, fo);
  refreshWriteBacks(draft);
  return done;
}

/** SH-10. A person says that the numbers of a shipment are right: they may be told to the channel now. `shared`: one parcel for several orders. */
export function confirmTracking(draft: OrderDraft, shipment: Shipment, { shared }: { shared: boolean }): Result {
  const doubted = shipment.parcels.filter((each) => !each.accepted);
  if (doubted.length === 0) return refuse("nothing_to_confirm", "All numbers of this shipment are accepted.");
  for (const parcel of doubted) {
    draft.touchParcel(parcel, {
      accepted: true,
      shared: parcel.shared || shared,
      dueAt: new Date(draft.now.getTime() + draft.shared.workspace.followEveryMs),
    });
    draft.event("tracking_confirmed", "parcel", parcel.id, { shared });
    closeNumberHold(draft, shipment, parcel);
  }
  refreshWriteBacks(draft);
  return done;
}

/** SH-8. A person says that a number which came on top belongs here: it joins the last shipment as another parcel, and no unit is invented. */
export function confirmExcess(draft: OrderDraft, fo: FulfillmentOrder, used: readonly UsedNumber[]): Result {
  const hold = draft.dossier.holds.find(
    (each) => each.code === "tracking_not_accepted" && each.subject === "fulfillment_order" && each.subjectId === fo.id,
  );
  if (hold === undefined) return refuse("nothing_to_confirm", "There is no parcel to confirm here.");
  const last = shipmentsOf(draft, fo).at(-1);
  const { carrier, trackingNumber } = hold.detail;
  draft.closeHold(hold, { confirmed: true });
  if (
    last === undefined ||
    typeof trackingNumber !== "string" ||
    last.parcels.some((each) => isNumber(each, { trackingNumber }))
  )
    return done;
  const parcel = addParcel(
    draft,
    last,
    { carrier: typeof carrier === "string" ? carrier : "", trackingNumber, source: "person" },
    used,
  );
  if (!parcel.accepted) confirmTracking(draft, last, { shared: true });
  refreshWriteBacks(draft);
  return done;
}

/** SH-12. A person corrects a number; the channel is told again, as a new revision. */
export function correctTracking(
  draft: OrderDraft,
  shipment: Shipment,
  parcel: Parcel,
  to: { carrier: string; trackingNumber: string },
  options: { used: readonly UsedNumber[]; sure: boolean },
): Result {
  if (isNumber(parcel, to) && carrierKey(to.carrier) === parcel.carrier)
    return refuse("same_number", "That is the number it already has.");
  const acceptance = acceptNumber(draft, to.carrier, to.trackingNumber, options.used);
  if (!acceptance.accepted && !options.sure)
    return refuse("tracking_not_accepted", `${acceptance.message} Correct it, or say that you are sure.`);
  correctParcel(draft, shipment, parcel, to, options.used, "person");
  if (!acceptance.accepted) confirmTracking(draft, shipment, { shared: acceptance.why === "used_before" });
  refreshWriteBacks(draft);
  return done;
}
