import { ensureSandbox } from "#cli/sandbox-workspace.ts";
import { sandboxChannel } from "#connectors/channels/sandbox/channel.ts";
import type { Files } from "#connectors/ports.ts";
import { sandboxSupplier } from "#connectors/suppliers/sandbox/supplier.ts";
import type { Address } from "#domain/address.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import { suppliers } from "#sandbox/catalogue.ts";
import type { WorldEvent } from "#sandbox/events.ts";
import { memoryLog, type Log } from "#sandbox/log.ts";
import type { ShopOrder } from "#sandbox/shop/order.ts";
import type { World } from "#sandbox/world.ts";
import type { Db } from "#store/db.ts";
import { IdAllocator } from "#store/ids.ts";
import { col, row } from "#store/row.ts";
import { Keyring } from "#store/vault/keyring.ts";
import { masterKeysInMemory } from "#store/vault/master-keys.ts";
import { sql } from "#store/sql.ts";
import type { Stream } from "./random.ts";

/** A workspace with a shop, suppliers and people of its own. Both shops give the same order ids: nothing but the workspace tells them apart. */
export interface Tenant {
  workspaceId: WorkspaceId;
  slug: string;
  /** Under which host name its world is reached. */
  host: string;
  world: World;
  /** Divides every duration of its world: at 20 a supplier forgets a key after 72 minutes. */
  speed: number;
  /** Stands in the names and titles of this workspace and nowhere else. */
  marker: string;
  /** By our supplier id: the code that its world knows it by. */
  codes: ReadonlyMap<string, string>;
}

export interface WorldOptions {
  name: string;
  speed: number;
  log: Log;
}
export interface TenantOptions {
  now: Date;
  luck: Stream;
  worldOf: (options: WorldOptions) => World;
  files: Files;
}

const Ids = row({ id: col.id<WorkspaceId>() });
const Named = row({ id: col.text, name: col.text });
const minute = 60_000;

/** SM-20. Two workspaces in one installation. */
export async function openTenants(db: Db, options: TenantOptions): Promise<Tenant[]> {
  const tenants: Tenant[] = [];
  for (const { name, speed } of [
    { name: "one", speed: 1 },
    { name: "two", speed: 20 },
  ])
    tenants.push(await openTenant(db, { ...options, name, speed, marker: `t${tenants.length + 1}~` }));
  // Reading the shop each minute, and the shelves every five, is most of what a quiet hour does.
  await db.run(
    sql`update connection set settings = jsonb_set(settings, '{everyMs}', to_jsonb(${3 * minute}::integer))`,
  );
  await db.run(
    sql`update supplier set settings = jsonb_set(settings, '{stockEveryMs}', to_jsonb(${60 * minute}::integer)) where role = 'supplier'`,
  );
  // The fast town is followed at the slow one's pace: asking it every ten seconds was two thirds of all statements, and one outage outlasted every plan.
  await db.run(
    sql`update supplier set settings = settings || jsonb_build_object('acknowledgeWithinMs', ${20 * minute}::integer, 'scan', jsonb_build_object('firstMs', ${minute}::integer, 'everyMs', ${4 * minute}::integer, 'untilMs', ${60 * minute}::integer)) where role = 'supplier'`,
  );
  await db.run(
    sql`update workspace set settings = jsonb_set(settings, '{followEveryMs}', to_jsonb(${4 * minute}::integer))`,
  );
  // A shop that is read less often than its buffer is long only ever catches up, and nothing that was caught up is bought unasked.
  await db.run(
    sql`update workspace set settings = jsonb_set(settings, '{bufferMs}', to_jsonb(${10 * minute}::integer))`,
  );
  return tenants;
}

/** The town's set-up has no secrets, and its vault must not take from its luck. */
const stillRandom = { next: () => 0, bytes: (count: number) => new Uint8Array(count) };

async function openTenant(
  db: Db,
  { now, luck, worldOf, files, name, speed, marker }: TenantOptions & { name: string; speed: number; marker: string },
): Promise<Tenant> {
  const host = `${name}.sandbox.example`;
  await ensureSandbox(
    {
      db,
      clock: { now: () => now, sleep: () => Promise.resolve() },
      ids: new IdAllocator(luck, () => now),
      outside: {
        files,
        now: () => now,
        http: () => Promise.reject(new Error("Nobody is asked while the town is built.")),
      },
      vault: {
        keyring: new Keyring({
          masterKeys: masterKeysInMemory(stillRandom),
          random: stillRandom,
          clock: { now: () => now, sleep: () => Promise.resolve() },
        }),
      },
      channels: new Map([["sandbox", sandboxChannel]]),
      suppliers: new Map([["sandbox", sandboxSupplier]]),
      actor: "admin:simulation",
    },
    { baseUrl: `http://${host}`, speed },
  );
  // The next one is made beside it only when this one is no sandbox any more.
  const { id: workspaceId } = await db.one(
    Ids,
    sql`update workspace set kind = 'own', slug = ${name}, name = ${`${marker}${name}`} where kind = 'sandbox' returning id`,
  );
  const named = await db.rows(Named, sql`select id, name from supplier where workspace_id = ${workspaceId}::bigint`);
  for (const table of [sql`supplier`, sql`supplier_account`, sql`channel`])
    await db.run(sql`update ${table} set name = ${marker} || name where workspace_id = ${workspaceId}::bigint`);
  // One home for each shop: the other tenant's has another name.
  await db.run(sql`update channel_registry set external_id = ${host} where workspace_id = ${workspaceId}::bigint`);
  await db.run(sql`update channel set external_id = ${host} where workspace_id = ${workspaceId}::bigint`);
  return {
    workspaceId,
    slug: name,
    host,
    world: worldOf({ name, speed, log: markedLog(marker) }),
    speed,
    marker,
    codes: new Map(named.map(({ id, name: own }) => [id, suppliers.find((each) => each.name === own)!.code])),
  };
}

/** The log of a world whose buyers and goods have the marker in their names. Each event passes here before it counts. */
function markedLog(marker: string): Log {
  const log = memoryLog();
  const marked = (text: string): string => (text.startsWith(marker) ? text : marker + text);
  const onAddress = (address: Address): Address => ({ ...address, name: marked(address.name) });
  const onOrder = (order: ShopOrder): ShopOrder => ({
    ...order,
    address: onAddress(order.address),
    lines: order.lines.map((line) => ({ ...line, title: marked(line.title) })),
  });
  return {
    ...log,
    append(event: WorldEvent) {
      if (event.type === "order_bought") event.order = onOrder(event.order);
      if (event.type === "order_changed" && event.change.type === "address")
        event.change = { ...event.change, address: onAddress(event.change.address) };
      log.append(event);
    },
  };
}
