import type { HoldId, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "../db.ts";
import { col, row } from "../row.ts";
import { sql } from "../sql.ts";

const HoldIdRow = row({ id: col.id<HoldId>() });

/** An open hold of this order by its public id; undefined where there is none such. */
export const findHoldId = async (
  tx: Tx,
  order: { workspaceId: WorkspaceId; id: OrderId },
  publicId: string,
): Promise<HoldId | undefined> =>
  (
    await tx.maybe(
      HoldIdRow,
      sql`
      select id from hold
       where workspace_id = ${order.workspaceId}::bigint and order_id = ${order.id}::bigint and closed_at is null and public_id = ${publicId}::uuid`,
    )
  )?.id;
