import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { detectDialect } from "./dialect.ts";
import { longestRow, readTable, UnreadableFile, type Dialect, type TableRow } from "./table.ts";

const folder = await mkdtemp(join(tmpdir(), "table-"));
after(() => rm(folder, { recursive: true }));
let files = 0;
async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${(files += 1)}.csv`);
  await writeFile(path, content);
  return path;
}
const csv: Dialect = { encoding: "utf-8", delimiter: ",", quoted: true };
const rowsOf = async (content: string | Uint8Array, dialect: Dialect = csv): Promise<TableRow[]> =>
  all(readTable(await fileOf(content), dialect));
async function all(rows: AsyncIterable<TableRow>): Promise<TableRow[]> {
  const read: TableRow[] = [];
  for await (const row of rows) read.push(row);
  return read;
}
const cellsOf = (rows: TableRow[]): string[][] => rows.map(({ cells }) => cells);
const faultless = (rows: TableRow[]): boolean => rows.every(({ fault }) => fault === null);
function utf16be(text: string): Uint8Array {
  return Buffer.from(`\uFEFF${text}`, "utf16le").swap16();
}

test("FI-1 whatever table a CSV writer writes is read back the same", async () => {
  const letter = fc.constantFrom("a", '"', ",", "\n", "\r\n", "\r", ";", "\t", " ", "é", "漢", "🚚", "'", "=");
  const cell = fc.array(letter, { maxLength: 8 }).map((letters) => letters.join(""));
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((columns) =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 12 }),
    );
  const delimiter = fc.constantFrom(",", ";", "\t", "|");
  const lineBreak = fc.constantFrom("\n", "\r\n");
  await fc.assert(
    fc.asyncProperty(
      table,
      delimiter,
      lineBreak,
      fc.boolean(),
      async (cells, separator, record_delimiter, quoted_match) => {
        // A CR alone ends a row for us, so the writer must quote it.
        const written = stringify(cells, {
          delimiter: separator,
          record_delimiter,
          quoted_match: quoted_match ? /^/ : /\r|\n/,
        });

        const rows = await rowsOf(written, { ...csv, delimiter: separator });

        assert.deepEqual(cellsOf(rows), cells);
        assert.ok(faultless(rows));
      },
    ),
    { numRuns: 150 },
  );
});

test("FI-1 a table reads the same wherever the file system cuts it into pieces", async () => {
  const note = `first\r\nsecond "quoted" ${"x".repeat(300_000)}\n漢字`;
  const written = stringify([
    ["id", "note"],
    ["1", note],
    ["2", "é"],
  ]);

  const rows = await rowsOf(written);

  assert.deepEqual(cellsOf(rows), [
    ["id", "note"],
    ["1", note],
    ["2", "é"],
  ]);
  assert.deepEqual(
    rows.map(({ line }) => line),
    [1, 2, 5],
  );
});

test("FI-2 a row has the number of the line where it begins, and its raw text", async () => {
  const rows = await rowsOf('a,b\r\n1,"x\ny"\r2,z\n\n3,""');

  assert.deepEqual(
    rows.map(({ line, raw }) => [line, raw]),
    [
      [1, "a,b"],
      [2, '1,"x\ny"'],
      [4, "2,z"],
      [5, ""],
      [6, '3,""'],
    ],
  );
});

test("FI-3 a quote inside a bare cell is a fault of its row alone", async () => {
  const rows = await rowsOf('id,name\n1,5" pipe\n2,good\n');

  assert.deepEqual(rows[1]?.fault, {
    line: 2,
    column: 2,
    found: '5" pipe',
    expected: 'the whole cell in quotes, and each quote inside it written twice ("")',
  });
  assert.deepEqual(rows[2], { line: 3, cells: ["2", "good"], raw: "2,good", fault: null });
});

test("FI-4 a file cut inside a quoted cell names the line where its row begins, and loses no line after it", async () => {
  const rows = await rowsOf('id,note\n1,ok\n2,"cut\n3,swallowed\n4,also');

  assert.deepEqual(
    rows.map(({ line, raw, fault }) => [line, raw, fault?.column ?? null]),
    [
      [1, "id,note", null],
      [2, "1,ok", null],
      [3, '2,"cut', 2],
      [4, "3,swallowed", 0],
      [5, "4,also", 0],
    ],
  );
  assert.equal(rows[2]?.fault?.expected, "a closing quote; the file seems to be cut here");
  assert.match(rows[3]?.fault?.expected ?? "", /broken in line 3/);
});

test("FI-4 text after a closing quote is refused with its place, and so is every line after it", async () => {
  const rows = await rowsOf('id,note\n1,"a"b\n2,c\n');

  assert.deepEqual(
    rows.map(({ line, fault }) => [line, fault?.column ?? null]),
    [
      [1, null],
      [2, 2],
      [3, 0],
    ],
  );
});

test("FI-4 however a file is cut, each line is a whole row of the uncut file, or the last, or a fault that names it", async () => {
  const cell = fc
    .array(fc.constantFrom("a", "b", '"', ",", "\n", "é"), { maxLength: 5 })
    .map((letters) => letters.join(""));
  const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(table, fc.nat(), async (cells, where) => {
      const written = stringify(cells);
      const cut = written.slice(0, where % (written.length + 1));

      const rows = await rowsOf(cut);

      const good = rows.findIndex(
        ({ fault, cells: read }, i) => fault !== null || JSON.stringify(read) !== JSON.stringify(cells[i]),
      );
      const rest = good === -1 ? [] : rows.slice(good);
      assert.ok(rest.length <= 1 || rest.every(({ fault }) => fault !== null), JSON.stringify(rows));
      // Joined with their line breaks, the rows are the whole text: nothing was left out.
      assert.equal(
        rows
          .map(({ raw }) => raw)
          .join("\n")
          .trimEnd(),
        cut.trimEnd(),
      );
    }),
    { numRuns: 300 },
  );
});

test("FI-4 a quote that is never closed in a huge file does not fill the memory", async () => {
  const rows = await rowsOf(`id,note\n1,"${"x".repeat(longestRow)}\n2,b\n`);

  assert.deepEqual(
    rows.map(({ line, fault }) => [line, fault === null]),
    [
      [1, true],
      [2, false],
      [3, false],
    ],
  );
});

