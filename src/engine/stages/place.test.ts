import assert from "node:assert/strict";
import { test } from "node:test";
import { aShopFloor, contracts, type ShopFloor } from "#test/shop.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { place } from "./place.ts";

const State = row({ state: col.text });
const states = async ({ database }: ShopFloor): Promise<string[]> =>
  (await database.engine.rows(State, sql`select state from fulfillment_order order by id`)).map((each) => each.state);
const attempts = async ({ database }: ShopFloor): Promise<string[]> =>
  (await database.engine.rows(State, sql`select state from attempt order by id`)).map((each) => each.state);

test("PL-50 what is due is armed, goes through the gate once and is recorded as placed", async (t) => {
  const floor = await aShopFloor(t, contracts.key);
  await floor.orders(3);

  const moved = await place.run(floor.engine);
  await place.settle?.(floor.engine);

  assert.equal(moved, 3);
  assert.deepEqual(await states(floor), ["placed", "placed", "placed"]);
  assert.deepEqual(await attempts(floor), ["placed", "placed", "placed"]);
  assert.equal(floor.shop.book.length, 3);
  assert.equal(await place.run(floor.engine), 0);
});
