import assert from "node:assert/strict";
import { test } from "node:test";
import { DeskVisits } from "./desk-visits.ts";

test("SB-83 the pretend people leave a desk to whoever opens it in a browser, and come back a minute after the last look", () => {
  let now = Date.parse("2026-11-22T10:00:00Z");
  const clock = { now: () => new Date(now), sleep: () => Promise.resolve() };
  const visits = new DeskVisits(clock);
  const look = (route: string, headers = {}) => visits.saw({ method: "GET", route, headers });

  look("/v1/desk"); // one of themselves
  look("/v1/orders", { "sec-fetch-site": "same-origin" });
  assert.deepEqual([visits.isTaken("prep"), visits.isTaken("order")], [false, false]);

  look("/v1/desk", { "sec-fetch-site": "same-origin" });
  assert.deepEqual([visits.isTaken("prep"), visits.isTaken("order")], [true, false]);
  look("/v1/fulfillment-orders", { "sec-fetch-site": "same-origin" });
  now += 59_999;
  assert.deepEqual([visits.isTaken("prep"), visits.isTaken("order")], [true, true]);
  now += 1;
  assert.deepEqual([visits.isTaken("prep"), visits.isTaken("order")], [false, false]);
});
