-- Written by `npm run schema` from the migrated database. Read it in the diff; never edit it.

create sequence fence increment by 1 minvalue 1 start with 1;
grant usage on sequence fence to switchyard_api;
grant usage on sequence fence to switchyard_engine;

create sequence id_block increment by 1000 minvalue 1000 start with 1000;
grant usage on sequence id_block to switchyard_api;
grant usage on sequence id_block to switchyard_engine;

CREATE OR REPLACE FUNCTION public.use_workspace(id bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('set local app.workspace = %L', id);
end
$function$
;
grant execute on function use_workspace(bigint) to switchyard_api;
grant execute on function use_workspace(bigint) to switchyard_engine;
grant execute on function use_workspace(bigint) to switchyard_vault;

create table account_day (
  workspace_id bigint not null,
  account_id bigint not null,
  day date not null,
  spent bigint not null,
  constraint account_day_pkey PRIMARY KEY (workspace_id, account_id, day),
  constraint account_day_spent_check CHECK ((spent >= 0)),
  constraint account_day_workspace_id_account_id_fkey FOREIGN KEY (workspace_id, account_id) REFERENCES supplier_account(workspace_id, id)
);
alter table account_day enable row level security;
alter table account_day force row level security;
create policy workspace on account_day using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table account_day to switchyard_api;
grant delete, insert, select, update on table account_day to switchyard_engine;

create table api_key (
  id bigint not null,
  workspace_id bigint not null,
  role text not null,
  name text not null,
  prefix text not null,
  digest text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  supplier_ids bigint[] default '{}'::bigint[] not null,
  scopes text[],
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_prefix_key UNIQUE (prefix),
  constraint api_key_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'staff'::text, 'viewer'::text, 'operator'::text, 'prep'::text, 'supplier'::text])))
);
grant insert, select, update on table api_key to switchyard_engine;

create table attachment (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  order_id bigint not null,
  name text not null,
  media_type text not null,
  size integer not null,
  sha256 text not null,
  bytes bytea,
  author text not null,
  at timestamp with time zone not null,
  removed_at timestamp with time zone,
  removed_by text,
  constraint attachment_pkey PRIMARY KEY (workspace_id, id),
  constraint attachment_check CHECK (((bytes IS NULL) = (removed_at IS NOT NULL))),
  constraint attachment_size_check CHECK ((size >= 0)),
  constraint attachment_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES sales_order(workspace_id, id)
);
CREATE INDEX attachment_order ON public.attachment USING btree (workspace_id, order_id, id);
CREATE UNIQUE INDEX attachment_public ON public.attachment USING btree (workspace_id, public_id);
alter table attachment enable row level security;
alter table attachment force row level security;
create policy workspace on attachment using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant select on table attachment to switchyard_api;
grant insert, select, update on table attachment to switchyard_engine;

