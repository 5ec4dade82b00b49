import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { VirtualClock } from "../../test/engine.ts";
import { isPublicAddress, nothingAllowed, parseAllowedHosts } from "./address-guard.ts";
import { realClock } from "./clock.ts";
import { createWebhookOutlet, type WebhookOutletOptions } from "./webhook-outlet.ts";

const outlet = (options: Partial<WebhookOutletOptions> = {}) => createWebhookOutlet({ clock: realClock, ...options });
const post = (url: string, options: Partial<WebhookOutletOptions> = {}, timeoutMs = 5000) =>
  outlet(options).post({ url, headers: {}, body: "{}", timeoutMs });
const leadsTo =
  (...addresses: string[]) =>
  (): Promise<{ address: string; family: number }[]> =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));

/** A receiver on 127.0.0.1 that counts what comes. */
async function receiver(t: TestContext, answer: RequestListener = (_, response) => response.end("thanks")) {
  const requests: { url: string; body: string; headers: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      requests.push({ url: request.url!, body, headers: request.headers });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, port: (server.address() as AddressInfo).port };
}

const inside: Record<string, string[]> = {
  "loopback, in every notation": [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://１２７.0.0.1/",
    "https://127.0.0.1./",
    "https://127.255.255.254/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://%31%32%37.0.0.1/",
  ],
  "every address of this machine": ["https://0/", "https://0.0.0.0/", "https://[::]/"],
  "private networks": [
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://[fd00::1]/",
    "https://[fc00::1]/",
    "https://[fec0::1]/",
  ],
  "link-local, the cloud's metadata": [
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/",
    "https://[fe80::1]/",
  ],
  "IPv4 in IPv6: mapped, compatible": [
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[::ffff:8.8.8.8]/",
  ],
  "NAT64, 6to4, Teredo": [
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::8.8.8.8]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::1]/",
    "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
  ],
  "documentation, benchmarks, multicast, reserved": [
    "https://192.0.2.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://192.0.0.8/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    "https://[ff02::1]/",
  ],
  "names that are never public": [
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://a.localhost/",
    "https://db/",
    "https://metadata.google.internal/",
    "https://printer.local/",
  ],
  "other ports and ways": [
    "https://hooks.example.com:8443/",
    "https://hooks.example.com:22/",
    "http://hooks.example.com/",
    "http://hooks.example.com:443/",
    "https://93.184.215.14:6379/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "gopher://hooks.example.com/",
    "hooks.example.com",
    "https://user:secret@hooks.example.com/",
    "https://hooks.example.com@127.0.0.1/",
  ],
};
for (const [what, urls] of Object.entries(inside))
  test(`WH-50 refused by its look, before anything is resolved or sent: ${what}`, async () => {
    let asked = 0;
    const resolve = () => {
      asked += 1;
      return Promise.resolve([]);
    };
    for (const url of urls) {
      const why = outlet().objection(url);
      assert.ok(why !== null, `${url} was let through`);
      assert.deepEqual(await post(url, { resolve }), { status: null, problem: why }, url);
    }
    assert.equal(asked, 0);
  });

test("WH-50 a public address and a public name are taken on port 443, and plain HTTP only where the administrator says so", () => {
  for (const url of ["https://hooks.example.com/a?b=c", "https://93.184.215.14/", "https://[2606:4700::1111]/"])
    assert.equal(outlet().objection(url), null, url);
  assert.equal(outlet({ plainHttp: true }).objection("http://hooks.example.com/"), null);
  assert.notEqual(outlet({ plainHttp: true }).objection("http://hooks.example.com:8080/"), null);
});

test("WH-51 every address that a name has is looked at: one inside is enough to refuse it", async () => {
  const bad = [
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "::1",
    "::ffff:127.0.0.1",
    "fd00::1",
    "64:ff9b::a00:1",
    "fe80::1%eth0",
    "0.0.0.0",
  ];
  for (const address of bad) {
    for (const answer of [[address], ["93.184.215.14", address], [address, "2606:4700::1111"]]) {
      const { status, ...rest } = await post("https://hooks.example.com/", { resolve: leadsTo(...answer) });
      assert.equal(status, null);
      assert.match((rest as { problem: string }).problem, /not on the public internet/, answer.join());
      assert.ok(!(rest as { problem: string }).problem.includes(address), "where an inner name leads is not told");
    }
  }
});

test("WH-52 a name is resolved once and the connection goes to the address that was looked at", async (t) => {
  const { requests, port } = await receiver(t);
  let asked = 0;
  // What rebinds answers otherwise the second time; and the machine's own resolver knows no such name.
  const resolve = () => {
    asked += 1;
    return leadsTo(asked === 1 ? "127.0.0.1" : "127.0.0.2")();
  };
  const allowed = parseAllowedHosts("127.0.0.1");

  const first = await post(`http://rebind.invalid:${port}/hook`, { resolve, allowed });
  assert.deepEqual(first, { status: 200, retryAfterMs: null, text: "thanks" });
  assert.equal(asked, 1);
  assert.equal(requests[0]!.headers["host"], `rebind.invalid:${port}`);

  const second = await post(`http://rebind.invalid:${port}/hook`, { resolve, allowed });
  assert.equal(second.status, null, "looked at anew for each request");
  assert.equal(requests.length, 1);
});

