import assert from "node:assert/strict";
import { test } from "node:test";
import { publicId } from "#domain/ids.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { aServer } from "./testing/server.ts";

const Count = row({ n: col.int });
const Public = row({ publicId: col.text });
const nobody = "01980000-0000-7000-8000-000000000000";

test("API-1 a key is shown once and kept as prefix and digest; a wrong, revoked or expired one is refused alike", async (t) => {
  const at = await aServer(t);
  const Key = row({ prefix: col.text, digest: col.text });
  const [kept] = await at.database.engine.rows(Key, sql`select prefix, digest from api_key order by id`);
  const [, prefix, secret] = at.key.split("_");

  assert.match(at.key, /^swk_[0-9a-f]{12}_[0-9a-f]{64}$/);
  assert.equal(kept!.prefix, prefix);
  assert.ok(!kept!.digest.includes(secret!));
  assert.equal((await at.ask("GET", "/v1/orders")).status, 200);

  const wrong = [
    `swk_${prefix}_${"0".repeat(64)}`,
    `swk_${"0".repeat(12)}_${secret}`,
    "swk_",
    `${at.key}x`,
    "x".repeat(300),
  ];
  const answers = [];
  for (const key of wrong) answers.push(await at.ask("GET", "/v1/orders", { key }));
  await at.database.engine.run(sql`update api_key set revoked_at = created_at where prefix = ${prefix!}`);
  answers.push(await at.ask("GET", "/v1/orders"));
  const rivals = at.rival.key.split("_")[1]!;
  await at.database.engine.run(sql`update api_key set expires_at = ${at.engine.clock.now()} where prefix = ${rivals}`);
  answers.push(await at.ask("GET", "/v1/orders", { key: at.rival.key }));

  assert.equal(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size, 1);
  assert.equal(answers[0]!.status, 401);
  assert.match(String(answers[0]!.headers["www-authenticate"]), /^Bearer/);
});

