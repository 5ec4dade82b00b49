import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { readTable, type Dialect, type TableRow } from "../../files/table.ts";
import type { PlaceRequest } from "../../ports.ts";
import { compose } from "./compose.ts";
import { aPurchase, csvSettings } from "./sample.ts";
import { columnValues, parseSettings } from "./settings.ts";

const dispatch = { reference: "D-77", at: new Date("2026-11-22T23:30:05Z") };
const columns = (...values: string[]) => ({
  columns: ["po_number", ...values].map((value) => ({ header: value, value })),
});

function composed(
  settings: Record<string, unknown>,
  ...requests: PlaceRequest[]
): { fileName: string; bytes: Uint8Array } {
  const document = compose(csvSettings(settings), requests, dispatch);
  assert.ok(document.status === "composed", JSON.stringify(document));
  return document;
}
const textIn = (settings: Record<string, unknown>, ...requests: PlaceRequest[]): string =>
  Buffer.from(composed(settings, ...requests).bytes).toString();
function problems(
  settings: Record<string, unknown>,
  ...requests: PlaceRequest[]
): { reference: string; field: string; message: string }[] {
  const document = compose(csvSettings(settings), requests, dispatch);
  assert.equal(document.status, "uncomposable");
  return document.status === "uncomposable" ? document.problems : [];
}

test("CS-1 the same purchase gives the same bytes, today and in any later version", () => {
  const purchase = aPurchase("PO1", { orderNumber: "#1001", shipBy: "2026-11-30" });

  const hash = createHash("sha256").update(composed({}, purchase).bytes).digest("hex");

  assert.equal(
    hash,
    createHash("sha256")
      .update(composed({}, structuredClone(purchase)).bytes)
      .digest("hex"),
  );
  assert.equal(hash, "9692d7c290e36724f1cc508a7ad5592507674b8ee48bdfb9ba8ad90d834e744c"); // a change here breaks dispatches that are armed
});

test("CS-2 the default template has every value once, with a header line", () => {
  const purchase = aPurchase("PO1", { orderNumber: "1001", shipBy: "2026-11-30", note: "No invoice, please" });

  assert.equal(
    textIn({}, purchase),
    `${columnValues.join(",")}\r\n` +
      'PO1,1001,1,WIDGET-1,2,12.50,EUR,Ada Lovelace,,Torstr. 1,,Berlin,,10119,DE,+49 30 1234567,ada@example.com,DHL,"No invoice, please",2026-11-30\r\n',
  );
});

test("CS-2 delimiter, quotes, header, mark, line ending, decimal mark and constants are the template's", () => {
  const template = {
    columns: [
      { header: "Art;Nr", value: "supplier_sku" },
      { header: "Preis", value: "unit_cost" },
      { header: "Kunde", value: "constant:4711" },
      { header: "Best", value: "po_number" },
    ],
    delimiter: ";",
    lineEnding: "lf",
    decimal: ",",
    bom: true,
  };

  assert.equal(textIn(template, aPurchase("PO1")), '\ufeff"Art;Nr";Preis;Kunde;Best\nWIDGET-1;12,50;4711;PO1\n');
  assert.equal(
    textIn({ ...template, bom: false, header: false, quotes: "always" }, aPurchase("PO1")),
    '"WIDGET-1";"12,50";"4711";"PO1"\n',
  );
});

test("CS-2 a batch is one file with a row per line, and the order's cells in each", () => {
  const two = {
    lines: [
      { no: 1, supplierSku: "A", units: 1, unitCost: "1" },
      { no: 2, supplierSku: "B", units: 3, unitCost: "2.5" },
    ],
  };

  const document = composed(
    { ...columns("line_no", "supplier_sku", "units", "ship_city"), perFile: "batch" },
    aPurchase("PO1", two),
    aPurchase("PO2"),
  );

  assert.equal(
    Buffer.from(document.bytes).toString(),
    "po_number,line_no,supplier_sku,units,ship_city\r\nPO1,1,A,1,Berlin\r\nPO1,2,B,3,Berlin\r\nPO2,1,WIDGET-1,2,Berlin\r\n",
  );
  assert.equal(document.fileName, "PO-2026-11-22-D-77.csv");
});

test("CS-2 a file per order never holds two, no file holds none, and none holds a purchase twice or without units", () => {
  const lines = (...units: number[]) =>
    aPurchase("PO1", {
      lines: units.map((count, i) => ({ no: i + 1, supplierSku: "A", units: count, unitCost: "1" })),
    });
  for (const wrong of [lines(), lines(1, 0), lines(-1), lines(1.5), lines(Number.NaN)]) {
    assert.throws(() => compose(csvSettings(), [wrong], dispatch), RangeError);
  }
  assert.throws(
    () => compose(csvSettings({ perFile: "batch" }), [aPurchase("PO1"), aPurchase("PO1")], dispatch),
    RangeError,
  );
  assert.throws(() => compose(csvSettings(), [aPurchase("PO1"), aPurchase("PO2")], dispatch), RangeError);
  assert.throws(() => compose(csvSettings({ perFile: "batch" }), [], dispatch), RangeError);
});

