// Locks between processes that the operating system takes back the moment their holder dies, also by kill -9. A file with a process id
// in it can only guess whether its writer still lives; process ids are used again, in containers within minutes. Node has no flock, but it
// has SQLite, whose locks on a file are exactly these: a read transaction shares, an exclusive one excludes. Nothing is ever stored in it.
import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";

export interface HeldLock {
  release(): void;
}

/** Waits until it shares the lock at `path`; any number may. */
export const share = (path: string): Promise<HeldLock> =>
  wait(() => tryLock(path, "begin; select count(*) from sqlite_schema"));

/** Waits until it alone holds the lock at `path`. */
export const exclude = (path: string): Promise<HeldLock> => wait(() => tryExclude(path));

/** Holds the lock at `path` alone, or answers undefined at once when anybody else has it. */
export const tryExclude = (path: string): HeldLock | undefined => tryLock(path, "begin exclusive");

// A database handle that is garbage collected closes itself and would drop its lock silently.
const held = new Set<DatabaseSync>();

function tryLock(path: string, begin: string): HeldLock | undefined {
  makePrivate(path);
  const file = new DatabaseSync(path, { timeout: 0 });
  try {
    file.exec("pragma journal_mode = memory"); // else it writes a journal beside the file, which a full disk would refuse
    file.exec(begin);
  } catch (error) {
    file.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  held.add(file);
  return {
    release() {
      if (held.delete(file)) file.close();
    },
  };
}

/**
 * Whoever can read the file could hold the lock. A file that exists is not opened here: to close it again would drop every lock that this
 * process has on it.
 */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

async function wait(attempt: () => HeldLock | undefined): Promise<HeldLock> {
  for (;;) {
    const lock = attempt();
    if (lock !== undefined) return lock;
    await pause(20);
  }
}

const isBusy = (error: unknown): boolean => error instanceof Error && "errcode" in error && error.errcode === 5; // SQLITE_BUSY
