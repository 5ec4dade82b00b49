import type { ChannelId, Id, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { NamedLines } from "#domain/named-lines.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";
import { json } from "./writer.ts";

export type ImportId = Id<"import">;
export type ImportKind = "orders" | "links" | "stock" | "costs" | "tracking";

/** How many rows of the file came to which end: `rows` is the sum of the other three. */
export interface RowCounts {
  rows: number;
  stored: number;
  refused: number;
  setAside: number;
}
export interface StoredImport extends RowCounts {
  workspaceId: WorkspaceId;
  id: ImportId;
  publicId: string;
  kind: ImportKind;
  /** "0": not into a channel. */
  channelId: ChannelId | "0";
  fileName: string;
  sha256: string;
  actor: string;
  startedAt: Date;
  /** null: it goes on, or it was stopped; then `problem` says why. */
  finishedAt: Date | null;
  /** What came of the stored rows, by name. */
  summary: Record<string, number>;
  problem: string | null;
}
const ImportShape = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<ImportId>(),
  publicId: col.text,
  kind: col.oneOf<ImportKind>(["orders", "links", "stock", "costs", "tracking"]),
  channelId: col.id<ChannelId | "0">(),
  fileName: col.text,
  sha256: col.text,
  actor: col.text,
  startedAt: col.instant,
  finishedAt: col.instantOrNull,
  rows: col.int,
  stored: col.int,
  refused: col.int,
  setAside: col.int,
  summary: col.json<Record<string, number>>(),
  problem: col.textOrNull,
});

/** Earlier readings of the same file that came to no end are told which import read it again. */
export async function insertImport(
  tx: Tx,
  started: Omit<StoredImport, keyof RowCounts | "finishedAt" | "summary" | "problem">,
  mapping: object,
): Promise<void> {
  const { workspaceId, id, publicId, kind, channelId, fileName, sha256, actor, startedAt } = started;
  await tx.run(sql`
    update import set problem = ${`It was stopped before its end; import imp_${publicId} read the file again.`}
     where workspace_id = ${workspaceId}::bigint and kind = ${kind} and channel_id = ${channelId}::bigint and sha256 = ${sha256}
       and finished_at is null and problem is null`);
  await tx.run(sql`
    insert into import (workspace_id, id, public_id, kind, channel_id, file_name, sha256, mapping, actor, started_at, rows, stored, refused, set_aside, summary)
    values (${workspaceId}::bigint, ${id}::bigint, ${publicId}::uuid, ${kind}, ${channelId}::bigint, ${fileName}, ${sha256}, ${json(mapping)}::jsonb, ${actor}, ${startedAt}, 0, 0, 0, 0, '{}'::jsonb)`);
}

/** Adds in place, in the transaction that stores the rows it counts. `summary` is the new sum, not the difference. */
export const countImport = (
  tx: Tx,
  { workspaceId, id }: Pick<StoredImport, "workspaceId" | "id">,
  more: RowCounts,
  summary: Record<string, number>,
): Promise<number> =>
  tx.run(sql`
    update import set rows = rows + ${more.rows}, stored = stored + ${more.stored}, refused = refused + ${more.refused}, set_aside = set_aside + ${more.setAside}, summary = ${json(summary)}::jsonb
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`);

/** `finishedAt` null: it could not be read to its end. */
export const endImport = (
  tx: Tx,
  { workspaceId, id }: Pick<StoredImport, "workspaceId" | "id">,
  finishedAt: Date | null,
  problem: string | null,
): Promise<number> =>
  tx.run(
    sql`update import set finished_at = ${finishedAt}, problem = ${problem} where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`,
  );

/** Newest first. */
export const listImports = (tx: Tx, workspaceId: WorkspaceId, limit: number): Promise<StoredImport[]> =>
  tx.rows(
    ImportShape,
    sql`select * from import where workspace_id = ${workspaceId}::bigint order by id desc limit ${limit}`,
  );

export const findImport = (tx: Tx, workspaceId: WorkspaceId, publicId: string): Promise<StoredImport | undefined> =>
  tx.maybe(
    ImportShape,
    sql`select * from import where workspace_id = ${workspaceId}::bigint and public_id = ${publicId}::uuid`,
  );

// ------------------------------------------------------------------ rows that were not simply stored

