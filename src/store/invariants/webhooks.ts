import { sql } from "#store/sql.ts";
import { onWorkspace, type Invariant } from "./invariant.ts";

export const everythingIsTold: Invariant = onWorkspace(
  "I34",
  "Whoever follows is told of every change; a delivery is delivered by an answer, and its message is the same for every endpoint",
  (workspaceId) => sql`
    select 'ord_' || o.public_id as subject, format('has events up to %s, but its changes name them up to %s', o.event_seq, m.last) as detail
      from (
        select u.order_id, max(u.last) as last
          from order_change c cross join lateral unnest(c.orders, c.last_seqs) as u(order_id, last)
         where c.workspace_id = ${workspaceId}::bigint group by u.order_id
      ) m
      join sales_order o on o.workspace_id = ${workspaceId}::bigint and o.id = m.order_id
     where o.event_seq <> m.last
    union all
    select 'changes', format('are numbered up to %s, but the feed ends at %s and deliveries were made up to %s', max(c.no), f.last_no, f.notified_no)
      from change_feed f left join order_change c on c.workspace_id = ${workspaceId}::bigint
     where f.workspace_id = ${workspaceId}::bigint
     group by f.last_no, f.notified_no having f.notified_no > f.last_no or max(c.no) <> f.last_no
    union all
    select 'whd_' || d.public_id, format('is delivered after %s tries, the last with %s', d.attempts, coalesce(d.last_status::text, 'no answer'))
      from webhook_delivery d
     where d.workspace_id = ${workspaceId}::bigint and d.state = 'delivered' and d.last_status is distinct from 200
       and (d.last_status is null or d.last_status not between 200 and 299)
       and not exists (
         select from webhook_attempt a
          where a.workspace_id = ${workspaceId}::bigint and a.delivery_id = d.id and a.status between 200 and 299)
    union all
    select 'whd_' || d.public_id, format('counts %s tries, but %s are kept', d.attempts, count(a.no))
      from webhook_delivery d
      left join webhook_attempt a on a.workspace_id = ${workspaceId}::bigint and a.delivery_id = d.id
     where d.workspace_id = ${workspaceId}::bigint
     group by d.public_id, d.attempts having count(a.no) <> d.attempts
    union all
    select d.message_id, format('has %s bodies', count(distinct d.payload))
      from webhook_delivery d
     where d.workspace_id = ${workspaceId}::bigint group by d.message_id having count(distinct d.payload) > 1`,
);
