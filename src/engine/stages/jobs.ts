import { parsePublicId } from "#domain/ids.ts";
import { jobNeeds } from "#domain/job.ts";
import { may, type Role } from "#domain/role.ts";
import { findApiKey } from "#store/api-key.ts";
import {
  answerRow,
  claimJob,
  finishJob,
  nextJob,
  releaseJob,
  renewJob,
  stopJob,
  waitingRows,
  type Job,
  type WaitingRow,
} from "#store/job.ts";
import { membershipsOf } from "#store/member.ts";
import { isPassingFailure } from "#store/passing-failure.ts";
import { changeOrder, type Who } from "../actions/change-order.ts";
import type { Engine } from "../context.ts";
import { changeOf, nothingToDo } from "../jobs/change.ts";
import { leaseMs, underLease } from "../lease.ts";
import type { Stage } from "../stage.ts";

/** Then another job has its turn. */
const rowsPerTurn = 50;

/**
 * JB-2 to JB-4. Works on the job that waits longest, some rows at a time. A row is answered in the transaction that changes its order: who dies in between has
 * done neither, and two who work on the same row find that one of them was first.
 */
export const jobs: Stage = {
  name: "jobs",
  nextDue: nextJob,
  async run(engine) {
    const now = engine.clock.now();
    const leaseUntil = new Date(now.getTime() + leaseMs);
    const job = await engine.db.tx((tx) => claimJob(tx, { now, leaseUntil }));
    if (job === undefined) return 0;
    await underLease(
      engine,
      leaseUntil,
      (renewal) => renewJob(engine.db, job, renewal),
      () => workOn(engine, job),
    );
    return 1;
  },
};

async function workOn(engine: Engine, job: Job): Promise<void> {
  const role = await presentRole(engine, job);
  if (role === null || !may(role, jobNeeds(job.action)) || !may(role, "orders.change")) {
    const why = "Whoever started it may not do this any more.";
    await engine.db.tx((tx) => stopJob(tx, job, { why, code: "role_may_not", message: why }, engine.clock.now()));
    return;
  }
  const who: Who = { workspaceId: job.workspaceId, actor: job.actor, role };
  for (const row of await waitingRows(engine.db, job, rowsPerTurn)) {
    await doRow(engine, job, who, row);
    await engine.buggify("jobs.row");
  }
  if (!(await engine.db.tx((tx) => finishJob(tx, job, engine.clock.now()))))
    await releaseJob(engine.db, job, engine.clock.now());
}

async function doRow(engine: Engine, job: Job, who: Who, row: WaitingRow): Promise<void> {
  const change = changeOf(job.parameters, who.role);
  try {
    const result = await changeOrder(
      engine,
      who,
      { order: row.orderPublicId },
      {
        ...change,
        decide: async (draft, tx) => {
          const decided = await change.decide(draft, tx);
          const answer = { state: "ok", code: null, message: null } as const;
          if (decided.status === "ok" && !(await answerRow(tx, job, row.no, answer, draft.now)))
            throw new AnsweredAlready();
          return decided.status === "ok" ? { status: "ok", value: {} } : decided;
        },
      },
    );
    if (result.status === "ok") return;
    const { code, message } = result;
    const state = code === nothingToDo ? "skipped" : "refused";
    await answerRow(engine.db, job, row.no, { state, code, message }, engine.clock.now());
  } catch (error) {
    if (error instanceof AnsweredAlready) return;
    if (isPassingFailure(error)) throw error;
    engine.log.error({ job: job.id, order: row.orderId, error: String(error) }, "a row of a job failed");
    const message = "Something went wrong here that should not have; the server's log has it. Try this order again.";
    await answerRow(engine.db, job, row.no, { state: "refused", code: "unexpected", message }, engine.clock.now());
  }
}

/** Takes back what was decided: somebody else was first. */
class AnsweredAlready extends Error {}

/** JB-7. What whoever started it is by now; null: they are gone. A job must not do what its owner could no longer do by hand. */
async function presentRole(engine: Engine, { workspaceId, actor, role }: Job): Promise<Role | null> {
  const [, kind, name = ""] = /^(user|key):(.+)$/.exec(actor) ?? [];
  if (kind === "user") {
    const userId = parsePublicId("user", name);
    const found = userId === null ? [] : await membershipsOf(engine.db, userId);
    return found.find((each) => each.workspaceId === workspaceId)?.role ?? null;
  }
  if (kind === "key") {
    const key = await findApiKey(engine.db, name);
    const isOver =
      key === undefined || key.revokedAt !== null || (key.expiresAt ?? engine.clock.now()) < engine.clock.now();
    return isOver || key.workspaceId !== workspaceId ? null : key.role;
  }
  return role;
}
