import assert from "node:assert/strict";
import { test } from "node:test";
import { aShopFloor, contracts, type Fate, type ShopFloor } from "#test/shop.ts";
import { boughtAndForgotten, heldIn, letItRun, states } from "#test/shop-floor.ts";
import type { Id } from "#domain/ids.ts";
import { releaseOrder } from "#domain/edit.ts";
import { beginPlacingByHand, confirmBought, confirmNotBought, finishPlacingByHand } from "#domain/placement-person.ts";
import type { Gate } from "#connectors/ports.ts";
import { CommitUnknown, openDb } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { readArming } from "../arming.ts";
import { changeOrders } from "../stage.ts";
import { place } from "./place.ts";
import { reconcile } from "./reconcile.ts";

const State = row({ state: col.text });
const attempts = async ({ database }: ShopFloor): Promise<string[]> =>
  (await database.engine.rows(State, sql`select state from attempt order by armed_at, id`)).map((each) => each.state);
const evidence = async ({ database }: ShopFloor): Promise<string[]> =>
  (await database.engine.rows(State, sql`select source || ':' || kind as state from evidence order by at, id`)).map(
    (each) => each.state,
  );

/** What kills whom where; then new processes take over. */
interface Crash {
  worker?: string;
  gate?: string;
  fate?: Fate;
}
async function crash(floor: ShopFloor, { worker, gate, fate }: Crash): Promise<void> {
  await floor.orders(1);
  if (fate !== undefined) floor.shop.fates.push(fate);
  await floor.newGate(gate);
  const dying = floor.worker(worker);
  await place.run(dying).catch(() => 0);
  await place.settle?.(dying);
  await floor.newGate();
}

const kinds = { key: contracts.key, lookup: contracts.lookup, none: contracts.none } as const;
/** Where nothing can have left, it is bought once without anybody's help, whatever the supplier offers. */
const beforeTheFirstByte: Record<string, Crash> = {
  "C0 before the arming is committed": { worker: "place-before-commit" },
  "C2 after the arming, before the connection": { worker: "place-armed" },
  "C2 in the gate, before it asks its connector": { gate: "gate-before-place" },
};
for (const [cell, death] of Object.entries(beforeTheFirstByte)) {
  test(`PL-24 ${cell}: whatever the supplier's kind, it is bought once and nobody is asked`, async (t) => {
    for (const [kind, contract] of Object.entries(kinds)) {
      const floor = await aShopFloor(t, contract);
      await crash(floor, death);
      assert.equal(floor.shop.book.length, 0, kind);

      await letItRun(floor);

      assert.deepEqual(await states(floor), ["placed"], kind);
      assert.deepEqual([floor.shop.book.length, floor.shop.seen.length], [1, 1], kind);
    }
  });
}

/** Where something may have left. `bought`: whether it did. */
const afterwards: Record<string, Crash & { bought: boolean; answerIsKept?: boolean }> = {
  "C3 between the last check and the first byte": { gate: "gate-after-last-check", bought: false },
  "C4 a request that is lost on its way": { fate: "lost", bought: false },
  "C6 bought, and the answer is lost": { fate: "bought_no_answer", bought: true },
  "C6 bought, and the gate dies with the answer": { gate: "gate-before-answer", bought: true },
  "C7 bought, and the worker dies with the answer": { worker: "place-before-record", bought: true, answerIsKept: true },
  "C9 bought and recorded, then the worker dies": { worker: "place-recorded", bought: true, answerIsKept: true },
};
for (const [cell, { bought, answerIsKept = false, ...death }] of Object.entries(afterwards)) {
  test(`PL-25 ${cell}: a key is asked again, a search is asked, and where nothing can be asked a person decides`, async (t) => {
    for (const [kind, contract] of Object.entries(kinds)) {
      const floor = await aShopFloor(t, contract);
      await crash(floor, death);
      assert.equal(floor.shop.book.length, bought ? 1 : 0, kind);

      await letItRun(floor);

      const needsPerson = kind === "none" && !answerIsKept;
      assert.deepEqual(await states(floor), [needsPerson ? "outcome_unknown" : "placed"], kind);
      assert.equal(floor.shop.book.length, needsPerson && !bought ? 0 : 1, kind);
      // A supplier without keys is never sent the same twice: what it was sent before was proven lost.
      if (kind === "lookup") assert.deepEqual(await attempts(floor), bought ? ["placed"] : ["void", "placed"]);
    }
  });
}

