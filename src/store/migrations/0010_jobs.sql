-- The same action on many orders as a job, and who looks after a hold. Old code runs on it.

create table job (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  action text not null,
  parameters jsonb not null,
  -- The search words that found its orders; null: they were named.
  words text,
  actor text not null,
  role text not null,
  state text not null check (state in ('running', 'done', 'cancelled')),
  -- Why it was stopped, for people; null: it was not, or somebody cancelled it.
  stopped_why text,
  created_at timestamptz not null,
  finished_at timestamptz,
  due_at timestamptz,
  primary key (workspace_id, id),
  check ((state = 'running') = (due_at is not null))
);
create unique index job_public on job (workspace_id, public_id);
create index job_due on job (due_at) where due_at is not null;

-- A row is answered in the transaction that changes its order, so nothing is done twice and nothing is forgotten.
create table job_row (
  workspace_id bigint not null,
  job_id bigint not null,
  no integer not null check (no > 0),
  order_id bigint not null,
  state text not null check (state in ('waiting', 'ok', 'refused', 'skipped')),
  code text,
  message text,
  at timestamptz,
  primary key (workspace_id, job_id, no),
  check ((state in ('refused', 'skipped')) = (code is not null))
);
create unique index job_row_order on job_row (workspace_id, job_id, order_id);
create index job_row_state on job_row (workspace_id, job_id, state, no);

-- Who looks after it, and until when nobody wants to see it. Both are over with the hold.
alter table hold add owner_id uuid, add snoozed_until timestamptz;
create index hold_owner on hold (workspace_id, owner_id, order_id) where closed_at is null and owner_id is not null;
create index hold_snoozed on hold (workspace_id, snoozed_until, order_id) where closed_at is null and snoozed_until is not null;

alter table job_row add foreign key (workspace_id, job_id) references job (workspace_id, id);
alter table job_row add foreign key (workspace_id, order_id) references sales_order (workspace_id, id);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['job', 'job_row'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format(
      'create policy workspace on %I using (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::bigint) with check (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::bigint)',
      tenant_table);
    execute format('grant select, insert, update on %I to switchyard_engine', tenant_table);
    execute format('grant select on %I to switchyard_api', tenant_table);
  end loop;
end
$$;
