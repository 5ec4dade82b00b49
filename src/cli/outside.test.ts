import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { HttpError, type HttpRequest } from "#connectors/ports.ts";
import { realClock } from "./clock.ts";
import { createOutside } from "./outside.ts";

/** A server that does what it is told with each connection, and keeps what it was sent. */
async function rawServer(t: TestContext, onConnection: (socket: Socket, bytes: () => string) => void) {
  const sockets: Socket[] = [];
  let received = "";
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk) => (received += chunk.toString()));
    onConnection(socket, () => received);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`,
    port: (server.address() as AddressInfo).port,
    received: () => received,
  };
}
const outsideFor = (t: TestContext) => {
  const outside = createOutside({ clock: realClock });
  t.after(() => outside.close());
  return outside;
};
const purchase = (url: string, rest: Partial<HttpRequest> = {}): HttpRequest => ({
  method: "POST",
  url,
  body: '{"mug":2}',
  timeoutMs: 5_000,
  lastCheck: async () => {},
  ...rest,
});
const sentOf = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => assert.fail("it should have failed"),
    (error: unknown) => {
      assert.ok(error instanceof HttpError, String(error));
      return error.sent;
    },
  );
const answer = (socket: Socket, text: string): void =>
  void socket.end(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );

test("PL-40 a purchase goes out once and its answer comes back whole", async (t) => {
  const server = await rawServer(t, (socket, bytes) =>
    socket.on("data", () => bytes().endsWith('{"mug":2}') && answer(socket, '{"number":"77 ✓"}')),
  );

  const response = await outsideFor(t).http(purchase(server.url, { headers: { "idempotency-key": "k1" } }));

  assert.deepEqual(
    [response.status, response.text, response.headers["content-type"]],
    [200, '{"number":"77 ✓"}', "application/json"],
  );
  assert.match(server.received(), /^POST \/orders HTTP\/1\.1\r\n[^]*idempotency-key: k1\r\n[^]*\r\n\r\n\{"mug":2\}$/);
});

test("PL-41 where nobody listens, no name exists or TLS fails, not one byte of the request left", async (t) => {
  const plain = await rawServer(t, (socket) => socket.on("data", () => socket.destroy()));
  const gone = await rawServer(t, () => {});
  const outside = outsideFor(t);

  assert.equal(await sentOf(outside.http(purchase("http://shop.invalid/orders"))), false);
  assert.equal(await sentOf(outside.http(purchase(plain.url.replace("http:", "https:")))), false);
  assert.equal(await sentOf(outside.http(purchase("ftp://127.0.0.1/orders"))), false);
  const refused = createServer();
  refused.listen(0, "127.0.0.1");
  await once(refused, "listening");
  const { port } = refused.address() as AddressInfo;
  await new Promise((resolve) => refused.close(resolve));
  assert.equal(await sentOf(outside.http(purchase(`http://127.0.0.1:${port}/orders`))), false);
  assert.equal(
    await sentOf(outside.http({ ...purchase(`http://127.0.0.1:${port}/orders`), lastCheck: undefined } as HttpRequest)),
    false,
  );
  assert.equal(gone.received(), "");
});

test("PL-42 the last check runs when the connection stands and before the first byte; when it rejects nothing is sent", async (t) => {
  let connections = 0;
  const server = await rawServer(t, () => (connections += 1));
  let seen: [number, string] | null = null;
  const lastCheck = async (): Promise<void> => {
    await realClock.sleep(50);
    seen = [connections, server.received()];
    throw new Error("the fence has passed");
  };

  const failed = outsideFor(t).http(purchase(server.url, { lastCheck }));

  assert.equal(await sentOf(failed), false);
  assert.deepEqual(seen, [1, ""]);
  await realClock.sleep(50);
  assert.equal(server.received(), "");
});

test("PL-42 a check that takes too long sends nothing, not even when it ends well later", async (t) => {
  const server = await rawServer(t, () => {});
  let checked = false;
  const lastCheck = async (): Promise<void> => {
    await realClock.sleep(150);
    checked = true;
  };

  assert.equal(await sentOf(outsideFor(t).http(purchase(server.url, { lastCheck, timeoutMs: 50 }))), false);

  await realClock.sleep(200);
  assert.deepEqual([checked, server.received()], [true, ""]);
});

test("PL-41 a server that closes before the request is written got nothing", async (t) => {
  const server = await rawServer(t, (socket) => socket.destroy());

  assert.equal(await sentOf(outsideFor(t).http(purchase(server.url, { lastCheck: () => realClock.sleep(50) }))), false);

  assert.equal(server.received(), "");
});

test("PL-43 once the request may have left, every failure says so: reset, half an answer, silence, nonsense", async (t) => {
  const reset = await rawServer(t, (socket) => socket.on("data", () => socket.resetAndDestroy()));
  const half = await rawServer(t, (socket) =>
    socket.on("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")),
  );
  const silent = await rawServer(t, () => {});
  const nonsense = await rawServer(t, (socket) => socket.on("data", () => socket.end("<html>")));
  const outside = outsideFor(t);

  assert.equal(await sentOf(outside.http(purchase(reset.url))), true);
  assert.equal(await sentOf(outside.http(purchase(half.url))), true);
  assert.equal(await sentOf(outside.http(purchase(silent.url, { timeoutMs: 100 }))), true);
  assert.equal(await sentOf(outside.http(purchase(nonsense.url))), true);
  assert.match(silent.received(), /\{"mug":2\}$/);
});

test("PL-43 a server that dies while it reads a long body may have read enough", async (t) => {
  const server = await rawServer(t, (socket) => socket.once("data", () => socket.resetAndDestroy()));

  assert.equal(await sentOf(outsideFor(t).http(purchase(server.url, { body: "x".repeat(8_000_000) }))), true);
});

test("PL-44 nothing is tried twice and no redirect is followed", async (t) => {
  let connections = 0;
  const moved = await rawServer(t, (socket) => {
    connections += 1;
    socket.on("data", () =>
      socket.end("HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"),
    );
  });
  const dying = await rawServer(t, (socket) => {
    connections += 1;
    socket.on("data", () => socket.resetAndDestroy());
  });
  const outside = outsideFor(t);

  assert.equal((await outside.http(purchase(moved.url))).status, 307);
  assert.equal(await sentOf(outside.http({ method: "GET", url: dying.url, timeoutMs: 1_000 })), true);
  assert.equal(connections, 2);
});

test("PL-44 an error names the place without query, name or password", async (t) => {
  const server = await rawServer(t, (socket) => socket.on("data", () => socket.resetAndDestroy()));
  const url = server.url.replace("http://", "http://user:secret@") + "?token=secret";

  await assert.rejects(outsideFor(t).http(purchase(url)), (error: Error) => {
    assert.match(error.message, new RegExp(`^POST http://127\\.0\\.0\\.1:${server.port}/orders: `));
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});
