// Real processes that are told to stop, in the middle of something.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { get, request as send } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { aServer, type TestServer } from "#api/testing/server.ts";
import { sql } from "#store/sql.ts";
import { Family, type Member } from "./chaos/family.ts";
import { freePort } from "./free-port.ts";

interface Started extends TestServer {
  api: Member;
  port: number;
  family: Family;
}

/** An API process on the database of a test, with its workspace and key. */
async function anApi(t: TestContext, set: Record<string, string>): Promise<Started> {
  const at = await aServer(t);
  const folder = await mkdtemp(join(tmpdir(), "switchyard-stopping-"));
  const family = new Family(folder, {
    ...process.env,
    SWITCHYARD_DATA: join(folder, "data"),
    SWITCHYARD_HOME: join(folder, "home"),
    DATABASE_URL: at.database.url("postgres"),
    NODE_COMPILE_CACHE: join(tmpdir(), "switchyard-test-compiled"),
    NODE_TEST_CONTEXT: undefined,
    ...set,
  });
  t.after(async () => {
    await family.end(20_000);
    await rm(folder, { recursive: true, force: true });
  });
  const port = await freePort();
  const api = family.start("api", "src/cli/main.ts", "api", "--port", String(port));
  await api.says(/^Ready: /m);
  return { ...at, api, port, family };
}

interface Answer {
  status: number;
  connection: string | undefined;
  text: string;
}
function ask({ port, key }: Started, method: string, path: string, body?: unknown): Promise<Answer> {
  const text = body === undefined ? "" : JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${key}`,
    ...(body === undefined
      ? {}
      : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) }),
  };
  return new Promise((resolve, reject) => {
    const asked = send({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
      let said = "";
      response.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode!, connection: response.headers.connection, text: said }),
      );
    });
    asked.on("error", reject);
    asked.end(text);
  });
}

let holding = 1;
/** Holds the row of an order, so that who wants to change it is under way for as long as we like. */
async function holdRow(at: Started): Promise<{ id: string; letGo(): void; held: Promise<unknown> }> {
  const [id] = await at.orders([{ channelOrderId: String(holding++) }]);
  const free = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  const held = at.database.engine.tx(async (tx) => {
    await tx.run(sql`select 1 from sales_order for update`);
    taken.resolve();
    await free.promise;
  });
  await taken.promise;
  return { id: id!, letGo: () => free.resolve(), held };
}

test("RN-12 told to stop, an API says so, ends its streams, finishes the request that is under way and exits with 0", async (t) => {
  const at = await anApi(t, { SWITCHYARD_DRAIN_SECONDS: "2" });
  const row = await holdRow(at);
  const streamEnded = new Promise<string>((resolve, reject) => {
    let said = "";
    get(
      { host: "127.0.0.1", port: at.port, path: "/v1/events/stream", headers: { authorization: `Bearer ${at.key}` } },
      (response) => {
        response.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
        response.on("end", () => resolve(said));
        response.on("error", reject);
      },
    ).on("error", reject);
  });
  const underWay = ask(at, "POST", `/v1/orders/${row.id}/hold`, {});
  await sleep(500);
  assert.equal((await ask(at, "GET", "/readyz")).status, 200);

  at.api.signal("SIGTERM");
  await at.api.says(/^Stopping: /m);
  const ready = await ask(at, "GET", "/readyz");
  assert.equal(ready.status, 503);
  assert.match(ready.text, /"draining"/);
  const late = await ask(at, "GET", "/v1/orders");
  assert.deepEqual([late.status, late.connection], [200, "close"], "who comes in while it drains is served");
  assert.match(await streamEnded, /^id: .*\nevent: ready/);
  assert.equal(at.api.isAlive(), true, "it waits for what is under way");
  row.letGo();

  assert.equal((await underWay).status, 200);
  await at.api.gone;
  assert.equal(at.api.exitCode(), 0);
  await row.held;
});

test("RN-12 what takes longer than the limit is left, and said; a second signal waits for nothing", async (t) => {
  const at = await anApi(t, { SWITCHYARD_STOP_SECONDS: "1" });
  const row = await holdRow(at);
  const cut = ask(at, "POST", `/v1/orders/${row.id}/hold`, {}).catch(() => null);
  await sleep(500);
  at.api.signal("SIGTERM");
  await at.api.gone;
  assert.equal(at.api.exitCode(), 1);
  assert.match(at.api.lastWords(), /within 1 seconds .*Nothing is lost/);
  assert.equal(await cut, null);
  row.letGo();
  await row.held;

  const second = at.family.start("api", "src/cli/main.ts", "api", "--port", String(at.port));
  await second.says(/^Ready: /m);
  const again = await holdRow(at);
  const waits = ask(at, "POST", `/v1/orders/${again.id}/hold`, {}).catch(() => null);
  await sleep(500);
  second.signal("SIGTERM");
  await second.says(/^Stopping: /m);
  second.signal("SIGTERM");
  await second.gone;
  assert.equal(second.exitCode(), 130);
  assert.equal(await waits, null);
  again.letGo();
  await again.held;
});

test("RN-17 with SWITCHYARD_DEBUG each request is a line that says nothing of what stands in the address", async (t) => {
  const at = await anApi(t, { SWITCHYARD_DEBUG: "1" });
  const [id] = await at.orders([{ channelOrderId: "1" }]);
  assert.equal((await ask(at, "GET", `/v1/orders/${id}`)).status, 200);
  await ask(at, "GET", "/v1/orders?name=marker-name");
  at.api.signal("SIGTERM");
  await at.api.gone;

  const lines = at.api
    .lastWords()
    .split("\n")
    .filter((line) => line.includes('"a request"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    lines.map(({ method, route, status }) => [method, route, status]),
    [
      ["GET", "/v1/orders/:id", 200],
      ["GET", "/v1/orders", 400],
    ],
  );
  assert.ok(lines.every(({ request, ms }) => typeof request === "string" && typeof ms === "number"));
  assert.equal(at.api.lastWords().includes("marker-name"), false);
});

test("RN-12 who cannot start says why and is gone", async (t) => {
  const at = await anApi(t, {});
  const second = at.family.start("api", "src/cli/main.ts", "api", "--port", String(at.port));
  await second.gone;
  assert.equal(second.exitCode(), 1);
  assert.match(second.lastWords(), new RegExp(`Port ${at.port} .*in use`));
});
