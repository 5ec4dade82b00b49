import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";
import {
  GateAway,
  type Carrier,
  type Channel,
  type ChannelCancelRequest,
  type Failure,
  type Gate,
  type ParcelProgress,
  type SupplierOrderProgress,
  type WriteBackRequest,
} from "#connectors/ports.ts";
import { emptyAddress } from "#domain/address.ts";
import { requestCancellation } from "#domain/cancel.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { OrderId } from "#domain/ids.ts";
import { armAttempt } from "#domain/placement.ts";
import { closeAttempt } from "#domain/placement-close.ts";
import { dayMs } from "#domain/settings.ts";
import { readDossiers } from "#store/dossier.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { setUp, testEngine, type SetUpOptions } from "../../../test/engine.ts";
import { testDatabase } from "../../../test/postgres.ts";
import { storeOrders } from "../intake.ts";
import { changeOrders, type Stage } from "../stage.ts";
import { cancel } from "./cancel.ts";
import { complete } from "./complete.ts";
import { follow } from "./follow.ts";
import { release } from "./release.ts";
import { track } from "./track.ts";
import { verify } from "./verify.ts";
import { writeBack } from "./write-back.ts";

const hour = 3_600_000;
const ups1 = "1Z999AA10123456784";

/** A pretend outside that a test writes its answers into. */
class Outside {
  readonly looks: string[][] = [];
  readonly told: WriteBackRequest[] = [];
  readonly cancelsTold: ChannelCancelRequest[] = [];
  readonly cancelCalls: unknown[] = [];
  reads = 0;
  progress = new Map<string, Partial<SupplierOrderProgress>>();
  trackFailure: Failure | "away" | null = null;
  cancelAnswer: Awaited<ReturnType<Gate["cancel"]>>[number] = { status: "accepted" };
  writeFailure: Failure | "throws" | "lost" | null = null;
  parcels = new Map<string, ParcelProgress>();
  cancellable: "api" | "human" | "no" = "api";

  readonly gate = {
    contract: () => ({
      kind: "key",
      lookupLagMs: 0,
      maxInFlightMs: 1000,
      sendByMs: 1000,
      moneyPoint: "place",
      cancellable: this.cancellable,
      testedOn: "2026-11-22",
    }),
    capabilities: (kind: string) => ({
      tracking: kind === "by-hand" ? "by_hand" : "poll",
      stock: false,
      quote: false,
      cancel: true,
      list: false,
      acknowledges: true,
    }),
    track: async (_account: unknown, ids: string[]) => {
      this.looks.push(ids);
      if (this.trackFailure === "away") throw new GateAway("no gate");
      if (this.trackFailure !== null) return this.trackFailure;
      const empty = { acknowledged: true, cancelled: null, backorderedUntil: null, parcels: [], total: null };
      return {
        status: "ok",
        orders: ids.map((supplierOrderId) => ({ supplierOrderId, ...empty, ...this.progress.get(supplierOrderId) })),
      };
    },
    cancel: async (_account: unknown, calls: unknown[]) => {
      this.cancelCalls.push(...calls);
      return calls.map(() => this.cancelAnswer);
    },
  } as unknown as Gate;

  readonly channel = {
    manifest: { id: "sandbox", title: "", settings: {} },
    writeBack: async (_context: unknown, batch: WriteBackRequest[]) => {
      if (this.writeFailure === "throws") throw new Error("socket closed");
      if (this.writeFailure !== null && this.writeFailure !== "lost")
        return batch.map(() => this.writeFailure as Failure);
      this.told.push(...batch);
      if (this.writeFailure === "lost") return batch.map(() => ({ status: "unknown", message: "no answer" }));
      return batch.map((request) => ({ status: "told", channelReference: `F-${request.reference}` }));
    },
    readBack: async (_context: unknown, batch: { reference: string; trackingNumber: string }[]) => {
      this.reads += 1;
      return batch.map(({ reference, trackingNumber }) => ({
        status: "ok",
        knows: this.told.some((each) => each.reference === reference && each.trackingNumber === trackingNumber),
        channelReference: "F",
        delivered: false,
      }));
    },
    cancel: async (_context: unknown, batch: ChannelCancelRequest[]) => {
      this.cancelsTold.push(...batch);
      return batch.map(() => ({ status: "ok" }));
    },
  } as unknown as Channel;

