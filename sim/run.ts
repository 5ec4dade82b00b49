import { check, type Violation } from "./checker/check.ts";
import type { Outside, WorldEvent } from "./checker/outside.ts";
import type { SimCluster } from "./cluster.ts";
import type { Coverage } from "./coverage.ts";
import { ringTheDoorbell } from "./doorbell.ts";
import { livePeople, settle, type People } from "./people.ts";
import { ask } from "./people/desk.ts";
import type { FaultKind, Focus, ProfileName } from "./faults.ts";
import { setBackOnce } from "./restore.ts";
import { openTown, type Town } from "./town.ts";
import type { TraceLine } from "./scheduler.ts";

export interface RunOptions {
  seed: number;
  orders: number;
  /** Of selling, eight hours each. */
  days: number;
  mode: "statement" | "transaction";
  profile: ProfileName;
  without: ReadonlySet<FaultKind>;
  /** Which of the orders are not sold, by number: for shrinking. */
  withoutOrders: ReadonlySet<number>;
  focus?: Focus | undefined;
  /** The database is set back once to an older copy of itself: as the focus says where not given. */
  restores?: boolean | undefined;
  /** How long everything goes on going wrong after the last order was sold: 1 hour. */
  faultHours?: number | undefined;
  /** How long everybody is left alone at the end: 5 hours. Long enough for a parcel to arrive: 2. */
  quietHours?: number | undefined;
  /** A run that takes more steps is given up: nothing was found. */
  mostSteps?: number | undefined;
  onTrace?: ((line: TraceLine) => void) | undefined;
  /** A last look at the town before it is taken down. */
  onEnd?: ((town: Town) => Promise<void>) | undefined;
}

export interface Finding extends Violation {
  step: number;
}

export interface RunResult {
  orders: number;
  purchases: number;
  kills: number;
  resets: number;
  pauses: number;
  crashes: number;
  lockWaits: number;
  statements: number;
  steps: number;
  virtualDays: number;
  violations: Finding[];
  coverage: Coverage;
  traceHash: string;
  /** By number of the order in the run: `workspace:#1018`, as it is sold. */
  soldAs: Readonly<Record<number, string>>;
}

const hour = 3_600_000;
const minute = 60_000;

/** One seed: sells, lets everything go wrong, lets it go right again, waits until it is quiet, and has it checked. */
export async function run(cluster: SimCluster, options: RunOptions, town0?: (town: Town) => void): Promise<RunResult> {
  const town = await openTown(cluster, options);
  town0?.(town);
  try {
    await aim(town, options);
    const { scheduler } = town;
    const startMs = scheduler.now;
    const sellMs = options.days * 8 * hour;
    const untilMs = startMs + sellMs + (options.faultHours ?? 1) * hour;
    ringTheDoorbell(town, options.focus);
    const people = livePeople(town, { ...options, untilMs });
    const soldAs = sell(town, people, options, sellMs);
    const early = lookMidway(town, sellMs);
    if ((options.restores ?? options.focus?.restores) === true && !options.without.has("restore"))
      setBackOnce(town, cluster, { sellMs }).catch((error: unknown) => town.thrown.push(String(error)));
    const isGivenUp = (): boolean => scheduler.step > (options.mostSteps ?? Infinity);
    await scheduler.run(untilMs, () => early.length > 0 || isGivenUp());
    if (early.length > 0 || isGivenUp()) return result(town, startMs, early, soldAs);
    const quietAt = scheduler.now;
    await settle(town, { mostMs: (options.quietHours ?? 5) * hour }, isGivenUp);
    return result(town, startMs, isGivenUp() ? [] : await judge(town, quietAt), soldAs);
  } finally {
    await options.onEnd?.(town);
    await town.close();
  }
}

/** What must hold at every moment is looked at three times while everything is on its way. The first that does not hold ends the run. */
function lookMidway(town: Town, sellMs: number): Finding[] {
  const { scheduler, harness } = town;
  const luck = town.streams.stream("midway");
  const found: Finding[] = [];
  for (let n = 0; n < 3; n += 1) {
    void scheduler.park(harness, { kind: "sleep", what: "look midway" }, luck.between(0, sellMs + hour)).then(() =>
      scheduler.afterwards(async () => {
        const violations = await check(town.monitor.client(), outsideOf(town, null), "midway");
        found.push(...violations.map((each): Finding => ({ ...each, step: scheduler.step })));
      }),
    );
  }
  return found;
}

async function aim(town: Town, { focus }: RunOptions): Promise<void> {
  if (focus?.world !== undefined) setFaults(town, focus.world);
  if (focus?.sql !== undefined) await town.monitor.query(focus.sql);
  if (focus?.pullEveryMs !== undefined)
    await town.monitor.query(
      `update connection set settings = jsonb_set(settings, '{everyMs}', to_jsonb(${focus.pullEveryMs}))`,
    );
}

function setFaults({ tenants }: Town, change: Readonly<Record<string, unknown>>): void {
  for (const { world } of tenants) {
    const answer = world.handle({
      method: "PUT",
      path: "/admin/faults",
      headers: {},
      body: JSON.stringify(change),
    });
    if (answer.type === "answer" && answer.status !== 200) throw new Error(`The world's faults: ${answer.body}`);
  }
}

