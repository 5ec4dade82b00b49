import type {
  AccountId,
  AttemptId,
  CancellationId,
  ChannelId,
  DispatchId,
  FulfillmentOrderId,
  HoldId,
  OrderId,
  ParcelId,
  ShipmentId,
  SupplierId,
  WorkspaceId,
  WriteBackId,
} from "#domain/ids.ts";
import type {
  Attempt,
  Cancellation,
  DossierPart,
  FulfillmentOrder,
  Hold,
  Order,
  OrderDossier,
  OrderLine,
  Parcel,
  Shipment,
  WriteBack,
} from "#domain/order.ts";
import { dossierParts } from "#domain/order.ts";
import type { Tx } from "./db.ts";
import { derivedFrom } from "#domain/draft.ts";
import type { KeptOrder, KeptOrders } from "./kept-orders.ts";
import { col, ownedBy, row, type RowShape } from "./row.ts";
import { columnsOf, encode, sql, type Sql } from "./sql.ts";

export interface OrderKey {
  workspaceId: WorkspaceId;
  orderId: OrderId;
}

/** An order whose row is locked, and where its history stands. */
export interface LockedOrder extends OrderKey {
  version: number;
  eventHash: string;
}
export const LockedOrderRow = row({
  workspaceId: col.id<WorkspaceId>(),
  orderId: col.id<OrderId>(),
  version: col.int,
  eventHash: col.text,
});

/**
 * The order row is the lock (ENG-2): whoever changes anything of an order takes it first, in id order, and waits for who has it. Answers them in the order
 * asked; those that are not there are left out.
 */
export async function lockOrders(tx: Tx, keys: readonly OrderKey[]): Promise<LockedOrder[]> {
  if (keys.length === 0) return [];
  const rows = await tx.rows(
    LockedOrderRow,
    sql`
    select o.workspace_id, o.id as order_id, o.version, o.event_hash from ${keyRows(keys)} join sales_order o on o.workspace_id = k.workspace_id and o.id = k.id
     order by o.workspace_id, o.id for update of o`,
  );
  const locked = new Map(rows.map((each) => [each.orderId, each]));
  return keys.map((key) => locked.get(key.orderId)).filter((each) => each !== undefined);
}

/** The keys of a batch, written out once for all the statements that begin with them. */
function keyRows(keys: readonly OrderKey[]): Sql {
  const [workspaces, ids] = [encode(keys.map((key) => key.workspaceId)), encode(keys.map((key) => key.orderId))];
  return sql`unnest(${workspaces}::bigint[], ${ids}::bigint[]) as k(workspace_id, id)`;
}

/**
 * The rows of a batch are entered order by order, by the index of their table. It is written as `lateral` with a sort (by columns of that index) inside,
 * which the planner may not turn round: a plan that was made while a table was empty began at the other end, and took 30 ms for what takes 30 µs.
 */
const theirFulfillmentOrders = sql`
  cross join lateral (select f.workspace_id, f.id from fulfillment_order f where f.workspace_id = k.workspace_id and f.order_id = k.id order by f.no) f`;
const theirShipments = sql`
  cross join lateral (select * from shipment s where s.workspace_id = f.workspace_id and s.fulfillment_order_id = f.id order by s.no) s`;

const OrderRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<OrderId>(),
  publicId: col.text,
  channelId: col.id<ChannelId>(),
  channelOrderId: col.text,
  number: col.text,
  origin: col.oneOf<Order["origin"]>(),
  orderedAt: col.instantOrNull,
  receivedAt: col.instant,
  channelUpdatedAt: col.instantOrNull,
  versionNo: col.int,
  versionDigest: col.text,
  payment: col.oneOf<Order["payment"]>(),
  paidAt: col.instantOrNull,
  channelCancelledAt: col.instantOrNull,
  risk: col.oneOf<Order["risk"]>(),
  buyerDigest: col.textOrNull,
  addressDigest: col.textOrNull,
  country: col.text,
  shippingMethod: col.textOrNull,
  shipBy: col.instantOrNull,
  currency: col.text,
  total: col.bigintOrNull,
  shippingPaid: col.bigintOrNull,
  headline: col.oneOf<Order["headline"]>(),
  releasedAt: col.instantOrNull,
  releasedBy: col.textOrNull,
  answered: col.list<Order["answered"][number]>(),
  addressNo: col.int,
  editedAddressNo: col.intOrNull,
  eventSeq: col.int,
  eventHash: col.text,
  version: col.int,
});
const LineRow = ownedBy(
  col.id<OrderId>(),
  "order_id",
  row({
    no: col.int,
    channelLineId: col.text,
    sku: col.text,
    title: col.text,
    quantity: col.int,
    quantityEdited: col.intOrNull,
    cancelled: col.int,
    channelCancelled: col.int,
    fulfilledElsewhere: col.int,
    unitPrice: col.decimal,
    kind: col.oneOf<OrderLine["kind"]>(),
    fulfilledBy: col.oneOf<OrderLine["fulfilledBy"]>(),
  }),
);
const FulfillmentOrderRow = ownedBy(
  col.id<OrderId>(),
  "order_id",
  row({
    id: col.id<FulfillmentOrderId>(),
    publicId: col.text,
    no: col.int,
    state: col.oneOf<FulfillmentOrder["state"]>(),
    supplierId: col.idOrNull<SupplierId>(),
    accountId: col.idOrNull<AccountId>(),
    supplierPinned: col.bool,
    method: col.textOrNull,
    placedBy: col.oneOfOrNull<"machine" | "person">(),
    replaces: col.idOrNull<FulfillmentOrderId>(),
    failedSuppliers: col.list<SupplierId>(),
    placeAfter: col.instantOrNull,
    dueAt: col.instantOrNull,
    woken: col.bool,
    mendedAt: col.instantOrNull,
    fence: col.int,
    tries: col.int,
    claimedBy: col.textOrNull,
    placedAt: col.instantOrNull,
    acknowledgedAt: col.instantOrNull,
    backorderedUntil: col.instantOrNull,
    looks: col.int,
    lastShippedAt: col.instantOrNull,
    deliveredAt: col.instantOrNull,
    expectedGoods: col.bigintOrNull,
    expectedShipping: col.bigintOrNull,
    currency: col.textOrNull,
    shipBy: col.instantOrNull,
  }),
);
const FoLineRow = ownedBy(
  col.id<FulfillmentOrderId>(),
  "fulfillment_order_id",
  row({
    no: col.int,
    orderLineNo: col.int,
    componentNo: col.int,
    supplierSku: col.textOrNull,
    quantity: col.int,
    quantityCancelled: col.int,
    unitsPer: col.int,
    per: col.int,
    units: col.int,
    unitsCancelled: col.int,
    unitsPlaced: col.int,
    unitsShipped: col.int,
    unitsCollected: col.int,
    unitCost: col.decimalOrNull,
  }),
);
const HoldRow = ownedBy(
  col.id<OrderId>(),
  "order_id",
  row({
    id: col.id<HoldId>(),
    subject: col.oneOf<Hold["subject"]>(),
    subjectId: col.text,
    code: col.oneOf<Hold["code"]>(),
    waitsFor: col.textOrNull,
    madeBy: col.oneOf<Hold["madeBy"]>(),
    detail: col.json<Record<string, unknown>>(),
    openedAt: col.instant,
  }),
);
const AttemptRow = ownedBy(
  col.id<OrderId>(),
  "order_id",
  row({
    id: col.id<AttemptId>(),
    fulfillmentOrderId: col.id<FulfillmentOrderId>(),
    no: col.int,
    supplierId: col.id<SupplierId>(),
    accountId: col.id<AccountId>(),
    kind: col.oneOf<Attempt["kind"]>(),
    state: col.oneOf<Attempt["state"]>(),
    reference: col.text,
    idempotencyKey: col.text,
    fence: col.int,
    armedAt: col.instant,
    sendBy: col.instant,
    settleAt: col.instant,
    keyUntil: col.instantOrNull,
    lookupLagMs: col.int,
    lookups: col.int,
    absentSince: col.instantOrNull,
    dueAt: col.instantOrNull,
    currency: col.text,
    maxTotal: col.bigint,
    expectedTotal: col.bigint,
    holdsMoney: col.bool,
    takesCredit: col.bool,
    requestHash: col.text,
    supplierOrderId: col.textOrNull,
    cost: col.bigintOrNull,
    costIs: col.oneOfOrNull<"expected" | "confirmed">(),
    reason: col.oneOfOrNull<NonNullable<Attempt["reason"]>>(),
    closedAt: col.instantOrNull,
    dispatchId: col.idOrNull<DispatchId>(),
    actor: col.text,
  }),
);
const ShipmentRow = ownedBy(
  col.id<OrderId>(),
  "order_id",
  row({
    id: col.id<ShipmentId>(),
    publicId: col.text,
    fulfillmentOrderId: col.id<FulfillmentOrderId>(),
    no: col.int,
    source: col.oneOf<Shipment["source"]>(),
    shippedAt: col.instant,
  }),
);
const ShipmentLineRow = ownedBy(col.id<ShipmentId>(), "shipment_id", row({ foLineNo: col.int, units: col.int }));
const ParcelRow = ownedBy(
  col.id<ShipmentId>(),
  "shipment_id",
  row({
    id: col.id<ParcelId>(),
    carrier: col.text,
    trackingNumber: col.text,
    state: col.oneOf<Parcel["state"]>(),
    stateAt: col.instantOrNull,
    dueAt: col.instantOrNull,
    looks: col.int,
    accepted: col.bool,
    shared: col.bool,
  }),
);
const WriteBackRow = ownedBy(
  col.id<OrderId>(),
  "order_id",
  row({
    id: col.id<WriteBackId>(),
    shipmentId: col.idOrNull<ShipmentId>(),
    parcelId: col.idOrNull<ParcelId>(),
    cancellationId: col.idOrNull<CancellationId>(),
    revision: col.int,
    state: col.oneOf<WriteBack["state"]>(),
    dueAt: col.instantOrNull,
    tries: col.int,
    message: col.textOrNull,
    toldAt: col.instantOrNull,
    lines: col.json<WriteBack["lines"]>(),
  }),
);
const CancellationRow = ownedBy(
  col.id<OrderId>(),
  "order_id",
  row({
    id: col.id<CancellationId>(),
    askedBy: col.oneOf<Cancellation["askedBy"]>(),
    state: col.oneOf<Cancellation["state"]>(),
    lines: col.json<Cancellation["lines"]>(),
    openedAt: col.instant,
    answeredAt: col.instantOrNull,
    answeredBy: col.textOrNull,
    dueAt: col.instantOrNull,
    asks: col.json<(Omit<Cancellation["asks"][number], "dueAt"> & { dueAt: string | null })[]>(),
  }),
);

