import { hash } from "node:crypto";
import type { Address } from "#domain/address.ts";
import { addressFields } from "#domain/address.ts";
import { requestCancellation } from "#domain/cancel.ts";
import { withoutCards } from "#domain/card-mask.ts";
import type { ChannelOrder, OrderOrigin } from "#domain/channel-order.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { ChannelId, OrderId, WorkspaceId } from "#domain/ids.ts";
import { applyVersion, newOrder, type IncomingOrder } from "#domain/intake.ts";
import { linesNamed, type NamedLines } from "#domain/named-lines.ts";
import { commitDrafts } from "#store/commit.ts";
import { metAnother } from "#store/errors.ts";
import { canonical } from "#store/event-chain.ts";
import { findOrders, keepTombstone, lockArrivals, takeTombstones } from "#store/intake.ts";
import type { Tx } from "#store/db.ts";
import { readShared } from "#store/shared.ts";
import type { Engine } from "./context.ts";
import { commitContext, openDrafts } from "./stage.ts";

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

/** One thing that a channel says. */
export type Said =
  | { type: "order"; order: ChannelOrder; origin: OrderOrigin }
  | { type: "cancellation"; channelOrderId: string; askedBy: "buyer" | "channel"; lines: NamedLines; at: Date };

/**
 * IN rules: stores a batch of channel orders under their exact key (channel, the channel's own id). New ones begin their life, known ones get the newer
 * version. One transaction; when another worker stores the same new order at the same moment, the batch is tried again and finds it. `mayPutBy`: what is `also` done
 * may keep a cancellation for an order that is not there yet.
 */
export async function storeOrders(
  engine: Engine,
  arrival: Arrival,
  orders: readonly ChannelOrder[],
  also?: (tx: Tx, stored: Stored[]) => Promise<void>,
  { mayPutBy = false }: { mayPutBy?: boolean } = {},
): Promise<Stored[]> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await engine.db.tx(async (tx) => {
        const said = orders.map((order): Said => ({ type: "order", order, origin: arrival.origin }));
        const stored = await storeInTransaction(engine, tx, arrival, said, mayPutBy);
        await also?.(tx, stored);
        return stored;
      });
    } catch (error) {
      if (!metAnother(error) || tries === 3) throw error;
    }
  }
}

/**
 * The same within a transaction that the caller has begun (the inbox), with cancellations among the orders; all of it applied in the order in which it was said.
 * It is committed once: who locks further orders when the rows that all orders share are locked already (counters, stock, balances) waits in a circle with
 * somebody who has the order and wants those (ENG-12).
 */
export async function storeInTransaction(
  engine: Engine,
  tx: Tx,
  { workspaceId, channelId, actor }: Omit<Arrival, "origin">,
  said: readonly Said[],
  mayPutBy = false,
): Promise<Stored[]> {
  const now = engine.clock.now();
  const named = [...new Set(said.map((each) => (each.type === "order" ? each.order : each).channelOrderId))];
  const [, known] = await Promise.all([
    lockArrivals(tx, workspaceId, channelId, mayPutBy || said.some((each) => each.type === "cancellation")),
    findOrders(tx, workspaceId, channelId, named), // sent with it, and read after it
  ]);
  const keys = known.map((each) => ({ workspaceId, orderId: each.orderId }));
  const opened = await openDrafts(engine, tx, keys, { links: false }, now, actor);
  const shared = opened.shared.get(workspaceId) ?? (await readShared(tx, [workspaceId], [], {}, now)).get(workspaceId);
  if (shared === undefined) throw new Error(`There is no workspace ${workspaceId}.`);
  const orders = said.flatMap((each) => (each.type === "order" ? [each.order] : []));
  await engine.ids.ensure(
    tx,
    orders.reduce((sum, order) => sum + 12 + 2 * order.lines.length, 0),
  );

  const drafts = new Map<string, OrderDraft>(opened.drafts.map((draft) => [draft.order.channelOrderId, draft]));
  const fresh = new Set(orders.map(({ channelOrderId }) => channelOrderId).filter((id) => !drafts.has(id)));
  const waiting = new Map<string, Cancellation>(
    (await takeTombstones(tx, workspaceId, channelId, [...fresh], now)).map((each) => [each.channelOrderId, each]),
  );
  const cancel = (draft: OrderDraft, { askedBy, lines, at }: Cancellation): void =>
    void requestCancellation(draft, { askedBy, lines: linesNamed(draft.dossier.lines, lines), at });
  const stored: Stored[] = [];
  for (const each of said) {
    const { channelOrderId } = each.type === "order" ? each.order : each;
    const draft = drafts.get(channelOrderId);
    if (each.type === "cancellation") {
      if (draft === undefined) waiting.set(channelOrderId, each);
      else cancel(draft, each);
      continue;
    }
    const incoming = toIncoming(workspaceId, channelId, each.order, each.origin);
    if (draft === undefined) {
      const made = newOrder(incoming, { workspaceId, channelId, shared, now, actor, ids: engine.ids });
      drafts.set(channelOrderId, made);
      stored.push({ channelOrderId, workspaceId, orderId: made.order.id, outcome: "new" });
      const before = waiting.get(channelOrderId);
      if (before !== undefined) cancel(made, before);
      waiting.delete(channelOrderId);
    } else {
      const outcome = applyVersion(draft, incoming) ? "changed" : "unchanged";
      stored.push({ channelOrderId, workspaceId, orderId: draft.order.id, outcome });
    }
  }
  const expiresAt = new Date(now.getTime() + shared.workspace.tombstoneMs);
  for (const [channelOrderId, { askedBy, lines, at }] of [...waiting].sort(byId))
    await keepTombstone(tx, { workspaceId, channelId, channelOrderId, askedBy, lines, at, expiresAt });
  await commitDrafts(tx, [...drafts.values()], commitContext(engine));
  return stored;
}
type Cancellation = Pick<Extract<Said, { type: "cancellation" }>, "askedBy" | "lines" | "at">;
const byId = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

export function toIncoming(
  workspaceId: WorkspaceId,
  channelId: ChannelId,
  said: ChannelOrder,
  origin: OrderOrigin,
): IncomingOrder {
  const order = withoutCards(said);
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
