import type { FulfillmentOrderId, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { FulfillmentState } from "#domain/lifecycle.ts";
import type { Db, Tx } from "./db.ts";
import { LockedOrderRow, type LockedOrder, type OrderKey } from "./dossier.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

const Claimed = row({
  workspaceId: col.id<WorkspaceId>(),
  orderId: col.id<OrderId>(),
  fulfillmentOrderId: col.id<FulfillmentOrderId>(),
});
const Due = row({ dueAt: col.instantOrNull });

/**
 * Locks the orders of up to `limit` fulfillment orders that are due in `states`, longest due first, skipping orders that somebody holds. Two statements:
 * the second reads with a snapshot taken after the locks, so that what another worker moved on meanwhile is not claimed again.
 */
export async function claimDueOrders(
  tx: Tx,
  claim: { states: readonly FulfillmentState[]; now: Date; limit: number; only: OrderKey | null },
): Promise<(LockedOrder & { fulfillmentOrderId: FulfillmentOrderId })[]> {
  const { states, now, limit, only } = claim;
  const one =
    only === null
      ? sql``
      : sql`and f.workspace_id = ${only.workspaceId}::bigint and f.order_id = ${only.orderId}::bigint`;
  const locked = await tx.rows(
    LockedOrderRow,
    sql`
    with due as ( -- state by state, because only within one of them the index fulfillment_order_due is in the order of time
      select f.workspace_id, f.order_id, f.id, f.due_at from unnest(${states}::text[]) as s(state)
       cross join lateral (
         select f.workspace_id, f.order_id, f.id, f.due_at from fulfillment_order f
          where f.state = s.state and f.due_at <= ${now} ${one}
          order by f.due_at, f.id limit ${2 * limit}
       ) f
       order by f.due_at, f.id limit ${2 * limit} -- what another worker holds is passed over, and what comes behind it is taken instead
    )
    select o.workspace_id, o.id as order_id, o.version, o.event_hash
      from due join sales_order o on o.workspace_id = due.workspace_id and o.id = due.order_id
     order by due.due_at, due.id limit ${limit}
       for update of o skip locked -- skipping never waits, so this order cannot deadlock`,
  );
  if (locked.length === 0) return [];
  const orders = new Map(locked.map((each) => [each.orderId, each])); // an order may be due with several of its parts
  const keys = [...orders.values()];
  const claimed = await tx.rows(
    Claimed,
    sql`
    select f.workspace_id, f.order_id, f.id as fulfillment_order_id
      from unnest(${keys.map((each) => each.workspaceId)}::bigint[], ${keys.map((each) => each.orderId)}::bigint[]) as k(workspace_id, id)
     cross join lateral ( -- order by order, by the index (see dossier.ts); with offset 0 what is due is not looked for first
       select * from fulfillment_order f where f.workspace_id = k.workspace_id and f.order_id = k.id order by f.no offset 0
     ) f
     where f.state = any(${states}::text[]) and f.due_at <= ${now}
     order by f.due_at, f.id`,
  );
  return claimed.map(({ orderId, fulfillmentOrderId }) => ({ ...orders.get(orderId)!, fulfillmentOrderId }));
}

/** Puts off what is due of an order, without deciding anything about it. */
export const postpone = (
  tx: Tx,
  { workspaceId, orderId }: OrderKey,
  states: readonly FulfillmentState[],
  now: Date,
  ms: number,
): Promise<number> =>
  tx.run(sql`
    update fulfillment_order set due_at = ${new Date(now.getTime() + ms)}
     where workspace_id = ${workspaceId}::bigint and order_id = ${orderId}::bigint and state = any(${states}::text[]) and due_at <= ${now}`);

/** When the next fulfillment order in one of these states falls due: the first entry of each state's stretch of the index, whatever waits behind it. */
export async function nextDue(db: Db, states: readonly FulfillmentState[]): Promise<Date | null> {
  const { dueAt } = await db.one(
    Due,
    sql`
    select min(f.due_at) as due_at from unnest(${states}::text[]) as s(state)
     cross join lateral (
       select f.due_at from fulfillment_order f where f.state = s.state and f.due_at is not null order by f.due_at limit 1
     ) f`,
  );
  return dueAt;
}
