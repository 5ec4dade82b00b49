import type { Id, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { JobAction } from "#domain/job.ts";
import { roles, type Role } from "#domain/role.ts";
import type { Db, Tx } from "./db.ts";
import { col, row, type RowOf } from "./row.ts";
import { columnsOf, sql } from "./sql.ts";

export type JobId = Id<"job">;
export const jobStates = ["running", "done", "cancelled"] as const;
export type JobState = (typeof jobStates)[number];
export const rowStates = ["waiting", "ok", "refused", "skipped"] as const;
export type RowState = (typeof rowStates)[number];

const JobRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<JobId>(),
  publicId: col.text,
  action: col.oneOf<JobAction["action"]>(),
  parameters: col.json<JobAction>(),
  words: col.textOrNull,
  actor: col.text,
  role: col.oneOf<Role>(roles),
  state: col.oneOf<JobState>(jobStates),
  stoppedWhy: col.textOrNull,
  createdAt: col.instant,
  finishedAt: col.instantOrNull,
  dueAt: col.instantOrNull,
});
export type Job = RowOf<typeof JobRow>;
export type JobCounts = Record<RowState, number>;

/** Writes a job with a row for each order, in their order. */
export async function insertJob(
  tx: Tx,
  job: Omit<Job, "state" | "stoppedWhy" | "finishedAt" | "dueAt">,
  orders: readonly OrderId[],
): Promise<void> {
  await tx.run(sql`
    insert into job (workspace_id, id, public_id, action, parameters, words, actor, role, state, created_at, due_at)
    values (${job.workspaceId}::bigint, ${job.id}::bigint, ${job.publicId}::uuid, ${job.action}, ${JSON.stringify(job.parameters)}::jsonb, ${job.words},
            ${job.actor}, ${job.role}, 'running', ${job.createdAt}, ${job.createdAt})`);
  await tx.run(sql`
    insert into job_row (workspace_id, job_id, no, order_id, state)
    select ${job.workspaceId}::bigint, ${job.id}::bigint, t.no, t.order_id, 'waiting'
      from unnest(${orders}::bigint[]) with ordinality as t(order_id, no)`);
}

/** Takes the job that waits longest; who claimed it has it until `leaseUntil`. */
export const claimJob = (tx: Tx, { now, leaseUntil }: { now: Date; leaseUntil: Date }): Promise<Job | undefined> =>
  tx.maybe(
    JobRow,
    sql`
    with due as (
      select workspace_id, id from job where due_at <= ${now} order by due_at, workspace_id, id limit 1 for update skip locked
    )
    update job j set due_at = ${leaseUntil} from due where j.workspace_id = due.workspace_id and j.id = due.id
    returning ${columnsOf(JobRow, "j")}`,
  );

export const renewJob = (
  db: Db,
  { workspaceId, id }: Job,
  { from, until }: { from: Date; until: Date },
): Promise<number> =>
  db.run(sql`
    update job set due_at = ${until}
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint and due_at = ${from}`);

/** What was not finished goes on at once, here or elsewhere, after other jobs that wait. */
export const releaseJob = (db: Db, { workspaceId, id }: Job, now: Date): Promise<number> =>
  db.run(sql`
    update job set due_at = ${now} where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint and state = 'running'`);

const DueRow = row({ dueAt: col.instantOrNull });
export const nextJob = async (db: Db): Promise<Date | null> =>
  (await db.one(DueRow, sql`select min(due_at) as due_at from job where due_at is not null`)).dueAt;

const WaitingRow = row({ no: col.int, orderId: col.id<OrderId>(), orderPublicId: col.text });
export type WaitingRow = RowOf<typeof WaitingRow>;
/** The next rows that nobody has answered. */
export const waitingRows = (tx: Tx, { workspaceId, id }: Job, limit: number): Promise<WaitingRow[]> =>
  tx.rows(
    WaitingRow,
    sql`
    select r.no, r.order_id, o.public_id as order_public_id
      from (select r.no, r.order_id from job_row r
             where r.workspace_id = ${workspaceId}::bigint and r.job_id = ${id}::bigint and r.state = 'waiting' order by r.no limit ${limit}) r
      join sales_order o on o.workspace_id = ${workspaceId}::bigint and o.id = r.order_id
     order by r.no`,
  );

export interface RowAnswer {
  state: "ok" | "refused" | "skipped";
  code: string | null;
  message: string | null;
}
/** False where somebody else answered it already: then nothing of this one may stay. */
export const answerRow = async (
  tx: Tx,
  { workspaceId, id }: Job,
  no: number,
  { state, code, message }: RowAnswer,
  now: Date,
): Promise<boolean> =>
  (await tx.run(sql`
    update job_row set state = ${state}, code = ${code}, message = ${message}, at = ${now}
     where workspace_id = ${workspaceId}::bigint and job_id = ${id}::bigint and no = ${no}::integer and state = 'waiting'`)) ===
  1;

/** Ends a job of which no row waits any more; false: some do, or it had ended. */
export const finishJob = async (tx: Tx, { workspaceId, id }: Job, now: Date): Promise<boolean> =>
  (await tx.run(sql`
    update job j set state = 'done', finished_at = ${now}, due_at = null
     where j.workspace_id = ${workspaceId}::bigint and j.id = ${id}::bigint and j.state = 'running'
       and not exists (select from job_row r where r.workspace_id = ${workspaceId}::bigint and r.job_id = j.id and r.state = 'waiting')`)) ===
  1;

