import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Clock } from "#domain/clock.ts";
import type { Log } from "#engine/context.ts";

export interface ChildOptions {
  /** For the log and the messages: "gate", "sandbox". */
  name: string;
  /** The script and its arguments, for this same Node. */
  args: readonly string[];
  env?: Record<string, string>;
  clock: Clock;
  log: Log;
}

/** A process of ours beside this one. It has this one's end of its standard input, so that it leaves when we are killed, however that happens. */
export interface Child<Ready> {
  /** The first line of JSON it printed. Asked again after a restart, it is the new one. */
  ready(): Promise<Ready>;
  /** Of the process that runs now. */
  pid(): number | undefined;
  /** Asks it to stop and waits until it has; after `graceMs` it is killed. */
  stop(graceMs?: number): Promise<void>;
}

const firstPauseMs = 200;
const longestPauseMs = 10_000;

/**
 * Starts a process and starts it again when it ends by itself, with a growing pause. A child that cannot start at all (exit code 1 or 2 before its first line)
 * rejects the first `ready()` with what it said.
 */
export function superviseChild<Ready>({ name, args, env, clock, log }: ChildOptions): Child<Ready> {
  let stopped = false;
  let current: ChildProcess;
  let pauseMs = firstPauseMs;
  let ready = Promise.withResolvers<Ready>();
  ready.promise.catch(() => {}); // who asks gets it; nobody asking is no crash

  function launch(): void {
    let started = false;
    let complaint = "";
    current = spawn(process.execPath, args, {
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
      env: { ...process.env, ...env },
    });
    current.stdin?.on("error", () => {}); // it may be gone already
    createInterface({ input: current.stdout! }).on("line", (line) => {
      if (started) return;
      try {
        const value = JSON.parse(line) as Ready;
        started = true;
        pauseMs = firstPauseMs;
        ready.resolve(value);
      } catch {
        complaint += `${line}\n`;
      }
    });
    createInterface({ input: current.stderr! }).on("line", (line) => {
      complaint = `${complaint}${line}\n`.slice(-4_000);
      log.warn({ child: name }, line);
    });
    current.once("error", (error) => ready.reject(error));
    current.once("exit", (code, signal) => {
      if (stopped) return;
      log.warn({ child: name, code, signal }, `the ${name} process ended; it is started again`);
      if (!started && code !== null)
        ready.reject(new Error(`The ${name} process could not start (exit code ${code}): ${complaint.trim()}`));
      if (started) {
        ready = Promise.withResolvers<Ready>();
        ready.promise.catch(() => {});
      }
      void clock.sleep(pauseMs).then(() => {
        if (!stopped) launch();
      });
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    });
  }
  launch();

  return {
    ready: () => ready.promise,
    pid: () => current.pid,
    async stop(graceMs = 5_000) {
      stopped = true;
      if (current.exitCode !== null || current.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => current.once("exit", () => resolve()));
      current.stdin?.end();
      current.kill("SIGTERM");
      const late = new AbortController();
      await Promise.race([gone, clock.sleep(graceMs, late.signal)]);
      late.abort();
      if (current.exitCode === null && current.signalCode === null) {
        current.kill("SIGKILL");
        await gone;
      }
    },
  };
}
