import { createHash, timingSafeEqual } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import type { Random } from "#domain/clock.ts";
import type { ReferenceKey } from "#store/attempt.ts";
import type { Journal } from "./journal.ts";

/**
 * What lies outside the data folder, so that a copy of the data does not take it along (design: placing at most once, 5.10 and 8). One folder per
 * installation below SWITCHYARD_HOME:
 *
 *   <home>/<installation>/token          who has it may buy; only its digest is in the database
 *   <home>/<installation>/journal/       what the gate let through, a file a day
 *   <home>/<installation>/gate.lock      which process is the gate
 */
export const homePaths = (home: string, installationId: string) => {
  const folder = join(home, installationId);
  return {
    folder,
    token: join(folder, "token"),
    journal: join(folder, "journal"),
    lock: join(folder, "gate.lock"),
    secrets: join(folder, "secrets"),
  };
};

/** The columns of the installation's row that say where home is. */
export interface HomeMarks {
  /** SHA-256 of the token, hex. */
  tokenDigest: string;
  /** Machine and data folder, hashed: they name a place, nobody has to read it. */
  home: string;
}
export interface Place {
  /** SWITCHYARD_HOME. */
  home: string;
  /** The data folder's path, or the address of the database where it is somebody else's. */
  dataFolder: string;
  /** See `machineId`. */
  machine: string;
}

/** Makes this place the home of an installation: a new token, which makes every older copy a copy. */
export async function settleHome(place: Place, installationId: string, random: Random): Promise<HomeMarks> {
  const paths = homePaths(place.home, installationId);
  await mkdir(paths.folder, { recursive: true, mode: 0o700 });
  const token = Buffer.from(random.bytes(32)).toString("hex");
  await using file = await open(paths.token, "w", 0o600);
  await file.writeFile(`${token}\n`);
  await file.sync();
  return { tokenDigest: digest(token), home: markOf(place) };
}

export type HomeCheck = { status: "home" } | { status: "safe_mode"; reason: string };

/** How many of the newest lines of the journal are compared with the database. */
const compared = 1_000;

/**
 * PL-60. Whether this database, on this machine, in this folder, is the one that may buy. Anything else (a restored backup, a copy of the data, a moved
 * folder) is safe mode with the reason, until the administrator says which copy is home.
 */
export async function checkHome(
  place: Place,
  installation: HomeMarks & { id: string },
  journal: Journal,
  knownReferences: (keys: ReferenceKey[]) => Promise<Set<string>>,
): Promise<HomeCheck> {
  const safe = (reason: string): HomeCheck => ({ status: "safe_mode", reason });
  const token = await readToken(homePaths(place.home, installation.id).token);
  if (token === null)
    return safe(`the token of this installation is not in ${place.home}: the data came here without its home`);
  if (!isSame(digest(token), installation.tokenDigest))
    return safe(
      `the token in ${place.home} is another one: this database is an older copy, or the home was given away`,
    );
  if (!isSame(markOf(place), installation.home))
    return safe("the machine or the path of the data folder is another than before");
  const newest = journal.newest(compared);
  const known = await knownReferences(newest);
  const lost = newest.find((each) => !known.has(each.reference));
  if (lost !== undefined)
    return safe(
      `the gate's journal knows purchases that the database does not, the newest of ${lost.at.toISOString()}: the database is older than what was bought`,
    );
  return { status: "home" };
}

/**
 * PL-69. Whether this home's journal knows all that was sent since the database was last alive. Only the home that could buy then can say so: it has the
 * token that the database remembers; another one's journal, or one that began later, is silent about what others did.
 */
export async function knowsWhatWasSent(
  home: string,
  installation: Pick<HomeMarks, "tokenDigest"> & { id: string; heartbeatAt: Date },
  journal: Journal,
): Promise<boolean> {
  const token = await readToken(homePaths(home, installation.id).token);
  return (
    token !== null && isSame(digest(token), installation.tokenDigest) && journal.knowsSince(installation.heartbeatAt)
  );
}

/** Which machine this is: the system's own id where it has one, else its name. */
export async function machineId(): Promise<string> {
  for (const path of ["/etc/machine-id", "/var/lib/dbus/machine-id"]) {
    const text = (await readFile(path, "utf8").catch(() => "")).trim();
    if (text !== "") return text;
  }
  return hostname();
}

async function readToken(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error; // it is there and may not be read: that must be mended, not guessed around
  }
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const markOf = ({ machine, dataFolder }: Place): string =>
  digest(JSON.stringify([machine, dataFolder.includes("://") ? dataFolder : resolve(dataFolder)]));
const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
