import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { openDb } from "#store/db.ts";
import { migrate, migrationsFolder, readMigrations } from "#store/migrate.ts";
import { col, row } from "#store/row.ts";
import { dumpSchema } from "#store/schema-dump.ts";
import { sql } from "#store/sql.ts";
import { testDatabase } from "#test/postgres.ts";

const now = new Date("2026-05-01T12:00:00Z");
const Name = row({ name: col.text });
const applied = sql`select name from schema_migration order by number`;

/** A folder with migrations of its own: `0001` makes a table, each further one adds a row. */
async function folderWith(t: TestContext, texts: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-migrations-"));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
  return folder;
}

const small = {
  "0001_make.sql": "create table t (n integer primary key);",
  "0002_fill.sql": "insert into t values (1);",
};

test("processes that migrate at the same moment take turns, and each migration happens once", async (t) => {
  const { config } = await testDatabase(t, { kind: "empty" });
  const processes = [1, 2, 3].map(() => openDb(config("switchyard_owner"), { max: 1 }));
  t.after(() => Promise.all(processes.map((db) => db.end())));

  const done = await Promise.all(processes.map((db) => migrate(db, { now })));

  const names = (await readMigrations()).map(({ name }) => name);
  assert.deepEqual(done.flat().sort(), names);
  assert.deepEqual(
    await processes[0]!.rows(Name, applied),
    names.map((name) => ({ name })),
  );
});

test("a second run changes nothing", async (t) => {
  const { owner } = await testDatabase(t);

  assert.deepEqual(await migrate(owner, { now }), []);
});

test("a migration that fails changes nothing, and those before it stay", async (t) => {
  const { owner } = await testDatabase(t, { kind: "empty" });
  const folder = await folderWith(t, {
    ...small,
    "0003_fail.sql": "insert into t values (2); insert into t values (1); create table never (n integer);",
  });

  await assert.rejects(migrate(owner, { now, folder }), { name: "StoreError", code: "migration_failed" });

  assert.deepEqual(await owner.rows(Name, applied), [{ name: "0001_make.sql" }, { name: "0002_fill.sql" }]);
  assert.deepEqual(await owner.rows(row({ n: col.int }), sql`select n from t order by n`), [{ n: 1 }]);
});

test("a migration that was changed after it ran is refused by name", async (t) => {
  const { owner } = await testDatabase(t, { kind: "empty" });
  const folder = await folderWith(t, small);
  await migrate(owner, { now, folder });
  await writeFile(join(folder, "0002_fill.sql"), "insert into t values (2);");

  await assert.rejects(migrate(owner, { now, folder }), { code: "migration_changed", message: /0002_fill\.sql/ });
});

test("a database of a newer version is refused", async (t) => {
  const { owner } = await testDatabase(t, { kind: "empty" });
  const folder = await folderWith(t, small);
  await migrate(owner, { now, folder });
  await rm(join(folder, "0002_fill.sql"));

  await assert.rejects(migrate(owner, { now, folder }), {
    code: "database_newer_than_code",
    message: /0002_fill\.sql/,
  });
});

test("a database of another line of history is refused", async (t) => {
  const { owner } = await testDatabase(t, { kind: "empty" });
  await migrate(owner, { now, folder: await folderWith(t, small) });
  const other = await folderWith(t, { "0001_make.sql": small["0001_make.sql"], "0002_other.sql": "select 1;" });

  await assert.rejects(migrate(owner, { now, folder: other }), { code: "migration_out_of_order" });
});

test("a gap or a name of another kind is refused before anything runs", async (t) => {
  const { owner } = await testDatabase(t, { kind: "empty" });
  const folder = await folderWith(t, { "0001_make.sql": small["0001_make.sql"], "0003_skips.sql": "select 1;" });

  await assert.rejects(migrate(owner, { now, folder }), /0003_skips\.sql: .* this is number 2/);
});

test("schema.sql is what the migrations make: run `npm run schema` after a change", async (t) => {
  const { owner } = await testDatabase(t);

  assert.equal(await dumpSchema(owner), await readFile(join(migrationsFolder, "..", "schema.sql"), "utf8"));
});

test("the dump shows whatever could change what the schema does", async (t) => {
  const { owner } = await testDatabase(t);
  const before = await dumpSchema(owner);
  const changes = [
    "create table x (a bigint not null, b text default 'b', c bigint generated always as (a + 1) stored, primary key (a))",
    "alter table x add constraint positive check (a > 0)",
    "alter table x alter column b set not null",
    "create index x_b on x (b) where a > 1",
    "alter table x enable row level security",
    "alter table x force row level security",
    "create policy p on x using (a = 1) with check (a = 2)",
    "grant select (a) on x to switchyard_api",
    "grant insert on x to switchyard_engine",
    "alter table x set (fillfactor = 70)",
    "create view v with (security_invoker = true) as select a from x",
    "create sequence s increment by 3",
    "create type mood as enum ('glad', 'sad')",
    "create function f() returns integer language sql as 'select 1'",
    "create schema cellar",
    "grant usage on schema cellar to switchyard_api",
    "drop view v",
    "drop table x",
  ];
  const dumps = [before];

  for (const change of changes) {
    await owner.script(change);
    dumps.push(await dumpSchema(owner));
  }

  for (const [index, change] of changes.entries()) {
    if (change === "create schema cellar") continue; // an empty schema does nothing yet
    assert.notEqual(dumps[index + 1], dumps[index], change);
  }
});
