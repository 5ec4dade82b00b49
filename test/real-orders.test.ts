// The real order file of a wholesaler, 60,000 lines (UCI "Online Retail", December 2010 to January 2011, CC BY 4.0). It is not part of this repository.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { parseMap } from "#connectors/channels/file/order-mapping.ts";
import { guessMapping, readOrders } from "#connectors/channels/file/read-orders.ts";
import type { ImportReport } from "#engine/import/import-log.ts";
import { importOrders } from "#engine/import/orders.ts";
import { verify } from "#engine/stages/verify.ts";
import { listSetAside } from "#store/import.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { refreshStatistics } from "#store/statistics.ts";
import { setUp, testEngine, type SetUp, type TestEngine } from "./engine.ts";
import { testDatabase, type TestDatabase } from "./postgres.ts";

const real = new URL("../../shared/real/online-retail-2010-12.csv.gz", import.meta.url);
const skip = existsSync(real) ? false : "the real file ../shared/real/online-retail-2010-12.csv.gz is not there";
const folder = await mkdtemp(join(tmpdir(), "real-orders-"));
after(() => rm(folder, { recursive: true }));

const map =
  "zone=Europe/London,cancellation-prefix=C,not-goods=POST|DOT|M|D|S|C2|BANK CHARGES|AMAZONFEE|CRUK|gift_*,country[Channel Islands]=JE";

/** The file lacks currency, payment and addresses; they are made from the customer's number, here and not in the product. */
async function withMissingColumns(): Promise<{ path: string; sha256: string; table: string[][] }> {
  const [head, ...lines] = parse(gunzipSync(await readFile(real))) as string[][];
  const address = (customer: string): string[] =>
    customer === ""
      ? ["", "", "", ""]
      : [`Customer ${customer}`, `${customer} High Street`, "London", `E${Number(customer) % 20} 1AA`];
  const rows = lines.map((cells) => [...cells, "GBP", "paid", ...address(cells[6] ?? "")]);
  const bytes = stringify([[...(head ?? []), "Currency", "Payment", "Name", "Address", "City", "Postcode"], ...rows]);
  const path = join(folder, "online-retail.csv");
  await writeFile(path, bytes);
  return { path, sha256: createHash("sha256").update(bytes).digest("hex"), table: rows };
}

interface Wholesaler extends SetUp {
  database: TestDatabase;
  engine: TestEngine;
}
async function aWholesaler(t: TestContext): Promise<Wholesaler> {
  const database = await testDatabase(t);
  const engine = testEngine(database.engine, { now: new Date("2026-11-22T12:00:00Z") });
  const channel = { kind: "file", automationOnSince: "2026-11-01T00:00:00Z" };
  return { database, engine, ...(await setUp(engine, { slug: "wholesale", workspace: { currency: "GBP" }, channel })) };
}

async function importFile(at: Wholesaler, file: { path: string; sha256: string }): Promise<ImportReport> {
  const { mapping, problems } = await guessMapping(file.path, parseMap(map));
  assert.deepEqual(problems, []);
  let refreshed: Promise<void> | undefined;
  const report = await importOrders(at.engine, {
    workspaceId: at.workspaceId,
    channelId: at.channelId,
    file: { name: "online-retail.csv", sha256: file.sha256 },
    mapping,
    records: readOrders(file.path, mapping),
    actor: "user:test",
    onProgress: () => void (refreshed ??= refreshStatistics(at.database.owner)),
  });
  await refreshed;
  return report;
}

const State = row({
  orders: col.int,
  versions: col.int,
  orderVersions: col.int,
  events: col.int,
  lines: col.int,
  units: col.bigint,
  cancelled: col.bigint,
  cancellations: col.int,
  questions: col.int,
});
/** What the database holds, as a whole: the same numbers before and after mean that nothing changed. */
const stateOf = (engine: TestEngine) =>
  engine.db.one(
    State,
    sql`
    select (select count(*)::int from sales_order) as orders, (select sum(version)::int from sales_order) as versions, (select count(*)::int from order_version) as order_versions,
           (select count(*)::int from event) as events, (select count(*)::int from order_line) as lines, (select sum(quantity) from order_line) as units,
           (select sum(cancelled) from order_line) as cancelled, (select count(*)::int from cancellation) as cancellations,
           (select count(*)::int from import_row where outcome <> 'refused') as questions`,
  );