test("API-2 another workspace's ids are answered like ids that do not exist, at every address", async (t) => {
  const at = await aServer(t);
  const [order] = await at.orders([{ channelOrderId: "1" }], at.rival);
  const one = (statement: ReturnType<typeof sql>) => at.database.engine.one(Public, statement);
  const rival = at.rival.workspaceId;
  const part = (await one(sql`select public_id from fulfillment_order where workspace_id = ${rival}`)).publicId;
  const supplier = (await one(sql`select public_id from supplier where workspace_id = ${rival} order by id limit 1`))
    .publicId;
  const account = (
    await one(sql`select public_id from supplier_account where workspace_id = ${rival} order by id limit 1`)
  ).publicId;
  const channel = (await one(sql`select public_id from channel where workspace_id = ${rival}`)).publicId;
  const hold = await at.ask("POST", `/v1/orders/${order}/hold`, { key: at.rival.key });
  assert.equal(hold.status, 200);
  const holdId = (await one(sql`select public_id from hold where workspace_id = ${rival}`)).publicId;

  const theirs = {
    order: order!,
    part: publicId("fulfillmentOrder", part),
    account: publicId("account", account),
    shipment: publicId("shipment", part), // of another kind: no shipment has it
    hold: publicId("hold", holdId),
  };
  const absent = {
    order: publicId("order", nobody),
    part: publicId("fulfillmentOrder", nobody),
    account: publicId("account", nobody),
    shipment: publicId("shipment", nobody),
    hold: publicId("hold", nobody),
  };
  const address = {
    name: "A",
    line1: "B",
    city: "C",
    country: "DE",
  };
  const requests = (id: typeof theirs): ["GET" | "POST", string, unknown?][] => [
    ["GET", `/v1/orders/${id.order}`],
    ["GET", `/v1/orders/${id.order}/events`],
    ["POST", `/v1/orders/${id.order}/release`, {}],
    ["POST", `/v1/orders/${id.order}/process`, {}],
    ["POST", `/v1/orders/${id.order}/hold`, {}],
    ["POST", `/v1/orders/${id.order}/unhold`, {}],
    ["POST", `/v1/orders/${id.order}/cancel`, {}],
    ["POST", `/v1/orders/${id.order}/edit`, { address }],
    ["POST", `/v1/orders/${id.order}/cancellations/1/accept`, {}],
    ["POST", `/v1/orders/${id.order}/cancellations/1/refuse`, {}],
    ["POST", `/v1/orders/${id.order}/holds/${id.hold}/dismiss`, {}],
    ["POST", `/v1/orders/${id.order}/holds/${id.hold}/answer`, { take: "ours" }],
    ["POST", `/v1/fulfillment-orders/${id.part}/choose-supplier`, { supplier: publicId("supplier", nobody) }],
    ["POST", `/v1/fulfillment-orders/${id.part}/take-over`, {}],
    ["POST", `/v1/fulfillment-orders/${id.part}/placed`, { supplier_order_id: "1" }],
    ["POST", `/v1/fulfillment-orders/${id.part}/not-placed`, { reason: "out_of_stock" }],
    ["POST", `/v1/fulfillment-orders/${id.part}/give-back`, {}],
    ["POST", `/v1/fulfillment-orders/${id.part}/attempts/1/confirm-bought`, { supplier_order_id: "1" }],
    ["POST", `/v1/fulfillment-orders/${id.part}/attempts/1/confirm-not-bought`, { reason: "looked" }],
    ["POST", `/v1/fulfillment-orders/${id.part}/tracking`, { carrier: "ups", tracking_number: "1Z" }],
    ["POST", `/v1/fulfillment-orders/${id.part}/confirm-tracking`, {}],
    ["POST", `/v1/fulfillment-orders/${id.part}/supplier-answered`, { granted: "all" }],
    ["POST", `/v1/fulfillment-orders/${id.part}/print`, {}],
    ["POST", `/v1/fulfillment-orders/${id.part}/collect`, { supplier_sku: "X" }],
    ["POST", `/v1/fulfillment-orders/${id.part}/back`, {}],
    ["POST", `/v1/fulfillment-orders/${id.part}/put-back`, { supplier_sku: "X" }],
    ["POST", `/v1/fulfillment-orders/${id.part}/ship`, { carrier: "ups", tracking_number: "1Z" }],
    ["POST", `/v1/shipments/${id.shipment}/resend`, {}],
    ["POST", `/v1/shipments/${id.shipment}/told-by-hand`, { evidence: "seen" }],
    ["POST", `/v1/shipments/${id.shipment}/parcels/1/confirm-shared`, {}],
    ["POST", `/v1/shipments/${id.shipment}/parcels/1/delivered`, {}],
    ["POST", `/v1/shipments/${id.shipment}/parcels/1/correct`, { carrier: "ups", tracking_number: "1Z" }],
    ["GET", `/v1/imports/imp_${id.order.slice(4)}`],
    ["POST", `/v1/set-aside/imp_${id.order.slice(4)}/1/resolve`, { ignore: "a test" }],
    ["GET", `/v1/ledger/${id.account}/transactions`],
    ["POST", `/v1/ledger/${id.account}/top-up`, { amount: "1", reference: "r" }],
    ["POST", `/v1/ledger/${id.account}/correction`, { amount: "1", reference: "r" }],
  ];

  const answers: string[] = [];
  for (const [method, url, body] of [...requests(theirs), ...requests(absent)]) {
    const answer = await at.ask(method, url, { body });
    assert.equal(answer.status, 404, `${method} ${url}: ${answer.text}`);
    answers.push(answer.text);
  }
  answers.push((await at.ask("GET", "/v1/orders/ord_nonsense")).text);
  answers.push((await at.ask("GET", `/v1/orders/${theirs.part}`)).text);

  assert.equal(new Set(answers).size, 1);
  const filtered = [
    `/v1/orders?supplier=${publicId("supplier", supplier)}`,
    `/v1/orders?channel=${publicId("channel", channel)}`,
    `/v1/orders?q=%231`,
    `/v1/orders?q=Mia`,
    `/v1/fulfillment-orders?supplier=${publicId("supplier", supplier)}`,
  ];
  for (const url of filtered) {
    const { body } = await at.ask("GET", url);
    assert.deepEqual((body["orders"] ?? body["fulfillment_orders"]) as unknown, [], url);
  }
  const foreignIds = [publicId("supplier", supplier), publicId("supplier", nobody)];
  const links = await Promise.all(
    foreignIds.map((id) =>
      at.ask("PUT", "/v1/product-links", {
        body: {
          sku: "MUG",
          options: [{ supplier: id, supplier_sku: "X", unit_cost: "1", currency: "EUR" }],
        },
      }),
    ),
  );
  assert.deepEqual(
    links.map((answer) => answer.status),
    [422, 422],
  );
  assert.equal(links[0]!.text, links[1]!.text);
});

test("API-3 without a key the sandbox answers this machine, and nothing else does", async (t) => {
  const at = await aServer(t);
  await at.orders([{ channelOrderId: "mine" }]);
  const ask = (headers: Record<string, string>, peer?: string) =>
    at.ask("GET", "/v1/orders", { key: null, headers, ...(peer === undefined ? {} : { peer }) });

  const open = await ask({});
  assert.equal(open.status, 200);
  assert.deepEqual(open.body["orders"] as unknown, []);
  assert.equal((await ask({ "x-switchyard-workspace": "sandbox", authorization: "Bearer nonsense" })).status, 200);
  assert.equal((await ask({}, "127.0.0.5")).status, 200);
  assert.equal((await ask({ "sec-fetch-site": "same-origin", origin: "http://localhost:80" })).status, 200);

  const refused: [Record<string, string>, string?][] = [
    [{}, "10.1.2.3"],
    [{}, "::ffff:10.1.2.3"],
    [{ "x-forwarded-for": "1.2.3.4" }],
    [{ "x-forwarded-host": "shop.example" }],
    [{ forwarded: "for=1.2.3.4" }],
    [{ via: "1.1 proxy" }],
    [{ "x-real-ip": "127.0.0.1" }],
    [{ origin: "https://evil.example" }],
    [{ origin: "null" }],
    [{ "sec-fetch-site": "cross-site" }],
    [{ "x-switchyard-workspace": "acme" }],
  ];
  for (const [headers, peer] of refused) {
    const answer = await ask(headers, peer);
    assert.equal(answer.status, 401, JSON.stringify([headers, peer]));
    assert.match(answer.body["next"] as unknown as string, /key create/);
  }
});

