import type { Order } from "#domain/order.ts";
import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Headline } from "#domain/lifecycle.ts";
import type { Db, Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

/** What one commit changed, workspace by workspace: the orders, and the numbers of the events that it gave each. */
export class OrderChanges {
  readonly #of = new Map<WorkspaceId, { at: Date; orders: OrderId[]; first: number[]; last: number[] }>();

  /** `before`: how many events the order had until now. */
  add({ workspaceId, id, eventSeq }: Order, before: number, at: Date): void {
    let change = this.#of.get(workspaceId);
    if (change === undefined) this.#of.set(workspaceId, (change = { at, orders: [], first: [], last: [] }));
    change.orders.push(id);
    change.first.push(before + 1);
    change.last.push(eventSeq);
  }

  /** WH-1. In the transaction of the change itself: whoever follows misses nothing that was committed and sees nothing that was not. */
  async write(tx: Tx, newId: () => string): Promise<void> {
    const rows = [...this.#of];
    if (rows.length === 0) return;
    const lists = (pick: (change: { orders: OrderId[]; first: number[]; last: number[] }) => readonly unknown[]) =>
      rows.map(([, change]) => `{${pick(change).join(",")}}`);
    await tx.run(sql`
      insert into order_change (workspace_id, id, at, orders, first_seqs, last_seqs)
      select s.workspace_id, s.id, s.at, s.orders::bigint[], s.first_seqs::integer[], s.last_seqs::integer[]
        from unnest(${rows.map(([workspaceId]) => workspaceId)}::bigint[], ${rows.map(newId)}::bigint[], ${rows.map(([, { at }]) => at)}::timestamptz[],
                    ${lists(({ orders }) => orders)}::text[], ${lists(({ first }) => first)}::text[], ${lists(({ last }) => last)}::text[])
          as s(workspace_id, id, at, orders, first_seqs, last_seqs)`);
  }
}

/** How far a workspace's changes are numbered, and up to which of them deliveries were made. */
export interface Feed {
  lastNo: bigint;
  notifiedNo: bigint;
}
const FeedRow = row({ lastNo: col.bigint, notifiedNo: col.bigint });
const NumberRow = row({ no: col.bigint });

/**
 * WH-2. Numbers what was committed since, and answers how far that is now. The lock on the feed's row makes the numbers follow the order in which changes
 * became visible, which neither ids nor instants do: a transaction may take its id early and commit late. Whoever reads on from a number misses nothing.
 */
export async function numberChanges(tx: Tx, workspaceId: WorkspaceId): Promise<Feed> {
  await tx.run(sql`
    insert into change_feed (workspace_id, last_no, notified_no) values (${workspaceId}::bigint, 0, 0)
    on conflict (workspace_id) do nothing`);
  const feed = await tx.one(
    FeedRow,
    sql`select last_no, notified_no from change_feed where workspace_id = ${workspaceId}::bigint for update`,
  );
  // A statement of its own: its snapshot must be younger than the lock.
  const numbered = await tx.rows(
    NumberRow,
    sql`
    with fresh as (
      select c.id, ${feed.lastNo}::bigint + row_number() over (order by c.id) as no
        from order_change c where c.workspace_id = ${workspaceId}::bigint and c.no is null
    )
    update order_change c set no = fresh.no
      from fresh where c.workspace_id = ${workspaceId}::bigint and c.id = fresh.id
    returning c.no`,
  );
  if (numbered.length === 0) return feed;
  const lastNo = feed.lastNo + BigInt(numbered.length);
  await tx.run(sql`update change_feed set last_no = ${lastNo} where workspace_id = ${workspaceId}::bigint`);
  return { ...feed, lastNo };
}

const WorkspaceRow = row({ workspaceId: col.id<WorkspaceId>() });

/** Workspaces with an endpoint in which something changed that was not made into deliveries yet. Where nobody is told, nothing is even numbered. */
export async function workspacesToNotify(tx: Tx, limit: number): Promise<WorkspaceId[]> {
  const rows = await tx.rows(
    WorkspaceRow,
    sql`
    select distinct e.workspace_id from webhook_endpoint e
     where e.enabled
       and (exists (select from order_change c where c.workspace_id = e.workspace_id and c.no is null)
            or exists (select from change_feed f where f.workspace_id = e.workspace_id and f.notified_no < f.last_no))
     order by e.workspace_id limit ${limit}`,
  );
  return rows.map((each) => each.workspaceId);
}

const AnyRow = row({ any: col.bool });

/** Whether a workspace has changes without a number: a cheap question before a lock. */
export const hasNewChanges = async (tx: Tx, workspaceId: WorkspaceId): Promise<boolean> =>
  (
    await tx.one(
      AnyRow,
      sql`select exists (select from order_change where workspace_id = ${workspaceId}::bigint and no is null) as any`,
    )
  ).any;

export interface NumberedChange {
  no: bigint;
  at: Date;
  orders: OrderId[];
  firstSeqs: number[];
  lastSeqs: number[];
}
const ChangeRow = row({
  no: col.bigint,
  at: col.instant,
  orders: col.ids<OrderId>(),
  firstSeqs: col.list(col.int),
  lastSeqs: col.list(col.int),
});

/** The next changes after `after`, in order. */
export const readChanges = (
  tx: Tx,
  workspaceId: WorkspaceId,
  { after, limit }: { after: bigint; limit: number },
): Promise<NumberedChange[]> =>
  tx.rows(
    ChangeRow,
    sql`
    select c.no, c.at, c.orders, c.first_seqs, c.last_seqs from order_change c
     where c.workspace_id = ${workspaceId}::bigint and c.no > ${after} order by c.no limit ${limit}`,
  );

/** What happened until now is told to nobody: an endpoint that is added, or switched on, hears of what comes. */
export async function beginToNotify(tx: Tx, workspaceId: WorkspaceId): Promise<void> {
  const { lastNo } = await numberChanges(tx, workspaceId);
  await setNotified(tx, workspaceId, lastNo);
}

export const setNotified = (tx: Tx, workspaceId: WorkspaceId, notifiedNo: bigint): Promise<number> =>
  tx.run(sql`update change_feed set notified_no = ${notifiedNo} where workspace_id = ${workspaceId}::bigint`);

/** The feed of a workspace and the oldest change that is kept of it; both null where nothing was numbered yet. */
export async function feedOf(
  tx: Tx,
  workspaceId: WorkspaceId,
): Promise<{ lastNo: bigint | null; oldestNo: bigint | null }> {
  const Bounds = row({ lastNo: col.bigintOrNull, oldestNo: col.bigintOrNull });
  return tx.one(
    Bounds,
    sql`
    select (select f.last_no from change_feed f where f.workspace_id = ${workspaceId}::bigint) as last_no,
           (select min(c.no) from order_change c where c.workspace_id = ${workspaceId}::bigint and c.no is not null) as oldest_no`,
  );
}

/**
 * Forgets changes older than `before`, of which deliveries were made or for which nobody listens. They are numbered first: who comes back then sees the gap,
 * and not a whole that lacks them. Answers how many.
 */
export async function forgetChanges(db: Db, before: Date, limit: number): Promise<number> {
  const unnumbered = await db.rows(
    WorkspaceRow,
    sql`
    select distinct c.workspace_id from order_change c where c.no is null and c.at < ${before}
     order by c.workspace_id limit ${limit}`,
  );
  for (const { workspaceId } of unnumbered) await db.tx((tx) => numberChanges(tx, workspaceId));
  return db.run(sql`
    delete from order_change c
     using (
       select o.workspace_id, o.id from order_change o
         join change_feed f on f.workspace_id = o.workspace_id
        where o.at < ${before} and o.no is not null
          and (o.no <= f.notified_no or not exists (select from webhook_endpoint e where e.workspace_id = o.workspace_id and e.enabled))
        order by o.at, o.workspace_id, o.id limit ${limit}
     ) old
     where c.workspace_id = old.workspace_id and c.id = old.id`);
}

export interface ChangedOrderRow {
  id: OrderId;
  publicId: string;
  number: string;
  headline: Headline;
  version: number;
}
const OrderRow = row({
  id: col.id<OrderId>(),
  publicId: col.text,
  number: col.text,
  headline: col.oneOf<Headline>(),
  version: col.int,
});

/** As orders stand now, for a list on a screen. */
export const readChangedOrders = (
  tx: Tx,
  workspaceId: WorkspaceId,
  ids: readonly OrderId[],
): Promise<ChangedOrderRow[]> =>
  tx.rows(
    OrderRow,
    sql`
    select o.id, o.public_id, o.number, o.headline, o.version from sales_order o
     where o.workspace_id = ${workspaceId}::bigint and o.id = any(${ids}::bigint[]) order by o.id`,
  );
