import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { parseMap } from "#connectors/channels/file/order-mapping.ts";
import { guessMapping, readOrders } from "#connectors/channels/file/read-orders.ts";
import { openDb } from "#store/db.ts";
import { listRefused, listSetAside } from "#store/import.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { setUp, testEngine, type SetUp, type TestEngine } from "../../../test/engine.ts";
import { testDatabase, type TestDatabase } from "../../../test/postgres.ts";
import type { ImportReport } from "./import-log.ts";
import { importOrders } from "./orders.ts";
import type { OrderRecord } from "./record.ts";
import { resolveSetAside } from "./set-aside.ts";

const folder = await mkdtemp(join(tmpdir(), "import-orders-"));
after(() => rm(folder, { recursive: true }));
let files = 0;

const head = "Order,SKU,Title,Qty,Price,Date,Buyer,Cancels";
const map =
  "order_id=Order,sku=SKU,title=Title,quantity=Qty,unit_price=Price,ordered_at=Date,buyer_id=Buyer,cancels=Cancels,currency:=EUR,payment:=paid,zone=UTC,cancellation-prefix=C,date=iso";
/** `1001 2×MUG 2026-11-01 ann`, or a cancellation of nobody's order `C1 -2×MUG 2026-11-02 ann`, or of a named one `C1 -2×MUG 2026-11-02 ann 1001`. */
const line = (text: string): string => {
  const [id, goods = "", date, buyer, cancels = ""] = text.split(" ");
  const [units, sku] = goods.split("×");
  return `${id},${sku},${sku},${units},10.00,${date},${buyer},${cancels}`;
};
async function fileOf(...lines: string[]): Promise<string> {
  const path = join(folder, `${(files += 1)}.csv`);
  await writeFile(path, `${[head, ...lines].join("\n")}\n`);
  return path;
}

interface Shop extends SetUp {
  database: TestDatabase;
  engine: TestEngine;
}
async function aShop(t: TestContext): Promise<Shop> {
  const database = await testDatabase(t);
  const engine = testEngine(database.engine);
  return { database, engine, ...(await setUp(engine, { channel: { kind: "file" } })) };
}
const importRecords = (
  shop: Shop,
  records: AsyncIterable<OrderRecord>,
  engine: TestEngine = shop.engine,
): Promise<ImportReport> =>
  importOrders(engine, {
    workspaceId: shop.workspaceId,
    channelId: shop.channelId,
    file: { name: "orders.csv", sha256: "of this file" },
    mapping: {},
    records,
    actor: "user:test",
  });
async function importFile(shop: Shop, path: string, engine?: TestEngine): Promise<ImportReport> {
  const { mapping, problems } = await guessMapping(path, parseMap(map));
  assert.deepEqual(problems, []);
  return importRecords(shop, readOrders(path, mapping), engine);
}
const importLines = async (shop: Shop, ...lines: string[]): Promise<ImportReport> =>
  importFile(shop, await fileOf(...lines.map(line)));

const Cancelled = row({ number: col.text, sku: col.text, quantity: col.int, cancelled: col.int });
/** `1001 MUG 1/2`: one of two is cancelled. */
const cancelled = async (shop: Shop): Promise<string[]> =>
  (
    await shop.engine.db.rows(
      Cancelled,
      sql`select o.number, l.sku, l.quantity, l.cancelled from order_line l join sales_order o on o.id = l.order_id order by o.id, l.no`,
    )
  ).map((each) => `${each.number} ${each.sku} ${each.cancelled}/${each.quantity}`);
const questions = async (shop: Shop) =>
  listSetAside(shop.engine.db, { workspaceId: shop.workspaceId, importId: null, after: null, limit: 100 });
const State = row({ state: col.text });
/** All that imports may change, as one text. */
const stateOf = async (shop: Shop): Promise<string> =>
  (
    await shop.engine.db.one(
      State,
      sql`
    select jsonb_build_object(
      'orders', (select jsonb_agg(jsonb_build_array(number, version, event_seq, headline) order by channel_order_id) from sales_order),
      'lines', (select jsonb_agg(jsonb_build_array(o.number, l.no, l.quantity, l.cancelled) order by o.channel_order_id, l.no) from order_line l join sales_order o on o.id = l.order_id),
      'cancellations', (select count(*) from cancellation), 'tombstones', (select jsonb_agg(lines order by channel_order_id) from cancel_tombstone),
      'questions', (select jsonb_agg(jsonb_build_array(row_key, question, candidates is null, resolution is null) order by row_key) from import_row where outcome = 'set_aside'),
      'done', (select jsonb_agg(row_key order by row_key) from import_row where outcome = 'stored'))::text as state`,
    )
  ).state;
