import { holdsOn } from "#domain/draft.ts";
import type { ChannelId, FulfillmentOrderId, OrderId, ShipmentId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import {
  headlineOfPart,
  headlineOrder,
  mostImportant,
  type FulfillmentState,
  type Headline,
} from "#domain/lifecycle.ts";
import type { Hold } from "#domain/order.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import { normalizeTrackingNumber } from "#domain/tracking-number.ts";
import type { Tx } from "../db.ts";
import { searchName } from "../order-rows.ts";
import { col, row, type RowOf } from "../row.ts";
import { sql, type Sql } from "../sql.ts";

export interface OrderFilter {
  headlines?: readonly Headline[];
  /** Public uuids. */
  channel?: string;
  supplier?: string;
  reason?: ReasonCode;
  receivedFrom?: Date;
  receivedTo?: Date;
  /** A number, channel order id, tracking number, supplier order id or SKU, exact; or the beginning of a number, of a name or of a surname. */
  q?: string;
  /** Only these, by public uuid. */
  publicIds?: readonly string[];
}
/** The last order of the page before. */
export interface OrderPosition {
  receivedAt: string;
  id: string;
}

const ListedRow = row({
  id: col.id<OrderId>(),
  publicId: col.text,
  number: col.text,
  channelOrderId: col.text,
  channelPublicId: col.text,
  channelName: col.text,
  channelKind: col.text,
  headline: col.oneOf<Headline>(),
  origin: col.text,
  payment: col.text,
  orderedAt: col.instantOrNull,
  receivedAt: col.instant,
  shipBy: col.instantOrNull,
  country: col.text,
  currency: col.text,
  total: col.bigintOrNull,
  version: col.int,
});
const PartRow = row({
  orderId: col.id<OrderId>(),
  id: col.id<FulfillmentOrderId>(),
  publicId: col.text,
  no: col.int,
  state: col.oneOf<FulfillmentState>(),
  supplierPublicId: col.textOrNull,
  supplierName: col.textOrNull,
  placedBy: col.oneOfOrNull<"machine" | "person">(),
  placeAfter: col.instantOrNull,
  shipBy: col.instantOrNull,
  lineNos: col.list(col.int),
});
const HoldRow = row({
  orderId: col.id<OrderId>(),
  subject: col.oneOf<Hold["subject"]>(),
  subjectId: col.text,
  code: col.oneOf<ReasonCode>(),
  openedAt: col.instant,
});
const ShipmentRow = row({
  orderId: col.id<OrderId>(),
  id: col.id<ShipmentId>(),
  fulfillmentOrderId: col.id<FulfillmentOrderId>(),
});

export interface ListedPart extends Omit<RowOf<typeof PartRow>, "orderId" | "lineNos" | "id"> {
  headline: Headline;
}
export interface ListedOrder extends RowOf<typeof ListedRow> {
  /** The most important open hold. */
  reason: ReasonCode | null;
  /** When that hold was opened. */
  reasonSince: Date | null;
  parts: ListedPart[];
}

/**
 * API-20. One page of orders, newest received first. Each state of each channel has its own stretch of the index `sales_order_list`; they are merged, so that a
 * page costs the same whatever lies behind it. Only the page itself is read from the table. Under row-level security LIKE would scan the workspace; prefixes
 * are ranges (performance.md, reads).
 */
export async function listOrders(
  tx: Tx,
  workspaceId: WorkspaceId,
  filter: OrderFilter,
  page: { after: OrderPosition | null; limit: number },
): Promise<{ orders: ListedOrder[]; next: OrderPosition | null }> {
  const scope = await scopeOf(tx, workspaceId, filter);
  if (scope === null) return { orders: [], next: null };
  const found = await tx.rows(ListedRow, pageOf(scope, filter, page));
  const orders = await withParts(tx, workspaceId, found.slice(0, page.limit));
  const last = orders.at(-1);
  return {
    orders,
    next:
      found.length > page.limit && last !== undefined
        ? { receivedAt: last.receivedAt.toISOString(), id: last.id }
        : null,
  };
}

/** The same orders by their ids only: for actions on everything a filter finds. */
export async function findOrderIds(
  tx: Tx,
  workspaceId: WorkspaceId,
  filter: OrderFilter,
  limit: number,
): Promise<{ id: OrderId; publicId: string }[]> {
  const scope = await scopeOf(tx, workspaceId, filter);
  if (scope === null) return [];
  const found = await tx.rows(ListedRow, pageOf(scope, filter, { after: null, limit: limit - 1 }));
  return found.map(({ id, publicId }) => ({ id, publicId }));
}

/** What a filter's public ids stand for. */
interface Scope {
  workspaceId: WorkspaceId;
  /** null: all. */
  channelId: ChannelId | null;
  supplier: { id: SupplierId; isRare: boolean } | null;
}
const ChannelIdRow = row({ id: col.id<ChannelId>() });
const SupplierRow = row({ id: col.id<SupplierId>(), parts: col.int });

/** A supplier with at most so many fulfillment orders is looked up by them; one with more is met soon enough on the way through the newest orders. */
const fewParts = 1000;

/** null: the channel or supplier of the filter is not in this workspace, so nothing is found. */
async function scopeOf(tx: Tx, workspaceId: WorkspaceId, filter: OrderFilter): Promise<Scope | null> {
  const w = sql`${workspaceId}::bigint`;
  const [channel, supplier] = await Promise.all([
    filter.channel === undefined
      ? undefined
      : tx.maybe(
          ChannelIdRow,
          sql`select c.id from channel c where c.workspace_id = ${w} and c.public_id = ${filter.channel}::uuid`,
        ),
    filter.supplier === undefined
      ? undefined
      : tx.maybe(
          SupplierRow,
          sql`
          select s.id, (select count(*)::int from (select from fulfillment_order f where f.workspace_id = ${w} and f.supplier_id = s.id
                                                    order by f.supplier_id limit ${fewParts + 1}) f) as parts
            from supplier s where s.workspace_id = ${w} and s.public_id = ${filter.supplier}::uuid`,
        ),
  ]);
  if (filter.channel !== undefined && channel === undefined) return null;
  if (filter.supplier !== undefined && supplier === undefined) return null;
  return {
    workspaceId,
    channelId: channel?.id ?? null,
    supplier: supplier === undefined ? null : { id: supplier.id, isRare: supplier.parts <= fewParts },
  };
}

function pageOf(scope: Scope, filter: OrderFilter, page: { after: OrderPosition | null; limit: number }): Sql {
  const { workspaceId, channelId } = scope;
  const w = sql`${workspaceId}::bigint`;
  const headlines = filter.headlines ?? headlineOrder;
  const where = conditions(scope, filter, page.after);
  const among = candidates(scope, filter);
  const channels =
    channelId === null
      ? sql`(select ch.id from channel ch where ch.workspace_id = ${w})`
      : sql`(select ${channelId}::bigint as id)`;
  const ofChannel = channelId === null ? sql`` : sql`and o.channel_id = ${channelId}::bigint`;
  const wanted =
    among === null
      ? sql`
        from ${channels} c
       cross join unnest(${headlines}::text[]) as h(headline)
       cross join lateral (
         select o.received_at, o.id from sales_order o
          where o.workspace_id = ${w} and o.channel_id = c.id and o.headline = h.headline and ${where}
          order by o.received_at desc, o.id desc limit ${page.limit + 1}
       ) o`
      : sql`
        from (${among}) c join sales_order o on o.workspace_id = ${w} and o.id = c.id
       where o.headline = any(${headlines}::text[]) ${ofChannel} and ${where}`;
  return sql`
    select o.id, o.public_id, o.number, o.channel_order_id, o.headline, o.origin, o.payment, o.ordered_at, o.received_at, o.ship_by, o.country, o.currency, o.total,
           o.version, ch.public_id as channel_public_id, ch.name as channel_name, ch.kind as channel_kind
      from (select o.received_at, o.id ${wanted} order by o.received_at desc, o.id desc limit ${page.limit + 1}) p
     cross join lateral (select * from sales_order o where o.workspace_id = ${w} and o.id = p.id order by o.id limit 1) o -- by key, row by row, whatever is planned
      join channel ch on ch.workspace_id = ${w} and ch.id = o.channel_id
     order by p.received_at desc, p.id desc`;
}

function conditions({ workspaceId, supplier }: Scope, filter: OrderFilter, after: OrderPosition | null): Sql {
  const { receivedAt, id } = before(filter, after);
  let where = sql`(o.received_at, o.id) < (${receivedAt}::timestamptz, ${id}::bigint)`;
  if (filter.receivedFrom !== undefined) where = sql`${where} and o.received_at >= ${filter.receivedFrom}::timestamptz`;
  if (supplier !== null && !supplier.isRare)
    where = sql`${where} and exists (
      select from fulfillment_order f where f.workspace_id = ${workspaceId}::bigint and f.order_id = o.id and f.supplier_id = ${supplier.id}::bigint)`;
  return where;
}

/** Where the page begins, as one bound: of two on the same column the index begins at either, and may choose the one that lets it pass over all newer orders. */
function before({ receivedTo }: OrderFilter, after: OrderPosition | null): OrderPosition {
  if (receivedTo !== undefined && (after === null || receivedTo <= new Date(after.receivedAt)))
    return { receivedAt: receivedTo.toISOString(), id: "0" };
  return after ?? { receivedAt: "infinity", id: String(2n ** 63n - 1n) };
}

/** Where a filter names few orders by an index of its own, the page is taken from those; null: from all. */
function candidates({ workspaceId, supplier }: Scope, filter: OrderFilter): Sql | null {
  const w = sql`${workspaceId}::bigint`;
  const sets: Sql[] = [];
  if (filter.publicIds !== undefined)
    sets.push(
      sql`select o.id from sales_order o where o.workspace_id = ${w} and o.public_id = any(${filter.publicIds}::uuid[])`,
    );
  if (filter.reason !== undefined)
    sets.push(
      sql`select distinct h.order_id as id from hold h where h.workspace_id = ${w} and h.code = ${filter.reason} and h.closed_at is null`,
    );
  if (supplier !== null && supplier.isRare)
    sets.push(
      sql`select distinct f.order_id as id from fulfillment_order f where f.workspace_id = ${w} and f.supplier_id = ${supplier.id}::bigint`,
    );
  if (filter.q !== undefined && filter.q.trim() !== "")
    sets.push(searched(workspaceId, filter.q.trim().normalize("NFC")));
  if (sets.length === 0) return null;
  return sets.reduce((all, each) => sql`${all} intersect ${each}`);
}

/** Of a SKU or the beginning of a name that very many orders have, the newest so many are looked at. */
const mostOfOneWord = 2000;

function searched(workspaceId: WorkspaceId, q: string): Sql {
  const w = sql`${workspaceId}::bigint`;
  const name = searchName(q);
  return sql`(
    select o.id from sales_order o where o.workspace_id = ${w} and o.number >= ${q} and o.number < ${next(q)}
    union
    select o.id from sales_order o where o.workspace_id = ${w} and o.number >= ${`#${q}`} and o.number < ${next(`#${q}`)}
    union
    select o.id from channel c join sales_order o on o.workspace_id = ${w} and o.channel_id = c.id and o.channel_order_id = ${q} where c.workspace_id = ${w}
    union
    select p.order_id from parcel p where p.workspace_id = ${w} and p.tracking_number = ${normalizeTrackingNumber(q)}
    union
    select a.order_id from supplier_account s
      join attempt a on a.workspace_id = ${w} and a.account_id = s.id and a.supplier_order_id = ${q} and a.kind <> 'document' where s.workspace_id = ${w}
    union
    select a.order_id from attempt a where a.workspace_id = ${w} and a.reference = ${q}
    union
    (select l.order_id from order_line l where l.workspace_id = ${w} and l.sku = ${q} order by l.order_id desc limit ${mostOfOneWord})
    union
    (select a.order_id from order_address a where a.workspace_id = ${w} and a.search_name >= ${name} and a.search_name < ${next(name)} order by a.search_name, a.order_id limit ${mostOfOneWord})
    union
    (select a.order_id from order_address a where a.workspace_id = ${w} and a.search_surname >= ${name} and a.search_surname < ${next(name)} order by a.search_surname, a.order_id limit ${mostOfOneWord}))`;
}

/** The first text after all that begin with `prefix`, by code points, as the database sorts. */
export const next = (prefix: string): string => `${prefix}\u{10FFFF}`;

async function withParts(
  tx: Tx,
  workspaceId: WorkspaceId,
  orders: readonly RowOf<typeof ListedRow>[],
): Promise<ListedOrder[]> {
  if (orders.length === 0) return [];
  const ids = orders.map((order) => order.id);
  const [parts, holds, shipments] = await Promise.all([
    tx.rows(
      PartRow,
      sql`
      select f.order_id, f.id, f.public_id, f.no, f.state, s.public_id as supplier_public_id, s.name as supplier_name, f.placed_by, f.place_after, f.ship_by,
             array(select distinct l.order_line_no from fulfillment_order_line l
                    where l.workspace_id = f.workspace_id and l.fulfillment_order_id = f.id order by l.order_line_no) as line_nos
        from fulfillment_order f
        left join supplier s on s.workspace_id = f.workspace_id and s.id = f.supplier_id
       where f.workspace_id = ${workspaceId}::bigint and f.order_id = any(${ids}::bigint[])
       order by f.order_id, f.no`,
    ),
    tx.rows(
      HoldRow,
      sql`
      select h.order_id, h.subject, h.subject_id::text as subject_id, h.code, h.opened_at from hold h
       where h.workspace_id = ${workspaceId}::bigint and h.order_id = any(${ids}::bigint[]) and h.closed_at is null`,
    ),
    tx.rows(
      ShipmentRow,
      sql`
      select s.order_id, s.id, s.fulfillment_order_id from hold h
        join shipment s on s.workspace_id = h.workspace_id and s.id = h.subject_id
       where h.workspace_id = ${workspaceId}::bigint and h.order_id = any(${ids}::bigint[]) and h.closed_at is null and h.subject = 'shipment'`,
    ),
  ]);
  const own = <Row extends { orderId: OrderId }>(rows: readonly Row[]): Map<OrderId, Row[]> =>
    Map.groupBy(rows, (each) => each.orderId);
  const [partsOf, holdsOf, shipmentsOf] = [own(parts), own(holds), own(shipments)];
  return orders.map((order) => {
    const open = { holds: holdsOf.get(order.id) ?? [], shipments: shipmentsOf.get(order.id) ?? [] };
    const reason = mostImportant(open.holds.map((hold) => hold.code));
    return {
      ...order,
      reason,
      reasonSince: open.holds.find((hold) => hold.code === reason)?.openedAt ?? null,
      parts: (partsOf.get(order.id) ?? []).map(({ orderId: _, id, lineNos, ...part }) => ({
        ...part,
        headline: headlineOfPart(
          part.state,
          holdsOn(open, { id, lines: lineNos.map((orderLineNo) => ({ orderLineNo })) }),
        ),
      })),
    };
  });
}
