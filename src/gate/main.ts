import { join } from "node:path";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import type { Outside, Supplier } from "#connectors/ports.ts";
import type { Clock, Random } from "#domain/clock.ts";
import { installationId } from "#store/attempt.ts";
import type { Db } from "#store/db.ts";
import { createGate } from "./gate.ts";
import { homePaths } from "./home.ts";
import { Journal, JournalFolder } from "./journal.ts";
import { takeLock } from "./lock.ts";
import type { Vault } from "#store/vault/vault.ts";
import { accountOwners, moveSealedFiles } from "./secrets.ts";
import { serveGate } from "./server.ts";
import { watch } from "./watchdog.ts";

export interface GateProcess {
  db: Db;
  clock: Clock;
  random: Random;
  monotonicMs(): number;
  outside: Outside;
  connectors: ReadonlyMap<string, Supplier>;
  vault: Vault;
  /** SWITCHYARD_HOME. */
  home: string;
  /** Who asks for the process's end: a signal. */
  stop: AbortSignal;
  /** This process slept: it must end at once, without another call to anybody. */
  onLag(lagMs: number): void;
}

/**
 * The gate as a process of its own: takes the home's lock, opens the journal, listens on a free port of 127.0.0.1 and writes where to find it (with the
 * token for it, readable by its owner only) to `gate.json` in the home. Resolves when it was told to stop and every purchase under way has its answer.
 * Throws `HomeInUse` where another gate lives.
 */
export async function runGate({
  db,
  clock,
  random,
  monotonicMs,
  outside,
  connectors,
  vault,
  home,
  stop,
  onLag,
}: GateProcess): Promise<void> {
  const paths = homePaths(home, await installationId(db));
  const unlock = await takeLock(paths.lock);
  try {
    const journal = await Journal.open(new JournalFolder(paths.journal), () => clock.now());
    await moveSealedFiles(paths.secrets, { db, vault, now: () => clock.now() });
    const gate = createGate({
      db,
      clock,
      monotonicMs,
      outside,
      connectors,
      journal,
      secrets: (account, purpose) => vault.open(accountOwners(account), purpose),
    });
    const token = Buffer.from(random.bytes(32)).toString("hex");
    const server = await serveGate(gate, { token });
    await announce(join(paths.folder, "gate.json"), { url: server.url, token, pid: process.pid });
    const watching = watch({ clock, monotonicMs, stop, onLag });
    await stopped(stop);
    await server.close();
    await watching;
    await journal.close();
  } finally {
    await unlock();
  }
}

/** Where the gate of this home listens; null: none has said so. It may have died since: who calls finds out. */
export async function findGate(
  home: string,
  installation: string,
): Promise<{ url: string; token: string; pid: number } | null> {
  try {
    return JSON.parse(await readFile(join(homePaths(home, installation).folder, "gate.json"), "utf8")) as {
      url: string;
      token: string;
      pid: number;
    };
  } catch {
    return null; // not there yet, or being replaced
  }
}

async function announce(path: string, at: { url: string; token: string; pid: number }): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  {
    await using file = await open(`${path}.new`, "w", 0o600);
    await file.writeFile(`${JSON.stringify(at)}\n`);
  }
  await rename(`${path}.new`, path);
}

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
