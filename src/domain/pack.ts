import type { FulfillmentOrderLine } from "./order.ts";
import { openUnits } from "./shipped.ts";

/** Supplier units of so many channel units of a line. */
export const unitsOf = (line: FulfillmentOrderLine, quantity: number): number => (quantity * line.unitsPer) / line.per;

/** The most channel units, up to `quantity`, that are whole supplier units: a cancellation never breaks a pack. */
export function wholePacks(line: FulfillmentOrderLine, quantity: number): number {
  let whole = Math.max(0, quantity);
  while (whole > 0 && (whole * line.unitsPer) % line.per !== 0) whole -= 1;
  return whole;
}

/** Channel units of a placed line that have neither left nor been cancelled. */
export const openQuantity = (line: FulfillmentOrderLine): number =>
  wholePacks(
    line,
    Math.min(line.quantity - line.quantityCancelled, Math.floor((openUnits(line) * line.per) / line.unitsPer)),
  );
