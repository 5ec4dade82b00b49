import { isFinal, nextStates, fulfillmentStates } from "#domain/lifecycle.ts";
import { chain } from "#store/event-chain.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { findBy, found, onOrders, onWorkspace, ordersIn, type Finding, type Invariant } from "./invariant.ts";

/** What has a state of its own, where that state is now, and the events that say how it came there. */
export const oneEventPerChange: Invariant = onOrders(
  "I15",
  "One event per change: numbers without a gap, each going on where the last ended, the last being the row's state",
  (range) => sql`
    with o as materialized (${ordersIn(range)}), e as materialized (
      select o.public_id, o.event_seq, e.order_id, e.seq, e.subject, e.subject_id, e.kind, e.from_state,
             coalesce(e.to_state, case when e.kind = 'write_back_added' then e.data ->> 'state' end) as to_state
        from o join event e on e.workspace_id = o.workspace_id and e.order_id = o.id
    ), moves as (
      select e.*, lag(e.to_state) over history as before, lead(e.seq) over history as later
        from e where e.to_state is not null and (e.subject <> 'order' or e.kind = 'headline')
      window history as (partition by e.order_id, e.subject, e.subject_id order by e.seq)
    ), stands as (
      select o.id as order_id, 'order' as subject, o.id as subject_id, o.headline as state from o
      union all select f.order_id, 'fulfillment_order', f.id, f.state from o join fulfillment_order f on f.workspace_id = o.workspace_id and f.order_id = o.id
      union all select a.order_id, 'attempt', a.id, a.state from o join fulfillment_order f on f.workspace_id = o.workspace_id and f.order_id = o.id
                  join attempt a on a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id
      union all select w.order_id, 'write_back', w.id, w.state from o join write_back w on w.workspace_id = o.workspace_id and w.order_id = o.id
      union all select c.order_id, 'cancellation', c.id, c.state from o join cancellation c on c.workspace_id = o.workspace_id and c.order_id = o.id
      union all select p.order_id, 'parcel', p.id, p.state from o join fulfillment_order f on f.workspace_id = o.workspace_id and f.order_id = o.id
                  join shipment s on s.workspace_id = f.workspace_id and s.fulfillment_order_id = f.id
                  join parcel p on p.workspace_id = s.workspace_id and p.shipment_id = s.id
    )
    select 'ord_' || o.public_id as subject, format('has events 1 to %s, but %s of them, the last %s', o.event_seq, count(e.seq), coalesce(max(e.seq), 0)) as detail
      from o left join e on e.order_id = o.id
     group by o.public_id, o.event_seq having count(e.seq) <> o.event_seq or coalesce(max(e.seq), 0) <> o.event_seq or coalesce(min(e.seq), 1) <> 1
    union all
    select 'ord_' || m.public_id, format('event %s: %s %s goes on from %s, but it was %s', m.seq, m.subject, m.subject_id, coalesce(m.from_state, 'nothing'), m.before)
      from moves m where m.before is not null and m.from_state is distinct from m.before
    union all
    select 'ord_' || m.public_id, format('%s %s is %s, but its last event (%s) says %s', m.subject, m.subject_id, s.state, m.seq, m.to_state)
      from moves m join stands s on s.order_id = m.order_id and s.subject = m.subject and s.subject_id = m.subject_id
     where m.later is null and s.state <> m.to_state
    union all
    select 'ord_' || o.public_id, format('%s %s is %s without any event', s.subject, s.subject_id, s.state)
      from stands s join o on o.id = s.order_id
     where not exists (select from moves m where m.order_id = s.order_id and m.subject = s.subject and m.subject_id = s.subject_id)`,
);

const arrows = fulfillmentStates.flatMap((from) => nextStates[from].map((to) => [from, to] as const));

export const allowedMoves: Invariant = onOrders(
  "I16",
  "Only allowed transitions of fulfillment orders",
  (range) => sql`
    select 'ord_' || o.public_id as subject, format('fulfillment order %s went from %s to %s (event %s)', e.subject_id, e.from_state, e.to_state, e.seq) as detail
      from ${ordersIn(range)} o
      join event e on e.workspace_id = o.workspace_id and e.order_id = o.id
     where e.subject = 'fulfillment_order' and e.kind = 'moved'
       and not exists (
         select from unnest(${arrows.map(([from]) => from)}::text[], ${arrows.map(([, to]) => to)}::text[]) as arrow(from_state, to_state)
          where arrow.from_state = e.from_state and arrow.to_state = e.to_state)`,
);