const Line = row({ line: col.int });
const Cancelled = row({ number: col.text, sku: col.text, units: col.int });
const Held = row({ state: col.text, standsBy: col.bool, n: col.int });

test("IM-1 a real file of 60,000 lines is stored, refused or set aside, row by row", { skip }, async (t) => {
  const file = await withMissingColumns();
  const at = await aWholesaler(t);
  const { engine } = at;
  const expected = whatIsCancelled(file.table);

  const report = await importFile(at, file);

  const { rows, stored, refused, setAside, summary } = report;
  const before = await stateOf(engine);
  assert.deepEqual(
    [rows, stored + refused + setAside, refused, setAside],
    [file.table.length, file.table.length, 0, expected.setAside.length],
  );
  assert.deepEqual(summary, { orders_new: before.orders, cancellations: expected.cancellations });
  // Each row of the file is a line of an order, or in one row that the import keeps.
  const kept = await engine.db.rows(Line, sql`select unnest(lines) as line from import_row where outcome <> 'refused'`);
  const notOrders = file.table.flatMap(([number = ""], index) =>
    isOrder(file.table).get(number) === true ? [] : [index + 2],
  );
  assert.deepEqual(
    kept.map((each) => each.line).sort((a, b) => a - b),
    notOrders,
  );
  assert.equal(before.lines, file.table.length - notOrders.length);

  await t.test("IM-6 its cancellations cancel the only order that fits", async () => {
    const cancelled = await engine.db.rows(
      Cancelled,
      sql`
      select o.number, l.sku, sum(l.cancelled)::int as units from order_line l join sales_order o on o.workspace_id = l.workspace_id and o.id = l.order_id
       where l.cancelled > 0 group by o.number, l.sku`,
    );

    assert.deepEqual(new Map(cancelled.map((each) => [`${each.number} ${each.sku}`, each.units])), expected.units);
  });

  await t.test("IM-7 where none or several fit, it asks with the candidates", async () => {
    const asked = await listSetAside(engine.db, {
      workspaceId: at.workspaceId,
      importId: null,
      after: null,
      limit: 10_000,
    });

    const candidates = asked.flatMap(({ said, candidates: all }): [string, Set<string>][] =>
      said === null ? [] : [[said.id, new Set((all ?? []).map(({ number }) => number))]],
    );
    assert.deepEqual(new Map(candidates), expected.questions);
  });

  await t.test("IM-1 imported again, nothing changes", async () => {
    engine.clock.advance(86_400_000);

    const again = await importFile(at, file);

    assert.deepEqual([again.rows, again.stored, again.refused, again.setAside], [rows, stored, refused, setAside]);
    assert.equal(again.summary["orders_unchanged"], before.orders);
    assert.deepEqual(await stateOf(engine), before);
  });

  await t.test("IM-1 its old orders stand by: nothing of them is placed by itself", async () => {
    while ((await verify.run(engine)) > 0);

    const states = await engine.db.rows(
      Held,
      sql`
      select f.state, exists (select from hold h where h.workspace_id = f.workspace_id and h.order_id = f.order_id and h.code = 'stand_by' and h.closed_at is null) as stands_by, count(*)::int as n
        from fulfillment_order f group by 1, 2 order by 1, 2`,
    );
    assert.deepEqual(
      states.map(({ state, standsBy }) => [state, standsBy]),
      [
        ["cancelled", false],
        ["held", true],
      ],
    );
    assert.ok(states[1]!.n > 2000);
  });
});

