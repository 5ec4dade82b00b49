import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { realClock, realRandom } from "#cli/clock.ts";
import { readConfig } from "#cli/config.ts";
import { connect, type Connection } from "#cli/connect.ts";
import { runSandboxPeople } from "#cli/sandbox-people.ts";
import { ensureSandbox } from "#cli/sandbox-workspace.ts";
import type { Random } from "#domain/clock.ts";
import { publicId, type AccountId, type WorkspaceId } from "#domain/ids.ts";
import { topUp } from "#engine/manage/balance.ts";
import { setSettings } from "#engine/manage/settings.ts";
import { supplierByCode } from "#sandbox/catalogue.ts";
import type { WorldEvent } from "#sandbox/events.ts";
import { listSuppliers } from "#store/supplier.ts";
import { listWorkspaces } from "#store/workspace.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import type { Acknowledged } from "../../sim/checker/check.ts";
import { freePort } from "../free-port.ts";
import { Family, type Member } from "./family.ts";

export const speed = 60;
/** What buyers take: every kind of supplier, people included now and then. */
const wares = ["HP-MUG-TIDE", "HP-TEAPOT", "HP-CANDLE-6", "HP-LANTERN", "HP-BLANKET", "HP-SOAP", "HP-TEA-SET"];
const pairs = new Set(["HP-SOAP"]); // bought in twos

export interface TownOptions {
  workers: number;
  /** Orders a second. */
  rate: number;
  faults: string;
  random: Random;
}

/**
 * An installation as it runs in earnest, and the world around it: worker processes, an API, a pretend world with its shop, suppliers and people. Whoever of
 * them dies is started again at once, as a service manager does; only the database is left to the product.
 */
export class Town {
  readonly family: Family;
  readonly connection: Connection;
  readonly acknowledged: Acknowledged[] = [];
  sold = 0;
  readonly #options: TownOptions;
  readonly #apiPort: number;
  readonly #places = new Map<string, Member>();
  readonly #stop = new AbortController();
  readonly #noSale = new AbortController();
  readonly #busy: Promise<unknown>[] = [];
  readonly #ready = new WeakSet<Member>();
  #worldUrl = "";

  private constructor(family: Family, connection: Connection, apiPort: number, options: TownOptions) {
    this.family = family;
    this.connection = connection;
    this.#apiPort = apiPort;
    this.#options = options;
  }

  static async found(folder: string, options: TownOptions): Promise<Town> {
    const dataDir = join(folder, "data");
    const env = {
      ...process.env,
      SWITCHYARD_DATA: dataDir,
      SWITCHYARD_HOME: join(folder, "home"),
      NODE_COMPILE_CACHE: join(folder, "compiled"), // several hundred starts
      NODE_TEST_CONTEXT: undefined,
      DATABASE_URL: undefined,
    };
    const family = new Family(folder, env);
    const connection = await connect(readConfig(env), { connections: 4 });
    const town = new Town(family, connection, await freePort(), options);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, town.#leaveNobody);
    try {
      await town.#open(folder);
      return town;
    } catch (error) {
      await town.close();
      throw error;
    }
  }

