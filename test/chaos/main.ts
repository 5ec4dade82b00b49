import { chaos, type ChaosReport } from "./chaos.ts";

/**
 * `npm run test:chaos`; docs/chaos.md explains it. Numbers may be changed by the environment: CHAOS_KILLS (of workers; the other numbers follow it unless they
 * are given), CHAOS_PG, CHAOS_GATES, CHAOS_APIS, CHAOS_STOPS (of workers, longer than every lease), CHAOS_MINUTES, CHAOS_RATE (orders a second), CHAOS_WORKERS,
 * CHAOS_FAULTS (calm, demo, hostile), CHAOS_SEED. Exit code 1: something does not hold.
 */
const number = (name: string, usual: number): number => {
  const text = process.env[`CHAOS_${name}`];
  const value = Number(text ?? usual);
  if (Number.isFinite(value) && value >= 0) return value;
  process.stderr.write(`CHAOS_${name}=${text}: expected a number from 0 on.\n`);
  process.exit(2);
};

const kills = number("KILLS", 500);
const database = number("PG", Math.ceil(kills / 10));
const gates = number("GATES", Math.ceil(kills / 12));
const say = (line: string): void => void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
const report = await chaos({
  seed: number("SEED", Math.floor(Date.now() / 1_000) % 1_000_000),
  workers: number("WORKERS", 5),
  minutes: number("MINUTES", Math.max(1, (40 * kills) / 500)),
  rate: number("RATE", 1.5),
  faults: process.env["CHAOS_FAULTS"] ?? "calm",
  blows: {
    "worker killed": kills,
    "worker stopped": number("STOPS", Math.ceil(kills / 5)),
    "postmaster killed": Math.ceil(database / 2),
    "immediate stop": Math.floor(database / 4),
    "backend killed": database - Math.ceil(database / 2) - Math.floor(database / 4),
    "gate killed": Math.ceil((gates * 3) / 4),
    "gate stopped": Math.floor(gates / 4),
    "api killed": number("APIS", Math.ceil(kills / 50)),
  },
  say,
});
print(report);
process.exitCode = report.violations.length === 0 ? 0 : 1;

function print({ recoveries, violations, ...rest }: ChaosReport): void {
  const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / 1_000).toFixed(1) : "never").padStart(8);
  const lines = [
    "",
    `${"blow".padEnd(20)}${"count".padStart(7)}${"p50 s".padStart(8)}${"p95 s".padStart(8)}${"max s".padStart(8)}`,
    ...Object.entries(recoveries).map(
      ([blow, { count, p50Ms, p95Ms, maxMs }]) =>
        `${blow.padEnd(20)}${String(count).padStart(7)}${seconds(p50Ms)}${seconds(p95Ms)}${seconds(maxMs)}`,
    ),
    "",
    `${rest.orders} orders, ${rest.attempts} attempts, ${rest.purchases} purchases, ${rest.acknowledgedCancellations} acknowledged cancellations, ${rest.minutes} minutes`,
    violations.length === 0 ? "Everything holds." : `${violations.length} violations:\n${violations.join("\n")}`,
    JSON.stringify({ ...rest, recoveries, violations: violations.slice(0, 50) }),
    "",
  ];
  process.stdout.write(lines.join("\n"));
}
