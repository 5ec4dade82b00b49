import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFile, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { diskFiles } from "../../files/disk.ts";
import type { Files, InboxDocument, InboxFault } from "../../ports.ts";
import { finish, readDocument, readInbox } from "./inbox.ts";
import { aFolder, csvSettings } from "./sample.ts";

const written = new Date("2026-11-22T08:00:00Z");
const now = new Date("2026-11-22T09:00:00Z");

/** What a file of this name and content says, under these inbox settings. */
function said(
  content: string | Uint8Array,
  fileName = "file.csv",
  inbox: Record<string, unknown> = {},
  decimal: "." | "," = ".",
) {
  const settings = csvSettings({ inbox });
  const { dateStyle, currency } = settings.inbox;
  const clockwork = { style: dateStyle, zone: "Europe/Berlin" };
  return readDocument(fileName, Buffer.from(content as string), settings, {
    decimal,
    clockwork,
    currency,
    asOf: written,
  });
}
const faultsOf = async (...args: Parameters<typeof said>): Promise<InboxFault[]> => (await said(...args)).faults;

async function put(folder: string, name: string, content: string | Uint8Array, at = written): Promise<void> {
  await writeFile(join(folder, "inbox", name), content);
  await utimes(join(folder, "inbox", name), at, at);
}
const read = (folder: string, files: Files = diskFiles) =>
  readInbox(files, csvSettings({}, folder), { zone: "UTC", now });
const stockFile = "sku,on_hand\nA,1\n";

test("CS-15 a file is left alone while its writer may not have finished", async (t) => {
  const folder = await aFolder(t);
  for (const name of ["stock.csv.tmp", "stock.csv.part", "stock.csv.filepart", ".stock.csv", "stock.csv~"])
    await put(folder, name, stockFile);
  await put(folder, "young.csv", stockFile, new Date(now.getTime() - 4_999));
  await put(folder, "old.csv", stockFile, new Date(now.getTime() - 5_000));
  await put(folder, "future.csv", stockFile, new Date(now.getTime() + 3_600_000)); // a server whose clock is ahead must not hold it for ever

  assert.deepEqual(
    (await read(folder)).map(({ fileName }) => fileName),
    ["future.csv", "old.csv"],
  );
});

test("CS-15 a file that grows while it is read waits for the next time", async (t) => {
  const folder = await aFolder(t);
  await put(folder, "stock.csv", stockFile);
  const growing: Files = {
    ...diskFiles,
    read: async (path) => {
      const bytes = await diskFiles.read(path);
      await appendFile(path, "B,2\n");
      return bytes;
    },
  };

  assert.deepEqual(await read(folder, growing), []);
  await utimes(join(folder, "inbox", "stock.csv"), written, written);
  assert.equal((await read(folder))[0]?.records.length, 2);
});

test("CS-16 the header says what a file is, in any delimiter and encoding", async () => {
  const kinds = async (content: string | Uint8Array, name?: string): Promise<unknown> =>
    (await said(content, name)).kind;

  assert.equal(await kinds("PO Number;Status\nPO1;ok\n"), "acknowledgement");
  assert.equal(await kinds("po\ttracking no\tcourier\nPO1\tX12345\tups\n"), "tracking");
  assert.equal(await kinds("\ufeffSKU,Stock\r\nA,1\r\n"), "stock");
  assert.equal(await kinds("sep=;\nsku;unit_cost;currency\nA;1;EUR\n"), "cost");
  assert.equal(await kinds(Buffer.from("\ufeffSKU,Stock\nÄ,1\n", "utf16le")), "stock");
  const western = await said(Buffer.from("SKU,Stock\nGr\xf6\xdfe,1\n", "latin1"));
  assert.deepEqual(
    western.records.map((record) => record.type === "stock" && record.item.supplierSku),
    ["Größe"],
  );
});

