import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelOrder } from "#domain/channel-order.ts";
import { storeOrders } from "#engine/intake.ts";
import { aChannelOrder } from "#test/channel-order.ts";
import { setUp, testEngine } from "#test/engine.ts";
import { testDatabase } from "#test/postgres.ts";
import { claimDueOrders } from "./claim.ts";

test("ENG-1 what one worker holds the other passes over, and takes what comes behind it", async (t) => {
  const { engine: db } = await testDatabase(t);
  const engine = testEngine(db);
  const made = await setUp(engine);
  const orders: ChannelOrder[] = Array.from({ length: 5 }, (_, index) =>
    aChannelOrder(String(index), engine.clock.now()),
  );
  const stored = await storeOrders(engine, { ...made, origin: "live", actor: "channel:test" }, orders);
  const claim = { states: ["received"] as const, now: engine.clock.now(), limit: 2, only: null };

  const [first, second] = await db.tx(async (one) => {
    const mine = await claimDueOrders(one, claim);
    return [mine, await db.tx((other) => claimDueOrders(other, claim))];
  });

  const ids = stored.map(({ orderId }) => orderId);
  assert.deepEqual(
    [first!.map((each) => each.orderId), second!.map((each) => each.orderId)],
    [ids.slice(0, 2), ids.slice(2, 4)],
  );
});
