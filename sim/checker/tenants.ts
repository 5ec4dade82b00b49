import type pg from "pg";
import type { Case } from "./case.ts";

/** What a column of that name points at, in whichever table it stands; 0 stands for none. */
const parents: Readonly<Record<string, string>> = {
  order_id: "sales_order",
  fulfillment_order_id: "fulfillment_order",
  replaces: "fulfillment_order",
  attempt_id: "attempt",
  account_id: "supplier_account",
  supplier_id: "supplier",
  channel_id: "channel",
  connection_id: "connection",
  shipment_id: "shipment",
  parcel_id: "parcel",
  cancellation_id: "cancellation",
  dispatch_id: "dispatch",
  transaction_id: "ledger_transaction",
  ledger_account_id: "ledger_account",
  link_id: "product_link",
  import_id: "import",
};

/** I30. No row points out of its workspace, no row is about two orders, no table of a workspace can be read across, and nothing foreign was told. */
export async function checkTenants(client: pg.Client, the: Case, when: "midway" | "end"): Promise<void> {
  foreignMarkersTold(the);
  const { rows: columns } = await client.query<{ table_name: string; column_name: string }>(`
    select c.relname as table_name, a.attname as column_name
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and exists (select from pg_attribute w where w.attrelid = c.oid and w.attname = 'workspace_id' and not w.attisdropped)
     order by 1, 2`);
  const references = columns.filter(({ column_name }) => parents[column_name] !== undefined);
  const byTable = new Map<string, Set<string>>();
  for (const { table_name, column_name } of columns)
    byTable.set(table_name, (byTable.get(table_name) ?? new Set()).add(column_name));

  const astray = references.map(({ table_name: child, column_name: column }) => {
    const parent = parents[column]!;
    // Where both say which order they are about, they say the same.
    const sameOrder =
      parent !== "sales_order" &&
      column !== "replaces" &&
      byTable.get(child)?.has("order_id") === true &&
      byTable.get(parent)?.has("order_id") === true;
    return `
      select ${byTable.get(child)?.has("order_id") === true ? "c.order_id::text" : "null"} as order_id,
             format('%s %s of workspace %s: its %s %s is not there', '${child}', to_jsonb(c) ->> 'id', c.workspace_id, '${column}', c.${column}) as what
        from ${child} c left join ${parent} p on p.workspace_id = c.workspace_id and p.id = c.${column}
       where c.${column} <> 0 and (p.id is null${sameOrder ? " or p.order_id is distinct from c.order_id" : ""})`;
  });
  const homeless = [...byTable.keys()].map(
    (table) => `
      select null as order_id, format('%s has rows of workspace %s, which does not exist', '${table}', c.workspace_id) as what
        from (select distinct workspace_id from ${table}) c left join workspace w on w.id = c.workspace_id where w.id is null`,
  );
  const open = `
      select null as order_id, format('%s lets %s read across workspaces', c.relname, 'switchyard_api') as what
        from pg_class c
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege('switchyard_api', c.oid, 'SELECT')
         and exists (select from pg_attribute w where w.attrelid = c.oid and w.attname = 'workspace_id' and not w.attisdropped)
         and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid and p.polqual is not null and p.polwithcheck is not null))`;
  const roles = `
      select null as order_id, format('%s passes row-level security by', rolname) as what from pg_roles where rolname = 'switchyard_api' and (rolbypassrls or rolsuper)`;
  const found = await client.query<{ order_id: string | null; what: string }>(
    [...astray, ...homeless, open, roles].join("\n union all \n"),
  );
  for (const { order_id, what } of found.rows)
    the.found("I30", order_id === null ? undefined : the.facts.orderById.get(order_id), what);
  if (when === "end") await foreignMarkersStored(client, the, [...byTable.keys()]);
}

function foreignMarkersTold({ outside, found }: Case): void {
  const markers = Object.entries(outside.markers ?? {});
  for (const { step, workspaceSlug, text } of outside.told)
    for (const [slug, marker] of markers)
      if (slug !== workspaceSlug && text.includes(marker))
        found("I30", undefined, `step ${step} told ${workspaceSlug} a text of ${slug}: ${around(text, marker)}`);
}
const around = (text: string, marker: string): string => {
  const at = text.indexOf(marker);
  return JSON.stringify(text.slice(Math.max(0, at - 40), at + marker.length + 40));
};

/** The same markers in the rows themselves: what one workspace was given must not lie in another. */
async function foreignMarkersStored(client: pg.Client, the: Case, tables: readonly string[]): Promise<void> {
  const markers = Object.entries(the.outside.markers ?? {});
  if (markers.length < 2) return;
  const statement = tables
    .map(
      (table) => `
      select format('%s row(s) of %s in workspace %s contain %s', count(*), '${table}', w.slug, m.marker) as what
        from ${table} t join workspace w on w.id = t.workspace_id join unnest($1::text[], $2::text[]) m(slug, marker) on m.slug <> w.slug
       where strpos(t::text, m.marker) > 0 group by w.slug, m.marker`,
    )
    .join("\n union all \n");
  const { rows } = await client.query<{ what: string }>(statement, [
    markers.map(([slug]) => slug),
    markers.map(([, marker]) => marker),
  ]);
  for (const { what } of rows) the.found("I30", undefined, what);
}