test("CS-16 a name pattern of the settings decides, a usual word in the name only where headers leave a choice", async () => {
  const both = "sku,quantity,price,currency\nA,5,1.00,EUR\n";

  assert.equal((await said(both, "list.csv")).kind, "stock");
  assert.equal((await said(both, "prices.csv")).kind, "cost");
  assert.equal((await said(both, "LIST-77.csv", { cost: { files: "list-*.csv" } })).kind, "cost");
  assert.equal((await said("sku,on_hand\nA,5\n", "shipping.csv")).kind, "stock");
  assert.equal((await said("sku,on_hand\nA,5\n", "list-1.csv", { cost: { files: "list-*.csv" } })).kind, null);
});

test("CS-16 columns can be named by the settings", async () => {
  const inbox = {
    tracking: { columns: { po_number: "Ihre Nummer", tracking_number: "Sendung", shipped_at: "Versandt" } },
    dateStyle: "dd.MM.yyyy",
  };

  const { kind, records, faults } = await said(
    "Ihre Nummer;Sendung;Versandt\nPO1;00340434161094000007;22.11.2026\n",
    "x.csv",
    inbox,
  );

  assert.equal(kind, "tracking");
  assert.deepEqual(faults, []);
  assert.deepEqual(records, [
    {
      type: "tracking",
      line: 2,
      poNumber: "PO1",
      parcel: {
        carrier: "",
        trackingNumber: "00340434161094000007",
        shippedAt: new Date("2026-11-21T23:00:00Z"),
        supplierSku: null,
        units: null,
      },
    },
  ]);
});

test("CS-16 a file that is nothing we know is refused whole, naming the missing columns", async () => {
  assert.deepEqual(await said("colour,size\nred,5\n"), {
    kind: null,
    records: [],
    faults: [
      {
        line: 1,
        column: 0,
        field: "",
        found: "colour,size",
        expected:
          "a header line by which we know what the file is. What is missing for tracking: a column po number; for acknowledgement: a column po number; for stock: a column supplier sku; for cost: a column supplier sku. Its columns can be named in the supplier's setting inbox",
      },
    ],
  });
  for (const content of ["", "\n\n", "\ufeff"]) {
    const { kind, faults } = await said(content);
    assert.equal(kind, null, JSON.stringify(content));
    assert.equal(faults.length, 1);
  }
  assert.equal(
    (await faultsOf(Buffer.from("sku,stock\n\xff,1\n", "latin1"), "x.csv", { encoding: "utf-8" }))[0]?.found,
    "bytes that are not in the declared encoding",
  );
});

test("CS-16 two columns of one name are refused, where they matter", async () => {
  const { kind, faults } = await said("sku,on_hand,on_hand\nA,1,2\n");
  assert.equal(kind, null);
  assert.match(faults[0]?.expected ?? "", /only one column on hand|only one column on_hand; there are 2/);
  assert.equal((await said("sku,on_hand,note,note\nA,1,x,y\n")).kind, "stock");
});

test("CS-17 an acknowledgement answers for a purchase order or for its lines", async () => {
  const { records, faults } = await said(
    "po,order id,line,sku,qty,status,reason,until\n" +
      "PO1,S-1,,,,Accepted,,\n" +
      "PO2,S-2,1,A,3,backordered,next month,2026-12-24\n" +
      "PO2,S-2,2,,,REJECTED,Out of stock until spring,\n" +
      "PO3,,,B,,cancelled,Discontinued,\n",
  );

  assert.deepEqual(faults, []);
  assert.deepEqual(records, [
    {
      type: "acknowledgement",
      line: 2,
      poNumber: "PO1",
      supplierOrderId: "S-1",
      scope: "all",
      answer: { status: "accepted" },
    },
    {
      type: "acknowledgement",
      line: 3,
      poNumber: "PO2",
      supplierOrderId: "S-2",
      scope: { no: 1, supplierSku: "A", units: 3 },
      answer: { status: "backordered", until: new Date("2026-12-23T23:00:00Z"), message: "next month" },
    },
    {
      type: "acknowledgement",
      line: 4,
      poNumber: "PO2",
      supplierOrderId: "S-2",
      scope: { no: 2, supplierSku: null, units: null },
      answer: { status: "refused", reason: "out_of_stock", message: "Out of stock until spring" },
    },
    {
      type: "acknowledgement",
      line: 5,
      poNumber: "PO3",
      supplierOrderId: null,
      scope: { no: null, supplierSku: "B", units: null },
      answer: { status: "refused", reason: "supplier_refused", message: "Discontinued" },
    },
  ]);
});

