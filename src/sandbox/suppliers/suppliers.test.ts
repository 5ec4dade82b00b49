import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTrackingNumber } from "#domain/tracking-number.ts";
import type { SupplierFault } from "../profile.ts";
import { aWorld, minute, type Bench } from "../testing/bench.ts";

const hour = 60 * minute;
/** A world at speed 1 in which these faults always strike. */
function withFaults(...faults: SupplierFault[]): Bench {
  const bench = aWorld();
  bench.faults({ suppliers: { "*": Object.fromEntries(faults.map((fault) => [fault, 1])) } });
  return bench;
}
const stockOf = (bench: Bench, sku: string): unknown =>
  (bench.ask("GET", "/suppliers/northlight/stock").body["items"] as Record<string, unknown>[]).find(
    (item) => item["sku"] === sku,
  )?.["onHand"];
const parcelsOf = (bench: Bench, orderId: unknown) =>
  bench.statusOf("northlight", String(orderId))["parcels"] as {
    trackingNumber: string;
    carrier: string;
    shippedAt: string;
    lines: { sku: string; units: number }[];
  }[];
const unitsIn = (parcels: { lines: { units: number }[] }[]): number =>
  parcels.flatMap(({ lines }) => lines).reduce((sum, { units }) => sum + units, 0);

test("SB-20 a key brings the first answer as long as it is remembered, refuses another order, and is forgotten afterwards", () => {
  const bench = aWorld();
  const first = bench.place("northlight", "A", {}, "k");

  assert.deepEqual(bench.place("northlight", "A", {}, "k"), first);
  assert.deepEqual(
    [bench.place("northlight", "A", { note: "other" }, "k").status, bench.place("northlight", "A", {}, "k").body],
    [422, first.body],
  );
  assert.deepEqual(bench.bought("northlight"), ["A"]);
  bench.pass(24 * hour);
  assert.equal(bench.place("northlight", "A", {}, "k").status, 201);
  assert.deepEqual(bench.bought("northlight"), ["A", "A"]);
});

test("SB-20 a key remembers a refusal too, and its supplier takes nothing without one", () => {
  const bench = withFaults("out_of_stock");
  const refused = bench.place("northlight", "A", {}, "k");
  bench.faults({ suppliers: { "*": { out_of_stock: 0 } } });

  assert.equal(refused.body["error"], "out_of_stock");
  assert.deepEqual(bench.place("northlight", "A", {}, "k"), refused);
  const { body } = bench.ask("POST", "/suppliers/northlight/orders", { reference: "A" });
  assert.match(String(body["message"]), /Idempotency-Key/);
  assert.deepEqual(bench.bought("northlight"), []);
});

test("SB-21 a look-up shows a purchase only after its lag; other kinds have none", () => {
  const bench = aWorld();
  bench.place("kestrel", "A");
  const found = () =>
    (
      bench.ask("GET", "/suppliers/kestrel/orders?reference=A&reference=B").body["orders"] as Record<string, unknown>[]
    ).map(({ reference }) => reference);

  assert.deepEqual(found(), []);
  bench.pass(10 * minute);
  assert.deepEqual(found(), ["A"]);
  assert.equal(bench.ask("GET", "/suppliers/northlight/orders?reference=A").status, 404);
  assert.equal(bench.ask("GET", "/suppliers/bazaar/orders?reference=A").status, 404);
});

test("SB-22 the statement lists everything that was bought, page by page, with what was cancelled", () => {
  const bench = aWorld();
  for (let no = 0; no < 450; no++)
    bench.place("bazaar", `R-${no}`, { lines: [{ no: 1, sku: "soap-seasalt-x2", units: 1 }] });
  bench.ask("POST", "/suppliers/bazaar/orders/BZ100002/cancellation", { lines: "all" });
  const pages: Record<string, unknown>[][] = [];
  for (let after: unknown = 0, more: unknown = true; more === true;) {
    const { body } = bench.ask("GET", `/suppliers/bazaar/statement?after=${String(after)}`);
    pages.push(body["purchases"] as Record<string, unknown>[]);
    ({ after, more } = body);
  }

  assert.deepEqual(
    pages.map(({ length }) => length),
    [200, 200, 50],
  );
  assert.deepEqual(
    pages.flat().map(({ reference }) => reference),
    bench.bought("bazaar"),
  );
  assert.deepEqual(
    pages
      .flat()
      .filter(({ cancelled }) => cancelled)
      .map(({ orderId }) => orderId),
    ["BZ100002"],
  );
});

