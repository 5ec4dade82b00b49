import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "#domain/clock.ts";
import { seededRandom } from "../engine.ts";
import { Fury } from "./blows.ts";
import { judge, whatIsOpen } from "./judge.ts";
import { quantile, Watch, type Blow, type Recovery } from "./recovery.ts";
import { Town } from "./town.ts";

export interface ChaosOptions {
  /** Chooses victims, moments and what buyers do. The processes' own timing is the machine's. */
  seed: number;
  workers: number;
  /** How often each blow falls. */
  blows: Partial<Record<Blow, number>>;
  /** Over how long the blows are spread; the storm ends when the last one has fallen. Afterwards what is under way comes to its end. */
  minutes: number;
  /** Orders a second. */
  rate: number;
  /** Of the pretend world: calm, demo, hostile. */
  faults: string;
  say(line: string): void;
}
export interface ChaosReport {
  seed: number;
  minutes: number;
  blows: Record<string, number>;
  recoveries: Record<string, { count: number; p50Ms: number; p95Ms: number; maxMs: number }>;
  orders: number;
  purchases: number;
  attempts: number;
  acknowledgedCancellations: number;
  violations: string[];
}

/** The limit of the promise: orders move and attempts are settled within this, whatever died. */
const recoverWithinMs = 60_000;
const settleWithinMs = 300_000;
/** So many workers stand still at the same time at most. */
const lanes = 2;

/** WK-10. Real processes, real sockets, a real kill -9. Ends by itself; what it started is gone afterwards, also when it fails. */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const startedAt = Date.now();
  const folder = await mkdtemp(join(tmpdir(), "switchyard-chaos-"));
  const random = seededRandom(options.seed);
  const { say } = options;
  let town: Town | null = null;
  try {
    say(`seed ${options.seed}, ${options.workers} workers, ${options.rate} orders a second, in ${folder}`);
    town = await Town.found(folder, { ...options, random });
    const watch = new Watch(town.connection.db);
    const violations = await storm(town, watch, options, random);
    town.stopSelling();
    say("the storm is over; what is under way comes to its end");
    violations.push(...(await comeToRest(town, watch, say)));
    const slow = slowOnes(watch.recoveries);
    violations.push(...slow);
    for (const { last } of watch.recoveries.filter((each) => slowOnes([each]).length > 0))
      for (const line of await watch.story(last)) say(`slow: ${line}`);
    violations.push(...(await town.prove()));
    for (const name of await town.rest()) violations.push(`${name} did not end within a minute when it was told to`);
    say("everybody is asked what happened");
    const judged = await judge(town);
    violations.push(...judged.violations);
    const left = await town.close();
    if (left.length > 0) violations.push(`processes that would not end: ${left.join(", ")}`);
    return reportOf(options, startedAt, watch.recoveries, town, { ...judged, violations });
  } catch (error) {
    await town?.close();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All blows in a drawn order, evenly over the time; workers that stand still do so beside them. */
async function storm(town: Town, watch: Watch, options: ChaosOptions, random: Random): Promise<string[]> {
  const { say, minutes } = options;
  const fury = new Fury(town, watch, random);
  const over = new AbortController();
  const { "worker stopped": stops = 0, ...others } = options.blows;
  const planned = shuffled(
    Object.entries(others).flatMap(([blow, count]) => Array.from({ length: count }, () => blow as Blow)),
    random,
  );
  const problems: string[] = [];
  const watching = watchOn(watch, over.signal);
  const telling = tell(town, watch, planned.length + stops, over.signal, say);

  const strike = (blow: Blow): Promise<void> =>
    strikeWhenThere(fury, blow, over.signal, say).catch((error: unknown) => {
      problems.push(`${blow}: ${error instanceof Error ? error.message : String(error)}`);
    });
  let stopped = 0;
  const standing = Array.from({ length: Math.min(lanes, stops) }, async () => {
    for (; stopped < stops && !over.signal.aborted;) {
      stopped += 1;
      await strike("worker stopped");
    }
  });
  const gates: Promise<unknown>[] = [];
  const pauseMs = (minutes * 60_000) / Math.max(1, planned.length);
  for (const blow of planned) {
    await sleep(pauseMs * (0.5 + random.next()));
    const struck = strike(blow);
    if (blow === "gate stopped") gates.push(struck);
    else await struck;
  }
  await Promise.all([...standing, ...gates]);
  over.abort();
  await Promise.all([watching, telling]);
  return problems;
}

/** Somebody may just be away, dead of the blow before and not back yet; but not for longer than recovery may take. */
async function strikeWhenThere(fury: Fury, blow: Blow, over: AbortSignal, say: (line: string) => void): Promise<void> {
  const since = Date.now();
  for (let tries = 1; !over.aborted; tries += 1) {
    const why = await fury.strike(blow, over);
    if (why === null) return;
    const waited = seconds(Date.now() - since);
    if (Date.now() - since > 2 * recoverWithinMs) throw new Error(`could not fall for ${waited}: ${why}`);
    if (tries % 20 === 0) say(`${blow} waits since ${waited}: ${why}`);
    await sleep(500);
  }
}

async function watchOn(watch: Watch, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await watch.look().catch(() => {}); // the database is down; that is part of it
    await sleep(300, undefined, { signal: over }).catch(() => {});
  }
}

