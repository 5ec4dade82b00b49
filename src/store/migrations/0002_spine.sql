-- The spine: workspaces, channels, suppliers, orders and everything an order owns. Old code cannot run on it (there is none).
-- Every tenant table: workspace_id first in the primary key, in every unique index and in every foreign key (R1). No triggers, no column defaults that
-- take ids, time or chance (R6, R7). Foreign keys stand at the end (R12).

-- Directory and local tables (R2) ------------------------------------------------------------------------------------------------------------

create sequence id_block increment by 1000 minvalue 1000 start with 1000;
create sequence fence minvalue 1 start with 1;

create table installation (
  only_one boolean primary key check (only_one),
  id text not null,
  token_digest text not null,
  home text not null,
  safe_mode_reason text,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null
);

create table workspace (
  id bigint primary key,
  public_id uuid not null unique,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  kind text not null check (kind in ('own', 'sandbox')),
  settings jsonb not null,
  created_at timestamptz not null
);

create table api_key (
  id bigint primary key,
  workspace_id bigint not null,
  role text not null check (role in ('owner', 'admin', 'staff', 'viewer', 'operator', 'prep', 'supplier')),
  name text not null,
  prefix text not null unique,
  digest text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- Which workspace of this installation has a shop: a second one is refused.
create table channel_registry (
  kind text not null,
  external_id text not null,
  workspace_id bigint not null,
  primary key (kind, external_id)
);

create table worker (
  id text primary key,
  kind text not null,
  pid integer not null,
  -- Its own counter rows.
  slot integer not null unique,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null
);

-- Connections to the outside -----------------------------------------------------------------------------------------------------------------

create table channel (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  kind text not null,
  external_id text not null,
  name text not null,
  settings jsonb not null,
  active boolean not null,
  created_at timestamptz not null,
  primary key (workspace_id, id)
);
create unique index channel_public on channel (workspace_id, public_id);
create unique index channel_account on channel (workspace_id, kind, external_id);
create unique index channel_name on channel (workspace_id, name);

create table connection (
  workspace_id bigint not null,
  id bigint not null,
  channel_id bigint not null,
  kind text not null,
  settings jsonb not null,
  cursor text,
  first_sync_done_at timestamptz,
  last_sync_at timestamptz,
  last_problem text,
  due_at timestamptz,
  -- The daily comparison of ids: when next, when last, how many orders of the channel were missing here then and the first few of them, and where the feed
  -- stood at the latest comparisons; null: never compared, or nothing is fetched from it.
  gap_due_at timestamptz,
  gap_checked_at timestamptz,
  gap_missing integer check (gap_missing >= 0),
  gap_examples text[],
  gap_cursors text[],
  primary key (workspace_id, id)
);
create index connection_due on connection (due_at) where due_at is not null;
create index connection_gap_due on connection (gap_due_at) where gap_due_at is not null;

create table inbox (
  workspace_id bigint not null,
  id bigint not null,
  connection_id bigint not null,
  event_id text not null,
  body_hash text not null,
  origin text not null,
  raw text,
  received_at timestamptz not null,
  tries integer not null,
  problem text,
  due_at timestamptz,
  done_at timestamptz,
  primary key (workspace_id, id)
);
create unique index inbox_event on inbox (workspace_id, connection_id, event_id, body_hash);
create index inbox_due on inbox (due_at) where due_at is not null;

create table supplier (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  kind text not null,
  role text not null check (role in ('supplier', 'prep')),
  name text not null,
  settings jsonb not null,
  stock_due_at timestamptz,
  inbox_due_at timestamptz,
  last_problem text,
  created_at timestamptz not null,
  primary key (workspace_id, id)
);
create unique index supplier_public on supplier (workspace_id, public_id);
create unique index supplier_name on supplier (workspace_id, name);
create index supplier_stock_due on supplier (stock_due_at) where stock_due_at is not null;
create index supplier_inbox_due on supplier (inbox_due_at) where inbox_due_at is not null;

create table supplier_account (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  supplier_id bigint not null,
  name text not null,
  settings jsonb not null,
  active boolean not null,
  -- Admission (design: calls to an account are admitted by that account's row).
  tokens double precision not null,
  tokens_at timestamptz not null,
  recent_unknowns integer not null,
  unknowns_since timestamptz,
  breaker_until timestamptz,
  credentials_rejected_at timestamptz,
  primary key (workspace_id, id)
);
create unique index supplier_account_public on supplier_account (workspace_id, public_id);
create unique index supplier_account_name on supplier_account (workspace_id, supplier_id, name);

create table account_call (
  workspace_id bigint not null,
  account_id bigint not null,
  attempt_id bigint not null,
  leased_until timestamptz not null,
  primary key (workspace_id, account_id, attempt_id)
);

create table account_day (
  workspace_id bigint not null,
  account_id bigint not null,
  day date not null,
  spent bigint not null check (spent >= 0),
  primary key (workspace_id, account_id, day)
);

create table product_link (
  workspace_id bigint not null,
  id bigint not null,
  -- 0: for every channel of the workspace; a link of one channel wins over it.
  channel_id bigint not null,
  sku text not null,
  nothing_to_ship boolean not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);
create unique index product_link_sku on product_link (workspace_id, sku, channel_id);

create table product_link_option (
  workspace_id bigint not null,
  link_id bigint not null,
  component_no integer not null check (component_no > 0),
  supplier_id bigint not null,
  supplier_sku text not null,
  units integer not null check (units > 0),
  per integer not null check (per > 0),
  unit_cost numeric not null check (unit_cost >= 0),
  currency text not null,
  priority integer not null,
  max_unit_cost numeric,
  primary key (workspace_id, link_id, component_no, supplier_id, supplier_sku)
);
create index product_link_option_sku on product_link_option (workspace_id, supplier_id, supplier_sku);

create table shipping_mapping (
  workspace_id bigint not null,
  channel_id bigint not null,
  rate_name text not null,
  supplier_id bigint not null,
  method text not null,
  primary key (workspace_id, channel_id, rate_name, supplier_id)
);

create table stock (
  workspace_id bigint not null,
  supplier_id bigint not null,
  supplier_sku text not null,
  on_hand integer not null check (on_hand >= 0),
  -- Prep centres: units promised to orders, still on the shelf. Suppliers with a feed: placed since the feed was read.
  reserved integer not null check (reserved >= 0),
  is_shelf boolean not null,
  unit_cost numeric,
  currency text,
  as_of timestamptz not null,
  primary key (workspace_id, supplier_id, supplier_sku),
  check (not is_shelf or reserved <= on_hand)
) with (fillfactor = 40);

create table stock_reservation (
  workspace_id bigint not null,
  fulfillment_order_id bigint not null,
  line_no integer not null,
  supplier_id bigint not null,
  supplier_sku text not null,
  units integer not null check (units > 0),
  state text not null check (state in ('open', 'used', 'released')),
  primary key (workspace_id, fulfillment_order_id, line_no)
);
create index stock_reservation_open on stock_reservation (workspace_id, supplier_id, supplier_sku) where state = 'open';

-- Who changed what in the workspace's set-up: settings, links, stock, accounts, keys. Orders have a trail of their own (event). Only grows.
create table management_event (
  workspace_id bigint not null,
  id bigint not null,
  at timestamptz not null,
  actor text not null,
  kind text not null,
  subject text not null,
  -- 0: the workspace itself.
  subject_id bigint not null,
  data jsonb not null,
  primary key (workspace_id, id)
);
create index management_event_subject on management_event (workspace_id, subject, subject_id, id desc);

-- Orders -------------------------------------------------------------------------------------------------------------------------------------

create table sales_order (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  channel_id bigint not null,
  channel_order_id text not null check (channel_order_id <> ''),
  number text not null,
  origin text not null,
  ordered_at timestamptz,
  received_at timestamptz not null,
  channel_updated_at timestamptz,
  version_no integer not null,
  version_digest text not null,
  payment text not null,
  paid_at timestamptz,
  channel_cancelled_at timestamptz,
  risk text not null,
  buyer_digest text,
  address_digest text,
  country text not null,
  shipping_method text,
  ship_by timestamptz,
  currency text not null,
  total bigint,
  shipping_paid bigint,
  headline text not null,
  released_at timestamptz,
  released_by text,
  -- Codes of holds that a person answered: verify does not open them again.
  answered text[] not null,
  address_no integer not null,
  edited_address_no integer,
  event_seq integer not null,
  event_hash text not null,
  version integer not null,
  primary key (workspace_id, id)
) with (fillfactor = 80);
create unique index sales_order_public on sales_order (workspace_id, public_id);
create unique index sales_order_channel_key on sales_order (workspace_id, channel_id, channel_order_id);
create index sales_order_list on sales_order (workspace_id, headline, received_at desc, id desc);
create index sales_order_number on sales_order (workspace_id, number);
create index sales_order_buyer on sales_order (workspace_id, buyer_digest, received_at) where buyer_digest is not null;

create table order_line (
  workspace_id bigint not null,
  order_id bigint not null,
  no integer not null,
  channel_line_id text not null,
  sku text not null,
  title text not null,
  quantity integer not null check (quantity >= 0),
  quantity_edited integer check (quantity_edited >= 0),
  cancelled integer not null check (cancelled >= 0),
  channel_cancelled integer not null check (channel_cancelled >= 0),
  fulfilled_elsewhere integer not null check (fulfilled_elsewhere >= 0),
  unit_price numeric not null,
  kind text not null,
  fulfilled_by text not null,
  primary key (workspace_id, order_id, no)
);
create unique index order_line_channel_key on order_line (workspace_id, order_id, channel_line_id);
create index order_line_sku on order_line (workspace_id, sku, order_id desc);

-- What the channel said, version by version, without personal data (that is in order_address and order_note).
create table order_version (
  workspace_id bigint not null,
  order_id bigint not null,
  no integer not null,
  origin text not null,
  received_at timestamptz not null,
  channel_updated_at timestamptz,
  digest text not null,
  facts jsonb not null,
  primary key (workspace_id, order_id, no)
);

-- What we decided on top of it. Each names the value it replaced.
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
  at timestamptz not null,
  undone_at timestamptz,
  primary key (workspace_id, order_id, no)
);

-- Personal data: one table family, nothing of it elsewhere.
create table order_address (
  workspace_id bigint not null,
  order_id bigint not null,
  no integer not null,
  source text not null check (source in ('channel', 'person')),
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
  -- Lower case, for the search by the beginning of a word; cleared by an erasure like the rest.
  search_name text not null,
  search_surname text not null,
  primary key (workspace_id, order_id, no)
);
create index order_address_name on order_address (workspace_id, search_name);
create index order_address_surname on order_address (workspace_id, search_surname);

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
  place_after timestamptz,
  due_at timestamptz,
  -- Something that a hold waits for changed since the last verification; false at a `due_at` of a held one: the daily sweep.
  woken boolean not null,
  -- When the daily sweep let it go although nothing had woken it. Must be null everywhere.
  mended_at timestamptz,
  fence integer not null,
  tries integer not null,
  claimed_by text,
  placed_at timestamptz,
  acknowledged_at timestamptz,
  backordered_until timestamptz,
  looks integer not null,
  last_shipped_at timestamptz,
  delivered_at timestamptz,
  expected_goods bigint,
  expected_shipping bigint,
  currency text,
  ship_by timestamptz,
  primary key (workspace_id, id)
) with (fillfactor = 70);
create unique index fulfillment_order_public on fulfillment_order (workspace_id, public_id);
create unique index fulfillment_order_no on fulfillment_order (workspace_id, order_id, no);
create index fulfillment_order_mended on fulfillment_order (mended_at) where mended_at is not null;
create index fulfillment_order_due on fulfillment_order (state, due_at) where due_at is not null;
-- What an account is to place next, earliest ship-by first: place takes no more of it than the account admits.
create index fulfillment_order_placing on fulfillment_order (workspace_id, account_id, ship_by, due_at, id) where state = 'placing';
create index fulfillment_order_supplier on fulfillment_order (workspace_id, supplier_id, state, id);

