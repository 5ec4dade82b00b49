import type { FulfillmentOrderId, WorkspaceId } from "#domain/ids.ts";
import { fulfillmentStates, type FulfillmentState } from "#domain/lifecycle.ts";
import type { Tx } from "../db.ts";
import { col, row, type RowOf } from "../row.ts";
import { sql } from "../sql.ts";

const PartRow = row({
  id: col.id<FulfillmentOrderId>(),
  publicId: col.text,
  no: col.int,
  state: col.oneOf<FulfillmentState>(),
  orderPublicId: col.text,
  orderNumber: col.text,
  orderHeadline: col.text,
  supplierPublicId: col.textOrNull,
  supplierName: col.textOrNull,
  placedBy: col.oneOfOrNull<"machine" | "person">(),
  claimedBy: col.textOrNull,
  placeAfter: col.instantOrNull,
  placedAt: col.instantOrNull,
  shipBy: col.instantOrNull,
  lines: col.json<{ supplier_sku: string | null; quantity: number; units: number; units_shipped: number }[]>(),
  supplierOrderId: col.textOrNull,
});
export type ListedPart = RowOf<typeof PartRow>;

/**
 * Fulfillment orders, oldest first by id. Those of a state or of a supplier are stretches of the index `fulfillment_order_supplier`, one per supplier (and one
 * without) and state; they are merged, so that a page costs the same whatever else the workspace holds.
 */
export async function listParts(
  tx: Tx,
  workspaceId: WorkspaceId,
  filter: { states: readonly FulfillmentState[] | null; supplier: string | null },
  page: { after: string | null; limit: number },
): Promise<{ parts: ListedPart[]; next: string | null }> {
  const w = sql`${workspaceId}::bigint`;
  const ofPage = sql`f.id > ${page.after ?? "0"}::bigint order by f.id limit ${page.limit + 1}`;
  const states = sql`unnest(${filter.states ?? fulfillmentStates}::text[]) as t(state)`;
  const bySupplier = sql`
    select f.id from supplier s cross join ${states}
     cross join lateral (select f.id from fulfillment_order f where f.workspace_id = ${w} and f.supplier_id = s.id and f.state = t.state and ${ofPage}) f
     where s.workspace_id = ${w}`;
  const withoutSupplier = sql`
    select f.id from ${states}
     cross join lateral (select f.id from fulfillment_order f where f.workspace_id = ${w} and f.supplier_id is null and f.state = t.state and ${ofPage}) f`;
  const wanted =
    filter.supplier !== null
      ? sql`${bySupplier} and s.public_id = ${filter.supplier}::uuid`
      : filter.states !== null
        ? sql`${bySupplier} union all ${withoutSupplier}`
        : sql`(select f.id from fulfillment_order f where f.workspace_id = ${w} and ${ofPage})`;
  const found = await tx.rows(
    PartRow,
    sql`
    select f.id, f.public_id, f.no, f.state, o.public_id as order_public_id, o.number as order_number, o.headline as order_headline,
           s.public_id as supplier_public_id, s.name as supplier_name, f.placed_by, f.claimed_by, f.place_after, f.placed_at, f.ship_by,
           (select coalesce(json_agg(json_build_object('supplier_sku', l.supplier_sku, 'quantity', l.quantity - l.quantity_cancelled, 'units', l.units - l.units_cancelled, 'units_shipped', l.units_shipped) order by l.no), '[]'::json)
              from fulfillment_order_line l where l.workspace_id = f.workspace_id and l.fulfillment_order_id = f.id) as lines,
           (select a.supplier_order_id from attempt a where a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id and a.state = 'placed') as supplier_order_id
      from (select f.id from (${wanted}) f order by f.id limit ${page.limit + 1}) p
     cross join lateral (select * from fulfillment_order f where f.workspace_id = ${w} and f.id = p.id order by f.id limit 1) f -- by key, row by row, whatever is planned
     cross join lateral (select * from sales_order o where o.workspace_id = ${w} and o.id = f.order_id order by o.id limit 1) o
      left join supplier s on s.workspace_id = f.workspace_id and s.id = f.supplier_id
     order by f.id`,
  );
  const parts = found.slice(0, page.limit);
  return { parts, next: found.length > page.limit ? (parts.at(-1)?.id ?? null) : null };
}

const OwnerRow = row({ orderPublicId: col.text });
/** The order of a fulfillment order, both by public uuid; undefined where the workspace has none such. */
export const orderOfPart = async (tx: Tx, workspaceId: WorkspaceId, publicId: string): Promise<string | undefined> =>
  (
    await tx.maybe(
      OwnerRow,
      sql`
      select o.public_id as order_public_id from fulfillment_order f
        join sales_order o on o.workspace_id = f.workspace_id and o.id = f.order_id
       where f.workspace_id = ${workspaceId}::bigint and f.public_id = ${publicId}::uuid`,
    )
  )?.orderPublicId;
/** The same for a shipment. */
export const orderOfShipment = async (
  tx: Tx,
  workspaceId: WorkspaceId,
  publicId: string,
): Promise<string | undefined> =>
  (
    await tx.maybe(
      OwnerRow,
      sql`
      select o.public_id as order_public_id from shipment s
        join sales_order o on o.workspace_id = s.workspace_id and o.id = s.order_id
       where s.workspace_id = ${workspaceId}::bigint and s.public_id = ${publicId}::uuid`,
    )
  )?.orderPublicId;