test("CS-17 an answer that says neither yes nor no nor later is refused, and units without their line too", async () => {
  const faults = await faultsOf("po,status,qty\nPO1,perhaps,\nPO2,ok,3\nPO3,,\n");

  assert.deepEqual(
    faults.map(({ line, column, field, found }) => ({ line, column, field, found })),
    [
      { line: 2, column: 2, field: "status", found: "perhaps" },
      { line: 3, column: 0, field: "supplier_sku", found: "" },
      { line: 4, column: 2, field: "status", found: "" },
    ],
  );
});

test("CS-18 a tracking file gives parcels; what it does not say is null", async () => {
  const { records, faults } = await said(
    "po number,carrier,tracking number,ship date,sku,units\n" +
      "PO1,UPS,1Z879E930346834440,2026-11-22 10:15:00,A,2\n" +
      "PO1,,9405803699300124287899,2026-11-22T10:15:00Z,,\n" +
      "PO2,DHL,JVGL0999999990,,,\n",
  );

  assert.deepEqual(faults, []);
  const parcels = records.map((record) => (record.type === "tracking" ? record.parcel : null));
  assert.deepEqual(parcels, [
    {
      carrier: "UPS",
      trackingNumber: "1Z879E930346834440",
      shippedAt: new Date("2026-11-22T09:15:00Z"),
      supplierSku: "A",
      units: 2,
    },
    {
      carrier: "",
      trackingNumber: "9405803699300124287899",
      shippedAt: new Date("2026-11-22T10:15:00Z"),
      supplierSku: null,
      units: null,
    },
    { carrier: "DHL", trackingNumber: "JVGL0999999990", shippedAt: null, supplierSku: null, units: null },
  ]);
});

test("CS-18 a time that does not exist in the supplier's zone, or exists twice, is refused with its line", async () => {
  const faults = await faultsOf(
    "po,tracking,shipped at\nPO1,X1234,2026-03-29 02:30:00\nPO2,X1234,2026-10-25 02:30:00\nPO3,X1234,2026-02-30\nPO4,X1234,22/11/2026\nPO5,X1234,2026-10-25 03:30:00\n",
  );

  assert.deepEqual(
    faults.map(({ line, column, field }) => [line, column, field]),
    [2, 3, 4, 5].map((line) => [line, 3, "shipped_at"]),
  );
});

test("CS-19 stock and costs are read with their currency, and none is guessed", async () => {
  const stock = await said(
    "sku,on_hand,cost,currency,as_of\nA,12,1.2345,EUR,2026-11-22T07:00:00Z\nB,0,,,\nC,5,2.00,,\n",
  );
  assert.deepEqual(stock.records, [
    {
      type: "stock",
      line: 2,
      item: {
        supplierSku: "A",
        onHand: 12,
        unitCost: "1.2345",
        currency: "EUR",
        asOf: new Date("2026-11-22T07:00:00Z"),
      },
    },
    { type: "stock", line: 3, item: { supplierSku: "B", onHand: 0, unitCost: null, currency: null, asOf: written } },
  ]);
  assert.deepEqual(
    stock.faults.map(({ line, field }) => [line, field]),
    [[4, "currency"]],
  );

  const costs = await said("sku;price\nA;1.234,50\nB;12.5.0\nC;-1\n", "x.csv", { currency: "EUR" }, ",");
  assert.deepEqual(costs.records, [{ type: "cost", line: 2, supplierSku: "A", unitCost: "1234.50", currency: "EUR" }]);
  assert.deepEqual(
    costs.faults.map(({ line, column, found }) => [line, column, found]),
    [
      [3, 2, "12.5.0"],
      [4, 2, "-1"],
    ],
  );
});