const ImportShape = row({
  rows: col.int,
  stored: col.int,
  refused: col.int,
  setAside: col.int,
  finishedAt: col.instantOrNull,
  problem: col.textOrNull,
});
const imports = (shop: Shop) => shop.engine.db.rows(ImportShape, sql`select * from import order by id`);
const rowsOf = ({
  rows,
  stored,
  refused,
  setAside,
}: Pick<ImportReport, "rows" | "stored" | "refused" | "setAside">): number[] => [rows, stored, refused, setAside];

const mixed = [
  "1001 2×MUG 2026-11-01 ann",
  "1001 1×TEA 2026-11-01 ann",
  "1002 0×MUG 2026-11-01 bob", // 0 units: refused
  "1003 5×MUG 2026-11-02 cem",
  "C1 -2×MUG 2026-11-03 ann", // one order fits
  "1004 -1×TEA 2026-11-03 dan", // negative without a reason: set aside
  "C2 -1×POT 2026-11-03 cem", // none fits
  "C3 -1×MUG 2026-11-03 eve 1005", // its order comes later
  "1005 2×MUG 2026-11-04 eve",
];

test("IM-1 every row is stored, refused or set aside, and the import's counts add up", async (t) => {
  const shop = await aShop(t);

  const report = await importLines(shop, ...mixed);

  assert.deepEqual(rowsOf(report), [9, 6, 1, 2]);
  assert.deepEqual(report.summary, { orders_new: 3, cancellations: 2 });
  assert.deepEqual((await imports(shop)).map(rowsOf), [[9, 6, 1, 2]]);
  assert.deepEqual(await cancelled(shop), ["1001 MUG 2/2", "1001 TEA 0/1", "1003 MUG 0/5", "1005 MUG 1/2"]);
});

test("IM-1 the same file again changes nothing, and says what it knew", async (t) => {
  const shop = await aShop(t);
  await importLines(shop, ...mixed);
  const before = await stateOf(shop);
  shop.engine.clock.advance(3_600_000);

  const again = await importLines(shop, ...mixed);

  assert.deepEqual(rowsOf(again), [9, 6, 1, 2]);
  assert.deepEqual(again.summary, { orders_unchanged: 3, cancellations_known: 2, set_aside_before: 2 });
  assert.equal(await stateOf(shop), before);
});

test("IM-1 tomorrow's export of the same order is an edit by the channel", async (t) => {
  const shop = await aShop(t);
  await importLines(shop, "1001 2×MUG 2026-11-01 ann", "1002 1×MUG 2026-11-01 bob");

  const report = await importLines(
    shop,
    "1001 3×MUG 2026-11-01 ann",
    "1002 1×MUG 2026-11-01 bob",
    "1003 1×MUG 2026-11-02 cem",
  );

  assert.deepEqual(report.summary, { orders_changed: 1, orders_unchanged: 1, orders_new: 1 });
  assert.deepEqual(await cancelled(shop), ["1001 MUG 0/3", "1002 MUG 0/1", "1003 MUG 0/1"]);
});

/** An engine whose database dies after so many statements, in the middle of whatever it does, as with the process. */
function dyingEngine(shop: Shop, statements: number, t: TestContext): TestEngine {
  let left = statements;
  const db = openDb(shop.database.config("switchyard_engine"), {
    max: 2,
    onStatement: async ({ connection }, send) => {
      left -= 1;
      if (left < 0) {
        connection.destroy();
        throw new Error("killed");
      }
      return send();
    },
  });
  t.after(() => db.end());
  return testEngine(db, { clock: shop.engine.clock, seed: 77, slot: 2 });
}

