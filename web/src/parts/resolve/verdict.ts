import type { Verdict } from "../act-form.tsx";
import {
  firstAllowed,
  no,
  partsOf,
  shipmentOf,
  yes,
  type Hold,
  type Order,
  type Part,
  type ResolveAction,
} from "./subject.ts";

/** Whether an action would do something about this hold now, as far as the order says; what is the set-up's, its form asks. */
export function verdictOf(order: Order, hold: Hold, action: ResolveAction): Verdict {
  const parts = partsOf(order, hold);
  const shipment = shipmentOf(order, hold);
  const some = <Thing>(things: readonly Thing[], of: (thing: Thing) => Verdict): Verdict => {
    const first = firstAllowed(things, of);
    return first === undefined ? no("") : of(first);
  };
  const attempts = parts.flatMap((part) => part.attempts);
  switch (action) {
    case "release":
    case "cancel":
      return order.actions[action];
    case "edit_address":
    case "edit_lines":
      return order.actions.edit;
    case "choose_supplier":
      return some(parts, (part) => (hasChoice(part) ? part.actions.choose_supplier : no("")));
    case "take_over":
      return some(parts, ({ actions }) => actions.take_over);
    case "add_tracking":
      return shipment === undefined
        ? some(parts, ({ actions }) => actions.add_tracking)
        : some(shipment.parcels, ({ actions }) => actions.correct);
    case "confirm_tracking":
      return shipment === undefined
        ? some(parts, ({ actions }) => actions.confirm_tracking)
        : some(shipment.parcels, ({ actions }) => actions.confirm_shared);
    case "confirm_bought":
    case "confirm_not_bought":
      return some(attempts, ({ actions }) => actions[action]);
    case "dismiss":
      return hold.actions.dismiss;
    case "accept_change":
    case "keep_ours":
      return hold.actions.answer;
    case "accept_cancellation":
      return some(order.cancellations, ({ actions }) => actions.accept);
    case "refuse_cancellation":
      return some(order.cancellations, ({ actions }) => actions.refuse);
    case "resend":
      return shipment?.actions.resend ?? some(order.cancellations, ({ actions }) => actions.resend);
    case "void_label":
      return some(parts, ({ actions }) => actions.back);
    case "raise_limit":
      // What was paid already has no limit any more.
      return hold.detail["placed"] === true ? no("") : yes;
    case "link_sku":
    case "top_up":
    case "reenter_credentials":
    case "map_shipping":
      return yes;
  }
}

/** Somebody could take it, or refused and may be asked again; without a decision nobody knows. */
const hasChoice = ({ decision }: Part): boolean =>
  decision === null ||
  decision.considered.some(
    ({ candidates, rejected }) => candidates.length > 0 || rejected.some(({ why }) => why === "supplier_refused"),
  );

/** The catalogue names the suggested action first. */
export const startWith = (order: Order, hold: Hold): ResolveAction | undefined =>
  firstAllowed(hold.resolve_with, (action) => verdictOf(order, hold, action));
