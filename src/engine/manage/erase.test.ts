import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { verifyInvariants } from "#store/invariants/verify.ts";
import type { ConnectionId } from "#domain/ids.ts";
import { dayMs } from "#domain/settings.ts";
import { storeOrders } from "#engine/intake.ts";
import { keepMessages } from "#engine/raw-messages.ts";
import { erase } from "#engine/stages/erase.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { sandboxWorkspace } from "#store/read/workspace.ts";
import { aChannelOrder } from "#test/channel-order.ts";
import { setUp, testEngine } from "#test/engine.ts";
import { everyText } from "#test/every-text.ts";
import { testDatabase } from "#test/postgres.ts";
import { aWorkshop, openSandbox } from "#test/workshop.ts";
import { erasePersonalData, exportPersonalData } from "./erase.ts";

const Buyer = row({
  publicId: col.text,
  number: col.text,
  name: col.text,
  email: col.text,
  line1: col.text,
  headline: col.text,
});

test("PD-3 an erased order has nothing of its buyer left anywhere, its row, trail and books stay whole, and the rest is untouched", async (t) => {
  const shop = await aWorkshop(t, {
    settings: { speed: 60, ordersAtStart: 8, ordersPerMinute: 0, quietOrdersPerMinute: 0, historyDays: 0 },
  });
  await openSandbox(shop, 60);
  await shop.runFor(90_000);
  const { database, engine } = shop;
  const { id: workspaceId } = (await sandboxWorkspace(database.engine))!;
  const buyers = await database.engine.rows(
    Buyer,
    sql`
    select o.public_id, o.number, a.name, a.email, a.line1, o.headline from sales_order o
      join order_address a on a.workspace_id = o.workspace_id and a.order_id = o.id and a.no = o.address_no
     where o.headline in ('shipped', 'delivered', 'completed') and a.email <> '' order by o.id`,
  );
  const [ada, ...others] = buyers;
  assert.ok(ada !== undefined && others.length > 0, "some orders have ended");
  const who = { workspaceId, actor: "user:dpo" };
  const mine = (text: string) => others.every((each) => each.name !== text && each.line1 !== text);

  const before = await exportPersonalData(engine, workspaceId, { mail: ada.email.toUpperCase() });
  const answer = await erasePersonalData(engine, who, { mail: ` ${ada.email.toUpperCase()} ` });
  const again = await erasePersonalData(engine, who, { mail: ada.email });

  assert.ok(
    before!.some((each) => each.number === ada.number && each.messages.some(({ text }) => text.includes(ada.name))),
  );
  assert.equal(answer.status, "ok");
  assert.ok(answer.status === "ok" && answer.value.erased.some((each) => each.number === ada.number));
  assert.deepEqual(again.status === "ok" && again.value.erased, []);
  assert.deepEqual(await everyText(database, ada.email), []);
  for (const text of [ada.name, ada.line1]) if (mine(text)) assert.deepEqual(await everyText(database, text), [], text);
  const Event = row({ actor: col.text, data: col.json<Record<string, unknown>>() });
  assert.deepEqual(
    await database.engine.rows(
      Event,
      sql`select actor, data from event where kind = 'personal_data_erased' and order_id = (select id from sales_order where public_id = ${ada.publicId}::uuid)`,
    ),
    [{ actor: "user:dpo", data: { why: "asked" } }],
  );
  const violated = (await verifyInvariants(database.engine)).filter((each) => each.count > 0);
  assert.deepEqual(violated, []);
  const left = await exportPersonalData(engine, workspaceId, { order: others[0]!.publicId });
  assert.equal((left![0]!.addresses[0] as { name: string }).name, others[0]!.name);
});

const day = dayMs;
const noon = new Date("2026-11-22T12:00:00Z");
const adas = (id: string) => {
  const order = aChannelOrder(id, noon);
  return {
    ...order,
    buyerId: "b-7",
    shipTo: { ...order.shipTo!, name: "Ada Marker-Byron", email: "Ada@Marker.example" },
  };
};

