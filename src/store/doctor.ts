import type { Clock } from "#domain/clock.ts";
import type { Db, Tx } from "./db.ts";
import { col, row, type RowOf } from "./row.ts";
import { sql } from "./sql.ts";

/** What the database says of itself. */
export interface DatabaseFacts {
  version: string;
  encoding: string;
  isReplica: boolean;
  sizeBytes: bigint;
  /** The database's own clock at the moment of asking: the only place where it is asked for. */
  now: Date;
}
const FactsRow = row({
  version: col.text,
  encoding: col.text,
  isReplica: col.bool,
  sizeBytes: col.bigint,
  now: col.instant,
});
export const readDatabaseFacts = (db: Db): Promise<DatabaseFacts> =>
  db.one(
    FactsRow,
    sql`
    select current_setting('server_version') as version, current_setting('server_encoding') as encoding, pg_is_in_recovery() as is_replica,
           pg_database_size(current_database()) as size_bytes, clock_timestamp() as now`,
  );

const SafetyRow = row({
  fsync: col.text,
  fullPageWrites: col.text,
  synchronousCommit: col.text,
  mostConnections: col.int,
  connections: col.int,
  isEncrypted: col.bool,
  isLocal: col.bool,
});
/** Whether the server keeps what it confirms, and how near it is to its limits. */
export type DatabaseSafety = RowOf<typeof SafetyRow>;
export const readDatabaseSafety = (db: Db): Promise<DatabaseSafety> =>
  db.one(
    SafetyRow,
    sql`
    select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes, current_setting('synchronous_commit') as synchronous_commit,
           current_setting('max_connections')::int as most_connections, (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
           coalesce((select s.ssl from pg_stat_ssl s where s.pid = pg_backend_pid()), false) as is_encrypted,
           coalesce(host(inet_client_addr()) in ('127.0.0.1', '::1'), true) as is_local`,
  );

const Instant = row({ at: col.instant });
/**
 * By how many milliseconds this machine's clock is certainly ahead of the database's, or behind it (negative). The time that the question was under way counts
 * for nothing, so a slow answer is never taken for a wrong clock.
 */
export async function clockAheadMs(tx: Tx, clock: Pick<Clock, "now">): Promise<number> {
  const asked = clock.now().getTime();
  const { at } = await tx.one(Instant, sql`select clock_timestamp() as at`);
  const answered = clock.now().getTime();
  if (at.getTime() < asked) return asked - at.getTime();
  return Math.min(0, answered - at.getTime());
}

const RoleRow = row({ name: col.text, isSafe: col.bool });
/** The roles of the product, and whether each may only what it needs. */
export const readRoles = (db: Db) =>
  db.rows(
    RoleRow,
    sql`
    select rolname::text as name, not rolsuper and (rolname = 'switchyard_engine' or not rolbypassrls) as is_safe
      from pg_roles where rolname in ('switchyard_owner', 'switchyard_engine', 'switchyard_api') order by rolname`,
  );

const MigrationRow = row({ name: col.text });
export const readAppliedMigrations = async (db: Db): Promise<string[]> =>
  (await db.rows(MigrationRow, sql`select name from schema_migration order by number`)).map(({ name }) => name);

const WorkerRow = row({ id: col.text, kind: col.text, pid: col.int, startedAt: col.instant, heartbeatAt: col.instant });
export const readWorkers = (db: Db) =>
  db.rows(WorkerRow, sql`select id, kind, pid, started_at, heartbeat_at from worker order by started_at`);

const OverdueRow = row({ what: col.text, rows: col.int, oldest: col.instant });
/** Rows whose time came before `since` and that nobody has moved, per kind of work. */
export const readOverdue = (tx: Tx, since: Date) =>
  tx.rows(
    OverdueRow,
    sql`
    select 'fulfillment orders in ' || f.state as what, count(*)::int as rows, min(f.due_at) as oldest from fulfillment_order f where f.due_at < ${since} group by f.state
    union all select 'attempts ' || a.state, count(*)::int, min(a.due_at) from attempt a where a.due_at < ${since} group by a.state
    union all select 'write-backs ' || w.state, count(*)::int, min(w.due_at) from write_back w where w.due_at < ${since} group by w.state
    union all select 'questions to suppliers', count(*)::int, min(k.due_at) from cancellation_ask k where k.due_at < ${since} having count(*) > 0
    union all select 'parcels', count(*)::int, min(p.due_at) from parcel p where p.due_at < ${since} having count(*) > 0
    union all select 'dispatches', count(*)::int, min(d.due_at) from dispatch d where d.due_at < ${since} having count(*) > 0
    union all select 'connections', count(*)::int, min(c.due_at) from connection c where c.due_at < ${since} having count(*) > 0
    union all select 'comparisons with channels', count(*)::int, min(c.gap_due_at) from connection c where c.gap_due_at < ${since} having count(*) > 0
    union all select 'incoming messages', count(*)::int, min(i.due_at) from inbox i where i.due_at < ${since} having count(*) > 0
    union all select 'supplier inboxes', count(*)::int, min(s.inbox_due_at) from supplier s where s.inbox_due_at < ${since} having count(*) > 0
    union all select 'stock feeds', count(*)::int, min(s.stock_due_at) from supplier s where s.stock_due_at < ${since} having count(*) > 0
    order by 1`,
  );

const ProblemRow = row({ workspace: col.text, what: col.text, problem: col.text });
/** What connectors said when they last failed, and messages that nobody could read. */
export const readProblems = (tx: Tx) =>
  tx.rows(
    ProblemRow,
    sql`
    select w.slug as workspace, 'channel ' || ch.name as what, c.last_problem as problem
      from connection c join channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id join workspace w on w.id = c.workspace_id where c.last_problem is not null
    union all
    select w.slug, 'channel ' || ch.name, format('lists %s orders of the last 3 days that are not here: %s', c.gap_missing, array_to_string(c.gap_examples, ', '))
      from connection c join channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id join workspace w on w.id = c.workspace_id where c.gap_missing > 0
    union all
    select w.slug, 'supplier ' || s.name, s.last_problem from supplier s join workspace w on w.id = s.workspace_id where s.last_problem is not null
    union all
    select w.slug, 'account ' || s.name || '/' || a.name, 'its login was refused'
      from supplier_account a join supplier s on s.workspace_id = a.workspace_id and s.id = a.supplier_id join workspace w on w.id = a.workspace_id where a.credentials_rejected_at is not null
    union all
    select w.slug, 'webhooks of channel ' || ch.name, h.problem
      from channel_hook h join connection c on c.workspace_id = h.workspace_id and c.id = h.connection_id
      join channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id join workspace w on w.id = c.workspace_id where h.problem is not null
    union all
    select w.slug, 'incoming messages', count(*) || ' could not be read (see: npx switchyard channel unread list): ' || min(i.problem) from inbox i join workspace w on w.id = i.workspace_id
     where i.problem is not null and i.due_at is null and i.done_at is null group by w.slug
    order by 1, 2`,
  );

const MendedRow = row({ workspace: col.text, orders: col.int, example: col.text, last: col.instant });
/** Orders that the daily sweep let go although nothing had woken them (VF-11), per workspace; must be empty. */
export const readMended = (tx: Tx, since: Date) =>
  tx.rows(
    MendedRow,
    sql`
    select w.slug as workspace, count(distinct o.id)::int as orders, min(o.number) as example, max(f.mended_at) as last
      from fulfillment_order f join sales_order o on o.workspace_id = f.workspace_id and o.id = f.order_id join workspace w on w.id = f.workspace_id
     where f.mended_at >= ${since} group by w.slug order by w.slug`,
  );