test("IM-2 an import that was killed anywhere counts what it stored, and done again ends like one that was not", async (t) => {
  const whole = await aShop(t);
  await importLines(whole, ...mixed);
  const wanted = await stateOf(whole);
  const path = await fileOf(...mixed.map(line));

  let killed = 0;
  for (const statements of [3, 9, 14, 20, 26, 31, 37, 45, 52, 60, 70, 85, 100, 120]) {
    const shop = await aShop(t);
    const finished = await importFile(shop, path, dyingEngine(shop, statements, t)).then(
      () => true,
      () => false,
    );
    if (!finished) killed += 1;
    for (const each of await imports(shop)) {
      assert.equal(each.rows, each.stored + each.refused + each.setAside);
      assert.equal(each.finishedAt !== null, finished);
    }

    const again = await importFile(shop, path);

    assert.deepEqual(rowsOf(again), [9, 6, 1, 2]);
    assert.equal(await stateOf(shop), wanted, `after ${statements} statements`);
    for (const stopped of (await imports(shop)).filter((each) => each.finishedAt === null))
      assert.match(stopped.problem ?? "", /^It was stopped before its end; import imp_.* read the file again/);
  }
  assert.ok(killed >= 5, `${killed} of the imports were killed`);
});

test("IM-2 the same file imported twice at the same moment ends like one import", async (t) => {
  const whole = await aShop(t);
  await importLines(whole, ...mixed);
  const shop = await aShop(t);
  const path = await fileOf(...mixed.map(line));
  const other = (slot: number): TestEngine =>
    testEngine(shop.database.engine, { clock: shop.engine.clock, seed: 10 + slot, slot });

  const reports = await Promise.all([
    importFile(shop, path),
    importFile(shop, path, other(2)),
    importFile(shop, path, other(3)),
  ]);

  for (const report of reports) assert.deepEqual(rowsOf(report), [9, 6, 1, 2]);
  assert.equal(await stateOf(shop), await stateOf(whole));
});

test("IM-1 long ids, any script, huge and impossible quantities, long fields and a cut end: nothing is lost or changed", async (t) => {
  const shop = await aShop(t);
  const long = "x".repeat(100_000);
  const path = await fileOf(
    "90071992547409931234,ΜΠΛΕ-1,Κούπα 青い,1000000,10.00,2026-11-01,山田",
    "90071992547409931235,MUG,Mug,1000000000,10.00,2026-11-01,bob",
    `1003,MUG,${long},1,10.00,2026-11-01,ann`,
    `1004,${long},Mug,1,10.00,2026-11-01,ann`,
    '1005,MUG,"cut in the mid',
  ).then(async (at) => {
    const text = (await readFile(at, "utf8")).trimEnd().replace(head, head.replace(",Cancels", ""));
    await writeFile(at, text);
    return at;
  });
  const { mapping } = await guessMapping(path, parseMap(map.replace(",cancels=Cancels", "")));

  const report = await importRecords(shop, readOrders(path, mapping));

  assert.deepEqual(rowsOf(report), [5, 2, 3, 0]);
  const Kept = row({ channelOrderId: col.text, sku: col.text, title: col.text, quantity: col.int });
  const kept = await shop.engine.db.rows(
    Kept,
    sql`select o.channel_order_id, l.sku, l.title, l.quantity from sales_order o join order_line l on l.order_id = o.id order by o.id`,
  );
  assert.deepEqual(kept, [
    { channelOrderId: "90071992547409931234", sku: "ΜΠΛΕ-1", title: "Κούπα 青い", quantity: 1_000_000 },
    { channelOrderId: "1003", sku: "MUG", title: long, quantity: 1 },
  ]);
});

test("IM-2 a file that cannot be read to its end says so, and keeps what was stored", async (t) => {
  const shop = await aShop(t);
  const order = async function* (): AsyncGenerator<OrderRecord> {
    const path = await fileOf(line("1001 2×MUG 2026-11-01 ann"));
    const { mapping } = await guessMapping(path, parseMap(map));
    for await (const record of readOrders(path, mapping))
      for (let n = 0; n < 500; n += 1)
        yield record.type === "order" ? { ...record, order: { ...record.order, channelOrderId: `${n}` } } : record;
    throw new Error("the drive was pulled out");
  };

  await assert.rejects(importRecords(shop, order()), /the drive was pulled out/);

  const [stopped] = await imports(shop);
  assert.deepEqual([stopped?.rows, stopped?.finishedAt, stopped?.problem], [500, null, "the drive was pulled out"]);
});

