import { sql } from "#store/sql.ts";
import { findDuplicates } from "#store/verify.ts";
import { col, row } from "#store/row.ts";
import type { OrderId } from "#domain/ids.ts";
import { defaultWorkspaceSettings } from "#domain/settings.ts";
import { both, found, findBy, onWorkspace, ordersIn, type Invariant } from "./invariant.ts";

const LeavingRow = row({ id: col.id<OrderId>(), publicId: col.text, windowMs: col.int });

export const noDoubleOrder: Invariant = {
  id: "I11",
  title: "No order doubled: one per channel order id, and a likely duplicate is held or answered",
  check: {
    over: "orders",
    async find(tx, range) {
      const doubled = await findBy(
        tx,
        sql`
        select 'ord_' || o.public_id as subject, 'another order has the same channel order id' as detail
          from ${ordersIn(range)} o
         where exists (select from sales_order e where e.workspace_id = o.workspace_id and e.channel_id = o.channel_id and e.channel_order_id = o.channel_order_id and e.id <> o.id)`,
      );
      // Those that are about to be placed: verified a moment ago, so a duplicate among them was let through.
      const leaving = await tx.rows(
        LeavingRow,
        sql`
        select o.id, o.public_id, coalesce((w.settings ->> 'duplicateWindowMs')::int, ${defaultWorkspaceSettings.duplicateWindowMs}) as window_ms
          from ${ordersIn(range)} o join workspace w on w.id = o.workspace_id
         where o.buyer_digest is not null and not 'suspected_duplicate' = any(o.answered)
           and exists (select from fulfillment_order f where f.workspace_id = o.workspace_id and f.order_id = o.id and f.state = 'placing')
         order by o.id`,
      );
      const duplicates = await findDuplicates(
        tx,
        leaving.map(({ id, windowMs }) => ({ workspaceId: range.workspaceId, orderId: id, windowMs })),
      );
      const passed = leaving
        .filter(({ id }) => duplicates.has(id))
        .map(({ id, publicId }) => ({
          subject: `ord_${publicId}`,
          detail: `is being placed although it looks like ord_${duplicates.get(id)!}`,
        }));
      return both(doubled, found(passed));
    },
  },
};

export const importsClose: Invariant = onWorkspace(
  "I14",
  "Each row of an import is exactly one of stored, refused and set aside",
  (workspaceId) => sql`
    select 'imp_' || i.public_id as subject, format('%s rows, but %s stored, %s refused and %s set aside', i.rows, i.stored, i.refused, i.set_aside) as detail
      from import i where i.workspace_id = ${workspaceId}::bigint and i.rows <> i.stored + i.refused + i.set_aside
    union all
    select 'imp_' || i.public_id, format('%s refused are counted, %s are kept', i.refused, count(r.line))
      from import i left join import_row r on r.workspace_id = i.workspace_id and r.import_id = i.id and r.outcome = 'refused'
     where i.workspace_id = ${workspaceId}::bigint
     group by i.public_id, i.refused having count(r.line) <> i.refused`,
);
