import type { ReasonCode } from "./reasons.ts";
import type { Permission } from "./role.ts";

/** What can be done to many orders at once, with what it needs beside them. */
export type JobAction =
  | { action: "release" | "process" | "unhold" | "cancel" | "resend_tracking" }
  | { action: "hold"; note: string }
  /** The supplier's public uuid. */
  | { action: "choose_supplier"; supplier: string }
  /** Closes holds with this code that may just be dismissed. */
  | { action: "dismiss"; reason: ReasonCode }
  /** The member's uuid; null: nobody any more. Of holds with this code only, else of all; so with snooze. */
  | { action: "assign"; to: string | null; reason?: ReasonCode }
  /** An instant (RFC 3339); null: not any more. */
  | { action: "snooze"; until: string | null; reason?: ReasonCode };

export const jobActions = [
  "release",
  "process",
  "hold",
  "unhold",
  "cancel",
  "choose_supplier",
  "dismiss",
  "resend_tracking",
  "assign",
  "snooze",
] as const satisfies readonly JobAction["action"][];

/** What whoever starts it must be allowed, beside `orders.change`. */
export const jobNeeds = (action: JobAction["action"]): Permission =>
  action === "resend_tracking" ? "shipments.change" : "orders.change";

/** With these an order may go on to its supplier: what that will cost is shown before. */
export const letsGoOn: ReadonlySet<JobAction["action"]> = new Set([
  "release",
  "process",
  "unhold",
  "choose_supplier",
  "dismiss",
]);
