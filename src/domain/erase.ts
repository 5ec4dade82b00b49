import type { OrderDraft } from "./draft.ts";
import type { FulfillmentState } from "./lifecycle.ts";

/** Why personal data goes: somebody asked, or its time is over. */
export type ErasureReason = "asked" | "clock";

/** Nothing of it needs the address any more. */
const gone: ReadonlySet<FulfillmentState> = new Set(["shipped", "delivered", "completed", "cancelled"]);

/** PD-2. Why an order's personal data may not go yet; null: it may. */
export function whyKept({ dossier }: Pick<OrderDraft, "dossier">): string | null {
  const open = dossier.fulfillmentOrders.find(({ state }) => !gone.has(state));
  if (open !== undefined)
    return "It is still on its way, and its parcel needs the address. Cancel it, or erase it once it has shipped.";
  return dossier.cancellations.some(({ state }) => state === "requested")
    ? "A cancellation of it is not answered yet. Answer it first."
    : null;
}

/** PD-3. The order's part of it: no digest leads back to the buyer, and the trail says who erased it and why. The rows with the texts are cleared beside it. */
export function eraseOrder(draft: OrderDraft, why: ErasureReason): void {
  draft.touchOrder({ buyerDigest: null, addressDigest: null });
  draft.event("personal_data_erased", "order", draft.order.id, { why });
}
