import assert from "node:assert/strict";
import { test } from "node:test";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { aShopFloor, contracts } from "#test/shop.ts";
import { place } from "../stages/place.ts";
import { verify } from "../stages/verify.ts";
import { holdWhatMayBeBought } from "./after-restore.ts";

const since = new Date("2026-11-22T11:00:00Z");
const State = row({ state: col.text });

test("PL-69 what people place is held; what the gate would find again is not, unless there is no journal", async (t) => {
  for (const [contract, which, held] of [
    [contracts.human, "by_hand", 2],
    [contracts.none, "by_hand", 0],
    [contracts.none, "all", 2],
  ] as const) {
    const floor = await aShopFloor(t, contract);
    await floor.orders(2);

    assert.equal(await holdWhatMayBeBought(floor.engine, { since, which }), held);
    assert.equal(await holdWhatMayBeBought(floor.engine, { since, which }), held); // said again, it changes nothing
    await verify.run(floor.engine);
    await place.run(floor.engine);
    await place.settle?.(floor.engine);

    const codes = await floor.database.engine.rows(State, sql`select code as state from hold where closed_at is null`);
    assert.deepEqual(
      codes,
      Array.from({ length: held }, () => ({ state: "bought_before_restore" })),
    );
    assert.equal(floor.shop.book.length, contract === contracts.none && held === 0 ? 2 : 0);
  }
});

test("PL-69 what lies on the operators' desk leaves it, and is not placed there as one more order", async (t) => {
  const floor = await aShopFloor(t, contracts.human);
  await floor.orders(2);
  await place.run(floor.engine);
  const states = async () =>
    (await floor.database.engine.rows(State, sql`select state from fulfillment_order order by id`)).map(
      ({ state }) => state,
    );
  assert.deepEqual(await states(), ["escalated", "escalated"]);

  assert.equal(await holdWhatMayBeBought(floor.engine, { since, which: "by_hand" }), 2);
  await verify.run(floor.engine);
  await place.run(floor.engine);

  assert.deepEqual(await states(), ["held", "held"]);
});