test("SB-27 purchases empty the shelf, cancelling fills it, and after a while it is filled up", () => {
  const bench = aWorld();
  const { body } = bench.place("northlight", "A", { lines: [{ no: 1, sku: "NL-2201", units: 2500 }] });
  assert.equal(stockOf(bench, "NL-2201"), 1500);
  assert.equal(
    bench.place("northlight", "B", { lines: [{ no: 1, sku: "NL-2201", units: 1501 }] }).body["error"],
    "out_of_stock",
  );

  bench.ask("POST", `/suppliers/northlight/orders/${String(body["orderId"])}/cancellation`, {
    lines: [{ sku: "NL-2201", units: 100 }],
  });
  assert.equal(stockOf(bench, "NL-2201"), 1600);
  bench.pass(30 * minute);
  assert.equal(stockOf(bench, "NL-2201"), 4000);
});

test("SB-27 what a person sets stays set", () => {
  const bench = aWorld();
  bench.ask("PUT", "/admin/suppliers/northlight/items/NL-2201", { onHand: 0, unitPrice: "7.00" });
  bench.pass(hour);

  assert.equal(stockOf(bench, "NL-2201"), 0);
  assert.equal(bench.place("northlight", "A").body["error"], "out_of_stock");
  bench.ask("PUT", "/admin/suppliers/northlight/items/NL-2201", { onHand: 5 });
  assert.equal(bench.place("northlight", "B").body["total"], "14.00");
  assert.equal(bench.ask("PUT", "/admin/suppliers/northlight/items/NL-0", { onHand: 5 }).status, 404);
});

test("SB-28 a supplier of kind none buys whatever it is sent, twice if it is sent twice", () => {
  const bench = aWorld();
  bench.place("bazaar", "A", {}, "k");
  bench.place("bazaar", "A", {}, "k");
  assert.deepEqual(bench.bought("bazaar"), ["A", "A"]);
});

test("SB-29 what has not left can be cancelled, in parts; what has left cannot", () => {
  const bench = aWorld();
  const { body } = bench.place("northlight", "A", {
    lines: [
      { no: 1, sku: "NL-2201", units: 5 },
      { no: 2, sku: "NL-2210", units: 1 },
    ],
  });
  const orderId = String(body["orderId"]);
  const cancel = (lines: unknown) =>
    bench.ask("POST", `/suppliers/northlight/orders/${orderId}/cancellation`, { lines }).status;

  assert.equal(cancel([{ sku: "NL-2201", units: 6 }]), 409);
  assert.equal(cancel([{ sku: "NL-2201", units: 2 }]), 200);
  assert.equal(cancel([{ sku: "NL-2201", units: 4 }]), 409);
  bench.pass(hour);
  assert.equal(cancel([{ sku: "NL-2201", units: 1 }]), 409);
  assert.equal(cancel("all"), 409);

  assert.deepEqual(
    parcelsOf(bench, orderId).flatMap(({ lines }) => lines),
    [
      { sku: "NL-2201", units: 3 },
      { sku: "NL-2210", units: 1 },
    ],
  );
  assert.equal(bench.ask("POST", "/suppliers/northlight/orders/NL-0/cancellation", { lines: "all" }).status, 404);
});