create table fulfillment_order_line (
  workspace_id bigint not null,
  fulfillment_order_id bigint not null,
  no integer not null,
  order_id bigint not null,
  order_line_no integer not null,
  component_no integer not null,
  supplier_sku text,
  quantity integer not null check (quantity > 0),
  quantity_cancelled integer not null check (quantity_cancelled between 0 and quantity),
  units_per integer not null check (units_per > 0),
  per integer not null check (per > 0),
  units integer not null check (units >= 0),
  units_cancelled integer not null check (units_cancelled >= 0),
  units_placed integer not null check (units_placed between 0 and units),
  units_shipped integer not null check (units_shipped between 0 and units_placed),
  units_collected integer not null check (units_collected >= 0),
  unit_cost numeric,
  primary key (workspace_id, fulfillment_order_id, no)
);
create index fulfillment_order_line_sku on fulfillment_order_line (workspace_id, supplier_sku) where supplier_sku is not null;

create table hold (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  order_id bigint not null,
  subject text not null check (subject in ('order', 'line', 'fulfillment_order', 'shipment')),
  subject_id bigint not null,
  code text not null,
  waits_for text,
  made_by text not null check (made_by in ('machine', 'person')),
  acts text not null,
  detail jsonb not null,
  opened_at timestamptz not null,
  opened_by text not null,
  closed_at timestamptz,
  closed_by text,
  primary key (workspace_id, id)
);
create unique index hold_open on hold (workspace_id, order_id, subject, subject_id, code) where closed_at is null;
create index hold_waits_for on hold (workspace_id, waits_for) where closed_at is null and waits_for is not null;
create index hold_code on hold (workspace_id, code, opened_at) where closed_at is null;

