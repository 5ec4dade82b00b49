-- Webhooks of channels: where they come in. Old code runs on it.

-- A directory: the address that something came to says whose it is. The secret lies in the vault under the connection.
create table channel_hook (
  -- The unguessable part of the address.
  id text primary key,
  workspace_id bigint not null,
  connection_id bigint not null,
  -- The whole address, as the channel is told it.
  url text not null,
  -- How many times it was switched: what a channel was told of an earlier one does not count.
  no integer not null check (no > 0),
  made_at timestamptz not null,
  off_at timestamptz,
  -- When the channel was last told to send there, or to stop; null: it has to be told.
  told_at timestamptz,
  problem text,
  last_at timestamptz,
  unique (workspace_id, connection_id)
);
grant select, insert, update on channel_hook to switchyard_engine;

alter table vault.secret drop constraint secret_subject_check;
alter table vault.secret add constraint secret_subject_check check (subject in ('connection', 'supplier', 'account', 'webhook_endpoint', 'channel_hook'));

-- What nobody could read gets a name for people.
alter table inbox add public_id uuid;
update inbox set public_id = md5('message ' || workspace_id || ' ' || id)::uuid where problem is not null and done_at is null;
create unique index inbox_public on inbox (workspace_id, public_id);

create index inbox_unread on inbox (workspace_id, id) where problem is not null and done_at is null;
