import { setAccountActive } from "#engine/manage/account.ts";
import type { ManageContext } from "#engine/manage/context.ts";
import { putProductLinks } from "#engine/manage/product-link.ts";
import { setSettings } from "#engine/manage/settings.ts";
import { setStock } from "#engine/manage/stock.ts";
import { sandboxSupplier } from "#connectors/suppliers/sandbox/supplier.ts";
import type { AccountId, SupplierId } from "#domain/ids.ts";
import { demoSetup, type DemoProductLink } from "#sandbox/demo.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import type { Stream } from "../random.ts";
import type { Tenant } from "../tenants.ts";
import type { Running, Town } from "../town.ts";
import { inBrowser, look, pressing, tell, wait } from "./desk.ts";

// Somebody changes what orders are decided by, while they are being decided.

const minute = 60_000;
const hour = 60 * minute;

/** SM-28. Buffers, prices, priorities and shelves change; suppliers and accounts are switched off and, a while later, on. Until `untilMs`. */
export async function manage(town: Town, tenant: Tenant, untilMs: number): Promise<void> {
  const luck = town.streams.stream(`manager:${tenant.slug}`);
  for (;;) {
    await wait(town, luck.between(0.5, 1.5) * hour, "manager");
    if (town.scheduler.now >= untilMs) return;
    const change = luck.pick([buffer, links, shelf, supplier, account]);
    await change(town, tenant, luck);
  }
}

type Change = (town: Town, tenant: Tenant, luck: Stream) => Promise<void>;

const buffer: Change = (town, tenant, luck) => {
  const bufferMs = luck.whole(5, 15) * minute;
  return managing(town, tenant, luck, "set the buffer", (context) =>
    setSettings(context, { of: "workspace", workspaceId: tenant.workspaceId }, { bufferMs }),
  );
};

/** Another supplier first, and a price that a new list says. */
const links: Change = async (town, tenant, luck) => {
  const all = demoSetup({ baseUrl: "", speed: 1 }).productLinks.filter(({ components }) => components.length > 0);
  const link = luck.pick(all);
  const turn = luck.whole(0, 1);
  const percent = luck.whole(100, 104);
  const suppliers = suppliersOf(tenant);
  await managing(town, tenant, luck, "put a product link", (context) =>
    putProductLinks(context, tenant.workspaceId, [wishOf(link, suppliers, turn, percent)]),
  );
};
const wishOf = (link: DemoProductLink, suppliers: ReadonlyMap<string, SupplierId>, turn: number, percent: number) => ({
  sku: link.sku,
  channelId: null,
  nothingToShip: false,
  options: link.components.flatMap(({ options }, component) =>
    options.map((option, index) => ({
      componentNo: component + 1,
      supplierId: suppliers.get(option.supplier)!,
      supplierSku: option.supplierSku,
      units: option.units,
      per: option.per,
      unitCost: ((Number(option.cost) * percent) / 100).toFixed(2),
      currency: option.currency,
      priority: ((index + turn) % options.length) + 1,
    })),
  ),
});

const shelf: Change = async (town, tenant, luck) => {
  const suppliers = suppliersOf(tenant);
  const onHand = luck.whole(400, 900);
  await managing(town, tenant, luck, "count the shelf", (context) =>
    setStock(context, { workspaceId: tenant.workspaceId, supplierId: suppliers.get("pinehouse")! }, [
      { supplierSku: "PH-PRINT-A3", onHand, unitCost: "9.00", currency: "EUR" },
    ]),
  );
};

const supplier: Change = async (town, tenant, luck) => {
  const [, id] = luck.pick([...suppliersOf(tenant)]);
  for (const enabled of [false, true]) {
    await managing(town, tenant, luck, "switch a supplier", (context) =>
      setSettings(context, { of: "supplier", workspaceId: tenant.workspaceId, id }, { enabled }),
    );
    if (!enabled) await wait(town, (luck.whole(2, 20) * minute) / tenant.speed, "a supplier is off");
  }
};

const Accounts = row({ id: col.id<AccountId>() });
const account: Change = async (town, tenant, luck) => {
  const accounts = await accountsOf(town, tenant);
  const { id: accountId } = luck.pick(accounts);
  for (const active of [false, true]) {
    await managing(town, tenant, luck, "switch an account", (context) =>
      setAccountActive(context, { workspaceId: tenant.workspaceId, accountId, active }),
    );
    if (!active) await wait(town, (luck.whole(2, 20) * minute) / tenant.speed, "an account is off");
  }
};

/** At the end everything is on, and nobody is kept out by what went wrong before. */
export async function switchAllOn(town: Town): Promise<void> {
  for (const tenant of town.tenants) {
    const luck = town.streams.stream(`manager:${tenant.slug}`);
    const { workspaceId } = tenant;
    for (const id of suppliersOf(tenant).values())
      await managing(town, tenant, luck, "switch a supplier on", (context) =>
        setSettings(context, { of: "supplier", workspaceId, id }, { enabled: true }),
      );
    for (const { id: accountId } of await accountsOf(town, tenant))
      await managing(town, tenant, luck, "switch an account on", (context) =>
        setAccountActive(context, { workspaceId, accountId, active: true }),
      );
  }
}

const managing = (
  town: Town,
  tenant: Tenant,
  luck: Stream,
  what: string,
  change: (context: ManageContext) => Promise<unknown>,
): Promise<void> =>
  pressing(town, luck, what, async () =>
    tell(town, tenant, await inBrowser(luck.pick(town.webs), what, ({ engine }) => change(contextOf(engine)))),
  );

const contextOf = ({ db, clock, ids, outside, channels, vault }: Running["engine"]): ManageContext => ({
  db,
  clock,
  ids,
  outside,
  channels,
  vault,
  suppliers: new Map([["sandbox", sandboxSupplier]]),
  actor: "user:manager",
});

const accountsOf = (town: Town, { workspaceId }: Tenant) =>
  look(town, () =>
    town.eye.rows(
      Accounts,
      sql`select id from supplier_account where workspace_id = ${workspaceId}::bigint order by id`,
    ),
  );
/** By the code that the world knows it by. */
const suppliersOf = ({ codes }: Tenant): Map<string, SupplierId> =>
  new Map([...codes].map(([id, code]) => [code, id as SupplierId]));
