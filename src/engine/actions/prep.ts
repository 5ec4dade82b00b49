import { fulfillmentOrderActions, type FulfillmentOrderAction } from "#domain/actions.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { FulfillmentOrder } from "#domain/order.ts";
import { collect, print, putBack, scanOut, stepBack, uncollect } from "#domain/prep.ts";
import { ok, type Result } from "#domain/result.ts";
import { carrierOf } from "./carrier-of.ts";
import type { Tx } from "#store/db.ts";
import { usedNumbers } from "#store/parcel.ts";
import type { Engine } from "../context.ts";
import { asResult, changeOrder, noSuchPart, onPart, partOf, type OrderResult, type Who } from "./change-order.ts";
import type { OnPart } from "./placing.ts";

// The prep desk: print, collect by scan, one step back, put back, ship (PR-2 to PR-6).

function step<T>(
  engine: Engine,
  who: Who,
  on: OnPart,
  action: FulfillmentOrderAction,
  decide: (draft: OrderDraft, fo: FulfillmentOrder, tx: Tx) => Result<T> | Promise<Result<T>>,
): OrderResult<T> {
  return changeOrder(engine, who, on, {
    need: { stock: "lock" },
    may: (view, draft) => onPart(draft, on.part, (fo) => fulfillmentOrderActions(view, fo)[action]),
    decide: (draft, tx) => {
      const fo = partOf(draft, on.part);
      return fo === undefined ? noSuchPart : decide(draft, fo, tx);
    },
  });
}

export interface Scan {
  supplierSku: string;
  units: number;
}
export const printLabel = (engine: Engine, who: Who, on: OnPart): OrderResult =>
  step(engine, who, on, "print", (draft, fo) => asResult(print(draft, fo)));

export const collectUnits = (engine: Engine, who: Who, on: OnPart, scan: Scan): OrderResult<{ left: number }> =>
  step(engine, who, on, "collect", (draft, fo) => collect(draft, fo, scan));

export const takeOutAgain = (engine: Engine, who: Who, on: OnPart, scan: Scan): OrderResult =>
  step(engine, who, on, "uncollect", (draft, fo) => asResult(uncollect(draft, fo, scan)));

export const oneStepBack = (engine: Engine, who: Who, on: OnPart): OrderResult =>
  step(engine, who, on, "back", (draft, fo) => asResult(stepBack(draft, fo)));

export const putUnitsBack = (engine: Engine, who: Who, on: OnPart, scan: Scan): OrderResult =>
  step(engine, who, on, "put_back", (draft, fo) => asResult(putBack(draft, fo, scan)));

export interface ScannedOut {
  /** Absent: found by the number. */
  carrier?: string | undefined;
  trackingNumber: string;
  /** The number is right although its check says otherwise. */
  sure: boolean;
}
export const shipParcel = (
  engine: Engine,
  who: Who,
  on: OnPart,
  input: ScannedOut,
): OrderResult<{ shipment: string }> =>
  step(engine, who, on, "ship", async (draft, fo, tx) => {
    const carrier = carrierOf(input);
    if (typeof carrier !== "string") return carrier;
    const used = await usedNumbers(tx, draft.order.workspaceId, [input.trackingNumber], draft.now);
    const shipped = scanOut(draft, fo, { ...input, carrier }, { used, sure: input.sure });
    return shipped.status === "ok" ? ok({ shipment: shipped.value.publicId }) : shipped;
  });
