import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { diskFiles } from "#connectors/files/disk.ts";
import type { Channel, Supplier } from "#connectors/ports.ts";
import { byHandSupplier } from "#connectors/suppliers/by-hand/supplier.ts";
import { csvSupplier } from "#connectors/suppliers/csv/supplier.ts";
import { emptyAddress } from "#domain/address.ts";
import type { ChannelOrder } from "#domain/channel-order.ts";
import type { AccountId, ChannelId } from "#domain/ids.ts";
import type { Refused, Result } from "#domain/result.ts";
import { storeOrders } from "#engine/intake.ts";
import { verify } from "#engine/stages/verify.ts";
import { findKeyHolder } from "#store/api-key.ts";
import { listChannels, listConnections } from "#store/channel.ts";
import { listChanges } from "#store/management-event.ts";
import { listLinks } from "#store/product-link.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { listStock } from "#store/stock-row.ts";
import { listAccounts, listSuppliers } from "#store/supplier.ts";
import type { SecretSubject } from "#store/vault/secrets.ts";
import {
  noOutside,
  seededRandom,
  setUp,
  testEngine,
  type SetUp,
  type SetUpOptions,
  type TestEngine,
} from "#test/engine.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { testVault } from "#test/vault.ts";
import { setAccountActive } from "./account.ts";
import { createApiKey, revokeKey } from "./api-key.ts";
import { correct, showBalances, showStatement, topUp } from "./balance.ts";
import { sealClearSettings } from "./clear-secrets.ts";
import { addChannel } from "./channel.ts";
import type { ManageContext } from "./context.ts";
import { deleteProductLink, putProductLinks } from "./product-link.ts";
import { getSettings, setSettings } from "./settings.ts";
import { setShippingMapping } from "./shipping-mapping.ts";
import { setStock } from "./stock.ts";
import { addAccount, addSupplier } from "./supplier.ts";
import { createWorkspace } from "./workspace.ts";

interface Office extends SetUp {
  database: TestDatabase;
  engine: TestEngine;
  context: ManageContext;
}

async function anOffice(t: TestContext, options: SetUpOptions = {}): Promise<Office> {
  const database = await testDatabase(t);
  const engine = testEngine(database.engine);
  const made = await setUp(engine, options);
  const context: ManageContext = {
    db: database.engine,
    clock: engine.clock,
    ids: engine.ids,
    outside: { ...noOutside, files: diskFiles },
    channels: new Map([["shop", shopChannel]]),
    suppliers: new Map<string, Supplier>([
      ["csv", csvSupplier],
      ["by_hand", byHandSupplier],
    ]),
    vault: engine.vault,
    actor: "admin:test",
  };
  return { ...made, database, engine, context };
}

const shopChannel = {
  manifest: {
    id: "shop",
    title: "Shop",
    settings: { token: { type: "text", title: "Token", help: "The shop's.", required: true, secret: true } },
  },
  identify: async ({ secrets }) =>
    secrets["token"]?.reveal() === "good"
      ? { status: "ok", externalId: "mugs.example", name: "Mugs" }
      : { status: "credentials", reason: "credentials_rejected", message: "wrong token" },
} as Partial<Channel> as Channel;

const anOrder = (id: string, sku: string, more: Partial<ChannelOrder> = {}): ChannelOrder => ({
  channelOrderId: id,
  number: `#${id}`,
  orderedAt: new Date("2026-11-22T11:59:00Z"),
  updatedAt: null,
  currency: "EUR",
  payment: "paid",
  paidAt: null,
  cancelledAt: null,
  buyerId: `buyer-${id}`,
  shipTo: {
    ...emptyAddress,
    name: "Mia Kowalska",
    line1: "Hafenstr. 5",
    city: "Hamburg",
    postcode: "20095",
    country: "DE",
    email: `${id}@example.com`,
  },
  shippingMethod: null,
  shipBy: null,
  note: null,
  shippingPaid: null,
  total: null,
  risk: "none",
  lines: [
    {
      channelLineId: "1",
      sku,
      title: sku,
      quantity: 2,
      cancelled: 0,
      fulfilled: 0,
      unitPrice: "10.00",
      kind: "goods",
      fulfilledBy: "us",
    },
  ],
  ...more,
});

/** Stores orders and verifies them once. */
async function bring({ engine, workspaceId, channelId }: Office, ...orders: ChannelOrder[]): Promise<void> {
  await storeOrders(engine, { workspaceId, channelId, origin: "live", actor: "channel:test" }, orders);
  await verify.run(engine);
}

