import type { OrderLine } from "./order.ts";

/** Lines of an order as somebody outside names them: by the channel's line id, or only by SKU where the source has no ids. Channel units. */
export type NamedLines =
  | readonly ({ channelLineId: string; quantity: number } | { sku: string; quantity: number })[]
  | "all";

/** IM-9. Which of the order's lines are meant. A SKU that is on several lines is taken from the first that have units left. */
export function linesNamed(
  lines: readonly OrderLine[],
  named: NamedLines,
): { orderLineNo: number; quantity: number }[] | "all" {
  if (named === "all") return "all";
  const left = new Map(lines.map((line) => [line.no, (line.quantityEdited ?? line.quantity) - line.cancelled]));
  return named.flatMap((name) => {
    if ("channelLineId" in name)
      return lines
        .filter((line) => line.channelLineId === name.channelLineId)
        .map((line) => ({ orderLineNo: line.no, quantity: name.quantity }));
    let wanted = name.quantity;
    return lines.flatMap((line) => {
      if (line.sku !== name.sku) return [];
      const quantity = Math.min(wanted, left.get(line.no) ?? 0);
      if (quantity <= 0) return [];
      wanted -= quantity;
      left.set(line.no, (left.get(line.no) ?? 0) - quantity);
      return [{ orderLineNo: line.no, quantity }];
    });
  });
}
