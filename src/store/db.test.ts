import assert from "node:assert/strict";
import { test } from "node:test";
import { realClock } from "#cli/clock.ts";
import { CommitUnknown, openDb, type OnStatement } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { testDatabase } from "#test/postgres.ts";

const One = row({ value: col.int });
const Count = row({ count: col.int });

test("a value becomes a parameter, also inside a statement that is set into another", () => {
  const isDue = sql`due_at <= ${"noon"}`;

  const statement = sql`select ${1} from t where ${isDue} and name = ${"x'; drop table t"}`;

  assert.equal(statement.text, "select $1 from t where due_at <= $2 and name = $3");
  assert.deepEqual(statement.values, [1, "noon", "x'; drop table t"]);
});

test("every kind of value comes back as it went", async (t) => {
  const { engine } = await testDatabase(t, { kind: "empty" });
  const Everything = row({
    anId: col.id<string>(),
    units: col.int,
    amount: col.bigint,
    rate: col.decimal,
    isPaid: col.bool,
    dueAt: col.instant,
    shipDay: col.day,
    facts: col.json<{ list: string[] }>(),
    bytes: col.bytes,
    nothing: col.textOrNull,
    names: col.list(col.textOrNull),
    instants: col.list(col.instant),
    amounts: col.ids<string>(),
  });
  const instant = new Date("2026-03-29T01:30:00.123Z");

  const read = await engine.one(
    Everything,
    sql`
    select ${"9007199254740993"}::bigint as an_id, ${7}::integer as units, ${-9007199254740993n}::bigint as amount, ${"0.10"}::numeric as rate,
           ${true}::boolean as is_paid, ${instant}::timestamptz as due_at, ${"2026-03-29"}::date as ship_day, ${{ list: ['a"b'] }}::jsonb as facts,
           ${Buffer.from([0, 255])}::bytea as bytes, ${null}::text as nothing, ${["a,b", 'c"\\d', "", null, "NULL"]}::text[] as names,
           ${[instant]}::timestamptz[] as instants, ${[1n, 2n]}::bigint[] as amounts`,
  );

  assert.deepEqual(read, {
    anId: "9007199254740993",
    units: 7,
    amount: -9007199254740993n,
    rate: "0.10",
    isPaid: true,
    dueAt: instant,
    shipDay: "2026-03-29",
    facts: { list: ['a"b'] },
    bytes: Buffer.from([0, 255]),
    nothing: null,
    names: ["a,b", 'c"\\d', "", null, "NULL"],
    instants: [instant],
    amounts: ["1", "2"],
  });
});

test("bytes and JSON travel in arrays", async (t) => {
  const { engine } = await testDatabase(t, { kind: "empty" });
  const Pair = row({ bytes: col.bytes, facts: col.json<unknown>() });

  const pairs = await engine.rows(
    Pair,
    sql`
    select bytes, facts
      from unnest(${[Buffer.from([1]), Buffer.from([92, 34])]}::bytea[], ${[{ a: 'x"\\' }, "[1]"]}::jsonb[]) as t(bytes, facts)`,
  );

  assert.deepEqual(pairs, [
    { bytes: Buffer.from([1]), facts: { a: 'x"\\' } },
    { bytes: Buffer.from([92, 34]), facts: [1] }, // a list inside the list would be a second dimension: it goes as text
  ]);
});

test("undefined is refused before anything is sent", async (t) => {
  const { engine } = await testDatabase(t, { kind: "empty" });

  await assert.rejects(engine.run(sql`select ${undefined}::text`), /type undefined/);
});

test("a column of another shape is named with its value", async (t) => {
  const { engine } = await testDatabase(t, { kind: "empty" });

  await assert.rejects(engine.one(One, sql`select 'seven' as value`), {
    message: "The column value should be an integer, found 'seven'.",
  });
  await assert.rejects(engine.one(One, sql`select null::int as value`), {
    message: "The column value should be an integer, found null.",
  });
  await assert.rejects(engine.one(One, sql`select 1 as other`), {
    message: "The result has no column value; it has other.",
  });
});

