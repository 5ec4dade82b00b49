import {
  HttpError,
  type Gate,
  type HttpRequest,
  type HttpResponse,
  type Outside,
  type PlaceAnswer,
  type PlaceContract,
  type PlaceRequest,
  type PurchaseCall,
  type Supplier,
} from "#connectors/ports.ts";
import type { AttemptId, OrderId } from "#domain/ids.ts";
import type { Engine } from "#engine/context.ts";
import { storeOrders } from "#engine/intake.ts";
import { place } from "#engine/stages/place.ts";
import { release } from "#engine/stages/release.ts";
import { verify } from "#engine/stages/verify.ts";
import { createGate } from "#gate/gate.ts";
import { Journal, memoryStore, type JournalLine } from "#gate/journal.ts";
import { insertInstallation } from "#store/installation.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { aChannelOrder } from "./channel-order.ts";
import { setUp, testEngine, VirtualClock, type SetUp, type SetUpOptions, type TestEngine } from "./engine.ts";
import type { OnStatement } from "#store/db.ts";
import { testDatabase, type TestDatabase } from "./postgres.ts";

/** What happens to the next request that is let out; `ok` when nothing was said. */
export type Fate =
  | "ok"
  /** Refused before the connection stands. */
  | "unreachable"
  /** It buys, and the answer is lost. */
  | "bought_no_answer"
  /** The request is lost on its way: nothing is bought. */
  | "lost"
  | "out_of_stock"
  | "captcha"
  | "login_rejected"
  | "partial"
  | "garbage";

/** A pretend supplier that keeps its own book, reached through `Outside.http` like a real one. */
export class Shop {
  readonly book: { reference: string; key: string; number: string; units: number }[] = [];
  /** Every purchase request that reached it, whatever became of it. */
  readonly seen: string[] = [];
  readonly fates: Fate[] = [];
  /** References that its search does not show yet. */
  readonly hidden = new Set<string>();
  searches = 0;
  isSearchComplete = true;
  /** Runs when a request has passed the last check, before it arrives. */
  onArrival: (() => Promise<void>) | null = null;

  outside(clock: VirtualClock, files: Outside["files"] = {} as Outside["files"]): Outside {
    return { now: () => clock.now(), files, http: (request) => this.#answer(request) };
  }

  async #answer(request: HttpRequest): Promise<HttpResponse> {
    const fate = this.fates.shift() ?? "ok";
    if (fate === "unreachable") throw new HttpError("connection refused", { sent: false });
    try {
      await request.lastCheck?.();
    } catch (error) {
      throw new HttpError(String(error), { sent: false, cause: error });
    }
    await this.onArrival?.();
    const asked = JSON.parse(request.body ?? "{}") as {
      reference: string;
      key: string;
      lines: { no: number; units: number }[];
    };
    this.seen.push(asked.reference);
    const said = (status: number, body: unknown): HttpResponse => ({ status, headers: {}, text: JSON.stringify(body) });
    if (fate === "lost") throw new HttpError("time-out", { sent: true });
    if (fate === "garbage") return { status: 200, headers: {}, text: "<html>" };
    if (fate === "out_of_stock" || fate === "captcha" || fate === "login_rejected") return said(409, { error: fate });
    const known = this.book.find((each) => each.key === asked.key);
    const units = asked.lines.reduce((sum, line) => sum + line.units, 0);
    const bought = known ?? {
      reference: asked.reference,
      key: asked.key,
      number: `N${this.book.length + 1}`,
      units: fate === "partial" ? units - 1 : units,
    };
    if (known === undefined) this.book.push(bought);
    if (fate === "bought_no_answer") throw new HttpError("connection reset", { sent: true });
    return said(201, {
      number: bought.number,
      missing: fate === "partial" ? [{ no: asked.lines[0]!.no, units: 1 }] : [],
    });
  }

