import { createHash } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Who holds a lock: a process, and since when, because process ids come round again. */
interface Holder {
  pid: number;
  startedAt: string;
}

/** The home is in use by a gate that lives. */
export class HomeInUse extends Error {
  override readonly name = "HomeInUse";
}

/** How often this process has asked for a lock: no two of its locks say the same. */
let asked = 0;

/**
 * Takes the lock file at `path` for this process and answers how to give it back. A lock whose process is gone is taken over; one whose process lives is
 * refused with `HomeInUse`: two gates on one home could each let the same purchase through.
 *
 * Nobody ever moves or removes a lock that another may have put there. A dead lock stays, and who takes it over does so under a name made from its content
 * (`heirOf`), which exists once: of all who saw the same dead lock one gets it, however long each of them takes. Only the holder tidies up, and in one step:
 * its lock replaces the first of the chain, and whoever was still on the way along the old one finds itself no longer on it.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const { startedAt = "" } = (await statOf(process.pid)) ?? {};
  const no = (asked += 1);
  const mine = `${JSON.stringify({ pid: process.pid, startedAt, no } satisfies Holder & { no: number })}\n`;
  const draft = `${path}.${process.pid}.${no}`;
  await rm(draft, { force: true }); // of a process that had the same id and died
  await using file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(mine);
    await file.sync();
    for (let tries = 0; tries < 20; tries += 1) {
      const heirs = await heirsOf(path);
      const free = heirs.at(-1) ?? path;
      if (!(await claimed(free, draft))) continue;
      if (free !== path && !(await tidied(path, { draft, mine, heirs, free }))) continue;
      return async () => {
        if ((await readText(path)) === mine) await rm(path, { force: true });
      };
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new HomeInUse(
    `The lock ${path} changes hands faster than it can be read. Start again when the other process has settled.`,
  );
}

/** Whether the name that was claimed is still on the chain; then its lock stands at `path`, and the chain is gone. */
async function tidied(
  path: string,
  { draft, mine, heirs, free }: { draft: string; mine: string; heirs: readonly string[]; free: string },
): Promise<boolean> {
  try {
    if ((await heirsOf(path, mine)).at(-1) !== free) return false;
    await rename(draft, path);
    for (const heir of heirs) if (heir !== free) await rm(heir, { force: true });
    return true;
  } finally {
    await rm(free, { force: true });
  }
}

/** The names under which the dead locks from `path` on are inherited; the last one is free, or has the lock `mine`. A living lock is refused. */
async function heirsOf(path: string, mine?: string): Promise<string[]> {
  const heirs: string[] = [];
  for (let name = path; ;) {
    const text = await readText(name);
    if (text === null || text === mine) return heirs;
    const holder = holderOf(text);
    if (holder !== null && (await lives(holder)))
      throw new HomeInUse(
        `Another gate (process ${holder.pid}) runs on ${dirname(path)}. One home has one gate: stop that one, or set SWITCHYARD_HOME to another folder.`,
      );
    name = heirOf(path, text);
    heirs.push(name);
  }
}
const heirOf = (path: string, dead: string): string =>
  `${path}.after.${createHash("sha256").update(dead).digest("hex").slice(0, 32)}`;

/** A hard link appears complete or not at all, and fails where the name exists. */
async function claimed(name: string, draft: string): Promise<boolean> {
  try {
    await link(draft, name);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function holderOf(text: string): Holder | null {
  try {
    const { pid, startedAt } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === "number" && typeof startedAt === "string" ? { pid, startedAt } : null;
  } catch {
    return null; // written by nobody of us, or cut short by a crash
  }
}

async function lives({ pid, startedAt }: Holder): Promise<boolean> {
  if (!(await isAlive(pid))) return false;
  const start = (await statOf(pid))?.startedAt;
  return start === undefined || startedAt === "" || start === startedAt;
}

/** A process that is dead and not yet buried, because its parent stands still, can be signalled and does nothing any more: it is not alive. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return false; // EPERM: it lives and is somebody else's
  }
  const state = (await statOf(pid))?.state;
  return state !== "Z" && state !== "X";
}

/** A process's state, and when it started, in the kernel's ticks since boot; null where the system does not say. */
async function statOf(pid: number): Promise<{ state: string; startedAt: string } | null> {
  const stat = await readText(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The name, in parentheses, may hold blanks; the fields after it are counted from its end. The state is field 3, the start time field 22.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", startedAt: fields[19] ?? "" };
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ESRCH") return null;
    throw error;
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
