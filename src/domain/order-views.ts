import type { Headline } from "./lifecycle.ts";

/** Columns of the list of orders; the first one, its number, is always there. */
export const orderColumns = [
  "items",
  "channel",
  "status",
  "reason",
  "owner",
  "payment",
  "sourcing",
  "shipping",
  "suppliers",
  "placed_by",
  "country",
  "total",
  "profit",
  "ship_by",
  "countdown",
  "received",
  "ordered",
] as const;
export type OrderColumn = (typeof orderColumns)[number];

export interface LockedView {
  /** Instead of a public id. */
  id: string;
  name: string;
  words: string;
  /** Whose counters add up to its count; null: it is counted like any other. */
  headlines: readonly Headline[] | null;
}
const locked = (id: string, name: string, headlines: readonly Headline[], more = ""): LockedView => ({
  id,
  name,
  words: `state:${headlines.join(",")}${more}`,
  headlines: more === "" ? headlines : null,
});

/** VW-1. The tabs that everybody has and nobody can change, in their order. Between them they show every order. */
export const lockedViews: readonly LockedView[] = [
  { id: "all", name: "All", words: "", headlines: null },
  locked("needs_attention", "Needs attention", ["needs_attention"], " is:awake"),
  locked("review", "Review", ["review"]),
  locked("awaiting_payment", "Awaiting payment", ["awaiting_payment"]),
  locked("stand_by", "Stand by", ["stand_by"]),
  locked("on_hold", "On hold", ["on_hold"]),
  locked("waiting", "Waiting to order", ["new", "waiting"]),
  locked("in_process", "In process", ["checking", "in_process"]),
  locked("with_our_team", "With our team", ["with_our_team"]),
  locked("ordered", "Ordered", ["ordered"]),
  locked("at_prep", "At prep", ["at_prep"]),
  locked("shipped", "Shipped", ["partly_shipped", "shipped", "delivered"]),
  { id: "channel_not_told", name: "Channel not told", words: "is:not_told", headlines: null },
  locked("completed", "Completed", ["completed"]),
  locked("cancelled", "Cancelled", ["cancelled"]),
];
