import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { TestContext } from "node:test";
import {
  GateAway,
  type Carrier,
  type Channel,
  type ChannelCancelRequest,
  type Failure,
  type Gate,
  type InboxDocument,
  type InboxFault,
  type ParcelProgress,
  type StockItem,
  type SupplierOrderProgress,
  type WriteBackRequest,
} from "#connectors/ports.ts";
import { emptyAddress } from "#domain/address.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { OrderId } from "#domain/ids.ts";
import { armAttempt } from "#domain/placement.ts";
import { closeAttempt } from "#domain/placement-close.ts";
import { readDossiers } from "#store/dossier.ts";
import type { KeptOrders } from "#store/kept-orders.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { storeOrders } from "#engine/intake.ts";
import { changeOrders, type Stage } from "#engine/stage.ts";
import { release } from "#engine/stages/release.ts";
import { verify } from "#engine/stages/verify.ts";
import { setUp, testEngine, type SetUpOptions } from "./engine.ts";
import { testDatabase } from "./postgres.ts";

/** A pretend outside that a test writes its answers into. */
export class PretendOutside {
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
    stock: async () => ({ status: "ok", items: this.stock }),
    readInbox: async () => ({ status: "ok", documents: this.inbox }),
    finishInbox: async (_account: unknown, document: InboxDocument, faults: InboxFault[]) => {
      this.finished.push({ fileName: document.fileName, faults });
      this.inbox = this.inbox.filter((each) => each !== document);
      return { status: "ok" };
    },
    cancel: async (_account: unknown, calls: unknown[]) => {
      this.cancelCalls.push(...calls);
      return calls.map(() => this.cancelAnswer);
    },
  } as unknown as Gate;

  stock: StockItem[] = [];
  inbox: InboxDocument[] = [];
  readonly finished: { fileName: string; faults: InboxFault[] }[] = [];

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

const standard: SetUpOptions = {
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
export async function placedOrders(
  t: TestContext,
  count = 1,
  change: SetUpOptions & { outcome?: "placed" | "unknown"; kept?: KeptOrders } = {},
) {
  const outside = new PretendOutside();
  const database = await testDatabase(t);
  const engine = testEngine(database.engine, {
    gate: outside.gate,
    channels: new Map([["sandbox", outside.channel]]),
    carriers: new Map([["sandbox", outside.carrier]]),
    now: new Date("2026-11-22T11:50:00Z"),
    ...(change.kept === undefined ? {} : { kept: change.kept }),
  });
  const made = await setUp(engine, { ...standard, ...change });
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
    drafts.forEach((draft, index) => place(draft, `P-${index + 1}`, change.outcome ?? "placed")),
  );
  const dossier = async (index = 0) => (await readDossiers(database.engine, [orders[index]!]))[0]!;
  return { ...made, outside, database, engine, orders, dossier };
}

function place(draft: OrderDraft, supplierOrderId: string, outcome: "placed" | "unknown"): void {
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
    const answer =
      outcome === "unknown"
        ? ({ status: "unknown", message: "no answer" } as const)
        : ({ status: "placed", supplierOrderId, total: { amount: 1200n, currency: "EUR" }, notAccepted: [] } as const);
    closeAttempt(draft, armed.armed, answer as Parameters<typeof closeAttempt>[2], { source: "gate" });
  }
}

export async function drain(engine: Parameters<Stage["run"]>[0], stages: readonly Stage[]): Promise<void> {
  for (let moved = 1; moved > 0;) {
    moved = 0;
    for (const stage of stages) moved += await stage.run(engine);
  }
}
