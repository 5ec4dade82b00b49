import type { WorkspaceId } from "#domain/ids.ts";
import { usedNumberDays, type UsedNumber } from "#domain/parcel.ts";
import { normalizeTrackingNumber } from "#domain/tracking-number.ts";
import type { Tx } from "../db.ts";
import { col, row } from "../row.ts";
import { sql } from "../sql.ts";

const UsedRow = row({
  carrier: col.text,
  trackingNumber: col.text,
  orderId: col.text,
  buyerDigest: col.textOrNull,
  addressDigest: col.textOrNull,
});

/** Which orders of this workspace had these tracking numbers within the days that make a repetition suspect (SH-10). Other workspaces are never looked at. */
export const usedNumbers = (
  tx: Tx,
  workspaceId: WorkspaceId,
  trackingNumbers: readonly string[],
  now: Date,
): Promise<UsedNumber[]> =>
  tx.rows(
    UsedRow,
    sql`
    select p.carrier, p.tracking_number, p.order_id::text as order_id, o.buyer_digest, o.address_digest from parcel p
      join sales_order o on o.workspace_id = p.workspace_id and o.id = p.order_id
     where p.workspace_id = ${workspaceId}::bigint and p.tracking_number = any(${trackingNumbers.map(normalizeTrackingNumber)}::text[])
       and p.created_at > ${new Date(now.getTime() - usedNumberDays * 86_400_000)}`,
  );
