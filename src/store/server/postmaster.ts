import { execFile } from "node:child_process";
import { readFile, rm, stat } from "node:fs/promises";
import { platform } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { StoreError } from "#store/store-error.ts";

/**
 * A setting of our own, last on the server's command line. It changes nothing; it tells our servers from whatever else has their process id,
 * and which folder a server has.
 */
export const homeSetting = "switchyard.home";

export interface Postmaster {
  pid: number;
  port: number;
}

/**
 * The server that runs on this cluster, whoever started it. A postmaster.pid that a crash or a copy left behind is removed: PostgreSQL
 * recognises most of those itself, but refuses to start when the old process id belongs to somebody else by now, which in a container is the rule.
 */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const file = join(cluster, "postmaster.pid");
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const [, home] = (await commandLine(pid)).split(`${homeSetting}=`);
  if (home !== undefined && (await isSameFolder(home, cluster))) return { pid, port: Number(lines[3]) };
  await rm(file, { force: true });
  return undefined;
}

/** A server whose folder is no longer where it was had it moved away under its feet: that may be this one, and two servers on one would ruin it. */
async function isSameFolder(home: string, cluster: string): Promise<boolean> {
  const [there, here] = await Promise.all([stat(home).catch(() => undefined), stat(cluster)]);
  return there === undefined || (there.dev === here.dev && there.ino === here.ino);
}

/** Empty for a process that is gone, also for one that is dead and only waits for its parent to notice. */
export async function commandLine(pid: number): Promise<string> {
  try {
    if (platform() === "linux") return (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim();
    return (await promisify(execFile)("ps", ["-o", "args=", "-p", String(pid)])).stdout.trim();
  } catch {
    return "";
  }
}

/** "Fast": running transactions are rolled back, everything committed is written out. */
export async function stopPostmaster(cluster: string, { pid }: Postmaster): Promise<void> {
  process.kill(pid, "SIGINT");
  for (let waitedMs = 0; waitedMs < 300_000; waitedMs += 20) {
    if ((await findPostmaster(cluster)) === undefined) return;
    await pause(20);
  }
  throw new StoreError(
    "server_did_not_stop",
    `PostgreSQL (process ${pid}) has not stopped within five minutes.`,
    "Look into postgres.log in the data folder. Nothing is lost; the next start takes over the running server.",
  );
}
