import type { TestContext } from "node:test";
import { sandboxCarrier } from "#connectors/carriers/sandbox/carrier.ts";
import { sandboxChannel } from "#connectors/channels/sandbox/channel.ts";
import type { Address } from "#domain/address.ts";
import type { Random } from "#domain/clock.ts";
import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import { isBeforePlacing } from "#domain/lifecycle.ts";
import type { Attempt, Cancellation, FulfillmentOrder, OrderDossier } from "#domain/order.ts";
import * as actions from "#engine/actions.ts";
import type { Who } from "#engine/actions/change-order.ts";
import * as placing from "#engine/actions/placing.ts";
import * as prep from "#engine/actions/prep.ts";
import * as shipping from "#engine/actions/shipping.ts";
import type { Stage } from "#engine/stage.ts";
import { stages } from "#engine/stages.ts";
import { suppliers } from "#sandbox/catalogue.ts";
import { profiles } from "#sandbox/profile.ts";
import { readDossiers } from "#store/dossier.ts";
import { col, row } from "#store/row.ts";
import { KeptOrders } from "#store/kept-orders.ts";
import { sql } from "#store/sql.ts";
import { readAddresses } from "#store/verify.ts";
import { seededRandom, testEngine, type TestEngine } from "./engine.ts";
import { aWorkshop, openSandbox, type Workshop } from "./workshop.ts";

const minute = 60_000;
const hour = 60 * minute;
const beatMs = 15_000;

export interface Soak extends Workshop {
  seed: number;
  engines: [TestEngine, TestEngine];
  random: Random;
  workspaceId: WorkspaceId;
  /** By our supplier id: the code that the pretend world knows it by. */
  codes: Map<string, string>;
  /** Cancellations that were acknowledged as done before anything was bought: our order id and when. */
  acknowledged: { orderId: OrderId; at: Date }[];
  /** What was pressed, and how often it was done or refused. */
  pressed: Map<string, { done: number; refused: number }>;
  /** What a stage threw; in production its runner would try again. */
  thrown: string[];
}

/** Two engines on one database, in a world where everything goes wrong at once. */
export async function aSoak(t: TestContext, { seed, days }: { seed: number; days: number }): Promise<Soak> {
  const sellingMs = days * 8 * hour;
  const workshop = await aWorkshop(t, {
    seed: `soak-${seed}`,
    profile: profiles.hostile,
    settings: { ordersAtStart: 16, ordersPerMinute: 0.3, busyMs: sellingMs, quietOrdersPerMinute: 0 },
  });
  workshop.engine.kept = new KeptOrders(1_000);
  await openSandbox(workshop);
  const second = testEngine(workshop.database.engine, {
    clock: workshop.clock,
    outside: workshop.engine.outside,
    gate: workshop.engine.gate,
    channels: new Map([["sandbox", sandboxChannel]]),
    carriers: new Map([["sandbox", sandboxCarrier]]),
    slot: 2,
    seed: 2,
    kept: new KeptOrders(30), // fewer than there are
  });
  // Reading the shop each minute is most of what a quiet hour does; every three minutes find the same.
  await workshop.database.engine.run(
    sql`update connection set settings = jsonb_set(settings, '{everyMs}', to_jsonb(${3 * minute}::integer))`,
  );
  const { id } = await workshop.database.engine.one(Ids, sql`select id from workspace where kind = 'sandbox'`);
  const workspaceId = id as WorkspaceId;
  const named = await workshop.database.engine.tx((tx) =>
    tx.rows(Named, sql`select id, name from supplier where workspace_id = ${workspaceId}::bigint`),
  );
  return {
    ...workshop,
    seed,
    engines: [workshop.engine, second],
    random: seededRandom(seed * 7919 + 1),
    workspaceId,
    codes: new Map(named.map(({ id: ours, name }) => [ours, suppliers.find((each) => each.name === name)!.code])),
    acknowledged: [],
    pressed: new Map(),
    thrown: [],
  };
}
const Ids = row({ id: col.text });
const Named = row({ id: col.text, name: col.text });

/** Sells for so many days of eight hours while people press buttons; then everything goes right again and time passes until it is quiet. */
export async function live(soak: Soak, days: number): Promise<void> {
  const start = soak.clock.now().getTime();
  await until(soak, new Date(start + days * 8 * hour), { everyMs: 6 * minute, press: pressSomething });
  ask(soak, "PUT", "/admin/faults", { profile: "calm" });
  await until(soak, new Date(soak.clock.now().getTime() + 3 * hour), { everyMs: 15 * minute, press: settleAll });
  await until(soak, new Date(soak.clock.now().getTime() + 1.5 * hour), null);
}