test("API-4 a request to another host name is refused, with and without a key", async (t) => {
  const at = await aServer(t, {}, { hosts: ["orders.example"] });
  const ask = (host: string) => at.ask("GET", "/v1/orders", { headers: { host } });

  for (const host of ["localhost:4400", "127.0.0.1:4400", "[::1]:4400", "LOCALHOST", "orders.example"])
    assert.equal((await ask(host)).status, 200, host);
  for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:4400", "a@localhost"])
    assert.equal((await ask(host)).status, 421, host);
});

test("API-5 roles: staff may write, a viewer may read, an operator places, the desks are refused with the reason", async (t) => {
  const at = await aServer(t);
  const [order] = await at.orders([{}]);
  const [viewer, staff, operator, prep] = await Promise.all(
    (["viewer", "staff", "operator", "prep"] as const).map((role) => at.keyFor(at.workspaceId, role)),
  );

  assert.equal((await at.ask("GET", `/v1/orders/${order}`, { key: viewer! })).status, 200);
  const refused = await at.ask("POST", `/v1/orders/${order}/hold`, { key: viewer! });
  assert.equal(refused.status, 403);
  assert.match(refused.body["detail"] as unknown as string, /viewer/);
  const seen = await at.ask("GET", `/v1/orders/${order}`, { key: viewer! });
  const actions = seen.body["actions"] as unknown as Record<string, { allowed: boolean; why: string }>;
  assert.deepEqual([...new Set(Object.values(actions).map((each) => each.allowed))], [false]);
  assert.match(actions["cancel"]!.why, /viewer/);
  assert.equal((await at.ask("GET", "/v1/orders", { key: operator! })).status, 200);
  assert.equal((await at.ask("POST", `/v1/orders/${order}/hold`, { key: operator! })).status, 403);
  const shut = await at.ask("GET", "/v1/orders", { key: prep! });
  assert.equal(shut.status, 403);
  assert.match(shut.body["detail"] as unknown as string, /Your role is prep: it may not look at orders/);
  assert.equal((await at.ask("POST", `/v1/orders/${order}/hold`, { key: staff! })).status, 200);
});

test("API-6 a key has 20 requests a second and 100 at once, and hears how long to wait", async (t) => {
  const at = await aServer(t, {}, { limits: {} });

  const answers = [];
  for (let n = 0; n < 102; n += 1) answers.push(await at.ask("GET", "/v1/reasons"));
  const neighbour = await at.ask("GET", "/v1/reasons", { key: at.rival.key });
  at.engine.clock.advance(100);
  const later = [
    await at.ask("GET", "/v1/reasons"),
    await at.ask("GET", "/v1/reasons"),
    await at.ask("GET", "/v1/reasons"),
  ];

  assert.equal(answers.filter((answer) => answer.status === 200).length, 100);
  assert.equal(answers[0]!.headers["ratelimit-remaining"], "99");
  assert.equal(answers.at(-1)!.status, 429);
  assert.equal(answers.at(-1)!.headers["retry-after"], "1");
  assert.equal(answers.at(-1)!.body["code"] as unknown, "too_many_requests");
  assert.equal(neighbour.status, 200);
  assert.deepEqual(
    later.map((answer) => answer.status),
    [200, 200, 429],
  );
});

test("API-7 the API's role sees nothing until a workspace is named, and nothing of another one then", async (t) => {
  const at = await aServer(t);
  await at.orders([{ channelOrderId: "1" }]);
  await at.orders([{ channelOrderId: "2" }, { channelOrderId: "3" }], at.rival);
  const all = sql`select count(*)::int as n from sales_order`;

  assert.equal((await at.database.api.one(Count, all)).n, 0);
  const mine = await inWorkspace(at.database.api, at.workspaceId, (tx) => tx.one(Count, all));
  assert.equal(mine.n, 1);
  assert.equal((await at.database.api.one(Count, all)).n, 0);
  await assert.rejects(at.database.api.one(Count, sql`select count(*)::int as n from api_key`), /permission denied/);
  await assert.rejects(at.database.api.one(Count, sql`select count(*)::int as n from workspace`), /permission denied/);
});
