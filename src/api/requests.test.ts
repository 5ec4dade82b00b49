import assert from "node:assert/strict";
import { test } from "node:test";
import { aServer } from "./testing/server.ts";

interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  next: string;
  reference?: string;
  errors?: { field: string; found: string; expected: string }[];
}

test("API-10 every error is a problem that names what is wrong and the way out", async (t) => {
  const at = await aServer(t);
  const [order] = await at.orders([{}]);
  const cases: [number, string, ReturnType<typeof at.ask>][] = [
    [404, "not_found", at.ask("GET", "/v1/nothing")],
    [404, "not_found", at.ask("GET", "/%zz")],
    [404, "not_found", at.ask("GET", `/v1/orders/${"x".repeat(400)}`)],
    [405, "method_not_allowed", at.ask("DELETE", "/v1/orders")],
    [405, "method_not_allowed", at.ask("PUT", `/v1/orders/${order}`)],
    [413, "body_too_large", at.ask("POST", "/v1/orders", { raw: `{"a":"${"x".repeat(1024 * 1024)}"}` })],
    [415, "media_type", at.ask("POST", "/v1/orders", { body: "a=b", headers: { "content-type": "text/plain" } })],
    [400, "bad_json", at.ask("POST", "/v1/orders", { raw: "{" })],
    [400, "bad_cursor", at.ask("GET", "/v1/orders?cursor=abc")],
    [400, "invalid_request", at.ask("GET", "/v1/orders?limit=201")],
    [401, "no_valid_key", at.ask("GET", "/v1/orders", { key: "nonsense" })],
    [409, "not_allowed_now", at.ask("POST", `/v1/orders/${order}/unhold`, { body: {} })],
    [412, "version_changed", at.ask("POST", `/v1/orders/${order}/hold`, { headers: { "if-match": '"99"' } })],
    [421, "other_host", at.ask("GET", "/v1/orders", { headers: { host: "evil.example" } })],
  ];
  for (const [status, code, asked] of cases) {
    const answer = await asked;
    const problem = answer.body as unknown as ProblemBody;
    assert.equal(answer.status, status, answer.text);
    assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
    assert.equal(problem.type, `urn:switchyard:problem:${code}`);
    assert.equal(problem.status, status);
    for (const field of ["title", "detail", "next"] as const) assert.ok(problem[field].length > 5, `${code}.${field}`);
  }
  assert.equal((await at.ask("DELETE", "/v1/orders")).headers["allow"], "GET, HEAD, POST");

  const wrong = await at.ask("POST", "/v1/orders", {
    body: {
      channel: at.channel,
      number: "A-1",
      currency: "Euro",
      payment: "paid",
      ship_to: { name: "Ada", line1: "1", city: "C", country: "Germany" },
      lines: [{ sku: "MUG", quantity: -1, unit_price: 12.5 }],
    },
  });
  assert.equal(wrong.status, 400);
  assert.deepEqual((wrong.body as unknown as ProblemBody).errors, [
    { field: "body.currency", found: '"Euro"', expected: "an ISO 4217 currency code, such as EUR" },
    {
      field: "body.ship_to.country",
      found: '"Germany"',
      expected: "an ISO 3166 country code of two letters, such as DE",
    },
    { field: "body.lines.0.quantity", found: "-1", expected: "at least 1" },
    { field: "body.lines.0.unit_price", found: "12.5", expected: "string" },
  ]);
});