create table decision (
  workspace_id bigint not null,
  order_id bigint not null,
  seq integer not null,
  fulfillment_order_id bigint not null,
  kind text not null,
  at timestamptz not null,
  record jsonb not null,
  primary key (workspace_id, order_id, seq, fulfillment_order_id, kind)
);

create table event (
  workspace_id bigint not null,
  order_id bigint not null,
  seq integer not null,
  at timestamptz not null,
  kind text not null,
  subject text not null,
  subject_id bigint not null,
  from_state text,
  to_state text,
  actor text not null,
  data jsonb,
  hash text not null,
  primary key (workspace_id, order_id, seq)
);

-- Placing ------------------------------------------------------------------------------------------------------------------------------------

create table attempt (
  workspace_id bigint not null,
  id bigint not null,
  order_id bigint not null,
  fulfillment_order_id bigint not null,
  no integer not null,
  supplier_id bigint not null,
  account_id bigint not null,
  kind text not null check (kind in ('key', 'lookup', 'none', 'human', 'document')),
  state text not null check (state in ('armed', 'unknown', 'placed', 'refused', 'void')),
  reference text not null,
  idempotency_key text not null,
  fence integer not null,
  armed_at timestamptz not null,
  send_by timestamptz not null,
  settle_at timestamptz not null,
  key_until timestamptz,
  lookup_lag_ms integer not null,
  lookups integer not null,
  absent_since timestamptz,
  due_at timestamptz,
  currency text not null,
  max_total bigint not null,
  expected_total bigint not null,
  -- What arming took, whatever the account's settings become meanwhile.
  holds_money boolean not null,
  takes_credit boolean not null,
  request_hash text not null,
  -- What leaves, without the address: lines, method, note flag. The address is order_address (address_no), the digest is in the hash.
  request jsonb not null,
  address_no integer not null,
  supplier_order_id text,
  cost bigint,
  cost_is text,
  reason text,
  closed_at timestamptz,
  dispatch_id bigint,
  actor text not null,
  primary key (workspace_id, id),
  check (state <> 'placed' or (supplier_order_id is not null and cost is not null))
);
-- Never order twice: the database itself forbids the second open attempt.
create unique index attempt_one_open on attempt (workspace_id, fulfillment_order_id) where state in ('armed', 'unknown', 'placed');
create unique index attempt_no on attempt (workspace_id, fulfillment_order_id, no);
create unique index attempt_reference on attempt (workspace_id, reference);
create unique index attempt_supplier_order on attempt (workspace_id, account_id, supplier_order_id) where supplier_order_id is not null and kind <> 'document';
create index attempt_due on attempt (state, due_at) where due_at is not null;
create index attempt_unsettled on attempt (workspace_id, account_id) where state in ('armed', 'unknown');
create index attempt_dispatch on attempt (workspace_id, dispatch_id) where dispatch_id is not null;

