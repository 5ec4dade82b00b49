import type { CancellationAsk, FulfillmentOrder, OrderDossier } from "./order.ts";

/** by_hand: a person asks the supplier. An `asking` one without a time waits for the others of its bundle. */
export const isPending = (ask: CancellationAsk): boolean => ask.state === "asking" || ask.state === "by_hand";

/** Channel units of an order line, by component, that open cancellations ask a fulfillment order for: nobody else may take them meanwhile. */
export function askedFor(dossier: OrderDossier, fo: FulfillmentOrder, orderLineNo: number): Map<number, number> {
  const asked = new Map<number, number>();
  for (const ask of dossier.cancellations.flatMap(({ asks }) => asks)) {
    if (ask.fulfillmentOrderId !== fo.id || !isPending(ask)) continue;
    for (const line of ask.lines)
      if (line.orderLineNo === orderLineNo)
        asked.set(line.componentNo, (asked.get(line.componentNo) ?? 0) + line.quantity);
  }
  return asked;
}

/** Whether somebody's answer about units of this order line is still to come. */
export const isAskedAbout = (dossier: OrderDossier, orderLineNo: number): boolean =>
  dossier.cancellations.some(({ asks }) =>
    asks.some((ask) => isPending(ask) && ask.lines.some((line) => line.orderLineNo === orderLineNo)),
  );
