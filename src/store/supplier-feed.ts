import type { AccountId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { DecimalText } from "#domain/money.ts";
import { defaultSupplierSettings, type SupplierSettings } from "#domain/settings.ts";
import type { Db, Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql, type Sql } from "./sql.ts";

/** A supplier whose stock feed or inbox is to be read now, and the account to read it with. */
export interface DueSupplier {
  workspaceId: WorkspaceId;
  supplierId: SupplierId;
  kind: string;
  role: "supplier" | "prep";
  settings: SupplierSettings;
  /** null: it has no active account whose login is good. */
  accountId: AccountId | null;
}
const Supplier = row({
  workspaceId: col.id<WorkspaceId>(),
  supplierId: col.id<SupplierId>(),
  kind: col.text,
  role: col.oneOf(["supplier", "prep"]),
  settings: col.json<Partial<SupplierSettings>>(),
  accountId: col.idOrNull<AccountId>(),
});
const Due = row({ dueAt: col.instantOrNull });
export type FeedKind = "stock" | "inbox";

/** Takes due suppliers and gives each a lease: whoever dies with one delays it, nothing more. */
export async function claimSuppliers(
  tx: Tx,
  feed: FeedKind,
  claim: { now: Date; leaseUntil: Date; limit: number },
): Promise<DueSupplier[]> {
  const account = sql`(select min(a.id) from supplier_account a where a.workspace_id = s.workspace_id and a.supplier_id = s.id and a.active and a.credentials_rejected_at is null) as account_id`;
  const statement: Record<FeedKind, Sql> = {
    stock: sql`
    with due as (
      select workspace_id, id from supplier where stock_due_at <= ${claim.now} order by stock_due_at, id limit ${claim.limit} for update skip locked
    )
    update supplier s set stock_due_at = ${claim.leaseUntil} from due where s.workspace_id = due.workspace_id and s.id = due.id
    returning s.workspace_id, s.id as supplier_id, s.kind, s.role, s.settings, ${account}`,
    inbox: sql`
    with due as (
      select workspace_id, id from supplier where inbox_due_at <= ${claim.now} order by inbox_due_at, id limit ${claim.limit} for update skip locked
    )
    update supplier s set inbox_due_at = ${claim.leaseUntil} from due where s.workspace_id = due.workspace_id and s.id = due.id
    returning s.workspace_id, s.id as supplier_id, s.kind, s.role, s.settings, ${account}`,
  };
  const rows = await tx.rows(Supplier, statement[feed]);
  return rows.map((each) => ({ ...each, settings: { ...defaultSupplierSettings, ...each.settings } }));
}

/** Moves the lease of those that are still claimed until `from`. */
export async function renewSuppliers(
  tx: Tx,
  feed: FeedKind,
  suppliers: readonly Pick<DueSupplier, "workspaceId" | "supplierId">[],
  { from, until }: { from: Date; until: Date },
): Promise<number> {
  const keys = sql`unnest(${suppliers.map((each) => each.workspaceId)}::bigint[], ${suppliers.map((each) => each.supplierId)}::bigint[]) as k(workspace_id, id)`;
  const statement: Record<FeedKind, Sql> = {
    stock: sql`
    with mine as (
      select s.workspace_id, s.id from ${keys} join supplier s on s.workspace_id = k.workspace_id and s.id = k.id
       where s.stock_due_at = ${from} for no key update of s skip locked
    )
    update supplier s set stock_due_at = ${until} from mine where s.workspace_id = mine.workspace_id and s.id = mine.id`,
    inbox: sql`
    with mine as (
      select s.workspace_id, s.id from ${keys} join supplier s on s.workspace_id = k.workspace_id and s.id = k.id
       where s.inbox_due_at = ${from} for no key update of s skip locked
    )
    update supplier s set inbox_due_at = ${until} from mine where s.workspace_id = mine.workspace_id and s.id = mine.id`,
  };
  return tx.run(statement[feed]);
}

export async function nextFeed(db: Db, feed: FeedKind): Promise<Date | null> {
  const due = {
    stock: sql`select min(stock_due_at) as due_at from supplier where stock_due_at is not null`,
    inbox: sql`select min(inbox_due_at) as due_at from supplier where inbox_due_at is not null`,
  };
  return (await db.one(Due, due[feed])).dueAt;
}

/** When it is read next (null: never again until somebody sets it), and what went wrong this time. */
export const feedRead = (
  tx: Tx,
  feed: FeedKind,
  { workspaceId, supplierId }: Pick<DueSupplier, "workspaceId" | "supplierId">,
  { dueAt, problem }: { dueAt: Date | null; problem: string | null },
): Promise<number> =>
  feed === "stock"
    ? tx.run(
        sql`update supplier set stock_due_at = ${dueAt}, last_problem = ${problem} where workspace_id = ${workspaceId}::bigint and id = ${supplierId}::bigint`,
      )
    : tx.run(
        sql`update supplier set inbox_due_at = ${dueAt}, last_problem = ${problem} where workspace_id = ${workspaceId}::bigint and id = ${supplierId}::bigint`,
      );

export interface FeedItem {
  supplierSku: string;
  onHand: number;
  unitCost: DecimalText | null;
  currency: string | null;
  asOf: Date;
}

/**
 * SF-1 to SF-3. What a supplier says it has. What we bought after the feed's own instant, or may be buying, is not in its number yet: exactly that begins
 * anew as reserved. An older feed than the one we have is no news; a prep centre's shelf is counted by us and stays. Rows are locked in key order before the
 * sum is read, so that a purchase which is armed meanwhile is in it.
 */
export async function putFeed(
  tx: Tx,
  workspaceId: WorkspaceId,
  supplierId: SupplierId,
  items: readonly FeedItem[],
): Promise<number> {
  if (items.length === 0) return 0;
  const newest = new Map<string, FeedItem>();
  for (const item of items) {
    const known = newest.get(item.supplierSku);
    if (known === undefined || known.asOf <= item.asOf) newest.set(item.supplierSku, item);
  }
  const rows = [...newest.values()];
  const skus = rows.map((each) => each.supplierSku);
  await tx.run(sql`
    select 1 from stock where workspace_id = ${workspaceId}::bigint and supplier_id = ${supplierId}::bigint and supplier_sku = any(${skus}::text[])
     order by supplier_sku for update`);
  return tx.run(sql`
    with item as (
      select * from unnest(${skus}::text[], ${rows.map((each) => each.onHand)}::integer[], ${rows.map((each) => each.unitCost)}::numeric[], ${rows.map((each) => each.currency)}::text[], ${rows.map((each) => each.asOf)}::timestamptz[])
        as i(supplier_sku, on_hand, unit_cost, currency, as_of)
    ), bought as (
      select i.supplier_sku, sum(l.units - l.units_cancelled)::integer as units
        from fulfillment_order f
        join fulfillment_order_line l on l.workspace_id = f.workspace_id and l.fulfillment_order_id = f.id
        join item i on i.supplier_sku = l.supplier_sku
        join attempt a on a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id
       where f.workspace_id = ${workspaceId}::bigint and f.supplier_id = ${supplierId}::bigint
         and f.state in ('placing', 'outcome_unknown', 'escalated', 'placed', 'acknowledged', 'partially_shipped', 'shipped')
         and (a.state in ('armed', 'unknown') or (a.state = 'placed' and a.armed_at > i.as_of))
       group by i.supplier_sku
    )
    insert into stock (workspace_id, supplier_id, supplier_sku, on_hand, reserved, is_shelf, unit_cost, currency, as_of)
    select ${workspaceId}::bigint, ${supplierId}::bigint, i.supplier_sku, i.on_hand, coalesce(b.units, 0), false, i.unit_cost, i.currency, i.as_of
      from item i left join bought b on b.supplier_sku = i.supplier_sku
     order by i.supplier_sku
    on conflict (workspace_id, supplier_id, supplier_sku) do update
       set on_hand = excluded.on_hand, reserved = excluded.reserved, as_of = excluded.as_of,
           unit_cost = coalesce(excluded.unit_cost, stock.unit_cost), currency = coalesce(excluded.currency, stock.currency)
     where not stock.is_shelf and stock.as_of <= excluded.as_of`);
}

/** A supplier's new prices, on every product link that buys there. */
export const putCosts = (
  tx: Tx,
  workspaceId: WorkspaceId,
  supplierId: SupplierId,
  costs: readonly { supplierSku: string; unitCost: DecimalText; currency: string }[],
): Promise<number> =>
  costs.length === 0
    ? Promise.resolve(0)
    : tx.run(sql`
    update product_link_option o set unit_cost = c.unit_cost, currency = c.currency
      from unnest(${costs.map((each) => each.supplierSku)}::text[], ${costs.map((each) => each.unitCost)}::numeric[], ${costs.map((each) => each.currency)}::text[]) as c(supplier_sku, unit_cost, currency)
     where o.workspace_id = ${workspaceId}::bigint and o.supplier_id = ${supplierId}::bigint and o.supplier_sku = c.supplier_sku`);

// ------------------------------------------------------------------ files

export interface KnownFile {
  rows: number;
  refused: number;
}
const File = row({ rows: col.int, refused: col.int });

/** What became of these very bytes when they came before. */
export const knownFile = (
  tx: Tx,
  workspaceId: WorkspaceId,
  supplierId: SupplierId,
  sha256: string,
): Promise<KnownFile | undefined> =>
  tx.maybe(
    File,
    sql`select rows, refused from supplier_file where workspace_id = ${workspaceId}::bigint and supplier_id = ${supplierId}::bigint and sha256 = ${sha256}`,
  );

export const keepFile = (
  tx: Tx,
  { workspaceId, supplierId }: Pick<DueSupplier, "workspaceId" | "supplierId">,
  file: { sha256: string; name: string; kind: string; rows: number; refused: number; at: Date },
): Promise<number> =>
  tx.run(sql`
    insert into supplier_file (workspace_id, supplier_id, sha256, name, kind, rows, refused, at)
    values (${workspaceId}::bigint, ${supplierId}::bigint, ${file.sha256}, ${file.name}, ${file.kind}, ${file.rows}, ${file.refused}, ${file.at})
    on conflict do nothing`);
