import type { FulfillmentOrder, Order, Shipment } from "./order.ts";

/** Sources of a tracking number that no person typed: the supplier's own word, a file of its, a carrier, a prep centre's scanner. */
const machines: ReadonlySet<Shipment["source"]> = new Set(["supplier", "mail", "carrier", "prep", "file"]);

/**
 * UI-82. Whether an order got so far without a person: nobody released it, edited its address or quantities, placed a part of it or typed its tracking number.
 * What was mended in the set-up for many orders at once (a link, a limit, money) is no hand at this one.
 */
export const wentByItself = ({
  order,
  fulfillmentOrders,
  lines,
  shipments,
}: {
  order: Order;
  fulfillmentOrders: readonly FulfillmentOrder[];
  lines: readonly { quantityEdited: number | null }[];
  shipments: readonly Shipment[];
}): boolean =>
  order.releasedBy === null &&
  order.editedAddressNo === null &&
  lines.every(({ quantityEdited }) => quantityEdited === null) &&
  fulfillmentOrders.every(({ placedBy }) => placedBy !== "person") &&
  shipments.every(({ source }) => machines.has(source));