test("SB-34 people order at the desk, and only there at a supplier that wants people; a prep centre sells nothing", () => {
  const bench = withFaults("refusal", "time_out_after");
  const lamp = {
    lines: [{ no: 1, sku: "lampe-chene", units: 1 }],
    shipTo: { ...bench.world.state.orders.get(bench.sell({ country: "FR" }))!.order.address },
  };

  const desk = bench.ask("POST", "/suppliers/brume/desk", { reference: "A", ...lamp });

  assert.deepEqual([desk.status, desk.body["orderId"], desk.body["total"]], [201, "AB-100001", "120.00"]);
  assert.equal(bench.place("brume", "B", lamp).body["error"], "no_ordering");
  assert.equal(bench.place("pinehouse", "B", lamp).body["error"], "no_ordering");
  assert.equal(
    bench.ask("POST", "/suppliers/brume/desk", { reference: "C", ...lamp, shipTo: { ...lamp.shipTo, country: "JP" } })
      .body["error"],
    "destination_not_served",
  );
});

test("SB-35 an order that no supplier could take is refused with the reason, and nothing is bought", () => {
  const bench = aWorld();
  const shipTo = bench.world.state.orders.get(bench.sell())!.order.address;
  const refusals = [
    [{ lines: [{ no: 1, sku: "NL-0000", units: 1 }] }, "unknown_sku"],
    [{ method: "ROCKET" }, "unknown_method"],
    [{ shipTo: { ...shipTo, city: "" } }, "address_incomplete"],
    [{ currency: "USD" }, "currency_mismatch"],
    [{ maxTotal: "12.79" }, "price_changed"],
    [{ lines: [] }, "bad_request"],
    [{ lines: [{ no: 1, sku: "NL-2201", units: -1 }] }, "bad_request"],
  ] as const;

  for (const [no, [given, error]] of refusals.entries())
    assert.equal(bench.place("northlight", `A-${no}`, given).body["error"], error);
  assert.deepEqual(bench.bought("northlight"), []);
  assert.equal(bench.place("northlight", "A", { maxTotal: "12.80" }).status, 201);
});

test("SB-60 out of stock: refused although the stock list says otherwise", () => {
  const bench = withFaults("out_of_stock");
  const { status, body } = bench.place("northlight", "A");
  assert.deepEqual(
    [status, body["error"], stockOf(bench, "NL-2201"), bench.bought("northlight")],
    [409, "out_of_stock", 4000, []],
  );
});

test("SB-61 price up: within the limit it costs more, above it is refused, and the list still says the old price", () => {
  const bench = withFaults("price_up");
  const { body } = bench.place("northlight", "A");
  const total = Number(body["total"]);
  assert.ok(total >= 12.8 * 1.05 - 0.02 && total <= 12.8 * 1.4 + 0.02, String(total));
  assert.equal(bench.place("northlight", "B", { maxTotal: "12.80" }).body["error"], "price_changed");
  const { body: quote } = bench.ask("POST", "/suppliers/northlight/quote", {
    lines: [{ sku: "NL-2201", units: 2 }],
    country: "DE",
  });
  assert.deepEqual([quote["total"], bench.bought("northlight")], ["12.80", ["A"]]);
});

test("SB-62 refusal: refused without a helpful reason", () => {
  const bench = withFaults("refusal");
  assert.deepEqual([bench.place("northlight", "A").body["error"], bench.bought("northlight")], ["order_refused", []]);
});

test("SB-63 partial acceptance: some units are left out, told by line, and neither charged nor shipped", () => {
  const bench = withFaults("partial_acceptance");
  for (let no = 0; no < 20; no++) {
    const { body } = bench.place("northlight", `A-${no}`, { lines: [{ no: 7, sku: "NL-2201", units: 5 }] });
    const [left] = body["notAccepted"] as { no: number; units: number; reason: string }[];
    assert.ok(
      left !== undefined && left.no === 7 && left.units >= 1 && left.units <= 4 && left.reason === "out_of_stock",
    );
    assert.equal(Number(body["total"]).toFixed(2), ((5 - left.units) * 6.4).toFixed(2));
    bench.pass(hour);
    assert.equal(unitsIn(parcelsOf(bench, body["orderId"])), 5 - left.units);
  }
  const single = bench.place("northlight", "B", { lines: [{ no: 1, sku: "NL-2201", units: 1 }] });
  assert.deepEqual(single.body["notAccepted"], []);
});

