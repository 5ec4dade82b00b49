import { nextAttemptStates } from "#domain/placement-close.ts";
import { sql } from "#store/sql.ts";
import { onOrders, onWorkspace, ordersIn, type Invariant } from "./invariant.ts";

export const oneOpenAttempt: Invariant = onOrders(
  "I02",
  "At most one open attempt per fulfillment order",
  (range) => sql`
    select 'fo_' || f.public_id as subject, count(*) || ' attempts are armed, unknown or placed' as detail
      from ${ordersIn(range)} o
      join fulfillment_order f on f.workspace_id = o.workspace_id and f.order_id = o.id
      join attempt a on a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id and a.state in ('armed', 'unknown', 'placed')
     group by f.public_id having count(*) > 1`,
);

/** The table's arrows as rows, so that one statement can join them. */
const attemptArrows = Object.entries(nextAttemptStates).flatMap(([from, tos]) => tos.map((to) => [from, to] as const));

export const attemptMoves: Invariant = onOrders(
  "I16",
  "Only allowed transitions of placement attempts",
  (range) => sql`
    select 'ord_' || o.public_id as subject, format('attempt %s went from %s to %s (event %s)', e.subject_id, e.from_state, e.to_state, e.seq) as detail
      from ${ordersIn(range)} o
      join event e on e.workspace_id = o.workspace_id and e.order_id = o.id
     where e.subject = 'attempt' and e.from_state is not null and e.to_state is not null
       and not exists (
         select from unnest(${attemptArrows.map(([from]) => from)}::text[], ${attemptArrows.map(([, to]) => to)}::text[]) as arrow(from_state, to_state)
          where arrow.from_state = e.from_state and arrow.to_state = e.to_state)`,
);

/**
 * What was armed and placed on a day stays within the cap that held then: today's cap, or a higher one that a later change names as the one before it. A price
 * above the approved maximum is the supplier's doing and does not count.
 */
export const withinCap: Invariant = onWorkspace(
  "I09",
  "Purchases of a day stay within the account's cap, and what is counted as spent is what was bought",
  (workspaceId) => sql`
    with account as (
      select a.workspace_id, a.id, a.public_id, (a.settings ->> 'dailyCap')::numeric as cap, coalesce(w.settings ->> 'zone', 'UTC') as zone
        from supplier_account a join workspace w on w.id = a.workspace_id
       where a.workspace_id = ${workspaceId}::bigint
    ), bought as (
      select a.account_id, (a.armed_at at time zone c.zone)::date as day,
             case when a.state = 'placed' then least(a.cost, a.max_total) else a.max_total end as approved,
             case when a.state = 'placed' then a.cost + coalesce((
                    select -sum(n.amount) from ledger_transaction t
                      join ledger_entry n on n.workspace_id = t.workspace_id and n.transaction_id = t.id
                      join ledger_account l on l.workspace_id = n.workspace_id and l.id = n.ledger_account_id and l.kind = 'goods'
                     where t.workspace_id = a.workspace_id and t.order_id = a.order_id and t.attempt_id = a.id and t.kind = 'refund'), 0)
                  else a.max_total end as spent
        from attempt a join account c on c.workspace_id = a.workspace_id and c.id = a.account_id
       where a.state in ('armed', 'unknown', 'placed')
    ), change as (
      select m.subject_id, m.at, (c.value ->> 'from')::numeric as was, c.value ->> 'from' is null as was_none
        from management_event m cross join lateral jsonb_array_elements(m.data -> 'changes') c
       where m.workspace_id = ${workspaceId}::bigint and m.subject = 'account' and m.kind = 'settings_changed' and c.value ->> 'name' = 'dailyCap'
    ), day as (
      select b.account_id, b.day, sum(b.approved) as approved from bought b group by b.account_id, b.day
    )
    select 'acc_' || c.public_id as subject, format('on %s %s was armed or placed; the cap was %s', d.day, d.approved, c.cap) as detail
      from day d join account c on c.id = d.account_id
     where c.cap is not null
       and not exists (select from management_event m where m.workspace_id = ${workspaceId}::bigint and m.subject = 'workspace' and m.kind = 'settings_changed'
                          and m.data -> 'changes' @> '[{"name": "zone"}]')
       and d.approved > greatest(c.cap, (select max(h.was) from change h where h.subject_id = c.id and h.at >= d.day::timestamp at time zone c.zone))
       and not exists (select from change h where h.subject_id = c.id and h.was_none and h.at >= d.day::timestamp at time zone c.zone)
    union all
    select 'acc_' || c.public_id, format('%s is counted as spent over all days, %s was', coalesce(s.spent, 0), coalesce(b.spent, 0))
      from account c
      left join (select account_id, sum(spent) as spent from account_day where workspace_id = ${workspaceId}::bigint group by account_id) s on s.account_id = c.id
      left join (select account_id, sum(spent) as spent from bought group by account_id) b on b.account_id = c.id
     where coalesce(s.spent, 0) <> coalesce(b.spent, 0)`,
);
