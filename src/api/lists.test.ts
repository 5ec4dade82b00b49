import assert from "node:assert/strict";
import { test } from "node:test";
import { publicId } from "#domain/ids.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { aChannelLine } from "#test/channel-order.ts";
import type { SetUpOptions } from "../../test/engine.ts";
import { signedIn } from "./testing/browser.ts";
import { aServer, type Answer, type TestServer } from "./testing/server.ts";

interface RowShown {
  id: string;
  number: string;
}
const numbers = async (at: TestServer, query: string): Promise<string[]> => {
  const answer = await at.ask("GET", `/v1/orders?${query}`);
  assert.equal(answer.status, 200, answer.text);
  return (answer.body["orders"] as unknown as RowShown[]).map((each) => each.number).sort();
};
const found = (at: TestServer, words: string): Promise<string[]> => numbers(at, `q=${encodeURIComponent(words)}`);
const hours = (at: TestServer, count: number): Date => new Date(at.engine.clock.now().getTime() + count * 3_600_000);
const line = (sku: string) => [aChannelLine(sku, 1)];

/** Four orders: late, due today, due far ahead and never; of two countries and two suppliers. */
async function four(at: TestServer): Promise<string[]> {
  const address = (country: string) => ({
    name: "Ada Kowalska",
    company: "",
    line1: "Hafenstr. 1",
    line2: "",
    city: country === "AT" ? "Wien" : "Hamburg",
    region: "",
    postcode: country === "AT" ? "1010" : "20457",
    country,
    phone: "",
    email: "",
  });
  return at.orders([
    { channelOrderId: "1", number: "LATE", shipBy: hours(at, -5), lines: line("MUG"), total: "30.00" },
    { channelOrderId: "2", number: "TODAY", shipBy: hours(at, 2), lines: line("BOWL"), total: "10.00" },
    {
      channelOrderId: "3",
      number: "AHEAD",
      shipBy: hours(at, 100),
      lines: line("MUG"),
      total: "20.00",
      shipTo: address("AT"),
    },
    { channelOrderId: "4", number: "NEVER", shipBy: null, lines: line("NEW"), total: null },
  ]);
}
const shop: SetUpOptions = {
  links: { MUG: [{ supplier: "acme", sku: "A-MUG" }], BOWL: [{ supplier: "other", sku: "O-BOWL" }] },
};

test("SV-3 words of one key are alternatives, of different keys all hold; names are found by their beginning", async (t) => {
  const at = await aServer(t, shop);
  await four(at);
  assert.deepEqual(await found(at, "sku:MUG"), ["AHEAD", "LATE"]);
  assert.deepEqual(await found(at, "sku:MUG sku:BOWL"), ["AHEAD", "LATE", "TODAY"]);
  assert.deepEqual(await found(at, "sku:MUG country:at"), ["AHEAD"]);
  assert.deepEqual(await found(at, "sku:MUG sku:BOWL supplier:ac"), ["AHEAD", "LATE"]);
  assert.deepEqual(await found(at, "supplier:acme supplier:OTHER"), ["AHEAD", "LATE", "TODAY"]);
  assert.deepEqual(await found(at, 'channel:"ACME shop" sku:BOWL'), ["TODAY"]);
  assert.deepEqual(await found(at, "channel:sandbox reason:sku_not_linked"), ["NEVER"]);
  assert.deepEqual(await found(at, `channel:${at.channel} state:waiting country:DE`), ["LATE", "TODAY"]);
  assert.deepEqual(await found(at, "channel:nowhere"), []);
  assert.deepEqual(await found(at, "reason:sku_not_linked NEV"), ["NEVER"]);
  assert.deepEqual(await numbers(at, "state=waiting&q=state:waiting,needs_attention"), ["AHEAD", "LATE", "TODAY"]);
  const answer = await at.ask("GET", "/v1/orders?q=supplier:%22ac%22%20MUG");
  assert.deepEqual(answer.body["words"] as unknown, [{ key: "supplier", value: "ac", word: "supplier:ac" }]);
  assert.equal((await at.ask("GET", "/v1/orders?q=is:gone")).status, 400);
  assert.equal((await at.ask("GET", "/v1/orders?q=owner:me")).status, 400, "a key owns nothing");
});

