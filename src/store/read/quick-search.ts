import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Headline } from "#domain/lifecycle.ts";
import { normalizeTrackingNumber } from "#domain/tracking-number.ts";
import type { Tx } from "../db.ts";
import { searchName } from "../order-rows.ts";
import { col, row } from "../row.ts";
import { sql, type Sql } from "../sql.ts";
import { next } from "./order-list.ts";

const HitRow = row({
  found: col.text,
  orderId: col.id<OrderId>(),
  orderPublicId: col.text,
  number: col.text,
  headline: col.oneOf<Headline>(),
});
export type Hit = ReturnType<typeof HitRow.decode>[number];
const SkuRow = row({ sku: col.text });

export interface QuickSearch {
  orders: Hit[];
  supplierOrders: Hit[];
  trackingNumbers: Hit[];
  /** Personal data: `found` is the buyer's name. */
  buyers: Hit[];
  skus: string[];
}
export const mostHits = 10;

/** VW-5. What begins with these letters, ten of each kind at most. Every part of it is a stretch of one index and ends after ten. */
export async function quickSearch(tx: Tx, workspaceId: WorkspaceId, q: string): Promise<QuickSearch> {
  const w = sql`${workspaceId}::bigint`;
  const name = searchName(q);
  const number = (from: string) => sql`
    (select o.number as found, o.id as order_id from sales_order o
      where o.workspace_id = ${w} and o.number >= ${from} and o.number < ${next(from)} order by o.number, o.id limit ${mostHits})`;
  const tracking = normalizeTrackingNumber(q);
  const [orders, trackingNumbers, supplierOrders, buyers, skus] = await Promise.all([
    hits(
      tx,
      w,
      sql`${number(q)} union ${number(`#${q}`)}
      union (select o.channel_order_id, o.id from channel c
               join sales_order o on o.workspace_id = ${w} and o.channel_id = c.id and o.channel_order_id = ${q} where c.workspace_id = ${w})`,
    ),
    hits(
      tx,
      w,
      sql`
      select distinct p.tracking_number as found, p.order_id
        from (select p.tracking_number, p.order_id from parcel p
               where p.workspace_id = ${w} and p.tracking_number >= ${tracking} and p.tracking_number < ${next(tracking)}
               order by p.tracking_number limit ${mostHits}) p`,
    ),
    hits(
      tx,
      w,
      sql`
      select a.supplier_order_id as found, a.order_id from supplier_account s
       cross join lateral (
         select a.supplier_order_id, a.order_id from attempt a
          where a.workspace_id = ${w} and a.account_id = s.id and a.supplier_order_id >= ${q} and a.supplier_order_id < ${next(q)} and a.kind <> 'document'
          order by a.supplier_order_id limit ${mostHits}) a
       where s.workspace_id = ${w}`,
    ),
    hits(
      tx,
      w,
      sql`
      select a.name as found, a.order_id from (
        (select a.name, a.order_id from order_address a
          where a.workspace_id = ${w} and a.search_name >= ${name} and a.search_name < ${next(name)} order by a.search_name, a.order_id limit ${mostHits})
        union
        (select a.name, a.order_id from order_address a
          where a.workspace_id = ${w} and a.search_surname >= ${name} and a.search_surname < ${next(name)} order by a.search_surname, a.order_id limit ${mostHits})
      ) a`,
    ),
    // From SKU to SKU, whatever number of lines has it.
    tx.rows(
      SkuRow,
      sql`
      with recursive found(sku, n) as (
        (select l.sku, 1 from order_line l where l.workspace_id = ${w} and l.sku >= ${q} and l.sku < ${next(q)} order by l.sku limit 1)
        union all
        select (select l.sku from order_line l where l.workspace_id = ${w} and l.sku > f.sku and l.sku < ${next(q)} order by l.sku limit 1), f.n + 1
          from found f where f.sku is not null and f.n < ${mostHits}
      )
      select f.sku from found f where f.sku is not null order by f.sku`,
    ),
  ]);
  return { orders, trackingNumbers, supplierOrders, buyers, skus: skus.map(({ sku }) => sku) };
}

const hits = (tx: Tx, w: Sql, found: Sql): Promise<Hit[]> =>
  tx.rows(
    HitRow,
    sql`
    select f.found, o.id as order_id, o.public_id as order_public_id, o.number, o.headline
      from (${found}) f(found, order_id)
     cross join lateral (select * from sales_order o where o.workspace_id = ${w} and o.id = f.order_id order by o.id limit 1) o
     order by f.found, o.id limit ${mostHits}`,
  );
