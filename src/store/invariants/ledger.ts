import { sql } from "#store/sql.ts";
import { findBy, onOrders, onWorkspace, ordersIn, type Invariant } from "./invariant.ts";

export const transactionsBalance: Invariant = {
  id: "I21",
  title: "Every ledger transaction sums to zero per currency",
  check: {
    over: "transactions",
    find: (tx, { workspaceId, after, upTo }) =>
      findBy(
        tx,
        sql`
        select format('ledger transaction %s (%s)', t.id, t.kind) as subject,
               case when count(n.no) < 2 then format('has %s entries', count(n.no)) else format('sums to %s %s', sum(n.amount), l.currency) end as detail
          from ledger_transaction t
          left join ledger_entry n on n.workspace_id = t.workspace_id and n.transaction_id = t.id
          left join ledger_account l on l.workspace_id = n.workspace_id and l.id = n.ledger_account_id
         where t.workspace_id = ${workspaceId}::bigint and t.id > ${after}::bigint and t.id <= ${upTo}::bigint
         group by t.id, t.kind, l.currency having coalesce(sum(n.amount), 1) <> 0 or count(n.no) < 2`,
      ),
  },
};

export const balancesAreSums: Invariant = onWorkspace(
  "I21",
  "Each balance is the sum of its entries",
  (workspaceId) => sql`
    select format('%s of account %s', l.kind, coalesce('acc_' || a.public_id, l.account_id::text)) as subject,
           format('stands at %s %s, its entries sum to %s', l.balance, l.currency, coalesce(sum(n.amount), 0)) as detail
      from ledger_account l
      left join supplier_account a on a.workspace_id = l.workspace_id and a.id = l.account_id
      left join ledger_entry n on n.workspace_id = l.workspace_id and n.ledger_account_id = l.id
     where l.workspace_id = ${workspaceId}::bigint
     group by l.id, l.kind, l.account_id, a.public_id, l.balance, l.currency having coalesce(sum(n.amount), 0) <> l.balance`,
);

/** A charge of nothing has no transaction: entries are never zero. */
export const oneCharge: Invariant = onOrders(
  "I22",
  "Each placed purchase has one charge, booked when it was placed; charge, adjustments and refunds sum to what it costs now",
  (range) => sql`
    with placed as (
      select o.public_id, a.reference, a.cost, a.closed_at, a.workspace_id, a.fulfillment_order_id, o.id as order_id
        from ${ordersIn(range)} o
        join fulfillment_order f on f.workspace_id = o.workspace_id and f.order_id = o.id
        join attempt a on a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id
       where a.state = 'placed'
    ), booked as (
      select p.public_id, p.reference, p.cost, p.closed_at,
             count(distinct t.id) filter (where t.kind = 'charge') as charges, max(t.at) filter (where t.kind = 'charge') as charged_at,
             coalesce(sum(n.amount) filter (where t.kind in ('charge', 'adjustment')), 0) as charged,
             coalesce(-sum(n.amount) filter (where t.kind = 'refund'), 0) as refunded
        from placed p
        left join ledger_transaction t on t.workspace_id = p.workspace_id and t.order_id = p.order_id and t.fulfillment_order_id = p.fulfillment_order_id
                                      and t.kind in ('charge', 'adjustment', 'refund')
        left join ledger_entry n on n.workspace_id = t.workspace_id and n.transaction_id = t.id
              and n.ledger_account_id in (select l.id from ledger_account l where l.workspace_id = p.workspace_id and l.kind = 'goods')
       group by p.public_id, p.reference, p.cost, p.closed_at
    )
    select 'ord_' || b.public_id as subject,
           case when b.charges > 1 then format('purchase %s has %s charges', b.reference, b.charges)
                when b.refunded > b.charged then format('purchase %s: %s refunded of %s charged', b.reference, b.refunded, b.charged)
                when b.charged - b.refunded <> b.cost then format('purchase %s costs %s, but %s is booked', b.reference, b.cost, b.charged - b.refunded)
                else format('purchase %s was placed at %s and charged at %s', b.reference, b.closed_at, b.charged_at) end as detail
      from booked b
     where b.charges > 1 or b.refunded > b.charged or b.charged - b.refunded <> b.cost or b.charged_at <> b.closed_at`,
);

/** Below zero a prepaid balance may go by what suppliers took above the approved maximum, and by that only. */
export const balanceNotBelow: Invariant = onWorkspace(
  "I23",
  "A balance is never below what is allowed, and what is held is the sum of the open purchases",
  (workspaceId) => sql`
    with open as (
      select a.account_id, a.currency, sum(a.max_total) as held from attempt a
        join ledger_transaction t on t.workspace_id = a.workspace_id and t.attempt_id = a.id and t.kind = 'hold'
       where a.workspace_id = ${workspaceId}::bigint and a.state in ('armed', 'unknown') group by a.account_id, a.currency
    ), over as (
      select a.account_id, a.currency, sum(a.cost - a.max_total) as taken from attempt a
       where a.workspace_id = ${workspaceId}::bigint and a.state = 'placed' and a.cost > a.max_total group by a.account_id, a.currency
    ), stands as (
      select c.public_id, l.account_id, l.currency, l.kind, l.balance from ledger_account l
        join supplier_account c on c.workspace_id = l.workspace_id and c.id = l.account_id
       where l.workspace_id = ${workspaceId}::bigint
    )
    select 'acc_' || s.public_id as subject, format('%s %s are available; suppliers took %s more than approved', s.balance, s.currency, coalesce(v.taken, 0)) as detail
      from stands s left join over v on v.account_id = s.account_id and v.currency = s.currency
     where s.kind = 'available' and s.balance < -coalesce(v.taken, 0)
    union all
    select 'acc_' || s.public_id, format('%s %s are held, the open purchases sum to %s', s.balance, s.currency, coalesce(p.held, 0))
      from stands s left join open p on p.account_id = s.account_id and p.currency = s.currency
     where s.kind = 'held' and s.balance <> coalesce(p.held, 0)
    union all
    select 'acc_' || s.public_id, format('%s action credits are left', s.balance) from stands s where s.kind = 'credits' and s.balance < 0`,
);
