import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { PoolConfig } from "pg";
import { openDb } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { whyNot } from "#store/server/cluster.ts";
import { commandLine } from "#store/server/postmaster.ts";
import { openStore } from "#store/server.ts";
import { sql } from "#store/sql.ts";
import type { StoreError } from "#store/store-error.ts";
import { testDatabase } from "#test/postgres.ts";

/** Private to its maker, as a checkout in a home folder is: the server's own user may not enter it by name. */
const folder = await mkdtemp(join(tmpdir(), "switchyard-server-"));
after(() => rm(folder, { recursive: true, force: true }));

/** One cluster for all tests of starting and stopping; each test leaves its server stopped. */
const dataDir = join(folder, "data");
const env = {};

const serverPid = async (): Promise<number | undefined> => {
  const text = await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number(text.split("\n")[0]);
};
const isServing = async (): Promise<boolean> => (await serverPid()) !== undefined;

async function ask<T extends object>(
  config: PoolConfig,
  shape: Parameters<typeof row>[0],
  statement: ReturnType<typeof sql>,
): Promise<T> {
  const db = openDb(config, { max: 1 });
  try {
    return (await db.one(row(shape), statement)) as T;
  } finally {
    await db.end();
  }
}

async function run(config: PoolConfig, script: string): Promise<void> {
  const db = openDb(config, { max: 1 });
  try {
    await db.script(script);
  } finally {
    await db.end();
  }
}