test("FI-5 NUL is a fault of its row and visible in its raw text", async () => {
  const rows = await rowsOf("id,name\n1,a\0b\n2,c\n");

  assert.deepEqual(rows[1], {
    line: 2,
    cells: ["1", "a\0b"],
    raw: "1,a␀b",
    fault: { line: 2, column: 2, found: "a NUL character", expected: "text; is this the encoding of the file?" },
  });
  assert.equal(rows[2]?.fault, null);
});

test("FI-6 bytes that the encoding does not know are an error with their line", async () => {
  const path = await fileOf(Buffer.concat([Buffer.from("id,name\n1,ok\n2,"), Buffer.from([0xe9]), Buffer.from("t\n")]));

  await assert.rejects(
    all(readTable(path, csv)),
    (error) =>
      error instanceof UnreadableFile && error.line === 3 && /line 3: these bytes are no utf-8/.test(error.message),
  );
});

test("FI-6 a UTF-16 file cut in the middle of a character is an error with its line", async () => {
  const path = await fileOf(utf16be("id,name\n1,ok\n2,x").subarray(0, -1));

  await assert.rejects(
    all(readTable(path, { ...csv, encoding: "utf-16be" })),
    (error) => error instanceof UnreadableFile && error.line === 3,
  );
});

test("FI-6 a missing file and a folder are errors that say so", async () => {
  await assert.rejects(all(readTable(join(folder, "none.csv"), csv)), /there is no such file/);
  await assert.rejects(detectDialect(join(folder, "none.csv")), /there is no such file/);
  await assert.rejects(all(readTable(folder, csv)), /is a folder/);
});

