import { appendFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { simulateApart } from "./child.ts";
import { ordersPerTown } from "./simulate.ts";

/**
 * `npm run sim:long`: many seeds, each in a process of its own, and a line in sim/ledger.csv at the end: the evidence that accumulates. Ends by itself after
 * so many orders or minutes. Exit code 1 when anything was found; each finding is printed with the command that shows it again.
 */
const { values } = parseArgs({
  options: {
    orders: { type: "string", default: "100000" },
    minutes: { type: "string", default: "600" },
    seed: { type: "string", default: String(Math.floor(Date.now() / 1000)) },
    profile: { type: "string", default: "hostile" },
    days: { type: "string", default: "0.1" },
    jobs: { type: "string", default: "2" },
    restores: { type: "boolean", default: false },
  },
});
const started = Date.now();
const endMs = started + Number(values.minutes) * 60_000;
const sum = { orders: 0, purchases: 0, kills: 0, resets: 0, pauses: 0, crashes: 0, lockWaits: 0 };
const found = new Map<string, number>();
let begun = 0;
let seeds = 0;
let commit = "unknown";

await Promise.all(Array.from({ length: Number(values.jobs) }, work));

const of = (...invariants: string[]): number => invariants.reduce((all, each) => all + (found.get(each) ?? 0), 0);
const findings = [...found].map(([invariant, times]) => `${invariant} ${times}`).join("; ");
const line = [
  new Date(started).toISOString(),
  commit,
  values.restores ? `${values.profile} and set back` : values.profile,
  `${values.seed}+${seeds}`,
  ...Object.values(sum),
  of("I01", "I02"),
  of("I10"),
  of("I06"),
  findings,
];
await appendFile(new URL("ledger.csv", import.meta.url), `${line.join(",")}\n`);
console.log(
  `${sum.orders} orders, ${sum.purchases} purchases, ${sum.kills} kills: bought twice ${of("I01", "I02")}, lost ${of("I10")}, cancelled and bought ${of("I06")}${findings === "" ? "" : ` (${findings})`}`,
);
process.exitCode = found.size === 0 ? 0 : 1;

async function work(): Promise<void> {
  while (begun < Number(values.orders) && Date.now() < endMs) {
    const seed = Number(values.seed) + seeds;
    seeds += 1;
    begun += ordersPerTown;
    const args = ["--seed", String(seed), "--orders", String(ordersPerTown), "--days", values.days];
    const asked = [...args, "--profile", values.profile, ...(values.restores ? ["--restores"] : [])];
    const simulated = await simulateApart(asked);
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += simulated[name];
    commit = simulated.commit;
    for (const { invariant, workspace, order, step, what } of simulated.violations) {
      found.set(invariant, (found.get(invariant) ?? 0) + 1);
      console.log(
        `${invariant} order=${workspace ?? ""}:${order ?? "-"} step=${step} ${what}\n  npx switchyard simulate ${asked.join(" ")}`,
      );
    }
    console.log(`${Math.round((Date.now() - started) / 1000)} s: ${sum.orders} orders, seed ${seed}`);
  }
}
