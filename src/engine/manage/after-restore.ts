import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import { verifyAgain } from "#domain/intake.ts";
import { openAttemptOf } from "#domain/placement.ts";
import { readUnplaced, type UnplacedPart } from "#store/installation.ts";
import type { Engine } from "../context.ts";
import { changeOrders } from "../stage.ts";

const code = "bought_before_restore";
const atOnce = 500;

/**
 * PL-69. Before a database that was restored buys again: holds the orders that may have been bought since it was last alive without a trace that the gate
 * would find. `which`: those that people place, of whose purchases no journal knows; or all, where there is no journal of that time. Answers how many.
 */
export async function holdWhatMayBeBought(
  engine: Engine,
  { since, which }: { since: Date; which: "all" | "by_hand" },
): Promise<number> {
  let held = 0;
  for (let after: { workspaceId: WorkspaceId; orderId: OrderId } | null = null; ;) {
    const parts: UnplacedPart[] = await readUnplaced(engine.db, after, atOnce);
    const last = parts.at(-1);
    if (last === undefined) return held;
    after = last;
    const wanted = parts.filter((each) => which === "all" || isByHand(engine, each));
    const keys = [...new Map(wanted.map((each) => [each.orderId, each])).values()];
    held += await changeOrders(engine, keys, {}, (drafts) => {
      let count = 0;
      for (const draft of drafts) {
        const parts = draft.dossier.fulfillmentOrders.filter((fo) => wanted.some((each) => each.partId === fo.id));
        if (parts.every((fo) => openAttemptOf(draft, fo) !== null)) continue; // it is being found out about
        const answered = draft.order.answered.filter((each) => each !== code);
        if (answered.length < draft.order.answered.length) draft.touchOrder({ answered });
        draft.openHold({
          subject: "order",
          subjectId: draft.order.id,
          code,
          detail: { message: `the database was last alive at ${since.toISOString()}` },
        });
        for (const fo of parts) {
          // Off the operators' desk: there it would be one more order to place.
          if (fo.state !== "escalated" || openAttemptOf(draft, fo) !== null) continue;
          draft.touch(fo, { claimedBy: null });
          draft.move(fo, "held", { why: code });
        }
        verifyAgain(draft);
        count += 1;
      }
      return count;
    });
  }
}

const isByHand = (engine: Engine, { state, supplierKind, settings }: UnplacedPart): boolean =>
  state === "escalated" || (supplierKind !== null && engine.gate.contract(supplierKind, settings).kind === "human");