for (const [name, bytes, encoding] of [
  ["UTF-8", Buffer.from("id;name\n1;Ångström\n"), "utf-8"],
  ["UTF-8 with a mark", Buffer.from("\uFEFFid;name\n1;Ångström\n"), "utf-8"],
  ["UTF-16 little endian with a mark", Buffer.from("\uFEFFid;name\n1;Ångström\n", "utf16le"), "utf-16le"],
  ["UTF-16 big endian with a mark", utf16be("id;name\n1;Ångström\n"), "utf-16be"],
  ["UTF-16 little endian without a mark", Buffer.from("id;name\n1;Ångström\n", "utf16le"), "utf-16le"],
  ["Windows-1252", Buffer.from("id;name\n1;Ångström\n", "latin1"), "windows-1252"],
] as const) {
  test(`FI-7 the encoding is found: ${name}`, async () => {
    const path = await fileOf(bytes);

    const { dialect } = await detectDialect(path);

    assert.equal(dialect.encoding, encoding);
    assert.deepEqual(cellsOf(await all(readTable(path, dialect))), [
      ["id", "name"],
      ["1", "Ångström"],
    ]);
  });
}

test("FI-7 one byte far down decides between UTF-8 and Windows-1252, and its line is named as evidence", async () => {
  const path = await fileOf(
    Buffer.concat([Buffer.from("id,price\n".repeat(60_000)), Buffer.from([0x31, 0x2c, 0x80, 0x0a])]),
  );

  const { dialect, why } = await detectDialect(path);

  assert.equal(dialect.encoding, "windows-1252");
  assert.match(why.encoding, /line 60001 is not valid UTF-8/);
});

test("FI-7 an encoding that contradicts the byte order mark is refused", async () => {
  await assert.rejects(
    detectDialect(await fileOf(Buffer.from("\uFEFFid,name\n", "utf16le")), { encoding: "utf-8" }),
    /utf-16le, but utf-8 was declared/,
  );
});

for (const [name, text, delimiter] of [
  ["comma", "id,name,price\n1,a;b,2.5\n2,c,3\n", ","],
  ["semicolon, with decimal commas", "id;name;price\n1;a;2,5\n2;b;3,5\n", ";"],
  ["tab", "id\tname, first\tprice\n1\ta\t2\n", "\t"],
  ["semicolon, with more decimal commas in each row than columns", `id;a;b\n${"1;1,5,2,5;3,5,4\n".repeat(200)}`, ";"],
  ["semicolon, as Excel's first line says", "sep=;\na,b;c,d\n1,2;3,4\n", ";"],
  [
    "comma after lines of junk",
    '\n"Report of today"\n\n"id","name","price"\n"1","a","2"\n"2","b","2"\n"3","b","2"\n"4","b","2"\n"5","b","2"\n',
    ",",
  ],
] as const) {
  test(`FI-8 the delimiter is found: ${name}`, async () => {
    assert.equal((await detectDialect(await fileOf(text))).dialect.delimiter, delimiter);
  });
}

test("FI-8 in a tab-separated report without quoting, quotes are letters", async () => {
  const path = await fileOf('order-id\tproduct-name\n1\t"Best" mug\n2\t5" pipe\n');

  const { dialect } = await detectDialect(path);

  assert.equal(dialect.quoted, false);
  assert.deepEqual(cellsOf(await all(readTable(path, dialect))).slice(1), [
    ["1", '"Best" mug'],
    ["2", '5" pipe'],
  ]);
});

for (const [name, bytes, message] of [
  ["an Excel workbook", Buffer.from("PK\x03\x04..."), /Excel workbook or a ZIP archive/],
  ["gzip", Buffer.from([0x1f, 0x8b, 8, 0]), /compressed/],
  ["a web page", Buffer.from("<!DOCTYPE html><html>"), /web page/],
  ["JSON", Buffer.from('{"orders": []}'), /JSON/],
  ["nothing at all", Buffer.from(""), /is empty/],
  ["a picture", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]), /zero bytes/],
] as const) {
  test(`FI-9 what is no table is refused by its name: ${name}`, async () => {
    await assert.rejects(
      detectDialect(await fileOf(bytes)),
      (error) => error instanceof UnreadableFile && message.test(error.message),
    );
  });
}

test("FI-10 sixty thousand rows are read in seconds", async () => {
  const path = await fileOf(
    `id,name,quantity,price\n${Array.from({ length: 60_000 }, (_, i) => `${i},"A name, quoted",1,2.50\n`).join("")}`,
  );
  const started = performance.now();
  let rows = 0;

  for await (const { fault } of readTable(path, csv)) if (fault === null) rows += 1;

  assert.equal(rows, 60_001);
  assert.ok(performance.now() - started < 5000);
});
