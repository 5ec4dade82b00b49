import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test, type TestContext } from "node:test";
import pg from "pg";
import type { WorldEvent as ProductsEvent } from "#sandbox/events.ts";
import { aSoak, ask, live } from "#test/soak.ts";
import { check, invariants, type Outside, type SentRequest, type Violation } from "./check.ts";
import { findPlanted, NothingToSpoil, plants, takenBack, trackingOverdue } from "./planted.ts";
import { readTruth, type KnownEvent, type PlaceCalled } from "./truth.ts";

/** What the pretend world writes has the fields that the checker reads: whoever changes the one is told here about the other. */
export const isWhatWeRead = (event: Extract<ProductsEvent, { type: KnownEvent["type"] }>): KnownEvent => event;

interface Lived {
  client: pg.Client;
  outside: Outside;
}

/** A short while of the real stages in a hostile world, then quiet; with what a harness would have noted at the sockets. */
async function aLife(t: TestContext, seed: number, days: number): Promise<Lived> {
  // Before the database goes: what is told last is done last.
  const open: pg.Client[] = [];
  t.after(() => Promise.all(open.map((each) => each.end())));
  const soak = await aSoak(t, { seed, days });
  await live(soak, days);
  const client = new pg.Client(soak.database.config("postgres"));
  open.push(client);
  await client.connect();
  const events: KnownEvent[] = [];
  for (let after = 0; ;) {
    const page = ask(soak, "GET", `/admin/log?after=${after}&limit=10000`).body as {
      events: KnownEvent[];
      after: number;
    };
    if (page.events.length === 0) break;
    events.push(...page.events);
    after = page.after;
  }
  const known = await client.query<{ id: string; channelOrderId: string }>(
    `select id::text, channel_order_id as "channelOrderId" from sales_order`,
  );
  const armed = await client.query<{ reference: string; at: Date }>("select reference, armed_at as at from attempt");
  const calls = events.filter(
    (event): event is PlaceCalled => event.type === "place_called" && event.idempotencyKey !== null,
  );
  const outside: Outside = {
    events,
    // Whoever waits in this world moves everybody's clock, so that the instant of the first byte cannot be told from the log: it is that of the arming.
    sent: calls.map(({ at, supplier, reference, idempotencyKey }): SentRequest => ({
      at: armed.rows.find((each) => each.reference === reference)?.at.getTime() ?? at,
      supplier,
      reference,
      idempotencyKey,
    })),
    commits: armed.rows.map(({ reference, at }) => ({ attemptReference: reference, committedAt: at.getTime() })),
    acknowledged: soak.acknowledged.map(({ orderId, at }) => ({
      channelOrderId: known.rows.find(({ id }) => id === orderId)!.channelOrderId,
      at: at.getTime(),
      step: 1,
    })),
    told: [],
    now: soak.clock.now().getTime(),
    faultsStoppedAt: soak.clock.now().getTime() - 4.5 * 60 * 60_000,
  };
  return { client, outside };
}

