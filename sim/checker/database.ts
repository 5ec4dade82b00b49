import type pg from "pg";
import type { Case } from "./case.ts";

/** What one statement finds: each row is a violation. `order_id` is null where it is about no single order. */
interface Rule {
  id: string;
  finds: string;
}

/** Checks the rules that the database alone can answer. */
export async function checkRules(
  client: pg.Client,
  the: Case,
  rules: readonly Rule[],
  parameters: Record<string, string>,
): Promise<void> {
  for (const { id, finds } of rules) {
    const text = finds.replaceAll(/:(\w+):/g, (_, name: string) => {
      const value = parameters[name];
      if (value === undefined) throw new Error(`${id} asks for ${name}, which nobody gave.`);
      return value;
    });
    const { rows } = await client.query<{ order_id: string | null; what: string }>(text);
    for (const { order_id, what } of rows)
      the.found(id, order_id === null ? undefined : the.facts.orderById.get(order_id), what);
  }
}

/** True at every moment, so they are looked at midway too. */
export const safetyRules: readonly Rule[] = [
  {
    id: "I02",
    finds: `
      select max(order_id)::text as order_id, format('part %s has %s attempts that are armed, unknown or placed', fulfillment_order_id, count(*)) as what
        from attempt where state in ('armed', 'unknown', 'placed')
       group by workspace_id, fulfillment_order_id having count(*) > 1`,
  },
  {
    id: "I06",
    // All of it was cancelled without anybody having to be asked, and then it was armed.
    finds: `
      with cancelled as (
        select c.workspace_id, c.order_id, min(e.at) as at, min(e.seq) as seq
          from cancellation c
          join event e on e.workspace_id = c.workspace_id and e.order_id = c.order_id and e.subject = 'cancellation' and e.subject_id = c.id and e.to_state = 'accepted'
         where c.state in ('accepted', 'told')
           and not exists (select from cancellation_ask k where k.workspace_id = c.workspace_id and k.cancellation_id = c.id)
           and not exists (select from order_edit d where d.workspace_id = c.workspace_id and d.order_id = c.order_id)
           and not exists (select from order_line l where l.workspace_id = c.workspace_id and l.order_id = c.order_id and l.quantity > coalesce(
                 (select sum((x ->> 'quantity')::integer) from jsonb_array_elements(c.lines) x where (x ->> 'orderLineNo')::integer = l.no), 0))
         group by 1, 2)
      select a.order_id::text, format('was cancelled at %s, and attempt %s was armed at %s', c.at, a.reference, a.armed_at) as what
        from attempt a join cancelled c on c.workspace_id = a.workspace_id and c.order_id = a.order_id
        -- Who waited for the order's lock writes an earlier time after a later one; what came first says the order's own trail.
        left join event armed on armed.workspace_id = a.workspace_id and armed.order_id = a.order_id and armed.kind = 'attempt_armed' and armed.subject_id = a.id
       where coalesce(armed.seq > c.seq, a.armed_at > c.at)`,
  },
  {
    id: "M4",
    finds: `
      select a.order_id::text, format('attempt %s was armed at %s, and %s lay on its %s from %s to %s', a.reference, a.armed_at, h.code, h.subject, h.opened_at, coalesce(h.closed_at::text, 'now')) as what
        from attempt a join hold h on h.workspace_id = a.workspace_id and h.order_id = a.order_id
        -- Who waited for the order's lock writes an earlier time after a later one; what came first says the order's own trail.
        left join event armed on armed.workspace_id = a.workspace_id and armed.order_id = a.order_id and armed.kind = 'attempt_armed' and armed.subject_id = a.id
        left join event opened on opened.workspace_id = h.workspace_id and opened.order_id = h.order_id and opened.kind = 'hold_opened' and opened.subject_id = h.id
        left join event closed on closed.workspace_id = h.workspace_id and closed.order_id = h.order_id and closed.kind = 'hold_closed' and closed.subject_id = h.id
       where coalesce(opened.seq < armed.seq, h.opened_at < a.armed_at)
         and (h.closed_at is null or coalesce(closed.seq > armed.seq, h.closed_at > a.armed_at))
         and case h.subject
               when 'order' then true
               when 'fulfillment_order' then h.subject_id = a.fulfillment_order_id
               when 'line' then exists (select from fulfillment_order_line l where l.workspace_id = a.workspace_id and l.fulfillment_order_id = a.fulfillment_order_id
                                           and l.order_line_no = h.subject_id)
               else false end`,
  },
  {
    id: "I11",
    finds: `
      select max(o.id)::text as order_id, format('%s orders have the id %s of the %s %s', count(*), o.channel_order_id, c.kind, c.external_id) as what
        from sales_order o join channel c on c.workspace_id = o.workspace_id and c.id = o.channel_id
       group by c.kind, c.external_id, o.channel_order_id having count(*) > 1`,
  },
  {
    id: "I11",
    finds: `
      select null as order_id, format('%s channels are the %s %s', count(*), kind, external_id) as what
        from channel group by kind, external_id having count(*) > 1`,
  },
  {
    id: "I21",
    finds: `
      select t.order_id::text, format('the %s %s sums to %s %s', t.kind, t.id, sum(e.amount), l.currency) as what
        from ledger_transaction t
        join ledger_entry e on e.workspace_id = t.workspace_id and e.transaction_id = t.id
        join ledger_account l on l.workspace_id = e.workspace_id and l.id = e.ledger_account_id
       group by t.workspace_id, t.id, t.kind, t.order_id, l.currency having sum(e.amount) <> 0`,
  },
  {
    id: "I21",
    finds: `
      select t.order_id::text, format('the %s %s has no entries', t.kind, t.id) as what
        from ledger_transaction t
       where not exists (select from ledger_entry e where e.workspace_id = t.workspace_id and e.transaction_id = t.id)`,
  },
  {
    id: "I21",
    finds: `
      select null as order_id, format('the balance of %s (%s, account %s) is %s and its entries sum to %s', l.id, l.kind, l.account_id, l.balance, coalesce(e.sum, 0)) as what
        from ledger_account l
        left join (select workspace_id, ledger_account_id, sum(amount) from ledger_entry group by 1, 2) e
          on e.workspace_id = l.workspace_id and e.ledger_account_id = l.id
       where l.balance <> coalesce(e.sum, 0)`,
  },
  {
    id: "I24",
    finds: `
      select null as order_id, format('%s of supplier %s has %s on hand and %s reserved', supplier_sku, supplier_id, on_hand, reserved) as what
        from stock where reserved < 0 or on_hand < 0 or (is_shelf and reserved > on_hand)`,
  },
  {
    id: "I24",
    finds: `
      select null as order_id, format('%s of supplier %s has %s reserved, and its open reservations sum to %s', s.supplier_sku, s.supplier_id, s.reserved, coalesce(r.units, 0)) as what
        from stock s
        left join (select workspace_id, supplier_id, supplier_sku, sum(units) as units from stock_reservation where state = 'open' group by 1, 2, 3) r
          on r.workspace_id = s.workspace_id and r.supplier_id = s.supplier_id and r.supplier_sku = s.supplier_sku
       where s.is_shelf and s.reserved <> coalesce(r.units, 0)`,
  },
];

