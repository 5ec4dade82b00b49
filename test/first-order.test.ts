import assert from "node:assert/strict";
import { test } from "node:test";
import { standOf } from "../web/src/screens/overview/first-order.ts";

type Order = Parameters<typeof standOf>[0];
const allowed = { allowed: true } as const;
const refused = { allowed: false, why: "Nothing stops it: it goes on by itself." } as const;
const order = (headline: Order["headline"], release: boolean, leaves: string | null): Order => ({
  headline,
  leaves_buffer_at: leaves,
  actions: { release: release ? allowed : refused, hold: allowed, unhold: refused, edit: allowed, cancel: allowed },
});

test("UI-96 the set-up knows where the first order stands: to be let go, in its buffer, stopped, or on its way", () => {
  assert.equal(standOf(order("review", true, null)), "process");
  assert.equal(standOf(order("waiting", false, "2026-11-22T12:10:00Z")), "buffer");
  assert.equal(standOf(order("needs_attention", true, null)), "stopped");
  assert.equal(standOf(order("checking", false, null)), "going");
  assert.equal(standOf(order("ordered", false, null)), "going");
});
