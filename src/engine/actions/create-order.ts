import type { ChannelOrder } from "#domain/channel-order.ts";
import type { ChannelId } from "#domain/ids.ts";
import { ok, refuse, type Result } from "#domain/result.ts";
import { findChannelId } from "#store/read/channel.ts";
import { findOrderPublicId } from "#store/read/order.ts";
import type { Engine } from "../context.ts";
import { storeOrders } from "../intake.ts";
import type { Who } from "./change-order.ts";

/**
 * API-36. An order made by hand or by another system. Its number is the caller's own and unique in its channel for ever: the same order again is the one that
 * is there, another order under the same number is refused. `order` is what a channel would say; nothing is invented.
 */
export async function createOrder(
  engine: Engine,
  who: Who,
  { channel, order }: { channel: string; order: ChannelOrder },
): Promise<Result<{ id: string; outcome: "created" | "existing" }>> {
  const channelId: ChannelId | undefined = await findChannelId(engine.db, who.workspaceId, channel);
  if (channelId === undefined) return refuse("no_such_channel", "There is no such channel in this workspace.");
  const arrival = { workspaceId: who.workspaceId, channelId, origin: "by_hand", actor: who.actor } as const;
  try {
    const [stored] = await storeOrders(engine, arrival, [order], async (_tx, [only]) => {
      if (only?.outcome === "changed") throw new OtherOrder();
    });
    const id = await findOrderPublicId(engine.db, who.workspaceId, stored!.orderId);
    return ok({ id, outcome: stored!.outcome === "new" ? "created" : "existing" });
  } catch (error) {
    if (!(error instanceof OtherOrder)) throw error;
    return refuse(
      "number_taken",
      `The channel has an order ${order.channelOrderId} already, and it says something else. A number is used once, for ever.`,
    );
  }
}

/** Undoes the transaction that would have made the caller's order a newer version of another one. */
class OtherOrder extends Error {}