/** Ends it before its time: what nobody has answered is skipped. False: it had ended. */
export async function stopJob(
  tx: Tx,
  { workspaceId, id }: Job,
  { why, code, message }: { why: string | null; code: string; message: string },
  now: Date,
): Promise<boolean> {
  const stopped = await tx.run(sql`
    update job set state = 'cancelled', stopped_why = ${why}, finished_at = ${now}, due_at = null
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint and state = 'running'`);
  if (stopped === 0) return false;
  await tx.run(sql`
    update job_row set state = 'skipped', code = ${code}, message = ${message}, at = ${now}
     where workspace_id = ${workspaceId}::bigint and job_id = ${id}::bigint and state = 'waiting'`);
  return true;
}

/** Sets the refused rows of an ended job to work again, and no others. Answers how many. */
export async function retryJob(tx: Tx, { workspaceId, id }: Job, now: Date): Promise<number> {
  const again = await tx.run(sql`
    update job_row set state = 'waiting', code = null, message = null, at = null
     where workspace_id = ${workspaceId}::bigint and job_id = ${id}::bigint and state = 'refused'`);
  if (again > 0)
    await tx.run(sql`
      update job set state = 'running', stopped_why = null, finished_at = null, due_at = ${now}
       where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`);
  return again;
}

/** For a change of it: its row is locked. */
export const lockJob = (tx: Tx, workspaceId: WorkspaceId, publicId: string): Promise<Job | undefined> =>
  tx.maybe(
    JobRow,
    sql`
    select ${columnsOf(JobRow, "j")} from job j
     where j.workspace_id = ${workspaceId}::bigint and j.public_id = ${publicId}::uuid for update`,
  );

export const findJob = (tx: Tx, workspaceId: WorkspaceId, publicId: string): Promise<Job | undefined> =>
  tx.maybe(
    JobRow,
    sql`
    select ${columnsOf(JobRow, "j")} from job j where j.workspace_id = ${workspaceId}::bigint and j.public_id = ${publicId}::uuid`,
  );

/** Newest first. */
export const listJobs = (
  tx: Tx,
  workspaceId: WorkspaceId,
  page: { before: string | null; limit: number },
): Promise<Job[]> =>
  tx.rows(
    JobRow,
    sql`
    select ${columnsOf(JobRow, "j")} from job j
     where j.workspace_id = ${workspaceId}::bigint and j.id < ${page.before ?? String(2n ** 63n - 1n)}::bigint
     order by j.id desc limit ${page.limit}`,
  );

const CountRow = row({ jobId: col.id<JobId>(), state: col.oneOf<RowState>(rowStates), n: col.int });
/** How many rows of each job are in which state. Counted, so that it can never differ from the rows. */
export async function countRows(
  tx: Tx,
  workspaceId: WorkspaceId,
  jobs: readonly JobId[],
): Promise<ReadonlyMap<JobId, JobCounts>> {
  const found = await tx.rows(
    CountRow,
    sql`
    select r.job_id, r.state, count(*)::int as n from job_row r
     where r.workspace_id = ${workspaceId}::bigint and r.job_id = any(${jobs}::bigint[]) group by r.job_id, r.state`,
  );
  const counts = new Map(jobs.map((id): [JobId, JobCounts] => [id, { waiting: 0, ok: 0, refused: 0, skipped: 0 }]));
  for (const { jobId, state, n } of found) counts.get(jobId)![state] = n;
  return counts;
}

const ResultRow = row({
  no: col.int,
  orderPublicId: col.text,
  number: col.text,
  state: col.oneOf<RowState>(rowStates),
  code: col.textOrNull,
  message: col.textOrNull,
  at: col.instantOrNull,
});
export type JobResult = RowOf<typeof ResultRow>;
/** A page of its rows, in the order in which they are done; those in one state, or all. */
export const listRows = (
  tx: Tx,
  { workspaceId, id }: Job,
  page: { state: RowState | null; after: number; limit: number },
): Promise<JobResult[]> =>
  tx.rows(
    ResultRow,
    sql`
    select r.no, o.public_id as order_public_id, o.number, r.state, r.code, r.message, r.at
      from (select r.* from job_row r
             where r.workspace_id = ${workspaceId}::bigint and r.job_id = ${id}::bigint and r.no > ${page.after}::integer
               and r.state = any(${page.state === null ? rowStates : [page.state]}::text[])
             order by r.no limit ${page.limit}) r
      join sales_order o on o.workspace_id = ${workspaceId}::bigint and o.id = r.order_id
     order by r.no`,
  );

const KnownRow = row({ id: col.id<OrderId>(), publicId: col.text });
/** The inner ids of those that the workspace has, by public uuid. */
export const ordersNamed = (tx: Tx, workspaceId: WorkspaceId, publicIds: readonly string[]) =>
  tx.rows(
    KnownRow,
    sql`
    select o.id, o.public_id from sales_order o where o.workspace_id = ${workspaceId}::bigint and o.public_id = any(${publicIds}::uuid[])`,
  );
