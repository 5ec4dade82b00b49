import assert from "node:assert/strict";
import { test } from "node:test";
import { aShopFloor, contracts, Died, type ShopFloor } from "#test/shop.ts";
import type { Id } from "#domain/ids.ts";
import { CommitUnknown } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { changeOrders } from "../stage.ts";
import { place } from "./place.ts";
import { release } from "./release.ts";
import { verify } from "./verify.ts";

const State = row({ state: col.text });
const states = async ({ database }: ShopFloor): Promise<string[]> =>
  (await database.engine.rows(State, sql`select state from fulfillment_order order by id`)).map((each) => each.state);
const attempts = async ({ database }: ShopFloor): Promise<string[]> =>
  (await database.engine.rows(State, sql`select state from attempt order by id`)).map((each) => each.state);
const holds = async ({ database }: ShopFloor): Promise<string[]> =>
  (await database.engine.rows(State, sql`select code as state from hold where closed_at is null order by code`)).map(
    (each) => each.state,
  );
async function placeAll(floor: ShopFloor, engine = floor.engine): Promise<number> {
  const moved = await place.run(engine);
  await place.settle?.(engine);
  return moved;
}

test("PL-50 what is due is armed, goes through the gate once and is recorded as placed", async (t) => {
  const floor = await aShopFloor(t, contracts.key);
  await floor.orders(3);

  const moved = await placeAll(floor);

  assert.equal(moved, 3);
  assert.deepEqual(await states(floor), ["placed", "placed", "placed"]);
  assert.deepEqual(await attempts(floor), ["placed", "placed", "placed"]);
  assert.equal(floor.shop.book.length, 3);
  assert.equal(await placeAll(floor), 0);
  assert.equal(await place.nextDue(floor.database.engine), null);
});

test("ENG-12 what orders share is changed in one order by every commit: balances, caps, counters", async (t) => {
  const sent: string[] = [];
  const floor = await aShopFloor(t, contracts.key, {
    account: { dailyCap: 10_000_000 },
    async onStatement({ text }, send) {
      sent.push(text);
      return send();
    },
  });
  await floor.orders(3);
  sent.length = 0;

  await placeAll(floor);

  const shared = [/update ledger_account/, /update account_day/, /insert into counter/];
  const commits = sent.join("\n;").split(/^;?\s*commit/m);
  const arming = commits.find((each) => shared.every((change) => change.test(each)));
  assert.ok(arming !== undefined, "a commit that moves all three");
  const places = shared.map((change) => arming.search(change));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
});

test("PL-59 each kind of answer is recorded with what follows from it", async (t) => {
  const floor = await aShopFloor(t, contracts.none, { second: true });
  await floor.orders(6);
  floor.shop.fates.push("ok", "out_of_stock", "captcha", "bought_no_answer", "unreachable", "garbage");

  await placeAll(floor);

  assert.deepEqual((await attempts(floor)).toSorted(), ["placed", "refused", "refused", "unknown", "unknown", "void"]);
  assert.deepEqual((await states(floor)).toSorted(), [
    "cancelled",
    "held",
    "outcome_unknown",
    "outcome_unknown",
    "placed",
    "received",
    "waiting",
  ]);
  assert.deepEqual(await holds(floor), ["captcha_or_two_factor", "outcome_unknown", "outcome_unknown"]);
  // The replacement goes to the next supplier by itself.
  await verify.run(floor.engine);
  await release.run(floor.engine);
  await placeAll(floor);
  assert.equal(floor.shop.book.filter((each) => each.units === 2).length, 3); // placed, bought without an answer, and the replacement
});

test("PL-59 a rejected login stops the account: nothing was bought, and nothing more is armed on it", async (t) => {
  const floor = await aShopFloor(t, contracts.key, { account: { maxInFlight: 1 } });
  await floor.orders(2);
  floor.shop.fates.push("login_rejected");

  await placeAll(floor);
  await placeAll(floor);

  assert.deepEqual(await attempts(floor), ["void"]);
  assert.deepEqual(await holds(floor), ["credentials_rejected", "credentials_rejected"]);
  assert.equal(floor.shop.seen.length, 1);
});