function failsSilently(fault: SupplierFault, status: number | "dropped", bought: string[]): void {
  const bench = withFaults(fault);
  const { status: seen, body } = bench.place("bazaar", "A");
  assert.deepEqual([seen, body["orderId"], bench.bought("bazaar")], [status, undefined, bought]);
}
test("SB-64 time-out before: cut off, nothing bought", () => failsSilently("time_out_before", "dropped", []));
test("SB-65 time-out after success: cut off, and bought", () => failsSilently("time_out_after", "dropped", ["A"]));
test("SB-66 error before: HTTP 500, nothing bought", () => failsSilently("error_before", 500, []));
test("SB-67 error after success: HTTP 500, and bought", () => failsSilently("error_after", 500, ["A"]));
test("SB-68 garbage: HTTP 200 with a page, and bought", () => failsSilently("garbage", 200, ["A"]));

test("SB-69 late effect: cut off, and only some time later it was bought", () => {
  const bench = withFaults("late_effect");
  assert.equal(bench.place("bazaar", "A").status, "dropped");
  const listed = () => (bench.ask("GET", "/suppliers/bazaar/statement").body["purchases"] as unknown[]).length;

  assert.deepEqual([listed(), bench.statusOf("bazaar", "BZ100001")], [0, {}]);
  bench.pass(2 * minute);
  assert.equal(listed(), 1);
});

test("SB-70 lost tracking: acknowledged, and never a number", () => {
  const bench = withFaults("lost_tracking");
  const { body } = bench.place("northlight", "A");
  bench.pass(1000 * hour);
  const status = bench.statusOf("northlight", String(body["orderId"]));
  assert.deepEqual([status["acknowledged"], status["parcels"]], [true, []]);
});

test("SB-71 late tracking: the number comes long after shipping", () => {
  const bench = withFaults("late_tracking");
  const { body } = bench.place("northlight", "A");
  bench.pass(24 * minute);
  assert.deepEqual(parcelsOf(bench, body["orderId"]), []);
  bench.pass(32 * minute);
  const [parcel] = parcelsOf(bench, body["orderId"]);
  assert.ok(parcel !== undefined && Date.parse(parcel.shippedAt) <= bench.now() - 20 * minute);
});

test("SB-72 bad tracking: the number's check digit is wrong", () => {
  const bench = withFaults("bad_tracking");
  const { body } = bench.place("northlight", "A");
  bench.pass(hour);
  const [parcel] = parcelsOf(bench, body["orderId"]);
  assert.equal(checkTrackingNumber(parcel?.trackingNumber ?? "", parcel?.carrier).status, "invalid");
});

test("SB-73 the supplier cancels all or a part of what it had accepted, before it ships, and the rest ships", () => {
  const bench = withFaults("supplier_cancels");
  const all = new Set<boolean>();
  for (let no = 0; no < 20; no++) {
    const { body } = bench.place("northlight", `A-${no}`, { lines: [{ no: 1, sku: "NL-2201", units: 4 }] });
    const orderId = String(body["orderId"]);
    assert.equal(bench.statusOf("northlight", orderId)["cancelledBySupplier"], null);
    bench.pass(hour);
    const status = bench.statusOf("northlight", orderId);
    const { units, reason } = status["cancelledBySupplier"] as { units: { units: number }[]; reason: string };
    const gone = units.reduce((sum, one) => sum + one.units, 0);
    assert.match(reason, /^(out_of_stock|damaged_in_warehouse)$/);
    assert.equal(gone + unitsIn(parcelsOf(bench, orderId)), 4);
    assert.equal(status["isCancelled"], gone === 4);
    all.add(gone === 4);
  }
  assert.deepEqual(all, new Set([false, true]));
});

