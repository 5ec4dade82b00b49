import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { webhookTypeNames, webhookTypes } from "#domain/webhook-event.ts";
import type { WebhookAnswer } from "#domain/webhook-plan.ts";
import { notify } from "#engine/stages/notify.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { testVault } from "../../test/vault.ts";
import { aServer, type Answer } from "./testing/server.ts";

interface Webhook {
  id: string;
  url: string;
  events: string[];
  enabled: boolean;
  waiting: number;
  given_up: number;
}
const as = <T>(answer: Answer): T => answer.body as T;
const nobody = "whe_01980000-0000-7000-8000-000000000000";

/** The API with an outside that answers as told. */
async function aDesk(t: TestContext) {
  const at = await aServer(t);
  let answer: WebhookAnswer = { status: 200, retryAfterMs: null, text: "thanks" };
  const sent: { url: string; body: string }[] = [];
  at.engine.webhooks = {
    objection: (url) => (url.startsWith("https://hooks.") ? null : "Only https://hooks."),
    post: ({ url, body }) => {
      sent.push({ url, body });
      return Promise.resolve(answer);
    },
  };
  at.engine.vault = testVault(at.database, () => at.engine.clock.now());
  const add = async (body: object = {}, key = at.key): Promise<{ webhook: Webhook; secret: string }> =>
    as(await at.ask("POST", "/v1/webhooks", { key, body: { url: "https://hooks.example.com/a", ...body } }));
  return {
    ...at,
    sent,
    add,
    answers: (next: WebhookAnswer) => (answer = next),
    async deliver(): Promise<void> {
      do await notify.settle!(at.engine);
      while ((await notify.run(at.engine)) > 0);
    },
  };
}

test("WH-40 an endpoint is made with a secret that is shown once: not again for the same request, in no list and nowhere in the database", async (t) => {
  const at = await aDesk(t);
  const headers = { "idempotency-key": "once" };
  const body = { url: "https://hooks.example.com/a", events: ["order.*", "hold.opened"], description: "Bookkeeping" };
  const made = await at.ask("POST", "/v1/webhooks", { body, headers });
  assert.equal(made.status, 201);
  const { webhook, secret } = as<{ webhook: Webhook; secret: string }>(made);
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.deepEqual([webhook.url, webhook.events, webhook.enabled], [body.url, body.events, true]);

  const again = await at.ask("POST", "/v1/webhooks", { body, headers });
  assert.equal(again.headers["idempotent-replay"], "true");
  assert.deepEqual(again.body, { webhook, secret: null });
  const list = await at.ask("GET", "/v1/webhooks");
  assert.deepEqual(list.body, { webhooks: [webhook] });
  assert.deepEqual((await at.ask("GET", `/v1/webhooks/${webhook.id}`)).body, webhook);

  const Text = row({ all: col.text });
  const tables = [
    sql`select coalesce(string_agg(i::text, ' '), '') as all from idempotency i`,
    sql`select coalesce(string_agg(e::text, ' '), '') as all from webhook_endpoint e`,
    sql`select coalesce(string_agg(m::text, ' '), '') as all from management_event m`,
  ];
  for (const table of tables) {
    const { all } = await at.database.engine.one(Text, table);
    assert.ok(all.length > 0 && !all.includes(secret.slice("whsec_".length)), all);
  }
  const rotated = await at.ask("POST", `/v1/webhooks/${webhook.id}/rotate-secret`, {
    body: {},
    headers: { "idempotency-key": "turn" },
  });
  assert.match(as<{ secret: string }>(rotated).secret, /^whsec_/);
  assert.notEqual(as<{ secret: string }>(rotated).secret, secret);
});

