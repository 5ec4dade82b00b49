import type { OrderId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "../db.ts";
import { col, row, type RowOf } from "../row.ts";
import { sql } from "../sql.ts";

const DocumentRow = row({
  fileName: col.text,
  bytes: col.bytes,
  /** The orders whose buyers stand in it. */
  orders: col.json<{ id: OrderId; publicId: string }[]>(),
});

/** The newest document in which a fulfillment order left or is about to leave, exactly as it was committed. */
export const readPartDocument = (
  tx: Tx,
  workspaceId: WorkspaceId,
  part: string,
): Promise<RowOf<typeof DocumentRow> | undefined> =>
  tx.maybe(
    DocumentRow,
    sql`
    select d.file_name, d.bytes,
           (select json_agg(json_build_object('id', o.id::text, 'publicId', o.public_id) order by o.id)
              from sales_order o
             where o.workspace_id = d.workspace_id
               and o.id in (select n.order_id from attempt n where n.workspace_id = d.workspace_id and n.dispatch_id = d.id)) as orders
      from fulfillment_order f
      join attempt a on a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id
      join dispatch d on d.workspace_id = a.workspace_id and d.id = a.dispatch_id
     where f.workspace_id = ${workspaceId}::bigint and f.public_id = ${part}::uuid
     order by a.no desc limit 1`,
  );

const SentRow = row({
  name: col.text,
  state: col.oneOf<"open" | "sent" | "void">(),
  createdAt: col.instant,
  sentAt: col.instantOrNull,
  purchaseOrders: col.int,
  part: col.textOrNull,
});
/** The newest purchase order files for a supplier. `part`: one of the fulfillment orders in it, by which it is read. */
export const listDocuments = (
  tx: Tx,
  workspaceId: WorkspaceId,
  supplierId: SupplierId,
  limit: number,
): Promise<RowOf<typeof SentRow>[]> =>
  tx.rows(
    SentRow,
    sql`
    select d.file_name as name, d.state, d.created_at, d.sent_at, n.purchase_orders, n.part
      from (select * from dispatch where workspace_id = ${workspaceId}::bigint and supplier_id = ${supplierId}::bigint order by id desc limit ${limit}) d
      cross join lateral (
        select count(*)::integer as purchase_orders,
               (array_agg(f.public_id::text order by a.id) filter (where a.no = (
                  select max(later.no) from attempt later
                   where later.workspace_id = a.workspace_id and later.fulfillment_order_id = a.fulfillment_order_id and later.dispatch_id is not null)))[1] as part
          from attempt a join fulfillment_order f on f.workspace_id = a.workspace_id and f.id = a.fulfillment_order_id
         where a.workspace_id = d.workspace_id and a.dispatch_id = d.id) n
     order by d.id desc`,
  );