/** What is wrong, where, and what would be right. Column 0: the row as a whole. */
export interface RowProblem {
  line: number;
  column: number;
  header: string;
  found: string;
  expected: string;
}
/** A cancellation as a file says it, kept until somebody knows which order it means. */
export interface SaidCancellation {
  /** The cancellation's own id. */
  id: string;
  at: Date | null;
  lines: { sku: string; quantity: number; channelLineId?: string }[] | "all";
}
export interface Candidate {
  /** Public id, `ord_…`. */
  order: string;
  number: string;
  orderedAt: Date | null;
}
export interface ImportRow {
  workspaceId: WorkspaceId;
  importId: ImportId;
  line: number;
  lines: number[];
  outcome: "stored" | "refused" | "set_aside";
  /** Names the content, not the place: the same row in another file of the same channel has the same key. */
  rowKey: string;
  raw: string | null;
  said: SaidCancellation | null;
  problems: RowProblem[];
  question: string | null;
  candidates: Candidate[] | null;
  resolution: string | null;
}

export async function insertImportRows(
  tx: Tx,
  rows: readonly ImportRow[],
  resolved: { at: Date; by: string },
): Promise<void> {
  if (rows.length === 0) return;
  await tx.run(sql`
    insert into import_row (workspace_id, import_id, line, lines, outcome, row_key, raw, said, problems, question, candidates, resolution, resolved_at, resolved_by)
    select workspace_id, import_id, line, lines::integer[], outcome, row_key, raw, said, problems, question, candidates, resolution,
           case when resolution is null then null else ${resolved.at}::timestamptz end, case when resolution is null then null else ${resolved.by} end
      from unnest(${rows.map((each) => each.workspaceId)}::bigint[], ${rows.map((each) => each.importId)}::bigint[], ${rows.map((each) => each.line)}::integer[],
                  ${rows.map((each) => `{${each.lines.join(",")}}`)}::text[], ${rows.map((each) => each.outcome)}::text[], ${rows.map((each) => each.rowKey)}::text[],
                  ${rows.map((each) => each.raw)}::text[], ${rows.map((each) => json(each.said))}::jsonb[], ${rows.map((each) => json(each.problems))}::jsonb[],
                  ${rows.map((each) => each.question)}::text[], ${rows.map((each) => json(each.candidates))}::jsonb[], ${rows.map((each) => each.resolution)}::text[])
        as r(workspace_id, import_id, line, lines, outcome, row_key, raw, said, problems, question, candidates, resolution)`);
}

export interface KnownRow {
  rowKey: string;
  importId: ImportId;
  line: number;
  outcome: "stored" | "set_aside";
  resolution: string | null;
  /** Orders that a question was asked about; 0: none fitted. */
  candidates: number;
}
const KnownShape = row({
  rowKey: col.text,
  importId: col.id<ImportId>(),
  line: col.int,
  outcome: col.oneOf<KnownRow["outcome"]>(),
  resolution: col.textOrNull,
  candidates: col.int,
});

/** Rows of earlier imports with this content, by key. */
export async function findKnownRows(
  tx: Tx,
  workspaceId: WorkspaceId,
  rowKeys: readonly string[],
): Promise<Map<string, KnownRow>> {
  if (rowKeys.length === 0) return new Map();
  const known = await tx.rows(
    KnownShape,
    sql`
    select row_key, import_id, line, outcome, resolution, coalesce(jsonb_array_length(candidates), 0) as candidates from import_row
     where workspace_id = ${workspaceId}::bigint and row_key = any(${rowKeys}::text[]) and outcome <> 'refused'`,
  );
  return new Map(known.map((each) => [each.rowKey, each]));
}

/** Answers a question once; false: it was answered before. */
export async function resolveImportRow(
  tx: Tx,
  at: { workspaceId: WorkspaceId; importId: ImportId; line: number },
  resolution: { text: string; at: Date; by: string },
): Promise<boolean> {
  const resolved = await tx.run(sql`
    update import_row set resolution = ${resolution.text}, resolved_at = ${resolution.at}, resolved_by = ${resolution.by}
     where workspace_id = ${at.workspaceId}::bigint and import_id = ${at.importId}::bigint and line = ${at.line} and outcome = 'set_aside' and resolved_at is null`);
  return resolved === 1;
}

export interface SetAsideRow extends Omit<ImportRow, "outcome"> {
  /** Public id of its import, without prefix. */
  importPublicId: string;
  channelId: ChannelId | "0";
  fileName: string;
  resolvedAt: Date | null;
  resolvedBy: string | null;
}
const SetAsideShape = row({
  workspaceId: col.id<WorkspaceId>(),
  importId: col.id<ImportId>(),
  importPublicId: col.text,
  channelId: col.id<ChannelId | "0">(),
  fileName: col.text,
  line: col.int,
  lines: col.list(col.int),
  rowKey: col.text,
  raw: col.textOrNull,
  said: col.jsonOrNull<SaidCancellation>(),
  problems: col.json<RowProblem[]>(),
  question: col.textOrNull,
  candidates: col.jsonOrNull<Candidate[]>(),
  resolution: col.textOrNull,
  resolvedAt: col.instantOrNull,
  resolvedBy: col.textOrNull,
});

