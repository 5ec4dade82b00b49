-- Secrets of the outside world, sealed, in a schema of their own. Old code runs on it.
-- Data keys seal, one or two a workspace; they lie here only wrapped by a master key, which is never in the database. The API's role and the engine's write
-- secrets and may ask which are set; what was sealed is read by switchyard_vault alone.

create schema vault;
grant usage on schema vault to switchyard_engine, switchyard_api, switchyard_vault;
grant usage on schema public to switchyard_vault;
grant execute on function use_workspace(bigint) to switchyard_vault;

create table vault.data_key (
  workspace_id bigint not null,
  no integer not null check (no > 0),
  -- Version of the master key that wraps it.
  kek integer not null,
  wrapped text not null,
  made_at timestamptz not null,
  primary key (workspace_id, no)
);

create table vault.secret (
  workspace_id bigint not null,
  subject text not null check (subject in ('connection', 'supplier', 'account')),
  subject_id bigint not null,
  -- The connector's setting.
  name text not null,
  -- The data key that seals it.
  dek integer not null,
  -- v1.kek.dek.nonce.text.tag
  sealed text not null,
  set_at timestamptz not null,
  set_by text not null,
  primary key (workspace_id, subject, subject_id, name)
);
create index secret_dek on vault.secret (workspace_id, dek);

-- Who opened which secrets for what: one row an hour, actor and purpose.
create table vault.secret_use (
  workspace_id bigint not null,
  subject text not null,
  subject_id bigint not null,
  hour timestamptz not null,
  actor text not null,
  purpose text not null,
  uses integer not null check (uses > 0),
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (workspace_id, subject, subject_id, hour, actor, purpose)
);

-- A data key stays as long as anything is sealed with it.
alter table vault.secret add foreign key (workspace_id, dek) references vault.data_key (workspace_id, no);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['data_key', 'secret', 'secret_use'] loop
    execute format('alter table vault.%I enable row level security', tenant_table);
    execute format('alter table vault.%I force row level security', tenant_table);
    execute format(
      'create policy workspace on vault.%I using (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::bigint) with check (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::bigint)',
      tenant_table);
    execute format('grant select, insert, update, delete on vault.%I to switchyard_vault', tenant_table);
  end loop;
end
$$;

grant select, insert on vault.data_key to switchyard_engine, switchyard_api;
grant select (workspace_id, subject, subject_id, name, dek, set_at, set_by), insert, update (dek, sealed, set_at, set_by), delete
  on vault.secret to switchyard_engine, switchyard_api;
grant select on vault.secret_use to switchyard_engine, switchyard_api;
