import assert from "node:assert/strict";
import { test } from "node:test";
import { uuidv7 } from "#domain/uuid.ts";

const ones = { next: () => 0, bytes: (count: number) => new Uint8Array(count).fill(0xff) };
const zeros = { next: () => 0, bytes: (count: number) => new Uint8Array(count) };

test("a uuid carries its millisecond, its version and its variant, whatever the random bits are", () => {
  const now = new Date("2022-02-22T19:22:22.000Z"); // the instant of the example in RFC 9562, appendix A.6

  assert.equal(uuidv7(now, zeros), "017f22e2-79b0-7000-8000-000000000000");
  assert.equal(uuidv7(now, ones), "017f22e2-79b0-7fff-bfff-ffffffffffff");
});

test("uuids sort by time", () => {
  const earlier = uuidv7(new Date("2026-01-01T00:00:00.000Z"), ones);
  const later = uuidv7(new Date("2026-01-01T00:00:00.001Z"), zeros);

  assert.ok(earlier < later);
});