/** Orders 1 to 3 of one buyer in a channel, and what came in about them; the first two have ended. */
async function aShop(t: TestContext, channel: Record<string, unknown> = {}) {
  const database = await testDatabase(t);
  const engine = testEngine(database.engine);
  const made = await setUp(engine, {
    channel: { connection: {}, ...channel },
    suppliers: { acme: {} },
    links: { MUG: [{ supplier: "acme", sku: "A-MUG" }] },
  });
  const { workspaceId, channelId } = made;
  const arrival = { workspaceId, channelId, origin: "live", actor: "channel:test" } as const;
  await storeOrders(engine, arrival, [adas("1"), adas("2"), adas("3")]);
  const connection = await database.engine.one(row({ id: col.id<ConnectionId>() }), sql`select id from connection`);
  await engine.db.tx((tx) =>
    keepMessages(
      engine,
      tx,
      { workspaceId, id: connection.id },
      ["1", "2", "3"].map((id) => ({ eventId: `e-${id}`, text: `order ${id} of ada@marker.example` })),
      "live",
    ),
  );
  await database.engine.run(
    sql`update inbox set done_at = received_at, due_at = null, order_id = (select o.id from sales_order o where 'e-' || o.channel_order_id = event_id) where event_id <> 'e-3'`,
  );
  const end = (number: string, at: Date) =>
    database.engine.run(sql`
      with o as (update sales_order set headline = 'delivered' where channel_order_id = ${number} returning id)
      update fulfillment_order f set state = 'delivered', delivered_at = ${at} from o where f.order_id = o.id`);
  await end("1", noon);
  await end("2", new Date(noon.getTime() + 10 * day));
  const State = row({ number: col.text, name: col.text, email: col.text, digest: col.textOrNull, hasRaw: col.bool });
  const state = async () =>
    (
      await database.engine.rows(
        State,
        sql`
        select o.channel_order_id as number, a.name, a.email, o.buyer_digest as digest,
               exists (select from inbox i where i.event_id = 'e-' || o.channel_order_id and i.raw is not null) as has_raw
          from sales_order o join order_address a on a.order_id = o.id order by o.channel_order_id`,
      )
    ).map(
      (each) =>
        `${each.number} ${each.name}${each.email}${each.digest === null ? "" : " digest"}${each.hasRaw ? " raw" : ""}`,
    );
  const whole = (number: string): string => `${number} Ada Marker-ByronAda@Marker.example digest raw`;
  return { ...made, database, engine, state, whole, who: { workspaceId, actor: "user:dpo" } };
}

test("PD-2 an order on its way is named and keeps its address; by order, buyer and address the same orders are meant", async (t) => {
  const at = await aShop(t);
  const Public = row({ publicId: col.text });
  const [, , third] = await at.database.engine.rows(
    Public,
    sql`select public_id from sales_order order by channel_order_id`,
  );

  const one = await erasePersonalData(at.engine, at.who, { order: third!.publicId });
  const none = await erasePersonalData(at.engine, at.who, { order: "01980000-0000-7000-8000-000000000000" });
  const all = await erasePersonalData(at.engine, at.who, { buyerId: "b-7" });
  const stranger = await erasePersonalData(at.engine, at.who, { buyerId: "b-8" });

  assert.equal(none.status === "refused" && none.code, "no_such_order");
  assert.deepEqual(one.status === "ok" && [one.value.erased.length, one.value.kept.map((each) => each.number)], [
    0,
    ["#3"],
  ]);
  assert.match(one.status === "ok" ? one.value.kept[0]!.why : "", /still on its way/);
  assert.deepEqual(all.status === "ok" && [all.value.erased.length, all.value.kept.length], [2, 1]);
  assert.deepEqual(stranger.status === "ok" && stranger.value, { erased: [], kept: [], unfiled: 0 });
  assert.deepEqual(await at.state(), ["1 ", "2 ", at.whole("3")]);
});

