-- Who the users are and how they sign in, in a schema that only the role switchyard_auth enters; and which workspaces they belong to. Old code runs on it.
-- Tokens, links and codes are kept as digests. Ids are uuids from the application; times come from there too.

create schema auth;
grant usage on schema auth to switchyard_auth;

create table auth.app_user (
  id uuid primary key,
  name text not null,
  -- In small letters, as it is compared.
  email text not null unique check (email = lower(email)),
  email_verified boolean not null,
  image text,
  two_factor_enabled boolean,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- How a user proves who they are: today a password, whose hash names its own parameters.
create table auth.credential (
  id uuid primary key,
  user_id uuid not null,
  provider_id text not null,
  account_id text not null,
  password text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (provider_id, account_id)
);
create index credential_user on auth.credential (user_id);

create table auth.session (
  id uuid primary key,
  user_id uuid not null,
  -- SHA-256 of what the cookie holds.
  token text not null unique,
  expires_at timestamptz not null,
  -- When password (and second factor, where there is one) were last shown: counts for what is dangerous.
  proved_at timestamptz,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index session_user_id on auth.session (user_id);
create index session_end on auth.session (expires_at);

-- What was sent or begun and waits for an answer: password links, the second step of a sign-in.
create table auth.verification (
  id uuid primary key,
  identifier text not null unique,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index verification_end on auth.verification (expires_at);

create table auth.two_factor (
  id uuid primary key,
  user_id uuid not null unique,
  -- Sealed with the installation's sign-in key, which is not in the database.
  secret text not null,
  backup_codes text not null,
  verified boolean,
  failed_verification_count integer,
  locked_until timestamptz
);

-- A code of the second factor counts once.
create table auth.used_code (
  user_id uuid not null,
  digest text not null,
  used_at timestamptz not null,
  primary key (user_id, digest)
);

-- Browsers in which somebody signed in before: they keep a budget of their own when others guess that user's password.
create table auth.known_device (
  user_id uuid not null,
  digest text not null,
  seen_at timestamptz not null,
  primary key (user_id, digest)
);

-- How often something was tried, by a digest of what (an account, a network, everybody).
create table auth.budget (
  key text primary key,
  window_from timestamptz not null,
  used integer not null check (used >= 0),
  free_at timestamptz
);
create index budget_window on auth.budget (window_from);

-- The one-time link of the first start.
create table auth.set_up (
  only_one boolean primary key check (only_one),
  digest text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- Which workspaces a user belongs to (directory, like keys): read before a workspace is known.
create table member (
  workspace_id bigint not null,
  user_id uuid not null,
  role text not null check (role in ('owner', 'admin', 'staff', 'viewer', 'operator', 'prep', 'supplier')),
  -- For prep and supplier: whose fulfillment orders they see. Empty for the others.
  supplier_ids bigint[] not null,
  created_at timestamptz not null,
  primary key (workspace_id, user_id)
);
create index member_user on member (user_id);

create table invitation (
  workspace_id bigint not null,
  id bigint not null,
  public_id uuid not null unique,
  email text not null check (email = lower(email)),
  role text not null check (role in ('owner', 'admin', 'staff', 'viewer', 'operator', 'prep', 'supplier')),
  supplier_ids bigint[] not null,
  digest text not null unique,
  invited_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  primary key (workspace_id, id)
);

alter table auth.credential add foreign key (user_id) references auth.app_user (id) on delete cascade;
alter table auth.session add foreign key (user_id) references auth.app_user (id) on delete cascade;
alter table auth.two_factor add foreign key (user_id) references auth.app_user (id) on delete cascade;
alter table auth.used_code add foreign key (user_id) references auth.app_user (id) on delete cascade;
alter table auth.known_device add foreign key (user_id) references auth.app_user (id) on delete cascade;

grant select, insert, update, delete on all tables in schema auth to switchyard_auth;
grant select, insert, update, delete on member to switchyard_engine;
grant select, insert, update on invitation to switchyard_engine;
