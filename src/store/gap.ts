import type { WorkspaceId, ChannelId } from "#domain/ids.ts";
import { claimed, type DueConnection } from "./connection.ts";
import type { Db, Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

/** A connection whose orders are to be compared with what its channel lists. */
export interface GapConnection extends DueConnection {
  /** Where its feed stood at the latest comparisons, oldest first. */
  gapCursors: string[];
}
const Gap = row({ ...claimed, gapCursors: col.list<string>() });

/** Takes connections that are due for the comparison, with a lease. */
export const claimGaps = (tx: Tx, claim: { now: Date; leaseUntil: Date; limit: number }): Promise<GapConnection[]> =>
  tx.rows(
    Gap,
    sql`
    with due as (
      select workspace_id, id from connection where gap_due_at <= ${claim.now}
       order by gap_due_at, id limit ${claim.limit} for update skip locked
    )
    update connection c set gap_due_at = ${claim.leaseUntil}
      from due join channel ch on ch.workspace_id = due.workspace_id join workspace w on w.id = due.workspace_id
     where c.workspace_id = due.workspace_id and c.id = due.id and ch.id = c.channel_id
    returning c.workspace_id, c.id, c.channel_id, c.kind, ch.external_id, c.settings, ch.settings as channel_settings, w.settings as workspace_settings,
              c.cursor, c.first_sync_done_at, c.last_sync_at, coalesce(c.gap_cursors, '{}') as gap_cursors`,
  );

/** Moves the lease of those that are still claimed until `from`. */
export const renewGaps = (
  tx: Tx,
  connections: readonly Pick<GapConnection, "workspaceId" | "id">[],
  { from, until }: { from: Date; until: Date },
): Promise<number> =>
  tx.run(sql`
    with mine as (
      select c.workspace_id, c.id
        from unnest(${connections.map((each) => each.workspaceId)}::bigint[], ${connections.map((each) => each.id)}::bigint[]) as k(workspace_id, id)
        join connection c on c.workspace_id = k.workspace_id and c.id = k.id
       where c.gap_due_at = ${from} for no key update of c skip locked
    )
    update connection c set gap_due_at = ${until} from mine where c.workspace_id = mine.workspace_id and c.id = mine.id`);

const Due = row({ dueAt: col.instantOrNull });
export async function nextGap(db: Db): Promise<Date | null> {
  return (await db.one(Due, sql`select min(gap_due_at) as due_at from connection where gap_due_at is not null`)).dueAt;
}

const Missing = row({ id: col.text });
/** Those of the channel's ids that are not stored, in the order given. */
export async function missingOrders(
  tx: Tx,
  { workspaceId, channelId }: { workspaceId: WorkspaceId; channelId: ChannelId },
  ids: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows(
    Missing,
    sql`
    select s.id from unnest(${ids}::text[]) with ordinality as s(id, no)
     where not exists (select from sales_order o
                        where o.workspace_id = ${workspaceId}::bigint and o.channel_id = ${channelId}::bigint and o.channel_order_id = s.id)
     order by s.no`,
  );
  return rows.map(({ id }) => id);
}

/** What the comparison found, and when the next one is due. */
export const recordGap = (
  tx: Tx,
  { workspaceId, id }: Pick<GapConnection, "workspaceId" | "id">,
  found: { at: Date; dueAt: Date; missing: readonly string[]; cursors: readonly string[] },
): Promise<number> =>
  tx.run(sql`
    update connection set gap_due_at = ${found.dueAt}, gap_checked_at = ${found.at}, gap_missing = ${found.missing.length},
           gap_examples = ${found.missing.slice(0, mostExamples)}::text[], gap_cursors = ${found.cursors}::text[]
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`);
const mostExamples = 5;

/** It could not be compared: what is known stays as it is. */
export const postponeGap = (
  tx: Tx,
  { workspaceId, id }: Pick<GapConnection, "workspaceId" | "id">,
  dueAt: Date,
): Promise<number> =>
  tx.run(
    sql`update connection set gap_due_at = ${dueAt} where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`,
  );