test("one and maybe count their rows", async (t) => {
  const { engine } = await testDatabase(t, { kind: "empty" });
  const some = (n: number) => sql`select value from generate_series(1, ${n}::integer) value`;

  await assert.rejects(engine.one(One, some(0)), /Expected one row, found 0/);
  await assert.rejects(engine.one(One, some(2)), /Expected one row, found 2/);
  await assert.rejects(engine.maybe(One, some(2)), /at most one row, found 2/);
  assert.deepEqual(await engine.one(One, some(1)), { value: 1 });
  assert.equal(await engine.maybe(One, some(0)), undefined);
});

test("what fails in a transaction takes all of it back, and the connection is used again", async (t) => {
  const { owner } = await testDatabase(t, { kind: "empty", max: 1 });
  await owner.script("create table t (value integer primary key)");

  await assert.rejects(
    owner.tx(async (tx) => {
      await tx.run(sql`insert into t values (1)`);
      throw new Error("changed my mind");
    }),
    /changed my mind/,
  );

  assert.deepEqual(await owner.rows(One, sql`select value from t order by value`), []);
});

test("a failure that was swallowed is not taken for a commit", async (t) => {
  const { owner } = await testDatabase(t, { kind: "empty" });
  await owner.script("create table t (value integer primary key)");

  const swallowing = owner.tx(async (tx) => {
    await tx.run(sql`insert into t values (1)`);
    await tx.run(sql`insert into t values (1)`).catch(() => {});
  });

  await assert.rejects(swallowing, /was rolled back/);
  assert.deepEqual(await owner.rows(One, sql`select value from t order by value`), []);
});

test("a constraint that speaks only at the commit is a plain failure", async (t) => {
  const { owner } = await testDatabase(t, { kind: "empty" });
  await owner.script("create table t (value integer unique deferrable initially deferred)");

  const twice = owner.tx((tx) => tx.run(sql`insert into t values (1), (1)`));

  await assert.rejects(twice, { code: "23505" });
});

test("a transaction cannot be used after its end", async (t) => {
  const { owner } = await testDatabase(t, { kind: "empty" });
  const leaked = await owner.tx(async (tx) => tx);

  await assert.rejects(async () => leaked.run(sql`select 1`), /transaction is over/);
});

test("a connection lost during the commit is CommitUnknown, whether it happened or not", async (t) => {
  let cut: "before" | "after" | undefined;
  const cutting: OnStatement = async (statement, send) => {
    if (statement.text !== "commit" || cut === undefined) return send();
    if (cut === "after") await send();
    statement.connection.destroy();
    if (cut === "after") throw new Error("Connection terminated unexpectedly");
    return send();
  };
  const { owner } = await testDatabase(t, { kind: "empty", onStatement: cutting });
  await owner.script("create table t (value integer)");
  const insert = (value: number) => owner.tx((tx) => tx.run(sql`insert into t values (${value})`));

  cut = "before";
  await assert.rejects(insert(1), CommitUnknown);
  cut = "after";
  await assert.rejects(insert(2), CommitUnknown);

  cut = undefined;
  assert.deepEqual(await owner.rows(One, sql`select value from t order by value`), [{ value: 2 }]);
});

test("a backend that is killed breaks its transaction, not the pool", async (t) => {
  const { owner } = await testDatabase(t, { kind: "empty", max: 1 });
  const Pid = row({ pid: col.int });
  const me = sql`select pg_backend_pid() as pid`;

  const suicide = owner.tx(async (tx) => {
    await tx.run(sql`select pg_terminate_backend(pg_backend_pid())`);
  });

  await assert.rejects(suicide);
  assert.ok((await owner.one(Pid, me)).pid > 0);
});

test("a connection that dies idle in the pool is replaced", async (t) => {
  const { owner, config } = await testDatabase(t, { kind: "empty", max: 1 });
  const Pid = row({ pid: col.int });
  const { pid } = await owner.one(Pid, sql`select pg_backend_pid() as pid`);
  const other = openDb(config("postgres"), { max: 1 });
  t.after(() => other.end());

  await other.run(sql`select pg_terminate_backend(${pid}::integer, 5000)`);
  await realClock.sleep(50);

  assert.notEqual((await owner.one(Pid, sql`select pg_backend_pid() as pid`)).pid, pid);
});

