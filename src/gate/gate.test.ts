import assert from "node:assert/strict";
import { test } from "node:test";
import { aShopFloor, contracts, type ShopFloor } from "#test/shop.ts";
import type { PurchaseCall, Supplier } from "#connectors/ports.ts";
import { sql } from "#store/sql.ts";

async function say(floor: ShopFloor, ...calls: PurchaseCall[]): Promise<string[]> {
  const said: string[] = [];
  await floor.engine.gate.place(calls, (_call, answer) =>
    said.push(
      "message" in answer ? `${answer.status}: ${answer.message}` : `${answer.status} ${answer.supplierOrderId}`,
    ),
  );
  return said;
}
const linesOf = (floor: ShopFloor): string[] => floor.journal.map((each) => each.line);

test("PL-51 before the first byte the journal says that it is sending; afterwards what was answered", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  const call = await floor.armed();
  let before: string[] = [];
  floor.shop.onArrival = async () => void (before = linesOf(floor));

  assert.deepEqual(await say(floor, call), ["placed N1"]);

  assert.deepEqual(before, ["opened", "sending"]);
  assert.deepEqual(linesOf(floor), ["opened", "sending", "answered"]);
});

test("PL-51 a passed fence, a passed deadline, a settled attempt or another request than was armed send nothing, now and ever", async (t) => {
  const spoil: Record<string, (floor: ShopFloor) => Promise<unknown> | void> = {
    "somebody newer has taken it over": (floor) =>
      floor.database.engine.run(sql`update fulfillment_order set fence = fence + 1`),
    "the send deadline has passed": (floor) => floor.clock.advance(10_000),
    "the attempt is void": (floor) => floor.database.engine.run(sql`update attempt set state = 'void'`),
    "what would leave is not what was armed": (floor) =>
      floor.database.engine.run(sql`update order_address set line1 = 'Elsewhere 1'`),
  };
  for (const [message, change] of Object.entries(spoil)) {
    const floor = await aShopFloor(t, contracts.none);
    const call = await floor.armed();
    await change(floor);

    assert.deepEqual(await say(floor, call), [`not_sent: ${message}`]);
    // What was closed stays closed, also when the reason goes away.
    await floor.database.engine.run(sql`update attempt set state = 'armed', send_by = send_by + interval '1 hour'`);
    await floor.database.engine.run(sql`update order_address set line1 = 'Hafenstr. 5'`);
    await floor.database.engine.run(
      sql`update fulfillment_order f set fence = a.fence from attempt a where a.fulfillment_order_id = f.id`,
    );
    assert.match((await say(floor, call))[0]!, /^not_sent/);
    assert.deepEqual(floor.shop.seen, []);
  }
});

test("PL-51 what changes between the question and the first byte is seen by the last check", async (t) => {
  const changes: ((floor: ShopFloor) => unknown)[] = [
    (floor) => floor.database.engine.run(sql`update fulfillment_order set fence = fence + 1`),
    (floor) => floor.database.engine.run(sql`update installation set safe_mode_reason = 'a copy'`),
    (floor) => floor.clock.advance(10_000), // the process slept after it had looked
  ];
  for (const change of changes) {
    const floor = await aShopFloor(t, contracts.none);
    const call = await floor.armed();
    await floor.newGate();
    const gate = await floor.newGate();
    // The journal's line is written when the connection stands: the latest moment that a test can take.
    const push = floor.journal.push.bind(floor.journal);
    floor.journal.push = (...lines) => {
      if (lines.some((each) => each.line === "sending")) void change(floor);
      return push(...lines);
    };
    const said: string[] = [];
    await gate.place([call], (_call, answer) => said.push(answer.status));

    assert.deepEqual([said, floor.shop.seen], [["not_sent"], []]);
  }
});

test("PL-52 what a connector claims is weighed against what left: nothing is 'not sent' once a byte may have gone", async (t) => {
  const claim = (
    honest: Supplier,
    answer: Parameters<Parameters<Supplier["place"]>[2]>[1] | "throw" | "silence",
  ): Supplier => ({
    ...honest,
    async place(context, batch, onAnswer) {
      await honest.place(context, batch, () => {});
      if (answer === "throw") throw new Error("connector bug");
      if (answer !== "silence") onAnswer(batch[0]!.reference, answer);
    },
  });
  const claims = [
    { status: "not_sent", message: "I think" },
    { status: "retry_later", afterMs: 1, message: "503" },
    { status: "bug", message: "?" },
    { status: "placed", supplierOrderId: " ", total: null, notAccepted: [] },
    "throw",
    "silence",
  ] as const;
  for (const answer of claims) {
    const floor = await aShopFloor(t, contracts.none, {
      connector: (shop) =>
        claim(
          shop.connector(contracts.none),
          typeof answer === "string" ? answer : answer.status === "placed" ? { ...answer, notAccepted: [] } : answer,
        ),
    });
    const call = await floor.armed();

    assert.match((await say(floor, call))[0]!, /^unknown: /);
    assert.equal(floor.shop.book.length, 1);
  }
});

test("PL-52 a request that is still in the air when the gate waits no longer may have left", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  const call = await floor.armed();
  const answer = Promise.withResolvers<void>();
  floor.shop.onArrival = () => {
    floor.clock.advance(120_000);
    return answer.promise;
  };

  assert.deepEqual(await say(floor, call), ["unknown: the connector did not come back"]);
  answer.resolve();
});

