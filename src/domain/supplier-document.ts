import type { OrderDraft } from "./draft.ts";
import type { Attempt, FulfillmentOrder } from "./order.ts";
import type { UsedNumber } from "./parcel.ts";
import { closeAttempt } from "./placement-close.ts";
import type { ReasonCode } from "./reasons.ts";
import { recordSupplierProgress, type ProgressReport, type ReportedParcel, type ReportProblem } from "./shipping.ts";

/** What one document says about one purchase order, gathered from all its rows. */
export interface DocumentReport {
  /** The supplier's own number, where it gives one. */
  supplierOrderId: string | null;
  acknowledgements: DocumentAnswer[];
  parcels: DocumentParcelRow[];
}
export interface DocumentAnswer {
  scope: "all" | { no: number | null; supplierSku: string | null; units: number | null };
  answer:
    | { status: "accepted" }
    | { status: "refused"; reason: ReasonCode; message: string }
    | { status: "backordered"; until: Date | null; message: string };
}
export interface DocumentParcelRow {
  carrier: string;
  trackingNumber: string;
  shippedAt: Date | null;
  supplierSku: string | null;
  units: number | null;
}

/**
 * SI-2 to SI-5. Applies a document to the purchase it names. That it names it at all is evidence that it was received. Rows about one parcel are one parcel;
 * refusals are totals, so that the same document again changes nothing.
 */
export function applyDocument(
  draft: OrderDraft,
  attempt: Attempt,
  said: DocumentReport,
  context: { used: readonly UsedNumber[]; sha256: string },
): ReportProblem[] {
  const fo = draft.fulfillmentOrder(attempt.fulfillmentOrderId);
  if (attempt.state !== "placed") {
    const placed = closeAttempt(
      draft,
      attempt,
      { status: "placed", supplierOrderId: said.supplierOrderId ?? attempt.reference, total: null, notAccepted: [] },
      { source: "document", key: `document:${context.sha256}` },
    );
    if (!placed.ok || fo.placedAt === null) return [{ code: "not_placed", supplierSku: null, units: 0 }];
  }
  if (said.supplierOrderId !== null && said.supplierOrderId !== attempt.supplierOrderId) {
    draft.event("supplier_order_named", "attempt", attempt.id, {
      supplierOrderId: said.supplierOrderId,
      before: attempt.supplierOrderId,
    });
    draft.touchAttempt(attempt, { supplierOrderId: said.supplierOrderId });
  }
  const undated = said.acknowledgements.some(({ answer }) => answer.status === "backordered" && answer.until === null);
  const problems = recordSupplierProgress(draft, fo, reportOf(draft, fo, said), context.used);
  if (undated && fo.lines.some((line) => line.unitsShipped < line.unitsPlaced - line.unitsCancelled)) {
    draft.openHold({ subject: "fulfillment_order", subjectId: fo.id, code: "backordered", detail: { until: null } });
  }
  return problems;
}

function reportOf(draft: OrderDraft, fo: FulfillmentOrder, said: DocumentReport): ProgressReport {
  const accepted = said.acknowledgements.some(({ answer }) => answer.status !== "refused");
  const dates = said.acknowledgements.flatMap(({ answer }) =>
    answer.status === "backordered" && answer.until !== null ? [answer.until.getTime()] : [],
  );
  return {
    acknowledged: accepted,
    cancelled: refusedUnits(fo, said),
    backorderedUntil: dates.length === 0 ? null : new Date(Math.max(...dates)),
    parcels: parcelsOf(draft, said.parcels),
    total: null,
    source: "file",
    complete: false,
  };
}

function refusedUnits(fo: FulfillmentOrder, said: DocumentReport): ProgressReport["cancelled"] {
  const refused: { supplierSku: string; units: number; reason: ReasonCode }[] = [];
  for (const { scope, answer } of said.acknowledgements) {
    if (answer.status !== "refused") continue;
    if (scope === "all") return "all";
    const lines = fo.lines.filter(
      (line) =>
        (scope.no === null || line.no === scope.no) &&
        (scope.supplierSku === null || line.supplierSku === scope.supplierSku),
    );
    const supplierSku = lines[0]?.supplierSku ?? scope.supplierSku ?? `line ${scope.no ?? "?"}`;
    const units = scope.units ?? lines.reduce((sum, line) => sum + line.unitsPlaced, 0);
    refused.push({ supplierSku, units, reason: answer.reason });
  }
  return refused.length === 0 ? null : refused;
}

/** A number may stand in several rows, one per SKU; one row without a SKU says that the parcel has all that is open. */
function parcelsOf(draft: OrderDraft, rows: readonly DocumentParcelRow[]): ReportedParcel[] {
  const parcels = new Map<string, ReportedParcel>();
  for (const { carrier, trackingNumber, shippedAt, supplierSku, units } of rows) {
    const parcel = parcels.get(trackingNumber) ?? {
      carrier,
      trackingNumber,
      shippedAt: shippedAt ?? draft.now,
      lines: [],
    };
    parcels.set(trackingNumber, parcel);
    if (supplierSku === null || units === null) parcel.lines = "all";
    else if (parcel.lines !== "all") parcel.lines.push({ supplierSku, units });
  }
  return [...parcels.values()];
}