const Count = row({ n: col.int });
/** Numbers of held orders that are due to be checked again. */
async function woken({ database }: Office): Promise<string[]> {
  const Woken = row({ number: col.text });
  const rows = await database.engine.rows(
    Woken,
    sql`select o.number from fulfillment_order f join sales_order o on o.workspace_id = f.workspace_id and o.id = f.order_id where f.state = 'held' and f.woken order by o.number`,
  );
  return rows.map((each) => each.number);
}
async function sleepAll({ database }: Office): Promise<void> {
  await database.engine.run(sql`update fulfillment_order set due_at = null, woken = false where state = 'held'`);
}

function good<T>(result: Result<T>): T {
  assert.equal(result.status, "ok", JSON.stringify(result));
  return (result as { value: T }).value;
}
const codeOf = (result: { status: string } | Refused): string | null =>
  result.status === "refused" ? (result as Refused).code : null;

test("ST-11 a workspace has a name that no other has", async (t) => {
  const { context, database } = await anOffice(t);

  const first = good(
    await createWorkspace(context, { slug: "mugs", settings: { currency: "USD", zone: "America/New_York" } }),
  );
  const again = await createWorkspace(context, { slug: "mugs" });
  const odd = await createWorkspace(context, { slug: "Mugs & Co" });
  const unset = await createWorkspace(context, { slug: "plates", settings: { currency: "nothing" } });

  assert.equal(first.settings.currency, "USD");
  assert.deepEqual([codeOf(again), codeOf(odd), codeOf(unset)], ["slug_taken", "slug_invalid", "setting_invalid"]);
  assert.equal((await database.engine.one(Count, sql`select count(*)::int as n from workspace`)).n, 2);
});

test("GAP-1 a new channel that is fetched from is compared from its second day on, one that only gets files is not", async (t) => {
  const { context, workspaceId, database } = await anOffice(t);
  const fetched = good(
    await addChannel(context, { workspaceId, kind: "shop", name: "Mugs", settings: { "connector.token": "good" } }),
  );
  const byFile = good(await addChannel(context, { workspaceId, kind: "file", name: "Exports" }));
  const Gap = row({ dueAt: col.instantOrNull });
  const due = (channel: typeof fetched) =>
    database.engine.rows(
      Gap,
      sql`select gap_due_at as due_at from connection where channel_id = ${channel.id}::bigint`,
    );

  assert.deepEqual(await due(fetched), [{ dueAt: new Date(context.clock.now().getTime() + 24 * 3_600_000) }]);
  assert.deepEqual(
    (await due(byFile)).filter(({ dueAt }) => dueAt !== null),
    [],
  );
});

test("ST-12 a new channel is in review; an account that another workspace has is refused and nothing of it remains", async (t) => {
  const { context, workspaceId, database } = await anOffice(t);
  const other = good(await createWorkspace(context, { slug: "other" }));

  const channel = good(
    await addChannel(context, { workspaceId, kind: "shop", name: "Mugs", settings: { "connector.token": "good" } }),
  );
  const elsewhere = await addChannel(context, {
    workspaceId: other.id,
    kind: "shop",
    name: "Mugs",
    settings: { connector: { token: "good" } },
  });
  const twice = await addChannel(context, {
    workspaceId,
    kind: "shop",
    name: "Mugs",
    externalId: "plates.example",
    settings: { "connector.token": "good" },
  });
  const unreached = await addChannel(context, {
    workspaceId,
    kind: "shop",
    name: "Plates",
    settings: { "connector.token": "bad" },
  });
  const unknown = await addChannel(context, { workspaceId, kind: "shopp", name: "Plates" });

  assert.deepEqual([channel.externalId, channel.settings], ["mugs.example", {}]);
  assert.equal(
    good(await getSettings(context, { of: "channel", workspaceId, id: channel.id })).find(
      (each) => each.name === "mode",
    )?.value,
    "review",
  );
  assert.deepEqual([elsewhere, twice, unreached, unknown].map(codeOf), [
    "channel_elsewhere",
    "channel_exists",
    "channel_not_reached",
    "kind_unknown",
  ]);
  assert.equal((elsewhere as Refused).message.includes("acme"), false, "whose it is stays unsaid");
  assert.deepEqual(await listChannels(database.engine, other.id), []);
  assert.equal((await database.engine.one(Count, sql`select count(*)::int as n from channel_registry`)).n, 1);
});

