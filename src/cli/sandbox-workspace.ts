import type { ChannelId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { Result } from "#domain/result.ts";
import { addChannel } from "#engine/manage/channel.ts";
import { hookOn, showHook } from "#engine/manage/hook.ts";
import type { ManageContext } from "#engine/manage/context.ts";
import { topUp } from "#engine/manage/balance.ts";
import { putProductLinks } from "#engine/manage/product-link.ts";
import { setSettings } from "#engine/manage/settings.ts";
import { setShippingMapping } from "#engine/manage/shipping-mapping.ts";
import { setStock } from "#engine/manage/stock.ts";
import { addAccount, addSupplier } from "#engine/manage/supplier.ts";
import { createWorkspace } from "#engine/manage/workspace.ts";
import { demoSetup } from "#sandbox/demo.ts";
import { listChannels } from "#store/channel.ts";
import { listSuppliers } from "#store/supplier.ts";
import { listWorkspaces } from "#store/workspace.ts";

/**
 * The sandbox workspace: made at the first start as a seller would have set it up, and told at later starts where the pretend world listens now and how fast
 * it runs. Nothing in it is special to the product but its name and its kind. `webhooksTo`: where the API listens for its shop. Answers whether it was made now.
 */
export async function ensureSandbox(
  context: ManageContext,
  world: { baseUrl: string; speed: number; webhooksTo?: string },
): Promise<boolean> {
  const existing = (await listWorkspaces(context.db)).find((workspace) => workspace.kind === "sandbox");
  const workspaceId = existing?.id ?? (await make(context, world));
  await follow(context, workspaceId, world);
  return existing === undefined;
}

async function make(context: ManageContext, world: { baseUrl: string; speed: number }): Promise<WorkspaceId> {
  const demo = demoSetup(world);
  const workspace = good(
    await createWorkspace(context, {
      slug: demo.workspace.code,
      name: demo.workspace.name,
      kind: "sandbox",
      settings: { ...demo.workspace.settings },
    }),
  );
  const workspaceId = workspace.id;
  const suppliers = new Map<string, SupplierId>();
  for (const supplier of demo.suppliers) {
    const { connector = {}, ...settings } = supplier.settings;
    const added = good(
      await addSupplier(context, {
        workspaceId,
        kind: supplier.connector,
        name: supplier.name,
        role: supplier.role,
        settings: { ...settings, connector },
      }),
    );
    suppliers.set(supplier.code, added.id);
    for (const account of supplier.accounts) {
      const { id: accountId } = good(
        await addAccount(context, {
          workspaceId,
          supplierId: added.id,
          name: account.name,
          settings: { ...account.settings },
        }),
      );
      if (account.openingBalance !== null)
        good(
          await topUp(context, {
            workspaceId,
            accountId,
            amount: account.openingBalance,
            reference: "opening balance",
          }),
        );
    }
  }
  const supplierId = (code: string): SupplierId => suppliers.get(code)!;
  for (const shelf of demo.shelves) {
    good(
      await setStock(context, { workspaceId, supplierId: supplierId(shelf.supplier) }, [
        { supplierSku: shelf.supplierSku, onHand: shelf.onHand, unitCost: shelf.unitCost, currency: shelf.currency },
      ]),
    );
  }
  const links = demo.productLinks.map((link) => ({
    sku: link.sku,
    channelId: null,
    nothingToShip: link.components.length === 0,
    options: link.components.flatMap((component, index) =>
      component.options.map((option) => ({
        componentNo: index + 1,
        supplierId: supplierId(option.supplier),
        supplierSku: option.supplierSku,
        units: option.units,
        per: option.per,
        unitCost: option.cost,
        currency: option.currency,
        priority: option.priority,
      })),
    ),
  }));
  const put = await putProductLinks(context, workspaceId, links);
  if (put.status === "refused") throw new Error(`The sandbox could not be set up: ${put.message}`);
  // Last, because its orders come at once.
  const channel = good(
    await addChannel(context, {
      workspaceId,
      kind: demo.channel.connector,
      name: demo.channel.name,
      externalId: demo.channel.externalId,
      settings: { ...demo.channel.settings, connector: { ...demo.channel.connectorSettings } },
    }),
  );
  for (const mapping of demo.shippingMapping) {
    good(
      await setShippingMapping(context, {
        workspaceId,
        channelId: channel.id as ChannelId,
        rateName: mapping.rateName,
        supplierId: supplierId(mapping.supplier),
        method: mapping.method,
      }),
    );
  }
  return workspaceId;
}

/** Orders come by webhook; the feed brings what got lost. */
const feedEveryMs = 5_000;

/** The world's process may listen elsewhere, or run at another speed, than the last time. */
async function follow(
  context: ManageContext,
  workspaceId: WorkspaceId,
  world: { baseUrl: string; speed: number; webhooksTo?: string },
): Promise<void> {
  const demo = demoSetup(world);
  good(await setSettings(context, { of: "workspace", workspaceId }, { ...demo.workspace.settings }));
  const [channel] = await listChannels(context.db, workspaceId);
  if (channel !== undefined) {
    const { webhooksTo } = world;
    const connector = {
      ...demo.channel.connectorSettings,
      ...(webhooksTo === undefined ? {} : { everyMs: feedEveryMs }),
    };
    good(await setSettings(context, { of: "channel", workspaceId, id: channel.id }, { connector }));
    const of = { workspaceId, channelId: channel.id };
    const hook = good(await showHook(context, of));
    // Who switched them off wants to see the sandbox without.
    if (webhooksTo !== undefined && (hook === null || (hook.isOn && !hook.url.startsWith(`${webhooksTo}/`))))
      good(await hookOn(context, of, webhooksTo));
  }
  for (const supplier of await listSuppliers(context.db, workspaceId)) {
    const wished = demo.suppliers.find((each) => each.name === supplier.name);
    if (wished === undefined) continue;
    const { scan, acknowledgeWithinMs, stockEveryMs, connector = {} } = wished.settings;
    good(
      await setSettings(
        context,
        { of: "supplier", workspaceId, id: supplier.id },
        { scan, acknowledgeWithinMs, stockEveryMs, connector },
      ),
    );
  }
}

function good<Value>(result: Result<Value>): Value {
  if (result.status === "refused") throw new Error(`The sandbox could not be set up: ${result.message}`);
  return result.value;
}
