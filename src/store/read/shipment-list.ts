import type { ShipmentId, WorkspaceId } from "#domain/ids.ts";
import type { ParcelState, WriteBackState } from "#domain/order.ts";
import type { Tx } from "../db.ts";
import { col, row, type RowOf } from "../row.ts";
import { sql } from "../sql.ts";

const ShipmentRow = row({
  id: col.id<ShipmentId>(),
  publicId: col.text,
  orderPublicId: col.text,
  orderNumber: col.text,
  channelName: col.text,
  partPublicId: col.text,
  supplierName: col.textOrNull,
  source: col.text,
  shippedAt: col.instant,
  shipBy: col.instantOrNull,
  sortBy: col.instant,
  parcels: col.json<{ carrier: string; tracking_number: string; state: ParcelState; accepted: boolean }[]>(),
  /** `tells`: it has units to tell; one without waits for the rest of what it is part of. */
  writeBacks: col.json<{ state: WriteBackState; message: string | null; tells: boolean }[]>(),
});
export type ListedShipment = RowOf<typeof ShipmentRow>;

/**
 * Shipments with what the channel knows of them. `untold`: only those of which it does not know yet and could, as `is:not_told` counts their orders, from the index of open write-backs; earliest ship-by
 * first, those without one last. Otherwise newest shipped first.
 */
export async function listShipments(
  tx: Tx,
  workspaceId: WorkspaceId,
  filter: { untold: boolean },
  page: { after: readonly [string, string] | null; limit: number },
): Promise<{ shipments: ListedShipment[]; next: [string, string] | null }> {
  const w = sql`${workspaceId}::bigint`;
  const [sortBy, id] = page.after ?? (filter.untold ? ["-infinity", "0"] : ["infinity", String(2n ** 63n - 1n)]);
  const noShipBy = sql`timestamptz '9999-01-01 00:00:00+00'`;
  const wanted = filter.untold
    ? sql`
      select s.id, coalesce(f.ship_by, ${noShipBy}) as sort_by
        from (select distinct w.shipment_id as id from write_back w
               where w.workspace_id = ${w} and w.state in ('waiting', 'unknown', 'by_hand', 'refused') and w.lines <> '[]' and w.shipment_id is not null) u
        join shipment s on s.workspace_id = ${w} and s.id = u.id
        join fulfillment_order f on f.workspace_id = s.workspace_id and f.id = s.fulfillment_order_id
       where (coalesce(f.ship_by, ${noShipBy}), s.id) > (${sortBy}::timestamptz, ${id}::bigint)
       order by sort_by, s.id limit ${page.limit + 1}`
    : sql`
      select s.id, s.shipped_at as sort_by from shipment s
       where s.workspace_id = ${w} and (s.shipped_at, s.id) < (${sortBy}::timestamptz, ${id}::bigint)
       order by s.shipped_at desc, s.id desc limit ${page.limit + 1}`;
  const order = filter.untold ? sql`x.sort_by, x.id` : sql`x.sort_by desc, x.id desc`;
  const found = await tx.rows(
    ShipmentRow,
    sql`
    select s.id, s.public_id, o.public_id as order_public_id, o.number as order_number, c.name as channel_name, f.public_id as part_public_id,
           p.name as supplier_name, s.source, s.shipped_at, f.ship_by, x.sort_by,
           (select coalesce(json_agg(json_build_object('carrier', q.carrier, 'tracking_number', q.tracking_number, 'state', q.state, 'accepted', q.accepted) order by q.id), '[]'::json)
              from parcel q where q.workspace_id = s.workspace_id and q.shipment_id = s.id) as parcels,
           (select coalesce(json_agg(json_build_object('state', b.state, 'message', b.message, 'tells', b.lines <> '[]') order by b.id), '[]'::json)
              from write_back b
              join parcel q on q.workspace_id = b.workspace_id and q.id = b.parcel_id
             where q.workspace_id = s.workspace_id and q.shipment_id = s.id) as write_backs
      from (${wanted}) x
     cross join lateral (select * from shipment s where s.workspace_id = ${w} and s.id = x.id order by s.id limit 1) s -- by key, row by row, whatever is planned
     cross join lateral (select * from fulfillment_order f where f.workspace_id = ${w} and f.id = s.fulfillment_order_id order by f.id limit 1) f
     cross join lateral (select * from sales_order o where o.workspace_id = ${w} and o.id = s.order_id order by o.id limit 1) o
      join channel c on c.workspace_id = o.workspace_id and c.id = o.channel_id
      left join supplier p on p.workspace_id = f.workspace_id and p.id = f.supplier_id
     order by ${order}`,
  );
  const shipments = found.slice(0, page.limit);
  const last = shipments.at(-1);
  const isMore = found.length > page.limit && last !== undefined;
  return { shipments, next: isMore ? [last.sortBy.toISOString(), last.id] : null };
}
