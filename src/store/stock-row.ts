import type { SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { DecimalText } from "#domain/money.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

export interface StockRow {
  supplierId: SupplierId;
  supplierSku: string;
  onHand: number;
  /** Prep centres: promised to orders, still on the shelf. Suppliers with a feed: placed since the feed was read. */
  reserved: number;
  isShelf: boolean;
  unitCost: DecimalText | null;
  currency: string | null;
  asOf: Date;
}
const StockShape = row({
  supplierId: col.id<SupplierId>(),
  supplierSku: col.text,
  onHand: col.int,
  reserved: col.int,
  isShelf: col.bool,
  unitCost: col.decimalOrNull,
  currency: col.textOrNull,
  asOf: col.instant,
});

/** By supplier and SKU; `after` is the last of the page before. */
export const listStock = (
  tx: Tx,
  page: {
    workspaceId: WorkspaceId;
    supplierId: SupplierId | null;
    after: { supplierId: string; supplierSku: string } | null;
    limit: number;
  },
): Promise<StockRow[]> =>
  tx.rows(
    StockShape,
    sql`
    select * from stock
     where workspace_id = ${page.workspaceId}::bigint and (supplier_id = ${page.supplierId}::bigint or ${page.supplierId}::bigint is null)
       and (supplier_id, supplier_sku) > (${page.after?.supplierId ?? "0"}::bigint, ${page.after?.supplierSku ?? ""})
     order by supplier_id, supplier_sku limit ${page.limit}`,
  );

/** These rows, locked in key order. */
export const lockStock = (
  tx: Tx,
  workspaceId: WorkspaceId,
  supplierId: SupplierId,
  supplierSkus: readonly string[],
): Promise<StockRow[]> =>
  tx.rows(
    StockShape,
    sql`
    select * from stock where workspace_id = ${workspaceId}::bigint and supplier_id = ${supplierId}::bigint and supplier_sku = any(${supplierSkus}::text[])
     order by supplier_sku for update`,
  );

/** Counted stock: what was promised stays promised; a feed's own reservations begin anew, because the count knows of them. Costs stay where none is given. */
export const putStock = (
  tx: Tx,
  workspaceId: WorkspaceId,
  rows: readonly (Omit<StockRow, "reserved"> & { reserved: number })[],
): Promise<number> =>
  tx.run(sql`
    insert into stock (workspace_id, supplier_id, supplier_sku, on_hand, reserved, is_shelf, unit_cost, currency, as_of)
    select ${workspaceId}::bigint, s.* from unnest(${rows.map((r) => r.supplierId)}::bigint[], ${rows.map((r) => r.supplierSku)}::text[], ${rows.map((r) => r.onHand)}::integer[],
           ${rows.map((r) => r.reserved)}::integer[], ${rows.map((r) => r.isShelf)}::boolean[], ${rows.map((r) => r.unitCost)}::numeric[], ${rows.map((r) => r.currency)}::text[], ${rows.map((r) => r.asOf)}::timestamptz[])
           as s(supplier_id, supplier_sku, on_hand, reserved, is_shelf, unit_cost, currency, as_of)
    on conflict (workspace_id, supplier_id, supplier_sku) do update
       set on_hand = excluded.on_hand, reserved = excluded.reserved, is_shelf = excluded.is_shelf, as_of = excluded.as_of,
           unit_cost = coalesce(excluded.unit_cost, stock.unit_cost), currency = coalesce(excluded.currency, stock.currency)`);
