import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import { enterTracking } from "#engine/actions/shipping.ts";
import { cancel, hold } from "#engine/actions.ts";
import { place } from "#engine/stages/place.ts";
import { topUp } from "#engine/manage/balance.ts";
import { openDb, type Db, type Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql, type Sql } from "#store/sql.ts";
import { aShopFloor, contracts, type ShopFloor } from "#test/shop.ts";
import type { Findings, Invariant } from "./invariant.ts";
import { verifyInvariants } from "./verify.ts";
import * as derived from "./derived.ts";
import * as history from "./history.ts";
import * as isolation from "./isolation.ts";
import * as ledger from "./ledger.ts";
import * as personal from "./personal.ts";
import * as ordersIn from "./orders-in.ts";
import * as purchases from "./purchases.ts";
import * as shipments from "./shipments.ts";
import * as stock from "./stock.ts";
import * as webhooks from "./webhooks.ts";

// One world of real placing for all tests; each plants its violation in a transaction that is rolled back.
let floor: ShopFloor;
let admin: Db;
const cleanUp: (() => unknown)[] = [];

before(async () => {
  floor = await aShopFloor({ after: (work: () => unknown) => void cleanUp.push(work) } as never, contracts.key, {
    account: { payment: "prepaid", dailyCap: 100_000 },
  });
  admin = openDb(floor.database.config("postgres"), { max: 2 });
  cleanUp.unshift(() => admin.end());
  const { engine, workspaceId, accounts } = floor;
  const manage = { ...engine, channels: new Map(), suppliers: new Map(), actor: "admin:test" };
  assert.equal(
    (await topUp(manage, { workspaceId, accountId: accounts.get("acme")! as never, amount: "500.00", reference: "b1" }))
      .status,
    "ok",
  );
  await floor.orders(4);
  floor.shop.fates.push("ok", "ok", "out_of_stock", "bought_no_answer");
  for (let n = 0; n < 4; n += 1) await place.run(engine);
  await floor.orders(2);
  const who = { workspaceId, actor: "key:test", role: "owner" as const };
  const Order = row({ order: col.text, part: col.text });
  const placed = await admin.rows(
    Order,
    sql`select o.public_id as order, f.public_id as part from fulfillment_order f join sales_order o on o.id = f.order_id where f.state = 'placed' order by f.id`,
  );
  assert.equal(placed.length, 2);
  const tracked = await enterTracking(engine, who, placed[0]!, {
    carrier: "dhl",
    trackingNumber: "00340434161094042557",
    sure: true,
  });
  assert.equal(tracked.status, "ok", JSON.stringify(tracked));
  assert.equal((await hold(engine, who, { order: placed[1]!.order }, { note: "look" })).status, "ok");
  const last = await admin.one(
    row({ id: col.text }),
    sql`select public_id as id from sales_order order by id desc limit 1`,
  );
  assert.equal((await cancel(engine, who, { order: last.id }, {})).status, "ok");
});
after(async () => {
  for (const work of cleanUp) await work();
});

const Last = row({ orders: col.id<OrderId>(), transactions: col.text });

/** What an invariant finds after these statements; nothing of them stays. */
async function find(invariant: Invariant, ...planted: Sql[]): Promise<Findings> {
  let findings: Findings | null = null;
  const back = new Error("rolled back");
  await admin
    .tx(async (tx) => {
      for (const statement of planted) await tx.run(statement);
      findings = await run(tx, invariant, floor.workspaceId);
      throw back;
    })
    .catch((error: unknown) => {
      if (error !== back) throw error;
    });
  return findings!;
}

async function run(tx: Tx, { check }: Invariant, workspaceId: WorkspaceId): Promise<Findings> {
  const last = await tx.one(
    Last,
    sql`select max(o.id) as orders, (select max(id) from ledger_transaction) as transactions from sales_order o`,
  );
  switch (check.over) {
    case "orders":
      return check.find(tx, { workspaceId, after: "0", upTo: last.orders });
    case "transactions":
      return check.find(tx, { workspaceId, after: "0", upTo: last.transactions });
    case "workspace":
      return check.find(tx, workspaceId);
    case "installation":
      return check.find(tx as Db);
  }
}

