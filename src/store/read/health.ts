import type { AccountId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "../db.ts";
import { col, row, type RowOf } from "../row.ts";
import { sql } from "../sql.ts";

const HealthRow = row({
  accountId: col.id<AccountId>(),
  recentUnknowns: col.int,
  unsettled: col.int,
  lastCallAt: col.instantOrNull,
  lastPurchaseAt: col.instantOrNull,
});
export type AccountHealth = RowOf<typeof HealthRow>;

/** How the accounts of a supplier stand; each by its own indexes. */
export const readAccountHealth = (tx: Tx, workspaceId: WorkspaceId, supplierId: SupplierId): Promise<AccountHealth[]> =>
  tx.rows(
    HealthRow,
    sql`
    select c.id as account_id, c.recent_unknowns,
           (select count(*)::integer from attempt a where a.workspace_id = c.workspace_id and a.account_id = c.id and a.state in ('armed', 'unknown')) as unsettled,
           (select max(u.last_at) from vault.secret_use u where u.workspace_id = c.workspace_id and u.subject = 'account' and u.subject_id = c.id) as last_call_at,
           (select t.at from ledger_transaction t where t.workspace_id = c.workspace_id and t.account_id = c.id and t.kind = 'charge' order by t.id desc limit 1) as last_purchase_at
      from supplier_account c
     where c.workspace_id = ${workspaceId}::bigint and c.supplier_id = ${supplierId}::bigint order by c.id`,
  );

const FileRow = row({ name: col.text, kind: col.text, rows: col.int, refused: col.int, at: col.instant });

/** The newest documents a supplier sent. */
export const readSupplierFiles = (
  tx: Tx,
  workspaceId: WorkspaceId,
  supplierId: SupplierId,
  limit: number,
): Promise<RowOf<typeof FileRow>[]> =>
  tx.rows(
    FileRow,
    sql`
    select name, kind, rows, refused, at from supplier_file
     where workspace_id = ${workspaceId}::bigint and supplier_id = ${supplierId}::bigint order by at desc, sha256 limit ${limit}`,
  );
