import { orderActions } from "#domain/actions.ts";
import type { ChannelId } from "#domain/ids.ts";
import { releaseOrder } from "#domain/edit.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import type { OrderKey } from "#store/dossier.ts";
import { heldOrders } from "#store/read/held-orders.ts";
import type { Engine } from "../context.ts";
import { changeOrders } from "../stage.ts";
import { viewOf, type Who } from "./change-order.ts";

export interface ReleasedMany {
  released: number;
  /** Of those, how many are still held for something that a release does not answer. */
  stillHeld: number;
  /** Public uuids, each with why not. */
  refused: { id: string; code: string; message: string }[];
}

const batch = 200;

/**
 * Releases every held order (of a channel, with a reason), hundreds to a transaction. Each order is asked about by itself: one refusal stops no other, and
 * what is held again by something else stays held with that. May be stopped and run again.
 */
export async function releaseMany(
  engine: Engine,
  who: Who,
  filter: { channelId: ChannelId | null; reason: ReasonCode | null },
  onBatch: (orders: number) => void = () => {},
): Promise<ReleasedMany> {
  const sum: ReleasedMany = { released: 0, stillHeld: 0, refused: [] };
  for (let after = "0"; ;) {
    const page = await heldOrders(engine.db, { workspaceId: who.workspaceId, ...filter, after, limit: batch });
    const last = page.at(-1);
    if (last === undefined) return sum;
    const keys = page.map(({ id }) => ({ workspaceId: who.workspaceId, orderId: id }));
    await releaseBatch(engine, who, keys, filter.reason, sum);
    onBatch(page.length);
    after = last.id;
  }
}

async function releaseBatch(
  engine: Engine,
  who: Who,
  keys: OrderKey[],
  reason: ReasonCode | null,
  sum: ReleasedMany,
): Promise<void> {
  try {
    const done = await changeOrders(
      engine,
      keys,
      {},
      (drafts) =>
        drafts.map((draft) => {
          const id = draft.order.publicId;
          // Somebody may have answered it since the page was read.
          if (reason !== null && !draft.dossier.holds.some((hold) => hold.code === reason))
            return { id, outcome: "skipped" as const };
          const verdict = orderActions(viewOf(draft, who.role)).release;
          if (!verdict.allowed)
            return { id, outcome: "refused" as const, code: "not_allowed_now", message: verdict.why };
          const result = releaseOrder(draft);
          return result.status === "ok"
            ? { id, outcome: "released" as const, isHeld: result.value.stillOpen.length > 0 }
            : { id, outcome: "refused" as const, code: result.code, message: result.message };
        }),
      who.actor,
    );
    for (const each of done) {
      if (each.outcome === "released") {
        sum.released += 1;
        if (each.isHeld) sum.stillHeld += 1;
      } else if (each.outcome === "refused") sum.refused.push({ id: each.id, code: each.code, message: each.message });
    }
  } catch (error) {
    if (keys.length === 1) throw error;
    for (const key of keys) await releaseBatch(engine, who, [key], reason, sum);
  }
}
