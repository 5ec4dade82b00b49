import { violations } from "#store/catalogue.ts";
import { sql } from "#store/sql.ts";
import { found, onWorkspace, type Invariant } from "./invariant.ts";

export const keysStayInside: Invariant = {
  id: "I30",
  title: "Every key begins with the workspace, every table is under row-level security, no role looks past it",
  check: {
    over: "installation",
    find: async (db) => found((await violations(db)).map((line) => ({ subject: "schema", detail: line }))),
  },
};

/** What points at something without a foreign key finds it in its own workspace. */
export const referencesStayInside: Invariant = onWorkspace(
  "I30",
  "Whatever points at something finds it in its own workspace",
  (workspaceId) => sql`
    select 'hold ' || h.public_id as subject, format('lies on %s %s, which is not here', h.subject, h.subject_id) as detail from hold h
     where h.workspace_id = ${workspaceId}::bigint and case h.subject
       when 'fulfillment_order' then not exists (select from fulfillment_order f where f.workspace_id = h.workspace_id and f.id = h.subject_id)
       when 'shipment' then not exists (select from shipment s where s.workspace_id = h.workspace_id and s.id = h.subject_id)
       when 'line' then not exists (select from order_line l where l.workspace_id = h.workspace_id and l.order_id = h.order_id and l.no = h.subject_id)
       else false end
    union all
    select 'attempt ' || a.reference, 'names an order, a supplier or a dispatch that is not here' from attempt a
     where a.workspace_id = ${workspaceId}::bigint
       and (not exists (select from fulfillment_order f where f.workspace_id = a.workspace_id and f.id = a.fulfillment_order_id and f.order_id = a.order_id)
         or not exists (select from supplier_account s where s.workspace_id = a.workspace_id and s.id = a.account_id and s.supplier_id = a.supplier_id)
         or a.dispatch_id is not null and not exists (select from dispatch d where d.workspace_id = a.workspace_id and d.id = a.dispatch_id))
    union all
    select 'link of ' || p.sku, 'names a channel that is not here' from product_link p
     where p.workspace_id = ${workspaceId}::bigint and p.channel_id <> 0 and not exists (select from channel c where c.workspace_id = p.workspace_id and c.id = p.channel_id)
    union all
    select 'event ' || e.order_id || '/' || e.seq, 'its order is not here' from event e
     where e.workspace_id = ${workspaceId}::bigint and not exists (select from sales_order o where o.workspace_id = e.workspace_id and o.id = e.order_id)
    union all
    select 'write-back ' || w.id, 'names a shipment, a parcel or a cancellation that is not here' from write_back w
     where w.workspace_id = ${workspaceId}::bigint
       and (w.shipment_id is not null and not exists (select from shipment s where s.workspace_id = w.workspace_id and s.id = w.shipment_id)
         or w.parcel_id is not null and not exists (select from parcel p where p.workspace_id = w.workspace_id and p.id = w.parcel_id)
         or w.cancellation_id is not null and not exists (select from cancellation c where c.workspace_id = w.workspace_id and c.id = w.cancellation_id))
    union all
    select 'ledger transaction ' || t.id, 'names an order, an account or an attempt that is not here' from ledger_transaction t
     where t.workspace_id = ${workspaceId}::bigint
       and (t.order_id is not null and not exists (select from sales_order o where o.workspace_id = t.workspace_id and o.id = t.order_id)
         or t.account_id <> 0 and not exists (select from supplier_account a where a.workspace_id = t.workspace_id and a.id = t.account_id)
         or t.attempt_id is not null and not exists (select from attempt a where a.workspace_id = t.workspace_id and a.id = t.attempt_id))
    union all
    select 'channel ' || c.name, 'is registered for another workspace' from channel c
     where c.workspace_id = ${workspaceId}::bigint
       and exists (select from channel_registry r where r.kind = c.kind and r.external_id = c.external_id and r.workspace_id <> c.workspace_id)`,
);