test("PL-26 absence counts only after the settle time, and only when two complete searches a lag apart agree", async (t) => {
  const floor = await aShopFloor(t, contracts.lookup);
  await crash(floor, { fate: "bought_no_answer" });
  floor.shop.hidden.add(floor.shop.book[0]!.reference);
  const [settleAt] = await floor.database.engine.rows(
    row({ at: col.instant }),
    sql`select settle_at as at from attempt`,
  );

  await reconcile.run(floor.engine); // may ask early, but proves nothing
  floor.clock.moveTo(settleAt!.at);
  await reconcile.run(floor.engine);
  assert.deepEqual(await attempts(floor), ["unknown"]);
  // It shows up at the last moment, before the second search.
  floor.shop.hidden.clear();
  await letItRun(floor);

  assert.deepEqual([await attempts(floor), floor.shop.book.length], [["placed"], 1]);
});

test("PL-26 an incomplete search proves nothing, however often it is made", async (t) => {
  const floor = await aShopFloor(t, contracts.lookup);
  await crash(floor, { fate: "lost" });
  floor.shop.isSearchComplete = false;
  const until = floor.clock.now().getTime() + 1_800_000;

  while (floor.clock.now().getTime() < until) {
    await reconcile.run(floor.engine);
    floor.clock.advance(60_000);
  }
  assert.ok(floor.shop.searches >= 3);
  assert.deepEqual(await attempts(floor), ["unknown"]);

  floor.shop.isSearchComplete = true;
  await letItRun(floor);
  assert.deepEqual([await attempts(floor), floor.shop.book.length], [["void", "placed"], 1]);
  assert.ok((await evidence(floor)).includes("lookup:absent"));
});

test("PL-27 C11 once the key's window has passed the key is never sent again: the search decides, or a person", async (t) => {
  const searching = await aShopFloor(t, contracts.keyAndSearch);
  await crash(searching, { fate: "lost" });
  searching.clock.advance(31_000);
  await letItRun(searching);
  assert.deepEqual([await attempts(searching), searching.shop.book.length], [["void", "placed"], 1]);
  assert.equal(new Set(searching.shop.seen).size, searching.shop.seen.length);

  const { lookup: _, ...mute } = contracts.keyAndSearch;
  const asking = await aShopFloor(t, mute);
  await crash(asking, { fate: "lost" });
  asking.clock.advance(31_000);
  await letItRun(asking);
  assert.deepEqual([await states(asking), asking.shop.seen.length], [["outcome_unknown"], 1]);
});

test("PL-28 C10 C3 a worker that slept through its time finds its fence passed: it sends nothing, whatever it still believes", async (t) => {
  for (const [kind, contract] of Object.entries(kinds)) {
    const floor = await aShopFloor(t, contract);
    await floor.orders(1);
    const sleeper = floor.worker();
    const held: { send?: () => Promise<void> } = {};
    const { gate } = sleeper;
    const slow: Gate = {
      ...gate,
      place: (calls, onAnswer) =>
        new Promise((resolve) => (held.send = () => gate.place(calls, onAnswer).then(resolve))),
    };
    Object.defineProperty(sleeper, "gate", { get: () => slow });
    await place.run(sleeper); // armed; its sending is stuck

    floor.clock.advance(900_000);
    await letItRun(floor);
    assert.deepEqual([await states(floor), floor.shop.book.length], [["placed"], 1], kind);
    await held.send!();
    await place.settle?.(sleeper);

    assert.deepEqual([await states(floor), floor.shop.book.length], [["placed"], 1], kind);
    assert.equal((await attempts(floor)).filter((state) => state === "placed").length, 1, kind);
  }
});

test("PL-28 a request that is late on the wire is bought at most once: absence was not believed before it could arrive", async (t) => {
  const floor = await aShopFloor(t, contracts.lookup);
  await floor.orders(1);
  // The supplier acts 59 s after it was sent; the longest time in flight is 60 s.
  floor.shop.onArrival = async () => {
    floor.shop.onArrival = null;
    for (let step = 0; step < 6; step += 1) {
      floor.clock.advance(9_900);
      await reconcile.run(floor.engine);
    }
  };

  await place.run(floor.engine);
  await place.settle?.(floor.engine);
  await letItRun(floor);

  assert.deepEqual([await states(floor), floor.shop.book.length], [["placed"], 1]);
});