/** Which state may follow on which, as the design's table of section 2 and the protocol of placing have it. */
const transitions: Record<string, Record<string, string>> = {
  fulfillment_order: {
    received: "held waiting cancelled completed",
    held: "received cancelled",
    waiting: "placing ready escalated held received cancelled",
    placing: "placed outcome_unknown waiting held escalated cancelled",
    outcome_unknown: "placed placing held escalated cancelled",
    escalated: "placed outcome_unknown held cancelled",
    placed: "acknowledged partially_shipped shipped cancelled",
    acknowledged: "partially_shipped shipped cancelled",
    ready: "printed cancelled",
    printed: "collecting ready cancelled",
    collecting: "partially_shipped shipped printed cancelled",
    partially_shipped: "shipped",
    shipped: "delivered completed",
    delivered: "completed",
  },
  attempt: { armed: "placed refused void unknown", unknown: "placed refused void" },
  cancellation: { requested: "accepted refused told", accepted: "told refused" },
  write_back: {
    waiting: "armed by_hand not_needed told",
    armed: "told unknown refused waiting by_hand not_needed",
    unknown: "armed told refused waiting by_hand not_needed",
    refused: "waiting told not_needed by_hand",
    by_hand: "waiting told not_needed",
    not_needed: "waiting by_hand",
  },
};
/** The first state that something may have. */
const beginnings: Record<string, string> = {
  fulfillment_order: "received",
  attempt: "armed",
  cancellation: "requested accepted refused",
};
const allowed = Object.entries(transitions)
  .flatMap(([subject, from]) =>
    Object.entries(from).flatMap(([state, to]) => to.split(" ").map((next) => `('${subject}', '${state}', '${next}')`)),
  )
  .join(", ");
