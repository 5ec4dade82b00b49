import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cardBlank, codeBlank, luhn, maskCards, maskCardsIn, maskMessage } from "./card-mask.ts";

/** The brands' own test numbers. */
const cards = [
  "4111111111111111",
  "4012888888881881",
  "4000000000000000006",
  "5555555555554444",
  "2223003122003222",
  "2720990000000007",
  "378282246310005",
  "371449635398431",
  "6011111111111117",
  "6011000990139424",
  "3530111333300000",
  "6240008631401148",
  "6759649826438453",
];
const withCheckDigit = (digits: string): string =>
  Array.from("0123456789")
    .map((last) => `${digits}${last}`)
    .find((each) => luhn(each))!;
const digitsOf = (count: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((each) => each.join(""));
const begun = (begin: string, length: number) =>
  digitsOf(length - begin.length - 1).map((rest) => withCheckDigit(begin + rest));
const anyCard = fc.oneof(
  begun("4", 16),
  begun("4", 19),
  begun("51", 16),
  begun("2221", 16),
  begun("37", 15),
  begun("6011", 16),
  begun("3528", 16),
  begun("62", 18),
);
const grouping = fc.constantFrom("", " ", "-", "\u00a0");
const grouped = (digits: string, gap: string): string => digits.match(/\d{1,4}/g)!.join(gap);
const words = fc.constantFrom("please ", "Hallo, ", "\n", "use: ", "(", '"', "call me. ", "");

test("CD-1 a card number in any text is blanked out whole, in each grouping, and the rest of the text stays", () => {
  for (const card of cards)
    for (const gap of ["", " ", "-"])
      assert.equal(maskCards(`take ${grouped(card, gap)} please`), `take ${cardBlank} please`, card);
  fc.assert(
    fc.property(
      anyCard,
      grouping,
      words,
      fc.constantFrom("", ".", " thanks", ")", ", bye"),
      (card, gap, before, after) => {
        assert.equal(maskCards(`${before}${grouped(card, gap)}${after}`), `${before}${cardBlank}${after}`);
      },
    ),
  );
});

test("CD-1 short card numbers are blanked out where they are written like a card's or called one", () => {
  assert.equal(maskCards("3056 930902 5904"), cardBlank);
  assert.equal(maskCards("card 30569309025904"), `card ${cardBlank}`);
  assert.equal(maskCards("Kreditkarte: 4222222222222"), `Kreditkarte: ${cardBlank}`);
});

test("CD-2 a verification code is blanked out where it is called one, and where it follows a card number", () => {
  assert.equal(maskCards("cvc 123"), `cvc ${codeBlank}`);
  assert.equal(maskCards("CVV: 1234, thanks"), `CVV: ${codeBlank}, thanks`);
  assert.equal(maskCards("the security code is 987"), `the security code is ${codeBlank}`);
  assert.equal(maskCards("Prüfnummer 321!"), `Prüfnummer ${codeBlank}!`);
  assert.equal(maskCards("4111 1111 1111 1111 12/27 123"), `${cardBlank} 12/27 ${codeBlank}`);
  assert.equal(maskCards("4111111111111111, exp 01/2028, 9876 ok"), `${cardBlank}, exp 01/2028, ${codeBlank} ok`);
  assert.equal(maskCards("4111111111111111 123"), `${cardBlank} ${codeBlank}`);
  assert.equal(maskCards("gate code 1234, ring twice; bell 123"), "gate code 1234, ring twice; bell 123");
});

const checked = (digits: string): string => {
  const sum = Array.from(digits)
    .reverse()
    .reduce((all, digit, index) => all + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
};

test("CD-3 article numbers, order numbers, phone numbers and tracking numbers stay", () => {
  fc.assert(fc.property(digitsOf(12).map(checked), (ean) => assert.equal(maskCards(`item ${ean}.`), `item ${ean}.`)));
  fc.assert(fc.property(digitsOf(13).map(checked), (gtin) => assert.equal(maskCards(gtin), gtin)));
  fc.assert(
    fc.property(digitsOf(3), digitsOf(7), digitsOf(7), (a, b, c) => {
      const id = `${a}-${b}-${c}`;
      assert.equal(maskCards(`about ${id}`), `about ${id}`);
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom("+49", "+1", "+44", "+86", "+37", "+62"), digitsOf(11), (country, rest) => {
      for (const phone of [`${country}${rest}`, `${country} ${grouped(rest, " ")}`])
        assert.equal(maskCards(`call ${phone}`), `call ${phone}`);
    }),
  );
  fc.assert(fc.property(digitsOf(10), (rest) => assert.equal(maskCards(`491${rest}`), `491${rest}`)));
  const others = fc.oneof(
    fc.tuple(digitsOf(16), fc.constant("1Z")).map(([rest, begin]) => `${begin}${rest}`),
    digitsOf(20),
    digitsOf(22),
    digitsOf(12),
    digitsOf(16).map((rest) => `JJD${rest}`),
    digitsOf(9).map((rest) => `RR${rest}DE`),
    digitsOf(16).map((rest) => `#${rest}`),
    digitsOf(16).map((rest) => `PO-${rest}`),
    anyCard.map((digits) => `https://t.example/${digits}`),
    anyCard.map((digits) => `${digits}-A`),
    anyCard.map((digits) => `tracking number ${digits}`),
    anyCard.map((digits) => `Sendungsnr.: ${digits}`),
    anyCard.map((digits) => `order no. ${digits}`),
    anyCard.map((digits) => `Tel. ${digits}`),
    anyCard.map((digits) => `EAN ${digits}`),
  );
  fc.assert(
    fc.property(others, (other) => assert.equal(maskCards(`my ${other} ok`), `my ${other} ok`)),
    {
      numRuns: 2_000,
    },
  );
});

test("CD-3 what does not check out is no card number", () => {
  for (const text of [
    "4111111111111112",
    "9111111111111111",
    "411111111111111",
    "1234567890123456",
    "0000000000000000",
  ])
    assert.equal(maskCards(text), text);
});

test("CD-4 masking twice is masking once, and a text without three digits in a row is not touched", () => {
  const anyText = fc
    .array(fc.oneof(fc.string(), anyCard, digitsOf(3), fc.constantFrom("cvc ", " 12/27 ", "\n")))
    .map((each) => each.join(" "));
  fc.assert(
    fc.property(anyText, (text) => {
      const once = maskCards(text);
      assert.equal(maskCards(once), once);
      if (!/\d{3}/.test(text)) assert.equal(once, text);
    }),
    { examples: [["4111111111111111 tel 4000000000000000006"], ["visa 4111111111111111 tel 4000000000000000006"]] },
  );
});

test("CD-4 a long text of digits and hyphens is read in time", () => {
  const before = process.cpuUsage(); // of this process alone: others may keep the machine busy
  for (const text of [
    "4 ".repeat(50_000),
    "4-".repeat(50_000),
    "cvc".repeat(30_000),
    "1".repeat(100_000),
    "card ".repeat(20_000),
  ])
    maskCards(text);
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 3_000_000, `${user + system} µs`);
});

test("CD-5 in a message every text is looked at; ids and numbers stay, and a message without cards stays byte for byte", () => {
  const raw = `{"id": 4111111111111111, "order_id":"4111111111111111" , "note":"4111111111111111", "lines":[{"message":"my card 5555 5555 5555 4444"}]}`;

  const masked = maskMessage(raw);

  assert.deepEqual(JSON.parse(masked), {
    id: 4111111111111111,
    order_id: "4111111111111111",
    note: cardBlank,
    lines: [{ message: `my card ${cardBlank}` }],
  });
  const innocent = '{"a" :  "4111111111111111","b":1.50, "note":"ring 123 times"}';
  assert.equal(maskMessage(innocent), innocent);
  assert.equal(maskMessage("1001;Ada;take 4111 1111 1111 1111"), `1001;Ada;take ${cardBlank}`);
  const at = new Date(0);
  assert.deepEqual(maskCardsIn({ at, note: "4111111111111111" }), { at, note: cardBlank });
});
