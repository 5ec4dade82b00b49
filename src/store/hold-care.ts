import type { HoldId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "./db.ts";
import { sql } from "./sql.ts";

/** Open holds of one locked order. */
interface These {
  workspaceId: WorkspaceId;
  ids: readonly HoldId[];
}

/** Who looks after these; null: nobody. */
export const setOwner = (tx: Tx, { workspaceId, ids }: These, ownerId: string | null): Promise<number> =>
  tx.run(sql`
    update hold set owner_id = ${ownerId}::uuid
     where workspace_id = ${workspaceId}::bigint and id = any(${ids}::bigint[]) and closed_at is null`);

/** Until when nobody wants to see these; null: they are seen now. */
export const setSnooze = (tx: Tx, { workspaceId, ids }: These, until: Date | null): Promise<number> =>
  tx.run(sql`
    update hold set snoozed_until = ${until}::timestamptz
     where workspace_id = ${workspaceId}::bigint and id = any(${ids}::bigint[]) and closed_at is null`);
