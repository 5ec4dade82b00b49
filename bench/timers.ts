import { Client, type PoolConfig } from "pg";
import type { FulfillmentState } from "#domain/lifecycle.ts";
import { claimDueOrders, nextDue } from "#store/claim.ts";
import { openDb, type Db } from "#store/db.ts";
import { readDossiers } from "#store/dossier.ts";
import { fulfillmentOrders } from "#store/order-rows.ts";
import { col, row } from "#store/row.ts";
import { engineSessionOptions } from "#store/server.ts";
import { sql } from "#store/sql.ts";
import type { Bench, BenchCase, CaseResult } from "./case.ts";
import { exactGate, notRun, wallGate } from "./gates.ts";
import { generatedDatabase, waitingFrom } from "./generated.ts";
import { inThisProcess, measure } from "./measure.ts";
import { percentile } from "./statistics.ts";

/**
 * BE-45, BE-46. Very many fulfillment orders wait for a time of their own, spread over a month without any order; a thousand at a time fall due. The product's own
 * statements claim them and put them off again. Then everything is overdue at once, as after a long outage: a claim must not cost more for it.
 */
export const timers: BenchCase = {
  name: "timers",
  about: "claiming and putting off what falls due while very many rows wait",
  isQuick: true,
  async run(bench) {
    const { isQuick, size } = bench.options;
    const waiting = isQuick ? 40_000 : size === 0 ? 0 : 5_000_000;
    if (waiting === 0) return notMeasured();
    const name = await generatedDatabase(bench, { orders: waiting, what: "waiting" });
    const measured = await measureTimers(bench, name, isQuick ? 10 : 60);
    return result(waiting, measured);
  },
};

const perClaim = 1_000;
const mostClaimMs = 25;
/** Rows that are locked, read and sorted: a few buffers each, whatever waits besides. */
const mostBuffersPerRow = 20;
const states: readonly FulfillmentState[] = ["waiting"];
/** As the stage does that looks for tracking: several states in one claim. */
const severalStates: readonly FulfillmentState[] = ["placed", "acknowledged", "partially_shipped", "waiting"];

interface Measured {
  claimMs: number[];
  laterMs: number[];
  nextMs: number[];
  overdueMs: number[];
  buffers: { claim: number; next: number; overdue: number };
  foreignLoad: number | null;
}

export async function measureTimers(
  { server, say }: Pick<Bench, "server" | "say">,
  database: string,
  rounds: number,
): Promise<Measured> {
  const config = { ...server.config("switchyard_engine", database), options: engineSessionOptions() };
  const measured: Measured = {
    claimMs: [],
    laterMs: [],
    nextMs: [],
    overdueMs: [],
    buffers: { claim: 0, next: 0, overdue: 0 },
    foreignLoad: null,
  };
  const administrator = new Client(server.config("postgres", database));
  await administrator.connect();
  const dues = (
    await administrator.query<{ due_at: Date }>(
      `select due_at from fulfillment_order order by state, due_at offset ${perClaim - 1} limit 1`,
    )
  ).rows;
  const firstDue = dues[0]!.due_at;
  const last = (
    await administrator.query<{ due_at: Date }>(
      "select max(due_at) as due_at from fulfillment_order where state = 'waiting'",
    )
  ).rows[0]!.due_at;
  await administrator.end();
  /** A thousand more are due with each round. */
  const step = (firstDue.getTime() - waitingFrom.getTime()) * 1.02;
  const usage = await measure(server, async () => [
    await inThisProcess(async () => {
      const db = openDb(config, { max: 1 });
      try {
        for (let round = 0; round < rounds; round += 1) {
          const now = new Date(firstDue.getTime() + round * step);
          measured.nextMs.push(await time(() => nextDue(db, states)));
          await claimAndPutOff(db, now, measured);
        }
        const muchLater = new Date(last.getTime() + 1000);
        for (let round = 0; round < rounds; round += 1)
          measured.overdueMs.push(await time(() => claimOnly(db, severalStates, muchLater)));
      } finally {
        await db.end();
      }
    }),
  ]);
  measured.foreignLoad = usage.foreignCores;
  const soon = new Date(firstDue.getTime() + rounds * step);
  measured.buffers.claim = await buffers(config, (db) => claimOnly(db, states, soon));
  measured.buffers.next = await buffers(config, (db) => nextDue(db, severalStates));
  measured.buffers.overdue = await buffers(config, (db) =>
    claimOnly(db, severalStates, new Date(last.getTime() + 1000)),
  );
  say(`${rounds} rounds of ${perClaim} rows`);
  return measured;
}

async function claimAndPutOff(db: Db, now: Date, { claimMs, laterMs }: Measured): Promise<void> {
  let claimed: Awaited<ReturnType<typeof claimDueOrders>> = [];
  await db.tx(async (tx) => {
    claimMs.push(
      await time(async () => void (claimed = await claimDueOrders(tx, { states, now, limit: perClaim, only: null }))),
    );
    if (claimed.length !== perClaim)
      throw new Error(`${claimed.length} rows were claimed of ${perClaim} that are due.`);
    const dossiers = await readDossiers(tx, claimed);
    const later = new Date(now.getTime() + 32 * 86_400_000); // beyond all that wait
    const before = performance.now();
    await fulfillmentOrders.update(
      tx,
      dossiers.flatMap(({ order, fulfillmentOrders: parts }) =>
        parts.map((fo) => ({ order, row: { ...fo, dueAt: later }, at: now, actor: "worker:bench" })),
      ),
    );
    laterMs.push(performance.now() - before);
  });
}

