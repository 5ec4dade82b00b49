import type { OrderDraft } from "#domain/draft.ts";
import { publicId } from "#domain/ids.ts";
import type { Hold } from "#domain/order.ts";
import { reasonOf, type ReasonCode } from "#domain/reasons.ts";
import { ok, refuse, type Refused } from "#domain/result.ts";
import { may, whyNot, type Role } from "#domain/role.ts";
import type { Tx } from "#store/db.ts";
import { setOwner, setSnooze } from "#store/hold-care.ts";
import { findHoldId } from "#store/read/hold.ts";
import type { OrderChange } from "./change-order.ts";

/** How long something may be put away. */
export const longestSnoozeMs = 366 * 86_400_000;

/** Which holds of an order: this one by its public uuid, those of a reason, or all that are open. */
export type Which = { hold: string } | { reason: ReasonCode } | "all";

/** HC-1. A member looks after a hold, or nobody does any more. */
export const assigning = (to: string | null, which: Which): OrderChange<{ holds: number }> => ({
  may: ({ role }) => allowed(role),
  decide: async (draft, tx) => {
    const holds = await these(draft, tx, which);
    if ("status" in holds) return holds;
    const owner = to === null ? null : publicId("user", to);
    for (const hold of holds) draft.event("hold_assigned", "hold", hold.id, { code: hold.code, owner });
    await setOwner(tx, { workspaceId: draft.order.workspaceId, ids: holds.map(({ id }) => id) }, to);
    return ok({ holds: holds.length });
  },
});

/** HC-2. A hold is put away until a time and is seen again by itself; null: it is seen now. It stops its order all the while. */
export const snoozing = (until: Date | null, which: Which): OrderChange<{ holds: number }> => ({
  may: ({ role }) => allowed(role),
  decide: async (draft, tx) => {
    if (until !== null && until <= draft.now)
      return refuse("until_invalid", `until is ${until.toISOString()}, which is over. Name a time to come.`);
    if (until !== null && until.getTime() > draft.now.getTime() + longestSnoozeMs)
      return refuse("until_invalid", `until is ${until.toISOString()}; a hold is snoozed for a year at most.`);
    const holds = await these(draft, tx, which);
    if ("status" in holds) return holds;
    for (const hold of holds)
      draft.event("hold_snoozed", "hold", hold.id, { code: hold.code, until: until?.toISOString() ?? null });
    await setSnooze(tx, { workspaceId: draft.order.workspaceId, ids: holds.map(({ id }) => id) }, until);
    return ok({ holds: holds.length });
  },
});

const allowed = (role: Role) =>
  may(role, "orders.change")
    ? ({ allowed: true } as const)
    : ({ allowed: false, why: whyNot(role, "orders.change") } as const);

async function these(draft: OrderDraft, tx: Tx, which: Which): Promise<Hold[] | Refused> {
  const { holds } = draft.dossier;
  if (which === "all")
    return holds.length > 0 ? holds : refuse("nothing_to_do", "Nothing stops this order: it has no open hold.");
  if ("reason" in which) {
    const own = holds.filter(({ code }) => code === which.reason);
    return own.length > 0 ? own : refuse("nothing_to_do", `It is not held for “${reasonOf(which.reason).title}”.`);
  }
  const id = await findHoldId(tx, draft.order, which.hold);
  const found = holds.find((each) => each.id === id);
  return found === undefined ? refuse("no_such_hold", "This hold is not open on this order any more.") : [found];
}