test("SB-73 what its buyer cancelled first, the supplier does not cancel again", () => {
  const bench = withFaults("supplier_cancels");
  const { body } = bench.place("northlight", "A", { lines: [{ no: 1, sku: "NL-2201", units: 4 }] });
  const orderId = String(body["orderId"]);

  assert.equal(bench.ask("POST", `/suppliers/northlight/orders/${orderId}/cancellation`, { lines: "all" }).status, 200);
  bench.pass(hour);

  const status = bench.statusOf("northlight", orderId);
  assert.deepEqual(
    [status["cancelledBySupplier"], status["cancelledByBuyer"], status["isCancelled"], status["parcels"]],
    [null, [{ sku: "NL-2201", units: 4 }], true, []],
  );
});

test("SB-74 backorder: accepted with a date, and ships after it", () => {
  const bench = withFaults("backorder");
  const { body } = bench.place("northlight", "A");
  bench.pass(10 * minute);
  const until = Date.parse(String(bench.statusOf("northlight", String(body["orderId"]))["backorderedUntil"]));
  assert.ok(until > bench.now());
  bench.pass(2 * hour);
  assert.ok(Date.parse(parcelsOf(bench, body["orderId"])[0]?.shippedAt ?? "") > until);
});

test("SB-75 split parcels: two numbers, the second later, all units once", () => {
  const bench = withFaults("split_parcels");
  const { body } = bench.place("northlight", "A", { lines: [{ no: 1, sku: "NL-2201", units: 5 }] });
  bench.pass(2 * hour);
  const [first, second, ...others] = parcelsOf(bench, body["orderId"]);
  assert.ok(first !== undefined && second !== undefined && others.length === 0);
  assert.notEqual(first.trackingNumber, second.trackingNumber);
  assert.ok(first.shippedAt < second.shippedAt);
  assert.equal(unitsIn([first, second]), 5);
});

test("SB-76 slow look-up: shows up only at the end of the promised lag, never after it", () => {
  const bench = withFaults("slow_lookup");
  bench.place("kestrel", "A");
  const found = () => (bench.ask("GET", "/suppliers/kestrel/orders?reference=A").body["orders"] as unknown[]).length;
  bench.pass(9.6 * minute);
  assert.equal(found(), 0);
  bench.pass(0.4 * minute);
  assert.equal(found(), 1);
});

test("SB-77 a cancellation can be refused although nothing has left", () => {
  const bench = withFaults("cancel_refused");
  const { body } = bench.place("northlight", "A");
  assert.equal(
    bench.ask("POST", `/suppliers/northlight/orders/${String(body["orderId"])}/cancellation`, { lines: "all" }).status,
    409,
  );
  bench.pass(hour);
  assert.equal(unitsIn(parcelsOf(bench, body["orderId"])), 2);
});

test("SB-78 read errors: every way of reading answers 503, and placing does not", () => {
  const bench = withFaults("read_error");
  assert.equal(bench.place("kestrel", "A").status, 201);
  for (const path of ["stock", "statement", "orders?reference=A"])
    assert.equal(bench.ask("GET", `/suppliers/kestrel/${path}`).status, 503, path);
  assert.equal(bench.ask("POST", "/suppliers/kestrel/orders/status", { ids: [] }).status, 503);
});

test("SB-79 rejected credentials: nothing is bought", () => {
  const bench = withFaults("reject_credentials");
  const { status, body } = bench.place("northlight", "A");
  assert.deepEqual([status, body["error"], bench.bought("northlight")], [401, "credentials_rejected", []]);
});

test("SB-59 in a calm world every purchase is acknowledged, shipped whole, with a valid number of its own", () => {
  const bench = aWorld();
  const numbers = new Set<string>();
  for (let no = 0; no < 100; no++) {
    const { body } = bench.place("northlight", `A-${no}`, { lines: [{ no: 1, sku: "NL-2201", units: 3 }] });
    bench.pass(20 * minute);
    const parcels = parcelsOf(bench, body["orderId"]);
    assert.equal(unitsIn(parcels), 3);
    for (const { carrier, trackingNumber } of parcels) {
      assert.equal(checkTrackingNumber(trackingNumber, carrier).status, "valid", trackingNumber);
      numbers.add(trackingNumber);
    }
  }
  assert.equal(numbers.size, 100);
});