/** Finds nothing before, and `count` with `says` after. */
async function reports(invariant: Invariant, count: number, says: RegExp, ...planted: Sql[]): Promise<void> {
  const clean = await find(invariant);
  const dirty = await find(invariant, ...planted);

  assert.deepEqual(clean, { count: 0, first: [] });
  assert.equal(dirty.count, count, JSON.stringify(dirty.first, null, 1));
  assert.match(dirty.first.map((each) => `${each.subject} ${each.detail}`).join("\n"), says);
}

const anyPlaced = sql`(select id from fulfillment_order where state = 'placed' order by id limit 1)`;
const anyOrder = sql`(select id from sales_order order by id limit 1)`;

test("INV-34 a change that is not told, a delivery that nobody took and a message with two bodies are reported", async () => {
  await reports(
    webhooks.everythingIsTold,
    1,
    /has events up to \d+, but its changes name them up to \d+/,
    sql`update sales_order set event_seq = event_seq + 1 where id = ${anyOrder}`,
  );
  await reports(
    webhooks.everythingIsTold,
    1,
    /are numbered up to 1, but the feed ends at 3 and deliveries were made up to 4/,
    sql`delete from order_change where id <> (select min(id) from order_change)`,
    sql`delete from order_change where orders && array(select id from sales_order where event_seq > 0)`,
    sql`insert into order_change (workspace_id, id, no, at, orders, first_seqs, last_seqs) values (${floor.workspaceId}, 1, 1, '2026-11-22', '{}', '{}', '{}')`,
    sql`insert into change_feed (workspace_id, last_no, notified_no) values (${floor.workspaceId}, 3, 4) on conflict (workspace_id) do update set last_no = 3, notified_no = 4`,
  );
  const endpoint = (id: number): Sql =>
    sql`insert into webhook_endpoint (workspace_id, id, public_id, url, description, events, enabled, failures, given_up, secret_no, created_at, created_by)
        values (${floor.workspaceId}, ${id}, ${`00000000-0000-7000-8000-00000000000${id}`}::uuid, 'https://x.example/', '', '{*}', true, 0, 0, 1, '2026-11-22', 'x')`;
  const delivery = (id: number, of: number, payload: string, attempts: number): Sql =>
    sql`insert into webhook_delivery (workspace_id, id, public_id, endpoint_id, message_id, type, occurred_at, payload, state, created_at, tries, attempts, ended_at)
        values (${floor.workspaceId}, ${id}, ${`00000000-0000-7000-8000-00000000000${id}`}::uuid, ${of}, 'msg_1', 'order.received', '2026-11-22', ${payload}, 'delivered', '2026-11-22', 1, ${attempts}, '2026-11-22')`;
  const tried = (id: number, status: number): Sql =>
    sql`insert into webhook_attempt (workspace_id, delivery_id, no, at, duration_ms, url, status, answer) values (${floor.workspaceId}, ${id}, 1, '2026-11-22', 1, 'https://x.example/', ${status}, '')`;
  const well = [
    endpoint(1),
    endpoint(2),
    delivery(3, 1, "{}", 1),
    delivery(4, 2, "{}", 1),
    tried(3, 204),
    tried(4, 200),
  ];
  assert.equal((await find(webhooks.everythingIsTold, ...well)).count, 0);
  await reports(
    webhooks.everythingIsTold,
    3,
    /msg_1 has 2 bodies[\s\S]*is delivered after 1 tries, the last with no answer[\s\S]*counts 2 tries, but 1 are kept/,
    endpoint(1),
    endpoint(2),
    delivery(3, 1, "{}", 1),
    delivery(4, 2, "[]", 2),
    tried(3, 500),
    tried(4, 200),
  );
});

test("INV-33 after placing, shipping, an unknown outcome, a refusal, a hold and a cancel nothing is reported", async () => {
  const results = await verifyInvariants(floor.database.engine);

  assert.deepEqual(
    results.filter((each) => each.count > 0),
    [],
  );
  assert.equal(results.length, 28);
});

