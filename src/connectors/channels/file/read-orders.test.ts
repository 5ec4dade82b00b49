import assert from "node:assert/strict";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { stringify } from "csv-stringify/sync";
import type { ChannelOrder } from "#domain/channel-order.ts";
import { UnreadableFile } from "../../files/table.ts";
import type { FileRecord, Problem } from "./file-record.ts";
import { BadMapping, type OrderMapping } from "./order-mapping.ts";
import { readOrders } from "./read-orders.ts";

const folder = await mkdtemp(join(tmpdir(), "orders-"));
after(() => rm(folder, { recursive: true }));
let files = 0;
async function fileOf(content: string): Promise<string> {
  const path = join(folder, `${(files += 1)}.csv`);
  await writeFile(path, content);
  return path;
}

const plain: OrderMapping = {
  format: "generic",
  delimiter: ",",
  encoding: "utf-8",
  quoted: true,
  decimal: ".",
  dateStyle: "M/d/yy H:mm",
  zone: "Europe/London",
  columns: { order_id: "order", sku: "sku", quantity: "qty", unit_price: "price" },
  constants: { currency: "GBP", payment: "paid" },
  notGoods: [],
  countries: {},
};
const withColumns = (columns: OrderMapping["columns"], others: Partial<OrderMapping> = {}): OrderMapping => ({
  ...plain,
  ...others,
  columns: { ...plain.columns, ...columns },
});

async function recordsOf(content: string, mapping: OrderMapping = plain): Promise<FileRecord[]> {
  const records: FileRecord[] = [];
  for await (const record of readOrders(await fileOf(content), mapping)) records.push(record);
  return records;
}
async function orderOf(content: string, mapping?: OrderMapping): Promise<ChannelOrder> {
  const [record] = await recordsOf(content, mapping);
  return record?.type === "order" ? record.order : assert.fail(JSON.stringify(record));
}
async function problemsOf(content: string, mapping?: OrderMapping): Promise<Problem[]> {
  const [record] = await recordsOf(content, mapping);
  return record?.type === "refused" ? record.problems : assert.fail(JSON.stringify(record));
}
async function questionOf(content: string, mapping?: OrderMapping): Promise<string> {
  const [record] = await recordsOf(content, mapping);
  return record?.type === "set_aside" ? record.question : assert.fail(JSON.stringify(record));
}
const kindsOf = (records: FileRecord[]): [string, number[]][] => records.map(({ type, rows }) => [type, rows]);

test("FI-11 every row is in exactly one record, whatever the file says", async () => {
  const cell = fc.constantFrom(
    "1",
    "2",
    "C3",
    "",
    "-1",
    "0",
    "0.5",
    "1e9",
    "A",
    "B",
    '"x',
    "2.50",
    "1,5",
    "12/1/10 8:26",
    "\u0007",
  );
  const mapping = withColumns({ ordered_at: "at", cancels: "cancels" }, { cancellationPrefix: "C" });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(cell, { minLength: 6, maxLength: 6 }), { maxLength: 12 }), async (rows) => {
      const filled = rows.filter((row) => row.some((text) => text !== ""));

      const records = await recordsOf(
        stringify([["order", "sku", "qty", "price", "at", "cancels"], ...filled]),
        mapping,
      );

      assert.deepEqual(
        records.flatMap((record) => record.rows).sort((a, b) => a - b),
        filled.map((_, index) => index + 2),
      );
    }),
    { numRuns: 200 },
  );
});

test("FI-12 the header is found below lines of another kind, by any spelling of its names", async () => {
  const order = await orderOf("Report of March\n\nsep=,\n SKU ,Order,QTY, Price\nA,7,1,2.50\n");

  assert.equal(order.channelOrderId, "7");
});

test("FI-12 a column that is not there is named, with the columns that are", async () => {
  await assert.rejects(
    recordsOf("order,item,qty,price\n1,A,1,2\n"),
    (error) =>
      error instanceof BadMapping &&
      /line 1: there is no column for sku=sku. The columns are order, item, qty, price\./.test(error.message),
  );
});

test("FI-13 two columns of one name are refused when the name is mapped, and only then", async () => {
  await assert.rejects(
    recordsOf("order,sku,qty,price,SKU\n1,A,1,2,B\n"),
    (error) => error instanceof BadMapping && /2 columns are called sku \(columns 2 and 5\)/.test(error.message),
  );
  assert.equal((await orderOf("order,sku,qty,price,x,x\n1,A,1,2,,\n")).lines.length, 1);
});

