import { claimDispatches, nextDispatchDue } from "#store/attempt.ts";
import { sendDispatch } from "../documents.ts";
import { leaseMs } from "../lease.ts";
import type { Stage } from "../stage.ts";

/** Documents sent in one turn at most. */
const mostSent = 20;

/**
 * Documents that nobody has recorded as left or withdrawn in time: sent again, with the same bytes, or found to have left (PL-56). Each is
 * claimed by itself; its lease also is the pause after one that could not be sent.
 */
export const dispatch: Stage = {
  name: "dispatch",
  nextDue: nextDispatchDue,
  async run(engine) {
    for (let sent = 0; sent < mostSent; sent += 1) {
      const now = engine.clock.now();
      const until = new Date(now.getTime() + leaseMs);
      const [due] = await claimDispatches(engine.db, { now, until, limit: 1 });
      if (due === undefined) return sent;
      await sendDispatch(engine, due.workspaceId, due.id);
    }
    return mostSent;
  },
};
