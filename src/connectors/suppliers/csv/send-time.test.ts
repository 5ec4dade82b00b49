import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nextSendTime } from "./send-time.ts";

const next = (times: string[], zone: string, now: string): string =>
  nextSendTime(times, zone, new Date(now)).toISOString();

test("CS-14 without set times a document leaves at once", () => {
  assert.equal(next([], "Europe/Berlin", "2026-11-22T10:00:00.123Z"), "2026-11-22T10:00:00.123Z");
});

test("CS-14 the next of the set times counts, in the supplier's zone and across midnight", () => {
  const times = ["15:30", "09:00"];

  assert.equal(next(times, "Europe/Berlin", "2026-11-22T07:59:59Z"), "2026-11-22T08:00:00.000Z");
  assert.equal(next(times, "Europe/Berlin", "2026-11-22T08:00:00Z"), "2026-11-22T08:00:00.000Z");
  assert.equal(next(times, "Europe/Berlin", "2026-11-22T08:00:00.001Z"), "2026-11-22T14:30:00.000Z");
  assert.equal(next(times, "Europe/Berlin", "2026-11-22T14:31:00Z"), "2026-11-23T08:00:00.000Z");
  assert.equal(next(times, "America/Los_Angeles", "2026-12-31T23:45:00Z"), "2027-01-01T17:00:00.000Z");
  assert.equal(next(["00:00"], "Pacific/Auckland", "2026-11-22T10:59:00Z"), "2026-11-22T11:00:00.000Z");
});

test("CS-14 a time that the clock skips comes as much later", () => {
  assert.equal(next(["02:30"], "Europe/Berlin", "2026-03-28T23:00:00Z"), "2026-03-29T01:30:00.000Z"); // 03:30 there
  assert.equal(next(["02:30"], "Europe/Berlin", "2026-03-29T01:31:00Z"), "2026-03-30T00:30:00.000Z");
});

test("CS-14 a time that comes twice counts the first time only", () => {
  assert.equal(next(["02:30"], "Europe/Berlin", "2026-10-25T00:00:00Z"), "2026-10-25T00:30:00.000Z");
  assert.equal(next(["02:30"], "Europe/Berlin", "2026-10-25T00:45:00Z"), "2026-10-26T01:30:00.000Z");
});

test("CS-14 in every zone the next time is at or after now and less than two days away", () => {
  const zones = fc.constantFrom(
    "UTC",
    "Europe/London",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
  );
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
  fc.assert(
    fc.property(
      zones,
      fc.array(time, { minLength: 1, maxLength: 4 }),
      fc.date({ min: new Date("2011-01-01"), max: new Date("2040-01-01"), noInvalidDate: true }),
      (zone, times, now) => {
        const wait = nextSendTime(times, zone, now).getTime() - now.getTime();

        assert.ok(wait >= 0 && wait <= 49 * 3_600_000, `${zone} ${times.join()} ${now.toISOString()}`);
      },
    ),
  );
});
