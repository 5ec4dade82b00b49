import type { OrderOrigin } from "#domain/channel-order.ts";
import type { ChannelId, ConnectionId, Id, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Db, Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

export interface DueConnection {
  workspaceId: WorkspaceId;
  id: ConnectionId;
  channelId: ChannelId;
  kind: string;
  externalId: string;
  settings: Record<string, unknown>;
  channelSettings: Record<string, unknown>;
  workspaceSettings: Record<string, unknown>;
  cursor: string | null;
  firstSyncDoneAt: Date | null;
  lastSyncAt: Date | null;
}
/** What a claim of a connection reads of it. */
export const claimed = {
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<ConnectionId>(),
  channelId: col.id<ChannelId>(),
  kind: col.text,
  externalId: col.text,
  settings: col.json<Record<string, unknown>>(),
  channelSettings: col.json<Record<string, unknown>>(),
  workspaceSettings: col.json<Record<string, unknown>>(),
  cursor: col.textOrNull,
  firstSyncDoneAt: col.instantOrNull,
  lastSyncAt: col.instantOrNull,
};
const Connection = row(claimed);
const Due = row({ dueAt: col.instantOrNull });

/**
 * Takes connections that are due for a look and gives each a lease, a few of its own intervals long: whoever dies with one delays it by that, nothing more.
 * Two looks at once are harmless, because what they bring is kept once.
 */
export const claimConnections = (
  tx: Tx,
  claim: { now: Date; leaseUntil: Date; limit: number },
): Promise<DueConnection[]> =>
  tx.rows(
    Connection,
    sql`
    with due as (
      select workspace_id, id from connection where due_at <= ${claim.now}
       order by due_at, id limit ${claim.limit} for update skip locked
    )
    update connection c
       set due_at = least(${claim.leaseUntil}::timestamptz, ${claim.now}::timestamptz + make_interval(secs => greatest(5000, 5 * coalesce((c.settings ->> 'everyMs')::numeric, 60000))::double precision / 1000))
      from due join channel ch on ch.workspace_id = due.workspace_id join workspace w on w.id = due.workspace_id
     where c.workspace_id = due.workspace_id and c.id = due.id and ch.id = c.channel_id
    returning c.workspace_id, c.id, c.channel_id, c.kind, ch.external_id, c.settings, ch.settings as channel_settings, w.settings as workspace_settings, c.cursor, c.first_sync_done_at, c.last_sync_at`,
  );

export async function nextConnection(db: Db): Promise<Date | null> {
  return (await db.one(Due, sql`select min(due_at) as due_at from connection where due_at is not null`)).dueAt;
}

/** The cursor moves in the transaction that stores what lies before it, never earlier. */
export const moveCursor = (
  tx: Tx,
  connection: DueConnection,
  to: { cursor: string | null; dueAt: Date; synced: Date | null; problem: string | null },
): Promise<number> =>
  tx.run(sql`
    update connection
       set cursor = ${to.cursor}, due_at = ${to.dueAt}, last_problem = ${to.problem},
           last_sync_at = coalesce(${to.synced}::timestamptz, last_sync_at),
           first_sync_done_at = coalesce(first_sync_done_at, ${to.synced}::timestamptz)
     where workspace_id = ${connection.workspaceId}::bigint and id = ${connection.id}::bigint`);

export interface InboxMessage {
  workspaceId: WorkspaceId;
  id: Id<"inbox">;
  connectionId: ConnectionId;
  eventId: string;
  origin: OrderOrigin;
  /** Sealed, with the key in `rawKey`. */
  raw: string;
  rawKey: string | null;
  dek: number | null;
  tries: number;
  channelId: ChannelId;
  channelKind: string;
}
const Message = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<"inbox" & string>(),
  connectionId: col.id<ConnectionId>(),
  eventId: col.text,
  origin: col.oneOf<OrderOrigin>(),
  raw: col.text,
  rawKey: col.textOrNull,
  dek: col.intOrNull,
  tries: col.int,
  channelId: col.id<ChannelId>(),
  channelKind: col.text,
});