create table evidence (
  workspace_id bigint not null,
  id bigint not null,
  attempt_id bigint not null,
  order_id bigint not null,
  kind text not null,
  -- Names the same finding for ever, so that recording it twice finds it done.
  natural_key text not null,
  source text not null,
  payload jsonb not null,
  actor text not null,
  at timestamptz not null,
  primary key (workspace_id, id)
);
create unique index evidence_natural on evidence (workspace_id, attempt_id, natural_key);

-- A document to a supplier: bytes and hash are committed with the arming and never composed again.
create table dispatch (
  workspace_id bigint not null,
  id bigint not null,
  supplier_id bigint not null,
  account_id bigint not null,
  state text not null check (state in ('open', 'sent', 'void')),
  file_name text not null,
  sha256 text not null,
  bytes bytea not null,
  created_at timestamptz not null,
  due_at timestamptz,
  sent_at timestamptz,
  primary key (workspace_id, id)
);
create unique index dispatch_file on dispatch (workspace_id, supplier_id, file_name);
create index dispatch_due on dispatch (due_at) where due_at is not null;

create table supplier_file (
  workspace_id bigint not null,
  supplier_id bigint not null,
  sha256 text not null,
  name text not null,
  kind text not null,
  rows integer not null,
  refused integer not null,
  at timestamptz not null,
  primary key (workspace_id, supplier_id, sha256)
);

