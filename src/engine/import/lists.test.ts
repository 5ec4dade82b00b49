import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { WorkspaceId } from "#domain/ids.ts";
import { findImport, listRefused } from "#store/import.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { setUp, testEngine, type SetUpOptions, type TestEngine } from "../../../test/engine.ts";
import { placedOrders } from "../../../test/placed-orders.ts";
import { testDatabase } from "../../../test/postgres.ts";
import { importCosts, type ListedCost } from "./costs.ts";
import type { ImportReport } from "./import-log.ts";
import { importLinks, type ListedLink } from "./links.ts";
import type { ListImport, ListItem } from "./lists.ts";
import type { RefusedRecord } from "./record.ts";
import { importStock, type ListedStock } from "./stock.ts";
import { importTracking, type ListedParcel } from "./tracking.ts";

const fields = [
  "sku",
  "supplier",
  "channel",
  "on_hand",
  "as_of",
  "order",
  "po",
  "tracking_number",
  "units",
  "shipped_at",
  "cost",
];
const places = new Map(fields.map((field, index) => [field, { column: index + 1, header: field.toUpperCase() }]));

type Import<Item> = (engine: TestEngine, wish: ListImport<Item>) => Promise<ImportReport>;
interface Done extends ImportReport {
  /** `3 SUPPLIER Acmee`: what was refused where. */
  refusals: string[];
  expected: string[];
}
/** Imports items as if each stood in a line of its own, from line 2 on. */
async function bring<Item>(
  importing: Import<Item>,
  engine: TestEngine,
  workspaceId: WorkspaceId,
  ...items: (Item | RefusedRecord)[]
): Promise<Done> {
  async function* records(): AsyncGenerator<ListItem<Item> | RefusedRecord> {
    for (const [index, item] of items.entries()) {
      const isRefused = typeof item === "object" && item !== null && "problems" in item;
      yield isRefused
        ? (item as RefusedRecord)
        : { type: "item", item: item as Item, rows: [index + 2], raw: JSON.stringify(item), places };
    }
  }
  const report = await importing(engine, {
    workspaceId,
    file: { name: "list.csv", sha256: "of it" },
    mapping: {},
    records: records(),
    actor: "user:test",
  });
  const stored = await findImport(engine.db, workspaceId, report.id.slice("imp_".length));
  assert.deepEqual(
    [stored?.rows, stored?.stored, stored?.refused, stored?.setAside],
    [report.rows, report.stored, report.refused, report.setAside],
  );
  assert.equal(report.rows, items.length);
  const problems = (
    await listRefused(engine.db, { workspaceId, importId: stored!.id, afterLine: 0, limit: 100 })
  ).flatMap((each) => each.problems);
  return {
    ...report,
    refusals: problems.map(({ line, header, found }) => `${line} ${header} ${found}`),
    expected: problems.map(({ expected }) => expected),
  };
}

async function aShop(t: TestContext, options: SetUpOptions = {}) {
  const database = await testDatabase(t);
  const engine = testEngine(database.engine);
  return { engine, ...(await setUp(engine, { suppliers: { Acme: {}, Shelf: { role: "prep" } }, ...options })) };
}
const Text = row({ text: col.text });
const texts = async (engine: TestEngine, statement: ReturnType<typeof sql>): Promise<string[]> =>
  (await engine.db.rows(Text, statement)).map((each) => each.text);

const option = (
  supplierSku: string,
  change: Partial<ListedLink["options"][number]> = {},
): ListedLink["options"][number] => ({
  line: 2,
  componentNo: 1,
  supplier: "Acme",
  supplierSku,
  units: 1,
  per: 1,
  unitCost: "2.50",
  currency: "EUR",
  priority: 1,
  maxUnitCost: null,
  ...change,
});
const link = (sku: string, ...options: ListedLink["options"]): ListedLink => ({
  sku,
  channel: null,
  nothingToShip: options.length === 0,
  options,
});
const links = sql`
  select p.sku || coalesce(' ' || string_agg(o.supplier_sku || ' ' || o.unit_cost, ', ' order by o.component_no, o.supplier_sku), '') as text
    from product_link p left join product_link_option o on o.link_id = p.id group by p.sku, p.id order by p.sku`;

test("IM-14 links of a file replace what their SKUs were linked to, and the file again changes nothing", async (t) => {
  const { engine, workspaceId } = await aShop(t, {
    links: { MUG: [{ supplier: "Acme", sku: "OLD" }], TEA: [{ supplier: "Acme", sku: "A-TEA", cost: "1.00" }] },
  });
  const items = [link("MUG", option("A-MUG"), option("A-LID", { componentNo: 2, supplier: "acme" })), link("GIFT")];

  const first = await bring(importLinks, engine, workspaceId, ...items);
  const again = await bring(importLinks, engine, workspaceId, ...items);

  assert.deepEqual([first.summary, again.summary], [{ links_changed: 2 }, { links_unchanged: 2 }]);
  assert.deepEqual(await texts(engine, links), ["GIFT", "MUG A-MUG 2.5, A-LID 2.5", "TEA A-TEA 1.00"]);
});