test("WH-40 a wrong address or type is refused with what is expected, and an endpoint is changed, switched off and deleted", async (t) => {
  const at = await aDesk(t);
  for (const [body, code, words] of [
    [{ url: "https://127.0.0.1/" }, "url_invalid", /Only https:\/\/hooks\./],
    [
      { url: "https://hooks.example.com/", events: ["order.recieved"] },
      "event_unknown",
      /Did you mean order\.received\?/,
    ],
    [
      { url: "https://hooks.example.com/", events: ["webhook_endpoint.test"] },
      "event_unknown",
      /There is no event type/,
    ],
  ] as const) {
    const answer = await at.ask("POST", "/v1/webhooks", { body });
    assert.equal(answer.status, 422);
    assert.equal(as<{ code: string }>(answer).code, code);
    assert.match(as<{ detail: string }>(answer).detail, words);
  }
  assert.equal(
    (await at.ask("POST", "/v1/webhooks", { body: { url: "https://hooks.example.com/", events: [] } })).status,
    400,
  );

  const { webhook } = await at.add();
  assert.deepEqual(webhook.events, ["*"]);
  const changed = await at.ask("PUT", `/v1/webhooks/${webhook.id}`, { body: { events: ["hold.*"], enabled: false } });
  assert.deepEqual(
    [as<Webhook>(changed).events, as<Webhook>(changed).enabled, as<Webhook>(changed).url],
    [["hold.*"], false, webhook.url],
  );
  assert.equal(
    (await at.ask("PUT", `/v1/webhooks/${webhook.id}`, { body: { url: "https://127.0.0.1/" } })).status,
    422,
  );
  assert.deepEqual((await at.ask("DELETE", `/v1/webhooks/${webhook.id}`)).body, { deleted: true });
  assert.equal((await at.ask("GET", `/v1/webhooks/${webhook.id}`)).status, 404);
  const types = as<{ types: { type: string }[]; filters: string[] }>(await at.ask("GET", "/v1/webhooks/event-types"));
  assert.ok(types.types.some((each) => each.type === "order.received") && types.filters.includes("order.*"));
});

test("WH-10 the API's description has each message with its schema, beside the addresses", async (t) => {
  const at = await aServer(t);
  const { webhooks, openapi } = (await at.ask("GET", "/v1/openapi.json", { key: null })).body as unknown as {
    openapi: string;
    webhooks: Record<
      string,
      {
        post: {
          summary: string;
          requestBody: {
            content: { "application/json": { schema: { properties: { type: object; data: { required: string[] } } } } };
          };
        };
      }
    >;
  };
  assert.equal(openapi, "3.1.0");
  assert.deepEqual(Object.keys(webhooks), webhookTypeNames);
  const { summary, requestBody } = webhooks["shipment.tracking_added"]!.post;
  assert.equal(summary, webhookTypes["shipment.tracking_added"]);
  const { type, data } = requestBody.content["application/json"].schema.properties;
  assert.deepEqual(type, { const: "shipment.tracking_added" });
  assert.deepEqual(data.required, ["order", "fulfillment_order", "shipment", "carrier", "tracking_number", "accepted"]);
});

