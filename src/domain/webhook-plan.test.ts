import assert from "node:assert/strict";
import { test } from "node:test";
import {
  judge,
  longestFailingMs,
  mostGivenUp,
  retryDelaysMs,
  withJitter,
  type EndpointHealth,
  type WebhookAnswer,
} from "./webhook-plan.ts";

const now = new Date("2026-11-22T12:00:00Z");
const well: EndpointHealth = { failures: 0, failingSince: null, givenUp: 0, pausedUntil: null, lastSuccessAt: null };
const answered = (status: number, retryAfterMs: number | null = null): WebhookAnswer => ({
  status,
  retryAfterMs,
  text: "",
});
const silent: WebhookAnswer = { status: null, problem: "No answer within 15 seconds." };
const after = (date: Date | null): number => date!.getTime() - now.getTime();

test("WH-30 a delivery is tried ten times in three days by the specification's plan, up to a fifth later each time", () => {
  let tries = 0;
  let waited = 0;
  for (;;) {
    const { delivery } = judge({ id: "7", tries }, well, silent, now);
    assert.equal(delivery.tries, (tries += 1));
    if (delivery.state !== "waiting") {
      assert.equal(delivery.state, "given_up");
      break;
    }
    const pause = after(delivery.dueAt);
    const plan = retryDelaysMs[tries]!;
    assert.ok(pause >= plan && pause <= plan * 1.2, `try ${tries + 1} comes after ${pause} ms`);
    waited += pause;
  }
  assert.equal(tries, 10);
  assert.ok(waited >= (75 * 3600 + 35 * 60 + 5) * 1000);
  const spread = new Set(Array.from({ length: 50 }, (_, id) => withJitter(3_600_000, String(id), 3)));
  assert.ok(spread.size > 30, "what failed together does not come back together");
  assert.equal(withJitter(1000, "7", 3), withJitter(1000, "7", 3));
});

test("WH-31 success is an answer from 200 to 299 and nothing else, and clears the endpoint's record", () => {
  const failing = { ...well, failures: 7, failingSince: now, givenUp: 2, pausedUntil: now };
  for (const status of [200, 201, 204, 299]) {
    const { delivery, health, disabled } = judge({ id: "7", tries: 3 }, failing, answered(status), now);
    assert.deepEqual(delivery, { state: "delivered", tries: 4 });
    assert.deepEqual(health, { ...well, lastSuccessAt: now });
    assert.equal(disabled, null);
  }
  for (const answer of [silent, ...[100, 199, 300, 301, 308, 400, 404, 500, 599].map((status) => answered(status))])
    assert.equal(judge({ id: "7", tries: 0 }, well, answer, now).delivery.state, "waiting");
});

test("WH-32 Retry-After delays the next try, by a day at most, and never hurries it", () => {
  const next = (answer: WebhookAnswer) => {
    const { delivery } = judge({ id: "7", tries: 1 }, well, answer, now);
    return delivery.state === "waiting" ? after(delivery.dueAt) : 0;
  };
  assert.equal(next(answered(503, 7_200_000)), 7_200_000);
  assert.equal(next(answered(429, 1000)), next(silent));
  assert.equal(next(answered(429, 400 * 86_400_000)), 86_400_000);
});

test("WH-33 an endpoint that fails five times in a row, or says that it is too much, is left alone for a while, longer each time", () => {
  let health = well;
  const pauses: (number | null)[] = [];
  for (let failure = 1; failure <= 12; failure += 1) {
    ({ health } = judge({ id: "7", tries: 0 }, health, silent, now));
    pauses.push(health.pausedUntil === null ? null : after(health.pausedUntil));
  }
  assert.deepEqual(pauses.slice(0, 6), [null, null, null, null, 15_000, 30_000]);
  assert.equal(pauses.at(-1), 600_000, "ten minutes at most");
  for (const status of [429, 502, 503, 504])
    assert.equal(after(judge({ id: "7", tries: 0 }, well, answered(status), now).health.pausedUntil), 15_000);
  assert.equal(after(judge({ id: "7", tries: 0 }, well, answered(429, 60_000), now).health.pausedUntil), 60_000);
});

test("WH-34 an endpoint is switched off when it says that it is gone, when three deliveries in a row are given up, or after five days without success", () => {
  const last = { id: "7", tries: retryDelaysMs.length - 1 };
  assert.equal(judge({ id: "7", tries: 0 }, well, answered(410), now).disabled, "gone");
  assert.equal(judge({ id: "7", tries: 0 }, well, answered(410), now).delivery.state, "given_up");
  const given = { ...well, givenUp: mostGivenUp - 1, failures: 20, failingSince: now };
  assert.equal(judge(last, given, silent, now).disabled, "failing");
  assert.equal(judge(last, { ...given, givenUp: 0 }, silent, now).disabled, null);
  const long = { ...given, givenUp: 0, failingSince: new Date(now.getTime() - longestFailingMs) };
  assert.equal(judge({ id: "7", tries: 0 }, long, silent, now).disabled, "failing");
  assert.equal(judge({ id: "7", tries: 0 }, { ...long, failingSince: now }, silent, now).disabled, null);
});
