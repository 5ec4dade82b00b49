import type { ChannelId, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { NamedLines } from "#domain/named-lines.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";
import { json } from "./writer.ts";

const Found = row({ orderId: col.id<OrderId>(), channelOrderId: col.text });
const Tombstone = row({
  channelOrderId: col.text,
  askedBy: col.oneOf<"buyer" | "channel">(),
  lines: col.json<NamedLines>(),
  at: col.instant,
});

/**
 * IN-10. Until this transaction ends no cancellation is put by for an order of this channel that another transaction is storing: neither would see the other, and
 * the cancellation would wait for ever. Orders are stored side by side; who may put a cancellation by is alone. Taken before any order is locked.
 */
export const lockArrivals = (
  tx: Tx,
  workspaceId: WorkspaceId,
  channelId: ChannelId,
  mayPutBy: boolean,
): Promise<number> =>
  tx.run(
    sql`select from channel where workspace_id = ${workspaceId}::bigint and id = ${channelId}::bigint ${mayPutBy ? sql`for no key update` : sql`for share`}`,
  );

/** Locks, in id order, those of a channel's orders that are known already. */
export const findOrders = (
  tx: Tx,
  workspaceId: WorkspaceId,
  channelId: ChannelId,
  channelOrderIds: readonly string[],
) =>
  tx.rows(
    Found,
    sql`
    select o.id as order_id, o.channel_order_id from sales_order o
     where o.workspace_id = ${workspaceId}::bigint and o.channel_id = ${channelId}::bigint and o.channel_order_id = any(${channelOrderIds}::text[])
     order by o.id for update of o`,
  );

/** Takes (and removes) cancellations that came before their order. */
export const takeTombstones = (
  tx: Tx,
  workspaceId: WorkspaceId,
  channelId: ChannelId,
  channelOrderIds: readonly string[],
  now: Date,
) =>
  channelOrderIds.length === 0
    ? Promise.resolve([])
    : tx.rows(
        Tombstone,
        sql`
        delete from cancel_tombstone
         where workspace_id = ${workspaceId}::bigint and channel_id = ${channelId}::bigint and channel_order_id = any(${channelOrderIds}::text[]) and expires_at > ${now}
        returning channel_order_id, asked_by, lines, at`,
      );

/** Keeps cancellations whose order is not here yet; a later one for the same order replaces an earlier one. */
export async function keepTombstone(
  tx: Tx,
  tombstone: {
    workspaceId: WorkspaceId;
    channelId: ChannelId;
    channelOrderId: string;
    askedBy: "buyer" | "channel";
    lines: NamedLines;
    at: Date;
    expiresAt: Date;
  },
): Promise<void> {
  await tx.run(sql`
    insert into cancel_tombstone (workspace_id, channel_id, channel_order_id, asked_by, lines, at, expires_at)
    values (${tombstone.workspaceId}, ${tombstone.channelId}, ${tombstone.channelOrderId}, ${tombstone.askedBy}, ${json(tombstone.lines)}::jsonb, ${tombstone.at}, ${tombstone.expiresAt})
    on conflict (workspace_id, channel_id, channel_order_id) do update set asked_by = excluded.asked_by, lines = excluded.lines, at = excluded.at, expires_at = excluded.expires_at`);
}