test("WH-43 each delivery is shown with its body and each of its tries, page by page, and is sent again from there", async (t) => {
  const at = await aDesk(t);
  const { webhook } = await at.add({ events: ["order.received"] });
  at.answers({ status: 500, retryAfterMs: null, text: "out of order" });
  await at.orders([{ channelOrderId: "1" }]);
  await at.deliver();
  at.answers({ status: null, problem: "Nobody answers there: the connection was refused." });
  at.engine.clock.advance(7000);
  await at.orders([{ channelOrderId: "2" }, { channelOrderId: "3" }]);
  await at.deliver();

  interface Row {
    id: string;
    type: string;
    state: string;
    attempts: number;
    last_status: number | null;
    last_problem: string | null;
    next_try_at: string | null;
  }
  const page = as<{ deliveries: Row[]; next: string }>(
    await at.ask("GET", `/v1/webhooks/${webhook.id}/deliveries?limit=2`),
  );
  assert.equal(page.deliveries.length, 2);
  const rest = as<{ deliveries: Row[]; next: null }>(
    await at.ask("GET", `/v1/webhooks/${webhook.id}/deliveries?limit=2&cursor=${page.next}`),
  );
  assert.deepEqual([rest.deliveries.length, rest.next], [1, null]);
  const [first] = rest.deliveries;
  assert.equal(first!.state, "waiting");
  assert.notEqual(first!.next_try_at, null);

  interface One {
    delivery: Row;
    body: string;
    attempts: { no: number; status: number | null; problem: string | null; answer: string; url: string }[];
  }
  const one = as<One>(await at.ask("GET", `/v1/webhooks/${webhook.id}/deliveries/${first!.id}`));
  assert.equal(one.body, at.sent[0]!.body);
  assert.deepEqual(
    one.attempts.slice(0, 1).map(({ no, status, problem, answer, url }) => ({ no, status, problem, answer, url })),
    [{ no: 1, status: 500, problem: null, answer: "out of order", url: "https://hooks.example.com/a" }],
  );

  at.answers({ status: 204, retryAfterMs: null, text: "" });
  at.engine.clock.advance(3_600_000);
  await at.deliver();
  const again = await at.ask("POST", `/v1/webhooks/${webhook.id}/deliveries/${first!.id}/resend`, { body: {} });
  assert.deepEqual(again.body, { resent: 1 });
  await at.deliver();
  const after = as<One>(await at.ask("GET", `/v1/webhooks/${webhook.id}/deliveries/${first!.id}`));
  assert.deepEqual([after.delivery.state, after.attempts.at(-1)!.status], ["delivered", 204]);
  assert.deepEqual(
    (await at.ask("POST", `/v1/webhooks/${webhook.id}/resend`, { body: { since: "2026-01-01T00:00:00Z" } })).body,
    { resent: 0 },
  );
  assert.equal((await at.ask("POST", `/v1/webhooks/${webhook.id}/test`, { body: {} })).status, 202);
  const given = await at.ask("GET", `/v1/webhooks/${webhook.id}/deliveries?state=given_up`);
  assert.deepEqual(given.body, { deliveries: [], next: null });
});

test("WH-44 another workspace's endpoints and deliveries are answered like ones that do not exist; only owners and admins see any", async (t) => {
  const at = await aDesk(t);
  const { webhook } = await at.add({}, at.rival.key);
  const mine = (await at.add()).webhook;
  await at.orders([{ channelOrderId: "1" }], at.rival);
  await at.deliver();
  const theirs = as<{ deliveries: { id: string }[] }>(
    await at.ask("GET", `/v1/webhooks/${webhook.id}/deliveries`, { key: at.rival.key }),
  ).deliveries[0]!.id;
  const noDelivery = "whd_01980000-0000-7000-8000-000000000000";
  const routes: [Parameters<typeof at.ask>[0], string, object?][] = [
    ["GET", ""],
    ["PUT", "", { enabled: false }],
    ["DELETE", ""],
    ["POST", "/rotate-secret", {}],
    ["POST", "/test", {}],
    ["POST", "/resend", { since: "2026-01-01T00:00:00Z" }],
    ["GET", "/deliveries"],
    ["GET", `/deliveries/${theirs}`],
    ["POST", `/deliveries/${theirs}/resend`, {}],
  ];
  for (const [method, path, body] of routes) {
    const foreign = await at.ask(method, `/v1/webhooks/${webhook.id}${path}`, { body });
    const absent = await at.ask(method, `/v1/webhooks/${nobody}${path.replace(theirs, noDelivery)}`, { body });
    assert.deepEqual([foreign.status, foreign.text], [404, absent.text], `${method} ${path}`);
    // Through an endpoint of one's own neither.
    if (!path.startsWith("/deliveries/")) continue;
    const through = await at.ask(method, `/v1/webhooks/${mine.id}${path}`, { body });
    assert.deepEqual([through.status, through.text], [404, absent.text]);
  }
  const list = as<{ webhooks: Webhook[] }>(await at.ask("GET", "/v1/webhooks"));
  assert.deepEqual(
    list.webhooks.map((each) => each.id),
    [mine.id],
  );
  for (const role of ["staff", "viewer", "operator", "prep", "supplier"] as const) {
    const key = await at.keyFor(at.workspaceId, role);
    assert.equal((await at.ask("GET", "/v1/webhooks", { key })).status, 403, role);
    assert.equal(
      (await at.ask("POST", "/v1/webhooks", { key, body: { url: "https://hooks.example.com/" } })).status,
      403,
      role,
    );
  }
});
