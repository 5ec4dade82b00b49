import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { openCluster } from "./cluster.ts";
import { hunt, mostOrdersOf, tableOf, type Hunt } from "./mutant-hunt.ts";
import { tryMutant, type Trial } from "./mutant-trial.ts";
import { findMutant, listMutants } from "./mutate.ts";

/**
 * `npm run sim:mutants [-- name…]`: plants each bug in a process of its own, one after the other. Without options in the run that its list entry names; with
 * `--seeds 3` on fresh seeds, until it is caught. Exit code 1: one survived, or what must find nothing found something.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** On as many seeds each, until each is caught. */
    seeds: { type: "string" },
    /** The first of them; drawn when left out. */
    from: { type: "string" },
    /** Ends after so many minutes; a run that is under way is finished. */
    minutes: { type: "string", default: "600" },
    /** A run of another size than its list entry says. */
    orders: { type: "string" },
    /** The same runs without the bug: nothing must be found. */
    control: { type: "boolean", default: false },
    output: { type: "string", default: "table" },
  },
});
const wanted = positionals.length === 0 ? listMutants() : positionals.map(findMutant);
const startedMs = performance.now();
const isOver = (): boolean => performance.now() - startedMs > Number(values.minutes) * 60_000;
const orders = values.orders === undefined ? undefined : Number(values.orders);
const cluster = await openCluster();
try {
  if (values.seeds === undefined) await runEachOnce();
  else await runUntilCaught(Number(values.seeds));
} finally {
  await cluster.close();
}

async function runUntilCaught(count: number): Promise<void> {
  const from = values.from === undefined ? randomInt(1_000, 90_000) : Number(values.from);
  const seeds = Array.from({ length: count }, (_, index) => from + index);
  console.log(`seeds ${seeds.join(", ")}`);
  const hunts = await hunt({
    mutants: wanted,
    seeds,
    mostOrders: mostOrdersOf,
    isOver,
    run: (mutant, seed) => tryMutant(mutant.name, { seed, orders, clusterDir: cluster.dataDir }),
    onEnd: say,
  });
  if (values.output !== "json")
    for (const line of tableOf(hunts, (name) => mostOrdersOf(findMutant(name)))) console.log(line);
  if (
    hunts.some(
      ({ name, caughtBy, broken, orders: sold }) =>
        broken !== null || (caughtBy === null && sold >= mostOrdersOf(findMutant(name))),
    )
  )
    process.exitCode = 1;
}

function say(found: Hunt): void {
  if (values.output === "json") console.log(JSON.stringify(found));
  else
    console.log(
      `${found.name.padEnd(32)} seed ${found.seed}: ${found.broken ?? (found.caughtBy === null ? "SURVIVED" : `caught by ${found.caughtBy}`)} after ${found.orders} orders`,
    );
}

async function runEachOnce(): Promise<void> {
  for (const { name, seed = 1 } of wanted) {
    if (isOver()) break;
    const trial = await tryMutant(name, {
      seed: values.from === undefined ? seed : Number(values.from),
      orders,
      isControl: values.control,
      clusterDir: cluster.dataDir,
    }).catch((error: unknown) => String((error as { stderr?: string }).stderr ?? error));
    const isRight =
      typeof trial !== "string" && (values.control ? trial.violations.length === 0 : trial.caughtBy !== null);
    if (!isRight) process.exitCode = 1;
    if (typeof trial === "string") console.log(`${name.padEnd(32)} BROKEN\n${trial}`);
    else if (values.output === "json") console.log(JSON.stringify({ name, ...trial }));
    else tell(name, trial, isRight);
  }
}

function tell(
  name: string,
  { orders: sold, statements, seconds, caughtBy, what, violations }: Trial,
  isRight: boolean,
): void {
  const outcome = values.control ? (isRight ? "clean" : "NOT CLEAN") : isRight ? `caught by ${caughtBy}` : "SURVIVED";
  console.log(
    `${name.padEnd(32)} ${String(sold).padStart(3)} orders ${String(statements).padStart(6)} statements ${seconds.toFixed(1).padStart(5)} s  ${outcome}`,
  );
  if (isRight && !values.control) console.log(`    ${what}`);
  if (!isRight)
    for (const each of violations.slice(0, 6))
      console.log(`    ${each.invariant} ${each.order ?? ""} ${each.what.slice(0, 300)}`);
}
