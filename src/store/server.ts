import { resolve } from "node:path";
import { Client, type PoolConfig } from "pg";
import type { Role } from "#store/server/credentials.ts";
import { openEmbedded } from "#store/server/embedded.ts";
import { ensureForeignServer } from "#store/server/roles.ts";
import { StoreError } from "#store/store-error.ts";

export interface Store {
  /** For migrations only: owns the tables, and is itself under row-level security. */
  owner(): PoolConfig;
  /** For the stages, the gate and the commands of the administrator: sees all workspaces, owns nothing. */
  engine(): PoolConfig;
  /** For whatever serves people: sees the workspace that its transaction names, and nothing without one. */
  api(): PoolConfig;
  /** For signing in: sees who the users are, and nothing of any workspace. */
  auth(): PoolConfig;
  /** For the gate, the channels' connectors and the administrator: opens secrets, and sees nothing else. */
  vault(): PoolConfig;
  /** For taking backups: a login that may take on all of these roles. */
  administrator(): PoolConfig;
  /** Starts the embedded server again if it has died; with DATABASE_URL it does nothing. */
  ensureRunning(): Promise<void>;
  /** End your pools first. The last process out stops the embedded server. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Where the embedded server keeps everything. Without it: SWITCHYARD_DATA, else `data` in the working folder. */
  dataDir?: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** Opens the database: the server of DATABASE_URL, else the one that comes with switchyard. Fails with a {@link StoreError}. */
export const openStore = ({ dataDir, env }: StoreOptions): Promise<Store> =>
  env["DATABASE_URL"] ? openForeign(env["DATABASE_URL"]) : openOwn(dataDir ?? env["SWITCHYARD_DATA"] ?? "data", env);

async function openOwn(dataDir: string, env: StoreOptions["env"]): Promise<Store> {
  const port = env["SWITCHYARD_POSTGRES_PORT"];
  const server = await openEmbedded({ dataDir: resolve(dataDir), port: port ? Number(port) : undefined });
  return {
    owner: () => server.config("switchyard_owner"),
    engine: () => ({
      ...server.config("switchyard_engine"),
      options: startupOptions({ ...everySession, ...engineProfile }),
    }),
    api: () => ({ ...server.config("switchyard_api"), options: startupOptions(servingSession) }),
    auth: () => ({ ...server.config("switchyard_auth"), options: startupOptions(everySession) }),
    vault: () => ({ ...server.config("switchyard_vault"), options: startupOptions(everySession) }),
    administrator: () => server.config("postgres"),
    ensureRunning: () => server.ensureRunning(),
    close: () => server.close(),
  };
}

async function openForeign(url: string): Promise<Store> {
  try {
    await ensureForeignServer({ connectionString: url });
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      "database_unreachable",
      `The server of DATABASE_URL does not answer as expected: ${error instanceof Error ? error.message : String(error)}.`,
      "Check address, login and password in DATABASE_URL, and that the server runs and lets this machine in.",
      error,
    );
  }
  const profile = (await isCitus(url)) ? {} : engineProfile;
  const as = (role: Role, settings: Settings = {}): PoolConfig => ({
    connectionString: withOptions(url, startupOptions({ role, ...settings })),
  });
  return {
    owner: () => as("switchyard_owner"),
    engine: () => as("switchyard_engine", { ...everySession, ...profile }),
    api: () => as("switchyard_api", servingSession),
    auth: () => as("switchyard_auth", everySession),
    vault: () => as("switchyard_vault", everySession),
    administrator: () => ({ connectionString: url }),
    ensureRunning: async () => {},
    close: async () => {},
  };
}

type Settings = Readonly<Record<string, string>>;

/**
 * A process that stands still in the middle of a transaction holds its locks. No transaction of ours waits for anything but the database, so after this
 * the server ends it and the others go on (SM-87).
 */
const everySession: Settings = { idle_in_transaction_session_timeout: "20s" };

/** API-9. Who serves people also asks for no more than a person waits. */
const servingSession: Settings = { ...everySession, statement_timeout: "30s" };

/**
 * Planner settings of the engine's sessions. Its statements join a batch of keys to large tables by index. A plan that was cached while the
 * tables were empty would scan them for ever after (measured: quadratic), so nothing but the index plan is left to choose. Citus refuses
 * generic plans; on it, and in tests, everything must be right without them.
 */
const engineProfile: Settings = {
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
};

/** What the sessions of an engine on our own server begin with, for who opens them otherwise (the benchmark). */
export const engineSessionOptions = (): string => startupOptions({ ...everySession, ...engineProfile });

const startupOptions = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(" ");

/** What the URL itself asks for stays, and ours comes after it. */
function withOptions(url: string, options: string): string {
  const address = new URL(url);
  const theirs = address.searchParams.get("options");
  address.searchParams.set("options", theirs === null ? options : `${theirs} ${options}`);
  return address.href;
}

async function isCitus(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query("select from pg_extension where extname = 'citus'")).rowCount === 1;
  } finally {
    await client.end();
  }
}
