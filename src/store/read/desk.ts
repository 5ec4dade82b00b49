import { deskStates, openDeskStates, type DeskState } from "#domain/desk.ts";
import type { FulfillmentOrderId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "../db.ts";
import { col, row, type RowOf } from "../row.ts";
import { sql } from "../sql.ts";

const DeskRow = row({
  id: col.id<FulfillmentOrderId>(),
  publicId: col.text,
  no: col.int,
  state: col.oneOf<DeskState>(deskStates),
  orderNumber: col.text,
  supplierPublicId: col.text,
  supplierName: col.text,
  supplierRole: col.oneOf<"supplier" | "prep">(),
  method: col.textOrNull,
  shipBy: col.instantOrNull,
  placedAt: col.instantOrNull,
  reference: col.textOrNull,
  lines: col.json<
    {
      supplier_sku: string;
      title: string;
      units: number;
      units_cancelled: number;
      units_shipped: number;
      units_collected: number;
    }[]
  >(),
});
export type DeskPart = RowOf<typeof DeskRow>;

/** AU-24. Fulfillment orders of these suppliers that are theirs to work on, oldest first; nothing of what they cost, sold for, or for whom they are. */
export async function listDesk(
  tx: Tx,
  workspaceId: WorkspaceId,
  filter: {
    supplierIds: readonly SupplierId[];
    states: readonly DeskState[];
    only: string | null;
    /** Only prep centres' work, or only suppliers'. */
    at?: "supplier" | "prep" | undefined;
    /** The order's number, as it is printed. */
    number?: string | undefined;
  },
  page: { after: string | null; limit: number },
): Promise<{ parts: DeskPart[]; next: string | null }> {
  const w = sql`${workspaceId}::bigint`;
  const found = await tx.rows(
    DeskRow,
    sql`
    select f.id, f.public_id, f.no, f.state, o.number as order_number, s.public_id as supplier_public_id, s.name as supplier_name, s.role as supplier_role, f.method, f.ship_by, f.placed_at,
           (select a.reference from attempt a where a.workspace_id = ${w} and a.fulfillment_order_id = f.id and a.state = 'placed') as reference,
           (select json_agg(json_build_object('supplier_sku', coalesce(l.supplier_sku, ol.sku), 'title', ol.title, 'units', l.units, 'units_cancelled', l.units_cancelled,
                                              'units_shipped', l.units_shipped, 'units_collected', l.units_collected) order by l.no)
              from fulfillment_order_line l
              join order_line ol on ol.workspace_id = ${w} and ol.order_id = l.order_id and ol.no = l.order_line_no
             where l.workspace_id = ${w} and l.fulfillment_order_id = f.id) as lines
      from fulfillment_order f
      join sales_order o on o.workspace_id = ${w} and o.id = f.order_id
      join supplier s on s.workspace_id = ${w} and s.id = f.supplier_id
     where f.workspace_id = ${w} and f.supplier_id = any(${filter.supplierIds}::bigint[]) and f.state = any(${filter.states}::text[])
       and ${wasTheirs}
       and f.id > ${page.after ?? "0"}::bigint and (${filter.only}::uuid is null or f.public_id = ${filter.only}::uuid)
       and (${filter.at ?? null}::text is null or s.role = ${filter.at ?? null}) and (${filter.number ?? null}::text is null or o.number = ${filter.number ?? null})
     order by f.id
     limit ${page.limit + 1}`,
  );
  const parts = found.slice(0, page.limit);
  return { parts, next: found.length > page.limit ? (parts.at(-1)?.id ?? null) : null };
}

/** What was cancelled before it was theirs never existed for them; a parcel that was begun has to be put back. */
const wasTheirs = sql`(f.state <> 'cancelled' or f.placed_at is not null or exists (
         select from fulfillment_order_line c where c.workspace_id = f.workspace_id and c.fulfillment_order_id = f.id and c.units_collected > 0))`;

const OwnerRow = row({ orderPublicId: col.text });
/** The order of a fulfillment order that is theirs to work on; undefined for any other, whoever's it is. */
export const orderOfDeskPart = async (
  tx: Tx,
  workspaceId: WorkspaceId,
  publicId: string,
  supplierIds: readonly SupplierId[],
): Promise<string | undefined> =>
  (
    await tx.maybe(
      OwnerRow,
      sql`
      select o.public_id as order_public_id from fulfillment_order f
        join sales_order o on o.workspace_id = f.workspace_id and o.id = f.order_id
       where f.workspace_id = ${workspaceId}::bigint and f.public_id = ${publicId}::uuid
         and f.supplier_id = any(${supplierIds}::bigint[]) and f.state = any(${deskStates}::text[]) and ${wasTheirs}`,
    )
  )?.orderPublicId;

const LinkedRow = row({ workspaceId: col.id<WorkspaceId>(), supplierId: col.id<SupplierId>() });
/** AU-26. Workspace and supplier of a placed fulfillment order at which there is still something to do; both by public uuid. Read before a workspace is known. */
export const findLinkedPart = async (
  engine: Tx,
  link: { workspace: string; part: string },
): Promise<RowOf<typeof LinkedRow> | undefined> =>
  engine.maybe(
    LinkedRow,
    sql`
    select w.id as workspace_id, f.supplier_id from workspace w
      join fulfillment_order f on f.workspace_id = w.id and f.public_id = ${link.part}::uuid
      join supplier s on s.workspace_id = w.id and s.id = f.supplier_id and s.role = 'supplier'
     where w.public_id = ${link.workspace}::uuid and f.state = any(${openDeskStates}::text[])`,
  );
