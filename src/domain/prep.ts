import type { OrderDraft } from "./draft.ts";
import { isAtPrep } from "./lifecycle.ts";
import type { FulfillmentOrder, FulfillmentOrderLine, Shipment } from "./order.ts";
import type { UsedNumber } from "./parcel.ts";
import { acceptNumber } from "./parcel.ts";
import { done, ok, refuse, type Result } from "./result.ts";
import { inHand, uncollected, useReservation } from "./shelf.ts";
import { openUnits, settleShipped } from "./shipped.ts";
import { ship } from "./shipping.ts";
import { refreshWriteBacks } from "./write-back.ts";

/** PR-2. The label is printed once per parcel; a printed one can be printed again by going one step back. */
export function print(draft: OrderDraft, fo: FulfillmentOrder): Result {
  const stopped = mayWork(draft, fo, ["ready"]);
  if (stopped !== null) return stopped;
  draft.move(fo, "printed");
  return done;
}

/** PR-3. Counts one unit (or more, typed) of a SKU as collected. Wrong goods, too many and cancelled ones are refused before they get into the parcel. */
export function collect(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  scan: { supplierSku: string; units: number },
): Result<{ left: number }> {
  const stopped = mayWork(draft, fo, ["printed", "collecting", "partially_shipped"]);
  if (stopped !== null) return stopped;
  if (!Number.isSafeInteger(scan.units) || scan.units < 1)
    return refuse("units_invalid", `Units: ${scan.units} found, a whole number from 1 expected.`);
  const lines = fo.lines.filter((line) => line.supplierSku === scan.supplierSku);
  const expected = fo.lines
    .filter((line) => uncollected(line) > 0)
    .map((line) => `${line.supplierSku ?? "?"} × ${uncollected(line)}`);
  if (lines.length === 0)
    return refuse(
      "wrong_sku",
      `${scan.supplierSku} does not belong here. Expected: ${expected.join(", ") || "nothing more"}.`,
    );
  const open = lines.reduce((sum, line) => sum + uncollected(line), 0);
  if (scan.units > open) {
    const isCancelled = lines.some((line) => line.unitsCancelled > 0);
    return refuse(
      isCancelled ? "stop" : "too_many",
      `${isCancelled ? "STOP: cancelled. " : ""}${scan.supplierSku}: ${open} left to collect, ${scan.units} scanned. Expected: ${expected.join(", ") || "nothing more"}.`,
    );
  }
  if (fo.state === "printed") draft.move(fo, "collecting");
  let left = scan.units;
  for (const line of lines) {
    const take = Math.min(left, uncollected(line));
    if (take > 0) draft.touchFoLine(fo, line, { unitsCollected: line.unitsCollected + take });
    left -= take;
  }
  draft.event("collected", "fulfillment_order", fo.id, { supplierSku: scan.supplierSku, units: scan.units });
  return ok({ left: open - scan.units });
}

/** PR-8. The last scan was a mistake: these units are out of the parcel again. With none left in it, it is as it was when the label was printed. */
export function uncollect(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  scan: { supplierSku: string; units: number },
): Result {
  const stopped = mayWork(draft, fo, ["collecting", "partially_shipped"]);
  if (stopped !== null) return stopped;
  const lines = fo.lines.filter((line) => line.supplierSku === scan.supplierSku);
  if (lines.some((line) => inHand(line) > openUnits(line)))
    return refuse("stop", `STOP: cancelled. Put ${scan.supplierSku} back by scan first.`);
  const most = lines.reduce((sum, line) => sum + inHand(line), 0);
  if (!Number.isSafeInteger(scan.units) || scan.units < 1 || scan.units > most)
    return refuse("not_collected", `${scan.supplierSku}: ${most} in the parcel, ${scan.units} to be taken out.`);
  let left = scan.units;
  for (const line of lines.toReversed()) {
    const take = Math.min(left, inHand(line));
    if (take > 0) draft.touchFoLine(fo, line, { unitsCollected: line.unitsCollected - take });
    left -= take;
  }
  draft.event("uncollected", "fulfillment_order", fo.id, { supplierSku: scan.supplierSku, units: scan.units });
  if (fo.state === "collecting" && fo.lines.every((line) => line.unitsCollected === 0))
    draft.move(fo, "printed", { why: "scan_undone" });
  return done;
}

/** PR-4. One step back: collecting to printed (what was collected goes back on the shelf), printed to ready (its label is void). */
export function stepBack(draft: OrderDraft, fo: FulfillmentOrder): Result {
  const stopped = mayWork(draft, fo, ["printed", "collecting"]);
  if (stopped !== null) return stopped;
  if (fo.state === "collecting") {
    for (const line of fo.lines) if (line.unitsCollected > 0) draft.touchFoLine(fo, line, { unitsCollected: 0 });
    draft.move(fo, "printed", { why: "one_step_back" });
  } else {
    draft.event("label_voided", "fulfillment_order", fo.id);
    draft.move(fo, "ready", { why: "one_step_back" });
  }
  return done;
}