create table attempt (
  workspace_id bigint not null,
  id bigint not null,
  order_id bigint not null,
  fulfillment_order_id bigint not null,
  no integer not null,
  supplier_id bigint not null,
  account_id bigint not null,
  kind text not null,
  state text not null,
  reference text not null,
  idempotency_key text not null,
  fence integer not null,
  armed_at timestamp with time zone not null,
  send_by timestamp with time zone not null,
  settle_at timestamp with time zone not null,
  key_until timestamp with time zone,
  lookup_lag_ms integer not null,
  lookups integer not null,
  absent_since timestamp with time zone,
  due_at timestamp with time zone,
  currency text not null,
  max_total bigint not null,
  expected_total bigint not null,
  holds_money boolean not null,
  takes_credit boolean not null,
  request_hash text not null,
  request jsonb not null,
  address_no integer not null,
  supplier_order_id text,
  cost bigint,
  cost_is text,
  reason text,
  closed_at timestamp with time zone,
  dispatch_id bigint,
  actor text not null,
  constraint attempt_pkey PRIMARY KEY (workspace_id, id),
  constraint attempt_check CHECK (((state <> 'placed'::text) OR ((supplier_order_id IS NOT NULL) AND (cost IS NOT NULL)))),
  constraint attempt_kind_check CHECK ((kind = ANY (ARRAY['key'::text, 'lookup'::text, 'none'::text, 'human'::text, 'document'::text]))),
  constraint attempt_state_check CHECK ((state = ANY (ARRAY['armed'::text, 'unknown'::text, 'placed'::text, 'refused'::text, 'void'::text]))),
  constraint attempt_workspace_id_account_id_fkey FOREIGN KEY (workspace_id, account_id) REFERENCES supplier_account(workspace_id, id),
  constraint attempt_workspace_id_fulfillment_order_id_fkey FOREIGN KEY (workspace_id, fulfillment_order_id) REFERENCES fulfillment_order(workspace_id, id)
);
CREATE INDEX attempt_dispatch ON public.attempt USING btree (workspace_id, dispatch_id) WHERE (dispatch_id IS NOT NULL);
CREATE INDEX attempt_due ON public.attempt USING btree (state, due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX attempt_no ON public.attempt USING btree (workspace_id, fulfillment_order_id, no);
CREATE UNIQUE INDEX attempt_one_open ON public.attempt USING btree (workspace_id, fulfillment_order_id) WHERE (state = ANY (ARRAY['armed'::text, 'unknown'::text, 'placed'::text]));
CREATE UNIQUE INDEX attempt_reference ON public.attempt USING btree (workspace_id, reference);
CREATE UNIQUE INDEX attempt_supplier_order ON public.attempt USING btree (workspace_id, account_id, supplier_order_id) WHERE ((supplier_order_id IS NOT NULL) AND (kind <> 'document'::text));
CREATE INDEX attempt_unsettled ON public.attempt USING btree (workspace_id, account_id) WHERE (state = ANY (ARRAY['armed'::text, 'unknown'::text]));
alter table attempt enable row level security;
alter table attempt force row level security;
create policy workspace on attempt using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table attempt to switchyard_api;
grant delete, insert, select, update on table attempt to switchyard_engine;

create table auth.app_user (
  id uuid not null,
  name text not null,
  email text not null,
  email_verified boolean not null,
  image text,
  two_factor_enabled boolean,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint app_user_pkey PRIMARY KEY (id),
  constraint app_user_email_key UNIQUE (email),
  constraint app_user_email_check CHECK ((email = lower(email)))
);
grant delete, insert, select, update on table auth.app_user to switchyard_auth;

create table auth.budget (
  key text not null,
  window_from timestamp with time zone not null,
  used integer not null,
  free_at timestamp with time zone,
  constraint budget_pkey PRIMARY KEY (key),
  constraint budget_used_check CHECK ((used >= 0))
);
CREATE INDEX budget_window ON auth.budget USING btree (window_from);
grant delete, insert, select, update on table auth.budget to switchyard_auth;

create table auth.credential (
  id uuid not null,
  user_id uuid not null,
  provider_id text not null,
  account_id text not null,
  password text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint credential_pkey PRIMARY KEY (id),
  constraint credential_provider_id_account_id_key UNIQUE (provider_id, account_id),
  constraint credential_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.app_user(id) ON DELETE CASCADE
);
CREATE INDEX credential_user ON auth.credential USING btree (user_id);
grant delete, insert, select, update on table auth.credential to switchyard_auth;

create table auth.known_device (
  user_id uuid not null,
  digest text not null,
  seen_at timestamp with time zone not null,
  constraint known_device_pkey PRIMARY KEY (user_id, digest),
  constraint known_device_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.app_user(id) ON DELETE CASCADE
);
grant delete, insert, select, update on table auth.known_device to switchyard_auth;

create table auth.session (
  id uuid not null,
  user_id uuid not null,
  token text not null,
  expires_at timestamp with time zone not null,
  proved_at timestamp with time zone,
  ip_address text,
  user_agent text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint session_pkey PRIMARY KEY (id),
  constraint session_token_key UNIQUE (token),
  constraint session_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.app_user(id) ON DELETE CASCADE
);
CREATE INDEX session_end ON auth.session USING btree (expires_at);
CREATE INDEX session_user_id ON auth.session USING btree (user_id);
grant delete, insert, select, update on table auth.session to switchyard_auth;

create table auth.set_up (
  only_one boolean not null,
  digest text not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint set_up_pkey PRIMARY KEY (only_one),
  constraint set_up_only_one_check CHECK (only_one)
);
grant delete, insert, select, update on table auth.set_up to switchyard_auth;

create table auth.two_factor (
  id uuid not null,
  user_id uuid not null,
  secret text not null,
  backup_codes text not null,
  verified boolean,
  failed_verification_count integer,
  locked_until timestamp with time zone,
  constraint two_factor_pkey PRIMARY KEY (id),
  constraint two_factor_user_id_key UNIQUE (user_id),
  constraint two_factor_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.app_user(id) ON DELETE CASCADE
);
grant delete, insert, select, update on table auth.two_factor to switchyard_auth;

create table auth.used_code (
  user_id uuid not null,
  digest text not null,
  used_at timestamp with time zone not null,
  constraint used_code_pkey PRIMARY KEY (user_id, digest),
  constraint used_code_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.app_user(id) ON DELETE CASCADE
);
grant delete, insert, select, update on table auth.used_code to switchyard_auth;

create table auth.verification (
  id uuid not null,
  identifier text not null,
  value text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint verification_pkey PRIMARY KEY (id),
  constraint verification_identifier_key UNIQUE (identifier)
);
CREATE INDEX verification_end ON auth.verification USING btree (expires_at);
grant delete, insert, select, update on table auth.verification to switchyard_auth;

create table cancel_tombstone (
  workspace_id bigint not null,
  channel_id bigint not null,
  channel_order_id text not null,
  asked_by text not null,
  lines jsonb not null,
  at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint cancel_tombstone_pkey PRIMARY KEY (workspace_id, channel_id, channel_order_id)
);
alter table cancel_tombstone enable row level security;
alter table cancel_tombstone force row level security;
create policy workspace on cancel_tombstone using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table cancel_tombstone to switchyard_api;
grant delete, insert, select, update on table cancel_tombstone to switchyard_engine;

create table cancellation (
  workspace_id bigint not null,
  id bigint not null,
  order_id bigint not null,
  asked_by text not null,
  state text not null,
  lines jsonb not null,
  opened_at timestamp with time zone not null,
  answered_at timestamp with time zone,
  answered_by text,
  due_at timestamp with time zone,
  constraint cancellation_pkey PRIMARY KEY (workspace_id, id),
  constraint cancellation_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES sales_order(workspace_id, id)
);
CREATE INDEX cancellation_order ON public.cancellation USING btree (workspace_id, order_id);
alter table cancellation enable row level security;
alter table cancellation force row level security;
create policy workspace on cancellation using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table cancellation to switchyard_api;
grant delete, insert, select, update on table cancellation to switchyard_engine;

create table cancellation_ask (
  workspace_id bigint not null,
  cancellation_id bigint not null,
  fulfillment_order_id bigint not null,
  order_id bigint not null,
  state text not null,
  lines jsonb not null,
  due_at timestamp with time zone,
  tries integer not null,
  constraint cancellation_ask_pkey PRIMARY KEY (workspace_id, cancellation_id, fulfillment_order_id),
  constraint cancellation_ask_workspace_id_cancellation_id_fkey FOREIGN KEY (workspace_id, cancellation_id) REFERENCES cancellation(workspace_id, id)
);
CREATE INDEX cancellation_ask_due ON public.cancellation_ask USING btree (due_at) WHERE (due_at IS NOT NULL);
alter table cancellation_ask enable row level security;
alter table cancellation_ask force row level security;
create policy workspace on cancellation_ask using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table cancellation_ask to switchyard_api;
grant delete, insert, select, update on table cancellation_ask to switchyard_engine;

create table change_feed (
  workspace_id bigint not null,
  last_no bigint not null,
  notified_no bigint not null,
  constraint change_feed_pkey PRIMARY KEY (workspace_id)
);
alter table change_feed enable row level security;
alter table change_feed force row level security;
create policy workspace on change_feed using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table change_feed to switchyard_api;
grant delete, insert, select, update on table change_feed to switchyard_engine;

create table channel (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  kind text not null,
  external_id text not null,
  name text not null,
  settings jsonb not null,
  active boolean not null,
  created_at timestamp with time zone not null,
  erase_due_at timestamp with time zone,
  constraint channel_pkey PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX channel_account ON public.channel USING btree (workspace_id, kind, external_id);
CREATE INDEX channel_erase_due ON public.channel USING btree (erase_due_at) WHERE (erase_due_at IS NOT NULL);
CREATE UNIQUE INDEX channel_name ON public.channel USING btree (workspace_id, name);
CREATE UNIQUE INDEX channel_public ON public.channel USING btree (workspace_id, public_id);
alter table channel enable row level security;
alter table channel force row level security;
create policy workspace on channel using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table channel to switchyard_api;
grant delete, insert, select, update on table channel to switchyard_engine;

create table channel_hook (
  id text not null,
  workspace_id bigint not null,
  connection_id bigint not null,
  url text not null,
  no integer not null,
  made_at timestamp with time zone not null,
  off_at timestamp with time zone,
  told_at timestamp with time zone,
  problem text,
  last_at timestamp with time zone,
  constraint channel_hook_pkey PRIMARY KEY (id),
  constraint channel_hook_workspace_id_connection_id_key UNIQUE (workspace_id, connection_id),
  constraint channel_hook_no_check CHECK ((no > 0))
);
grant insert, select, update on table channel_hook to switchyard_engine;

create table channel_registry (
  kind text not null,
  external_id text not null,
  workspace_id bigint not null,
  constraint channel_registry_pkey PRIMARY KEY (kind, external_id)
);
grant insert, select, update on table channel_registry to switchyard_engine;

create table connection (
  workspace_id bigint not null,
  id bigint not null,
  channel_id bigint not null,
  kind text not null,
  settings jsonb not null,
  cursor text,
  first_sync_done_at timestamp with time zone,
  last_sync_at timestamp with time zone,
  last_problem text,
  due_at timestamp with time zone,
  gap_due_at timestamp with time zone,
  gap_checked_at timestamp with time zone,
  gap_missing integer,
  gap_examples text[],
  gap_cursors text[],
  constraint connection_pkey PRIMARY KEY (workspace_id, id),
  constraint connection_gap_missing_check CHECK ((gap_missing >= 0)),
  constraint connection_workspace_id_channel_id_fkey FOREIGN KEY (workspace_id, channel_id) REFERENCES channel(workspace_id, id)
);
CREATE INDEX connection_due ON public.connection USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX connection_gap_due ON public.connection USING btree (gap_due_at) WHERE (gap_due_at IS NOT NULL);
alter table connection enable row level security;
alter table connection force row level security;
create policy workspace on connection using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table connection to switchyard_api;
grant delete, insert, select, update on table connection to switchyard_engine;

create table counter (
  workspace_id bigint not null,
  kind text not null,
  key text not null,
  slot integer not null,
  n bigint not null,
  constraint counter_pkey PRIMARY KEY (workspace_id, kind, key, slot)
) with (fillfactor=40);
alter table counter enable row level security;
alter table counter force row level security;
create policy workspace on counter using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table counter to switchyard_api;
grant delete, insert, select, update on table counter to switchyard_engine;

create table decision (
  workspace_id bigint not null,
  order_id bigint not null,
  seq integer not null,
  fulfillment_order_id bigint not null,
  kind text not null,
  at timestamp with time zone not null,
  record jsonb not null,
  constraint decision_pkey PRIMARY KEY (workspace_id, order_id, seq, fulfillment_order_id, kind)
);
alter table decision enable row level security;
alter table decision force row level security;
create policy workspace on decision using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select on table decision to switchyard_api;
grant insert, select on table decision to switchyard_engine;

create table dispatch (
  workspace_id bigint not null,
  id bigint not null,
  supplier_id bigint not null,
  account_id bigint not null,
  state text not null,
  file_name text not null,
  sha256 text not null,
  bytes bytea not null,
  created_at timestamp with time zone not null,
  due_at timestamp with time zone,
  sent_at timestamp with time zone,
  constraint dispatch_pkey PRIMARY KEY (workspace_id, id),
  constraint dispatch_state_check CHECK ((state = ANY (ARRAY['open'::text, 'sent'::text, 'void'::text]))),
  constraint dispatch_workspace_id_supplier_id_fkey FOREIGN KEY (workspace_id, supplier_id) REFERENCES supplier(workspace_id, id)
);
CREATE INDEX dispatch_due ON public.dispatch USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX dispatch_file ON public.dispatch USING btree (workspace_id, supplier_id, file_name);
alter table dispatch enable row level security;
alter table dispatch force row level security;
create policy workspace on dispatch using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table dispatch to switchyard_api;
grant delete, insert, select, update on table dispatch to switchyard_engine;

create table event (
  workspace_id bigint not null,
  order_id bigint not null,
  seq integer not null,
  at timestamp with time zone not null,
  kind text not null,
  subject text not null,
  subject_id bigint not null,
  from_state text,
  to_state text,
  actor text not null,
  data jsonb,
  hash text not null,
  constraint event_pkey PRIMARY KEY (workspace_id, order_id, seq)
);
alter table event enable row level security;
alter table event force row level security;
create policy workspace on event using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select on table event to switchyard_api;
grant insert, select on table event to switchyard_engine;

create table evidence (
  workspace_id bigint not null,
  id bigint not null,
  attempt_id bigint not null,
  order_id bigint not null,
  kind text not null,
  natural_key text not null,
  source text not null,
  payload jsonb not null,
  actor text not null,
  at timestamp with time zone not null,
  constraint evidence_pkey PRIMARY KEY (workspace_id, id),
  constraint evidence_workspace_id_attempt_id_fkey FOREIGN KEY (workspace_id, attempt_id) REFERENCES attempt(workspace_id, id)
);
CREATE UNIQUE INDEX evidence_natural ON public.evidence USING btree (workspace_id, attempt_id, natural_key);
alter table evidence enable row level security;
alter table evidence force row level security;
create policy workspace on evidence using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select on table evidence to switchyard_api;
grant insert, select on table evidence to switchyard_engine;

create table fulfillment_order (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  order_id bigint not null,
  no integer not null,
  state text not null,
  supplier_id bigint,
  account_id bigint,
  supplier_pinned boolean not null,
  method text,
  placed_by text,
  replaces bigint,
  failed_suppliers bigint[] not null,
  place_after timestamp with time zone,
  due_at timestamp with time zone,
  woken boolean not null,
  mended_at timestamp with time zone,
  fence integer not null,
  tries integer not null,
  claimed_by text,
  placed_at timestamp with time zone,
  acknowledged_at timestamp with time zone,
  backordered_until timestamp with time zone,
  looks integer not null,
  last_shipped_at timestamp with time zone,
  delivered_at timestamp with time zone,
  expected_goods bigint,
  expected_shipping bigint,
  currency text,
  ship_by timestamp with time zone,
  constraint fulfillment_order_pkey PRIMARY KEY (workspace_id, id),
  constraint fulfillment_order_workspace_id_account_id_fkey FOREIGN KEY (workspace_id, account_id) REFERENCES supplier_account(workspace_id, id),
  constraint fulfillment_order_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES sales_order(workspace_id, id),
  constraint fulfillment_order_workspace_id_supplier_id_fkey FOREIGN KEY (workspace_id, supplier_id) REFERENCES supplier(workspace_id, id)
) with (fillfactor=70);
CREATE INDEX fulfillment_order_due ON public.fulfillment_order USING btree (state, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX fulfillment_order_mended ON public.fulfillment_order USING btree (mended_at) WHERE (mended_at IS NOT NULL);
CREATE UNIQUE INDEX fulfillment_order_no ON public.fulfillment_order USING btree (workspace_id, order_id, no);
CREATE INDEX fulfillment_order_placing ON public.fulfillment_order USING btree (workspace_id, account_id, ship_by, due_at, id) WHERE (state = 'placing'::text);
CREATE UNIQUE INDEX fulfillment_order_public ON public.fulfillment_order USING btree (workspace_id, public_id);
CREATE INDEX fulfillment_order_supplier ON public.fulfillment_order USING btree (workspace_id, supplier_id, state, id);
alter table fulfillment_order enable row level security;
alter table fulfillment_order force row level security;
create policy workspace on fulfillment_order using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table fulfillment_order to switchyard_api;
grant delete, insert, select, update on table fulfillment_order to switchyard_engine;

create table fulfillment_order_line (
  workspace_id bigint not null,
  fulfillment_order_id bigint not null,
  no integer not null,
  order_id bigint not null,
  order_line_no integer not null,
  component_no integer not null,
  supplier_sku text,
  quantity integer not null,
  quantity_cancelled integer not null,
  units_per integer not null,
  per integer not null,
  units integer not null,
  units_cancelled integer not null,
  units_placed integer not null,
  units_shipped integer not null,
  units_collected integer not null,
  unit_cost numeric,
  constraint fulfillment_order_line_pkey PRIMARY KEY (workspace_id, fulfillment_order_id, no),
  constraint fulfillment_order_line_check CHECK (((quantity_cancelled >= 0) AND (quantity_cancelled <= quantity))),
  constraint fulfillment_order_line_check1 CHECK (((units_placed >= 0) AND (units_placed <= units))),
  constraint fulfillment_order_line_check2 CHECK (((units_shipped >= 0) AND (units_shipped <= units_placed))),
  constraint fulfillment_order_line_per_check CHECK ((per > 0)),
  constraint fulfillment_order_line_quantity_check CHECK ((quantity > 0)),
  constraint fulfillment_order_line_units_cancelled_check CHECK ((units_cancelled >= 0)),
  constraint fulfillment_order_line_units_check CHECK ((units >= 0)),
  constraint fulfillment_order_line_units_collected_check CHECK ((units_collected >= 0)),
  constraint fulfillment_order_line_units_per_check CHECK ((units_per > 0)),
  constraint fulfillment_order_line_workspace_id_fulfillment_order_id_fkey FOREIGN KEY (workspace_id, fulfillment_order_id) REFERENCES fulfillment_order(workspace_id, id),
  constraint fulfillment_order_line_workspace_id_order_id_order_line_no_fkey FOREIGN KEY (workspace_id, order_id, order_line_no) REFERENCES order_line(workspace_id, order_id, no)
);
CREATE INDEX fulfillment_order_line_sku ON public.fulfillment_order_line USING btree (workspace_id, supplier_sku) WHERE (supplier_sku IS NOT NULL);
alter table fulfillment_order_line enable row level security;
alter table fulfillment_order_line force row level security;
create policy workspace on fulfillment_order_line using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table fulfillment_order_line to switchyard_api;
grant delete, insert, select, update on table fulfillment_order_line to switchyard_engine;

create table hold (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  order_id bigint not null,
  subject text not null,
  subject_id bigint not null,
  code text not null,
  waits_for text,
  made_by text not null,
  acts text not null,
  detail jsonb not null,
  opened_at timestamp with time zone not null,
  opened_by text not null,
  closed_at timestamp with time zone,
  closed_by text,
  owner_id uuid,
  snoozed_until timestamp with time zone,
  constraint hold_pkey PRIMARY KEY (workspace_id, id),
  constraint hold_made_by_check CHECK ((made_by = ANY (ARRAY['machine'::text, 'person'::text]))),
  constraint hold_subject_check CHECK ((subject = ANY (ARRAY['order'::text, 'line'::text, 'fulfillment_order'::text, 'shipment'::text]))),
  constraint hold_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES sales_order(workspace_id, id)
);
CREATE INDEX hold_code ON public.hold USING btree (workspace_id, code, opened_at) WHERE (closed_at IS NULL);
CREATE UNIQUE INDEX hold_open ON public.hold USING btree (workspace_id, order_id, subject, subject_id, code) WHERE (closed_at IS NULL);
CREATE INDEX hold_owner ON public.hold USING btree (workspace_id, owner_id, order_id) WHERE ((closed_at IS NULL) AND (owner_id IS NOT NULL));
CREATE INDEX hold_snoozed ON public.hold USING btree (workspace_id, snoozed_until, order_id) WHERE ((closed_at IS NULL) AND (snoozed_until IS NOT NULL));
CREATE INDEX hold_waits_for ON public.hold USING btree (workspace_id, waits_for) WHERE ((closed_at IS NULL) AND (waits_for IS NOT NULL));
alter table hold enable row level security;
alter table hold force row level security;
create policy workspace on hold using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table hold to switchyard_api;
grant delete, insert, select, update on table hold to switchyard_engine;

create table idempotency (
  workspace_id bigint not null,
  actor text not null,
  key text not null,
  route text not null,
  body_hash text not null,
  status integer,
  response jsonb,
  created_at timestamp with time zone not null,
  constraint idempotency_pkey PRIMARY KEY (workspace_id, actor, key)
);
alter table idempotency enable row level security;
alter table idempotency force row level security;
create policy workspace on idempotency using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table idempotency to switchyard_api;
grant delete, insert, select, update on table idempotency to switchyard_engine;

create table import (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  kind text not null,
  channel_id bigint not null,
  file_name text not null,
  sha256 text not null,
  mapping jsonb not null,
  actor text not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  rows integer not null,
  stored integer not null,
  refused integer not null,
  set_aside integer not null,
  summary jsonb not null,
  problem text,
  constraint import_pkey PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX import_public ON public.import USING btree (workspace_id, public_id);
alter table import enable row level security;
alter table import force row level security;
create policy workspace on import using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table import to switchyard_api;
grant delete, insert, select, update on table import to switchyard_engine;

create table import_row (
  workspace_id bigint not null,
  import_id bigint not null,
  line integer not null,
  lines integer[] not null,
  outcome text not null,
  row_key text not null,
  raw text,
  said jsonb,
  problems jsonb not null,
  question text,
  candidates jsonb,
  resolved_at timestamp with time zone,
  resolved_by text,
  resolution text,
  constraint import_row_pkey PRIMARY KEY (workspace_id, import_id, line),
  constraint import_row_outcome_check CHECK ((outcome = ANY (ARRAY['stored'::text, 'refused'::text, 'set_aside'::text]))),
  constraint import_row_workspace_id_import_id_fkey FOREIGN KEY (workspace_id, import_id) REFERENCES import(workspace_id, id)
);
CREATE UNIQUE INDEX import_row_known ON public.import_row USING btree (workspace_id, row_key) WHERE (outcome <> 'refused'::text);
CREATE INDEX import_row_open ON public.import_row USING btree (workspace_id, import_id, line) WHERE ((outcome = 'set_aside'::text) AND (resolved_at IS NULL));
alter table import_row enable row level security;
alter table import_row force row level security;
create policy workspace on import_row using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table import_row to switchyard_api;
grant delete, insert, select, update on table import_row to switchyard_engine;

create table inbox (
  workspace_id bigint not null,
  id bigint not null,
  connection_id bigint not null,
  event_id text not null,
  body_hash text not null,
  origin text not null,
  raw text,
  received_at timestamp with time zone not null,
  tries integer not null,
  problem text,
  due_at timestamp with time zone,
  done_at timestamp with time zone,
  raw_key text,
  dek integer,
  order_id bigint,
  public_id uuid,
  constraint inbox_pkey PRIMARY KEY (workspace_id, id),
  constraint inbox_workspace_id_connection_id_fkey FOREIGN KEY (workspace_id, connection_id) REFERENCES connection(workspace_id, id),
  constraint inbox_workspace_id_dek_fkey FOREIGN KEY (workspace_id, dek) REFERENCES vault.data_key(workspace_id, no)
);
CREATE INDEX inbox_due ON public.inbox USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX inbox_event ON public.inbox USING btree (workspace_id, connection_id, event_id, body_hash);
CREATE INDEX inbox_order ON public.inbox USING btree (workspace_id, order_id) WHERE ((order_id IS NOT NULL) AND (raw IS NOT NULL));
CREATE UNIQUE INDEX inbox_public ON public.inbox USING btree (workspace_id, public_id);
CREATE INDEX inbox_received ON public.inbox USING brin (received_at);
CREATE INDEX inbox_unread ON public.inbox USING btree (workspace_id, id) WHERE ((problem IS NOT NULL) AND (done_at IS NULL));
alter table inbox enable row level security;
alter table inbox force row level security;
create policy workspace on inbox using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table inbox to switchyard_api;
grant delete, insert, select, update on table inbox to switchyard_engine;

create table installation (
  only_one boolean not null,
  id text not null,
  token_digest text not null,
  home text not null,
  safe_mode_reason text,
  started_at timestamp with time zone not null,
  heartbeat_at timestamp with time zone not null,
  constraint installation_pkey PRIMARY KEY (only_one),
  constraint installation_only_one_check CHECK (only_one)
);
grant insert, select, update on table installation to switchyard_engine;

create table invitation (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  email text not null,
  role text not null,
  supplier_ids bigint[] not null,
  digest text not null,
  invited_by text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  accepted_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint invitation_pkey PRIMARY KEY (workspace_id, id),
  constraint invitation_digest_key UNIQUE (digest),
  constraint invitation_public_id_key UNIQUE (public_id),
  constraint invitation_email_check CHECK ((email = lower(email))),
  constraint invitation_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'staff'::text, 'viewer'::text, 'operator'::text, 'prep'::text, 'supplier'::text])))
);
grant insert, select, update on table invitation to switchyard_engine;

