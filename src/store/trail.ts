import { publicId, type OrderId, type WorkspaceId } from "#domain/ids.ts";
import { toMajor } from "#domain/money.ts";
import type { TrailEvent, TrailFacts } from "#domain/webhook-event.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

/** Some events of one order: `first` to `last`, both included. */
export interface Stretch {
  orderId: OrderId;
  first: number;
  last: number;
}
export interface OrderTrail {
  orderId: OrderId;
  events: TrailEvent[];
  facts: TrailFacts;
}

const EventRow = row({
  orderId: col.id<OrderId>(),
  seq: col.int,
  at: col.instant,
  kind: col.text,
  subject: col.text,
  subjectId: col.text,
  fromState: col.textOrNull,
  toState: col.textOrNull,
  data: col.jsonOrNull<Record<string, unknown>>(),
});
const OrderRow = row({
  id: col.id<OrderId>(),
  publicId: col.text,
  number: col.text,
  channelOrderId: col.text,
  channel: col.text,
});
const PartRow = row({
  id: col.text,
  orderId: col.id<OrderId>(),
  publicId: col.text,
  no: col.int,
  supplier: col.textOrNull,
});
const ShipmentRow = row({ id: col.text, orderId: col.id<OrderId>(), part: col.text, publicId: col.text });
const ParcelRow = row({
  id: col.text,
  orderId: col.id<OrderId>(),
  shipment: col.text,
  carrier: col.text,
  trackingNumber: col.text,
});
const AttemptRow = row({
  id: col.text,
  orderId: col.id<OrderId>(),
  part: col.text,
  cost: col.bigintOrNull,
  currency: col.text,
});
const WriteBackRow = row({ id: col.text, orderId: col.id<OrderId>(), shipment: col.textOrNull });

/** The events of these stretches, with what they name by inner ids. In the order asked; an order's stretches in the order of its events. */
export async function readTrails(
  tx: Tx,
  workspaceId: WorkspaceId,
  stretches: readonly Stretch[],
): Promise<OrderTrail[]> {
  const ids = [...new Set(stretches.map((each) => each.orderId))];
  const asked = sql`unnest(${ids}::bigint[]) as k(id)`;
  // Order by order, by the index that its rows have: a join of sets would read whole tables of a large workspace.
  const parts = sql`
    ${asked} cross join lateral (
      select f.id, f.order_id, f.public_id, f.no, f.supplier_id from fulfillment_order f
       where f.workspace_id = ${workspaceId}::bigint and f.order_id = k.id order by f.no offset 0
    ) f`;
  const [events, orders, partRows, shipments, parcels, attempts, writeBacks] = await Promise.all([
    tx.rows(
      EventRow,
      sql`
      select e.order_id, e.seq, e.at, e.kind, e.subject, e.subject_id::text as subject_id, e.from_state, e.to_state, e.data
        from unnest(${stretches.map((each) => each.orderId)}::bigint[], ${stretches.map((each) => each.first)}::integer[], ${stretches.map((each) => each.last)}::integer[])
               as k(order_id, first, last)
       cross join lateral (
         select * from event e
          where e.workspace_id = ${workspaceId}::bigint and e.order_id = k.order_id and e.seq between k.first and k.last
          order by e.seq offset 0
       ) e
       order by e.order_id, e.seq`,
    ),
    tx.rows(
      OrderRow,
      sql`
      select o.id, o.public_id, o.number, o.channel_order_id, c.public_id as channel
        from sales_order o
        join channel c on c.workspace_id = ${workspaceId}::bigint and c.id = o.channel_id
       where o.workspace_id = ${workspaceId}::bigint and o.id = any(${ids}::bigint[])`,
    ),
    tx.rows(
      PartRow,
      sql`
      select f.id::text as id, f.order_id, f.public_id, f.no, s.public_id as supplier
        from ${parts} left join supplier s on s.workspace_id = ${workspaceId}::bigint and s.id = f.supplier_id`,
    ),
    tx.rows(
      ShipmentRow,
      sql`
      select s.id::text as id, f.order_id, f.id::text as part, s.public_id
        from ${parts} join shipment s on s.workspace_id = ${workspaceId}::bigint and s.fulfillment_order_id = f.id`,
    ),
    tx.rows(
      ParcelRow,
      sql`
      select p.id::text as id, f.order_id, p.shipment_id::text as shipment, p.carrier, p.tracking_number
        from ${parts}
        join shipment s on s.workspace_id = ${workspaceId}::bigint and s.fulfillment_order_id = f.id
        join parcel p on p.workspace_id = ${workspaceId}::bigint and p.shipment_id = s.id`,
    ),
    tx.rows(
      AttemptRow,
      sql`
      select a.id::text as id, f.order_id, f.id::text as part, a.cost, a.currency
        from ${parts} join attempt a on a.workspace_id = ${workspaceId}::bigint and a.fulfillment_order_id = f.id`,
    ),
    tx.rows(
      WriteBackRow,
      sql`
      select w.id::text as id, w.order_id, w.shipment_id::text as shipment from write_back w
       where w.workspace_id = ${workspaceId}::bigint and w.order_id = any(${ids}::bigint[])`,
    ),
  ]);

  const of = <Row extends { orderId: OrderId }>(rows: readonly Row[]): Map<OrderId, Row[]> =>
    Map.groupBy(rows, (each) => each.orderId);
  const eventsOf = of(events);
  const partsOf = of(partRows);
  const shipmentsOf = of(shipments);
  const parcelsOf = of(parcels);
  const attemptsOf = of(attempts);
  const writeBacksOf = of(writeBacks);
  const byId = new Map(orders.map((order) => [order.id, order]));
  return ids.flatMap((orderId): OrderTrail[] => {
    const order = byId.get(orderId);
    if (order === undefined) return [];
    const facts: TrailFacts = {
      order: {
        id: publicId("order", order.publicId),
        number: order.number,
        channel: publicId("channel", order.channel),
        channel_order_id: order.channelOrderId,
      },
      fulfillmentOrders: new Map(
        (partsOf.get(orderId) ?? []).map((part) => [
          part.id,
          {
            id: publicId("fulfillmentOrder", part.publicId),
            no: part.no,
            supplier: part.supplier === null ? null : publicId("supplier", part.supplier),
          },
        ]),
      ),
      shipments: new Map(
        (shipmentsOf.get(orderId) ?? []).map((each) => [
          each.id,
          { part: each.part, id: publicId("shipment", each.publicId) },
        ]),
      ),
      parcels: new Map((parcelsOf.get(orderId) ?? []).map((each) => [each.id, each])),
      attempts: new Map(
        (attemptsOf.get(orderId) ?? []).map(({ id, part, cost, currency }) => [
          id,
          { part, cost: cost === null ? null : { amount: toMajor({ amount: cost, currency }), currency } },
        ]),
      ),
      writeBacks: new Map((writeBacksOf.get(orderId) ?? []).map((each) => [each.id, each])),
    };
    return [{ orderId, events: eventsOf.get(orderId) ?? [], facts }];
  });
}
