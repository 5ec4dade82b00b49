import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { guessList } from "./guess-list.ts";
import { parseListMap, type ListKind } from "./list-mapping.ts";
import { readList, type ListRecord } from "./read-list.ts";

const folder = await mkdtemp(join(tmpdir(), "lists-"));
after(() => rm(folder, { recursive: true }));
let files = 0;
async function fileOf(...lines: string[]): Promise<string> {
  const path = join(folder, `${(files += 1)}.csv`);
  await writeFile(path, `${lines.join("\n")}\n`);
  return path;
}
async function read<K extends ListKind>(kind: K, path: string, map = ""): Promise<ListRecord<K>[]> {
  const { mapping, problems } = await guessList(kind, path, parseListMap(kind, map));
  assert.deepEqual(problems, []);
  return all(readList(kind, path, mapping));
}
async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of from) found.push(each);
  return found;
}
/** Items without their places, refusals as `line: column header found`. */
const short = (records: readonly ListRecord<ListKind>[]): unknown[] =>
  records.map((record) =>
    record.type === "item"
      ? [record.rows, record.item]
      : [
          record.rows,
          record.problems.map(({ line, column, header, found }) => `${line}: ${column} ${header} ${found}`),
        ],
  );

test("IM-10 rows of one SKU are one link, wherever they stand", async () => {
  const path = await fileOf(
    "SKU,Supplier,Supplier SKU,Units,Per,Cost,Currency,Priority,Component,Nothing to ship",
    "SET,Acme,A-CUP,2,1,1.50,EUR,,1,",
    "GIFT,,,,,,,,,yes",
    "SET,Acme,A-TRAY,,,4,EUR,,2,",
    "MUG,Acme,A-MUG,1,6,20.00,eur,2,,no",
  );

  const records = await read("links", path);

  const option = {
    componentNo: 1,
    supplier: "Acme",
    units: 1,
    per: 1,
    currency: "EUR",
    priority: 1,
    maxUnitCost: null,
  };
  assert.deepEqual(short(records), [
    [[3], { sku: "GIFT", channel: null, nothingToShip: true, options: [] }],
    [
      [2, 4],
      {
        sku: "SET",
        channel: null,
        nothingToShip: false,
        options: [
          { ...option, line: 2, supplierSku: "A-CUP", units: 2, unitCost: "1.50" },
          { ...option, line: 4, componentNo: 2, supplierSku: "A-TRAY", unitCost: "4" },
        ],
      },
    ],
    [
      [5],
      {
        sku: "MUG",
        channel: null,
        nothingToShip: false,
        options: [{ ...option, line: 5, supplierSku: "A-MUG", per: 6, unitCost: "20.00", priority: 2 }],
      },
    ],
  ]);
});

test("IM-10 a link with a wrong row is refused whole, with every wrong cell; other links are read", async () => {
  const path = await fileOf(
    "SKU,Supplier,Supplier SKU,Units,Cost,Currency",
    "SET,Acme,A-CUP,0,1.50,EUR",
    "SET,Acme,,1,-4,EURO",
    "MUG,Acme,A-MUG,1,2,EUR",
    "TEA,Acme,A-TEA,1,2,EUR,7",
  );

  assert.deepEqual(
    short(await read("links", path)).map((each) => (each as unknown[])[0]),
    [[2, 3], [4], [5]],
  );
  const [set] = await read("links", path);
  assert.deepEqual(set?.type === "refused" ? set.problems.map(({ line, header }) => `${line} ${header}`) : [], [
    "2 Units",
    "3 Supplier SKU",
    "3 Cost",
    "3 Currency",
  ]);
});

test("IM-10 a second row for what there is once is refused with the line of the first", async () => {
  const path = await fileOf("Supplier;SKU;Bestand", "Acme;A-1;5", "acme;A-1;6", "Acme;A-2;0", "Acme;A-3;-1");

  const records = await read("stock", path);

  assert.deepEqual(
    records.map(({ type, rows }) => [type, ...rows]),
    [
      ["item", 2],
      ["refused", 3],
      ["item", 4],
      ["refused", 5],
    ],
  );
});

