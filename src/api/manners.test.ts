import assert from "node:assert/strict";
import { test } from "node:test";
import { accessTable } from "./access.ts";
import { aServer, type Answer, type TestServer } from "./testing/server.ts";
import { buildApi } from "./server.ts";
import type { Api } from "./context.ts";

interface Problem {
  code: string;
  next: string;
  detail: string;
  first_use: { route: string; at: string };
  errors: { field: string; found: string; expected: string }[];
}
const problem = ({ body }: Answer): Problem => body as unknown as Problem;

/** The same installation served by another process: it shares the database, and nothing in memory. */
const another = (at: TestServer): Promise<Api> =>
  buildApi({
    signIn: at.signIn,
    db: { api: at.database.api, engine: at.database.engine },
    engine: at.engine,
    clock: at.engine.clock,
    log: at.engine.log,
  });

test("API-30 of requests with one key at two processes one is done; the others wait or get its answer", async (t) => {
  const at = await aServer(t);
  const second = await another(at);
  t.after(() => second.close());
  const account = (await at.ask("GET", "/v1/ledger")).body["accounts"]![0] as { id: string };
  const request = {
    method: "POST",
    url: `/v1/ledger/${account.id}/correction`,
    headers: { authorization: `Bearer ${at.key}`, "idempotency-key": "book-1" },
    payload: { amount: "5.00", reference: "r-1" },
  } as const;

  const answers = await Promise.all(
    Array.from({ length: 12 }, (_each, index) => (index % 2 === 0 ? at.app : second).inject(request)),
  );
  const late = await second.inject(request);

  const done = answers.filter(({ statusCode }) => statusCode === 200);
  assert.ok(done.length >= 1, answers[0]!.payload);
  assert.equal(new Set([...done, late].map(({ payload }) => payload)).size, 1);
  assert.equal(done.filter(({ headers }) => headers["idempotent-replay"] !== "true").length, 1);
  for (const each of answers.filter(({ statusCode }) => statusCode !== 200)) {
    assert.equal(each.statusCode, 409);
    assert.equal(each.headers["retry-after"], "1");
  }
  const statement = await at.ask("GET", `/v1/ledger/${account.id}/transactions`);
  assert.equal((statement.body["transactions"] as unknown as unknown[]).length, 1);
});

test("API-30 the key of one route or body is refused for another, and never executed; after a day it is free", async (t) => {
  const at = await aServer(t);
  const [first, other] = await at.orders([{ channelOrderId: "1" }, { channelOrderId: "2" }]);
  const headers = { "idempotency-key": "k" };
  const hold = (order: string, body: object) => at.ask("POST", `/v1/orders/${order}/hold`, { headers, body });
  await hold(first!, { note: "look" });

  const otherBody = await hold(first!, { note: "look again" });
  const otherRoute = await hold(other!, { note: "look" });
  const otherActor = await at.ask("POST", `/v1/orders/${other}/hold`, {
    key: await at.keyFor(at.workspaceId, "staff"),
    headers,
    body: {},
  });

  for (const refused of [otherBody, otherRoute]) {
    assert.deepEqual([refused.status, problem(refused).code], [422, "idempotency_key_reused"]);
    assert.equal(problem(refused).first_use.route, `POST /v1/orders/${first}/hold`);
    assert.equal(problem(refused).first_use.at, at.engine.clock.now().toISOString());
  }
  assert.equal(otherActor.status, 200);
  const events = await at.ask("GET", `/v1/orders/${first}/events`);
  assert.equal(events.text.split('"kind":"hold_opened"').length - 1, 1);
  at.engine.clock.advance(24 * 3_600_000 + 1);
  assert.equal((await hold(first!, { note: "later" })).headers["idempotent-replay"], undefined);
});

test("API-12 no address takes a parameter that it does not know, and each names it", async (t) => {
  const at = await aServer(t);
  const url = (line: string): string =>
    line
      .slice("GET ".length)
      .replaceAll(/:[a-z]+/g, "x")
      .concat("?surely_unknown=1");
  for (const line of Object.keys(accessTable).filter((each) => each.startsWith("GET /v1/"))) {
    if (line.includes(":") || line.endsWith("/stream")) continue;
    const answer = await at.ask("GET", url(line));
    if (answer.status === 401 || answer.status === 403) continue; // people's own
    assert.equal(answer.status, 400, `${line}: ${answer.text}`);
    assert.ok(
      problem(answer).errors.some(({ field }) => field === "query.surely_unknown"),
      line,
    );
  }
});

test("API-10 whatever is refused says so as a problem with code and way out, also before it is read", async (t) => {
  const at = await aServer(t, {}, { limits: { perSecond: 1, burst: 30 } });
  const refused = await Promise.all([
    at.ask("GET", "/v1/nothing"),
    at.ask("POST", "/v1/orders", { raw: "{" }),
    at.ask("PUT", "/v1/settings", { body: { settings: { bufferMs: "ever" } } }),
    at.ask("GET", "/v1/orders?limit=many"),
    at.ask("GET", "/v1/orders", { key: "swk_wrong" }),
    at.ask("DELETE", "/v1/orders"),
    at.ask("POST", "/v1/orders", { raw: "{}", headers: { "content-type": "text/plain" } }),
    at.ask("POST", "/v1/orders", { headers: { "idempotency-key": "a key" }, body: {} }),
  ]);
  for (const each of refused) {
    assert.match(String(each.headers["content-type"]), /^application\/problem\+json/, each.text);
    assert.ok(each.status >= 400 && problem(each).code !== "" && problem(each).next.length > 10, each.text);
  }
});

test("API-6 each answer says what is left of the allowance, for each key by itself", async (t) => {
  const at = await aServer(t, {}, { limits: { perSecond: 1, burst: 3 } });
  const other = await at.keyFor(at.workspaceId, "viewer");
  const left: unknown[] = [];
  for (let turn = 0; turn < 4; turn += 1) left.push((await at.ask("GET", "/v1/orders")).headers["ratelimit-remaining"]);
  const refused = await at.ask("GET", "/v1/orders");
  assert.deepEqual(left, ["2", "1", "0", "0"]);
  assert.deepEqual([refused.status, refused.headers["retry-after"]], [429, "1"]);
  assert.equal((await at.ask("GET", "/v1/orders", { key: other })).headers["ratelimit-remaining"], "2");
});
