import type { Files } from "#connectors/ports.ts";
import { sandboxChannel } from "#connectors/channels/sandbox/channel.ts";
import { sandboxSupplier } from "#connectors/suppliers/sandbox/supplier.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import { ensureSandbox } from "#cli/sandbox-workspace.ts";
import { suppliers } from "#sandbox/catalogue.ts";
import type { World } from "#sandbox/world.ts";
import type { Db } from "#store/db.ts";
import { IdAllocator } from "#store/ids.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import type { Stream } from "./random.ts";

/** A workspace with a shop and suppliers of its own. */
export interface Tenant {
  workspaceId: WorkspaceId;
  slug: string;
  /** Under which host name its world is reached. */
  host: string;
  world: World;
  /** By our supplier id: the code that its world knows it by. */
  codes: ReadonlyMap<string, string>;
}

export interface TenantOptions {
  now: Date;
  luck: Stream;
  worldOf: (name: string) => World;
  files: Files;
}

const Ids = row({ id: col.id<WorkspaceId>(), slug: col.text });
const Named = row({ id: col.text, name: col.text });
const minute = 60_000;

export async function openTenants(db: Db, { now, luck, worldOf, files }: TenantOptions): Promise<Tenant[]> {
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const host = "one.sandbox.example";
  await ensureSandbox(
    {
      db,
      clock,
      ids: new IdAllocator(luck, () => now),
      outside: {
        files,
        now: () => now,
        http: () => Promise.reject(new Error("Nobody is asked while the town is built.")),
      },
      channels: new Map([["sandbox", sandboxChannel]]),
      suppliers: new Map([["sandbox", sandboxSupplier]]),
      actor: "admin:simulation",
    },
    { baseUrl: `http://${host}`, speed: 1 },
  );
  // Reading the shop each minute, and the shelves every five, is most of what a quiet hour does.
  await db.run(
    sql`update connection set settings = jsonb_set(settings, '{everyMs}', to_jsonb(${3 * minute}::integer))`,
  );
  await db.run(
    sql`update supplier set settings = jsonb_set(settings, '{stockEveryMs}', to_jsonb(${60 * minute}::integer)) where role = 'supplier'`,
  );
  const { id: workspaceId, slug } = await db.one(Ids, sql`select id, slug from workspace where kind = 'sandbox'`);
  const named = await db.rows(Named, sql`select id, name from supplier where workspace_id = ${workspaceId}::bigint`);
  return [
    {
      workspaceId,
      slug,
      host,
      world: worldOf("one"),
      codes: new Map(named.map(({ id, name }) => [id, suppliers.find((each) => each.name === name)!.code])),
    },
  ];
}
