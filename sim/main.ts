import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { findMutant, installMutant, listMutants, mutantSql, runOf, withSql } from "./mutate.ts";
import { profileNames, type ProfileName } from "./faults.ts";
import type { RunOptions } from "./run.ts";
import type { Simulated } from "./simulate.ts";

/**
 * `npx switchyard simulate`. Exit code 0: nothing was found; 1: a rule was broken; 2: asked wrongly. The product is loaded only after a mutant was planted,
 * so everything that imports it is imported late.
 */
const usage = `Usage: npx switchyard simulate [options]

Runs the real stages on a real PostgreSQL under a virtual clock, in a world where everything goes wrong, and has the result checked.

  --seed N                 everything follows from it (default 1)
  --orders N               how many orders buyers buy (default 100)
  --days N                 of selling in each town, eight hours each (default 0.5)
  --mode statement|transaction
                           between which of them others come (default statement)
  --profile calm|normal|hostile
                           how much goes wrong (default hostile)
  --restores               in each town the database is set back once to a backup of itself (C13)
  --mutant NAME            plant this bug first; --mutants lists them
  --town N                 only this town of the run, from 0 on: what --output says of a violation
  --trace ORDER            tell the story of one order of a town, e.g. --trace "#1018"; two workspaces number
                           alike, so name one to hear of its order only: --trace "two:#1018" (or two:1018)
  --shrink                 on a violation, look for the smallest run that shows it
  --keep NAME              with --shrink: write it to sim/regressions/NAME.json
  --output table|json      (default table)`;

class Misuse extends Error {}

const commit = commitOf();

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Misuse)) throw error;
  process.stderr.write(`${error.message}\n\n${usage}\n`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values } = parse();
  if (values.help === true) return say(usage);
  if (values.mutants === true)
    return say(
      values.output === "json"
        ? JSON.stringify(listMutants().map(({ name, title, invariants }) => ({ name, title, invariants })))
        : listMutants()
            .map(({ name, title, invariants }) => `${name.padEnd(32)} ${invariants.join(" ").padEnd(16)} ${title}`)
            .join("\n"),
    );
  const options = {
    seed: whole(values.seed, "--seed", 0),
    orders: whole(values.orders, "--orders", 1),
    days: positive(values.days, "--days"),
    mode: choice(values.mode, "--mode", ["statement", "transaction"] as const),
    profile: choice(values.profile, "--profile", profileNames),
    restores: values.restores,
  };
  const output = choice(values.output, "--output", ["table", "json"] as const);
  const { mutant } = values;
  let first: RunOptions | undefined;
  if (mutant !== undefined) {
    try {
      // Its own town comes first, so that it does not take thousands of orders until the rare moment comes that shows it.
      first = { ...runOf(findMutant(mutant)), seed: options.seed, without: new Set(), withoutOrders: new Set() };
    } catch (error) {
      throw new Misuse(error instanceof Error ? error.message : String(error));
    }
    installMutant(mutant);
  }

  const { openCluster } = await import("./cluster.ts");
  const { simulateOn, townsOf } = await import("./simulate.ts");
  const towns = townsOf({ ...options, first });
  const only = values.town === undefined ? undefined : whole(values.town, "--town", 0);
  if (only !== undefined && only >= towns.length)
    throw new Misuse(`--town ${only}: this run has ${towns.length}, from 0 on; more orders make more towns.`);
  const cluster = withSql(await openCluster(), mutant === undefined ? null : mutantSql(mutant));
  try {
    if (values.trace !== undefined) {
      const { tellStory } = await import("./story.ts");
      const { lines, result } = await tellStory(cluster, towns[only ?? 0]!, values.trace);
      say(lines.join("\n"));
      return result.violations.length === 0 ? 0 : 1;
    }
    const simulated = await simulateOn(
      cluster,
      {
        ...options,
        first,
        only,
        ...(output === "table" && process.stderr.isTTY
          ? { onTown: ({ orders }) => void process.stderr.write(`\r${orders} of ${options.orders} orders`) }
          : {}),
      },
      commit,
    );
    say(output === "json" ? JSON.stringify(simulated) : tableOf(simulated, options.profile));
    const [found] = simulated.violations;
    if (found === undefined) return 0;
    if (values.shrink === true) {
      const { shrink } = await import("./shrink.ts");
      const small = await shrink(cluster, towns[found.town]!, found.invariant, {
        onTry: ({ runs, steps, orders }) =>
          void process.stderr.write(`try ${runs}: ${orders} orders, ${steps} steps\n`),
      });
      const { toRegression, writeRegression } = await import("./regression.ts");
      const regression = toRegression(small.options, found.invariant, { found: found.what, mutant });
      say(`\nThe smallest of ${small.runs} runs: ${small.options.orders - small.options.withoutOrders.size} orders.`);
      say(
        values.keep === undefined
          ? JSON.stringify(regression)
          : `Written to ${await writeRegression(values.keep, regression)}`,
      );
    }
    return 1;
  } finally {
    await cluster.close();
  }
}

function parse() {
  try {
    return parseArgs({
      options: {
        seed: { type: "string", default: "1" },
        orders: { type: "string", default: "100" },
        days: { type: "string", default: "0.5" },
        mode: { type: "string", default: "statement" },
        profile: { type: "string", default: "hostile" },
        mutant: { type: "string" },
        mutants: { type: "boolean" },
        restores: { type: "boolean", default: false },
        town: { type: "string" },
        trace: { type: "string" },
        shrink: { type: "boolean" },
        keep: { type: "string" },
        output: { type: "string", default: "table" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error));
  }
}

function whole(text: string, name: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Misuse(`${name} ${text}: give a whole number, at least ${least}.`);
  return value;
}
function positive(text: string, name: string): number {
  const value = Number(text);
  if (!(value > 0) || value > 365) throw new Misuse(`${name} ${text}: give a number above 0 and up to 365.`);
  return value;
}
function choice<Name extends string>(text: string, name: string, names: readonly Name[]): Name {
  const found = names.find((each) => each === text);
  if (found === undefined) throw new Misuse(`${name} ${text}: there are ${names.join(", ")}.`);
  return found;
}

function say(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}

function tableOf(simulated: Simulated, profile: ProfileName): string {
  const { seed, violations, coverage, traceHash } = simulated;
  const counts = (
    ["orders", "purchases", "kills", "resets", "pauses", "crashes", "lockWaits", "statements"] as const
  ).map((name) => `${name.padEnd(12)}${simulated[name]}`);
  const cells = Object.entries(coverage).map(
    ([point, row]) =>
      `${point.padEnd(12)}${Object.entries(row)
        .map(([kind, times]) => `${kind} ${times}`.padEnd(14))
        .join("")}`,
  );
  const found = violations.map(
    ({ invariant, workspace, order, step, town, what }) =>
      `seed=${seed} commit=${commit} profile=${profile} town=${town} step=${step} ${invariant} order=${nameOfOrder(workspace, order)} ${what}`,
  );
  return [
    `seed        ${seed}`,
    ...counts,
    `virtual     ${simulated.virtualDays} days`,
    `trace       ${traceHash}`,
    "",
    "Crash points of placing (docs/simulator.md), times visited:",
    ...cells,
    "",
    violations.length === 0 ? "Nothing was found." : `${violations.length} found:`,
    ...found,
  ].join("\n");
}

/** As `--trace` takes it. */
function nameOfOrder(workspace: string | null, order: string | null): string {
  if (order === null) return "-";
  return workspace === null ? order : `${workspace}:${order}`;
}

function commitOf(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}