create table job (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  action text not null,
  parameters jsonb not null,
  words text,
  actor text not null,
  role text not null,
  state text not null,
  stopped_why text,
  created_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  due_at timestamp with time zone,
  constraint job_pkey PRIMARY KEY (workspace_id, id),
  constraint job_check CHECK (((state = 'running'::text) = (due_at IS NOT NULL))),
  constraint job_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'cancelled'::text])))
);
CREATE INDEX job_due ON public.job USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX job_public ON public.job USING btree (workspace_id, public_id);
alter table job enable row level security;
alter table job force row level security;
create policy workspace on job using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant select on table job to switchyard_api;
grant insert, select, update on table job to switchyard_engine;

create table job_row (
  workspace_id bigint not null,
  job_id bigint not null,
  no integer not null,
  order_id bigint not null,
  state text not null,
  code text,
  message text,
  at timestamp with time zone,
  constraint job_row_pkey PRIMARY KEY (workspace_id, job_id, no),
  constraint job_row_check CHECK (((state = ANY (ARRAY['refused'::text, 'skipped'::text])) = (code IS NOT NULL))),
  constraint job_row_no_check CHECK ((no > 0)),
  constraint job_row_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'ok'::text, 'refused'::text, 'skipped'::text]))),
  constraint job_row_workspace_id_job_id_fkey FOREIGN KEY (workspace_id, job_id) REFERENCES job(workspace_id, id),
  constraint job_row_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES sales_order(workspace_id, id)
);
CREATE UNIQUE INDEX job_row_order ON public.job_row USING btree (workspace_id, job_id, order_id);
CREATE INDEX job_row_state ON public.job_row USING btree (workspace_id, job_id, state, no);
alter table job_row enable row level security;
alter table job_row force row level security;
create policy workspace on job_row using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant select on table job_row to switchyard_api;
grant insert, select, update on table job_row to switchyard_engine;

