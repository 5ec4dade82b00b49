import assert from "node:assert/strict";
import { test } from "node:test";
import { calm, changeProfile, type SupplierFault } from "#sandbox/profile.ts";
import { demoSetup } from "#sandbox/demo.ts";
import { memoryLog } from "#sandbox/log.ts";
import { httpTo } from "#sandbox/outside.ts";
import { createWorld } from "#sandbox/world.ts";
import { buyers } from "#sandbox/shop/buyers.ts";
import { supplierSuite, type PlaceTrouble, type SupplierAbility, type SupplierBench } from "#connectors/ports.suite.ts";
import type { HttpRequest, Outside, PlaceRequest } from "#connectors/ports.ts";
import { sandboxSupplier } from "./supplier.ts";
import { Secret } from "#domain/secret.ts";

const faultOf: Record<PlaceTrouble, SupplierFault> = {
  refuses: "refusal",
  cut_before: "time_out_before",
  cut_after: "time_out_after",
  error_before: "error_before",
  error_after: "error_after",
  nonsense: "garbage",
};
const speed = 60;

/** A world of its own for each test, with a clock that only `pass` moves. */
async function makeBench(code: string, supplierSku: string, unitCost: string): Promise<SupplierBench> {
  let at = Date.parse("2026-11-22T10:00:00Z");
  const now = () => new Date(at);
  const world = createWorld({
    seed: "5",
    now,
    log: memoryLog(),
    settings: { speed, ordersAtStart: 0, ordersPerMinute: 0 },
  });
  let requests = 0;
  const http = httpTo({ world, wait: async () => undefined });
  const outside = { now, http: (request: HttpRequest) => (requests++, http(request)) } as Outside;
  const set = demoSetup({ baseUrl: "http://sandbox.local", speed }).suppliers.find(
    (supplier) => supplier.code === code,
  )!;
  const context = {
    supplierId: code,
    accountId: code,
    settings: set.settings.connector!,
    secrets: Object.fromEntries(
      Object.entries(set.accounts[0]!.secrets).map(([name, text]) => [name, new Secret(text)]),
    ),
    outside,
  };
  const method = { northlight: "STD", kestrel: "GROUND", bazaar: "post", brume: "colis" }[code] ?? "";
  const admin = (path: string, body: unknown) =>
    world.handle({ method: "PUT", path, headers: {}, body: JSON.stringify(body) });
  const purchase = (reference: string): PlaceRequest => ({
    reference,
    idempotencyKey: `key-of-${reference}`,
    maxTotal: { amount: 50_000n, currency: "EUR" },
    shipTo: buyers[0]!.address,
    method,
    lines: [{ no: 1, supplierSku, units: 2, unitCost }],
    note: "",
  });
  const atDesk = async (request: PlaceRequest): Promise<string> => {
    const { lines, shipTo, reference } = request;
    const body = JSON.stringify({
      reference,
      shipTo,
      method,
      lines: lines.map((line) => ({ no: line.no, sku: line.supplierSku, units: line.units })),
    });
    const answer = await http({
      method: "POST",
      url: `http://sandbox.local/suppliers/${code}/desk`,
      headers: { authorization: `Bearer sandbox-${code}` },
      body,
      timeoutMs: 1000,
    });
    return (JSON.parse(answer.text) as { orderId: string }).orderId;
  };
  return {
    supplier: sandboxSupplier,
    context,
    unreachable: {
      ...context,
      outside: { ...outside, http: httpTo({ world, wait: async () => undefined, isListening: () => false }) },
    },
    purchase,
    ...(code === "brume" ? { buy: atDesk } : {}),
    trouble: async (trouble) => {
      const rates =
        trouble === null
          ? calm.suppliers[code]
          : changeProfile(calm, { suppliers: { [code]: { [faultOf[trouble]]: 1 } } }).suppliers[code];
      admin("/admin/faults", { suppliers: { [code]: rates } });
    },
    pass: async (ms) => void (at += ms),
    bought: async () =>
      [...world.state.suppliers.get(code)!.purchases.values()].map((entry) => entry.purchase.reference),
    requests: () => requests,
    shippedAfterMs: (60 * 60_000) / speed,
    close: async () => undefined,
  };
}

const noLookup = "this kind of supplier has no look-up by reference";
const noKey = "this kind of supplier knows no keys";
const people = "this supplier takes orders from people only";
const kinds: [name: string, bench: () => Promise<SupplierBench>, cannot: Partial<Record<SupplierAbility, string>>][] = [
  ["sandbox, kind key", () => makeBench("northlight", "NL-2201", "6.40"), { find: noLookup }],
  ["sandbox, kind lookup", () => makeBench("kestrel", "KR-MUG-B", "6.95"), { key: noKey }],
  ["sandbox, kind none", () => makeBench("bazaar", "soap-seasalt-x2", "4.60"), { key: noKey, find: noLookup }],
  ["sandbox, kind human", () => makeBench("brume", "lampe-chene", "120.00"), { place: people, find: noLookup }],
];
for (const [name, bench, cannot] of kinds) supplierSuite(name, bench, cannot);