test("INV-1 violations are counted with their workspace, batch by batch, and changes beside it are not waited for", async () => {
  const planted: Invariant = {
    ...derived.headlineIsDerived,
    check: {
      over: "orders",
      find: async (tx, range) => ({
        count: (
          await tx.rows(
            row({ id: col.text }),
            sql`select id from sales_order where id > ${range.after}::bigint and id <= ${range.upTo}::bigint`,
          )
        ).length,
        first: [{ subject: "ord_x", detail: "is wrong" }],
      }),
    },
  };
  const seen: number[] = [];
  const blocked = Promise.withResolvers<void>();
  const holding = admin.tx(async (tx) => {
    await tx.run(sql`select from sales_order for update`);
    await blocked.promise;
  });

  const [result] = await verifyInvariants(floor.database.engine, {
    invariants: [planted],
    only: floor.workspaceId,
    onProgress: (rows) => seen.push(rows),
  });
  blocked.resolve();
  await holding;

  assert.deepEqual(result, {
    id: "H1",
    title: planted.title,
    count: 6,
    first: [{ workspace: "acme", subject: "ord_x", detail: "is wrong" }],
  });
  assert.deepEqual(seen, [6]);
  assert.deepEqual(
    (await verifyInvariants(floor.database.engine, { invariants: [planted], only: "999999" as WorkspaceId })).map(
      (each) => each.count,
    ),
    [0],
  );
});

test("INV-1 a check cannot write", async () => {
  const writing: Invariant = {
    ...derived.headlineIsDerived,
    check: {
      over: "workspace",
      find: async (tx) => ({ count: await tx.run(sql`update workspace set name = 'x'`), first: [] }),
    },
  };

  await assert.rejects(verifyInvariants(floor.database.engine, { invariants: [writing] }), /read-only transaction/);
});

test("INV-2 a second open attempt is reported", () =>
  reports(
    purchases.oneOpenAttempt,
    1,
    /fo_.* 2 attempts are armed, unknown or placed/,
    sql`drop index attempt_one_open`,
    sql`drop index attempt_supplier_order`,
    sql`insert into attempt select workspace_id, 99999, order_id, fulfillment_order_id, no + 1, supplier_id, account_id, kind, state, reference || 'X', idempotency_key, fence, armed_at, send_by, settle_at, key_until,
                 lookup_lag_ms, lookups, absent_since, due_at, currency, max_total, expected_total, holds_money, takes_credit, request_hash, request, address_no, supplier_order_id, cost, cost_is, reason, closed_at, dispatch_id, actor
          from attempt where state = 'placed' order by id limit 1`,
  ));

test("INV-9 more than the cap of the day is reported, one that was lowered later is not", async () => {
  await reports(
    purchases.withinCap,
    1,
    /acc_.* was armed or placed; the cap was 100/,
    sql`update supplier_account set settings = settings || '{"dailyCap": 100}'`,
  );
  const lowered = await find(
    purchases.withinCap,
    sql`update supplier_account set settings = settings || '{"dailyCap": 100}'`,
    sql`insert into management_event (workspace_id, id, at, actor, kind, subject, subject_id, data)
        select workspace_id, 99998, '2026-11-22T23:00:00Z', 'x', 'settings_changed', 'account', id, '{"changes": [{"name": "dailyCap", "from": 100000, "to": 100}]}' from supplier_account where settings ->> 'dailyCap' = '100'`,
  );
  assert.equal(lowered.count, 0, JSON.stringify(lowered));
});

test("INV-9 a count of what was spent that is not what was bought is reported", () =>
  reports(purchases.withinCap, 1, /is counted as spent over all days/, sql`update account_day set spent = spent + 1`));

test("INV-11 two orders with one channel order id are reported", () =>
  reports(
    ordersIn.noDoubleOrder,
    2,
    /another order has the same channel order id/,
    sql`drop index sales_order_channel_key`,
    sql`update sales_order set channel_order_id = '2' where channel_order_id = '1'`,
  ));

test("INV-11 a likely duplicate that is being placed without an answer is reported", () =>
  reports(
    ordersIn.noDoubleOrder,
    2,
    /is being placed although it looks like ord_/,
    sql`update sales_order set buyer_digest = 'b', address_digest = 'a'`,
    sql`update fulfillment_order set state = 'placing' where id = (select max(id) from fulfillment_order)`,
  ));

test("INV-14 an import that does not close is reported", async () => {
  const insert = sql`insert into import (workspace_id, id, public_id, kind, channel_id, file_name, sha256, mapping, actor, started_at, rows, stored, refused, set_aside, summary)
    values (${floor.workspaceId}, 99997, '00000000-0000-7000-8000-000000000001', 'orders', 0, 'f', 'x', '{}', 'a', '2026-11-22', 5, 3, 1, 0, '{}')`;
  await reports(
    ordersIn.importsClose,
    2,
    /1 refused are counted, 0 are kept[\s\S]*5 rows, but 3 stored, 1 refused and 0 set aside/,
    insert,
  );
});