test("IM-14 a link of a supplier or channel that is not there is refused with what there is; the others are stored", async (t) => {
  const { engine, workspaceId } = await aShop(t);

  const done = await bring(
    importLinks,
    engine,
    workspaceId,
    link("A", option("1", { supplier: "Acmee" })),
    { ...link("B", option("2")), channel: "moon" },
    link("C", option("3", { units: 0 })),
    link("D", option("4")),
  );

  assert.deepEqual(
    [done.stored, done.refused, done.refusals],
    [1, 3, ["2 SUPPLIER Acmee", "3 CHANNEL moon", "4 SKU C"]],
  );
  assert.match(done.expected[0] ?? "", /Did you mean Acme\?/);
  assert.match(done.expected[2] ?? "", /units: found 0, expected a whole number from 1/);
  assert.deepEqual(await texts(engine, links), ["D 4 2.5"]);
});

const Due = row({ due: col.instantOrNull });
test("IM-14 orders that were held for an unlinked SKU are verified again at once", async (t) => {
  const at = await placedOrders(t, 1, { links: { MUG: [{ supplier: "acme", sku: "A-MUG" }] } });
  const hold = sql`
    update fulfillment_order set state = 'held', due_at = null`;
  await at.engine.db.run(hold);
  await at.engine.db.run(sql`
    insert into hold (workspace_id, id, public_id, order_id, subject, subject_id, code, waits_for, made_by, acts, detail, opened_at, opened_by)
    select workspace_id, 99, ${at.engine.ids.uuid()}, id, 'order', 0, 'sku_not_linked', 'sku:POT', 'machine', 'person', '{}', ${at.engine.clock.now()}, 'test' from sales_order`);

  await bring(importLinks, at.engine, at.workspaceId, link("CUP", option("A-CUP", { supplier: "acme" })));
  const other = await at.engine.db.one(Due, sql`select due_at as due from fulfillment_order`);
  await bring(importLinks, at.engine, at.workspaceId, link("POT", option("A-POT", { supplier: "acme" })));

  const own = await at.engine.db.one(Due, sql`select due_at as due from fulfillment_order`);
  assert.deepEqual([other.due, own.due], [null, at.engine.clock.now()]);
});

const stockOf = (supplier: string, supplierSku: string, onHand: number, asOf: Date | null = null): ListedStock => ({
  supplier,
  supplierSku,
  onHand,
  unitCost: null,
  currency: null,
  asOf,
});
const stock = sql`select supplier_sku || ' ' || on_hand || ' ' || reserved as text from stock order by supplier_sku`;

test("IM-15 counted stock is set at suppliers and on shelves; less than is promised, or counted tomorrow, is refused", async (t) => {
  const { engine, workspaceId } = await aShop(t, {
    stock: [
      { supplier: "Shelf", sku: "S-1", onHand: 9, isShelf: true },
      { supplier: "Shelf", sku: "S-2", onHand: 9, isShelf: true },
    ],
  });
  await engine.db.run(sql`update stock set reserved = 5`);
  const tomorrow = new Date(engine.clock.now().getTime() + 86_400_000);

  const done = await bring(
    importStock,
    engine,
    workspaceId,
    stockOf("Acme", "A-1", 0),
    stockOf("Shelf", "S-1", 4),
    stockOf("Shelf", "S-2", 6),
    stockOf("Nobody", "N-1", 1),
    stockOf("Acme", "A-2", 1, tomorrow),
    {
      type: "refused",
      rows: [7],
      raw: "x",
      problems: [{ line: 7, column: 2, header: "SKU", found: "", expected: "a SKU" }],
    },
  );

  assert.deepEqual(done.refusals, ["3 ON_HAND 4", "5 SUPPLIER Nobody", "6 AS_OF 2026-11-23T12:00:00.000Z", "7 SKU "]);
  assert.match(done.expected[0] ?? "", /5 are promised to orders/);
  assert.deepEqual([done.stored, await texts(engine, stock)], [2, ["A-1 0 0", "S-1 9 5", "S-2 6 5"]]);
});

