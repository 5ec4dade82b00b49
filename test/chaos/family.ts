import { spawn, type ChildProcess } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = join(import.meta.dirname, "../..");

/** A process that we started: it has its pid and what it said last. */
export interface Member {
  readonly name: string;
  readonly pid: number;
  /** Resolves with the line that it printed, or rejects with its last words when it ended before. */
  says(pattern: RegExp): Promise<string>;
  isAlive(): boolean;
  /** Sends the signal to this very process. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it is gone. */
  gone: Promise<void>;
  lastWords(): string;
  exitCode(): number | null;
}

/**
 * All processes of one run. They know its folder by their environment, so that their own children (gates) are found by it as well, and nobody else is: what
 * a run leaves behind is ended by pid.
 */
export class Family {
  readonly #env: NodeJS.ProcessEnv;
  readonly #members = new Set<Member>();
  readonly folder: string;

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#env = env;
  }

  start(name: string, script: string, ...args: string[]): Member {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      env: this.#env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const member = memberOf(name, child);
    this.#members.add(member);
    void member.gone.then(() => this.#members.delete(member));
    return member;
  }

  /** Ends everybody, also grandchildren, and says whom it had to kill although its parent was gone. */
  async end(graceMs: number): Promise<number[]> {
    for (const member of this.#members) {
      member.signal("SIGCONT");
      member.signal("SIGTERM");
    }
    for (let waitedMs = 0; waitedMs < graceMs && this.#members.size > 0; waitedMs += 50) await sleep(50);
    for (const member of this.#members) member.signal("SIGKILL");
    for (let waitedMs = 0; waitedMs < graceMs && (await this.relatives()).length > 0; waitedMs += 200) await sleep(200);
    const left = await this.relatives();
    for (const pid of left) kill(pid, "SIGKILL");
    return left;
  }

  /** Processes other than this one that were started with this run's folder. Only where the kernel shows their environment. */
  async relatives(): Promise<number[]> {
    const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
    const mark = `SWITCHYARD_DATA=${this.#env["SWITCHYARD_DATA"]}\0`;
    const found = await Promise.all(
      pids.map(async (pid) => {
        const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
        return pid !== process.pid && environment.includes(mark);
      }),
    );
    return pids.filter((_, index) => found[index]);
  }
}

function memberOf(name: string, child: ChildProcess): Member {
  let said = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout!, child.stderr!])
    stream.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString("utf8")).slice(-20_000);
      for (const listener of listeners) listener();
    });
  child.stdin!.on("error", () => {});
  let isGone = false;
  const gone = new Promise<void>((resolve) =>
    child.once("close", () => {
      isGone = true;
      for (const listener of listeners) listener();
      resolve();
    }),
  );
  return {
    name,
    pid: child.pid!,
    gone,
    isAlive: () => !isGone && child.exitCode === null && child.signalCode === null,
    signal: (signal) => void child.kill(signal),
    lastWords: () => said,
    exitCode: () => child.exitCode,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const [found] = pattern.exec(said) ?? [];
          if (found !== undefined) resolve(found);
          else if (isGone) reject(new Error(`${name} ended: ${said}`));
          else return;
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      }),
  };
}

/** Whether it was there to be signalled. */
export function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // gone already
  }
}
