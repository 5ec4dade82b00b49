// The typed client against the API on a real port.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { buildApi } from "#api/server.ts";
import { aServer, type TestServer } from "#api/testing/server.ts";
import type { Clock } from "#domain/clock.ts";
import { signWebhook } from "#engine/webhooks/signature.ts";
import { openDb } from "#store/db.ts";
import {
  createSwitchyardClient,
  SwitchyardProblem,
  verifyWebhook,
  WebhookRefused,
  type ClientOptions,
  type Schema,
} from "../client/index.ts";
import { apiDescription } from "./api-description.ts";
import { clientTypes, formatted } from "./client-types.ts";

const root = join(import.meta.dirname, "..");

interface At extends TestServer {
  client: ReturnType<typeof createSwitchyardClient>;
  withOptions(options: ClientOptions): ReturnType<typeof createSwitchyardClient>;
}
/** As another process would serve it: on a real port, with pools and pauses of its own. */
async function listening(t: TestContext): Promise<At> {
  const at = await aServer(t);
  const clock: Clock = {
    now: () => at.engine.clock.now(),
    sleep: (ms, signal) => pause(ms, undefined, { signal }).catch(() => {}) as Promise<void>,
  };
  const [api, engine] = (["switchyard_api", "switchyard_engine"] as const).map((role) =>
    openDb(at.database.config(role), { max: 4, clock }),
  );
  const { signIn, engine: own } = at;
  const limits = { perSecond: 1000, burst: 100_000 };
  const app = await buildApi({ db: { api: api!, engine: engine! }, engine: own, signIn, clock, log: own.log, limits });
  await app.listen({ host: "127.0.0.1", port: 0 });
  t.after(async () => {
    await app.close();
    await Promise.all([api!.end(), engine!.end()]);
  });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const withOptions = (options: ClientOptions) => createSwitchyardClient({ baseUrl: url, key: at.key, ...options });
  return { ...at, client: withOptions({}), withOptions };
}