create table ledger_account (
  workspace_id bigint not null,
  id bigint not null,
  kind text not null,
  account_id bigint not null,
  currency text not null,
  balance bigint not null,
  constraint ledger_account_pkey PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX ledger_account_key ON public.ledger_account USING btree (workspace_id, kind, account_id, currency);
alter table ledger_account enable row level security;
alter table ledger_account force row level security;
create policy workspace on ledger_account using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table ledger_account to switchyard_api;
grant delete, insert, select, update on table ledger_account to switchyard_engine;

create table ledger_entry (
  workspace_id bigint not null,
  transaction_id bigint not null,
  no integer not null,
  ledger_account_id bigint not null,
  amount bigint not null,
  constraint ledger_entry_pkey PRIMARY KEY (workspace_id, transaction_id, no),
  constraint ledger_entry_amount_check CHECK ((amount <> 0)),
  constraint ledger_entry_workspace_id_ledger_account_id_fkey FOREIGN KEY (workspace_id, ledger_account_id) REFERENCES ledger_account(workspace_id, id),
  constraint ledger_entry_workspace_id_transaction_id_fkey FOREIGN KEY (workspace_id, transaction_id) REFERENCES ledger_transaction(workspace_id, id)
);
CREATE INDEX ledger_entry_account ON public.ledger_entry USING btree (workspace_id, ledger_account_id, transaction_id DESC);
alter table ledger_entry enable row level security;
alter table ledger_entry force row level security;
create policy workspace on ledger_entry using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select on table ledger_entry to switchyard_api;
grant insert, select on table ledger_entry to switchyard_engine;

create table ledger_transaction (
  workspace_id bigint not null,
  id bigint not null,
  kind text not null,
  order_id bigint,
  fulfillment_order_id bigint,
  attempt_id bigint,
  account_id bigint not null,
  reference text,
  actor text not null,
  at timestamp with time zone not null,
  constraint ledger_transaction_pkey PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX ledger_charge ON public.ledger_transaction USING btree (workspace_id, fulfillment_order_id) WHERE (kind = 'charge'::text);
CREATE UNIQUE INDEX ledger_hold ON public.ledger_transaction USING btree (workspace_id, attempt_id, kind) WHERE (kind = ANY (ARRAY['hold'::text, 'release'::text, 'credit_used'::text]));
CREATE UNIQUE INDEX ledger_reference ON public.ledger_transaction USING btree (workspace_id, account_id, kind, reference) WHERE ((reference IS NOT NULL) AND (kind = ANY (ARRAY['top_up'::text, 'correction'::text])));
CREATE INDEX ledger_transaction_account ON public.ledger_transaction USING btree (workspace_id, account_id, id DESC);
CREATE INDEX ledger_transaction_order ON public.ledger_transaction USING btree (workspace_id, order_id) WHERE (order_id IS NOT NULL);
alter table ledger_transaction enable row level security;
alter table ledger_transaction force row level security;
create policy workspace on ledger_transaction using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select on table ledger_transaction to switchyard_api;
grant insert, select on table ledger_transaction to switchyard_engine;

create table management_event (
  workspace_id bigint not null,
  id bigint not null,
  at timestamp with time zone not null,
  actor text not null,
  kind text not null,
  subject text not null,
  subject_id bigint not null,
  data jsonb not null,
  constraint management_event_pkey PRIMARY KEY (workspace_id, id)
);
CREATE INDEX management_event_at ON public.management_event USING btree (workspace_id, at DESC, id DESC);
CREATE INDEX management_event_subject ON public.management_event USING btree (workspace_id, subject, subject_id, id DESC);
alter table management_event enable row level security;
alter table management_event force row level security;
create policy workspace on management_event using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select on table management_event to switchyard_api;
grant insert, select on table management_event to switchyard_engine;

create table member (
  workspace_id bigint not null,
  user_id uuid not null,
  role text not null,
  supplier_ids bigint[] not null,
  created_at timestamp with time zone not null,
  constraint member_pkey PRIMARY KEY (workspace_id, user_id),
  constraint member_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'staff'::text, 'viewer'::text, 'operator'::text, 'prep'::text, 'supplier'::text])))
);
CREATE INDEX member_user ON public.member USING btree (user_id);
grant delete, insert, select, update on table member to switchyard_engine;

