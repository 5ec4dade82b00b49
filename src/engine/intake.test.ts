import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { DatabaseError } from "pg";
import type { Channel, ParsedMessage } from "#connectors/ports.ts";
import type { ChannelOrder } from "#domain/channel-order.ts";
import type { ConnectionId, OrderId } from "#domain/ids.ts";
import type { Db, OnStatement } from "#store/db.ts";
import { readMended } from "#store/doctor.ts";
import { chain } from "#store/event-chain.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { openMessages } from "#store/vault/messages.ts";
import { rotateDataKey } from "#store/vault/rotate.ts";
import { wake } from "#store/wake.ts";
import { aChannelOrder } from "#test/channel-order.ts";
import { everyText } from "../../test/every-text.ts";
import { setUp, testEngine, type SetUpOptions, type TestEngine } from "../../test/engine.ts";
import { testDatabase } from "../../test/postgres.ts";
import { testKeyring } from "../../test/vault.ts";
import { emptyTally, ImportLog, refuseRows } from "./import/import-log.ts";
import { storeInTransaction, storeOrders } from "./intake.ts";
import { keepMessages } from "./raw-messages.ts";
import { changeOrders, decideDue } from "./stage.ts";
import { intake } from "./stages/intake.ts";
import { pull } from "./stages/pull.ts";
import { verify } from "./stages/verify.ts";

const noon = new Date("2026-11-22T12:00:00Z");
const anOrder = (id: string, change: Partial<ChannelOrder> = {}): ChannelOrder => aChannelOrder(id, noon, change);
const standard: SetUpOptions = { suppliers: { acme: {} }, links: { MUG: [{ supplier: "acme", sku: "A-MUG" }] } };
async function workshop(
  t: TestContext,
  options: SetUpOptions = standard,
  channels?: ReadonlyMap<string, Channel>,
  onStatement?: OnStatement,
) {
  const database = await testDatabase(t, onStatement === undefined ? {} : { onStatement });
  const engine = testEngine(database.engine, channels === undefined ? {} : { channels });
  return { database, engine, ...(await setUp(engine, options)) };
}
const arrival = (at: Awaited<ReturnType<typeof workshop>>) => ({
  workspaceId: at.workspaceId,
  channelId: at.channelId,
  origin: "live" as const,
  actor: "channel:test",
});
const Count = row({ n: col.int });
const count = async (db: Db, statement: ReturnType<typeof sql>): Promise<number> => (await db.one(Count, statement)).n;
const Headline = row({ number: col.text, headline: col.text });
const headlines = (db: Db) => db.rows(Headline, sql`select number, headline from sales_order order by id`);

test("IN-2 the same order by two connections is one order", async (t) => {
  const at = await workshop(t);

  const first = await storeOrders(at.engine, arrival(at), [anOrder("1"), anOrder("2")]);
  const second = await storeOrders(at.engine, { ...arrival(at), origin: "file" }, [anOrder("2"), anOrder("3")]);

  assert.deepEqual(
    first.map((each) => each.outcome),
    ["new", "new"],
  );
  assert.deepEqual(
    second.map((each) => each.outcome),
    ["unchanged", "new"],
  );
  assert.equal(await count(at.database.engine, sql`select count(*)::int as n from sales_order`), 3);
});

test("IN-6 two workers that store the same new orders at the same moment store them once", async (t) => {
  const at = await workshop(t);
  const other = testEngine(at.database.engine, { slot: 2, seed: 2 });
  const orders = Array.from({ length: 30 }, (_, index) => anOrder(String(index)));

  const [a, b] = await Promise.all([
    storeOrders(at.engine, arrival(at), orders),
    storeOrders(other, arrival(at), [...orders].reverse()),
  ]);

  assert.equal(await count(at.database.engine, sql`select count(*)::int as n from sales_order`), 30);
  assert.equal([...a, ...b].filter((each) => each.outcome === "new").length, 30);
});