test("SV-4 late and due are for what has not left", async (t) => {
  const at = await aServer(t, shop);
  const [late] = await four(at);
  await at.database.engine.run(sql`update sales_order set ship_by = null where number = 'NEVER'`);
  assert.deepEqual(await found(at, "is:late"), ["LATE"]);
  assert.deepEqual(await found(at, "due:today"), ["LATE", "TODAY"]);
  assert.deepEqual(await found(at, "due:today is:late"), ["LATE"]);
  assert.deepEqual(await found(at, "due:today is:late country:AT"), []);
  await at.ask("POST", `/v1/orders/${late}/cancel`);
  assert.deepEqual(await found(at, "is:late"), []);
});

test("SV-6 received: means a day of the workspace's zone", async (t) => {
  const at = await aServer(t, shop);
  await four(at);
  const all = ["AHEAD", "LATE", "NEVER", "TODAY"];
  const now = at.engine.clock.now().toISOString().slice(0, 10);
  assert.deepEqual(await found(at, "received:today"), all);
  assert.deepEqual(await found(at, `received:${now} sku:MUG`), ["AHEAD", "LATE"]);
  await at.database.engine.run(
    sql`update sales_order set received_at = received_at - interval '1 day' where number = 'LATE'`,
  );
  assert.deepEqual(await found(at, "received:today"), ["AHEAD", "NEVER", "TODAY"]);
  assert.equal((await at.ask("GET", "/v1/orders?q=received:soon")).status, 400);
});

test("SV-5 each sort is the same list in another order, page by page, whatever arrives meanwhile", async (t) => {
  const at = await aServer(t, shop);
  await four(at);
  await at.database.engine.run(sql`update sales_order set ship_by = null where number = 'NEVER'`);
  await at.orders([
    { channelOrderId: "5", number: "TWIN", lines: line("MUG"), shipBy: hours(at, 100), total: "20.00" },
  ]);
  const paged = async (query: string, between?: () => Promise<unknown>): Promise<string[]> => {
    const all: string[] = [];
    for (let cursor = ""; ;) {
      const answer = await at.ask("GET", `/v1/orders?limit=2&${query}${cursor}`);
      assert.equal(answer.status, 200, answer.text);
      all.push(...(answer.body["orders"] as unknown as RowShown[]).map((each) => each.number));
      const next = answer.body["next"] as unknown as string | null;
      if (next === null) return all;
      cursor = `&cursor=${next}`;
      await between?.();
    }
  };
  assert.deepEqual(await paged("sort=ship_by"), ["LATE", "TODAY", "AHEAD", "TWIN", "NEVER"]);
  assert.deepEqual(await paged("sort=total"), ["LATE", "TWIN", "AHEAD", "TODAY", "NEVER"]);
  assert.deepEqual(await paged("sort=oldest"), (await paged("sort=newest")).reverse());
  assert.deepEqual(await paged("sort=ship_by&q=due:today"), ["LATE", "TODAY"]);
  assert.deepEqual(await paged("sort=ship_by&q=supplier:acme"), ["LATE", "AHEAD", "TWIN"]);
  let n = 0;
  const more = () =>
    at.orders([{ channelOrderId: `new-${++n}`, lines: line("MUG"), shipBy: hours(at, -9), total: "99.00" }]);
  assert.deepEqual(await paged("sort=total", more), ["LATE", "TWIN", "AHEAD", "TODAY", "NEVER"]);
  const foreign = (await at.ask("GET", "/v1/orders?limit=1&sort=total")).body["next"] as unknown as string;
  assert.equal((await at.ask("GET", `/v1/orders?sort=newest&cursor=${foreign}`)).status, 400);
});