test("FI-13 a column called __proto__ or constructor is a column like any other", async () => {
  const order = await orderOf(
    "order,__proto__,qty,price,constructor\n1,A,1,2,x\n",
    withColumns({ sku: "__proto__", title: "constructor" }),
  );

  assert.deepEqual([order.lines[0]?.sku, order.lines[0]?.title], ["A", "x"]);
});

test("FI-14 a row that is narrower or wider than the header is refused with its line", async () => {
  const records = await recordsOf("order,sku,qty,price\n1,A,1,2\n2,B\n3,C,1,2,extra\n4,D,1,2\n");

  assert.deepEqual(kindsOf(records), [
    ["order", [2]],
    ["refused", [3]],
    ["refused", [4]],
    ["order", [5]],
  ]);
  assert.deepEqual(records[1]?.type === "refused" && records[1].problems, [
    {
      line: 3,
      column: 2,
      header: "sku",
      found: "2 cells",
      expected: "4 cells, as the header has; the file may be cut here",
    },
  ]);
  assert.equal(records[2]?.raw, "3,C,1,2,extra");
});

test("FI-15 blank rows are no rows", async () => {
  assert.deepEqual(kindsOf(await recordsOf("order,sku,qty,price\n\n1,A,1,2\n,,,\n , ,,\n2,B,1,2\n\n")), [
    ["order", [3]],
    ["order", [6]],
  ]);
});

test("FI-16 rows of one order need not stand together", async () => {
  const records = await recordsOf("order,sku,qty,price\n1,A,1,2\n2,B,1,2\n1,C,3,4\n");

  assert.deepEqual(kindsOf(records), [
    ["order", [3]],
    ["order", [2, 4]],
  ]);
  assert.equal(records[1]?.raw, "1,A,1,2\n1,C,3,4");
});

test("FI-17 an order that may lack a row is refused whole, with the line that cannot be read", async () => {
  const records = await recordsOf("order,sku,qty,price\n1,A,1,2\n2,B,1,2\n2,C,1\n3,D,1,2\n");

  assert.deepEqual(kindsOf(records), [
    ["order", [2]],
    ["refused", [3]],
    ["refused", [4]],
    ["order", [5]],
  ]);
  assert.match(
    (records[1]?.type === "refused" && records[1].problems[0]?.expected) || "",
    /line 4 seems to belong to it and cannot/,
  );
});

test("FI-17 a file cut in the middle of an order does not let a half order through", async () => {
  assert.deepEqual(kindsOf(await recordsOf('order,sku,qty,price\n1,A,1,2\n2,B,1,2\n2,"C')), [
    ["order", [2]],
    ["refused", [3]],
    ["refused", [4]],
  ]);
  assert.deepEqual(kindsOf(await recordsOf("order,sku,qty,price\n71,A,1,2\n71,B,1,2\n7")), [
    ["refused", [2, 3]],
    ["refused", [4]],
  ]);
});

test("FI-17 where rows of orders are scattered and a line cannot be read, no order of the file is taken", async () => {
  assert.deepEqual(kindsOf(await recordsOf('order,sku,qty,price\n1,A,1,2\n2,B,1,2\n1,C,1,2\n3,"D')), [
    ["refused", [3]],
    ["refused", [2, 4]],
    ["refused", [5]],
  ]);
});

test("FI-17 a row without an order id is refused, and so is the order above it", async () => {
  assert.deepEqual(kindsOf(await recordsOf("order,sku,qty,price\n1,A,1,2\n,B,1,2\n3,C,1,2\n")), [
    ["refused", [2]],
    ["refused", [3]],
    ["order", [4]],
  ]);
});

test("FI-18 a refusal names line, column, header, value and expectation of each wrong cell, and touches no other order", async () => {
  const records = await recordsOf("order,sku,qty,price\n1,A,0,2\n1,B,1,free\n2,C,1,2\n");

  assert.deepEqual(kindsOf(records), [
    ["refused", [2, 3]],
    ["order", [4]],
  ]);
  assert.deepEqual(records[0]?.type === "refused" && records[0].problems, [
    { line: 2, column: 3, header: "qty", found: "0", expected: "a whole number from 1 to 1,000,000; 0 sells nothing" },
    {
      line: 3,
      column: 4,
      header: "price",
      found: "free",
      expected: 'a number like 12.50 (the decimal mark is declared as ".")',
    },
  ]);
});

test("FI-19 order ids of more than 15 digits stay exact, and rounded ones are refused", async () => {
  assert.equal(
    (await orderOf("order,sku,qty,price\n9007199254740993123,A,1,2\n")).channelOrderId,
    "9007199254740993123",
  );
  assert.match(
    (await problemsOf("order,sku,qty,price\n9.00720E+18,A,1,2\n"))[0]?.expected ?? "",
    /all its digits; a spreadsheet has rounded this number/,
  );
});

