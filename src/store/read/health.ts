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

const LateRow = row({ work: col.oneOf<LateWork>(), rows: col.int, oldest: col.instant });
/** What falls due in a workspace and has to be moved on by a worker. */
export const lateWorks = [
  "orders",
  "purchases",
  "messages_to_suppliers",
  "cancellations",
  "parcels",
  "write_backs",
  "channels",
  "channel_messages",
  "supplier_files",
  "stock_feeds",
] as const;
export type LateWork = (typeof lateWorks)[number];

/**
 * What of a workspace should have been moved on before `since`. Each kind of work is found by its index of what is due, whatever workspace it is of (what is
 * late is little, what a workspace holds is not), and only then asked whose it is.
 */
export const readLateWork = (tx: Tx, workspaceId: WorkspaceId, since: Date): Promise<RowOf<typeof LateRow>[]> =>
  tx.rows(
    LateRow,
    sql`
    with late as materialized (
      select workspace_id, 'orders' as work, due_at from fulfillment_order where due_at < ${since}
      union all select workspace_id, 'purchases', due_at from attempt where due_at < ${since}
      union all select workspace_id, 'messages_to_suppliers', due_at from dispatch where due_at < ${since}
      union all select workspace_id, 'cancellations', due_at from cancellation_ask where due_at < ${since}
      union all select workspace_id, 'parcels', due_at from parcel where due_at < ${since}
      union all select workspace_id, 'write_backs', due_at from write_back where due_at < ${since}
      union all select workspace_id, 'channels', due_at from connection where due_at < ${since}
      union all select workspace_id, 'channel_messages', due_at from inbox where due_at < ${since}
      union all select workspace_id, 'supplier_files', inbox_due_at from supplier where inbox_due_at < ${since}
      union all select workspace_id, 'stock_feeds', stock_due_at from supplier where stock_due_at < ${since}
    )
    select work, count(*)::integer as rows, min(due_at) as oldest from late where workspace_id = ${workspaceId}::bigint group by work order by 3`,
  );
