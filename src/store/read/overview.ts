import type { WorkspaceId } from "#domain/ids.ts";
import { dayKinds, type DayKind } from "../counter.ts";
import type { Tx } from "../db.ts";
import { col, row } from "../row.ts";
import { sql } from "../sql.ts";

/** How long things take is taken from so many of the newest shipments. */
export const newestShipments = 200;

const DayRow = row({ day: col.text, kind: col.oneOf<DayKind>(), n: col.int });

/** UI-82. What happened from this day (`2026-11-22`) on, from counter rows: the cost does not grow with the orders. Days on which nothing happened are missing. */
export async function countDays(
  tx: Tx,
  workspaceId: WorkspaceId,
  from: string,
): Promise<ReadonlyMap<string, Record<DayKind, number>>> {
  const rows = await tx.rows(
    DayRow,
    sql`
    select c.key as day, c.kind, sum(c.n)::int as n from counter c
     where c.workspace_id = ${workspaceId}::bigint and c.kind = any(${[...dayKinds]}::text[]) and c.key >= ${from}::text
     group by c.key, c.kind`,
  );
  const days = new Map<string, Record<DayKind, number>>();
  for (const { day, kind, n } of rows) {
    const counts = days.get(day) ?? { received: 0, left: 0, left_by_itself: 0 };
    counts[kind] = n;
    days.set(day, counts);
  }
  return days;
}

const DurationRow = row({
  shipments: col.int,
  toPlace: col.intOrNull,
  toPlaceSlow: col.intOrNull,
  toShip: col.intOrNull,
  toShipSlow: col.intOrNull,
});

/** UI-83. Seconds from received to placed, and from placed to shipped: the middle one, and that which nine of ten keep. Of the newest shipments, each by key. */
export const readDurations = (tx: Tx, workspaceId: WorkspaceId) =>
  tx.one(
    DurationRow,
    sql`
    with newest as materialized (
      select s.order_id, s.fulfillment_order_id, s.shipped_at from shipment s
       where s.workspace_id = ${workspaceId}::bigint
       order by s.shipped_at desc, s.id desc limit ${newestShipments}
    ), took as (
      select greatest(0, extract(epoch from f.placed_at - o.received_at)) as to_place,
             greatest(0, extract(epoch from s.shipped_at - f.placed_at)) as to_ship
        from newest s
       cross join lateral (select f.placed_at from fulfillment_order f
                            where f.workspace_id = ${workspaceId}::bigint and f.id = s.fulfillment_order_id order by f.id limit 1) f
       cross join lateral (select o.received_at from sales_order o
                            where o.workspace_id = ${workspaceId}::bigint and o.id = s.order_id order by o.id limit 1) o
    )
    select count(*)::int as shipments,
           (percentile_disc(0.5) within group (order by to_place))::int as to_place, (percentile_disc(0.9) within group (order by to_place))::int as to_place_slow,
           (percentile_disc(0.5) within group (order by to_ship))::int as to_ship, (percentile_disc(0.9) within group (order by to_ship))::int as to_ship_slow
      from took`,
  );