test("PL-45 no more is in flight on an account than its row allows, whoever asks; what died with its worker stops counting by itself", async (t) => {
  const floor = await aShopFloor(t, contracts.none, { account: { maxInFlight: 2 } });
  await floor.orders(5);
  const dying = floor.worker("place-armed");
  await placeAll(floor, dying);
  assert.deepEqual(await attempts(floor), ["armed", "armed"]);

  assert.equal(await placeAll(floor), 0);
  const next = await place.nextDue(floor.database.engine);
  assert.deepEqual(next, new Date(floor.clock.now().getTime() + 84_000)); // the settle time: send deadline, longest time in flight, a fifth more
  floor.clock.moveTo(next!);
  assert.equal(await placeAll(floor), 2);

  assert.deepEqual((await attempts(floor)).toSorted(), ["armed", "armed", "placed", "placed"]);
});

test("PL-45 a worker that waited for the account's row counts what another one armed meanwhile", async (t) => {
  const floor = await aShopFloor(t, contracts.none, { account: { maxInFlight: 2 } });
  const { engine } = floor.database;
  const urgent = (await floor.orders(4)).slice(2);
  const [first, second] = [floor.worker(), floor.worker()];
  const later = new Date(floor.clock.now().getTime() + 60_000);
  await engine.run(sql`update fulfillment_order set due_at = ${later} where order_id = any(${urgent}::bigint[])`);
  const Waits = row({ yes: col.bool });
  const waits = sql`select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as yes`;
  let other: Promise<number> = Promise.resolve(-1);
  first.buggify = async (point) => {
    if (point !== "place-before-commit") return;
    const now = floor.clock.now(); // more urgent ones come up, which nobody holds
    await engine.run(
      sql`update fulfillment_order set due_at = ${now}, ship_by = ${now} where order_id = any(${urgent}::bigint[])`,
    );
    let isOver = false;
    other = place.run(second).finally(() => (isOver = true));
    while (!isOver && !(await engine.one(Waits, waits)).yes);
  };

  assert.equal(await place.run(first), 2);

  assert.equal(await other, 0);
  await Promise.all([first, second].map(async (worker) => place.settle?.(worker)));
  assert.equal(floor.shop.seen.length, 2);
});

test("PL-46 an account's calls a minute are a limit that all workers share", async (t) => {
  const floor = await aShopFloor(t, contracts.key, { account: { placesPerMinute: 60 } });
  await floor.orders(20);
  const other = floor.worker();
  const start = floor.clock.now();

  let placed = 0;
  for (let rounds = 0; rounds < 40 && placed < 20; rounds += 1) {
    placed += (await placeAll(floor)) + (await placeAll(floor, other));
    const next = await place.nextDue(floor.database.engine);
    if (next !== null) floor.clock.moveTo(next);
  }

  assert.equal(placed, 20);
  const tookMs = floor.clock.now().getTime() - start.getTime();
  assert.ok(tookMs >= 13_000 && tookMs <= 16_000, `20 purchases at 60 a minute, 6 of them at once, took ${tookMs} ms`);
});

test("PL-47 three unknown outcomes in ten minutes stop arming on the account for as long", async (t) => {
  const floor = await aShopFloor(t, contracts.none, { account: { maxInFlight: 3 } });
  await floor.orders(5);
  floor.shop.fates.push("lost", "lost", "lost");

  await placeAll(floor);

  assert.deepEqual(await attempts(floor), ["unknown", "unknown", "unknown"]);
  assert.equal(await placeAll(floor), 0);
  const next = await place.nextDue(floor.database.engine);
  assert.deepEqual(next, new Date(floor.clock.now().getTime() + 600_000));
  floor.clock.moveTo(next!);
  assert.equal(await placeAll(floor), 2);
});

