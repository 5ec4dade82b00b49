-- What changed, for those who follow: webhooks and live screens. Old code may still run on it, but what it changes is not followed.

-- One row per commit and workspace: which orders, and the numbers of the events that it added to each (first > last: none). `no` is given later, under the
-- lock of the workspace's feed, and so in the order in which commits became visible; ids and instants are not in that order.
create table order_change (
  workspace_id bigint not null,
  id bigint not null,
  no bigint,
  at timestamptz not null,
  orders bigint[] not null,
  first_seqs integer[] not null,
  last_seqs integer[] not null,
  primary key (workspace_id, id)
);
create unique index order_change_no on order_change (workspace_id, no) where no is not null;
create index order_change_new on order_change (workspace_id, id) where no is null;
create index order_change_at on order_change (at);

-- How far the changes of a workspace are numbered, and up to which of them deliveries were made.
create table change_feed (
  workspace_id bigint not null,
  last_no bigint not null,
  notified_no bigint not null,
  primary key (workspace_id)
);

create table webhook_endpoint (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  url text not null,
  description text not null,
  -- Event types, or the beginning of some: `order.*`; `*` is all.
  events text[] not null,
  enabled boolean not null,
  disabled_at timestamptz,
  disabled_why text check (disabled_why in ('by_person', 'gone', 'failing')),
  -- Tries in a row that failed, since when, and how many deliveries were given up since the last success.
  failures integer not null check (failures >= 0),
  failing_since timestamptz,
  given_up integer not null check (given_up >= 0),
  last_success_at timestamptz,
  -- Its signing secrets lie in the vault as `signing_<no>`; this one signs, and until then the one before it too.
  secret_no integer not null check (secret_no > 0),
  old_secret_until timestamptz,
  -- The breaker: nothing is sent before.
  paused_until timestamptz,
  -- Who serves it has it for so long: one process at a time.
  taken_until timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  primary key (workspace_id, id)
);
create unique index webhook_endpoint_public on webhook_endpoint (workspace_id, public_id);

create table webhook_delivery (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  endpoint_id bigint not null,
  -- The same for every endpoint and on every try.
  message_id text not null,
  type text not null,
  -- null: about no order (a test, a notice).
  order_id bigint,
  occurred_at timestamptz not null,
  -- The bytes that are signed and sent, for ever the same.
  payload text not null,
  state text not null check (state in ('waiting', 'delivered', 'given_up')),
  created_at timestamptz not null,
  due_at timestamptz,
  -- Where in the plan it is; a resend begins again. Attempts are numbered on.
  tries integer not null check (tries >= 0),
  attempts integer not null check (attempts >= 0),
  last_status integer,
  last_problem text,
  ended_at timestamptz,
  primary key (workspace_id, id),
  check ((state = 'waiting') = (due_at is not null))
);
create unique index webhook_delivery_public on webhook_delivery (workspace_id, public_id);
create unique index webhook_delivery_message on webhook_delivery (workspace_id, endpoint_id, message_id);
create index webhook_delivery_due on webhook_delivery (workspace_id, endpoint_id, due_at, id) where due_at is not null;
create index webhook_delivery_list on webhook_delivery (workspace_id, endpoint_id, id desc);
create index webhook_delivery_ended on webhook_delivery (ended_at) where ended_at is not null;

create table webhook_attempt (
  workspace_id bigint not null,
  delivery_id bigint not null,
  no integer not null check (no > 0),
  at timestamptz not null,
  duration_ms integer not null check (duration_ms >= 0),
  url text not null,
  status integer,
  problem text,
  answer text not null,
  primary key (workspace_id, delivery_id, no)
);

alter table vault.secret drop constraint secret_subject_check;
alter table vault.secret add constraint secret_subject_check check (subject in ('connection', 'supplier', 'account', 'webhook_endpoint'));

alter table webhook_delivery add foreign key (workspace_id, endpoint_id) references webhook_endpoint (workspace_id, id) on delete cascade;
alter table webhook_attempt add foreign key (workspace_id, delivery_id) references webhook_delivery (workspace_id, id) on delete cascade;

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['order_change', 'change_feed', 'webhook_endpoint', 'webhook_delivery', 'webhook_attempt'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format(
      'create policy workspace on %I using (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::bigint) with check (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::bigint)',
      tenant_table);
    execute format('grant select, insert, update, delete on %I to switchyard_engine', tenant_table);
  end loop;
end
$$;

-- Live screens number what they find; all else of this is the engine's.
grant select, insert, update on order_change, change_feed to switchyard_api;
grant select on webhook_endpoint, webhook_delivery, webhook_attempt to switchyard_api;