test("PD-4 with an e-mail address goes what belongs to no order and names it: messages that could not be parsed, rows of files", async (t) => {
  const at = await aShop(t);
  const { workspaceId } = at;
  await at.database.engine.run(sql`
    insert into import (workspace_id, id, public_id, kind, channel_id, file_name, sha256, mapping, actor, started_at, rows, stored, refused, set_aside, summary)
    values (${workspaceId}::bigint, 1, '01980000-0000-7000-8000-000000000000', 'orders', 0, 'f', 'x', '{}', 'a', ${noon}, 2, 0, 2, 0, '{}')`);
  for (const [line, raw] of [
    ["1", "9;ADA@marker.example"],
    ["2", "8;bob@x.example"],
  ] as const)
    await at.database.engine.run(sql`
      insert into import_row (workspace_id, import_id, line, lines, outcome, row_key, raw, problems)
      values (${workspaceId}::bigint, 1, ${Number(line)}, array[${Number(line)}]::integer[], 'refused', ${line}, ${raw}, '[]')`);

  const answer = await erasePersonalData(at.engine, at.who, { mail: "ada@marker.example" });

  assert.deepEqual(
    answer.status === "ok" && [answer.value.erased.length, answer.value.kept.length, answer.value.unfiled],
    [2, 1, 2],
  );
  const Raw = row({ raw: col.textOrNull });
  assert.deepEqual(await at.database.engine.rows(Raw, sql`select raw from import_row order by line`), [
    { raw: null },
    { raw: "8;bob@x.example" },
  ]);
  assert.deepEqual((await at.state())[2], "3 Ada Marker-ByronAda@Marker.example digest");
});

test("PD-5 a buyer gets everything that is kept: addresses, lines and the messages as they came, and nobody else's", async (t) => {
  const at = await aShop(t);

  const found = await exportPersonalData(at.engine, at.workspaceId, { mail: "ADA@marker.example" });
  const nobody = await exportPersonalData(at.engine, at.workspaceId, { mail: "bob@x.example" });

  assert.deepEqual(
    found!.map((each) => [
      each.number,
      (each.addresses[0] as { name: string }).name,
      each.messages.map(({ text }) => text),
    ]),
    [
      ["#1", "Ada Marker-Byron", ["order 1 of ada@marker.example"]],
      ["#2", "Ada Marker-Byron", ["order 2 of ada@marker.example"]],
      ["#3", "Ada Marker-Byron", []],
    ],
  );
  assert.deepEqual(nobody, []);
});

test("PD-6 the clock of a channel erases so long after delivery, Amazon's by itself, another's only where it is set; and what comes later again", async (t) => {
  const silent = await aShop(t);
  const amazon = await aShop(t, { kind: "amazon" });
  const set = await aShop(t, { eraseAfterMs: 12 * day });
  const at = async (shop: typeof silent, days: number): Promise<string[]> => {
    shop.engine.clock.moveTo(new Date(noon.getTime() + days * day + 60_000));
    while ((await erase.run(shop.engine)) > 0);
    return shop.state();
  };

  assert.deepEqual(await at(silent, 0), ["1", "2", "3"].map(silent.whole));
  assert.deepEqual(await at(silent, 29), ["1", "2", "3"].map(silent.whole));
  assert.deepEqual(await at(amazon, 29), ["1", "2", "3"].map(amazon.whole));
  assert.deepEqual(
    await at(amazon, 31),
    ["1 ", amazon.whole("2"), amazon.whole("3").replace(" raw", "")],
    "what is filed under no order went too",
  );
  assert.deepEqual((await at(amazon, 41))[1], "2 ");
  assert.deepEqual((await at(set, 13)).slice(0, 2), ["1 ", set.whole("2")]);
  const { workspaceId, channelId } = set;
  const later = { ...adas("1"), updatedAt: new Date(noon.getTime() + 14 * day), note: "again" };
  later.shipTo = { ...later.shipTo, line1: "2 Mill Lane" };
  await storeOrders(set.engine, { workspaceId, channelId, origin: "live", actor: "channel:test" }, [later]);
  assert.ok((await set.state()).some((each) => each.startsWith("1 Ada")));
  assert.ok((await at(set, 14)).every((each) => !each.startsWith("1 Ada")));
  assert.equal(await erase.run(set.engine), 0, "once a day");
});
