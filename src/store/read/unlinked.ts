import type { WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "../db.ts";
import { col, row, type RowOf } from "../row.ts";
import { sql } from "../sql.ts";

const UnlinkedRow = row({
  sku: col.text,
  title: col.text,
  orders: col.int,
  units: col.int,
  since: col.instant,
  shipBy: col.instantOrNull,
});
export type UnlinkedSku = RowOf<typeof UnlinkedRow>;

/** The SKUs that hold orders because nobody said what they are bought as, those of most orders first. */
export const listUnlinkedSkus = (tx: Tx, workspaceId: WorkspaceId, limit: number): Promise<UnlinkedSku[]> =>
  tx.rows(
    UnlinkedRow,
    sql`
    select l.sku, max(l.title) as title, count(distinct l.order_id)::integer as orders,
           sum(coalesce(l.quantity_edited, l.quantity) - l.cancelled)::integer as units, min(h.opened_at) as since, min(o.ship_by) as ship_by
      from hold h
      join order_line l on l.workspace_id = h.workspace_id and l.order_id = h.order_id and l.no = h.subject_id
      join sales_order o on o.workspace_id = h.workspace_id and o.id = h.order_id
     where h.workspace_id = ${workspaceId}::bigint and h.code = 'sku_not_linked' and h.subject = 'line' and h.closed_at is null
     group by l.sku order by orders desc, l.sku limit ${limit}`,
  );
