import { publicId, type OrderId, type PublicKind, type WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "../db.ts";
import { col, row } from "../row.ts";
import { sql } from "../sql.ts";

const IdRow = row({ kind: col.text, id: col.text, publicId: col.text });
const kinds: Readonly<Record<string, PublicKind>> = {
  order: "order",
  fulfillment_order: "fulfillmentOrder",
  shipment: "shipment",
  hold: "hold",
  supplier: "supplier",
  account: "account",
};

/** The public ids of what an order's events may name, by `kind/inner id`. */
export async function readPublicIds(
  tx: Tx,
  workspaceId: WorkspaceId,
  orderId: OrderId,
): Promise<ReadonlyMap<string, string>> {
  const here = sql`workspace_id = ${workspaceId}::bigint`;
  const rows = await tx.rows(
    IdRow,
    sql`
    select 'order' as kind, id::text as id, public_id from sales_order where ${here} and id = ${orderId}::bigint
    union all select 'fulfillment_order', id::text, public_id from fulfillment_order where ${here} and order_id = ${orderId}::bigint
    union all select 'shipment', s.id::text, s.public_id from shipment s
      join fulfillment_order f on f.workspace_id = s.workspace_id and f.id = s.fulfillment_order_id
     where f.workspace_id = ${workspaceId}::bigint and f.order_id = ${orderId}::bigint
    union all select 'hold', id::text, public_id from hold where ${here} and order_id = ${orderId}::bigint and closed_at is null
    union all select 'supplier', id::text, public_id from supplier where ${here}
    union all select 'account', id::text, public_id from supplier_account where ${here}`,
  );
  return new Map(rows.map((each) => [`${each.kind}/${each.id}`, publicId(kinds[each.kind]!, each.publicId)]));
}