/** Another process that has the store open. */
async function startUser(t: TestContext, path = dataDir) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../test/store-user.ts"), path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const said = async (word: string): Promise<void> => {
    const [chunk] = (await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(() => ["nothing, it ended"]),
    ])) as [unknown];
    assert.equal(String(chunk).trim(), word);
  };
  return {
    opened: () => said("open"),
    async close() {
      child.stdin.write("leave\n");
      await said("closed");
      if (child.exitCode === null) await once(child, "exit");
    },
    async kill() {
      if (child.exitCode !== null) assert.fail("it ended by itself");
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

test("the first start makes a server on loopback, with a role for each purpose and secrets that only their owner may read", async () => {
  const store = await openStore({ dataDir, env });
  try {
    const shape = { login: col.text, isSuper: col.bool, bypasses: col.bool, locale: col.text, encoding: col.text };
    const whoAmI = sql`
      select rolname as login, rolsuper as is_super, rolbypassrls as bypasses, datlocale as locale, pg_encoding_to_char(encoding) as encoding
        from pg_roles, pg_database where rolname = current_user and datname = current_database()`;
    const common = { isSuper: false, locale: "C.UTF-8", encoding: "UTF8" };
    assert.deepEqual(await ask(store.owner(), shape, whoAmI), {
      login: "switchyard_owner",
      bypasses: false,
      ...common,
    });
    assert.deepEqual(await ask(store.engine(), shape, whoAmI), {
      login: "switchyard_engine",
      bypasses: true,
      ...common,
    });
    assert.deepEqual(await ask(store.api(), shape, whoAmI), { login: "switchyard_api", bypasses: false, ...common });
    assert.deepEqual(await ask(store.auth(), shape, whoAmI), { login: "switchyard_auth", bypasses: false, ...common });

    const settings = sql`
      select current_setting('listen_addresses') as addresses,
             current_setting('fsync') || current_setting('full_page_writes') || current_setting('synchronous_commit') as durable,
             current_setting('password_encryption') as passwords`;
    const textual = { addresses: col.text, durable: col.text, passwords: col.text };
    assert.deepEqual(await ask(store.api(), textual, settings), {
      addresses: "127.0.0.1",
      durable: "ononon",
      passwords: "scram-sha-256",
    });
    for (const name of ["postgres.json", "postgres.lock", "postgres.users", "postgres.log"]) {
      assert.equal((await stat(join(dataDir, name))).mode & 0o777, 0o600, name);
    }
    assert.equal((await stat(dataDir)).mode & 0o777, 0o700);
    assert.equal((await stat(join(dataDir, "postgres"))).mode & 0o777, 0o700);
    await assert.rejects(ask({ ...store.api(), password: "guessed" }, { one: col.int }, sql`select 1 as one`), {
      code: "28P01",
    });
  } finally {
    await store.close();
  }

  assert.equal(await isServing(), false);
});

test("whoever comes later adopts the running server, and the last one out stops it", async (t) => {
  const first = await startUser(t);
  await first.opened();
  const pid = await serverPid();

  const second = await startUser(t);
  await second.opened();
  assert.equal(await serverPid(), pid);
  await first.close();
  assert.equal(await serverPid(), pid, "the second still uses it");
  await second.close();

  assert.equal(await isServing(), false);
});

test("a server whose last user was killed runs on, and the next start adopts it", async (t) => {
  const user = await startUser(t);
  await user.opened();
  const pid = await serverPid();

  await user.kill();
  await pause(100);
  assert.equal(await serverPid(), pid);
  const store = await openStore({ dataDir, env });
  assert.equal(await serverPid(), pid);
  await store.close();

  assert.equal(await isServing(), false, "the killed one does not count as a user");
});

test("a server that was killed is started again, with everything that was committed", async (t) => {
  const user = await startUser(t);
  await user.opened();
  const store = await openStore({ dataDir, env });
  await run(store.owner(), "create table kept (n integer); insert into kept values (7)");
  const pid = await serverPid();
  assert.ok(pid !== undefined);
  process.kill(pid, "SIGKILL");

  await store.ensureRunning();

  assert.notEqual(await serverPid(), pid);
  assert.deepEqual(await ask(store.owner(), { n: col.int }, sql`select n from kept`), { n: 7 });
  await user.close();
  await store.close();
  assert.equal(await isServing(), false);
});

test("a postmaster.pid that a crash left behind does not stop the start, not even when the process id is a stranger's by now", async () => {
  const leftBehind = `${process.pid}\n/somewhere\n1767225600\n5432\n\n127.0.0.1\n 1 2\nready   \n`;
  await writeFile(join(dataDir, "postgres", "postmaster.pid"), leftBehind);

  const store = await openStore({ dataDir, env });

  const pid = await serverPid();
  assert.match(await commandLine(pid ?? 0), /postgres/);
  await store.close();
});

test("processes that start at the same moment on an empty folder make one server", async (t) => {
  const empty = join(folder, "at-once");
  const users = await Promise.all([1, 2, 3, 4].map(() => startUser(t, empty)));

  await Promise.all(users.map((user) => user.opened()));
  const log = await readFile(join(empty, "postgres.log"), "utf8");
  assert.equal(log.match(/starting PostgreSQL/g)?.length, 1);
  await Promise.all(users.map((user) => user.close()));

  await assert.rejects(stat(join(empty, "postgres", "postmaster.pid")), { code: "ENOENT" });
});

test("a start that was killed anywhere is finished by the next one", async (t) => {
  const fresh = join(folder, "killed");
  for (const afterMs of [200, 700, 1000, 1200]) {
    const user = await startUser(t, fresh);
    await pause(afterMs);
    await user.kill();
  }

  const store = await openStore({ dataDir: fresh, env });

  for (const config of [store.owner(), store.engine(), store.api()]) {
    assert.deepEqual(await ask(config, { one: col.int }, sql`select 1 as one`), { one: 1 });
  }
  await store.close();
});

test("a chosen port that somebody else took meanwhile is given up for another", async (t) => {
  const { port } = JSON.parse(await readFile(join(dataDir, "postgres.json"), "utf8")) as { port: number };
  await occupy(t, port);

  const store = await openStore({ dataDir, env });

  assert.notEqual(store.api().port, port);
  assert.deepEqual(await ask(store.api(), { one: col.int }, sql`select 1 as one`), { one: 1 });
  await store.close();
});

test("SM-86 a server that others use waits for its port when it is started again: they know no other", async () => {
  const store = await openStore({ dataDir, env });
  const { port } = store.api();
  const [pid] = (await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n").map(Number);
  const guest = createServer((socket) => socket.destroy());
  process.kill(pid!, "SIGKILL");
  for (let isMine = false; !isMine; await pause(20)) {
    guest.listen(port as number, "127.0.0.1");
    isMine = await once(guest, "listening").then(
      () => true,
      () => false, // the dying server still has it
    );
  }

  const started = store.ensureRunning();
  await pause(1_500);
  guest.close();
  await started;

  assert.equal(store.api().port, port);
  assert.deepEqual(await ask(store.api(), { one: col.int }, sql`select 1 as one`), { one: 1 });
  await store.close();
});

test("a port that was asked for and is taken is an error that names what to do", async (t) => {
  const port = await occupy(t, 0);

  await assert.rejects(openStore({ dataDir, env: { SWITCHYARD_POSTGRES_PORT: String(port) } }), (error: StoreError) => {
    assert.equal(error.code, "port_in_use");
    assert.match(error.next, /SWITCHYARD_POSTGRES_PORT/);
    return true;
  });
  assert.equal(await isServing(), false);
});

test("a folder of another major version is refused and not touched", async () => {
  const old = join(folder, "old");
  await mkdir(join(old, "postgres"), { recursive: true });
  await writeFile(join(old, "postgres", "PG_VERSION"), "17\n");

  await assert.rejects(openStore({ dataDir: old, env }), { code: "other_major_version", message: /PostgreSQL 17/ });

  assert.equal(await readFile(join(old, "postgres", "PG_VERSION"), "utf8"), "17\n");
});

test("a folder that cannot be written is refused", async () => {
  await writeFile(join(folder, "file"), "");

  await assert.rejects(openStore({ dataDir: join(folder, "file", "data"), env }), { code: "folder_not_writable" });
});

test("a database without its passwords, or with those of another, is refused and not touched", async () => {
  const json = join(dataDir, "postgres.json");
  await copyFile(json, `${json}.kept`);
  await rm(json);

  await assert.rejects(openStore({ dataDir, env }), { code: "credentials_missing" });
  await copyFile(join(folder, "at-once", "postgres.json"), json);
  await assert.rejects(openStore({ dataDir, env }), { code: "credentials_missing" });

  await copyFile(`${json}.kept`, json);
  await (await openStore({ dataDir, env })).close();
  assert.equal(await isServing(), false);
});

test("a folder made before a role existed gets that role, with a password that is kept", async () => {
  const json = join(dataDir, "postgres.json");
  const { port, passwords } = JSON.parse(await readFile(json, "utf8")) as {
    port: number;
    passwords: Record<string, string>;
  };
  const first = await openStore({ dataDir, env });
  await run({ ...first.owner(), user: "postgres", password: passwords["postgres"]! }, "drop role switchyard_auth");
  await first.close();
  const { switchyard_auth: _newer, ...older } = passwords;
  await writeFile(json, JSON.stringify({ port, passwords: older }));

  const store = await openStore({ dataDir, env });

  assert.deepEqual(await ask(store.auth(), { one: col.int }, sql`select 1 as one`), { one: 1 });
  const kept = JSON.parse(await readFile(json, "utf8")) as { passwords: Record<string, string> };
  assert.equal(kept.passwords["switchyard_auth"], store.auth().password);
  assert.equal(kept.passwords["postgres"], passwords["postgres"]);
  await store.close();
});

test("a copy of the folder is a database of its own, also one that was taken while the server ran", async () => {
  const original = await openStore({ dataDir, env });
  const copy = join(folder, "copy");
  await cp(dataDir, copy, { recursive: true });

  const store = await openStore({ dataDir: copy, env });

  assert.notEqual(store.api().port, original.api().port);
  await run(store.owner(), "create table only_in_the_copy (n integer)");
  await assert.rejects(run(original.owner(), "select from only_in_the_copy"), { code: "42P01" });
  await store.close();
  assert.equal(await isServing(), true);
  await original.close();
});

test("a folder that was moved while its server ran keeps that server", async (t) => {
  const [before, moved] = [join(folder, "before"), join(folder, "moved")];
  const user = await startUser(t, before);
  await user.opened();
  const { port } = JSON.parse(await readFile(join(before, "postgres.json"), "utf8")) as { port: number };
  await user.kill();
  await rename(before, moved);

  const store = await openStore({ dataDir: moved, env });

  assert.equal(store.api().port, port);
  await store.close();
  await assert.rejects(stat(join(moved, "postgres", "postmaster.pid")), { code: "ENOENT" });
});

test("a full disk is said in those words", () => {
  const log = 'FATAL:  could not write to file "pg_wal/xlogtemp.29": No space left on device\n';

  assert.equal(whyNot(log, "/data/postgres").code, "disk_full");
});

test("DATABASE_URL leads to that server, in the role for each purpose", async (t) => {
  const { url } = await testDatabase(t, { kind: "empty" });
  const address = `${url("postgres")}?options=${encodeURIComponent("-c statement_timeout=12345")}`;
  const store = await openStore({ env: { DATABASE_URL: address } });
  const shape = { role: col.text, timeout: col.text, plans: col.text };
  const whoAmI = sql`
    select current_user as role, current_setting('statement_timeout') as timeout, current_setting('plan_cache_mode') as plans`;
  const timeout = "12345ms";

  assert.deepEqual(await ask(store.owner(), shape, whoAmI), { role: "switchyard_owner", timeout, plans: "auto" });
  assert.deepEqual(await ask(store.engine(), shape, whoAmI), {
    role: "switchyard_engine",
    timeout,
    plans: "force_generic_plan",
  });
  // API-9: what people wait for has a limit of its own, whatever the address says.
  assert.deepEqual(await ask(store.api(), shape, whoAmI), { role: "switchyard_api", timeout: "30s", plans: "auto" });
  assert.deepEqual(await ask(store.auth(), shape, whoAmI), { role: "switchyard_auth", timeout, plans: "auto" });
  await store.close();
});

test("SM-87 a process that stands still in the middle of a transaction holds its locks no longer than the server lets it", async (t) => {
  const { url } = await testDatabase(t);
  const store = await openStore({ env: { DATABASE_URL: url("postgres") } });
  for (const config of [store.engine(), store.api()]) {
    const shape = { timeout: col.text };
    const setting = sql`select current_setting('idle_in_transaction_session_timeout') as timeout`;
    assert.deepEqual(await ask(config, shape, setting), { timeout: "20s" });
  }
  const standing = openDb(store.engine(), { max: 1 });
  const other = openDb(store.engine(), { max: 1 });
  const lock = sql`lock table worker in share row exclusive mode`;

  const stood = standing.tx(async (tx) => {
    await tx.run(lock);
    await tx.run(sql`set idle_in_transaction_session_timeout = '300ms'`);
    await other.tx((also) => also.run(lock)); // nobody but the server can end this wait
    await tx.run(lock);
  });

  await assert.rejects(stood);
  assert.equal(await standing.tx((tx) => tx.run(sql`select 1`)), 1); // on a connection of its own again
  await Promise.all([standing.end(), other.end(), store.close()]);
});

test("a login that may not take on the roles is refused with what an administrator has to run", async (t) => {
  const { config, name } = await testDatabase(t, { kind: "empty" });
  const { port } = config("postgres");
  const login = `guest_${process.pid}`;
  await run(config("postgres"), `create role ${login} login password 'guest'`);
  t.after(async () => {
    await run({ ...config("postgres"), database: "postgres" }, `drop role ${login}`);
  });

  const opening = openStore({ env: { DATABASE_URL: `postgres://${login}:guest@127.0.0.1:${port}/${name}` } });

  await assert.rejects(opening, (error: StoreError) => {
    assert.equal(error.code, "roles_missing");
    assert.match(error.next, new RegExp(`grant switchyard_owner, switchyard_engine, switchyard_api, .*to ${login};`));
    return true;
  });
});

test("a server that does not answer is named by its setting, never by its password", async (t) => {
  const port = await occupy(t, 0, "closed");

  const opening = openStore({ env: { DATABASE_URL: `postgres://me:secret@127.0.0.1:${port}/x` } });

  await assert.rejects(opening, (error: StoreError) => {
    assert.equal(error.code, "database_unreachable");
    assert.doesNotMatch(`${error.message}${error.next}`, /secret/);
    return true;
  });
});

/** Listens on a port until the test ends; "closed" only finds out a free one. */
async function occupy(t: TestContext, port: number, state: "open" | "closed" = "open"): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address !== "string");
  if (state === "closed") server.close();
  else t.after(() => server.close());
  return address.port;
}
