import { claimDispatches, nextDispatchDue } from "#store/attempt.ts";
import { sendDispatch } from "../documents.ts";
import type { Stage } from "../stage.ts";

/** How long a claimed document stays away from other workers; it also is the pause after one that could not be sent. */
const leaseMs = 60_000;

/** Documents that nobody has recorded as left or withdrawn in time: sent again, with the same bytes, or found to have left (PL-56). */
export const dispatch: Stage = {
  name: "dispatch",
  nextDue: nextDispatchDue,
  async run(engine) {
    const now = engine.clock.now();
    const claimed = await claimDispatches(engine.db, { now, until: new Date(now.getTime() + leaseMs), limit: 20 });
    for (const { workspaceId, id } of claimed) await sendDispatch(engine, workspaceId, id);
    return claimed.length;
  },
};