test("PL-15 C8 when the answer to the recording commit is lost, it is found recorded, or recorded again", async (t) => {
  for (const did of ["commit", "not commit"] as const) {
    const floor = await aShopFloor(t, contracts.none);
    await floor.orders(1);
    const engine = floor.worker();
    const { db } = engine;
    let commits = 0;
    engine.db = {
      ...db,
      async tx(work) {
        commits += 1;
        if (commits === 1) return db.tx(work); // the arming
        if (did === "commit") await db.tx(work);
        throw new CommitUnknown("The connection was lost during the commit.");
      },
    };
    await place.run(engine);
    await place.settle?.(engine);
    assert.deepEqual(await attempts(floor), [did === "commit" ? "placed" : "armed"]);

    await letItRun(floor);

    assert.deepEqual([await states(floor), floor.shop.book.length], [["placed"], 1]);
    assert.deepEqual((await evidence(floor)).filter((each) => each.endsWith("placed")).length, 1);
  }
});

test("PL-64 C13 a database that was restored from before a purchase does not buy it again, whatever the supplier's kind", async (t) => {
  for (const [kind, contract] of Object.entries(kinds)) {
    for (const changed of [false, true]) {
      const floor = await aShopFloor(t, contract);
      await floor.orders(1);
      await letItRun(floor);
      assert.equal(floor.shop.book.length, 1);
      // The backup is from just before the arming; the administrator has said that this copy is home.
      const superuser = openDb(floor.database.config("postgres"));
      for (const table of [sql`truncate evidence, ledger_entry, ledger_transaction`, sql`delete from attempt`])
        await superuser.run(table);
      await superuser.run(
        sql`update fulfillment_order set state = 'placing', placed_at = null, due_at = ${floor.clock.now()}, fence = 0`,
      );
      await superuser.run(
        sql`update fulfillment_order_line set units_placed = 0, unit_cost = unit_cost + ${changed ? "1" : "0"}::numeric`,
      );
      await superuser.end();
      await floor.newGate();

      await letItRun(floor);

      assert.equal(floor.shop.book.length, 1, kind);
      assert.equal(floor.shop.seen.length, 1, kind);
      // The same request: its answer is in the journal. Another price: the search finds it, else a person is told its number.
      assert.deepEqual(await states(floor), [changed && kind !== "lookup" ? "outcome_unknown" : "placed"], kind);
    }
  }
});

test("PL-73 C13 what the journal knows from another account than the restored database would order at is held with the place and the number, whatever the supplier's kind", async (t) => {
  for (const [kind, contract] of Object.entries(kinds)) {
    for (const isDearer of [false, true]) {
      const floor = await aShopFloor(t, contract);
      await floor.orders(1);
      await letItRun(floor);
      const superuser = openDb(floor.database.config("postgres"));
      for (const statement of [
        sql`truncate evidence, ledger_entry, ledger_transaction`,
        sql`delete from attempt`,
        sql`
        insert into supplier_account
        select (jsonb_populate_record(a, jsonb_build_object('id', a.id + 1, 'public_id', gen_random_uuid(), 'name', 'another one'))).* from supplier_account a`,
        sql`update fulfillment_order set state = 'placing', placed_at = null, due_at = ${floor.clock.now()}, fence = 0, account_id = account_id + 1`,
        sql`update fulfillment_order_line set units_placed = 0, unit_cost = unit_cost + ${isDearer ? "1" : "0"}::numeric`,
      ])
        await superuser.run(statement);
      await superuser.end();
      await floor.newGate();

      await letItRun(floor);

      const [hold, ...more] = await heldIn(floor);
      assert.deepEqual([await states(floor), hold?.code, more], [["held"], "bought_before_restore", []], kind);
      assert.match(hold!.message, /^SW-\S+ was sent to \S+ for this order on .* and is N1 there;/, kind);
      assert.deepEqual([floor.shop.book.length, floor.shop.seen.length], [1, 1], kind);
    }
  }
});

/** Both steps of a person who has the supplier's number. */
async function placedByHand(floor: ShopFloor, orderId: Id<"order">, supplierOrderId: string): Promise<void> {
  const key = { workspaceId: floor.workspaceId, orderId };
  await changeOrders(floor.engine, [key], {}, async ([draft], tx) => {
    const arming = (await readArming(tx, [key])).get(orderId)!;
    assert.equal(beginPlacingByHand(draft!, draft!.dossier.fulfillmentOrders[0]!, "ada", arming).ok, true);
  });
  await changeOrders(floor.engine, [key], {}, ([draft]) => {
    const attempt = draft!.dossier.attempts.at(-1)!;
    assert.equal(finishPlacingByHand(draft!, attempt, { supplierOrderId, cost: null }, "ada").ok, true);
  });
}