test("API-10 bad numbers and texts are refused where they stand", async (t) => {
  const at = await aServer(t);
  const order = (change: object, line: object = {}) => ({
    channel: at.channel,
    number: "A-1",
    currency: "EUR",
    payment: "paid",
    ship_to: { name: "Ada", line1: "1", city: "C", country: "DE" },
    lines: [{ sku: "MUG", quantity: 1, unit_price: "1.00", ...line }],
    ...change,
  });
  const bad: [object, string][] = [
    [order({}, { quantity: 0 }), "body.lines.0.quantity"],
    [order({}, { quantity: 1e9 }), "body.lines.0.quantity"],
    [order({}, { quantity: 1.5 }), "body.lines.0.quantity"],
    [order({}, { unit_price: "1e3" }), "body.lines.0.unit_price"],
    [order({}, { unit_price: "99999999999999999999" }), "body.lines.0.unit_price"],
    [order({}, { sku: "A\u0000B" }), "body.lines.0.sku"],
    [order({}, { sku: "\u202EGUM" }), "body.lines.0.sku"],
    [order({ number: "x".repeat(100_000) }), "body.number"],
    [order({ number: "" }), "body.number"],
    [order({ ordered_at: "2026-11-22" }), "body.ordered_at"],
    [order({ ordered_at: "2026-02-30T10:00:00Z" }), "body.ordered_at"],
    [order({ lines: [] }), "body.lines"],
    [order({ lines: [1, 2].map(() => ({ id: "1", sku: "MUG", quantity: 1, unit_price: "1" })) }), "body.lines"],
    [order({ channel: "chn_1" }), "body.channel"],
  ];
  for (const [body, field] of bad) {
    const answer = await at.ask("POST", "/v1/orders", { body });
    assert.equal(answer.status, 400, `${field}: ${answer.text}`);
    const errors = (answer.body as unknown as ProblemBody).errors!;
    assert.equal(errors[0]!.field, field);
    assert.ok(answer.text.length < 2000, "an error does not repeat a huge value");
  }
  const { body } = await at.ask("GET", "/v1/orders");
  assert.deepEqual(body["orders"] as unknown, []);
});

test("API-11 a fault of ours shows a reference that is in the log, and nothing else of it", async (t) => {
  const at = await aServer(t);
  const secret = "connection to db-7.internal refused";
  at.app.get("/v1/broken", () => {
    throw new Error(secret);
  });

  const answer = await at.ask("GET", "/v1/broken");

  const problem = answer.body as unknown as ProblemBody;
  assert.equal(answer.status, 500);
  assert.match(problem.reference!, /^err_/);
  assert.ok(!answer.text.includes("db-7"));
  const logged = at.engine.log.lines.filter((line) => line.fields["reference"] === problem.reference);
  assert.equal(logged.length, 1);
  assert.match(String(logged[0]!.fields["error"]), /db-7/);
});

test("API-12 unknown fields are refused, in bodies and in queries", async (t) => {
  const at = await aServer(t);
  const [order] = await at.orders([{}]);

  const answers = await Promise.all([
    at.ask("GET", "/v1/orders?stat=waiting"),
    at.ask("GET", "/v1/orders/counts?workspace=2"),
    at.ask("POST", `/v1/orders/${order}/hold`, { body: { note: "", workspace_id: "2" } }),
    at.ask("POST", `/v1/orders/${order}/edit`, { body: { shipping_method: "x", headline: "completed" } }),
    at.ask("POST", `/v1/orders/${order}/release`, { body: { actor: "admin" } }),
    at.ask("POST", `/v1/orders/${order}/hold`, { raw: '{"constructor":{"prototype":{"a":1}}}' }),
  ]);

  const fields = answers.map((answer) => (answer.body as unknown as ProblemBody).errors?.[0]);
  assert.deepEqual(
    fields.map((each) => each?.field),
    ["query.stat", "query.workspace", "body.workspace_id", "body.headline", "body.actor", "body.constructor"],
  );
  assert.ok(fields.filter((each) => each !== undefined).every((each) => each.expected === "no such field"));
  assert.equal((await at.ask("GET", `/v1/orders/${order}`)).body["headline"] as unknown, "waiting");
});