test("ST-12 two workspaces may each have a file channel of the same name", async (t) => {
  const { context, workspaceId } = await anOffice(t);
  const other = good(await createWorkspace(context, { slug: "other" }));

  good(await addChannel(context, { workspaceId, kind: "file", name: "Shop" }));
  const second = good(
    await addChannel(context, {
      workspaceId: other.id,
      kind: "file",
      name: "Shop",
      settings: { zone: "Europe/Berlin" },
    }),
  );

  // Files go one way: nothing waits for the shop to be told.
  const told = { shipped: "never", cancelled: "never" };
  assert.deepEqual(second.settings, { zone: "Europe/Berlin", writeBack: told });
});

test("ST-13 a supplier of documents gets its folders when it is added, or is not added", async (t) => {
  const { context, workspaceId, database } = await anOffice(t);
  const folder = await mkdtemp(join(tmpdir(), "switchyard-supplier-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "file"), "in the way");

  const added = good(
    await addSupplier(context, {
      workspaceId,
      kind: "csv",
      name: "Northwind",
      settings: { "connector.folder": join(folder, "northwind") },
    }),
  );
  const blocked = await addSupplier(context, {
    workspaceId,
    kind: "csv",
    name: "Blocked",
    settings: { "connector.folder": join(folder, "file") },
  });
  const missing = await addSupplier(context, { workspaceId, kind: "csv", name: "Missing" });
  const wrong = await addSupplier(context, {
    workspaceId,
    kind: "csv",
    name: "Wrong",
    settings: { connector: { folder: join(folder, "w"), delimiter: "#" } },
  });
  const unchecked = await addSupplier(context, {
    workspaceId,
    kind: "csv",
    name: "Wrong",
    settings: { connector: { folder: join(folder, "w"), sendTimes: ["25:00"] } },
  });

  assert.deepEqual((await readdir(join(folder, "northwind"))).sort(), ["inbox", "outbox", "staging"]);
  assert.equal(added.kind, "csv");
  assert.deepEqual([blocked, missing, wrong, unchecked].map(codeOf), [
    "folder_not_usable",
    "setting_missing",
    "setting_invalid",
    "setting_invalid",
  ]);
  assert.match((unchecked as Refused).message, /connector\.sendTimes\.0: found "25:00", expected a time of day/);
  assert.deepEqual(
    (await listSuppliers(database.engine, workspaceId)).map((each) => each.name),
    ["Northwind"],
  );
});

test("ST-5 a channel that is switched to automatic has that moment kept, unless another is given", async (t) => {
  const { context, workspaceId, engine } = await anOffice(t);
  const channel = good(await addChannel(context, { workspaceId, kind: "file", name: "Shop" }));
  const target = { of: "channel", workspaceId, id: channel.id } as const;

  const switched = good(await setSettings(context, target, { mode: "automatic" }));
  engine.clock.advance(60_000);
  const again = good(await setSettings(context, target, { mode: "automatic" }));
  const given = good(await setSettings(context, target, { mode: "review", automationOnSince: "2026-11-01T00:00:00Z" }));
  const back = good(
    await setSettings(context, target, { mode: "automatic", automationOnSince: "2026-11-20T00:00:00Z" }),
  );

  assert.deepEqual(switched, [
    { name: "mode", from: "review", to: "automatic" },
    { name: "automationOnSince", from: null, to: "2026-11-22T12:00:00.000Z" },
  ]);
  assert.deepEqual(again, []);
  assert.equal(given.length, 2);
  assert.deepEqual(back[1], {
    name: "automationOnSince",
    from: "2026-11-01T00:00:00.000Z",
    to: "2026-11-20T00:00:00.000Z",
  });
});

test("ST-6 what a connector needs is checked before it is saved; its secrets go into the vault and are never shown", async (t) => {
  const { context, workspaceId, database } = await anOffice(t);
  const channel = good(
    await addChannel(context, { workspaceId, kind: "shop", name: "Mugs", settings: { "connector.token": "good" } }),
  );
  const target = { of: "channel", workspaceId, id: channel.id } as const;

  const changed = good(await setSettings(context, target, { "connector.token": "better" }));
  const unknown = await setSettings(context, target, { "connector.tokn": "x" });
  const shown = good(await getSettings(context, target)).find((each) => each.name === "connector.token");
  const trail = await listChanges(context.db, { workspaceId, subject: "channel", subjectId: channel.id, limit: 10 });

  assert.deepEqual(changed, [{ name: "connector.token", from: "•••", to: "•••" }]);
  assert.equal(codeOf(unknown), "setting_unknown");
  assert.match((unknown as Refused).message, /Did you mean token\?/);
  assert.deepEqual([shown?.value, shown?.isDefault], ["•••", false]);
  const vault = testVault(database, () => context.clock.now());
  const [connection] = await listConnections(context.db, workspaceId, channel.id);
  const opened = await vault.open([{ workspaceId, subject: "connection", id: connection!.id }], "test");
  assert.deepEqual([connection!.settings, opened["token"]?.reveal()], [{}, "better"]);
  assert.equal(JSON.stringify(trail).includes("better"), false);
});

test("VA-13 secrets that an older version kept in clear are sealed at a start, cleared where they lay, and not sealed over newer ones", async (t) => {
  const { context, workspaceId, database } = await anOffice(t, {
    channel: { kind: "shop", connection: { token: "clear-token", everyMs: 5 } },
    suppliers: { acme: { kind: "shop", settings: { connector: { token: "clear-too", folder: "x" } } } },
  });
  const vault = testVault(database, () => context.clock.now());
  const suppliers = new Map([["shop", { manifest: shopChannel.manifest } as Supplier]]);

  const moved = await sealClearSettings({ ...context, suppliers });
  const again = await sealClearSettings({ ...context, suppliers });

  const clear = await context.db.rows(
    row({ settings: col.text }),
    sql`select settings::text from connection union all select settings::text from supplier order by 1`,
  );
  const owners = await context.db.rows(
    row({ subject: col.oneOf<SecretSubject>(), id: col.text, name: col.text }),
    sql`select subject, subject_id as id, name from vault.secret order by subject`,
  );
  const opened = await Promise.all(owners.map((owner) => vault.open([{ workspaceId, ...owner }], "test")));
  assert.deepEqual([moved, again], [2, 0]);
  assert.deepEqual(clear, [{ settings: '{"connector": {"folder": "x"}}' }, { settings: '{"everyMs": 5}' }]);
  assert.deepEqual(
    opened.map(({ token }) => token?.reveal()),
    ["clear-token", "clear-too"],
  );
  const [first] = owners;
  await context.db.run(sql`update connection set settings = '{"token": "older"}'`);
  await sealClearSettings(context);
  assert.equal((await vault.open([{ workspaceId, ...first! }], "test"))["token"]?.reveal(), "clear-token");
});

test("ST-7 each change is recorded with its actor and both values; asking for what is so changes nothing", async (t) => {
  const { context, workspaceId } = await anOffice(t);
  const target = { of: "workspace", workspaceId } as const;

  good(await setSettings(context, target, { completionMs: "7d" }));
  const same = good(await setSettings(context, target, { completionMs: "7d" }));
  const refused = await setSettings(context, target, { completionMs: "8d", zone: "Nowhere" });
  const trail = await listChanges(context.db, { workspaceId, subject: "workspace", subjectId: "0", limit: 10 });

  assert.deepEqual(same, []);
  assert.equal(codeOf(refused), "setting_invalid");
  assert.deepEqual(
    trail.map(({ actor, kind, data }) => ({ actor, kind, data })),
    [
      {
        actor: "admin:test",
        kind: "settings_changed",
        data: { changes: [{ name: "completionMs", from: 1_209_600_000, to: 604_800_000 }] },
      },
    ],
  );
});

test("ST-8 a changed setting has exactly those orders checked again that it may let go", async (t) => {
  const office = await anOffice(t, {
    channel: { mode: "review" },
    suppliers: { acme: { settings: { countries: ["FR"] } } },
    links: { MUG: [{ supplier: "acme", sku: "A-MUG" }] },
  });
  const { context, workspaceId, channelId, suppliers } = office;
  await bring(office, anOrder("1", "MUG"), anOrder("2", "UNKNOWN", { payment: "pending" }));
  assert.deepEqual(await woken(office), []);

  good(await setSettings(context, { of: "supplier", workspaceId, id: suppliers.get("acme")! }, { countries: "FR,DE" }));
  const byCountries = await woken(office);
  await sleepAll(office);
  good(
    await setSettings(
      context,
      { of: "channel", workspaceId, id: channelId },
      { mode: "automatic", automationOnSince: "2026-01-01T00:00:00Z" },
    ),
  );
  const byMode = await woken(office);
  await sleepAll(office);
  good(await setSettings(context, { of: "workspace", workspaceId }, { completionMs: "3d" }));

  assert.deepEqual(byCountries, ["#1"]);
  assert.deepEqual(byMode, ["#1", "#2"]);
  assert.deepEqual(await woken(office), []);
});

test("ST-9 an account on which money is booked keeps its currency", async (t) => {
  const { context, workspaceId, accounts } = await anOffice(t, { suppliers: { acme: {} } });
  const accountId = accounts.get("acme")! as AccountId;
  const target = { of: "account", workspaceId, id: accountId } as const;

  good(await setSettings(context, target, { currency: "USD" }));
  good(await topUp(context, { workspaceId, accountId, amount: "10.00", reference: "b1" }));
  const refused = await setSettings(context, target, { currency: "EUR" });

  assert.equal(codeOf(refused), "currency_in_use");
  assert.equal((await listAccounts(context.db, workspaceId))[0]?.settings.currency, "USD");
});

test("ST-14 a new account, and credentials entered again, have the orders that waited for one checked again", async (t) => {
  const office = await anOffice(t, {
    suppliers: { acme: { account: { currency: "USD" } } },
    links: { MUG: [{ supplier: "acme", sku: "A-MUG" }] },
  });
  const { context, workspaceId, suppliers, accounts } = office;
  await bring(office, anOrder("1", "MUG"), anOrder("2", "UNKNOWN"));

  const account = good(
    await addAccount(context, {
      workspaceId,
      supplierId: suppliers.get("acme")!,
      name: "euros",
      settings: { currency: "EUR" },
    }),
  );
  const byAccount = await woken(office);
  const taken = await addAccount(context, { workspaceId, supplierId: suppliers.get("acme")!, name: "euros" });
  await context.db.run(
    sql`update supplier_account set credentials_rejected_at = ${context.clock.now()} where id = ${account.id}::bigint`,
  );
  await verify.run(office.engine);
  assert.deepEqual(await woken(office), []);
  good(await setAccountActive(context, { workspaceId, accountId: accounts.get("acme")! as AccountId, active: true }));
  await sleepAll(office);
  good(await setAccountActive(context, { workspaceId, accountId: account.id, active: true }));

  assert.deepEqual(byAccount, ["#1"]);
  assert.equal(codeOf(taken), "name_taken");
  assert.deepEqual(await woken(office), ["#1"]);
  assert.equal(
    (await listAccounts(context.db, workspaceId)).find((each) => each.id === account.id)?.credentialsRejectedAt,
    null,
  );
});

test("ST-15 of an API key only a digest is kept, and a revoked one is refused", async (t) => {
  const { context, workspaceId } = await anOffice(t);

  const { key, apiKey } = good(
    await createApiKey(context, seededRandom(7), { workspaceId, role: "owner", name: "dash", expiresAt: null }),
  );
  const holder = await findKeyHolder(context.db, key, context.clock.now());
  const stored = await context.db.one(
    row({ all: col.text }),
    sql`select string_agg(k::text, '') as all from api_key k`,
  );
  good(await revokeKey(context, { workspaceId, prefix: apiKey.prefix }));

  assert.equal(holder?.workspaceId, workspaceId);
  assert.equal(stored.all.includes(key.split("_").at(-1)!), false);
  assert.equal(await findKeyHolder(context.db, key, context.clock.now()), null);
  assert.equal(codeOf(await revokeKey(context, { workspaceId, prefix: apiKey.prefix })), "not_found");
  assert.equal(
    codeOf(await createApiKey(context, seededRandom(8), { workspaceId, role: "king", name: "", expiresAt: null })),
    "role_unknown",
  );
});

test("ST-20 product links are put whole, all of a batch or none", async (t) => {
  const { context, workspaceId, suppliers } = await anOffice(t, { suppliers: { acme: {} } });
  const supplierId = suppliers.get("acme")!;
  const option = { supplierId, supplierSku: "A-1", unitCost: "4.50", currency: "EUR" };
  const page = () => listLinks(context.db, { workspaceId, after: null, limit: 100 });

  const put = await putProductLinks(context, workspaceId, [
    { sku: "MUG", channelId: null, options: [option, { ...option, supplierSku: "A-2", componentNo: 2, units: 3 }] },
    { sku: "FEE", channelId: null, nothingToShip: true, options: [] },
  ]);
  const again = await putProductLinks(context, workspaceId, [
    {
      sku: "MUG",
      channelId: null,
      options: [
        { ...option, unitCost: "4.5" },
        { ...option, supplierSku: "A-2", componentNo: 2, units: 3 },
      ],
    },
  ]);
  const replaced = await putProductLinks(context, workspaceId, [
    { sku: "MUG", channelId: null, options: [{ ...option, unitCost: "5" }] },
  ]);
  const wrong = [
    await putProductLinks(context, workspaceId, [
      { sku: "NEW", channelId: null, options: [option] },
      { sku: "BAD", channelId: null, options: [{ ...option, unitCost: "-1" }] },
    ]),
    await putProductLinks(context, workspaceId, [{ sku: "BAD", channelId: null, options: [{ ...option, units: 0 }] }]),
    await putProductLinks(context, workspaceId, [{ sku: "BAD", channelId: null, options: [] }]),
    await putProductLinks(context, workspaceId, [{ sku: "BAD", channelId: "999" as ChannelId, options: [option] }]),
    await putProductLinks(context, workspaceId, [
      { sku: "MUG", channelId: null, options: [option] },
      { sku: "MUG", channelId: null, options: [option] },
    ]),
    await putProductLinks(context, workspaceId, [
      { sku: "BAD", channelId: null, options: [{ ...option, currency: "EURO" }] },
    ]),
  ];

  assert.deepEqual(
    [put, again, replaced],
    [
      { status: "ok", stored: 2, unchanged: 0 },
      { status: "ok", stored: 0, unchanged: 1 },
      { status: "ok", stored: 1, unchanged: 0 },
    ],
  );
  assert.deepEqual(
    wrong.map((each) => (each.status === "refused" ? [each.code, each.index] : each.status)),
    [
      ["link_invalid", 1],
      ["link_invalid", 0],
      ["link_invalid", 0],
      ["link_invalid", 0],
      ["link_twice", 1],
      ["link_invalid", 0],
    ],
  );
  assert.match((wrong[0] as Refused).message, /^SKU "BAD", unitCost: found "-1", expected an amount such as 4\.50/);
  assert.deepEqual(
    (await page()).map((each) => [each.sku, each.options.map((one) => one.unitCost)]),
    [
      ["FEE", []],
      ["MUG", ["5"]],
    ],
  );
});

test("ST-21 a link has the orders checked again that were held for its SKU or its stock, and no others", async (t) => {
  const office = await anOffice(t, {
    suppliers: { acme: {}, beta: {} },
    links: { PLATE: [{ supplier: "acme", sku: "A-PLATE" }], CUP: [{ supplier: "acme", sku: "A-CUP" }] },
    stock: [
      { supplier: "acme", sku: "A-PLATE", onHand: 0 },
      { supplier: "acme", sku: "A-CUP", onHand: 0 },
    ],
  });
  const { context, workspaceId, suppliers } = office;
  await bring(office, anOrder("1", "MUG"), anOrder("2", "PLATE"), anOrder("3", "CUP"));
  const option = (supplier: string, sku: string) => ({
    supplierId: suppliers.get(supplier)!,
    supplierSku: sku,
    unitCost: "4.00",
    currency: "EUR",
  });

  await putProductLinks(context, workspaceId, [{ sku: "MUG", channelId: null, options: [option("acme", "A-MUG")] }]);
  const bySku = await woken(office);
  await sleepAll(office);
  await putProductLinks(context, workspaceId, [
    { sku: "PLATE", channelId: null, options: [option("beta", "B-PLATE")] },
  ]);
  const byStock = await woken(office);
  await sleepAll(office);
  good(await deleteProductLink(context, { workspaceId, channelId: null, sku: "MUG" }));

  assert.deepEqual([bySku, byStock, await woken(office)], [["#1"], ["#2"], ["#1"]]);
  assert.equal(codeOf(await deleteProductLink(context, { workspaceId, channelId: null, sku: "MUG" })), "not_found");
});

test("ST-22 a shipping mapping has the orders of its channel checked again that were held for it", async (t) => {
  const office = await anOffice(t, {
    suppliers: { acme: { settings: { defaultMethod: null } } },
    links: { MUG: [{ supplier: "acme", sku: "A-MUG" }] },
  });
  const { context, workspaceId, channelId, suppliers } = office;
  await bring(office, anOrder("1", "MUG", { shippingMethod: "DHL" }), anOrder("2", "UNKNOWN"));
  const wish = { workspaceId, channelId, supplierId: suppliers.get("acme")!, rateName: "DHL" };

  good(await setShippingMapping(context, { ...wish, method: "DHL-1" }));
  const byMapping = await woken(office);
  await verify.run(office.engine);

  assert.deepEqual(byMapping, ["#1"]);
  assert.deepEqual(await woken(office), []);
  assert.equal(
    (
      await context.db.one(
        Count,
        sql`select count(*)::int as n from fulfillment_order where state = 'waiting' and method = 'DHL-1'`,
      )
    ).n,
    1,
  );
  assert.equal(
    codeOf(await setShippingMapping(context, { ...wish, supplierId: "999" as never, method: "X" })),
    "supplier_unknown",
  );
});

test("ST-23 stock of a prep centre is never less than what is promised, elsewhere it begins anew", async (t) => {
  const office = await anOffice(t, {
    suppliers: { shelf: { role: "prep" }, acme: {} },
    links: { MUG: [{ supplier: "acme", sku: "A-MUG" }] },
    stock: [
      { supplier: "shelf", sku: "MUG", onHand: 5, isShelf: true },
      { supplier: "acme", sku: "A-MUG", onHand: 0 },
    ],
  });
  const { context, workspaceId, suppliers } = office;
  await context.db.run(sql`update stock set reserved = 3 where supplier_sku = 'MUG'`);
  await context.db.run(sql`update stock set reserved = 4 where supplier_sku = 'A-MUG'`);
  await bring(office, anOrder("1", "MUG"));

  const promised = await setStock(context, { workspaceId, supplierId: suppliers.get("shelf")! }, [
    { supplierSku: "MUG", onHand: 2 },
  ]);
  good(
    await setStock(context, { workspaceId, supplierId: suppliers.get("shelf")! }, [{ supplierSku: "MUG", onHand: 3 }]),
  );
  good(
    await setStock(context, { workspaceId, supplierId: suppliers.get("acme")! }, [
      { supplierSku: "A-MUG", onHand: 9, unitCost: "4.10", currency: "EUR" },
    ]),
  );
  const wrong = await setStock(context, { workspaceId, supplierId: suppliers.get("acme")! }, [
    { supplierSku: "A-MUG", onHand: 1 },
    { supplierSku: "A-MUG", onHand: -1 },
  ]);

  assert.equal(codeOf(promised), "stock_promised");
  assert.deepEqual([codeOf(wrong), wrong.index], ["stock_invalid", 1]);
  const stock = await listStock(context.db, { workspaceId, supplierId: null, after: null, limit: 10 });
  assert.deepEqual(
    stock.map((each) => [each.supplierSku, each.onHand, each.reserved, each.unitCost]),
    [
      ["MUG", 3, 3, null],
      ["A-MUG", 9, 0, "4.10"],
    ],
  );
  assert.deepEqual(await woken(office), ["#1"]);
});

test("MO-1, MO-4 a top-up adds to what may be spent against the funding, and the statement says so in major units", async (t) => {
  const { context, workspaceId, accounts } = await anOffice(t, {
    suppliers: { acme: { account: { payment: "prepaid", actionCredits: true } } },
  });
  const accountId = accounts.get("acme")! as AccountId;

  const booked = good(await topUp(context, { workspaceId, accountId, amount: "250", reference: "bank 1" }));
  good(await topUp(context, { workspaceId, accountId, amount: "40", reference: "bank 1 credits", credits: true }));
  const [balance] = await showBalances(context, workspaceId);
  const statement = await showStatement(context, { workspaceId, accountId, before: null, limit: 1 });
  const older = await showStatement(context, { workspaceId, accountId, before: statement[0]!.id, limit: 1 });
  const sums = await context.db.one(
    row({ perCurrency: col.bigint, transactions: col.int }),
    sql`select sum(n.amount)::bigint as per_currency, count(distinct n.transaction_id)::int as transactions from ledger_entry n join ledger_account l on l.id = n.ledger_account_id`,
  );

  assert.equal(booked.available, "250.00");
  assert.deepEqual(
    [balance?.available, balance?.held, balance?.owed, balance?.credits],
    ["250.00", "0.00", "0.00", "40"],
  );
  assert.deepEqual(
    statement.map((each) => [each.kind, each.change, each.unit, each.actor]),
    [["top_up", "40", "XXX", "admin:test"]],
  );
  assert.deepEqual(older[0]?.entries, [
    { ledger: "available", amount: "250.00" },
    { ledger: "funding", amount: "-250.00" },
  ]);
  assert.deepEqual(sums, { perCurrency: 0n, transactions: 2 });
});

test("MO-2 a reference is booked once, also when two book it at the same moment", async (t) => {
  const { context, workspaceId, accounts, database } = await anOffice(t, {
    suppliers: { acme: { account: { payment: "prepaid" } } },
  });
  const accountId = accounts.get("acme")! as AccountId;
  const other: ManageContext = { ...context, ids: testEngine(database.engine, { seed: 99 }).ids };

  const both = await Promise.all(
    [context, other].map((each) => topUp(each, { workspaceId, accountId, amount: "10.00", reference: "bank 1" })),
  );
  const later = await topUp(context, { workspaceId, accountId, amount: "10.00", reference: " bank 1 " });
  const asCorrection = await correct(context, { workspaceId, accountId, amount: "-1.00", reference: "bank 1" });
  const without = await topUp(context, { workspaceId, accountId, amount: "10.00", reference: " " });

  assert.deepEqual(
    both.map(codeOf).filter((code) => code !== null),
    ["reference_used"],
  );
  assert.deepEqual([later, asCorrection, without].map(codeOf), ["reference_used", null, "reference_missing"]);
  assert.equal((await showBalances(context, workspaceId))[0]?.available, "9.00");
});

test("MO-3 a correction takes no more than is available", async (t) => {
  const { context, workspaceId, accounts } = await anOffice(t, {
    suppliers: { acme: { account: { payment: "prepaid" } } },
  });
  const accountId = accounts.get("acme")! as AccountId;
  good(await topUp(context, { workspaceId, accountId, amount: "10.00", reference: "b1" }));

  const tooMuch = await correct(context, { workspaceId, accountId, amount: "-10.01", reference: "c1" });
  good(await correct(context, { workspaceId, accountId, amount: "-10.00", reference: "c2" }));
  good(await correct(context, { workspaceId, accountId, amount: "0.05", reference: "c3" }));

  assert.equal(codeOf(tooMuch), "balance_too_low");
  assert.equal((await showBalances(context, workspaceId))[0]?.available, "0.05");
});

test("MO-5 an amount that the currency cannot have is refused and nothing is booked", async (t) => {
  const { context, workspaceId, accounts } = await anOffice(t, {
    suppliers: { acme: {}, yen: { account: { currency: "JPY" } } },
  });
  const accountId = accounts.get("acme")! as AccountId;
  const amounts = ["10.001", "0", "0.00", "-5", "ten", "1e5", "", "9".repeat(16)];

  const refused = [];
  for (const amount of amounts)
    refused.push(codeOf(await topUp(context, { workspaceId, accountId, amount, reference: `r${amount}` })));
  const yen = await topUp(context, {
    workspaceId,
    accountId: accounts.get("yen")! as AccountId,
    amount: "10.5",
    reference: "y",
  });
  const credits = await topUp(context, { workspaceId, accountId, amount: "1.5", reference: "c", credits: true });

  assert.deepEqual(
    refused,
    amounts.map(() => "amount_invalid"),
  );
  assert.deepEqual([codeOf(yen), codeOf(credits)], ["amount_invalid", "amount_invalid"]);
  assert.equal((await context.db.one(Count, sql`select count(*)::int as n from ledger_transaction`)).n, 0);
});

test("MO-6 orders that waited for this account's balance are checked again, and no others", async (t) => {
  const office = await anOffice(t, {
    suppliers: { acme: { account: { payment: "prepaid" } }, beta: { account: { payment: "prepaid" } } },
    links: { MUG: [{ supplier: "acme", sku: "A" }], CUP: [{ supplier: "beta", sku: "B" }] },
  });
  const { context, workspaceId, accounts } = office;
  await bring(office, anOrder("1", "MUG", { payment: "pending" }), anOrder("2", "CUP", { payment: "pending" }));
  // Held for payment; the balance hold is what arming would have opened.
  for (const [number, account] of [
    ["#1", "acme"],
    ["#2", "beta"],
  ] as const) {
    await context.db.run(
      sql`update hold set waits_for = ${`balance:${accounts.get(account)!}`} where order_id = (select id from sales_order where number = ${number})`,
    );
  }

  good(
    await topUp(context, {
      workspaceId,
      accountId: accounts.get("acme")! as AccountId,
      amount: "10.00",
      reference: "b1",
    }),
  );

  assert.deepEqual(await woken(office), ["#1"]);
});
