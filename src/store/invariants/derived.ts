import { derivedHeadline } from "#domain/draft.ts";
import { isBeforePlacing } from "#domain/lifecycle.ts";
import { allocated, wanted } from "#domain/order.ts";
import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import { readDossiers } from "#store/dossier.ts";
import type { Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { findBy, found, onWorkspace, ordersIn, type Finding, type Invariant, type OrderRange } from "./invariant.ts";

const IdRow = row({ workspaceId: col.id<WorkspaceId>(), orderId: col.id<OrderId>() });

async function dossiersOf(tx: Tx, range: OrderRange) {
  const keys = await tx.rows(
    IdRow,
    sql`select o.workspace_id, o.id as order_id from ${ordersIn(range)} o order by o.id`,
  );
  return readDossiers(tx, keys);
}

export const headlineIsDerived: Invariant = {
  id: "H1",
  title: "The stored headline is the one that follows from the parts and their holds",
  check: {
    over: "orders",
    async find(tx, range) {
      const wrong: Finding[] = [];
      for (const dossier of await dossiersOf(tx, range)) {
        const { publicId, headline } = dossier.order;
        const derived = derivedHeadline(dossier);
        if (derived !== headline)
          wrong.push({ subject: `ord_${publicId}`, detail: `stored is ${headline}, its parts say ${derived}` });
      }
      return found(wrong);
    },
  },
};

export const quantitiesFit: Invariant = {
  id: "I25",
  title:
    "Quantities: allocated and cancelled fit into what was ordered; shipped <= placed <= allocated; packs are whole",
  check: {
    over: "orders",
    async find(tx, range) {
      const wrong: Finding[] = [];
      for (const dossier of await dossiersOf(tx, range)) {
        const subject = `ord_${dossier.order.publicId}`;
        for (const line of dossier.lines) {
          const ordered = line.quantityEdited ?? line.quantity;
          const carried = allocated(line, dossier.fulfillmentOrders);
          const over = carried - wanted(line);
          // What is placed may be more than what is wanted now: the supplier was asked and may have refused. What is not placed may not.
          const free = dossier.fulfillmentOrders.some(
            (fo) =>
              isBeforePlacing(fo.state) &&
              fo.state !== "received" &&
              fo.lines.some((each) => each.orderLineNo === line.no && each.quantity > each.quantityCancelled),
          );
          if (over > 0 && free)
            wrong.push({
              subject,
              detail: `line ${line.no}: ${carried} allocated, ${wanted(line)} wanted of ${ordered} ordered`,
            });
          if (line.channelCancelled > line.cancelled)
            wrong.push({
              subject,
              detail: `line ${line.no}: the channel cancelled ${line.channelCancelled}, ${line.cancelled} are`,
            });
        }
        for (const fo of dossier.fulfillmentOrders) {
          for (const line of fo.lines) {
            const at = (detail: string): number =>
              wrong.push({ subject, detail: `fo_${fo.publicId} line ${line.no}: ${detail}` });
            if (
              line.unitsShipped > line.unitsPlaced ||
              line.unitsPlaced > line.units ||
              line.unitsCancelled > line.units
            )
              at(
                `${line.unitsShipped} shipped, ${line.unitsPlaced} placed, ${line.unitsCancelled} cancelled of ${line.units} units`,
              );
            if (line.supplierSku !== null && line.units * line.per !== line.quantity * line.unitsPer)
              at(`${line.units} units are not ${line.quantity} × ${line.unitsPer} / ${line.per}`);
            const shipped = dossier.shipments
              .filter((shipment) => shipment.fulfillmentOrderId === fo.id)
              .flatMap((shipment) => shipment.lines)
              .filter((each) => each.foLineNo === line.no)
              .reduce((sum, each) => sum + each.units, 0);
            if (shipped !== line.unitsShipped)
              at(`${line.unitsShipped} units are counted as shipped, its shipments hold ${shipped}`);
          }
        }
      }
      return found(wrong);
    },
  },
};

export const countersCount: Invariant = onWorkspace(
  "C1",
  "Counters are what counting gives: orders by headline, fulfillment orders by state, open holds by reason",
  (workspaceId) => sql`
    with counted as (
      select 'headline' as kind, headline as key, count(*) as n from sales_order where workspace_id = ${workspaceId}::bigint group by headline
      union all select 'state', state, count(*) from fulfillment_order where workspace_id = ${workspaceId}::bigint group by state
      union all select 'hold', code, count(*) from hold where workspace_id = ${workspaceId}::bigint and closed_at is null group by code
    ), stored as (
      select kind, key, sum(n) as n from counter where workspace_id = ${workspaceId}::bigint and kind in ('headline', 'state', 'hold') group by kind, key
    )
    select format('%s %s', coalesce(c.kind, s.kind), coalesce(c.key, s.key)) as subject, format('the counter says %s, there are %s', coalesce(s.n, 0), coalesce(c.n, 0)) as detail
      from counted c full join stored s on s.kind = c.kind and s.key = c.key
     where coalesce(c.n, 0) <> coalesce(s.n, 0)`,
);

/** Nobody is late before the one who looks has looked: the newest heartbeat of a worker is the clock, a while before it is late. */
const slackMinutes = 15;

export const noStuckWork: Invariant = {
  id: "I19",
  title: "No stuck work: everything open has a timer, a hold, or people at a desk; no timer is long overdue",
  check: {
    over: "orders",
    find: (tx, range) =>
      findBy(
        tx,
        sql`
        with f as (
          select o.public_id as order_public_id, f.*,
                 exists (select from hold h where h.workspace_id = f.workspace_id and h.order_id = f.order_id and h.closed_at is null) as has_hold
            from ${ordersIn(range)} o join fulfillment_order f on f.workspace_id = o.workspace_id and f.order_id = o.id
           where f.state not in ('completed', 'cancelled', 'escalated', 'ready', 'printed', 'collecting')
        )
        select 'fo_' || f.public_id as subject, format('is %s without a timer%s', f.state, case when f.state in ('received', 'waiting') then '' else ', a hold or an open question' end) as detail
          from f
         where f.due_at is null and case f.state
           when 'received' then true
           when 'waiting' then true
           when 'held' then true
           when 'placing' then not exists (select from attempt a where a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id and a.state = 'armed')
           when 'outcome_unknown' then not f.has_hold and not exists (
             select from attempt a where a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id and a.state = 'unknown' and a.due_at is not null)
           when 'shipped' then not f.has_hold and not exists (
             select from write_back w where w.workspace_id = f.workspace_id and w.order_id = f.order_id and w.state not in ('told', 'not_needed'))
           when 'delivered' then not f.has_hold and not exists (
             select from write_back w where w.workspace_id = f.workspace_id and w.order_id = f.order_id and w.state not in ('told', 'not_needed'))
           else not f.has_hold and not exists (
             select from hold h where h.workspace_id = f.workspace_id and h.order_id = f.order_id and h.code in ('tracking_overdue', 'rest_overdue', 'acknowledgement_overdue'))
           end
        union all
        select 'fo_' || f.public_id, format('attempt %s is %s without a timer', a.reference, a.state)
          from f join attempt a on a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id
         where a.due_at is null and not f.has_hold and (a.state = 'armed' and a.kind <> 'human' or a.state = 'unknown')
        union all
        select 'ord_' || o.public_id, format('write-back %s is %s without a timer', w.id, w.state)
          from ${ordersIn(range)} o join write_back w on w.workspace_id = o.workspace_id and w.order_id = o.id
         where w.state in ('armed', 'unknown') and w.due_at is null
        union all
        select 'ord_' || o.public_id, 'a supplier is asked to cancel, without a timer'
          from ${ordersIn(range)} o
          join cancellation c on c.workspace_id = o.workspace_id and c.order_id = o.id
          join cancellation_ask k on k.workspace_id = c.workspace_id and k.cancellation_id = c.id
         where k.state = 'asking' and k.due_at is null`,
      ),
  },
};

export const nothingOverdue: Invariant = onWorkspace(
  "I19",
  "No timer is overdue by more than a quarter of an hour of working time",
  (workspaceId) => sql`
    with late as (
      select max(heartbeat_at) - make_interval(mins => ${slackMinutes}) as at from worker
       where not exists (select from installation where safe_mode_reason is not null)
         and exists (select from worker w where w.started_at < (select max(x.heartbeat_at) from worker x) - make_interval(mins => ${slackMinutes}))
    )
    select 'fo_' || f.public_id as subject, format('was due at %s in %s', f.due_at, f.state) as detail
      from late join fulfillment_order f on f.due_at < late.at
      left join supplier_account a on a.workspace_id = f.workspace_id and a.id = f.account_id
     where f.workspace_id = ${workspaceId}::bigint
       and (f.state <> 'placing' or (a.breaker_until is null and a.settings ->> 'placesPerMinute' is null)) -- those wait for their account's rate
    union all
    select 'attempt ' || t.reference, format('was due at %s', t.due_at) from late join attempt t on t.due_at < late.at where t.workspace_id = ${workspaceId}::bigint
    union all
    select 'ord_' || o.public_id, format('its write-back was due at %s', w.due_at)
      from late join write_back w on w.due_at < late.at join sales_order o on o.workspace_id = w.workspace_id and o.id = w.order_id
     where w.workspace_id = ${workspaceId}::bigint
    union all
    select 'connection ' || c.id, format('was due at %s', c.due_at) from late join connection c on c.due_at < late.at where c.workspace_id = ${workspaceId}::bigint
    union all
    select 'message ' || i.id, format('was due at %s', i.due_at) from late join inbox i on i.due_at < late.at where i.workspace_id = ${workspaceId}::bigint`,
);
