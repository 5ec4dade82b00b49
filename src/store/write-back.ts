import type { ChannelId, ConnectionId, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Db, Tx } from "./db.ts";
import type { OrderKey } from "./dossier.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

const Key = row({ workspaceId: col.id<WorkspaceId>(), orderId: col.id<OrderId>(), channelId: col.id<ChannelId>() });
const Due = row({ dueAt: col.instantOrNull });

/** Orders with something to tell their channel, earliest ship-by first among what is due. Not locked: whoever arms locks them and looks again. */
export const ordersToTell = (db: Tx, now: Date, limit: number): Promise<(OrderKey & { channelId: ChannelId })[]> =>
  db.rows(
    Key,
    sql`
    with due as (
      select workspace_id, order_id from write_back where due_at <= ${now} order by due_at, id limit ${limit}
    )
    select o.workspace_id, o.id as order_id, o.channel_id from sales_order o
     where (o.workspace_id, o.id) in (select due.workspace_id, due.order_id from due)
     order by o.ship_by nulls last, o.id`,
  );

/** In safe mode nothing is told, so nothing is due either. */
export async function nextWriteBack(db: Db): Promise<Date | null> {
  const found = await db.one(
    Due,
    sql`
    select min(due_at) as due_at from write_back
     where due_at is not null and not exists (select 1 from installation i where i.safe_mode_reason is not null)`,
  );
  return found.dueAt;
}

export interface ChannelConnection {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  connectionId: ConnectionId;
  kind: string;
  externalId: string;
  settings: Record<string, unknown>;
}
const Connection = row({
  workspaceId: col.id<WorkspaceId>(),
  channelId: col.id<ChannelId>(),
  connectionId: col.id<ConnectionId>(),
  kind: col.text,
  externalId: col.text,
  settings: col.json<Record<string, unknown>>(),
});

/** How these channels are reached, oldest connection first. */
export const channelConnections = (
  tx: Tx,
  channels: readonly { workspaceId: WorkspaceId; channelId: ChannelId }[],
): Promise<ChannelConnection[]> =>
  channels.length === 0
    ? Promise.resolve([])
    : tx.rows(
        Connection,
        sql`
    select c.workspace_id, c.channel_id, c.id as connection_id, c.kind, ch.external_id, c.settings
      from (select distinct workspace_id, channel_id from unnest(${channels.map((each) => each.workspaceId)}::bigint[], ${channels.map((each) => each.channelId)}::bigint[]) as k(workspace_id, channel_id)) k
      join connection c on c.workspace_id = k.workspace_id and c.channel_id = k.channel_id
      join channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id
     order by c.workspace_id, c.channel_id, c.id`,
      );