test("IM-3 a refused row is kept with its text and what is wrong, per import", async (t) => {
  const shop = await aShop(t);
  await importLines(shop, "1001 0×MUG 2026-11-01 ann");
  await importLines(shop, "1001 0×MUG 2026-11-01 ann");

  const Id = row({ id: col.id<never>() });
  for (const { id } of await shop.engine.db.rows(Id, sql`select id from import`)) {
    const refused = await listRefused(shop.engine.db, {
      workspaceId: shop.workspaceId,
      importId: id,
      afterLine: 0,
      limit: 10,
    });
    assert.deepEqual(
      refused.map(({ line: at, lines, raw, problems }) => [
        at,
        lines,
        raw,
        problems.map(({ column, header, found }) => [column, header, found]),
      ]),
      [[2, [2], "1001,MUG,MUG,0,10.00,2026-11-01,ann,", [[4, "Qty", "0"]]]],
    );
  }
});

test("IM-3 an order that cannot be stored is refused alone, and the others go on", async (t) => {
  const shop = await aShop(t);
  const path = await fileOf(
    line("1001 2×MUG 2026-11-01 ann"),
    line("1002 2×MUG 2026-11-01 bob"),
    line("1003 2×MUG 2026-11-01 cem"),
  );
  const { mapping } = await guessMapping(path, parseMap(map));
  const poisoned = async function* (): AsyncGenerator<OrderRecord> {
    for await (const record of readOrders(path, mapping))
      yield record.type === "order" && record.order.channelOrderId === "1002"
        ? { ...record, order: { ...record.order, total: "99999999999999999999.00" } }
        : record;
  };

  const report = await importRecords(shop, poisoned());

  assert.deepEqual(rowsOf(report), [3, 2, 1, 0]);
  assert.deepEqual(await cancelled(shop), ["1001 MUG 0/2", "1003 MUG 0/2"]);
});

test("IM-4 rows that say the same are asked about once in all imports, and each of two in one file", async (t) => {
  const shop = await aShop(t);
  const twins = async function* (): AsyncGenerator<OrderRecord> {
    for (const at of [2, 3]) yield { type: "set_aside", question: "What is it?", rows: [at], raw: "the same" };
  };

  const first = await importRecords(shop, twins());
  const second = await importRecords(shop, twins());

  assert.deepEqual([first.setAside, second.setAside, second.summary["set_aside_before"]], [2, 2, 2]);
  assert.deepEqual(
    (await questions(shop)).map(({ line: at, raw, question }) => [at, raw, question]),
    [
      [2, "the same", "What is it?"],
      [3, "the same", "What is it?"],
    ],
  );
});

test("IM-5 a cancellation that names its order cancels it once, before, with and after it", async (t) => {
  const shop = await aShop(t);
  await importLines(shop, "1001 5×MUG 2026-11-01 ann");

  await importLines(
    shop,
    "C1 -2×MUG 2026-11-02 ann 1001",
    "C2 -1×MUG 2026-11-02 bob 1002",
    "C3 -1×MUG 2026-11-02 bob 1002",
    "1003 4×MUG 2026-11-02 cem",
    "C4 -4×MUG 2026-11-03 cem 1003",
  );
  await importLines(shop, "C1 -2×MUG 2026-11-02 ann 1001", "1002 5×MUG 2026-11-02 bob");

  assert.deepEqual(await cancelled(shop), ["1001 MUG 2/5", "1003 MUG 4/4", "1002 MUG 2/5"]);
});

test("IM-5 a cancellation of a line that its order does not have is a question, and nothing is cancelled", async (t) => {
  const shop = await aShop(t);

  const report = await importLines(shop, "1001 5×MUG 2026-11-01 ann", "C1 -2×POT 2026-11-02 ann 1001");

  assert.deepEqual([report.setAside, await cancelled(shop)], [1, ["1001 MUG 0/5"]]);
  assert.match((await questions(shop))[0]?.question ?? "", /2 × POT of order 1001, which has no such line/);
});

test("IM-6 a cancellation without a name means the only order of its buyer that was bought before it and has these goods", async (t) => {
  const shop = await aShop(t);

  await importLines(
    shop,
    "1001 2×MUG 2026-11-01 ann",
    "1002 9×MUG 2026-11-01 bob", // another buyer
    "1003 2×MUG 2026-11-05 ann", // bought later
    "1004 1×MUG 2026-11-01 ann", // too few
    "C1 -2×MUG 2026-11-03 ann",
  );

  assert.deepEqual(await cancelled(shop), ["1001 MUG 2/2", "1002 MUG 0/9", "1003 MUG 0/2", "1004 MUG 0/1"]);
});

