import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelOrder } from "#domain/channel-order.ts";
import type { FileRecord } from "./file-record.ts";
import { parseMap } from "./order-mapping.ts";
import { guessMapping, readOrders } from "./read-orders.ts";

/** All records of a fixture (invented data), with the mapping that was guessed from it and what was declared. */
async function recordsOf(fixture: string, declared = ""): Promise<FileRecord[]> {
  const path = new URL(`fixtures/${fixture}`, import.meta.url).pathname;
  const { mapping, problems } = await guessMapping(path, parseMap(declared));
  assert.deepEqual(problems, []);
  const records: FileRecord[] = [];
  for await (const record of readOrders(path, mapping)) records.push(record);
  return records;
}
const ordersIn = (records: FileRecord[]): ChannelOrder[] =>
  records.flatMap((record) => (record.type === "order" ? [record.order] : []));
const kindsOf = (records: FileRecord[]): [string, number[]][] => records.map(({ type, rows }) => [type, rows]);

test("FI-30 a Shopify export: the order is its Id, its first row has what is the order's, the rows below have its lines", async () => {
  const records = await recordsOf("shopify.csv");

  assert.deepEqual(kindsOf(records), [
    ["order", [2, 4, 5]],
    ["order", [6]],
    ["order", [7]],
    ["set_aside", [8]],
  ]);
  assert.deepEqual(ordersIn(records)[0], {
    channelOrderId: "5678901234567890",
    number: "#1001",
    orderedAt: new Date("2024-03-30T09:20:30Z"),
    updatedAt: null,
    currency: "EUR",
    payment: "paid",
    paidAt: new Date("2024-03-30T09:21:00Z"),
    cancelledAt: null,
    buyerId: null,
    shipTo: {
      name: "Ada Berg",
      company: "",
      line1: "Hauptstraße 5",
      line2: "Hinterhaus",
      city: "Köln",
      region: "",
      postcode: "50667",
      country: "DE",
      phone: "+49221000000",
      email: "ada@example.com",
    },
    shippingMethod: "DHL Paket",
    shipBy: null,
    note: "Please ring twice.\nBack door.",
    shippingPaid: "4.90",
    total: "39.80",
    risk: "none",
    lines: [
      {
        channelLineId: "sku:MUG-01#1",
        sku: "MUG-01",
        title: "Enamel mug",
        quantity: 2,
        cancelled: 0,
        fulfilled: 0,
        unitPrice: "12.95",
        kind: "goods",
        fulfilledBy: "us",
      },
      {
        channelLineId: "sku:TOWEL-7#1",
        sku: "TOWEL-7",
        title: "Tea towel",
        quantity: 1,
        cancelled: 0,
        fulfilled: 0,
        unitPrice: "9.00",
        kind: "goods",
        fulfilledBy: "us",
      },
      {
        channelLineId: "sku:#1",
        sku: "",
        title: "Gift card",
        quantity: 1,
        cancelled: 0,
        fulfilled: 0,
        unitPrice: "25.00",
        kind: "gift_card",
        fulfilledBy: "nobody",
      },
    ],
  } satisfies ChannelOrder);
});

test("FI-30 a Shopify export: payment, risk, fulfilment and cancellation as the shop says them", async () => {
  const [, authorized, cancelled] = ordersIn(await recordsOf("shopify.csv"));

  assert.deepEqual(
    [authorized?.payment, authorized?.risk, authorized?.lines[0]?.fulfilled, authorized?.orderedAt],
    ["authorized", "high", 1, new Date("2024-03-30T16:00:00Z")],
  );
  assert.deepEqual([cancelled?.payment, cancelled?.cancelledAt], ["refunded", new Date("2024-03-29T17:00:00Z")]);
});

test("FI-40 goods without a SKU set their order aside with a question, where shops allow such products", async () => {
  const [record] = (await recordsOf("shopify.csv")).filter(({ type }) => type === "set_aside");

  assert.equal(
    record?.type === "set_aside" && record.question,
    "Line 8 has no SKU (Nameless thing), so nobody can say what to order. Give the product a SKU in the shop and export again?",
  );
});

test("FI-31 an Amazon order report: prices are the line's, shipping is summed, Amazon's own lines are the channel's, quotes are letters", async () => {
  const [order, unpaid] = ordersIn(await recordsOf("amazon.txt"));

  assert.deepEqual(order, {
    channelOrderId: "902-3159896-1390916",
    number: "902-3159896-1390916",
    orderedAt: new Date("2024-03-30T10:20:30Z"),
    updatedAt: null,
    currency: "GBP",
    payment: "paid",
    paidAt: new Date("2024-03-30T10:21:00Z"),
    cancelledAt: null,
    buyerId: null,
    shipTo: {
      name: "Ada Berg",
      company: "",
      line1: "Flat 2",
      line2: "5 High Street, Old Town",
      city: "Leeds",
      region: "West Yorkshire",
      postcode: "LS1 4AP",
      country: "GB",
      phone: "+44 20 0000 0000",
      email: "abc123@marketplace.example",
    },
    shippingMethod: "Standard",
    shipBy: new Date("2024-04-01T22:59:59Z"),
    note: null,
    shippingPaid: "3.99",
    total: null,
    risk: "none",
    lines: [
      {
        channelLineId: "12345678901230",
        sku: "MUG-01",
        title: '"Best" enamel mug, 12" tall',
        quantity: 3,
        cancelled: 0,
        fulfilled: 0,
        unitPrice: "3.3333333333",
        kind: "goods",
        fulfilledBy: "us",
      },
      {
        channelLineId: "12345678901231",
        sku: "LAMP-1",
        title: "Desk lamp",
        quantity: 1,
        cancelled: 0,
        fulfilled: 0,
        unitPrice: "25.00",
        kind: "goods",
        fulfilledBy: "channel",
      },
    ],
  } satisfies ChannelOrder);
  assert.equal(unpaid?.payment, "pending");
});

