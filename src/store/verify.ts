import type { Address } from "#domain/address.ts";
import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import type { OrderAddress } from "#domain/order.ts";
import type { Tx } from "./db.ts";
import type { OrderKey } from "./dossier.ts";
import { col, row } from "./row.ts";
import { columnsOf, sql } from "./sql.ts";

const AddressRow = row({
  orderId: col.id<OrderId>(),
  no: col.int,
  source: col.oneOf<OrderAddress["source"]>(),
  name: col.text,
  company: col.text,
  line1: col.text,
  line2: col.text,
  city: col.text,
  region: col.text,
  postcode: col.text,
  country: col.text,
  phone: col.text,
  email: col.text,
  digest: col.text,
});
const DuplicateRow = row({ orderId: col.id<OrderId>(), duplicateOf: col.text });

/** The address that holds for each order now: the person's edit, else the channel's newest. Personal data: read it only to decide or to send. */
export async function readAddresses(tx: Tx, keys: readonly OrderKey[]): Promise<Map<OrderId, OrderAddress & Address>> {
  const rows = await tx.rows(
    AddressRow,
    sql`
    select ${columnsOf(AddressRow, "a")} from unnest(${keys.map((key) => key.workspaceId)}::bigint[], ${keys.map((key) => key.orderId)}::bigint[]) as k(workspace_id, id)
      join sales_order o on o.workspace_id = k.workspace_id and o.id = k.id
     cross join lateral ( -- order by order, by the index: see dossier.ts
       select * from order_address a where a.workspace_id = k.workspace_id and a.order_id = k.id order by a.no
     ) a
     where a.no = coalesce(o.edited_address_no, o.address_no)`,
  );
  return new Map(rows.map(({ orderId, ...address }) => [orderId, address]));
}

/** Every address that was said of one order, by its number: the channel's versions and people's edits. Personal data. */
export async function readAddressVersions(
  tx: Tx,
  { workspaceId, orderId }: { workspaceId: WorkspaceId; orderId: OrderId },
): Promise<Map<number, Address>> {
  const rows = await tx.rows(
    AddressRow,
    sql`
    select ${columnsOf(AddressRow, "a")} from order_address a
     where a.workspace_id = ${workspaceId}::bigint and a.order_id = ${orderId}::bigint order by a.no`,
  );
  return new Map(rows.map(({ no, ...address }) => [no, address]));
}

/** VF-6: for each order an earlier one of the same buyer, to the same address, with the same SKUs and quantities, within the window. */
export async function findDuplicates(
  tx: Tx,
  orders: readonly (OrderKey & { windowMs: number })[],
): Promise<Map<OrderId, string>> {
  const asked = orders.filter((order) => order.windowMs > 0);
  if (asked.length === 0) return new Map();
  const rows = await tx.rows(
    DuplicateRow,
    sql`
    select o.id as order_id, min(e.public_id::text) as duplicate_of
      from unnest(${asked.map((key) => key.workspaceId)}::bigint[], ${asked.map((key) => key.orderId)}::bigint[], ${asked.map((key) => key.windowMs)}::bigint[]) as k(workspace_id, id, window_ms)
     cross join lateral ( -- order by order, by the index: see dossier.ts
       select * from sales_order o where o.workspace_id = k.workspace_id and o.id = k.id and o.buyer_digest is not null and o.address_digest is not null order by o.id
     ) o
     cross join lateral (
       select * from sales_order e where e.workspace_id = o.workspace_id and e.buyer_digest = o.buyer_digest order by e.received_at
     ) e
     where e.address_digest = o.address_digest
       and (e.received_at, e.id) < (o.received_at, o.id) and e.headline <> 'cancelled' -- every worker counts ids of its own
       and coalesce(e.ordered_at, e.received_at) > coalesce(o.ordered_at, o.received_at) - make_interval(secs => k.window_ms / 1000.0)
       and coalesce(e.ordered_at, e.received_at) < coalesce(o.ordered_at, o.received_at) + make_interval(secs => k.window_ms / 1000.0)
       and (select string_agg(l.sku || '×' || l.quantity, ',' order by l.sku, l.quantity) from order_line l where l.workspace_id = o.workspace_id and l.order_id = o.id)
         = (select string_agg(l.sku || '×' || l.quantity, ',' order by l.sku, l.quantity) from order_line l where l.workspace_id = e.workspace_id and l.order_id = e.id)
     group by o.id`,
  );
  return new Map(rows.map((each) => [each.orderId, each.duplicateOf]));
}
