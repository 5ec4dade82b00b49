import { createHmac } from "node:crypto";
import type { TestContext } from "node:test";
import { buildApi } from "#api/server.ts";
import type { Api, ApiOptions } from "#api/context.ts";
import { sandboxChannel } from "#connectors/channels/sandbox/channel.ts";
import type { ChannelId, WorkspaceId } from "#domain/ids.ts";
import { hookOwner } from "#engine/hook-secret.ts";
import type { ManageContext } from "#engine/manage/context.ts";
import { hookOn, type HookOf } from "#engine/manage/hook.ts";
import { intake } from "#engine/stages/intake.ts";
import { pull } from "#engine/stages/pull.ts";
import { memoryLog } from "#sandbox/log.ts";
import { httpTo } from "#sandbox/outside.ts";
import { Push, type PushRequest } from "#sandbox/shop/push.ts";
import { createWorld, type World } from "#sandbox/world.ts";
import type { Statement } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { setUp, testEngine, VirtualClock, type SetUp, type SetUpOptions, type TestEngine } from "./engine.ts";
import { testDatabase, type TestDatabase } from "./postgres.ts";
import { testVault } from "./vault.ts";

/** A pretend shop that sends webhooks to the API of a workspace, all in one process and under one clock. */
export interface HookedShop extends SetUp {
  database: TestDatabase;
  engine: TestEngine;
  app: Api;
  world: World;
  push: Push;
  manage: ManageContext;
  hook: HookOf;
  /** Its webhooks are on, the shop was told and everything of before is here. */
  address: string;
  /** What the shop sent, newest last, with the status of the answer. */
  sent: (PushRequest & { status: number })[];
  statements: string[];
  /** One order; its id at the shop. */
  sell(wish?: Record<string, unknown>): string;
  faults(rates: Record<string, number>): void;
  post(request: Partial<PushRequest>, more?: { remoteAddress?: string }): Promise<{ status: number; text: string }>;
  /** Channel order ids that are stored. */
  orders(): Promise<string[]>;
  /** How many raw messages there are. */
  kept(): Promise<number>;
  takeIn(): Promise<void>;
}

export async function aHookedShop(
  t: TestContext,
  {
    api = {},
    hooks = {},
    everyMs = 3_600_000,
    seller = {},
  }: {
    api?: Partial<ApiOptions>;
    hooks?: Partial<NonNullable<ApiOptions["hooks"]>>;
    everyMs?: number;
    seller?: SetUpOptions;
  } = {},
): Promise<HookedShop> {
  const statements: string[] = [];
  const onStatement = <T>({ text }: Statement, send: () => Promise<T>): Promise<T> => {
    statements.push(text);
    return send();
  };
  const database = await testDatabase(t, { onStatement });
  const clock = new VirtualClock(new Date("2026-11-22T12:00:00Z"));
  const settings = {
    ordersAtStart: 0,
    ordersPerMinute: 0,
    quietOrdersPerMinute: 0,
    historyDays: 0,
    opens: "at_start",
  } as const;
  const now = () => clock.now();
  const world = createWorld({ seed: "3", now, log: memoryLog(), settings });
  const engine = testEngine(database.engine, {
    clock,
    channels: new Map([["sandbox", sandboxChannel]]),
    outside: { now, files: {} as never, http: httpTo({ world, wait: async () => undefined }) },
    vault: testVault(database, now),
  });
  const shop = await setUp(engine, {
    ...seller,
    channel: { ...seller.channel, connection: { baseUrl: "http://sandbox.local", everyMs } },
  });
  const app = await buildApi({
    db: { api: database.api, engine: database.engine },
    engine,
    clock,
    log: engine.log,
    hooks: { secrets: engine.vault, refusedAfterMs: 0, ...hooks },
    limits: { perSecond: 1000, burst: 100_000 },
    ...api,
  });
  t.after(() => app.close());
  const { clock: _, ...parts } = engine;
  const manage: ManageContext = { ...parts, clock, suppliers: new Map(), actor: "admin:test" };
  const hook = { workspaceId: shop.workspaceId, channelId: shop.channelId };
  const on = await hookOn(manage, hook, "http://localhost");
  if (on.status === "refused") throw new Error(on.message);
  await pull.run(engine);

  const sent: HookedShop["sent"] = [];
  const post: HookedShop["post"] = async ({ url = on.value.url, headers = {}, body = "" }, more = {}) => {
    const answer = await app.inject({ method: "POST", url: new URL(url).pathname, headers, payload: body, ...more });
    return { status: answer.statusCode, text: answer.payload };
  };
  const push = new Push({
    world,
    now,
    durable: async () => undefined,
    send: async (request) => {
      const { status } = await post(request);
      sent.push({ ...request, status });
      return status;
    },
  });
  await push.step();
  const ask = (method: string, path: string, body: unknown): Record<string, unknown> => {
    const answer = world.handle({ method, path, headers: {}, body: JSON.stringify(body) });
    if (answer.type !== "answer" || answer.status >= 300) throw new Error(`The shop refused ${path}.`);
    return JSON.parse(answer.body) as Record<string, unknown>;
  };
  return {
    ...shop,
    database,
    engine,
    app,
    world,
    push,
    manage,
    hook,
    address: on.value.url,
    sent,
    statements,
    post,
    sell: (order = { paid: true }) => (ask("POST", "/admin/sell", { order })["orders"] as { id: string }[])[0]!.id,
    faults: (rates) => void ask("PUT", "/admin/faults", { shop: rates }),
    orders: async () =>
      (await database.engine.rows(Order, sql`select channel_order_id as id from sales_order order by id`)).map(
        ({ id }) => id,
      ),
    kept: async () => (await database.engine.one(Count, sql`select count(*)::integer as n from inbox`)).n,
    async takeIn() {
      while ((await intake.run(engine)) > 0);
    },
  };
}

/** A second workspace with a shop of its own and its webhooks on, in the same installation: where its webhooks go. */
export async function aRivalShop({ engine, manage }: HookedShop): Promise<SetUp & { address: string }> {
  const rival = await setUp(engine, {
    slug: "rival",
    channel: { connection: { baseUrl: "http://sandbox.local", everyMs: 3_600_000 } },
  });
  const of = { workspaceId: rival.workspaceId as WorkspaceId, channelId: rival.channelId as ChannelId };
  const on = await hookOn(manage, of, "http://localhost");
  if (on.status === "refused") throw new Error(on.message);
  return { ...rival, address: on.value.url };
}

const Order = row({ id: col.text });
const Count = row({ n: col.int });

/** A message signed with this connection's secret, whatever it says. */
export async function signedMessage(
  shop: HookedShop,
  body: string,
  { id = "evt_1", of = shop as { workspaceId: string } } = {},
) {
  const { id: connection } = await shop.database.engine.one(
    Connection,
    sql`select id from connection where workspace_id = ${of.workspaceId}::bigint`,
  );
  const owner = hookOwner(of.workspaceId as never, connection as never);
  const secret = (await shop.engine.vault.open([owner], "a test"))["signing"]!.reveal();
  const timestamp = String(Math.floor(shop.engine.clock.now().getTime() / 1000));
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${digest}`,
    },
    body,
  };
}
const Connection = row({ id: col.text });
