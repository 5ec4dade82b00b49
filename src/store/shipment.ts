import type {
  AccountId,
  FulfillmentOrderId,
  OrderId,
  ParcelId,
  ShipmentId,
  SupplierId,
  WorkspaceId,
} from "#domain/ids.ts";
import type { Db, Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

export interface DueParcel {
  workspaceId: WorkspaceId;
  orderId: OrderId;
  shipmentId: ShipmentId;
  parcelId: ParcelId;
}
const Parcel = row({
  workspaceId: col.id<WorkspaceId>(),
  orderId: col.id<OrderId>(),
  shipmentId: col.id<ShipmentId>(),
  parcelId: col.id<ParcelId>(),
});
const Due = row({ dueAt: col.instantOrNull });

/** Parcels whose carrier is to be asked, longest due first. They are not locked: whoever follows them locks their orders and looks again. */
export const dueParcels = (db: Tx, now: Date, limit: number): Promise<DueParcel[]> =>
  db.rows(
    Parcel,
    sql`
    select workspace_id, order_id, shipment_id, id as parcel_id from parcel where due_at <= ${now} order by due_at, id limit ${limit}`,
  );

export async function nextParcel(db: Db): Promise<Date | null> {
  return (await db.one(Due, sql`select min(due_at) as due_at from parcel where due_at is not null`)).dueAt;
}

/** Where a purchase order of ours lives. */
export interface PurchaseOrderPlace {
  reference: string;
  supplierOrderId: string | null;
  orderId: OrderId;
  fulfillmentOrderId: FulfillmentOrderId;
}
const Place = row({
  reference: col.text,
  supplierOrderId: col.textOrNull,
  orderId: col.id<OrderId>(),
  fulfillmentOrderId: col.id<FulfillmentOrderId>(),
});

/** Finds purchases of one supplier by our PO number or by its own number, placed ones first. */
export const findPurchaseOrders = (
  tx: Tx,
  workspaceId: WorkspaceId,
  supplierId: SupplierId,
  numbers: readonly string[],
): Promise<PurchaseOrderPlace[]> =>
  numbers.length === 0
    ? Promise.resolve([])
    : tx.rows(
        Place,
        sql`
    select a.reference, a.supplier_order_id, a.order_id, a.fulfillment_order_id from attempt a
     where a.workspace_id = ${workspaceId}::bigint and a.supplier_id = ${supplierId}::bigint
       and (a.reference = any(${numbers}::text[]) or a.supplier_order_id = any(${numbers}::text[]))
     order by (a.state = 'placed') desc, a.id`,
      );

/** The supplier refused our login: nothing more is asked of this account until a person has mended it. */
export const rejectCredentials = (
  tx: Tx,
  accounts: readonly { workspaceId: WorkspaceId; accountId: AccountId }[],
  now: Date,
): Promise<number> =>
  accounts.length === 0
    ? Promise.resolve(0)
    : tx.run(sql`
    update supplier_account a set credentials_rejected_at = ${now}
      from (select workspace_id, account_id from unnest(${accounts.map((each) => each.workspaceId)}::bigint[], ${accounts.map((each) => each.accountId)}::bigint[]) as k(workspace_id, account_id) order by 1, 2) k
     where a.workspace_id = k.workspace_id and a.id = k.account_id and a.credentials_rejected_at is null`);
