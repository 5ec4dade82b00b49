import { maskCards } from "#domain/card-mask.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { found, onWorkspace, ordersIn, type Finding, type Invariant } from "./invariant.ts";

const TextRow = row({ publicId: col.text, place: col.text, text: col.text });

/** In what people write: buyers' addresses and notes, titles, and what was noted on a hold. */
export const noCards: Invariant = {
  id: "I32",
  title: "No card number and no verification code in any text that people wrote",
  check: {
    over: "orders",
    async find(tx, range) {
      const texts = await tx.rows(
        TextRow,
        sql`
        select o.public_id, t.place, t.text from ${ordersIn(range)} o cross join lateral (
          select 'its address' as place, concat_ws(E'\\n', a.note, a.name, a.company, a.line1, a.line2, a.city) as text from order_address a
           where a.workspace_id = o.workspace_id and a.order_id = o.id
          union all
          select 'line ' || l.no, l.title from order_line l where l.workspace_id = o.workspace_id and l.order_id = o.id
          union all
          select 'the hold ' || h.code, h.detail ->> 'note' from hold h where h.workspace_id = o.workspace_id and h.order_id = o.id
        ) t where t.text ~ '[0-9]{3}'
        order by o.id, t.place, t.text`,
      );
      return found(
        texts
          .filter(({ text }) => maskCards(text) !== text)
          .map(({ publicId, place }): Finding => ({ subject: `ord_${publicId}`, detail: `${place} holds one` })),
      );
    },
  },
};

/** Each channel is looked through once a day; two days late is too late. */
const slackDays = 2;

export const personalDataEnds: Invariant = onWorkspace(
  "I33",
  "Where a channel sets an end, no order holds personal data past it",
  (workspaceId) => sql`
    with late as (
      select c.id, w.at - make_interval(days => ${slackDays})
                   - make_interval(secs => coalesce((c.settings ->> 'eraseAfterMs')::double precision / 1000, case when c.kind = 'amazon' then 30 * 86400 end)) as at
        from channel c cross join (select max(heartbeat_at) as at from worker) w
       where c.workspace_id = ${workspaceId}::bigint
    )
    select 'ord_' || o.public_id as subject, 'its personal data is past the end that its channel sets' as detail
      from late join sales_order o on o.workspace_id = ${workspaceId}::bigint and o.channel_id = late.id
     where o.headline in ('shipped', 'delivered', 'completed', 'cancelled') and o.received_at < late.at
       and exists (select from order_address a where a.workspace_id = ${workspaceId}::bigint and a.order_id = o.id and a.erased_at is null)
       and coalesce((select max(coalesce(f.delivered_at, f.last_shipped_at, f.placed_at)) from fulfillment_order f
                      where f.workspace_id = ${workspaceId}::bigint and f.order_id = o.id),
                    o.channel_cancelled_at, o.received_at) < late.at
       and not exists (select from fulfillment_order f
                        where f.workspace_id = ${workspaceId}::bigint and f.order_id = o.id and f.state not in ('shipped', 'delivered', 'completed', 'cancelled'))
       and not exists (select from cancellation c
                        where c.workspace_id = ${workspaceId}::bigint and c.order_id = o.id and c.state = 'requested')`,
);
