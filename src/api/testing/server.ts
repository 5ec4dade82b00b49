import type { TestContext } from "node:test";
import type { InjectOptions } from "fastify";
import type { Gate } from "#connectors/ports.ts";
import type { ChannelOrder } from "#domain/channel-order.ts";
import { publicId, type WorkspaceId } from "#domain/ids.ts";
import type { Mail } from "#domain/mail.ts";
import type { Role } from "#domain/role.ts";
import { storeOrders } from "#engine/intake.ts";
import { release } from "#engine/stages/release.ts";
import { verify } from "#engine/stages/verify.ts";
import { insertApiKey, makeApiKey } from "#store/api-key.ts";
import { listChannels } from "#store/channel.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { aChannelOrder } from "#test/channel-order.ts";
import {
  noGate,
  seededRandom,
  setUp,
  testEngine,
  type SetUp,
  type SetUpOptions,
  type TestEngine,
} from "../../../test/engine.ts";
import { testDatabase, type TestDatabase } from "../../../test/postgres.ts";
import type { Api, ApiOptions } from "../context.ts";
import { buildApi } from "../server.ts";
import { openSignIn, type SignIn, type SignInOptions } from "../sign-in/sign-in.ts";

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  // A test reads what it asserts; the schemas check what leaves.
  body: Record<string, never> & { [name: string]: never };
}
export interface Ask {
  key?: string | null;
  body?: unknown;
  headers?: Record<string, string>;
  peer?: string;
  raw?: string;
}
export interface TestServer extends SetUp {
  database: TestDatabase;
  engine: TestEngine;
  app: Api;
  signIn: SignIn;
  /** Mails that left, newest last. */
  mails: Mail[];
  /** Key of an owner of the first workspace, and of its neighbour's. */
  key: string;
  rival: SetUp & { key: string };
  sandbox: SetUp;
  withoutSandbox(): Promise<number>;
  channel: string;
  keyFor(workspaceId: WorkspaceId, role: Role): Promise<string>;
  /** Sends one request; with the first workspace's key unless told otherwise. */
  ask(method: "GET" | "POST" | "PUT" | "DELETE", url: string, options?: Ask): Promise<Answer>;
  /** Stores orders in the first workspace (or the rival's) and runs what falls due; answers their public ids. */
  orders(orders: Partial<ChannelOrder>[], of?: SetUp): Promise<string[]>;
  /** Verifies what is due. */
  settle(): Promise<void>;
  /** Moves on to the end of the buffer and lets leave what is due: acme's orders are placed by hand, the shelf's go to the prep desk. */
  leaveBuffer(): Promise<void>;
}

const standard: SetUpOptions = {
  suppliers: { acme: {}, other: {}, shelf: { role: "prep" } },
  links: { MUG: [{ supplier: "acme", sku: "A-MUG" }], CUP: [{ supplier: "shelf", sku: "S-CUP" }] },
  stock: [{ supplier: "shelf", sku: "S-CUP", onHand: 10, isShelf: true }],
};

/** The API on a database of its own, with two workspaces and a sandbox, under a virtual clock. */
export async function aServer(
  t: TestContext,
  options: SetUpOptions = {},
  api: Partial<ApiOptions> = {},
  signing: Partial<SignInOptions> = {},
): Promise<TestServer> {
  const database = await testDatabase(t);
  const engine = testEngine(database.engine, { gate: byHandOnly });
  const random = seededRandom(77);
  const mine = await setUp(engine, { ...standard, ...options });
  const rival = await setUp(engine, { ...standard, slug: "rival" });
  const sandbox = await setUp(engine, { ...standard, slug: "sandbox" });
  const now = engine.clock.now();
  await database.engine.run(sql`update workspace set kind = 'sandbox' where slug = 'sandbox'`);
  await database.engine.run(
    sql`insert into installation (only_one, id, token_digest, home, started_at, heartbeat_at) values (true, 'test', '', '', ${now}, ${now})`,
  );
  const keyFor = async (workspaceId: WorkspaceId, role: Role): Promise<string> => {
    const { key, prefix, digest } = makeApiKey(random);
    await engine.ids.ensure(database.engine, 1);
    const row = {
      id: engine.ids.next<"apiKey">(),
      workspaceId,
      role,
      supplierIds: [],
      scopes: null,
      name: role,
      prefix,
      digest,
    };
    await insertApiKey(database.engine, { ...row, createdAt: now, expiresAt: null, lastUsedAt: null, revokedAt: null });
    return key;
  };
  const key = await keyFor(mine.workspaceId, "owner");
  const rivalKey = await keyFor(rival.workspaceId, "owner");
  const mails: Mail[] = [];
  const signIn = openSignIn({
    db: database.auth,
    clock: engine.clock,
    random,
    uuid: () => engine.ids.uuid(),
    key: "ab".repeat(32),
    mailer: { send: async (mail) => void mails.push(mail) },
    url: "http://localhost",
    log: engine.log,
    cost: { ln: 10, r: 8, p: 1 },
    ...signing,
  });
  const app = await buildApi({
    signIn,
    db: { api: database.api, engine: database.engine },
    engine,
    clock: engine.clock,
    log: engine.log,
    limits: { perSecond: 1000, burst: 100_000 },
    hosts: [new URL(signIn.url).hostname],
    ...api,
  });
  t.after(() => app.close());
  const [channel] = await listChannels(database.engine, mine.workspaceId);

  async function settle(): Promise<void> {
    while ((await verify.run(engine)) > 0);
  }
  return {
    ...mine,
    database,
    engine,
    app,
    signIn,
    mails,
    key,
    rival: { ...rival, key: rivalKey },
    sandbox,
    withoutSandbox: () => database.engine.run(sql`update workspace set kind = 'own' where slug = 'sandbox'`),
    channel: publicId("channel", channel!.publicId),
    keyFor,
    settle,
    async leaveBuffer() {
      engine.clock.advance(600_000);
      while ((await verify.run(engine)) + (await release.run(engine)) > 0);
    },
    async ask(method, url, { key: used = key, body, raw, headers = {}, peer } = {}) {
      const request: InjectOptions = {
        method,
        url,
        headers: {
          ...(used === null ? {} : { authorization: `Bearer ${used}` }),
          ...(raw === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(peer === undefined ? {} : { remoteAddress: peer }),
      };
      if (raw !== undefined) request.payload = raw;
      else if (body !== undefined) request.payload = body as object;
      const answer = await app.inject(request);
      const isJson = String(answer.headers["content-type"]).includes("json");
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text: answer.payload,
        body: (isJson && answer.payload !== "" ? JSON.parse(answer.payload) : {}) as Answer["body"],
      };
    },
    async orders(wishes, of = mine) {
      const stored = await storeOrders(
        engine,
        { workspaceId: of.workspaceId, channelId: of.channelId, origin: "live", actor: "channel:test" },
        wishes.map((wish, index) =>
          aChannelOrder(wish.channelOrderId ?? String(1000 + index), engine.clock.now(), wish),
        ),
      );
      await settle();
      const ids = await Promise.all(
        stored.map((each) =>
          database.engine.one(Public, sql`select public_id from sales_order where id = ${each.orderId}::bigint`),
        ),
      );
      return ids.map((each) => publicId("order", each.publicId));
    },
  };
}
/** Every supplier is reached by people; nothing can be sent. */
const byHandOnly = {
  ...noGate,
  contract: () => ({ kind: "human" }),
  noteByHand: async () => ({ status: "noted" }),
} as unknown as Gate;

const Public = row({ publicId: col.text });