create table order_address (
  workspace_id bigint not null,
  order_id bigint not null,
  no integer not null,
  source text not null,
  name text not null,
  company text not null,
  line1 text not null,
  line2 text not null,
  city text not null,
  region text not null,
  postcode text not null,
  country text not null,
  phone text not null,
  email text not null,
  buyer_id text,
  note text,
  digest text not null,
  search_name text not null,
  search_surname text not null,
  erased_at timestamp with time zone,
  constraint order_address_pkey PRIMARY KEY (workspace_id, order_id, no),
  constraint order_address_source_check CHECK ((source = ANY (ARRAY['channel'::text, 'person'::text]))),
  constraint order_address_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES sales_order(workspace_id, id)
);
CREATE INDEX order_address_erased ON public.order_address USING btree (workspace_id, order_id) WHERE (erased_at IS NOT NULL);
CREATE INDEX order_address_name ON public.order_address USING btree (workspace_id, search_name);
CREATE INDEX order_address_surname ON public.order_address USING btree (workspace_id, search_surname);
alter table order_address enable row level security;
alter table order_address force row level security;
create policy workspace on order_address using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table order_address to switchyard_api;
grant delete, insert, select, update on table order_address to switchyard_engine;

create table order_change (
  workspace_id bigint not null,
  id bigint not null,
  no bigint,
  at timestamp with time zone not null,
  orders bigint[] not null,
  first_seqs integer[] not null,
  last_seqs integer[] not null,
  constraint order_change_pkey PRIMARY KEY (workspace_id, id)
);
CREATE INDEX order_change_at ON public.order_change USING btree (at);
CREATE INDEX order_change_new ON public.order_change USING btree (workspace_id, id) WHERE (no IS NULL);
CREATE UNIQUE INDEX order_change_no ON public.order_change USING btree (workspace_id, no) WHERE (no IS NOT NULL);
alter table order_change enable row level security;
alter table order_change force row level security;
create policy workspace on order_change using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table order_change to switchyard_api;
grant delete, insert, select, update on table order_change to switchyard_engine;

create table order_edit (
  workspace_id bigint not null,
  order_id bigint not null,
  no integer not null,
  field text not null,
  line_no integer,
  replaced jsonb not null,
  value jsonb not null,
  on_version integer not null,
  actor text not null,
  at timestamp with time zone not null,
  undone_at timestamp with time zone,
  constraint order_edit_pkey PRIMARY KEY (workspace_id, order_id, no),
  constraint order_edit_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES sales_order(workspace_id, id)
);
alter table order_edit enable row level security;
alter table order_edit force row level security;
create policy workspace on order_edit using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table order_edit to switchyard_api;
grant delete, insert, select, update on table order_edit to switchyard_engine;

create table order_line (
  workspace_id bigint not null,
  order_id bigint not null,
  no integer not null,
  channel_line_id text not null,
  sku text not null,
  title text not null,
  quantity integer not null,
  quantity_edited integer,
  cancelled integer not null,
  channel_cancelled integer not null,
  fulfilled_elsewhere integer not null,
  unit_price numeric not null,
  kind text not null,
  fulfilled_by text not null,
  constraint order_line_pkey PRIMARY KEY (workspace_id, order_id, no),
  constraint order_line_cancelled_check CHECK ((cancelled >= 0)),
  constraint order_line_channel_cancelled_check CHECK ((channel_cancelled >= 0)),
  constraint order_line_fulfilled_elsewhere_check CHECK ((fulfilled_elsewhere >= 0)),
  constraint order_line_quantity_check CHECK ((quantity >= 0)),
  constraint order_line_quantity_edited_check CHECK ((quantity_edited >= 0)),
  constraint order_line_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES sales_order(workspace_id, id)
);
CREATE UNIQUE INDEX order_line_channel_key ON public.order_line USING btree (workspace_id, order_id, channel_line_id);
CREATE INDEX order_line_sku ON public.order_line USING btree (workspace_id, sku, order_id DESC);
alter table order_line enable row level security;
alter table order_line force row level security;
create policy workspace on order_line using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table order_line to switchyard_api;
grant delete, insert, select, update on table order_line to switchyard_engine;

create table order_note (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  order_id bigint not null,
  text text not null,
  author text not null,
  at timestamp with time zone not null,
  erased_at timestamp with time zone,
  constraint order_note_pkey PRIMARY KEY (workspace_id, id),
  constraint order_note_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES sales_order(workspace_id, id)
);
CREATE INDEX order_note_order ON public.order_note USING btree (workspace_id, order_id, id);
CREATE UNIQUE INDEX order_note_public ON public.order_note USING btree (workspace_id, public_id);
alter table order_note enable row level security;
alter table order_note force row level security;
create policy workspace on order_note using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant select on table order_note to switchyard_api;
grant insert, select, update on table order_note to switchyard_engine;

create table order_version (
  workspace_id bigint not null,
  order_id bigint not null,
  no integer not null,
  origin text not null,
  received_at timestamp with time zone not null,
  channel_updated_at timestamp with time zone,
  digest text not null,
  facts jsonb not null,
  constraint order_version_pkey PRIMARY KEY (workspace_id, order_id, no),
  constraint order_version_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES sales_order(workspace_id, id)
);
alter table order_version enable row level security;
alter table order_version force row level security;
create policy workspace on order_version using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select on table order_version to switchyard_api;
grant insert, select on table order_version to switchyard_engine;

create table parcel (
  workspace_id bigint not null,
  id bigint not null,
  order_id bigint not null,
  fulfillment_order_id bigint not null,
  shipment_id bigint not null,
  carrier text not null,
  tracking_number text not null,
  state text not null,
  state_at timestamp with time zone,
  due_at timestamp with time zone,
  looks integer not null,
  accepted boolean not null,
  shared boolean not null,
  source text not null,
  created_at timestamp with time zone not null,
  constraint parcel_pkey PRIMARY KEY (workspace_id, id),
  constraint parcel_workspace_id_shipment_id_fkey FOREIGN KEY (workspace_id, shipment_id) REFERENCES shipment(workspace_id, id)
);
CREATE INDEX parcel_due ON public.parcel USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX parcel_number ON public.parcel USING btree (workspace_id, shipment_id, carrier, tracking_number);
CREATE INDEX parcel_search ON public.parcel USING btree (workspace_id, tracking_number);
alter table parcel enable row level security;
alter table parcel force row level security;
create policy workspace on parcel using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table parcel to switchyard_api;
grant delete, insert, select, update on table parcel to switchyard_engine;

