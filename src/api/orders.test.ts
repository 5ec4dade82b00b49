import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelOrder } from "#domain/channel-order.ts";
import { emptyAddress } from "#domain/address.ts";
import { sql } from "#store/sql.ts";
import { aChannelLine } from "#test/channel-order.ts";
import { aServer, type TestServer } from "./testing/server.ts";

interface Row {
  id: string;
  number: string;
  headline: string;
  reason: { code: string } | null;
  leaves_buffer_at: string | null;
}
interface Page {
  orders: Row[];
  next: string | null;
}
const list = async (at: TestServer, query: string): Promise<Page> => {
  const answer = await at.ask("GET", `/v1/orders${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body as unknown as Page;
};
const numbers = async (at: TestServer, query: string): Promise<string[]> =>
  (await list(at, query)).orders.map((order) => order.number).sort();
const named = (name: string): ChannelOrder["shipTo"] => ({
  ...emptyAddress,
  name,
  line1: "Hafenstr. 5",
  city: "Hamburg",
  postcode: "20095",
  country: "DE",
});

test("API-14 a list read page by page has each order once, whatever arrives or moves meanwhile", async (t) => {
  const at = await aServer(t);
  const first = await at.orders(Array.from({ length: 7 }, (_, n) => ({ channelOrderId: `a${n}` })));
  at.engine.clock.advance(1000);
  const second = await at.orders(
    Array.from({ length: 6 }, (_, n) => ({ channelOrderId: `b${n}`, lines: [aChannelLine("NOPE", 1)] })),
  );

  const seen: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page === 0 || cursor !== null; page += 1) {
    const { orders, next }: Page = await list(at, `?limit=3${cursor === null ? "" : `&cursor=${cursor}`}`);
    seen.push(...orders.map((order) => order.id));
    cursor = next;
    at.engine.clock.advance(1000);
    await at.orders([{ channelOrderId: `late${page}` }]); // arrives in front
    if (page === 0) await at.ask("POST", `/v1/orders/${first[0]}/hold`); // moves to another state
  }

  assert.equal(new Set(seen).size, seen.length);
  assert.deepEqual([...seen].sort(), [...first, ...second].sort());
  assert.equal((await at.ask("GET", "/v1/orders?cursor=WyJhIiwiYiJd")).status, 400);
});

test("API-20 orders are found by state, channel, supplier, reason, time and words", async (t) => {
  const at = await aServer(t);
  await at.orders([
    { channelOrderId: "5001", number: "#5001", shipTo: named("Zoë van Dijk") },
    {
      channelOrderId: "123456789012345678901",
      number: "#5002",
      lines: [aChannelLine("NOPE", 1)],
      shipTo: named("Søren Ångström"),
    },
    { channelOrderId: "5003", number: "#6003", lines: [aChannelLine("CUP", 1)], shipTo: named("李 小龍") },
  ]);
  at.engine.clock.advance(3_600_000);
  await at.orders([{ channelOrderId: "5004", number: "X-4_%", shipTo: named("Percent O'Malley") }]);
  const channel = at.channel;
  const suppliers = (await at.ask("GET", "/v1/suppliers")).body["suppliers"] as unknown as {
    id: string;
    name: string;
  }[];
  const shelf = suppliers.find((each) => each.name === "shelf")!.id;
  const hour = new Date(at.engine.clock.now().getTime() - 1000).toISOString();

  const all = ["#5001", "#5002", "#6003", "X-4_%"];
  const found: [string, string[]][] = [
    ["", all],
    ["?state=needs_attention", ["#5002"]],
    ["?state=needs_attention,waiting", all],
    ["?reason=sku_not_linked", ["#5002"]],
    ["?reason=by_person", []],
    [`?channel=${channel}`, all],
    [`?supplier=${shelf}`, ["#6003"]],
    [`?received_from=${hour}`, ["X-4_%"]],
    [`?received_to=${hour}`, ["#5001", "#5002", "#6003"]],
    ["?q=5001", ["#5001"]],
    ["?q=%235001", ["#5001"]],
    ["?q=50", ["#5001", "#5002"]],
    ["?q=123456789012345678901", ["#5002"]],
    ["?q=12345678901234567890", []],
    ["?q=NOPE", ["#5002"]],
    ["?q=CUP&state=waiting", ["#6003"]],
    ["?q=zo%C3%AB", ["#5001"]],
    ["?q=DIJK", ["#5001"]],
    ["?q=%C3%85ngstr", ["#5002"]],
    ["?q=%E6%9D%8E", ["#6003"]],
    ["?q=%25", []],
    ["?q=X-4_%25", ["X-4_%"]],
    ["?q=_", []],
    ["?q=O%27Malley", ["X-4_%"]],
    ["?q=';drop table event;--", []],
  ];
  for (const [query, expected] of found) assert.deepEqual(await numbers(at, query), expected, query);
  const bad = ["?state=nonsense", "?reason=nonsense", "?received_from=yesterday", "?limit=0", "?limit=201", "?q="];
  for (const query of bad) assert.equal((await at.ask("GET", `/v1/orders${query}`)).status, 400, query);
});

test("API-20 a search by words uses indexes, under row-level security too", async (t) => {
  const at = await aServer(t);
  await at.orders([{}]);
  const Line = {
    columns: ["QUERY PLAN"],
    decode: (_fields: readonly string[], rows: readonly (readonly unknown[])[]) => rows.map(([text]) => String(text)),
  };
  const planOf = (statement: ReturnType<typeof sql>) =>
    at.database.api.tx(async (tx) => {
      await tx.run(sql`select use_workspace(${at.workspaceId})`);
      await tx.run(sql`set local enable_seqscan = off`);
      return (await tx.rows(Line, statement)).join("\n");
    });
  const w = sql`${at.workspaceId}::bigint`;

  const number = await planOf(
    sql`explain select id from sales_order where workspace_id = ${w} and number >= ${"#1"} and number < ${"#2"}`,
  );
  const name = await planOf(
    sql`explain select order_id from order_address where workspace_id = ${w} and search_name >= ${"mia"} and search_name < ${"mib"}`,
  );
  const page = await planOf(sql`
    explain select id from sales_order where workspace_id = ${w} and channel_id = 1 and headline = ${"waiting"} and (received_at, id) < (${"infinity"}::timestamptz, ${"9"}::bigint)
     order by received_at desc, id desc limit 51`);

  assert.match(number, /Index Cond: .*number >=.*number </s);
  assert.match(name, /Index Cond: .*search_name >=.*search_name </s);
  assert.match(page, /sales_order_list/);
  assert.match(page, /Index Cond: .*headline = .*ROW\(received_at, id\)/s);
  assert.doesNotMatch(page, /Sort/);
});

test("API-21 counts agree with the orders", async (t) => {
  const at = await aServer(t);
  const ids = await at.orders([
    { channelOrderId: "1" },
    { channelOrderId: "2", lines: [aChannelLine("NOPE", 1)] },
    { channelOrderId: "3" },
  ]);
  await at.orders([{ channelOrderId: "9" }], at.rival);
  await at.ask("POST", `/v1/orders/${ids[0]}/hold`);
  await at.ask("POST", `/v1/orders/${ids[2]}/cancel`);

  const counts = (await at.ask("GET", "/v1/orders/counts")).body as unknown as {
    total: number;
    by_state: Record<string, number>;
    by_reason: Record<string, number>;
  };

  assert.equal(counts.total, 3);
  assert.deepEqual(Object.fromEntries(Object.entries(counts.by_state).filter(([, n]) => n > 0)), {
    needs_attention: 1,
    on_hold: 1,
    cancelled: 1,
  });
  assert.deepEqual(counts.by_reason, { by_person: 1, sku_not_linked: 1 });
});

test("API-22 an order comes with its parts, holds, money and decisions, and with what may be done and why not", async (t) => {
  const at = await aServer(t, {
    links: {
      MUG: [
        { supplier: "acme", sku: "A-MUG", cost: "4.00" },
        { supplier: "other", sku: "O-MUG", cost: "5.00", priority: 2 },
      ],
    },
  });
  const [ok, held] = await at.orders([
    { channelOrderId: "1" },
    { channelOrderId: "2", lines: [aChannelLine("MUG", 1), aChannelLine("NOPE", 1, "2")] },
  ]);
  interface Detail {
    headline: string;
    version: number;
    ship_to: { name: string };
    lines: { no: number; sku: string }[];
    fulfillment_orders: {
      id: string;
      state: string;
      supplier: { name: string } | null;
      cancel_reach: string;
      decision: { considered: { chosen: string; candidates: { supplier: string }[] }[] } | null;
      actions: Record<string, { allowed: boolean; why?: string }>;
    }[];
    holds: {
      code: string;
      title: string;
      next: string;
      resolve_with: string[];
      on: { subject: string; id: string };
      waits_for: string;
    }[];
    money: { sold: { amount: string }; profit: { amount: string } | null; profit_unknown_because: string | null };
    actions: Record<string, { allowed: boolean; why?: string }>;
  }
  const detail = async (id: string) => (await at.ask("GET", `/v1/orders/${id}`)).body as unknown as Detail;

  const good = await detail(ok!);
  assert.equal(good.ship_to.name, "Mia Kowalska");
  assert.equal(good.fulfillment_orders[0]!.supplier!.name, "acme");
  assert.equal(good.fulfillment_orders[0]!.cancel_reach, "free");
  assert.deepEqual(
    good.fulfillment_orders[0]!.decision!.considered[0]!.candidates.map((each) => each.supplier),
    ["acme", "other"],
  );
  assert.equal(good.money.profit!.amount, "12.00");
  assert.deepEqual(good.actions["cancel"], { allowed: true });
  assert.deepEqual(good.actions["release"], { allowed: false, why: "Nothing stops it: it goes on by itself." });

  const bad = await detail(held!);
  assert.equal(bad.headline, "needs_attention");
  assert.equal(bad.holds[0]!.code, "sku_not_linked");
  assert.deepEqual(bad.holds[0]!.on, { subject: "line", id: "2" });
  assert.equal(bad.holds[0]!.waits_for, "sku:NOPE");
  assert.ok(bad.holds[0]!.next.length > 20 && bad.holds[0]!.resolve_with.includes("link_sku"));
  assert.match(bad.actions["release"]!.why!, /No supplier product/);

  // What the table forbids, the action refuses in the same words.
  const refused = await at.ask("POST", `/v1/orders/${held}/release`);
  assert.equal(refused.status, 409);
  assert.equal(refused.body["detail"] as unknown, bad.actions["release"]!.why);
  const part = bad.fulfillment_orders[0]!;
  for (const [action, url] of [
    ["placed", "placed"],
    ["print", "print"],
    ["give_back", "give-back"],
    ["add_tracking", "tracking"],
  ] as const) {
    const body = {
      placed: { supplier_order_id: "1" },
      print: {},
      give_back: {},
      add_tracking: { carrier: "ups", tracking_number: "1Z" },
    }[action];
    const answer = await at.ask("POST", `/v1/fulfillment-orders/${part.id}/${url}`, { body });
    assert.equal(answer.status, 409, `${action}: ${answer.text}`);
    assert.equal(answer.body["detail"] as unknown, part.actions[action]!.why, action);
  }
});

test("API-23 the trail is read newest first in pages, all of it or about one line", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{ lines: [aChannelLine("MUG", 1), aChannelLine("NOPE", 1, "2")] }]);
  interface Events {
    events: {
      seq: number;
      kind: string;
      subject: string;
      subject_id: string;
      text: string;
      data: Record<string, unknown> | null;
    }[];
    next: string | null;
  }
  const read = async (query: string) =>
    (await at.ask("GET", `/v1/orders/${id}/events${query}`)).body as unknown as Events;

  const all = await read("");
  const pages: number[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page: Events = await read(`?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
    pages.push(...page.events.map((event) => event.seq));
    cursor = page.next;
  }
  const lineTwo = await read("?line=2");
  const lineOne = await read("?line=1");

  assert.deepEqual(
    all.events.map((event) => event.seq),
    all.events.map((_, index) => all.events.length - index),
  );
  assert.deepEqual(
    pages,
    all.events.map((event) => event.seq),
  );
  assert.ok(all.events.every((event) => event.text.length > 3));
  assert.ok(lineTwo.events.some((event) => event.kind === "hold_opened" && event.data!["code"] === "sku_not_linked"));
  assert.ok(!lineOne.events.some((event) => event.kind === "hold_opened" && event.data!["code"] === "sku_not_linked"));
  assert.doesNotMatch(JSON.stringify(all), /Kowalska|Hafenstr|example\.com/);
});

