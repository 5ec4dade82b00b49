import type { OrderDraft } from "./draft.ts";
import type { FulfillmentOrder } from "./order.ts";
import { available, stockKey } from "./shared.ts";
import { verifyOrder, type VerifyFacts } from "./verify.ts";

/**
 * The end of the buffer (LC-4): the order is verified once more, then each fulfillment order that is due leaves `waiting`: to its supplier, to the
 * shelf of its prep centre, or to the people who place by hand.
 */
export function leaveBuffer(
  draft: OrderDraft,
  facts: VerifyFacts,
  placingKind: (supplierKind: string, settings: Record<string, unknown>) => string,
): void {
  verifyOrder(draft, facts);
  for (const fo of draft.dossier.fulfillmentOrders) {
    if (fo.state !== "waiting" || fo.supplierId === null || (fo.placeAfter ?? draft.now) > draft.now) continue;
    const supplier = draft.shared.suppliers.get(fo.supplierId)!;
    if (supplier.role === "prep") reserveShelf(draft, fo);
    else if (placingKind(supplier.kind, supplier.settings.connector) === "human")
      draft.move(fo, "escalated", { why: "placed_by_hand" });
    else draft.move(fo, "placing");
  }
}

/** PR-1: units at a prep centre are promised to one order only; the row of the stock is locked, earliest ship-by first. */
function reserveShelf(draft: OrderDraft, fo: FulfillmentOrder): void {
  // Two lines may want the same SKU: together they may not have more than there is.
  const wanted = new Map<string, number>();
  for (const line of fo.lines) wanted.set(line.supplierSku!, (wanted.get(line.supplierSku!) ?? 0) + line.units);
  const short = fo.lines.find(
    ({ supplierSku }) => (available(draft.shared, fo.supplierId!, supplierSku!) ?? 0) < wanted.get(supplierSku!)!,
  );
  if (short !== undefined) {
    draft.openHold({
      subject: "fulfillment_order",
      subjectId: fo.id,
      code: "out_of_stock",
      waitsFor: `stock:${fo.supplierId!}/${short.supplierSku!}`,
      detail: { sku: short.supplierSku },
    });
    draft.move(fo, "held");
    return;
  }
  for (const line of fo.lines) {
    const stock = draft.shared.stock.get(stockKey(fo.supplierId!, line.supplierSku!))!;
    stock.reserved += line.units;
    draft.stockChanges.push({
      supplierId: fo.supplierId!,
      supplierSku: line.supplierSku!,
      reserved: line.units,
      onHand: 0,
    });
    draft.newReservations.push({ fo, line, units: line.units });
    draft.touchFoLine(fo, line, { unitsPlaced: line.units });
  }
  draft.move(fo, "ready");
  draft.touch(fo, { placedBy: "machine" });
}