test("PL-68 C13 an order that came after the backup, was bought and comes again is held with the supplier's number, whatever the supplier's kind", async (t) => {
  for (const [kind, contract] of Object.entries(kinds)) {
    const floor = await aShopFloor(t, contract);
    await boughtAndForgotten(floor);

    await letItRun(floor);

    const [hold, ...more] = await heldIn(floor);
    assert.deepEqual([await states(floor), hold?.code, more], [["held"], "bought_before_restore", []], kind);
    assert.match(hold!.message, / and is N1 there; the restored database knows nothing of that$/);
    assert.deepEqual([floor.shop.book.length, floor.shop.seen.length], [1, 1], kind);
  }
});

test("PL-68 C13 where people place what machines cannot, it is held all the same: on their desk it would be one more order to place", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  await boughtAndForgotten(floor);
  await floor.database.engine.run(sql`update workspace set settings = settings || '{"hasOrderingTeam": true}'`);

  await letItRun(floor);

  const [hold, ...more] = await heldIn(floor);
  assert.deepEqual([await states(floor), hold?.code, more], [["held"], "bought_before_restore", []]);
  assert.match(hold!.message, / and is N1 there; the restored database knows nothing of that$/);
});

test("PL-68 C13 a person who saw it at the supplier enters its number, and one who says that it is meant again buys it again, once", async (t) => {
  for (const says of ["bought", "again"] as const) {
    const floor = await aShopFloor(t, contracts.none);
    await boughtAndForgotten(floor);
    await letItRun(floor);
    const [{ id } = { id: "" as Id<"order"> }] = await heldIn(floor);

    await changeOrders(floor.engine, [{ workspaceId: floor.workspaceId, orderId: id }], {}, ([draft]) => {
      if (says === "again") assert.equal(releaseOrder(draft!).status, "ok");
    });
    if (says === "bought") await placedByHand(floor, id, "N1");
    await letItRun(floor);
    await letItRun(floor);

    assert.deepEqual([await states(floor), floor.shop.book.length], [["placed"], says === "again" ? 2 : 1], says);
  }
});

test("PL-68 an order whose purchases the database knows is never held for them: a replacement goes out", async (t) => {
  const floor = await aShopFloor(t, contracts.none, { second: true });
  floor.shop.fates.push("out_of_stock");
  await floor.orders(1);

  await letItRun(floor);

  assert.deepEqual([floor.shop.seen.length, await heldIn(floor)], [2, []]);
});

test("PL-29 while the gate is away nothing is concluded; it is asked again later", async (t) => {
  const { GateAway } = await import("#connectors/ports.ts");
  const floor = await aShopFloor(t, contracts.key);
  await crash(floor, { worker: "place-armed" });
  const engine = floor.worker();
  const away: Gate = { ...engine.gate, settle: () => Promise.reject(new GateAway("away")) };
  Object.defineProperty(engine, "gate", { get: () => away });
  floor.clock.advance(120_000);

  for (let outage = 0; outage < 6; outage += 1) {
    assert.equal(await reconcile.run(engine), 1);
    const next = await reconcile.nextDue(floor.database.engine);
    assert.deepEqual(next, new Date(floor.clock.now().getTime() + 30_000)); // however long it is away already
    floor.clock.moveTo(next!);
  }

  assert.deepEqual(await attempts(floor), ["armed"]);
  await letItRun(floor);
  assert.deepEqual(await states(floor), ["placed"]);
});

test("PL-29 while the gate is away nothing is armed: what nobody can send is not committed to", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  await floor.orders(1);
  const engine = floor.worker();
  const away: Gate = { ...engine.gate, isThere: async () => false };
  Object.defineProperty(engine, "gate", { get: () => away });

  assert.equal(await place.run(engine), 0);

  assert.deepEqual([await attempts(floor), await states(floor)], [[], ["placing"]]);
});

