import type { OrderDraft } from "./draft.ts";
import { isBeforePlacing } from "./lifecycle.ts";
import type { FulfillmentOrder } from "./order.ts";
import { openAttemptOf } from "./placement.ts";
import { liveQuantity, withLess } from "./quantities.ts";

/** Nothing was sent for it and nobody is buying it: a cancellation needs nobody's leave. */
export function canBeTakenFreely(draft: OrderDraft, fo: FulfillmentOrder): boolean {
  if (isBeforePlacing(fo.state)) return true;
  return (fo.state === "placing" || fo.state === "escalated") && openAttemptOf(draft, fo) === null;
}

/**
 * CN-5. Takes up to `quantity` channel units of one component out of a fulfillment order that is still free. What is left is computed anew (a pack may
 * divide no more); when nothing is left it is cancelled. Returns how many it took.
 */
export function takeFreely(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  { orderLineNo, componentNo }: { orderLineNo: number; componentNo: number },
  quantity: number,
): number {
  let left = quantity;
  const lines = fo.lines.map((line) => {
    if (line.orderLineNo !== orderLineNo || line.componentNo !== componentNo) return line;
    const take = Math.min(left, liveQuantity(line));
    left -= take;
    return withLess(line, liveQuantity(line) - take);
  });
  const taken = quantity - left;
  if (taken === 0) return 0;
  const rest = lines.filter((line) => line.quantity > 0);
  if (rest.length === 0) {
    for (const line of fo.lines)
      draft.touchFoLine(fo, line, { quantityCancelled: line.quantity, unitsCancelled: line.units });
    draft.move(fo, "cancelled", { why: "cancellation" });
    return taken;
  }
  draft.replaceFoLines(fo, rest);
  verifyAgain(draft, fo);
  return taken;
}

/** Back to the start by the arrows that exist; what a person had claimed is free again. */
function verifyAgain(draft: OrderDraft, fo: FulfillmentOrder): void {
  if (fo.claimedBy !== null) draft.touch(fo, { claimedBy: null });
  if (fo.state === "placing") draft.move(fo, "waiting", { why: "cancellation" });
  if (fo.state === "escalated") draft.move(fo, "held", { why: "cancellation" });
  if (fo.state !== "received") draft.move(fo, "received", { why: "cancellation" });
}