test("IM-20 the command imports 60,000 lines in less than 30 seconds and 300 MB", { skip }, async (t) => {
  const file = await withMissingColumns();
  const database = await testDatabase(t);
  const env = {
    ...process.env,
    DATABASE_URL: database.url("postgres"),
    SWITCHYARD_HOME: join(folder, "home"),
    SWITCHYARD_DATA: join(folder, "data"),
  };
  const memory = "data:text/javascript,process.on('exit',()=>console.error('maxRSS',process.resourceUsage().maxRSS))";
  const run = async (...args: string[]): Promise<{ code: number; err: string }> => {
    const child = spawn(process.execPath, ["--import", memory, "src/cli/main.ts", ...args], {
      env,
      cwd: join(import.meta.dirname, ".."),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => (err += String(chunk)));
    const [code] = (await once(child, "close")) as [number];
    return { code, err };
  };
  for (const args of [
    ["workspace", "create", "wholesale", "--currency", "GBP"],
    ["channel", "add", "shop", "--kind", "file"],
  ])
    assert.equal((await run(...args)).code, 0);

  const started = performance.now();
  const { code, err } = await run("import", "orders", file.path, "--channel", "shop", "--map", map);
  const seconds = (performance.now() - started) / 1000;

  assert.equal(code, 0, err);
  const megabytes = Number(/maxRSS (\d+)/.exec(err)?.[1]) / 1024;
  t.diagnostic(`${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`);
  assert.ok(megabytes < 300, `${megabytes} MB`);
  assert.ok(seconds < 30, `${seconds} s`);
});

/** An order's rows have no C before their number and sell something in every row; a row that takes away without being a cancellation makes its order a question. */
function isOrder(table: readonly string[][]): ReadonlyMap<string, boolean> {
  if (known?.table === table) return known.orders;
  const orders = new Map<string, boolean>();
  for (const [number = "", , , quantity] of table)
    orders.set(number, (orders.get(number) ?? true) && !number.startsWith("C") && Number(quantity) > 0);
  known = { table, orders };
  return orders;
}
let known: { table: readonly string[][]; orders: ReadonlyMap<string, boolean> } | undefined;

interface Sheet {
  number: string;
  customer: string;
  at: number;
  firstLine: number;
  lines: number[];
  units: Map<string, number>;
}

/** The same question asked another way, in plain loops over the table: which orders the cancellations mean. */
function whatIsCancelled(table: readonly string[][]): {
  cancellations: number;
  units: Map<string, number>;
  questions: Map<string, Set<string>>;
  setAside: number[];
} {
  const sheets = new Map<string, Sheet>();
  table.forEach(([number = "", sku = "", , quantity, date = "", , customer = ""], index) => {
    const [day = "", time = ""] = date.split(" ");
    const [month, dayOfMonth, year] = day.split("/").map(Number);
    const [hour, minute] = time.split(":").map(Number);
    const at = Date.UTC(2000 + year!, month! - 1, dayOfMonth, hour, minute); // London is at UTC in these months
    const sheet = sheets.get(number) ?? {
      number,
      customer,
      at,
      firstLine: index + 2,
      lines: [],
      units: new Map<string, number>(),
    };
    sheet.at = Math.min(sheet.at, at);
    sheet.lines.push(index + 2);
    sheet.units.set(sku.trim(), (sheet.units.get(sku.trim()) ?? 0) + Math.abs(Number(quantity)));
    sheets.set(number, sheet);
  });
  const all = [...sheets.values()];
  const orders = all.filter(({ number }) => isOrder(table).get(number));
  const open = new Map(orders.map((order) => [order, new Map(order.units)]));
  const waiting = new Set(
    all.filter(({ number }) => number.startsWith("C")).sort((a, b) => a.at - b.at || a.firstLine - b.firstLine),
  );
  const fit = (sheet: Sheet): Sheet[] =>
    orders.filter(
      (order) =>
        sheet.customer !== "" &&
        order.customer === sheet.customer &&
        order.at <= sheet.at &&
        [...sheet.units].every(([sku, units]) => (open.get(order)!.get(sku) ?? 0) >= units),
    );
  const units = new Map<string, number>();
  let cancellations = 0;
  for (let size = -1; size !== waiting.size;) {
    size = waiting.size;
    for (const sheet of waiting) {
      const [order, second] = fit(sheet);
      if (order === undefined || second !== undefined) continue;
      for (const [sku, taken] of sheet.units) {
        open.get(order)!.set(sku, open.get(order)!.get(sku)! - taken);
        units.set(`${order.number} ${sku}`, (units.get(`${order.number} ${sku}`) ?? 0) + taken);
      }
      cancellations += 1;
      waiting.delete(sheet);
    }
  }
  const questions = new Map(
    [...waiting].map((sheet) => [sheet.number, new Set(fit(sheet).map(({ number }) => number))]),
  );
  const odd = all.filter(({ number }) => !number.startsWith("C") && !isOrder(table).get(number));
  return { cancellations, units, questions, setAside: [...waiting, ...odd].flatMap(({ lines }) => lines) };
}
