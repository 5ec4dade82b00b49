import type { OrderDraft } from "#domain/draft.ts";
import { isPassingFailure } from "#store/passing-failure.ts";
import type { Tx } from "#store/db.ts";
import type { OrderKey } from "#store/dossier.ts";
import type { Engine } from "./context.ts";
import { changeOrders, type Need } from "./stage.ts";

/**
 * Changes many orders, each by itself, a batch per transaction. An order that cannot be changed is logged and left as it is, the others go on (ENG-5): its
 * own timer brings it back.
 */
export async function changeEach(
  engine: Engine,
  keys: readonly OrderKey[],
  need: Need,
  decide: (drafts: OrderDraft[], tx: Tx) => void | Promise<void>,
): Promise<void> {
  for (let from = 0; from < keys.length; from += engine.batch)
    await changeBatch(engine, keys.slice(from, from + engine.batch), need, decide);
}

async function changeBatch(
  engine: Engine,
  keys: readonly OrderKey[],
  need: Need,
  decide: (drafts: OrderDraft[], tx: Tx) => void | Promise<void>,
): Promise<void> {
  try {
    await changeOrders(engine, keys, need, decide);
  } catch (error) {
    if (isPassingFailure(error)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (keys.length === 1) {
      const stack = error instanceof Error ? error.stack : undefined;
      engine.log.error(
        { workspace: keys[0]!.workspaceId, order: keys[0]!.orderId, error: message, stack },
        "an order could not be changed",
      );
      return;
    }
    engine.log.warn({ orders: keys.length, error: message }, "a batch failed; each order is tried alone");
    for (const key of keys) await changeBatch(engine, [key], need, decide);
  }
}

/** Each order once. */
export function distinctKeys(keys: readonly OrderKey[]): OrderKey[] {
  const distinct = new Map<string, OrderKey>();
  for (const { workspaceId, orderId } of keys) distinct.set(`${workspaceId}/${orderId}`, { workspaceId, orderId });
  return [...distinct.values()];
}
