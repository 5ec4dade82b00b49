import assert from "node:assert/strict";
import { topUp } from "#engine/manage/balance.ts";
import type { AccountId, WorkspaceId } from "#domain/ids.ts";
import { openDb } from "#store/db.ts";
import { IdAllocator } from "#store/ids.ts";
import { insertInstallation } from "#store/installation.ts";
import { Keyring } from "#store/vault/keyring.ts";
import { masterKeysInMemory } from "#store/vault/master-keys.ts";
import { sql } from "#store/sql.ts";
import { realClock, realRandom } from "#cli/clock.ts";
import type { BenchServer } from "./server.ts";
import { outsideOf, readEveryMs, skuCount, skuName, workspaceCount } from "./trade.ts";

/** A database of sellers who have set everything up and sold nothing yet. Each run works on a copy of it. Answers its name. */
export async function makeSellers(
  server: BenchServer,
  options: { analyze: boolean } = { analyze: true },
): Promise<string> {
  const name = await server.makeDatabase();
  await addSellers(server, name, options);
  return name;
}

/**
 * Sellers beside whatever is in the database: each has a shop, one prepaid supplier with stock of every SKU, and links. Every setting that is not named here is the product's
 * default. `analyze`: what a database that is used has long done; without it PostgreSQL knows nothing of the tables.
 */
export async function addSellers(server: BenchServer, name: string, { analyze }: { analyze: boolean }): Promise<void> {
  // The ids below are of our making; the allocator goes on far above them.
  await server.asAdministrator(
    async (client) =>
      void (await client.query("select setval('id_block', greatest(1000000, last_value)) from id_block")),
    name,
  );
  const db = openDb(server.config("switchyard_engine", name), { max: 1 });
  try {
    const now = realClock.now();
    await insertInstallation(db, {
      id: "bench",
      tokenDigest: "",
      home: "",
      safeModeReason: null,
      startedAt: now,
      heartbeatAt: now,
    });
    const sellers = sql`generate_series(1, ${workspaceCount}::integer) as w`;
    const settings = { currency: "EUR", carriers: { "*": { connector: "bench", settings: {} } } };
    const skus = Array.from({ length: skuCount }, (_, sku) => skuName(sku));
    await db.tx(async (tx) => {
      await tx.run(sql`
        insert into workspace (id, public_id, slug, name, kind, settings, created_at)
        select w, md5('workspace' || w)::uuid, 'shop-' || w, 'Shop ' || w, 'own', ${settings}::jsonb, ${now} from ${sellers}`);
      await tx.run(sql`
        insert into channel (workspace_id, id, public_id, kind, external_id, name, settings, active, created_at)
        select w, 100 + w, md5('channel' || w)::uuid, 'bench', 'shop-' || (w - 1), 'Shop', ${{ mode: "automatic", automationOnSince: "2026-01-01T00:00:00Z" }}::jsonb, true, ${now} from ${sellers}`);
      // The first sync is over: what comes now is live.
      await tx.run(sql`
        insert into connection (workspace_id, id, channel_id, kind, settings, first_sync_done_at, last_sync_at, due_at)
        select w, 200 + w, 100 + w, 'bench', ${{ everyMs: readEveryMs }}::jsonb, ${now}, ${now}, ${now} from ${sellers}`);
      await tx.run(sql`
        insert into supplier (workspace_id, id, public_id, kind, role, name, settings, created_at)
        select w, 300 + w, md5('supplier' || w)::uuid, 'bench', 'supplier', 'Wholesaler', '{}'::jsonb, ${now} from ${sellers}`);
      await tx.run(sql`
        insert into supplier_account (workspace_id, id, public_id, supplier_id, name, settings, active, tokens, tokens_at, recent_unknowns)
        select w, 400 + w, md5('account' || w)::uuid, 300 + w, 'main', ${{ currency: "EUR", payment: "prepaid", maxInFlight: 100 }}::jsonb, true, 0, ${now}, 0 from ${sellers}`);
      await tx.run(sql`
        insert into product_link (workspace_id, id, channel_id, sku, nothing_to_ship, updated_at)
        select w, 10000 + w * 1000 + s.no, 0, s.sku, false, ${now} from ${sellers}, unnest(${skus}::text[]) with ordinality as s(sku, no)`);
      await tx.run(sql`
        insert into product_link_option (workspace_id, link_id, component_no, supplier_id, supplier_sku, units, per, unit_cost, currency, priority)
        select w, 10000 + w * 1000 + s.no, 1, 300 + w, 'S-' || s.sku, 1, 1, 8.40, 'EUR', 1 from ${sellers}, unnest(${skus}::text[]) with ordinality as s(sku, no)`);
      await tx.run(sql`
        insert into stock (workspace_id, supplier_id, supplier_sku, on_hand, reserved, is_shelf, as_of)
        select w, 300 + w, 'S-' || s.sku, 1000000000, 0, false, ${now} from ${sellers}, unnest(${skus}::text[]) as s(sku)`);
    });
    const context = {
      db,
      clock: realClock,
      ids: new IdAllocator(realRandom, () => realClock.now()),
      outside: outsideOf(() => realClock.now()),
      vault: {
        keyring: new Keyring({ masterKeys: masterKeysInMemory(realRandom), random: realRandom, clock: realClock }),
      },
      channels: new Map(),
      suppliers: new Map(),
      actor: "admin:bench",
    };
    for (let workspace = 1; workspace <= workspaceCount; workspace += 1) {
      const booked = await topUp(context, {
        workspaceId: String(workspace) as WorkspaceId,
        accountId: String(400 + workspace) as AccountId,
        amount: "900000000.00",
        reference: "opening balance",
      });
      assert.equal(booked.status, "ok");
    }
  } finally {
    await db.end();
  }
  if (!analyze) return;
  await server.asAdministrator(async (client) => {
    await client.query(
      "vacuum (analyze) installation, workspace, channel, connection, supplier, supplier_account, product_link, product_link_option, stock, ledger_account",
    );
  }, name);
}

/** Before a run: every shop is due to be read, from its beginning, and was last read just now. */
export const openShops = (server: BenchServer, database: string): Promise<void> =>
  server.asAdministrator(
    async (client) =>
      void (await client.query(
        "update connection set cursor = null, due_at = now(), last_sync_at = now(), first_sync_done_at = now()",
      )),
    database,
  );
