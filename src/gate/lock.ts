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

/**
 * Takes the lock file at `path` for this process and answers how to give it back. A lock whose process is gone is taken over; one whose process lives is
 * refused with `HomeInUse`: two gates on one home could each let the same purchase through.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const mine = `${JSON.stringify({ pid: process.pid, startedAt: (await statOf(process.pid))?.startedAt ?? "" } satisfies Holder)}\n`;
  for (let tries = 0; tries < 5; tries += 1) {
    if (await claim(path, mine)) {
      return async () => {
        if ((await readText(path)) === mine) await rm(path, { force: true });
      };
    }
    const found = await readText(path);
    if (found === null) continue; // given back between the two looks
    const holder = holderOf(found);
    if (holder !== null && (await lives(holder))) {
      throw new HomeInUse(
        `Another gate (process ${holder.pid}) runs on ${dirname(path)}. One home has one gate: stop that one, or set SWITCHYARD_HOME to another folder.`,
      );
    }
    await putAside(path, found);
  }
  throw new HomeInUse(
    `The lock ${path} changes hands faster than it can be read. Start again when the other process has settled.`,
  );
}

/** A hard link appears complete or not at all, and fails where the name exists. */
async function claim(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${process.pid}`;
  await using file = await open(draft, "w", 0o600);
  await file.writeFile(text);
  await file.sync();
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes a dead lock, and only that: what another process put there meanwhile is put back. */
async function putAside(path: string, dead: string): Promise<void> {
  const aside = `${path}.dead.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if ((await readText(aside)) !== dead) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
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
