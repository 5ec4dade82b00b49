import type { ChannelId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "../db.ts";
import { col, row } from "../row.ts";
import { sql } from "../sql.ts";

const ChannelIdRow = row({ id: col.id<ChannelId>() });

/** The inner id behind a channel's public one; undefined where the workspace has no such channel. */
export const findChannelId = async (
  tx: Tx,
  workspaceId: WorkspaceId,
  publicId: string,
): Promise<ChannelId | undefined> =>
  (
    await tx.maybe(
      ChannelIdRow,
      sql`select id from channel where workspace_id = ${workspaceId}::bigint and public_id = ${publicId}::uuid`,
    )
  )?.id;