  readonly carrier = {
    follow: async (_outside: unknown, _settings: unknown, numbers: string[]) => ({
      status: "ok",
      parcels: numbers.map(
        (trackingNumber) => this.parcels.get(trackingNumber) ?? { trackingNumber, state: "unknown_number", at: null },
      ),
    }),
  } as unknown as Carrier;
}

const options: SetUpOptions = {
  channel: { connection: { everyMs: 1 } },
  workspace: { carriers: { "*": { connector: "sandbox", settings: {} } } },
  suppliers: { acme: {}, rest: {} },
  links: {
    MUG: [
      { supplier: "acme", sku: "A-MUG", priority: 1 },
      { supplier: "rest", sku: "R-MUG", priority: 2 },
    ],
  },
};

/** `count` orders of three mugs each, placed at acme as purchases P-1, P-2 … at the clock's start. */
async function placedOrders(t: TestContext, count = 1, change: SetUpOptions = {}) {
  const outside = new Outside();
  const database = await testDatabase(t);
  const engine = testEngine(database.engine, {
    gate: outside.gate,
    channels: new Map([["sandbox", outside.channel]]),
    carriers: new Map([["sandbox", outside.carrier]]),
    now: new Date("2026-11-22T11:50:00Z"),
  });
  const made = await setUp(engine, { ...options, ...change });
  const stored = await storeOrders(
    engine,
    { workspaceId: made.workspaceId, channelId: made.channelId, origin: "live", actor: "channel:test" },
    Array.from({ length: count }, (_, index) => {
      const id = String(index + 1);
      return {
        channelOrderId: id,
        number: `#${id}`,
        orderedAt: engine.clock.now(),
        updatedAt: engine.clock.now(),
        currency: "EUR",
        payment: "paid" as const,
        paidAt: engine.clock.now(),
        cancelledAt: null,
        buyerId: `buyer-${id}`,
        shipTo: {
          ...emptyAddress,
          name: "Mia Kowalska",
          line1: `Hafenstr. ${id}`,
          city: "Hamburg",
          postcode: "20095",
          country: "DE",
        },
        shippingMethod: null,
        shipBy: null,
        note: null,
        shippingPaid: null,
        total: "60.00",
        risk: "none" as const,
        lines: [
          {
            channelLineId: `L-${id}`,
            sku: "MUG",
            title: "Mug",
            quantity: 3,
            cancelled: 0,
            fulfilled: 0,
            unitPrice: "20.00",
            kind: "goods" as const,
            fulfilledBy: "us" as const,
          },
        ],
      };
    }),
  );
  const keys = stored.map((each) => ({
    workspaceId: made.workspaceId,
    orderId: (each as { orderId: OrderId }).orderId,
  }));
  const all = await database.engine.rows(row({ id: col.id<OrderId>() }), sql`select id from sales_order order by id`);
  const orders = keys.every((key) => key.orderId !== undefined)
    ? keys
    : all.map(({ id }) => ({ workspaceId: made.workspaceId, orderId: id }));
  await drain(engine, [verify]);
  engine.clock.advance(10 * 60_000);
  await drain(engine, [release]);
  await changeOrders(engine, orders, { balances: "lock", stock: "lock" }, (drafts) =>
    drafts.forEach((draft, index) => place(draft, `P-${index + 1}`)),
  );
  const dossier = async (index = 0) => (await readDossiers(database.engine, [orders[index]!]))[0]!;
  return { ...made, outside, database, engine, orders, dossier };
}

function place(draft: OrderDraft, supplierOrderId: string): void {
  for (const fo of draft.dossier.fulfillmentOrders) {
    if (fo.state !== "placing") continue;
    const armed = armAttempt(draft, fo, {
      terms: { kind: "key", lookupLagMs: 0, maxInFlightMs: 1000, sendByMs: 1000 },
      fence: 1,
      installationId: "test",
      sha256: (text) => createHash("sha256").update(text).digest("hex"),
      shipTo: emptyAddress,
      addressNo: 1,
    });
    assert.ok(armed.armed !== null);
    closeAttempt(
      draft,
      armed.armed,
      { status: "placed", supplierOrderId, total: { amount: 1200n, currency: "EUR" }, notAccepted: [] },
      { source: "gate" },
    );
  }
}