const ends = fulfillmentStates.filter(isFinal);

export const finalStaysFinal: Invariant = onOrders(
  "I20",
  "Final states stay final",
  (range) => sql`
    select 'ord_' || o.public_id as subject, format('fulfillment order %s left %s (event %s)', e.subject_id, e.from_state, e.seq) as detail
      from ${ordersIn(range)} o
      join event e on e.workspace_id = o.workspace_id and e.order_id = o.id
     where e.subject = 'fulfillment_order' and e.from_state = any(${ends}::text[])`,
);

const EventRow = row({
  publicId: col.text,
  eventHash: col.text,
  eventSeq: col.int,
  seq: col.int,
  at: col.instant,
  kind: col.text,
  subject: col.text,
  subjectId: col.text,
  fromState: col.textOrNull,
  toState: col.textOrNull,
  actor: col.text,
  data: col.jsonOrNull<unknown>(),
  hash: col.text,
});
const trails = [
  "event",
  "management_event",
  "evidence",
  "ledger_transaction",
  "ledger_entry",
  "decision",
  "order_version",
];

export const chained: Invariant = {
  id: "I17",
  title: "Events are chained: every hash recomputed, the last one kept with the order",
  check: {
    over: "orders",
    async find(tx, range) {
      const events = await tx.rows(
        EventRow,
        sql`
        select o.public_id, o.event_hash, o.event_seq, e.seq, e.at, e.kind, e.subject, e.subject_id, e.from_state, e.to_state, e.actor, e.data, e.hash
          from ${ordersIn(range)} o join event e on e.workspace_id = o.workspace_id and e.order_id = o.id
         order by o.id, e.seq`,
      );
      const wrong: Finding[] = [];
      let order = "";
      let previous = "";
      for (const event of events) {
        if (event.publicId !== order) [order, previous] = [event.publicId, ""];
        const { fromState: from, toState: to, ...rest } = event;
        const at = (detail: string): number => wrong.push({ subject: `ord_${order}`, detail });
        if (chain(previous, { ...rest, from, to }) !== event.hash)
          at(`event ${event.seq} was changed, or one before it is missing`);
        if (event.seq === event.eventSeq && event.hash !== event.eventHash)
          at(`event ${event.seq} is not the one that the order ends with`);
        previous = event.hash;
      }
      return found(wrong);
    },
  },
};

export const appendOnly: Invariant = {
  id: "I17",
  title: "The trails only grow: no role of the product may change or delete them",
  check: {
    over: "installation",
    find: (db) =>
      findBy(
        db,
        sql`
        select trail as subject, format('%s may %s it', role, privilege) as detail
          from unnest(${trails}::text[]) trail, unnest(array['switchyard_engine', 'switchyard_api']) role, unnest(array['update', 'delete', 'truncate']) privilege
         where has_table_privilege(role, trail, privilege)`,
      ),
  },
};

export const everyChangeHasAnActor: Invariant = {
  id: "I18",
  title: "Every change has an actor",
  check: {
    over: "orders",
    find: (tx, range) =>
      findBy(
        tx,
        sql`
        select 'ord_' || o.public_id as subject, format('event %s (%s) names nobody', e.seq, e.kind) as detail
          from ${ordersIn(range)} o join event e on e.workspace_id = o.workspace_id and e.order_id = o.id
         where btrim(e.actor) = ''
        union all
        select 'ord_' || o.public_id, format('attempt %s names nobody', a.reference)
          from ${ordersIn(range)} o join fulfillment_order f on f.workspace_id = o.workspace_id and f.order_id = o.id
          join attempt a on a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id
         where btrim(a.actor) = ''`,
      ),
  },
};
export const everyBookingHasAnActor: Invariant = onWorkspace(
  "I18",
  "Every booking and every change of the set-up has an actor",
  (workspaceId) => sql`
    select 'ledger transaction ' || t.id as subject, 'names nobody' as detail from ledger_transaction t where t.workspace_id = ${workspaceId}::bigint and btrim(t.actor) = ''
    union all
    select m.kind || ' ' || m.id, 'names nobody' from management_event m where m.workspace_id = ${workspaceId}::bigint and btrim(m.actor) = ''`,
);
