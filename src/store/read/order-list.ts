import type { Payment } from "#domain/channel-order.ts";
import { holdsOn } from "#domain/draft.ts";
import {
  parsePublicId,
  type ChannelId,
  type FulfillmentOrderId,
  type OrderId,
  type ShipmentId,
  type SupplierId,
  type WorkspaceId,
} from "#domain/ids.ts";
import {
  headlineOfPart,
  headlineOrder,
  mostImportant,
  type FulfillmentState,
  type Headline,
} from "#domain/lifecycle.ts";
import type { Hold } from "#domain/order.ts";
import type { OrderSums } from "#domain/order-money.ts";
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
  /** Ids, kinds, names or beginnings of names; any of them. */
  channels?: readonly string[];
  suppliers?: readonly string[];
  reasons?: readonly ReasonCode[];
  countries?: readonly string[];
  skus?: readonly string[];
  /** Not left yet, and to leave within this time; `from` included, `to` not. */
  due?: { from?: Date; to: Date };
  /** The user who looks after an open hold of it; `none`: one that nobody looks after. */
  owner?: string;
  /** true: a hold of it is snoozed at this moment; false: one is not, or it has none. With a reason or an owner, that very hold. */
  snoozed?: { is: boolean; at: Date };
  /** The channel does not know of something that it is to be told. */
  notTold?: boolean;
}