async function drain(engine: Parameters<Stage["run"]>[0], stages: readonly Stage[]): Promise<void> {
  for (let moved = 1; moved > 0;) {
    moved = 0;
    for (const stage of stages) moved += await stage.run(engine);
  }
}
const shipping = [track, writeBack, cancel, follow, complete];
const parcel = (trackingNumber = ups1, lines: "all" | { supplierSku: string; units: number }[] = "all") => ({
  carrier: "UPS",
  trackingNumber,
  shippedAt: new Date("2026-11-23T08:00:00Z"),
  lines,
});

test("SH-19 orders go from placed to completed by their timers alone: looked at, told, followed, delivered", async (t) => {
  const at = await placedOrders(t, 3);
  for (const id of ["P-1", "P-2", "P-3"]) at.outside.progress.set(id, { parcels: [] });

  await drain(at.engine, shipping);
  const tooEarly = at.outside.looks.length;
  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);
  const afterFirst = (await at.dossier()).fulfillmentOrders[0]!.state;
  at.outside.progress.set("P-1", { parcels: [parcel()] });
  at.engine.clock.advance(4 * hour);
  await drain(at.engine, shipping);
  const shipped = await at.dossier();
  at.outside.parcels.set(ups1, { trackingNumber: ups1, state: "delivered", at: new Date("2026-11-25T10:00:00Z") });
  at.engine.clock.advance(3 * dayMs);
  await drain(at.engine, [follow]);
  const delivered = await at.dossier();
  at.engine.clock.advance(14 * dayMs);
  await drain(at.engine, [complete]);

  assert.deepEqual([tooEarly, at.outside.looks[0]], [0, ["P-1", "P-2", "P-3"]]);
  assert.equal(afterFirst, "acknowledged");
  assert.deepEqual([shipped.order.headline, shipped.writeBacks.map((each) => each.state)], ["shipped", ["told"]]);
  assert.deepEqual(
    at.outside.told.map(({ channelOrderId, carrier, trackingNumber, lines }) => ({
      channelOrderId,
      carrier,
      trackingNumber,
      lines,
    })),
    [{ channelOrderId: "1", carrier: "ups", trackingNumber: ups1, lines: [{ channelLineId: "L-1", quantity: 3 }] }],
  );
  assert.deepEqual(
    [delivered.fulfillmentOrders[0]!.state, delivered.fulfillmentOrders[0]!.deliveredAt],
    ["delivered", new Date("2026-11-25T10:00:00Z")],
  );
  assert.equal((await at.dossier()).order.headline, "completed");
});

test("SH-19 a look that fails counts, and the next one comes by the plan", async (t) => {
  const at = await placedOrders(t);
  at.outside.trackFailure = "away";

  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);
  at.outside.trackFailure = { status: "unknown", message: "timeout" };
  at.engine.clock.advance(4 * hour);
  await drain(at.engine, shipping);

  const [fo] = (await at.dossier()).fulfillmentOrders;
  assert.deepEqual([fo!.looks, fo!.dueAt, fo!.state], [2, new Date("2026-11-23T20:00:00Z"), "placed"]);
});

test("SH-21 a login that is refused while looking flags the account and holds what hangs on it", async (t) => {
  const at = await placedOrders(t, 2);
  at.outside.trackFailure = { status: "credentials", reason: "credentials_rejected", message: "401" };

  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);
  at.engine.clock.advance(4 * hour);
  await drain(at.engine, shipping);
  const whileRejected = at.outside.looks.length;
  at.outside.trackFailure = null;
  await at.engine.db.run(sql`update supplier_account set credentials_rejected_at = null`);
  at.engine.clock.advance(4 * hour);
  await drain(at.engine, shipping);

  assert.equal(whileRejected, 1);
  assert.equal(at.outside.looks.length, 2);
  assert.deepEqual((await at.dossier()).holds, []);
});

