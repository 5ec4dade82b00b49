import assert from "node:assert/strict";
import { test } from "node:test";
import { readWords, splitWords, writeWord, type Search } from "./search-words.ts";

const at = { now: new Date("2026-11-22T22:30:00Z"), zone: "Europe/Berlin" };
const read = (q: string): Search => {
  const result = readWords(q, at);
  assert.equal(result.status, "ok", JSON.stringify(result));
  return (result as { value: Search }).value;
};

test("SV-1 words and text are told apart; quotes keep blanks; what has no key of ours is text", () => {
  assert.deepEqual(splitWords('channel:ebay supplier:"Blue Kestrel" mug  "tide" A:1 due: http://x'), {
    words: [
      { key: "channel", value: "ebay" },
      { key: "supplier", value: "Blue Kestrel" },
    ],
    text: 'mug "tide" A:1 due: http://x',
  });
  assert.deepEqual(splitWords('supplier:"Blue Kes').words, [{ key: "supplier", value: "Blue Kes" }]);
  for (const word of ["channel:ebay", 'supplier:"Blue Kestrel"'])
    assert.equal(writeWord(splitWords(word).words[0]!), word);
});

test("SV-2 a value that its key does not know is refused with what it knows", () => {
  for (const [q, says] of [
    ["state:nowhere", /after state: comes a state/],
    ["state:waiting,nowhere", /state:nowhere is not understood/],
    ["reason:bad", /after reason: comes/],
    ["country:XX", /two letters/],
    ["is:lost", /late, snoozed, awake or not_told/],
    ["due:soon", /today, tomorrow/],
    ["due:2026-02-30", /today, tomorrow/],
    ["due:today due:tomorrow", /today, tomorrow/],
    ["owner:anna", /me, none/],
  ] as const) {
    const result = readWords(q, at);
    assert.equal(result.status, "refused", q);
    assert.match((result as { message: string }).message, says);
  }
});

test("SV-4 due: means a day of the workspace's zone, of 23 or 25 hours too", () => {
  const day = (q: string) => [read(q).due!.from.toISOString(), read(q).due!.to.toISOString()];
  assert.deepEqual(day("due:today"), ["2026-11-21T23:00:00.000Z", "2026-11-22T23:00:00.000Z"]);
  assert.deepEqual(day("due:tomorrow"), ["2026-11-22T23:00:00.000Z", "2026-11-23T23:00:00.000Z"]);
  assert.deepEqual(day("due:2026-10-25"), ["2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"]);
  assert.deepEqual(day("due:2026-03-29"), ["2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"]);
  const far = readWords("due:2026-11-22", { ...at, zone: "Pacific/Kiritimati" });
  assert.equal(far.status === "ok" && far.value.due!.from.toISOString(), "2026-11-21T10:00:00.000Z");
  const skipped = readWords("due:2011-12-30", { ...at, zone: "Pacific/Apia" });
  assert.equal(skipped.status, "refused", "that day did not exist there");
});
