import { importance, reasonOf, type ReasonCode } from "./reasons.ts";

/** Where a fulfillment order may go from each state, and who moves it. `docs/SPEC.md`, LC rules. A test walks the table. */
export const nextStates = {
  /** completed: nothing in it has to be shipped. */
  received: ["held", "waiting", "cancelled", "completed"],
  held: ["received", "cancelled"],
  waiting: ["placing", "ready", "escalated", "held", "received", "cancelled"],
  placing: ["placed", "outcome_unknown", "waiting", "held", "escalated", "cancelled"],
  outcome_unknown: ["placed", "placing", "held", "escalated", "cancelled"],
  escalated: ["placed", "outcome_unknown", "held", "cancelled"],
  placed: ["acknowledged", "partially_shipped", "shipped", "cancelled"],
  acknowledged: ["partially_shipped", "shipped", "cancelled"],
  ready: ["printed", "cancelled"],
  printed: ["collecting", "ready", "cancelled"],
  collecting: ["partially_shipped", "shipped", "printed", "cancelled"],
  partially_shipped: ["shipped"],
  shipped: ["delivered", "completed"],
  delivered: ["completed"],
  completed: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type FulfillmentState = keyof typeof nextStates;
export const fulfillmentStates = Object.keys(nextStates) as FulfillmentState[];
export const mayMove = (from: FulfillmentState, to: FulfillmentState): boolean =>
  (nextStates[from] as readonly string[]).includes(to);
export const isFinal = (state: FulfillmentState): boolean => nextStates[state].length === 0;

/** Before its first attempt is armed (or its label printed) a fulfillment order may still be routed, edited and cancelled freely. */
export const isBeforePlacing = (state: FulfillmentState): boolean =>
  state === "received" || state === "held" || state === "waiting";
/** A prep centre has it; cancel is free until the parcel is scanned out. */
export const isAtPrep = (state: FulfillmentState): boolean =>
  state === "ready" || state === "printed" || state === "collecting";

/** What people read, most urgent first: an order shows its most urgent part (LC-3). */
export const headlines = {
  needs_attention: {
    title: "Needs attention",
    hint: "Something is wrong that a person has to decide. The reason says what to do.",
  },
  checking: {
    title: "In order process (checking)",
    hint: "A purchase was sent and its outcome is being checked. Nobody orders it again meanwhile.",
  },
  with_our_team: { title: "With our team", hint: "The ordering team places this by hand." },
  in_process: { title: "In order process", hint: "Being placed with the supplier right now." },
  new: { title: "New", hint: "Just arrived; it is being checked and routed." },
  on_hold: { title: "On hold", hint: "Somebody put it on hold." },
  review: { title: "Review", hint: "A person looks at it before it is placed." },
  awaiting_payment: { title: "Awaiting payment", hint: "The buyer has not paid yet, by the channel's word." },
  stand_by: {
    title: "Stand by",
    hint: "Bought before automation was switched on. Nothing happens unless you release it.",
  },
  waiting: { title: "Waiting to order", hint: "In the buffer before placing. The buyer can still cancel for free." },
  at_prep: { title: "At prep", hint: "A prep centre prints, collects and packs it." },
  ordered: { title: "Ordered", hint: "Placed with the supplier; not shipped yet." },
  partly_shipped: { title: "Partly shipped", hint: "Some units have left; others have not." },
  shipped: { title: "Shipped", hint: "All units have left the supplier. Not yet delivered." },
  delivered: { title: "Delivered", hint: "The carrier, the channel or a person says that it arrived." },
  completed: { title: "Completed", hint: "Done: shipped, told to the channel, and the days you set have passed." },
  cancelled: { title: "Cancelled", hint: "Nothing will be shipped." },
} as const satisfies Record<string, { title: string; hint: string }>;
export type Headline = keyof typeof headlines;
export const headlineOrder = Object.keys(headlines) as Headline[];
const urgency = new Map(headlineOrder.map((headline, index) => [headline, index]));

const headlineOfState = {
  received: "new",
  held: "on_hold",
  waiting: "waiting",
  placing: "in_process",
  outcome_unknown: "checking",
  escalated: "with_our_team",
  placed: "ordered",
  acknowledged: "ordered",
  ready: "at_prep",
  printed: "at_prep",
  collecting: "at_prep",
  partially_shipped: "partly_shipped",
  shipped: "shipped",
  delivered: "delivered",
  completed: "completed",
  cancelled: "cancelled",
} as const satisfies Record<FulfillmentState, Headline>;

const headlineOfGroup = {
  attention: "needs_attention",
  checking: "checking",
  awaiting_payment: "awaiting_payment",
  stand_by: "stand_by",
  review: "review",
  on_hold: "on_hold",
} as const satisfies Record<ReturnType<typeof reasonOf>["group"], Headline>;

/** How one fulfillment order reads, given the open holds that lie on it or above it. */
export function headlineOfPart(state: FulfillmentState, holds: readonly ReasonCode[]): Headline {
  const main = mostImportant(holds);
  if (isFinal(state) || main === null) return headlineOfState[state];
  if (state === "held" || state === "received" || state === "waiting") return headlineOfGroup[reasonOf(main).group];
  // After placing the state stays what it is; only what a person must decide outranks it.
  return reasonOf(main).group === "attention" ? "needs_attention" : headlineOfState[state];
}

/** The order's headline: its most urgent part; cancelled parts count only when nothing else is there. */
export function headlineOfOrder(parts: readonly Headline[]): Headline {
  const live = parts.filter((part) => part !== "cancelled");
  if (live.length === 0) return parts.length === 0 ? "completed" : "cancelled";
  return live.reduce((best, part) => (urgency.get(part)! < urgency.get(best)! ? part : best));
}

const isPast: ReadonlySet<Headline> = new Set(["partly_shipped", "shipped", "delivered", "completed"]);
const sourced = { title: "Sourced", hint: "Everything in it was bought, or taken from your own shelf." } as const;
/** UI-11. How far getting the goods is, whatever has left: the headline of what is still to be got. */
export function sourcingOf(parts: readonly Headline[]): { code: Headline | "sourced"; title: string; hint: string } {
  const open = parts.filter((part) => !isPast.has(part));
  const code = headlineOfOrder(open);
  if (parts.length > 0 && (open.length === 0 || (code === "cancelled" && open.length < parts.length)))
    return { code: "sourced", ...sourced };
  return { code, ...headlines[code] };
}

export const shippingSteps = {
  not_shipped: { title: "Not shipped", hint: "Nothing of it has left yet." },
  partly_shipped: headlines.partly_shipped,
  shipped: { title: "Shipped", hint: "All units have left." },
  delivered: headlines.delivered,
  nothing: { title: "Nothing to ship", hint: "It was cancelled, or nothing in it has to be sent." },
} as const satisfies Record<string, { title: string; hint: string }>;
export type ShippingStep = keyof typeof shippingSteps;
const hasLeft: ReadonlySet<FulfillmentState> = new Set(["shipped", "delivered", "completed"]);
/** UI-11. How much of it has left, whatever is wrong with the rest. */
export function shippingOf(states: readonly FulfillmentState[]): ShippingStep {
  const live = states.filter((state) => state !== "cancelled");
  if (live.length === 0) return "nothing";
  if (live.every((state) => state === "delivered")) return "delivered";
  if (live.every((state) => hasLeft.has(state))) return "shipped";
  return live.some((state) => hasLeft.has(state) || state === "partially_shipped") ? "partly_shipped" : "not_shipped";
}

export const mostImportant = (codes: readonly ReasonCode[]): ReasonCode | null =>
  codes.length === 0 ? null : codes.reduce((best, code) => (importance(code) < importance(best) ? code : best));