test("WH-53 a redirect is an answer like any other: it is not followed", async (t) => {
  const target = await receiver(t);
  for (const code of [301, 302, 303, 307, 308]) {
    const { port } = await receiver(t, (_, response) =>
      response.writeHead(code, { location: `http://127.0.0.1:${target.port}/inside` }).end(),
    );
    const answer = await post(`http://127.0.0.1:${port}/`, { allowed: parseAllowedHosts("127.0.0.1") });
    assert.equal(answer.status, code);
  }
  assert.equal(target.requests.length, 0);
});

test("WH-54 the administrator opens hosts and networks, on any port and without TLS, and nothing beside them", async (t) => {
  const { port } = await receiver(t);
  const reach = async (allow: string, url: string, ...addresses: string[]) =>
    (await post(url, { allowed: parseAllowedHosts(allow), resolve: leadsTo(...addresses) })).status;

  assert.equal(await reach("localhost", `http://localhost:${port}/`, "127.0.0.1"), 200);
  assert.equal(await reach("127.0.0.0/8", `http://receiver:${port}/`, "127.0.0.1"), 200);
  assert.equal(await reach("10.0.0.0/8, 127.0.0.1", `http://127.0.0.1:${port}/`), 200);
  assert.equal(await reach("127.0.0.0/8", `http://receiver:${port}/`, "127.0.0.1", "10.0.0.1"), null);
  assert.equal(await reach("10.0.0.0/8", `http://127.0.0.1:${port}/`), null);
  assert.equal(await reach("receiver", `http://other:${port}/`, "127.0.0.1"), null);
  // A network that is open does not open other ports of the public internet.
  assert.equal(await reach("10.0.0.0/8", "https://hooks.example.com:8443/", "93.184.215.14"), null);

  for (const wrong of ["10.0.0.0/33", "10.0.0.0/8/8", "300.1.1.1", "http://localhost", "a b/c", "*"])
    assert.throws(() => parseAllowedHosts(wrong), /SWITCHYARD_WEBHOOK_ALLOW/, wrong);
  assert.deepEqual(parseAllowedHosts(" ").hasNetworks, nothingAllowed.hasNetworks);
  assert.equal(isPublicAddress("hooks.example.com"), false);
});

test("WH-55 a receiver that does not answer, or never ends, costs 15 seconds and 64 KB at most; 4 KB are shown", async (t) => {
  const allowed = parseAllowedHosts("127.0.0.1");
  const silent = await receiver(t, () => {});
  const late = await post(`http://127.0.0.1:${silent.port}/`, { allowed }, 200);
  assert.deepEqual(late, { status: null, problem: "No answer within 0.2 seconds." });

  let sent = 0;
  const endless = await receiver(t, (_, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && sent < 50_000_000) {
        sent += 16_384;
        if (!response.write("x".repeat(16_384))) return void response.once("drain", more);
      }
    };
    more();
  });
  const cut = await post(`http://127.0.0.1:${endless.port}/`, { allowed });
  assert.equal(cut.status, 200);
  assert.equal((cut as { text: string }).text.length, 4096);
  assert.ok(sent < 20_000_000, `it was let send ${sent} bytes`);

  const trickle = await receiver(t, (_, response) => void response.writeHead(202).write("a\0b"));
  const slow = await post(`http://127.0.0.1:${trickle.port}/`, { allowed }, 300);
  assert.deepEqual(slow, { status: 202, retryAfterMs: null, text: "a\uFFFDb" }, "its status came in time");
});

test("WH-55 the limit holds while the name is resolved too", async () => {
  const clock = new VirtualClock(new Date(0));
  const answer = post("https://hooks.example.com/", { clock, resolve: () => new Promise(() => {}) }, 15_000);
  clock.advance(15_000);
  assert.deepEqual(await answer, { status: null, problem: "No answer within 15 seconds." });
});

test("WH-56 what went wrong is said in a sentence; Retry-After is understood in seconds and as a date", async (t) => {
  const allowed = parseAllowedHosts("127.0.0.1");
  const { port: closed } = await receiver(t);
  const refused = await post(`http://127.0.0.1:${closed === 1 ? 2 : 1}/`, { allowed });
  assert.deepEqual(refused, { status: null, problem: "Nobody answers there: the connection was refused." });
  const cut = await receiver(t, (request) => request.socket.destroy());
  assert.deepEqual(await post(`http://127.0.0.1:${cut.port}/`, { allowed }), {
    status: null,
    problem: "The connection was closed before an answer came.",
  });
  const nowhere = await post("https://hooks.example.com/", {
    resolve: () => Promise.reject(Object.assign(new Error("x"), { code: "ENOTFOUND" })),
  });
  assert.deepEqual(nowhere, { status: null, problem: "The name hooks.example.com has no address: ENOTFOUND." });

  const clock = { ...realClock, now: () => new Date("2026-11-22T12:00:00Z") };
  for (const [header, ms] of [
    ["120", 120_000],
    ["Sun, 22 Nov 2026 12:01:00 GMT", 60_000],
    ["soon", null],
  ] as const) {
    const busy = await receiver(t, (_, response) => response.writeHead(429, { "retry-after": header }).end());
    assert.deepEqual(await post(`http://127.0.0.1:${busy.port}/`, { allowed, clock }), {
      status: 429,
      retryAfterMs: ms,
      text: "",
    });
  }
});