test("IM-10 rows of one number for one order are one parcel", async () => {
  const path = await fileOf(
    "Order,Tracking,Carrier,Shipped,SKU,Units",
    "1001,T-1,dhl,2026-11-01,A-1,2",
    "1002,T-2,dhl,,,",
    "1001,t-1,dhl,2026-11-02,A-2,1",
    "1003,T-3,dhl,,A-1,",
  );

  const records = await read("tracking", path, "zone=UTC");

  assert.deepEqual(short(records), [
    [[3], { po: null, order: "1002", carrier: "dhl", trackingNumber: "T-2", shippedAt: null, lines: null }],
    [
      [2, 4],
      {
        po: null,
        order: "1001",
        carrier: "dhl",
        trackingNumber: "T-1",
        shippedAt: new Date("2026-11-01T00:00:00Z"),
        lines: [
          { supplierSku: "A-1", units: 2 },
          { supplierSku: "A-2", units: 1 },
        ],
      },
    ],
    [[5], ["5: 6 Units "]],
  ]);
});

test("IM-11 columns are known by name, a declared value is every row's, and each guess says why", async () => {
  const path = await fileOf("Artikelnummer;Preis;Comment", "A-1;2,50;x");

  const { mapping, guessed, problems } = await guessList(
    "costs",
    path,
    parseListMap("costs", "supplier:=Acme,currency:=EUR"),
  );

  assert.deepEqual(
    [mapping.columns, mapping.constants, mapping.decimal, problems],
    [{ sku: "Artikelnummer", cost: "Preis" }, { supplier: "Acme", currency: "EUR" }, ",", []],
  );
  assert.deepEqual(
    guessed.map(({ part, value }) => `${part} ${value}`),
    ["encoding utf-8", "delimiter semicolon", "sku Artikelnummer", "cost Preis", "decimal ,"],
  );
});

test("IM-11 what is missing is a problem with the words to declare it", async () => {
  const path = await fileOf("Item number,Cost,Cost", "A-1,1,2");

  const { problems } = await guessList("costs", path);

  assert.deepEqual(
    problems.map(({ expected }) => expected),
    [
      "one, because it is cost. Rename the others in the file, or map another column: cost=Header",
      "a column with supplier: --map supplier=Header, or the same for every row: --supplier NAME",
      "the currency of the costs: --map currency:=EUR, or a column: currency=Header",
    ],
  );
  assert.throws(
    () => parseListMap("costs", "price=Cost"),
    /"price" is neither a field nor a setting. Fields: supplier, sku, cost, currency/,
  );
  assert.throws(() => parseListMap("costs", "currency:=EURO"), /is no currency/);
});

test("IM-12 a decimal mark and a date style that the rows leave open must be declared", async () => {
  const path = await fileOf("Supplier,SKU,On hand,Cost,Currency,As of", 'Acme,A-1,5,"1,250",EUR,03/04/2026 10:00');

  const open = await guessList("stock", path);
  const declared = await guessList(
    "stock",
    path,
    parseListMap("stock", "decimal=comma,date=d/M/yyyy H:mm,zone=Europe/Berlin"),
  );

  assert.deepEqual(
    open.problems.map(({ column, expected }) => [column, expected.split(/[,:]/)[0]]),
    [
      [4, "the decimal mark"],
      [6, "the date style"],
      [6, "the zone of times without an offset"],
    ],
  );
  assert.deepEqual(declared.problems, []);
  const [record] = await all(readList("stock", path, declared.mapping));
  assert.deepEqual(record?.type === "item" && record.item, {
    supplier: "Acme",
    supplierSku: "A-1",
    onHand: 5,
    unitCost: "1.250",
    currency: "EUR",
    asOf: new Date("2026-04-03T08:00:00Z"),
  });
});

test("IM-12 one row can tell how all are written", async () => {
  const path = await fileOf(
    "Supplier,SKU,On hand,Cost,Currency,As of",
    'Acme,A-1,5,"1,250",EUR,03/04/2026 10:00',
    "Acme,A-2,5,0.5,EUR,13/04/2026 10:00",
  );

  const { mapping, problems } = await guessList("stock", path, { zone: "UTC" });

  assert.deepEqual([mapping.decimal, mapping.dateStyle, problems], [".", "d/M/yyyy H:mm", []]);
});
