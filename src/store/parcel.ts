import type { WorkspaceId } from "#domain/ids.ts";
import { usedNumberDays, type UsedNumber } from "#domain/parcel.ts";
import { dayMs } from "#domain/settings.ts";
import { normalizeTrackingNumber } from "#domain/tracking-number.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

const Used = row({
  workspaceId: col.id<WorkspaceId>(),
  carrier: col.text,
  trackingNumber: col.text,
  orderId: col.text,
  buyerDigest: col.textOrNull,
  addressDigest: col.textOrNull,
});

/** Which parcels of a workspace had these numbers within 120 days, with whose orders. Other workspaces are never looked at (SH-10). */
export const usedNumbers = (
  tx: Tx,
  workspaceId: WorkspaceId,
  trackingNumbers: readonly string[],
  now: Date,
): Promise<UsedNumber[]> =>
  usedNumbersOf(
    tx,
    trackingNumbers.map((trackingNumber) => ({ workspaceId, trackingNumber })),
    now,
  );

/**
 * The same for several workspaces at once; each number is looked for in its own workspace only. The caller has locked its orders and writes the numbers
 * down in this transaction: until its end nobody else of the workspace gets here.
 */
export async function usedNumbersOf(
  tx: Tx,
  numbers: readonly { workspaceId: WorkspaceId; trackingNumber: string }[],
  now: Date,
): Promise<(UsedNumber & { workspaceId: WorkspaceId })[]> {
  if (numbers.length === 0) return [];
  await tx.run(sql`
    insert into tracking_turn (workspace_id)
    select distinct workspace_id from unnest(${numbers.map((each) => each.workspaceId)}::bigint[]) as k(workspace_id) order by workspace_id
    on conflict (workspace_id) do update set workspace_id = excluded.workspace_id -- the row is the lock, to the end of the transaction`);
  const since = new Date(now.getTime() - usedNumberDays * dayMs);
  return tx.rows(
    Used,
    sql`
    select distinct p.workspace_id, p.carrier, p.tracking_number, p.order_id, o.buyer_digest, o.address_digest
      from unnest(${numbers.map((each) => each.workspaceId)}::bigint[], ${numbers.map((each) => normalizeTrackingNumber(each.trackingNumber))}::text[]) as k(workspace_id, tracking_number)
     cross join lateral ( -- number by number, by the index: see dossier.ts
       select * from parcel p where p.workspace_id = k.workspace_id and p.tracking_number = k.tracking_number and p.created_at > ${since} order by p.tracking_number
     ) p
      join sales_order o on o.workspace_id = p.workspace_id and o.id = p.order_id`,
  );
}
