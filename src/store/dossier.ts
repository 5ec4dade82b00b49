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
  FulfillmentOrder,
  FulfillmentOrderLine,
  Hold,
  Order,
  OrderDossier,
  OrderLine,
  Parcel,
  Shipment,
  WriteBack,
} from "#domain/order.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql, type Sql } from "./sql.ts";

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

const keyRows = (keys: readonly OrderKey[]): Sql =>
  sql`unnest(${keys.map((key) => key.workspaceId)}::bigint[], ${keys.map((key) => key.orderId)}::bigint[]) as k(workspace_id, id)`;

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
const LineRow = row({
  orderId: col.id<OrderId>(),
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
});
const FulfillmentOrderRow = row({
  orderId: col.id<OrderId>(),
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
});
const FoLineRow = row({
  orderId: col.id<OrderId>(),
  fulfillmentOrderId: col.id<FulfillmentOrderId>(),
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
});
const HoldRow = row({
  orderId: col.id<OrderId>(),
  id: col.id<HoldId>(),
  subject: col.oneOf<Hold["subject"]>(),
  subjectId: col.text,
  code: col.oneOf<Hold["code"]>(),
  waitsFor: col.textOrNull,
  madeBy: col.oneOf<Hold["madeBy"]>(),
  detail: col.json<Record<string, unknown>>(),
  openedAt: col.instant,
});
const AttemptRow = row({
  orderId: col.id<OrderId>(),
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
});
const ShipmentRow = row({
  orderId: col.id<OrderId>(),
  id: col.id<ShipmentId>(),
  publicId: col.text,
  fulfillmentOrderId: col.id<FulfillmentOrderId>(),
  no: col.int,
  source: col.oneOf<Shipment["source"]>(),
  shippedAt: col.instant,
  lines: col.json<Shipment["lines"]>(),
});
const ParcelRow = row({
  orderId: col.id<OrderId>(),
  shipmentId: col.id<ShipmentId>(),
  id: col.id<ParcelId>(),
  carrier: col.text,
  trackingNumber: col.text,
  state: col.oneOf<Parcel["state"]>(),
  stateAt: col.instantOrNull,
  dueAt: col.instantOrNull,
  looks: col.int,
  accepted: col.bool,
  shared: col.bool,
});
const WriteBackRow = row({
  orderId: col.id<OrderId>(),
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
});
const CancellationRow = row({
  orderId: col.id<OrderId>(),
  id: col.id<CancellationId>(),
  askedBy: col.oneOf<Cancellation["askedBy"]>(),
  state: col.oneOf<Cancellation["state"]>(),
  lines: col.json<Cancellation["lines"]>(),
  openedAt: col.instant,
  answeredAt: col.instantOrNull,
  answeredBy: col.textOrNull,
  dueAt: col.instantOrNull,
  asks: col.json<(Omit<Cancellation["asks"][number], "dueAt"> & { dueAt: string | null })[]>(),
});

