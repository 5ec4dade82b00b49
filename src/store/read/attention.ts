import type { WorkspaceId } from "#domain/ids.ts";
import { reasonCodes, type ReasonCode } from "#domain/reasons.ts";
import type { Tx } from "../db.ts";
import { col, row } from "../row.ts";
import { sql, type Sql } from "../sql.ts";

/** Of a reason only its oldest so many holds are looked at. */
export const mostLooked = 1000;

export interface AttentionFilter {
  /** The user who looks after it; `none`: nobody; null: whoever does. */
  owner: string | null;
  /** true: only what is snoozed at this moment; false: only what is not. */
  snoozed: boolean;
  at: Date;
}
export interface AttentionGroup {
  code: ReasonCode;
  orders: number;
  /** There are more holds than were looked at. */
  orMore: boolean;
  oldest: Date;
  /** The earliest ship-by date among them. */
  shipBy: Date | null;
  /** What the buyers pay for these orders, per currency in minor units. */
  atStake: { amount: bigint; currency: string }[];
}
const PartRow = row({
  code: col.oneOf<ReasonCode>(),
  currency: col.text,
  orders: col.int,
  holds: col.int,
  oldest: col.instant,
  shipBy: col.instantOrNull,
  total: col.bigint,
  allOrders: col.int,
});

/** HC-4. Open holds by reason, and how many orders that are: one that is held for two reasons is in two groups and counts once. Reads a stretch of one index per reason, and its orders by key. */
export async function attentionGroups(
  tx: Tx,
  workspaceId: WorkspaceId,
  filter: AttentionFilter,
): Promise<{ groups: AttentionGroup[]; orders: number }> {
  const w = sql`${workspaceId}::bigint`;
  const parts = await tx.rows(
    PartRow,
    sql`
    with held as materialized (${holdsOf(w, filter)})
    select h.code, o.currency, count(*)::int as orders, sum(h.holds)::int as holds, min(h.oldest) as oldest, min(o.ship_by) as ship_by,
           coalesce(sum(o.total), 0)::bigint as total, (select count(distinct a.order_id)::int from held a) as all_orders
      from (select h.code, h.order_id, min(h.opened_at) as oldest, count(*)::int as holds from held h group by h.code, h.order_id) h
     cross join lateral (select * from sales_order o where o.workspace_id = ${w} and o.id = h.order_id order by o.id limit 1) o
     group by h.code, o.currency
     order by h.code, o.currency`,
  );
  const groups = reasonCodes.flatMap((code) => {
    const own = parts.filter((each) => each.code === code);
    if (own.length === 0) return [];
    const dates = own.map((each) => each.shipBy).filter((each) => each !== null);
    return {
      code,
      orders: own.reduce((sum, each) => sum + each.orders, 0),
      orMore: own.reduce((sum, each) => sum + each.holds, 0) > mostLooked,
      oldest: earliest(own.map((each) => each.oldest))!,
      shipBy: earliest(dates),
      atStake: own.filter((each) => each.total > 0n).map(({ total, currency }) => ({ amount: total, currency })),
    };
  });
  return { groups, orders: parts[0]?.allOrders ?? 0 };
}

const earliest = (dates: readonly Date[]): Date | null =>
  dates.length === 0 ? null : new Date(Math.min(...dates.map((each) => each.getTime())));

function holdsOf(w: Sql, { owner, snoozed, at }: AttentionFilter): Sql {
  const seen = snoozed
    ? sql`h.snoozed_until > ${at}::timestamptz`
    : sql`(h.snoozed_until is null or h.snoozed_until <= ${at}::timestamptz)`;
  const owned =
    owner === null ? sql`true` : owner === "none" ? sql`h.owner_id is null` : sql`h.owner_id = ${owner}::uuid`;
  return sql`
    select h.code, h.order_id, h.opened_at from unnest(${reasonCodes}::text[]) as c(code)
     cross join lateral (
       select h.code, h.order_id, h.opened_at from hold h
        where h.workspace_id = ${w} and h.code = c.code and h.closed_at is null and ${seen} and ${owned}
        order by h.opened_at, h.id limit ${mostLooked + 1}) h`;
}
