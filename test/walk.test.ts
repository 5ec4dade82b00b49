import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { HttpRequest } from "#connectors/ports.ts";
import type { ChannelOrder, OrderOrigin } from "#domain/channel-order.ts";
import type { OrderId } from "#domain/ids.ts";
import { releaseOrder } from "#domain/edit.ts";
import { requestCancellation } from "#domain/cancel.ts";
import { storeOrders } from "#engine/intake.ts";
import { changeOrders } from "#engine/stage.ts";
import { putProductLinks } from "#engine/manage/product-link.ts";
import type { OrderDossier } from "#domain/order.ts";
import { readDossiers } from "#store/dossier.ts";
import { aChannelLine, aChannelOrder } from "./channel-order.ts";
import { setUp, type SetUp, type SetUpOptions } from "./engine.ts";
import { scriptedSupplier, type Scripted } from "./scripted-supplier.ts";
import { aWorkshop, isClean, type Workshop } from "./workshop.ts";

const start = new Date("2026-11-22T08:00:00Z");
const minutes = (count: number): number => count * 60_000;
const hours = (count: number): number => count * 3_600_000;
const at = (ms: number): Date => new Date(start.getTime() + ms);

interface Walk extends Workshop, SetUp {
  script: Scripted;
  store(id: string, change?: Partial<ChannelOrder>, origin?: OrderOrigin): Promise<OrderId>;
  read(orderId: OrderId): Promise<OrderDossier>;
}

const supplier = (name: string) => ({ kind: "scripted", settings: { connector: { name } } });

async function aWalk(
  t: TestContext,
  options: SetUpOptions = {},
  contract: Parameters<typeof scriptedSupplier>[0] = {},
): Promise<Walk> {
  const script = scriptedSupplier(contract);
  const workshop = await aWorkshop(t, { now: start, suppliers: [["scripted", script.connector]] });
  // What the scripted connector writes goes nowhere; only that it passed the gate's last check counts.
  workshop.engine.outside.http = async (request: HttpRequest) => {
    await request.lastCheck?.();
    return { status: 200, headers: {}, text: "" };
  };
  const made = await setUp(workshop.engine, {
    channel: { kind: "hand" },
    suppliers: { acme: supplier("acme"), bravo: supplier("bravo") },
    links: { MUG: [{ supplier: "acme", sku: "A-MUG" }] },
    ...options,
  });
  return {
    ...workshop,
    ...made,
    script,
    async store(id, change = {}, origin = "live") {
      const now = workshop.clock.now();
      const [stored] = await storeOrders(workshop.engine, { ...made, origin, actor: "channel:test" }, [
        anOrder(id, now, change),
      ]);
      return stored!.orderId;
    },
    read: async (orderId) =>
      (await workshop.database.engine.tx((tx) => readDossiers(tx, [{ workspaceId: made.workspaceId, orderId }])))[0]!,
  };
}

const line = (no: number, sku: string, quantity = 1): ChannelOrder["lines"][number] => ({
  ...aChannelLine(sku, quantity, String(no)),
  unitPrice: "20.00",
});
const anOrder = (id: string, orderedAt: Date, change: Partial<ChannelOrder> = {}): ChannelOrder =>
  aChannelOrder(id, orderedAt, { total: null, lines: [line(1, "MUG")], ...change });
const states = (dossier: OrderDossier): string[] => dossier.fulfillmentOrders.map((fo) => fo.state);
const codes = (dossier: OrderDossier): string[] => dossier.holds.map((hold) => hold.code);

test("WK-1 an order is placed when its buffer ends, looked for 43 times, then held as overdue", async (t) => {
  const walk = await aWalk(t);
  const id = await walk.store("1");

  await walk.run(at(minutes(10) - 1));
  assert.deepEqual([states(await walk.read(id)), walk.script.bought.length], [["waiting"], 0]);
  await walk.run(at(minutes(11)));
  assert.deepEqual([states(await walk.read(id)), walk.script.bought.length], [["placed"], 1]);

  await walk.run(at(hours(24)));
  assert.equal(walk.script.looks.get("acme") ?? 0, 0, "the first look is 24 hours after placing, not before");
  await walk.run(at(hours(25)));
  assert.equal(walk.script.looks.get("acme"), 1);
  await walk.run(at(hours(200)));

  const overdue = await walk.read(id);
  assert.deepEqual(
    [walk.script.looks.get("acme"), codes(overdue), overdue.order.headline],
    [43, ["tracking_overdue"], "needs_attention"],
  );
  await isClean(walk);
});

