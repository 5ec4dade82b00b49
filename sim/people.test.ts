import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openCluster, type SimCluster } from "./cluster.ts";
import { CoverageTable } from "./coverage.ts";
import { fallSilent } from "./people.ts";
import { inBrowser, NoAnswer, pressing } from "./people/desk.ts";
import { streamsOf } from "./random.ts";
import { run, type RunResult } from "./run.ts";
import type { TraceLine } from "./scheduler.ts";
import type { Host, Told, Town } from "./town.ts";

/** One hostile morning of two small shops that sell what is ordered by hand: everybody presses. */
const options = {
  seed: 12,
  orders: 16,
  days: 0.12,
  mode: "statement",
  profile: "hostile",
  focus: {
    order: { sku: "HP-LAMP-OAK", quantity: 1, country: "FR" },
    habits: { presses: 1, atTheEdge: 0.3, whilePlacing: 0.3, reads: 1 },
  },
} as const;

let cluster: SimCluster;
let result: RunResult;
let told: readonly Told[];
let acknowledged: Town["acknowledged"];
const trace: TraceLine[] = [];
const asked: Record<string, Record<string, unknown>[]> = {};
let worlds: Town["tenants"];

const questions = {
  names: "select w.slug, a.name from order_address a join workspace w on w.id = a.workspace_id",
  cancelled:
    "select w.slug, o.channel_order_id from sales_order o join workspace w on w.id = o.workspace_id where o.headline = 'cancelled'",
  byHand:
    "select w.slug, a.reference, a.state from attempt a join workspace w on w.id = a.workspace_id where a.kind = 'human'",
  open: "select reference from attempt where state in ('armed', 'unknown')",
  managed: "select kind from management_event where actor = 'user:manager'",
};

before(async () => {
  cluster = await openCluster();
  result = await run(cluster, {
    ...options,
    without: new Set(),
    withoutOrders: new Set(),
    onTrace: (line) => void trace.push(line),
    async onEnd(town) {
      ({ told, acknowledged, tenants: worlds } = town);
      for (const [name, question] of Object.entries(questions)) asked[name] = await town.monitor.query(question);
    },
  });
});
after(() => cluster.close());

test("SM-20 two workspaces have shops with the same order ids, and a marker in every name of their own", () => {
  const [one, two] = worlds.map(({ world }) => new Set(world.state.orders.keys()));
  assert.ok(one!.size > 2 && two!.size > 2);
  assert.ok(one!.intersection(two!).size > 2);
  const markers = new Map(worlds.map(({ slug, marker }) => [slug, marker]));
  assert.deepEqual([...markers.values()], ["t1~", "t2~"]);
  assert.ok(asked["names"]!.length >= one!.size);
  for (const { slug, name } of asked["names"]!) assert.ok(String(name).startsWith(markers.get(String(slug))!));
});

test("SM-21 whose web process dies under a button hears nothing and presses again", async () => {
  let die: () => void = () => {};
  let pressed = 0;
  const process = {
    luck: streamsOf(1).stream("web"),
    onDeath: (listener: () => void) => ((die = listener), () => {}),
    at: async () => "go",
  };
  const web = { name: "web", current: () => ({ process, engine: {} }) } as unknown as Host;
  const gone = inBrowser(web, "a button", () => {
    die();
    return new Promise(() => {});
  });
  await assert.rejects(gone, NoAnswer);
  await assert.rejects(
    inBrowser({ name: "web", current: () => null }, "a button", () => Promise.resolve()),
    NoAnswer,
  );

  const waits: number[] = [];
  const town = {
    scheduler: { park: async (_: unknown, __: unknown, afterMs: number) => void waits.push(afterMs), note: () => {} },
    thrown: [] as string[],
  } as unknown as Town;
  await pressing(town, streamsOf(1).stream("somebody"), "a button", async () => {
    pressed += 1;
    if (pressed < 3) throw new NoAnswer("died");
  });
  assert.equal(pressed, 3);
  assert.ok(waits.length === 2 && waits.every((each) => each >= 1000));
  await pressing(town, streamsOf(1).stream("somebody"), "a broken button", () => Promise.reject(new Error("oh")));
  assert.match(town.thrown[0] ?? "", /a broken button: Error: oh/);
});

const pressedBy = (what: RegExp): TraceLine[] =>
  trace.filter(({ actor, detail }) => actor === "people" && what.test(detail));

