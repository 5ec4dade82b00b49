import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import type { OrderDossier } from "#domain/order.ts";
import type { Shared } from "#domain/shared.ts";
import { isSwept, markMended, verifyOrder, type VerifyFacts } from "#domain/verify.ts";
import { nextDue } from "#store/claim.ts";
import type { Tx } from "#store/db.ts";
import { findDuplicates, readAddresses } from "#store/verify.ts";
import { decideDue, type Stage } from "../stage.ts";

const states = ["received", "held"] as const;

/** Checks and routes what arrived, what was held and woken, and once a day all that is held. What that daily sweep had to let go is reported: a wake-up is missing. */
export const verify: Stage = {
  name: "verify",
  nextDue: (db) => nextDue(db, states),
  async run(engine) {
    const mended = new Set<OrderId>();
    const moved = await decideDue(
      engine,
      {
        states,
        limit: engine.batch,
        need: { parts: ["lines", "attempts"], links: true, stock: "read", balances: "read" },
        gather: gatherFacts,
      },
      (draft, fos, facts) => {
        const swept = fos.filter((fo) => isSwept(draft, fo));
        verifyOrder(draft, facts.get(draft.order.id)!);
        if (markMended(draft, swept).length > 0) mended.add(draft.order.id);
      },
    );
    if (mended.size > 0)
      engine.log.warn(
        { orders: [...mended] },
        "the daily sweep let orders go that nothing had woken; a wake-up is missing",
      );
    return moved;
  },
};

export async function gatherFacts(
  tx: Tx,
  dossiers: OrderDossier[],
  shared: Map<WorkspaceId, Shared>,
): Promise<Map<string, VerifyFacts>> {
  const keys = dossiers.map(({ order }) => ({ workspaceId: order.workspaceId, orderId: order.id }));
  const [addresses, duplicates] = await Promise.all([
    readAddresses(tx, keys),
    findDuplicates(
      tx,
      dossiers
        .filter(({ order }) => !order.answered.includes("suspected_duplicate"))
        .map(({ order }) => ({
          workspaceId: order.workspaceId,
          orderId: order.id,
          windowMs: shared.get(order.workspaceId)!.workspace.duplicateWindowMs,
        })),
    ),
  ]);
  return new Map(
    dossiers.map(({ order }) => [
      order.id,
      { address: addresses.get(order.id) ?? null, duplicateOf: duplicates.get(order.id) ?? null },
    ]),
  );
}
