-- Personal data goes when it is asked for or its time is over. Raw messages are sealed, each with a key of its own that lies beside it and is filed under the
-- order that the message was about: without that key nobody reads it. Old code must not run on it: it would parse what is sealed.

alter table inbox
  -- The message's own key, wrapped by the workspace's data key. Null: the message was erased, or an older version kept it in clear.
  add raw_key text,
  add dek integer,
  -- The order that it was about; null: not parsed yet, or about none that is here.
  add order_id bigint;
alter table inbox add foreign key (workspace_id, dek) references vault.data_key (workspace_id, no);
create index inbox_order on inbox (workspace_id, order_id) where order_id is not null and raw is not null;
-- Messages come in the order of time: for the clock a summary per block is enough.
create index inbox_received on inbox using brin (received_at);

alter table order_address add erased_at timestamptz;

-- When the clock looks next whether anything of this channel has to go.
alter table channel add erase_due_at timestamptz;
create index channel_erase_due on channel (erase_due_at) where erase_due_at is not null;