create table personal_read (
  workspace_id bigint not null,
  id bigint not null,
  at timestamp with time zone not null,
  actor text not null,
  what text not null,
  order_id bigint,
  constraint personal_read_pkey PRIMARY KEY (workspace_id, id)
);
CREATE INDEX personal_read_actor ON public.personal_read USING btree (workspace_id, actor, at);
CREATE INDEX personal_read_at ON public.personal_read USING btree (workspace_id, at DESC, id DESC);
alter table personal_read enable row level security;
alter table personal_read force row level security;
create policy workspace on personal_read using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select on table personal_read to switchyard_api;
grant insert, select on table personal_read to switchyard_engine;

create table product_link (
  workspace_id bigint not null,
  id bigint not null,
  channel_id bigint not null,
  sku text not null,
  nothing_to_ship boolean not null,
  updated_at timestamp with time zone not null,
  constraint product_link_pkey PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX product_link_sku ON public.product_link USING btree (workspace_id, sku, channel_id);
alter table product_link enable row level security;
alter table product_link force row level security;
create policy workspace on product_link using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table product_link to switchyard_api;
grant delete, insert, select, update on table product_link to switchyard_engine;

create table product_link_option (
  workspace_id bigint not null,
  link_id bigint not null,
  component_no integer not null,
  supplier_id bigint not null,
  supplier_sku text not null,
  units integer not null,
  per integer not null,
  unit_cost numeric not null,
  currency text not null,
  priority integer not null,
  max_unit_cost numeric,
  constraint product_link_option_pkey PRIMARY KEY (workspace_id, link_id, component_no, supplier_id, supplier_sku),
  constraint product_link_option_component_no_check CHECK ((component_no > 0)),
  constraint product_link_option_per_check CHECK ((per > 0)),
  constraint product_link_option_unit_cost_check CHECK ((unit_cost >= (0)::numeric)),
  constraint product_link_option_units_check CHECK ((units > 0)),
  constraint product_link_option_workspace_id_link_id_fkey FOREIGN KEY (workspace_id, link_id) REFERENCES product_link(workspace_id, id) ON DELETE CASCADE,
  constraint product_link_option_workspace_id_supplier_id_fkey FOREIGN KEY (workspace_id, supplier_id) REFERENCES supplier(workspace_id, id)
);
CREATE INDEX product_link_option_sku ON public.product_link_option USING btree (workspace_id, supplier_id, supplier_sku);
alter table product_link_option enable row level security;
alter table product_link_option force row level security;
create policy workspace on product_link_option using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant delete, insert, select, update on table product_link_option to switchyard_api;
grant delete, insert, select, update on table product_link_option to switchyard_engine;

create table sales_order (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  channel_id bigint not null,
  channel_order_id text not null,
  number text not null,
  origin text not null,
  ordered_at timestamp with time zone,
  received_at timestamp with time zone not null,
  channel_updated_at timestamp with time zone,
  version_no integer not null,
  version_digest text not null,
  payment text not null,
  paid_at timestamp with time zone,
  channel_cancelled_at timestamp with time zone,
  risk text not null,
  buyer_digest text,
  address_digest text,
  country text not null,
  shipping_method text,
  ship_by timestamp with time zone,
  currency text not null,
  total bigint,
  shipping_paid bigint,
  headline text not null,
  released_at timestamp with time zone,
  released_by text,
  answered text[] not null,
  address_no integer not null,
  edited_address_no integer,
  event_seq integer not null,
  event_hash text not null,
  version integer not null,
  constraint sales_order_pkey PRIMARY KEY (workspace_id, id),
  constraint sales_order_channel_order_id_check CHECK ((channel_order_id <> ''::text)),
  constraint sales_order_workspace_id_channel_id_fkey FOREIGN KEY (workspace_id, channel_id) REFERENCES channel(workspace_id, id)
) with (fillfactor=80);
CREATE INDEX sales_order_buyer ON public.sales_order USING btree (workspace_id, buyer_digest, received_at) WHERE (buyer_digest IS NOT NULL);
CREATE UNIQUE INDEX sales_order_channel_key ON public.sales_order USING btree (workspace_id, channel_id, channel_order_id);
CREATE INDEX sales_order_country ON public.sales_order USING btree (workspace_id, country);
CREATE INDEX sales_order_list ON public.sales_order USING btree (workspace_id, channel_id, headline, received_at DESC, id DESC);
CREATE INDEX sales_order_number ON public.sales_order USING btree (workspace_id, number);
CREATE UNIQUE INDEX sales_order_public ON public.sales_order USING btree (workspace_id, public_id);
CREATE INDEX sales_order_ship_by ON public.sales_order USING btree (workspace_id, channel_id, headline, (
CASE
    WHEN (ship_by IS NULL) THEN 'infinity'::timestamp with time zone
    ELSE ship_by
END), id) INCLUDE (ship_by);
CREATE INDEX sales_order_total ON public.sales_order USING btree (workspace_id, channel_id, headline, (
CASE
    WHEN (total IS NULL) THEN ('-1'::integer)::bigint
    ELSE total
END), id) INCLUDE (total);
alter table sales_order enable row level security;
alter table sales_order force row level security;
create policy workspace on sales_order using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table sales_order to switchyard_api;
grant delete, insert, select, update on table sales_order to switchyard_engine;

create table saved_view (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  owner text,
  name text not null,
  words text not null,
  sort text not null,
  columns text[] not null,
  "position" integer not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  version integer not null,
  constraint saved_view_pkey PRIMARY KEY (workspace_id, id),
  constraint saved_view_sort_check CHECK ((sort = ANY (ARRAY['newest'::text, 'oldest'::text, 'ship_by'::text, 'total'::text])))
);
CREATE UNIQUE INDEX saved_view_name ON public.saved_view USING btree (workspace_id, COALESCE(owner, ''::text), lower(name));
CREATE UNIQUE INDEX saved_view_public ON public.saved_view USING btree (workspace_id, public_id);
alter table saved_view enable row level security;
alter table saved_view force row level security;
create policy workspace on saved_view using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant select on table saved_view to switchyard_api;
grant delete, insert, select, update on table saved_view to switchyard_engine;

create table schema_migration (
  number integer not null,
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null,
  constraint schema_migration_pkey PRIMARY KEY (number)
);

create table shipment (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  order_id bigint not null,
  fulfillment_order_id bigint not null,
  no integer not null,
  source text not null,
  shipped_at timestamp with time zone not null,
  actor text not null,
  constraint shipment_pkey PRIMARY KEY (workspace_id, id),
  constraint shipment_workspace_id_fulfillment_order_id_fkey FOREIGN KEY (workspace_id, fulfillment_order_id) REFERENCES fulfillment_order(workspace_id, id)
);
CREATE INDEX shipment_list ON public.shipment USING btree (workspace_id, shipped_at DESC, id DESC);
CREATE UNIQUE INDEX shipment_no ON public.shipment USING btree (workspace_id, fulfillment_order_id, no);
CREATE UNIQUE INDEX shipment_public ON public.shipment USING btree (workspace_id, public_id);
alter table shipment enable row level security;
alter table shipment force row level security;
create policy workspace on shipment using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table shipment to switchyard_api;
grant delete, insert, select, update on table shipment to switchyard_engine;

create table shipment_line (
  workspace_id bigint not null,
  shipment_id bigint not null,
  fo_line_no integer not null,
  units integer not null,
  constraint shipment_line_pkey PRIMARY KEY (workspace_id, shipment_id, fo_line_no),
  constraint shipment_line_units_check CHECK ((units > 0)),
  constraint shipment_line_workspace_id_shipment_id_fkey FOREIGN KEY (workspace_id, shipment_id) REFERENCES shipment(workspace_id, id)
);
alter table shipment_line enable row level security;
alter table shipment_line force row level security;
create policy workspace on shipment_line using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table shipment_line to switchyard_api;
grant delete, insert, select, update on table shipment_line to switchyard_engine;

create table shipping_mapping (
  workspace_id bigint not null,
  channel_id bigint not null,
  rate_name text not null,
  supplier_id bigint not null,
  method text not null,
  constraint shipping_mapping_pkey PRIMARY KEY (workspace_id, channel_id, rate_name, supplier_id),
  constraint shipping_mapping_workspace_id_channel_id_fkey FOREIGN KEY (workspace_id, channel_id) REFERENCES channel(workspace_id, id),
  constraint shipping_mapping_workspace_id_supplier_id_fkey FOREIGN KEY (workspace_id, supplier_id) REFERENCES supplier(workspace_id, id)
);
alter table shipping_mapping enable row level security;
alter table shipping_mapping force row level security;
create policy workspace on shipping_mapping using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant delete, insert, select, update on table shipping_mapping to switchyard_api;
grant delete, insert, select, update on table shipping_mapping to switchyard_engine;

create table stock (
  workspace_id bigint not null,
  supplier_id bigint not null,
  supplier_sku text not null,
  on_hand integer not null,
  reserved integer not null,
  is_shelf boolean not null,
  unit_cost numeric,
  currency text,
  as_of timestamp with time zone not null,
  constraint stock_pkey PRIMARY KEY (workspace_id, supplier_id, supplier_sku),
  constraint stock_check CHECK (((NOT is_shelf) OR (reserved <= on_hand))),
  constraint stock_on_hand_check CHECK ((on_hand >= 0)),
  constraint stock_reserved_check CHECK ((reserved >= 0)),
  constraint stock_workspace_id_supplier_id_fkey FOREIGN KEY (workspace_id, supplier_id) REFERENCES supplier(workspace_id, id)
) with (fillfactor=40);
alter table stock enable row level security;
alter table stock force row level security;
create policy workspace on stock using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table stock to switchyard_api;
grant delete, insert, select, update on table stock to switchyard_engine;

create table stock_reservation (
  workspace_id bigint not null,
  fulfillment_order_id bigint not null,
  line_no integer not null,
  supplier_id bigint not null,
  supplier_sku text not null,
  units integer not null,
  state text not null,
  constraint stock_reservation_pkey PRIMARY KEY (workspace_id, fulfillment_order_id, line_no),
  constraint stock_reservation_state_check CHECK ((state = ANY (ARRAY['open'::text, 'used'::text, 'released'::text]))),
  constraint stock_reservation_units_check CHECK ((units > 0))
);
CREATE INDEX stock_reservation_open ON public.stock_reservation USING btree (workspace_id, supplier_id, supplier_sku) WHERE (state = 'open'::text);
alter table stock_reservation enable row level security;
alter table stock_reservation force row level security;
create policy workspace on stock_reservation using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table stock_reservation to switchyard_api;
grant delete, insert, select, update on table stock_reservation to switchyard_engine;

create table supplier (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  kind text not null,
  role text not null,
  name text not null,
  settings jsonb not null,
  stock_due_at timestamp with time zone,
  inbox_due_at timestamp with time zone,
  last_problem text,
  created_at timestamp with time zone not null,
  constraint supplier_pkey PRIMARY KEY (workspace_id, id),
  constraint supplier_role_check CHECK ((role = ANY (ARRAY['supplier'::text, 'prep'::text])))
);
CREATE INDEX supplier_inbox_due ON public.supplier USING btree (inbox_due_at) WHERE (inbox_due_at IS NOT NULL);
CREATE UNIQUE INDEX supplier_name ON public.supplier USING btree (workspace_id, name);
CREATE UNIQUE INDEX supplier_public ON public.supplier USING btree (workspace_id, public_id);
CREATE INDEX supplier_stock_due ON public.supplier USING btree (stock_due_at) WHERE (stock_due_at IS NOT NULL);
alter table supplier enable row level security;
alter table supplier force row level security;
create policy workspace on supplier using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table supplier to switchyard_api;
grant delete, insert, select, update on table supplier to switchyard_engine;

create table supplier_account (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  supplier_id bigint not null,
  name text not null,
  settings jsonb not null,
  active boolean not null,
  tokens double precision not null,
  tokens_at timestamp with time zone not null,
  recent_unknowns integer not null,
  unknowns_since timestamp with time zone,
  breaker_until timestamp with time zone,
  credentials_rejected_at timestamp with time zone,
  constraint supplier_account_pkey PRIMARY KEY (workspace_id, id),
  constraint supplier_account_workspace_id_supplier_id_fkey FOREIGN KEY (workspace_id, supplier_id) REFERENCES supplier(workspace_id, id)
);
CREATE UNIQUE INDEX supplier_account_name ON public.supplier_account USING btree (workspace_id, supplier_id, name);
CREATE UNIQUE INDEX supplier_account_public ON public.supplier_account USING btree (workspace_id, public_id);
alter table supplier_account enable row level security;
alter table supplier_account force row level security;
create policy workspace on supplier_account using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table supplier_account to switchyard_api;
grant delete, insert, select, update on table supplier_account to switchyard_engine;

create table supplier_file (
  workspace_id bigint not null,
  supplier_id bigint not null,
  sha256 text not null,
  name text not null,
  kind text not null,
  rows integer not null,
  refused integer not null,
  at timestamp with time zone not null,
  constraint supplier_file_pkey PRIMARY KEY (workspace_id, supplier_id, sha256),
  constraint supplier_file_workspace_id_supplier_id_fkey FOREIGN KEY (workspace_id, supplier_id) REFERENCES supplier(workspace_id, id)
);
alter table supplier_file enable row level security;
alter table supplier_file force row level security;
create policy workspace on supplier_file using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table supplier_file to switchyard_api;
grant delete, insert, select, update on table supplier_file to switchyard_engine;

create table tracking_turn (
  workspace_id bigint not null,
  constraint tracking_turn_pkey PRIMARY KEY (workspace_id)
);
alter table tracking_turn enable row level security;
alter table tracking_turn force row level security;
create policy workspace on tracking_turn using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table tracking_turn to switchyard_api;
grant delete, insert, select, update on table tracking_turn to switchyard_engine;

create table vault.data_key (
  workspace_id bigint not null,
  no integer not null,
  kek integer not null,
  wrapped text not null,
  made_at timestamp with time zone not null,
  constraint data_key_pkey PRIMARY KEY (workspace_id, no),
  constraint data_key_no_check CHECK ((no > 0))
);
alter table vault.data_key enable row level security;
alter table vault.data_key force row level security;
create policy workspace on vault.data_key using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select on table vault.data_key to switchyard_api;
grant insert, select on table vault.data_key to switchyard_engine;
grant delete, insert, select, update on table vault.data_key to switchyard_vault;

create table vault.secret (
  workspace_id bigint not null,
  subject text not null,
  subject_id bigint not null,
  name text not null,
  dek integer not null,
  sealed text not null,
  set_at timestamp with time zone not null,
  set_by text not null,
  constraint secret_pkey PRIMARY KEY (workspace_id, subject, subject_id, name),
  constraint secret_subject_check CHECK ((subject = ANY (ARRAY['connection'::text, 'supplier'::text, 'account'::text, 'webhook_endpoint'::text, 'channel_hook'::text]))),
  constraint secret_workspace_id_dek_fkey FOREIGN KEY (workspace_id, dek) REFERENCES vault.data_key(workspace_id, no)
);
CREATE INDEX secret_dek ON vault.secret USING btree (workspace_id, dek);
alter table vault.secret enable row level security;
alter table vault.secret force row level security;
create policy workspace on vault.secret using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant delete, insert on table vault.secret to switchyard_api;
grant delete, insert on table vault.secret to switchyard_engine;
grant delete, insert, select, update on table vault.secret to switchyard_vault;
grant select (workspace_id) on table vault.secret to switchyard_api;
grant select (workspace_id) on table vault.secret to switchyard_engine;
grant select (subject) on table vault.secret to switchyard_api;
grant select (subject) on table vault.secret to switchyard_engine;
grant select (subject_id) on table vault.secret to switchyard_api;
grant select (subject_id) on table vault.secret to switchyard_engine;
grant select (name) on table vault.secret to switchyard_api;
grant select (name) on table vault.secret to switchyard_engine;
grant select (dek) on table vault.secret to switchyard_api;
grant update (dek) on table vault.secret to switchyard_api;
grant select (dek) on table vault.secret to switchyard_engine;
grant update (dek) on table vault.secret to switchyard_engine;
grant update (sealed) on table vault.secret to switchyard_api;
grant update (sealed) on table vault.secret to switchyard_engine;
grant select (set_at) on table vault.secret to switchyard_api;
grant update (set_at) on table vault.secret to switchyard_api;
grant select (set_at) on table vault.secret to switchyard_engine;
grant update (set_at) on table vault.secret to switchyard_engine;
grant select (set_by) on table vault.secret to switchyard_api;
grant update (set_by) on table vault.secret to switchyard_api;
grant select (set_by) on table vault.secret to switchyard_engine;
grant update (set_by) on table vault.secret to switchyard_engine;

create table vault.secret_use (
  workspace_id bigint not null,
  subject text not null,
  subject_id bigint not null,
  hour timestamp with time zone not null,
  actor text not null,
  purpose text not null,
  uses integer not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint secret_use_pkey PRIMARY KEY (workspace_id, subject, subject_id, hour, actor, purpose),
  constraint secret_use_uses_check CHECK ((uses > 0))
);
CREATE INDEX secret_use_at ON vault.secret_use USING btree (workspace_id, first_at DESC);
alter table vault.secret_use enable row level security;
alter table vault.secret_use force row level security;
create policy workspace on vault.secret_use using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant select on table vault.secret_use to switchyard_api;
grant select on table vault.secret_use to switchyard_engine;
grant delete, insert, select, update on table vault.secret_use to switchyard_vault;

create table webhook_attempt (
  workspace_id bigint not null,
  delivery_id bigint not null,
  no integer not null,
  at timestamp with time zone not null,
  duration_ms integer not null,
  url text not null,
  status integer,
  problem text,
  answer text not null,
  constraint webhook_attempt_pkey PRIMARY KEY (workspace_id, delivery_id, no),
  constraint webhook_attempt_duration_ms_check CHECK ((duration_ms >= 0)),
  constraint webhook_attempt_no_check CHECK ((no > 0)),
  constraint webhook_attempt_workspace_id_delivery_id_fkey FOREIGN KEY (workspace_id, delivery_id) REFERENCES webhook_delivery(workspace_id, id) ON DELETE CASCADE
);
alter table webhook_attempt enable row level security;
alter table webhook_attempt force row level security;
create policy workspace on webhook_attempt using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant select on table webhook_attempt to switchyard_api;
grant delete, insert, select, update on table webhook_attempt to switchyard_engine;

create table webhook_delivery (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  endpoint_id bigint not null,
  message_id text not null,
  type text not null,
  order_id bigint,
  occurred_at timestamp with time zone not null,
  payload text not null,
  state text not null,
  created_at timestamp with time zone not null,
  due_at timestamp with time zone,
  tries integer not null,
  attempts integer not null,
  last_status integer,
  last_problem text,
  ended_at timestamp with time zone,
  constraint webhook_delivery_pkey PRIMARY KEY (workspace_id, id),
  constraint webhook_delivery_attempts_check CHECK ((attempts >= 0)),
  constraint webhook_delivery_check CHECK (((state = 'waiting'::text) = (due_at IS NOT NULL))),
  constraint webhook_delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'given_up'::text]))),
  constraint webhook_delivery_tries_check CHECK ((tries >= 0)),
  constraint webhook_delivery_workspace_id_endpoint_id_fkey FOREIGN KEY (workspace_id, endpoint_id) REFERENCES webhook_endpoint(workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_delivery_due ON public.webhook_delivery USING btree (workspace_id, endpoint_id, due_at, id) WHERE (due_at IS NOT NULL);
CREATE INDEX webhook_delivery_ended ON public.webhook_delivery USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX webhook_delivery_list ON public.webhook_delivery USING btree (workspace_id, endpoint_id, id DESC);
CREATE UNIQUE INDEX webhook_delivery_message ON public.webhook_delivery USING btree (workspace_id, endpoint_id, message_id);
CREATE UNIQUE INDEX webhook_delivery_public ON public.webhook_delivery USING btree (workspace_id, public_id);
alter table webhook_delivery enable row level security;
alter table webhook_delivery force row level security;
create policy workspace on webhook_delivery using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant select on table webhook_delivery to switchyard_api;
grant delete, insert, select, update on table webhook_delivery to switchyard_engine;

create table webhook_endpoint (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  url text not null,
  description text not null,
  events text[] not null,
  enabled boolean not null,
  disabled_at timestamp with time zone,
  disabled_why text,
  failures integer not null,
  failing_since timestamp with time zone,
  given_up integer not null,
  last_success_at timestamp with time zone,
  secret_no integer not null,
  old_secret_until timestamp with time zone,
  paused_until timestamp with time zone,
  taken_until timestamp with time zone,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint webhook_endpoint_pkey PRIMARY KEY (workspace_id, id),
  constraint webhook_endpoint_disabled_why_check CHECK ((disabled_why = ANY (ARRAY['by_person'::text, 'gone'::text, 'failing'::text]))),
  constraint webhook_endpoint_failures_check CHECK ((failures >= 0)),
  constraint webhook_endpoint_given_up_check CHECK ((given_up >= 0)),
  constraint webhook_endpoint_secret_no_check CHECK ((secret_no > 0))
);
CREATE UNIQUE INDEX webhook_endpoint_public ON public.webhook_endpoint USING btree (workspace_id, public_id);
alter table webhook_endpoint enable row level security;
alter table webhook_endpoint force row level security;
create policy workspace on webhook_endpoint using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant select on table webhook_endpoint to switchyard_api;
grant delete, insert, select, update on table webhook_endpoint to switchyard_engine;

create table worker (
  id text not null,
  kind text not null,
  pid integer not null,
  slot integer not null,
  started_at timestamp with time zone not null,
  heartbeat_at timestamp with time zone not null,
  constraint worker_pkey PRIMARY KEY (id),
  constraint worker_slot_key UNIQUE (slot)
);
grant delete, insert, select, update on table worker to switchyard_engine;

create table workspace (
  id bigint not null,
  public_id uuid not null,
  slug text not null,
  name text not null,
  kind text not null,
  settings jsonb not null,
  created_at timestamp with time zone not null,
  constraint workspace_pkey PRIMARY KEY (id),
  constraint workspace_public_id_key UNIQUE (public_id),
  constraint workspace_slug_key UNIQUE (slug),
  constraint workspace_kind_check CHECK ((kind = ANY (ARRAY['own'::text, 'sandbox'::text]))),
  constraint workspace_slug_check CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text))
);
grant insert, select, update on table workspace to switchyard_engine;

