import { makeWorkerUtils } from "graphile-worker";
import { Pool } from "pg";
import type { BenchCase, CaseResult } from "./case.ts";
import { hireCrew } from "./crew.ts";
import { wallGate } from "./gates.ts";
import { cpuUs, perSecond, runOnce, type Run } from "./run.ts";
import type { BenchServer } from "./server.ts";
import { makeSellers } from "./set-up.ts";
import { median, withRange } from "./statistics.ts";

/**
 * BE-50, BE-51. The engine against what a team would otherwise build: the same lives of orders as one graphile-worker job per transition, which is one transaction that
 * moves one order one step and adds the next job. Its statements are the ceiling's, so the rows are the same; it decides nothing.
 */
export const jobs: BenchCase = {
  name: "jobs",
  about: "the life of an order by the engine, and as one graphile-worker job per transition",
  isQuick: true,
  async run(bench) {
    const { isQuick, rounds } = bench.options;
    const crew = hireCrew(1);
    const sellers = await makeSellersWithJobs(bench.server);
    try {
      const pairs: { engine: Run; jobs: Run }[] = [];
      const count = rounds ?? (isQuick ? 1 : 5);
      for (let round = 0; round < count; round += 1) {
        const runJobs = (): Promise<Run> =>
          runOnce(bench.server, { program: "jobs", crew, orders: isQuick ? 60 : 500, batch: 1, sellers });
        const runEngine = (): Promise<Run> =>
          runOnce(bench.server, { program: "engine", crew, orders: isQuick ? 1_000 : 5_000, batch: 500, sellers });
        bench.say(`round ${round + 1} of ${count}`);
        // A B B A: what changes slowly on the machine meets both alike.
        if (round % 2 === 0) pairs.push({ engine: await runEngine(), jobs: await runJobs() });
        else {
          const first = await runJobs();
          pairs.push({ jobs: first, engine: await runEngine() });
        }
      }
      return result(pairs, isQuick);
    } finally {
      await crew.end();
      await bench.server.dropDatabase(sellers);
    }
  },
};

const leastRatio = 15;

/** The tables of graphile-worker beside ours, in a database of sellers; the engine's role may use them, as a team's would. */
export async function makeSellersWithJobs(server: BenchServer): Promise<string> {
  const name = await makeSellers(server);
  const pgPool = new Pool(server.config("postgres", name));
  pgPool.on("error", () => {});
  pgPool.on("connect", (client) => client.on("error", () => {}));
  try {
    const utils = await makeWorkerUtils({ pgPool });
    await utils.migrate();
    await utils.release();
  } finally {
    await pgPool.end();
  }
  await server.asAdministrator(async (client) => {
    await client.query("grant usage on schema graphile_worker to switchyard_engine");
    await client.query("grant all on all tables in schema graphile_worker to switchyard_engine");
    await client.query("grant all on all sequences in schema graphile_worker to switchyard_engine");
    await client.query("grant execute on all functions in schema graphile_worker to switchyard_engine");
  }, name);
  return name;
}

function result(pairs: readonly { engine: Run; jobs: Run }[], isQuick: boolean): CaseResult {
  const speed = pairs.map(({ engine, jobs: run }) => perSecond(engine) / perSecond(run));
  const cpu = pairs.flatMap(({ engine, jobs: run }) => {
    const [ours, theirs] = [cpuUs(engine), cpuUs(run)];
    return ours === null || theirs === null ? [] : [theirs / ours];
  });
  const loads = pairs.flatMap(({ engine, jobs: run }) => [engine.foreignCores, run.foreignCores]);
  const foreignLoad = loads.some((load) => load === null) ? null : Math.max(...loads.map((load) => load ?? 0));
  const row = (name: string, of: (pair: { engine: Run; jobs: Run }) => Run) => {
    const runs = pairs.map(of);
    const each = (value: (run: Run) => number | null): number | null => {
      const values = runs.map(value).filter((one) => one !== null);
      return values.length === 0 ? null : median(values);
    };
    return [
      name,
      each(perSecond),
      each(cpuUs),
      each((run) => run.walBytes / run.orders),
      each((run) => run.walFsyncs / run.orders),
      each((run) => run.statements / run.orders),
    ];
  };
  return {
    name: jobs.name,
    tables: [
      {
        title: `The engine and one job per transition${isQuick ? " (quick)" : ""}`,
        columns: ["what", "orders/s", "CPU µs/order", "log bytes/order", "syncs/order", "statements/order"],
        rows: [row("engine, batch 500", (pair) => pair.engine), row("jobs, ten at a time", (pair) => pair.jobs)],
        notes: [
          `The engine is ${withRange(speed, 1)} times as fast and takes ${cpu.length === 0 ? "an unknown part" : `1/${withRange(cpu, 1)}`} of the processor time.`,
          "A job is generous to the other side: it knows how every order ends, reads nothing, and commits once where the engine commits before and after each call outside.",
        ],
      },
    ],
    figures: {
      jobs_wall_ratio: median(speed),
      ...(cpu.length === 0 ? {} : { jobs_cpu_ratio: median(cpu) }),
      jobs_per_second: median(pairs.map((pair) => perSecond(pair.jobs))),
    },
    gates: [
      wallGate(
        {
          name: "jobs: the engine against one job per transition",
          measured: median(speed),
          target: leastRatio,
          bound: "at least",
        },
        { foreignLoad, isTooShort: isQuick },
      ),
    ],
  };
}