test("API-24 an order's version is its ETag: an action on another version changes nothing", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{}]);
  const first = await at.ask("GET", `/v1/orders/${id}`);
  const tag = String(first.headers["etag"]);

  assert.equal((await at.ask("GET", `/v1/orders/${id}`, { headers: { "if-none-match": tag } })).status, 304);
  const done = await at.ask("POST", `/v1/orders/${id}/hold`, { headers: { "if-match": tag } });
  const late = await at.ask("POST", `/v1/orders/${id}/unhold`, { headers: { "if-match": tag } });

  assert.equal(done.status, 200);
  assert.notEqual(done.headers["etag"], tag);
  assert.equal(late.status, 412);
  assert.equal(late.headers["etag"], done.headers["etag"]);
  assert.equal(`"${String(late.body["version"] as unknown)}"`, done.headers["etag"]);
  assert.equal((await at.ask("GET", `/v1/orders/${id}`)).body["headline"] as unknown, "on_hold");
  const anyway = await at.ask("POST", `/v1/orders/${id}/unhold`, {
    headers: { "if-match": String(done.headers["etag"]) },
  });
  assert.equal(anyway.status, 200);
  assert.equal((await at.ask("POST", `/v1/orders/${id}/hold`, { headers: { "if-match": "nonsense" } })).status, 400);
});