test("PL-48 earliest ship-by first: when the money is short, the later order gets the hold that names the missing sum", async (t) => {
  const floor = await aShopFloor(t, contracts.key, { account: { payment: "prepaid" } });
  const orders = await floor.orders(2);
  const { engine } = floor.database;
  await engine.run(
    sql`update sales_order set ship_by = ${new Date("2026-11-30T00:00:00Z")} where id = ${orders[0]!}::bigint`,
  );
  await engine.run(
    sql`update sales_order set ship_by = ${new Date("2026-11-25T00:00:00Z")} where id = ${orders[1]!}::bigint`,
  );
  // 2 × 4.00 and a tenth: 8.80 each, 10.00 there.
  await floor.engine.db.tx(async (tx) => {
    await floor.engine.ids.ensure(tx, 1);
    const id: Id<"ledgerAccount"> = floor.engine.ids.next();
    await tx.run(
      sql`insert into ledger_account (workspace_id, id, kind, account_id, currency, balance) values (${floor.workspaceId}, ${id}, 'available', ${floor.accounts.get("acme")!}, 'EUR', 1000)`,
    );
  });

  await placeAll(floor);

  const Row = row({ id: col.text, state: col.text, missing: col.textOrNull });
  const rows = await engine.rows(
    Row,
    sql`
    select o.id, f.state, h.detail ->> 'missing' as missing from sales_order o join fulfillment_order f on f.order_id = o.id
      left join hold h on h.order_id = o.id and h.closed_at is null order by o.id`,
  );
  // 10.00 less 8.80 held for the other; 8.80 needed.
  assert.deepEqual(rows, [
    { id: orders[0], state: "held", missing: "760" },
    { id: orders[1], state: "placed", missing: null },
  ]);
});

test("PL-2 two workers on the same orders at the same moment buy each once", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  await floor.orders(12);
  const workers = [floor.engine, floor.worker(), floor.worker()];

  await Promise.all(workers.map((engine) => placeAll(floor, engine)));
  for (const engine of workers) await placeAll(floor, engine);

  assert.equal(floor.shop.book.length, 12);
  assert.equal(floor.shop.seen.length, 12);
  assert.deepEqual(new Set(await states(floor)), new Set(["placed"]));
});

test("PL-3 in safe mode the engine arms nothing, and what is armed already does not leave", async (t) => {
  const floor = await aShopFloor(t, contracts.key);
  await floor.orders(1);
  await place.run(floor.worker("place-armed"));
  await floor.database.engine.run(sql`update installation set safe_mode_reason = 'a copy'`);

  const answers: string[] = [];
  const Attempt = row({ id: col.id<Id<"attempt">>(), fence: col.int });
  const { id, fence } = await floor.database.engine.one(Attempt, sql`select id, fence from attempt`);
  await floor.engine.gate.place(
    [{ workspaceId: floor.workspaceId, attemptId: id, fence, mode: "send" }],
    (_call, answer) => answers.push(answer.status),
  );

  assert.deepEqual([answers, floor.shop.seen], [["not_sent"], []]);
  await floor.orders(1);
  assert.equal(await placeAll(floor), 0);
  assert.equal((await attempts(floor)).length, 1);
});

test("PL-35 a poison order is held with what went wrong, and the others of its batch go on", async (t) => {
  const floor = await aShopFloor(t, contracts.key);
  const orders = await floor.orders(3);
  // An amount that no row can hold: writing it down fails.
  await floor.database.engine.run(
    sql`update fulfillment_order_line set unit_cost = 1e18 where order_id = ${orders[1]!}::bigint`,
  );

  await placeAll(floor);

  assert.deepEqual(await states(floor), ["placed", "held", "placed"]);
  assert.deepEqual(await holds(floor), ["placement_failed"]);
});

test("PL-35 an order that cannot even be read waits and does not stop the others", async (t) => {
  const floor = await aShopFloor(t, contracts.key);
  const orders = await floor.orders(3);
  await floor.database.engine.run(
    sql`update fulfillment_order_line set unit_cost = 'NaN' where order_id = ${orders[1]!}::bigint`,
  );

  await placeAll(floor);

  assert.deepEqual(await states(floor), ["placed", "placing", "placed"]);
  assert.equal(await placeAll(floor), 0);
});

