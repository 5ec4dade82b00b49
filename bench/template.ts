import assert from "node:assert/strict";
import { Client, type PoolConfig } from "pg";
import type { Channel, Carrier, HttpRequest, ParcelProgress, WriteBackRequest } from "#connectors/ports.ts";
import { emptyAddress } from "#domain/address.ts";
import type { ChannelOrder } from "#domain/channel-order.ts";
import type { AccountId } from "#domain/ids.ts";
import type { Stage } from "#engine/stage.ts";
import { storeOrders } from "#engine/intake.ts";
import { topUp } from "#engine/manage/balance.ts";
import { complete } from "#engine/stages/complete.ts";
import { follow } from "#engine/stages/follow.ts";
import { place } from "#engine/stages/place.ts";
import { release } from "#engine/stages/release.ts";
import { track } from "#engine/stages/track.ts";
import { verify } from "#engine/stages/verify.ts";
import { writeBack } from "#engine/stages/write-back.ts";
import { createGate } from "#gate/gate.ts";
import { Journal, memoryStore } from "#gate/journal.ts";
import { canonical, chain } from "#store/event-chain.ts";
import { openDb } from "#store/db.ts";
import { insertInstallation } from "#store/installation.ts";
import { setUp, testEngine, VirtualClock, type TestEngine } from "#test/engine.ts";
import { scriptedSupplier } from "#test/scripted-supplier.ts";

/** A row as the server prints it: every value is text or null. */
export type TextRow = Readonly<Record<string, string | null>>;
export interface TableRows {
  table: string;
  /** Type names as the server prints them, such as `bigint`, `jsonb`, `timestamp with time zone`. */
  types: Readonly<Record<string, string>>;
  rows: readonly TextRow[];
}
/** One order's rows, as the real engine leaves them, and those of the workspace around it. */
export interface OrderTemplate {
  /** When the order was received: every other instant is told from it. */
  receivedAt: Date;
  workspace: readonly TableRows[];
  /** Waiting for its buffer to end. */
  waiting: readonly TableRows[];
  /** Completed: placed, shipped, told, delivered, fourteen days over. */
  finished: readonly TableRows[];
}

/** What one order has that no other has. Each text is found again in the rows and replaced, so it must occur nowhere else. */
export const marks = {
  slug: "qqslugqq",
  number: "QQNUMBERQQ",
  channelOrderId: "QQCHANNELORDERQQ",
  skus: ["QQSKUONEQQ", "QQSKUTWOQQ"],
  firstName: "Qqfirstqq",
  lastName: "Qqlastqq",
  house: "QQHOUSEQQ",
  email: "qqemailqq@example.com",
  buyerId: "QQBUYERQQ",
  supplierOrderId: "QQSUPPLIERORDERQQ",
  trackingNumber: "QQTRACKINGQQ",
} as const;

/** The tables in which an order has rows; an order's own ids are those of the tables that have a column `id`. */
export const orderTables = [
  "event",
  "sales_order",
  "order_line",
  "order_version",
  "order_address",
  "order_edit",
  "fulfillment_order",
  "fulfillment_order_line",
  "hold",
  "attempt",
  "evidence",
  "shipment",
  "shipment_line",
  "parcel",
  "write_back",
  "cancellation",
  "cancellation_ask",
  "ledger_transaction",
  "ledger_entry",
  "stock_reservation",
  "decision",
] as const;
export const workspaceTables = [
  "workspace",
  "channel",
  "channel_registry",
  "connection",
  "supplier",
  "supplier_account",
  "product_link",
  "product_link_option",
  "stock",
  "ledger_account",
  "ledger_transaction",
  "ledger_entry",
] as const;

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Ids of the template lie far above every amount, so that neither is ever taken for the other. */
const firstId = 9_000_000_000_000n;

/**
 * Lives the life of one order with the product's own stages and gate: two lines, one prepaid supplier that answers at once, tracking at the first look, the
 * channel told and read back, delivered, completed. `database`: migrated and otherwise empty; it is of no use afterwards.
 */
