import assert from "node:assert/strict";
import { test } from "node:test";
import { storeOrders } from "#engine/intake.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { aChannelOrder } from "#test/channel-order.ts";
import { heldIn, states } from "#test/shop-floor.ts";
import { aShopFloor, contracts } from "#test/shop.ts";
import { release } from "./release.ts";
import { verify } from "./verify.ts";

const Carried = row({ quantity: col.int });

test("QT-3 what is carried too much is taken back by whichever stage finds it", async (t) => {
  for (const stage of [verify, release]) {
    const floor = await aShopFloor(t, contracts.none);
    const { workspaceId, channelId, clock, engine } = floor;
    await storeOrders(engine, { workspaceId, channelId, origin: "live", actor: "channel:test" }, [
      aChannelOrder("1", clock.now()),
    ]);
    if (stage === release) {
      await verify.run(engine);
      clock.advance(11 * 60_000);
    }
    await floor.database.engine.run(sql`update order_line set cancelled = quantity - 1`);
    await floor.database.engine.run(sql`update sales_order set version = version + 1`); // read anew

    await stage.run(engine);

    const carried = await floor.database.engine.rows(Carried, sql`select quantity from fulfillment_order_line`);
    assert.deepEqual(carried, [{ quantity: 1 }], stage.name);
    assert.deepEqual(await heldIn(floor), [], stage.name);
    assert.deepEqual(await states(floor), [stage === verify ? "waiting" : "placing"], stage.name);
  }
});