function sell(
  town: Town,
  people: People,
  { orders, withoutOrders, focus }: RunOptions,
  sellMs: number,
): Record<number, string> {
  const { scheduler, harness } = town;
  const soldAs: Record<number, string> = {};
  for (let no = 0; no < orders; no += 1) {
    const luck = town.streams.stream(`order:${no}`);
    const drawn = luck.whole(0, town.tenants.length - 1);
    const tenant = town.tenants[focus?.town ?? drawn]!;
    const atMs = luck.between(0, sellMs);
    const around = luck.next();
    if (withoutOrders.has(no)) continue;
    // Around the end of the buffer of ten minutes a cancellation and a purchase meet.
    const order =
      focus?.cancelsAfterMs !== undefined
        ? { cancelsAfterMs: luck.whole(...focus.cancelsAfterMs) }
        : around < 0.1
          ? { cancelsAfterMs: Math.round(8 * minute + luck.next() * 5 * minute) }
          : around < 0.2 && focus === undefined
            ? // What only people can order, and what is ordered without a key or a search: few buy it by themselves.
              { sku: luck.chance(0.6) ? "HP-LAMP-OAK" : "HP-BLANKET", country: "FR" }
            : {};
    void scheduler.park(harness, { kind: "sleep", what: `sell ${no}` }, atMs).then(() => {
      const { body } = ask(town, tenant, "POST", "/admin/sell", { count: 1, order: { ...order, ...focus?.order } });
      for (const { id } of body["orders"] as { id: string }[]) {
        soldAs[no] = `${tenant.slug}:${tenant.world.state.orders.get(id)?.order.number ?? id}`;
        people.sold(no, tenant, id);
      }
    });
  }
  return soldAs;
}

async function judge(town: Town, quietAt: number): Promise<Finding[]> {
  const { scheduler, counts } = town;
  const violations = await check(town.monitor.client(), outsideOf(town, quietAt), "end");
  return [
    ...violations,
    ...counts.deadlocks.map((actors): Violation => ({
      invariant: "L3",
      order: null,
      workspace: null,
      what: `${actors.join(" and ")} waited for each other`,
    })),
    ...town.thrown.map((what): Violation => ({ invariant: "L4", order: null, workspace: null, what })),
  ].map((each): Finding => ({ ...each, step: scheduler.step }));
}

/** The outside's own logs, and what the harness saw at the socket and on the wire. */
function outsideOf(
  { tenants, sent, acknowledged, told, mistakes, attempts, scheduler, faults, silences, restored }: Town,
  faultsStoppedAt: number | null,
): Outside {
  const [first, ...others] = tenants.map(({ slug, world }) => ({ workspaceSlug: slug, events: eventsOf(world) }));
  return {
    workspaceSlug: first!.workspaceSlug,
    events: first!.events,
    neighbours: others,
    sent,
    acknowledged,
    told,
    markers: Object.fromEntries(tenants.map(({ slug, marker }) => [slug, marker])),
    mistakes,
    disturbances: [...faults.disturbances, ...silences],
    now: scheduler.now,
    faultsStoppedAt,
    ...(restored === null ? {} : { restored }),
    commits: [...attempts.byReference.values()].map(({ reference, committedAt }) => ({
      attemptReference: reference,
      committedAt,
    })),
  };
}

function result(
  town: Town,
  startMs: number,
  violations: Finding[],
  soldAs: Readonly<Record<number, string>>,
): RunResult {
  const { scheduler, faults, counts, tenants } = town;
  const purchases = tenants.reduce(
    (sum, { world }) => sum + [...world.state.suppliers.values()].reduce((of, each) => of + each.purchases.size, 0),
    0,
  );
  return {
    orders: tenants.reduce((sum, { world }) => sum + world.state.orders.size, 0),
    purchases,
    kills: faults.counts.kills,
    resets: faults.counts.resets,
    pauses: faults.counts.pauses,
    crashes: faults.counts.crashes,
    lockWaits: counts.lockWaits,
    statements: counts.statements,
    steps: scheduler.step,
    virtualDays: Math.round(((scheduler.now - startMs) / (24 * hour)) * 100) / 100,
    violations,
    coverage: town.coverage.table(),
    traceHash: scheduler.traceHash(),
    soldAs,
  };
}

/** The whole log of a pretend world. */
export function eventsOf(world: Town["tenants"][number]["world"]): WorldEvent[] {
  const events: WorldEvent[] = [];
  for (let after = 0; ;) {
    const answer = world.handle({
      method: "GET",
      path: `/admin/log?after=${after}&limit=10000`,
      headers: {},
      body: "",
    });
    if (answer.type === "drop") throw new Error("The pretend world does not tell its log.");
    const page = JSON.parse(answer.body) as { events: WorldEvent[]; after: number };
    if (page.events.length === 0) return events;
    events.push(...page.events);
    after = page.after;
  }
}