test("PL-36 when the answer to the arming commit is lost, what was armed is read back and sent, once", async (t) => {
  for (const did of ["commit", "not commit"] as const) {
    const floor = await aShopFloor(t, contracts.none);
    await floor.orders(2);
    const engine = floor.worker();
    const { db } = engine;
    engine.db = {
      ...db,
      async tx(work) {
        if (did === "commit") await db.tx(work);
        else await db.tx(async (tx) => work(tx).then(() => Promise.reject(new Died("cut")))).catch(() => {});
        engine.db = db; // only this one
        throw new CommitUnknown("The connection was lost during the commit.");
      },
    };

    await placeAll(floor, engine);

    assert.equal(floor.shop.seen.length, did === "commit" ? 2 : 0);
    await placeAll(floor);
    assert.deepEqual(await states(floor), ["placed", "placed"]);
    assert.equal(floor.shop.book.length, 2);
  }
});

test("PL-37 a cancellation that is accepted after the arming and before the first byte wins: nothing leaves", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  const [order] = await floor.orders(1);
  await place.run(floor.worker("place-armed"));
  const Row = row({ id: col.id<Id<"attempt">>(), fence: col.int, fo: col.text });
  const { id, fence, fo } = await floor.database.engine.one(
    Row,
    sql`select id, fence, fulfillment_order_id as fo from attempt`,
  );
  await floor.database.engine.run(
    sql`insert into cancellation (workspace_id, id, order_id, asked_by, state, lines, opened_at) values (${floor.workspaceId}, 1, ${order!}, 'buyer', 'accepted', '[]'::jsonb, ${floor.clock.now()})`,
  );
  await floor.database.engine.run(
    sql`insert into cancellation_ask (workspace_id, cancellation_id, fulfillment_order_id, order_id, state, lines, tries) values (${floor.workspaceId}, 1, ${fo}::bigint, ${order!}, 'asking', '[]'::jsonb, 0)`,
  );

  const answers: string[] = [];
  await floor.engine.gate.place(
    [{ workspaceId: floor.workspaceId, attemptId: id, fence, mode: "send" }],
    (_call, answer) => answers.push(answer.status),
  );

  assert.deepEqual([answers, floor.shop.seen], [["not_sent"], []]);
});

test("PL-38 a supplier's number that another purchase has already is no proof: the outcome is unknown", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  await floor.orders(1);
  await placeAll(floor);
  await floor.orders(1);
  floor.shop.book.length = 0; // the supplier counts from 1 again

  await placeAll(floor);

  assert.deepEqual(await attempts(floor), ["placed", "unknown"]);
  assert.deepEqual(await holds(floor), ["outcome_unknown"]);
});

test("PL-30 a person and the engine place at the same moment: one of them is refused", async (t) => {
  const { beginPlacingByHand } = await import("#domain/placement-person.ts");
  const { readArming } = await import("../arming.ts");
  const floor = await aShopFloor(t, contracts.none);
  for (let round = 0; round < 5; round += 1) {
    const [orderId] = await floor.orders(1);
    const key = { workspaceId: floor.workspaceId, orderId: orderId! };
    const byHand = changeOrders(
      floor.engine,
      [key],
      { balances: "lock", stock: "lock" },
      async ([draft], tx) => {
        const arming = (await readArming(tx, [key])).get(orderId!)!;
        return beginPlacingByHand(draft!, draft!.dossier.fulfillmentOrders[0]!, "ada", arming);
      },
      "ada",
    );

    const [person] = await Promise.all([byHand, placeAll(floor, floor.worker())]);

    const Row = row({ n: col.int, human: col.int });
    const { n, human } = await floor.database.engine.one(
      Row,
      sql`select count(*)::int as n, count(*) filter (where kind = 'human')::int as human from attempt where order_id = ${orderId!}::bigint`,
    );
    assert.equal(n, 1);
    assert.equal(human, person.ok ? 1 : 0);
  }
});
