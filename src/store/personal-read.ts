import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "./db.ts";
import { sql } from "./sql.ts";

/** What of a buyer's personal data somebody was shown. */
export type PersonalRead = "order" | "desk" | "search" | "export" | "attachment" | "document";

const againMs = 10 * 60_000;

/** SU-5. Writes who was shown it, before it is shown. The same again within ten minutes is the same look. */
export const recordRead = (
  tx: Tx,
  read: { workspaceId: WorkspaceId; id: string; at: Date; actor: string; what: PersonalRead; orderId: OrderId | null },
): Promise<number> =>
  tx.run(sql`
    insert into personal_read (workspace_id, id, at, actor, what, order_id)
    select ${read.workspaceId}::bigint, ${read.id}::bigint, ${read.at}, ${read.actor}, ${read.what}, ${read.orderId}::bigint
     where not exists (
       select from personal_read r
        where r.workspace_id = ${read.workspaceId}::bigint and r.actor = ${read.actor} and r.at > ${new Date(read.at.getTime() - againMs)}
          and r.order_id is not distinct from ${read.orderId}::bigint and r.what = ${read.what})`);
