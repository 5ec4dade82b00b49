import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { clock } from "./clock.ts";
import type { WorldSettings } from "./events.ts";
import { openLog, LogError } from "./log-file.ts";
import { paceNames, type PaceName } from "./pace.ts";
import { profileNames, profiles, type ProfileName } from "./profile.ts";
import { serve, type SandboxServer } from "./server.ts";
import { Push, type PushRequest } from "./shop/push.ts";
import { createWorld, defaultSettings, WorldError } from "./world.ts";

/**
 * The pretend world as a process of its own. Prints one line of JSON, `{"ready":true,"url":…}`, when it can be asked. Exit codes: 0 asked
 * to stop, 1 cannot go on (port in use, log broken), 2 an argument that cannot be right.
 */
const help = `Usage: node src/sandbox/main.ts --folder FOLDER [options]
  --port N                 port on 127.0.0.1; 0 (the default) takes a free one
  --folder FOLDER          where its log lies; it goes on from there
  --seed TEXT              decides everything that is left to chance (default 1)
  --speed N                divides all its durations (default ${defaultSettings.speed})
  --pace NAME              ${paceNames.join(" or ")} (default ${defaultSettings.pace})
  --faults NAME            ${profileNames.join(", ")}: how much goes wrong in a new world (default demo)
  --orders-at-start N      bought right after the shop opens (default ${defaultSettings.ordersAtStart})
  --orders-per-minute N    afterwards, for an hour; then ${defaultSettings.quietOrdersPerMinute} (default ${defaultSettings.ordersPerMinute})
  --quiet-orders-per-minute N
  --history-days N         age of the shop's oldest order when it is connected (default ${defaultSettings.historyDays})
  --history-per-day N      orders on each of these days (default ${defaultSettings.historyOrdersPerDay})
  --opens-at-start         the shop opens at once, not when its feed is first read
  --until-stdin-ends       stop when standard input ends, so that a parent that was killed leaves nobody behind
Example: node src/sandbox/main.ts --folder ./data/sandbox --port 4410 --seed 7`;

const { values } = readArguments();
if (values.help) {
  console.log(help);
  process.exit(0);
}
await run();

async function run(): Promise<void> {
  const folder = resolve(values.folder ?? fail(2, "--folder is missing: it is where the world's log lies."));
  const settings: WorldSettings = {
    ...defaultSettings,
    speed: number("speed", defaultSettings.speed, 0.001),
    pace: oneOf("pace", paceNames, defaultSettings.pace),
    ordersAtStart: number("orders-at-start", defaultSettings.ordersAtStart),
    ordersPerMinute: number("orders-per-minute", defaultSettings.ordersPerMinute),
    quietOrdersPerMinute: number("quiet-orders-per-minute", defaultSettings.quietOrdersPerMinute),
    historyDays: number("history-days", defaultSettings.historyDays),
    historyOrdersPerDay: number("history-per-day", defaultSettings.historyOrdersPerDay),
    opens: values["opens-at-start"] ? "at_start" : "first_read",
  };
  const profile = profiles[oneOf("faults", profileNames, "demo" satisfies ProfileName)];
  const port = number("port", 0);
  try {
    const log = openLog(folder);
    const world = createWorld({ seed: values.seed ?? "1", now: clock.now, log, profile, settings });
    await log.durable();
    const server = await serve({ world, log, port, wait: clock.wait, onBroken: (error) => fail(1, messageOf(error)) });
    const ready = { ready: true, url: server.url, port: server.port, pid: process.pid, folder };
    writeFileSync(join(folder, "sandbox.json"), `${JSON.stringify(ready)}\n`);
    console.log(JSON.stringify(ready));
    const stopPushing = startPushing(
      new Push({ world, now: clock.now, durable: () => log.durable(), send: (request) => post(request) }),
    );
    stopWhenAsked(server, async () => {
      await stopPushing();
      await log.close();
    });
  } catch (error) {
    fail(1, messageOf(error));
  }
}

const pushEveryMs = 100;
function startPushing(push: Push): () => Promise<void> {
  let isStopping = false;
  const pushing = (async () => {
    while (!isStopping) {
      await push.step().catch((error: unknown) => console.error(error));
      await clock.wait(pushEveryMs);
    }
  })();
  return async () => {
    isStopping = true;
    await pushing;
  };
}

async function post({ url, headers, body }: PushRequest): Promise<number> {
  try {
    const signal = AbortSignal.timeout(10_000);
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

function stopWhenAsked(server: SandboxServer, close: () => Promise<void>): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    server
      .close()
      .then(close)
      .then(() => process.exit(0))
      .catch((error: unknown) => fail(1, messageOf(error)));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  if (values["until-stdin-ends"]) process.stdin.on("end", stop).on("error", stop).resume();
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        port: { type: "string" },
        folder: { type: "string" },
        seed: { type: "string" },
        speed: { type: "string" },
        pace: { type: "string" },
        faults: { type: "string" },
        "orders-at-start": { type: "string" },
        "orders-per-minute": { type: "string" },
        "quiet-orders-per-minute": { type: "string" },
        "history-days": { type: "string" },
        "history-per-day": { type: "string" },
        "opens-at-start": { type: "boolean", default: false },
        "until-stdin-ends": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return fail(2, messageOf(error));
  }
}

type NumberOption =
  | "port"
  | "speed"
  | "orders-at-start"
  | "orders-per-minute"
  | "quiet-orders-per-minute"
  | "history-days"
  | "history-per-day";
function number(name: NumberOption, absent: number, least = 0): number {
  const text = values[name];
  if (text === undefined) return absent;
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) && value >= least
    ? value
    : fail(2, `--${name} ${text}: expected a number from ${least} on.`);
}
function oneOf<Name extends PaceName | ProfileName>(
  name: "pace" | "faults",
  known: readonly Name[],
  absent: Name,
): Name {
  const text = values[name];
  if (text === undefined) return absent;
  return known.find((one) => one === text) ?? fail(2, `--${name} ${text}: there are ${known.join(", ")}.`);
}

function messageOf(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
    return "The port is in use. Give another with --port, or stop what uses it.";
  if (error instanceof LogError || error instanceof WorldError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
function fail(code: 1 | 2, message: string): never {
  console.error(`sandbox: ${message}`);
  process.exit(code);
}
