import type { ChannelId, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Db, Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

const OrderIdRow = row({ orderId: col.id<OrderId>() });
const idsOf = (rows: readonly { orderId: OrderId }[]): OrderId[] => rows.map(({ orderId }) => orderId);

/** Whose data: the channel's name for the buyer, or an e-mail address, in small letters. */
export type Buyer = { buyerId: string } | { mail: string };

/** Orders of which any address row, not erased yet, names this buyer. Reads the workspace's addresses: for people who ask, not for stages. */
export const ordersOfBuyer = async (tx: Tx, workspaceId: WorkspaceId, buyer: Buyer): Promise<OrderId[]> =>
  idsOf(
    await tx.rows(
      OrderIdRow,
      "mail" in buyer
        ? sql`
          select distinct order_id from order_address
           where workspace_id = ${workspaceId}::bigint and erased_at is null and lower(email) = ${buyer.mail} order by order_id`
        : sql`
          select distinct order_id from order_address
           where workspace_id = ${workspaceId}::bigint and erased_at is null and buyer_id = ${buyer.buyerId} order by order_id`,
    ),
  );

/**
 * PD-3. Clears what these locked orders hold of their buyers: addresses, notes, words of the search, messages (text and key),
 * what people wrote and laid down beside them, and documents that have left.
 * Rows, digests of messages and documents, country and numbers stay.
 */
export async function clearPersonalData(
  tx: Tx,
  workspaceId: WorkspaceId,
  orderIds: readonly OrderId[],
  now: Date,
): Promise<void> {
  await tx.run(sql`
    update order_address
       set name = '', company = '', line1 = '', line2 = '', city = '', region = '', postcode = '', phone = '', email = '', buyer_id = null, note = null,
           digest = '', search_name = '', search_surname = '', erased_at = ${now}
     where workspace_id = ${workspaceId}::bigint and order_id = any(${orderIds}::bigint[]) and erased_at is null`);
  await tx.run(sql`
    update inbox set raw = null, raw_key = null, dek = null
     where workspace_id = ${workspaceId}::bigint and order_id = any(${orderIds}::bigint[]) and raw is not null`);
  await tx.run(sql`
    update order_note set text = '', erased_at = ${now}
     where workspace_id = ${workspaceId}::bigint and order_id = any(${orderIds}::bigint[]) and erased_at is null`);
  await tx.run(sql`
    update attachment set name = '', bytes = null, removed_at = coalesce(removed_at, ${now}), removed_by = coalesce(removed_by, 'erasure')
     where workspace_id = ${workspaceId}::bigint and order_id = any(${orderIds}::bigint[]) and name <> ''`);
  await tx.run(sql`
    update dispatch d set bytes = ''
     where d.workspace_id = ${workspaceId}::bigint and d.state <> 'open' and d.bytes <> ''
       and d.id in (select a.dispatch_id from attempt a
                     where a.workspace_id = ${workspaceId}::bigint and a.order_id = any(${orderIds}::bigint[]) and a.dispatch_id is not null)`);
}

const MessageRow = row({
  id: col.text,
  eventId: col.text,
  receivedAt: col.instant,
  orderId: col.idOrNull<OrderId>(),
  raw: col.textOrNull,
  rawKey: col.textOrNull,
  dek: col.intOrNull,
});
export type KeptMessage = ReturnType<typeof MessageRow.decode>[number];

/** What came in about these orders. */
export const messagesOf = (tx: Tx, workspaceId: WorkspaceId, orderIds: readonly OrderId[]): Promise<KeptMessage[]> =>
  tx.rows(
    MessageRow,
    sql`
    select id, event_id, received_at, order_id, raw, raw_key, dek from inbox
     where workspace_id = ${workspaceId}::bigint and order_id = any(${orderIds}::bigint[]) and raw is not null order by id`,
  );

/** What came in and is filed under no order: not parsed, or about none that is here. */
export const unfiledMessages = (
  tx: Tx,
  workspaceId: WorkspaceId,
  after: string,
  limit: number,
): Promise<KeptMessage[]> =>
  tx.rows(
    MessageRow,
    sql`
    select id, event_id, received_at, order_id, raw, raw_key, dek from inbox
     where workspace_id = ${workspaceId}::bigint and id > ${after}::bigint and order_id is null and raw is not null order by id limit ${limit}`,
  );

export const clearMessages = (tx: Tx, workspaceId: WorkspaceId, ids: readonly string[]): Promise<number> =>
  tx.run(sql`
    update inbox set raw = null, raw_key = null, dek = null
     where workspace_id = ${workspaceId}::bigint and id = any(${ids}::bigint[]) and raw is not null`);

/** Kept rows of files that mention this text, whatever the case. */
export const clearImportRows = (tx: Tx, workspaceId: WorkspaceId, text: string): Promise<number> =>
  tx.run(sql`
    update import_row set raw = null, said = null, problems = '[]', candidates = null
     where workspace_id = ${workspaceId}::bigint and strpos(lower(concat(raw, said, problems, candidates)), ${text}) > 0`);

// The clock ------------------------------------------------------------------------------------------------------------------------------------

export interface DueChannel {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  kind: string;
  settings: Record<string, unknown>;
}
const ChannelRow = row({
  workspaceId: col.id<WorkspaceId>(),
  channelId: col.id<ChannelId>(),
  kind: col.text,
  settings: col.json<Record<string, unknown>>(),
});
const DueRow = row({ dueAt: col.instantOrNull });

/** Takes channels whose day is over, or that were never looked at. */
export const claimChannels = (tx: Tx, claim: { now: Date; leaseUntil: Date; limit: number }): Promise<DueChannel[]> =>
  tx.rows(
    ChannelRow,
    sql`
    with due as (
      select workspace_id, id from channel where erase_due_at is null or erase_due_at <= ${claim.now}
       order by erase_due_at nulls first, workspace_id, id limit ${claim.limit} for update skip locked
    )
    update channel c set erase_due_at = ${claim.leaseUntil} from due
     where c.workspace_id = due.workspace_id and c.id = due.id
    returning c.workspace_id, c.id as channel_id, c.kind, c.settings`,
  );

export const channelDone = (tx: Tx, { workspaceId, channelId }: DueChannel, dueAt: Date): Promise<number> =>
  tx.run(sql`
    update channel set erase_due_at = ${dueAt} where workspace_id = ${workspaceId}::bigint and id = ${channelId}::bigint`);

export async function nextErasure(db: Db): Promise<Date | null> {
  const found = await db.one(
    DueRow,
    sql`select min(coalesce(erase_due_at, '1970-01-01 00:00+00')) as due_at from channel`,
  );
  return found.dueAt;
}

/**
 * Orders of a channel that hold personal data past their time, or of which somebody had it erased before. `endedBefore` null: the channel has no limit.
 * An order's time counts from delivery, else from shipping, else from its end.
 */
export const ordersPastTheirTime = async (
  tx: Tx,
  { workspaceId, channelId }: DueChannel,
  { endedBefore, limit }: { endedBefore: Date | null; limit: number },
): Promise<OrderId[]> =>
  idsOf(
    await tx.rows(
      OrderIdRow,
      sql`
      select o.id as order_id from sales_order o
       where o.workspace_id = ${workspaceId}::bigint and o.channel_id = ${channelId}::bigint
         and exists (select from order_address a where a.workspace_id = ${workspaceId}::bigint and a.order_id = o.id and a.erased_at is null)
         and (
           exists (select from order_address e where e.workspace_id = ${workspaceId}::bigint and e.order_id = o.id and e.erased_at is not null)
           or (o.headline in ('shipped', 'delivered', 'completed', 'cancelled') and o.received_at < ${endedBefore}::timestamptz
               and coalesce((select max(coalesce(f.delivered_at, f.last_shipped_at, f.placed_at)) from fulfillment_order f
                              where f.workspace_id = ${workspaceId}::bigint and f.order_id = o.id),
                            o.channel_cancelled_at, o.received_at) < ${endedBefore}::timestamptz)
         )
         and not exists (select from fulfillment_order f
                          where f.workspace_id = ${workspaceId}::bigint and f.order_id = o.id and f.state not in ('shipped', 'delivered', 'completed', 'cancelled'))
         and not exists (select from cancellation c
                          where c.workspace_id = ${workspaceId}::bigint and c.order_id = o.id and c.state = 'requested')
       order by o.id limit ${limit}`,
    ),
  );

/** What nobody could file under an order, and rows of files that were kept, go when they are this old. */
export async function clearUnfiled(tx: Tx, workspaceId: WorkspaceId, before: Date): Promise<number> {
  const messages = await tx.run(sql`
    update inbox set raw = null, raw_key = null, dek = null, due_at = null
     where workspace_id = ${workspaceId}::bigint and order_id is null and raw is not null and received_at < ${before}`);
  const rows = await tx.run(sql`
    update import_row r set raw = null, said = null, problems = '[]', candidates = null
      from import i
     where r.workspace_id = ${workspaceId}::bigint and i.workspace_id = ${workspaceId}::bigint and i.id = r.import_id
       and i.started_at < ${before} and (r.raw is not null or r.said is not null)`);
  return messages + rows;
}

const ExportRow = row({
  orderId: col.id<OrderId>(),
  publicId: col.text,
  number: col.text,
  channel: col.text,
  channelOrderId: col.text,
  orderedAt: col.instantOrNull,
  receivedAt: col.instant,
  headline: col.text,
  currency: col.text,
  total: col.bigintOrNull,
  addresses: col.json<Record<string, unknown>[]>(),
  lines: col.json<Record<string, unknown>[]>(),
  parcels: col.json<Record<string, unknown>[]>(),
  notes: col.json<Record<string, unknown>[]>(),
  files: col.json<Record<string, unknown>[]>(),
});

/** All that is kept about the buyers of these orders, for the buyer who asks. */
export const personalDataOf = (tx: Tx, workspaceId: WorkspaceId, orderIds: readonly OrderId[]) =>
  tx.rows(
    ExportRow,
    sql`
    select o.id as order_id, o.public_id, o.number, c.name as channel, o.channel_order_id, o.ordered_at, o.received_at, o.headline, o.currency, o.total,
           (select coalesce(json_agg(json_build_object('source', a.source, 'name', a.name, 'company', a.company, 'line1', a.line1, 'line2', a.line2, 'city', a.city,
                     'region', a.region, 'postcode', a.postcode, 'country', a.country, 'phone', a.phone, 'email', a.email, 'buyer_id', a.buyer_id, 'note', a.note) order by a.no), '[]')
              from order_address a where a.workspace_id = ${workspaceId}::bigint and a.order_id = o.id) as addresses,
           (select coalesce(json_agg(json_build_object('sku', l.sku, 'title', l.title, 'quantity', l.quantity, 'unit_price', l.unit_price::text) order by l.no), '[]')
              from order_line l where l.workspace_id = ${workspaceId}::bigint and l.order_id = o.id) as lines,
           (select coalesce(json_agg(json_build_object('carrier', p.carrier, 'tracking_number', p.tracking_number, 'state', p.state) order by p.id), '[]')
              from parcel p where p.workspace_id = ${workspaceId}::bigint and p.order_id = o.id) as parcels,
           (select coalesce(json_agg(json_build_object('text', n.text, 'at', n.at) order by n.id), '[]')
              from order_note n where n.workspace_id = ${workspaceId}::bigint and n.order_id = o.id and n.erased_at is null) as notes,
           (select coalesce(json_agg(json_build_object('name', f.name, 'media_type', f.media_type, 'size', f.size, 'at', f.at) order by f.id), '[]')
              from attachment f where f.workspace_id = ${workspaceId}::bigint and f.order_id = o.id and f.removed_at is null) as files
      from sales_order o join channel c on c.workspace_id = o.workspace_id and c.id = o.channel_id
     where o.workspace_id = ${workspaceId}::bigint and o.id = any(${orderIds}::bigint[]) order by o.id`,
  );
