import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { parseMap } from "./order-mapping.ts";
import { guessMapping, readOrders } from "./read-orders.ts";

// 60,000 lines of a real wholesaler's orders (UCI "Online Retail", CC BY 4.0). It is not part of this repository.
const real = new URL("../../../../../shared/real/online-retail-2010-12.csv.gz", import.meta.url);
const skip = existsSync(real) ? false : "the real file ../shared/real/online-retail-2010-12.csv.gz is not there";
const folder = await mkdtemp(join(tmpdir(), "real-"));
after(() => rm(folder, { recursive: true }));

/** The file lacks currency, payment and addresses; they are made from the customer's number, here and not in the product. */
async function withMissingColumns(): Promise<{ path: string; rows: number }> {
  const [head, ...lines] = parse(gunzipSync(await readFile(real))) as string[][];
  const rows = lines.map((cells) => {
    const customer = cells[6] ?? "";
    return [
      ...cells,
      "GBP",
      "paid",
      ...(customer === ""
        ? ["", "", "", ""]
        : [`Customer ${customer}`, `${customer} High Street`, "London", `E${Number(customer) % 20} 1AA`]),
    ];
  });
  const path = join(folder, "orders.csv");
  await writeFile(
    path,
    stringify([[...(head ?? []), "Currency", "Payment", "Name", "Address", "City", "Postcode"], ...rows]),
  );
  return { path, rows: rows.length };
}

test("FI-11 every row of a real file of 60,000 lines is in exactly one record, in seconds", { skip }, async () => {
  const { path, rows } = await withMissingColumns();
  const declared = parseMap(
    "zone=Europe/London,cancellation-prefix=C,not-goods=POST|DOT|M|D|S|C2|BANK CHARGES|AMAZONFEE|CRUK|gift_*,country[Channel Islands]=JE",
  );
  const started = performance.now();

  const { mapping, problems, hints } = await guessMapping(path, declared);
  const seen = new Set<number>();
  const counts = { order: 0, cancellation: 0, set_aside: 0, refused: 0 };
  let rowsInRecords = 0;
  for await (const record of readOrders(path, mapping)) {
    counts[record.type] += 1;
    rowsInRecords += record.rows.length;
    for (const line of record.rows) seen.add(line);
    if (record.type === "cancellation")
      assert.ok(
        record.channelOrderId.startsWith("C") &&
          record.lines !== "all" &&
          record.lines.every(({ quantity }) => quantity > 0),
      );
    if (record.type === "order") assert.equal(record.order.lines.length, record.rows.length);
  }

  assert.deepEqual([problems, hints, mapping.dateStyle, mapping.decimal], [[], [], "M/d/yy H:mm", "."]);
  assert.equal(rowsInRecords, rows);
  assert.deepEqual(seen, new Set(Array.from({ length: rows }, (_, i) => i + 2)));
  assert.deepEqual(counts, { order: 2193, cancellation: 446, set_aside: 101, refused: 0 });
  assert.ok(performance.now() - started < 15_000);
});

test("FI-35 the real file is not read before it is said what it leaves open", { skip }, async () => {
  const path = join(folder, "as-it-is.csv");
  await writeFile(path, gunzipSync(await readFile(real)));

  const { problems, hints } = await guessMapping(path);

  assert.deepEqual(
    problems.map(({ expected }) => expected.split(/[,:]/)[0]),
    ["the zone of times without an offset", "the currency", "whether orders are paid"],
  );
  assert.match(hints[0] ?? "", /^1140 rows have a negative quantity.*cancellation-prefix=C/);
});
