import type { Db, Tx } from "#store/db.ts";
import { sql } from "#store/sql.ts";

/**
 * Runs `work` in one transaction that sees one workspace. `db` is the API role's; row-level security shows it nothing until a workspace is
 * named, and the name ends with the transaction, so a connection that goes back to the pool carries nothing over.
 */
export const inWorkspace = <T>(db: Db, workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
  db.tx(async (tx) => {
    await tx.run(sql`select use_workspace(${workspaceId})`);
    return work(tx);
  });
