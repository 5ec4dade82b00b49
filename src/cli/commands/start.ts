import { Option, type Command } from "commander";
import { CliError } from "../cli-error.ts";
import { command, run, type Work } from "../command.ts";

interface StartOptions {
  port?: string;
  sandbox: boolean;
  sandboxSpeed?: string;
  sandboxFaults?: string;
  healthPort?: string;
}

/** Everything on this machine. */
export const startCommand = (): Command =>
  command({
    name: "start",
    about: "Run everything: database, API, workers, the gate and the sandbox.",
    examples: ["start", "start --port 4401 --no-sandbox", "start --sandbox-speed 240"],
    prints: false,
    inWorkspace: false,
  })
    .addOption(portOption())
    .option("--no-sandbox", "without the pretend shop and suppliers")
    .option("--sandbox-speed <n>", "divides the sandbox's durations", "60")
    .addOption(
      new Option("--sandbox-faults <profile>", "how much goes wrong in a new sandbox")
        .choices(["calm", "demo", "hostile"])
        .default("demo"),
    )
    .action(run((work: Work<StartOptions>) => serveUntilStopped(work, { api: true, worker: true })));

/** One half: HTTP only. Any number of them on one database. */
export const apiCommand = (): Command =>
  command({
    name: "api",
    about: "Run only the HTTP API.",
    examples: ["api --port 4400"],
    prints: false,
    inWorkspace: false,
  })
    .addOption(portOption())
    .action(run((work: Work<StartOptions>) => serveUntilStopped(work, { api: true, worker: false })));

/** The other half: a worker with its gate. */
export const workerCommand = (): Command =>
  command({
    name: "worker",
    about: "Run only a worker and its gate.",
    examples: ["worker", "worker --health-port 4411"],
    prints: false,
    inWorkspace: false,
  })
    .option("--health-port <n>", "answer /healthz, /readyz and /metrics there, on 127.0.0.1")
    .action(run((work: Work<StartOptions>) => serveUntilStopped(work, { api: false, worker: true })));

const portOption = (): Option =>
  new Option("--port <n>", "where HTTP listens, on 127.0.0.1 (default: SWITCHYARD_PORT, else 4400)");

/** When the second signal comes, or the time is up: what is left is what a kill leaves, and the next start finds it. */
const exitCode = { secondSignal: 130, tooLate: 1 };

async function serveUntilStopped(
  { config, options }: Work<StartOptions>,
  parts: { api: boolean; worker: boolean },
): Promise<void> {
  const { serve } = await import("../server.ts");
  const { realClock } = await import("../clock.ts");
  const stop = new AbortController();
  const ended = new AbortController();
  const { drainMs, limitMs } = config.stopping;
  // The first signal asks; a second one is for who will not wait.
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(exitCode.secondSignal);
    stop.abort();
    void realClock.sleep(drainMs + limitMs, ended.signal).then(() => {
      if (ended.signal.aborted) return;
      process.stderr.write(
        `Not everything came to its end within ${limitMs / 1_000} seconds (SWITCHYARD_STOP_SECONDS). Nothing is lost: the next start goes on with it.\n`,
      );
      process.exit(exitCode.tooLate);
    });
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const withSandbox = parts.api && parts.worker && options.sandbox;
  const sandbox = withSandbox
    ? { speed: speedOf(options.sandboxSpeed ?? "60"), faults: options.sandboxFaults ?? "demo" }
    : null;
  const healthPort = options.healthPort === undefined ? {} : { healthPort: portOf(options.healthPort) };
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    await serve(config, { ...parts, ...healthPort, sandbox, say }, stop.signal);
  } finally {
    ended.abort();
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535)
    throw new CliError(`--health-port ${text}: expected a number from 1 to 65535.`, "Such as 4411.", 2);
  return port;
}

function speedOf(text: string): number {
  const speed = Number(text);
  if (text.trim() === "" || !Number.isFinite(speed) || speed < 0.001 || speed > 100_000)
    throw new CliError(
      `--sandbox-speed ${text}: expected a number from 0.001 to 100000.`,
      "60 makes an hour a minute.",
    );
  return speed;
}