  async #open(folder: string): Promise<void> {
    const { connection, family } = this;
    const worldFolder = join(folder, "world");
    await mkdir(worldFolder, { recursive: true });
    const quiet = ["--orders-at-start", "0", "--orders-per-minute", "0", "--quiet-orders-per-minute", "0"];
    const world = family.start(
      "world",
      "src/sandbox/main.ts",
      ...["--folder", worldFolder, "--speed", String(speed), "--faults", this.#options.faults],
      ...["--history-days", "0", "--opens-at-start", "--until-stdin-ends", ...quiet],
    );
    this.#worldUrl = (JSON.parse(await world.says(/^\{"ready":true.*\}$/m)) as { url: string }).url;
    for (const { code, items } of supplierByCode.values())
      for (const { sku } of items)
        await this.world("PUT", `/admin/suppliers/${code}/items/${sku}`, { onHand: 1_000_000 });

    await this.#keep("worker 1").says(/^Ready: /m); // the first one names the installation
    await ensureSandbox(connection.manage, { baseUrl: this.#worldUrl, speed });
    const [workspace] = await listWorkspaces(connection.db);
    const workspaceId = workspace!.id;
    // What comes after a gap as long as the buffer is not bought by itself, and a storm makes gaps: with more time to come, more is bought in the middle of it.
    const settings = await setSettings(connection.manage, { of: "workspace", workspaceId }, { bufferMs: 20_000 });
    if (settings.status === "refused") throw new Error(settings.message);
    await this.#fillTheAccounts(workspaceId);
    for (let no = 2; no <= this.#options.workers; no += 1) this.#keep(`worker ${no}`);
    await this.#keep("api").says(/^Ready: /m);
    const people = {
      url: this.apiUrl,
      worldUrl: this.#worldUrl,
      clock: realClock,
      random: realRandom,
      log: mute,
      speed,
    };
    this.#busy.push(runSandboxPeople(people, { isNew: false }, this.#stop.signal), this.#sell(), this.#confirm());
  }

  /** Keeps a place filled: whoever was there and died is followed by the next. */
  #keep(name: string): Member {
    const args = name === "api" ? ["api", "--port", String(this.#apiPort)] : ["worker"];
    const member = this.family.start(name, "src/cli/main.ts", ...args);
    this.#places.set(name, member);
    void member.says(/^Ready: /m).then(
      () => this.#ready.add(member),
      () => {}, // it died on the way
    );
    void member.gone.then(() => sleep(100)).then(() => void (this.#stop.signal.aborted || this.#keep(name)));
    return member;
  }
  workers(): Member[] {
    return [...this.#places.values()].filter((member) => member.name !== "api" && member.isAlive());
  }
  /** It has said so; on a busy machine that takes a while. */
  isReady(member: Member): boolean {
    return this.#ready.has(member);
  }
  api(): Member {
    return this.#places.get("api")!;
  }
  get apiUrl(): string {
    return `http://127.0.0.1:${this.#apiPort}`;
  }

  async world(method: string, path: string, body?: unknown): Promise<unknown> {
    return ask(method, `${this.#worldUrl}${path}`, body);
  }
  /** The world's own log, from its first line. */
  async log(): Promise<WorldEvent[]> {
    const events: WorldEvent[] = [];
    for (;;) {
      const page = (await this.world("GET", `/admin/log?after=${events.length}&limit=10000`)) as {
        events: WorldEvent[];
      };
      if (page.events.length === 0) return events;
      events.push(...page.events);
    }
  }

  async #fillTheAccounts(workspaceId: WorkspaceId): Promise<void> {
    const { manage, db } = this.connection;
    const suppliers = await listSuppliers(db, workspaceId);
    const accounts = await db.rows(
      row({ id: col.id<AccountId>(), supplierId: col.text }),
      sql`select id, supplier_id::text as supplier_id from supplier_account where workspace_id = ${workspaceId}::bigint`,
    );
    const prepaid = suppliers.find(({ name }) => name === supplierByCode.get("northlight")!.name);
    const account = accounts.find(({ supplierId }) => supplierId === prepaid?.id);
    await topUp(manage, { workspaceId, accountId: account!.id, amount: "9000000.00", reference: "for a long night" });
  }

  /** Buyers buy, and some think better of it: in the shop, or by calling somebody who presses the button. */
  async #sell(): Promise<void> {
    const { random, rate } = this.#options;
    let owed = 0;
    while (!this.#noSale.signal.aborted) {
      await realClock.sleep(250, this.#noSale.signal);
      owed += rate / 4;
      for (; owed >= 1 && !this.#noSale.signal.aborted; owed -= 1) {
        const sku = wares[Math.floor(random.next() * wares.length)]!;
        const quantity = (1 + Math.floor(random.next() * 2)) * (pairs.has(sku) ? 2 : 1);
        const mood = random.next();
        const order = {
          sku,
          quantity,
          address: "good",
          paid: true,
          ...(mood < 0.05 ? { cancelsAfterMs: 180_000 } : {}),
        };
        const answer = (await this.world("POST", "/admin/sell", { count: 1, order })) as { orders: { id: string }[] };
        this.sold += 1;
        if (mood > 0.9) this.#busy.push(this.#callOff(answer.orders[0]!.id, 2_000 + 8_000 * random.next()));
      }
    }
  }

  /** Somebody cancels in our own API. Only what was answered counts as promised. */
  async #callOff(channelOrderId: string, afterMs: number): Promise<void> {
    await realClock.sleep(afterMs, this.#noSale.signal);
    try {
      const found = await this.connection.db.maybe(
        row({ uuid: col.text }),
        sql`select public_id::text as uuid from sales_order where channel_order_id = ${channelOrderId}`,
      );
      if (found === undefined) return;
      const said = (await ask("POST", `${this.apiUrl}/v1/orders/${publicId("order", found.uuid)}/cancel`, {})) as {
        order: { headline: string };
        asked: unknown[];
      };
      if (said.asked.length === 0 && said.order.headline === "cancelled")
        this.acknowledged.push({ channelOrderId, at: Date.now(), step: this.acknowledged.length });
    } catch {
      // No answer, so nothing was promised.
    }
  }

  /**
   * Where a supplier can neither be asked by key nor by reference, only a person can tell: somebody who looks at the supplier's own books and says what is
   * there. Refused while the time to settle has not passed; then the next round says it.
   */
  async #confirm(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await realClock.sleep(4_000, this.#stop.signal);
      await this.tellWhatIsThere().catch(() => {}); // the API is away; the next round
    }
  }
  async tellWhatIsThere(): Promise<void> {
    const { orders } = (await ask("GET", `${this.apiUrl}/v1/orders?state=checking&limit=200`)) as {
      orders: { id: string }[];
    };
    if (orders.length === 0) return;
    const { purchases } = (await this.world("GET", "/admin/truth")) as {
      purchases: { reference: string; supplierOrderId: string }[];
    };
    const bought = new Map(purchases.map((each) => [each.reference, each.supplierOrderId]));
    for (const { id } of orders) {
      const detail = (await ask("GET", `${this.apiUrl}/v1/orders/${id}`)) as {
        fulfillment_orders: { id: string; attempts: { no: number; state: string; reference: string }[] }[];
      };
      for (const part of detail.fulfillment_orders) {
        for (const attempt of part.attempts.filter((each) => each.state === "unknown")) {
          const number = bought.get(attempt.reference);
          const at = `${this.apiUrl}/v1/fulfillment-orders/${part.id}/attempts/${attempt.no}`;
          await (
            number === undefined
              ? ask("POST", `${at}/confirm-not-bought`, { reason: "looked at the supplier's list" })
              : ask("POST", `${at}/confirm-bought`, { supplier_order_id: number })
          ).catch(() => {});
        }
      }
    }
  }

  /** Buyers go home; what they bought goes on. */
  stopSelling(): void {
    this.#noSale.abort();
  }

  /** What `prove` says of the suppliers that have a list of their own; answers what it objects to. */
  async prove(): Promise<string[]> {
    const problems: string[] = [];
    for (const code of ["northlight", "kestrel", "bazaar"]) {
      const { name } = supplierByCode.get(code)!;
      const proof = this.family.start(
        "prove",
        "src/cli/main.ts",
        "prove",
        "--supplier",
        name,
        "--workspace",
        "sandbox",
      );
      await proof.gone;
      if (proof.exitCode() !== 0) problems.push(`prove --supplier "${name}": ${proof.lastWords().trim()}`);
    }
    return problems;
  }

  /** Workers and API end as they do in earnest, so that nothing changes any more; the world stays, to be asked. Answers who did not end. */
  async rest(): Promise<string[]> {
    this.stopSelling();
    this.#stop.abort();
    await Promise.allSettled(this.#busy);
    const members = [...this.#places.values()];
    for (const member of members) member.signal("SIGTERM");
    await Promise.race([Promise.all(members.map((member) => member.gone)), sleep(60_000, undefined, { ref: false })]);
    return members.filter((member) => member.isAlive()).map((member) => member.name);
  }

  /** Who is told to stop in the middle takes everybody along. */
  readonly #leaveNobody = (): void => void this.close().finally(() => process.exit(130));

  /** Everybody ends as they do in earnest; answers the pids of those who had to be killed. */
  async close(): Promise<number[]> {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, this.#leaveNobody);
    this.stopSelling();
    this.#stop.abort();
    await Promise.allSettled(this.#busy);
    const left = await this.family.end(30_000);
    await this.connection.close();
    return left;
  }
}

const mute = { info: () => {}, warn: () => {}, error: () => {} };

async function ask(method: string, url: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