test("API-25 personal data is in the order's own address only, and reading it is recorded", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{ note: "Leave it with Herr Nachbar" }]);
  const personal = /Kowalska|Hafenstr|1000@example|Nachbar/;

  const elsewhere = await Promise.all([
    at.ask("GET", "/v1/orders"),
    at.ask("GET", "/v1/orders?q=Kowalska"),
    at.ask("GET", `/v1/orders/${id}/events`),
    at.ask("GET", "/v1/fulfillment-orders"),
    at.ask("POST", `/v1/orders/${id}/hold`),
  ]);
  const before = at.engine.log.lines.length;
  const order = await at.ask("GET", `/v1/orders/${id}`);

  for (const answer of elsewhere) assert.doesNotMatch(answer.text, personal);
  assert.match(order.text, personal);
  const logged = at.engine.log.lines.slice(before);
  assert.deepEqual(
    logged.map((line) => [line.message, line.fields["order"]]),
    [["personal data was read", id]],
  );
  assert.doesNotMatch(JSON.stringify(at.engine.log.lines), personal);
});

test("API-26 profit counts every cost at the workspace's rates, and is unknown where one is missing", async (t) => {
  const usd = { MUG: [{ supplier: "acme", sku: "A-MUG", cost: "4.00", currency: "USD" }] };
  const suppliers = { acme: { settings: { shippingCost: "1.50" }, account: { currency: "USD" } } };
  const at = await aServer(t, { suppliers, links: usd, stock: [], workspace: { rates: { USD: "0.5" } } });
  const without = await aServer(t, { suppliers, links: usd, stock: [] });
  const money = async (server: TestServer, change: Partial<ChannelOrder>) => {
    const [id] = await server.orders([{ channelOrderId: "m", ...change }]);
    return (await server.ask("GET", `/v1/orders/${id}`)).body["money"] as unknown as {
      sold: { amount: string };
      goods: { amount: string; currency: string }[];
      shipping: { amount: string; currency: string }[];
      profit: { amount: string; currency: string } | null;
      profit_unknown_because: string | null;
    };
  };

  const known = await money(at, { total: "20.00" });
  const unknown = await money(without, { total: "20.00" });

  assert.deepEqual(known.goods, [{ amount: "8.00", currency: "USD" }]);
  assert.deepEqual(known.shipping, [{ amount: "1.50", currency: "USD" }]);
  assert.deepEqual(known.profit, { amount: "15.25", currency: "EUR" }); // 20 − (8 + 1.50) × 0.5
  assert.equal(unknown.profit, null);
  assert.match(unknown.profit_unknown_because!, /rate .* USD to EUR/);
});