/** A channel whose feed is the given pages; each order's raw text is its JSON. */
function feed(pages: { eventId: string; parsed: ParsedMessage | "garbage" }[][]): Channel {
  const messages = new Map(pages.flat().map((each) => [each.eventId, each.parsed]));
  return {
    pull: async (_context: unknown, cursor: string | null) => {
      const page = Number(cursor ?? "0");
      return {
        status: "ok" as const,
        raw: (pages[page] ?? []).map(({ eventId }) => ({ eventId, text: `raw ${eventId}` })),
        cursor: String(Math.min(page + 1, pages.length)),
        more: page + 1 < pages.length,
      };
    },
    parse: (raw: { eventId: string }) => {
      const parsed = messages.get(raw.eventId)!;
      if (parsed === "garbage") throw new Error("garbage");
      return parsed;
    },
  } as unknown as Channel;
}
const order = (id: string, change?: Partial<ChannelOrder>): { eventId: string; parsed: ParsedMessage } => ({
  eventId: `o-${id}`,
  parsed: { type: "order", order: anOrder(id, change) },
});

async function drain(engine: TestEngine): Promise<void> {
  while ((await pull.run(engine)) + (await intake.run(engine)) + (await verify.run(engine)) > 0);
}

test("IN-7 raw messages are kept; one that cannot be read waits with its problem and blocks nobody", async (t) => {
  const at = await workshop(
    t,
    { ...standard, channel: { connection: {} } },
    new Map([["sandbox", feed([[order("1"), { eventId: "bad", parsed: "garbage" }, order("2")]])]]),
  );

  await drain(at.engine);

  assert.deepEqual(
    (await headlines(at.database.engine)).map((each) => each.number),
    ["#1", "#2"],
  );
  assert.equal(
    await count(
      at.database.engine,
      sql`select count(*)::int as n from inbox where done_at is null and problem = 'garbage' and raw is not null and raw_key is not null and raw not like '%bad%' and tries = 1 and due_at is not null`,
    ),
    1,
  );
});

test("IN-8 a cancellation that arrives before its order waits for it and stops it", async (t) => {
  const cancellation = {
    eventId: "c-1",
    parsed: {
      type: "cancellation" as const,
      channelOrderId: "1",
      asked: "by_channel" as const,
      lines: "all" as const,
      at: new Date("2026-11-22T12:00:00Z"),
    },
  };
  const at = await workshop(
    t,
    { ...standard, channel: { connection: {} } },
    new Map([["sandbox", feed([[cancellation], [order("1"), order("2")]])]]),
  );

  await drain(at.engine);

  assert.deepEqual(
    (await headlines(at.database.engine)).map((each) => [each.number, each.headline]),
    [
      ["#1", "cancelled"],
      ["#2", "stand_by"],
    ],
  );
});

test("IN-10 a cancellation that another worker takes in while its order is being stored finds it", async (t) => {
  const at = await workshop(t);
  const other = testEngine(at.database.engine, { slot: 2, seed: 2 });
  const cancellation = {
    type: "cancellation",
    channelOrderId: "1",
    askedBy: "channel",
    lines: "all",
    at: noon,
  } as const;

  let cancelled: Promise<unknown> = Promise.resolve();
  await at.database.engine.tx(async (tx) => {
    const stored = { type: "order", order: anOrder("1"), origin: "live" } as const;
    await storeInTransaction(at.engine, tx, arrival(at), [stored]);
    cancelled = other.db.tx((beside) => storeInTransaction(other, beside, arrival(at), [cancellation]));
    await pause(200); // as far as it gets before the order is there
  });
  await cancelled;

  assert.deepEqual(
    (await headlines(at.database.engine)).map((each) => each.headline),
    ["cancelled"],
  );
  assert.equal(await count(at.database.engine, sql`select count(*)::int as n from cancel_tombstone`), 0);
});

