import { answerSupplierByHand } from "#domain/cancel-ask.ts";
import {
  answersOf,
  cancellationActions,
  fulfillmentOrderActions,
  isUntold,
  mayResend,
  parcelActions,
  shipmentActions,
  writeBacksOf,
} from "#domain/actions.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { FulfillmentOrder, FulfillmentOrderLine, Shipment, WriteBack } from "#domain/order.ts";
import { openUnits } from "#domain/shipped.ts";
import { ok, refuse, type Refused, type Result } from "#domain/result.ts";
import { recordParcelProgress } from "#domain/parcel.ts";
import {
  addTracking,
  confirmExcess,
  confirmTracking,
  correctTracking,
  recordSupplierProgress,
  type ProgressReport,
} from "#domain/shipping.ts";
import { markTold, refreshWriteBacks, resend } from "#domain/write-back.ts";
import { usedNumbers } from "#store/parcel.ts";
import type { Engine } from "../context.ts";
import {
  asResult,
  changeOrder,
  noSuchPart,
  onPart,
  partOf,
  type OnOrder,
  type OrderResult,
  type Who,
} from "./change-order.ts";
import { carrierOf } from "./carrier-of.ts";
import type { OnPart } from "./placing.ts";

// What a person does about parcels and what the channel knows of them.

export interface TrackingInput {
  /** Absent: found by the number. */
  carrier?: string | undefined;
  trackingNumber: string;
  /** Absent: now. */
  shippedAt?: Date;
  /** Absent: everything that is open. */
  lines?: { supplierSku: string; units: number }[];
  /** The number is right although its check says otherwise, or another order had it. */
  sure: boolean;
}
export const enterTracking = (engine: Engine, who: Who, on: OnPart, input: TrackingInput): OrderResult =>
  changeOrder(engine, who, on, {
    may: (view, draft) => onPart(draft, on.part, (fo) => fulfillmentOrderActions(view, fo).add_tracking),
    decide: async (draft, tx) => {
      const fo = partOf(draft, on.part);
      if (fo === undefined) return noSuchPart;
      const { trackingNumber, shippedAt = draft.now, lines = "all", sure } = input;
      const carrier = carrierOf(input);
      if (typeof carrier !== "string") return carrier;
      if (shippedAt > draft.now)
        return refuse(
          "in_the_future",
          `shipped_at is ${shippedAt.toISOString()}; a parcel leaves before it is reported.`,
        );
      const used = await usedNumbers(tx, who.workspaceId, [trackingNumber], draft.now);
      return asResult(addTracking(draft, fo, { carrier, trackingNumber, shippedAt, lines }, { used, sure }));
    },
  });

/** SI-7. The supplier's own people say that they send it. */
export const supplierAccepts = (engine: Engine, who: Who, on: OnPart): OrderResult =>
  changeOrder(engine, who, on, {
    may: (view, draft) => onPart(draft, on.part, (fo) => fulfillmentOrderActions(view, fo).accept),
    decide: (draft) => {
      const fo = partOf(draft, on.part);
      if (fo === undefined) return noSuchPart;
      recordSupplierProgress(draft, fo, { ...nothingSaid, acknowledged: true }, []);
      return ok({});
    },
  });

export interface CannotSend {
  reason: "out_of_stock" | "supplier_refused" | "destination_not_served";
  /** It comes later, on this day; absent: it does not come at all. */
  until?: Date;
  /** Absent: all that has not left. */
  lines?: { supplierSku: string; units: number }[];
}
/** SI-8. What the supplier's own people cannot send: later, or not at all; then it is bought elsewhere. */
export const supplierCannot = (engine: Engine, who: Who, on: OnPart, input: CannotSend): OrderResult =>
  changeOrder(engine, who, on, {
    need: { links: true, stock: "lock", balances: "lock" },
    may: (view, draft) => onPart(draft, on.part, (fo) => fulfillmentOrderActions(view, fo).cannot_send),
    decide: (draft) => {
      const fo = partOf(draft, on.part);
      if (fo === undefined) return noSuchPart;
      const { reason, until, lines = openLines(fo) } = input;
      if (until !== undefined) {
        if (until <= draft.now)
          return refuse("not_in_the_future", `until is ${until.toISOString()}; name the day on which it will leave.`);
        recordSupplierProgress(draft, fo, { ...nothingSaid, acknowledged: true, backorderedUntil: until }, []);
        return ok({});
      }
      // What is cancelled already counts in a supplier's totals.
      const cancelled = lines.map(({ supplierSku, units }) => ({
        supplierSku,
        units: units + sumOf(fo, supplierSku, (line) => line.unitsCancelled),
        reason,
      }));
      const [problem] = recordSupplierProgress(draft, fo, { ...nothingSaid, cancelled }, []);
      if (problem === undefined) return ok({});
      const open = openLines(fo).map((line) => `${line.supplierSku} × ${line.units}`);
      return refuse(
        problem.code,
        `${problem.supplierSku ?? ""}: ${problem.units} too many. Open here: ${open.join(", ")}.`,
      );
    },
  });
