import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { aWorld, minute } from "../testing/bench.ts";
import { Push, type PushRequest } from "./push.ts";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const url = "http://127.0.0.1:4400/hooks/abc";

function aPush({ status = () => 204, seed = "1" }: { status?: (request: PushRequest) => number; seed?: string } = {}) {
  const bench = aWorld({ seed });
  const sent: PushRequest[] = [];
  const push = new Push({
    world: bench.world,
    now: () => new Date(bench.now()),
    durable: async () => undefined,
    send: async (request) => {
      sent.push(request);
      return status(request);
    },
  });
  const tell = (body: unknown) => bench.ask("PUT", "/shop/webhook", body);
  assert.equal(tell({ url, secret }).status, 200);
  return { ...bench, sent, push, tell, ids: () => sent.map(({ headers }) => headers["webhook-id"]) };
}
const isSigned = ({ headers, body }: PushRequest): boolean => {
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signature } = headers;
  return (
    signature === `v1,${createHmac("sha256", Buffer.alloc(32, 7)).update(`${id}.${time}.${body}`).digest("base64")}`
  );
};

test("WI-20 what the feed shows from now on is sent, signed, and once; what was before is not", async () => {
  const shop = aPush();
  shop.sell();
  await shop.push.step();
  assert.equal(shop.sent.length, 0, "it was there before anybody asked");
  const id = shop.sell();

  await shop.push.step();
  await shop.push.step();

  assert.deepEqual(shop.ids(), [`${id}:v1`]);
  assert.equal(shop.sent[0]?.url, url);
  assert.ok(isSigned(shop.sent[0]!));
  assert.deepEqual(JSON.parse(shop.sent[0]!.body), shop.messages().at(-1));
});

test("WI-20 what was not taken is sent again under the same id, and given up after the sixth time", async () => {
  const shop = aPush({ status: () => 500 });
  await shop.push.step();
  shop.sell();
  for (let seconds = 0; seconds < 600; seconds++) {
    await shop.push.step();
    shop.pass(1_000);
  }

  assert.equal(shop.sent.length, 6);
  assert.equal(new Set(shop.ids()).size, 1);
  assert.ok(shop.sent.every(isSigned));
});

test("WI-20 it sends nowhere but to this machine, stops when told, and a restart knows where", async () => {
  const shop = aPush();
  for (const elsewhere of [
    "https://example.com/hooks/a",
    "http://10.0.0.1/hooks/a",
    "http://127.0.0.1.example.com/",
    "file:///etc/passwd",
    7,
  ])
    assert.equal(shop.tell({ url: elsewhere, secret }).status, 400, String(elsewhere));
  assert.equal(shop.tell({ url, secret: "short" }).status, 400);
  assert.deepEqual(aWorld({ events: [...shop.events] }).world.state.webhook, { url, secret });

  assert.equal(shop.tell({ url: null, secret: null }).status, 200);
  shop.sell();
  await shop.push.step();

  assert.deepEqual(shop.sent, []);
});

test("WI-21 webhook_lost: never sent, and the feed has it", async () => {
  const shop = aPush();
  await shop.push.step();
  shop.faults({ shop: { webhook_lost: 1 } });
  const id = shop.sell();
  for (let minutes = 0; minutes < 60; minutes++, shop.pass(minute)) await shop.push.step();

  assert.deepEqual(shop.sent, []);
  assert.ok(shop.messages().some((message) => message.id === `${id}:v1`));
});

test("WI-21 webhook_late: newer ones overtake it", async () => {
  const shop = aPush();
  await shop.push.step();
  shop.faults({ shop: { webhook_late: 1 } });
  const late = shop.sell();
  await shop.push.step();
  shop.faults({ shop: { webhook_late: 0 } });
  const prompt = shop.sell();
  for (let minutes = 0; minutes < 60; minutes++, shop.pass(minute)) await shop.push.step();

  assert.deepEqual(shop.ids(), [`${prompt}:v1`, `${late}:v1`]);
});

test("WI-21 webhook_repeated: once more, the same to the last letter", async () => {
  const shop = aPush();
  await shop.push.step();
  shop.faults({ shop: { webhook_repeated: 1 } });
  const id = shop.sell();
  for (let minutes = 0; minutes < 60; minutes++, shop.pass(minute)) await shop.push.step();

  assert.deepEqual(shop.ids(), [`${id}:v1`, `${id}:v1`]);
  assert.equal(shop.sent[0]!.body, shop.sent[1]!.body);
  assert.ok(shop.sent.every(isSigned));
});

test("WI-21 webhook_forged: somebody without the secret sends the order with another name, and does not insist", async () => {
  const shop = aPush({ status: (request) => (isSigned(request) ? 204 : 401) });
  await shop.push.step();
  shop.faults({ shop: { webhook_forged: 1 } });
  shop.sell();
  for (let minutes = 0; minutes < 60; minutes++, shop.pass(minute)) await shop.push.step();

  const [forged, genuine] = shop.sent.toSorted((a, b) => Number(isSigned(a)) - Number(isSigned(b)));
  assert.equal(shop.sent.length, 2);
  assert.ok(!isSigned(forged!) && forged!.body.includes("Mallory Nobody"));
  assert.ok(isSigned(genuine!) && !genuine!.body.includes("Mallory Nobody"));
});
