import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { request as send } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "#cli/config.ts";
import { connect, type Connection } from "#cli/connect.ts";
import { ensureSandbox } from "#cli/sandbox-workspace.ts";
import { publicId, type AccountId } from "#domain/ids.ts";
import { topUp } from "#engine/manage/balance.ts";
import { setSettings } from "#engine/manage/settings.ts";
import { rates } from "#sandbox/catalogue.ts";
import { listChannels } from "#store/channel.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { listWorkspaces } from "#store/workspace.ts";
import { Family, type Member } from "./chaos/family.ts";
import { freePort } from "./free-port.ts";
import { testDatabase } from "./postgres.ts";

/** Made by suppliers that can be asked what became of an order, so that no person is needed where a worker dies. */
const wares = ["HP-MUG-TIDE", "HP-TEAPOT", "HP-LANTERN"];

test("RN-13 two API processes and three workers, two killed and two restarted in turn: no wrong answer, nothing lost, nothing done twice", async (t) => {
  const house = await House.open(t);
  const buyers = Array.from({ length: 5 }, (_, no) => house.buy(no));
  const readers = Array.from({ length: 2 }, () => house.read());

  await sleep(2_500);
  await house.kill("api 1");
  await sleep(2_500);
  await house.kill("worker 1");
  await sleep(2_500);
  const ends = [await house.restart("api 2"), await house.restart("worker 3")];
  await sleep(1_500);
  house.shut();
  await Promise.all([...buyers, ...readers]);
  await house.askAgain();
  t.diagnostic(
    `${house.told.size} orders, ${house.answers} answers, ${house.lost} requests without one, ${house.refused} told to come back`,
  );

  assert.deepEqual(house.wrong, []);
  assert.deepEqual(ends, [0, 0], "who is told to stop ends well");
  assert.ok(house.told.size > 30, `only ${house.told.size} orders: there was nothing to break`);
  assert.ok(house.lost > 0, "the kills were felt");
  await house.untilPlaced();
  assert.deepEqual(await house.compare(), []);
  assert.equal(await house.verify(), "");
});

class House {
  readonly #family: Family;
  readonly #connection: Connection;
  readonly #ports: readonly number[];
  readonly #members = new Map<string, Member>();
  readonly #open = new AbortController();
  #worldUrl = "";
  #channel = "";
  /** Order id by number: what was answered. */
  readonly told = new Map<string, string>();
  /** Asked for, and answered by nobody yet. */
  readonly #owed = new Map<string, Record<string, unknown>>();
  readonly wrong: string[] = [];
  answers = 0;
  lost = 0;
  refused = 0;

  private constructor(family: Family, connection: Connection, ports: readonly number[]) {
    this.#family = family;
    this.#connection = connection;
    this.#ports = ports;
  }

  static async open(t: TestContext): Promise<House> {
    const database = await testDatabase(t, { kind: "empty" });
    const folder = await mkdtemp(join(tmpdir(), "switchyard-several-"));
    const env = {
      ...process.env,
      SWITCHYARD_DATA: join(folder, "data"),
      SWITCHYARD_HOME: join(folder, "home"),
      DATABASE_URL: database.url("postgres"),
      NODE_COMPILE_CACHE: join(tmpdir(), "switchyard-test-compiled"), // a dozen starts, and those of the next run
      NODE_TEST_CONTEXT: undefined,
    };
    const family = new Family(folder, env);
    const connection = await connect(readConfig(env), { connections: 4 });
    const house = new House(family, connection, [await freePort(), await freePort()]);
    t.after(async () => {
      house.shut();
      await family.end(20_000);
      await connection.close();
      await rm(folder, { recursive: true, force: true });
    });
    await house.#moveIn(folder);
    return house;
  }

