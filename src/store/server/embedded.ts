import { accessSync, constants } from "node:fs";
import { chmod, mkdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client, DatabaseError, type PoolConfig } from "pg";
import { findBinaries } from "#store/server/binaries.ts";
import {
  type Cluster,
  freePort,
  initialise,
  launch,
  refuseOtherVersion,
  versionOf,
  whyNot,
} from "#store/server/cluster.ts";
import {
  type Credentials,
  makeCredentials,
  readCredentials,
  type Role,
  roles,
  withAllPasswords,
  writeCredentials,
} from "#store/server/credentials.ts";
import { exclude, type HeldLock, share, tryExclude } from "#store/server/kernel-lock.ts";
import { serverUser } from "#store/server/os-user.ts";
import { findPostmaster, homeSetting, stopPostmaster } from "#store/server/postmaster.ts";
import { databaseName, ensureOwnServer } from "#store/server/roles.ts";
import { type ServerSettings, serverSettings } from "#store/server/settings.ts";
import { StoreError } from "#store/store-error.ts";

export interface EmbeddedOptions {
  dataDir: string;
  /** Where the server must listen; without it a free port is chosen once and remembered. */
  port?: number | undefined;
  /** Settings that differ from the product's, for tests. */
  settings?: ServerSettings;
}

export interface EmbeddedServer {
  config(login: "postgres" | Role, database?: string): PoolConfig;
  /** Starts the server again if it has died. */
  ensureRunning(): Promise<void>;
  /** Leaves it; the last one out stops it. */
  close(): Promise<void>;
}

/**
 * Joins the server of a data folder: starts it, or adopts the one that runs. The server belongs to no command. Each process that uses it
 * shares a lock for as long as it lives, so "is anybody left?" is a question to the kernel and survives every way to die. Starting and
 * stopping happen under a second lock, one process at a time.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dataDir = await prepareFolder(options.dataDir);
  const oneAtATime = join(dataDir, "postgres.lock");
  const usersLock = join(dataDir, "postgres.users");
  const user = await serverUser();
  const cluster: Cluster = {
    path: join(dataDir, "postgres"),
    log: join(dataDir, "postgres.log"),
    user,
    binaries: await findBinaries(user),
  };

  let membership: HeldLock | undefined;
  let credentials = await under(oneAtATime, async () => {
    const alone = tryExclude(usersLock);
    alone?.release();
    const running = await ensureRunning(cluster, dataDir, options, alone === undefined ? portPatience : 0);
    membership = await share(usersLock);
    return running;
  });

  return {
    config: (login, database = databaseName) => connection(credentials, login, database),
    async ensureRunning() {
      credentials = await under(oneAtATime, () => ensureRunning(cluster, dataDir, options, portPatience));
    },
    close: () =>
      under(oneAtATime, async () => {
        if (membership === undefined) return;
        membership.release();
        membership = undefined;
        const alone = tryExclude(usersLock);
        if (alone === undefined) return;
        try {
          const postmaster = await findPostmaster(cluster.path);
          if (postmaster !== undefined) await stopPostmaster(cluster.path, postmaster);
        } finally {
          alone.release();
        }
      }),
  };
}

/** Tries, half a second apart, for which a server that others use insists on its port when it is started again: they know no other. */
const portPatience = 12;

async function ensureRunning(
  cluster: Cluster,
  dataDir: string,
  options: EmbeddedOptions,
  patience: number,
): Promise<Credentials> {
  const version = await versionOf(cluster.path);
  if (version !== undefined) refuseOtherVersion(cluster.path, version);
  const known = version === undefined ? await makeCluster(cluster, dataDir, options) : await mustRead(dataDir);
  const credentials = await adoptOrStart(cluster, known, options, patience);
  await ensureOwnServer(connection(credentials, "postgres", "postgres"), credentials);
  if (credentials.port !== known.port) await writeCredentials(dataDir, credentials);
  return credentials;
}

/**
 * A port that was asked for is used or refused; one that we chose ourselves is given up when somebody else has taken it meanwhile. A start
 * that was killed may have left a server that is only about to write its postmaster.pid, or one whose children still hold its memory: look again.
 */
async function adoptOrStart(
  cluster: Cluster,
  known: Credentials,
  { port, settings }: EmbeddedOptions,
  patience: number,
): Promise<Credentials> {
  let credentials = port === undefined ? known : { ...known, port };
  for (let attempt = 1; ; attempt += 1) {
    const adopted = await adopt(cluster, known);
    if (adopted !== undefined) return adopted;
    try {
      await startServer(cluster, credentials, settings);
      return credentials;
    } catch (error) {
      if (!(error instanceof StoreError) || attempt === 20) throw error;
      if (error.code === "port_in_use" && attempt <= patience) await pause(500); // most likely a connection of somebody's that got this number by chance
      else if (error.code === "port_in_use" && port === undefined)
        credentials = { ...credentials, port: await freePort() };
      else if (error.code === "server_did_not_start" && /shared memory block|postmaster\.pid/.test(error.message))
        await pause(500);
      else throw error;
    }
  }
}