export async function liveOneOrder(database: {
  engine: PoolConfig;
  administrator: PoolConfig;
}): Promise<OrderTemplate> {
  const db = openDb(database.engine, { max: 4 });
  const administrator = new Client({ ...database.administrator, types: asText });
  await administrator.connect();
  try {
    await administrator.query(`select setval('id_block', ${firstId})`);
    const clock = new VirtualClock(new Date("2026-01-05T08:00:00Z"));
    const engine = await anEngine(db, clock);
    const made = await setUpWorkspace(engine);
    const receivedAt = clock.now();
    await storeOrders(engine, { ...made, origin: "live", actor: "channel:bench" }, [anOrder(receivedAt)]);
    await drain(engine);
    const waiting = await readTables(administrator, orderTables);
    for (const pause of [11 * minute, 25 * hour, 5 * minute, 2 * day, 15 * day, 15 * day]) {
      clock.advance(pause);
      await drain(engine);
    }
    const finished = await readTables(administrator, orderTables);
    const workspace = await readTables(administrator, workspaceTables);
    const rowsOf = (table: string) => finished.find((each) => each.table === table)!.rows;
    assert.equal(rowsOf("sales_order")[0]?.["headline"], "completed", "the template order did not come to its end");
    assertChain(rowsOf("event"));
    return { receivedAt, waiting, finished, workspace };
  } finally {
    await administrator.end();
    await db.end();
  }
}

async function anEngine(db: ReturnType<typeof openDb>, clock: VirtualClock): Promise<TestEngine> {
  const script = scriptedSupplier();
  script.onPlace.set(
    marks.slug,
    (_request, accept) => ({ ...accept(), supplierOrderId: marks.supplierOrderId }) as never,
  );
  script.onTrack.set(marks.slug, () => ({
    acknowledged: true,
    parcels: [
      {
        carrier: "Benchmark Post",
        trackingNumber: marks.trackingNumber,
        shippedAt: clock.now(),
        lines: "all" as const,
      },
    ],
  }));
  const outside = {
    now: () => clock.now(),
    files: {} as never,
    http: async (request: HttpRequest) => {
      await request.lastCheck?.();
      return { status: 200, headers: {}, text: "" };
    },
  };
  const suppliers = new Map([["scripted", script.connector]]);
  const gate = createGate({
    db,
    clock,
    monotonicMs: () => clock.now().getTime(),
    outside,
    connectors: suppliers,
    journal: await Journal.open(memoryStore(), () => clock.now()),
    secrets: async () => ({}),
  });
  const now = clock.now();
  await insertInstallation(db, {
    id: "bench",
    tokenDigest: "",
    home: "",
    safeModeReason: null,
    startedAt: now,
    heartbeatAt: now,
  });
  return testEngine(db, {
    clock,
    gate,
    outside,
    channels: new Map([["bench", channel()]]),
    carriers: new Map([["bench", carrier]]),
  });
}

/** Knows what it was told, and says so when asked. */
function channel(): Channel {
  const told: WriteBackRequest[] = [];
  return {
    manifest: { id: "bench", title: "", settings: {} },
    writeBack: async (_context: unknown, batch: WriteBackRequest[]) => {
      told.push(...batch);
      return batch.map((request) => ({ status: "told", channelReference: request.reference }));
    },
    readBack: async (_context: unknown, batch: { reference: string }[]) =>
      batch.map(({ reference }) => ({
        status: "ok",
        knows: told.some((each) => each.reference === reference),
        channelReference: reference,
        delivered: false,
      })),
  } as unknown as Channel;
}
const carrier = {
  follow: async (context: { now(): Date }, _settings: unknown, numbers: string[]) => ({
    status: "ok",
    parcels: numbers.map((trackingNumber): ParcelProgress => ({
      trackingNumber,
      state: "delivered",
      at: context.now(),
    })),
  }),
} as unknown as Carrier;

async function setUpWorkspace(engine: TestEngine) {
  const link = (sku: string) => [{ supplier: marks.slug, sku: `S-${sku}`, cost: "4.20" }];
  const made = await setUp(engine, {
    slug: marks.slug,
    workspace: { carriers: { "*": { connector: "bench", settings: {} } } },
    channel: { kind: "bench", connection: {} },
    suppliers: {
      [marks.slug]: {
        kind: "scripted",
        settings: { connector: { name: marks.slug }, acknowledgeWithinMs: 2 * day },
        account: { payment: "prepaid" },
      },
    },
    links: Object.fromEntries(marks.skus.map((sku) => [sku, link(sku)])),
    stock: marks.skus.map((sku) => ({ supplier: marks.slug, sku: `S-${sku}`, onHand: 1_000_000_000 })),
  });
  await engine.db.run({ text: "update connection set due_at = null", values: [] }); // it only writes back
  const context = { ...engine, suppliers: new Map(), actor: "admin:bench" };
  const booked = await topUp(context, {
    workspaceId: made.workspaceId,
    accountId: made.accounts.get(marks.slug)! as AccountId,
    amount: "10000000000.00",
    reference: "bench",
  });
  assert.equal(booked.status, "ok", JSON.stringify(booked));
  return made;
}

