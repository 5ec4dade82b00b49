-- Keys for desks and with less than their role; who opened personal data. Code of before runs on.

-- For prep and supplier: whose fulfillment orders there are for the key. Scopes: what of the role's permissions it has; null: all.
alter table api_key add column supplier_ids bigint[] not null default '{}';
alter table api_key add column scopes text[];

-- Who opened a buyer's personal data, when, and of which order; null: of what belongs to no single one.
create table personal_read (
  workspace_id bigint not null,
  id bigint not null,
  at timestamptz not null,
  actor text not null,
  what text not null,
  order_id bigint,
  primary key (workspace_id, id)
);
create index personal_read_at on personal_read (workspace_id, at desc, id desc);
create index personal_read_actor on personal_read (workspace_id, actor, at);

-- One list of who did what in the set-up, newest first.
create index management_event_at on management_event (workspace_id, at desc, id desc);
create index secret_use_at on vault.secret_use (workspace_id, first_at desc);

alter table personal_read enable row level security;
alter table personal_read force row level security;
create policy workspace on personal_read using (workspace_id = nullif(current_setting('app.workspace', true), '')::bigint) with check (workspace_id = nullif(current_setting('app.workspace', true), '')::bigint);
grant select, insert on personal_read to switchyard_engine, switchyard_api;
