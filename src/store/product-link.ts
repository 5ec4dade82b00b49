import type { ChannelId, Id, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { LinkOption } from "#domain/shared.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

export type LinkId = Id<"productLink">;
export interface StoredLink {
  workspaceId: WorkspaceId;
  id: LinkId;
  /** "0": for every channel of the workspace. */
  channelId: ChannelId | "0";
  sku: string;
  nothingToShip: boolean;
  updatedAt: Date;
  options: LinkOption[];
}
const LinkRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<LinkId>(),
  channelId: col.id<ChannelId | "0">(),
  sku: col.text,
  nothingToShip: col.bool,
  updatedAt: col.instant,
  options: col.json<LinkOption[]>(),
});

const withOptions = sql`
  select p.workspace_id, p.id, p.channel_id, p.sku, p.nothing_to_ship, p.updated_at,
         coalesce((select json_agg(json_build_object('componentNo', o.component_no, 'supplierId', o.supplier_id::text, 'supplierSku', o.supplier_sku, 'units', o.units, 'per', o.per,
                          'unitCost', o.unit_cost::text, 'currency', o.currency, 'priority', o.priority, 'maxUnitCost', o.max_unit_cost::text)
                          order by o.component_no, o.priority, o.supplier_id, o.supplier_sku)
                     from product_link_option o where o.workspace_id = p.workspace_id and o.link_id = p.id), '[]'::json) as options
    from product_link p`;

/** By SKU, then channel; `after` is the last (sku, channel) of the page before. */
export const listLinks = (
  tx: Tx,
  page: {
    workspaceId: WorkspaceId;
    /** Only the links of this one. */
    sku?: string | undefined;
    /** In the SKU, or in a supplier's SKU for it; case does not count. */
    contains?: string | undefined;
    after: { sku: string; channelId: string } | null;
    limit: number;
  },
): Promise<StoredLink[]> =>
  tx.rows(
    LinkRow,
    sql`${withOptions}
     where p.workspace_id = ${page.workspaceId}::bigint and (p.sku, p.channel_id) > (${page.after?.sku ?? ""}, ${page.after?.channelId ?? "-1"}::bigint)
       and (${page.sku ?? null}::text is null or p.sku = ${page.sku ?? null})
       and (${page.contains ?? null}::text is null or strpos(lower(p.sku), lower(${page.contains ?? null})) > 0
            or exists (select from product_link_option o where o.workspace_id = p.workspace_id and o.link_id = p.id and strpos(lower(o.supplier_sku), lower(${page.contains ?? null})) > 0))
     order by p.sku, p.channel_id limit ${page.limit}`,
  );

/** The links of these SKUs, locked: nobody changes them meanwhile. */
export const lockLinks = async (tx: Tx, workspaceId: WorkspaceId, skus: readonly string[]): Promise<StoredLink[]> => {
  await tx.run(sql`
    select from product_link where workspace_id = ${workspaceId}::bigint and sku = any(${skus}::text[]) order by sku, channel_id for update`);
  return tx.rows(
    LinkRow,
    sql`${withOptions} where p.workspace_id = ${workspaceId}::bigint and p.sku = any(${skus}::text[])`,
  );
};

/** Writes links whole: what a link said before is gone. The ids of known ones stay. */
export async function putLinks(tx: Tx, links: readonly StoredLink[]): Promise<void> {
  if (links.length === 0) return;
  const sorted = [...links].sort((a, b) =>
    a.sku < b.sku ? -1 : a.sku > b.sku ? 1 : Number(BigInt(a.channelId) - BigInt(b.channelId)),
  );
  const Stored = row({ id: col.text, sku: col.text, channelId: col.text });
  const stored = await tx.rows(
    Stored,
    sql`
    insert into product_link (workspace_id, id, channel_id, sku, nothing_to_ship, updated_at)
    select * from unnest(${sorted.map((l) => l.workspaceId)}::bigint[], ${sorted.map((l) => l.id)}::bigint[], ${sorted.map((l) => l.channelId)}::bigint[],
                         ${sorted.map((l) => l.sku)}::text[], ${sorted.map((l) => l.nothingToShip)}::boolean[], ${sorted.map((l) => l.updatedAt)}::timestamptz[])
    on conflict (workspace_id, sku, channel_id) do update set nothing_to_ship = excluded.nothing_to_ship, updated_at = excluded.updated_at
    returning id, sku, channel_id`,
  );
  const idOf = new Map(stored.map((each) => [`${each.channelId}/${each.sku}`, each.id]));
  const options = sorted.flatMap((link) =>
    link.options.map((option) => ({
      workspaceId: link.workspaceId,
      linkId: idOf.get(`${link.channelId}/${link.sku}`)!,
      ...option,
    })),
  );
  await tx.run(sql`
    delete from product_link_option
     where (workspace_id, link_id) in (select * from unnest(${sorted.map((l) => l.workspaceId)}::bigint[], ${sorted.map((l) => idOf.get(`${l.channelId}/${l.sku}`)!)}::bigint[]))`);
  if (options.length === 0) return;
  await tx.run(sql`
    insert into product_link_option (workspace_id, link_id, component_no, supplier_id, supplier_sku, units, per, unit_cost, currency, priority, max_unit_cost)
    select * from unnest(${options.map((o) => o.workspaceId)}::bigint[], ${options.map((o) => o.linkId)}::bigint[], ${options.map((o) => o.componentNo)}::integer[],
                         ${options.map((o) => o.supplierId)}::bigint[], ${options.map((o) => o.supplierSku)}::text[], ${options.map((o) => o.units)}::integer[],
                         ${options.map((o) => o.per)}::integer[], ${options.map((o) => o.unitCost)}::numeric[], ${options.map((o) => o.currency)}::text[],
                         ${options.map((o) => o.priority)}::integer[], ${options.map((o) => o.maxUnitCost)}::numeric[])`);
}

const Deleted = row({ id: col.text });
/** Answers the id of what was deleted. */
export async function deleteLink(
  tx: Tx,
  { workspaceId, channelId, sku }: Pick<StoredLink, "workspaceId" | "channelId" | "sku">,
): Promise<string | null> {
  const deleted = await tx.maybe(
    Deleted,
    sql`
    delete from product_link where workspace_id = ${workspaceId}::bigint and sku = ${sku} and channel_id = ${channelId}::bigint returning id`,
  );
  return deleted?.id ?? null;
}

/** Of these supplier SKUs, new costs in every link that names them; answers the channel SKUs concerned. */
export async function setLinkCosts(
  tx: Tx,
  workspaceId: WorkspaceId,
  supplierId: SupplierId,
  costs: readonly { supplierSku: string; unitCost: string; currency: string }[],
): Promise<{ sku: string; supplierSku: string }[]> {
  const Changed = row({ sku: col.text, supplierSku: col.text });
  return tx.rows(
    Changed,
    sql`
    update product_link_option o set unit_cost = c.unit_cost, currency = c.currency
      from unnest(${costs.map((c) => c.supplierSku)}::text[], ${costs.map((c) => c.unitCost)}::numeric[], ${costs.map((c) => c.currency)}::text[]) as c(supplier_sku, unit_cost, currency),
           product_link p
     where o.workspace_id = ${workspaceId}::bigint and o.supplier_id = ${supplierId}::bigint and o.supplier_sku = c.supplier_sku
       and p.workspace_id = o.workspace_id and p.id = o.link_id
    returning p.sku, o.supplier_sku`,
  );
}