test("INV-15 a gap, a jump and a state without its event are reported", async () => {
  await reports(
    history.oneEventPerChange,
    2,
    /has events 1 to \d+, but/,
    sql`delete from event where order_id = ${anyOrder} and kind = 'routed'`,
    sql`delete from event where order_id = (select max(id) from sales_order) and kind = 'received'`,
  );
  await reports(
    history.oneEventPerChange,
    1,
    /goes on from held, but it was/,
    sql`update event set from_state = 'held' where (order_id, seq) = (select order_id, max(seq) from event where kind = 'moved' and order_id = ${anyOrder} group by order_id)`,
  );
  await reports(
    history.oneEventPerChange,
    1,
    /is completed, but its last event/,
    sql`update fulfillment_order set state = 'completed' where id = ${anyPlaced}`,
  );
});

test("INV-16 a transition that the tables do not have is reported", async () => {
  await reports(
    history.allowedMoves,
    1,
    /went from waiting to completed/,
    sql`update event set to_state = 'completed' where (order_id, seq) = (select order_id, max(seq) from event where kind = 'moved' and from_state = 'waiting' and order_id = ${anyOrder} group by order_id)`,
  );
  await reports(
    purchases.attemptMoves,
    1,
    /attempt \d+ went from placed to void/,
    sql`update event set from_state = 'placed', to_state = 'void' where (order_id, seq) = (select order_id, max(seq) from event where kind = 'attempt_closed' and order_id = ${anyOrder} group by order_id)`,
  );
});

test("INV-17 a changed and a removed event are reported", async () => {
  await reports(
    history.chained,
    1,
    /event 2 was changed/,
    sql`update event set data = '{"x": 1}' where order_id = ${anyOrder} and seq = 2`,
  );
  await reports(
    history.chained,
    1,
    /event 4 was changed, or one before it is missing/,
    sql`delete from event where order_id = ${anyOrder} and seq = 3`,
  );
  await reports(
    history.chained,
    1,
    /is not the one that the order ends with/,
    sql`update sales_order set event_hash = 'x' where id = ${anyOrder}`,
  );
});

test("INV-17 a role that may change the trails is reported", () =>
  reports(
    history.appendOnly,
    1,
    /^event switchyard_engine may delete it/,
    sql`grant delete on event to switchyard_engine`,
  ));

test("INV-18 a change without an actor is reported", async () => {
  await reports(
    history.everyChangeHasAnActor,
    1,
    /event 1 \(received\) names nobody/,
    sql`update event set actor = ' ' where order_id = ${anyOrder} and seq = 1`,
  );
  await reports(
    history.everyBookingHasAnActor,
    1,
    /ledger transaction \d+ names nobody/,
    sql`update ledger_transaction set actor = '' where kind = 'top_up'`,
  );
});

test("INV-19 open work that nothing will move is reported", async () => {
  await reports(
    derived.noStuckWork,
    1,
    /fo_.* is waiting without a timer/,
    sql`update fulfillment_order set due_at = null where id = (select min(id) from fulfillment_order where state = 'waiting' or state = 'placing')`,
    sql`update fulfillment_order set state = 'waiting' where due_at is null and state = 'placing'`,
  );
  await reports(
    derived.noStuckWork,
    1,
    /is held without a timer, a hold or an open question/,
    sql`update hold set closed_at = opened_at`,
    sql`update fulfillment_order set due_at = null, state = 'held' where id = ${anyPlaced}`,
  );
  await reports(
    derived.noStuckWork,
    1,
    /attempt .* is unknown without a timer/,
    sql`update hold set closed_at = opened_at`,
    sql`update attempt set due_at = null where state = 'unknown'`,
    sql`update fulfillment_order set due_at = '2026-11-22' where state = 'outcome_unknown'`,
  );
});

