import assert from "node:assert/strict";
import { test } from "node:test";
import { aWorld, minute, type Bench, type Message } from "../testing/bench.ts";
import { unlinkedProduct, unmappedRate } from "../catalogue.ts";

const versions = (bench: Bench, id: string) =>
  bench
    .messages()
    .filter((message) => message.order?.id === id)
    .map(({ order }) => order!);
const newest = (bench: Bench, id: string) => versions(bench, id).at(-1)!;
const cancellations = (bench: Bench, id: string): Message[] =>
  bench.messages().filter(({ type, orderId }) => type === "cancellation" && orderId === id);
/** Sells without a wish, so that the shop's behaviours strike. */
const sellAny = (bench: Bench): string => bench.sell({});
const always = (...behaviours: string[]) => ({
  shop: Object.fromEntries(behaviours.map((behaviour) => [behaviour, 1])),
});
const tell = (bench: Bench, id: string, given: Record<string, unknown> = {}) => {
  const lines = newest(bench, id).lines.map((line) => ({ lineId: line["id"], quantity: line["quantity"] }));
  const body = {
    reference: "S-1",
    revision: 1,
    carrier: "ups",
    trackingNumber: "1Z879E930346834440",
    shippedAt: "2026-11-22T11:00:00Z",
    lines,
    ...given,
  };
  return bench.ask("POST", `/shop/orders/${id}/fulfilments`, body);
};

test("SB-10 an order can be wished for, and then holds exactly that", () => {
  const bench = aWorld();
  bench.faults({ profile: "hostile", shop: { feed_error: 0 } });
  const id = bench.sell({
    lines: [
      { sku: "HP-SOAP", quantity: 4 },
      { sku: "HP-TEAPOT", quantity: 1 },
    ],
    country: "JP",
    rate: "Express",
    paid: true,
  });

  const order = newest(bench, id);

  assert.deepEqual(
    order.lines.map(({ sku, quantity }) => [sku, quantity]),
    [
      ["HP-SOAP", 4],
      ["HP-TEAPOT", 1],
    ],
  );
  assert.equal(order.shippingAddress["country"], "JP");
  assert.deepEqual([order["shippingRate"], order["payment"], order["total"]], ["Express", "paid", "91.90"]);
  bench.pass(3000 * minute);
  assert.equal(versions(bench, id).length, 1);
});

test("SB-14 a cursor misses no message and repeats none, also when messages come late", () => {
  const bench = aWorld({ settings: { ordersAtStart: 40, ordersPerMinute: 60, speed: 60 } });
  bench.faults({ profile: "hostile", shop: { feed_error: 0 } });
  const read: string[] = [];
  for (let cursor = "", round = 0; round < 200; round++) {
    bench.pass(1_000);
    const { body } = bench.ask("GET", `/shop/changes?limit=7&cursor=${cursor}`);
    read.push(...(body["messages"] as Message[]).map(({ id }) => id));
    cursor = String(body["cursor"]);
  }
  const all = bench.messages().map(({ id }) => id);

  assert.ok(read.length > 300);
  assert.deepEqual(read, all.slice(0, read.length));
});

test("SB-40 a buyer who cancels early is stated as cancelled by the shop", () => {
  const bench = aWorld();
  bench.faults(always("buyer_cancels_early"));
  const id = sellAny(bench);
  assert.equal(newest(bench, id)["cancelledAt"], null);

  bench.pass(8 * minute);

  const order = newest(bench, id);
  assert.notEqual(order["cancelledAt"], null);
  assert.deepEqual(
    order.lines.map((line) => line["cancelled"]),
    order.lines.map((line) => line["quantity"]),
  );
  assert.deepEqual(
    cancellations(bench, id).map(({ asked }) => asked),
    ["by_channel"],
  );
});

test("SB-41 a buyer who cancels later only asks, and the order stays as it is", () => {
  const bench = aWorld();
  bench.faults(always("buyer_cancels_late"));
  const id = sellAny(bench);

  bench.pass(11 * minute);
  assert.deepEqual(cancellations(bench, id), []);
  bench.pass(30 * minute);

  assert.deepEqual(
    cancellations(bench, id).map(({ asked, lines }) => [asked, lines]),
    [["by_buyer", "all"]],
  );
  assert.equal(versions(bench, id).length, 1);
});

test("SB-42 a buyer who moves brings a new version with another address", () => {
  const bench = aWorld();
  bench.faults(always("buyer_changes_address"));
  const id = sellAny(bench);

  bench.pass(14 * minute);

  const [before, after] = versions(bench, id);
  assert.notEqual(after?.shippingAddress["line1"], before?.shippingAddress["line1"]);
  assert.equal(after?.shippingAddress["name"], before?.shippingAddress["name"]);
  assert.deepEqual([before?.["version"], after?.["version"]], [1, 2]);
});

