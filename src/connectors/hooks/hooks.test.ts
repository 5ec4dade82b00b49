import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Secret } from "#domain/secret.ts";
import { verifyHmacHeader } from "./hmac-header.ts";
import { verifyStandardWebhook } from "./standard-webhooks.ts";

/** What was published or recorded outside; not part of this repository. */
const contracts = join(import.meta.dirname, "../../../../shared/contracts");
const read = (name: string): unknown => JSON.parse(readFileSync(join(contracts, name), "utf8"));
const bytes = (text: string): Uint8Array => Buffer.from(text);

interface Vector {
  name: string;
  secret: string;
  id: string | null;
  timestamp: string | null;
  payload: string;
  signature: string | null;
  valid: boolean;
}

test("WI-2 every vector of the Standard Webhooks libraries: what is valid there is taken, and nothing else is", (t) => {
  if (!existsSync(join(contracts, "standard-webhooks")))
    return t.skip("the vectors are not beside this repository (../shared/contracts/standard-webhooks)");
  const { cases, now } = read("standard-webhooks/vectors.json") as { cases: Vector[]; now: number };
  assert.ok(cases.filter(({ valid }) => valid).length >= 5 && cases.some(({ valid }) => !valid));
  for (const { name, secret, id, timestamp, payload, signature, valid } of cases) {
    const headers = {
      ...(id === null ? {} : { "webhook-id": id }),
      ...(timestamp === null ? {} : { "webhook-timestamp": timestamp }),
      ...(signature === null ? {} : { "webhook-signature": signature }),
    };
    const request = { headers, body: bytes(payload) };
    const verified = verifyStandardWebhook(request, new Secret(secret), new Date(now * 1000));
    assert.deepEqual(verified, valid ? { eventId: id } : null, name);
  }
});

test("WI-2 one changed byte of the body, another id or time, and a message of six minutes ago are not taken", () => {
  const at = new Date("2021-02-25T15:02:10Z");
  const secret = new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  const headers = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };
  const body = '{"test": 2432232314}';
  const verify = (change: Record<string, string>, text = body, now = at) =>
    verifyStandardWebhook({ headers: { ...headers, ...change }, body: bytes(text) }, secret, now);
  assert.deepEqual(verify({}), { eventId: "msg_p5jXN8AQM9LWM0D4loKWxJek" });
  assert.equal(verify({}, '{"test": 2432232315}'), null);
  assert.equal(verify({}, `${body} `), null);
  assert.equal(verify({ "webhook-id": "msg_other" }), null);
  assert.equal(verify({ "webhook-timestamp": "1614265331" }), null);
  assert.equal(verify({ "webhook-timestamp": "1614265330.0" }), null);
  assert.equal(verify({ "webhook-signature": "" }), null);
  assert.equal(verify({ "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,") }), null);
  assert.notEqual(verify({}, body, new Date(at.getTime() + 300_000)), null);
  assert.equal(verify({}, body, new Date(at.getTime() + 301_000)), null);
  assert.equal(verify({}, body, new Date(at.getTime() - 301_000)), null);
  assert.equal(verifyStandardWebhook({ headers, body: bytes(body) }, new Secret("whsec_"), at), null);
});

const woo = verifyHmacHeader({ header: "x-wc-webhook-signature", eventId: "x-wc-webhook-delivery-id" });

test("WI-10 messages that a real WooCommerce shop sent are taken with their secret, and not with another or changed", (t) => {
  if (!existsSync(join(contracts, "woocommerce")))
    return t.skip("the recorded messages are not beside this repository (../shared/contracts/woocommerce)");
  const { deliveries } = read("woocommerce/recorded/webhooks.json") as {
    deliveries: { headers: Record<string, string>; secret: string; body: string; valid: boolean }[];
  };
  const now = new Date();
  assert.ok(deliveries.length >= 3);
  for (const { headers, secret, body, valid } of deliveries) {
    const id = headers["x-wc-webhook-delivery-id"];
    const verified = woo({ headers, body: bytes(body) }, new Secret(secret), now);
    assert.deepEqual(verified, valid ? { eventId: id } : null);
    assert.equal(woo({ headers, body: bytes(`${body}\n`) }, new Secret(secret), now), null);
    assert.equal(woo({ headers, body: bytes(body) }, new Secret(`${secret}.`), now), null);
  }
});

test("WI-10 the header is the HMAC-SHA256 of the body in base64 or hex; a missing header, id or secret is never right", () => {
  const now = new Date();
  const body = bytes('{"id":820982911946154508}');
  const digest = (encoding: "base64" | "hex") => createHmac("sha256", "hush").update(body).digest(encoding);
  const secret = new Secret("hush");
  const shopify = verifyHmacHeader({ header: "x-shopify-hmac-sha256", eventId: "x-shopify-event-id" });
  const headers = { "x-shopify-hmac-sha256": digest("base64"), "x-shopify-event-id": "98880550-7158" };
  assert.deepEqual(shopify({ headers, body }, secret, now), { eventId: "98880550-7158" });
  assert.equal(shopify({ headers: { ...headers, "x-shopify-hmac-sha256": digest("hex") }, body }, secret, now), null);
  assert.equal(shopify({ headers: { "x-shopify-event-id": "1" }, body }, secret, now), null);
  assert.equal(shopify({ headers: { "x-shopify-hmac-sha256": digest("base64") }, body }, secret, now), null);
  const empty = createHmac("sha256", "").update(body).digest("base64");
  const unsigned = { ...headers, "x-shopify-hmac-sha256": empty };
  assert.equal(shopify({ headers: unsigned, body }, new Secret(""), now), null);
  const inHex = verifyHmacHeader({ header: "x-signature", eventId: "x-id", encoding: "hex" });
  assert.deepEqual(inHex({ headers: { "x-signature": digest("hex"), "x-id": "7" }, body }, secret, now), {
    eventId: "7",
  });
});
