import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { aChannelLine } from "#test/channel-order.ts";
import { aServer, type TestServer } from "#api/testing/server.ts";
import { GateAway, type Gate } from "#connectors/ports.ts";
import { stages } from "#engine/stages.ts";
import { openDb } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { Metrics } from "./metrics.ts";

const token = "0123456789abcdef0123456789abcdef";

/** The API with the figures that a process of its own would show. */
async function measured(t: TestContext): Promise<TestServer & { metrics: Metrics; page(): Promise<Page> }> {
  const metrics = new Metrics();
  const about = () => ({
    db: at.database.engine,
    clock: at.engine.clock,
    engine: { gate: { ...at.engine.gate, isThere: async () => true } },
    stages,
    clockIsWrong: () => false,
  });
  const at: TestServer = await aServer(
    t,
    {},
    { metrics: { page: () => metrics.page(about()), token }, watch: metrics.requests },
  );
  return {
    ...at,
    metrics,
    async page() {
      const { status, text } = await at.ask("GET", "/metrics", { key: null });
      assert.equal(status, 200, text);
      return readPage(text);
    },
  };
}

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}
interface Page {
  text: string;
  samples: Sample[];
  value(name: string, labels?: Record<string, string>): number | undefined;
}

function readPage(text: string): Page {
  const samples = text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line): Sample => {
      const [, name, inner = "", value] = /^([a-z_A-Z0-9:]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? assert.fail(line);
      const labels = Object.fromEntries([...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, held]) => [key, held]));
      return { name: name!, labels: labels as Record<string, string>, value: Number(value) };
    });
  return {
    text,
    samples,
    value: (name, labels = {}) =>
      samples.find(
        (each) => each.name === name && Object.entries(labels).every(([key, held]) => each.labels[key] === held),
      )?.value,
  };
}

test("RN-1 the page of figures answers this machine and the holder of its token, and nobody else", async (t) => {
  const at = await measured(t);
  const status = async (options: Parameters<TestServer["ask"]>[2]): Promise<number> =>
    (await at.ask("GET", "/metrics", options)).status;

  assert.equal(await status({ key: null }), 200);
  assert.equal(await status({ key: null, peer: "10.0.0.9" }), 401);
  assert.equal(await status({ key: token, peer: "10.0.0.9" }), 200);
  assert.equal(await status({ key: `${token}x`, peer: "10.0.0.9" }), 401);
  assert.equal(await status({ key: at.key, peer: "10.0.0.9" }), 401, "an owner's key is one workspace's");
  assert.equal(
    await status({ key: null, headers: { "x-forwarded-for": "203.0.113.9" } }),
    401,
    "a proxy on this machine",
  );
  const refused = await at.ask("GET", "/metrics", { key: null, peer: "10.0.0.9" });
  assert.equal(refused.headers["www-authenticate"], "Bearer");
  assert.match(refused.body["next"] as unknown as string, /SWITCHYARD_METRICS_TOKEN/);
});

test("RN-1 without a token nothing opens the page from elsewhere", async (t) => {
  const metrics = new Metrics();
  const at = await aServer(
    t,
    {},
    { metrics: { page: async () => ({ type: "text/plain", text: metrics.names().join() }), token: null } },
  );
  for (const key of ["", "null", "undefined"])
    assert.equal((await at.ask("GET", "/metrics", { key, peer: "10.0.0.9" })).status, 401);
});

test("RN-2 what the page shows and what is written about it are the same list", async (t) => {
  const at = await measured(t);
  const written = await readFile(join(import.meta.dirname, "../../docs/metrics.md"), "utf8");
  const listed = [...written.matchAll(/^\| `(switchyard_\w+)` \|([^|]*)\|/gm)].map(([, name, labels]) => ({
    name: name!,
    labels: [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!),
  }));

  assert.deepEqual(listed.map(({ name }) => name).toSorted(), at.metrics.names().toSorted());
  for (const [used] of written.matchAll(/switchyard_[a-z_]+/g))
    assert.ok(at.metrics.names().includes(used) || used === "switchyard_", used);

  await at.orders([{ channelOrderId: "1" }]);
  const { samples } = await at.page();
  for (const { name, labels } of samples.filter((each) => each.name.startsWith("switchyard_"))) {
    const base = name.replace(/_(bucket|sum|count)$/, "");
    const known = listed.find((each) => each.name === base || each.name === name);
    for (const label of Object.keys(labels).filter((each) => each !== "le"))
      assert.ok(known?.labels.includes(label), `${name}{${label}}`);
  }
  assert.ok(samples.some(({ name }) => name === "nodejs_eventloop_lag_seconds"));
});

test("RN-3 nothing that people or others wrote is on the page, and another workspace makes it no longer", async (t) => {
  const at = await measured(t);
  await at.orders([{ channelOrderId: "marker-1", note: "marker-note" }]);
  await at.ask("GET", "/v1/orders?name=marker-search");
  await at.ask("POST", "/marker-nowhere");
  const before = await at.page();
  const written = await at.database.engine.rows(
    row({ word: col.text }),
    sql`select slug as word from workspace where slug <> 'sandbox' union select name from supplier union select name from channel union select number from sales_order where number !~ '^[0-9]{1,3}$'`,
  );

  assert.equal(/marker/i.test(before.text), false);
  const values = new Set(before.samples.flatMap(({ labels }) => Object.values(labels)));
  for (const { word } of written) assert.equal(values.has(word), false, word);
  assert.equal(before.value("switchyard_http_request_seconds_count", { route: "none", status: "404" }), 1);

  await at.orders([{ channelOrderId: "2" }], at.rival);
  at.metrics.forget();
  const after = await at.page();
  const lines = ({ samples }: Page): number =>
    samples.filter(({ name }) => /^switchyard_(orders|holds|attempts|accounts)/.test(name)).length;
  assert.equal(lines(after), lines(before));
});

