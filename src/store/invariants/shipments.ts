import { sql } from "#store/sql.ts";
import { onOrders, ordersIn, type Invariant } from "./invariant.ts";

/** A number that the carrier uses again after this long is another parcel. */
const daysOfOneNumber = 120;

export const oneOrderPerNumber: Invariant = onOrders(
  "I29",
  "One tracking number, one order per workspace and carrier within 120 days, unless marked as shared",
  (range) => sql`
    select distinct 'ord_' || o.public_id as subject, format('%s %s is also on ord_%s', p.carrier, p.tracking_number, other.public_id) as detail
      from ${ordersIn(range)} o
      join fulfillment_order f on f.workspace_id = o.workspace_id and f.order_id = o.id
      join shipment s on s.workspace_id = f.workspace_id and s.fulfillment_order_id = f.id
      join parcel p on p.workspace_id = s.workspace_id and p.shipment_id = s.id
      join parcel q on q.workspace_id = p.workspace_id and q.tracking_number = p.tracking_number and q.carrier = p.carrier and q.order_id <> p.order_id and q.id < p.id
      join sales_order other on other.workspace_id = q.workspace_id and other.id = q.order_id
     where p.accepted and q.accepted and not p.shared and not q.shared
       and p.created_at - q.created_at < make_interval(days => ${daysOfOneNumber})`,
);
