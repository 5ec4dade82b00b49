import { parseArgs } from "node:util";
import { openCluster } from "./cluster.ts";
import { tryMutant, type Trial } from "./mutant-trial.ts";
import { findMutant, listMutants } from "./mutate.ts";

/** `node sim/mutants-run.ts [name…]`: plants each bug in a process of its own and says whether it was caught. Exit code 1: one survived. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** As many runs of each, with seeds that follow on its own. */
    seeds: { type: "string", default: "1" },
    /** The first seed. */
    from: { type: "string" },
    orders: { type: "string" },
    /** The same runs without the bug: nothing must be found. */
    control: { type: "boolean", default: false },
    /** Side by side. */
    jobs: { type: "string", default: "2" },
    output: { type: "string", default: "table" },
  },
});
const wanted = positionals.length === 0 ? listMutants() : positionals.map(findMutant);
const queue = wanted.flatMap((mutant) =>
  Array.from({ length: Number(values.seeds) }, (_, index) => ({
    mutant,
    seed: (values.from === undefined ? (mutant.seed ?? 1) : Number(values.from)) + index,
  })),
);
const cluster = await openCluster();
try {
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
} finally {
  await cluster.close();
}

async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { mutant, seed } = next;
    const trial = await tryMutant(mutant.name, {
      seed,
      orders: values.orders === undefined ? undefined : Number(values.orders),
      isControl: values.control,
      clusterDir: cluster.dataDir,
    }).catch((error: unknown) => String((error as { stderr?: string }).stderr ?? error));
    const isRight =
      typeof trial !== "string" && (values.control ? trial.violations.length === 0 : trial.caughtBy !== null);
    if (!isRight) process.exitCode = 1;
    if (typeof trial === "string") console.log(`${mutant.name.padEnd(28)} seed ${seed} BROKEN\n${trial}`);
    else if (values.output === "json") console.log(JSON.stringify({ name: mutant.name, seed, ...trial }));
    else say(mutant.name, seed, trial, isRight);
  }
}

function say(name: string, seed: number, trial: Trial, isRight: boolean): void {
  const { orders, seconds, caughtBy, what, violations } = trial;
  const outcome = values.control
    ? isRight
      ? "clean"
      : "NOT CLEAN"
    : caughtBy === null
      ? "SURVIVED"
      : `caught by ${caughtBy}`;
  console.log(
    `${name.padEnd(28)} seed ${seed} ${String(orders).padStart(3)} orders ${seconds.toFixed(1).padStart(5)} s  ${outcome}`,
  );
  if (caughtBy !== null && !values.control) console.log(`    ${what}`);
  if (!isRight)
    for (const each of violations.slice(0, 6))
      console.log(`    ${each.invariant} ${each.order ?? ""} ${each.what.slice(0, 300)}`);
}