  connector(contract: PlaceContract): Supplier {
    return {
      manifest: { id: "shop", title: "Shop", settings: {} },
      contract: () => contract,
      capabilities: { tracking: "poll", stock: false, quote: false, cancel: false, list: false, acknowledges: false },
      place: async ({ outside }, batch, onAnswer) => {
        for (const request of batch) onAnswer(request.reference, await this.#place(outside, request));
      },
      find: async (_context, references) => {
        this.searches += 1;
        const found = this.book.filter(
          (each) => references.includes(each.reference) && !this.hidden.has(each.reference),
        );
        return {
          status: "ok",
          complete: this.isSearchComplete,
          found: found.map(({ reference, number }) => ({ reference, answer: answerOf(number) })),
        };
      },
      track: async () => ({ status: "ok", orders: [] }),
      cancel: async () => [],
      stock: async () => ({ status: "ok", items: [] }),
      quote: async () => ({ status: "ok", total: { amount: 0n, currency: "EUR" } }),
      list: async () => ({ status: "no_list" }),
    };
  }

  async #place(outside: Outside, { reference, idempotencyKey: key, lines }: PlaceRequest) {
    try {
      const response = await outside.http({
        method: "POST",
        url: "http://shop.example/orders",
        body: JSON.stringify({ reference, key, lines }),
        timeoutMs: 20_000,
      });
      const body = JSON.parse(response.text) as {
        error?: string;
        number: string;
        missing: { no: number; units: number }[];
      };
      if (body.error === "out_of_stock")
        return { status: "refused", reason: "out_of_stock", message: "none left" } as const;
      if (body.error === "captcha")
        return { status: "refused", reason: "captcha_or_two_factor", message: "captcha" } as const;
      if (body.error === "login_rejected")
        return { status: "credentials", reason: "credentials_rejected", message: "wrong password" } as const;
      return {
        ...answerOf(body.number),
        notAccepted: body.missing.map((each) => ({ ...each, reason: "out_of_stock" as const })),
      };
    } catch (error) {
      if (error instanceof HttpError && !error.sent) return { status: "not_sent", message: error.message } as const;
      return { status: "unknown", message: String(error) } as const;
    }
  }
}
const answerOf = (supplierOrderId: string): PlaceAnswer => ({
  status: "placed",
  supplierOrderId,
  total: null,
  notAccepted: [],
});

const seconds = (count: number): number => count * 1_000;
export const contracts = {
  key: {
    kind: "key",
    keyWindowMs: 24 * 3_600_000,
    lookupLagMs: 0,
    maxInFlightMs: seconds(60),
    sendByMs: seconds(10),
    moneyPoint: "place",
    cancellable: "no",
    testedOn: "2026-11-22",
  },
  keyAndSearch: {
    kind: "key",
    keyWindowMs: seconds(30),
    lookup: "by-ref",
    lookupLagMs: seconds(30),
    maxInFlightMs: seconds(60),
    sendByMs: seconds(10),
    moneyPoint: "place",
    cancellable: "no",
    testedOn: "2026-11-22",
  },
  lookup: {
    kind: "lookup",
    lookup: "by-ref",
    lookupLagMs: seconds(30),
    maxInFlightMs: seconds(60),
    sendByMs: seconds(10),
    moneyPoint: "place",
    cancellable: "no",
    testedOn: "2026-11-22",
  },
  none: {
    kind: "none",
    lookupLagMs: 0,
    maxInFlightMs: seconds(60),
    sendByMs: seconds(10),
    moneyPoint: "place",
    cancellable: "no",
    testedOn: "2026-11-22",
  },
  human: {
    kind: "human",
    lookupLagMs: 0,
    maxInFlightMs: 0,
    sendByMs: seconds(10),
    moneyPoint: "place",
    cancellable: "no",
    testedOn: "2026-11-22",
  },
} as const satisfies Record<string, PlaceContract>;

export interface ShopFloor extends SetUp {
  database: TestDatabase;
  clock: VirtualClock;
  shop: Shop;
  engine: TestEngine;
  /** What the gate's disk holds; it survives the gate. */
  journal: JournalLine[];
  /** Another worker process, with the same gate. Dies at `deathAt`: the named point throws, and everything after it is never done. */
  worker(deathAt?: string): TestEngine;
  /** The gate dies; another one starts on the same journal. Dies itself at `deathAt`. */
  newGate(deathAt?: string): Promise<Gate>;
  /** Armed by a worker that died before it sent anything: the newest one, as the gate is asked for it. */
  armed(): Promise<PurchaseCall>;
  /** Orders of 2 mugs, verified, routed and past their buffer: about to be placed. */
  orders(count?: number): Promise<OrderId[]>;
}