-- Shipments and telling ----------------------------------------------------------------------------------------------------------------------

create table shipment (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  order_id bigint not null,
  fulfillment_order_id bigint not null,
  no integer not null,
  source text not null,
  shipped_at timestamptz not null,
  actor text not null,
  primary key (workspace_id, id)
);
create unique index shipment_public on shipment (workspace_id, public_id);
create unique index shipment_no on shipment (workspace_id, fulfillment_order_id, no);

create table shipment_line (
  workspace_id bigint not null,
  shipment_id bigint not null,
  fo_line_no integer not null,
  units integer not null check (units > 0),
  primary key (workspace_id, shipment_id, fo_line_no)
);

create table parcel (
  workspace_id bigint not null,
  id bigint not null,
  order_id bigint not null,
  fulfillment_order_id bigint not null,
  shipment_id bigint not null,
  carrier text not null,
  tracking_number text not null,
  state text not null,
  state_at timestamptz,
  due_at timestamptz,
  looks integer not null,
  accepted boolean not null,
  shared boolean not null,
  source text not null,
  created_at timestamptz not null,
  primary key (workspace_id, id)
);
create unique index parcel_number on parcel (workspace_id, shipment_id, carrier, tracking_number);
create index parcel_search on parcel (workspace_id, tracking_number);
create index parcel_due on parcel (due_at) where due_at is not null;

-- Who writes down tracking numbers of a workspace has its turn: two that see the same number at the same moment would each find it unused.
create table tracking_turn (
  workspace_id bigint not null,
  primary key (workspace_id)
);

create table write_back (
  workspace_id bigint not null,
  id bigint not null,
  order_id bigint not null,
  channel_id bigint not null,
  shipment_id bigint,
  parcel_id bigint,
  cancellation_id bigint,
  revision integer not null,
  state text not null check (state in ('waiting', 'armed', 'unknown', 'told', 'by_hand', 'refused', 'not_needed')),
  due_at timestamptz,
  tries integer not null,
  message text,
  told_at timestamptz,
  -- What it tells: [{orderLineNo, quantity}] in whole channel units.
  lines jsonb not null,
  primary key (workspace_id, id)
);
create unique index write_back_parcel on write_back (workspace_id, parcel_id, revision) where parcel_id is not null;
create unique index write_back_cancellation on write_back (workspace_id, cancellation_id, revision) where cancellation_id is not null;
create index write_back_due on write_back (due_at) where due_at is not null;
create index write_back_open on write_back (workspace_id, state, id) where state in ('waiting', 'unknown', 'by_hand', 'refused');

create table cancellation (
  workspace_id bigint not null,
  id bigint not null,
  order_id bigint not null,
  asked_by text not null,
  state text not null,
  lines jsonb not null,
  opened_at timestamptz not null,
  answered_at timestamptz,
  answered_by text,
  due_at timestamptz,
  primary key (workspace_id, id)
);
create index cancellation_order on cancellation (workspace_id, order_id);

create table cancellation_ask (
  workspace_id bigint not null,
  cancellation_id bigint not null,
  fulfillment_order_id bigint not null,
  order_id bigint not null,
  state text not null,
  -- Its part there: [{orderLineNo, componentNo, quantity, accepted}] in channel units.
  lines jsonb not null,
  due_at timestamptz,
  tries integer not null,
  primary key (workspace_id, cancellation_id, fulfillment_order_id)
);
create index cancellation_ask_due on cancellation_ask (due_at) where due_at is not null;