test("CS-20 each refused row has line, column, field, what was found and what is expected", async () => {
  const faults = await faultsOf('note,sku,on_hand\n,A,1\n"B\nB",B,many\n,C\n,D,1,2\n,,5\n\n,E,"5"x\n');

  assert.deepEqual(
    faults.map(({ line, column, field, found }) => [line, column, field, found]),
    [
      [3, 3, "on_hand", "many"],
      [5, 0, "", "2 cells"],
      [6, 0, "", "4 cells"],
      [7, 2, "supplier_sku", ""],
      [9, 3, "on_hand", '"5"x'],
    ],
  );
  assert.ok(faults.every(({ expected }) => expected.length > 0));
});

test("CS-20 impossible numbers, and ids that a spreadsheet has rounded, are refused", async () => {
  for (const onHand of ["-1", "1.5", "1e9", "1000000001", "∞", "", "0x10"]) {
    assert.equal((await faultsOf(`sku,on_hand\nA,"${onHand}"\n`)).length, 1, onHand);
  }
  assert.equal((await faultsOf("po,tracking\nPO1,9.40580E+21\n"))[0]?.field, "tracking_number");
  assert.equal(
    (await faultsOf(`po,tracking\nPO1,${"9".repeat(100_000)}\n`))[0]?.found.endsWith("(100000 characters)"),
    true,
  );
  assert.deepEqual(await faultsOf("po,tracking\n1234567890123456789,00000000000000000001\n"), []);
});

test("CS-20 every row with text is one record or one fault, whatever the file is made of", async () => {
  const cell = fc.constantFrom(
    "A",
    "PO1",
    "5",
    "-1",
    "",
    "x,y",
    'q"q',
    "l\nl",
    "ok",
    "2026-11-22",
    "=1",
    "漢",
    "9E+20",
  );
  const row = fc.array(cell, { minLength: 1, maxLength: 4 });
  const csv = (cells: string[]): string =>
    cells.map((text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(",");
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("po,status,qty", "po,tracking,sku", "sku,on_hand,cost", "sku,cost,currency"),
      fc.array(row),
      async (header, rows) => {
        const { records, faults } = await said([header, ...rows.map(csv)].join("\n"));

        const withText = rows.filter((cells) => cells.some((text) => text !== "")).length;
        assert.equal(records.length + faults.length, withText);
        assert.equal(new Set([...records, ...faults].map(({ line }) => line)).size, withText);
      },
    ),
  );
});

test("CS-21 a document carries the hash of exactly the bytes that were read", async (t) => {
  const folder = await aFolder(t);
  await put(folder, "stock.csv", stockFile);

  const [document] = await read(folder);

  assert.equal(document?.sha256, createHash("sha256").update(stockFile).digest("hex"));
  assert.deepEqual(document.bytes, Buffer.from(stockFile));
});

const inboxOf = async (folder: string) => {
  const [inbox, done, rejected] = await Promise.all(
    ["", "done", "rejected"].map((name) => readdir(join(folder, "inbox", name))),
  );
  return { inbox: inbox?.filter((name) => name.includes(".")), done, rejected };
};
const finishAll = async (folder: string, documents: InboxDocument[]): Promise<void> => {
  for (const document of documents) await finish(diskFiles, csvSettings({}, folder), document, document.faults);
};

test("CS-22 a good file moves to done, and the next of its name does not overwrite it", async (t) => {
  const folder = await aFolder(t);
  await put(folder, "stock.csv", stockFile);
  await finishAll(folder, await read(folder));
  await put(folder, "stock.csv", "sku,on_hand\nA,2\n");
  await finishAll(folder, await read(folder));

  const { inbox, done, rejected } = await inboxOf(folder);

  assert.deepEqual({ inbox, rejected }, { inbox: [], rejected: [] });
  assert.equal(done?.length, 2);
  assert.ok(done.every((name) => /^stock\.[0-9a-f]{12}\.csv$/.test(name)));
});

