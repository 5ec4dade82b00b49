import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { guessMapping, type MappingGuess } from "./guess-mapping.ts";
import { parseMap } from "./order-mapping.ts";

const folder = await mkdtemp(join(tmpdir(), "guess-"));
after(() => rm(folder, { recursive: true }));
let files = 0;
async function guess(content: string, declared = ""): Promise<MappingGuess> {
  const path = join(folder, `${(files += 1)}.csv`);
  await writeFile(path, content);
  return guessMapping(path, parseMap(declared));
}
const head = "Order ID,Order date,SKU,Qty,Price,Currency,Payment status";
const why = ({ guessed }: MappingGuess, part: string): string | undefined =>
  guessed.find((one) => one.part === part)?.why;
const expectations = ({ problems }: MappingGuess): string[] => problems.map(({ expected }) => expected);

test("FI-34 columns are found by their names, and every part of the mapping says where it came from", async () => {
  const guessed = await guess(`${head}\n1,30/04/2024 10:20,A,1,2.50,GBP,paid\n`, "zone=Europe/London");

  assert.deepEqual(guessed.problems, []);
  assert.deepEqual(guessed.mapping, {
    encoding: "utf-8",
    delimiter: ",",
    quoted: true,
    format: "generic",
    decimal: ".",
    dateStyle: "d/M/yyyy H:mm",
    zone: "Europe/London",
    columns: {
      order_id: "Order ID",
      ordered_at: "Order date",
      sku: "SKU",
      quantity: "Qty",
      unit_price: "Price",
      currency: "Currency",
      payment: "Payment status",
    },
    constants: {},
    notGoods: [],
    countries: {},
  });
  assert.equal(why(guessed, "date"), "line 2 has 30/04/2024 10:20");
  assert.equal(why(guessed, "decimal"), "line 2 has 2.50");
});

test("FI-34 what is declared is taken as it is", async () => {
  const { mapping, problems } = await guess(
    "Nr,When,Artikel,Zahl,Preis\n1,30.04.2024 10:20:05,A,1,2\n",
    "order_id=nr,ordered_at=When,sku=Artikel,quantity=Zahl,unit_price=Preis,currency:=EUR,payment:=paid,zone=Europe/Berlin,date=dd.MM.yyyy HH:mm:ss,decimal=comma",
  );

  assert.deepEqual(problems, []);
  assert.deepEqual(
    [mapping.columns.order_id, mapping.dateStyle, mapping.decimal, mapping.constants],
    ["Nr", "dd.MM.yyyy HH:mm:ss", ",", { currency: "EUR", payment: "paid" }],
  );
});

test("FI-35 a date that two styles read differently is a problem with both readings, unless another row tells", async () => {
  const open = await guess(`${head}\n1,03/04/2024 10:20,A,1,2.50,GBP,paid\n`, "zone=Europe/London");
  const told = await guess(
    `${head}\n1,03/04/2024 10:20,A,1,2.50,GBP,paid\n2,13/04/2024 10:20,A,1,2.50,GBP,paid\n`,
    "zone=Europe/London",
  );

  assert.deepEqual(
    open.problems.map(({ line, column, found }) => [line, column, found]),
    [[2, 2, "03/04/2024 10:20"]],
  );
  assert.match(
    expectations(open)[0] ?? "",
    /with date=M\/d\/yyyy H:mm this is 2024-03-04, with date=d\/M\/yyyy H:mm this is 2024-04-03/,
  );
  assert.deepEqual(
    [told.problems, told.mapping.dateStyle, why(told, "date")],
    [[], "d/M/yyyy H:mm", "line 3 has 13/04/2024 10:20"],
  );
});