-- A cancellation that came before its order waits here.
create table cancel_tombstone (
  workspace_id bigint not null,
  channel_id bigint not null,
  channel_order_id text not null,
  asked_by text not null,
  lines jsonb not null,
  at timestamptz not null,
  expires_at timestamptz not null,
  primary key (workspace_id, channel_id, channel_order_id)
);

-- Money --------------------------------------------------------------------------------------------------------------------------------------

create table ledger_account (
  workspace_id bigint not null,
  id bigint not null,
  kind text not null,
  -- 0: of the workspace, not of one supplier account.
  account_id bigint not null,
  currency text not null,
  balance bigint not null,
  primary key (workspace_id, id)
);
create unique index ledger_account_key on ledger_account (workspace_id, kind, account_id, currency);

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
  at timestamptz not null,
  primary key (workspace_id, id)
);
-- One charge per placed fulfillment order, one hold and one release per attempt (I22).
create unique index ledger_charge on ledger_transaction (workspace_id, fulfillment_order_id) where kind = 'charge';
create unique index ledger_hold on ledger_transaction (workspace_id, attempt_id, kind) where kind in ('hold', 'release', 'credit_used');
create unique index ledger_reference on ledger_transaction (workspace_id, account_id, kind, reference) where reference is not null and kind in ('top_up', 'correction');
create index ledger_transaction_account on ledger_transaction (workspace_id, account_id, id desc);
create index ledger_transaction_order on ledger_transaction (workspace_id, order_id) where order_id is not null;

create table ledger_entry (
  workspace_id bigint not null,
  transaction_id bigint not null,
  no integer not null,
  ledger_account_id bigint not null,
  amount bigint not null check (amount <> 0),
  primary key (workspace_id, transaction_id, no)
);
create index ledger_entry_account on ledger_entry (workspace_id, ledger_account_id, transaction_id desc);

-- Counting, imports, idempotency -------------------------------------------------------------------------------------------------------------

create table counter (
  workspace_id bigint not null,
  kind text not null,
  key text not null,
  slot integer not null,
  n bigint not null,
  primary key (workspace_id, kind, key, slot)
) with (fillfactor = 40);

create table import (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null,
  kind text not null,
  -- 0: not into a channel.
  channel_id bigint not null,
  file_name text not null,
  sha256 text not null,
  mapping jsonb not null,
  actor text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  rows integer not null,
  stored integer not null,
  refused integer not null,
  set_aside integer not null,
  -- What came of the stored rows: orders new, changed, unchanged, cancellations …
  summary jsonb not null,
  problem text,
  primary key (workspace_id, id)
);
create unique index import_public on import (workspace_id, public_id);

create table import_row (
  workspace_id bigint not null,
  import_id bigint not null,
  line integer not null,
  -- The lines of the file that belong together; the first is `line`.
  lines integer[] not null,
  -- stored: only of what has no key of its own to be known by (a cancellation), so that it is done once.
  outcome text not null check (outcome in ('stored', 'refused', 'set_aside')),
  -- Names the row's content in this channel, so that the same file twice sets it aside once.
  row_key text not null,
  raw text,
  -- What the rows say, where they could be read: what an answer to the question then does.
  said jsonb,
  problems jsonb not null,
  question text,
  candidates jsonb,
  resolved_at timestamptz,
  resolved_by text,
  resolution text,
  primary key (workspace_id, import_id, line)
);
create unique index import_row_known on import_row (workspace_id, row_key) where outcome <> 'refused';
create index import_row_open on import_row (workspace_id, import_id, line) where outcome = 'set_aside' and resolved_at is null;

create table idempotency (
  workspace_id bigint not null,
  actor text not null,
  key text not null,
  route text not null,
  body_hash text not null,
  status integer,
  response jsonb,
  created_at timestamptz not null,
  primary key (workspace_id, actor, key)
);

-- Foreign keys -------------------------------------------------------------------------------------------------------------------------------

