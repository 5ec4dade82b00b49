import type { AccountId, ChannelId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import { dayOf } from "#domain/due.ts";
import type { OrderDossier } from "#domain/order.ts";
import {
  defaultAccountSettings,
  defaultChannelSettings,
  defaultSupplierSettings,
  defaultWorkspaceSettings,
  type AccountSettings,
  type ChannelSettings,
  type SupplierSettings,
  type WorkspaceSettings,
} from "#domain/settings.ts";
import { linkKey, mappingKey, stockKey, type LinkOption, type ProductLink, type Shared } from "#domain/shared.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

export interface SharedNeed {
  /** Product links, and with them the costs of their options. */
  links?: boolean;
  /** lock: FOR UPDATE in key order; the caller holds its order rows already. */
  stock?: "read" | "lock";
  balances?: "read" | "lock";
}

const WorkspaceRow = row({ id: col.id<WorkspaceId>(), settings: col.json<Partial<WorkspaceSettings>>() });
const ChannelRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<ChannelId>(),
  publicId: col.text,
  kind: col.text,
  externalId: col.text,
  name: col.text,
  settings: col.json<Partial<ChannelSettings>>(),
  active: col.bool,
  createdAt: col.instant,
});
const SupplierRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<SupplierId>(),
  publicId: col.text,
  kind: col.text,
  role: col.oneOf<"supplier" | "prep">(),
  name: col.text,
  settings: col.json<Partial<SupplierSettings>>(),
});
const AccountRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<AccountId>(),
  supplierId: col.id<SupplierId>(),
  name: col.text,
  settings: col.json<Partial<AccountSettings>>(),
  active: col.bool,
  breakerUntil: col.instantOrNull,
  credentialsRejectedAt: col.instantOrNull,
});
const MappingRow = row({
  workspaceId: col.id<WorkspaceId>(),
  channelId: col.id<ChannelId>(),
  rateName: col.text,
  supplierId: col.id<SupplierId>(),
  method: col.text,
});
const LinkRow = row({
  workspaceId: col.id<WorkspaceId>(),
  channelId: col.text,
  sku: col.text,
  nothingToShip: col.bool,
  options: col.json<LinkOption[]>(),
});
const StockRow = row({
  workspaceId: col.id<WorkspaceId>(),
  supplierId: col.id<SupplierId>(),
  supplierSku: col.text,
  onHand: col.int,
  reserved: col.int,
  isShelf: col.bool,
  unitCost: col.decimalOrNull,
  currency: col.textOrNull,
  asOf: col.instant,
});
const BalanceRow = row({
  workspaceId: col.id<WorkspaceId>(),
  accountId: col.id<AccountId>(),
  kind: col.text,
  balance: col.bigint,
});
const SpentRow = row({
  workspaceId: col.id<WorkspaceId>(),
  accountId: col.id<AccountId>(),
  day: col.text,
  spent: col.bigint,
});
const InstallationRow = row({ safeModeReason: col.textOrNull });

const withDefaults = {
  workspace: (settings: Partial<WorkspaceSettings>): WorkspaceSettings => ({
    ...defaultWorkspaceSettings,
    ...settings,
  }),
  channel: (settings: Partial<ChannelSettings>): ChannelSettings => ({ ...defaultChannelSettings, ...settings }),
  supplier: (settings: Partial<SupplierSettings>): SupplierSettings => ({ ...defaultSupplierSettings, ...settings }),
  account: (settings: Partial<AccountSettings>): AccountSettings => ({ ...defaultAccountSettings, ...settings }),
};

