import assert from "node:assert/strict";
import type { Id } from "#domain/ids.ts";
import { storeOrders } from "#engine/intake.ts";
import type { Stage } from "#engine/stage.ts";
import { place } from "#engine/stages/place.ts";
import { reconcile } from "#engine/stages/reconcile.ts";
import { release } from "#engine/stages/release.ts";
import { verify } from "#engine/stages/verify.ts";
import { openDb } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { aChannelOrder } from "./channel-order.ts";
import type { ShopFloor } from "./shop.ts";

const State = row({ state: col.text });
export const states = async ({ database }: ShopFloor): Promise<string[]> =>
  (await database.engine.rows(State, sql`select state from fulfillment_order order by id`)).map((each) => each.state);

/** Everything that happens by itself within an hour, by a worker that lives. */
export async function letItRun(floor: ShopFloor): Promise<void> {
  const stages: Stage[] = [verify, release, place, reconcile];
  const end = floor.clock.now().getTime() + 3_600_000;
  for (let rounds = 0; rounds < 200; rounds += 1) {
    let moved = 0;
    for (const stage of stages) {
      moved += await stage.run(floor.engine);
      await stage.settle?.(floor.engine);
    }
    if (moved > 0) continue;
    const dues = (await Promise.all(stages.map((stage) => stage.nextDue(floor.database.engine)))).filter(
      (due) => due !== null,
    );
    const next = Math.min(...dues.map((due) => due.getTime()));
    if (next > end) return;
    if (next <= floor.clock.now().getTime()) floor.clock.advance(1_000);
    else floor.clock.moveTo(new Date(next));
  }
  assert.fail("it never came to rest");
}

/** The backup is from before the order came; the channel brings it again. The administrator has said that this copy is home. */
export async function boughtAndForgotten(floor: ShopFloor): Promise<void> {
  await floor.orders(1);
  await letItRun(floor);
  assert.equal(floor.shop.book.length, 1);
  await forgotten(floor);
}
/** Whatever became of it: the order is gone, and its channel brings it again. */
export async function forgotten(floor: ShopFloor): Promise<void> {
  const superuser = openDb(floor.database.config("postgres"));
  await superuser.run(sql`truncate sales_order, counter, ledger_transaction, ledger_entry, evidence, event cascade`);
  await superuser.end();
  await floor.newGate();
  await storeOrders(
    floor.engine,
    { workspaceId: floor.workspaceId, channelId: floor.channelId, origin: "live", actor: "channel:test" },
    [aChannelOrder("1", floor.clock.now())],
  );
  floor.clock.advance(11 * 60_000);
}
const Held = row({ id: col.id<Id<"order">>(), code: col.text, message: col.text });
export const heldIn = ({ database }: ShopFloor) =>
  database.engine.rows(
    Held,
    sql`select order_id as id, code, detail ->> 'message' as message from hold where closed_at is null`,
  );