test("PL-52 and whatever it claims, what nothing left of was not sent", async (t) => {
  const floor = await aShopFloor(t, contracts.none, {
    connector: (shop) => ({
      ...shop.connector(contracts.none),
      place: async () => Promise.reject(new Error("connector bug")),
    }),
  });
  const call = await floor.armed();

  assert.deepEqual(await say(floor, call), ["not_sent: connector bug"]);
});

test("PL-53 a repeated question gets the journaled answer, also from another gate; at the same moment all get the same", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  const call = await floor.armed();

  const both = await Promise.all([say(floor, call), say(floor, call), say(floor, call, call)]);
  await floor.newGate();
  const later = await say(floor, call);

  assert.deepEqual([...new Set(both.flat()), ...later], ["placed N1", "placed N1"]);
  assert.equal(floor.shop.seen.length, 1);
});

test("PL-53 what was sent and never answered is not sent again by a question", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  const call = await floor.armed();
  await floor.newGate("gate-before-answer");
  await assert.rejects(say(floor, call));
  await floor.newGate();

  assert.deepEqual(await say(floor, call), ["unknown: it was sent before, and no answer was kept"]);
  assert.equal(floor.shop.seen.length, 1);
});

test("PL-53 a connector that sends its request a second time gets nowhere", async (t) => {
  const floor = await aShopFloor(t, contracts.none, {
    connector: (shop) => {
      const honest = shop.connector(contracts.none);
      return {
        ...honest,
        async place(context, batch, onAnswer) {
          for (let tries = 0; tries < 3; tries += 1) await honest.place(context, batch, onAnswer);
        },
      };
    },
  });
  const call = await floor.armed();
  floor.shop.fates.push("lost");

  assert.match((await say(floor, call))[0]!, /^unknown/);
  assert.equal(floor.shop.seen.length, 1);
});

test("PL-54 only a key may be sent again: with the same hash, inside its window, under the newest fence", async (t) => {
  const lookup = await aShopFloor(t, contracts.lookup);
  const other = await lookup.armed();
  assert.deepEqual(await say(lookup, { ...other, mode: "resend" }), [
    "unknown: only a supplier with idempotency keys may be asked the same again",
  ]);

  const floor = await aShopFloor(t, contracts.keyAndSearch);
  const call = await floor.armed();
  floor.shop.fates.push("bought_no_answer");
  await say(floor, call);
  assert.deepEqual(await say(floor, { ...call, mode: "resend", fence: call.fence - 1 }), [
    "unknown: somebody newer has taken it over",
  ]);
  floor.shop.fates.push("unreachable");
  assert.match((await say(floor, { ...call, mode: "resend" }))[0]!, /^unknown/); // says nothing about the first try
  floor.shop.fates.push("login_rejected");
  assert.match((await say(floor, { ...call, mode: "resend" }))[0]!, /^unknown/);
  assert.deepEqual(await say(floor, { ...call, mode: "resend" }), ["placed N1"]);
  assert.equal(floor.shop.book.length, 1);

  const late = await aShopFloor(t, contracts.keyAndSearch);
  const stale = await late.armed();
  late.clock.advance(30_000);
  assert.deepEqual(await say(late, { ...stale, mode: "resend" }), ["unknown: the supplier may have forgotten the key"]);
});

test("PL-71 C13 a key that was first sent before a restore is forgotten as early as the supplier forgets it, however late it was armed again", async (t) => {
  const floor = await aShopFloor(t, contracts.keyAndSearch);
  const call = await floor.armed();
  floor.shop.fates.push("bought_no_answer");
  await say(floor, call);

  // The copy of the database arms the same purchase twenty seconds later than the first time.
  await floor.database.owner.run(
    sql`update attempt set armed_at = armed_at + interval '20 seconds', send_by = send_by + interval '1 hour', key_until = key_until + interval '20 seconds'`,
  );
  floor.clock.advance(20_000);
  floor.shop.fates.push("unreachable");
  assert.match((await say(floor, { ...call, mode: "resend" }))[0]!, /^unknown: (?!the supplier may)/);
  floor.clock.advance(10_000);
  assert.deepEqual(await say(floor, { ...call, mode: "resend" }), ["unknown: the supplier may have forgotten the key"]);
  assert.deepEqual([floor.shop.book.length, floor.shop.seen.length], [1, 1]);
});

test("PL-55 settling says what the journal knows and closes for ever what was never sent; an attempt older than the journal proves nothing", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  const call = await floor.armed();
  const settle = async (one: PurchaseCall): Promise<string> => (await floor.engine.gate.settle([one]))[0]!.status;

  assert.equal(await settle(call), "not_sent");
  assert.match((await say(floor, call))[0]!, /^not_sent/);
  assert.deepEqual(floor.shop.seen, []);

  const older = await floor.armed();
  floor.clock.advance(1_000);
  floor.journal.length = 0; // the gate's disk is lost
  await floor.newGate();
  assert.equal(await settle(older), "unknown");
  assert.equal(await settle({ ...older, attemptId: "4711" as never }), "bug");
});

test("PL-55 an attempt that is being sent right now is not settled behind its own back", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  const call = await floor.armed();
  let meanwhile = "";
  floor.shop.onArrival = async () => void (meanwhile = (await floor.engine.gate.settle([call]))[0]!.status);

  assert.deepEqual(await say(floor, call), ["placed N1"]);
  assert.equal(meanwhile, "under_way");
});
