import { Option, type Command } from "commander";
import { CliError } from "../cli-error.ts";
import { command, run, type Work } from "../command.ts";

interface StartOptions {
  port?: string;
  sandbox: boolean;
  sandboxSpeed?: string;
  sandboxFaults?: string;
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
    examples: ["worker"],
    prints: false,
    inWorkspace: false,
  }).action(run((work: Work<StartOptions>) => serveUntilStopped(work, { api: false, worker: true })));

const portOption = (): Option =>
  new Option("--port <n>", "where HTTP listens, on 127.0.0.1 (default: SWITCHYARD_PORT, else 4400)");

async function serveUntilStopped(
  { config, options }: Work<StartOptions>,
  parts: { api: boolean; worker: boolean },
): Promise<void> {
  const { serve } = await import("../server.ts");
  const stop = new AbortController();
  // The first signal asks; a second one is for who will not wait.
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const withSandbox = parts.api && parts.worker && options.sandbox;
  const sandbox = withSandbox
    ? { speed: speedOf(options.sandboxSpeed ?? "60"), faults: options.sandboxFaults ?? "demo" }
    : null;
  await serve(config, { ...parts, sandbox, say: (line) => process.stdout.write(`${line}\n`) }, stop.signal);
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
