import { Session, type Profiler } from "node:inspector/promises";
import type { CaseResult, Table } from "./case.ts";
import { assertCorrect } from "./correct.ts";
import { openEngine } from "./engine.ts";
import { inThisProcess, measure, type Usage } from "./measure.ts";
import { phases } from "./program.ts";
import type { Bench } from "./case.ts";
import { makeSellers, openShops } from "./set-up.ts";

const mostLines = 30;

/**
 * Where the engine's time goes: per phase, per statement (by PostgreSQL's own account) and per function of ours. Measuring costs something itself, so the figures are for comparing
 * with each other, not with a run without `--profile`.
 */
export async function profileEngine({ server, options, say }: Bench): Promise<CaseResult> {
  const count = options.isQuick ? 2_000 : 5_000;
  const warmUp = 1_000;
  const sellers = await makeSellers(server);
  const database = await server.makeDatabase(sellers);
  const config = server.config("switchyard_engine", database);
  const lives = async (first: number, orders: number, each: (phase: string, usage: Usage) => void): Promise<void> => {
    await openShops(server, database);
    for (const { name } of phases) {
      // A program per phase: `measure` wants every connection ended. What the engine keeps in memory between batches is rebuilt, as after a restart.
      const usage = await measure(server, async () => {
        const node = await inThisProcess(async () => {
          const program = await openEngine({
            database: config,
            range: { first, count: orders },
            batch: 500,
            slot: 1,
            processes: 1,
          });
          await program.run(name);
          await program.close();
        });
        return [node];
      });
      each(name, usage);
    }
  };
  say(`${warmUp} orders to warm up, then ${count} to look at`);
  await lives(0, warmUp, () => {});
  // In the database of nobody: it sees the statements of all, and ours stays as the product has it.
  await server.asAdministrator(async (client) => {
    await client.query("create extension if not exists pg_stat_statements");
    await client.query("select pg_stat_statements_reset()");
  });
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 500 });
  await session.post("Profiler.start");
  const perPhase: { phase: string; usage: Usage }[] = [];
  await lives(warmUp, count, (phase, usage) => perPhase.push({ phase, usage }));
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  const statements = await server.asAdministrator(async (client) => {
    const { rows } = await client.query<{ calls: string; ms: string; rows: string; wal: string; query: string }>(
      `select calls::text, total_exec_time::text as ms, rows::text, wal_bytes::text as wal, query from pg_stat_statements
        where userid = 'switchyard_engine'::regrole order by total_exec_time desc limit $1`,
      [mostLines],
    );
    return rows;
  });
  await assertCorrect(server, database, { orders: warmUp + count, decided: true });
  await server.dropDatabase(database);
  return {
    name: "engine",
    tables: [phaseTable(perPhase, count), statementTable(statements, count), ...functionTables(profile, count)],
    figures: {},
    gates: [],
  };
}

function phaseTable(perPhase: readonly { phase: string; usage: Usage }[], count: number): Table {
  const rows = perPhase.map(({ phase, usage }) => [
    phase,
    (usage.wallMs / count) * 1000,
    (usage.nodeCpuMs / count) * 1000,
    usage.postgresCpuMs === null ? null : (usage.postgresCpuMs / count) * 1000,
    usage.walBytes / count,
    usage.statements,
    usage.roundTrips,
    usage.walFsyncs,
  ]);
  const totals = rows[0]!
    .slice(1)
    .map((_, index) =>
      rows.reduce((sum, row) => sum + (typeof row[index + 1] === "number" ? (row[index + 1] as number) : 0), 0),
    );
  return {
    title: `The engine, phase by phase: ${count} orders, batch 500, per order`,
    columns: [
      "phase",
      "wall µs",
      "Node µs",
      "PostgreSQL µs",
      "WAL bytes",
      "statements in all",
      "round trips in all",
      "fsyncs in all",
    ],
    rows: [...rows, ["all", ...totals]],
    notes: [
      "Each phase begins with a checkpoint and new connections, so its WAL holds more full pages than a whole run's.",
    ],
  };
}

const statementTable = (
  statements: readonly { calls: string; ms: string; rows: string; wal: string; query: string }[],
  count: number,
): Table => ({
  title: `The ${mostLines} statements that take PostgreSQL longest`,
  columns: ["statement", "calls", "µs per order", "ms per call", "rows per order", "WAL per order"],
  rows: statements.map(({ calls, ms, rows, wal, query }) => [
    query.replaceAll(/\s+/g, " ").trim().slice(0, 110),
    Number(calls),
    (Number(ms) * 1000) / count,
    Number(ms) / Number(calls),
    Number(rows) / count,
    Number(wal) / count,
  ]),
});

/** Twice: by function, and by the folder that the function lies in. */
function functionTables(profile: Profiler.Profile, count: number): Table[] {
  const byFunction = new Map<string, number>();
  const byFolder = new Map<string, number>();
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  profile.samples?.forEach((id, index) => {
    const { functionName, url, lineNumber } = frames.get(id)!;
    if (functionName === "(idle)") return;
    const us = profile.timeDeltas?.[index] ?? 0;
    const path = url.replace(/^.*\/(node_modules|src|bench)\//, "$1/");
    const name = functionName === "" ? "(anonymous)" : functionName;
    add(byFunction, path === "" ? name : `${name} ${path}:${lineNumber + 1}`, us);
    add(
      byFolder,
      path === ""
        ? "the machine room of Node"
        : path.startsWith("node:")
          ? "Node's library"
          : path.split("/").slice(0, 2).join("/"),
      us,
    );
  });
  const table = (title: string, column: string, found: ReadonlyMap<string, number>): Table => ({
    title,
    columns: [column, "µs per order"],
    rows: [...found]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, mostLines)
      .map(([name, us]) => [name, us / count]),
  });
  return [
    table("Node's time by where the code lies", "folder", byFolder),
    table(`The ${mostLines} functions in which Node spends most`, "function", byFunction),
  ];
}

const add = (sums: Map<string, number>, key: string, us: number): void => void sums.set(key, (sums.get(key) ?? 0) + us);
