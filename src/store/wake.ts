import type { ChannelId, WorkspaceId } from "#domain/ids.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import type { Tx } from "./db.ts";
import { sql, type Sql } from "./sql.ts";

/**
 * Something changed that holds wait for (`sku:…`, `stock:…`, `balance:…`, `account:…`): the unplaced fulfillment orders of exactly those orders are due for
 * verification now. Keys that end in `*` wake all that begin so. Answers how many were woken.
 */
export const wake = (tx: Tx, workspaceId: WorkspaceId, keys: readonly string[], now: Date): Promise<number> =>
  wakeLocking(tx, workspaceId, keys, now, sql``);

/**
 * The same for who holds orders already and must not wait for more of them, out of order: one that somebody else is changing at this moment is passed over,
 * and left to the daily sweep.
 */
export const wakeFree = (tx: Tx, workspaceId: WorkspaceId, keys: readonly string[], now: Date): Promise<number> =>
  wakeLocking(tx, workspaceId, keys, now, sql`skip locked`);

async function wakeLocking(
  tx: Tx,
  workspaceId: WorkspaceId,
  keys: readonly string[],
  now: Date,
  locking: Sql,
): Promise<number> {
  if (keys.length === 0) return 0;
  const exact = keys.filter((key) => !key.endsWith("*"));
  const prefixes = keys.filter((key) => key.endsWith("*")).map((key) => key.slice(0, -1));
  return tx.run(sql`
    with waiting as (
      select distinct h.order_id from hold h
       where h.workspace_id = ${workspaceId}::bigint and h.closed_at is null and h.waits_for is not null
         and (h.waits_for = any(${exact}::text[]) or exists (select 1 from unnest(${prefixes}::text[]) as p(prefix) where starts_with(h.waits_for, p.prefix)))
    ), locked as (
      select o.id from sales_order o join waiting w on w.order_id = o.id
       where o.workspace_id = ${workspaceId}::bigint
       order by o.id for update of o ${locking}
    )
    update fulfillment_order f set due_at = ${now}, woken = true
      from locked
     where f.workspace_id = ${workspaceId}::bigint and f.order_id = locked.id and f.state in ('held', 'received')`);
}

/** A setting changed that the holds with these codes depend on: the unplaced fulfillment orders of those orders are verified again. */
export async function wakeByCode(
  tx: Tx,
  workspaceId: WorkspaceId,
  codes: readonly ReasonCode[],
  now: Date,
  channelId: ChannelId | null = null,
): Promise<number> {
  if (codes.length === 0) return 0;
  return tx.run(sql`
    with waiting as (
      select distinct h.order_id from hold h where h.workspace_id = ${workspaceId}::bigint and h.closed_at is null and h.code = any(${codes}::text[])
    ), locked as (
      select o.id from sales_order o join waiting w on w.order_id = o.id
       where o.workspace_id = ${workspaceId}::bigint and (o.channel_id = ${channelId}::bigint or ${channelId}::bigint is null)
       order by o.id for update of o
    )
    update fulfillment_order f set due_at = ${now}, woken = true
      from locked
     where f.workspace_id = ${workspaceId}::bigint and f.order_id = locked.id and f.state in ('held', 'received')`);
}