const anOrder = (at: Date): ChannelOrder => ({
  channelOrderId: marks.channelOrderId,
  number: marks.number,
  orderedAt: at,
  updatedAt: at,
  currency: "EUR",
  payment: "paid",
  paidAt: at,
  cancelledAt: null,
  buyerId: marks.buyerId,
  shipTo: {
    ...emptyAddress,
    name: `${marks.firstName} ${marks.lastName}`,
    line1: `Hafenstrasse ${marks.house}`,
    city: "Hamburg",
    postcode: "20095",
    country: "DE",
    phone: "+49401234567",
    email: marks.email,
  },
  shippingMethod: "Standard",
  shipBy: new Date(at.getTime() + 3 * day),
  note: null,
  shippingPaid: "4.90",
  total: "54.70",
  risk: "none",
  lines: marks.skus.map((sku, index) => ({
    channelLineId: `${marks.channelOrderId}-${index + 1}`,
    sku,
    title: `Product ${sku} in a box`,
    quantity: index + 1,
    cancelled: 0,
    fulfilled: 0,
    unitPrice: "16.60",
    kind: "goods",
    fulfilledBy: "us",
  })),
});

const stages: readonly Stage[] = [verify, release, place, track, writeBack, follow, complete];
async function drain(engine: TestEngine): Promise<void> {
  for (let moved = 1; moved > 0;) {
    moved = 0;
    for (const stage of stages) {
      moved += await stage.run(engine);
      await stage.settle?.(engine);
    }
  }
}

const asText = { getTypeParser: () => (value: unknown) => value } as never;

async function readTables(client: Client, tables: readonly string[]): Promise<TableRows[]> {
  const read: TableRows[] = [];
  for (const table of tables) {
    const columns = await client.query<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
      [table],
    );
    // A top-up belongs to the workspace, everything else in the ledger to an order.
    const ofOrder = tables === orderTables;
    const only =
      table === "ledger_transaction"
        ? `where (order_id is not null) = ${ofOrder}`
        : table === "ledger_entry"
          ? `where (select t.order_id is not null from ledger_transaction t where t.id = transaction_id) = ${ofOrder}`
          : "";
    const { rows } = await client.query<TextRow>(
      `select * from ${table} ${only} order by 1, 2, 3`.replace(
        "order by 1, 2, 3",
        columns.rows.length < 3 ? "" : "order by 1, 2, 3",
      ),
    );
    read.push({ table, types: Object.fromEntries(columns.rows.map(({ name, type }) => [name, type])), rows });
  }
  return read;
}

/** What is hashed of an event, but for the hash before it. */
export const hashedText = (event: TextRow): string => canonical(hashedParts(event));
const hashedParts = (event: TextRow) => [
  Number(event["seq"]),
  isoOf(event["at"]!),
  event["kind"],
  event["subject"],
  event["subject_id"],
  event["from_state"],
  event["to_state"],
  event["actor"],
  event["data"] === null ? null : (JSON.parse(event["data"]!) as unknown),
];
export const isoOf = (printed: string): string =>
  new Date(printed.replace(" ", "T").replace(/\+00$/, "Z")).toISOString();

/** The generator says again what is hashed; were it to differ from the product, this fails. */
function assertChain(events: readonly TextRow[]): void {
  let previous = "";
  for (const event of events) {
    const [seq, , kind, subject, subjectId, from, to, actor, data] = hashedParts(event);
    const at = new Date(isoOf(event["at"]!));
    previous = chain(previous, { seq, at, kind, subject, subjectId, from, to, actor, data } as Parameters<
      typeof chain
    >[1]);
    assert.equal(previous, event["hash"], `event ${String(seq)}`);
  }
}
