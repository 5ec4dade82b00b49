import assert from "node:assert/strict";
import { test } from "node:test";
import type { InboxDocument, InboxRecord, StockItem } from "#connectors/ports.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { drain, placedOrders } from "../../../test/placed-orders.ts";
import { stockFeed } from "./stock-feed.ts";
import { supplierInbox } from "./supplier-inbox.ts";
import { verify } from "./verify.ts";

type At = Awaited<ReturnType<typeof placedOrders>>;
const ups1 = "1Z999AA10123456784";
const file = (sha256: string, records: InboxRecord[]): InboxDocument => ({
  fileName: `${sha256}.csv`,
  bytes: new Uint8Array(),
  sha256,
  kind: "tracking",
  records,
  faults: [],
});
const tracking = (
  poNumber: string,
  line: number,
  change: { supplierSku?: string; units?: number; trackingNumber?: string } = {},
): InboxRecord => ({
  type: "tracking",
  line,
  poNumber,
  parcel: {
    carrier: "UPS",
    trackingNumber: ups1,
    shippedAt: new Date("2026-11-22T15:00:00Z"),
    supplierSku: null,
    units: null,
    ...change,
  },
});

async function deliver(at: At, document: InboxDocument): Promise<void> {
  at.outside.inbox.push(document);
  await at.engine.db.run(
    sql`update supplier set inbox_due_at = ${at.engine.clock.now()} where id = ${at.suppliers.get("acme")!}`,
  );
  await supplierInbox.run(at.engine);
}
const reference = async (at: At): Promise<string> => (await at.dossier()).attempts[0]!.reference;

test("SI-1 the same file again changes nothing and is filed away", async (t) => {
  const at = await placedOrders(t);
  const document = file("a", [tracking(await reference(at), 2, { supplierSku: "A-MUG", units: 2 })]);

  await deliver(at, document);
  const first = await at.dossier();
  await deliver(at, { ...document, fileName: "again.csv" });

  assert.deepEqual(first.fulfillmentOrders[0]!.state, "partially_shipped");
  assert.deepEqual(await at.dossier(), first);
  assert.deepEqual(at.outside.finished, [
    { fileName: "a.csv", faults: [] },
    { fileName: "again.csv", faults: [] },
  ]);
});

test("SI-2 an acknowledgement gives the supplier's number, which then names the purchase as well as ours", async (t) => {
  const at = await placedOrders(t);
  await deliver(
    at,
    file("a", [
      {
        type: "acknowledgement",
        line: 2,
        poNumber: await reference(at),
        supplierOrderId: "ACME-9",
        scope: "all",
        answer: { status: "accepted" },
      },
    ]),
  );
  const acknowledged = await at.dossier();

  await deliver(at, file("b", [tracking("ACME-9", 2)]));

  assert.deepEqual(
    [acknowledged.fulfillmentOrders[0]!.state, acknowledged.attempts[0]!.supplierOrderId],
    ["acknowledged", "ACME-9"],
  );
  assert.equal((await at.dossier()).fulfillmentOrders[0]!.state, "shipped");
});

test("SI-3 refused lines are bought elsewhere, backordered ones are held with or without a date", async (t) => {
  const at = await placedOrders(t, 2);
  const other = (await at.dossier(1)).attempts[0]!.reference;
  await deliver(
    at,
    file("a", [
      {
        type: "acknowledgement",
        line: 2,
        poNumber: await reference(at),
        supplierOrderId: null,
        scope: { no: null, supplierSku: "A-MUG", units: 1 },
        answer: { status: "refused", reason: "out_of_stock", message: "" },
      },
      {
        type: "acknowledgement",
        line: 3,
        poNumber: other,
        supplierOrderId: null,
        scope: "all",
        answer: { status: "backordered", until: null, message: "" },
      },
    ]),
  );
  await drain(at.engine, [verify]);

  const [first, second] = [await at.dossier(0), await at.dossier(1)];
  assert.deepEqual(
    first.fulfillmentOrders.map((fo) => [
      fo.state,
      fo.lines.map((line) => [line.supplierSku, line.quantity - line.quantityCancelled]),
    ]),
    [
      ["placed", [["A-MUG", 2]]],
      ["waiting", [["R-MUG", 1]]],
    ],
  );
  assert.deepEqual(
    [second.holds.map((hold) => hold.code), second.fulfillmentOrders[0]!.state],
    [["backordered"], "acknowledged"],
  );
});

test("SI-4 rows of one tracking number are one parcel", async (t) => {
  const at = await placedOrders(t);
  const po = await reference(at);

  await deliver(
    at,
    file("a", [
      tracking(po, 2, { supplierSku: "A-MUG", units: 1 }),
      tracking(po, 3, { supplierSku: "A-MUG", units: 2 }),
    ]),
  );

  const dossier = await at.dossier();
  assert.deepEqual(
    dossier.shipments.map((each) => [each.source, each.lines.map((line) => line.units), each.parcels.length]),
    [["file", [3], 1]],
  );
});