/**
 * Orders with those parts of them that are needed, in the order asked; ids that are not there are left out. A few set-based reads, whatever the batch's size.
 * The order, its fulfillment orders with their lines, and the open holds are always there; and whatever an order's headline and timers are derived from.
 * A part that was not read is no empty list: whoever looks at it gets an error. Of an order that is locked, and `kept` at the version it is at, only the rows
 * that carry timers are read.
 */
export async function readDossiers(
  tx: Tx,
  keys: readonly (OrderKey | LockedOrder)[],
  parts: readonly DossierPart[] = dossierParts,
  kept?: KeptOrders,
): Promise<OrderDossier[]> {
  if (keys.length === 0) return [];
  const known = takeKept(keys, parts, kept);
  const anew = known.size === 0 ? keys : keys.filter((key) => !known.has(key.orderId));
  const k = { all: keyRows(keys), anew: anew.length === 0 ? null : keyRows(anew) };
  const [orders, fulfillmentOrders, foLines, holds, ...fill] = await Promise.all([
    rowsOf(
      tx,
      OrderRow,
      k.anew,
      (some) => sql`
      select ${columnsOf(OrderRow, "o")} from ${some}
       cross join lateral (select * from sales_order o where o.workspace_id = k.workspace_id and o.id = k.id order by o.id) o`,
    ),
    tx.rows(
      FulfillmentOrderRow,
      sql`
      select ${columnsOf(FulfillmentOrderRow, "f")} from ${k.all}
       cross join lateral (select * from fulfillment_order f where f.workspace_id = k.workspace_id and f.order_id = k.id order by f.no) f`,
    ),
    rowsOf(
      tx,
      FoLineRow,
      k.anew,
      (some) => sql`
      select ${columnsOf(FoLineRow, "l")} from ${some} ${theirFulfillmentOrders}
       cross join lateral (
         select * from fulfillment_order_line l where l.workspace_id = f.workspace_id and l.fulfillment_order_id = f.id order by l.no
       ) l`,
    ),
    rowsOf(
      tx,
      HoldRow,
      k.anew,
      (some) => sql`
      select ${columnsOf(HoldRow, "h")} from ${some}
       cross join lateral (
         select * from hold h where h.workspace_id = k.workspace_id and h.order_id = k.id and h.closed_at is null order by h.subject, h.subject_id, h.code
       ) h
       order by h.id`,
    ),
    ...parts.map((part) => readPart[part](tx, k)),
  ]);

  const read: Dossiers = new Map();
  for (const order of orders) read.set(order.id, { ...unread, order, fulfillmentOrders: [], holds: [] });
  const dossiers: Dossiers = known.size === 0 ? read : new Map([...known, ...read]);
  const fos = new Map<FulfillmentOrderId, FulfillmentOrder>();
  for (const { fulfillmentOrders: some } of known.values()) for (const fo of some) fos.set(fo.id, fo);
  for (const [orderId, fields] of fulfillmentOrders) {
    const before = fos.get(fields.id);
    if (before !== undefined) {
      Object.assign(before, fields);
      continue;
    }
    const fo: FulfillmentOrder = Object.assign(fields, { lines: [] });
    fos.set(fo.id, fo);
    read.get(orderId)!.fulfillmentOrders.push(fo);
  }
  for (const [fulfillmentOrderId, line] of foLines) fos.get(fulfillmentOrderId)!.lines.push(line);
  for (const [orderId, hold] of holds) read.get(orderId)!.holds.push(hold);
  for (const fillPart of fill) fillPart(dossiers, read);
  await readWhatIsDerivedFrom(tx, dossiers, parts);
  return keys.map((key) => dossiers.get(key.orderId)).filter((dossier) => dossier !== undefined);
}

