import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BenchCase, BenchOptions, CaseResult } from "./case.ts";
import { cases } from "./cases.ts";
import { showResults } from "./report.ts";
import { openBenchServer } from "./server.ts";

const usage = `npm run bench -- [options]

  --quick        every case in its small form, in less than three minutes
  --size N       the cases about size, with N finished orders in the database (1000000)
  --rounds N     pairs of runs
  --only NAME    one case (may be repeated): ${cases.map((each) => each.name).join(", ")}
  --profile      say where the time goes
  --help

Prints tables and gates, and writes bench/results/latest.json (a run of only some cases: bench/results/part.json). Exits 1 when a gate failed.`;

const { values: given } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    size: { type: "string", default: "0" },
    rounds: { type: "string" },
    only: { type: "string", multiple: true },
    profile: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (given.help) console.log(usage);
else process.exitCode = await run(chosen(), readOptions());

function readOptions(): BenchOptions {
  return {
    isQuick: given.quick,
    size: wholeNumber("--size", given.size),
    rounds: given.rounds === undefined ? null : wholeNumber("--rounds", given.rounds),
    isProfile: given.profile,
  };
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${option}: expected a whole number, found "${text}".`);
  return Number(text);
}

function chosen(): readonly BenchCase[] {
  const names = given.only ?? [];
  const unknown = names.find((name) => !cases.some((each) => each.name === name));
  if (unknown !== undefined)
    throw new Error(`--only: there is no case "${unknown}"; there are ${cases.map((each) => each.name).join(", ")}.`);
  if (names.length > 0) return cases.filter((each) => names.includes(each.name));
  return given.quick ? cases.filter((each) => each.isQuick) : cases;
}

async function run(wanted: readonly BenchCase[], options: BenchOptions): Promise<number> {
  const startedAt = new Date();
  const server = await openBenchServer(given.profile ? { shared_preload_libraries: "pg_stat_statements" } : {});
  const results: CaseResult[] = [];
  // Whoever interrupts must not leave a server and its folder behind.
  const toPutAway: (() => Promise<void>)[] = [];
  const putAway = async (): Promise<void> => {
    for (const each of toPutAway.splice(0)) await each();
    await server.close();
  };
  const stop = (): void => void putAway().finally(() => process.exit(130));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    for (const each of wanted) {
      console.error(`${each.name}: ${each.about}`);
      results.push(
        await each.run({
          server,
          options,
          say: (line) => console.error(`  ${line}`),
          atEnd: (each) => void toPutAway.push(each),
        }),
      );
    }
    const machine = await describeMachine(server);
    console.log(showResults(results));
    const folder = join(import.meta.dirname, "results");
    await mkdir(folder, { recursive: true });
    const file = join(folder, given.only === undefined ? "latest.json" : "part.json");
    const report = { startedAt, endedAt: new Date(), commit: commit(), options, machine, results };
    await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await putAway();
  }
  return results.some(({ gates }) => gates.some((gate) => gate.status === "failed")) ? 1 : 0;
}

function commit(): string | null {
  try {
    const git = (...args: string[]): string =>
      execFileSync("git", args, {
        cwd: import.meta.dirname,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim();
    const changed = git("status", "--porcelain", "--", "../src", ".").length > 0;
    return `${git("rev-parse", "HEAD")}${changed ? " with changes" : ""}`;
  } catch {
    return null; // not a checkout
  }
}

async function describeMachine(server: Awaited<ReturnType<typeof openBenchServer>>) {
  const settings = await server.asAdministrator(async (client) => {
    const { rows } = await client.query<{ name: string; setting: string; unit: string | null }>(
      `select name, setting, unit from pg_settings
        where name in ('server_version', 'shared_buffers', 'max_wal_size', 'checkpoint_timeout', 'wal_level', 'fsync', 'full_page_writes', 'synchronous_commit', 'wal_compression', 'jit', 'autovacuum', 'autovacuum_naptime', 'max_connections', 'wal_sync_method')
        order by name`,
    );
    return Object.fromEntries(
      rows.map(({ name, setting, unit }) => [name, `${setting}${unit === null ? "" : ` × ${unit}`}`]),
    );
  });
  return {
    processors: cpus().length,
    processor: cpus()[0]?.model ?? "unknown",
    memoryBytes: totalmem(),
    system: `${platform()} ${release()}`,
    node: process.version,
    postgres: settings,
  };
}