test("ENG-12 orders and cancellations of one batch are applied as they came, with one lock of all orders before what they share", async (t) => {
  const cancels = (id: string, no: number, quantity?: number): { eventId: string; parsed: ParsedMessage } => ({
    eventId: `c-${id}-${no}`,
    parsed: {
      type: "cancellation",
      channelOrderId: id,
      asked: "by_channel",
      lines: quantity === undefined ? "all" : [{ channelLineId: "l1", quantity }],
      at: noon,
    },
  });
  const two = { lines: [{ ...anOrder("x").lines[0]!, channelLineId: "l1", quantity: 2 }] };
  const locks: string[] = [];
  const at = await workshop(
    t,
    { ...standard, channel: { connection: {} } },
    new Map([
      [
        "sandbox",
        feed([
          // Known, one after the other; before its order, and right after it; of one that never comes.
          [
            cancels("2", 1),
            cancels("1", 1, 1),
            cancels("4", 1),
            order("4"),
            order("5", two),
            cancels("5", 1, 1),
            cancels("6", 1),
          ],
        ]),
      ],
    ]),
    async ({ text }, send) => {
      if (text === "begin") locks.length = 0;
      if (/for update of o\s*$/.test(text)) locks.push("orders"); // with "skip locked" nobody waits
      if (text.includes("insert into counter")) locks.push("counters");
      return send();
    },
  );

  await storeOrders(at.engine, arrival(at), [anOrder("1", two), anOrder("2"), anOrder("3")]);

  await pull.run(at.engine);
  await intake.run(at.engine);

  assert.deepEqual(locks, ["orders", "counters"]);
  const Line = row({ number: col.text, headline: col.text, cancelled: col.int });
  assert.deepEqual(
    (
      await at.database.engine.rows(
        Line,
        sql`select o.number, o.headline, l.cancelled from sales_order o join order_line l on l.workspace_id = o.workspace_id and l.order_id = o.id order by o.id`,
      )
    ).map(({ number, headline, cancelled }) => [number, headline, cancelled]),
    [
      ["#1", "new", 1],
      ["#2", "cancelled", 2],
      ["#3", "new", 0],
      ["#4", "cancelled", 2],
      ["#5", "new", 1],
    ],
  );
  const Waiting = row({ id: col.text });
  assert.deepEqual(
    (await at.database.engine.rows(Waiting, sql`select channel_order_id as id from cancel_tombstone`)).map(
      ({ id }) => id,
    ),
    ["6"],
  );
});

test("AUTO-2 a first sync stands by, what comes live goes on, a catch-up after a long gap stands by", async (t) => {
  const live = { orderedAt: new Date("2026-11-22T12:02:00Z"), paidAt: null };
  const at = await workshop(
    t,
    { ...standard, channel: { connection: { everyMs: 60_000 } } },
    new Map([["sandbox", feed([[order("past")], [order("live", live)], [order("gap", live)]])]]),
  );
  const feeds = at.engine.channels.get("sandbox")!;
  let page = 0;
  feeds.pull = ((inner) => async (context: never) => ({ ...(await inner(context, String(page))), more: false }))(
    feeds.pull.bind(feeds),
  ) as Channel["pull"];

  await drain(at.engine);
  at.engine.clock.advance(2 * 60_000);
  page = 1;
  await drain(at.engine);
  at.engine.clock.advance(60 * 60_000);
  page = 2;
  await drain(at.engine);

  assert.deepEqual(
    (await headlines(at.database.engine)).map((each) => [each.number, each.headline]),
    [
      ["#past", "stand_by"],
      ["#live", "waiting"],
      ["#gap", "stand_by"],
    ],
  );
});

test("ENG-1 a batch skips orders that somebody holds and takes the others", async (t) => {
  const at = await workshop(t);
  const [held] = await storeOrders(at.engine, arrival(at), [anOrder("1"), anOrder("2")]);

  const moved = await at.database.engine.tx(async (tx) => {
    await tx.run(
      sql`select id from sales_order where workspace_id = ${at.workspaceId} and id = ${held!.orderId} for update`,
    );
    return verify.run(at.engine);
  });

  assert.equal(moved, 1);
  assert.equal(await verify.run(at.engine), 1);
});

test("ENG-2 two changes of one order never interleave", async (t) => {
  const at = await workshop(t);
  const [stored] = await storeOrders(at.engine, arrival(at), [anOrder("1")]);
  const others = [2, 3, 4].map((slot) => testEngine(at.database.engine, { slot, seed: slot }));

  await Promise.all(
    others.flatMap((engine) =>
      [1, 2, 3].map((n) =>
        changeOrders(engine, [stored!], {}, ([draft]) => draft!.event("note", "order", draft!.order.id, { n })),
      ),
    ),
  );

  const Seq = row({ seqs: col.list(col.int), version: col.int });
  const { seqs, version } = await at.database.engine.one(
    Seq,
    sql`select array_agg(e.seq order by e.seq) as seqs, min(o.version) as version from event e join sales_order o on o.workspace_id = e.workspace_id and o.id = e.order_id`,
  );
  assert.deepEqual(
    seqs,
    Array.from({ length: seqs.length }, (_, index) => index + 1),
  );
  assert.equal(version, 1 + 9);
});

