import type { ChannelId, ConnectionId, WorkspaceId } from "#domain/ids.ts";
import type { ChannelSettings } from "#domain/settings.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

export interface Channel {
  workspaceId: WorkspaceId;
  id: ChannelId;
  publicId: string;
  kind: string;
  /** What the other side calls the account: shop domain, user, seller and marketplace. */
  externalId: string;
  name: string;
  /** Only what differs from the defaults. */
  settings: Partial<ChannelSettings>;
  active: boolean;
  createdAt: Date;
}
const ChannelRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<ChannelId>(),
  publicId: col.text,
  kind: col.text,
  externalId: col.text,
  name: col.text,
  settings: col.json<Partial<ChannelSettings>>(),
  active: col.bool,
  createdAt: col.instant,
});

export interface ChannelConnection {
  id: ConnectionId;
  kind: string;
  settings: Record<string, unknown>;
  lastSyncAt: Date | null;
  lastProblem: string | null;
  /** The last daily comparison with what the channel lists; null: none yet. */
  gapCheckedAt: Date | null;
  gapMissing: number | null;
  /** The channel's ids of the first few that are missing. */
  gapExamples: string[];
}
const ConnectionRow = row({
  id: col.id<ConnectionId>(),
  kind: col.text,
  settings: col.json<Record<string, unknown>>(),
  lastSyncAt: col.instantOrNull,
  lastProblem: col.textOrNull,
  gapCheckedAt: col.instantOrNull,
  gapMissing: col.intOrNull,
  gapExamples: col.list<string>(),
});
const OwnerRow = row({ workspaceId: col.id<WorkspaceId>() });

export const listChannels = (tx: Tx, workspaceId: WorkspaceId): Promise<Channel[]> =>
  tx.rows(ChannelRow, sql`select * from channel where workspace_id = ${workspaceId}::bigint order by id`);

export const lockChannel = (tx: Tx, workspaceId: WorkspaceId, id: ChannelId): Promise<Channel | undefined> =>
  tx.maybe(
    ChannelRow,
    sql`select * from channel where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint for update`,
  );

/** Enters a shop in the installation's registry, unless it is there; answers which workspace has it. */
export async function registerChannel(tx: Tx, channel: Pick<Channel, "kind" | "externalId" | "workspaceId">) {
  const { kind, externalId, workspaceId } = channel;
  await tx.run(sql`
    insert into channel_registry (kind, external_id, workspace_id) values (${kind}, ${externalId}, ${workspaceId}::bigint)
    on conflict (kind, external_id) do nothing`);
  const owner = await tx.one(
    OwnerRow,
    sql`select workspace_id from channel_registry where kind = ${kind} and external_id = ${externalId}`,
  );
  return owner.workspaceId;
}

export async function insertChannel(tx: Tx, channel: Channel): Promise<boolean> {
  const { workspaceId, id, publicId, kind, externalId, name, settings, active, createdAt } = channel;
  const inserted = await tx.run(sql`
    insert into channel (workspace_id, id, public_id, kind, external_id, name, settings, active, created_at)
    values (${workspaceId}::bigint, ${id}::bigint, ${publicId}::uuid, ${kind}, ${externalId}, ${name}, ${settings}::jsonb, ${active}, ${createdAt})
    on conflict do nothing`);
  return inserted === 1;
}

/** `dueAt` null: nothing is fetched from it; files and webhooks come by themselves. */
export const insertConnection = (
  tx: Tx,
  connection: Pick<ChannelConnection, "id" | "kind" | "settings"> & {
    workspaceId: WorkspaceId;
    channelId: ChannelId;
    dueAt: Date | null;
  },
): Promise<number> =>
  tx.run(sql`
    insert into connection (workspace_id, id, channel_id, kind, settings, due_at, gap_due_at)
    values (${connection.workspaceId}::bigint, ${connection.id}::bigint, ${connection.channelId}::bigint, ${connection.kind}, ${connection.settings}::jsonb, ${connection.dueAt}, ${connection.dueAt}::timestamptz + interval '1 day')`);

export const listConnections = (tx: Tx, workspaceId: WorkspaceId, channelId: ChannelId): Promise<ChannelConnection[]> =>
  tx.rows(
    ConnectionRow,
    sql`
    select id, kind, settings, last_sync_at, last_problem, gap_checked_at, gap_missing, coalesce(gap_examples, '{}') as gap_examples from connection
     where workspace_id = ${workspaceId}::bigint and channel_id = ${channelId}::bigint order by id`,
  );

export const saveChannelSettings = (
  tx: Tx,
  { workspaceId, id }: Pick<Channel, "workspaceId" | "id">,
  settings: Partial<ChannelSettings>,
): Promise<number> =>
  tx.run(
    sql`update channel set settings = ${settings}::jsonb where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`,
  );

/** New settings for how a channel is reached; it is tried with them at once where it is fetched from. */
export const saveConnectionSettings = (
  tx: Tx,
  workspaceId: WorkspaceId,
  id: ConnectionId,
  settings: Record<string, unknown>,
  now: Date,
): Promise<number> =>
  tx.run(sql`
    update connection set settings = ${settings}::jsonb, due_at = case when due_at is null then null else ${now}::timestamptz end
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`);