/** A server of our own that answers as the test says. */
async function answering(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const problemOf = async (asked: Promise<unknown>): Promise<SwitchyardProblem> => {
  try {
    await asked;
  } catch (error) {
    if (error instanceof SwitchyardProblem) return error;
    throw error;
  }
  return assert.fail("nothing was refused");
};

test("TC-1 the client's types are what the server's description says", async () => {
  const written = readFileSync(join(root, "client/schema.d.ts"), "utf8");

  const lines = written.split("\n");
  const stale = (await formatted(clientTypes(await apiDescription())))
    .split("\n")
    .find((line, no) => line !== lines[no]);
  assert.equal(stale, undefined, "Run `npm run client` and commit client/schema.d.ts.");
});

test("TC-1 each schema has one name, and a body that may be left out is optional", async () => {
  const { components, paths } = await apiDescription();

  const names = Object.keys(components.schemas);
  assert.ok(["Order", "OrderRow", "Problem", "NewOrder", "LiveOrders"].every((name) => names.includes(name)));
  for (const name of names.filter((each) => each.endsWith("Input")))
    assert.notDeepEqual(components.schemas[name], components.schemas[name.slice(0, -5)], name);
  assert.equal(paths["/v1/orders/{id}/release"]!["post"]!.requestBody!.required, false);
  assert.equal(paths["/v1/orders"]!["post"]!.requestBody!.required, true);
  assert.deepEqual(Object.keys(paths["/v1/orders"]!["get"]!.responses["default"]!.content!), [
    "application/problem+json",
  ]);
});

test("TC-2 a call answers what the address answers; a refusal says what is wrong, where, and the way out", async (t) => {
  const { client, withOptions, ...at } = await listening(t);
  const [id = ""] = await at.orders([{ channelOrderId: "A1" }]);

  const { orders } = await client.get("/v1/orders", { query: { q: "A1", limit: 5 } });
  const order = await client.get("/v1/orders/{id}", { path: { id } });
  assert.deepEqual(
    orders.map((each) => each.id),
    [id],
  );
  assert.equal(order.number, orders[0]!.number);

  const wrong = await problemOf(client.get("/v1/orders", { query: { limit: 999 } }));
  assert.deepEqual(
    [wrong.status, wrong.code, wrong.field, wrong.errors[0]?.expected],
    [400, "invalid_request", "query.limit", "at most 200"],
  );
  assert.match(wrong.message, /query\.limit: found "999"/);
  assert.match(wrong.next, /Correct the fields/);
  const absent = await problemOf(client.get("/v1/orders/{id}", { path: { id: "../members?x=1#y" } }));
  assert.deepEqual([absent.status, absent.code], [404, "not_found"]);
  const stranger = await problemOf(withOptions({ key: "swk_nobody" }).get("/v1/orders"));
  assert.deepEqual([stranger.status, stranger.code], [401, "no_valid_key"]);

  // No server, a proxy's page, an abort.
  const nobody = await problemOf(
    createSwitchyardClient({ baseUrl: "http://127.0.0.1:9", retries: 0 }).get("/v1/orders"),
  );
  assert.deepEqual([nobody.status, nobody.code], [0, "no_answer"]);
  const proxy = await answering(t, (_, response) =>
    response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>"),
  );
  const strange = await problemOf(createSwitchyardClient({ baseUrl: proxy, retries: 0 }).get("/v1/orders"));
  assert.deepEqual([strange.status, strange.code], [502, "other_answer"]);
  assert.match(strange.message, /Bad gateway/);
  await assert.rejects(client.get("/v1/orders", { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("TC-2 a file goes out as its bytes, of its kind, and comes back as they were", async (t) => {
  const { client, ...at } = await listening(t);
  const [id = ""] = await at.orders([{}]);
  const bytes = Uint8Array.from([0x61, 0xc3, 0xa9, 0x0d, 0x0a]);

  const body = new Blob([bytes], { type: "text/plain" });
  const file = await client.post("/v1/orders/{id}/attachments", { path: { id }, query: { name: "note.txt" }, body });
  const back = await client.get("/v1/orders/{id}/attachments/{attachment}", { path: { id, attachment: file.id } });

  assert.deepEqual([file.name, file.size], ["note.txt", bytes.length]);
  assert.deepEqual(new Uint8Array(await back.arrayBuffer()), bytes);
});

test("TC-3 every POST has a key of its own; with that of a lost answer the order is made once", async (t) => {
  const { channel, withOptions } = await listening(t);
  const sent: (string | null)[] = [];
  let lose = true;
  const lossy = withOptions({
    fetch: async (input, init) => {
      sent.push((input as Request).headers.get("idempotency-key"));
      const answer = await fetch(input, init);
      if (lose) throw new TypeError("the line went dead");
      return answer;
    },
  });
  const body = newOrder(channel, "LOST-1");

  const lost = await problemOf(lossy.post("/v1/orders", { body }));
  lose = false;
  assert.deepEqual([lost.code, lost.idempotencyKey], ["no_answer", sent[0]]);
  assert.equal(sent.length, 1, "a POST is never sent again by itself");
  const again = await lossy.post("/v1/orders", { body, idempotencyKey: lost.idempotencyKey! });
  assert.equal(again.outcome, "created", "the first answer, once more");
  const fresh = await lossy.post("/v1/orders", { body });
  assert.deepEqual([fresh.id, fresh.outcome], [again.id, "existing"]);
  assert.match(sent[0]!, /^[0-9a-f]{32}$/);
  assert.equal(new Set(sent).size, 2);

  const own = withOptions({ makeIdempotencyKey: () => "mine" });
  await own.post("/v1/orders/{id}/hold", { path: { id: again.id }, body: { note: "x" } });
  const reused = await problemOf(own.post("/v1/orders/{id}/unhold", { path: { id: again.id } }));
  assert.deepEqual(
    [reused.status, reused.code, reused.details.first_use?.route],
    [422, "idempotency_key_reused", `POST /v1/orders/${again.id}/hold`],
  );
});

test("TC-4 an action on a version that is gone changes nothing", async (t) => {
  const { client, ...at } = await listening(t);
  const [id = ""] = await at.orders([{}]);
  const { version } = await client.get("/v1/orders/{id}", { path: { id } });

  const { order } = await client.post("/v1/orders/{id}/hold", { path: { id }, ifMatch: version });
  const late = await problemOf(client.post("/v1/orders/{id}/unhold", { path: { id }, ifMatch: version }));

  assert.equal(order.headline, "on_hold");
  assert.deepEqual([late.status, late.code], [412, "version_changed"]);
  assert.equal((await client.get("/v1/orders/{id}", { path: { id } })).version, order.version);
});

test("TC-5 a list is read page by page, or item by item, to the end", async (t) => {
  const { withOptions, ...at } = await listening(t);
  const ids = await at.orders(Array.from({ length: 7 }, (_, no) => ({ channelOrderId: `P${no}` })));
  let asked = 0;
  const client = withOptions({ fetch: (...request) => ((asked += 1), fetch(...request)) });

  const sizes: number[] = [];
  for await (const { orders } of client.pages("/v1/orders", { query: { limit: 3 } })) sizes.push(orders.length);
  assert.deepEqual(sizes, [3, 3, 1]);

  asked = 0;
  const seen: string[] = [];
  for await (const order of client.each("/v1/orders", { query: { limit: 3 } })) seen.push(order.id);
  assert.deepEqual(seen.toSorted(), ids.toSorted());
  assert.equal(asked, 3);

  asked = 0;
  for await (const order of client.each("/v1/orders", { query: { limit: 3 } })) if (order.id !== "") break;
  assert.equal(asked, 1, "a page that nobody asks for is not fetched");
});

test("TC-6 what was surely not done is sent again, and nothing else", async (t) => {
  const answers: (readonly [status: number, retryAfter?: string])[] = [];
  const asked: string[] = [];
  const url = await answering(t, (request, response) => {
    asked.push(request.method!);
    const [status, after] = answers.shift() ?? [200];
    response.writeHead(status, {
      "content-type": "application/json",
      ...(after === undefined ? {} : { "retry-after": after }),
    });
    response.end(
      status === 200
        ? '{"works":true}'
        : JSON.stringify({ type: "", title: "", status, code: "busy", detail: "Busy.", next: "Wait." }),
    );
  });
  const client = createSwitchyardClient({ baseUrl: url });
  const post = () => client.post("/v1/orders/{id}/release", { path: { id: "x" } });
  const tries = async (wish: () => Promise<unknown>, ...planned: (readonly [number, string?])[]): Promise<unknown> => {
    answers.splice(0, answers.length, ...planned);
    asked.length = 0;
    const ended = await wish().then(
      () => 200,
      (error: SwitchyardProblem) => error.status,
    );
    return [ended, asked.length];
  };

  assert.deepEqual(await tries(() => client.get("/v1/orders"), [503], [502]), [200, 3]);
  assert.deepEqual(await tries(() => client.get("/v1/orders"), [503, "0"], [503, "0"], [503, "0"]), [503, 3]);
  assert.deepEqual(await tries(() => client.get("/v1/orders"), [500]), [500, 1]);
  assert.deepEqual(await tries(post, [429, "0"]), [200, 2]);
  assert.deepEqual(await tries(post, [503, "0"]), [503, 1]);
  assert.deepEqual(await tries(post, [429, "3600"]), [429, 1], "nobody waits for an hour");
});

test("TC-7 live events go on where they were, over a lost connection", async (t) => {
  const { client, withOptions, ...at } = await listening(t);
  const [id = ""] = await at.orders([{ channelOrderId: "L1" }]);
  const stop = new AbortController();
  const resumed: (string | null)[] = [];
  const states: string[] = [];
  let cut = (): void => {};
  const flaky = withOptions({
    fetch: async (input, init) => {
      resumed.push(new Headers(init?.headers).get("last-event-id"));
      const gone = new AbortController();
      cut = () => gone.abort();
      return fetch(input, { ...init, signal: AbortSignal.any([gone.signal, init!.signal!]) });
    },
  });

  const seen: [string, string | null, Schema<"Headline"> | null][] = [];
  const following = (async () => {
    for await (const event of flaky.events({ signal: stop.signal, onConnection: (state) => states.push(state) })) {
      seen.push([event.type, event.id, event.type === "orders" ? event.data.orders[0]!.headline : null]);
      if (event.type === "ready" && seen.length === 1) await client.post("/v1/orders/{id}/hold", { path: { id } });
      if (event.type === "orders" && seen.filter(([type]) => type === "orders").length === 1) {
        cut();
        await client.post("/v1/orders/{id}/unhold", { path: { id } });
      }
      if (seen.filter(([type]) => type === "orders").length === 2) stop.abort();
    }
  })();
  await following;

  const orders = seen.filter(([type]) => type === "orders");
  assert.equal(orders[0]![2], "on_hold");
  assert.notEqual(orders[1]![2], "on_hold");
  assert.deepEqual(resumed, [null, orders[0]![1]]);
  assert.deepEqual(states, ["open", "waiting", "open"]);
});

test("TC-7 the stream ends with a problem when it may not be followed, and comes back from a server that is away", async (t) => {
  let no = 0;
  const url = await answering(t, (_, response) => {
    no += 1;
    if (no === 1) return void response.writeHead(503, { "retry-after": "0" }).end();
    response.writeHead(200, { "content-type": "text/event-stream" });
    // Cut anywhere, also in the middle of a letter and of a line break.
    const bytes = Buffer.from(
      ': hi\n\nid: 7\nevent: orders\ndata: {"at":"é","orders":[],"more":false}\n\nevent: end\ndata: {"why":"Your membership ended."}\n\n',
    );
    for (const byte of bytes) response.write(Buffer.from([byte]));
    response.end();
  });
  const seen: unknown[] = [];

  const problem = await problemOf(
    (async () => {
      for await (const event of createSwitchyardClient({ baseUrl: url }).events()) seen.push(event);
    })(),
  );

  assert.deepEqual(seen, [{ type: "orders", id: "7", data: { at: "é", orders: [], more: false } }]);
  assert.deepEqual([problem.code, problem.message], ["stream_ended", "Your membership ended."]);
  const refused = await answering(t, (_, response) => response.writeHead(401).end());
  assert.equal((await problemOf(createSwitchyardClient({ baseUrl: refused }).events().next())).status, 401);
});

test("TC-8 a key is not carried on by a redirect, and a page sends its cookie to its own server alone", async (t) => {
  const reached: string[] = [];
  const elsewhere = await answering(t, (request, response) => {
    reached.push(request.url!);
    response.end();
  });
  const from = await answering(t, (_, response) => response.writeHead(302, { location: `${elsewhere}/stolen` }).end());
  const client = createSwitchyardClient({ baseUrl: from, key: "swk_secret", retries: 0 });

  assert.equal((await problemOf(client.get("/v1/orders"))).code, "no_answer");
  assert.equal((await client.events({ signal: AbortSignal.timeout(300) }).next()).done, true);
  assert.deepEqual(reached, []);

  const asked: { url: string; credentials: string; authorization: string | null; workspace: string | null }[] = [];
  const page = createSwitchyardClient({
    baseUrl: "http://shop.example",
    workspace: "acme",
    fetch: async (input, init) => {
      const { url, credentials, headers } = new Request(input, init);
      asked.push({
        url,
        credentials,
        authorization: headers.get("authorization"),
        workspace: headers.get("x-switchyard-workspace"),
      });
      return Response.json({});
    },
  });
  await page.get("/v1/orders/counts");
  assert.deepEqual(asked, [
    { url: "http://shop.example/v1/orders/counts", credentials: "same-origin", authorization: null, workspace: "acme" },
  ]);
});

test("TC-9 a webhook is accepted with its signature, its time and its secret, or with the one before", async () => {
  const [secret, old] = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"];
  const now = new Date("2026-11-22T10:00:00Z");
  const timestamp = now.getTime() / 1000;
  const body =
    '{"type":"webhook_endpoint.test","timestamp":"2026-11-22T10:00:00.000Z","data":{"endpoint":{"id":"whe_1"},"text":"é"}}';
  const headers = {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signWebhook(secret, { id: "msg_1", timestamp, payload: body }),
  };

  const { id, message } = await verifyWebhook({ body, headers, secret, now });
  assert.equal(id, "msg_1");
  assert.ok(message.type === "webhook_endpoint.test" && message.data.text === "é");
  assert.equal((await verifyWebhook({ body, headers: new Headers(headers), secret: [old, secret], now })).id, "msg_1");
  for (const wrong of [
    { secret: old },
    { body: body.replace("é", "e") },
    { now: new Date(now.getTime() + 301_000) },
    { headers: { ...headers, "webhook-id": "msg_2" } },
    { headers: { ...headers, "webhook-signature": "" } },
    { headers: { ...headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,") } },
  ])
    await assert.rejects(
      verifyWebhook({ body, headers, secret, now, ...wrong }),
      WebhookRefused,
      JSON.stringify(wrong),
    );
});

test("TC-9 every vector of the specification's libraries", async (t) => {
  const vectors = join(root, "../shared/contracts/standard-webhooks/vectors.json");
  if (!existsSync(vectors))
    return t.skip("the specification's vectors are not beside this repository (../shared/contracts/standard-webhooks)");
  const { cases, now } = JSON.parse(readFileSync(vectors, "utf8")) as {
    cases: {
      name: string;
      secret: string;
      id: string | null;
      timestamp: string | null;
      payload: string;
      signature: string | null;
      valid: boolean;
    }[];
    now: number;
  };
  for (const { name, secret, id, timestamp, payload, signature, valid } of cases) {
    const headers = Object.fromEntries(
      Object.entries({ "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature }).flatMap(
        ([key, value]) => (value === null ? [] : [[key, value]]),
      ),
    );
    const isOurs = await verifyWebhook({ body: payload, headers, secret, now: new Date(now * 1000) }).then(
      () => true,
      () => false,
    );
    assert.equal(isOurs, valid, name);
  }
});

const newOrder = (channel: string, number: string) => ({
  channel,
  number,
  currency: "EUR",
  payment: "paid" as const,
  ship_to: { name: "Ada Byron", line1: "1 High Street", city: "Berlin", postcode: "10115", country: "DE" },
  lines: [{ sku: "MUG", quantity: 1, unit_price: "9.90" }],
});
