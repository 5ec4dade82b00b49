import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { setImmediate as aMoment } from "node:timers/promises";
import type { Channel, Gate, Failure, StockItem } from "#connectors/ports.ts";
import type { ChannelOrder } from "#domain/channel-order.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { aChannelOrder } from "#test/channel-order.ts";
import { setUp, testEngine, type TestEngine } from "#test/engine.ts";
import { testDatabase } from "#test/postgres.ts";
import { aShopFloor, contracts, type ShopFloor } from "#test/shop.ts";
import type { Engine } from "./context.ts";
import { storeOrders } from "./intake.ts";
import { leaseMs } from "./lease.ts";
import type { Stage } from "./stage.ts";
import { gap } from "./stages/gap.ts";
import { place } from "./stages/place.ts";
import { reconcile } from "./stages/reconcile.ts";
import { release } from "./stages/release.ts";
import { stockFeed } from "./stages/stock-feed.ts";
import { supplierInbox } from "./stages/supplier-inbox.ts";
import { verify } from "./stages/verify.ts";

const State = row({ state: col.text });
const attemptsOf = async ({ database }: ShopFloor): Promise<string[]> =>
  (await database.engine.rows(State, sql`select state from attempt order by armed_at, id`)).map((each) => each.state);

/** Everything that was woken comes to rest: statements on real connections need a few turns. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  await aMoment();
}

test("SM-80 a stage takes no more orders into one transaction than its engine says", async (t) => {
  const { engine: db } = await testDatabase(t);
  const engine = testEngine(db, { batch: 2 });
  const made = await setUp(engine);
  const orders: ChannelOrder[] = Array.from({ length: 5 }, (_, index) =>
    aChannelOrder(String(index), engine.clock.now()),
  );
  await storeOrders(engine, { ...made, origin: "live", actor: "channel:test" }, orders);

  const moved: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) moved.push(await verify.run(engine));

  assert.deepEqual(moved, [2, 2, 1, 0]);
});

/** A call that does not come back until it is told to, and how often it was made. */
function slowCall<Answer>() {
  const answers: ((answer: Answer) => void)[] = [];
  return {
    made: () => answers.length,
    call: (): Promise<Answer> => new Promise((resolve) => answers.push(resolve)),
    answerAll: (answer: Answer) => answers.forEach((resolve) => resolve(answer)),
  };
}

/** What holds a lease during a call to the outside. */
interface Claimer {
  stage: Stage;
  made(): number;
  finish(): void;
}
const claimers: Record<string, (parts: Parts) => Promise<Claimer>> = {
  async "a stock feed"({ engine, gate }) {
    const slow = slowCall<{ status: "ok"; items: StockItem[] }>();
    gate.stock = slow.call;
    await engine.db.run(sql`update supplier set stock_due_at = ${engine.clock.now()}`);
    return { stage: stockFeed, made: slow.made, finish: () => slow.answerAll({ status: "ok", items: [] }) };
  },
  async "a supplier's inbox"({ engine, gate }) {
    const slow = slowCall<{ status: "ok"; documents: [] }>();
    gate.readInbox = slow.call;
    await engine.db.run(sql`update supplier set inbox_due_at = ${engine.clock.now()}`);
    return { stage: supplierInbox, made: slow.made, finish: () => slow.answerAll({ status: "ok", documents: [] }) };
  },
  async "a comparison with a channel"({ engine, channel }) {
    const slow = slowCall<{ status: "ok"; channelOrderIds: string[] } | Failure>();
    channel.list = slow.call;
    const now = engine.clock.now();
    await engine.db.run(sql`update connection set gap_due_at = ${now}, first_sync_done_at = ${now}`);
    return { stage: gap, made: slow.made, finish: () => slow.answerAll({ status: "ok", channelOrderIds: [] }) };
  },
};
interface Parts {
  engine: TestEngine;
  gate: Partial<Gate>;
  channel: Partial<Channel>;
}

async function aClaimer(t: TestContext, make: (parts: Parts) => Promise<Claimer>) {
  const { engine: db } = await testDatabase(t);
  const gate: Partial<Gate> = {};
  const channel: Partial<Channel> = {};
  const channels = new Map([["shop", channel as Channel]]);
  const engine = testEngine(db, { gate: gate as Gate, channels });
  await setUp(engine, {
    channel: { kind: "shop", connection: {} },
    suppliers: { acme: { settings: { stockEveryMs: 3_600_000, inboxEveryMs: 3_600_000 } } },
  });
  const other = testEngine(db, { gate: gate as Gate, channels, clock: engine.clock, slot: 2, seed: 2 });
  return { engine, other, ...(await make({ engine, gate, channel })) };
}