test("SV-5 a page of each sort is a stretch of an index, under row-level security too", async (t) => {
  const at = await aServer(t);
  const Line = {
    columns: ["QUERY PLAN"],
    decode: (_fields: readonly string[], rows: readonly (readonly unknown[])[]) => rows.map(([text]) => String(text)),
  };
  const planOf = (statement: ReturnType<typeof sql>) =>
    at.database.api.tx(async (tx) => {
      await tx.run(sql`select use_workspace(${at.workspaceId})`);
      // Nearly empty tables: what is asked is whether the index can do it, not whether it pays here.
      for (const way of [
        sql`set local enable_seqscan = off`,
        sql`set local enable_bitmapscan = off`,
        sql`set local enable_sort = off`,
      ])
        await tx.run(way);
      return (await tx.rows(Line, statement)).join("\n");
    });
  const stretch = sql`workspace_id = ${at.workspaceId}::bigint and channel_id = 1 and headline = ${"waiting"}`;
  const shipBy = await planOf(sql`
    explain select id from sales_order
     where ${stretch} and (case when ship_by is null then 'infinity'::timestamptz else ship_by end, id) > (${"2026-11-22T00:00:00Z"}::timestamptz, ${"9"}::bigint)
       and (case when ship_by is null then 'infinity'::timestamptz else ship_by end) < ${"2026-11-23T00:00:00Z"}::timestamptz
     order by (case when ship_by is null then 'infinity'::timestamptz else ship_by end), id limit 51`);
  const total = await planOf(sql`
    explain select id from sales_order where ${stretch} and (case when total is null then -1 else total end, id) < (${"500"}::bigint, ${"9"}::bigint)
     order by case when total is null then -1 else total end desc, id desc limit 51`);
  for (const [plan, index] of [
    [shipBy, /sales_order_ship_by/],
    [total, /sales_order_total/],
  ] as const) {
    assert.match(plan, index);
    assert.match(plan, /Index Cond: .*headline = .*ROW\(\(?CASE/s);
    assert.doesNotMatch(plan, /Sort|\n +Filter/);
  }
});

interface ViewShown {
  id: string;
  name: string;
  locked: boolean;
  shared: boolean;
  words: string;
  version: number;
  count: { orders: number; or_more: boolean } | null;
}
const viewsOf = (answer: Answer): ViewShown[] => answer.body["views"] as unknown as ViewShown[];

test("VW-1 the locked views show every order between them, each with its count", async (t) => {
  const at = await aServer(t, shop);
  const ids = await four(at);
  await at.ask("POST", `/v1/orders/${ids[0]}/hold`, { body: {} });
  await at.ask("POST", `/v1/orders/${ids[1]}/cancel`);
  const views = viewsOf(await at.ask("GET", "/v1/views"));
  assert.ok(views.every((each) => each.locked && each.count !== null && !each.count.or_more));
  const count = (id: string): number => views.find((each) => each.id === id)!.count!.orders;
  assert.deepEqual(
    ["all", "needs_attention", "on_hold", "waiting", "cancelled", "channel_not_told"].map(count),
    [4, 1, 1, 1, 1, 1],
  );
  const parts = views.filter((each) => each.id !== "all" && each.id !== "channel_not_told");
  assert.equal(
    parts.reduce((sum, each) => sum + each.count!.orders, 0),
    4,
  );
  for (const { id, words } of views)
    assert.equal((await numbers(at, `q=${encodeURIComponent(words || "channel:acme")}`)).length, count(id), id);
});

test("VW-2, VW-3 a view is one's own or everybody's; only who may change orders shares one; a foreign one is not there", async (t) => {
  const at = await aServer(t, shop);
  await four(at);
  const anna = await signedIn(at, { email: "anna@example.org", role: "staff" });
  const vera = await signedIn(at, { email: "vera@example.org", role: "viewer" });
  const own = await anna.ask("POST", "/v1/views", {
    name: "Mugs",
    words: "sku:MUG",
    columns: ["total"],
    sort: "ship_by",
  });
  assert.equal(own.status, 201, own.text);
  const { id } = own.body as unknown as ViewShown;
  const shared = await anna.ask("POST", "/v1/views", { name: "Austria", words: "country:AT", shared: true });
  const names = async (who: typeof anna): Promise<[string, number][]> =>
    viewsOf(await who.ask("GET", "/v1/views"))
      .filter((each) => !each.locked)
      .map((each) => [each.name, each.count!.orders]);
  assert.deepEqual(await names(anna), [
    ["Mugs", 2],
    ["Austria", 1],
  ]);
  assert.deepEqual(await names(vera), [["Austria", 1]]);

  assert.equal((await vera.ask("PUT", `/v1/views/${id}`, { name: "Mine" })).status, 404);
  assert.equal((await vera.ask("DELETE", `/v1/views/${id}`)).status, 404);
  const sharedId = shared.body["id"] as unknown as string;
  assert.equal((await vera.ask("PUT", `/v1/views/${sharedId}`, { name: "Mine" })).status, 403);
  assert.equal((await vera.ask("DELETE", `/v1/views/${sharedId}`)).status, 403);
  assert.equal((await vera.ask("POST", "/v1/views", { name: "All of us", shared: true })).status, 403);
  assert.equal((await vera.ask("POST", "/v1/views", { name: "Hers" })).status, 201);

  assert.equal((await anna.ask("POST", "/v1/views", { name: "MUGS" })).status, 409, "the name is taken");
  assert.equal((await anna.ask("POST", "/v1/views", { name: "Wrong", words: "state:nowhere" })).status, 400);
  const changed = await anna.ask("PUT", `/v1/views/${id}`, { name: "All mugs", position: 5 });
  assert.deepEqual([changed.status, changed.body["version"], changed.body["words"]] as unknown[], [200, 2, "sku:MUG"]);
  assert.equal((await anna.ask("PUT", `/v1/views/${sharedId}`, { name: "Austria", shared: false })).status, 200);
  assert.deepEqual(await names(vera), [["Hers", 4]]);
  assert.equal((await anna.ask("DELETE", `/v1/views/${id}`)).status, 204);
  assert.deepEqual(await names(anna), [["Austria", 1]]);
});

test("VW-4 a count is exact up to a thousand and says when there are more; words that mean nothing any more hide no other view", async (t) => {
  const at = await aServer(t, shop);
  await at.orders(Array.from({ length: 1001 }, (_, n) => ({ channelOrderId: `${n}`, lines: line("MUG") })));
  const create = (name: string, words: string) => at.ask("POST", "/v1/views", { body: { name, words } });
  await create("Many", "channel:acme");
  await create("One less", "sku:MUG state:waiting");
  const many = async () => viewsOf(await at.ask("GET", "/v1/views")).filter((each) => !each.locked);
  assert.deepEqual((await many())[0]!.count, { orders: 1000, or_more: true });
  await at.database.engine.run(sql`update saved_view set words = 'state:gone' where name = 'One less'`);
  assert.deepEqual(
    (await many()).map((each) => each.count),
    [{ orders: 1000, or_more: true }, null],
  );
});

test("VW-5 the quick search finds ten of each kind at most by their beginning, and that names were shown is recorded", async (t) => {
  const at = await aServer(t, shop);
  const ids = await at.orders(
    Array.from({ length: 12 }, (_, n) => ({
      channelOrderId: `c-${n}`,
      number: `#70${String(n).padStart(2, "0")}`,
      lines: line(`SKU-${n % 3}`),
    })),
  );
  await at.orders([{ channelOrderId: "R", number: "#7099" }], at.rival);
  const search = async (q: string) =>
    (await at.ask("GET", `/v1/search?q=${encodeURIComponent(q)}`)).body as unknown as Record<
      string,
      { found: string; order: { id: string } }[]
    >;
  const byNumber = await search("70");
  assert.deepEqual(
    byNumber["orders"]!.map((each) => each.found),
    Array.from({ length: 10 }, (_, n) => `#70${String(n).padStart(2, "0")}`),
  );
  assert.deepEqual(
    (await search("#7011"))["orders"]!.map((each) => each.order.id),
    [ids[11]],
  );
  assert.deepEqual((await search("SKU"))["skus"] as unknown, ["SKU-0", "SKU-1", "SKU-2"]);
  assert.deepEqual(
    (await search("c-3"))["orders"]!.map((each) => each.order.id),
    [ids[3]],
  );
  const buyer = (await search("kow"))["buyers"]!;
  assert.equal(buyer.length, 10);
  assert.match(buyer[0]!.found, /Kowalska/);
  assert.equal((await at.ask("GET", "/v1/search?q=x")).status, 400);
  const Reads = row({ what: col.text });
  assert.deepEqual(await at.database.engine.rows(Reads, sql`select distinct what from personal_read`), [
    { what: "search" },
  ]);
  assert.deepEqual((await search(publicId("order", "01980000-0000-7000-8000-000000000000")))["orders"], []);
});

interface RowOfAxes {
  items: unknown;
  payment: string;
  sourcing: { code: string };
  shipping: { title: string };
  actions: Record<string, { allowed: boolean; why?: string }>;
}
test("UI-11 a row says payment, sourcing and shipping apart, what it is made of, and what may be done to it", async (t) => {
  const at = await aServer(t, shop);
  const [both] = await at.orders([
    {
      channelOrderId: "1",
      number: "BOTH",
      lines: [aChannelLine("BOWL", 3), { ...aChannelLine("MUG", 1), channelLineId: "2" }],
    },
    { channelOrderId: "2", number: "NEW", lines: line("NOPE") },
  ]);
  const rowOf = async (number: string, key?: string) =>
    (
      (await at.ask("GET", `/v1/orders?q=${number}`, key === undefined ? {} : { key })).body[
        "orders"
      ] as unknown as RowOfAxes[]
    )[0]!;

  const row = await rowOf("BOTH");
  assert.deepEqual(row.items, { sku: "BOWL", title: aChannelLine("BOWL", 3).title, quantity: 3, lines: 2 });
  assert.equal(row.payment, "paid");
  assert.equal(row.sourcing.code, "waiting");
  assert.deepEqual(row.shipping.title, "Not shipped");
  assert.deepEqual(row.actions["hold"], { allowed: true });
  assert.deepEqual(row.actions["release"], { allowed: false, why: "Nothing stops it: it goes on by itself." });

  await at.ask("POST", `/v1/orders/${both}/hold`);
  const held = await rowOf("BOTH");
  const detail = (await at.ask("GET", `/v1/orders/${both}`)).body["actions"];
  assert.deepEqual(held.actions, detail, "the same verdicts as on its own page");
  const viewer = await at.keyFor(at.workspaceId, "viewer");
  assert.equal((await rowOf("BOTH", viewer)).actions["hold"]?.allowed, false);
});

test("UI-92 a row says what the order brings, as its own page does, to whoever may see money", async (t) => {
  const usd = { MUG: [{ supplier: "acme", sku: "A-MUG", cost: "4.00", currency: "USD" }] };
  const suppliers = { acme: { settings: { shippingCost: "1.50" }, account: { currency: "USD" } } };
  const at = await aServer(t, { suppliers, links: usd, stock: [], workspace: { rates: { USD: "0.5" } } });
  const fee = { ...aChannelLine("FEE", 1), channelLineId: "fee", kind: "fee" as const, fulfilledBy: "nobody" as const };
  const ids = await at.orders([
    { channelOrderId: "1", number: "EXPECTED", lines: line("MUG"), total: "20.00" },
    { channelOrderId: "2", number: "BOUGHT", lines: [aChannelLine("MUG", 3), fee], total: null },
    { channelOrderId: "3", number: "GIVEN-BACK", lines: [aChannelLine("MUG", 2)], total: null },
    { channelOrderId: "4", number: "NOBODY-SELLS", lines: line("NEW"), total: "9.99" },
    { channelOrderId: "5", number: "EDITED", lines: [aChannelLine("MUG", 4)], total: null },
  ]);
  const [, bought, back, , edited] = ids;
  const part = async (id: string) =>
    ((await at.ask("GET", `/v1/orders/${id}`)).body["fulfillment_orders"] as unknown as { id: string }[])[0]!.id;
  const onDesk = `/v1/fulfillment-orders/${await part(bought!)}`;
  assert.equal((await at.ask("POST", `${onDesk}/take-over`)).status, 200);
  const paid = { supplier_order_id: "AC-1", cost: { amount: "15.25", currency: "USD" } };
  const placed = await at.ask("POST", `${onDesk}/placed`, { body: paid });
  assert.equal(placed.status, 200, placed.text);
  const cancelled = await at.ask("POST", `/v1/orders/${back}/cancel`, {
    body: { lines: [{ line_no: 1, quantity: 1 }] },
  });
  assert.equal(cancelled.status, 200, cancelled.text);
  const more = await at.ask("POST", `/v1/orders/${edited}/edit`, { body: { lines: [{ line_no: 1, quantity: 2 }] } });
  assert.equal(more.status, 200, more.text);

  interface Brings {
    id: string;
    total: unknown;
    profit: { amount: string; currency: string } | null;
    profit_unknown_because: string | null;
  }
  const rows = async (key?: string) =>
    (await at.ask("GET", "/v1/orders", key === undefined ? {} : { key })).body["orders"] as unknown as Brings[];
  const shown = await rows();
  for (const id of ids) {
    const { money } = (await at.ask("GET", `/v1/orders/${id}`)).body as unknown as { money: Brings };
    const row = shown.find((each) => each.id === id)!;
    assert.deepEqual(
      [row.profit, row.profit_unknown_because],
      [money.profit, money.profit_unknown_because],
      "as its own page",
    );
  }
  const amounts = ids.map((id) => shown.find((each) => each.id === id)!.profit?.amount ?? null);
  assert.deepEqual(amounts.slice(0, 1), ["17.25"]); // 20 − (4 + 1.50) × 0.5
  assert.equal(amounts[3], null);
  assert.equal(new Set(amounts).size, 5);

  for (const role of ["viewer", "staff"] as const)
    assert.deepEqual(await rows(await at.keyFor(at.workspaceId, role)).then(profits), profits(shown), role);
  const operator = await rows(await at.keyFor(at.workspaceId, "operator"));
  assert.equal(operator.length, 5);
  assert.ok(operator.every((row) => row.profit === null && row.profit_unknown_because === null && row.total === null));
  for (const role of ["prep", "supplier"] as const)
    assert.equal((await at.ask("GET", "/v1/orders", { key: await at.keyFor(at.workspaceId, role) })).status, 403);
});
const profits = (rows: readonly { profit: unknown }[]): unknown[] => rows.map(({ profit }) => profit);

test("UI-12 how many orders words find is counted", async (t) => {
  const at = await aServer(t, shop);
  await four(at);
  const count = async (q: string) => (await at.ask("GET", `/v1/orders/found?q=${encodeURIComponent(q)}`)).body;
  assert.deepEqual(await count(""), { orders: 4, or_more: false });
  assert.deepEqual(await count("sku:MUG country:at"), { orders: 1, or_more: false });
  assert.equal((await at.ask("GET", "/v1/orders/found?q=is:gone")).status, 400);
});
