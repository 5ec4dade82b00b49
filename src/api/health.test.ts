import assert from "node:assert/strict";
import { test } from "node:test";
import { aServer } from "./testing/server.ts";
import { buildApi } from "./server.ts";

test("RN-10 readiness names the first thing that keeps a process from its work, and what to do", async (t) => {
  const is = { draining: false, pending: 0, clockWrong: false, gate: true };
  const at = await aServer(
    t,
    {},
    {
      isDraining: () => is.draining,
      pendingMigrations: async () => is.pending,
      clockIsWrong: () => is.clockWrong,
      gate: "needed",
    },
  );
  at.engine.gate = { ...at.engine.gate, isThere: async () => is.gate };
  const ready = async (): Promise<unknown> => {
    const { status, body, headers } = await at.ask("GET", "/readyz", { key: null });
    if (status === 200) return body;
    assert.equal(status, 503);
    assert.equal(headers["retry-after"], "2");
    assert.ok((body["next"] as unknown as string).length > 20);
    return body["code"];
  };

  assert.deepEqual(await ready(), { status: "ok", gate: "there" });
  is.gate = false;
  assert.equal(await ready(), "gate_away");
  is.clockWrong = true;
  assert.equal(await ready(), "clock_wrong");
  is.pending = 2;
  assert.equal(await ready(), "migrations_pending");
  await at.database.drop();
  assert.equal(await ready(), "database_away");
  is.draining = true;
  assert.equal(await ready(), "draining");
  const alive = await at.ask("GET", "/healthz", { key: null });
  assert.deepEqual(alive.body, { status: "ok" });
  assert.equal(
    alive.headers["connection"],
    "close",
    "who keeps a connection open goes elsewhere with the next request",
  );
});

test("RN-10 an API whose gate is away serves all the same, and says so", async (t) => {
  const at = await aServer(t, {}, { gate: "beside" });
  at.engine.gate = { ...at.engine.gate, isThere: async () => false };

  const { status, body } = await at.ask("GET", "/readyz", { key: null });

  assert.equal(status, 200);
  assert.deepEqual(body, { status: "ok", gate: "away" });
});

test("RN-11 a worker says whether it is well, and answers nothing else", async (t) => {
  const at = await aServer(t);
  const app = await buildApi({
    db: { api: at.database.api, engine: at.database.engine },
    engine: at.engine,
    clock: at.engine.clock,
    log: at.engine.log,
    metrics: { page: async () => ({ type: "text/plain", text: "figures" }), token: null },
    onlyHealth: true,
  });
  t.after(() => app.close());
  const status = async (url: string): Promise<number> =>
    (await app.inject({ method: "GET", url, headers: { authorization: `Bearer ${at.key}` } })).statusCode;

  assert.equal(await status("/healthz"), 200);
  assert.equal(await status("/readyz"), 200);
  assert.equal(await status("/metrics"), 200);
  for (const url of ["/v1/orders", "/v1/set-up", "/", "/orders", "/desk"]) assert.equal(await status(url), 404, url);
});

test("RN-16 each answer names its request, and the log line of a failure names the request and the reference", async (t) => {
  let n = 0;
  const at = await aServer(t, {}, { requestId: () => `request-${(n += 1)}` });
  const [id] = await at.orders([{ channelOrderId: "1" }]);
  assert.equal((await at.ask("GET", "/v1/orders")).headers["x-request-id"], "request-1");
  assert.equal(
    (await at.ask("GET", "/v1/orders", { headers: { "x-request-id": "mine\u0001" } })).headers["x-request-id"],
    "request-2",
    "nobody outside names it",
  );
  await at.database.drop();

  const failed = await at.ask("GET", `/v1/orders/${id}`);

  assert.ok(failed.status >= 500);
  const reference = failed.body["reference"] as unknown as string;
  const lines = at.engine.log.lines.filter((line) => JSON.stringify(line).includes(reference));
  assert.equal(lines.length, 1);
  assert.ok(JSON.stringify(lines[0]).includes(`"${String(failed.headers["x-request-id"])}"`));
});
