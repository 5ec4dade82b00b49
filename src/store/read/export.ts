import type { ChannelId, OrderId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "../db.ts";
import { col, row, type RowOf } from "../row.ts";
import { sql } from "../sql.ts";

// Whole tables in pages by key, for files. Each page is one statement; memory is one page, whatever the workspace holds.

export interface ExportFilter {
  workspaceId: WorkspaceId;
  from: Date | null;
  to: Date | null;
}
const pageSize = 1000;

const LineRow = row({
  id: col.id<OrderId>(),
  publicId: col.text,
  number: col.text,
  channel: col.text,
  channelOrderId: col.text,
  headline: col.text,
  payment: col.text,
  orderedAt: col.instantOrNull,
  receivedAt: col.instant,
  shipBy: col.instantOrNull,
  country: col.text,
  currency: col.text,
  total: col.bigintOrNull,
  lineNo: col.int,
  channelLineId: col.text,
  sku: col.text,
  title: col.text,
  kind: col.text,
  quantity: col.int,
  cancelled: col.int,
  unitPrice: col.decimal,
  shipTo: col.jsonOrNull<Record<string, string>>(),
});
export type ExportedLine = RowOf<typeof LineRow>;

/** Orders by id, a row per line. `addresses`: with what is personal; null otherwise. */
export async function* exportOrders(
  tx: Tx,
  filter: ExportFilter & { channelId: ChannelId | null; addresses: boolean },
): AsyncGenerator<ExportedLine[]> {
  const { workspaceId, from, to, channelId, addresses } = filter;
  for (let after = "0"; ;) {
    const page = await tx.rows(
      LineRow,
      sql`
      with o as (
        select * from sales_order
         where workspace_id = ${workspaceId}::bigint and id > ${after}::bigint
           and (channel_id = ${channelId}::bigint or ${channelId}::bigint is null)
           and (received_at >= ${from}::timestamptz or ${from}::timestamptz is null) and (received_at < ${to}::timestamptz or ${to}::timestamptz is null)
         order by id limit ${pageSize}
      )
      select o.id, o.public_id, o.number, c.name as channel, o.channel_order_id, o.headline, o.payment, o.ordered_at, o.received_at, o.ship_by, o.country, o.currency, o.total,
             l.no as line_no, l.channel_line_id, l.sku, l.title, l.kind, coalesce(l.quantity_edited, l.quantity) as quantity, l.cancelled, l.unit_price,
             case when ${addresses}::boolean then json_build_object('name', a.name, 'company', a.company, 'line1', a.line1, 'line2', a.line2, 'city', a.city, 'region', a.region,
                                                                    'postcode', a.postcode, 'country', a.country, 'phone', a.phone, 'email', a.email) end as ship_to
        from o
        join channel c on c.workspace_id = o.workspace_id and c.id = o.channel_id
        join order_line l on l.workspace_id = o.workspace_id and l.order_id = o.id
        left join order_address a on a.workspace_id = o.workspace_id and a.order_id = o.id and a.no = coalesce(o.edited_address_no, o.address_no)
       order by o.id, l.no`,
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.id;
  }
}

const PurchaseRow = row({
  id: col.text,
  reference: col.text,
  supplier: col.text,
  account: col.text,
  supplierOrderId: col.textOrNull,
  state: col.text,
  kind: col.text,
  armedAt: col.instant,
  closedAt: col.instantOrNull,
  cost: col.bigintOrNull,
  costIs: col.textOrNull,
  expected: col.bigint,
  currency: col.text,
  orderPublicId: col.text,
  orderNumber: col.text,
  partNo: col.int,
  partState: col.text,
  lines: col.json<
    {
      no: number;
      supplierSku: string | null;
      units: number;
      unitsPlaced: number;
      unitsShipped: number;
      unitCost: string | null;
    }[]
  >(),
});
export type ExportedPurchase = RowOf<typeof PurchaseRow>;

/** Purchases (placement attempts) by id, with the lines of their fulfillment order. */
export async function* exportPurchases(
  tx: Tx,
  filter: ExportFilter & { supplierId: SupplierId | null },
): AsyncGenerator<ExportedPurchase[]> {
  const { workspaceId, from, to, supplierId } = filter;
  for (let after = "0"; ;) {
    const page = await tx.rows(
      PurchaseRow,
      sql`
      with a as (
        select * from attempt
         where workspace_id = ${workspaceId}::bigint and id > ${after}::bigint
           and (supplier_id = ${supplierId}::bigint or ${supplierId}::bigint is null)
           and (armed_at >= ${from}::timestamptz or ${from}::timestamptz is null) and (armed_at < ${to}::timestamptz or ${to}::timestamptz is null)
         order by id limit ${pageSize}
      )
      select a.id, a.reference, s.name as supplier, c.name as account, a.supplier_order_id, a.state, a.kind, a.armed_at, a.closed_at, a.cost, a.cost_is, a.expected_total as expected, a.currency,
             o.public_id as order_public_id, o.number as order_number, f.no as part_no, f.state as part_state,
             coalesce((select json_agg(json_build_object('no', l.no, 'supplierSku', l.supplier_sku, 'units', l.units, 'unitsPlaced', l.units_placed, 'unitsShipped', l.units_shipped,
                                                         'unitCost', l.unit_cost::text) order by l.no)
                         from fulfillment_order_line l where l.workspace_id = f.workspace_id and l.fulfillment_order_id = f.id), '[]'::json) as lines
        from a
        join supplier s on s.workspace_id = a.workspace_id and s.id = a.supplier_id
        join supplier_account c on c.workspace_id = a.workspace_id and c.id = a.account_id
        join fulfillment_order f on f.workspace_id = a.workspace_id and f.id = a.fulfillment_order_id
        join sales_order o on o.workspace_id = f.workspace_id and o.id = f.order_id
       order by a.id`,
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.id;
  }
}

const EventRow = row({
  orderId: col.id<OrderId>(),
  orderPublicId: col.text,
  orderNumber: col.text,
  seq: col.int,
  at: col.instant,
  kind: col.text,
  subject: col.text,
  subjectId: col.text,
  fromState: col.textOrNull,
  toState: col.textOrNull,
  actor: col.text,
  data: col.jsonOrNull<Record<string, unknown>>(),
  hash: col.text,
});
export type ExportedEvent = RowOf<typeof EventRow>;

/** The whole trail, order by order, with its hashes: who has it can check the chain. */
export async function* exportEvents(tx: Tx, filter: ExportFilter): AsyncGenerator<ExportedEvent[]> {
  const { workspaceId, from, to } = filter;
  for (let after = { orderId: "0", seq: 0 }; ;) {
    const page = await tx.rows(
      EventRow,
      sql`
      select e.order_id, o.public_id as order_public_id, o.number as order_number, e.seq, e.at, e.kind, e.subject, e.subject_id, e.from_state, e.to_state, e.actor, e.data, e.hash
        from event e join sales_order o on o.workspace_id = e.workspace_id and o.id = e.order_id
       where e.workspace_id = ${workspaceId}::bigint and (e.order_id, e.seq) > (${after.orderId}::bigint, ${after.seq}::integer)
         and (e.at >= ${from}::timestamptz or ${from}::timestamptz is null) and (e.at < ${to}::timestamptz or ${to}::timestamptz is null)
       order by e.order_id, e.seq limit ${pageSize}`,
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = { orderId: last.orderId, seq: last.seq };
  }
}
