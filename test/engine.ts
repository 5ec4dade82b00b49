import type { Channel, Carrier, Gate, HttpRequest, HttpResponse, Outside } from "#connectors/ports.ts";
import type { Clock, Random } from "#domain/clock.ts";
import type { ChannelId, Id, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { AccountSettings, ChannelSettings, SupplierSettings, WorkspaceSettings } from "#domain/settings.ts";
import type { Engine, Log } from "#engine/context.ts";
import type { Db } from "#store/db.ts";
import { IdAllocator } from "#store/ids.ts";
import type { KeptOrders } from "#store/kept-orders.ts";
import { json } from "#store/writer.ts";
import { sql } from "#store/sql.ts";
import { withoutSecrets, type Vault } from "#store/vault/vault.ts";
import { testKeyring } from "./vault.ts";

/** Time that stands still until somebody moves it; sleepers wake when it passes them. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #sleepers = new Set<{ at: number; wake: () => void }>();
  constructor(start: Date) {
    this.#now = start.getTime();
  }
  now(): Date {
    return new Date(this.#now);
  }
  advance(ms: number): void {
    this.moveTo(new Date(this.#now + ms));
  }
  moveTo(instant: Date): void {
    this.#now = Math.max(this.#now, instant.getTime());
    for (const sleeper of this.#sleepers) if (sleeper.at <= this.#now) sleeper.wake();
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { at: this.#now + ms, wake: () => end() };
      const end = (): void => {
        this.#sleepers.delete(sleeper);
        resolve();
      };
      if (ms <= 0 || signal?.aborted === true) return resolve();
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", end, { once: true });
    });
  }
}

/** The same numbers for the same seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { next, bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)) };
}

/** Keeps what was logged, so that a test can ask; prints warnings and errors where SWITCHYARD_DEBUG is set. */
export function testLog(): Log & { lines: { level: string; fields: Record<string, unknown>; message: string }[] } {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
  const at = (level: string) => (fields: Record<string, unknown>, message: string) => {
    lines.push({ level, fields, message });
    if (process.env["SWITCHYARD_DEBUG"] !== undefined && level !== "info") console.error(level, message, fields);
  };
  return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}

/** Nothing outside: a test that does not place must not be able to. */
export const noOutside: Outside = {
  http: (request: HttpRequest): Promise<HttpResponse> =>
    Promise.reject(new Error(`This test has no outside, but something asked ${request.url}.`)),
  now: () => new Date(0),
  files: {} as Outside["files"],
};
export const noGate = new Proxy({} as Gate, {
  get: (_, name) =>
    name === "then"
      ? undefined
      : () => {
          throw new Error(`This test has no gate, but something called ${String(name)}.`);
        },
});

export interface TestEngineOptions {
  now?: Date;
  seed?: number;
  gate?: Gate;
  channels?: ReadonlyMap<string, Channel>;
  carriers?: ReadonlyMap<string, Carrier>;
  outside?: Outside;
  slot?: number;
  batch?: number;
  /** Where a test changes rows by hand, nothing may be kept of them. */
  kept?: KeptOrders;
  clock?: VirtualClock;
  vault?: Vault;
}
export interface TestEngine extends Engine {
  clock: VirtualClock;
  log: ReturnType<typeof testLog>;
}
export function testEngine(db: Db, options: TestEngineOptions = {}): TestEngine {
  const clock = options.clock ?? new VirtualClock(options.now ?? new Date("2026-11-22T12:00:00Z"));
  const random = seededRandom(options.seed ?? 1);
  return {
    db,
    clock,
    ids: new IdAllocator(random, () => clock.now()),
    slot: options.slot ?? 1,
    batch: options.batch ?? 500,
    ...(options.kept === undefined ? {} : { kept: options.kept }),
    actor: `worker:test-${options.slot ?? 1}`,
    channels: options.channels ?? new Map(),
    carriers: options.carriers ?? new Map(),
    gate: options.gate ?? noGate,
    outside: options.outside ?? noOutside,
    vault: options.vault ?? withoutSecrets(testKeyring()),
    log: testLog(),
    buggify: () => Promise.resolve(),
  };
}

export interface SetUp {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  /** By the names given. */
  suppliers: Map<string, SupplierId>;
  accounts: Map<string, string>;
}
export interface SetUpOptions {
  slug?: string;
  workspace?: Partial<WorkspaceSettings>;
  channel?: Partial<ChannelSettings> & { kind?: string; externalId?: string; connection?: Record<string, unknown> };
  suppliers?: Record<
    string,
    {
      kind?: string;
      role?: "supplier" | "prep";
      settings?: Partial<SupplierSettings>;
      account?: Partial<AccountSettings>;
    }
  >;
  /** SKU → options; [] says that there is nothing to ship. */
  links?: Record<
    string,
    {
      supplier: string;
      sku: string;
      cost?: string;
      priority?: number;
      units?: number;
      per?: number;
      component?: number;
      currency?: string;
    }[]
  >;
  stock?: { supplier: string; sku: string; onHand: number; isShelf?: boolean }[];
}

/** Rows of a workspace with a channel, suppliers and links, written straight into the tables. */
export async function setUp(engine: Engine, options: SetUpOptions = {}): Promise<SetUp> {
  const now = engine.clock.now();
  return engine.db.tx(async (tx) => {
    await engine.ids.ensure(tx, 200);
    const next = <Name extends string>(): Id<Name> => engine.ids.next<Name>();
    const workspaceId = next<"workspace">();
    const slug = options.slug ?? "acme";
    await tx.run(
      sql`insert into workspace (id, public_id, slug, name, kind, settings, created_at) values (${workspaceId}, ${engine.ids.uuid()}, ${slug}, ${slug}, 'own', ${json({ currency: "EUR", ...options.workspace })}::jsonb, ${now})`,
    );
    const channelId = next<"channel">();
    const { kind = "sandbox", externalId = `${slug}.example`, connection, ...channelSettings } = options.channel ?? {};
    await tx.run(sql`
      insert into channel (workspace_id, id, public_id, kind, external_id, name, settings, active, created_at)
      values (${workspaceId}, ${channelId}, ${engine.ids.uuid()}, ${kind}, ${externalId}, ${`${slug} shop`}, ${json({ mode: "automatic", automationOnSince: "2026-01-01T00:00:00Z", ...channelSettings })}::jsonb, true, ${now})`);
    if (connection !== undefined) {
      await tx.run(
        sql`insert into connection (workspace_id, id, channel_id, kind, settings, due_at) values (${workspaceId}, ${next()}, ${channelId}, ${kind}, ${json(connection)}::jsonb, ${now})`,
      );
    }
    const suppliers = new Map<string, SupplierId>();
    const accounts = new Map<string, string>();
    for (const [name, supplier] of Object.entries(options.suppliers ?? {})) {
      const id = next<"supplier">();
      const account = next<"account">();
      suppliers.set(name, id);
      accounts.set(name, account);
      await tx.run(sql`
        insert into supplier (workspace_id, id, public_id, kind, role, name, settings, created_at)
        values (${workspaceId}, ${id}, ${engine.ids.uuid()}, ${supplier.kind ?? "sandbox"}, ${supplier.role ?? "supplier"}, ${name}, ${json(supplier.settings ?? {})}::jsonb, ${now})`);
      await tx.run(sql`
        insert into supplier_account (workspace_id, id, public_id, supplier_id, name, settings, active, tokens, tokens_at, recent_unknowns)
        values (${workspaceId}, ${account}, ${engine.ids.uuid()}, ${id}, 'main', ${json({ currency: "EUR", ...supplier.account })}::jsonb, true, 0, ${now}, 0)`);
    }
    for (const [sku, linkOptions] of Object.entries(options.links ?? {})) {
      const linkId = next();
      await tx.run(
        sql`insert into product_link (workspace_id, id, channel_id, sku, nothing_to_ship, updated_at) values (${workspaceId}, ${linkId}, 0, ${sku}, ${linkOptions.length === 0}, ${now})`,
      );
      for (const option of linkOptions) {
        await tx.run(sql`
          insert into product_link_option (workspace_id, link_id, component_no, supplier_id, supplier_sku, units, per, unit_cost, currency, priority)
          values (${workspaceId}, ${linkId}, ${option.component ?? 1}, ${suppliers.get(option.supplier)!}, ${option.sku}, ${option.units ?? 1}, ${option.per ?? 1}, ${option.cost ?? "4.00"}, ${option.currency ?? "EUR"}, ${option.priority ?? 1})`);
      }
    }
    for (const row of options.stock ?? []) {
      await tx.run(sql`
        insert into stock (workspace_id, supplier_id, supplier_sku, on_hand, reserved, is_shelf, as_of)
        values (${workspaceId}, ${suppliers.get(row.supplier)!}, ${row.sku}, ${row.onHand}, 0, ${row.isShelf ?? false}, ${now})`);
    }
    return { workspaceId, channelId, suppliers, accounts };
  });
}
