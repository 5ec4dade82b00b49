import assert from "node:assert/strict";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { test, type TestContext } from "node:test";
import { Client } from "pg";
import { openDb, type Db } from "#store/db.ts";
import { findInstallation } from "#store/installation.ts";
import { verifyInvariants } from "#store/invariants/verify.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { putSecrets } from "#store/vault/secrets.ts";
import { Secret } from "#domain/secret.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { aShopFloor, contracts, type ShopFloor } from "#test/shop.ts";
import { testKeyring } from "#test/vault.ts";
import { copyIn, copyOut } from "./copy.ts";
import { loadBackup } from "./load.ts";
import { readManifest } from "./manifest.ts";
import { takeBackup } from "./take.ts";

const now = new Date("2026-11-22T12:00:00Z");

async function aFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-backup-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
async function aBackup(t: TestContext, floor: ShopFloor): Promise<string> {
  const folder = join(await aFolder(t), "one");
  await takeBackup({ database: floor.database.config("postgres"), folder, sandbox: null });
  return folder;
}
async function restored(t: TestContext, folder: string): Promise<TestDatabase> {
  const database = await testDatabase(t, { kind: "empty" });
  await loadBackup({
    owner: database.config("switchyard_owner"),
    folder,
    manifest: await readManifest(folder),
    now,
  });
  return database;
}