test("ENG-5 an order that cannot be decided is held alone; the others of its batch go on", async (t) => {
  const at = await workshop(t);
  await storeOrders(
    at.engine,
    arrival(at),
    ["1", "2", "3"].map((id) => anOrder(id)),
  );

  await decideDue(at.engine, { states: ["received", "held"], limit: 500, need: {} }, (draft, fos) => {
    if (draft.order.number === "#2") throw new Error("a poison order");
    for (const fo of fos) draft.move(fo, "waiting");
  });

  assert.deepEqual(
    (await headlines(at.database.engine)).map((each) => each.headline),
    ["waiting", "needs_attention", "waiting"],
  );
});

test("ENG-9 a lost connection or a deadlock holds no order: the stage fails as a whole and is tried again", async (t) => {
  const at = await workshop(t);
  await storeOrders(at.engine, arrival(at), [anOrder("1")]);
  const claim = { states: ["received", "held"] as const, limit: 500, need: {} };

  for (const code of ["57P01", "08006", "40P01", "57014"]) {
    const lost = Object.assign(new DatabaseError("the server went away", 20, "error"), { code });
    await assert.rejects(
      decideDue(at.engine, claim, () => {
        throw lost;
      }),
      lost,
    );
  }
  const cut = new Error("Connection terminated unexpectedly");
  await assert.rejects(
    decideDue(at.engine, claim, () => {
      throw cut;
    }),
    cut,
  );

  assert.deepEqual(
    (await headlines(at.database.engine)).map((each) => each.headline),
    ["new"],
  );
});

test("ENG-6 ENG-7 counters equal counting; events are numbered and chained, each with its actor", async (t) => {
  const at = await workshop(t);
  await storeOrders(
    at.engine,
    arrival(at),
    ["1", "2", "3"].map((id) =>
      anOrder(id, id === "3" ? { lines: [{ ...anOrder("3").lines[0]!, sku: "UNKNOWN" }] } : {}),
    ),
  );
  await verify.run(at.engine);

  const wrong = await count(
    at.database.engine,
    sql`
    with counted as (
      select 'headline' as kind, headline as key, count(*) as n from sales_order group by 1, 2
      union all select 'state', state, count(*) from fulfillment_order group by 1, 2
      union all select 'hold', code, count(*) from hold where closed_at is null group by 1, 2
    ), kept as (select kind, key, sum(n)::bigint as n from counter where kind in ('headline', 'state', 'hold') group by 1, 2 having sum(n) <> 0)
    select count(*)::int as n from counted full join kept using (kind, key) where counted.n is distinct from kept.n`,
  );
  assert.equal(wrong, 0);

  const EventRow = row({
    orderId: col.text,
    seq: col.int,
    at: col.instant,
    kind: col.text,
    subject: col.text,
    subjectId: col.text,
    fromState: col.textOrNull,
    toState: col.textOrNull,
    actor: col.text,
    data: col.jsonOrNull<unknown>(),
    hash: col.text,
  });
  const events = await at.database.engine.rows(EventRow, sql`select * from event order by order_id, seq`);
  let previous = "";
  for (const event of events) {
    if (event.seq === 1) previous = "";
    assert.equal(
      event.hash,
      chain(previous, { ...event, from: event.fromState, to: event.toState }),
      `event ${event.seq} of ${event.orderId}`,
    );
    assert.notEqual(event.actor, "");
    previous = event.hash;
  }
  assert.ok(events.length > 9);
});

test("ENG-8 a change wakes exactly those that wait for it", async (t) => {
  const at = await workshop(t);
  const unknown = (sku: string) => ({ lines: [{ ...anOrder("x").lines[0]!, sku }] });
  await storeOrders(at.engine, arrival(at), [
    anOrder("1", unknown("A")),
    anOrder("2", unknown("B")),
    anOrder("3", unknown("A")),
  ]);
  await verify.run(at.engine);
  assert.equal(await verify.run(at.engine), 0);

  const woken = await at.database.engine.tx((tx) => wake(tx, at.workspaceId, ["sku:A"], at.engine.clock.now()));

  assert.equal(woken, 2);
  assert.equal(await verify.run(at.engine), 2);
});

