import type { OrderId } from "#domain/ids.ts";
import type { JobAction } from "#domain/job.ts";
import { ok, refuse, type Result } from "#domain/result.ts";
import { ring } from "#store/commit.ts";
import { insertJob, lockJob, retryJob, stopJob, type Job, type JobId } from "#store/job.ts";
import type { Who } from "../actions/change-order.ts";
import type { Engine } from "../context.ts";

/** JB-1. Writes the job down and answers its public uuid; a worker begins with it at once. */
export async function startJob(
  engine: Engine,
  who: Who,
  wish: { action: JobAction; words: string | null; orders: readonly OrderId[] },
): Promise<string> {
  const publicId = engine.ids.uuid();
  await engine.db.tx(async (tx) => {
    await engine.ids.ensure(tx, 1);
    const job = {
      workspaceId: who.workspaceId,
      id: engine.ids.next<"job">() as JobId,
      publicId,
      action: wish.action.action,
      parameters: wish.action,
      words: wish.words,
      actor: who.actor,
      role: who.role,
      createdAt: engine.clock.now(),
    };
    await insertJob(tx, job, wish.orders);
    await ring(tx);
  });
  return publicId;
}

/** JB-6. What is done stays done; what nobody has begun is skipped. */
export const cancelJob = (engine: Engine, who: Who, job: string): Promise<Result<Job>> =>
  onJob(engine, who, job, async (tx, found) => {
    const why = { why: null, code: "job_cancelled", message: "The job was cancelled before it came to this order." };
    if (!(await stopJob(tx, found, why, engine.clock.now()))) return refuse("job_ended", "The job has ended already.");
    return null;
  });

/** JB-5. Only what was refused is tried again. */
export const retryRefused = (engine: Engine, who: Who, job: string): Promise<Result<Job>> =>
  onJob(engine, who, job, async (tx, found) => {
    if (found.state === "running") return refuse("job_running", "The job is running. Wait for its end, or cancel it.");
    if ((await retryJob(tx, found, engine.clock.now())) === 0)
      return refuse("nothing_refused", "Nothing of this job was refused, so there is nothing to try again.");
    await ring(tx);
    return null;
  });

function onJob(
  engine: Engine,
  { workspaceId }: Who,
  job: string,
  change: (tx: Parameters<typeof lockJob>[0], found: Job) => Promise<ReturnType<typeof refuse> | null>,
): Promise<Result<Job>> {
  return engine.db.tx(async (tx) => {
    const found = await lockJob(tx, workspaceId, job);
    if (found === undefined) return refuse("no_such_job", "There is no such job here.");
    return (await change(tx, found)) ?? ok((await lockJob(tx, workspaceId, job))!);
  });
}