for (const [quantity, why] of [
  ["0", /0 sells nothing/],
  ["1000000000", /from 1 to 1,000,000/],
  ["1e9", /from 1 to 1,000,000/],
  ["2.5", /without a fraction/],
  ["", /this cell is empty/],
  ["two", /from 1 to 1,000,000/],
] as const) {
  test(`FI-20 a quantity of "${quantity}" is refused with the reason`, async () => {
    const [problem] = await problemsOf(`order,sku,qty,price\n1,A,${quantity},2\n`);

    assert.deepEqual([problem?.line, problem?.column, problem?.found], [2, 3, quantity]);
    assert.match(problem?.expected ?? "", why);
  });
}

test("FI-21 a negative quantity that nothing explains is set aside with a question, its whole order with it", async () => {
  const records = await recordsOf("order,sku,qty,price\n1,A,2,2\n1,A,-1,2\n");

  assert.deepEqual(kindsOf(records), [["set_aside", [2, 3]]]);
  assert.match(
    records[0]?.type === "set_aside" ? records[0].question : "",
    /^Line 3 sells -1 × A\. Is it a cancellation, a return or a correction\?/,
  );
});

test("FI-22 an order id with the declared prefix is a cancellation with positive quantities", async () => {
  const mapping = withColumns({ buyer_id: "buyer", ordered_at: "at" }, { cancellationPrefix: "C", notGoods: ["D"] });

  const [record] = await recordsOf(
    "order,sku,qty,price,buyer,at\nC536379,85123A,-3,2.55,14527,12/1/10 9:41\nC536379,D,-1,27.5,14527,12/1/10 9:41\n",
    mapping,
  );

  assert.deepEqual(record, {
    type: "cancellation",
    channelOrderId: "C536379",
    cancels: null,
    buyerId: "14527",
    at: new Date("2010-12-01T09:41:00Z"),
    lines: [
      { sku: "85123A", quantity: 3, kind: "goods" },
      { sku: "D", quantity: 1, kind: "discount" },
    ],
    rows: [2, 3],
    raw: "C536379,85123A,-3,2.55,14527,12/1/10 9:41\nC536379,D,-1,27.5,14527,12/1/10 9:41",
  });
});

test("FI-22 a cancellation that names its order carries it, with the line ids", async () => {
  const mapping = withColumns({ cancels: "of", line_id: "line" });

  const [record] = await recordsOf("order,sku,qty,price,of,line\nR1,A,-1,2,1001,77\n", mapping);

  assert.deepEqual(record?.type === "cancellation" && [record.cancels, record.lines], [
    "1001",
    [{ sku: "A", quantity: 1, kind: "goods", channelLineId: "77" }],
  ]);
});

test("FI-22 a positive quantity under the id of a cancellation is a question", async () => {
  assert.match(
    await questionOf("order,sku,qty,price\nC1,A,3,2\n", { ...plain, cancellationPrefix: "C" }),
    /Is it cancelled or sold\?/,
  );
});

test("FI-23 a price of the whole line is divided by its quantity, to ten decimals", async () => {
  const mapping: OrderMapping = {
    ...plain,
    columns: { order_id: "order", sku: "sku", quantity: "qty", line_price: "price" },
  };

  const order = await orderOf("order,sku,qty,price\n1,A,3,10.00\n1,B,4,10.00\n1,C,1,10.00\n", mapping);

  assert.deepEqual(
    order.lines.map(({ unitPrice }) => unitPrice),
    ["3.3333333333", "2.5", "10.00"],
  );
});

test("FI-23 a price whose sign contradicts the order's currency is refused", async () => {
  const [problem] = await problemsOf("order,sku,qty,price\n1,A,1,€2.00\n");

  assert.equal(problem?.expected, "a price in GBP, the currency of the order; the sign beside 2.00 means EUR");
  assert.equal((await orderOf("order,sku,qty,price\n1,A,1,£2.00\n")).lines[0]?.unitPrice, "2.00");
});

test("FI-24 a time that does not exist is refused with its line, and the order with it", async () => {
  const [problem] = await problemsOf(
    "order,sku,qty,price,at\n1,A,1,2,3/28/10 1:30\n",
    withColumns({ ordered_at: "at" }),
  );

  assert.deepEqual([problem?.line, problem?.column, problem?.header, problem?.found], [2, 5, "at", "3/28/10 1:30"]);
  assert.match(problem?.expected ?? "", /a time that exists in Europe\/London/);
});