test("VF-11 the daily sweep verifies all that is held; what goes on although nothing woke it is marked and logged, what was woken is not", async (t) => {
  const at = await workshop(t);
  const unknown = (sku: string) => ({ lines: [{ ...anOrder("x").lines[0]!, sku }] });
  await storeOrders(at.engine, arrival(at), [
    anOrder("1", unknown("A")),
    anOrder("2", unknown("B")),
    anOrder("3", unknown("C")),
  ]);
  await verify.run(at.engine);
  const link = (sku: string) =>
    at.database.engine.run(sql`
      insert into product_link (workspace_id, id, channel_id, sku, nothing_to_ship, updated_at)
      values (${at.workspaceId}::bigint, ${`9000${sku.charCodeAt(0)}`}::bigint, 0, ${sku}, true, ${at.engine.clock.now()})`);
  await link("A");
  await at.database.engine.tx((tx) => wake(tx, at.workspaceId, ["sku:A"], at.engine.clock.now()));
  await verify.run(at.engine);
  assert.deepEqual(await readMended(at.database.engine, new Date(0)), []);
  assert.equal(at.engine.log.lines.filter((line) => line.level === "warn").length, 0);

  await link("B"); // written past everything that should wake its orders
  const midnight = await verify.nextDue(at.database.engine);
  at.engine.clock.moveTo(midnight!);
  const swept = await verify.run(at.engine);

  assert.equal(midnight!.toISOString(), "2026-11-23T00:00:00.000Z");
  assert.equal(swept, 2);
  const mended = await readMended(at.database.engine, new Date(0));
  assert.deepEqual(
    mended.map(({ orders, last }) => [orders, last]),
    [[1, midnight]],
  );
  assert.equal(at.engine.log.lines.filter((line) => line.level === "warn").length, 1);
  assert.equal((await verify.nextDue(at.database.engine))!.toISOString(), "2026-11-24T00:00:00.000Z");
});

test("VF-11 another change of the order between a wake-up and its verification does not lose the wake-up", async (t) => {
  const at = await workshop(t);
  await storeOrders(at.engine, arrival(at), [anOrder("1", { lines: [{ ...anOrder("x").lines[0]!, sku: "A" }] })]);
  await verify.run(at.engine);
  await at.database.engine.tx((tx) => wake(tx, at.workspaceId, ["sku:A"], at.engine.clock.now()));
  const IdRow = row({ id: col.id<OrderId>() });
  const { id: orderId } = await at.database.engine.one(IdRow, sql`select id from sales_order`);

  await changeOrders(at.engine, [{ workspaceId: at.workspaceId, orderId }], {}, ([draft]) => {
    draft!.openHold({ subject: "order", subjectId: "0", code: "by_person" }, "person");
  });

  assert.equal(await verify.run(at.engine), 1);
});

test("VF-6 the one that came in later is the suspected duplicate, whichever worker stored it and however its ids count", async (t) => {
  const at = await workshop(t);
  const same = { buyerId: "buyer", shipTo: anOrder("x").shipTo };
  const other = testEngine(at.database.engine, { slot: 2, seed: 2, clock: at.engine.clock });
  // Whoever begins takes the lower block of ids: the second order gets a lower one than the first.
  await storeOrders(at.engine, arrival(at), [anOrder("another")]);
  await storeOrders(other, arrival(at), [anOrder("1", same)]);
  at.engine.clock.advance(1000);
  await storeOrders(at.engine, arrival(at), [anOrder("2", same)]);
  const Key = row({ channelOrderId: col.text });
  const byId = await at.database.engine.rows(Key, sql`select channel_order_id from sales_order order by id`);
  assert.deepEqual(
    byId.map((each) => each.channelOrderId),
    ["another", "2", "1"],
  );

  await verify.run(at.engine);

  assert.deepEqual(await headlines(at.database.engine), [
    { number: "#another", headline: "waiting" },
    { number: "#2", headline: "needs_attention" },
    { number: "#1", headline: "waiting" },
  ]);
});

test("VF-13 the earlier order's end wakes what was held as its duplicate", async (t) => {
  const at = await workshop(t);
  const same = { buyerId: "buyer", shipTo: anOrder("x").shipTo };
  await storeOrders(at.engine, arrival(at), [anOrder("1", same)]);
  await storeOrders(at.engine, arrival(at), [anOrder("2", same)]);
  await verify.run(at.engine);
  const Second = row({ state: col.text, woken: col.bool });
  const second = () =>
    at.database.engine.one(
      Second,
      sql`select f.state, f.woken from fulfillment_order f join sales_order o on o.workspace_id = f.workspace_id and o.id = f.order_id where o.channel_order_id = '2'`,
    );
  assert.deepEqual(await second(), { state: "held", woken: false });

  await storeOrders(at.engine, arrival(at), [
    anOrder("1", { ...same, cancelledAt: at.engine.clock.now(), updatedAt: new Date("2026-11-22T12:00:01Z") }),
  ]);

  assert.deepEqual(await second(), { state: "held", woken: true });
  await verify.run(at.engine);
  assert.deepEqual(await second(), { state: "waiting", woken: false });
  assert.deepEqual(await readMended(at.database.engine, new Date(0)), []);
});

