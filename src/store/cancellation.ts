import type { OrderId, WorkspaceId } from "#domain/ids.ts";
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