test("FI-25 a note of 100,000 characters is kept, a SKU of 201 is refused with its length", async () => {
  const note = "x".repeat(100_000);

  assert.equal(
    (await orderOf(`order,sku,qty,price,note\n1,A,1,2,${note}\n`, withColumns({ note: "note" }))).note,
    note,
  );
  assert.match(
    (await problemsOf(`order,sku,qty,price\n1,${"x".repeat(100_000)},1,2\n`))[0]?.expected ?? "",
    /a SKU of at most 200 characters; this has 100000/,
  );
});

test("FI-25 an address keeps its scripts, folded to single lines", async () => {
  const mapping = withColumns({
    name: "name",
    line1: "line1",
    line2: "line2",
    line3: "line3",
    city: "city",
    country: "country",
  });

  const { shipTo } = await orderOf(
    'order,sku,qty,price,name,line1,line2,line3,city,country\n1,A,1,2,林小明,"1 Main\nSt",Flat 2,Block C,서울,South Korea\n',
    mapping,
  );

  assert.deepEqual(shipTo, {
    name: "林小明",
    company: "",
    line1: "1 Main St",
    line2: "Flat 2, Block C",
    city: "서울",
    region: "",
    postcode: "",
    country: "KR",
    phone: "",
    email: "",
  });
});

test("FI-26 lines without an id are told by SKU and occurrence", async () => {
  const order = await orderOf("order,sku,qty,price\n1,A,1,2\n1,B,1,2\n1,A,5,2\n");

  assert.deepEqual(
    order.lines.map(({ channelLineId, quantity }) => [channelLineId, quantity]),
    [
      ["sku:A#1", 1],
      ["sku:B#1", 1],
      ["sku:A#2", 5],
    ],
  );
});

test("FI-26 a line id that occurs twice in its order is refused", async () => {
  const [problem] = await problemsOf(
    "order,sku,qty,price,line\n1,A,1,2,7\n1,B,1,2,7\n",
    withColumns({ line_id: "line" }),
  );

  assert.deepEqual(
    [problem?.line, problem?.found, problem?.expected],
    [3, "7", "a line id that occurs once in its order; line 2 has it too"],
  );
});

test("FI-27 lines that are no goods are nobody's to send: by the declared SKUs, a negative price, or their kind", async () => {
  const mapping = withColumns({ kind: "kind", title: "title" }, { notGoods: ["POST", "BANK CHARGES", "gift_*"] });

  const order = await orderOf(
    "order,sku,qty,price,kind,title\n1,A,1,2,,\n1,post,1,18,,POSTAGE\n1,Bank Charges,1,15,,\n1,gift_0001_40,1,34,,Gift Voucher\n1,B,1,-2.50,,\n1,EB,1,3,download,\n",
    mapping,
  );

  assert.deepEqual(
    order.lines.map(({ sku, kind, fulfilledBy }) => [sku, kind, fulfilledBy]),
    [
      ["A", "goods", "us"],
      ["post", "shipping", "nobody"],
      ["Bank Charges", "fee", "nobody"],
      ["gift_0001_40", "gift_card", "nobody"],
      ["B", "discount", "nobody"],
      ["EB", "download", "nobody"],
    ],
  );
});

test("FI-28 rows of one order that contradict each other are refused", async () => {
  const [problem] = await problemsOf(
    "order,sku,qty,price,buyer\n1,A,1,2,7\n1,B,1,2,8\n",
    withColumns({ buyer_id: "buyer" }),
  );

  assert.deepEqual(problem, {
    line: 3,
    column: 5,
    header: "buyer",
    found: "8",
    expected: "the same as in line 2 (7), because both rows are of one order",
  });
});

test("FI-28 an order is as old as its first row, and keeps each note once", async () => {
  const mapping = withColumns({ ordered_at: "at", note: "note" });

  const order = await orderOf(
    "order,sku,qty,price,at,note\n1,A,1,2,12/1/10 8:27,ring\n1,B,1,2,12/1/10 8:26,ring\n1,C,1,2,12/1/10 8:27,back door\n",
    mapping,
  );

  assert.deepEqual([order.orderedAt, order.note], [new Date("2010-12-01T08:26:00Z"), "ring\nback door"]);
});

