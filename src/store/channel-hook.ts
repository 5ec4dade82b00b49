import type { ConnectionId, WorkspaceId } from "#domain/ids.ts";
import { claimed, type DueConnection } from "./connection.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

/** Where a channel's webhooks come in. */
export interface ChannelHook {
  /** The unguessable part of the address. */
  id: string;
  workspaceId: WorkspaceId;
  connectionId: ConnectionId;
  url: string;
  /** How many times it was switched. */
  no: number;
  offAt: Date | null;
  /** When the channel was last told to send there, or to stop; null: a worker is about to. */
  toldAt: Date | null;
  problem: string | null;
  lastAt: Date | null;
}
const hook = {
  id: col.text,
  workspaceId: col.id<WorkspaceId>(),
  connectionId: col.id<ConnectionId>(),
  url: col.text,
  no: col.int,
  offAt: col.instantOrNull,
  toldAt: col.instantOrNull,
  problem: col.textOrNull,
  lastAt: col.instantOrNull,
};
const HookRow = row(hook);
const CalledRow = row({ ...claimed, isActive: col.bool });

/** WI-1. The connection that this address belongs to, unless it is switched off; read like any other, so that it costs the same to be none. */
export async function connectionCalled(tx: Tx, id: string): Promise<DueConnection | undefined> {
  const found = await tx.maybe(
    CalledRow,
    sql`
    select c.workspace_id, c.id, c.channel_id, c.kind, ch.external_id, c.settings, ch.settings as channel_settings, w.settings as workspace_settings,
           c.cursor, c.first_sync_done_at, c.last_sync_at, h.off_at is null and ch.active as is_active
      from channel_hook h
      join connection c on c.workspace_id = h.workspace_id and c.id = h.connection_id
      join channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id
      join workspace w on w.id = c.workspace_id
     where h.id = ${id}`,
  );
  return found?.isActive === true ? found : undefined;
}

export const findHook = (
  tx: Tx,
  workspaceId: WorkspaceId,
  connectionId: ConnectionId,
): Promise<ChannelHook | undefined> =>
  tx.maybe(
    HookRow,
    sql`select * from channel_hook where workspace_id = ${workspaceId}::bigint and connection_id = ${connectionId}::bigint`,
  );

/** Switched on at this address; the channel has to be told. */
export const switchHookOn = (
  tx: Tx,
  { id, workspaceId, connectionId, url }: Pick<ChannelHook, "id" | "workspaceId" | "connectionId" | "url">,
  now: Date,
): Promise<number> =>
  tx.run(sql`
    insert into channel_hook (id, workspace_id, connection_id, url, no, made_at)
    values (${id}, ${workspaceId}::bigint, ${connectionId}::bigint, ${url}, 1, ${now})
    on conflict (workspace_id, connection_id) do update set url = excluded.url, no = channel_hook.no + 1, off_at = null, told_at = null, problem = null`);

export const switchHookOff = (
  tx: Tx,
  { workspaceId, connectionId }: Pick<ChannelHook, "workspaceId" | "connectionId">,
  now: Date,
): Promise<number> =>
  tx.run(sql`
    update channel_hook set no = no + 1, off_at = ${now}, told_at = null, problem = null
     where workspace_id = ${workspaceId}::bigint and connection_id = ${connectionId}::bigint and off_at is null`);

/** The hook of a connection whose channel has yet to be told; undefined: there is nothing to tell, or no channel is told anything (safe mode). */
export const hookToTell = (
  tx: Tx,
  { workspaceId, id }: { workspaceId: WorkspaceId; id: ConnectionId },
): Promise<ChannelHook | undefined> =>
  tx.maybe(
    HookRow,
    sql`select * from channel_hook where workspace_id = ${workspaceId}::bigint and connection_id = ${id}::bigint and told_at is null
           and not exists (select from installation i where i.safe_mode_reason is not null)`,
  );

/** Unless somebody switched it meanwhile: then what was told is not what is wished. */
export const hookTold = (
  tx: Tx,
  told: ChannelHook,
  { at, problem }: { at: Date | null; problem: string | null },
): Promise<number> =>
  tx.run(sql`
    update channel_hook set told_at = ${at}, problem = ${problem}
     where id = ${told.id} and no = ${told.no} and told_at is null`);

/** To the minute, so that a busy shop does not write the same row with every message. */
export const hookCalled = (tx: Tx, id: string, now: Date): Promise<number> =>
  tx.run(
    sql`update channel_hook set last_at = ${now} where id = ${id} and (last_at is null or last_at < ${new Date(now.getTime() - 60_000)})`,
  );

/** The connection is fetched from, and its channel told what there is to tell, as soon as a worker is free. */
export const wakeConnection = (
  tx: Tx,
  { workspaceId, id }: { workspaceId: WorkspaceId; id: ConnectionId },
  now: Date,
): Promise<number> =>
  tx.run(
    sql`update connection set due_at = least(due_at, ${now}) where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint and due_at is not null`,
  );