/** Keeps what came in as it came, once per (connection, event, body); the same event with another body is kept beside it. */
export const keepRaw = (
  tx: Tx,
  connection: { workspaceId: WorkspaceId; id: ConnectionId },
  messages: readonly { id: string; eventId: string; bodyHash: string; raw: string; rawKey: string; dek: number }[],
  at: { now: Date; origin: OrderOrigin },
): Promise<number> =>
  tx.run(sql`
    insert into inbox (workspace_id, id, connection_id, event_id, body_hash, origin, raw, raw_key, dek, received_at, tries, due_at)
    select ${connection.workspaceId}::bigint, s.id, ${connection.id}::bigint, s.event_id, s.body_hash, ${at.origin}, s.raw, s.raw_key, s.dek, ${at.now}, 0, ${at.now}
      from unnest(${messages.map((m) => m.id)}::bigint[], ${messages.map((m) => m.eventId)}::text[], ${messages.map((m) => m.bodyHash)}::text[], ${messages.map((m) => m.raw)}::text[], ${messages.map((m) => m.rawKey)}::text[], ${messages.map((m) => m.dek)}::integer[]) as s(id, event_id, body_hash, raw, raw_key, dek)
    on conflict (workspace_id, connection_id, event_id, body_hash) do nothing`);

/** Due messages of one connection, oldest first; locked, so that two workers never parse the same one. */
export async function claimMessages(
  tx: Tx,
  claim: { now: Date; limit: number; only: string | null },
): Promise<InboxMessage[]> {
  const one = claim.only === null ? sql`` : sql`and i.id = ${claim.only}::bigint`;
  return tx.rows(
    Message,
    sql`
    with first as (
      select i.workspace_id, i.connection_id from inbox i where i.due_at <= ${claim.now} ${one} order by i.due_at, i.id limit 1
    )
    select i.workspace_id, i.id, i.connection_id, i.event_id, i.origin, i.raw, i.raw_key, i.dek, i.tries, c.channel_id, ch.kind as channel_kind
      from inbox i join first on first.workspace_id = i.workspace_id and first.connection_id = i.connection_id
      join connection c on c.workspace_id = i.workspace_id and c.id = i.connection_id
      join channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id
     where i.due_at <= ${claim.now} and i.raw is not null ${one}
     order by i.id limit ${claim.limit} for update of i skip locked`,
  ) as Promise<InboxMessage[]>;
}

export async function nextMessage(db: Db): Promise<Date | null> {
  return (await db.one(Due, sql`select min(due_at) as due_at from inbox where due_at is not null`)).dueAt;
}

const Named = row({ orderId: col.id<OrderId>(), channelOrderId: col.text });
/** Which of these orders of a channel are here. */
export const ordersNamed = (
  tx: Tx,
  { workspaceId, channelId }: { workspaceId: WorkspaceId; channelId: ChannelId },
  channelOrderIds: readonly string[],
): Promise<{ orderId: OrderId; channelOrderId: string }[]> =>
  channelOrderIds.length === 0
    ? Promise.resolve([])
    : tx.rows(
        Named,
        sql`
        select id as order_id, channel_order_id from sales_order
         where workspace_id = ${workspaceId}::bigint and channel_id = ${channelId}::bigint and channel_order_id = any(${channelOrderIds}::text[])`,
      );

/** done: its content is stored, and the message filed under its order. A failed one comes back later, after five tries only by a person: it blocks nobody. */
export const closeMessages = (
  tx: Tx,
  messages: readonly (Pick<InboxMessage, "workspaceId" | "id"> & { orderId: OrderId | null })[],
  now: Date,
): Promise<number> =>
  tx.run(sql`
    update inbox i set done_at = ${now}, due_at = null, problem = null, order_id = s.order_id
      from unnest(${messages.map((m) => m.workspaceId)}::bigint[], ${messages.map((m) => m.id)}::bigint[], ${messages.map((m) => m.orderId)}::bigint[]) as s(workspace_id, id, order_id)
     where i.workspace_id = s.workspace_id and i.id = s.id`);
/** `uuid` names it from now on, unless it failed before. */
export const failMessage = (
  tx: Tx,
  message: InboxMessage,
  { problem, dueAt, uuid }: { problem: string; dueAt: Date | null; uuid: string },
): Promise<number> =>
  tx.run(sql`
    update inbox set tries = tries + 1, problem = ${problem}, due_at = ${dueAt}, public_id = coalesce(public_id, ${uuid}::uuid)
     where workspace_id = ${message.workspaceId}::bigint and id = ${message.id}::bigint`);
