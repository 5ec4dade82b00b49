import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "#store/sql.ts";
import { violations } from "#store/catalogue.ts";
import { testDatabase } from "./postgres.ts";

test("every table, function, view and role of the schema keeps the rules of isolation and of scaling out", async (t) => {
  const { owner } = await testDatabase(t);

  assert.deepEqual(await violations(owner), []);
});

const scoped = "workspace_id = nullif(current_setting('app.workspace', true), '')::bigint";
const secure = `
  alter table bad enable row level security;
  alter table bad force row level security;
  create policy workspace on bad using (${scoped}) with check (${scoped});`;
const table = `create table bad (workspace_id bigint not null, id bigint not null, primary key (workspace_id, id));`;
const good = `${table} ${secure}`;

test("a table that keeps the rules is not reported", async (t) => {
  const { owner } = await testDatabase(t);

  await owner.script(good);

  assert.deepEqual(await violations(owner), []);
});

/** What somebody could write one day, and what must be said then. */
const mistakes: Record<string, readonly [script: string, complaint: RegExp]> = {
  "a table without a workspace": ["create table bad (id bigint primary key)", /^bad has no workspace_id/],
  "a workspace that may be null": [
    `create table bad (workspace_id bigint, id bigint, unique (workspace_id, id)); ${secure}`,
    /^bad has no workspace_id/,
  ],
  "row-level security forgotten": [table, /^bad: row-level security is not enabled/],
  "row-level security not forced": [
    `${good} alter table bad no force row level security`,
    /^bad: row-level security is not/,
  ],
  "no policy": [`${good} drop policy workspace on bad`, /^bad has 0 policies/],
  "a second policy, which is or-ed": [
    `${good} create policy more on bad using (true) with check (true)`,
    /^bad has 2 policies/,
  ],
  "a policy that lets everything be written": [
    `${good} drop policy workspace on bad; create policy p on bad using (${scoped}) with check (true)`,
    /^bad: the policy p is not/,
  ],
  "a policy for reading only": [
    `${good} drop policy workspace on bad; create policy p on bad for select using (${scoped})`,
    /^bad: the policy p is not/,
  ],
  "a policy for one role": [
    `${good} drop policy workspace on bad; create policy p on bad to switchyard_api using (${scoped}) with check (${scoped})`,
    /^bad: the policy p is not/,
  ],
  "a primary key in the wrong order": [
    `create table bad (workspace_id bigint not null, id bigint not null, primary key (id, workspace_id)); ${secure}`,
    /^bad: the unique index bad_pkey does not/,
  ],
  "no primary key": [`create table bad (workspace_id bigint not null); ${secure}`, /^bad has no primary key/],
  "something unique across workspaces": [
    `${good} create unique index u on bad (id)`,
    /^bad: the unique index u does not/,
  ],
  "something unique by an expression": [
    `${good} create unique index u on bad ((workspace_id + 0), id)`,
    /^bad: the unique index u does not/,
  ],
  "a foreign key that forgets the workspace": [
    `${good} create table ref (id bigint unique); alter table bad add constraint k foreign key (id) references ref (id)`,
    /^bad: the foreign key k does not/,
  ],
  "a foreign key to a shared table": [
    `${good} alter table bad add constraint k foreign key (workspace_id) references workspace (id)`,
    /^bad: the foreign key k does not/,
  ],
  "a foreign key that sets null": [
    `${good} alter table bad add n bigint, add constraint k foreign key (workspace_id, n) references bad (workspace_id, id) on delete set null`,
    /^bad: the foreign key k sets null/,
  ],
  "a trigger": [
    `${good} create function f() returns trigger language plpgsql as 'begin return new; end';
     create trigger g before insert on bad for each row execute function f()`,
    /^bad has the trigger g/,
  ],
  "a rule": [`${good} create rule r as on delete to bad do instead nothing`, /^bad has the rule r/],
  "an id by default": [
    `${good} create sequence s; alter table bad alter id set default nextval('s')`,
    /^bad\.id: a default/,
  ],
  "a time by default": [`${good} alter table bad add at timestamptz default now()`, /^bad\.at: a default/],
  "a time by default, spelt otherwise": [
    `${good} alter table bad add at timestamptz default current_timestamp`,
    /^bad\.at: a default/,
  ],
  "chance by default": [`${good} alter table bad add x uuid default gen_random_uuid()`, /^bad\.x: a default/],
  "an identity column": [
    `${good} alter table bad alter id add generated always as identity`,
    /^bad\.id is an identity column/,
  ],
  "a security definer": [
    "create function f() returns integer language sql security definer as 'select 1'",
    /^f\(\) is security definer/,
  ],
  "a setting that outlives its transaction": [
    "create function f() returns void language plpgsql as $$ begin perform set_config('app.workspace', '1', false); end $$",
    /^f\(\) calls set_config/,
  ],
  "a view that runs as its owner": [
    `${good} create view v as select * from bad`,
    /^the view v is not security_invoker/,
  ],
  "a right for everybody": [`${good} grant select on bad to public`, /^everybody may select the table bad/],
  "the right to truncate": [
    `${good} grant truncate on bad to switchyard_api`,
    /^switchyard_api may truncate the table bad/,
  ],
  "the right to make tables": [
    "grant create on schema public to switchyard_api",
    /^switchyard_api may make things in the schema public/,
  ],
  "a shared table for the API": ["grant select on worker to switchyard_api", /^switchyard_api may select worker/],
  "one column of a shared table for the API": [
    "grant update (heartbeat_at) on worker to switchyard_api",
    /^switchyard_api may update worker/,
  ],
  "a way to the users for who works on orders": [
    "grant usage on schema auth to switchyard_engine",
    /^switchyard_engine may enter the schema auth/,
  ],
  "a way to the orders for who checks passwords": [
    "grant usage on schema public to switchyard_auth",
    /^switchyard_auth may enter the schema public/,
  ],
  "a materialised view for the API": [
    `${good} create materialized view m as select * from bad; grant select on m to switchyard_api`,
    /^switchyard_api may select m,/,
  ],
};

for (const [mistake, [script, complaint]] of Object.entries(mistakes)) {
  test(`the catalogue test sees ${mistake}`, async (t) => {
    const { owner } = await testDatabase(t);
    await owner.script(script);

    const seen = await violations(owner);

    assert.ok(
      seen.some((line) => complaint.test(line)),
      `said only: ${seen.join("; ")}`,
    );
  });
}

test("the API role can neither truncate, nor read what is shared, nor become another role", async (t) => {
  const { api } = await testDatabase(t);
  const denied = { code: "42501" };

  await assert.rejects(api.run(sql`truncate sales_order`), denied);
  await assert.rejects(api.run(sql`select * from api_key`), denied);
  await assert.rejects(api.run(sql`set role switchyard_engine`), denied);
  await assert.rejects(api.run(sql`alter table sales_order disable row level security`), denied);
});