test("SH-10 the same number on the orders of two buyers is told for the first only", async (t) => {
  const at = await placedOrders(t, 2);
  at.outside.progress.set("P-1", { parcels: [parcel()] });
  at.outside.progress.set("P-2", { parcels: [] });
  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);
  at.outside.progress.set("P-2", { parcels: [parcel()] });
  at.engine.clock.advance(4 * hour);
  await drain(at.engine, shipping);

  const second = await at.dossier(1);
  assert.deepEqual(
    at.outside.told.map((each) => each.channelOrderId),
    ["1"],
  );
  assert.deepEqual(
    [second.holds.map((hold) => hold.code), second.order.headline],
    [["tracking_not_accepted"], "needs_attention"],
  );
});

test("SH-10 one number that one report gives to two buyers' orders is told for one only", async (t) => {
  const at = await placedOrders(t, 2);
  for (const id of ["P-1", "P-2"]) at.outside.progress.set(id, { parcels: [parcel()] });

  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);

  assert.equal(at.outside.told.length, 1);
});

test("WB-10 a write-back whose answer was lost is read before it is sent again, and is sent once", async (t) => {
  const at = await placedOrders(t);
  at.outside.progress.set("P-1", { parcels: [parcel()] });
  at.outside.writeFailure = "lost";
  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);
  const unknown = (await at.dossier()).writeBacks.map((each) => each.state);
  at.outside.writeFailure = null;

  at.engine.clock.advance(60_000);
  await drain(at.engine, shipping);

  assert.deepEqual([unknown, (await at.dossier()).writeBacks.map((each) => each.state)], [["unknown"], ["told"]]);
  assert.deepEqual([at.outside.told.length, at.outside.reads], [1, 1]);
});

test("WB-10 a connector that throws leaves the outcome unknown; the channel does not have it, so it is written", async (t) => {
  const at = await placedOrders(t);
  at.outside.progress.set("P-1", { parcels: [parcel()] });
  at.outside.writeFailure = "throws";
  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);
  at.outside.writeFailure = null;

  at.engine.clock.advance(60_000);
  await drain(at.engine, shipping);

  assert.deepEqual(
    [at.outside.told.length, at.outside.reads, (await at.dossier()).writeBacks[0]!.state],
    [1, 1, "told"],
  );
});

test("WB-15 a channel that nothing reaches gets a line on the list of what a person types", async (t) => {
  const at = await placedOrders(t, 1, { channel: {} });
  at.outside.progress.set("P-1", { parcels: [parcel()] });

  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);

  assert.deepEqual(
    (await at.dossier()).writeBacks.map((each) => each.state),
    ["by_hand"],
  );
});

test("SH-6 units that a supplier cancels are verified and routed again, to the next supplier", async (t) => {
  const at = await placedOrders(t);
  at.outside.progress.set("P-1", {
    parcels: [parcel(ups1, [{ supplierSku: "A-MUG", units: 1 }])],
    cancelled: [{ supplierSku: "A-MUG", units: 2, reason: "out_of_stock" }],
  });
  at.engine.clock.advance(24 * hour);

  await drain(at.engine, [track, verify]);

  const dossier = await at.dossier();
  assert.deepEqual(
    dossier.fulfillmentOrders.map((fo) => [
      fo.state,
      fo.supplierId === at.suppliers.get("rest"),
      fo.lines.map((line) => [line.supplierSku, line.quantity - line.quantityCancelled]),
    ]),
    [
      ["shipped", false, [["A-MUG", 1]]],
      ["waiting", true, [["R-MUG", 2]]],
    ],
  );
});

test("CN-7 a supplier that cancels by API is asked once, and its answer goes to the channel", async (t) => {
  const at = await placedOrders(t);
  await changeOrders(at.engine, at.orders, {}, ([draft]) =>
    requestCancellation(draft!, { askedBy: "buyer", lines: [{ orderLineNo: 1, quantity: 2 }] }),
  );

  await drain(at.engine, shipping);

  const dossier = await at.dossier();
  assert.deepEqual(at.outside.cancelCalls, [{ supplierOrderId: "P-1", lines: [{ supplierSku: "A-MUG", units: 2 }] }]);
  assert.deepEqual([dossier.lines[0]!.cancelled, dossier.cancellations[0]!.state], [2, "told"]);
  assert.deepEqual(
    at.outside.cancelsTold.map(({ outcome, lines }) => ({ outcome, lines })),
    [{ outcome: "cancelled", lines: [{ channelLineId: "L-1", quantity: 2 }] }],
  );
});

