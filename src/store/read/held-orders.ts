import type { ChannelId, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import type { Tx } from "../db.ts";
import { col, row } from "../row.ts";
import { sql } from "../sql.ts";

const IdRow = row({ id: col.id<OrderId>(), publicId: col.text });

/** Orders with an open hold (of this code, on this channel), by id: for going through all of them in pages although each page changes them. */
export const heldOrders = (
  tx: Tx,
  of: {
    workspaceId: WorkspaceId;
    channelId: ChannelId | null;
    reason: ReasonCode | null;
    after: string;
    limit: number;
  },
): Promise<{ id: OrderId; publicId: string }[]> =>
  tx.rows(
    IdRow,
    sql`
    select o.id, o.public_id from sales_order o
     where o.workspace_id = ${of.workspaceId}::bigint and o.id > ${of.after}::bigint
       and (o.channel_id = ${of.channelId}::bigint or ${of.channelId}::bigint is null)
       and exists (select from hold h where h.workspace_id = o.workspace_id and h.order_id = o.id and h.closed_at is null and (h.code = ${of.reason} or ${of.reason}::text is null))
     order by o.id limit ${of.limit}`,
  );
const CountRow = row({ n: col.int });
export const countHeldOrders = async (
  tx: Tx,
  of: { workspaceId: WorkspaceId; channelId: ChannelId | null; reason: ReasonCode | null },
): Promise<number> =>
  (
    await tx.one(
      CountRow,
      sql`
      select count(distinct h.order_id)::int as n from hold h join sales_order o on o.workspace_id = h.workspace_id and o.id = h.order_id
       where h.workspace_id = ${of.workspaceId}::bigint and h.closed_at is null and (h.code = ${of.reason} or ${of.reason}::text is null)
         and (o.channel_id = ${of.channelId}::bigint or ${of.channelId}::bigint is null)`,
    )
  ).n;