test("RN-4 orders, holds and purchases on the page are those of the database, and the sandbox stands apart", async (t) => {
  const at = await measured(t);
  await at.orders([{ channelOrderId: "1" }, { channelOrderId: "2" }]);
  await at.orders([{ channelOrderId: "3" }], at.rival);
  await at.orders([{ channelOrderId: "4" }], at.sandbox);
  await at.orders([{ channelOrderId: "5", lines: [aChannelLine("UNLINKED")] }]);
  const [held] = await at.orders([{ channelOrderId: "6" }]);
  assert.equal((await at.ask("POST", `/v1/orders/${held}/hold`, { body: {} })).status, 200);

  const page = await at.page();
  const inOrders = (world: string): number =>
    page.samples
      .filter(({ name, labels }) => name === "switchyard_orders" && labels["world"] === world)
      .reduce((sum, { value }) => sum + value, 0);
  const stored = await at.database.engine.rows(
    row({ world: col.text, n: col.int }),
    sql`select w.kind as world, count(*)::int as n from sales_order o join workspace w on w.id = o.workspace_id group by w.kind`,
  );
  for (const { world, n } of stored) assert.equal(inOrders(world), n, world);
  assert.equal(stored.length, 2);

  const holds = await at.database.engine.rows(
    row({ world: col.text, reason: col.text, n: col.int }),
    sql`
    select w.kind as world, h.code as reason, count(*)::int as n from hold h join workspace w on w.id = h.workspace_id where h.closed_at is null group by 1, 2`,
  );
  assert.ok(holds.length > 1);
  for (const { world, reason, n } of holds) assert.equal(page.value("switchyard_holds", { world, reason }), n, reason);
  assert.equal(page.value("switchyard_safe_mode"), 0);
});

test("RN-5 without a database the page says so, and shows none of its figures", async (t) => {
  const at = await measured(t);
  await at.orders([{ channelOrderId: "1" }]);
  assert.equal((await at.page()).value("switchyard_database_up"), 1);
  await at.database.drop();
  at.metrics.forget();

  const page = await at.page();

  assert.equal(page.value("switchyard_database_up"), 0);
  assert.equal(page.value("switchyard_gate_up"), 1);
  assert.deepEqual(
    page.samples.filter(({ name }) => /^switchyard_(orders|holds|stage_lag)/.test(name)),
    [],
  );
});

test("RN-6 work is counted by who does it and how it ended", async (t) => {
  const at = await measured(t);
  const { metrics } = at;

  await metrics.stages.batch("release", async () => 7);
  await metrics.stages.batch("release", async () => 0);
  await assert.rejects(metrics.stages.batch("place", () => Promise.reject(new Error("odd"))));
  metrics.stages.answered("csv", "placed");
  const gate = metrics.gate<Gate>({
    ...at.engine.gate,
    stock: async () => ({ status: "retry_later", afterMs: 1, message: "busy" }),
    place: () => Promise.reject(new GateAway("gone")),
  });
  await gate.stock({} as never);
  await assert.rejects(gate.place([], () => {}));
  const outlet = metrics.webhooks({
    objection: () => null,
    post: async ({ url }) =>
      url === "" ? { status: null, problem: "nobody" } : { status: 204, retryAfterMs: null, text: "" },
  });
  for (const url of ["", "x"]) await outlet.post({ url, headers: {}, body: "", timeoutMs: 1 });
  const db = openDb(at.database.config("switchyard_engine"), { max: 2, watch: metrics.pool("engine") });
  t.after(() => db.end());
  await db.rows(row({ one: col.int }), sql`select 1 as one`);
  await assert.rejects(db.run(sql`select 1/0`));
  await at.ask("GET", "/v1/orders");

  const page = await at.page();
  const is = (name: string, labels: Record<string, string>, value: number): void =>
    assert.equal(page.value(name, labels), value, `${name} ${JSON.stringify(labels)}`);
  is("switchyard_stage_rows_total", { stage: "release" }, 7);
  is("switchyard_stage_batch_seconds_count", { stage: "release", result: "ok" }, 1);
  is("switchyard_stage_batch_seconds_count", { stage: "place", result: "failed" }, 1);
  is("switchyard_attempt_answers_total", { supplier: "csv", outcome: "placed" }, 1);
  is("switchyard_gate_call_seconds_count", { call: "stock", result: "retry_later" }, 1);
  is("switchyard_gate_call_seconds_count", { call: "place", result: "away" }, 1);
  is("switchyard_gate_calls_in_flight", { call: "place" }, 0);
  is("switchyard_webhook_tries_total", { result: "none" }, 1);
  is("switchyard_webhook_tries_total", { result: "2xx" }, 1);
  is("switchyard_db_statement_seconds_count", { pool: "engine", result: "ok" }, 1);
  is("switchyard_db_statement_seconds_count", { pool: "engine", result: "failed" }, 1);
  is("switchyard_db_connections", { pool: "engine", state: "busy" }, 0);
  is("switchyard_http_request_seconds_count", { method: "GET", route: "/v1/orders", status: "200" }, 1);
});