test("IM-16 a cost goes into every link that buys the SKU there, and nobody's cost is refused", async (t) => {
  const { engine, workspaceId } = await aShop(t, {
    links: {
      MUG: [
        { supplier: "Acme", sku: "A-1", cost: "2.00" },
        { supplier: "Shelf", sku: "A-1", cost: "2.00" },
      ],
      SET: [{ supplier: "Acme", sku: "A-1", cost: "2.00" }],
    },
  });
  const cost = (supplierSku: string, unitCost: string): ListedCost => ({
    supplier: "Acme",
    supplierSku,
    unitCost,
    currency: "EUR",
  });

  const done = await bring(importCosts, engine, workspaceId, cost("A-1", "3.10"), cost("A-9", "1"));

  assert.deepEqual([done.stored, done.refusals], [1, ["3 SKU A-9"]]);
  assert.deepEqual(
    await texts(
      engine,
      sql`select p.sku || ' ' || o.unit_cost as text from product_link_option o join product_link p on p.id = o.link_id order by p.sku, o.unit_cost`,
    ),
    ["MUG 2.00", "MUG 3.10", "SET 3.10"],
  );
  assert.deepEqual(
    await texts(engine, sql`select kind || ' ' || actor as text from management_event where kind = 'costs_set'`),
    ["costs_set user:test"],
  );
});

const ups = ["1Z999AA10123456784", "1Z12345E0205271688"] as const;
const parcel = (change: Partial<ListedParcel>): ListedParcel => ({
  order: null,
  po: null,
  carrier: "UPS",
  trackingNumber: ups[0],
  shippedAt: null,
  lines: null,
  ...change,
});

test("IM-17 a number becomes a parcel of the order that is named, and the file again is no news", async (t) => {
  const at = await placedOrders(t, 2);
  const items = [
    parcel({ order: "#1", lines: [{ supplierSku: "A-MUG", units: 2 }], shippedAt: new Date("2026-11-22T09:00:00Z") }),
  ];

  const first = await bring(importTracking, at.engine, at.workspaceId, ...items);
  const before = await at.dossier();
  const again = await bring(importTracking, at.engine, at.workspaceId, ...items);

  assert.deepEqual([first.summary, again.summary], [{ parcels_new: 1 }, { parcels_known: 1 }]);
  assert.deepEqual(
    before.shipments.map(({ source, shippedAt, lines, parcels }) => [
      source,
      shippedAt,
      lines,
      parcels.map(({ carrier, trackingNumber, accepted }) => [carrier, trackingNumber, accepted]),
    ]),
    [["file", new Date("2026-11-22T09:00:00Z"), [{ foLineNo: 1, units: 2 }], [["ups", ups[0], true]]]],
  );
  assert.equal(before.fulfillmentOrders[0]?.state, "partially_shipped");
  assert.deepEqual(await at.dossier(), before);
});

test("IM-17 the reference of our purchase order names it, and another order beside it is refused", async (t) => {
  const at = await placedOrders(t, 2);
  const po = (await at.dossier(1)).attempts[0]!.reference;

  const done = await bring(
    importTracking,
    at.engine,
    at.workspaceId,
    parcel({ po, order: "#1" }),
    parcel({ po, order: "2" }),
    parcel({ po: "PO-none", trackingNumber: ups[1] }),
  );

  assert.deepEqual([done.stored, done.refusals], [1, ["2 ORDER #1", "4 PO PO-none"]]);
  assert.equal((await at.dossier(1)).order.headline, "shipped");
  assert.deepEqual((await at.dossier(0)).shipments, []);
});

test("IM-17 numbers that cannot be right, from the future, of another order or of too many units are refused, and nothing changes", async (t) => {
  const at = await placedOrders(t, 2);
  const before = [await at.dossier(0), await at.dossier(1)];

  const done = await bring(
    importTracking,
    at.engine,
    at.workspaceId,
    parcel({ order: "#1", trackingNumber: "1Z999AA10123456785" }),
    parcel({ order: "#1", shippedAt: new Date("2026-11-23T09:00:00Z") }),
    parcel({ order: "#1", lines: [{ supplierSku: "A-MUG", units: 4 }] }),
    parcel({ order: "#1", lines: [{ supplierSku: "A-POT", units: 1 }] }),
    parcel({ order: "#9" }),
  );

  assert.deepEqual(done.refusals, [
    "2 TRACKING_NUMBER 1Z999AA10123456785",
    "3 SHIPPED_AT 2026-11-23T09:00:00.000Z",
    "4 UNITS A-MUG × 4",
    "5 SKU A-POT",
    "6 ORDER #9",
  ]);
  assert.deepEqual([await at.dossier(0), await at.dossier(1)], before);
});

test("IM-17 one number for two buyers is the first one's only", async (t) => {
  const at = await placedOrders(t, 2);

  const done = await bring(importTracking, at.engine, at.workspaceId, parcel({ order: "#1" }), parcel({ order: "#2" }));

  assert.deepEqual([done.stored, done.refusals], [1, [`3 TRACKING_NUMBER ${ups[0]}`]]);
  assert.match(done.expected[0] ?? "", /Another order of yours had this number/);
});