const named = (name: string, reference = "PO1") => aPurchase(reference, { shipTo: { ...aPurchase("").shipTo, name } });

test("CS-3 Windows-1252 is written byte for byte", () => {
  const { bytes } = composed(
    { ...columns("ship_name"), encoding: "windows-1252", header: false },
    named("Zoë €50 “Straße” ŽŸ"),
  );

  assert.equal(
    Buffer.from(bytes).toString("hex"),
    Buffer.from('PO1,"Zo\xeb \x8050 \x93Stra\xdfe\x94 \x8e\x9f"\r\n'.replaceAll('"', ""), "latin1").toString("hex"),
  );
});

test("CS-3 a character that the encoding lacks is refused by name, and only its purchase", () => {
  const found = problems(
    { ...columns("ship_name"), encoding: "windows-1252", perFile: "batch" },
    named("Ada"),
    named("Łukasz", "PO2"),
    named("\u0081", "PO3"),
  );

  assert.deepEqual(found, [
    {
      reference: "PO2",
      field: "ship_name",
      message: "ship_name has “Ł” (U+0141), which Windows-1252 does not have; send in UTF-8 or write it otherwise.",
    },
    { reference: "PO3", field: "ship_name", message: "ship_name has the control character U+0081; remove it." },
  ]);
});

test("CS-3 half characters, control characters and what needs quotes where there are none are refused", () => {
  assert.match(problems(columns("ship_name"), named("Ada \ud83d"))[0]?.message ?? "", /lone surrogate/);
  assert.match(problems(columns("ship_name"), named("Ada\u0000"))[0]?.message ?? "", /U\+0000/);
  assert.match(problems(columns("ship_name"), named("Ada\u001b[31m"))[0]?.message ?? "", /U\+001B/);
  for (const name of ["Ada, Countess", 'Ada "the first"', "Ada\nLovelace"]) {
    assert.match(
      problems({ ...columns("ship_name"), quotes: "never" }, named(name))[0]?.message ?? "",
      /without quotes/,
    );
  }
  assert.match(
    problems(
      columns("supplier_sku"),
      aPurchase("PO1", { lines: [{ no: 1, supplierSku: "A\nB", units: 1, unitCost: "1" }] }),
    )[0]?.message ?? "",
    /U\+000A/,
  );
});

test("CS-4 a buyer's text that a spreadsheet would run gets an apostrophe before it", () => {
  for (const hostile of ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"]) {
    const document = composed({ ...columns("ship_name"), quotes: "always", header: false }, named(hostile));
    assert.equal(Buffer.from(document.bytes).toString(), `"PO1","'${hostile}"\r\n`);
  }
  assert.equal(textIn({ ...columns("ship_name"), header: false }, named("O'Hara = Co")), "PO1,O'Hara = Co\r\n");
});

test("CS-4 a phone number stays as it is dialled, unless it is more than a number", () => {
  const calling = (phone: string) => aPurchase("PO1", { shipTo: { ...aPurchase("").shipTo, phone } });
  const settings = { ...columns("phone"), header: false };

  assert.equal(textIn(settings, calling("+1 (555) 010-0199")), "PO1,+1 (555) 010-0199\r\n");
  assert.equal(textIn(settings, calling("+HYPERLINK(1)")), "PO1,'+HYPERLINK(1)\r\n");
  assert.equal(textIn(settings, calling("=1")), "PO1,'=1\r\n");
});

test("CS-4 an id, a SKU or a cost that would be run is refused instead of changed", () => {
  const skus = (supplierSku: string) => aPurchase("PO1", { lines: [{ no: 1, supplierSku, units: 1, unitCost: "1" }] });

  for (const sku of ["=A1", "-77", "+5", "@home"]) {
    assert.deepEqual(problems(columns("supplier_sku"), skus(sku)), [
      {
        reference: "PO1",
        field: "supplier_sku",
        message: `supplier_sku begins with "${sku[0]}", which a spreadsheet runs as a formula; an id or SKU is never changed to prevent that. Give it another value.`,
      },
    ]);
  }
  assert.equal(
    problems(columns("unit_cost"), aPurchase("PO1", { lines: [{ no: 1, supplierSku: "A", units: 1, unitCost: "-1" }] }))
      .length,
    1,
  );
  assert.equal(
    problems(
      columns("unit_cost"),
      aPurchase("PO1", { lines: [{ no: 1, supplierSku: "A", units: 1, unitCost: "1e-7" }] }),
    ).length,
    1,
  );
  assert.equal(problems(columns("order_number"), aPurchase("PO1", { orderNumber: "=1" })).length, 1);
  assert.equal(problems(columns("method"), aPurchase("PO1", { method: "@x" })).length, 1);
});