test("CS-22 a file with bad rows is rejected with a report and its bad rows, though its good rows were read", async (t) => {
  const folder = await aFolder(t);
  await put(folder, "stock.csv", 'sku,on_hand,note\r\nA,1,\r\nB,=cmd(),\r\nC,-1,"C\nC"\r\n');

  const documents = await read(folder);
  await finishAll(folder, documents);

  assert.equal(documents[0]?.records.length, 1);
  const { inbox, done, rejected } = await inboxOf(folder);
  const stem = `stock.${documents[0].sha256.slice(0, 12)}`;
  assert.deepEqual(
    { inbox, done, rejected },
    { inbox: [], done: [], rejected: [`${stem}.bad-rows.csv`, `${stem}.csv`, `${stem}.report.csv`] },
  );
  assert.equal(
    await readFile(join(folder, "inbox", "rejected", `${stem}.bad-rows.csv`), "utf8"),
    '\ufeffsku,on_hand,note\r\nB,=cmd(),\r\nC,-1,"C\nC"\r\n',
  );
  assert.equal(
    await readFile(join(folder, "inbox", "rejected", `${stem}.report.csv`), "utf8"),
    "\ufeffline,column,field,found,expected\r\n" +
      '3,2,on_hand,\'=cmd(),"0 to 1,000,000,000 units on hand"\r\n' +
      '4,2,on_hand,\'-1,"0 to 1,000,000,000 units on hand"\r\n',
  );
});

test("CS-22 rows that only the caller can judge are reported too, and a mended file is read again", async (t) => {
  const folder = await aFolder(t);
  await put(folder, "ack.csv", "po,status\nPO1,ok\nPO9,ok\n");
  const [document] = await read(folder);
  assert.ok(document !== undefined);

  await finish(diskFiles, csvSettings({}, folder), document, [
    { line: 3, column: 1, field: "po_number", found: "PO9", expected: "a purchase order of ours" },
  ]);

  const stem = `ack.${document.sha256.slice(0, 12)}`;
  const badRows = await readFile(join(folder, "inbox", "rejected", `${stem}.bad-rows.csv`), "utf8");
  assert.equal(badRows, "\ufeffpo,status\r\nPO9,ok\r\n");
  await put(folder, "mended.csv", badRows.replace("PO9", "PO2"));
  assert.deepEqual(
    (await read(folder))[0]?.records.map((record) => record.type === "acknowledgement" && record.poNumber),
    ["PO2"],
  );
});

test("CS-22 a file that cannot be read at all is rejected with a report alone", async (t) => {
  const folder = await aFolder(t);
  await put(folder, "noise.csv", "colour\nred\n");
  await put(folder, "nothing.csv", "");

  await finishAll(folder, await read(folder));

  const { rejected } = await inboxOf(folder);
  assert.deepEqual(
    rejected?.map((name) => name.replace(/\.[0-9a-f]{12}/, "")),
    ["noise.csv", "noise.report.csv", "nothing.csv", "nothing.report.csv"],
  );
});

test("CS-22 killed before the move, finishing again ends in the same place; a file replaced meanwhile stays", async (t) => {
  const folder = await aFolder(t);
  await put(folder, "stock.csv", "sku,on_hand\nA,x\n");
  const documents = await read(folder);
  const dies: Files = { ...diskFiles, rename: () => Promise.reject(new Error("killed")) };
  await assert.rejects(finish(dies, csvSettings({}, folder), documents[0]!, documents[0]!.faults), /killed/);

  await finishAll(folder, documents);
  const once = await inboxOf(folder);
  await put(folder, "stock.csv", stockFile);
  await finishAll(folder, documents);

  assert.equal(once.rejected?.length, 3);
  assert.deepEqual(await inboxOf(folder), { ...once, inbox: ["stock.csv"] });
});
