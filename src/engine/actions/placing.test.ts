import assert from "node:assert/strict";
import { test } from "node:test";
import type { ByHandAnswer, Gate } from "#connectors/ports.ts";
import { aShopFloor, contracts, type ShopFloor } from "#test/shop.ts";
import { boughtAndForgotten, forgotten, heldIn, letItRun, states } from "#test/shop-floor.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { release } from "../stages/release.ts";
import { verify } from "../stages/verify.ts";
import type { Who } from "./change-order.ts";
import { placed, takeOver, type OnPart } from "./placing.ts";

const Part = row({ order: col.text, part: col.text });
async function thePart(floor: ShopFloor): Promise<OnPart> {
  await verify.run(floor.engine);
  await release.run(floor.engine);
  return floor.database.engine.one(
    Part,
    sql`select o.public_id::text as "order", f.public_id::text as part from fulfillment_order f join sales_order o on o.id = f.order_id`,
  );
}
const someone = ({ workspaceId }: ShopFloor, name: string): Who => ({
  workspaceId,
  actor: `user:${name}`,
  role: "operator",
});
const codeOf = (result: { status: string; code?: string }): string => result.code ?? result.status;

test("PL-70 C13 whoever takes over what a machine bought before the restore is told so, and it is held; with the number in their hands they go on", async (t) => {
  for (const hasOrderingTeam of [false, true]) {
    const floor = await aShopFloor(t, contracts.none, { workspace: { hasOrderingTeam } });
    await boughtAndForgotten(floor);
    const on = await thePart(floor);
    const ann = someone(floor, "ann");

    const told = await takeOver(floor.engine, ann, on);
    assert.equal(codeOf(told), "bought_before_restore");
    const [hold, ...more] = await heldIn(floor);
    assert.deepEqual([await states(floor), hold?.code, more], [["held"], "bought_before_restore", []]);
    assert.match(hold!.message, / and is N1 there; the restored database knows nothing of that$/);

    assert.equal(codeOf(await takeOver(floor.engine, ann, on)), "ok");
    assert.equal(codeOf(await placed(floor.engine, ann, on, { supplierOrderId: "N1" })), "ok");
    await letItRun(floor);
    assert.deepEqual([await states(floor), floor.shop.book.length], [["placed"], 1]);
  }
});

test("PL-70 C13 what somebody took over and perhaps bought before the restore, neither the machine nor anybody else buys again unasked", async (t) => {
  for (const again of ["machine", "person"] as const) {
    const floor = await aShopFloor(t, contracts.none);
    await floor.orders(1);
    assert.equal(codeOf(await takeOver(floor.engine, someone(floor, "ann"), await thePart(floor))), "ok");
    await forgotten(floor);

    if (again === "person") {
      const told = await takeOver(floor.engine, someone(floor, "bob"), await thePart(floor));
      assert.equal(codeOf(told), "bought_before_restore");
    }
    await letItRun(floor);

    const [hold, ...more] = await heldIn(floor);
    assert.deepEqual([await states(floor), hold?.code, more], [["held"], "bought_before_restore", []], again);
    assert.match(
      hold!.message,
      /^SW-\S+ was perhaps ordered by hand at [^ ]+ for this order on [-\d]+ at [:\d]+ UTC; the restored database knows nothing of that$/,
    );
    assert.deepEqual(floor.shop.seen, [], again);
  }
});

test("PL-70 what is asked again, because an answer was lost, is noted once", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  await floor.orders(1);
  const answers = losing(floor, 1);

  assert.equal(codeOf(await takeOver(floor.engine, someone(floor, "ann"), await thePart(floor))), "ok");

  assert.deepEqual(
    answers.map(({ status }) => status),
    ["noted", "noted"],
  );
  assert.equal(floor.journal.filter(({ line }) => line === "by_hand").length, 1);
});

test("PL-70 while the gate is away people go on, and the log says what no journal knows", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  await floor.orders(1);
  losing(floor, Infinity);

  assert.equal(codeOf(await takeOver(floor.engine, someone(floor, "ann"), await thePart(floor))), "ok");

  const said = floor.engine.log.lines.filter(({ level }) => level === "warn");
  assert.deepEqual(
    said.map(({ message }) => message),
    ["the gate keeps nothing of a purchase by hand"],
  );
});

/** The first answers of the gate about purchases by hand are lost on their way; answers what it said. */
function losing(floor: ShopFloor, count: number): ByHandAnswer[] {
  const { gate } = floor.engine;
  const said: ByHandAnswer[] = [];
  const lossy: Gate = {
    ...gate,
    async noteByHand(call) {
      said.push(await gate.noteByHand(call));
      setImmediate(() => floor.clock.advance(1_000));
      return said.length <= count ? { status: "retry_later", afterMs: 0, message: "it does not answer" } : said.at(-1)!;
    },
  };
  Object.defineProperty(floor.engine, "gate", { get: () => lossy });
  return said;
}