test("API-13 JSON that two readers could read differently is refused", async (t) => {
  const at = await aServer(t);
  const [order] = await at.orders([{}]);
  const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  const bad: [string, RegExp][] = [
    ['{"note":"a","note":"b"}', /"note" occurs twice \(character 13\)/],
    ['{"note":"a","n\\u006fte":"b"}', /"note" occurs twice/],
    ['{"__proto__":{"note":"a"}}', /__proto__/],
    [`{"note":${deep(33)}}`, /more than 32 levels/],
    [`{${Array.from({ length: 10_001 }, (_, n) => `"k${n}":1`).join(",")}}`, /more than 10000 keys/],
    ['{"note":"a"} {}', /./],
    ["\uFEFF{}", /./],
    ["{'note':1}", /./],
    ["nonsense", /./],
  ];
  for (const [raw, message] of bad) {
    const answer = await at.ask("POST", `/v1/orders/${order}/hold`, { raw });
    assert.equal(answer.status, 400, raw.slice(0, 40));
    assert.equal((answer.body as unknown as ProblemBody).code, "bad_json");
    assert.match((answer.body as unknown as ProblemBody).detail, message);
  }
  const gzip = await at.ask("POST", `/v1/orders/${order}/hold`, { raw: "{}", headers: { "content-encoding": "gzip" } });
  assert.equal(gzip.status, 415);
  const latin = await at.app.inject({
    method: "POST",
    url: `/v1/orders/${order}/hold`,
    headers: { authorization: `Bearer ${at.key}`, "content-type": "application/json" },
    payload: Buffer.from('{"note":"caf\xe9"}', "latin1"),
  });
  assert.equal(latin.statusCode, 400);
  const good = await at.ask("POST", `/v1/orders/${order}/hold`, { raw: '{"note":"{\\"a\\":[1]}, \\"a\\": café"}' });
  assert.equal(good.status, 200);
});

test("API-15 the description is OpenAPI 3.1 and names every address", async (t) => {
  const at = await aServer(t);

  const { status, body } = await at.ask("GET", "/v1/openapi.json", { key: null });

  const description = body as unknown as {
    openapi: string;
    paths: Record<string, Record<string, { summary?: string; responses: Record<string, unknown> }>>;
    components: { schemas: Record<string, unknown> };
  };
  assert.equal(status, 200);
  assert.equal(description.openapi, "3.1.0");
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  );
  assert.ok(operations.length > 45, String(operations.length));
  for (const { name, operation } of operations) {
    assert.ok((operation.summary ?? "").length > 5, name);
    assert.ok("default" in operation.responses, name);
  }
  for (const name of ["get /v1/orders", "post /v1/orders/{id}/cancel", "get /v1/reasons", "put /v1/product-links"])
    assert.ok(
      operations.some((each) => each.name === name),
      name,
    );
  assert.ok("Problem" in description.components.schemas && "OrderRow" in description.components.schemas);
});

test("API-16 alive while the process lives, ready only while the database answers", async (t) => {
  const at = await aServer(t);

  assert.deepEqual((await at.ask("GET", "/healthz", { key: null })).body, { status: "ok" });
  assert.deepEqual((await at.ask("GET", "/readyz", { key: null })).body, { status: "ok" });
  await at.database.drop();
  const gone = await at.ask("GET", "/readyz", { key: null });

  assert.equal(gone.status, 503);
  assert.equal(gone.body["code"] as unknown, "database_away");
  assert.equal((await at.ask("GET", "/healthz", { key: null })).status, 200);
});

test("API-17 every action that resolves a reason is an address of the API, or a command", async (t) => {
  const at = await aServer(t);
  const described = (await at.ask("GET", "/v1/openapi.json")).body["paths"] as unknown as Record<string, object>;

  const { reasons, resolve_by: how } = (await at.ask("GET", "/v1/reasons")).body as unknown as {
    reasons: { code: string; resolve_with: string[] }[];
    resolve_by: Record<string, string>;
  };

  for (const { code, resolve_with: names } of reasons) {
    assert.ok(names.length > 0, code);
    for (const name of names) {
      const [method, path] = how[name]!.split(" ");
      if (method === "npx") continue;
      assert.ok(method!.toLowerCase() in (described[path!] ?? {}), `${name}: ${how[name]}`);
    }
  }
});
