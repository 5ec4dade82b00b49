import { spawn } from "node:child_process";
import {
  chmod,
  chown,
  lchown,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { platform } from "node:os";
import { basename, dirname, join } from "node:path";
import { type Binaries, majorVersion } from "#store/server/binaries.ts";
import type { OsUser } from "#store/server/os-user.ts";
import { homeSetting } from "#store/server/postmaster.ts";
import { type ServerSettings, settingsFile } from "#store/server/settings.ts";
import { StoreError } from "#store/store-error.ts";

/** One PostgreSQL data folder, and whom and what its server runs with. */
export interface Cluster {
  path: string;
  log: string;
  user: OsUser | undefined;
  binaries: Binaries;
}

/**
 * Makes the cluster if it is not there. Text is ordered by code point (the built-in C.UTF-8), so that no index depends on a library's
 * version; a collation is named where text is shown.
 */
export async function initialise({ path, user, binaries }: Cluster, superuserPassword: string): Promise<void> {
  await removeUnfinished(path);
  const unfinished = await mkdtemp(`${path}.new-`);
  const [data, password] = [join(unfinished, "data"), join(unfinished, "password")];
  try {
    await mkdir(data, { mode: 0o700 });
    await writeFile(password, `${superuserPassword}\n`, { mode: 0o600 });
    if (user !== undefined) for (const mine of [unfinished, data, password]) await chown(mine, user.uid, user.gid);
    const here = fromInside(data, user);
    const { code, output } = await finished(
      start(binaries.initdb, { cwd: data, user, stdio: "pipe" }, [
        `--pgdata=${here}`,
        "--username=postgres",
        "--auth=scram-sha-256",
        `--pwfile=${here}/../password`,
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
      ]),
    );
    if (code !== 0) throw whyNot(output, path);
    await writeFile(join(data, "postgresql.conf"), "\ninclude_if_exists = 'switchyard.conf'\n", { flag: "a" });
    await rename(data, path); // only now it counts as made
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** What a start that was killed left behind. Its initdb may still be at work in there, so each start has a folder of its own. */
async function removeUnfinished(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.new-`)) continue;
    await rm(join(dirname(path), name), { recursive: true, force: true }).catch(() => {}); // the next start tries again
  }
}

/** Which major version made the cluster; undefined if there is none yet. */
export async function versionOf(path: string): Promise<number | undefined> {
  const text = await readFile(join(path, "PG_VERSION"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number(text.trim());
}

export function refuseOtherVersion(path: string, version: number): void {
  if (version === majorVersion) return;
  throw new StoreError(
    "other_major_version",
    `The database in ${path} was made by PostgreSQL ${version}; this switchyard brings PostgreSQL ${majorVersion}.`,
    `Export it with the switchyard that made it, or dump it with PostgreSQL ${version} and restore the dump into an empty data folder.`,
  );
}

export interface Launch {
  pid: number;
  /** Settles when the server ends instead of serving, with what it said. */
  died: Promise<string>;
}

/** Starts the server in a session of its own: it outlives us, whatever ends us. The caller finds out when it serves. */
export async function launch(cluster: Cluster, settings: ServerSettings): Promise<Launch> {
  const { path, log, user, binaries } = cluster;
  if (user !== undefined) await takeOver(path, user);
  const conf = join(path, "switchyard.conf");
  await writeFile(conf, settingsFile(settings));
  if (user !== undefined) await chown(conf, user.uid, user.gid);
  if (((await stat(log).catch(() => undefined))?.size ?? 0) > 10 * 2 ** 20) await truncate(log);
  const file = await open(log, "a", 0o600);
  try {
    const saidBefore = (await file.stat()).size;
    const args = ["-D", fromInside(path, user), "-c", `${homeSetting}=${path}`];
    const child = start(binaries.postgres, { cwd: path, user, stdio: file.fd }, args);
    // Whoever stopped it may have removed its folder by then.
    const said = (): Promise<Buffer> => readFile(log).catch(() => Buffer.alloc(0));
    const died = finished(child).then(async () => (await said()).subarray(saidBefore).toString("utf8"));
    child.unref();
    return { pid: child.pid ?? 0, died };
  } finally {
    await file.close();
  }
}

/** A copy or a restored backup belongs to root, or to whoever has that number on this machine. */
async function takeOver(path: string, { uid, gid }: OsUser): Promise<void> {
  if ((await stat(path)).uid === uid) return;
  for (const entry of await readdir(path, { recursive: true })) await lchown(join(path, entry), uid, gid);
  await chmod(path, 0o700);
  await chown(path, uid, gid); // last: until then it starts over
}

/** A port that nobody on this machine listens on right now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a TCP server without a port");
  return address.port;
}

/** PostgreSQL's own words, folded into what a person can do about them. */
export function whyNot(said: string, path: string): StoreError {
  const lines = said.trim().split("\n").slice(-8).join("\n");
  if (/No space left on device|disk is full/i.test(said)) {
    return new StoreError(
      "disk_full",
      `The disk that holds ${path} is full.\n${lines}`,
      "Free some space and start again. Nothing that was committed is lost.",
    );
  }
  if (/Address already in use|could not create any TCP\/IP sockets/i.test(said)) {
    return new StoreError(
      "port_in_use",
      `Another program listens on the port that PostgreSQL should use.\n${lines}`,
      "Set SWITCHYARD_POSTGRES_PORT to a free port, or unset it and let switchyard choose one.",
    );
  }
  if (/Permission denied|Operation not permitted|Read-only file system/i.test(said)) {
    return new StoreError(
      "folder_not_writable",
      `PostgreSQL may not use ${path}.\n${lines}`,
      "Give the folder and what is in it back to the user that made it, or set SWITCHYARD_DATA to another folder.",
    );
  }
  if (/could not look up effective user ID/i.test(said)) {
    return new StoreError(
      "os_user_missing",
      `PostgreSQL refuses to make a database as a user without a name.\n${lines}`,
      "Give this user an entry in /etc/passwd, or set DATABASE_URL to a PostgreSQL server of yours.",
    );
  }
  return new StoreError(
    "server_did_not_start",
    `PostgreSQL did not start on ${path}. It said:\n${lines}`,
    "Look into postgres.log in the data folder.",
  );
}

/**
 * How PostgreSQL names its folder. Stepped down from root it may not be allowed to enter the folders above its own (/root, a private
 * temporary folder); but we can put it inside before it steps down, and Linux lets a process reach where it already is.
 */
const fromInside = (path: string, user: OsUser | undefined): string =>
  user !== undefined && platform() === "linux" ? "/proc/self/cwd" : path;

interface StartOptions {
  cwd: string;
  user: OsUser | undefined;
  /** A file that takes its output, or "pipe" for us to read. */
  stdio: number | "pipe";
}

function start(program: string, { cwd, user, stdio }: StartOptions, args: readonly string[]) {
  return spawn(program, args, {
    cwd,
    ...user,
    detached: true,
    stdio: ["ignore", stdio, stdio],
    env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" }, // our environment may hold secrets, and its locale would change messages
  });
}

function finished(child: ReturnType<typeof start>): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.on("error", (error) => resolve({ code: null, output: error.message }));
    child.on("close", (code) => resolve({ code, output }));
  });
}