/** What the orders of a batch share, per workspace: settings always, the rest as needed, only for the SKUs of the batch. */
export async function readShared(
  tx: Tx,
  workspaceIds: readonly WorkspaceId[],
  dossiers: readonly OrderDossier[],
  need: SharedNeed,
  now: Date,
): Promise<Map<WorkspaceId, Shared>> {
  const ws = [...new Set(workspaceIds)];
  const skus = need.links === true ? skusOf(dossiers) : [];
  const [workspaces, channels, suppliers, accounts, mappings, links, safe] = await Promise.all([
    tx.rows(WorkspaceRow, sql`select id, settings from workspace where id = any(${ws}::bigint[])`),
    tx.rows(ChannelRow, sql`select * from channel where workspace_id = any(${ws}::bigint[])`),
    tx.rows(SupplierRow, sql`select * from supplier where workspace_id = any(${ws}::bigint[])`),
    tx.rows(
      AccountRow,
      sql`select * from supplier_account where workspace_id = any(${ws}::bigint[]) order by workspace_id, id`,
    ),
    need.links === true
      ? tx.rows(MappingRow, sql`select * from shipping_mapping where workspace_id = any(${ws}::bigint[])`)
      : [],
    skus.length > 0
      ? tx.rows(
          LinkRow,
          sql`
          select p.workspace_id, p.channel_id, p.sku, p.nothing_to_ship,
                 coalesce((select json_agg(json_build_object('componentNo', o.component_no, 'supplierId', o.supplier_id::text, 'supplierSku', o.supplier_sku, 'units', o.units, 'per', o.per,
                                  'unitCost', o.unit_cost::text, 'currency', o.currency, 'priority', o.priority, 'maxUnitCost', o.max_unit_cost::text)
                                  order by o.component_no, o.priority, o.supplier_id, o.supplier_sku)
                             from product_link_option o where o.workspace_id = p.workspace_id and o.link_id = p.id), '[]'::json) as options
            from unnest(${skus.map((each) => each.workspaceId)}::bigint[], ${skus.map((each) => each.sku)}::text[]) as k(workspace_id, sku)
           cross join lateral ( -- key by key, by the index: see dossier.ts
             select * from product_link p where p.workspace_id = k.workspace_id and p.sku = k.sku order by p.channel_id
           ) p`,
        )
      : [],
    tx.rows(InstallationRow, sql`select safe_mode_reason from installation`),
  ]);
  const shared = new Map<WorkspaceId, Shared>();
  for (const { id, settings } of workspaces) {
    shared.set(id, {
      workspaceId: id,
      workspace: withDefaults.workspace(settings),
      safeMode: safe.some((each) => each.safeModeReason !== null),
      channels: new Map(),
      suppliers: new Map(),
      accounts: new Map(),
      links: new Map(),
      stock: new Map(),
      methods: new Map(),
    });
  }
  for (const { workspaceId, settings, ...channel } of channels)
    shared.get(workspaceId)!.channels.set(channel.id, { ...channel, settings: withDefaults.channel(settings) });
  for (const { workspaceId, settings, ...supplier } of suppliers)
    shared.get(workspaceId)!.suppliers.set(supplier.id, { ...supplier, settings: withDefaults.supplier(settings) });
  for (const { workspaceId, settings, credentialsRejectedAt, ...account } of accounts) {
    shared.get(workspaceId)!.accounts.set(account.id, {
      ...account,
      settings: withDefaults.account(settings),
      credentialsRejected: credentialsRejectedAt !== null,
      balance: 0n,
      credits: 0n,
      spentToday: 0n,
    });
  }
  for (const mapping of mappings)
    shared
      .get(mapping.workspaceId)!
      .methods.set(mappingKey(mapping.channelId, mapping.rateName, mapping.supplierId), mapping.method);
  for (const { workspaceId, channelId, ...link } of links)
    shared.get(workspaceId)!.links.set(linkKey(channelId, link.sku), link satisfies ProductLink);

  if (need.stock !== undefined) await readStock(tx, dossiers, links, shared, need.stock === "lock");
  if (need.balances !== undefined) await readBalances(tx, ws, shared, now, need.balances === "lock");
  return shared;
}

/** Each SKU of each workspace once. */
function skusOf(dossiers: readonly OrderDossier[]): { workspaceId: WorkspaceId; sku: string }[] {
  const skus = new Map<string, { workspaceId: WorkspaceId; sku: string }>();
  for (const { order, lines } of dossiers)
    for (const { sku } of lines) skus.set(`${order.workspaceId}/${sku}`, { workspaceId: order.workspaceId, sku });
  return [...skus.values()];
}