/** Rolled back: the same rows are due again. */
export async function claimOnly(db: Db, of: readonly FulfillmentState[], now: Date, limit = perClaim): Promise<void> {
  await db
    .tx(async (tx) => {
      const claimed = await claimDueOrders(tx, { states: of, now, limit, only: null });
      if (claimed.length !== limit) throw new Error(`${claimed.length} rows were claimed of ${limit} that are due.`);
      throw rolledBack;
    })
    .catch((error: unknown) => {
      if (error !== rolledBack) throw error;
    });
}
const rolledBack = new Error("enough seen");

const time = async (work: () => Promise<unknown>): Promise<number> => {
  const before = performance.now();
  await work();
  return performance.now() - before;
};

const Touched = row({ n: col.int });
/** Buffers that the product's own statements touch, planned as in production: the server's count for this one session, before and after. */
export async function buffers(config: PoolConfig, work: (db: Db) => Promise<unknown>): Promise<number> {
  const db = openDb(config, { max: 1 });
  const count = async (): Promise<number> => {
    await db.run(sql`select pg_stat_force_next_flush()`);
    return (
      await db.one(
        Touched,
        sql`select sum(hits + coalesce(reads, 0))::int as n from pg_stat_get_backend_io(pg_backend_pid()) where object = 'relation'`,
      )
    ).n;
  };
  try {
    for (let index = 0; index < 3; index += 1) await work(db);
    await count();
    const before = await count();
    const between = (await count()) - before; // what counting itself touches
    const start = await count();
    await work(db);
    return (await count()) - start - between;
  } finally {
    await db.end();
  }
}

const name = (what: string, waiting: number): string => `timers: ${what} with ${waiting.toLocaleString("en")} waiting`;
const wanted = (waiting: number) => ({
  claim: { name: name("claim of 1,000 due rows, p50 in ms", waiting), target: mostClaimMs, bound: "at most" as const },
  claimBuffers: {
    name: name("buffers per claimed row", waiting),
    target: mostBuffersPerRow,
    bound: "at most" as const,
  },
  overdueBuffers: {
    name: name("buffers per claimed row when all are overdue", waiting),
    target: mostBuffersPerRow,
    bound: "at most" as const,
  },
  nextBuffers: { name: name("buffers to find the next due instant", waiting), target: 100, bound: "at most" as const },
});

function result(
  waiting: number,
  { claimMs, laterMs, nextMs, overdueMs, buffers: touched, foreignLoad }: Measured,
): CaseResult {
  const gates = wanted(waiting);
  const line = (what: string, ms: readonly number[], n: number | null) => [
    what,
    percentile(ms, 0.5),
    percentile(ms, 0.95),
    n,
  ];
  return {
    name: timers.name,
    tables: [
      {
        title: `Timers with ${waiting.toLocaleString("en")} waiting fulfillment orders`,
        columns: ["what", "p50 ms", "p95 ms", "buffers"],
        rows: [
          line("claim 1,000 due rows", claimMs, touched.claim),
          line("put 1,000 rows off (update, without the commit)", laterMs, null),
          line("find the next due instant", nextMs, touched.next),
          line("claim 1,000 rows of four states when all are overdue", overdueMs, touched.overdue),
        ],
        notes: ["In id order they lie beside each other, in due order all over the table: the worst case for a claim."],
      },
    ],
    figures: {
      claim_p50_ms: percentile(claimMs, 0.5),
      claim_p95_ms: percentile(claimMs, 0.95),
      put_off_p50_ms: percentile(laterMs, 0.5),
      next_due_p50_ms: percentile(nextMs, 0.5),
      overdue_claim_p50_ms: percentile(overdueMs, 0.5),
      claim_buffers: touched.claim,
      next_due_buffers: touched.next,
      overdue_claim_buffers: touched.overdue,
    },
    gates: [
      wallGate({ ...gates.claim, measured: percentile(claimMs, 0.5) }, { foreignLoad }),
      exactGate({ ...gates.claimBuffers, measured: touched.claim / perClaim }),
      exactGate({ ...gates.overdueBuffers, measured: touched.overdue / perClaim }),
      exactGate({ ...gates.nextBuffers, measured: touched.next }),
    ],
  };
}

function notMeasured(): CaseResult {
  const { claim, ...exact } = wanted(5_000_000);
  return {
    name: timers.name,
    tables: [],
    figures: {},
    gates: [
      notRun({ ...claim, kind: "wall", note: "--size 1000000" }),
      ...Object.values(exact).map((each) => notRun({ ...each, kind: "exact", note: "--size 1000000" })),
    ],
  };
}