async function adopt(cluster: Cluster, known: Credentials): Promise<Credentials | undefined> {
  const running = await findPostmaster(cluster.path);
  if (running === undefined) return undefined;
  const credentials = { ...known, port: running.port };
  const isGone = async (): Promise<boolean> => (await findPostmaster(cluster.path))?.pid !== running.pid;
  return (await serves(connection(credentials, "postgres", "postgres"), isGone)) ? credentials : undefined;
}

async function makeCluster(cluster: Cluster, dataDir: string, { port }: EmbeddedOptions): Promise<Credentials> {
  const credentials = makeCredentials(port ?? (await freePort()));
  await writeCredentials(dataDir, credentials); // before the cluster: a cluster without its passwords would be of no use
  await initialise(cluster, credentials.passwords.postgres);
  return credentials;
}

async function mustRead(dataDir: string): Promise<Credentials> {
  const credentials = await readCredentials(dataDir);
  if (credentials !== undefined) {
    const complete = withAllPasswords(credentials);
    // Before the role is made with it: a password that nobody kept would lock us out.
    if (roles.some((role) => credentials.passwords[role] === undefined)) await writeCredentials(dataDir, complete);
    return complete;
  }
  throw new StoreError(
    "credentials_missing",
    `The database's passwords are missing: ${join(dataDir, "postgres.json")} is gone or damaged.`,
    "Put the file back from a backup. It belongs to this database and cannot be made anew.",
  );
}

async function startServer(cluster: Cluster, credentials: Credentials, changes: ServerSettings = {}): Promise<void> {
  const { died } = await launch(cluster, serverSettings(credentials.port, changes));
  let lastWords: string | undefined;
  void died.then((said) => (lastWords = said));
  // On a copied folder the original may answer, on the same port and with the same password: ask whose server it is.
  const hasDied = async (): Promise<boolean> => lastWords !== undefined;
  if (await serves(connection(credentials, "postgres", "postgres"), hasDied, cluster.path)) return;
  throw whyNot(lastWords ?? "", cluster.path);
}

/**
 * Waits until the server answers us, or is gone; a killed one may look alive for a moment. Recovery after a crash takes as long as it takes:
 * the log may be gigabytes.
 */
async function serves(config: PoolConfig, isOver: () => Promise<boolean>, home?: string): Promise<boolean> {
  for (let pauseMs = 20; ; pauseMs = Math.min(2 * pauseMs, 500)) {
    const failure = await tryConnect(config, home);
    if (failure === undefined) return true;
    if (failure instanceof DatabaseError && failure.code !== stillStarting) {
      if (failure.code === tooManyConnections) return true;
      await pause(500); // a stranger may have answered on our port, while our server is about to give up over it
      if (await isOver()) return false;
      throw failure.code?.startsWith("28")
        ? wrongPassword(failure)
        : whyNot(failure.message, config.host ?? "the server");
    }
    if (await isOver()) return false;
    await pause(pauseMs);
  }
}

const stillStarting = "57P03";
const tooManyConnections = "53300";

const wrongPassword = (cause: Error): StoreError =>
  new StoreError(
    "credentials_missing",
    "The database does not accept the password in postgres.json.",
    "Put back the postgres.json that belongs to this database.",
    cause,
  );

async function tryConnect(config: PoolConfig, home: string | undefined): Promise<Error | undefined> {
  const client = new Client({ ...config, connectionTimeoutMillis: 5000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ home: string }>(`select current_setting('${homeSetting}', true) as home`);
    return home === undefined || rows[0]?.home === home
      ? undefined
      : new Error("the server of another folder answered");
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await client.end().catch(() => {});
  }
}

const connection = ({ port, passwords }: Credentials, login: "postgres" | Role, database: string): PoolConfig => ({
  host: "127.0.0.1",
  port,
  user: login,
  password: passwords[login],
  database,
});

async function under<T>(lock: string, work: () => Promise<T>): Promise<T> {
  let held: HeldLock | undefined;
  try {
    held = await exclude(lock);
    return await work();
  } catch (error) {
    const isSystems = error instanceof Error && ("syscall" in error || "errcode" in error); // of a file, or of the lock's
    throw isSystems ? whyNot(error.message, dirname(lock)) : error;
  } finally {
    held?.release();
  }
}

async function prepareFolder(dataDir: string): Promise<string> {
  try {
    if ((await mkdir(dataDir, { recursive: true })) !== undefined) await chmod(dataDir, 0o700);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return await realpath(dataDir);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (reason === "ENOSPC") throw whyNot("No space left on device", dataDir);
    throw new StoreError(
      "folder_not_writable",
      `This user (${process.getuid?.() ?? "unnumbered"}) may not write into ${dataDir} (${reason}).`,
      "Give the folder to the user that starts switchyard, or set SWITCHYARD_DATA to a folder of theirs.",
      error,
    );
  }
}