test("SB-23 a supplier that only people can order from is never sent a purchase by the machine", async () => {
  const bench = await makeBench("brume", "lampe-chene", "120.00");
  const answers: unknown[] = [];

  await bench.supplier.place(bench.context, [bench.purchase("SB-23")], (_, answer) => answers.push(answer));

  assert.deepEqual(answers, [{ status: "not_sent", message: "This supplier takes orders from people only." }]);
  assert.equal(bench.requests(), 0);
});

test("SB-24 a contract's promises are divided by the speed, except how long we ourselves may take", () => {
  const contract = (kind: string, speed: number) => sandboxSupplier.contract({ kind, speed });
  assert.equal(contract("lookup", 1).lookupLagMs, 600_000);
  assert.equal(contract("lookup", 60).lookupLagMs, 10_000);
  assert.equal(contract("lookup", 60).maxInFlightMs, 2_000);
  assert.equal(contract("lookup", 100_000).lookupLagMs, 1_000);
  assert.equal(contract("key", 60).keyWindowMs, 1_440_000 - 1_000);
  assert.equal(contract("key", 60).sendByMs, 10_000);
  assert.equal(contract("prep", 60).kind, "human");
  assert.equal(sandboxSupplier.contract({}).kind, "none");
});

test("SB-25 a reference that the supplier has already counts as bought, under its number", async () => {
  const bench = await makeBench("kestrel", "KR-MUG-B", "6.95");
  const answers: unknown[] = [];
  const duplicate = {
    error: "duplicate_reference",
    message: "We have it.",
    orderId: "KR7",
    reference: "SB-25",
    total: "13.90",
    currency: "EUR",
    notAccepted: [],
  };
  const http = async () => ({ status: 409, headers: {}, text: JSON.stringify(duplicate) });

  await bench.supplier.place(
    { ...bench.context, outside: { ...bench.context.outside, http } },
    [bench.purchase("SB-25")],
    (_, answer) => answers.push(answer),
  );

  assert.deepEqual(answers, [
    { status: "placed", supplierOrderId: "KR7", total: { amount: 1390n, currency: "EUR" }, notAccepted: [] },
  ]);
});

test("SB-26 an answer that is on no list, or confirms another reference, is unknown", async () => {
  const bench = await makeBench("kestrel", "KR-MUG-B", "6.95");
  const confirmation = { orderId: "KR7", reference: "other", total: "1.00", currency: "EUR", notAccepted: [] };
  const answers = [
    [200, JSON.stringify(confirmation)],
    [201, "{}"],
    [409, JSON.stringify({ error: "order_in_progress", message: "Wait." })],
    [422, JSON.stringify({ error: "key_reused", message: "This key came before with another order." })],
    [422, "<html>"],
    [429, JSON.stringify({ error: "too_many", message: "Slow down." })],
    [404, ""],
    [302, ""],
  ] as const;

  for (const [status, text] of answers) {
    const seen: string[] = [];
    const http = async () => ({ status, headers: {}, text });
    await bench.supplier.place(
      { ...bench.context, outside: { ...bench.context.outside, http } },
      [bench.purchase("SB-26")],
      (_, answer) => seen.push(answer.status),
    );
    assert.deepEqual(seen, ["unknown"], `${status} ${text}`);
  }
});

test("SB-82 what will not come is told as one total: not accepted, taken back by us, cancelled by the supplier", async () => {
  const bench = await makeBench("northlight", "NL-2201", "6.40");
  const status = (parts: Record<string, unknown>) => ({
    orders: [
      {
        orderId: "NL-7",
        acknowledged: true,
        isCancelled: false,
        backorderedUntil: null,
        notAccepted: [],
        cancelledBySupplier: null,
        cancelledByBuyer: [],
        parcels: [],
        total: "6.40",
        currency: "EUR",
        ...parts,
      },
    ],
  });
  const cancelled = async (parts: Record<string, unknown>) => {
    const http = async () => ({ status: 200, headers: {}, text: JSON.stringify(status(parts)) });
    const outside = { ...bench.context.outside, http };
    const answer = await bench.supplier.track({ ...bench.context, outside }, ["NL-7"]);
    return answer.status === "ok" ? answer.orders[0]?.cancelled : answer;
  };
  const one = [{ sku: "NL-2201", units: 1 }];

  assert.equal(await cancelled({}), null);
  assert.deepEqual(
    await cancelled({
      notAccepted: one,
      cancelledBySupplier: { units: [{ sku: "NL-2201", units: 2 }], reason: "damaged_in_warehouse" },
      cancelledByBuyer: one,
    }),
    [
      { supplierSku: "NL-2201", units: 1, reason: "out_of_stock" },
      { supplierSku: "NL-2201", units: 2, reason: "supplier_cancelled" },
      { supplierSku: "NL-2201", units: 1, reason: "supplier_cancelled" },
    ],
  );
});
