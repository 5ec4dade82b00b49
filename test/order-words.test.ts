import assert from "node:assert/strict";
import { test } from "node:test";
import { searchKeys, splitWords as read } from "#domain/search-words.ts";
import { joinWords, splitWords, takeTyped, wordKeys } from "../web/src/screens/orders/words.ts";

const searches = [
  "",
  "  mug   tide ",
  "channel:ebay due:today mug",
  'supplier:"Blue Kestrel" is:late',
  'supplier:"Blue Kestrel',
  "http://example.com a:b state: :x",
  "reason:sku_not_linked #1001 country:de,at sku:A:B",
  'owner:me "two words" is:',
];

test("UI-13 the search box takes words apart as the API does, and knows the same keys", () => {
  assert.deepEqual([...wordKeys].sort(), Object.keys(searchKeys).sort());
  for (const q of searches) assert.deepEqual({ ...splitWords(q) }, read(q), q);
  for (const q of searches) assert.deepEqual(splitWords(joinWords(splitWords(q))), splitWords(q), q);
});

test("UI-13 a word that is being typed becomes a pill when it is finished, and is no text before", () => {
  assert.deepEqual(takeTyped("mug cha"), { words: [], left: "mug cha", text: "mug cha" });
  assert.deepEqual(takeTyped("mug channel:eb"), { words: [], left: "mug channel:eb", text: "mug" });
  assert.deepEqual(takeTyped("mug channel:ebay "), {
    words: [{ key: "channel", value: "ebay" }],
    left: "mug",
    text: "mug",
  });
  assert.deepEqual(takeTyped('supplier:"Blue ').words, []);
  assert.deepEqual(takeTyped('supplier:"Blue Kestrel"', true).words, [{ key: "supplier", value: "Blue Kestrel" }]);
});