const nothingSaid = {
  acknowledged: false,
  cancelled: null,
  backorderedUntil: null,
  parcels: [],
  total: null,
  source: "person",
  complete: false,
} as const satisfies ProgressReport;
const sumOf = (fo: FulfillmentOrder, supplierSku: string, of: (line: FulfillmentOrderLine) => number): number =>
  fo.lines.filter((line) => line.supplierSku === supplierSku).reduce((sum, line) => sum + of(line), 0);
const openLines = (fo: FulfillmentOrder): { supplierSku: string; units: number }[] =>
  [...new Set(fo.lines.flatMap(({ supplierSku }) => supplierSku ?? []))]
    .map((supplierSku) => ({ supplierSku, units: sumOf(fo, supplierSku, openUnits) }))
    .filter(({ units }) => units > 0);

/** A number that came on top of all units belongs here after all. */
export const confirmPartTracking = (engine: Engine, who: Who, on: OnPart): OrderResult =>
  changeOrder(engine, who, on, {
    may: (view, draft) => onPart(draft, on.part, (fo) => fulfillmentOrderActions(view, fo).confirm_tracking),
    decide: async (draft, tx) => {
      const fo = partOf(draft, on.part);
      if (fo === undefined) return noSuchPart;
      const numbers = draft.dossier.holds.flatMap(({ subjectId, detail }) =>
        subjectId === fo.id && typeof detail["trackingNumber"] === "string" ? [detail["trackingNumber"]] : [],
      );
      return asResult(confirmExcess(draft, fo, await usedNumbers(tx, who.workspaceId, numbers, draft.now)));
    },
  });

/** What the supplier told a person who asked it to cancel. */
export const supplierAnswered = (
  engine: Engine,
  who: Who,
  on: OnPart,
  { granted }: { granted: "all" | "none" },
): OrderResult =>
  changeOrder(engine, who, on, {
    need: { stock: "lock", balances: "lock" },
    may: (view, draft) => onPart(draft, on.part, (fo) => fulfillmentOrderActions(view, fo).supplier_answered),
    decide: (draft) => {
      const fo = partOf(draft, on.part);
      return fo === undefined ? noSuchPart : asResult(answerSupplierByHand(draft, fo, granted));
    },
  });

/** Somebody knows that a parcel arrived; their word is the evidence. */
export const parcelDelivered = (engine: Engine, who: Who, on: OnParcel, { at }: { at?: Date }): OrderResult =>
  changeOrder(engine, who, on, {
    may: (view, draft) => {
      const parcel = shipmentOf(draft, on.shipment)?.parcels[on.parcel - 1];
      return parcel === undefined ? { allowed: true } : parcelActions(view, parcel).delivered;
    },
    decide: (draft) => {
      const shipment = shipmentOf(draft, on.shipment);
      const parcel = shipment?.parcels[on.parcel - 1];
      if (shipment === undefined || parcel === undefined) return noSuchParcel;
      if (at !== undefined && at > draft.now)
        return refuse("in_the_future", `at is ${at.toISOString()}; a parcel arrives before it is reported.`);
      recordParcelProgress(draft, shipment, parcel, { state: "delivered", at: at ?? draft.now }, `person:${who.actor}`);
      refreshWriteBacks(draft);
      return ok({});
    },
  });

export interface OnShipment extends OnOrder {
  /** The shipment's public uuid. */
  shipment: string;
}
export interface OnParcel extends OnShipment {
  /** 1 is the shipment's first parcel. */
  parcel: number;
}

/** A person says that the numbers of the shipment are right; `shared`: one parcel carries several orders. */
export const confirmShared = (engine: Engine, who: Who, on: OnParcel, { shared }: { shared: boolean }): OrderResult =>
  changeOrder(engine, who, on, {
    may: (view, draft) => {
      const parcel = shipmentOf(draft, on.shipment)?.parcels[on.parcel - 1];
      return parcel === undefined ? { allowed: true } : parcelActions(view, parcel).confirm_shared;
    },
    decide: (draft) => {
      const shipment = shipmentOf(draft, on.shipment);
      if (shipment?.parcels[on.parcel - 1] === undefined) return noSuchParcel;
      return asResult(confirmTracking(draft, shipment, { shared }));
    },
  });