test("with a hook the statements of one connection go one at a time and in order, begin and commit included", async (t) => {
  const seen: string[] = [];
  let underWay = 0;
  const watch: OnStatement = async (statement, send) => {
    underWay += 1;
    assert.equal(underWay, 1);
    assert.ok(statement.connection.backendPid > 0);
    await realClock.sleep(1);
    const answer = await send();
    underWay -= 1;
    seen.push(statement.text);
    return answer;
  };
  const { engine } = await testDatabase(t, { kind: "empty", onStatement: watch });

  await engine.tx((tx) => Promise.all([tx.run(sql`select 1`), tx.run(sql`select 2`), tx.run(sql`select 3`)]));

  assert.deepEqual(seen, ["begin", "select 1", "select 2", "select 3", "commit"]);
});

test("a statement is prepared once per connection, under a name that follows from its text", async (t) => {
  const { engine } = await testDatabase(t, { kind: "empty", max: 1 });

  for (let n = 0; n < 3; n += 1) await engine.one(One, sql`select ${n}::integer as value`);

  const prepared = sql`select count(*)::int from pg_prepared_statements where statement = 'select $1::integer as value'`;
  assert.deepEqual(await engine.one(Count, prepared), { count: 1 });
});

test("a notification rings, and a lost connection is made again and rings once for what was missed", async (t) => {
  const { config } = await testDatabase(t, { kind: "empty" });
  const db = openDb(config("switchyard_engine"), { max: 1, clock: realClock });
  t.after(() => db.end());
  const admin = openDb(config("postgres"), { max: 1 });
  t.after(() => admin.end());
  const heard: string[] = [];
  let ring = Promise.withResolvers<void>();
  const stop = await db.listen("doorbell", (payload) => {
    heard.push(payload);
    ring.resolve();
  });

  await db.run(sql`select pg_notify('doorbell', 'one')`);
  await ring.promise;
  ring = Promise.withResolvers();
  await admin.run(
    sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' and datname = current_database()`,
  );
  await ring.promise;
  ring = Promise.withResolvers();
  await db.run(sql`select pg_notify('doorbell', 'two')`);
  await ring.promise;

  assert.deepEqual(heard, ["one", "", "two"]);
  await stop();
});

test("the API sees the workspace of its transaction, and nothing before, after or beside it", async (t) => {
  const { owner, engine, api } = await testDatabase(t, { kind: "migrated", max: 1 });
  await owner.script(`
    create table note (workspace_id bigint not null, id bigint not null, primary key (workspace_id, id));
    alter table note enable row level security;
    alter table note force row level security;
    create policy workspace on note using (workspace_id = nullif(current_setting('app.workspace', true), '')::bigint)
      with check (workspace_id = nullif(current_setting('app.workspace', true), '')::bigint);
    grant select, insert on note to switchyard_api, switchyard_engine`);
  await engine.run(sql`insert into note values (1, 1), (2, 1), (2, 2)`);
  const count = sql`select count(*)::int from note`;

  assert.deepEqual(await api.one(Count, count), { count: 0 });
  assert.deepEqual(await inWorkspace(api, "2", (tx) => tx.one(Count, count)), { count: 2 });
  assert.deepEqual(await api.one(Count, count), { count: 0 }, "the same connection, after the transaction");
  await assert.rejects(
    inWorkspace(api, "1", (tx) => tx.run(sql`insert into note values (2, 3)`)),
    { code: "42501" },
  );
  await assert.rejects(
    inWorkspace(api, "2; reset role", (tx) => tx.one(Count, count)),
    { code: "22P02" },
  );
  assert.deepEqual(await owner.one(Count, count), { count: 0 }, "the owner is under the policy too");
  assert.deepEqual(await engine.one(Count, count), { count: 3 });
});
