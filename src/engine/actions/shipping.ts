import { answerSupplierByHand } from "#domain/cancel-ask.ts";
import { fulfillmentOrderActions, mayResend, parcelActions, shipmentActions, writeBacksOf } from "#domain/actions.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { Shipment } from "#domain/order.ts";
import { ok, refuse, type Refused } from "#domain/result.ts";
import { recordParcelProgress } from "#domain/parcel.ts";
import { addTracking, confirmExcess, confirmTracking, correctTracking } from "#domain/shipping.ts";
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
import type { OnPart } from "./placing.ts";

// What a person does about parcels and what the channel knows of them.

export interface TrackingInput {
  carrier: string;
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
      const { carrier, trackingNumber, shippedAt = draft.now, lines = "all", sure } = input;
      if (shippedAt > draft.now)
        return refuse(
          "in_the_future",
          `shipped_at is ${shippedAt.toISOString()}; a parcel leaves before it is reported.`,
        );
      const used = await usedNumbers(tx, who.workspaceId, [trackingNumber], draft.now);
      return asResult(addTracking(draft, fo, { carrier, trackingNumber, shippedAt, lines }, { used, sure }));
    },
  });

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
export const resendShipment = (engine: Engine, who: Who, on: OnShipment): OrderResult<{ writeBacks: number }> =>
  changeOrder(engine, who, on, {
    may: (view, draft) => onShipment(draft, on.shipment, (shipment) => shipmentActions(view, shipment).resend),
    decide: (draft) => {
      const shipment = shipmentOf(draft, on.shipment);
      if (shipment === undefined) return noSuchShipment;
      const rows = writeBacksOf(draft.dossier, shipment).filter(mayResend);
      for (const row of rows) {
        const result = resend(draft, row);
        if (result.status === "refused") return result;
      }
      return ok({ writeBacks: rows.length });
    },
  });

/** A person typed it in on the channel and says what they saw there. */
export const toldByHand = (
  engine: Engine,
  who: Who,
  on: OnShipment,
  { evidence }: { evidence: string },
): OrderResult<{ writeBacks: number }> =>
  changeOrder(engine, who, on, {
    may: (view, draft) => onShipment(draft, on.shipment, (shipment) => shipmentActions(view, shipment).told_by_hand),
    decide: (draft) => {
      const shipment = shipmentOf(draft, on.shipment);
      if (shipment === undefined) return noSuchShipment;
      const rows = writeBacksOf(draft.dossier, shipment).filter(
        (row) => row.state !== "told" && row.state !== "not_needed",
      );
      for (const row of rows) {
        const result = markTold(draft, row, evidence);
        if (result.status === "refused") return result;
      }
      return ok({ writeBacks: rows.length });
    },
  });

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