/** Questions that are open, oldest first; `after` is the last (import, line) of the page before. */
export const listSetAside = (
  tx: Tx,
  page: {
    workspaceId: WorkspaceId;
    importId: ImportId | null;
    after: { importId: string; line: number } | null;
    limit: number;
  },
): Promise<SetAsideRow[]> =>
  tx.rows(
    SetAsideShape,
    sql`
    select r.*, i.public_id as import_public_id, i.channel_id, i.file_name
      from import_row r join import i on i.workspace_id = r.workspace_id and i.id = r.import_id
     where r.workspace_id = ${page.workspaceId}::bigint and (r.import_id = ${page.importId}::bigint or ${page.importId}::bigint is null)
       and r.outcome = 'set_aside' and r.resolved_at is null
       and (r.import_id, r.line) > (${page.after?.importId ?? "0"}::bigint, ${page.after?.line ?? 0})
     order by r.import_id, r.line limit ${page.limit}`,
  );

/** The row, locked, answered or not. */
export const lockSetAside = (
  tx: Tx,
  at: { workspaceId: WorkspaceId; importId: ImportId; line: number },
): Promise<SetAsideRow | undefined> =>
  tx.maybe(
    SetAsideShape,
    sql`
    select r.*, i.public_id as import_public_id, i.channel_id, i.file_name
      from import_row r join import i on i.workspace_id = r.workspace_id and i.id = r.import_id
     where r.workspace_id = ${at.workspaceId}::bigint and r.import_id = ${at.importId}::bigint and r.line = ${at.line} and r.outcome = 'set_aside'
       for update of r`,
  );

const RefusedShape = row({
  line: col.int,
  lines: col.list(col.int),
  raw: col.textOrNull,
  problems: col.json<RowProblem[]>(),
});
/** What an import refused, in the order of the file. */
export const listRefused = (
  tx: Tx,
  page: { workspaceId: WorkspaceId; importId: ImportId; afterLine: number; limit: number },
) =>
  tx.rows(
    RefusedShape,
    sql`
    select line, lines, raw, problems from import_row
     where workspace_id = ${page.workspaceId}::bigint and import_id = ${page.importId}::bigint and line > ${page.afterLine} and outcome = 'refused'
     order by line limit ${page.limit}`,
  );

// ------------------------------------------------------------------ whom a cancellation may mean

const CandidateShape = row({ wish: col.int, orderId: col.id<OrderId>() });

/**
 * Orders that may be meant by cancellations without a name: of the same buyer, bought no later, with at least these quantities of each SKU ordered and not
 * cancelled. What was shipped counts as open here: whether it can still be stopped is the order's business, not the file's.
 */
export const findCancellable = (
  tx: Tx,
  of: {
    workspaceId: WorkspaceId;
    channelId: ChannelId;
    wishes: readonly { buyerDigest: string; at: Date | null; lines: readonly { sku: string; quantity: number }[] }[];
  },
): Promise<{ wish: number; orderId: OrderId }[]> => {
  const items = of.wishes.flatMap((wish, index) => wish.lines.map((line) => ({ index, ...line })));
  return tx.rows(
    CandidateShape,
    sql`
    with wish as (
      select * from unnest(${of.wishes.map((_, index) => index)}::integer[], ${of.wishes.map((wish) => wish.buyerDigest)}::text[], ${of.wishes.map((wish) => wish.at)}::timestamptz[]) as w(wish, buyer, at)
    ), item as (
      select * from unnest(${items.map((each) => each.index)}::integer[], ${items.map((each) => each.sku)}::text[], ${items.map((each) => each.quantity)}::integer[]) as i(wish, sku, quantity)
    )
    select w.wish, o.id as order_id
      from wish w join sales_order o on o.workspace_id = ${of.workspaceId}::bigint and o.channel_id = ${of.channelId}::bigint and o.buyer_digest = w.buyer
     where (w.at is null or o.ordered_at is null or o.ordered_at <= w.at)
       and not exists (
             select from item i
              where i.wish = w.wish
                and i.quantity > coalesce((select sum(coalesce(l.quantity_edited, l.quantity) - l.cancelled) from order_line l
                                            where l.workspace_id = o.workspace_id and l.order_id = o.id and l.sku = i.sku), 0))
     order by w.wish, o.id`,
  );
};

