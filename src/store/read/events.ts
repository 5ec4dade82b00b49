import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "../db.ts";
import { col, row, type RowOf } from "../row.ts";
import { sql } from "../sql.ts";

const EventRow = row({
  seq: col.int,
  at: col.instant,
  kind: col.text,
  subject: col.text,
  subjectId: col.text,
  fromState: col.textOrNull,
  toState: col.textOrNull,
  actor: col.text,
  data: col.jsonOrNull<Record<string, unknown>>(),
});
export type EventLine = RowOf<typeof EventRow>;

/**
 * API-23. The trail of one order, newest first. `line`: only what is about that line: its own events, and those of the fulfillment orders, attempts, shipments
 * and holds that carry it.
 */
export async function listEvents(
  tx: Tx,
  workspaceId: WorkspaceId,
  orderId: OrderId,
  page: { before: number | null; limit: number; line: number | null },
): Promise<{ events: EventLine[]; next: number | null }> {
  const filter = page.line === null ? sql`` : sql`and ${aboutLine(workspaceId, orderId, page.line)}`;
  const found = await tx.rows(
    EventRow,
    sql`
    select e.seq, e.at, e.kind, e.subject, e.subject_id::text as subject_id, e.from_state, e.to_state, e.actor, e.data from event e
     where e.workspace_id = ${workspaceId}::bigint and e.order_id = ${orderId}::bigint and e.seq < ${page.before ?? 2 ** 31 - 1}::integer ${filter}
     order by e.seq desc limit ${page.limit + 1}`,
  );
  const events = found.slice(0, page.limit);
  return { events, next: found.length > page.limit ? (events.at(-1)?.seq ?? null) : null };
}

const aboutLine = (workspaceId: WorkspaceId, orderId: OrderId, line: number) => sql`(
  e.subject = 'order'
  or (e.subject = 'line' and e.subject_id = ${line}::bigint)
  or (e.subject = 'fulfillment_order' and e.subject_id in (${partsWith(workspaceId, orderId, line)}))
  or (e.subject = 'attempt' and e.subject_id in (
        select a.id from attempt a where a.workspace_id = ${workspaceId}::bigint and a.fulfillment_order_id in (${partsWith(workspaceId, orderId, line)})))
  or (e.subject = 'shipment' and e.subject_id in (
        select s.id from shipment s where s.workspace_id = ${workspaceId}::bigint and s.fulfillment_order_id in (${partsWith(workspaceId, orderId, line)})))
  or (e.subject = 'parcel' and e.subject_id in (
        select p.id from shipment s join parcel p on p.workspace_id = s.workspace_id and p.shipment_id = s.id
         where s.workspace_id = ${workspaceId}::bigint and s.fulfillment_order_id in (${partsWith(workspaceId, orderId, line)})))
  or (e.subject = 'hold' and e.subject_id in (
        select h.id from hold h where h.workspace_id = ${workspaceId}::bigint and h.order_id = ${orderId}::bigint
           and (h.subject = 'order' or (h.subject = 'line' and h.subject_id = ${line}::bigint)
                or (h.subject = 'fulfillment_order' and h.subject_id in (${partsWith(workspaceId, orderId, line)}))))))`;

const partsWith = (workspaceId: WorkspaceId, orderId: OrderId, line: number) => sql`
  select f.id from fulfillment_order f
    join fulfillment_order_line l on l.workspace_id = f.workspace_id and l.fulfillment_order_id = f.id
   where f.workspace_id = ${workspaceId}::bigint and f.order_id = ${orderId}::bigint and l.order_line_no = ${line}::integer`;