type Dossiers = Map<OrderId, OrderDossier>;

/** The orders that a part is read of, and those of which nothing is known yet; null: there are none. */
interface KeyRows {
  all: Sql;
  anew: Sql | null;
}

const rowsOf = <T>(tx: Tx, shape: RowShape<T>, k: Sql | null, statement: (k: Sql) => Sql): Promise<T[]> | T[] =>
  k === null ? [] : tx.rows(shape, statement(k));

/** The parts of a kept order that its present user did not ask for: they still hold when he commits, because he cannot have changed them. */
const leftAside = new WeakMap<OrderDossier, KeptOrder>();

function takeKept(
  keys: readonly (OrderKey | LockedOrder)[],
  parts: readonly DossierPart[],
  kept: KeptOrders | undefined,
): Dossiers {
  const known: Dossiers = new Map();
  if (kept === undefined) return known;
  for (const key of keys) {
    const { orderId } = key;
    const one = "version" in key ? kept.take(orderId, key) : undefined;
    if (one === undefined || parts.some((part) => isKept(part) && one[part] === undefined)) continue;
    const { order, fulfillmentOrders, holds } = one;
    const dossier: OrderDossier = { ...unread, order, fulfillmentOrders, holds };
    for (const part of parts) if (isKept(part)) Object.assign(dossier, { [part]: one[part] });
    leftAside.set(dossier, one);
    known.set(orderId, dossier);
  }
  return known;
}
const isKept = (part: DossierPart): part is "lines" | "shipments" | "cancellations" =>
  part === "lines" || part === "shipments" || part === "cancellations";

/** Keeps orders as they are once this transaction is committed. */
export function keepOrders(tx: Tx, kept: KeptOrders, dossiers: readonly OrderDossier[]): void {
  tx.onCommit(() => {
    for (const dossier of dossiers) {
      const { order, fulfillmentOrders, holds, lines, shipments, cancellations } = dossier;
      const aside = leftAside.get(dossier);
      kept.keep({
        order,
        fulfillmentOrders,
        holds,
        lines: lines === unread.lines ? aside?.lines : lines,
        shipments: shipments === unread.shipments ? aside?.shipments : shipments,
        cancellations:
          cancellations === unread.cancellations ? aside?.cancellations : cancellations.length === 0 ? [] : undefined,
      });
    }
  });
}

/** An order that is further along in one part than this stage expects needs more than the stage asked for. Rare, and then one more round trip. */
async function readWhatIsDerivedFrom(tx: Tx, dossiers: Dossiers, parts: readonly DossierPart[]): Promise<void> {
  const missing = new Map<DossierPart, Dossiers>();
  for (const dossier of dossiers.values()) {
    for (const part of derivedFrom(dossier, parts)) {
      if (parts.includes(part)) continue;
      const some: Dossiers = missing.get(part) ?? new Map();
      missing.set(part, some.set(dossier.order.id, dossier));
    }
  }
  const fill = await Promise.all(
    [...missing].map(async ([part, some]) => {
      const keys = [...some.values()].map(({ order }) => ({ workspaceId: order.workspaceId, orderId: order.id }));
      const k = keyRows(keys);
      return [await readPart[part](tx, { all: k, anew: k }), some] as const;
    }),
  );
  for (const [fillPart, some] of fill) fillPart(some, some);
}

const unread = Object.fromEntries(
  dossierParts.map((part) => [
    part,
    new Proxy([], {
      get() {
        throw new Error(`The ${part} of this order were not read: name them among the parts that are read.`);
      },
    }),
  ]),
) as unknown as Pick<OrderDossier, DossierPart>;

