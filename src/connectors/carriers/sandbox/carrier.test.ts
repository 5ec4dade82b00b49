import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outside } from "#connectors/ports.ts";
import { memoryLog } from "#sandbox/log.ts";
import { httpTo } from "#sandbox/outside.ts";
import { createWorld } from "#sandbox/world.ts";
import { sandboxCarrier } from "./carrier.ts";

test("SB-33 every number that is asked for comes back, an unknown one as unknown", async () => {
  let at = Date.parse("2026-11-22T10:00:00Z");
  const world = createWorld({ seed: "5", now: () => new Date(at), log: memoryLog() });
  const outside = { now: () => new Date(at), http: httpTo({ world, wait: async () => undefined }) } as Outside;
  const label = world.handle({
    method: "POST",
    path: "/carriers/labels",
    headers: {},
    body: JSON.stringify({ reference: "box 1" }),
  });
  const { trackingNumber } = JSON.parse(label.type === "answer" ? label.body : "{}") as { trackingNumber: string };
  const unknown = Array.from({ length: 150 }, (_, no) => `NOBODY-${no}`);
  const states = async () => {
    const answer = await sandboxCarrier.follow(outside, { baseUrl: "http://sandbox.local" }, [
      trackingNumber,
      ...unknown,
    ]);
    assert.ok(answer.status === "ok");
    return answer.parcels.map(({ state }) => state);
  };

  const first = await states();
  at += 60 * 60_000;
  const last = await states();

  assert.deepEqual(first, ["announced", ...unknown.map(() => "unknown_number")]);
  assert.deepEqual(last, ["delivered", ...unknown.map(() => "unknown_number")]);
});