test("SM-40 the checker shares no code and no types with what it judges", async () => {
  const files = (await readdir(import.meta.dirname)).filter((name) => !name.endsWith(".test.ts"));
  const imported = await Promise.all(
    files.map(async (name) =>
      [...(await readFile(`${import.meta.dirname}/${name}`, "utf8")).matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(
        ([, path]) => path!,
      ),
    ),
  );

  assert.deepEqual(
    [...new Set(imported.flat())].filter((path) => !/^(\.\/[a-z]+\.ts|pg|node:crypto)$/.test(path)),
    [],
  );
});

test("SM-41 every invariant of the design's list is there, and what is not checked yet says why", () => {
  const listed = invariants.filter(({ id }) => id.startsWith("I")).map(({ id }) => id);
  const unplanted = invariants.filter(
    ({ id, isChecked }) => isChecked && plants.every(({ invariant }) => invariant !== id),
  );

  assert.deepEqual(
    listed,
    Array.from({ length: 34 }, (_, index) => `I${String(index + 1).padStart(2, "0")}`),
  );
  assert.deepEqual(
    invariants.filter(({ isChecked, why }) => isChecked === (why !== undefined)),
    [],
  );
  assert.deepEqual(unplanted, [], "A check that was never seen to speak is none.");
});

test("SM-42 a world's log that speaks of what it never had is refused", () => {
  const changed = { type: "order_changed", at: 1, orderId: "4711", change: { type: "paid" } };

  assert.throws(() => readTruth([changed]), /4711, which it has never had/);
});

test("SM-43 of a hostile day in which nothing went wrong here it has nothing to say (seed 2)", async (t) => {
  const { client, outside } = await aLife(t, 2, 0.125);

  assert.deepEqual(await check(client, outside, "midway"), []);
  assert.deepEqual(await check(client, outside, "end"), []);
});

test("SM-43 nor of another (seed 1), and whatever is planted in that one is found", async (t) => {
  const lives = new Lives(t);
  const lived = await lives.at(0);
  assert.deepEqual(await check(lived.client, lived.outside, "end"), []);

  await t.test("SM-44 purchases: doubled, unproven, unarmed, unknown, too dear, or after a cancellation", () =>
    findsEach(lives, ["I01", "I02", "I03", "I04", "I05", "I06", "I07", "I08"]),
  );
  await t.test("SM-45 orders that come in: lost, doubled, older than known", () =>
    findsEach(lives, ["I10", "I11", "I13", "I14"]),
  );
  await t.test("SM-46 the trail: gaps, forbidden steps, broken chains, nobody's changes", () =>
    findsEach(lives, ["I15", "I16", "I17", "I18", "I20"]),
  );
  await t.test("SM-47 waiting: for nobody, for ever, and people who are asked without a cause", () =>
    findsEach(lives, ["I19", "L1", "L2"]),
  );
  await t.test("SM-48 money, stock and quantities that do not add up", () =>
    findsEach(lives, ["I09", "I21", "I22", "I23", "I24", "I25"]),
  );
  await t.test("SM-49 announcements: missing, doubled, made up", () => findsEach(lives, ["I26", "I27", "I28", "I29"]));
  await t.test("SM-50 anything of one workspace in another, and a schema that would let it", () =>
    findsEach(lives, ["I30"]),
  );
  await t.test("SM-51 ends, quantities and parcels that what really happened does not allow", () =>
    findsEach(lives, ["M1", "M2", "M3", "M4"]),
  );

  await t.test("SM-52 midway it looks at what holds at every moment, and at nothing else", async () => {
    const late = plants.filter(({ invariant }) => !isSafety(invariant));
    const found = new Set<string>();
    for (const plant of late.filter((each) => each.invariant.startsWith("I2") || each.invariant.startsWith("M")))
      for (const { invariant } of await findPlanted(lived.client, lived.outside, plant, "midway")) found.add(invariant);

    assert.deepEqual(
      [...found].filter((id) => !isSafety(id)),
      [],
    );
  });

  await t.test("SM-53 it writes nothing, and however many orders there are, it asks as many questions", async () => {
    const asked: string[] = [];
    const listening = {
      query: (text: string, values?: unknown[]) => {
        asked.push(text);
        return lived.client.query(text, values);
      },
    } as unknown as pg.Client;
    await check(listening, lived.outside, "end");

    assert.match(asked[0]!, /read only$/);
    assert.ok(asked.length < 80, `${asked.length} statements`);
    assert.deepEqual(
      asked.filter((text) => /^\s*(insert|update|delete|truncate|lock)\b/i.test(text)),
      [],
    );
  });

  await t.test("SM-55 units may be missing where their supplier took them back after the last look at it", async () => {
    const statements = trackingOverdue("1 hour");
    const last = ({ purchase }: { purchase: { at: number } }): number => purchase.at + 60 * 60_000;
    const early = (outside: Outside): Outside => takenBack(outside, (call) => last(call) - 50 * 60_000);
    const late = (outside: Outside): Outside => takenBack(outside, (call) => last(call) + 60_000);
    const whileDown = (outside: Outside): Outside => ({
      ...early(outside),
      disturbances: [{ from: 0, until: outside.now }],
    });
    const found = async (outside: (of: Outside) => Outside): Promise<number> => {
      const plant = { invariant: "I05", title: "units taken back", statements, outside };
      const violations = await findPlanted(lived.client, lived.outside, plant, "end");
      return violations.filter(({ invariant }) => invariant === "I05").length;
    };

    assert.equal(await found(early), 1);
    assert.equal(await found(late), 0);
    assert.equal(await found(whileDown), 0);
  });

  await t.test("SM-56 a shelf that was promised to others is a cause to ask people for more of it", async () => {
    const asked = `insert into hold select f.workspace_id, 9000000000 + f.id, gen_random_uuid(), f.order_id, 'fulfillment_order', f.id, 'out_of_stock', null, 'machine', 'person', '{}', o.received_at, 'worker:x', null, null
       from fulfillment_order f join sales_order o on o.id = f.order_id join supplier s on s.id = f.supplier_id and s.role = 'prep'`;
    const plenty = `update stock set on_hand = reserved + 1000`;
    const short = `update stock set on_hand = reserved where is_shelf`;
    const found = async ({ client, outside }: Lived, statements: string[]): Promise<boolean> =>
      (await findPlanted(client, outside, { invariant: "L2", title: "asked", statements }, "end")).some(
        ({ invariant, what }) => invariant === "L2" && what.includes("out_of_stock"),
      );

    // Where people changed every order of the prep centre they are a cause of it too.
    const life = await lives.first((each) => found(each, [asked, plenty]));
    assert.ok(life !== null, "asked without a cause, and nothing was said");
    assert.equal(await found(life, [asked, plenty, short]), false);
  });

  await t.test("SM-54 what a person said untruly, and was believed, is not the machine's fault", async () => {
    const plant = plants.find(({ title }) => title === "what was bought counts as not bought")!;
    const { rows } = await lived.client.query<{ reference: string }>(
      `select reference from attempt where state = 'placed' and cost > 0 order by id limit 1`,
    );
    const mistakes = rows.map(({ reference }) => ({ attemptReference: reference }));

    const blamed = await findPlanted(lived.client, lived.outside, plant, "end");
    const excused = await findPlanted(lived.client, { ...lived.outside, mistakes }, plant, "end");

    assert.ok(blamed.some(({ invariant }) => invariant === "I04"));
    assert.ok(excused.every(({ invariant }) => invariant !== "I04"));
  });
});

const isSafety = (id: string): boolean => invariants.find((each) => each.id === id)?.isSafety === true;

/** Several workers live a life at the same time, so what it has differs from run to run: what a plant needs that is not in the first one is looked for in further ones. */
class Lives {
  readonly #t: TestContext;
  readonly #lives: Promise<Lived>[] = [];
  constructor(t: TestContext) {
    this.#t = t;
  }
  at(no: number): Promise<Lived> {
    return (this.#lives[no] ??= aLife(this.#t, 1 + 10 * no, 0.25));
  }
  /** The first life of three in which it holds. */
  async first(holds: (life: Lived) => Promise<boolean>): Promise<Lived | null> {
    for (let no = 0; no < 3; no += 1) {
      const life = await this.at(no);
      const isSo = await holds(life).catch((error: unknown) => {
        if (error instanceof NothingToSpoil) return false;
        throw error;
      });
      if (isSo) return life;
    }
    return null;
  }
}

/** Each plant is found under its own number; the first that is not is the failure. */
async function findsEach(lives: Lives, ids: readonly string[]): Promise<void> {
  for (const plant of plants.filter(({ invariant }) => ids.includes(invariant))) {
    const when = isSafety(plant.invariant) && plant.isAtEnd !== true ? "midway" : "end";
    let found: Violation[] = [];
    const life = await lives.first(async ({ client, outside }) => {
      found = await findPlanted(client, outside, plant, when);
      return found.some(({ invariant }) => invariant === plant.invariant);
    });
    assert.ok(life !== null, `${plant.invariant} ${plant.title}: found ${JSON.stringify(found.slice(0, 3))} ${when}`);
  }
}
