import { Client, type ClientConfig, DatabaseError, escapeLiteral } from "pg";
import { type Credentials, type Role, roles } from "#store/server/credentials.ts";
import { StoreError } from "#store/store-error.ts";

/**
 * `switchyard_owner` owns the tables and migrates them; `switchyard_engine` works for all workspaces and so bypasses row-level security,
 * but owns nothing; `switchyard_api` serves people and can neither bypass nor own; `switchyard_auth` says who somebody is, in a schema of its own, and
 * sees nothing else; `switchyard_vault` reads secrets, for the gate and the channels' connectors, and sees nothing else. None of them is a superuser.
 */
const attributes: Record<Role, string> = {
  switchyard_owner: "nosuperuser nobypassrls nocreaterole nocreatedb noreplication",
  switchyard_engine: "nosuperuser bypassrls nocreaterole nocreatedb noreplication",
  switchyard_api: "nosuperuser nobypassrls nocreaterole nocreatedb noreplication",
  switchyard_auth: "nosuperuser nobypassrls nocreaterole nocreatedb noreplication",
  switchyard_vault: "nosuperuser nobypassrls nocreaterole nocreatedb noreplication",
};

export const databaseName = "switchyard";

/**
 * On our own server: roles that log in with passwords of their own, and the database. Running it again finds them there; whoever made the
 * cluster may have been killed in the middle of it.
 */
export async function ensureOwnServer(superuser: ClientConfig, { passwords }: Credentials): Promise<void> {
  await withClient(superuser, async (client) => {
    // A start that was killed has left its statement running on the server: that one comes to its end first.
    await lockRoles(client);
    const existing = await existingRoles(client);
    for (const role of roles) {
      if (existing.has(role)) continue;
      await client.query(`create role ${role} login ${attributes[role]} password ${escapeLiteral(passwords[role])}`);
    }
    const { rowCount } = await client.query("select from pg_database where datname = $1", [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName} owner switchyard_owner`);
  });
}

/**
 * On a server that is not ours: roles without a login, which the login of DATABASE_URL may take on. Refuses a server that is too old, a
 * database that cannot hold every character, and an API role that could look past row-level security.
 */
export async function ensureForeignServer(login: ClientConfig): Promise<void> {
  await withClient(login, async (client) => {
    await refuseUnfitServer(client);
    // Two processes may open the store at the same moment.
    await lockRoles(client);
    try {
      await ensureGroupRoles(client);
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== "42501") throw error;
      throw new StoreError(
        "roles_missing",
        `The login of DATABASE_URL may not make the roles that switchyard needs: ${error.message}.`,
        `Run this once as an administrator of the server, then start again:\n${await administratorScript(client)}`,
        error,
      );
    }
    await refuseUnsafeApiRole(client);
  });
}

async function refuseUnfitServer(client: Client): Promise<void> {
  const { rows } = await client.query<{ version: number; shown: string; encoding: string }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as shown,
            current_setting('server_encoding') as encoding`,
  );
  const server = rows[0];
  if (server === undefined) throw new Error("a select without a from has one row");
  if (server.version < 160_000) {
    throw new StoreError(
      "server_too_old",
      `DATABASE_URL leads to PostgreSQL ${server.shown}; switchyard needs version 16 or newer.`,
      "Upgrade that server, or unset DATABASE_URL to use the one that comes with switchyard.",
    );
  }
  if (server.encoding !== "UTF8") {
    throw new StoreError(
      "encoding_not_utf8",
      `The database of DATABASE_URL is encoded as ${server.encoding}, which cannot hold every buyer's name.`,
      "Make a database with `encoding 'UTF8'` and name that one in DATABASE_URL.",
    );
  }
}

async function ensureGroupRoles(client: Client): Promise<void> {
  const existing = await existingRoles(client);
  for (const role of roles) {
    if (!existing.has(role)) await client.query(`create role ${role} nologin ${attributes[role]}`);
    const { rows } = await client.query<{ may: boolean }>("select pg_has_role(current_user, $1, 'set') as may", [role]);
    if (rows[0]?.may !== true) await client.query(`grant ${role} to current_user with set true`);
  }
  const { rows } = await client.query<{ on_database: boolean; on_schema: boolean; name: string }>(
    `select has_database_privilege('switchyard_owner', current_database(), 'create') as on_database,
            has_schema_privilege('switchyard_owner', 'public', 'create') as on_schema,
            quote_ident(current_database()) as name`,
  );
  const owner = rows[0];
  if (owner?.on_database !== true) await client.query(`grant create on database ${owner?.name} to switchyard_owner`);
  if (owner?.on_schema !== true) await client.query("grant usage, create on schema public to switchyard_owner");
  const { rowCount } = await client.query(
    "select from unnest(array['switchyard_engine', 'switchyard_api', 'switchyard_vault']) role where not has_schema_privilege(role, 'public', 'usage')",
  );
  if (rowCount !== 0)
    await client.query("grant usage on schema public to switchyard_engine, switchyard_api, switchyard_vault");
}

async function refuseUnsafeApiRole(client: Client): Promise<void> {
  const { rowCount } = await client.query(
    "select from pg_roles where rolname = 'switchyard_api' and (rolsuper or rolbypassrls)",
  );
  if (rowCount === 0) return;
  throw new StoreError(
    "role_too_powerful",
    "The role switchyard_api may look past row-level security, so one workspace could see another's orders.",
    "Run as an administrator of the server: alter role switchyard_api nosuperuser nobypassrls;",
  );
}

async function administratorScript(client: Client): Promise<string> {
  const { rows } = await client.query<{ login: string; database: string }>(
    "select quote_ident(current_user) as login, quote_ident(current_database()) as database",
  );
  const { login = "", database = "" } = rows[0] ?? {};
  const existing = await existingRoles(client);
  return [
    ...roles.filter((role) => !existing.has(role)).map((role) => `create role ${role} nologin ${attributes[role]};`),
    `grant ${roles.join(", ")} to ${login};`,
    `grant create on database ${database} to switchyard_owner;`,
    "grant usage, create on schema public to switchyard_owner;",
    "grant usage on schema public to switchyard_engine, switchyard_api, switchyard_vault;",
  ].join("\n");
}

/** Held until the session ends, and a statement under way ends before its session does. */
async function lockRoles(client: Client): Promise<void> {
  await client.query("select pg_advisory_lock(hashtext('switchyard roles'))");
}

async function existingRoles(client: Client): Promise<Set<string>> {
  const { rows } = await client.query<{ rolname: string }>("select rolname from pg_roles where rolname = any($1)", [
    roles,
  ]);
  return new Set(rows.map((row) => row.rolname));
}

async function withClient<T>(config: ClientConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ ...config, application_name: "switchyard setup" });
  client.on("error", () => {}); // the statement that is under way reports it
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