test("CS-5 whatever a buyer wrote is read back as it was, but for the apostrophe", async () => {
  const letter = fc.constantFrom("a", '"', ",", ";", "\n", "\r\n", " ", "é", "漢", "🚚", "'", "=", "+", "@", "\t");
  const text = fc.array(letter, { maxLength: 8 }).map((letters) => letters.join(""));
  await fc.assert(
    fc.asyncProperty(
      text,
      text,
      fc.constantFrom(",", ";", "\t", "|"),
      fc.constantFrom("minimal", "always"),
      fc.boolean(),
      async (name, note, delimiter, quotes, bom) => {
        const purchase = { ...named(name), note };
        const document = composed({ ...columns("ship_name", "note"), delimiter, quotes, bom, header: false }, purchase);

        const dialect: Dialect = { encoding: "utf-8", delimiter, quoted: true };
        const rows: TableRow[] = [];
        for await (const row of readTable(document.bytes, dialect)) rows.push(row);

        const guarded = (said: string): string => (/^[=+@\t\r\n-]/.test(said) ? `'${said}` : said);
        assert.deepEqual(
          rows.map(({ cells, fault }) => [cells, fault]),
          [[["PO1", guarded(name), guarded(note)], null]],
        );
      },
    ),
  );
});

test("CS-6 the name follows its pattern, in UTC", () => {
  assert.equal(composed({}, aPurchase("sy-7f3a")).fileName, "PO-sy-7f3a.csv");
  assert.equal(
    composed({ fileName: "{date}_{time} {po_number} ({batch}).txt" }, aPurchase("PO1")).fileName,
    "2026-11-22_233005 PO1 (D-77).txt",
  );
});

test("CS-6 a reference that would leave the folder or hide the file is refused", () => {
  for (const reference of ["../../etc/passwd", "a/b", "a\\b", "PO:1", "PO*", "a\u202eb", "x".repeat(300)]) {
    assert.deepEqual(
      problems({ ...columns(), fileName: "{po_number}" }, aPurchase(reference)).at(-1)?.field,
      "fileName",
    );
  }
  assert.equal(problems({ fileName: "{po_number}" }, aPurchase(".hidden")).at(-1)?.field, "fileName");
});

test("CS-7 each problem of the settings names the setting", () => {
  const fields = (settings: Record<string, unknown>): string[] => {
    const parsed = parseSettings({ folder: "/srv/acme", ...settings });
    return parsed.ok ? [] : [...new Set(parsed.problems.map(({ field }) => field))];
  };

  assert.deepEqual(fields({}), []);
  assert.deepEqual(fields({ folder: "relative/path" }), ["folder"]);
  assert.deepEqual(fields({ folder: undefined }), ["folder"]);
  assert.deepEqual(
    fields({
      columns: [
        { header: "PO", value: "po_number" },
        { header: "X", value: "colour" },
      ],
    }),
    ["columns.1.value"],
  );
  assert.deepEqual(fields({ columns: [{ header: "SKU", value: "supplier_sku" }] }), ["columns"]);
  assert.deepEqual(
    fields({
      columns: [
        { header: "=PO", value: "po_number" },
        { header: "C", value: "constant:@x" },
      ],
    }),
    ["columns.0.header", "columns.1.value"],
  );
  assert.deepEqual(fields({ sendTimes: ["9:00"] }), ["sendTimes.0"]);
  assert.deepEqual(fields({ sendTimes: ["24:00"] }), ["sendTimes.0"]);
  assert.deepEqual(fields({ fileName: "orders.csv" }), ["fileName"]);
  assert.deepEqual(fields({ fileName: "PO-{po_number}.csv", perFile: "batch" }), ["fileName"]);
  assert.deepEqual(fields({ fileName: "../{po_number}.csv" }), ["fileName"]);
  assert.deepEqual(fields({ fileName: "{po_number}.part" }), ["fileName"]);
  assert.deepEqual(fields({ encoding: "windows-1252", bom: true }), ["bom"]);
  assert.deepEqual(fields({ inbox: { tracking: { columns: { colour: "X" } } } }), ["inbox.tracking.columns.colour"]);
  assert.deepEqual(fields({ inbox: { dateStyle: "whenever" } }), ["inbox.dateStyle"]);
  assert.deepEqual(fields({ inbox: { currency: "EURO" } }), ["inbox.currency"]);
  assert.deepEqual(fields({ colour: 1, inbox: { tracking: { file: "x" } } }), ["inbox.tracking.file", "colour"]);
  assert.deepEqual(parseSettings({}), {
    ok: false,
    problems: [{ field: "folder", expected: "string, received undefined" }],
  });
});
