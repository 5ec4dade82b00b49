import type { Hold, Order, ResolveAction } from "../../parts/resolve/subject.ts";

/** What was done so often that a setting would save doing it again. */
export type Fix =
  | { setting: "automatic" | "accept" | "refuse"; channel: { id: string; name: string } }
  | { setting: "maxAgeMs" | "duplicateWindowMs" | "parcelStalledMs" | "restOverdueMs"; channel: null };

/** Only where a setting would have answered the same; linking a SKU, mapping a rate and changing a limit are settings already. */
export const settingFor: Readonly<Record<string, Fix["setting"]>> = {
  "review release": "automatic",
  "cancel_requested accept_cancellation": "accept",
  "cancel_requested refuse_cancellation": "refuse",
  "too_old release": "maxAgeMs",
  "suspected_duplicate release": "duplicateWindowMs",
  "parcel_stalled dismiss": "parcelStalledMs",
  "rest_overdue dismiss": "restOverdueMs",
};

const times = 3;
const key = (slug: string): string => `switchyard.fixes.${slug}`;

/** Counts one, and answers what could be set once it was done for the third time: then it begins anew. */
export function count(
  slug: string,
  { order, hold, action }: { order: Order; hold: Hold; action: ResolveAction },
): Fix | null {
  const setting = settingFor[`${hold.code} ${action}`];
  if (setting === undefined) return null;
  const isOfChannel = setting === "automatic" || setting === "accept" || setting === "refuse";
  const name = `${setting} ${isOfChannel ? order.channel.id : ""}`;
  const counts = read(slug);
  const done = (counts[name] ?? 0) + 1;
  localStorage.setItem(key(slug), JSON.stringify({ ...counts, [name]: done === times ? 0 : done }));
  if (done < times) return null;
  return isOfChannel ? { setting, channel: order.channel } : { setting, channel: null };
}

function read(slug: string): Record<string, number> {
  try {
    return JSON.parse(localStorage.getItem(key(slug)) ?? "{}") as Record<string, number>;
  } catch {
    return {};
  }
}
