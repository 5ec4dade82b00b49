import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { BadMapping, parseMap } from "./order-mapping.ts";

const folder = mkdtempSync(join(tmpdir(), "map-"));
after(() => rmSync(folder, { recursive: true }));
const fileOf = (text: string): string => {
  const path = join(folder, "map.json");
  writeFileSync(path, text);
  return path;
};

test("FI-36 a mapping is written as fields, constants and settings", () => {
  assert.deepEqual(
    parseMap(
      'order_id=InvoiceNo, sku=StockCode,currency:=GBP,zone=Europe/London,decimal=.,date=M/d/yy H:mm,cancellation-prefix=C,not-goods=POST|M|BANK CHARGES,country[EIRE]=ie,"title=Name, long",delimiter=tab,quotes=no,encoding=latin1,format=generic',
    ),
    {
      columns: { order_id: "InvoiceNo", sku: "StockCode", title: "Name, long" },
      constants: { currency: "GBP" },
      zone: "Europe/London",
      decimal: ".",
      dateStyle: "M/d/yy H:mm",
      cancellationPrefix: "C",
      notGoods: ["POST", "M", "BANK CHARGES"],
      countries: { EIRE: "IE" },
      delimiter: "\t",
      quoted: false,
      encoding: "windows-1252",
      format: "generic",
    },
  );
  assert.deepEqual(parseMap(""), {});
});

test("FI-36 a mapping may stand in a JSON file", () => {
  assert.deepEqual(parseMap(`@${fileOf('{"columns": {"sku": "Code"}, "decimal": ","}')}`), {
    columns: { sku: "Code" },
    decimal: ",",
  });
});

for (const [text, message] of [
  ["colour=red", /"colour" is neither a field nor a setting/],
  ["sku=A,sku:=B", /sku is given twice/],
  ["sku=", /sku has no value/],
  ["sku", /"sku" is no item/],
  ['sku="A', /a double quote is not closed/],
  ["decimal=;", /decimal=; is not known/],
  ["delimiter=pipe sign", /delimiter=pipe sign is not known/],
  ["@/nowhere/map.json", /cannot be read/],
] as const) {
  test(`FI-36 a mapping that cannot be read is refused with the way out: ${text}`, () => {
    assert.throws(
      () => parseMap(text),
      (error) => error instanceof BadMapping && message.test(error.message),
    );
  });
}

test("FI-36 a JSON file that is no mapping is refused with the part that is wrong", () => {
  assert.throws(() => parseMap(`@${fileOf('{"columns": {"colour": "x"}}')}`), BadMapping);
  assert.throws(() => parseMap(`@${fileOf('{"decimals": "."}')}`), /Unrecognized key: "decimals"/);
  assert.throws(() => parseMap(`@${fileOf("no json")}`), /is no JSON/);
});

for (const [text, message] of [
  ["date=foo", /date=foo is no style. Use "iso" or a pattern/],
  ["date=M/d/yy h:mm", /"h" and "a" together/],
  ["zone=Mars/Olympus", /is no time zone. Use an IANA name/],
  ["currency:=XXQ", /is no currency/],
  ["payment:=perhaps", /Use one of pending, authorized, paid, refunded, voided/],
  ["sku:=A", /would be the same for every row/],
  ["country[EIRE]=Ireland", /is no ISO 3166 code/],
] as const) {
  test(`FI-37 a part that cannot be is refused before any file is read: ${text}`, () => {
    assert.throws(
      () => parseMap(text),
      (error) => error instanceof BadMapping && message.test(error.message),
    );
  });
}