test("FI-29 countries are ISO codes, names in many languages, or declared; others are refused with the way out", async () => {
  const mapping = withColumns({ country: "country" }, { countries: { "Channel Islands": "JE" } });
  const countryOf = async (name: string): Promise<string | undefined> =>
    (await orderOf(`order,sku,qty,price,country\n1,A,1,2,${name}\n`, mapping)).shipTo?.country;

  assert.deepEqual(
    await Promise.all(
      ["gb", "United Kingdom", "Deutschland", "DEU", "日本", "EIRE", "USA", "channel islands"].map(countryOf),
    ),
    ["GB", "GB", "DE", "DE", "JP", "IE", "US", "JE"],
  );
  assert.match(
    (await problemsOf("order,sku,qty,price,country\n1,A,1,2,Unspecified\n", mapping))[0]?.expected ?? "",
    /country\[Unspecified\]=XX/,
  );
});

test("FI-38 nothing is invented: no address without address columns, no time without a time, no total without one", async () => {
  const order = await orderOf("order,sku,qty,price\n1,A,1,2\n");

  assert.deepEqual(
    { ...order, lines: [] },
    {
      channelOrderId: "1",
      number: "1",
      orderedAt: null,
      updatedAt: null,
      currency: "GBP",
      payment: "paid",
      paidAt: null,
      cancelledAt: null,
      buyerId: null,
      shipTo: null,
      shippingMethod: null,
      shipBy: null,
      note: null,
      shippingPaid: null,
      total: null,
      risk: "none",
      lines: [],
    },
  );
});

test("FI-38 an order whose currency or payment nobody has said is refused with the way out", async () => {
  const problems = await problemsOf("order,sku,qty,price\n1,A,1,2\n", { ...plain, constants: {} });

  assert.deepEqual(
    problems.map(({ expected }) => expected),
    [
      "a currency: map a column (currency=Header) or say it (currency:=GBP)",
      "a payment: map a column (payment=Header, paid_at=Header) or say it (payment:=paid)",
    ],
  );
});

test("FI-38 a payment word that is not known is refused with those that are", async () => {
  const [problem] = await problemsOf(
    "order,sku,qty,price,pay\n1,A,1,2,perhaps\n",
    withColumns({ payment: "pay" }, { constants: { currency: "GBP" } }),
  );

  assert.match(problem?.expected ?? "", /^one of pending, .*paid.*bezahlt/);
});

test("FI-39 however a file is cut, each whole row is in a record or a problem names its line, and no order is taken that lacks a row read before", async () => {
  const note = fc.array(fc.constantFrom("a", '"', ",", "\n", "ü"), { maxLength: 6 }).map((letters) => letters.join(""));
  const row = fc.tuple(
    fc.constantFrom("11", "12", "13"),
    fc.constantFrom("A", "B"),
    fc.constantFrom("1", "2"),
    fc.constant("2.50"),
    note,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), fc.nat(), async (rows, where) => {
      const sorted = rows.toSorted((a, b) => Number(a[0]) - Number(b[0]));
      const head = "order,sku,qty,price,note\n";
      const written = stringify(sorted);
      const cut = written.slice(0, where % (written.length + 1));

      const records = await recordsOf(head + cut, withColumns({ note: "note" }));

      const starts = new Set(records.flatMap((record) => record.rows));
      let line = 2;
      let text = "";
      for (const whole of sorted) {
        text += stringify([whole]);
        if (text.length <= cut.length)
          assert.ok(starts.has(line), `line ${line} of ${JSON.stringify(head + cut)} is in no record`);
        line += stringify([whole]).split("\n").length - 1;
      }
      for (const record of records) {
        if (record.type === "refused") assert.ok(record.problems.some((problem) => record.rows.includes(problem.line)));
        if (record.type !== "order") continue;
        const begun = sorted.filter(
          ([id], i) => id === record.order.channelOrderId && stringify(sorted.slice(0, i)).length < cut.length,
        );
        assert.equal(
          record.rows.length,
          begun.length,
          `order ${record.order.channelOrderId} of ${JSON.stringify(head + cut)} lacks a row`,
        );
      }
    }),
    { numRuns: 300 },
  );
});

test("FI-41 a file that changes while it is read is an error, and what came before stays", async () => {
  const path = await fileOf(
    `order,sku,qty,price\n${Array.from({ length: 50 }, (_, i) => `${i + 1},A,1,2\n`).join("")}`,
  );
  const records: FileRecord[] = [];

  const reading = (async () => {
    for await (const record of readOrders(path, plain)) {
      if (records.length === 0) await appendFile(path, "51,A,1,2\n");
      records.push(record);
    }
  })();

  await assert.rejects(
    reading,
    (error) => error instanceof UnreadableFile && /was changed while it was read/.test(error.message),
  );
  assert.ok(records.length >= 50);
});