test("SB-43 a bad address lacks its postcode, street or house number, or has a postcode that is none", () => {
  const bench = aWorld();
  bench.faults(always("bad_address"));
  for (let no = 0; no < 40; no++) sellAny(bench);

  const broken = bench.messages().map(({ order }) => {
    const { line1 = "", postcode = "", country } = order?.shippingAddress ?? {};
    if (line1 === "") return "street";
    if (!/\d/.test(line1)) return "house number";
    if (postcode === "0") return "wrong postcode";
    return postcode === "" || country === "AE" ? "postcode" : "nothing";
  });

  assert.deepEqual([...new Set(broken)].toSorted(), ["house number", "postcode", "street", "wrong postcode"]);
});

test("SB-44 orders that cannot be placed as they are: unlinked product, unmapped rate, odd pack, fraud risk", () => {
  const bench = aWorld();
  bench.faults(always("unlinked_sku", "unmapped_rate", "odd_pack", "high_risk"));

  const order = newest(bench, sellAny(bench));

  assert.ok(order.lines.some(({ sku }) => sku === unlinkedProduct.sku));
  assert.ok(order.lines.some(({ sku, quantity }) => sku === "HP-SOAP" && quantity === 3));
  assert.deepEqual([order["shippingRate"], order["risk"]], [unmappedRate.title, "high"]);
});

test("SB-45 an order that is paid later arrives unpaid, and then comes paid", () => {
  const bench = aWorld();
  bench.faults(always("pays_later"));
  const id = sellAny(bench);

  bench.pass(20 * minute);

  const [unpaid, paid] = versions(bench, id);
  assert.deepEqual([unpaid?.["payment"], unpaid?.["paidAt"], paid?.["payment"]], ["pending", null, "paid"]);
  assert.ok(Date.parse(String(paid?.["paidAt"])) >= Date.parse(String(paid?.["boughtAt"])) + 2 * minute);
});

test("SB-46 a message that comes again is the same to the last letter", () => {
  const bench = aWorld();
  bench.faults(always("repeated_message"));
  sellAny(bench);

  bench.pass(20 * minute);

  const [first, second, ...others] = bench.messages();
  assert.deepEqual(second, first);
  assert.deepEqual(others, []);
});

test("SB-47 a buyer who orders the same again makes an order of its own", () => {
  const bench = aWorld();
  bench.faults(always("double_order"));
  sellAny(bench);

  bench.pass(10 * minute);

  const [first, second, ...others] = bench.messages().map(({ order }) => order!);
  const goods = (order = first) => order?.lines.map(({ sku, quantity }) => [sku, quantity]);
  assert.deepEqual(others, []);
  assert.notEqual(second?.id, first?.id);
  assert.deepEqual(
    [second?.["customer"], second?.shippingAddress, goods(second)],
    [first?.["customer"], first?.shippingAddress, goods(first)],
  );
});

test("SB-48 a late order can come after its own cancellation, and newer versions before older ones", () => {
  const bench = aWorld();
  const id = bench.sell({ lateByMs: 30 * minute, cancelsAfterMs: minute });

  bench.pass(2 * minute);
  const early = bench.messages().map((message) => message.id);
  bench.pass(30 * minute);

  assert.deepEqual(early, [`${id}:c1`, `${id}:v2`]);
  assert.deepEqual(
    bench.messages().map((message) => message.id),
    [`${id}:c1`, `${id}:v2`, `${id}:v1`],
  );
});

test("SB-49 a feed that fails loses nothing", () => {
  const bench = aWorld();
  const id = bench.sell();
  bench.faults({ shop: { feed_error: 1 } });
  assert.equal(bench.ask("GET", "/shop/changes").status, 503);

  bench.faults({ shop: { feed_error: 0 } });

  assert.deepEqual(
    bench.messages().map((message) => message.id),
    [`${id}:v1`],
  );
});

test("SB-50 a shipment is told once per reference and revision; other contents under the same are refused", () => {
  const bench = aWorld();
  const id = bench.sell({ sku: "HP-MUG-TIDE", quantity: 2 });
  const first = tell(bench, id);
  const told = () =>
    (bench.ask("GET", `/shop/orders/${id}/fulfilments`).body["fulfilments"] as Record<string, unknown>[]).map(
      ({ reference, revision, trackingNumber }) => [reference, revision, trackingNumber],
    );
  const lines = bench.world.state.orders.get(id)!.order.lines.map((line) => ({ lineId: line.id, quantity: 2 }));

  assert.equal(first.status, 201);
  assert.deepEqual(tell(bench, id, { lines }), { status: 200, body: first.body });
  assert.equal(tell(bench, id, { lines, trackingNumber: "RR473124829GB" }).status, 409);
  assert.deepEqual(told(), [["S-1", 1, "1Z879E930346834440"]]);

  const corrected = tell(bench, id, { lines, revision: 2, trackingNumber: "RR473124829GB" });

  assert.deepEqual(corrected, { status: 201, body: first.body });
  assert.deepEqual(told(), [["S-1", 2, "RR473124829GB"]]);
  assert.equal(tell(bench, id, { lines }).status, 409);
});

