-- What lists need: orders by ship-by, total and country; saved views; notes and files on orders. Old code runs on it.

-- The same stretches as sales_order_list, in other orders. Where there is no ship-by date it counts as never, where there is no total as less than any. Written with
-- `case`: to row-level security `coalesce` may leak, and then no index would be looked into by it. The column beside it lets a
-- page be found in the index alone.
create index sales_order_ship_by on sales_order (workspace_id, channel_id, headline, (case when ship_by is null then 'infinity'::timestamptz else ship_by end), id) include (ship_by);
create index sales_order_total on sales_order (workspace_id, channel_id, headline, (case when total is null then -1 else total end), id) include (total);
-- Tells a country with few orders from one with many.
create index sales_order_country on sales_order (workspace_id, country);

create table saved_view (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  -- Whose: an actor as events name it; null: everybody's in the workspace.
  owner text,
  name text not null,
  -- Search words: what the search box holds.
  words text not null,
  sort text not null check (sort in ('newest', 'oldest', 'ship_by', 'total')),
  columns text[] not null,
  position integer not null,
  created_by text not null,
  created_at timestamptz not null,
  version integer not null,
  primary key (workspace_id, id)
);
create unique index saved_view_public on saved_view (workspace_id, public_id);
create unique index saved_view_name on saved_view (workspace_id, coalesce(owner, ''), lower(name));

-- What people wrote about an order. May name a buyer, and goes with the buyer's data; that it was written stays in the trail.
create table order_note (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  order_id bigint not null,
  text text not null,
  author text not null,
  at timestamptz not null,
  erased_at timestamptz,
  primary key (workspace_id, id)
);
create unique index order_note_public on order_note (workspace_id, public_id);
create index order_note_order on order_note (workspace_id, order_id, id);

create table attachment (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  order_id bigint not null,
  name text not null,
  media_type text not null,
  size integer not null check (size >= 0),
  sha256 text not null,
  -- Null: removed or erased.
  bytes bytea,
  author text not null,
  at timestamptz not null,
  removed_at timestamptz,
  removed_by text,
  primary key (workspace_id, id),
  check ((bytes is null) = (removed_at is not null))
);
alter table attachment alter bytes set storage external;
create unique index attachment_public on attachment (workspace_id, public_id);
create index attachment_order on attachment (workspace_id, order_id, id);

alter table order_note add foreign key (workspace_id, order_id) references sales_order (workspace_id, id);
alter table attachment add foreign key (workspace_id, order_id) references sales_order (workspace_id, id);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['saved_view', 'order_note', 'attachment'] loop
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
grant delete on saved_view to switchyard_engine;