/** Reads one part of the orders of `k`; what it answers puts the rows where they belong: of all of them, and of those that are read anew. */
const readPart: Record<DossierPart, (tx: Tx, k: KeyRows) => Promise<(all: Dossiers, anew: Dossiers) => void>> = {
  async lines(tx, k) {
    const rows = await rowsOf(
      tx,
      LineRow,
      k.anew,
      (some) => sql`
      select ${columnsOf(LineRow, "l")} from ${some}
       cross join lateral (select * from order_line l where l.workspace_id = k.workspace_id and l.order_id = k.id order by l.no) l`,
    );
    return (_, anew) => {
      for (const dossier of anew.values()) dossier.lines = [];
      for (const [orderId, line] of rows) anew.get(orderId)!.lines.push(line);
    };
  },

  async attempts(tx, k) {
    const rows = await tx.rows(
      AttemptRow,
      sql`
      select ${columnsOf(AttemptRow, "a")} from ${k.all} ${theirFulfillmentOrders}
       cross join lateral (select * from attempt a where a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id order by a.no) a`,
    );
    return (dossiers) => {
      for (const dossier of dossiers.values()) dossier.attempts = [];
      for (const [orderId, attempt] of rows) dossiers.get(orderId)!.attempts.push(attempt);
    };
  },

  async shipments(tx, k) {
    const [shipments, lines, parcels] = await Promise.all([
      rowsOf(
        tx,
        ShipmentRow,
        k.anew,
        (some) =>
          sql`select ${columnsOf(ShipmentRow, "s")} from ${some} ${theirFulfillmentOrders} ${theirShipments} order by s.id`,
      ),
      rowsOf(
        tx,
        ShipmentLineRow,
        k.anew,
        (some) => sql`
        select ${columnsOf(ShipmentLineRow, "l")} from ${some} ${theirFulfillmentOrders} ${theirShipments}
         cross join lateral (select * from shipment_line l where l.workspace_id = s.workspace_id and l.shipment_id = s.id order by l.fo_line_no) l`,
      ),
      tx.rows(
        ParcelRow,
        sql`
        select ${columnsOf(ParcelRow, "p")} from ${k.all} ${theirFulfillmentOrders} ${theirShipments}
         cross join lateral (select * from parcel p where p.workspace_id = s.workspace_id and p.shipment_id = s.id order by p.carrier, p.tracking_number) p
         order by p.id`,
      ),
    ]);
    return (all, anew) => {
      for (const dossier of anew.values()) dossier.shipments = [];
      const byId = new Map<ShipmentId, Shipment>();
      for (const dossier of all.values()) {
        for (const shipment of dossier.shipments) {
          shipment.parcels = [];
          byId.set(shipment.id, shipment);
        }
      }
      for (const [orderId, read] of shipments) {
        const shipment: Shipment = Object.assign(read, { lines: [], parcels: [] });
        byId.set(shipment.id, shipment);
        anew.get(orderId)!.shipments.push(shipment);
      }
      for (const [shipmentId, line] of lines) byId.get(shipmentId)!.lines.push(line);
      for (const [shipmentId, parcel] of parcels) byId.get(shipmentId)!.parcels.push(parcel);
    };
  },

  async writeBacks(tx, k) {
    const rows = await tx.rows(
      WriteBackRow,
      sql`
      select ${columnsOf(WriteBackRow, "w")} from ${k.all}
       cross join lateral (select * from write_back w where w.workspace_id = k.workspace_id and w.order_id = k.id order by w.order_id) w
       order by w.id`,
    );
    return (dossiers) => {
      for (const dossier of dossiers.values()) dossier.writeBacks = [];
      for (const [orderId, writeBack] of rows) dossiers.get(orderId)!.writeBacks.push(writeBack);
    };
  },

  async cancellations(tx, k) {
    const rows = await rowsOf(
      tx,
      CancellationRow,
      k.anew,
      (some) => sql`
      select c.*, (select coalesce(json_agg(json_build_object('fulfillmentOrderId', a.fulfillment_order_id::text, 'state', a.state, 'lines', a.lines, 'dueAt', a.due_at, 'tries', a.tries) order by a.fulfillment_order_id), '[]'::json)
                     from cancellation_ask a where a.workspace_id = c.workspace_id and a.cancellation_id = c.id) as asks
        from ${some}
       cross join lateral (select * from cancellation c where c.workspace_id = k.workspace_id and c.order_id = k.id order by c.order_id) c
       order by c.id`,
    );
    return (_, anew) => {
      for (const dossier of anew.values()) dossier.cancellations = [];
      for (const [orderId, { asks, ...rest }] of rows) {
        anew.get(orderId)!.cancellations.push({
          ...rest,
          asks: asks.map((ask) => ({ ...ask, dueAt: ask.dueAt === null ? null : new Date(ask.dueAt) })),
        });
      }
    };
  },
};
