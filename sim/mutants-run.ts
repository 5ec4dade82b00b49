import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import type { ChildSaid } from "./mutant-child.ts";
import { findMutant, listMutants } from "./mutate.ts";

/** `node sim/mutants-run.ts [name…]`: plants each bug in a process of its own and says whether it was caught. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** As many runs of each, with seeds that follow on its own. */
    seeds: { type: "string", default: "1" },
    from: { type: "string" },
    orders: { type: "string" },
    /** The same runs without the bug: nothing must be found. */
    control: { type: "boolean", default: false },
    jobs: { type: "string", default: "2" },
    output: { type: "string", default: "table" },
  },
});
const run = promisify(execFile);
const child = fileURLToPath(new URL("mutant-child.ts", import.meta.url));

const wanted = positionals.length === 0 ? listMutants() : positionals.map(findMutant);
const queue = wanted.flatMap((mutant) =>
  Array.from({ length: Number(values.seeds) }, (_, index) => ({
    mutant,
    seed: (values.from === undefined ? (mutant.seed ?? 1) : Number(values.from)) + index,
  })),
);
let isBad = false;
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
process.exitCode = isBad ? 1 : 0;

async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { mutant, seed } = next;
    const args = [child, mutant.name, String(seed), values.orders ?? "", values.control ? "control" : ""];
    const said = await run(process.execPath, args, { maxBuffer: 64 << 20 }).then(
      ({ stdout }) => JSON.parse(stdout) as ChildSaid,
      (error: Error) => String((error as Error & { stderr?: string }).stderr ?? error.message),
    );
    if (typeof said === "string") {
      isBad = true;
      console.log(`${mutant.name.padEnd(28)} seed ${seed} BROKEN\n${said}`);
      continue;
    }
    const isRight = values.control ? said.violations.length === 0 : said.caughtBy !== null;
    isBad ||= !isRight;
    if (values.output === "json") console.log(JSON.stringify({ ...said, name: mutant.name, seed }));
    else {
      const what = values.control
        ? isRight
          ? "clean"
          : "NOT CLEAN"
        : said.caughtBy === null
          ? "SURVIVED"
          : `caught by ${said.caughtBy}`;
      console.log(
        `${mutant.name.padEnd(28)} seed ${seed} ${String(said.orders).padStart(3)} orders ${said.seconds.toFixed(1).padStart(5)} s  ${what}`,
      );
      if (said.caughtBy !== null && !values.control) console.log(`    ${said.what}`);
      if (!isRight)
        for (const each of said.violations.slice(0, 6))
          console.log(`    ${each.invariant} ${each.order ?? ""} ${each.what.slice(0, 300)}`);
    }
  }
}
