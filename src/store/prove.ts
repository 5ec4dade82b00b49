import type { AccountId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { AttemptState } from "#domain/order.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

/** One attempt as a proof needs it. */
export interface ProvableAttempt {
  accountId: AccountId;
  reference: string;
  state: AttemptState;
  supplierOrderId: string | null;
  armedAt: Date;
  closedAt: Date | null;
  orderPublicId: string;
}
const AttemptRow = row({
  id: col.text,
  accountId: col.id<AccountId>(),
  reference: col.text,
  state: col.oneOf<AttemptState>(),
  supplierOrderId: col.textOrNull,
  armedAt: col.instant,
  closedAt: col.instantOrNull,
  orderPublicId: col.text,
});

/** All attempts at a supplier that were armed since, in pages by id. */
export async function* attemptsAt(
  tx: Tx,
  of: { workspaceId: WorkspaceId; supplierId: SupplierId; from: Date },
): AsyncGenerator<ProvableAttempt[]> {
  for (let after = "0"; ;) {
    const page = await tx.rows(
      AttemptRow,
      sql`
      select a.id, a.account_id, a.reference, a.state, a.supplier_order_id, a.armed_at, a.closed_at, o.public_id as order_public_id
        from attempt a join sales_order o on o.workspace_id = a.workspace_id and o.id = a.order_id
       where a.workspace_id = ${of.workspaceId}::bigint and a.supplier_id = ${of.supplierId}::bigint and a.id > ${after}::bigint
         and a.armed_at >= ${of.from}
       order by a.id limit 1000`,
    );
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)!.id;
  }
}
const FirstRow = row({ armedAt: col.instantOrNull });
export const firstArmedAt = async (tx: Tx, workspaceId: WorkspaceId, supplierId: SupplierId): Promise<Date | null> =>
  (
    await tx.one(
      FirstRow,
      sql`select min(armed_at) as armed_at from attempt where workspace_id = ${workspaceId}::bigint and supplier_id = ${supplierId}::bigint`,
    )
  ).armedAt;