test("FI-31 an Amazon report of all orders: shipped, cancelled and cancelled in part", async () => {
  const records = await recordsOf("amazon-all-orders.txt");
  const [shipped, rest] = ordersIn(records);

  assert.deepEqual(kindsOf(records), [
    ["order", [2]],
    ["cancellation", [3]],
    ["order", [4, 5]],
    ["set_aside", [6]],
  ]);
  assert.match(
    records[3]?.type === "set_aside" ? records[3].question : "",
    /^Amazon shows no prices while an order is pending/,
  );
  assert.deepEqual(
    shipped?.lines.map(({ quantity, fulfilled, fulfilledBy }) => [quantity, fulfilled, fulfilledBy]),
    [[2, 2, "channel"]],
  );
  assert.deepEqual(
    rest?.lines.map(({ sku }) => sku),
    ["MUG-01"],
  );
});

test("FI-42 an order of which the channel says only that nothing is left is the news of its end, not an order", async () => {
  const [, cancelled] = await recordsOf("amazon-all-orders.txt");

  assert.deepEqual(cancelled?.type === "cancellation" && { ...cancelled, raw: "" }, {
    type: "cancellation",
    channelOrderId: "902-0000002-0000002",
    cancels: "902-0000002-0000002",
    buyerId: null,
    at: new Date("2024-03-31T11:00:00Z"),
    lines: "all",
    rows: [3],
    raw: "",
  });
});

test("FI-32 an eBay report: junk around the table, an order's own row without item, dollars declared, days in the seller's zone", async () => {
  const records = await recordsOf("ebay-us.csv", "currency:=USD,zone=America/Los_Angeles");
  const [single, several] = ordersIn(records);

  assert.deepEqual(kindsOf(records), [
    ["order", [4]],
    ["order", [5, 6, 7]],
    ["set_aside", [8]],
  ]);
  assert.deepEqual(
    [single?.number, single?.buyerId, single?.orderedAt, single?.shipBy, single?.total, single?.shippingPaid],
    ["101", "ada_b", new Date("2024-03-30T07:00:00Z"), new Date("2024-04-03T06:59:59Z"), "28.95", "4.95"],
  );
  assert.deepEqual(
    [several?.payment, several?.total, several?.note, several?.shipTo?.city],
    ["pending", "1036.00", "Leave at the door", "Akron"],
  );
  assert.deepEqual(
    several?.lines.map(({ channelLineId, sku, quantity, unitPrice }) => [channelLineId, sku, quantity, unitPrice]),
    [
      ["110012345679-0", "LAMP-1", 1, "1000.00"],
      ["110012345680-0", "PLATE-3", 2, "15.50"],
    ],
  );
  assert.match(records[2]?.type === "set_aside" ? records[2].question : "", /its buyer has not checked out/);
});

test("FI-32 an eBay report from the UK: other names of columns, the currency by its sign", async () => {
  const [order] = ordersIn(await recordsOf("ebay-uk.csv", "zone=Europe/London"));

  assert.deepEqual(
    [order?.channelOrderId, order?.currency, order?.shipTo?.postcode, order?.shippingMethod, order?.shipBy],
    ["08-11111-22222", "GBP", "LS1 4AP", "Royal Mail Tracked 48", new Date("2024-04-02T22:59:59Z")],
  );
});

test("FI-33 a WooCommerce export: one word for payment, sending and cancellation; refunded units; guests are nobody in particular", async () => {
  const [paid, held, sent, cancelled] = ordersIn(await recordsOf("woocommerce.csv", "zone=Europe/Berlin"));

  assert.deepEqual(
    [paid?.channelOrderId, paid?.number, paid?.payment, paid?.buyerId, paid?.orderedAt, paid?.shipTo?.name, paid?.note],
    ["501", "WC-1501", "paid", "17", new Date("2024-03-30T09:20:30Z"), "Ada Berg", "Bitte klingeln, danke"],
  );
  assert.deepEqual(
    paid?.lines.map(({ channelLineId, quantity, cancelled: units, unitPrice }) => [
      channelLineId,
      quantity,
      units,
      unitPrice,
    ]),
    [
      ["9001", 2, 1, "12.95"],
      ["9002", 3, 0, "3.3333333333"],
    ],
  );
  assert.deepEqual([held?.payment, held?.buyerId], ["pending", null]);
  assert.deepEqual([sent?.payment, sent?.lines[0]?.fulfilled], ["paid", 1]);
  assert.deepEqual([cancelled?.payment, cancelled?.cancelledAt], ["voided", new Date("2024-03-30T12:00:00Z")]);
});

test("FI-34 a German table with semicolons, decimal commas and Windows-1252 needs nothing but its zone", async () => {
  const [order, open] = ordersIn(await recordsOf("generic-de.csv", "zone=Europe/Berlin"));

  assert.deepEqual(
    [order?.shipTo?.name, order?.shipTo?.line1, order?.shipTo?.country, order?.note],
    ["Jürgen Müller", "Hauptstraße 5", "DE", "bitte klingeln"],
  );
  assert.deepEqual(
    [order?.lines[0]?.title, order?.lines[0]?.unitPrice, order?.payment, open?.payment],
    ["Becher „Emaille“", "1234.50", "paid", "pending"],
  );
});