async function tell(
  town: Town,
  watch: Watch,
  planned: number,
  over: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  while (!over.aborted) {
    await sleep(15_000, undefined, { signal: over }).catch(() => {});
    const slowest = Math.max(
      0,
      ...watch.recoveries.map(({ settledMs, movedMs }) => Math.max(settledMs ?? 0, movedMs ?? 0)),
    );
    say(
      `${watch.recoveries.length} of ${planned} blows, ${town.sold} orders sold, slowest recovery ${seconds(slowest)}, ${town.workers().filter((member) => town.isReady(member)).length} workers ready`,
    );
  }
}

/** Until every order is here, nothing is under way any more, and every blow is got over. */
async function comeToRest(town: Town, watch: Watch, say: (line: string) => void): Promise<string[]> {
  const until = Date.now() + settleWithinMs;
  let open: string[] = [];
  for (let round = 0; Date.now() < until; round += 1) {
    try {
      const isOver = await watch.look();
      open = await whatIsOpen(town);
      if (isOver && open.length === 0) return [];
      if (round % 20 === 19) say(`still open: ${open.slice(0, 5).join("; ")}`);
    } catch (error) {
      open = [String(error)];
    }
    await sleep(500);
  }
  return [`not at rest after ${seconds(settleWithinMs)}: ${open.slice(0, 20).join("; ")}`];
}

function slowOnes(recoveries: readonly Recovery[]): string[] {
  return recoveries.flatMap(({ blow, at, movedMs, settledMs, armed }) => {
    const when = new Date(at).toISOString();
    return [
      ...(movedMs === null || movedMs > recoverWithinMs
        ? [`${blow} at ${when}: orders moved again after ${movedMs === null ? "never" : seconds(movedMs)}`]
        : []),
      ...(settledMs === null || settledMs > recoverWithinMs
        ? [
            `${blow} at ${when}: its ${armed} armed attempts were settled after ${settledMs === null ? "never" : seconds(settledMs)}`,
          ]
        : []),
    ];
  });
}

function reportOf(
  options: ChaosOptions,
  startedAt: number,
  recoveries: readonly Recovery[],
  town: Town,
  judged: { purchases: number; attempts: number; orders: number; violations: string[] },
): ChaosReport {
  const kinds = [...new Set(recoveries.map(({ blow }) => blow))].toSorted();
  const over = (some: readonly Recovery[]) => {
    const times = some.map(({ movedMs, settledMs }) => Math.max(movedMs ?? Infinity, settledMs ?? Infinity));
    return { count: some.length, p50Ms: quantile(times, 0.5), p95Ms: quantile(times, 0.95), maxMs: quantile(times, 1) };
  };
  return {
    seed: options.seed,
    minutes: Math.round((Date.now() - startedAt) / 6_000) / 10,
    blows: Object.fromEntries(kinds.map((kind) => [kind, recoveries.filter(({ blow }) => blow === kind).length])),
    recoveries: {
      ...Object.fromEntries(kinds.map((kind) => [kind, over(recoveries.filter(({ blow }) => blow === kind))])),
      all: over(recoveries),
    },
    orders: judged.orders,
    purchases: judged.purchases,
    attempts: judged.attempts,
    acknowledgedCancellations: town.acknowledged.length,
    violations: judged.violations,
  };
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  const left = [...values];
  const drawn: T[] = [];
  while (left.length > 0) drawn.push(...left.splice(Math.floor(random.next() * left.length), 1));
  return drawn;
}
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
