import { Client } from "pg";
import { machineCpuMs, postgresCpuMs, postgresPrivateBytes } from "./processes.ts";
import type { BenchServer } from "./server.ts";

/** What one run cost. null: this machine does not tell. */
export interface Usage {
  wallMs: number;
  /** Of all our Node processes together. */
  nodeCpuMs: number;
  /** Of all processes of our PostgreSQL: backends, log writer, checkpointer, autovacuum. */
  postgresCpuMs: number | null;
  /** Cores that everybody else on this machine used meanwhile. */
  foreignCores: number | null;
  walBytes: number;
  walFsyncs: number;
  statements: number;
  /** Explicit transactions that were committed. */
  commits: number;
  /** How often a connection was waited for: statements that travel together count once. */
  roundTrips: number;
  /** The largest of our working processes at its largest. */
  peakNodeBytes: number;
  /** PostgreSQL's memory beside its shared buffers, at its largest. */
  peakPostgresBytes: number | null;
}

/** What one Node process did, as it counts itself. */
export interface NodeUsage {
  pid: number;
  cpuMs: number;
  statements: number;
  commits: number;
  roundTrips: number;
  peakBytes: number;
}

/**
 * BE-1 to BE-4. Runs `work` after a checkpoint and says what it cost. `work` ends every connection that it opened before it resolves, and answers what each
 * Node process did ({@link inThisProcess} counts our own). Connecting and ending belong to the run; making the database and reading statistics do not.
 */
export async function measure(server: BenchServer, work: () => Promise<readonly NodeUsage[]>): Promise<Usage> {
  await server.quiet();
  const before = await readLog(server, { checkpoint: true });
  const memory = watch(() => postgresPrivateBytes(server.postmasterPid));
  const cpuBefore = readCpu(server);
  const startedMs = performance.now();
  try {
    const nodes = await work();
    const wallMs = performance.now() - startedMs;
    const cpuAfter = readCpu(server);
    await server.quiet();
    const after = await readLog(server, { checkpoint: false });
    const postgresMs = difference(cpuBefore.postgresMs, cpuAfter.postgresMs);
    const machineMs = difference(cpuBefore.machineMs, cpuAfter.machineMs);
    const elsewhere = sum(nodes, (node) => (node.pid === process.pid ? 0 : node.cpuMs));
    const oursMs = cpuAfter.ownMs - cpuBefore.ownMs + elsewhere + (postgresMs ?? 0);
    return {
      wallMs,
      nodeCpuMs: sum(nodes, (node) => node.cpuMs),
      postgresCpuMs: postgresMs,
      foreignCores: machineMs === null || postgresMs === null ? null : Math.max(0, machineMs - oursMs) / wallMs,
      walBytes: after.walPosition - before.walPosition,
      walFsyncs: after.walFsyncs - before.walFsyncs,
      statements: sum(nodes, (node) => node.statements),
      commits: sum(nodes, (node) => node.commits),
      roundTrips: sum(nodes, (node) => node.roundTrips),
      peakNodeBytes: Math.max(0, ...nodes.map((node) => node.peakBytes)),
      peakPostgresBytes: memory.peak(),
    };
  } finally {
    memory.stop();
  }
}

/** Counts what this process does while `work` runs. One at a time: a process has one count. */
export async function inThisProcess(work: () => Promise<void>): Promise<NodeUsage> {
  countStatements();
  const before = { ...counted };
  const memory = watch(() => process.memoryUsage.rss());
  const cpu = process.cpuUsage();
  try {
    await work();
    const { user, system } = process.cpuUsage(cpu);
    return {
      pid: process.pid,
      cpuMs: (user + system) / 1000,
      statements: counted.statements - before.statements,
      commits: counted.commits - before.commits,
      roundTrips: counted.roundTrips - before.roundTrips,
      peakBytes: memory.peak() ?? 0,
    };
  } finally {
    memory.stop();
  }
}

// ------------------------------------------------------------------ statements and round trips

const counted = { statements: 0, commits: 0, roundTrips: 0 };
let seen: Set<string> | undefined;

/** The texts of all statements that this process sends while `work` runs. */
export async function textsOf(work: () => Promise<void>): Promise<string[]> {
  countStatements();
  seen = new Set();
  try {
    await work();
    return [...seen];
  } finally {
    seen = undefined;
  }
}
let isCounting = false;

/**
 * Counts at the driver's own door. The product's `onStatement` hook would send statements one at a time; this leaves them in the pipeline. A round trip is counted
 * when a statement is sent while nothing of its connection is under way.
 */
function countStatements(): void {
  if (isCounting) return;
  isCounting = true;
  const underWay = new WeakMap<object, number>();
  // The driver's `query` has many forms; all but promises pass through as they are.
  const prototype = Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function counting(this: object, ...args: unknown[]): unknown {
    const sent = query.apply(this, args);
    if (!(sent instanceof Promise)) return sent;
    const waiting = underWay.get(this) ?? 0;
    underWay.set(this, waiting + 1);
    counted.statements += 1;
    const { text } = args[0] as { text?: string };
    if (text === "commit") counted.commits += 1;
    if (text !== undefined) seen?.add(text);
    if (waiting === 0) counted.roundTrips += 1;
    const isBack = (): void => void underWay.set(this, (underWay.get(this) ?? 1) - 1);
    sent.then(isBack, isBack);
    return sent;
  };
}

// ------------------------------------------------------------------ reading

interface LogPosition {
  walPosition: number;
  walFsyncs: number;
}

const readLog = (server: BenchServer, { checkpoint }: { checkpoint: boolean }): Promise<LogPosition> =>
  server.asAdministrator(async (client) => {
    if (checkpoint) await client.query("checkpoint");
    const { rows } = await client.query<{ position: string; fsyncs: string }>(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as position,
              (select coalesce(sum(fsyncs), 0)::text from pg_stat_io where object = 'wal') as fsyncs`,
    );
    return { walPosition: Number(rows[0]!.position), walFsyncs: Number(rows[0]!.fsyncs) };
  });

const readCpu = (server: BenchServer): { ownMs: number; postgresMs: number | null; machineMs: number | null } => {
  const { user, system } = process.cpuUsage();
  return {
    ownMs: (user + system) / 1000,
    postgresMs: postgresCpuMs(server.postmasterPid),
    machineMs: machineCpuMs(),
  };
};

/** Looks ten times a second and keeps the largest. */
function watch(read: () => number | null): { peak: () => number | null; stop: () => void } {
  let peak = read();
  const look = (): void => {
    const now = read();
    if (now !== null) peak = Math.max(peak ?? 0, now);
  };
  const timer = setInterval(look, 100);
  timer.unref();
  return {
    peak() {
      look();
      return peak;
    },
    stop: () => clearInterval(timer),
  };
}

const difference = (before: number | null, after: number | null): number | null =>
  before === null || after === null ? null : after - before;
const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