test("INV-19 a timer that is long overdue is reported while workers run, and not in safe mode", async () => {
  const overdue = [
    sql`insert into worker (id, kind, pid, slot, started_at, heartbeat_at) values ('w', 'worker', 1, 1, '2026-11-22T10:00:00Z', '2026-11-22T14:00:00Z')`,
    sql`update fulfillment_order set due_at = null`,
    sql`update attempt set due_at = null`,
    sql`update write_back set due_at = null`,
    sql`update fulfillment_order set due_at = '2026-11-22T13:00:00Z' where id = ${anyPlaced}`,
  ];
  await reports(derived.nothingOverdue, 1, /fo_.* was due at 2026-11-22 13:00:00\+00 in placed/, ...overdue);
  assert.equal(
    (await find(derived.nothingOverdue, ...overdue, sql`update installation set safe_mode_reason = 'copy'`)).count,
    0,
  );
});

test("INV-20 a fulfillment order that left a final state is reported", () =>
  reports(
    history.finalStaysFinal,
    1,
    /left completed/,
    sql`update event set from_state = 'completed' where (order_id, seq) = (select order_id, max(seq) from event where kind = 'moved' and order_id = ${anyOrder} group by order_id)`,
  ));

test("INV-21 a transaction that does not sum to zero and a balance that is no sum are reported", async () => {
  await reports(
    ledger.transactionsBalance,
    1,
    /ledger transaction \d+ \(top_up\) sums to 1 EUR/,
    sql`update ledger_entry set amount = amount + 1 where no = 1 and transaction_id = (select id from ledger_transaction where kind = 'top_up')`,
  );
  await reports(
    ledger.transactionsBalance,
    1,
    /has 1 entries/,
    sql`delete from ledger_entry where no = 1 and transaction_id = (select id from ledger_transaction where kind = 'top_up')`,
  );
  await reports(
    ledger.balancesAreSums,
    1,
    /available of account acc_.* its entries sum to/,
    sql`update ledger_account set balance = balance + 1 where kind = 'available'`,
  );
});

test("INV-22 a purchase without its charge, or with another one, is reported", async () => {
  await reports(
    ledger.oneCharge,
    1,
    /costs \d+, but 0 is booked/,
    sql`update ledger_transaction set kind = 'hold', attempt_id = null where id = (select id from ledger_transaction where kind = 'charge' order by id limit 1)`,
  );
  await reports(
    ledger.oneCharge,
    1,
    /costs \d+, but \d+ is booked/,
    sql`update attempt set cost = cost + 1 where id = (select id from attempt where state = 'placed' order by id limit 1)`,
  );
  await reports(
    ledger.oneCharge,
    1,
    /was placed at .* and charged at/,
    sql`update ledger_transaction set at = at + interval '1 minute' where id = (select id from ledger_transaction where kind = 'charge' order by id limit 1)`,
  );
});

test("INV-23 a balance below what is allowed and a held sum of nothing are reported", async () => {
  await reports(
    ledger.balanceNotBelow,
    1,
    /-1 EUR are available/,
    sql`update ledger_account set balance = -1 where kind = 'available'`,
  );
  await reports(
    ledger.balanceNotBelow,
    1,
    /are held, the open purchases sum to/,
    sql`update ledger_account set balance = balance + 5 where kind = 'held'`,
  );
});

test("INV-24 a shelf that promises more than it has, and one that promises nothing real, are reported", async () => {
  const shelf = (onHand: number, reserved: number) =>
    sql`insert into stock (workspace_id, supplier_id, supplier_sku, on_hand, reserved, is_shelf, as_of) select workspace_id, id, 'X', ${onHand}, ${reserved}, true, created_at from supplier order by id limit 1`;
  await reports(stock.stockIsReserved, 1, /X at sup_.* 2 reserved, the open reservations sum to 0/, shelf(5, 2));
  await reports(
    stock.stockIsReserved,
    1,
    /9 reserved of 5 on hand/,
    sql`alter table stock drop constraint stock_check`,
    shelf(5, 9),
  );
});

test("INV-25 quantities that do not fit are reported", async () => {
  await reports(
    derived.quantitiesFit,
    1,
    /shipped, its shipments hold/,
    sql`update fulfillment_order_line set units_shipped = units_shipped - 1 where units_shipped > 0`,
  );
  await reports(
    derived.quantitiesFit,
    1,
    /line 1: 2 allocated, 1 wanted of 1 ordered/,
    sql`update order_line set quantity = 1 where order_id = (select order_id from fulfillment_order where state in ('waiting', 'placing', 'held') order by id limit 1)`,
    sql`update fulfillment_order set state = 'waiting' where order_id = (select order_id from fulfillment_order where state in ('waiting', 'placing', 'held') order by id limit 1)`,
  );
  await reports(
    derived.quantitiesFit,
    1,
    /2 units are not 2 × 3 \/ 1/,
    sql`update fulfillment_order_line set units_per = 3 where fulfillment_order_id = ${anyPlaced}`,
  );
});

