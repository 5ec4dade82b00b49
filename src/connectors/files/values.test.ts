import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { amountOf, priceOf, wholeNumberOf } from "./amount.ts";
import { idOf, lineOf, noteOf, type Cell } from "./cell.ts";
import { fitsStyle, knownStyles, momentOf } from "./moment.ts";

const read = <T>(cell: Cell<T>): T => (cell.ok ? cell.value : assert.fail(`refused: expected ${cell.expected}`));
const refusal = (cell: Cell<unknown>): string =>
  cell.ok ? assert.fail(`accepted ${JSON.stringify(cell.value)}`) : cell.expected;
const at = (
  text: string,
  style: string,
  zone: string | null = "Europe/London",
  edge: "start" | "end" = "start",
): string => read(momentOf(text, { style, zone }, edge)).toISOString();

test("FI-19 an id is text, whatever it looks like", () => {
  for (const id of ["9007199254740993123", "00123", "#1001", "1e5", "84E12", "ключ", "注文1", "__proto__"])
    assert.equal(read(idOf(id, "an id", { scientificIsDamage: true })), id);
  assert.equal(read(idOf(' ="00123" ', "an id")), "00123");
  assert.equal(read(idOf("Cafe\u0301", "an id")), "Caf\u00e9");
});

test("FI-19 an id that a spreadsheet has rounded, an empty, an overlong and an invisible one are refused with the reason", () => {
  assert.match(
    refusal(idOf("1.23457E+12", "an order id", { scientificIsDamage: true })),
    /a spreadsheet has rounded this number/,
  );
  assert.match(
    refusal(idOf("5,67891E+15", "an order id", { scientificIsDamage: true })),
    /a spreadsheet has rounded this number/,
  );
  assert.match(refusal(idOf("  ", "an order id")), /this cell is empty/);
  assert.match(refusal(idOf("x".repeat(201), "an order id")), /at most 200 characters; this has 201/);
  assert.match(refusal(idOf("12\u200b3", "a SKU")), /U\+200B/);
  assert.match(refusal(idOf("12\n3", "a SKU")), /U\+000A/);
  assert.match(refusal(idOf("caf\ufffd", "a SKU")), /U\+FFFD/);
  assert.equal(read(idOf("x".repeat(200), "an order id")).length, 200);
});

test("FI-23 amounts are exact text in the declared decimal style and nothing else", () => {
  assert.equal(read(amountOf("1,234.50", ".")), "1234.50");
  assert.equal(read(amountOf("1.234,50", ",")), "1234.50");
  assert.equal(read(amountOf("1 234,5", ",")), "1234.5");
  assert.equal(read(amountOf("1'234.5", ".")), "1234.5");
  assert.equal(read(amountOf("1.234", ",")), "1234");
  assert.equal(read(amountOf("1.234", ".")), "1.234");
  assert.equal(read(amountOf("-0.00", ".")), "0.00");
  assert.equal(read(amountOf("\u22122.5", ".")), "-2.5");
  for (const [text, decimal] of [
    ["2.55", ","],
    ["1,23", "."],
    ["1,234,56", "."],
    ["12.", "."],
    ["", "."],
    ["abc", "."],
    ["1.2.3", "."],
    ["--1", "."],
    ["1234567890123", "."],
  ] as const)
    refusal(amountOf(text, decimal));
  assert.match(refusal(amountOf("1.23457E+12", ".")), /a spreadsheet has rounded this one/);
});

test("FI-23 any decimal written in either style is read back exactly", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 999_999_999_999n }),
      fc.stringMatching(/^\d{0,10}$/),
      fc.boolean(),
      fc.constantFrom(".", ","),
      (whole, fraction, grouped, mark) => {
        const digits = grouped
          ? whole.toString().replaceAll(/\B(?=(\d{3})+$)/g, mark === "." ? "," : ".")
          : whole.toString();
        const exact = fraction === "" ? whole.toString() : `${whole}.${fraction}`;

        assert.equal(read(amountOf(fraction === "" ? digits : `${digits}${mark}${fraction}`, mark)), exact);
      },
    ),
  );
});

test("FI-23 a currency sign beside a price says which currencies it can mean", () => {
  assert.deepEqual(read(priceOf("£1,200.50", ".")), { amount: "1200.50", currencies: ["GBP"] });
  assert.deepEqual(read(priceOf("US $12.00", ".")), { amount: "12.00", currencies: ["USD"] });
  assert.deepEqual(read(priceOf("12,00 €", ",")), { amount: "12.00", currencies: ["EUR"] });
  assert.deepEqual(read(priceOf("EUR 12,00", ",")), { amount: "12.00", currencies: ["EUR"] });
  assert.deepEqual(read(priceOf("-£3.00", ".")), { amount: "-3.00", currencies: ["GBP"] });
  assert.deepEqual(read(priceOf("12.50", ".")), { amount: "12.50", currencies: null });
  assert.ok((read(priceOf("$5", ".")).currencies?.length ?? 0) > 5);
  assert.match(refusal(priceOf("abc 5", ".")), /"abc" is none that we know/);
});

test("FI-20 a whole number may carry zeros behind its mark, but no fraction", () => {
  assert.equal(read(wholeNumberOf("6", ".")), 6);
  assert.equal(read(wholeNumberOf("6.00", ".")), 6);
  assert.equal(read(wholeNumberOf("1.000", ",")), 1000);
  assert.equal(read(wholeNumberOf("-12", ".")), -12);
  for (const text of ["6.5", "1e9", "six", "", "0x10"]) refusal(wholeNumberOf(text, "."));
});