/** Whole orders, in the order asked; ids that are not there are left out. Ten set-based reads, whatever the batch's size. */
export async function readDossiers(tx: Tx, keys: readonly OrderKey[]): Promise<OrderDossier[]> {
  if (keys.length === 0) return [];
  const k = keyRows(keys);
  const [orders, lines, fulfillmentOrders, foLines, holds, attempts, shipments, parcels, writeBacks, cancellations] =
    await Promise.all([
      tx.rows(
        OrderRow,
        sql`select o.* from ${k} join sales_order o on o.workspace_id = k.workspace_id and o.id = k.id`,
      ),
      tx.rows(
        LineRow,
        sql`select l.* from ${k} join order_line l on l.workspace_id = k.workspace_id and l.order_id = k.id order by l.order_id, l.no`,
      ),
      tx.rows(
        FulfillmentOrderRow,
        sql`select f.* from ${k} join fulfillment_order f on f.workspace_id = k.workspace_id and f.order_id = k.id order by f.order_id, f.no`,
      ),
      tx.rows(
        FoLineRow,
        sql`
      select l.* from ${k} join fulfillment_order f on f.workspace_id = k.workspace_id and f.order_id = k.id
        join fulfillment_order_line l on l.workspace_id = f.workspace_id and l.fulfillment_order_id = f.id
       order by l.fulfillment_order_id, l.no`,
      ),
      tx.rows(
        HoldRow,
        sql`select h.* from ${k} join hold h on h.workspace_id = k.workspace_id and h.order_id = k.id and h.closed_at is null order by h.id`,
      ),
      tx.rows(
        AttemptRow,
        sql`
      select a.* from ${k} join fulfillment_order f on f.workspace_id = k.workspace_id and f.order_id = k.id
        join attempt a on a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id
       order by a.fulfillment_order_id, a.no`,
      ),
      tx.rows(
        ShipmentRow,
        sql`
      select s.*, (select coalesce(json_agg(json_build_object('foLineNo', l.fo_line_no, 'units', l.units) order by l.fo_line_no), '[]'::json)
                     from shipment_line l where l.workspace_id = s.workspace_id and l.shipment_id = s.id) as lines
        from ${k} join fulfillment_order f on f.workspace_id = k.workspace_id and f.order_id = k.id
        join shipment s on s.workspace_id = f.workspace_id and s.fulfillment_order_id = f.id
       order by s.id`,
      ),
      tx.rows(
        ParcelRow,
        sql`
      select p.* from ${k} join fulfillment_order f on f.workspace_id = k.workspace_id and f.order_id = k.id
        join shipment s on s.workspace_id = f.workspace_id and s.fulfillment_order_id = f.id
        join parcel p on p.workspace_id = s.workspace_id and p.shipment_id = s.id
       order by p.id`,
      ),
      tx.rows(
        WriteBackRow,
        sql`select w.* from ${k} join write_back w on w.workspace_id = k.workspace_id and w.order_id = k.id order by w.id`,
      ),
      tx.rows(
        CancellationRow,
        sql`
      select c.*, (select coalesce(json_agg(json_build_object('fulfillmentOrderId', a.fulfillment_order_id::text, 'state', a.state, 'lines', a.lines, 'dueAt', a.due_at, 'tries', a.tries) order by a.fulfillment_order_id), '[]'::json)
                     from cancellation_ask a where a.workspace_id = c.workspace_id and a.cancellation_id = c.id) as asks
        from ${k} join cancellation c on c.workspace_id = k.workspace_id and c.order_id = k.id
       order by c.id`,
      ),
    ]);

  const dossiers = new Map<OrderId, OrderDossier>();
  for (const order of orders) {
    dossiers.set(order.id, {
      order,
      lines: [],
      fulfillmentOrders: [],
      holds: [],
      attempts: [],
      shipments: [],
      writeBacks: [],
      cancellations: [],
    });
  }
  const fos = new Map<FulfillmentOrderId, FulfillmentOrder>();
  const shipmentsById = new Map<ShipmentId, Shipment>();
  for (const { orderId, ...line } of lines) dossiers.get(orderId)!.lines.push(line);
  for (const { orderId, ...rest } of fulfillmentOrders) {
    const fo: FulfillmentOrder = { ...rest, lines: [] };
    fos.set(fo.id, fo);
    dossiers.get(orderId)!.fulfillmentOrders.push(fo);
  }
  for (const { orderId: _, fulfillmentOrderId, ...line } of foLines)
    fos.get(fulfillmentOrderId)!.lines.push(line satisfies FulfillmentOrderLine);
  for (const { orderId, ...hold } of holds) dossiers.get(orderId)!.holds.push(hold);
  for (const { orderId, ...attempt } of attempts) dossiers.get(orderId)!.attempts.push(attempt);
  for (const { orderId, ...rest } of shipments) {
    const shipment: Shipment = { ...rest, parcels: [] };
    shipmentsById.set(shipment.id, shipment);
    dossiers.get(orderId)!.shipments.push(shipment);
  }
  for (const { orderId: _, shipmentId, ...parcel } of parcels) shipmentsById.get(shipmentId)!.parcels.push(parcel);
  for (const { orderId, ...writeBack } of writeBacks) dossiers.get(orderId)!.writeBacks.push(writeBack);
  for (const { orderId, asks, ...rest } of cancellations) {
    dossiers.get(orderId)!.cancellations.push({
      ...rest,
      asks: asks.map((ask) => ({ ...ask, dueAt: ask.dueAt === null ? null : new Date(ask.dueAt) })),
    });
  }
  return keys.map((key) => dossiers.get(key.orderId)).filter((dossier) => dossier !== undefined);
}
