import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Channel, Failure } from "#connectors/ports.ts";
import { emptyAddress } from "#domain/address.ts";
import type { ChannelOrder } from "#domain/channel-order.ts";
import { dayMs } from "#domain/settings.ts";
import { listConnections } from "#store/channel.ts";
import { readProblems } from "#store/doctor.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { setUp, testEngine } from "#test/engine.ts";
import { testDatabase } from "#test/postgres.ts";
import { gap } from "./gap.ts";
import { intake } from "./intake.ts";
import { pull } from "./pull.ts";

const hour = 3_600_000;
const anOrder = (id: string, at: Date): ChannelOrder => ({
  channelOrderId: id,
  number: `#${id}`,
  orderedAt: at,
  updatedAt: at,
  currency: "EUR",
  payment: "paid",
  paidAt: at,
  cancelledAt: null,
  buyerId: null,
  shipTo: { ...emptyAddress, name: "Mia", line1: "Hafenstr. 5", city: "Hamburg", postcode: "20095", country: "DE" },
  shippingMethod: null,
  shipBy: null,
  note: null,
  shippingPaid: null,
  total: "10.00",
  risk: "none",
  lines: [
    {
      channelLineId: "1",
      sku: "MUG",
      title: "Mug",
      quantity: 1,
      cancelled: 0,
      fulfilled: 0,
      unitPrice: "10.00",
      kind: "goods",
      fulfilledBy: "us",
    },
  ],
});

/** A shop whose feed (one order a page) and whose list are said apart; a feed's cursor is how far it was read. */
class Script {
  feed: ChannelOrder[] = [];
  listed: string[] = [];
  failure: Failure | null = null;
  readonly pulledFrom: (string | null)[] = [];
  asked: [Date, Date][] = [];

  readonly channel = {
    pull: async (_context: unknown, cursor: string | null) => {
      this.pulledFrom.push(cursor);
      const at = Number(cursor ?? "0");
      const order = this.feed[at];
      const raw = order === undefined ? [] : [{ eventId: `e-${order.channelOrderId}`, text: order.channelOrderId }];
      return { status: "ok", raw, cursor: String(at + raw.length), more: at + 1 < this.feed.length };
    },
    parse: ({ text }: { text: string }) => ({
      type: "order",
      order: this.feed.find((each) => each.channelOrderId === text)!,
    }),
    list: async (_context: unknown, from: Date, to: Date) => {
      this.asked.push([from, to]);
      return this.failure ?? { status: "ok", channelOrderIds: this.listed };
    },
  } as unknown as Channel;
}

async function aConnection(t: TestContext) {
  const database = await testDatabase(t);
  const script = new Script();
  const engine = testEngine(database.engine, { channels: new Map([["shop", script.channel]]) });
  const at = await setUp(engine, { channel: { kind: "shop", connection: {} } });
  const start = engine.clock.now();
  script.feed = ["1", "2"].map((id) => anOrder(id, start));
  await pull.run(engine);
  await intake.run(engine);
  await database.engine.run(sql`update connection set gap_due_at = ${new Date(start.getTime() + dayMs)}`);
  const orders = async () =>
    database.engine.rows(
      row({ id: col.text, origin: col.text }),
      sql`select channel_order_id as id, origin from sales_order order by id`,
    );
  const compare = async () => {
    const moved = await gap.run(engine);
    await intake.run(engine);
    return moved;
  };
  const figure = async () => {
    const [connection] = await listConnections(database.engine, at.workspaceId, at.channelId);
    return connection!;
  };
  return { database, script, engine, start, orders, compare, figure };
}

test("GAP-1 once a day the ids of the last three days are compared; where all are here nothing is fetched", async (t) => {
  const { script, engine, compare, figure, start, database } = await aConnection(t);
  script.listed = ["1", "2"];
  const pulls = script.pulledFrom.length;

  const early = await compare();
  engine.clock.moveTo((await gap.nextDue(database.engine))!);
  const now = engine.clock.now();
  const moved = await compare();

  assert.deepEqual([early, moved], [0, 1]);
  assert.deepEqual(now, new Date(start.getTime() + dayMs));
  assert.deepEqual(script.asked, [[new Date(now.getTime() - 3 * dayMs), new Date(now.getTime() - hour)]]);
  assert.equal(script.pulledFrom.length, pulls);
  const { gapCheckedAt, gapMissing, gapExamples } = await figure();
  assert.deepEqual([gapCheckedAt, gapMissing, gapExamples], [now, 0, []]);
  assert.deepEqual(await gap.nextDue(database.engine), new Date(now.getTime() + dayMs));
});

test("GAP-2 an order that the feed passed over is fetched once more, as a catch-up, and the live feed's place stays", async (t) => {
  const { script, engine, compare, orders, figure, database } = await aConnection(t);
  engine.clock.advance(dayMs);
  // It appears in the feed before the place that was read already.
  script.feed = [anOrder("0", engine.clock.now()), ...script.feed];
  script.listed = ["0", "1", "2"];
  const cursor = () => database.engine.one(row({ cursor: col.text }), sql`select cursor from connection`);
  const before = await cursor();

  await compare();

  assert.deepEqual(await orders(), [
    { id: "0", origin: "catch_up" },
    { id: "1", origin: "first_sync" },
    { id: "2", origin: "first_sync" },
  ]);
  assert.deepEqual(await cursor(), before);
  assert.equal((await figure()).gapMissing, 0);
  assert.equal(engine.log.lines.filter((line) => line.level === "warn").length, 1);
  engine.clock.advance(dayMs);
  await compare();
  assert.equal(engine.log.lines.filter((line) => line.level === "warn").length, 1);
});

test("GAP-3 an order that is never in the feed is counted and named until it is here", async (t) => {
  const { script, engine, compare, figure, database } = await aConnection(t);
  engine.clock.advance(dayMs);
  script.listed = ["1", "2", "9"];

  await compare();

  assert.deepEqual([(await figure()).gapMissing, (await figure()).gapExamples], [1, ["9"]]);
  const problems = await readProblems(database.engine);
  assert.deepEqual(
    problems.map(({ what, problem }) => [what, problem]),
    [["channel acme shop", "lists 1 orders of the last 3 days that are not here: 9"]],
  );
  script.feed.push(anOrder("9", engine.clock.now()));
  engine.clock.advance(dayMs);
  await pull.run(engine);
  await intake.run(engine);
  await compare();
  assert.equal((await figure()).gapMissing, 0);
  assert.deepEqual(await readProblems(database.engine), []);
});

test("GAP-4 it is searched from where the feed stood before the three days, not from the beginning", async (t) => {
  const { script, engine, compare } = await aConnection(t);
  script.listed = ["1", "2"];
  for (let day = 0; day < 4; day += 1) {
    engine.clock.advance(dayMs);
    await compare();
  }
  script.listed = ["1", "2", "9"];
  engine.clock.advance(dayMs);
  script.pulledFrom.length = 0;

  await compare();

  assert.deepEqual(script.pulledFrom, ["2"]);
});

test("GAP-5 a channel that cannot answer now is asked later, and what was found before stays", async (t) => {
  const { script, engine, compare, figure, database } = await aConnection(t);
  engine.clock.advance(dayMs);
  script.listed = ["9"];
  await compare();
  engine.clock.advance(dayMs);
  script.failure = { status: "retry_later", afterMs: 5_000, message: "busy" };

  await compare();

  assert.equal((await figure()).gapMissing, 1);
  assert.deepEqual(await gap.nextDue(database.engine), new Date(engine.clock.now().getTime() + hour));
});