/** The real stages and gate on a real database, with one pretend supplier of the given contract. */
export async function aShopFloor(
  t: Parameters<typeof testDatabase>[0],
  contract: PlaceContract,
  options: {
    account?: NonNullable<SetUpOptions["suppliers"]>[string]["account"];
    second?: boolean;
    workspace?: SetUpOptions["workspace"];
    connector?: (shop: Shop) => Supplier;
    onStatement?: OnStatement;
    /** For suppliers that get documents. */
    files?: Outside["files"];
  } = {},
): Promise<ShopFloor> {
  const { onStatement } = options;
  const database = await testDatabase(t, onStatement === undefined ? {} : { onStatement });
  const clock = new VirtualClock(new Date("2026-11-22T12:00:00Z"));
  const shop = new Shop();
  const journal: JournalLine[] = [];
  const db = database.engine;
  await insertInstallation(db, {
    id: "inst-1",
    tokenDigest: "",
    home: "",
    safeModeReason: null,
    startedAt: clock.now(),
    heartbeatAt: clock.now(),
  });
  const connectors = new Map([["shop", (options.connector ?? ((one: Shop) => one.connector(contract)))(shop)]]);
  const newGate = async (deathAt?: string): Promise<Gate> => {
    const store = memoryStore(journal);
    const death = dieAt(deathAt);
    return createGate({
      db,
      clock,
      monotonicMs: () => clock.now().getTime(),
      outside: shop.outside(clock, options.files),
      connectors,
      // The dead write nothing.
      journal: await Journal.open(
        { ...store, write: (lines, at) => death("gate-journal").then(() => store.write(lines, at)) },
        () => clock.now(),
      ),
      secrets: async () => ({}),
      buggify: death,
    });
  };
  const parts = { gate: await newGate() };
  let slot = 0;
  const worker = (deathAt?: string): TestEngine => {
    slot += 1;
    const engine = testEngine(db, { clock, slot, seed: slot, outside: shop.outside(clock, options.files) });
    Object.defineProperty(engine, "gate", { get: () => parts.gate });
    const death = dieAt(deathAt);
    engine.buggify = death;
    // The dead ask the database nothing.
    const asLongAsItLives = <T>(work: () => Promise<T>): Promise<T> => death("database").then(work);
    engine.db = {
      ...db,
      tx: (work) => asLongAsItLives(() => db.tx(work)),
      run: (statement) => asLongAsItLives(() => db.run(statement)),
      rows: (shape, statement) => asLongAsItLives(() => db.rows(shape, statement)),
    };
    return engine;
  };
  const engine = worker();
  const suppliers = {
    acme: { kind: "shop", account: options.account ?? {} },
    ...(options.second === true ? { beta: { kind: "shop" } } : {}),
  };
  const links = {
    MUG: [
      { supplier: "acme", sku: "A-MUG" },
      ...(options.second === true ? [{ supplier: "beta", sku: "B-MUG", priority: 2 }] : []),
    ],
  };
  const made = await setUp(engine, {
    suppliers,
    links,
    ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
  });

  let last = 0;
  async function orders(count = 1): Promise<OrderId[]> {
    const batch = Array.from({ length: count }, () => aChannelOrder(String((last += 1)), clock.now()));
    const stored = await storeOrders(
      engine,
      { workspaceId: made.workspaceId, channelId: made.channelId, origin: "live", actor: "channel:test" },
      batch,
    );
    clock.advance(11 * 60_000);
    await verify.run(engine);
    await release.run(engine);
    return stored.map((each) => (each as { orderId: OrderId }).orderId);
  }
  return {
    ...made,
    database,
    clock,
    shop,
    engine,
    journal,
    worker,
    orders,
    async armed() {
      await orders(1);
      await place.run(worker("place-armed"));
      const { id, fence } = await db.one(
        ArmedRow,
        sql`select id, fence from attempt order by armed_at desc, id desc limit 1`,
      );
      return { workspaceId: made.workspaceId, attemptId: id, fence, mode: "send" };
    },
    async newGate(deathAt) {
      parts.gate = await newGate(deathAt);
      return parts.gate;
    },
  };
}

const ArmedRow = row({ id: col.id<AttemptId>(), fence: col.int });

export class Died extends Error {
  override readonly name = "Died";
}
/** A process that dies does nothing more, so each later point throws too. */
function dieAt(point: string | undefined): Engine["buggify"] {
  let isDead = false;
  return async (at) => {
    if (isDead || at === point) {
      isDead = true;
      throw new Died(at);
    }
  };
}
