import type { Schemas } from "../../app/api.ts";

type Verdict = Schemas["Verdict"];
export type Order = Schemas["Order"];
export type Hold = Schemas["Hold"];
export type Part = Schemas["FulfillmentOrderDetail"];
export type Attempt = Schemas["Attempt"];
export type Shipment = Schemas["ShipmentDetail"];
export type ResolveAction = Schemas["ResolveAction"];

/** What each form is given. */
export interface FormProps {
  order: Order;
  hold: Hold;
  /** It was done; the words say what, for a list that goes on by itself. */
  done: (said: string) => void;
  autoFocus: boolean;
}

const isOver = (state: string): boolean => ["cancelled", "completed"].includes(state);

/** The fulfillment orders that a hold is about: its own, those with its line, that of its shipment; of a hold on the order all that are not over. */
export function partsOf({ fulfillment_orders: parts, shipments }: Order, { on }: Hold): Part[] {
  const live = parts.filter(({ state }) => !isOver(state));
  switch (on.subject) {
    case "order":
      return live;
    case "line":
      return live.filter(({ lines }) => lines.some((line) => String(line.order_line_no) === on.id));
    case "fulfillment_order":
      return parts.filter(({ id }) => id === on.id);
    case "shipment": {
      const shipment = shipments.find(({ id }) => id === on.id);
      return parts.filter(({ id }) => id === shipment?.fulfillment_order);
    }
  }
}

export const shipmentOf = ({ shipments }: Order, { on }: Hold): Shipment | undefined =>
  shipments.find(({ id }) => id === on.id);

/** The one to begin with: that which may be done now, else the first with its reason. */
export const firstAllowed = <Thing>(
  things: readonly Thing[],
  verdictOf: (thing: Thing) => Verdict,
): Thing | undefined => things.find((thing) => verdictOf(thing).allowed) ?? things[0];

export const no = (why: string): Verdict => ({ allowed: false, why });
export const yes: Verdict = { allowed: true };

/** The SKUs of the shop that a hold is about. */
export function skusOf(order: Order, hold: Hold): string[] {
  const { sku } = hold.detail;
  if (typeof sku === "string" && order.lines.some((line) => line.sku === sku)) return [sku];
  const numbers =
    hold.on.subject === "line"
      ? [Number(hold.on.id)]
      : partsOf(order, hold).flatMap(({ lines }) => lines.map((line) => line.order_line_no));
  return [...new Set(order.lines.filter((line) => numbers.includes(line.no)).map((line) => line.sku))];
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
export const isMoney = (value: unknown): value is Schemas["Money"] =>
  typeof value === "object" && value !== null && "amount" in value && "currency" in value;
