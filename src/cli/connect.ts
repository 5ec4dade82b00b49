import { userInfo } from "node:os";
import type { Engine, Log } from "#engine/context.ts";
import type { ManageContext } from "#engine/manage/context.ts";
import { createGateClient } from "#gate/client.ts";
import { findGate } from "#gate/main.ts";
import { findInstallation } from "#store/installation.ts";
import { openDb, type Db, type DbWatch } from "#store/db.ts";
import { IdAllocator } from "#store/ids.ts";
import { readAppliedMigrations } from "#store/doctor.ts";
import { migrate, readMigrations } from "#store/migrate.ts";
import { openStore, type Store } from "#store/server.ts";
import { sealingOnly } from "#store/vault/vault.ts";
import type { Config } from "./config.ts";
import { realClock, realRandom } from "./clock.ts";
import { loadConnectors, type Connectors } from "./connectors.ts";
import { keyringOf, openVault, type OpenVault } from "./vault.ts";
import { createOutside } from "./outside.ts";
import { createWebhookOutlet } from "./webhook-outlet.ts";

/** What a command works with: the database as the engine's role, and all parts wired together. */
export interface Connection {
  config: Config;
  store: Store;
  /** As the engine: sees all workspaces. */
  db: Db;
  /** How many migrations this program knows and the database has not had. */
  pendingMigrations(): Promise<number>;
  engine: Engine;
  manage: ManageContext;
  connectors: Connectors;
  /** Opens secrets in this actor's name; the connection's own vault only seals. */
  openVault(actor?: string): OpenVault;
  close(): Promise<void>;
}

export interface ConnectOptions {
  connections?: number;
  /** Looks on at the engine's pool. */
  watch?: DbWatch;
}

/** Commands share counter rows of their own, apart from those of workers. */
const commandSlot = 900;

/**
 * CLI-3. Opens the store (starting the embedded server or adopting the one that runs), brings it to the newest schema, and wires the parts. The server
 * need not run: what a command commits rings the workers' doorbell. Close it in every case: the last one out stops the embedded server.
 */
export async function connect(config: Config, options: ConnectOptions = {}): Promise<Connection> {
  const store = await openStore({ dataDir: config.dataDir, env: config.env });
  const outside = createOutside({ clock: realClock });
  const pools: Db[] = [];
  const end = async (): Promise<void> => {
    outside.close();
    await Promise.all(pools.map((pool) => pool.end()));
    await store.close();
  };
  try {
    const owner = openDb(store.owner(), { max: 1 });
    pools.push(owner);
    await migrate(owner, { now: realClock.now() });
    const db = openDb(store.engine(), { max: options.connections ?? 4, watch: options.watch, clock: realClock });
    pools.push(db);
    const connectors = await loadConnectors();
    const installation = await findInstallation(db);
    const at = installation === undefined ? null : await findGate(config.home, installation.id);
    const gate = createGateClient({ where: () => at, connectors: connectors.suppliers });
    const ids = new IdAllocator(realRandom, () => realClock.now());
    const actor = `admin:${userName()}`;
    const keyring = keyringOf(config);
    const webhooks = createWebhookOutlet({ clock: realClock, ...config.webhooks });
    const engine: Engine = {
      db,
      clock: realClock,
      ids,
      slot: commandSlot,
      batch: 500,
      actor,
      channels: connectors.channels,
      carriers: connectors.carriers,
      gate,
      outside,
      vault: sealingOnly(keyring),
      webhooks,
      log: quiet,
      buggify: async () => {},
    };
    const manage: ManageContext = {
      db,
      clock: realClock,
      ids,
      outside,
      vault: engine.vault,
      webhooks,
      channels: connectors.channels,
      suppliers: connectors.suppliers,
      actor,
    };
    return {
      config,
      store,
      db,
      pendingMigrations: async () => (await readMigrations()).length - (await readAppliedMigrations(owner)).length,
      engine,
      manage,
      connectors,
      openVault(as = actor) {
        const vault = openVault(store, keyring, as);
        pools.push(vault.db);
        return vault;
      },
      close: async () => {
        gate.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A command says what it has to say itself; what a stage would log is no news here. */
const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unnamed"; // a container may run as a user without a name
  }
}