const OpenShape = row({
  orderId: col.id<OrderId>(),
  publicId: col.text,
  number: col.text,
  orderedAt: col.instantOrNull,
  sku: col.text,
  open: col.int,
});
/** Per order and SKU, what is ordered and not cancelled. */
export const readOpenQuantities = (
  tx: Tx,
  workspaceId: WorkspaceId,
  orderIds: readonly OrderId[],
  skus: readonly string[],
) =>
  tx.rows(
    OpenShape,
    sql`
    select o.id as order_id, o.public_id, o.number, o.ordered_at, l.sku, sum(coalesce(l.quantity_edited, l.quantity) - l.cancelled)::integer as open
      from sales_order o join order_line l on l.workspace_id = o.workspace_id and l.order_id = o.id
     where o.workspace_id = ${workspaceId}::bigint and o.id = any(${orderIds}::bigint[]) and l.sku = any(${skus}::text[])
     group by o.id, o.public_id, o.number, o.ordered_at, l.sku
     order by o.id, l.sku`,
  );

const VersionShape = row({ channelOrderId: col.text, orderId: col.id<OrderId>(), versionDigest: col.text });
/** What the newest version of a channel's orders said, without locking or reading more of them. */
export const readVersionDigests = (
  tx: Tx,
  workspaceId: WorkspaceId,
  channelId: ChannelId,
  channelOrderIds: readonly string[],
) =>
  tx.rows(
    VersionShape,
    sql`
    select channel_order_id, id as order_id, version_digest from sales_order
     where workspace_id = ${workspaceId}::bigint and channel_id = ${channelId}::bigint and channel_order_id = any(${channelOrderIds}::text[])`,
  );

/** A question that had no candidates has some now. */
export const askAgain = (
  tx: Tx,
  at: { workspaceId: WorkspaceId; importId: ImportId; line: number },
  question: string,
  candidates: readonly Candidate[],
): Promise<number> =>
  tx.run(sql`
    update import_row set question = ${question}, candidates = ${json(candidates)}::jsonb
     where workspace_id = ${at.workspaceId}::bigint and import_id = ${at.importId}::bigint and line = ${at.line} and resolved_at is null`);

const WaitingShape = row({ channelOrderId: col.text, lines: col.json<NamedLines>() });
/** Cancellations that wait for their order, locked. */
export const lockTombstones = (
  tx: Tx,
  workspaceId: WorkspaceId,
  channelId: ChannelId,
  channelOrderIds: readonly string[],
) =>
  tx.rows(
    WaitingShape,
    sql`
    select channel_order_id, lines from cancel_tombstone
     where workspace_id = ${workspaceId}::bigint and channel_id = ${channelId}::bigint and channel_order_id = any(${channelOrderIds}::text[])
     order by channel_order_id for update`,
  );

// ------------------------------------------------------------------ whose parcel it is

const PurchaseShape = row({
  reference: col.text,
  orderId: col.id<OrderId>(),
  fulfillmentOrderId: col.text,
  number: col.text,
  channelOrderId: col.text,
});
/** Purchases by the reference that we gave them. */
export const findPurchases = (tx: Tx, workspaceId: WorkspaceId, references: readonly string[]) =>
  tx.rows(
    PurchaseShape,
    sql`
    select a.reference, f.order_id, f.id as fulfillment_order_id, o.number, o.channel_order_id
      from attempt a
      join fulfillment_order f on f.workspace_id = a.workspace_id and f.id = a.fulfillment_order_id
      join sales_order o on o.workspace_id = f.workspace_id and o.id = f.order_id
     where a.workspace_id = ${workspaceId}::bigint and a.reference = any(${references}::text[]) and a.state = 'placed'
     order by a.reference, a.id`,
  );

const NumberedShape = row({ orderId: col.id<OrderId>(), number: col.text, channelOrderId: col.text });
/** Orders by what people call them, or by the channel's own id, on whatever channel of the workspace. */
export const findOrdersByNumber = (tx: Tx, workspaceId: WorkspaceId, numbers: readonly string[]) =>
  tx.rows(
    NumberedShape,
    sql`
    select o.id as order_id, o.number, o.channel_order_id from sales_order o
     where o.workspace_id = ${workspaceId}::bigint
       and o.id in (
           select id from sales_order where workspace_id = ${workspaceId}::bigint and number = any(${numbers}::text[])
           union
           select s.id from channel c join sales_order s on s.workspace_id = c.workspace_id and s.channel_id = c.id and s.channel_order_id = any(${numbers}::text[])
            where c.workspace_id = ${workspaceId}::bigint)
     order by o.id`,
  );