test("IM-7 where several orders fit or none, it is set aside with them", async (t) => {
  const shop = await aShop(t);

  const report = await importLines(
    shop,
    "1001 2×MUG 2026-11-01 ann",
    "1002 2×MUG 2026-11-01 ann",
    "C1 -1×MUG 2026-11-03 ann",
    "C2 -3×MUG 2026-11-03 ann",
  );

  assert.deepEqual([report.setAside, await cancelled(shop)], [2, ["1001 MUG 0/2", "1002 MUG 0/2"]]);
  assert.deepEqual(
    (await questions(shop)).map(({ candidates, said }) => [said?.id, candidates?.map(({ number }) => number)]),
    [
      ["C1", ["1001", "1002"]],
      ["C2", []],
    ],
  );
});

test("IM-8 a question without candidates is asked again by the same file; one with candidates waits for a person", async (t) => {
  const shop = await aShop(t);
  const cancellations = ["C1 -1×MUG 2026-11-03 ann", "C2 -1×TEA 2026-11-03 bob"];
  await importLines(shop, "2001 2×TEA 2026-11-01 bob", "2002 2×TEA 2026-11-01 bob", ...cancellations);
  await importLines(shop, "1001 2×MUG 2026-11-01 ann");
  // What would make the second one certain changes nothing: a person was asked.
  await importLines(shop, "C9 -2×TEA 2026-11-02 bob 2002");

  const again = await importLines(shop, ...cancellations);

  assert.deepEqual(again.summary, { cancellations: 1, set_aside_before: 1 });
  assert.deepEqual(await cancelled(shop), ["2001 TEA 0/2", "2002 TEA 2/2", "1001 MUG 1/2"]);
  assert.deepEqual(
    (await questions(shop)).map(({ said }) => said?.id),
    ["C2"],
  );
});

const Public = row({ number: col.text, publicId: col.text });
const orderCalled = async (shop: Shop, number: string): Promise<string> =>
  (await shop.engine.db.one(Public, sql`select number, public_id from sales_order where number = ${number}`)).publicId;

test("IM-13 a person says which order a cancellation means; it is cancelled once, and the file does not ask again", async (t) => {
  const shop = await aShop(t);
  const lines = ["1001 2×MUG 2026-11-01 ann", "1002 2×MUG 2026-11-01 ann", "C1 -1×MUG 2026-11-03 ann"];
  await importLines(shop, ...lines);
  const [question] = await questions(shop);
  const place = { workspaceId: shop.workspaceId, import: question!.importPublicId, line: question!.line };
  const answer = { cancels: await orderCalled(shop, "1002") };

  const resolved = await resolveSetAside(shop.engine, place, answer, "user:test");
  const twice = await resolveSetAside(shop.engine, place, answer, "user:test");
  const again = await importLines(shop, ...lines);

  assert.equal(resolved.status, "ok");
  assert.equal(twice.status === "refused" && twice.code, "already_answered");
  assert.deepEqual(await cancelled(shop), ["1001 MUG 0/2", "1002 MUG 1/2"]);
  assert.deepEqual([rowsOf(again), again.summary], [[3, 3, 0, 0], { orders_unchanged: 2, cancellations_known: 1 }]);
});

test("IM-13 a question can be ignored with a reason, and an order that does not fit is refused", async (t) => {
  const shop = await aShop(t);
  await importLines(shop, "1001 2×TEA 2026-11-01 ann", "C1 -1×MUG 2026-11-03 ann");
  const [question] = await questions(shop);
  const place = { workspaceId: shop.workspaceId, import: question!.importPublicId, line: question!.line };

  const wrong = await resolveSetAside(shop.engine, place, { cancels: await orderCalled(shop, "1001") }, "user:test");
  const noReason = await resolveSetAside(shop.engine, place, { ignore: " " }, "user:test");
  const ignored = await resolveSetAside(shop.engine, place, { ignore: "a return, refunded by hand" }, "user:test");

  assert.deepEqual(
    [wrong, noReason, ignored].map((each) => (each.status === "ok" ? each.value.resolution : each.code)),
    ["no_such_line", "reason_needed", "ignored: a return, refunded by hand"],
  );
  assert.deepEqual([await questions(shop), await cancelled(shop)], [[], ["1001 TEA 0/2"]]);
});
