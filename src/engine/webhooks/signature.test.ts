import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { seededRandom } from "../../../test/engine.ts";
import { makeWebhookSecret, signWebhook, webhookHeaders } from "./signature.ts";

/** From the specification's own libraries; not part of this repository. */
const vectors = join(import.meta.dirname, "../../../../shared/contracts/standard-webhooks/vectors.json");
interface Vector {
  name: string;
  secret: string;
  id: string | null;
  timestamp: string | null;
  payload: string;
  signature: string | null;
  valid: boolean;
}

test("WH-20 signatures are those of the Standard Webhooks specification", () => {
  // Its published example, so that there is one where the vectors are not.
  const example = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1614265330, payload: '{"test": 2432232314}' };
  const signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  assert.equal(signWebhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", example), signature);
  assert.equal(signWebhook("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", example), signature);
  assert.throws(() => signWebhook("whsec_", example), /at least one byte/);
});

test("WH-20 every vector of the specification's libraries: what is valid there is what we send, and nothing else is", (t) => {
  if (!existsSync(vectors))
    return t.skip("the specification's vectors are not beside this repository (../shared/contracts/standard-webhooks)");
  const {
    cases,
    now,
    tolerance_seconds: tolerance,
  } = JSON.parse(readFileSync(vectors, "utf8")) as {
    cases: Vector[];
    now: number;
    tolerance_seconds: number;
  };
  assert.ok(cases.filter((each) => each.valid).length >= 5 && cases.some((each) => !each.valid));
  for (const { name, secret, id, timestamp, payload, signature, valid } of cases) {
    const inTime = timestamp !== null && Math.abs(now - Number(timestamp)) <= tolerance;
    let ours: string | null;
    try {
      ours = id === null || !inTime ? null : signWebhook(secret, { id, timestamp: Number(timestamp), payload });
    } catch {
      ours = null;
    }
    const matches = ours !== null && (signature ?? "").split(" ").includes(ours);
    assert.equal(matches, valid, name);
  }
});

test("WH-21 the headers of a try name the message, the instant of the try, and a signature for each secret", () => {
  const random = seededRandom(5);
  const [fresh, old] = [makeWebhookSecret(random), makeWebhookSecret(random)];
  assert.match(fresh, /^whsec_[A-Za-z0-9+/]{43}=$/, "256 bits, within the 192 to 512 of the specification");
  assert.notEqual(fresh, old);
  const message = { id: "msg_1", payload: "{}" };
  const at = new Date("2026-11-22T12:00:00.900Z");
  const headers = webhookHeaders([fresh, old], { ...message, at });
  const timestamp = Math.floor(at.getTime() / 1000);
  assert.deepEqual(headers, {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `${signWebhook(fresh, { ...message, timestamp })} ${signWebhook(old, { ...message, timestamp })}`,
  });
});