export const orderSorts = ["newest", "oldest", "ship_by", "total"] as const;
/** newest, oldest: by when it came in. ship_by: earliest first, those without one last. total: most first, by the number alone. */
export type OrderSort = (typeof orderSorts)[number];
/** The last order of the page before: what the list is sorted by, as text. */
export interface OrderPosition {
  key: string;
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
  payment: col.oneOf<Payment>(),
  orderedAt: col.instantOrNull,
  receivedAt: col.instant,
  shipBy: col.instantOrNull,
  country: col.text,
  currency: col.text,
  total: col.bigintOrNull,
  shippingPaid: col.bigintOrNull,
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
  ownerId: col.textOrNull,
  snoozedUntil: col.instantOrNull,
});
const ItemsRow = row({
  orderId: col.id<OrderId>(),
  sku: col.text,
  title: col.text,
  quantity: col.int,
  lines: col.int,
});
const LineSumsRow = row({ orderId: col.id<OrderId>(), sold: col.text, fees: col.text, cancelled: col.text });
const CostRow = row({
  orderId: col.id<OrderId>(),
  no: col.int,
  state: col.oneOf<FulfillmentState>(),
  currency: col.textOrNull,
  expectedGoods: col.bigintOrNull,
  expectedShipping: col.bigintOrNull,
  placedCurrency: col.textOrNull,
  placedCost: col.bigintOrNull,
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
  /** The user who looks after that hold, and until when it is snoozed. */
  reasonOwner: string | null;
  reasonSnoozedUntil: Date | null;
  parts: ListedPart[];
  /** What it is made of: its first line, and how many lines there are. */
  items: Omit<RowOf<typeof ItemsRow>, "orderId"> | null;
  /** What its profit is reckoned from; null: it was not asked for. */
  sums: Omit<OrderSums, "order"> | null;
  /** Its open holds, as far as its actions ask for them. */
  holds: readonly Pick<Hold, "subject" | "code">[];
}

/**
 * API-20. One page of orders. Each state of each channel has its own stretch of the indexes `sales_order_list`, `_ship_by` and `_total`; they are merged, so that
 * a page costs the same whatever lies behind it. Only the page itself is read from the table. Under row-level security LIKE would scan the workspace; prefixes
 * are ranges (performance.md, reads).
 */
export async function listOrders(
  tx: Tx,
  workspaceId: WorkspaceId,
  filter: OrderFilter,
  page: { after: OrderPosition | null; limit: number; sort?: OrderSort; hasSums?: boolean },
): Promise<{ orders: ListedOrder[]; next: OrderPosition | null }> {
  const scope = await scopeOf(tx, workspaceId, filter);
  if (scope === null) return { orders: [], next: null };
  const { sort = "newest" } = page;
  const found = await tx.rows(ListedRow, pageOf(scope, filter, { ...page, sort }));
  const orders = await withParts(tx, workspaceId, found.slice(0, page.limit), page.hasSums === true);
  const last = orders.at(-1);
  return {
    orders,
    next: found.length > page.limit && last !== undefined ? { key: keyOf(last, sort), id: last.id } : null,
  };
}

/** The same orders by their ids only: for actions on everything a filter finds. */
export async function findOrderIds(
  tx: Tx,
  workspaceId: WorkspaceId,
  filter: OrderFilter,
  limit: number,
  sort: OrderSort = "newest",
): Promise<OrderId[]> {
  const scope = await scopeOf(tx, workspaceId, filter);
  if (scope === null) return [];
  const found = await tx.rows(IdRow, keysOf(scope, filter, { after: null, limit, sort }));
  return found.map(({ id }) => id);
}

/** How many there are, counted up to `most`. */
export async function countFound(tx: Tx, workspaceId: WorkspaceId, filter: OrderFilter, most: number): Promise<number> {
  const scope = await scopeOf(tx, workspaceId, filter);
  if (scope === null) return 0;
  // What has to leave on a day is a stretch of its own in this order.
  const sort = filter.due === undefined ? "newest" : "ship_by";
  const found = keysOf(scope, filter, { after: null, limit: most, sort });
  return (await tx.one(CountRow, sql`select count(*)::int as n from (${found}) found`)).n;
}

/** What a filter's public ids and names stand for. */
interface Scope {
  workspaceId: WorkspaceId;
  /** null: all. */
  channelIds: readonly ChannelId[] | null;
  suppliers: { ids: readonly SupplierId[]; isRare: boolean } | null;
  isRareCountry: boolean;
  isRareSku: boolean;
}
const IdRow = row({ id: col.id<OrderId>() });
const CountRow = row({ n: col.int });
const ChannelIdRow = row({ id: col.id<ChannelId>() });
const SupplierRow = row({ id: col.id<SupplierId>(), parts: col.int });

/** A supplier with at most so many fulfillment orders is looked up by them; one with more is met soon enough on the way through the newest orders. */
const fewParts = 1000;

/** null: no channel or supplier of the filter is in this workspace, so nothing is found. */
async function scopeOf(tx: Tx, workspaceId: WorkspaceId, filter: OrderFilter): Promise<Scope | null> {
  const w = sql`${workspaceId}::bigint`;
  const hasChannel = filter.channel !== undefined || (filter.channels ?? []).length > 0;
  const hasSupplier = filter.supplier !== undefined || (filter.suppliers ?? []).length > 0;
  const [channels, suppliers, countries, skus] = await Promise.all([
    hasChannel
      ? tx.rows(
          ChannelIdRow,
          sql`select c.id from channel c where c.workspace_id = ${w} and ${isNamed(filter.channel, filter.channels, "channel")}`,
        )
      : null,
    hasSupplier
      ? tx.rows(
          SupplierRow,
          sql`
          select c.id, (select count(*)::int from (select from fulfillment_order f where f.workspace_id = ${w} and f.supplier_id = c.id
                                                    order by f.supplier_id limit ${fewParts + 1}) f) as parts
            from supplier c where c.workspace_id = ${w} and ${isNamed(filter.supplier, filter.suppliers, "supplier")}`,
        )
      : null,
    filter.countries === undefined
      ? null
      : tx.one(
          CountRow,
          sql`
          select count(*)::int as n from (select from sales_order o where o.workspace_id = ${w} and o.country = any(${filter.countries}::text[])
                                           order by o.country limit ${fewParts + 1}) o`,
        ),
    filter.skus === undefined
      ? null
      : tx.one(
          CountRow,
          sql`
          select count(*)::int as n from (select from order_line l where l.workspace_id = ${w} and l.sku = any(${filter.skus}::text[])
                                           order by l.sku, l.order_id desc limit ${mostOfOneWord + 1}) l`,
        ),
  ]);
  if (channels?.length === 0 || suppliers?.length === 0) return null;
  return {
    workspaceId,
    channelIds: channels === null ? null : channels.map(({ id }) => id),
    suppliers:
      suppliers === null
        ? null
        : {
            ids: suppliers.map(({ id }) => id),
            isRare: suppliers.reduce((sum, { parts }) => sum + parts, 0) <= fewParts,
          },
    isRareCountry: countries !== null && countries.n <= fewParts,
    isRareSku: skus !== null && skus.n <= mostOfOneWord,
  };
}

/** The row `c` is the one with this uuid, and one of those that these words mean: an id, a kind, a name or its beginning, whatever the case. */
function isNamed(uuid: string | undefined, words: readonly string[] | undefined, kind: "channel" | "supplier"): Sql {
  let where = uuid === undefined ? sql`true` : sql`c.public_id = ${uuid}::uuid`;
  if (words !== undefined && words.length > 0) {
    const ids = words.map((each) => parsePublicId(kind, each)).filter((each) => each !== null);
    const names = words.map((each) => each.toLowerCase());
    where = sql`${where} and (c.public_id = any(${ids}::uuid[]) or exists (
      select from unnest(${names}::text[]) as n(name) where lower(c.kind) = n.name or starts_with(lower(c.name), n.name)))`;
  }
  return where;
}

interface Page {
  after: OrderPosition | null;
  limit: number;
  sort: OrderSort;
}
const most = String(2n ** 63n - 1n);
// As the indexes have them: to row-level security `coalesce` may leak, and then no index would be looked into by it.
const shipByKey = sql`(case when o.ship_by is null then 'infinity'::timestamptz else o.ship_by end)`;
const sorting = {
  newest: { key: sql`o.received_at`, type: sql`timestamptz`, isDown: true, end: { key: "infinity", id: most } },
  oldest: { key: sql`o.received_at`, type: sql`timestamptz`, isDown: false, end: { key: "-infinity", id: "0" } },
  ship_by: { key: shipByKey, type: sql`timestamptz`, isDown: false, end: { key: "-infinity", id: "0" } },
  total: {
    key: sql`(case when o.total is null then -1 else o.total end)`,
    type: sql`bigint`,
    isDown: true,
    end: { key: most, id: most },
  },
} as const satisfies Record<OrderSort, unknown>;

const keyOf = (order: RowOf<typeof ListedRow>, sort: OrderSort): string => {
  if (sort === "total") return String(order.total ?? -1n);
  if (sort === "ship_by") return order.shipBy?.toISOString() ?? "infinity";
  return order.receivedAt.toISOString();
};

function pageOf(scope: Scope, filter: OrderFilter, page: Page): Sql {
  const w = sql`${scope.workspaceId}::bigint`;
  const direction = sorting[page.sort].isDown ? sql`desc` : sql``;
  return sql`
    select o.id, o.public_id, o.number, o.channel_order_id, o.headline, o.origin, o.payment, o.ordered_at, o.received_at, o.ship_by, o.country, o.currency, o.total,
           o.shipping_paid, o.version, ch.public_id as channel_public_id, ch.name as channel_name, ch.kind as channel_kind
      from (${keysOf(scope, filter, { ...page, limit: page.limit + 1 })}) p
     cross join lateral (select * from sales_order o where o.workspace_id = ${w} and o.id = p.id order by o.id limit 1) o -- by key, row by row, whatever is planned
      join channel ch on ch.workspace_id = ${w} and ch.id = o.channel_id
     order by p.key ${direction}, p.id ${direction}`;
}

/** The ids of a page, with what they are sorted by. */
function keysOf(scope: Scope, filter: OrderFilter, page: Page): Sql {
  const { workspaceId, channelIds } = scope;
  const w = sql`${workspaceId}::bigint`;
  const { key, isDown } = sorting[page.sort];
  const direction = isDown ? sql`desc` : sql``;
  const wanted = filter.headlines ?? headlineOrder;
  const headlines = filter.due === undefined ? wanted : wanted.filter((each) => !hasLeft.has(each));
  const where = conditions(scope, filter, page);
  const among = candidates(scope, filter);
  const channels =
    channelIds === null
      ? sql`(select ch.id from channel ch where ch.workspace_id = ${w})`
      : sql`unnest(${channelIds}::bigint[])`;
  const ofChannel = channelIds === null ? sql`` : sql`and o.channel_id = any(${channelIds}::bigint[])`;
  const found =
    among === null
      ? sql`
        from ${channels} as c(id)
       cross join unnest(${headlines}::text[]) as h(headline)
       cross join lateral (
         select ${key} as key, o.id from sales_order o
          where o.workspace_id = ${w} and o.channel_id = c.id and o.headline = h.headline and ${where}
          order by ${key} ${direction}, o.id ${direction} limit ${page.limit}
       ) o`
      : sql`
        from (${among}) c
        join (select ${key} as key, o.* from sales_order o where o.workspace_id = ${w}) o on o.id = c.id
       where o.headline = any(${headlines}::text[]) ${ofChannel} and ${where}`;
  return sql`select o.key, o.id ${found} order by o.key ${direction}, o.id ${direction} limit ${page.limit}`;
}

/** What has left needs not leave in time any more. */
const hasLeft: ReadonlySet<Headline> = new Set(["shipped", "delivered", "completed", "cancelled"]);

function conditions({ workspaceId, suppliers, isRareCountry, isRareSku }: Scope, filter: OrderFilter, page: Page): Sql {
  const w = sql`${workspaceId}::bigint`;
  let where = bounds(filter, page);
  if (suppliers !== null && !suppliers.isRare)
    where = sql`${where} and exists (
      select from fulfillment_order f where f.workspace_id = ${w} and f.order_id = o.id and f.supplier_id = any(${suppliers.ids}::bigint[]))`;
  if (filter.countries !== undefined && !isRareCountry)
    where = sql`${where} and o.country = any(${filter.countries}::text[])`;
  if (filter.skus !== undefined && !isRareSku)
    where = sql`${where} and exists (
      select from order_line l where l.workspace_id = ${w} and l.order_id = o.id and l.sku = any(${filter.skus}::text[]))`;
  if (filter.snoozed?.is === false && !namesHolds(filter)) {
    const { at } = filter.snoozed;
    const open = sql`select from hold h where h.workspace_id = ${w} and h.order_id = o.id and h.closed_at is null`;
    where = sql`${where} and (not exists (${open} and h.snoozed_until > ${at}::timestamptz)
                              or exists (${open} and (h.snoozed_until is null or h.snoozed_until <= ${at}::timestamptz)))`;
  }
  return where;
}

/**
 * Where the page begins, as one bound: of two on the same column and side the index begins at either, and may choose the one that lets it pass over all that
 * came before. Other bounds are on the other side or on other columns.
 */
function bounds(filter: OrderFilter, { after, sort }: Page): Sql {
  const { key, type, isDown } = sorting[sort];
  const from = startOf(filter, sort, after);
  const { receivedFrom, receivedTo, due } = filter;
  let where = isDown
    ? sql`(${key}, o.id) < (${from.key}::${type}, ${from.id}::bigint)`
    : sql`(${key}, o.id) > (${from.key}::${type}, ${from.id}::bigint)`;
  if (receivedFrom !== undefined && sort !== "oldest")
    where = sql`${where} and o.received_at >= ${receivedFrom}::timestamptz`;
  if (receivedTo !== undefined && sort !== "newest")
    where = sql`${where} and o.received_at < ${receivedTo}::timestamptz`;
  if (due !== undefined) {
    where = sql`${where} and ${shipByKey} < ${due.to}::timestamptz`;
    if (due.from !== undefined && sort !== "ship_by") where = sql`${where} and o.ship_by >= ${due.from}::timestamptz`;
  }
  return where;
}

/**
 * The last position that does not belong to the page, on the side where it begins: the page before's last order, a filter's own bound, or the end of all. Without any
 * the plan might sort a stretch by another index.
 */
function startOf(
  { receivedFrom, receivedTo, due }: OrderFilter,
  sort: OrderSort,
  after: OrderPosition | null,
): OrderPosition {
  const bound = { newest: receivedTo, oldest: receivedFrom, ship_by: due?.from, total: undefined }[sort];
  if (bound === undefined) return after ?? sorting[sort].end;
  const isPast = after !== null && (sort === "newest" ? bound > new Date(after.key) : bound <= new Date(after.key));
  return isPast ? after : { key: bound.toISOString(), id: "0" };
}

/** Where a filter names few orders by an index of its own, the page is taken from those; null: from all. */
function candidates({ workspaceId, suppliers, isRareCountry, isRareSku }: Scope, filter: OrderFilter): Sql | null {
  const w = sql`${workspaceId}::bigint`;
  const sets: Sql[] = [];
  if (filter.publicIds !== undefined)
    sets.push(
      sql`select o.id from sales_order o where o.workspace_id = ${w} and o.public_id = any(${filter.publicIds}::uuid[])`,
    );
  const holds = (codes: Sql): Sql =>
    sql`select distinct h.order_id as id from hold h where h.workspace_id = ${w} and h.closed_at is null and ${codes} and ${ofHold(filter)}`;
  const reasons = reasonsOf(filter);
  for (const codes of reasons) sets.push(holds(sql`h.code = any(${codes}::text[])`));
  if (reasons.length === 0 && (filter.owner !== undefined || filter.snoozed?.is === true)) sets.push(holds(sql`true`));
  if (suppliers !== null && suppliers.isRare)
    sets.push(
      sql`select distinct f.order_id as id from fulfillment_order f where f.workspace_id = ${w} and f.supplier_id = any(${suppliers.ids}::bigint[])`,
    );
  if (filter.countries !== undefined && isRareCountry)
    sets.push(
      sql`select o.id from sales_order o where o.workspace_id = ${w} and o.country = any(${filter.countries}::text[])`,
    );
  if (filter.skus !== undefined && isRareSku)
    sets.push(
      sql`select distinct l.order_id as id from order_line l where l.workspace_id = ${w} and l.sku = any(${filter.skus}::text[])`,
    );
  if (filter.notTold === true)
    sets.push(
      sql`
      select distinct b.order_id as id from write_back b
       where b.workspace_id = ${w} and b.state in ('waiting', 'unknown', 'by_hand', 'refused') and b.lines <> '[]'`,
    );
  if (filter.q !== undefined && filter.q.trim() !== "")
    sets.push(searched(workspaceId, filter.q.trim().normalize("NFC")));
  if (sets.length === 0) return null;
  return sets.reduce((all, each) => sql`${all} intersect ${each}`);
}

const reasonsOf = ({ reason, reasons }: OrderFilter): (readonly ReasonCode[])[] => [
  ...(reason === undefined ? [] : [[reason]]),
  ...(reasons === undefined ? [] : [reasons]),
];
const namesHolds = (filter: OrderFilter): boolean => filter.owner !== undefined || reasonsOf(filter).length > 0;

/** HC-3. A reason, its owner and its snooze are of one and the same hold, as an attention group counts them. */
function ofHold({ owner, snoozed }: OrderFilter): Sql {
  let where = sql`true`;
  if (owner !== undefined)
    where = owner === "none" ? sql`${where} and h.owner_id is null` : sql`${where} and h.owner_id = ${owner}::uuid`;
  if (snoozed !== undefined)
    where = snoozed.is
      ? sql`${where} and h.snoozed_until > ${snoozed.at}::timestamptz`
      : sql`${where} and (h.snoozed_until is null or h.snoozed_until <= ${snoozed.at}::timestamptz)`;
  return where;
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
  hasSums: boolean,
): Promise<ListedOrder[]> {
  if (orders.length === 0) return [];
  const ids = orders.map((order) => order.id);
  const [parts, holds, shipments, items, sums] = await Promise.all([
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
      select h.order_id, h.subject, h.subject_id::text as subject_id, h.code, h.opened_at, h.owner_id::text as owner_id, h.snoozed_until from hold h
       where h.workspace_id = ${workspaceId}::bigint and h.order_id = any(${ids}::bigint[]) and h.closed_at is null`,
    ),
    tx.rows(
      ShipmentRow,
      sql`
      select s.order_id, s.id, s.fulfillment_order_id from hold h
        join shipment s on s.workspace_id = h.workspace_id and s.id = h.subject_id
       where h.workspace_id = ${workspaceId}::bigint and h.order_id = any(${ids}::bigint[]) and h.closed_at is null and h.subject = 'shipment'`,
    ),
    // Lines are numbered without gaps: the last one's number says how many there are, and neither end looks at those between.
    tx.rows(
      ItemsRow,
      sql`
      select o.id as order_id, first.sku, first.title, first.quantity, last.no as lines
        from unnest(${ids}::bigint[]) as o(id)
       cross join lateral (
         select l.sku, l.title, case when l.quantity_edited is null then l.quantity else l.quantity_edited end as quantity from order_line l
          where l.workspace_id = ${workspaceId}::bigint and l.order_id = o.id order by l.no limit 1) first
       cross join lateral (
         select l.no from order_line l where l.workspace_id = ${workspaceId}::bigint and l.order_id = o.id order by l.no desc limit 1) last`,
    ),
    hasSums ? sumsOf(tx, workspaceId, ids) : null,
  ]);
  const own = <Row extends { orderId: OrderId }>(rows: readonly Row[]): Map<OrderId, Row[]> =>
    Map.groupBy(rows, (each) => each.orderId);
  const [partsOf, holdsOf, shipmentsOf] = [own(parts), own(holds), own(shipments)];
  const itemsOf = new Map(items.map(({ orderId, ...each }) => [orderId, each]));
  return orders.map((order) => {
    const open = { holds: holdsOf.get(order.id) ?? [], shipments: shipmentsOf.get(order.id) ?? [] };
    const reason = mostImportant(open.holds.map((hold) => hold.code));
    const main = open.holds.find((hold) => hold.code === reason);
    return {
      ...order,
      reason,
      reasonSince: main?.openedAt ?? null,
      reasonOwner: main?.ownerId ?? null,
      reasonSnoozedUntil: main?.snoozedUntil ?? null,
      items: itemsOf.get(order.id) ?? null,
      sums: sums?.(order.id) ?? null,
      holds: open.holds,
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

/** API-26. What a page's orders were sold for and cost: their lines added up by the key of each order, their parts with the one purchase that stands. */
async function sumsOf(
  tx: Tx,
  workspaceId: WorkspaceId,
  ids: readonly OrderId[],
): Promise<(id: OrderId) => Omit<OrderSums, "order">> {
  const w = sql`${workspaceId}::bigint`;
  const [lines, costs] = await Promise.all([
    tx.rows(
      LineSumsRow,
      sql`
      select l.order_id, sum(case when l.kind = 'fee' then 0 else l.unit_price * u.sold end)::text as sold,
             sum(case when l.kind = 'fee' then l.unit_price * u.sold else 0 end)::text as fees,
             sum(l.unit_price * least(l.cancelled, u.sold))::text as cancelled
        from order_line l
       cross join lateral (select case when l.quantity_edited is null then l.quantity else l.quantity_edited end as sold) u
       where l.workspace_id = ${w} and l.order_id = any(${ids}::bigint[])
       group by l.order_id`,
    ),
    tx.rows(
      CostRow,
      sql`
      select f.order_id, f.no, f.state, f.currency, f.expected_goods, f.expected_shipping, a.currency as placed_currency, a.cost as placed_cost
        from fulfillment_order f
        left join lateral ( -- at most one stands (attempt_one_open); by its key, part by part, whatever is planned
          select a.currency, a.cost from attempt a
           where a.workspace_id = ${w} and a.fulfillment_order_id = f.id and a.state = 'placed' order by a.fulfillment_order_id limit 1) a on true
       where f.workspace_id = ${w} and f.order_id = any(${ids}::bigint[])
       order by f.order_id, f.no`,
    ),
  ]);
  const linesOf = new Map(lines.map(({ orderId, ...each }) => [orderId, each]));
  const costsOf = Map.groupBy(costs, ({ orderId }) => orderId);
  return (id) => ({
    lines: linesOf.get(id) ?? { sold: "0", fees: "0", cancelled: "0" },
    parts: (costsOf.get(id) ?? []).map(({ placedCurrency, placedCost, ...part }) => ({
      ...part,
      placed: placedCurrency === null ? null : { currency: placedCurrency, cost: placedCost },
    })),
  });
}
