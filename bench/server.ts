import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client, type PoolConfig } from "pg";
import { openDb } from "#store/db.ts";
import { migrate } from "#store/migrate.ts";
import { engineSessionOptions } from "#store/server.ts";
import type { Role } from "#store/server/credentials.ts";
import { type EmbeddedServer, openEmbedded } from "#store/server/embedded.ts";
import { findPostmaster } from "#store/server/postmaster.ts";
import type { ServerSettings } from "#store/server/settings.ts";

type Login = Role | "postgres";

/** A PostgreSQL of its own for one run of the benchmark, with the product's own settings: fsync on, thrown away at the end. */
export interface BenchServer {
  config(login: Login, database: string): PoolConfig;
  /** The process that all its processes are children of. */
  postmasterPid: number;
  /** A database with the newest schema and nothing in it, or a copy of another one that nobody is connected to. Answers its name. */
  makeDatabase(copyOf?: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /** As superuser, on a connection of its own. */
  asAdministrator<T>(work: (client: Client) => Promise<T>, database?: string): Promise<T>;
  /** Resolves when no client but this call's is connected any more: then what they did has reached the statistics. */
  quiet(): Promise<void>;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

/** `settings` differ from the product's only where a case says so aloud. */
export async function openBenchServer(settings: ServerSettings = {}): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-bench-"));
  let server: EmbeddedServer | undefined;
  const remove = async (): Promise<void> => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    server = await openEmbedded({ dataDir: folder, settings });
    const postmaster = await findPostmaster(join(folder, "postgres"));
    if (postmaster === undefined) throw new Error("The benchmark's PostgreSQL was started and is not there.");
    return { ...databasesOf(server), postmasterPid: postmaster.pid, close: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function databasesOf(server: EmbeddedServer): Omit<BenchServer, "close" | "postmasterPid"> {
  let count = 0;
  let template: Promise<string> | undefined;

  async function asAdministrator<T>(work: (client: Client) => Promise<T>, database = "postgres"): Promise<T> {
    const client = new Client({ ...server.config("postgres", database), application_name: administrator });
    client.on("error", () => {}); // the statement that is under way reports it
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  async function makeTemplate(): Promise<string> {
    const name = "bench_template";
    await asAdministrator((client) => client.query(`create database ${name} owner switchyard_owner`));
    const owner = openDb(server.config("switchyard_owner", name), { max: 1 });
    try {
      await migrate(owner, { now: new Date() });
    } finally {
      await owner.end();
    }
    await asAdministrator(quiet);
    return name;
  }

  return {
    config: (login, database) => ({
      ...server.config(login, database),
      // As the product opens the engine's sessions.
      ...(login === "switchyard_engine" ? { options: engineSessionOptions() } : {}),
    }),
    asAdministrator,
    quiet: () => asAdministrator(quiet),
    async makeDatabase(copyOf) {
      const from = copyOf ?? (await (template ??= makeTemplate()));
      const name = `bench_${(count += 1)}`;
      await asAdministrator(async (client) => {
        await quiet(client);
        // File by file: a large copy would otherwise pass through the log and be measured there.
        await client.query(`create database ${name} template ${from} strategy file_copy owner switchyard_owner`);
      });
      return name;
    },
    dropDatabase: (name) =>
      asAdministrator(async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  };
}

const administrator = "switchyard bench administrator";

async function quiet(client: Client): Promise<void> {
  for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 20) {
    const { rowCount } = await client.query(
      "select from pg_stat_activity where backend_type = 'client backend' and application_name <> $1",
      [administrator],
    );
    if (rowCount === 0) return;
    await pause(20);
  }
  throw new Error(
    "Somebody is still connected to the benchmark's PostgreSQL ten seconds after a run: a pool was not ended.",
  );
}
