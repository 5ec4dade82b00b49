import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client, type PoolConfig } from "pg";
import { openDb } from "#store/db.ts";
import { migrate } from "#store/migrate.ts";
import type { Role } from "#store/server/credentials.ts";
import { engineSessionOptions } from "#store/server.ts";
import { openEmbedded, type EmbeddedServer } from "#store/server/embedded.ts";

/** A PostgreSQL of the simulation's own: thrown away at its end, never synced to disk, and with nothing in it that happens by itself. */
export interface SimCluster {
  /** A database with the newest schema, and a way to it. */
  makeDatabase(): Promise<SimDatabase>;
  /** For `openCluster` in another process. */
  readonly dataDir: string;
  /** SIGQUIT, as `pg_ctl -m immediate stop`, and up again. Every connection is lost. */
  crash(): Promise<void>;
  close(): Promise<void>;
}
export interface SimDatabase {
  readonly name: string;
  config(role: Role | "postgres"): PoolConfig;
  /** Takes the place and the name of another one, which is dropped, and every connection to it cut. Nobody may be connected to this one. */
  takePlaceOf(other: SimDatabase): Promise<void>;
  drop(): Promise<void>;
}

const settings = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "on", // off, a crash would take back what was committed in the last 200 ms of real time: another end each time, and commits lost
  autovacuum: "off",
  max_parallel_workers_per_gather: "0",
  jit: "off",
  synchronize_seqscans: "off",
  deadlock_timeout: "1h", // the scheduler finds the circle itself, always at the same step
  shared_buffers: "128MB",
  max_wal_size: "2GB",
  max_connections: "100",
  unix_socket_directories: ".", // in its own folder
  scram_iterations: "1", // workers die and log in again all the time
};

const planning = `${engineSessionOptions()} -c idle_in_transaction_session_timeout=0`;

const template = "sim_template";

/** A new one, or the one of another process that lends it (by its folder): that one is not crashed, and not taken down. */
export async function openCluster(lentDir?: string): Promise<SimCluster> {
  const dataDir = lentDir ?? (await mkdtemp(join(tmpdir(), "switchyard-sim-")));
  const server = await openEmbedded({ dataDir, settings });
  if (lentDir === undefined) await makeTemplate(server);

  const socketDir = join(dataDir, "postgres");
  let count = 0;
  return {
    dataDir,
    async makeDatabase() {
      const name = `sim_${process.pid}_${(count += 1)}`;
      await asAdministrator(server, async (client) => {
        await client.query(`create database ${name} template ${template} owner switchyard_owner`);
      });
      return {
        name,
        // Production's planner settings, but none that ends a session by the real clock. Past the network's stack: half the way to the server and back.
        config: (role) => ({
          ...server.config(role, name),
          host: socketDir,
          ...(role === "switchyard_engine" ? { options: planning } : {}),
        }),
        takePlaceOf: (other) =>
          asAdministrator(server, async (client) => {
            await client.query(`drop database ${other.name} with (force)`);
            await client.query(`alter database ${name} rename to ${other.name}`);
          }),
        drop: () =>
          asAdministrator(server, async (client) => void (await client.query(`drop database ${name} with (force)`))),
      };
    },
    async crash() {
      if (lentDir !== undefined) throw new Error("A cluster that others use too is not crashed.");
      const [pid] = (await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n");
      process.kill(Number(pid), "SIGQUIT");
      while (isRunning(Number(pid))) await pause(5);
      await server.ensureRunning();
    },
    async close() {
      await server.close();
      if (lentDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(server: EmbeddedServer): Promise<void> {
  await asAdministrator(server, async (client) => {
    await client.query(`create database ${template} owner switchyard_owner`);
  });
  const owner = openDb(server.config("switchyard_owner", template), { max: 1 });
  await migrate(owner, { now: new Date("2026-01-01T00:00:00Z") });
  await owner.end();
  await asAdministrator(
    server,
    async (client) => void (await client.query(`alter database ${template} is_template true`)),
  );
}

async function asAdministrator(server: EmbeddedServer, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client(server.config("postgres", "postgres"));
  client.on("error", () => {});
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The harness's own eye on the server, outside the simulated world. */
export interface Monitor {
  /** Whom this backend waits for: nobody, where it works. */
  blockers(pid: number): Promise<readonly number[]>;
  /** Those of these backends that wait for each other in a circle. */
  circle(pids: readonly number[]): Promise<number[]>;
  cancel(pid: number): Promise<void>;
  /** Stops a backend, or lets it go on. */
  signal(pid: number, signal: "SIGSTOP" | "SIGCONT"): void;
  /** Resolves when none of these backends is there any more. */
  gone(pids: readonly number[]): Promise<void>;
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** After a crash of the server. */
  reconnect(): Promise<void>;
  client(): Client;
  close(): Promise<void>;
}

export async function openMonitor(config: PoolConfig): Promise<Monitor> {
  let client = await connect(config);
  const query = async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await client.query<Row>(text, [...values])).rows;
  const blockers = async (pids: readonly number[]): Promise<Map<number, number[]>> => {
    const rows = await query<{ pid: number; by: number[] }>(
      "select pid, pg_blocking_pids(pid) as by from unnest($1::integer[]) as p(pid)",
      [pids],
    );
    return new Map(rows.map(({ pid, by }) => [pid, by]));
  };
  return {
    blockers: async (pid) => (await blockers([pid])).get(pid) ?? [],
    async circle(pids) {
      const by = await blockers(pids);
      // Whoever waits for nobody in the rest cannot be in a circle; what remains can.
      let rest = new Set(pids);
      for (;;) {
        const next = new Set([...rest].filter((pid) => by.get(pid)?.some((each) => rest.has(each))));
        if (next.size === rest.size)
          return [...rest].filter((pid) => [...rest].some((each) => by.get(each)?.includes(pid)));
        rest = next;
      }
    },
    cancel: async (pid) => void (await query("select pg_cancel_backend($1)", [pid])),
    signal: (pid, signal) => void process.kill(pid, signal),
    async gone(pids) {
      // One that waits for a lock would only find out that its client is gone when it has it.
      await query("select pg_terminate_backend(pid) from unnest($1::integer[]) as p(pid)", [pids]);
      while (
        (await query<{ pid: number }>("select pid from pg_stat_activity where pid = any($1::integer[])", [pids]))
          .length > 0
      )
        await pause(1);
    },
    query,
    async reconnect() {
      client = await connect(config);
    },
    client: () => client,
    close: () => client.end(),
  };
}

async function connect(config: PoolConfig): Promise<Client> {
  const client = new Client(config);
  client.on("error", () => {});
  await client.connect();
  return client;
}