test("SI-5 a file that names a purchase of which we did not know whether it arrived is the evidence that it did", async (t) => {
  const at = await placedOrders(t, 1, { outcome: "unknown" });

  await deliver(at, file("a", [tracking(await reference(at), 2)]));

  const dossier = await at.dossier();
  assert.deepEqual([dossier.attempts[0]!.state, dossier.fulfillmentOrders[0]!.state], ["placed", "shipped"]);
});

test("SI-6 a row that names a purchase we never sent, or more than it holds, is refused with its line; the good rows count", async (t) => {
  const at = await placedOrders(t);
  const po = await reference(at);

  await deliver(
    at,
    file("a", [
      tracking("SW-NEVER", 2),
      tracking(po, 3, { supplierSku: "A-MUG", units: 5 }),
      tracking(po, 4, { supplierSku: "X", units: 1, trackingNumber: "AB12345678" }),
    ]),
  );
  await deliver(at, file("a", []));

  assert.deepEqual(
    at.outside.finished[0]!.faults.map(({ line, field, found }) => [line, field, found]),
    [
      [2, "poNumber", "SW-NEVER"],
      [3, "units", "A-MUG: 2 units more"],
      [4, "supplierSku", "X"],
    ],
  );
  assert.equal(
    at.outside.finished[1]!.faults[0]!.found,
    "the same file again; 3 of its 3 rows were refused the first time",
  );
  assert.equal((await at.dossier()).fulfillmentOrders[0]!.state, "shipped");
});

test("SI-6 stock and cost rows are applied like a feed and like a link", async (t) => {
  const at = await placedOrders(t);

  await deliver(
    at,
    file("a", [
      { type: "stock", line: 2, item: item(at, 7) },
      { type: "cost", line: 3, supplierSku: "A-MUG", unitCost: "4.50", currency: "EUR" },
    ]),
  );

  const [link] = await at.engine.db.rows(
    row({ unitCost: col.decimal }),
    sql`select unit_cost from product_link_option where supplier_sku = 'A-MUG'`,
  );
  assert.deepEqual([link!.unitCost, await stockOf(at)], ["4.50", [7, 0]]);
});

const item = (at: At, onHand: number, ms = 0): StockItem => ({
  supplierSku: "A-MUG",
  onHand,
  unitCost: null,
  currency: null,
  asOf: new Date(at.engine.clock.now().getTime() + ms),
});
async function stockOf(at: At): Promise<[number, number]> {
  const found = await at.engine.db.one(
    row({ onHand: col.int, reserved: col.int }),
    sql`select on_hand, reserved from stock where supplier_sku = 'A-MUG'`,
  );
  return [found.onHand, found.reserved];
}
async function feed(at: At, items: StockItem[]): Promise<void> {
  at.outside.stock = items;
  await at.engine.db.run(
    sql`update supplier set stock_due_at = ${at.engine.clock.now()}, settings = settings || '{"stockEveryMs": 3600000}'::jsonb where id = ${at.suppliers.get("acme")!}`,
  );
  await stockFeed.run(at.engine);
}

test("SF-1 what was bought after the feed's own instant is not in its number yet and stays reserved", async (t) => {
  const at = await placedOrders(t);

  await feed(at, [item(at, 10, -60_000)]);
  const before = await stockOf(at);
  await feed(at, [item(at, 7, 60_000)]);

  assert.deepEqual(
    [before, await stockOf(at)],
    [
      [10, 3],
      [7, 0],
    ],
  );
  assert.deepEqual(await stockFeed.nextDue(at.engine.db), new Date(at.engine.clock.now().getTime() + 3_600_000));
});

test("SF-2 an older feed than the one we have is no news, and of one SKU twice the newest counts", async (t) => {
  const at = await placedOrders(t);
  await feed(at, [item(at, 5, 60_000), item(at, 9, 0)]);

  await feed(at, [item(at, 99, 0)]);

  assert.deepEqual(await stockOf(at), [5, 0]);
});

test("SF-3 a prep centre's shelf is counted by us and stays as it is", async (t) => {
  const at = await placedOrders(t);
  await feed(at, [item(at, 5)]);
  await at.engine.db.run(sql`update stock set is_shelf = true, reserved = 2`);

  await feed(at, [item(at, 99, 60_000)]);

  assert.deepEqual(await stockOf(at), [5, 2]);
});

test("SF-4 what waited for a SKU is verified again when it is there", async (t) => {
  const at = await placedOrders(t, 1, {
    suppliers: { acme: { settings: { unknownStockIsAvailable: false } } },
    links: { MUG: [{ supplier: "acme", sku: "A-MUG" }] },
  });
  const held = (await at.dossier()).holds.map((hold) => [hold.code, hold.waitsFor]);

  await feed(at, [item(at, 50)]);
  await drain(at.engine, [verify]);

  assert.deepEqual(held, [["out_of_stock", `stock:${at.suppliers.get("acme")!}/A-MUG`]]);
  assert.deepEqual(
    (await at.dossier()).fulfillmentOrders.map((fo) => fo.state),
    ["waiting"],
  );
});
