import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { createReadStream, createWriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { loadBackup } from "#store/backup/load.ts";
import { readManifest, type Manifest } from "#store/backup/manifest.ts";
import { takeBackup } from "#store/backup/take.ts";
import { openDb } from "#store/db.ts";
import { verifyInvariants, type Verified } from "#store/invariants/verify.ts";
import { openStore, type Store } from "#store/server.ts";
import { tryExclude } from "#store/server/kernel-lock.ts";
import { findPostmaster, stopPostmaster } from "#store/server/postmaster.ts";
import { CliError } from "./cli-error.ts";
import { realClock } from "./clock.ts";
import type { Config } from "./config.ts";

/** A backup that was taken, or restored, and what the product's own check says of what came out of it. */
export interface Tried {
  folder: string;
  manifest: Manifest;
  verified: Verified[];
}

const namePattern = /^switchyard-\d{4}-\d\d-\d\dT\d{6}Z$/;
const nameOf = (at: Date): string => `switchyard-${at.toISOString().slice(0, 19).replaceAll(":", "")}Z`;

/** BK-1. Takes a backup into a new folder below `to`. */
export async function take(config: Config, to: string): Promise<{ folder: string; manifest: Manifest }> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl === null && !(await isThere(join(dataDir, "postgres"))))
    throw new CliError(`There is no database in ${dataDir}.`, "Name the folder it is in: --data FOLDER.");
  await mkdir(to, { recursive: true, mode: 0o700 });
  const folder = join(resolve(to), nameOf(realClock.now()));
  if (await isThere(folder)) throw new CliError(`${folder} is there already.`, "Wait a second and try again.");
  const store = await openStore({ dataDir, env: config.env });
  try {
    const sandbox = databaseUrl === null ? join(dataDir, "sandbox") : null;
    return { folder, manifest: await takeBackup({ database: store.administrator(), folder, sandbox }) };
  } finally {
    await store.close();
  }
}

/** BK-2. Restores a backup into a server of its own in a scratch folder, looks whether everything holds, and leaves nothing behind. */
export async function check(folder: string, scratch: string | undefined): Promise<Tried> {
  const manifest = await readManifest(folder);
  const place = await mkdtemp(join(scratch ?? tmpdir(), "switchyard-check-"));
  try {
    return { folder, manifest, verified: await fillFolder(join(place, "data"), { folder, manifest }) };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/**
 * BK-4, BK-5. Makes a data folder out of a backup. It gets its name when it is complete and checked; one that is there is moved aside where that was said,
 * and never while somebody uses it.
 */
export async function restoreFolder(
  folder: string,
  dataDir: string,
  replace: boolean,
): Promise<Tried & { movedAside: string | null }> {
  const isLiving = (await readdir(dataDir).catch(() => [])).length > 0;
  if (isLiving && !replace)
    throw new CliError(
      `${dataDir} is not empty, and a restore does not write over it.`,
      "Restore to another folder with --data FOLDER, or give --replace to move this one aside first.",
    );
  if (isLiving && !(await isThere(join(dataDir, "postgres.json"))))
    throw new CliError(`${dataDir} is no data folder of switchyard.`, "Name another one: --data FOLDER.");
  if (isLiving) await refuseInUse(dataDir);
  const manifest = await readManifest(folder);
  const unfinished = join(dirname(dataDir), `.${basename(dataDir)}.restoring`);
  await rm(unfinished, { recursive: true, force: true });
  try {
    const verified = await fillFolder(unfinished, { folder, manifest });
    let movedAside: string | null = null;
    if (isLiving) {
      await refuseInUse(dataDir);
      movedAside = `${dataDir}.before-${nameOf(realClock.now()).slice("switchyard-".length)}`;
      await rename(dataDir, movedAside);
      // The outside does not go back in time with us, the pretended one neither.
      const world = join(movedAside, "sandbox");
      if (await isThere(world)) await cp(world, join(unfinished, "sandbox"), { recursive: true });
    } else await rm(dataDir, { recursive: true, force: true });
    await rename(unfinished, dataDir);
    return { folder, manifest, verified, movedAside };
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** BK-6. Fills the empty database of DATABASE_URL. */
export async function restoreDatabase(folder: string, config: Config): Promise<Tried> {
  const manifest = await readManifest(folder);
  const store = await openStore({ dataDir: config.dataDir, env: config.env });
  try {
    return { folder, manifest, verified: await fillStore(store, { folder, manifest }) };
  } finally {
    await store.close();
  }
}

interface Backup {
  folder: string;
  manifest: Manifest;
}

/** With a server of its own on a port of its own, whatever the environment says of another one. */
async function fillFolder(dataDir: string, backup: Backup): Promise<Verified[]> {
  const store = await openStore({ dataDir, env: {} });
  try {
    const verified = await fillStore(store, backup);
    await putBack(backup, dataDir);
    return verified;
  } finally {
    await store.close();
  }
}

async function fillStore(store: Store, { folder, manifest }: Backup): Promise<Verified[]> {
  await loadBackup({ owner: store.owner(), folder, manifest, now: realClock.now() });
  const db = openDb(store.engine(), { max: 2 });
  try {
    return await verifyInvariants(db);
  } finally {
    await db.end();
  }
}

/** What lay beside the database. */
async function putBack({ folder, manifest }: Backup, dataDir: string): Promise<void> {
  for (const { file } of manifest.files) {
    const path = join(dataDir, file.replace(/\.gz$/, ""));
    await mkdir(dirname(path), { recursive: true });
    await pipeline(createReadStream(join(folder, file)), createGunzip(), createWriteStream(path, { mode: 0o600 }));
  }
}

async function refuseInUse(dataDir: string): Promise<void> {
  const alone = tryExclude(join(dataDir, "postgres.users"));
  if (alone === undefined)
    throw new CliError(`Switchyard is running on ${dataDir}.`, "Stop it, then restore. Nothing was changed.");
  try {
    const cluster = join(dataDir, "postgres");
    const running = await findPostmaster(cluster);
    if (running !== undefined) await stopPostmaster(cluster, running); // its users were killed
  } finally {
    alone.release();
  }
}

/** BK-7. Removes backups below `to` that are older than so many days; only folders that a backup made. Answers which. */
export async function removeOld(to: string, days: number): Promise<string[]> {
  const limit = nameOf(new Date(realClock.now().getTime() - days * 86_400_000));
  const old = (await readdir(to)).filter((name) => namePattern.test(name) && name < limit).sort();
  for (const name of old) await rm(join(to, name), { recursive: true });
  return old;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