test("FI-35 a price that two decimal marks read differently is a problem, unless another row tells", async () => {
  const open = await guess(`${head}\n1,2024-03-01 10:20 Z,A,1,"1.234",EUR,paid\n`);
  const told = await guess(
    `${head}\n1,2024-03-01 10:20 Z,A,1,"1.234",EUR,paid\n2,2024-03-01 10:20 Z,A,1,"2,50",EUR,paid\n`,
  );

  assert.deepEqual(expectations(open), [
    "the decimal mark, declared: with decimal=. this is 1.234, with decimal=comma it is 1234, and no other price in the file tells",
  ]);
  assert.deepEqual([told.problems, told.mapping.decimal], [[], ","]);
});

test("FI-35 a local time without a declared zone is a problem; times with offsets need none", async () => {
  assert.match(
    expectations(await guess(`${head}\n1,2024-03-01 10:20,A,1,2.50,EUR,paid\n`))[0] ?? "",
    /the zone of times without an offset, declared/,
  );
  assert.deepEqual((await guess(`${head}\n1,2024-03-01 10:20 +0100,A,1,2.50,EUR,paid\n`)).problems, []);
});

test("FI-35 times in a style that nobody knows are a problem, not a guess", async () => {
  assert.match(
    expectations(await guess(`${head}\n1,week 12,A,1,2.50,EUR,paid\n`, "zone=UTC"))[0] ?? "",
    /declare how times are written/,
  );
});

test("FI-35 what must be known and is not there is a problem each, with what to write", async () => {
  const guessed = await guess("Order ID,SKU\n1,A\n");

  assert.deepEqual(expectations(guessed), [
    "a column with the quantity: --map quantity=Header",
    "a column with the price of one unit or of the line: --map unit_price=Header or line_price=Header",
    "the currency: --map currency:=GBP, or a column: currency=Header",
    "whether orders are paid: --map payment:=paid, or a column: payment=Header or paid_at=Header",
  ]);
});

test("FI-35 a sign that several currencies have is a problem; one that only one has is evidence", async () => {
  assert.match(
    expectations(await guess("order id,sku,qty,price,paid\n1,A,1,$2.50,yes\n"))[0] ?? "",
    /this sign is used for USD, CAD, AUD/,
  );
  assert.deepEqual((await guess("order id,sku,qty,price,paid\n1,A,1,£2.50,yes\n")).mapping.constants, {
    currency: "GBP",
  });
});

test("FI-35 two columns of a name that is needed, and a declared column that is not there, are problems with their place", async () => {
  const [twice] = (await guess(`${head},sku\n1,2024-03-01 10:20 Z,A,1,2.50,EUR,paid,B\n`)).problems;
  const [absent] = (await guess(`${head}\n1,2024-03-01 10:20 Z,A,1,2.50,EUR,paid\n`, "note=Remarks")).problems;

  assert.deepEqual([twice?.line, twice?.column, twice?.found], [1, 8, "2 columns called SKU"]);
  assert.deepEqual([absent?.header, absent?.expected], ["Remarks", "a column called Remarks, as note=Remarks says"]);
});

test("FI-35 negative quantities are pointed out, with the prefix that their ids share", async () => {
  const { hints } = await guess(
    `${head}\n1,2024-03-01 10:20 Z,A,1,2.50,EUR,paid\nC2,2024-03-01 10:20 Z,A,-1,2.50,EUR,paid\n`,
  );

  assert.deepEqual(hints, [
    "1 row has a negative quantity and will be set aside with a question. Many of their order ids begin with C and no others do: if these are cancellations, say cancellation-prefix=C.",
  ]);
});

test("FI-34 a title above the table and a broken row in it do not hide the header", async () => {
  const guessed = await guess(
    `Orders of March,,,,,,\n\n${head}\n1,2024-03-01 10:20 Z,A,1,2.50,EUR,paid\n2,2024-03-01 10:20 Z,"B"C,1,2.50,EUR,paid\n`,
  );

  assert.deepEqual(guessed.problems, []);
  assert.equal(guessed.mapping.columns.order_id, "Order ID");
});

test("FI-35 a file whose first line cannot be read is an error with its place", async () => {
  await assert.rejects(guess('"Order"ID,SKU\n1,A\n'), /line 1, column 1: found "Order"ID/);
});