test("PD-1 what a channel sends lies sealed in the inbox, is parsed from there, and is filed under its order; keys may change meanwhile", async (t) => {
  const cancellation = {
    eventId: "c-1",
    parsed: {
      type: "cancellation" as const,
      channelOrderId: "1",
      asked: "by_channel" as const,
      lines: "all" as const,
      at: new Date(0),
    },
  };
  const at = await workshop(
    t,
    { ...standard, channel: { connection: {} } },
    new Map([["sandbox", feed([[order("1")], [cancellation], [order("2")]])]]),
  );

  await drain(at.engine);

  const Row = row({ number: col.textOrNull, raw: col.text, rawKey: col.text, dek: col.int });
  const rows = () =>
    at.database.engine.rows(
      Row,
      sql`select o.number, i.raw, i.raw_key, i.dek from inbox i left join sales_order o on o.id = i.order_id order by i.id`,
    );
  const kept = await rows();
  assert.deepEqual(
    kept.map((each) => [each.number, each.dek]),
    [
      ["#1", 1],
      ["#1", 1],
      ["#2", 1],
    ],
  );
  for (const { raw } of kept) assert.match(raw, /^v1\.0\.0\.[\w-]+\.[\w-]+\.[\w-]+$/);
  const { workspaceId } = at;
  const { keyring } = at.engine.vault;
  const rotation = await rotateDataKey(at.database, testKeyring(), workspaceId); // by another process
  const ids = await at.database.engine.rows(row({ id: col.text }), sql`select id from inbox order by id`);
  const sealed = (await rows()).map((each, index) => ({ ...each, id: ids[index]!.id }));
  const texts = await at.database.engine.tx((tx) => openMessages(tx, keyring, workspaceId, sealed));
  assert.deepEqual([rotation.resealed, rotation.removed, sealed[0]!.dek], [3, 1, 2]);
  assert.match(texts.get(sealed[0]!.id)!, /^raw /);
  // A worker that still has the old key in mind is refused once and goes on with the new one.
  const { id } = await at.database.engine.one(row({ id: col.id<ConnectionId>() }), sql`select id from connection`);
  const keep = () =>
    at.engine.db.tx((tx) => keepMessages(at.engine, tx, { workspaceId, id }, [{ eventId: "late", text: "x" }], "live"));
  await assert.rejects(keep(), { code: "23503" });
  assert.equal(await keep(), 1);
});

test("CD-6 a card number in a channel's message, an order or a kept row of a file is stored nowhere", async (t) => {
  const card = "4111 1111 1111 1111";
  const at = await workshop(t, { ...standard, channel: { connection: {} } });
  const { id } = await at.database.engine.one(row({ id: col.id<ConnectionId>() }), sql`select id from connection`);
  const { workspaceId } = at;
  const start = {
    workspaceId,
    kind: "orders",
    channelId: at.channelId,
    file: { name: "orders.csv", sha256: "x" },
    mapping: {},
    actor: "user:1",
  } as const;

  await at.engine.db.tx((tx) =>
    keepMessages(at.engine, tx, { workspaceId, id }, [{ eventId: "1", text: `{"note":"${card}"}` }], "live"),
  );
  await storeOrders(at.engine, arrival(at), [anOrder("1", { note: `pay with ${card}` })]);
  const log = await ImportLog.begin(at.engine, start, {});
  const tally = emptyTally();
  refuseRows(tally, start, {
    rows: [2],
    raw: `9;${card};Ada`,
    problems: [{ line: 2, column: 2, header: "quantity", found: card, expected: "a number" }],
  });
  await at.engine.db.tx((tx) => log.write(tx, tally));

  const sealed = await at.database.engine.rows(Sealed, sql`select id, raw, raw_key, dek from inbox`);
  const texts = await at.engine.db.tx((tx) => openMessages(tx, at.engine.vault.keyring, workspaceId, sealed));
  assert.deepEqual([...texts.values()], ['{"note":"[card number removed]"}']);
  assert.deepEqual(await everyText(at.database, card), []);
  assert.equal((await everyText(at.database, "[card number removed]")).length, 2, "the note and the row");
});
const Sealed = row({ id: col.text, raw: col.textOrNull, rawKey: col.textOrNull, dek: col.intOrNull });
