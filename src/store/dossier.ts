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
import { col, ownedBy, row } from "./row.ts";
import { columnsOf, encode, sql, type Sql } from "./sql.ts";

export interface OrderKey {
  workspaceId: WorkspaceId;
  orderId: OrderId;
}

/** The order row is the lock (ENG-2): whoever changes anything of an order takes it first, in id order, and waits for who has it. */
export async function lockOrders(tx: Tx, keys: readonly OrderKey[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.run(sql`
    select o.id from ${keyRows(keys)} join sales_order o on o.workspace_id = k.workspace_id and o.id = k.id
     order by o.workspace_id, o.id for update of o`);
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
 * The order, its fulfillment orders with their lines, and the open holds are always read; and whatever an order's headline and timers are derived from.
 * A part that was not read is no empty list: whoever looks at it gets an error.
 */
export async function readDossiers(
  tx: Tx,
  keys: readonly OrderKey[],
  parts: readonly DossierPart[] = dossierParts,
): Promise<OrderDossier[]> {
  if (keys.length === 0) return [];
  const k = keyRows(keys);
  const [orders, fulfillmentOrders, foLines, holds, ...fill] = await Promise.all([
    tx.rows(
      OrderRow,
      sql`
      select ${columnsOf(OrderRow, "o")} from ${k}
       cross join lateral (select * from sales_order o where o.workspace_id = k.workspace_id and o.id = k.id order by o.id) o`,
    ),
    tx.rows(
      FulfillmentOrderRow,
      sql`
      select ${columnsOf(FulfillmentOrderRow, "f")} from ${k}
       cross join lateral (select * from fulfillment_order f where f.workspace_id = k.workspace_id and f.order_id = k.id order by f.no) f`,
    ),
    tx.rows(
      FoLineRow,
      sql`
      select ${columnsOf(FoLineRow, "l")} from ${k} ${theirFulfillmentOrders}
       cross join lateral (
         select * from fulfillment_order_line l where l.workspace_id = f.workspace_id and l.fulfillment_order_id = f.id order by l.no
       ) l`,
    ),
    tx.rows(
      HoldRow,
      sql`
      select ${columnsOf(HoldRow, "h")} from ${k}
       cross join lateral (
         select * from hold h where h.workspace_id = k.workspace_id and h.order_id = k.id and h.closed_at is null order by h.subject, h.subject_id, h.code
       ) h
       order by h.id`,
    ),
    ...parts.map((part) => readPart[part](tx, k)),
  ]);

  const dossiers: Dossiers = new Map();
  for (const order of orders) dossiers.set(order.id, { ...unread, order, fulfillmentOrders: [], holds: [] });
  const fos = new Map<FulfillmentOrderId, FulfillmentOrder>();
  for (const [orderId, read] of fulfillmentOrders) {
    const fo: FulfillmentOrder = Object.assign(read, { lines: [] });
    fos.set(fo.id, fo);
    dossiers.get(orderId)!.fulfillmentOrders.push(fo);
  }
  for (const [fulfillmentOrderId, line] of foLines) fos.get(fulfillmentOrderId)!.lines.push(line);
  for (const [orderId, hold] of holds) dossiers.get(orderId)!.holds.push(hold);
  for (const fillPart of fill) fillPart(dossiers);
  await readWhatIsDerivedFrom(tx, dossiers, parts);
  return keys.map((key) => dossiers.get(key.orderId)).filter((dossier) => dossier !== undefined);
}

type Dossiers = Map<OrderId, OrderDossier>;

/** An order that is further along in one part than this stage expects needs more than the stage asked for. Rare, and then one more round trip. */
async function readWhatIsDerivedFrom(tx: Tx, dossiers: Dossiers, parts: readonly DossierPart[]): Promise<void> {
  const missing = new Map<DossierPart, Dossiers>();
  for (const dossier of dossiers.values()) {
    for (const part of derivedFrom(dossier)) {
      if (parts.includes(part)) continue;
      const some: Dossiers = missing.get(part) ?? new Map();
      missing.set(part, some.set(dossier.order.id, dossier));
    }
  }
  const fill = await Promise.all(
    [...missing].map(async ([part, some]) => {
      const keys = [...some.values()].map(({ order }) => ({ workspaceId: order.workspaceId, orderId: order.id }));
      return [await readPart[part](tx, keyRows(keys)), some] as const;
    }),
  );
  for (const [fillPart, some] of fill) fillPart(some);
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

/** Reads one part of the orders of `k`; what it answers puts the rows where they belong. */
const readPart: Record<DossierPart, (tx: Tx, k: Sql) => Promise<(dossiers: Dossiers) => void>> = {
  async lines(tx, k) {
    const rows = await tx.rows(
      LineRow,
      sql`
      select ${columnsOf(LineRow, "l")} from ${k}
       cross join lateral (select * from order_line l where l.workspace_id = k.workspace_id and l.order_id = k.id order by l.no) l`,
    );
    return (dossiers) => {
      for (const dossier of dossiers.values()) dossier.lines = [];
      for (const [orderId, line] of rows) dossiers.get(orderId)!.lines.push(line);
    };
  },

  async attempts(tx, k) {
    const rows = await tx.rows(
      AttemptRow,
      sql`
      select ${columnsOf(AttemptRow, "a")} from ${k} ${theirFulfillmentOrders}
       cross join lateral (select * from attempt a where a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id order by a.no) a`,
    );
    return (dossiers) => {
      for (const dossier of dossiers.values()) dossier.attempts = [];
      for (const [orderId, attempt] of rows) dossiers.get(orderId)!.attempts.push(attempt);
    };
  },

  async shipments(tx, k) {
    const [shipments, lines, parcels] = await Promise.all([
      tx.rows(
        ShipmentRow,
        sql`select ${columnsOf(ShipmentRow, "s")} from ${k} ${theirFulfillmentOrders} ${theirShipments} order by s.id`,
      ),
      tx.rows(
        ShipmentLineRow,
        sql`
        select ${columnsOf(ShipmentLineRow, "l")} from ${k} ${theirFulfillmentOrders} ${theirShipments}
         cross join lateral (select * from shipment_line l where l.workspace_id = s.workspace_id and l.shipment_id = s.id order by l.fo_line_no) l`,
      ),
      tx.rows(
        ParcelRow,
        sql`
        select ${columnsOf(ParcelRow, "p")} from ${k} ${theirFulfillmentOrders} ${theirShipments}
         cross join lateral (select * from parcel p where p.workspace_id = s.workspace_id and p.shipment_id = s.id order by p.carrier, p.tracking_number) p
         order by p.id`,
      ),
    ]);
    return (dossiers) => {
      for (const dossier of dossiers.values()) dossier.shipments = [];
      const byId = new Map<ShipmentId, Shipment>();
      for (const [orderId, read] of shipments) {
        const shipment: Shipment = Object.assign(read, { lines: [], parcels: [] });
        byId.set(shipment.id, shipment);
        dossiers.get(orderId)!.shipments.push(shipment);
      }
      for (const [shipmentId, line] of lines) byId.get(shipmentId)!.lines.push(line);
      for (const [shipmentId, parcel] of parcels) byId.get(shipmentId)!.parcels.push(parcel);
    };
  },

  async writeBacks(tx, k) {
    const rows = await tx.rows(
      WriteBackRow,
      sql`
      select ${columnsOf(WriteBackRow, "w")} from ${k}
       cross join lateral (select * from write_back w where w.workspace_id = k.workspace_id and w.order_id = k.id order by w.order_id) w
       order by w.id`,
    );
    return (dossiers) => {
      for (const dossier of dossiers.values()) dossier.writeBacks = [];
      for (const [orderId, writeBack] of rows) dossiers.get(orderId)!.writeBacks.push(writeBack);
    };
  },

  async cancellations(tx, k) {
    const rows = await tx.rows(
      CancellationRow,
      sql`
      select c.*, (select coalesce(json_agg(json_build_object('fulfillmentOrderId', a.fulfillment_order_id::text, 'state', a.state, 'lines', a.lines, 'dueAt', a.due_at, 'tries', a.tries) order by a.fulfillment_order_id), '[]'::json)
                     from cancellation_ask a where a.workspace_id = c.workspace_id and a.cancellation_id = c.id) as asks
        from ${k}
       cross join lateral (select * from cancellation c where c.workspace_id = k.workspace_id and c.order_id = k.id order by c.order_id) c
       order by c.id`,
    );
    return (dossiers) => {
      for (const dossier of dossiers.values()) dossier.cancellations = [];
      for (const [orderId, { asks, ...rest }] of rows) {
        dossiers.get(orderId)!.cancellations.push({
          ...rest,
          asks: asks.map((ask) => ({ ...ask, dueAt: ask.dueAt === null ? null : new Date(ask.dueAt) })),
        });
      }
    };
  },
};
