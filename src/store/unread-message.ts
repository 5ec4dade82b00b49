import type { ChannelId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";
import type { SealedMessage } from "./vault/messages.ts";

/** What a channel sent and nobody could read, as it waits for a person; still sealed. */
export interface UnreadMessage extends SealedMessage {
  id: string;
  publicId: string;
  channelId: ChannelId;
  eventId: string;
  receivedAt: Date;
  problem: string;
}
const UnreadRow = row({
  id: col.text,
  publicId: col.text,
  channelId: col.id<ChannelId>(),
  eventId: col.text,
  receivedAt: col.instant,
  problem: col.text,
  raw: col.textOrNull,
  rawKey: col.textOrNull,
  dek: col.intOrNull,
});
/** One that is tried again by itself waits for nobody. */
const unread = sql`i.problem is not null and i.done_at is null and i.due_at is null and i.public_id is not null`;
const columns = sql`i.id, i.public_id, c.channel_id, i.event_id, i.received_at, i.problem, i.raw, i.raw_key, i.dek`;

/** WI-9. Oldest first. */
export const listUnread = (
  tx: Tx,
  workspaceId: WorkspaceId,
  { after, limit }: { after: string; limit: number },
): Promise<UnreadMessage[]> =>
  tx.rows(
    UnreadRow,
    sql`
    select ${columns} from inbox i join connection c on c.workspace_id = i.workspace_id and c.id = i.connection_id
     where i.workspace_id = ${workspaceId}::bigint and i.id > ${after}::bigint and ${unread}
     order by i.id limit ${limit}`,
  );

export const lockUnread = (tx: Tx, workspaceId: WorkspaceId, publicId: string): Promise<UnreadMessage | undefined> =>
  tx.maybe(
    UnreadRow,
    sql`
    select ${columns} from inbox i join connection c on c.workspace_id = i.workspace_id and c.id = i.connection_id
     where i.workspace_id = ${workspaceId}::bigint and i.public_id = ${publicId}::uuid and ${unread} for update of i`,
  );

export const readAgain = (tx: Tx, workspaceId: WorkspaceId, id: string, now: Date): Promise<number> =>
  tx.run(
    sql`update inbox set due_at = ${now}, tries = 0 where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`,
  );

export const putAside = (tx: Tx, workspaceId: WorkspaceId, id: string, now: Date): Promise<number> =>
  tx.run(sql`update inbox set done_at = ${now} where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`);