create table write_back (
  workspace_id bigint not null,
  id bigint not null,
  order_id bigint not null,
  channel_id bigint not null,
  shipment_id bigint,
  parcel_id bigint,
  cancellation_id bigint,
  revision integer not null,
  state text not null,
  due_at timestamp with time zone,
  tries integer not null,
  message text,
  told_at timestamp with time zone,
  lines jsonb not null,
  constraint write_back_pkey PRIMARY KEY (workspace_id, id),
  constraint write_back_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'armed'::text, 'unknown'::text, 'told'::text, 'by_hand'::text, 'refused'::text, 'not_needed'::text]))),
  constraint write_back_workspace_id_channel_id_fkey FOREIGN KEY (workspace_id, channel_id) REFERENCES channel(workspace_id, id),
  constraint write_back_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES sales_order(workspace_id, id)
);
CREATE UNIQUE INDEX write_back_cancellation ON public.write_back USING btree (workspace_id, cancellation_id, revision) WHERE (cancellation_id IS NOT NULL);
CREATE INDEX write_back_due ON public.write_back USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX write_back_open ON public.write_back USING btree (workspace_id, state, id) WHERE (state = ANY (ARRAY['waiting'::text, 'unknown'::text, 'by_hand'::text, 'refused'::text]));
CREATE INDEX write_back_order ON public.write_back USING btree (workspace_id, order_id);
CREATE UNIQUE INDEX write_back_parcel ON public.write_back USING btree (workspace_id, parcel_id, revision) WHERE (parcel_id IS NOT NULL);
alter table write_back enable row level security;
alter table write_back force row level security;
create policy workspace on write_back using ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)) with check ((workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint));
grant insert, select, update on table write_back to switchyard_api;
grant delete, insert, select, update on table write_back to switchyard_engine;

grant usage on schema auth to switchyard_auth;

grant usage on schema public to switchyard_api;

grant usage on schema public to switchyard_engine;

grant usage on schema public to switchyard_vault;

grant usage on schema vault to switchyard_api;

grant usage on schema vault to switchyard_engine;

grant usage on schema vault to switchyard_vault;