test("WK-2 with tracking at the third look it is shipped, and completed after the days set", async (t) => {
  const walk = await aWalk(t);
  const id = await walk.store("1");
  walk.script.onTrack.set("acme", () =>
    walk.script.looks.get("acme")! < 3
      ? {}
      : {
          parcels: [
            {
              carrier: "dhl",
              trackingNumber: "00340434161094042557",
              shippedAt: walk.clock.now(),
              lines: "all" as const,
            },
          ],
        },
  );

  await walk.run(at(hours(40)));
  const shipped = await walk.read(id);
  assert.deepEqual(
    [states(shipped), walk.script.looks.get("acme"), shipped.shipments[0]?.parcels[0]?.trackingNumber],
    [["shipped"], 3, "00340434161094042557"],
  );

  await walk.run(at(hours(40 + 15 * 24)));

  const done = await walk.read(id);
  // A channel that is brought by hand is told by hand; until somebody ticks it, the order does not count as done.
  assert.deepEqual(
    [done.order.headline, done.writeBacks.map((each) => each.state), walk.script.looks.get("acme")],
    ["shipped", ["by_hand"], 3],
  );
  await isClean(walk);
});

test("WK-3 a shop that is connected with 60 days of orders places none of them, whatever their state there", async (t) => {
  const walk = await aWalk(t);
  for (let day = 60; day > 0; day -= 1) {
    const orderedAt = at(-day * hours(24));
    const state =
      day % 3 === 0
        ? { payment: "pending" as const, paidAt: null }
        : day % 3 === 1
          ? { lines: [{ ...line(1, "MUG", 2), fulfilled: 1 }] }
          : {};
    await walk.store(`old-${day}`, { orderedAt, updatedAt: orderedAt, paidAt: orderedAt, ...state }, "first_sync");
  }

  await walk.run(at(hours(48)));

  assert.equal(walk.script.bought.length, 0);
  await isClean(walk);
});

const twoSuppliers: SetUpOptions = {
  links: {
    MUG: [{ supplier: "acme", sku: "A-MUG" }],
    TEA: [
      { supplier: "acme", sku: "A-TEA", priority: 1 },
      { supplier: "bravo", sku: "B-TEA", priority: 2 },
    ],
    POT: [{ supplier: "bravo", sku: "B-POT" }],
  },
};

test("WK-4 three lines with two suppliers are two purchase orders and one order", async (t) => {
  const walk = await aWalk(t, twoSuppliers);
  const id = await walk.store("1", { lines: [line(1, "MUG"), line(2, "TEA", 2), line(3, "POT")] });

  await walk.run(at(minutes(20)));

  assert.deepEqual(
    walk.script.bought
      .toSorted((a, b) => (a.supplier < b.supplier ? -1 : 1))
      .map((each) => [each.supplier, each.request.lines.map((each) => [each.supplierSku, each.units])]),
    [
      [
        "acme",
        [
          ["A-MUG", 1],
          ["A-TEA", 2],
        ],
      ],
      ["bravo", [["B-POT", 1]]],
    ],
  );
  const dossier = await walk.read(id);
  assert.deepEqual([states(dossier), dossier.order.headline], [["placed", "placed"], "ordered"]);
  await isClean(walk);
});

test("WK-5 a refused line goes to the next supplier; when there is none it is held, and resolving sends it on", async (t) => {
  const walk = await aWalk(t, twoSuppliers);
  walk.script.onPlace.set("acme", (request, accept) => {
    const tea = request.lines.find((each) => each.supplierSku === "A-TEA");
    return {
      ...accept(),
      notAccepted: tea === undefined ? [] : [{ no: tea.no, units: tea.units, reason: "out_of_stock" }],
    };
  });
  walk.script.onPlace.set("bravo", () => ({
    status: "refused",
    reason: "supplier_refused",
    message: "no longer sold",
  }));
  const id = await walk.store("1", { lines: [line(1, "MUG"), line(2, "TEA", 2)] });

  await walk.run(at(minutes(20)));

  const held = await walk.read(id);
  assert.equal(held.order.headline, "needs_attention");
  assert.deepEqual(
    walk.script.bought.map((each) => each.supplier),
    ["acme"],
  );
  const stuck = held.fulfillmentOrders.find((fo) => fo.state === "held");
  assert.notEqual(stuck?.replaces, null);
  assert.equal(codes(held).length, 1);
  await isClean(walk);

  walk.script.onPlace.delete("bravo");
  await changeOrders(
    walk.engine,
    [{ workspaceId: walk.workspaceId, orderId: id }],
    {},
    ([draft]) => releaseOrder(draft!),
    "user:test",
  );
  walk.script.onPlace.delete("acme");
  await walk.run(at(minutes(40)));

  const done = await walk.read(id);
  assert.equal(done.order.headline, "ordered");
  const tea = walk.script.bought
    .flatMap((each) => each.request.lines)
    .filter((each) => each.supplierSku.endsWith("TEA"))
    .map((each) => each.units);
  assert.ok(tea.reduce((sum, units) => sum + units, 0) >= 2);
  await isClean(walk);
});

