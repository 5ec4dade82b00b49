import type { FulfillmentOrderId, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Db, Tx } from "./db.ts";
import type { OrderKey } from "./dossier.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

const Key = row({ workspaceId: col.id<WorkspaceId>(), orderId: col.id<OrderId>() });
const Due = row({ dueAt: col.instantOrNull });

/** Orders with a question to a supplier that is due. Not locked: whoever asks locks them and looks again. */
export const ordersToAsk = (db: Tx, now: Date, limit: number): Promise<OrderKey[]> =>
  db.rows(
    Key,
    sql`
    with due as (
      select workspace_id, order_id from cancellation_ask where due_at <= ${now} order by due_at, cancellation_id limit ${limit}
    )
    select distinct workspace_id, order_id from due`,
  );

/** One question of a cancellation. */
export interface AskKey {
  workspaceId: WorkspaceId;
  cancellationId: string;
  fulfillmentOrderId: FulfillmentOrderId;
}
/** Moves the lease of those questions that still wait until `from`. What somebody is writing just now is skipped: it gets its own time. */
export const renewAsks = (
  tx: Tx,
  asks: readonly AskKey[],
  { from, until }: { from: Date; until: Date },
): Promise<number> =>
  tx.run(sql`
    with mine as (
      select a.workspace_id, a.cancellation_id, a.fulfillment_order_id
        from unnest(${asks.map((each) => each.workspaceId)}::bigint[], ${asks.map((each) => each.cancellationId)}::bigint[], ${asks.map((each) => each.fulfillmentOrderId)}::bigint[])
               as k(workspace_id, cancellation_id, fulfillment_order_id)
        join cancellation_ask a using (workspace_id, cancellation_id, fulfillment_order_id)
       where a.due_at = ${from} for no key update of a skip locked
    )
    update cancellation_ask a set due_at = ${until} from mine
     where a.workspace_id = mine.workspace_id and a.cancellation_id = mine.cancellation_id and a.fulfillment_order_id = mine.fulfillment_order_id`);

/** In safe mode no supplier is asked anything. */
export async function nextAsk(db: Db): Promise<Date | null> {
  const found = await db.one(
    Due,
    sql`
    select min(due_at) as due_at from cancellation_ask
     where due_at is not null and not exists (select 1 from installation i where i.safe_mode_reason is not null)`,
  );
  return found.dueAt;
}