test("SB-51 more units than are open cannot be fulfilled, and what is fulfilled shows in the next version", () => {
  const bench = aWorld();
  const id = bench.sell({ sku: "HP-MUG-TIDE", quantity: 2 });
  const lineId = bench.world.state.orders.get(id)?.order.lines[0]?.id;

  assert.equal(tell(bench, id, { lines: [{ lineId, quantity: 3 }] }).status, 422);
  assert.equal(tell(bench, id, { lines: [{ lineId, quantity: 1 }] }).status, 201);
  assert.equal(tell(bench, id, { reference: "S-2", lines: [{ lineId, quantity: 2 }] }).status, 422);

  assert.deepEqual([newest(bench, id).lines[0]?.["fulfilled"], newest(bench, id)["version"]], [1, 2]);
});

test("SB-52 a write-back can fail unrecorded, or be recorded with its answer lost", () => {
  const bench = aWorld();
  const id = bench.sell({ sku: "HP-MUG-TIDE", quantity: 2 });
  const lines = [{ lineId: bench.world.state.orders.get(id)?.order.lines[0]?.id, quantity: 2 }];
  bench.faults(always("write_back_error"));
  assert.equal(tell(bench, id, { lines }).status, 500);
  assert.deepEqual(bench.world.state.orders.get(id)?.fulfilments, []);

  bench.faults({ shop: { write_back_error: 0, write_back_drop: 1 } });

  assert.equal(tell(bench, id, { lines }).status, "dropped");
  assert.deepEqual(
    bench.world.state.orders.get(id)?.fulfilments.map(({ reference }) => reference),
    ["S-1"],
  );
  assert.equal(tell(bench, id, { lines }).status, 200);
});

test("SB-53 a cancellation is told once per reference; a refused wish leaves the order as it is", () => {
  const bench = aWorld();
  const id = bench.sell({ sku: "HP-MUG-TIDE", quantity: 4 });
  const lineId = bench.world.state.orders.get(id)?.order.lines[0]?.id;
  const cancel = (reference: string, outcome: string, quantity: number) =>
    bench.ask("POST", `/shop/orders/${id}/cancellations`, { reference, outcome, lines: [{ lineId, quantity }] }).status;

  assert.equal(cancel("C-1", "refused", 4), 201);
  assert.equal(versions(bench, id).length, 1);
  assert.equal(cancel("C-2", "cancelled", 3), 201);
  assert.equal(cancel("C-2", "cancelled", 3), 200);
  assert.equal(cancel("C-2", "refused", 3), 409);

  assert.deepEqual([newest(bench, id).lines[0]?.["cancelled"], newest(bench, id)["cancelledAt"]], [3, null]);
  assert.equal(cancel("C-3", "cancelled", 1), 201);
  assert.notEqual(newest(bench, id)["cancelledAt"], null);
});

test("SB-54 once something is on its way, a buyer can only ask to cancel, and no longer moves", () => {
  const bench = aWorld();
  const id = bench.sell({
    sku: "HP-MUG-TIDE",
    quantity: 2,
    cancelsAfterMs: 5 * minute,
    changesAddressAfterMs: 6 * minute,
  });
  tell(bench, id, { lines: [{ lineId: bench.world.state.orders.get(id)?.order.lines[0]?.id, quantity: 1 }] });

  bench.pass(10 * minute);

  assert.deepEqual(
    cancellations(bench, id).map(({ asked }) => asked),
    ["by_buyer"],
  );
  assert.deepEqual([newest(bench, id)["version"], newest(bench, id)["cancelledAt"]], [2, null]);
});

test("SB-55 a person can cancel, move and pay for any order", () => {
  const bench = aWorld();
  const id = bench.sell({ paid: false });
  const shipTo = newest(bench, id).shippingAddress;

  assert.equal(bench.ask("POST", `/admin/orders/${id}/pay`, {}).status, 200);
  assert.equal(
    bench.ask("POST", `/admin/orders/${id}/address`, { address: { ...shipTo, email: "", city: "Bergen" } }).status,
    200,
  );
  assert.deepEqual([newest(bench, id)["payment"], newest(bench, id).shippingAddress["city"]], ["paid", "Bergen"]);
  assert.equal(bench.ask("POST", `/admin/orders/${id}/cancel`, { asks: true }).status, 200);
  assert.equal(newest(bench, id)["cancelledAt"], null);
  assert.equal(bench.ask("POST", `/admin/orders/${id}/cancel`, {}).status, 200);
  assert.notEqual(newest(bench, id)["cancelledAt"], null);
  assert.equal(bench.ask("POST", `/admin/orders/${id}/cancel`, {}).status, 409);
  assert.equal(bench.ask("POST", `/admin/orders/1/cancel`, {}).status, 404);
});
