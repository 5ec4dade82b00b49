import { sql } from "#store/sql.ts";
import { onWorkspace, type Invariant } from "./invariant.ts";

export const stockIsReserved: Invariant = onWorkspace(
  "I24",
  "On a shelf 0 <= reserved <= on hand, and what is reserved is the sum of the open reservations",
  (workspaceId) => sql`
    select format('%s at sup_%s', s.supplier_sku, u.public_id) as subject,
           case when s.reserved < 0 or s.on_hand < 0 or s.reserved > s.on_hand then format('%s reserved of %s on hand', s.reserved, s.on_hand)
                else format('%s reserved, the open reservations sum to %s', s.reserved, coalesce(r.units, 0)) end as detail
      from stock s
      join supplier u on u.workspace_id = s.workspace_id and u.id = s.supplier_id
      left join (select supplier_id, supplier_sku, sum(units) as units from stock_reservation
                  where workspace_id = ${workspaceId}::bigint and state = 'open' group by supplier_id, supplier_sku) r
             on r.supplier_id = s.supplier_id and r.supplier_sku = s.supplier_sku
     where s.workspace_id = ${workspaceId}::bigint and s.is_shelf
       and (s.reserved < 0 or s.on_hand < 0 or s.reserved > s.on_hand or s.reserved <> coalesce(r.units, 0))
    union all
    select format('%s at supplier %s', r.supplier_sku, r.supplier_id), format('%s units are reserved where there is no stock', sum(r.units))
      from stock_reservation r
     where r.workspace_id = ${workspaceId}::bigint and r.state = 'open'
       and not exists (select from stock s where s.workspace_id = r.workspace_id and s.supplier_id = r.supplier_id and s.supplier_sku = r.supplier_sku)
     group by r.supplier_sku, r.supplier_id`,
);