/**
 * PR-5. The parcel leaves with what was collected: the units are off the shelf and their reservation is used. With less than all it is partly shipped, and
 * collecting goes on for the rest.
 */
export function scanOut(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  parcel: { carrier: string; trackingNumber: string },
  options: { used: readonly UsedNumber[]; sure: boolean },
): Result<Shipment> {
  const stopped = mayWork(draft, fo, ["collecting", "partially_shipped"]);
  if (stopped !== null) return stopped;
  const surplus = fo.lines.find((line) => inHand(line) > openUnits(line));
  if (surplus !== undefined)
    return refuse(
      "stop",
      `STOP: cancelled. Put ${inHand(surplus) - openUnits(surplus)} × ${surplus.supplierSku ?? "?"} back by scan first.`,
    );
  const lines = fo.lines.map((line) => ({ line, units: inHand(line) })).filter((each) => each.units > 0);
  if (lines.length === 0)
    return refuse("nothing_collected", "Nothing is collected that has not left already. Scan the units first.");
  const acceptance = acceptNumber(draft, parcel.carrier, parcel.trackingNumber, options.used);
  if (!acceptance.accepted && !options.sure)
    return refuse("tracking_not_accepted", `${acceptance.message} Scan the label again, or say that you are sure.`);
  const shipment = ship(draft, fo, lines, { ...parcel, shippedAt: draft.now, source: "prep" }, options.used);
  for (const { line, units } of lines) useReservation(draft, fo, line, units, "used");
  settleShipped(draft, fo);
  refreshWriteBacks(draft);
  return ok(shipment);
}

/** PR-6. Cancelled units that were already collected go back to the shelf by scan; only then can another order have them. */
export function putBack(draft: OrderDraft, fo: FulfillmentOrder, scan: { supplierSku: string; units: number }): Result {
  if (!Number.isSafeInteger(scan.units) || scan.units < 1)
    return refuse("units_invalid", `Units: ${scan.units} found, a whole number from 1 expected.`);
  const surplusOf = (line: FulfillmentOrderLine): number => Math.max(0, inHand(line) - Math.max(0, openUnits(line)));
  const lines = fo.lines.filter((line) => line.supplierSku === scan.supplierSku);
  const surplus = lines.reduce((sum, line) => sum + surplusOf(line), 0);
  if (scan.units > surplus) {
    const expected = fo.lines
      .filter((line) => surplusOf(line) > 0)
      .map((line) => `${line.supplierSku ?? "?"} × ${surplusOf(line)}`);
    return refuse(
      "not_to_put_back",
      `${scan.supplierSku}: ${surplus} to put back, ${scan.units} scanned. Expected: ${expected.join(", ") || "nothing"}.`,
    );
  }
  let left = scan.units;
  for (const line of lines) {
    const take = Math.min(left, surplusOf(line));
    if (take === 0) continue;
    draft.touchFoLine(fo, line, { unitsCollected: line.unitsCollected - take });
    useReservation(draft, fo, line, take, "released");
    left -= take;
  }
  draft.event("put_back", "fulfillment_order", fo.id, { supplierSku: scan.supplierSku, units: scan.units });
  return done;
}

/** A cancelled one says STOP at the next scan, whatever the step; a held one says why it may not go on. */
function mayWork(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  states: FulfillmentOrder["state"][],
): ReturnType<typeof refuse> | null {
  const supplier = fo.supplierId === null ? undefined : draft.shared.suppliers.get(fo.supplierId);
  if (fo.state === "cancelled") {
    const back = fo.lines
      .filter((line) => inHand(line) > 0)
      .map((line) => `${line.supplierSku ?? "?"} × ${inHand(line)}`);
    return refuse(
      "stop",
      `STOP: cancelled. ${back.length > 0 ? `Put back by scan: ${back.join(", ")}.` : "Nothing is to be packed."}`,
    );
  }
  if (supplier?.role !== "prep" || !(isAtPrep(fo.state) || fo.state === "partially_shipped"))
    return refuse("not_at_prep", `This fulfillment order is ${fo.state}, not at a prep centre.`);
  const holds = draft.holdsOn(fo);
  if (holds.includes("cancel_requested") || isAsked(draft, fo))
    return refuse("stop", "STOP: a cancellation waits for an answer. Do not pack.");
  if (holds.length > 0 && fo.state !== "partially_shipped")
    return refuse("held", `It is held: ${holds.join(", ")}. Resolve that first.`);
  if (!states.includes(fo.state))
    return refuse("wrong_step", `It is ${fo.state}; this step is for ${states.join(" or ")}.`);
  return null;
}

const isAsked = (draft: OrderDraft, fo: FulfillmentOrder): boolean =>
  draft.dossier.cancellations.some((each) =>
    each.asks.some((ask) => ask.fulfillmentOrderId === fo.id && ask.state === "asking"),
  );