test("SM-22 sellers press what nobody foresaw: much of it is done, much is refused, and nothing of it breaks", () => {
  const done = new Set(pressedBy(/^ok/).map(({ what }) => what));
  const refused = new Set(pressedBy(/^refused/).map(({ what }) => what));
  assert.ok(done.size >= 4, `done: ${[...done].join(", ")}`);
  assert.ok(refused.size >= 2, `refused: ${[...refused].join(", ")}`);
  assert.deepEqual(
    result.violations.filter(({ invariant }) => invariant === "L4"),
    [],
  );
});

test("SM-23 whoever orders by hand orders once per attempt, and says what came of it", () => {
  assert.ok(asked["byHand"]!.length > 0);
  for (const { slug, reference, state } of asked["byHand"]!) {
    const { world } = worlds.find((each) => each.slug === slug)!;
    const bought = [...world.state.suppliers.values()].flatMap(
      ({ byReference }) => byReference.get(String(reference)) ?? [],
    );
    assert.equal(bought.length, state === "placed" ? 1 : 0, `${String(reference)} is ${String(state)}`);
  }
});

test("SM-24 people press within a blink of a buffer's end, and cancel what is on its way", () => {
  const edges = trace.filter(({ what }) => what === "at the edge").map(({ detail }) => Number(detail));
  assert.ok(edges.length > 0);
  for (const each of edges) assert.ok(each >= -41 && each <= 601, `${each} ms after the end`);
  const cancelled = Object.values(result.coverage["C12"] ?? {}).reduce((sum, each) => sum + each, 0);
  assert.ok(cancelled > 0);
});

test("SM-25 a supplier that takes keys is silent for longer than it remembers one, and the cell counts when the attempt is still open then", async () => {
  const minute = 60_000;
  for (const closedAt of [null, 5]) {
    const coverage = new CoverageTable();
    const town = {
      outages: [],
      silences: [],
      coverage,
      people: {},
      scheduler: {
        now: 1_000,
        async park(_: unknown, __: unknown, afterMs: number) {
          this.now += afterMs;
        },
      },
    } as unknown as Town;
    const tenant = { host: "two", speed: 20, codes: new Map([["7", "northlight"]]) } as never;
    await fallSilent(town, tenant, { kind: "key", closedAt } as never, streamsOf(1).stream("silence"));
    const [outage] = town.outages;
    assert.ok(outage !== undefined && outage.until - outage.from > 72 * minute);
    assert.ok(town.scheduler.now < outage.until && town.scheduler.now - outage.from > 72 * minute);
    assert.equal(coverage.table()["C11"]?.key, closedAt === null ? 1 : 0);
    const slow = { host: "one", speed: 1, codes: new Map([["7", "northlight"]]) } as never;
    await fallSilent(town, slow, { kind: "key", closedAt } as never, streamsOf(1).stream("silence"));
    assert.equal(town.outages.length, 1);
  }
});

test("SM-26 who was told that all of it is cancelled is kept in mind, and gets nothing", () => {
  assert.ok(acknowledged.length > 0);
  const cancelled = new Set(
    asked["cancelled"]!.map(({ slug, channel_order_id: id }) => `${String(slug)}/${String(id)}`),
  );
  for (const { workspaceSlug, channelOrderId } of acknowledged)
    assert.ok(cancelled.has(`${workspaceSlug}/${channelOrderId}`));
});

test("SM-27 every answer is kept with whom it was given to, also those to whoever asked for a foreign order", () => {
  const slugs = new Set(told.map(({ workspaceSlug }) => workspaceSlug));
  assert.deepEqual([...slugs].toSorted(), ["one", "two"]);
  for (const { slug, marker } of worlds) {
    assert.ok(told.some(({ workspaceSlug, text }) => workspaceSlug === slug && text.includes(marker)));
    assert.ok(!told.some(({ workspaceSlug, text }) => workspaceSlug !== slug && text.includes(marker)));
  }
});

test("SM-28 somebody changes settings, links, shelves and who is switched on while orders are decided", () => {
  assert.ok(asked["managed"]!.length > 0);
});

test("SM-29 the quiet time ends when nothing is left to happen", () => {
  assert.deepEqual(asked["open"], []);
  const mostDays = (options.days * 8 + 1 + 5) / 24;
  assert.ok(result.virtualDays < mostDays - 0.02, `${result.virtualDays} of ${mostDays} days`);
});