const Name = row({ name: col.text });
const Digest = row({ digest: col.text });
/** Every table of the database with a digest of its rows, as an administrator sees them. */
async function contents(database: TestDatabase): Promise<Record<string, string>> {
  const db = openDb(database.config("postgres"), { max: 1 });
  try {
    const names = await db.rows(
      Name,
      sql`select schemaname || '.' || tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
    );
    const found: Record<string, string> = {};
    for (const { name } of names) found[name] = await digestOf(db, name);
    return found;
  } finally {
    await db.end();
  }
}
const digestOf = async (db: Db, name: string): Promise<string> =>
  (
    await db.one(Digest, {
      text: `select count(*) || ':' || coalesce(md5(string_agg(t::text, ';' order by t::text)), '') as digest from ${name} t`,
      values: [],
    })
  ).digest;

/** What only a role of its own may read. */
async function addSecrets({ database, workspaceId }: ShopFloor): Promise<void> {
  const keyring = testKeyring();
  await database.engine.tx((tx) =>
    putSecrets(
      tx,
      keyring,
      { workspaceId, subject: "account", id: "1" },
      { password: new Secret("pssst") },
      { actor: "ada", at: now },
    ),
  );
}

test("BK-1 BK-4 every row of every table comes back, those of the vault too, and the schema is the newest", async (t) => {
  const floor = await aShopFloor(t, contracts.key);
  await floor.orders(3);
  await addSecrets(floor);
  const before = await contents(floor.database);

  const folder = await aBackup(t, floor);
  const after = await contents(await restored(t, folder));

  const rest = { ...before };
  for (const name of ["public.installation", "public.schema_migration"]) delete rest[name];
  assert.match(before["vault.secret"]!, /^1:/);
  assert.match(before["public.sales_order"]!, /^3:/);
  assert.deepEqual(Object.keys(after), Object.keys(before));
  assert.deepEqual({ ...after, ...rest }, after);
});

test("BK-1 a backup that is taken while orders come in is of one moment: everything that must be true is true of it", async (t) => {
  const floor = await aShopFloor(t, contracts.key);
  await floor.orders(1);
  let isOver = false;
  const coming = (async () => {
    while (!isOver) await floor.orders(2);
  })();

  const folder = await aBackup(t, floor);
  isOver = true;
  await coming;

  const database = await restored(t, folder);
  const violated = (await verifyInvariants(database.engine)).filter((each) => each.count > 0);
  assert.deepEqual(violated, []);
});

test("BK-1 BK-4 a table far larger than any buffer goes out into a slow sink and comes back the same", async (t) => {
  const database = await testDatabase(t, { kind: "empty" });
  const client = new Client(database.config("postgres"));
  await client.connect();
  await client.query("create table a as select i, repeat(md5(i::text), 20) as text from generate_series(1, 60000) i");
  await client.query("create table b (like a)");
  const chunks: Uint8Array[] = [];
  const slow = new Writable({
    highWaterMark: 100_000,
    write: (chunk: Uint8Array, _, done) => void setImmediate(() => (chunks.push(chunk), done())),
  });

  const out = await copyOut(client, "copy a to stdout", slow);
  await new Promise<void>((resolve) => slow.end(resolve));
  const back = await copyIn(client, "copy b from stdin", Readable.from(chunks) as AsyncIterable<Uint8Array>);

  assert.deepEqual([out, back], [60_000, 60_000]);
  const { rowCount } = await client.query("(table a except table b) union all (table b except table a)");
  await client.end();
  assert.equal(rowCount, 0);
});

test("BK-1 what is not complete has no name", async (t) => {
  const floor = await aShopFloor(t, contracts.key);
  const parent = await aFolder(t);
  const owner = openDb(floor.database.config("postgres"), { max: 1 });
  await owner.run(sql`revoke select on write_back from switchyard_engine`);
  await owner.end();

  await assert.rejects(
    takeBackup({ database: floor.database.config("postgres"), folder: join(parent, "one"), sandbox: null }),
    /write_back/,
  );

  assert.deepEqual(await readdir(parent), []);
});

test("BK-4 what is restored is in safe mode, says of when it is, knows no session, and counts on far above what was drawn", async (t) => {
  const floor = await aShopFloor(t, contracts.key);
  const Next = row({ next: col.bigint });
  const { next: before } = await floor.database.engine.one(Next, sql`select nextval('id_block') as next`);
  const superuser = openDb(floor.database.config("postgres"), { max: 1 });
  await superuser.run(
    sql`insert into worker (id, kind, pid, slot, started_at, heartbeat_at) values ('w', 'worker', 1, 1, ${now}, ${now})`,
  );
  await superuser.end();

  const folder = await aBackup(t, floor);
  const { takenAt } = await readManifest(folder);
  const database = await restored(t, folder);

  const found = await findInstallation(database.engine);
  assert.equal(found?.safeModeReason, `restored from the backup of ${takenAt}`);
  assert.equal(found.heartbeatAt.toISOString(), takenAt);
  assert.deepEqual(await database.engine.rows(Name, sql`select id as name from worker`), []);
  const { next: after } = await database.engine.one(Next, sql`select nextval('id_block') as next`);
  assert.ok(after > before + 999_000_000n, String(after));
});

test("BK-3 a file that is missing, shortened or changed is named, and a newer version's backup is refused", async (t) => {
  const floor = await aShopFloor(t, contracts.key);
  const spoil: Record<string, (folder: string) => Promise<unknown>> = {
    "public.hold.copy.gz is not what was written": (folder) =>
      appendFile(join(folder, "tables/public.hold.copy.gz"), "x"),
    "public.hold.copy.gz cannot be read": (folder) => rm(join(folder, "tables/public.hold.copy.gz")),
    "There is no backup": (folder) => rm(join(folder, "manifest.json")),
    "manifest.json cannot be read": (folder) => writeFile(join(folder, "manifest.json"), "{"),
    "written by a newer switchyard": async (folder) =>
      writeFile(
        join(folder, "manifest.json"),
        (await readFile(join(folder, "manifest.json"), "utf8")).replace('"format": 1', '"format": 2'),
      ),
  };
  for (const [message, change] of Object.entries(spoil)) {
    const folder = await aBackup(t, floor);
    await change(folder);
    await assert.rejects(readManifest(folder), (error: Error) => error.message.includes(message), message);
  }

  const folder = await aBackup(t, floor);
  const manifest = await readManifest(folder);
  const empty = await testDatabase(t, { kind: "empty" });
  const later = { ...manifest, migrations: [...manifest.migrations, { name: "9999_later.sql", sha256: "" }] };
  await assert.rejects(
    loadBackup({ owner: empty.config("switchyard_owner"), folder, manifest: later, now }),
    /migrated by a newer switchyard \(9999_later\.sql\)/,
  );
});

test("BK-6 a database that has an installation in it is refused and stays as it is", async (t) => {
  const floor = await aShopFloor(t, contracts.key);
  const folder = await aBackup(t, floor);
  await floor.orders(1);
  const before = await contents(floor.database);

  await assert.rejects(
    loadBackup({
      owner: floor.database.config("switchyard_owner"),
      folder,
      manifest: await readManifest(folder),
      now,
    }),
    /has an installation in it already/,
  );

  assert.deepEqual(await contents(floor.database), before);
});