test("INV-29 a tracking number on two orders is reported unless it is shared", async () => {
  const second = [
    sql`insert into shipment (workspace_id, id, public_id, order_id, fulfillment_order_id, no, source, shipped_at, actor)
        select workspace_id, 99990, '00000000-0000-7000-8000-000000000002', order_id, id, 9, 'person', '2026-11-22', 'x' from fulfillment_order where id = ${anyPlaced}`,
    sql`insert into parcel select workspace_id, 99991, (select order_id from shipment where id = 99990), (select fulfillment_order_id from shipment where id = 99990), 99990, carrier, tracking_number, state, state_at, due_at, looks, true, false, source, created_at from parcel`,
    sql`update parcel set accepted = true`,
  ];
  await reports(shipments.oneOrderPerNumber, 1, /is also on ord_/, ...second);
  assert.equal((await find(shipments.oneOrderPerNumber, ...second, sql`update parcel set shared = true`)).count, 0);
});

test("INV-35 a card number in a note, a title or a hold is reported", async () => {
  await reports(
    personal.noCards,
    1,
    /its address holds one/,
    sql`update order_address set note = 'my card 4111 1111 1111 1111' where order_id = ${anyOrder}`,
  );
  await reports(
    personal.noCards,
    1,
    /line 1 holds one/,
    sql`update order_line set title = 'cvc 123' where order_id = ${anyOrder} and no = 1`,
  );
});

test("INV-36 personal data past the end that its channel sets is reported, and none where no end is set or it is erased", async () => {
  const ended = [
    sql`update sales_order set headline = 'delivered', received_at = '2026-01-01' where id = ${anyOrder}`,
    sql`update fulfillment_order set state = 'delivered', delivered_at = '2026-01-02' where order_id = ${anyOrder}`,
    sql`insert into worker (id, kind, pid, slot, started_at, heartbeat_at) values ('w', 'worker', 1, 77, '2026-01-01', '2026-02-10')`,
  ];
  const limit = sql`update channel set settings = settings || '{"eraseAfterMs": 2592000000}'`;
  await reports(personal.personalDataEnds, 1, /past the end/, ...ended, limit);
  await reports(personal.personalDataEnds, 1, /past the end/, ...ended, sql`update channel set kind = 'amazon'`);
  assert.equal((await find(personal.personalDataEnds, ...ended)).count, 0);
  const erased = sql`update order_address set erased_at = '2026-02-01'`;
  assert.equal((await find(personal.personalDataEnds, ...ended, limit, erased)).count, 0);
});

test("INV-30 what points into another workspace, and a schema that would let it, is reported", async () => {
  await reports(
    isolation.referencesStayInside,
    1,
    /hold .* lies on fulfillment_order 1, which is not here/,
    sql`update hold set subject = 'fulfillment_order', subject_id = 1 where code = 'by_person'`,
  );
  await reports(
    isolation.referencesStayInside,
    1,
    /is registered for another workspace/,
    sql`insert into channel_registry (kind, external_id, workspace_id) select kind, external_id, 999999 from channel`,
  );
  await reports(
    isolation.keysStayInside,
    1,
    /stock: row-level security is not enabled and forced/,
    sql`alter table stock no force row level security`,
  );
});

test("INV-31 a stored headline that the parts do not say is reported", () =>
  reports(
    derived.headlineIsDerived,
    1,
    /stored is new, its parts say/,
    sql`update sales_order set headline = 'new' where id = ${anyOrder}`,
  ));

test("INV-32 a counter that is not what counting gives is reported", () =>
  reports(
    derived.countersCount,
    1,
    /headline cancelled the counter says \d+, there are/,
    sql`update counter set n = n + 1 where kind = 'headline' and key = 'cancelled' and slot = (select min(slot) from counter where kind = 'headline' and key = 'cancelled')`,
  ));