interface People {
  everyMs: number;
  press: (soak: Soak) => Promise<void>;
}
/** Both engines run what is due side by side, each in an order of its own, and people act at the same moments. */
async function until(soak: Soak, end: Date, people: People | null): Promise<void> {
  let pressAt = soak.clock.now().getTime();
  let still = { at: pressAt, rounds: 0 };
  for (;;) {
    const dues = await Promise.all(
      stages.map(async (stage) => ({ stage, at: await stage.nextDue(soak.database.engine) })),
    );
    const now = soak.clock.now();
    const due = dues.filter(({ at }) => at !== null && at <= now).map(({ stage }) => stage);
    still = still.at === now.getTime() ? { ...still, rounds: still.rounds + 1 } : { at: now.getTime(), rounds: 0 };
    if (still.rounds > 300)
      throw new Error(`SK-1 ${due.map(({ name }) => name).join(", ")} never come to an end at ${now.toISOString()}.`);
    const isPressed = people !== null && pressAt <= now.getTime();
    if (isPressed) pressAt = now.getTime() + Math.round(soak.random.next() * 2 * people.everyMs);
    const moved = await Promise.all([
      runDue(soak, soak.engines[0], due),
      runDue(soak, soak.engines[1], shuffled(due, soak.random)),
      isPressed ? people.press(soak) : undefined,
    ]);
    if ((moved[0] ?? 0) + (moved[1] ?? 0) > 0 || isPressed) continue;
    const next = Math.min(
      ...dues.flatMap(({ at }) => (at === null ? [] : [at.getTime()])),
      people === null ? Infinity : pressAt,
    );
    if (next >= end.getTime()) return soak.clock.moveTo(end);
    if (next <= soak.clock.now().getTime()) soak.clock.advance(1000);
    // A quarter of a minute's work at once: fewer looks at the clock, and more that two engines want at the same moment.
    else soak.clock.moveTo(new Date(Math.ceil(next / beatMs) * beatMs));
    if (soak.clock.now() >= end) return;
  }
}
async function runDue(soak: Soak, engine: TestEngine, due: readonly Stage[]): Promise<number> {
  let moved = 0;
  for (const stage of due) {
    try {
      moved += await stage.run(engine);
      await stage.settle?.(engine);
    } catch (error) {
      soak.thrown.push(`${stage.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  return moved;
}

// ------------------------------------------------------------------ people

const someone = (soak: Soak, name: string): Who => ({
  workspaceId: soak.workspaceId,
  actor: `user:${name}`,
  role: "owner",
});
const pick = <T>(random: Random, from: readonly T[]): T | undefined => from[Math.floor(random.next() * from.length)];
const shuffled = <T>(items: readonly T[], random: Random): T[] =>
  items
    .map((item) => ({ item, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);

/** What a seller, an operator, a packer and a buyer do at a moment that nobody foresaw; most of it is refused, as it should be. */
async function pressSomething(soak: Soak): Promise<void> {
  const { random } = soak;
  if (random.next() < 0.3)
    ask(soak, "POST", "/admin/sell", {
      count: 1 + Math.floor(random.next() * 3),
      // Around the end of the buffer of ten minutes, where a cancellation and a purchase meet.
      order: random.next() < 0.5 ? { cancelsAfterMs: Math.round(8 * minute + random.next() * 4 * minute) } : {},
    });
  const dossiers = await openDossiers(soak);
  // Several at once, on whatever order: two of them may well meet on one.
  const pressed = Array.from({ length: 3 }, () => pick(random, dossiers)).filter((each) => each !== undefined);
  const soon = dossiers.find((each) =>
    each.fulfillmentOrders.some(
      (fo) =>
        fo.state === "waiting" &&
        fo.placeAfter !== null &&
        fo.placeAfter.getTime() - soak.clock.now().getTime() < minute,
    ),
  );
  await Promise.all([
    ...pressed.map((each) => press(soak, each, pick(random, buttons)!)),
    ...(soon === undefined ? [] : [press(soak, soon, pick(random, atTheEdge)!)]),
    ...dossiers
      .filter(needsHands)
      .slice(0, 4)
      .map((each) => press(soak, each, pick(random, handsOn)!)),
  ]);
}
const needsHands = ({ fulfillmentOrders }: OrderDossier): boolean =>
  fulfillmentOrders.some((fo) =>
    ["ready", "printed", "collecting", "partially_shipped", "escalated", "outcome_unknown"].includes(fo.state),
  );

type Button = keyof typeof table;
const handsOn: readonly Button[] = ["prepStep", "prepStep", "takeOver", "finish", "finish", "resolve", "giveBack"];
const atTheEdge: readonly Button[] = ["cancel", "edit", "takeOver", "hold", "unhold", "release"];
const buttons: readonly Button[] = [
  "release",
  "release",
  "release",
  "hold",
  "unhold",
  "cancel",
  "cancelPart",
  "edit",
  "editAddress",
  "choose",
  "takeOver",
  "finish",
  "giveBack",
  "resolve",
  "answerCancellation",
  "supplierAnswered",
  "dismiss",
  "answerHold",
  "prepStep",
  "confirmTracking",
  "resend",
];

type Outcome = { status: string; code?: string } | null;
async function press(soak: Soak, dossier: OrderDossier, button: Button): Promise<void> {
  const result = await table[button](soak, dossier);
  if (result === null) return;
  const counted = soak.pressed.get(button) ?? { done: 0, refused: 0 };
  if (result.status === "ok") counted.done += 1;
  else counted.refused += 1;
  soak.pressed.set(button, counted);
}

const on = (dossier: OrderDossier) => ({ order: dossier.order.publicId });
const onPart = (dossier: OrderDossier, fo: FulfillmentOrder) => ({ ...on(dossier), part: fo.publicId });
const openAttempt = (dossier: OrderDossier, fo: FulfillmentOrder): Attempt | undefined =>
  dossier.attempts.find(
    (each) => each.fulfillmentOrderId === fo.id && (each.state === "armed" || each.state === "unknown"),
  );

const table = {
  release: (soak: Soak, dossier: OrderDossier) =>
    actions.release(soak.engines[0], someone(soak, "seller"), on(dossier)),
  hold: (soak: Soak, dossier: OrderDossier) =>
    actions.hold(soak.engines[1], someone(soak, "seller"), on(dossier), { note: "let me look" }),
  unhold: (soak: Soak, dossier: OrderDossier) => actions.unhold(soak.engines[1], someone(soak, "seller"), on(dossier)),
  async cancel(soak: Soak, dossier: OrderDossier): Promise<Outcome> {
    const result = await actions.cancel(soak.engines[0], someone(soak, "seller"), on(dossier), {});
    if (result.status === "ok" && result.value.asked.length === 0 && result.value.order.headline === "cancelled")
      soak.acknowledged.push({ orderId: dossier.order.id, at: soak.clock.now() });
    return result;
  },
  cancelPart: async (soak: Soak, dossier: OrderDossier): Promise<Outcome> => {
    const line = pick(soak.random, dossier.lines);
    return line === undefined
      ? null
      : actions.cancel(soak.engines[1], someone(soak, "seller"), on(dossier), {
          lines: [{ lineNo: line.no, quantity: 1 }],
        });
  },
  edit: async (soak: Soak, dossier: OrderDossier): Promise<Outcome> => {
    const line = pick(soak.random, dossier.lines);
    return line === undefined
      ? null
      : actions.edit(soak.engines[0], someone(soak, "seller"), on(dossier), {
          lines: [{ lineNo: line.no, quantity: 1 + Math.floor(soak.random.next() * 5) }],
        });
  },
  editAddress: (soak: Soak, dossier: OrderDossier) =>
    actions.edit(soak.engines[0], someone(soak, "seller"), on(dossier), {
      address: { ...aBuyer, line1: `Kai ${1 + Math.floor(soak.random.next() * 90)}` },
    }),
  choose: async (soak: Soak, dossier: OrderDossier): Promise<Outcome> => {
    const fo = dossier.fulfillmentOrders.find((each) => isBeforePlacing(each.state));
    const supplier = pick(soak.random, await publicSuppliers(soak));
    return fo === undefined || supplier === undefined
      ? null
      : actions.chooseSupplierFor(soak.engines[1], someone(soak, "seller"), on(dossier), {
          fulfillmentOrder: fo.publicId,
          supplier,
        });
  },
  takeOver: async (soak: Soak, dossier: OrderDossier): Promise<Outcome> => {
    const fo = dossier.fulfillmentOrders.find((each) =>
      ["escalated", "held", "waiting", "placing"].includes(each.state),
    );
    if (fo === undefined) return null;
    const operator = pick(soak.random, ["ann", "bob"])!;
    const taken = await placing.takeOver(soak.engines[0], someone(soak, operator), onPart(dossier, fo));
    // Most people go on at once; some are called away between the two steps.
    if (taken.status === "ok" && soak.random.next() < 0.7)
      await finishPart(soak, await readOne(soak, dossier.order.id), fo.id);
    return taken;
  },
  finish: async (soak: Soak, dossier: OrderDossier): Promise<Outcome> => {
    const attempt = dossier.attempts.find((each) => each.state === "armed" && each.kind === "human");
    return attempt === undefined ? null : finishPart(soak, dossier, attempt.fulfillmentOrderId);
  },
  giveBack: async (soak: Soak, dossier: OrderDossier): Promise<Outcome> => {
    const fo = dossier.fulfillmentOrders.find((each) => each.claimedBy !== null);
    if (fo === undefined || soak.random.next() < 0.5) return null;
    // Half of them bought it and say nothing.
    if (soak.random.next() < 0.5) await buyAtDesk(soak, dossier, fo);
    return placing.returnPart(soak.engines[0], someone(soak, fo.claimedBy!.replace("user:", "")), onPart(dossier, fo));
  },
  resolve: (soak: Soak, dossier: OrderDossier) => resolveUnknown(soak, dossier),
  answerCancellation: async (soak: Soak, dossier: OrderDossier): Promise<Outcome> => {
    const no = dossier.cancellations.findIndex((each) => each.state === "requested");
    return no < 0
      ? null
      : actions.answerCancellation(soak.engines[0], someone(soak, "seller"), on(dossier), {
          no: no + 1,
          answer: soak.random.next() < 0.6 ? "accept" : "refuse",
        });
  },
  supplierAnswered: (soak: Soak, dossier: OrderDossier) => answerForSupplier(soak, dossier),
  dismiss: async (soak: Soak, dossier: OrderDossier): Promise<Outcome> => {
    const hold = await aHold(soak, dossier);
    return hold === undefined ? null : actions.dismiss(soak.engines[1], someone(soak, "seller"), on(dossier), { hold });
  },
  answerHold: async (soak: Soak, dossier: OrderDossier): Promise<Outcome> => {
    const hold = await aHold(soak, dossier);
    return hold === undefined
      ? null
      : actions.answerHold(soak.engines[0], someone(soak, "seller"), on(dossier), {
          hold,
          take: soak.random.next() < 0.5 ? "theirs" : "ours",
        });
  },
  prepStep: (soak: Soak, dossier: OrderDossier) => packSome(soak, dossier),
  confirmTracking: async (soak: Soak, dossier: OrderDossier): Promise<Outcome> => {
    const shipment = dossier.shipments.find((each) => each.parcels.some((parcel) => !parcel.accepted));
    return shipment === undefined
      ? null
      : shipping.confirmShared(
          soak.engines[0],
          someone(soak, "seller"),
          { ...on(dossier), shipment: shipment.publicId, parcel: 1 },
          { shared: false },
        );
  },
  resend: async (soak: Soak, dossier: OrderDossier): Promise<Outcome> => {
    const shipment = pick(soak.random, dossier.shipments);
    return shipment === undefined
      ? null
      : shipping.resendShipment(soak.engines[1], someone(soak, "seller"), {
          ...on(dossier),
          shipment: shipment.publicId,
        });
  },
} satisfies Record<string, (soak: Soak, dossier: OrderDossier) => Promise<Outcome>>;

const aBuyer: Address = {
  name: "Mia Kowalska",
  company: "",
  line1: "Kai 1",
  line2: "",
  city: "Hamburg",
  region: "",
  postcode: "20457",
  country: "DE",
  phone: "",
  email: "mia@example.com",
};

/** A right operator: looks at the supplier's own list and says what is there. */
async function resolveUnknown(soak: Soak, dossier: OrderDossier): Promise<Outcome> {
  const attempt = dossier.attempts.find((each) => each.state === "unknown");
  const fo = dossier.fulfillmentOrders.find((each) => each.id === attempt?.fulfillmentOrderId);
  if (attempt === undefined || fo === undefined) return null;
  const bought = boughtUnder(soak, attempt);
  const where = { ...onPart(dossier, fo), attempt: attempt.no };
  return bought === undefined
    ? placing.confirmAttemptNotBought(soak.engines[1], someone(soak, "ann"), where, { reason: "not in their list" })
    : placing.confirmAttemptBought(soak.engines[0], someone(soak, "ann"), where, { supplierOrderId: bought });
}
function boughtUnder({ world, clock, codes }: Soak, attempt: Attempt): string | undefined {
  const supplier = world.state.suppliers.get(codes.get(attempt.supplierId)!);
  return supplier?.byReference.get(attempt.reference)?.find((each) => each.at <= clock.now().getTime())
    ?.supplierOrderId;
}

async function finishPart(soak: Soak, dossier: OrderDossier, id: FulfillmentOrder["id"]): Promise<Outcome> {
  const fo = dossier.fulfillmentOrders.find((each) => each.id === id);
  if (fo === undefined || fo.claimedBy === null) return null;
  const who = someone(soak, fo.claimedBy.replace("user:", ""));
  if (boughtUnder(soak, openAttempt(dossier, fo) ?? dossier.attempts[0]!) === undefined && soak.random.next() < 0.2)
    return placing.notPlaced(soak.engines[1], who, onPart(dossier, fo), {
      reason: "out_of_stock",
      message: "none left",
    });
  const bought = await buyAtDesk(soak, dossier, fo);
  return bought === null
    ? placing.notPlaced(soak.engines[1], who, onPart(dossier, fo), {
        reason: "supplier_refused",
        message: "they did not take it",
      })
    : placing.placed(soak.engines[0], who, onPart(dossier, fo), { supplierOrderId: bought });
}
/** Once per reference: who finds the order in their list does not buy it again. */
async function buyAtDesk(soak: Soak, dossier: OrderDossier, fo: FulfillmentOrder): Promise<string | null> {
  const attempt = dossier.attempts.find(
    (each) => each.fulfillmentOrderId === fo.id && each.state === "armed" && each.kind === "human",
  );
  if (attempt === undefined) return null;
  const before = boughtUnder(soak, attempt);
  if (before !== undefined) return before;
  const key = { workspaceId: soak.workspaceId, orderId: dossier.order.id };
  const address = await soak.database.engine.tx(async (tx) => (await readAddresses(tx, [key])).get(dossier.order.id)!);
  const { no: _no, source: _source, digest: _digest, ...shipTo } = address;
  const answer = ask(soak, "POST", `/suppliers/${soak.codes.get(attempt.supplierId)}/desk`, {
    reference: attempt.reference,
    shipTo,
    lines: fo.lines
      .map((line) => ({ no: line.no, sku: line.supplierSku!, units: line.units - line.unitsCancelled }))
      .filter(({ units }) => units > 0),
  });
  return answer.status === 201 ? String(answer.body["orderId"]) : null;
}

/** Asks the supplier on the telephone, and says what it said. */
async function answerForSupplier(soak: Soak, dossier: OrderDossier): Promise<Outcome> {
  const found = dossier.cancellations
    .flatMap((cancellation: Cancellation) => cancellation.asks.map((each) => ({ each })))
    .find(({ each }) => each.state === "by_hand");
  const fo = dossier.fulfillmentOrders.find((each) => each.id === found?.each.fulfillmentOrderId);
  const attempt = dossier.attempts.find((each) => each.fulfillmentOrderId === fo?.id && each.state === "placed");
  if (found === undefined || fo === undefined || attempt === undefined) return null;
  const lines = found.each.lines.flatMap((asked) => {
    const line = fo.lines.find(
      (each) => each.orderLineNo === asked.orderLineNo && each.componentNo === asked.componentNo,
    );
    const units = line === undefined ? 0 : (asked.quantity * line.unitsPer) / line.per;
    return line?.supplierSku == null || units < 1 || !Number.isInteger(units) ? [] : [{ sku: line.supplierSku, units }];
  });
  const said =
    lines.length === 0
      ? null
      : ask(
          soak,
          "POST",
          `/suppliers/${soak.codes.get(attempt.supplierId)}/orders/${attempt.supplierOrderId}/cancellation`,
          { lines },
        );
  return shipping.supplierAnswered(soak.engines[0], someone(soak, "ann"), onPart(dossier, fo), {
    granted: said?.status === 200 ? "all" : "none",
  });
}

async function packSome(soak: Soak, dossier: OrderDossier): Promise<Outcome> {
  const fo = dossier.fulfillmentOrders.find(
    (each) =>
      ["ready", "printed", "collecting", "partially_shipped"].includes(each.state) &&
      soak.codes.get(each.supplierId!) === "pinehouse",
  );
  if (fo === undefined) return null;
  const who = someone(soak, "packer");
  const where = onPart(dossier, fo);
  const unwanted = fo.lines.find((line) => line.unitsCollected > 0 && line.unitsCancelled > 0);
  if (unwanted !== undefined && soak.random.next() < 0.5)
    return prep.putUnitsBack(soak.engines[0], who, where, { supplierSku: unwanted.supplierSku!, units: 1 });
  if (fo.state === "ready") return prep.printLabel(soak.engines[1], who, where);
  if (soak.random.next() < 0.1) return prep.oneStepBack(soak.engines[0], who, where);
  const open = fo.lines.find((line) => line.unitsCollected + line.unitsShipped < line.units - line.unitsCancelled);
  if (open !== undefined && soak.random.next() < 0.8)
    return prep.collectUnits(soak.engines[0], who, where, { supplierSku: open.supplierSku!, units: 1 });
  const label = ask(soak, "POST", "/carriers/labels", { reference: `${fo.publicId}-${dossier.shipments.length}` });
  return prep.shipParcel(soak.engines[1], who, where, {
    carrier: String(label.body["carrier"]),
    trackingNumber: String(label.body["trackingNumber"]),
    sure: false,
  });
}

/** In the quiet time people answer what only people can answer, each once per round and rightly. */
async function settleAll(soak: Soak): Promise<void> {
  for (const dossier of await openDossiers(soak)) {
    for (const button of ["resolve", "finish", "supplierAnswered", "answerCancellation", "prepStep"] as const)
      await press(soak, dossier, button);
    if (dossier.writeBacks.some(({ state }) => state === "refused" || state === "by_hand"))
      await press(soak, dossier, "resend");
  }
}

// ------------------------------------------------------------------ small parts

/** A call of a person's browser: no faults of the way, no waiting. */
export function ask(
  { world }: Pick<Workshop, "world">,
  method: string,
  path: string,
  body?: unknown,
): { status: number; body: Record<string, unknown> } {
  const code = /^\/(?:suppliers\/)?(?!admin|carriers)([^/]+)/.exec(path)?.[1];
  const given = world.handle({
    method,
    path,
    headers: {
      "content-type": "application/json",
      ...(code === undefined ? {} : { authorization: `Bearer sandbox-${code}` }),
    },
    body: body === undefined ? "" : JSON.stringify(body),
  });
  if (given.type === "drop") throw new Error(`${method} ${path} was dropped.`);
  return { status: given.status, body: JSON.parse(given.body) as Record<string, unknown> };
}

const OrderIds = row({ id: col.id<OrderId>() });
export async function readAll(soak: Pick<Soak, "database" | "workspaceId">, isOpen = false): Promise<OrderDossier[]> {
  return soak.database.engine.tx(async (tx) => {
    const ids = await tx.rows(
      OrderIds,
      isOpen
        ? sql`select id from sales_order where workspace_id = ${soak.workspaceId}::bigint and headline not in ('completed', 'cancelled') order by id`
        : sql`select id from sales_order where workspace_id = ${soak.workspaceId}::bigint order by id`,
    );
    return readDossiers(
      tx,
      ids.map(({ id }) => ({ workspaceId: soak.workspaceId, orderId: id })),
    );
  });
}
const openDossiers = (soak: Soak): Promise<OrderDossier[]> => readAll(soak, true);
const readOne = (soak: Soak, orderId: OrderId): Promise<OrderDossier> =>
  soak.database.engine.tx(async (tx) => (await readDossiers(tx, [{ workspaceId: soak.workspaceId, orderId }]))[0]!);

const PublicIds = row({ publicId: col.text });
const publicSuppliers = async (soak: Soak): Promise<string[]> =>
  (
    await soak.database.engine.tx((tx) =>
      tx.rows(
        PublicIds,
        sql`select public_id from supplier where workspace_id = ${soak.workspaceId}::bigint order by id`,
      ),
    )
  ).map(({ publicId }) => publicId);
async function aHold(soak: Soak, dossier: OrderDossier): Promise<string | undefined> {
  const rows = await soak.database.engine.tx((tx) =>
    tx.rows(
      PublicIds,
      sql`select public_id from hold where workspace_id = ${soak.workspaceId}::bigint and order_id = ${dossier.order.id}::bigint and closed_at is null order by id`,
    ),
  );
  return pick(soak.random, rows)?.publicId;
}