test("WK-6 a cancel within the buffer stops the order and no supplier ever hears of it", async (t) => {
  const walk = await aWalk(t);
  const id = await walk.store("1");
  await walk.run(at(minutes(9)));

  await changeOrders(
    walk.engine,
    [{ workspaceId: walk.workspaceId, orderId: id }],
    {},
    ([draft]) => requestCancellation(draft!, { askedBy: "channel", lines: "all", at: walk.clock.now() }),
    "channel:test",
  );
  await walk.run(at(hours(48)));

  assert.deepEqual([walk.script.bought.length, (await walk.read(id)).order.headline], [0, "cancelled"]);
  await isClean(walk);
});

test("WK-7 a hold wakes by itself when its cause goes: the SKU is linked and the order is placed", async (t) => {
  const walk = await aWalk(t);
  const id = await walk.store("1", { lines: [line(1, "NEW-SKU")] });
  await walk.run(at(minutes(30)));
  assert.deepEqual(codes(await walk.read(id)), ["sku_not_linked"]);

  await putProductLinks(walk.manage, walk.workspaceId, [
    {
      sku: "NEW-SKU",
      channelId: null,
      options: [{ supplierId: walk.suppliers.get("acme")!, supplierSku: "A-NEW", unitCost: "4.00", currency: "EUR" }],
    },
  ]);
  await walk.run(at(minutes(31)));

  assert.deepEqual([states(await walk.read(id)), walk.script.bought.length], [["placed"], 1]);
  await isClean(walk);
});

test("WK-8 a lost answer is never answered by a second purchase", async (t) => {
  for (const kind of ["key", "lookup"] as const) {
    const walk = await aWalk(t, {}, { kind, ...(kind === "lookup" ? { lookup: "by-ref" as const } : {}) });
    let lost = 0;
    walk.script.onPlace.set("acme", (_request, accept) => {
      const answer = accept();
      return lost++ === 0 ? { status: "unknown", message: "the connection was cut" } : answer;
    });
    const id = await walk.store("1");

    await walk.run(at(hours(1)));

    assert.deepEqual([kind, states(await walk.read(id)), walk.script.bought.length], [kind, ["placed"], 1]);
    await isClean(walk);
  }
});

test("WK-9 a person and the engine place at the same moment: one of them is refused", async (t) => {
  const { takeOver } = await import("#engine/actions/placing.ts");
  const walk = await aWalk(t);
  const id = await walk.store("1");
  await walk.run(at(minutes(10) - 1));
  walk.clock.advance(2);
  for (const stage of (await import("#engine/stages.ts")).stages.filter((each) => each.name === "release"))
    await stage.run(walk.engine);
  const dossierBefore = await walk.read(id);

  const { place } = await import("#engine/stages/place.ts");
  const [byHand] = await Promise.all([
    takeOver(
      walk.engine,
      { workspaceId: walk.workspaceId, actor: "user:1", role: "owner" },
      { order: dossierBefore.order.publicId, part: dossierBefore.fulfillmentOrders[0]!.publicId },
    ),
    place.run(walk.engine),
  ]);
  await place.settle?.(walk.engine);

  const dossier = await walk.read(id);
  const open = dossier.attempts.filter(
    (each) => each.state === "armed" || each.state === "placed" || each.state === "unknown",
  );
  assert.equal(open.length, 1, JSON.stringify([byHand, dossier.attempts.map((each) => [each.kind, each.state])]));
  assert.ok(walk.script.bought.length <= 1);
});