test("PL-33 PL-34 what only a person can find out waits for them, without a limit and without another purchase", async (t) => {
  for (const said of ["bought", "not bought"] as const) {
    const floor = await aShopFloor(t, contracts.none);
    await crash(floor, { fate: said === "bought" ? "bought_no_answer" : "lost" });
    await letItRun(floor);
    floor.clock.advance(7 * 86_400_000);
    await letItRun(floor);
    assert.deepEqual([await states(floor), floor.shop.seen.length], [["outcome_unknown"], 1]);
    const { id } = await floor.database.engine.one(
      row({ id: col.id<Id<"order">>() }),
      sql`select order_id as id from attempt`,
    );

    await changeOrders(floor.engine, [{ workspaceId: floor.workspaceId, orderId: id }], {}, ([draft]) => {
      const [attempt] = draft!.dossier.attempts;
      const done =
        said === "bought"
          ? confirmBought(draft!, attempt!, { supplierOrderId: "N1", cost: null, actor: "ada" })
          : confirmNotBought(draft!, attempt!, { actor: "ada", reason: "not in the list" });
      assert.equal(done.ok, true);
    });
    await letItRun(floor);

    assert.deepEqual([await states(floor), floor.shop.book.length], [["placed"], 1]);
  }
});

test("PL-66 an unknown outcome that could not be written down leaves no attempt armed for ever, whatever its kind", async (t) => {
  for (const [kind, contract] of Object.entries(kinds)) {
    const floor = await aShopFloor(t, contract);
    await crash(floor, { gate: "gate-before-answer", fate: "bought_no_answer" });
    floor.clock.advance(120_000);
    const engine = floor.worker();
    const { db } = engine;
    let writes = 0;
    engine.db = {
      ...db,
      tx: (work) =>
        (writes += 1) === 2 ? Promise.reject(new Error("Connection terminated unexpectedly")) : db.tx(work),
    };
    // The first transaction claims it, the second would write down that it is unknown.
    await reconcile.run(engine);
    const [left] = await floor.database.engine.rows(
      row({ state: col.text, dueAt: col.instantOrNull }),
      sql`select state, due_at from attempt`,
    );
    assert.ok(left!.state === "placed" || left!.dueAt !== null, kind);

    await letItRun(floor);

    assert.deepEqual(await states(floor), [kind === "none" ? "outcome_unknown" : "placed"], kind);
    assert.equal(floor.shop.book.length, 1, kind);
  }
});

test("PL-67 while a key is asked again, a person's word that nothing was bought is too early; a repetition that is late is not sent", async (t) => {
  const floor = await aShopFloor(t, contracts.key);
  await crash(floor, { fate: "lost" });
  floor.clock.advance(600_000); // the settle time of the first try has long passed
  const saysNotBought = async (): Promise<string> => {
    const { id } = await floor.database.engine.one(
      row({ id: col.id<Id<"order">>() }),
      sql`select order_id as id from attempt`,
    );
    let said = "";
    await changeOrders(floor.engine, [{ workspaceId: floor.workspaceId, orderId: id }], {}, ([draft]) => {
      const done = confirmNotBought(draft!, draft!.dossier.attempts[0]!, { actor: "ada", reason: "not in the list" });
      said = done.ok ? "taken" : done.code;
    });
    return said;
  };
  const engine = floor.worker();
  const { gate } = engine;
  const late: { send?: () => Promise<void> } = {};
  const heard: string[] = [];
  const slow: Gate = {
    ...gate,
    place(calls) {
      late.send = () => gate.place(calls, (_call, answer) => void heard.push(answer.status));
      return Promise.resolve();
    },
  };
  Object.defineProperty(engine, "gate", { get: () => slow });

  await reconcile.run(engine); // it asks again: the question is about to leave
  assert.equal(await saysNotBought(), "too_early");
  floor.clock.advance(600_000);
  await late.send!();

  assert.deepEqual([heard, floor.shop.book.length], [["unknown"], 0]);
  assert.equal(await saysNotBought(), "taken");
});

test("PL-32 a person who says 'placing now' and is never heard of again leaves an unknown outcome, not a free order", async (t) => {
  const floor = await aShopFloor(t, contracts.human);
  const [orderId] = await floor.orders(1);
  assert.deepEqual(await states(floor), ["escalated"]);
  const key = { workspaceId: floor.workspaceId, orderId: orderId! };
  await changeOrders(floor.engine, [key], {}, async ([draft], tx) => {
    const arming = (await readArming(tx, [key])).get(orderId!)!;
    assert.equal(beginPlacingByHand(draft!, draft!.dossier.fulfillmentOrders[0]!, "ada", arming).ok, true);
  });

  floor.clock.advance(4 * 3_600_000);
  await letItRun(floor);

  assert.deepEqual([await attempts(floor), await states(floor)], [["unknown"], ["outcome_unknown"]]);
  assert.equal(floor.shop.seen.length, 0);
});