test("CN-9 a cancellation that the supplier refuses is refused to the channel, and the order goes on", async (t) => {
  const at = await placedOrders(t);
  at.outside.cancelAnswer = { status: "refused", message: "already packed" };
  await changeOrders(at.engine, at.orders, {}, ([draft]) =>
    requestCancellation(draft!, { askedBy: "buyer", lines: "all" }),
  );

  await drain(at.engine, shipping);

  const dossier = await at.dossier();
  assert.deepEqual(
    [dossier.lines[0]!.cancelled, dossier.cancellations[0]!.state, dossier.fulfillmentOrders[0]!.state],
    [0, "refused", "placed"],
  );
  assert.deepEqual(
    at.outside.cancelsTold.map((each) => each.outcome),
    ["refused"],
  );
});

test("CN-9 a question whose answer was lost is answered by the purchase's own state, not asked twice", async (t) => {
  const at = await placedOrders(t);
  at.outside.cancelAnswer = { status: "unknown", message: "timeout" };
  await changeOrders(at.engine, at.orders, {}, ([draft]) =>
    requestCancellation(draft!, { askedBy: "person", lines: "all" }),
  );
  await drain(at.engine, shipping);
  at.outside.progress.set("P-1", { cancelled: "all" });

  at.engine.clock.advance(60_000);
  await drain(at.engine, shipping);

  const dossier = await at.dossier();
  assert.equal(at.outside.cancelCalls.length, 1);
  assert.deepEqual(
    [dossier.lines[0]!.cancelled, dossier.order.headline, dossier.fulfillmentOrders.length],
    [3, "cancelled", 1],
  );
});

test("CN-15 a supplier without a way to cancel by machine becomes a question for a person, or a refusal where it never cancels", async (t) => {
  const human = await placedOrders(t);
  human.outside.cancellable = "human";
  await changeOrders(human.engine, human.orders, {}, ([draft]) =>
    requestCancellation(draft!, { askedBy: "person", lines: "all" }),
  );
  await drain(human.engine, shipping);
  const never = await placedOrders(t);
  never.outside.cancellable = "no";
  await changeOrders(never.engine, never.orders, {}, ([draft]) =>
    requestCancellation(draft!, { askedBy: "person", lines: "all" }),
  );
  await drain(never.engine, shipping);

  assert.deepEqual(
    (await human.dossier()).holds.map((hold) => hold.code),
    ["cancel_requested"],
  );
  assert.deepEqual([(await never.dossier()).cancellations[0]!.state, (await never.dossier()).holds], ["refused", []]);
});

test("WB-8 in safe mode nothing is told and no supplier is asked", async (t) => {
  const at = await placedOrders(t);
  at.outside.progress.set("P-1", { parcels: [parcel(ups1, [{ supplierSku: "A-MUG", units: 1 }])] });
  await changeOrders(at.engine, at.orders, {}, ([draft]) =>
    requestCancellation(draft!, { askedBy: "person", lines: [{ orderLineNo: 1, quantity: 1 }] }),
  );
  await at.engine.db.run(
    sql`insert into installation (only_one, id, token_digest, home, safe_mode_reason, started_at, heartbeat_at) values (true, 'i', 't', 'h', 'a copy', ${at.engine.clock.now()}, ${at.engine.clock.now()})`,
  );

  at.engine.clock.advance(24 * hour);
  await drain(at.engine, shipping);

  assert.deepEqual([at.outside.told.length, at.outside.cancelCalls.length], [0, 0]);
  assert.deepEqual([await writeBack.nextDue(at.engine.db), await cancel.nextDue(at.engine.db)], [null, null]);
  assert.equal((await at.dossier()).fulfillmentOrders[0]!.state, "partially_shipped");
});