const begun = Object.entries(beginnings)
  .flatMap(([subject, states]) => states.split(" ").map((state) => `('${subject}', '${state}')`))
  .join(", ");
const followed = Object.keys(transitions)
  .map((subject) => `'${subject}'`)
  .join(", ");

/** Parts that nobody works on any more. */
const ended = `('completed', 'cancelled')`;

export const endRules: readonly Rule[] = [
  {
    id: "I09",
    finds: `
      with spent as (
        select a.workspace_id, a.account_id, (a.armed_at at time zone coalesce(w.settings ->> 'zone', 'UTC'))::date as day,
               sum(case when a.state = 'placed' then coalesce(g.amount, 0) when a.state in ('armed', 'unknown') then a.max_total else 0 end) as amount
          from attempt a join workspace w on w.id = a.workspace_id
          left join (select t.workspace_id, t.attempt_id, sum(e.amount) as amount
                       from ledger_transaction t
                       join ledger_entry e on e.workspace_id = t.workspace_id and e.transaction_id = t.id
                       join ledger_account l on l.workspace_id = e.workspace_id and l.id = e.ledger_account_id and l.kind = 'goods'
                      where t.kind in ('charge', 'adjustment') group by 1, 2) g
            on g.workspace_id = a.workspace_id and g.attempt_id = a.id
         group by 1, 2, 3)
      select null as order_id, format('account %s has %s counted as spent on %s, and %s was', coalesce(s.account_id, d.account_id), coalesce(d.spent, 0), coalesce(s.day, d.day), coalesce(s.amount, 0)) as what
        from spent s full join account_day d on d.workspace_id = s.workspace_id and d.account_id = s.account_id and d.day = s.day
       where coalesce(s.amount, 0) <> coalesce(d.spent, 0)`,
  },
  {
    id: "I09",
    // What was armed counts at its worst case. A day on which somebody changed the account is nobody's to judge: its cap may have been another before.
    finds: `
      with committed as (
        select a.workspace_id, a.account_id, (a.armed_at at time zone coalesce(w.settings ->> 'zone', 'UTC'))::date as day,
               sum(least(a.max_total, case when a.state = 'placed' then coalesce(a.cost, a.max_total) else a.max_total end)) as amount
          from attempt a join workspace w on w.id = a.workspace_id
         where a.state in ('armed', 'unknown', 'placed') group by 1, 2, 3)
      select null as order_id, format('account %s has %s committed on %s, above its cap of %s', c.account_id, c.amount, c.day, s.settings ->> 'dailyCap') as what
        from committed c join supplier_account s on s.workspace_id = c.workspace_id and s.id = c.account_id
        join workspace w on w.id = c.workspace_id
       where c.amount > (s.settings ->> 'dailyCap')::bigint
         and not exists (select from management_event m where m.workspace_id = c.workspace_id and m.subject = 'account' and m.subject_id = c.account_id
                            and m.kind = 'settings_changed' and (m.at at time zone coalesce(w.settings ->> 'zone', 'UTC'))::date >= c.day)`,
  },
  {
    id: "I14",
    finds: `
      select null as order_id, format('import %s read %s rows, says %s stored, %s refused, %s set aside, and keeps %s', i.public_id, i.rows, i.stored, i.refused, i.set_aside, coalesce(r.n, 0)) as what
        from import i
        left join (select workspace_id, import_id, count(*) as n, count(*) filter (where outcome = 'stored') as stored,
                          count(*) filter (where outcome = 'refused') as refused, count(*) filter (where outcome = 'set_aside') as set_aside
                     from import_row group by 1, 2) r on r.workspace_id = i.workspace_id and r.import_id = i.id
       where i.finished_at is not null and i.problem is null
         and (i.rows <> i.stored + i.refused + i.set_aside or coalesce(r.refused, 0) > i.refused or coalesce(r.n, 0) > i.rows)`,
  },
  {
    id: "I15",
    finds: `
      select o.id::text as order_id, format('its events are %s, numbered %s to %s, and the order says %s', count(e.seq), min(e.seq), max(e.seq), o.event_seq) as what
        from sales_order o left join event e on e.workspace_id = o.workspace_id and e.order_id = o.id
       group by o.workspace_id, o.id, o.event_seq
      having count(e.seq) = 0 or min(e.seq) <> 1 or max(e.seq) <> o.event_seq or count(e.seq) <> o.event_seq`,
  },
  {
    id: "I15",
    finds: `
      with told as (
        select workspace_id, order_id, seq, subject, subject_id, kind, from_state,
               lag(coalesce(to_state, data ->> 'state')) over (partition by workspace_id, order_id, subject, subject_id order by seq) as before
          from event where to_state is not null or kind = 'write_back_added')
      select order_id::text, format('event %s takes the %s %s from %s, and it was %s', seq, subject, subject_id, coalesce(from_state, 'nothing'), coalesce(before, 'nothing')) as what
        from told where from_state is distinct from before`,
  },
  {
    id: "I15",
    finds: `
      with last as (
        select distinct on (workspace_id, order_id, subject, subject_id) workspace_id, order_id, subject, subject_id, coalesce(to_state, data ->> 'state') as state
          from event where to_state is not null or kind = 'write_back_added'
         order by workspace_id, order_id, subject, subject_id, seq desc),
      now as (
        select workspace_id, order_id, 'fulfillment_order' as subject, id, state from fulfillment_order
        union all select workspace_id, order_id, 'attempt', id, state from attempt
        union all select workspace_id, order_id, 'cancellation', id, state from cancellation
        union all select workspace_id, order_id, 'write_back', id, state from write_back
        union all select workspace_id, order_id, 'parcel', id, state from parcel
        union all select workspace_id, id, 'order', id, headline from sales_order)
      select coalesce(n.order_id, l.order_id)::text as order_id,
             format('the %s %s is %s, and its last event says %s', coalesce(n.subject, l.subject), coalesce(n.id, l.subject_id), coalesce(n.state, 'nowhere'), coalesce(l.state, 'nothing')) as what
        from now n full join last l on l.workspace_id = n.workspace_id and l.order_id = n.order_id and l.subject = n.subject and l.subject_id = n.id
       where n.state is distinct from l.state`,
  },
  {
    id: "I15",
    finds: `
      with said as (
        select workspace_id, order_id, subject_id, count(*) filter (where kind = 'hold_opened') as opened, count(*) filter (where kind = 'hold_closed') as closed
          from event where subject = 'hold' group by 1, 2, 3)
      select h.order_id::text, format('the hold %s (%s) was opened %s and closed %s times by its events', h.id, h.code, coalesce(s.opened, 0), coalesce(s.closed, 0)) as what
        from hold h left join said s on s.workspace_id = h.workspace_id and s.order_id = h.order_id and s.subject_id = h.id
       where coalesce(s.opened, 0) <> 1 or coalesce(s.closed, 0) <> case when h.closed_at is null then 0 else 1 end`,
  },
  {
    id: "I15",
    finds: `
      select c.order_id::text, format('%s %s was made without an event', c.subject, c.id) as what
        from (select workspace_id, order_id, 'shipment' as subject, id, 'added' as kind from shipment
              union all select workspace_id, order_id, 'parcel', id, 'added' from parcel) c
       where not exists (select from event e where e.workspace_id = c.workspace_id and e.order_id = c.order_id and e.subject = c.subject
                            and e.subject_id = c.id and e.kind = c.kind)`,
  },
  {
    id: "I16",
    finds: `
      select e.order_id::text, format('event %s takes the %s %s from %s to %s', e.seq, e.subject, e.subject_id, coalesce(e.from_state, 'nothing'), e.to_state) as what
        from event e
       where e.subject in (${followed}) and e.to_state is not null
         and case when e.from_state is null then e.subject <> 'write_back' and (e.subject, e.to_state) not in (${begun})
                  else (e.subject, e.from_state, e.to_state) not in (${allowed}) end`,
  },
  {
    id: "I17",
    finds: `
      select null as order_id, format('%s may %s the trail %s', r.role, p.privilege, t.name) as what
        from unnest(array['switchyard_engine', 'switchyard_api']) r(role)
       cross join unnest(array['event', 'evidence', 'decision', 'order_version', 'management_event', 'ledger_transaction', 'ledger_entry']) t(name)
       cross join unnest(array['UPDATE', 'DELETE', 'TRUNCATE']) p(privilege)
       where has_table_privilege(r.role, t.name, p.privilege)`,
  },
  {
    id: "I18",
    finds: `
      select a.order_id::text, format('%s %s was done by %L', a.what, a.id, a.actor) as what
        from (select order_id, 'event' as what, seq::text as id, actor from event
              union all select order_id, 'attempt', id::text, actor from attempt
              union all select order_id, 'evidence', id::text, actor from evidence
              union all select order_id, 'shipment', id::text, actor from shipment
              union all select order_id, 'the ledger''s ' || kind, id::text, actor from ledger_transaction
              union all select order_id, 'edit', no::text, actor from order_edit
              union all select order_id, 'hold', id::text, opened_by from hold
              union all select order_id, 'the end of hold', id::text, coalesce(closed_by, '') from hold where closed_at is not null
              union all select null, 'management event', id::text, actor from management_event) a
       where a.actor !~ '^(worker|api|user|key|channel|connection|admin|rule):.+$' and a.actor <> 'local'`,
  },
  {
    id: "I19",
    finds: `
      with held as (select distinct workspace_id, order_id from hold where closed_at is null),
      asked as (select distinct workspace_id, order_id from cancellation where state = 'requested'),
      told as (select distinct workspace_id, order_id from write_back where state in ('waiting', 'armed', 'unknown', 'by_hand', 'refused')),
      tried as (select distinct workspace_id, fulfillment_order_id from attempt where state in ('armed', 'unknown') and (due_at is not null or kind = 'human' or state = 'unknown'))
      select f.order_id::text, format('part %s is %s without a timer, a hold or anybody at a desk', f.no, f.state) as what
        from fulfillment_order f
        left join held h on h.workspace_id = f.workspace_id and h.order_id = f.order_id
        left join asked c on c.workspace_id = f.workspace_id and c.order_id = f.order_id
        left join told w on w.workspace_id = f.workspace_id and w.order_id = f.order_id
        left join tried a on a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id
       where f.state not in ${ended} and f.due_at is null
         -- Who dismissed it as overdue has taken it on: time does not ask again.
         and not exists (select from hold d where d.workspace_id = f.workspace_id and d.order_id = f.order_id and d.subject_id = f.id
                            and d.code in ('tracking_overdue', 'rest_overdue') and d.closed_by ~ '^(user|key):|^local$')
         and case f.state
               when 'escalated' then false
               when 'ready' then false when 'printed' then false when 'collecting' then false
               when 'placing' then a.fulfillment_order_id is null
               when 'outcome_unknown' then a.fulfillment_order_id is null
               when 'shipped' then h.order_id is null and w.order_id is null and c.order_id is null
               when 'delivered' then h.order_id is null and w.order_id is null and c.order_id is null
               when 'placed' then h.order_id is null and c.order_id is null
               when 'acknowledged' then h.order_id is null and c.order_id is null
               when 'partially_shipped' then h.order_id is null and c.order_id is null
               else true end`,
  },
  {
    id: "I19",
    // A timer that passed long ago rings for nobody.
    finds: `
      select t.order_id::text, format('%s %s (%s) was due at %s, and it is %s', t.what, t.id, t.state, t.due_at at time zone 'UTC', :now: at time zone 'UTC') as what
        from (select order_id, 'part' as what, no::text as id, state, due_at from fulfillment_order where state not in ${ended}
              union all select order_id, 'attempt', id::text, state, due_at from attempt
              union all select order_id, 'write-back', id::text, state, due_at from write_back
              union all select order_id, 'question of cancellation', cancellation_id::text, state, due_at from cancellation_ask
              union all select order_id, 'cancellation', id::text, state, due_at from cancellation
              union all select order_id, 'parcel', id::text, state, due_at from parcel
              union all select null, 'message', event_id, coalesce(problem, 'new'), due_at from inbox
              union all select null, 'dispatch', file_name, state, due_at from dispatch
              union all select null, 'connection', id::text, coalesce(last_problem, 'open'), due_at from connection) t
       where t.due_at < :overdue:`,
  },
  {
    id: "I20",
    finds: `
      select order_id::text, format('event %s takes the %s %s out of its final state %s to %s', seq, subject, subject_id, from_state, to_state) as what
        from event
       where (subject = 'fulfillment_order' and from_state in ${ended}) or (subject = 'attempt' and from_state in ('placed', 'refused', 'void'))
          or (subject = 'write_back' and from_state = 'told') or (subject = 'cancellation' and from_state = 'told')`,
  },
  {
    id: "I22",
    finds: `
      with booked as (
        select t.workspace_id, t.attempt_id, count(*) filter (where t.kind = 'charge') as charges, min(t.at) filter (where t.kind = 'charge') as at,
               coalesce(sum(e.amount) filter (where t.kind in ('charge', 'adjustment')), 0) as charged,
               coalesce(-sum(e.amount) filter (where t.kind = 'refund'), 0) as refunded
          from ledger_transaction t
          join ledger_entry e on e.workspace_id = t.workspace_id and e.transaction_id = t.id
          join ledger_account l on l.workspace_id = e.workspace_id and l.id = e.ledger_account_id and l.kind = 'goods'
         where t.attempt_id is not null group by 1, 2)
      select a.order_id::text,
             format('attempt %s (%s) has %s charges, the first at %s, %s charged and %s refunded, and costs %s', a.reference, a.state, coalesce(b.charges, 0),
                    b.at at time zone 'UTC', coalesce(b.charged, 0), coalesce(b.refunded, 0), coalesce(a.cost::text, 'nothing')) as what
        from attempt a left join booked b on b.workspace_id = a.workspace_id and b.attempt_id = a.id
       where case when a.state = 'placed' then (coalesce(b.charges, 0) <> 1 and a.cost + coalesce(b.refunded, 0) <> 0) or b.at is distinct from a.closed_at
                    or b.charged - b.refunded <> a.cost or b.refunded > b.charged
                  else b.attempt_id is not null end`,
  },
  {
    id: "I22",
    finds: `
      select f.order_id::text, format('part %s is placed since %s and its attempt %s since %s', f.no, f.placed_at at time zone 'UTC', a.reference, a.closed_at at time zone 'UTC') as what
        from attempt a join fulfillment_order f on f.workspace_id = a.workspace_id and f.id = a.fulfillment_order_id
       where a.state = 'placed' and f.placed_at is distinct from a.closed_at`,
  },
  {
    id: "I23",
    finds: `
      select null as order_id, format('account %s holds %s %s, and its open purchases %s', coalesce(l.account_id, a.account_id), coalesce(l.balance, 0), coalesce(l.currency, a.currency), coalesce(a.sum, 0)) as what
        from (select * from ledger_account where kind = 'held') l
        full join (select workspace_id, account_id, currency, sum(max_total) from attempt where state in ('armed', 'unknown') and holds_money group by 1, 2, 3) a
          on a.workspace_id = l.workspace_id and a.account_id = l.account_id and a.currency = l.currency
       where coalesce(l.balance, 0) <> coalesce(a.sum, 0)`,
  },
  {
    id: "I23",
    // A supplier may take more than was approved; then an adjustment or a hold about the price says so.
    finds: `
      select null as order_id, format('account %s has %s %s left of its prepaid balance', l.account_id, l.balance, l.currency) as what
        from ledger_account l join supplier_account s on s.workspace_id = l.workspace_id and s.id = l.account_id
       where l.kind in ('available', 'credits') and l.balance < 0 and s.settings ->> 'payment' = 'prepaid'
         and not exists (select from ledger_transaction t where t.workspace_id = l.workspace_id and t.account_id = l.account_id and t.kind = 'adjustment')
         and not exists (select from attempt a where a.workspace_id = l.workspace_id and a.account_id = l.account_id and a.state = 'placed' and a.cost > a.max_total)`,
  },
  {
    id: "I25",
    finds: `
      with carried as (
        select l.workspace_id, l.order_id, l.order_line_no, l.component_no, sum(l.quantity - l.quantity_cancelled) as quantity
          from fulfillment_order_line l join fulfillment_order f on f.workspace_id = l.workspace_id and f.id = l.fulfillment_order_id
         where f.state <> 'cancelled' group by 1, 2, 3, 4),
      fullest as (
        select workspace_id, order_id, order_line_no,
               coalesce(sum(quantity) filter (where component_no = 0), 0) + coalesce(max(quantity) filter (where component_no > 0), 0) as quantity
          from carried group by 1, 2, 3)
      select o.order_id::text, format('line %s has %s ordered, %s cancelled, %s fulfilled elsewhere and %s in its parts', o.no, coalesce(o.quantity_edited, o.quantity), o.cancelled, o.fulfilled_elsewhere, c.quantity) as what
        from order_line o join fullest c on c.workspace_id = o.workspace_id and c.order_id = o.order_id and c.order_line_no = o.no
       where c.quantity + o.cancelled + o.fulfilled_elsewhere > coalesce(o.quantity_edited, o.quantity) and c.quantity > 0
         and not exists (select from hold h where h.workspace_id = o.workspace_id and h.order_id = o.order_id and h.closed_at is null)
         and not exists (select from cancellation_ask k where k.workspace_id = o.workspace_id and k.order_id = o.order_id and k.state <> 'accepted')`,
  },
  {
    id: "I25",
    finds: `
      select l.order_id::text, format('line %s of part %s has %s supplier units for %s channel units at %s for %s', l.no, f.no, l.units, l.quantity, l.units_per, l.per) as what
        from fulfillment_order_line l join fulfillment_order f on f.workspace_id = l.workspace_id and f.id = l.fulfillment_order_id
       where l.supplier_sku is not null and l.units * l.per <> l.quantity * l.units_per`,
  },
  {
    id: "I25",
    finds: `
      with left_units as (
        select s.workspace_id, s.fulfillment_order_id, l.fo_line_no, sum(l.units) as units
          from shipment s join shipment_line l on l.workspace_id = s.workspace_id and l.shipment_id = s.id group by 1, 2, 3)
      select l.order_id::text, format('line %s of part %s: %s units, %s cancelled, %s placed, %s shipped, %s in its shipments', l.no, f.no, l.units, l.units_cancelled, l.units_placed, l.units_shipped, coalesce(s.units, 0)) as what
        from fulfillment_order_line l join fulfillment_order f on f.workspace_id = l.workspace_id and f.id = l.fulfillment_order_id
        left join left_units s on s.workspace_id = l.workspace_id and s.fulfillment_order_id = l.fulfillment_order_id and s.fo_line_no = l.no
       where l.units_shipped <> coalesce(s.units, 0) or l.units_placed > l.units or l.units_shipped > l.units_placed
          or l.units_cancelled > l.units or (l.units_shipped > 0 and l.units_shipped + l.units_cancelled > l.units)
          or (l.units_placed > 0 and l.units_placed <> l.units)`,
  },
  {
    id: "I25",
    // A final or shipped state says what the quantities say.
    finds: `
      with sums as (
        select workspace_id, fulfillment_order_id, sum(units - units_cancelled) as open, sum(units_shipped) as shipped, sum(quantity - quantity_cancelled) as quantity
          from fulfillment_order_line group by 1, 2)
      select f.order_id::text, format('part %s is %s with %s units open and %s shipped', f.no, f.state, s.open, s.shipped) as what
        from fulfillment_order f join sums s on s.workspace_id = f.workspace_id and s.fulfillment_order_id = f.id
       where (f.state in ('shipped', 'delivered') and (s.shipped < s.open or s.shipped = 0))
          or (f.state = 'partially_shipped' and (s.shipped = 0 or s.shipped >= s.open))
          or (f.state = 'completed' and s.shipped < s.open and s.shipped > 0)
          or (f.state in ('placed', 'acknowledged', 'ready', 'printed', 'collecting') and (s.shipped > 0 or s.open = 0))
          or (f.state = 'cancelled' and s.shipped > 0)`,
  },
  {
    id: "I29",
    finds: `
      select a.order_id::text, format('%s %s is accepted on two orders', a.carrier, a.tracking_number) as what
        from parcel a join parcel b on b.workspace_id = a.workspace_id and b.carrier = a.carrier and b.tracking_number = a.tracking_number and b.id > a.id
       where a.order_id <> b.order_id and b.created_at - a.created_at < interval '120 days' and a.accepted and b.accepted and not a.shared and not b.shared`,
  },
];
