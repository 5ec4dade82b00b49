import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { openDb } from "#store/db.ts";
import { migrate, migrationsFolder } from "#store/migrate.ts";
import { type EmbeddedServer, openEmbedded } from "#store/server/embedded.ts";

/**
 * The server of all tests on this machine, in the system's folder for temporary files. Whoever comes first starts it; each test file, and
 * the run as a whole (test/setup.ts), leaves it at its end, and the last one out stops it. It does not sync to disk.
 */
export function testServer(): Promise<EmbeddedServer> {
  joined ??= openEmbedded({
    dataDir: join(tmpdir(), `switchyard-test-${process.getuid?.() ?? 0}`),
    settings: {
      fsync: "off",
      full_page_writes: "off",
      synchronous_commit: "off",
      shared_buffers: "128MB",
      max_wal_size: "1GB",
      autovacuum: "off", // so that a plan or a lock never depends on when it ran
      max_parallel_workers_per_gather: "0",
    },
  });
  return joined;
}

let joined: Promise<EmbeddedServer> | undefined;

export async function leaveTestServer(): Promise<void> {
  const server = await joined;
  joined = undefined;
  await server?.close();
}

/** The name of a new database with the newest schema, or with none. */
export async function makeDatabase(kind: "migrated" | "empty"): Promise<string> {
  const server = await testServer();
  const template = kind === "migrated" ? await ensureTemplate(server) : "template1";
  const name = `test_${process.pid}_${++count}`;
  await asAdministrator(server, (client) =>
    client.query(`create database ${name} template ${template} owner switchyard_owner`),
  );
  return name;
}

let count = 0;

export async function dropDatabase(name: string): Promise<void> {
  await asAdministrator(await testServer(), (client) => client.query(`drop database ${name} with (force)`));
}

/** The template's name carries the digest of the migrations, so that a change of them makes a new one and branches do not meet. */
async function ensureTemplate(server: EmbeddedServer): Promise<string> {
  template ??= (async () => {
    const name = `template_${await migrationsDigest()}`;
    await asAdministrator(server, async (client) => {
      await client.query("select pg_advisory_lock(1)"); // other test processes wait here; the session's end frees it
      const { rowCount } = await client.query("select from pg_database where datname = $1 and datistemplate", [name]);
      if (rowCount === 1) return;
      await dropOldTemplates(client);
      await client.query(`drop database if exists ${name} with (force)`); // half made by a process that was killed
      await client.query(`create database ${name} owner switchyard_owner`);
      const owner = openDb(server.config("switchyard_owner", name), { max: 1 });
      try {
        await migrate(owner, { now: new Date("2026-01-01T00:00:00Z") });
      } finally {
        await owner.end();
      }
      await client.query(`alter database ${name} is_template true`);
    });
    return name;
  })();
  return template;
}

let template: Promise<string> | undefined;

async function migrationsDigest(): Promise<string> {
  const digest = createHash("sha256");
  for (const name of (await readdir(migrationsFolder)).sort()) {
    digest.update(name).update(await readFile(join(migrationsFolder, name)));
  }
  return digest.digest("hex").slice(0, 16);
}

/** Keeps the newest few: other checkouts and branches have theirs. */
async function dropOldTemplates(client: Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    "select datname from pg_database where datistemplate and datname like 'template\\_%' order by oid desc offset 8",
  );
  for (const { datname } of rows) {
    await client.query(`alter database ${datname} is_template false`);
    await client.query(`drop database ${datname} with (force)`);
  }
}

/** Databases of test processes that were killed before they could clean up. */
export async function dropLeftovers(): Promise<void> {
  await asAdministrator(await testServer(), async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      "select datname from pg_database where datname like 'test\\_%'",
    );
    for (const { datname } of rows) {
      if (isRunning(Number(datname.split("_")[1]))) continue;
      await client.query(`drop database if exists ${datname} with (force)`);
    }
  });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function asAdministrator<T>(server: EmbeddedServer, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(server.config("postgres", "postgres"));
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
