import { Logger, run as runWorker, type JobHelpers, type TaskList } from "graphile-worker";
import { Pool } from "pg";
import { openDb, type Tx } from "#store/db.ts";
import { sql } from "#store/sql.ts";
import { oneStep, openLedgers, type Run } from "./ceiling.ts";
import { aheadMs, phases, type PhaseName, type Program, type ProgramOptions } from "./program.ts";
import { messageOf, workspaceCount } from "./trade.ts";

/** Jobs that run at the same time, in one process; more made it slower. */
const concurrency = 10;
/** How many jobs are fetched and locked at a time, and for how long finished ones are gathered: graphile-worker's own means against its cost per job. */
const fetchedAtOnce = 100;
const gatheredMs = 5;

interface Payload {
  order: number;
}

/**
 * What a team would otherwise build: a job for each transition of each order, on graphile-worker. A job is one transaction that moves one order one step, by the statements of the
 * ceiling with a batch of one, and adds the job for the next step. Its work is generous to it: what the engine commits before it calls a supplier and after, a job commits once; it
 * reads nothing, decides nothing, and each of its ten lanes has counter rows of its own.
 */
export async function openJobs({ database, range }: ProgramOptions): Promise<Program> {
  const db = openDb(database, { max: concurrency });
  const pool = new Pool({ ...database, max: concurrency + 2 });
  // The statement that is under way says it.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const lanes = Array.from({ length: concurrency }, (_, index) => index + 1);
  let nextId = 1_000_000_000_000n + BigInt(range.first) * 1000n;
  let ahead = 0;
  const step = (tx: Tx, slot: number): Run => ({
    db: tx,
    options: { batch: 1, slot },
    ahead,
    actor: `worker:bench-${slot}`,
    now: () => new Date(Date.now() + ahead),
    ids: () => String((nextId += 10n)),
  });

  async function move(phase: PhaseName, { order }: Payload): Promise<void> {
    const lane = lanes.pop()!; // as many as jobs that run at the same time
    try {
      await db.tx(async (tx) => {
        const run = step(tx, lane);
        const message = phase === "take in" ? { shop: order % workspaceCount, ...messageOf(order, run.now()) } : null;
        const moved = await oneStep(run, phase, message);
        if (moved !== 1) throw new Error(`A job for "${phase}" found ${moved} orders to move.`);
        const next = phases[phases.findIndex(({ name }) => name === phase) + 1]?.name;
        if (next !== undefined)
          await tx.run(sql`select graphile_worker.add_job(${next}, ${{ order }}::json, max_attempts => 25)`);
      });
    } finally {
      lanes.push(lane);
    }
  }

  return {
    async run(phase) {
      ahead = aheadMs(phase);
      if (phase === "take in") {
        const orders = Array.from({ length: range.count }, (_, index) => range.first + index);
        await db.run(sql`
          select graphile_worker.add_job('take in', json_build_object('order', o), max_attempts => 25) from unnest(${orders}::integer[]) as o`);
      }
      if (phase === "place") await db.tx((tx) => openLedgers(step(tx, 1)));
      await untilDone(pool, phase, range.count, (payload) => move(phase, payload));
      return range.count;
    },
    async close() {
      await db.end();
      await pool.end();
    },
  };
}

/** A worker that knows the jobs of this phase only; those of the next wait for theirs, as they would for their time. */
async function untilDone(
  pgPool: Pool,
  phase: PhaseName,
  count: number,
  work: (payload: Payload) => Promise<void>,
): Promise<void> {
  let done = 0;
  let failure: unknown;
  let end: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const task = async (payload: unknown, _helpers: JobHelpers): Promise<void> => {
    try {
      await work(payload as Payload);
      done += 1;
    } catch (error) {
      failure ??= error;
    }
    if (done === count || failure !== undefined) end();
  };
  const taskList: TaskList = { [phase]: task };
  const runner = await runWorker({
    pgPool,
    taskList,
    noHandleSignals: true,
    preset: {
      worker: {
        concurrentJobs: concurrency,
        pollInterval: 1_000,
        localQueue: { size: fetchedAtOnce },
        completeJobBatchDelay: gatheredMs,
        failJobBatchDelay: gatheredMs,
      },
    },
    logger: silent,
  });
  await ended;
  await runner.stop();
  if (failure !== undefined) throw failure;
}

/** Failures are thrown; everything else it would say is of no use here. */
const silent = new Logger(() => () => {});