async function readStock(
  tx: Tx,
  dossiers: readonly OrderDossier[],
  links: readonly { workspaceId: WorkspaceId; options: LinkOption[] }[],
  shared: Map<WorkspaceId, Shared>,
  lock: boolean,
): Promise<void> {
  const keys = new Map<string, { workspaceId: WorkspaceId; supplierId: SupplierId; sku: string }>();
  const add = (workspaceId: WorkspaceId, supplierId: SupplierId | null, sku: string | null): void => {
    if (supplierId !== null && sku !== null)
      keys.set(`${workspaceId}/${supplierId}/${sku}`, { workspaceId, supplierId, sku });
  };
  for (const { order, fulfillmentOrders } of dossiers)
    for (const fo of fulfillmentOrders)
      for (const line of fo.lines) add(order.workspaceId, fo.supplierId, line.supplierSku);
  for (const { workspaceId, options } of links)
    for (const { supplierId, supplierSku } of options) add(workspaceId, supplierId, supplierSku);
  if (keys.size === 0) return;
  const skus = [...keys.values()];
  const locking = lock ? sql`for update of s` : sql``;
  const rows = await tx.rows(
    StockRow,
    sql`
    select s.* from unnest(${skus.map((each) => each.workspaceId)}::bigint[], ${skus.map((each) => each.supplierId)}::bigint[], ${skus.map((each) => each.sku)}::text[]) as k(workspace_id, supplier_id, sku)
      join stock s on s.workspace_id = k.workspace_id and s.supplier_id = k.supplier_id and s.supplier_sku = k.sku
     order by s.workspace_id, s.supplier_id, s.supplier_sku ${locking}`,
  );
  for (const { workspaceId, supplierId, supplierSku, ...stock } of rows)
    shared.get(workspaceId)!.stock.set(stockKey(supplierId, supplierSku), stock);
}

async function readBalances(
  tx: Tx,
  ws: WorkspaceId[],
  shared: Map<WorkspaceId, Shared>,
  now: Date,
  lock: boolean,
): Promise<void> {
  const days = ws.map((id) => dayOf(now, shared.get(id)!.workspace.zone));
  // Whoever locks takes all that a purchase may move: a row that is only met when it is booked would be waited for with the day's row in hand, and who books first has
  // the two in the other order.
  const kinds = lock ? sql`` : sql`and l.kind in ('available', 'credits')`;
  const locking = lock ? sql`for no key update of l` : sql``;
  const balances = await tx.rows(
    BalanceRow,
    sql`
    select l.workspace_id, l.account_id, l.kind, l.balance from ledger_account l
     where l.workspace_id = any(${ws}::bigint[]) and l.account_id <> 0 ${kinds}
     order by l.workspace_id, l.id ${locking}`,
  );
  // The day's row must exist before it can be locked: two workers that both find none would both spend the whole cap.
  if (lock) {
    await tx.run(sql`
      insert into account_day (workspace_id, account_id, day, spent)
      select a.workspace_id, a.id, k.day, 0
        from unnest(${ws}::bigint[], ${days}::date[]) as k(workspace_id, day)
        join supplier_account a on a.workspace_id = k.workspace_id and a.settings ->> 'dailyCap' is not null
       order by a.workspace_id, a.id
      on conflict (workspace_id, account_id, day) do nothing`);
  }
  const lockDay = lock ? sql`for update of d` : sql``;
  const spent = await tx.rows(
    SpentRow,
    sql`
    select d.workspace_id, d.account_id, d.day::text as day, d.spent
      from unnest(${ws}::bigint[], ${days}::date[]) as k(workspace_id, day)
      join account_day d on d.workspace_id = k.workspace_id and d.day = k.day
     order by d.workspace_id, d.account_id, d.day ${lockDay}`,
  );
  for (const { workspaceId, accountId, kind, balance } of balances) {
    const account = shared.get(workspaceId)!.accounts.get(accountId);
    if (account === undefined) continue;
    if (kind === "available") account.balance = balance;
    else if (kind === "credits") account.credits = balance;
  }
  for (const { workspaceId, accountId, spent: amount } of spent) {
    const account = shared.get(workspaceId)!.accounts.get(accountId);
    if (account !== undefined) account.spentToday = amount;
  }
}