test("FI-24 times are read in the declared style and zone, or by their own offset", () => {
  assert.equal(at("12/1/10 8:26", "M/d/yy H:mm"), "2010-12-01T08:26:00.000Z");
  assert.equal(at("7/1/10 8:26", "M/d/yy H:mm"), "2010-07-01T07:26:00.000Z");
  assert.equal(at("2024-03-30 10:20:30 -0500", "iso", null), "2024-03-30T15:20:30.000Z");
  assert.equal(at("2024-03-01T10:20:30.5Z", "iso", null), "2024-03-01T10:20:30.500Z");
  assert.equal(at("3/4/2024, 12:05 AM", "M/d/yyyy h:mm a", "America/New_York"), "2024-03-04T05:05:00.000Z");
  assert.equal(at("1. März 2024 10:00", "d. MMM yyyy H:mm", "Europe/Berlin"), "2024-03-01T09:00:00.000Z");
  assert.equal(at("01.02.2024 10:00:05", "dd.MM.yyyy HH:mm:ss", "UTC"), "2024-02-01T10:00:05.000Z");
  assert.match(refusal(momentOf("2024-03-30 10:20:30", { style: "iso", zone: null })), /a declared zone/);
});

test("FI-24 a day is its first instant, and as a deadline its last second, also where midnight does not exist", () => {
  assert.equal(at("2024-03-30", "iso"), "2024-03-30T00:00:00.000Z");
  assert.equal(at("02-Apr-24", "d-MMM-yy H:mm", "Europe/London", "end"), "2024-04-02T22:59:59.000Z");
  assert.equal(at("2024-09-08", "iso", "America/Santiago"), "2024-09-08T04:00:00.000Z");
});

test("FI-24 a local time that does not exist, or exists twice, is refused; its offset settles it", () => {
  assert.match(
    refusal(momentOf("2024-03-31 01:30:00", { style: "iso", zone: "Europe/London" })),
    /the clock is set forward over this hour/,
  );
  assert.match(
    refusal(momentOf("2024-10-27 01:30:00", { style: "iso", zone: "Europe/London" })),
    /exists twice in Europe\/London/,
  );
  assert.equal(at("2024-10-27 01:30:00 +0100", "iso"), "2024-10-27T00:30:00.000Z");
  assert.match(
    refusal(momentOf("3/10/24 2:30", { style: "M/d/yy H:mm", zone: "America/New_York" })),
    /the clock is set forward/,
  );
});

test("FI-24 dates that no calendar has, and texts in another style, are refused", () => {
  for (const text of [
    "2024-02-30",
    "2024-13-01",
    "2024-01-01 25:00",
    "2024-01-01 10:61",
    "1970-01-01",
    "30.03.2024",
    "yesterday",
    "",
  ])
    refusal(momentOf(text, { style: "iso", zone: "UTC" }));
  refusal(momentOf("13:00 PM", { style: "h:mm a", zone: "UTC" }));
  refusal(momentOf("3/4/2024 13:05 PM", { style: "M/d/yyyy h:mm a", zone: "UTC" }));
});

test("FI-24 what one known style writes, that style reads back", () => {
  const two = (number: number): string => String(number).padStart(2, "0");
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  fc.assert(
    fc.property(fc.constantFrom(...knownStyles), fc.integer({ min: 0, max: 3_155_673_599 }), (style, seconds) => {
      const moment = new Date(Date.UTC(2000, 0, 1) + Math.floor(seconds / 60) * 60_000);
      const [year, month, day, hour, minute] = [
        moment.getUTCFullYear(),
        moment.getUTCMonth(),
        moment.getUTCDate(),
        moment.getUTCHours(),
        moment.getUTCMinutes(),
      ];
      const tokens: Record<string, string> = {
        yyyy: String(year),
        yy: two(year % 100),
        MMM: months[month]!,
        M: String(month + 1),
        d: String(day),
        H: String(hour),
        h: String(hour % 12 || 12),
        mm: two(minute),
        a: hour < 12 ? "AM" : "PM",
      };
      const text =
        style === "iso"
          ? moment.toISOString().slice(0, 16)
          : style.replaceAll(/yyyy|yy|MMM|M|d|H|h|mm|a/g, (token) => tokens[token]!);

      assert.equal(at(text, style, "UTC"), moment.toISOString());
      assert.equal(fitsStyle(text, style), "needs_zone");
    }),
  );
});

test("FI-25 names in any script are kept, in one Unicode form and with single spaces", () => {
  for (const name of ["林小明", "Łukasz Żółć", "محمد", "Ελένη", "O’Brien-Núñez", "Иван", "🚚 Ltd"])
    assert.equal(read(lineOf(name, 200)), name.normalize("NFC"));
  assert.equal(read(lineOf("  Ada \n  Berg\u00a0", 200)), "Ada Berg");
  assert.match(refusal(lineOf("Ada\u0007", 200)), /U\+0007/);
  assert.match(refusal(lineOf("x".repeat(201), 200)), /at most 200 characters; this has 201/);
});

test("FI-25 free text may be long and have lines", () => {
  const note = `first\nsecond ${"x".repeat(100_000)}`;

  assert.equal(read(noteOf(note)), note);
  refusal(noteOf("a\0b"));
});
