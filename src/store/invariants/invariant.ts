import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Db, Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql, type Sql } from "#store/sql.ts";

/** Something that must be true of every database this product has ever touched, and how to find where it is not. */
export interface Invariant {
  /** Its number in the list of invariants; H, C and T are what follows from them: headlines, counters, timers. */
  id: string;
  title: string;
  check: Check;
}
/** How far a check looks at once. Large tables are read in ranges of their key, each in a snapshot of its own. */
export type Check =
  | { over: "orders"; find: (tx: Tx, range: OrderRange) => Promise<Findings> }
  | { over: "transactions"; find: (tx: Tx, range: TransactionRange) => Promise<Findings> }
  | { over: "workspace"; find: (tx: Tx, workspaceId: WorkspaceId) => Promise<Findings> }
  | { over: "installation"; find: (db: Db) => Promise<Findings> };

/** The orders of one workspace with `after` < id ≤ `upTo`. */
export interface OrderRange {
  workspaceId: WorkspaceId;
  after: string;
  upTo: OrderId;
}
/** The same, of ledger transactions. */
export interface TransactionRange {
  workspaceId: WorkspaceId;
  after: string;
  upTo: string;
}
export interface Finding {
  /** Public id of what is wrong, such as `ord_…`, or a name where it has none. */
  subject: string;
  /** What is wrong with it; codes, numbers and ids, never personal data. */
  detail: string;
}
export interface Findings {
  count: number;
  /** The first few. */
  first: Finding[];
}
export const mostShown = 20;
export const nothing: Findings = { count: 0, first: [] };

const FindingRow = row({ subject: col.text, detail: col.text, total: col.int });

/** Runs a statement that selects `subject` and `detail` of each violation; counts all and keeps the first. */
export async function findBy(tx: Tx, violations: Sql): Promise<Findings> {
  const found = await tx.rows(
    FindingRow,
    sql`select v.subject, v.detail, count(*) over ()::int as total from (${violations}) v order by v.subject, v.detail limit ${mostShown}`,
  );
  return { count: found[0]?.total ?? 0, first: found.map(({ subject, detail }) => ({ subject, detail })) };
}

export const both = (a: Findings, b: Findings): Findings => ({
  count: a.count + b.count,
  first: [...a.first, ...b.first].slice(0, mostShown),
});
export const found = (findings: readonly Finding[]): Findings => ({
  count: findings.length,
  first: findings.slice(0, mostShown),
});

/** An invariant on orders whose violations one statement finds. */
export const onOrders = (id: string, title: string, statement: (range: OrderRange) => Sql): Invariant => ({
  id,
  title,
  check: { over: "orders", find: (tx, range) => findBy(tx, statement(range)) },
});
export const onWorkspace = (id: string, title: string, statement: (workspaceId: WorkspaceId) => Sql): Invariant => ({
  id,
  title,
  check: { over: "workspace", find: (tx, workspaceId) => findBy(tx, statement(workspaceId)) },
});

/** The orders of a range as `o`. */
export const ordersIn = ({ workspaceId, after, upTo }: OrderRange): Sql =>
  sql`(select * from sales_order where workspace_id = ${workspaceId}::bigint and id > ${after}::bigint and id <= ${upTo}::bigint)`;