/** Corrects a parcel's number; the channel is told again. */
export const correctParcel = (
  engine: Engine,
  who: Who,
  on: OnParcel,
  to: { carrier: string; trackingNumber: string; sure: boolean },
): OrderResult =>
  changeOrder(engine, who, on, {
    decide: async (draft, tx) => {
      const shipment = shipmentOf(draft, on.shipment);
      const parcel = shipment?.parcels[on.parcel - 1];
      if (shipment === undefined || parcel === undefined) return noSuchParcel;
      const used = await usedNumbers(tx, who.workspaceId, [to.trackingNumber], draft.now);
      return asResult(correctTracking(draft, shipment, parcel, to, { used, sure: to.sure }));
    },
  });

/** Tells the channel (again) what it refused or what was left to people; it is read before it is written to. */
export const resendShipment = (engine: Engine, who: Who, on: OnShipment): OrderResult<Told> =>
  changeOrder(engine, who, on, {
    may: (view, draft) => onShipment(draft, on.shipment, (shipment) => shipmentActions(view, shipment).resend),
    decide: (draft) => {
      const shipment = shipmentOf(draft, on.shipment);
      return shipment === undefined ? noSuchShipment : sendAgain(draft, writeBacksOf(draft.dossier, shipment));
    },
  });

/** A person typed it in on the channel and says what they saw there. */
export const toldByHand = (
  engine: Engine,
  who: Who,
  on: OnShipment,
  { evidence }: { evidence: string },
): OrderResult<Told> =>
  changeOrder(engine, who, on, {
    may: (view, draft) => onShipment(draft, on.shipment, (shipment) => shipmentActions(view, shipment).told_by_hand),
    decide: (draft) => {
      const shipment = shipmentOf(draft, on.shipment);
      return shipment === undefined ? noSuchShipment : told(draft, writeBacksOf(draft.dossier, shipment), evidence);
    },
  });

/** The answer to a cancellation, as a case by its number within the order: told the channel again, or by a person. */
export const tellAnswer = (
  engine: Engine,
  who: Who,
  on: OnOrder,
  { no, evidence }: { no: number; evidence?: string },
): OrderResult<Told> =>
  changeOrder(engine, who, on, {
    may: (view, draft) => {
      const found = draft.dossier.cancellations[no - 1];
      if (found === undefined) return { allowed: true };
      return cancellationActions(view, found)[evidence === undefined ? "resend" : "told_by_hand"];
    },
    decide: (draft) => {
      const found = draft.dossier.cancellations[no - 1];
      if (found === undefined) return refuse("no_such_cancellation", `The order has no cancellation ${no}.`);
      const rows = answersOf(draft.dossier, found);
      return evidence === undefined ? sendAgain(draft, rows) : told(draft, rows, evidence);
    },
  });

interface Told {
  writeBacks: number;
}
function sendAgain(draft: OrderDraft, all: readonly WriteBack[]): Result<Told> {
  const rows = all.filter(mayResend);
  for (const row of rows) {
    const result = resend(draft, row);
    if (result.status === "refused") return result;
  }
  return ok({ writeBacks: rows.length });
}
function told(draft: OrderDraft, all: readonly WriteBack[], evidence: string): Result<Told> {
  const rows = all.filter(isUntold);
  for (const row of rows) {
    const result = markTold(draft, row, evidence);
    if (result.status === "refused") return result;
  }
  return ok({ writeBacks: rows.length });
}

const shipmentOf = (draft: OrderDraft, publicId: string): Shipment | undefined =>
  draft.dossier.shipments.find((each) => each.publicId === publicId);
const onShipment = <Verdict extends { allowed: boolean }>(
  draft: OrderDraft,
  publicId: string,
  ask: (shipment: Shipment) => Verdict,
): Verdict | { allowed: true } => {
  const shipment = shipmentOf(draft, publicId);
  return shipment === undefined ? { allowed: true } : ask(shipment);
};
const noSuchShipment: Refused = refuse("no_such_shipment", "The order has no such shipment.");
const noSuchParcel: Refused = refuse("no_such_parcel", "The shipment has no such parcel.");
