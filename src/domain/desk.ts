import type { FulfillmentState } from "./lifecycle.ts";
import type { FulfillmentOrder } from "./order.ts";

/**
 * AU-24. What a prep centre or supplier sees of a workspace: its own fulfillment orders, from the moment on at which it has work with them. An order that is
 * unpaid, held, waiting or being placed does not exist for it.
 */
export const deskStates = [
  "ready",
  "printed",
  "collecting",
  "placed",
  "acknowledged",
  "partially_shipped",
  "shipped",
  "delivered",
  "completed",
  "cancelled",
] as const satisfies readonly FulfillmentState[];
export type DeskState = (typeof deskStates)[number];

/** Where there is something to do. */
export const openDeskStates = [
  "ready",
  "printed",
  "collecting",
  "placed",
  "acknowledged",
  "partially_shipped",
] as const satisfies readonly DeskState[];

/** The buyer's address is shown for as long as something is still to be sent there. */
export const showsAddress = ({ state }: Pick<FulfillmentOrder, "state">): boolean =>
  (openDeskStates as readonly FulfillmentState[]).includes(state);