  async #moveIn(folder: string): Promise<void> {
    const worldFolder = join(folder, "world");
    await mkdir(worldFolder, { recursive: true });
    const quiet = ["--orders-at-start", "0", "--orders-per-minute", "0", "--quiet-orders-per-minute", "0"];
    const world = this.#family.start(
      "world",
      "src/sandbox/main.ts",
      ...["--folder", worldFolder, "--speed", "60", "--faults", "calm", "--history-days", "0"],
      ...["--until-stdin-ends", ...quiet],
    );
    this.#worldUrl = (JSON.parse(await world.says(/^\{"ready":true.*\}$/m)) as { url: string }).url;
    await this.#start("worker 1").says(/^Ready: /m);
    const { manage, db } = this.#connection;
    await ensureSandbox(manage, { baseUrl: this.#worldUrl, speed: 60 });
    const [workspace] = await listWorkspaces(db);
    const workspaceId = workspace!.id;
    const quick = await setSettings(manage, { of: "workspace", workspaceId }, { bufferMs: 1_000 });
    assert.equal(quick.status, "ok");
    for (const { id } of await db.rows(
      row({ id: col.id<AccountId>() }),
      sql`select a.id from supplier_account a where a.workspace_id = ${workspaceId}::bigint and a.settings ->> 'payment' = 'prepaid'`,
    ))
      await topUp(manage, { workspaceId, accountId: id, amount: "1000000.00", reference: "for a long day" });
    const [channel] = await listChannels(db, workspaceId);
    this.#channel = publicId("channel", channel!.publicId);
    await Promise.all(["worker 2", "worker 3", "api 1", "api 2"].map((name) => this.#start(name).says(/^Ready: /m)));
  }

  #start(name: string): Member {
    const [kind, no] = name.split(" ");
    const args = kind === "api" ? ["api", "--port", String(this.#ports[Number(no) - 1])] : ["worker"];
    const member = this.#family.start(name, "src/cli/main.ts", ...args);
    this.#members.set(name, member);
    return member;
  }

  /** Dies in the middle of whatever it does, and is started again as a service manager does. */
  async kill(name: string): Promise<void> {
    const member = this.#members.get(name)!;
    member.signal("SIGKILL");
    await member.gone;
    await this.#start(name).says(/^Ready: /m);
  }

  /** Is told to stop, and started again; answers how it ended. */
  async restart(name: string): Promise<number | null> {
    const member = this.#members.get(name)!;
    member.signal("SIGTERM");
    await member.gone;
    await this.#start(name).says(/^Ready: /m);
    return member.exitCode();
  }

  shut(): void {
    this.#open.abort();
  }

  /** Somebody's shop that sends us its orders. What gets no answer is sent again with its key, to whichever process answers. */
  async buy(shop: number): Promise<void> {
    for (let n = 1; !this.#open.signal.aborted; n += 1) {
      const number = `S${shop}-${n}`;
      const order = {
        channel: this.#channel,
        number,
        currency: "EUR",
        payment: "paid",
        shipping_method: rates[0].title,
        ship_to: { name: "Ada Example", line1: "Hafenstr. 5", city: "Hamburg", postcode: "20095", country: "DE" },
        lines: [{ sku: wares[(shop + n) % wares.length], quantity: 1, unit_price: "60.00" }],
      };
      this.#owed.set(number, order);
      await this.#order(number, order, number, 20);
      const id = this.told.get(number);
      // A shop that lost the answer, and asks the other process with the same key.
      if (id !== undefined && n % 4 === 0) await this.#order(number, order, number, 20);
      await sleep(400);
    }
  }

  async #order(number: string, order: Record<string, unknown>, key: string, tries: number): Promise<void> {
    for (let no = 0; no < tries; no += 1) {
      const at = this.#ports[(no + number.length + this.answers) % 2]!;
      const answer = await ask(at, "POST", "/v1/orders", { "idempotency-key": key }, order);
      if (answer === null) this.lost += 1;
      else if (answer.status === 503 || (answer.status === 409 && answer.body["code"] === "in_progress"))
        this.refused += 1;
      else {
        this.answers += 1;
        const { id } = (answer.body["order"] ?? answer.body) as { id?: string };
        const before = this.told.get(number);
        if (answer.status > 201 || id === undefined)
          this.wrong.push(`POST ${number}: ${answer.status} ${JSON.stringify(answer.body)}`);
        else if (before !== undefined && before !== id) this.wrong.push(`${number} is ${before}, and then ${id}`);
        else {
          this.told.set(number, id);
          this.#owed.delete(number);
        }
        return;
      }
      await sleep(250);
    }
  }

  /** Somebody who looks at what was answered, at whichever process: what one has said is there for all. */
  async read(): Promise<void> {
    for (let n = 0; !this.#open.signal.aborted; n += 1) {
      await sleep(150);
      const known = [...this.told];
      const [number, id] = known[(n * 7) % Math.max(1, known.length)] ?? [];
      if (id === undefined) continue;
      const answer = await ask(this.#ports[n % 2]!, "GET", `/v1/orders/${id}`);
      if (answer === null || answer.status === 503) continue;
      this.answers += 1;
      if (answer.status !== 200 || answer.body["number"] !== number)
        this.wrong.push(`GET ${number}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`);
    }
  }

  /** A request that died with its process keeps its key for a minute; who does not wait sends the same order with another one, and gets the one that is there. */
  async askAgain(): Promise<void> {
    for (const [number, order] of this.#owed) await this.#order(number, order, `${number}-again`, 40);
    for (const number of this.#owed.keys()) this.wrong.push(`${number} was never answered`);
  }

  async untilPlaced(): Promise<void> {
    const waiting = row({ n: col.int });
    for (let waitedMs = 0; waitedMs < 40_000; waitedMs += 250) {
      const { n } = await this.#connection.db.one(
        waiting,
        sql`select count(*)::int as n from fulfillment_order where state in ('received', 'waiting', 'placing', 'outcome_unknown')`,
      );
      if (n === 0) return;
      await sleep(250);
    }
  }

  /** What was answered, what is stored, and what the suppliers really sold must be one and the same. */
  async compare(): Promise<string[]> {
    const { purchases } = (await (await fetch(`${this.#worldUrl}/admin/truth`)).json()) as {
      purchases: { reference: string; supplierOrderId: string; lines: { units: number }[] }[];
    };
    const stored = await this.#connection.db.rows(
      row({
        number: col.text,
        id: col.text,
        parts: col.list(col.text),
        bought: col.list(col.text),
        holds: col.list(col.text),
      }),
      sql`
      select o.number, o.public_id::text as id, array(select f.state from fulfillment_order f where f.workspace_id = o.workspace_id and f.order_id = o.id) as parts,
             array(select a.reference from attempt a where a.workspace_id = o.workspace_id and a.order_id = o.id and a.state = 'placed') as bought,
             array(select h.code from hold h where h.workspace_id = o.workspace_id and h.order_id = o.id and h.closed_at is null) as holds
        from sales_order o`,
    );
    const problems: string[] = [];
    const numbers = new Map(stored.map((each) => [each.number, each]));
    if (numbers.size !== stored.length) problems.push("an order is there twice");
    for (const [number, id] of this.told)
      if (publicId("order", numbers.get(number)?.id ?? "") !== id) problems.push(`${number} was answered and is lost`);
    for (const { number, parts, bought, holds } of stored) {
      if (!this.told.has(number)) problems.push(`${number} is there and was never answered`);
      if (parts.length !== 1 || bought.length !== 1)
        problems.push(`${number}: ${parts.join()} ${holds.join()}, bought ${bought.length} times`);
    }
    const expected = new Set(stored.flatMap(({ bought }) => bought));
    const times = new Map<string, number>();
    for (const { reference } of purchases) times.set(reference, (times.get(reference) ?? 0) + 1);
    for (const [reference, count] of times) {
      if (count > 1) problems.push(`${reference} was bought ${count} times`);
      if (!expected.has(reference)) problems.push(`${reference} was bought, and nobody here knows`);
    }
    for (const reference of expected) if (!times.has(reference)) problems.push(`${reference} was never bought`);
    return problems;
  }

  /** The invariants, as an administrator checks them; answers what is violated. */
  async verify(): Promise<string> {
    const verify = this.#family.start("verify", "src/cli/main.ts", "verify");
    await verify.gone;
    return verify.exitCode() === 0 ? "" : verify.lastWords();
  }
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** One request on a connection of its own; null: nobody answered, or not to the end. */
function ask(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: unknown,
): Promise<Answer | null> {
  const text = body === undefined ? "" : JSON.stringify(body);
  const json =
    body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  return new Promise((resolve) => {
    const asked = send({ host: "127.0.0.1", port, method, path, headers: { ...headers, ...json }, agent: false });
    asked.setTimeout(15_000, () => asked.destroy());
    asked.on("error", () => resolve(null));
    asked.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => resolve(null));
      response.on("end", () => {
        try {
          resolve({ status: response.statusCode!, body: JSON.parse(Buffer.concat(chunks).toString("utf8")) as never });
        } catch {
          resolve(null);
        }
      });
    });
    asked.end(text);
  });
}