for (const [what, make] of Object.entries(claimers)) {
  test(`SM-81 ${what}: what a dead worker had claimed is free again within 30 seconds`, async (t) => {
    const { engine, other, stage, made } = await aClaimer(t, make);
    // The dead never wake.
    const dying: Engine = { ...engine, clock: { now: () => engine.clock.now(), sleep: () => new Promise(() => {}) } };
    void stage.run(dying);
    await rest();
    assert.equal(made(), 1);

    assert.equal(await stage.run(other), 0);
    const due = await stage.nextDue(other.db);
    assert.ok(due !== null && due.getTime() - other.clock.now().getTime() <= 30_000);
    other.clock.moveTo(due);
    void stage.run(other);
    await rest();
    assert.equal(made(), 2);
  });

  test(`SM-82 ${what}: who lives keeps its claim however long its call takes, and leaves alone what was taken over`, async (t) => {
    const { engine, other, stage, made, finish } = await aClaimer(t, make);
    const running = stage.run(engine);
    await rest();
    for (let passedMs = 0; passedMs < 10 * leaseMs; passedMs += 5_000) {
      engine.clock.advance(5_000);
      await rest();
      assert.equal(await stage.run(other), 0);
    }
    assert.equal(made(), 1);

    // It stands still longer than its lease; the other takes over, and when the first goes on it renews nothing.
    engine.clock.advance(leaseMs + 1);
    const taken = stage.run(other);
    await rest();
    const due = await stage.nextDue(other.db);
    engine.clock.advance(1_000);
    await rest();
    assert.deepEqual([made(), await stage.nextDue(other.db)], [2, due]);

    finish();
    await Promise.all([running, taken]);
    assert.equal((await stage.nextDue(other.db))!.getTime() > engine.clock.now().getTime() + leaseMs, true);
  });
}

/** The others go on for so long, and look every second. */
async function others(floor: ShopFloor, ms: number): Promise<void> {
  const worker = floor.worker();
  const stages: Stage[] = [verify, release, place, reconcile];
  for (let passedMs = 0; passedMs <= ms; passedMs += 1_000) {
    for (const stage of stages) {
      await stage.run(worker);
      await stage.settle?.(worker);
    }
    floor.clock.advance(1_000);
  }
}

interface Death {
  worker?: string;
  gate?: string;
  /** After a minute, for a supplier with keys, with a search, with neither. */
  finds: [string[], string[], string[]];
}
const again = ["void", "placed"];
const deaths: Record<string, Death> = {
  "before anything left": { worker: "place-armed", finds: [again, again, again] },
  "between the last check and the first byte": {
    gate: "gate-after-last-check",
    finds: [["placed"], ["unknown"], ["unknown"]],
  },
  "with the supplier's answer": { gate: "gate-before-answer", finds: [["placed"], ["placed"], ["unknown"]] },
  "with the answer that its gate has kept": {
    worker: "place-before-record",
    finds: [["placed"], ["placed"], ["placed"]],
  },
};
for (const [what, { worker, gate, finds }] of Object.entries(deaths)) {
  test(`SM-83 a worker dies ${what}: within a minute its attempt is settled, or stands with who can find out`, async (t) => {
    for (const [index, contract] of [contracts.key, contracts.lookup, contracts.none].entries()) {
      const floor = await aShopFloor(t, contract);
      await floor.orders(1);
      await floor.newGate(gate);
      const dying = floor.worker(worker);
      await place.run(dying).catch(() => 0);
      await place.settle?.(dying);
      await floor.newGate();

      await others(floor, 60_000);

      assert.deepEqual(await attemptsOf(floor), finds[index], contract.kind);
      assert.equal(floor.shop.book.length <= 1, true);
    }
  });
}

test("SM-83 what the gate is still sending stays as it is, however long the supplier takes, and counts as in flight", async (t) => {
  const floor = await aShopFloor(t, contracts.none, { account: { maxInFlight: 1 } });
  await floor.orders(2);
  const seen: string[][] = [];
  floor.shop.onArrival = async () => {
    floor.shop.onArrival = null;
    for (let passedMs = 0; passedMs < 50_000; passedMs += 10_000) {
      floor.clock.advance(10_000);
      await reconcile.run(floor.worker());
      await place.run(floor.worker());
      seen.push(await attemptsOf(floor));
    }
  };

  await place.run(floor.engine);
  await place.settle?.(floor.engine);

  assert.deepEqual(
    seen,
    Array.from({ length: 5 }, () => ["armed"]),
  );
  assert.deepEqual([await attemptsOf(floor), floor.shop.book.length], [["placed"], 1]);
});
