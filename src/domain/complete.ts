import type { OrderDraft } from "./draft.ts";
import type { FulfillmentOrder } from "./order.ts";
import { hasOpenUnits } from "./shipped.ts";
import { isUntold } from "./write-back.ts";

/** Why a shipped fulfillment order is not completed yet; null: it may be. */
export type NotComplete = "not_shipped" | "open_units" | "open_hold" | "channel_not_told" | "too_early";

/** SH-22. Never while a unit is open, a hold is open, or the channel does not know of a shipment that it may be told. */
export function whyNotComplete(draft: OrderDraft, fo: FulfillmentOrder): NotComplete | null {
  const { dossier, shared } = draft;
  if (fo.state !== "shipped" && fo.state !== "delivered") return "not_shipped";
  if (hasOpenUnits(fo)) return "open_units";
  if (dossier.holds.length > 0) return "open_hold";
  if (isUntold(dossier, fo.id)) return "channel_not_told";
  const since = fo.deliveredAt ?? fo.lastShippedAt;
  const completionMs = draft.channel.settings.completionMs ?? shared.workspace.completionMs;
  return since === null || draft.now.getTime() < since.getTime() + completionMs ? "too_early" : null;
}

export function completeWhatIsDone(draft: OrderDraft, fos: readonly FulfillmentOrder[]): void {
  for (const fo of fos) if (whyNotComplete(draft, fo) === null) draft.move(fo, "completed");
}