alter table connection add foreign key (workspace_id, channel_id) references channel (workspace_id, id);
alter table inbox add foreign key (workspace_id, connection_id) references connection (workspace_id, id);
alter table supplier_account add foreign key (workspace_id, supplier_id) references supplier (workspace_id, id);
alter table account_day add foreign key (workspace_id, account_id) references supplier_account (workspace_id, id);
alter table product_link_option add foreign key (workspace_id, link_id) references product_link (workspace_id, id) on delete cascade;
alter table product_link_option add foreign key (workspace_id, supplier_id) references supplier (workspace_id, id);
alter table shipping_mapping add foreign key (workspace_id, channel_id) references channel (workspace_id, id);
alter table shipping_mapping add foreign key (workspace_id, supplier_id) references supplier (workspace_id, id);
alter table stock add foreign key (workspace_id, supplier_id) references supplier (workspace_id, id);
alter table sales_order add foreign key (workspace_id, channel_id) references channel (workspace_id, id);
alter table order_line add foreign key (workspace_id, order_id) references sales_order (workspace_id, id);
alter table order_version add foreign key (workspace_id, order_id) references sales_order (workspace_id, id);
alter table order_edit add foreign key (workspace_id, order_id) references sales_order (workspace_id, id);
alter table order_address add foreign key (workspace_id, order_id) references sales_order (workspace_id, id);
alter table fulfillment_order add foreign key (workspace_id, order_id) references sales_order (workspace_id, id);
alter table fulfillment_order add foreign key (workspace_id, supplier_id) references supplier (workspace_id, id);
alter table fulfillment_order add foreign key (workspace_id, account_id) references supplier_account (workspace_id, id);
alter table fulfillment_order_line add foreign key (workspace_id, fulfillment_order_id) references fulfillment_order (workspace_id, id);
alter table fulfillment_order_line add foreign key (workspace_id, order_id, order_line_no) references order_line (workspace_id, order_id, no);
alter table hold add foreign key (workspace_id, order_id) references sales_order (workspace_id, id);
alter table attempt add foreign key (workspace_id, fulfillment_order_id) references fulfillment_order (workspace_id, id);
alter table attempt add foreign key (workspace_id, account_id) references supplier_account (workspace_id, id);
alter table evidence add foreign key (workspace_id, attempt_id) references attempt (workspace_id, id);
alter table dispatch add foreign key (workspace_id, supplier_id) references supplier (workspace_id, id);
alter table supplier_file add foreign key (workspace_id, supplier_id) references supplier (workspace_id, id);
alter table shipment add foreign key (workspace_id, fulfillment_order_id) references fulfillment_order (workspace_id, id);
alter table shipment_line add foreign key (workspace_id, shipment_id) references shipment (workspace_id, id);
alter table parcel add foreign key (workspace_id, shipment_id) references shipment (workspace_id, id);
alter table write_back add foreign key (workspace_id, order_id) references sales_order (workspace_id, id);
alter table write_back add foreign key (workspace_id, channel_id) references channel (workspace_id, id);
alter table cancellation add foreign key (workspace_id, order_id) references sales_order (workspace_id, id);
alter table cancellation_ask add foreign key (workspace_id, cancellation_id) references cancellation (workspace_id, id);
alter table ledger_entry add foreign key (workspace_id, transaction_id) references ledger_transaction (workspace_id, id);
alter table ledger_entry add foreign key (workspace_id, ledger_account_id) references ledger_account (workspace_id, id);
alter table import_row add foreign key (workspace_id, import_id) references import (workspace_id, id);

-- Row-level security: one policy per tenant table, by setting and not by role (security.md section 4) ------------------------------------------

do $$
declare
  tenant_table text;
begin
  for tenant_table in
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = current_schema() and c.relkind = 'r'
       and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped)
       and c.relname not in ('api_key', 'channel_registry')
     order by c.relname
  loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format(
      'create policy workspace on %I using (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::bigint) with check (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::bigint)',
      tenant_table);
    execute format('grant select, insert, update, delete on %I to switchyard_engine', tenant_table);
    execute format('grant select, insert, update on %I to switchyard_api', tenant_table);
  end loop;
end
$$;

-- The audit trail, the evidence and the ledger only grow.
revoke update, delete on event, management_event, evidence, ledger_transaction, ledger_entry, decision, order_version from switchyard_engine;
revoke update on event, management_event, evidence, ledger_transaction, ledger_entry, decision, order_version from switchyard_api;
grant delete on product_link_option, shipping_mapping to switchyard_api;
grant usage on sequence id_block, fence to switchyard_api;
grant select, insert, update on installation, workspace, api_key, channel_registry to switchyard_engine;
grant select, insert, update, delete on worker to switchyard_engine;
grant usage on sequence id_block, fence to switchyard_engine;
