import { hash } from "node:crypto";
import type { Address } from "#domain/address.ts";
import { addressFields } from "#domain/address.ts";
import { requestCancellation } from "#domain/cancel.ts";
import type { ChannelOrder, OrderOrigin } from "#domain/channel-order.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { ChannelId, OrderId, WorkspaceId } from "#domain/ids.ts";
import { applyVersion, newOrder, type IncomingOrder } from "#domain/intake.ts";
import { linesNamed } from "#domain/named-lines.ts";
import { commitDrafts } from "#store/commit.ts";
import { isUniqueViolation } from "#store/errors.ts";
import { canonical } from "#store/event-chain.ts";
import { findOrders, takeTombstones } from "#store/intake.ts";
import type { Tx } from "#store/db.ts";
import { readShared } from "#store/shared.ts";
import type { Engine } from "./context.ts";
import { openDrafts } from "./stage.ts";

export interface Stored {
  channelOrderId: string;
  workspaceId: WorkspaceId;
  orderId: OrderId;
  outcome: "new" | "changed" | "unchanged";
}

/** Marks as live, file …: decides together with the channel's settings whether the order may go on by itself. */
export interface Arrival {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  origin: OrderOrigin;
  actor: string;
}

/**
 * IN rules: stores a batch of channel orders under their exact key (channel, the channel's own id). New ones begin their life, known ones get the newer
 * version. One transaction; when another worker stores the same new order at the same moment, the batch is tried again and finds it.
 */
export async function storeOrders(
  engine: Engine,
  arrival: Arrival,
  orders: readonly ChannelOrder[],
  also?: (tx: Tx, stored: Stored[]) => Promise<void>,
): Promise<Stored[]> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await engine.db.tx(async (tx) => {
        const stored = await storeInTransaction(engine, tx, arrival, orders);
        await also?.(tx, stored);
        return stored;
      });
    } catch (error) {
      if (!isUniqueViolation(error) || tries === 3) throw error;
    }
  }
}

/** The same within a transaction that the caller has begun (the inbox). */
export async function storeInTransaction(
  engine: Engine,
  tx: Tx,
  arrival: Arrival,
  orders: readonly ChannelOrder[],
): Promise<Stored[]> {
  const { workspaceId, channelId } = arrival;
  const now = engine.clock.now();
  const incoming = orders.map((order) => toIncoming(workspaceId, channelId, order, arrival.origin));
  const known = await findOrders(tx, workspaceId, channelId, [...new Set(orders.map((order) => order.channelOrderId))]);
  const keys = known.map((each) => ({ workspaceId, orderId: each.orderId }));
  const opened = await openDrafts(engine, tx, keys, { links: false }, now, arrival.actor);
  const shared = opened.shared.get(workspaceId) ?? (await readShared(tx, [workspaceId], [], {}, now)).get(workspaceId);
  if (shared === undefined) throw new Error(`There is no workspace ${workspaceId}.`);
  await engine.ids.ensure(
    tx,
    incoming.reduce((sum, each) => sum + 12 + 2 * each.order.lines.length, 0),
  );

  const drafts = new Map<string, OrderDraft>(opened.drafts.map((draft) => [draft.order.channelOrderId, draft]));
  const stored: Stored[] = [];
  for (const each of incoming) {
    const { channelOrderId } = each.order;
    const draft = drafts.get(channelOrderId);
    if (draft === undefined) {
      const fresh = newOrder(each, { workspaceId, channelId, shared, now, actor: arrival.actor, ids: engine.ids });
      drafts.set(channelOrderId, fresh);
      stored.push({ channelOrderId, workspaceId, orderId: fresh.order.id, outcome: "new" });
    } else {
      stored.push({
        channelOrderId,
        workspaceId,
        orderId: draft.order.id,
        outcome: applyVersion(draft, each) ? "changed" : "unchanged",
      });
    }
  }
  const fresh = [...drafts.values()].filter((draft) => draft.isNew);
  for (const tombstone of await takeTombstones(
    tx,
    workspaceId,
    channelId,
    fresh.map((draft) => draft.order.channelOrderId),
    now,
  )) {
    const draft = drafts.get(tombstone.channelOrderId)!;
    const lines = linesNamed(draft.dossier.lines, tombstone.lines);
    requestCancellation(draft, { askedBy: tombstone.askedBy, lines, at: tombstone.at });
  }
  await commitDrafts(tx, [...drafts.values()], { slot: engine.slot, newId: () => engine.ids.next() });
  return stored;
}

export function toIncoming(
  workspaceId: WorkspaceId,
  channelId: ChannelId,
  order: ChannelOrder,
  origin: OrderOrigin,
): IncomingOrder {
  const buyer =
    order.buyerId ?? (order.shipTo === null || order.shipTo.email === "" ? null : order.shipTo.email.toLowerCase());
  return {
    order,
    origin,
    // The channel's own clock of a version is no change of what it says: the same export twice is no news.
    digest: hash("sha256", canonical({ ...order, updatedAt: null })),
    addressDigest: order.shipTo === null ? null : digestAddress(workspaceId, order.shipTo),
    buyerDigest: buyer === null ? null : digestBuyer(workspaceId, channelId, buyer),
  };
}

/** Keyed by workspace and channel: the same buyer of the same channel, and nothing outside it. */
export const digestBuyer = (workspaceId: WorkspaceId, channelId: ChannelId, buyer: string): string =>
  hash("sha256", `${workspaceId}/${channelId}/${buyer}`).slice(0, 32);

/** Keyed by workspace, over the parts that decide where a parcel goes; the same for other cases and blanks. */
export const digestAddress = (workspaceId: WorkspaceId, address: Address): string =>
  hash(
    "sha256",
    `${workspaceId}\n${addressFields
      .filter((field) => field !== "phone" && field !== "email")
      .map((field) => address[field].trim().toLowerCase())
      .join("\n")}`,
  ).slice(0, 32);
