import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "#store/sql.ts";
import { aChannelLine } from "#test/channel-order.ts";
import { aServer, type TestServer } from "./testing/server.ts";

interface Overview {
  days: { day: string; received: number; left: number; left_by_itself: number }[];
  shipments: number;
  to_place: { median_seconds: number; slow_seconds: number } | null;
  to_ship: { median_seconds: number; slow_seconds: number } | null;
}
const overview = async (at: TestServer): Promise<Overview> => {
  const answer = await at.ask("GET", "/v1/overview");
  assert.equal(answer.status, 200, answer.text);
  return answer.body as unknown as Overview;
};
const partOf = async (at: TestServer, order: string): Promise<string> => {
  const answer = await at.ask("GET", `/v1/orders/${order}`);
  return (answer.body["fulfillment_orders"] as unknown as { id: string }[])[0]!.id;
};

test("UI-82 the overview counts by day what came in, what left, and what of it needed nobody", async (t) => {
  const at = await aServer(t);
  const before = await overview(at);
  assert.equal(before.days.length, 14);
  assert.deepEqual(before.days[13], {
    day: at.engine.clock.now().toISOString().slice(0, 10),
    received: 0,
    left: 0,
    left_by_itself: 0,
  });
  assert.deepEqual([before.shipments, before.to_place, before.to_ship], [0, null, null]);

  const [shelf, byHand] = await at.orders([
    { lines: [aChannelLine("CUP", 1)] },
    { channelOrderId: "2", lines: [aChannelLine("MUG", 1)] },
  ]);
  await at.leaveBuffer();
  const packed = await partOf(at, shelf!);
  for (const [name, body] of [
    ["print", {}],
    ["collect", { supplier_sku: "S-CUP" }],
    ["ship", { carrier: "ups", tracking_number: "1Z999AA10123456784" }],
  ] as const)
    assert.equal((await at.ask("POST", `/v1/fulfillment-orders/${packed}/${name}`, { body })).status, 200);
  const bought = await partOf(at, byHand!);
  for (const [name, body] of [
    ["take-over", {}],
    ["placed", { supplier_order_id: "PO-1", cost: { amount: "8.00", currency: "EUR" } }],
    ["tracking", { carrier: "ups", tracking_number: "1Z12345E6605272234" }],
  ] as const)
    assert.equal((await at.ask("POST", `/v1/fulfillment-orders/${bought}/${name}`, { body })).status, 200);

  const { day: _, ...today } = (await overview(at)).days[13]!;
  assert.deepEqual(today, { received: 2, left: 2, left_by_itself: 1 });
  const rival = (await at.ask("GET", "/v1/overview", { key: at.rival.key })).body as unknown as Overview;
  assert.equal(rival.days[13]!.received, 0);
});

test("UI-83 the overview says how long the newest shipments took to be placed, and then to be shipped", async (t) => {
  const at = await aServer(t);
  const orders = await at.orders([
    { lines: [aChannelLine("CUP", 1)] },
    { channelOrderId: "2", lines: [aChannelLine("CUP", 1)] },
    { channelOrderId: "3", lines: [aChannelLine("CUP", 1)] },
  ]);
  await at.leaveBuffer();
  const numbers = ["1Z999AA10123456784", "1Z12345E0205271686", "1Z12345E6605272234"];
  for (const [index, order] of orders.entries()) {
    const part = await partOf(at, order);
    for (const [name, body] of [
      ["print", {}],
      ["collect", { supplier_sku: "S-CUP" }],
      ["ship", { carrier: "ups", tracking_number: numbers[index]! }],
    ] as const) {
      const answer = await at.ask("POST", `/v1/fulfillment-orders/${part}/${name}`, { body });
      assert.equal(answer.status, 200, answer.text);
    }
    const took = `${index + 1} hours`;
    await at.database.engine.run(sql`
      update fulfillment_order f set placed_at = o.received_at + ${took}::interval from sales_order o
       where o.id = f.order_id and o.workspace_id = f.workspace_id and f.public_id = ${uuidOf(part)}::uuid`);
    await at.database.engine.run(sql`
      update shipment s set shipped_at = f.placed_at + 2 * ${took}::interval from fulfillment_order f
       where f.id = s.fulfillment_order_id and f.workspace_id = s.workspace_id and f.public_id = ${uuidOf(part)}::uuid`);
  }

  const { shipments, to_place: toPlace, to_ship: toShip } = await overview(at);

  assert.equal(shipments, 3);
  assert.deepEqual(toPlace, { median_seconds: 2 * 3600, slow_seconds: 3 * 3600 });
  assert.deepEqual(toShip, { median_seconds: 4 * 3600, slow_seconds: 6 * 3600 });
});

const uuidOf = (id: string): string => id.slice(id.indexOf("_") + 1);
