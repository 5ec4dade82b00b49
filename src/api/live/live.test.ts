import assert from "node:assert/strict";
import { once } from "node:events";
import { request, type ClientRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "#domain/clock.ts";
import { openDb } from "#store/db.ts";
import { deleteMember, insertMember } from "#store/member.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { buildApi } from "../server.ts";
import { signedIn } from "../testing/browser.ts";
import { aServer, type TestServer } from "../testing/server.ts";
import { mostPerCaller } from "../routes/live.ts";
import { LiveFeed } from "./feed.ts";
import { followChanges, heartbeatMs } from "./stream.ts";

interface Event {
  id: string | null;
  name: string;
  data: Record<string, never> & {
    orders?: { id: string; number: string; headline: string; version: number }[];
    more?: boolean;
  };
}
interface Reader {
  status: number;
  headers: IncomingMessage["headers"];
  events: Event[];
  comments: number;
  ended: Promise<void>;
  /** Resolves with the first event that fits, those that came already included. */
  until(fits: (event: Event) => boolean): Promise<Event>;
  stopReading(): void;
  close(): void;
}

/** A quarter of an hour in twenty seconds: heartbeats come while a test waits. */
const speed = 40;
const fast: Clock = {
  now: () => new Date(Date.now() * 1),
  sleep: (ms, signal) => pause(ms / speed, undefined, { signal }).catch(() => {}) as Promise<void>,
};

/** Another API process on the same database: pools and LISTEN connection of its own, on a real port. */
async function listening(t: TestContext, at: TestServer, clock: Clock = fast): Promise<number> {
  const api = openDb(at.database.config("switchyard_api"), { max: 4, clock });
  const engine = openDb(at.database.config("switchyard_engine"), { max: 4, clock });
  const app = await buildApi({
    db: { api, engine },
    engine: at.engine,
    signIn: at.signIn,
    clock: {
      now: () => new Date(at.engine.clock.now().getTime() + (clock.now().getTime() - began) * speed),
      sleep: clock.sleep,
    },
    log: at.engine.log,
    limits: { perSecond: 1000, burst: 100_000 },
    hosts: ["localhost"],
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  t.after(async () => {
    await app.close();
    await Promise.all([api.end(), engine.end()]);
  });
  return (app.server.address() as AddressInfo).port;
}
const began = Date.now();

function follow(port: number, headers: Record<string, string>, path = "/v1/events/stream"): Promise<Reader> {
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = request({
      host: "127.0.0.1",
      port,
      path,
      headers: { host: "localhost", ...headers },
    });
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      const events: Event[] = [];
      const waiting: (() => void)[] = [];
      let text = "";
      const reader = { comments: 0 };
      const ended = new Promise<void>((end) => incoming.on("close", () => end()));
      incoming.setEncoding("utf8");
      incoming.on("error", () => {});
      incoming.on("data", (chunk: string) => {
        text += chunk;
        for (let at = text.indexOf("\n\n"); at >= 0; at = text.indexOf("\n\n")) {
          const lines = text.slice(0, at).split("\n");
          text = text.slice(at + 2);
          const of = (name: string) =>
            lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? null;
          if (lines[0]!.startsWith(":")) reader.comments += 1;
          else events.push({ id: of("id"), name: of("event")!, data: JSON.parse(of("data")!) as Event["data"] });
        }
        for (const wake of waiting.splice(0)) wake();
      });
      resolve({
        status: incoming.statusCode!,
        headers: incoming.headers,
        events,
        get comments() {
          return reader.comments;
        },
        ended,
        async until(fits) {
          const deadline = Date.now() + 20_000;
          for (;;) {
            const found = events.find(fits);
            if (found !== undefined) return found;
            if (Date.now() > deadline)
              assert.fail(`nothing of the kind among ${JSON.stringify(events).slice(0, 2000)}`);
            await Promise.race([new Promise<void>((wake) => waiting.push(wake)), pause(500)]);
          }
        },
        stopReading: () => void incoming.pause(),
        close: () => outgoing.destroy(),
      });
    });
    outgoing.end();
  });
}
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const names = (id: string) => (event: Event) => event.data.orders?.some((each) => each.id === id) === true;

test("WH-60 a screen is told which orders changed, how they stand and the counters, whichever process made the change", async (t) => {
  const at = await aServer(t);
  const [one, two] = [await listening(t, at), await listening(t, at)];
  const readers = await Promise.all([one, two].map((port) => follow(port, bearer(at.key))));
  for (const reader of readers) {
    assert.equal(reader.status, 200);
    assert.match(reader.headers["content-type"]!, /^text\/event-stream/);
    assert.match(reader.headers["cache-control"]!, /no-store/);
    assert.equal((await reader.until((event) => event.name === "ready")).id, "0");
  }
  const [order] = await at.orders([{ channelOrderId: "1" }]);
  const shown = (await at.ask("GET", `/v1/orders/${order}`)).body as unknown as {
    number: string;
    headline: string;
    version: number;
  };
  for (const reader of readers) {
    const news = await reader.until(
      (event) => event.data.orders?.some((each) => each.id === order && each.version === shown.version) === true,
    );
    const told = news.data.orders!.find((each) => each.id === order)!;
    assert.deepEqual([told.number, told.headline], [shown.number, shown.headline]);
    assert.match(news.id!, /^\d+$/);
    const { headlines, total } = (await reader.until((event) => event.name === "counts")).data as unknown as {
      headlines: Record<string, number>;
      total: number;
    };
    assert.equal(
      Object.values(headlines).reduce((sum, n) => sum + n, 0),
      total,
    );
  }
  // What a person does at one process is seen at the other.
  const hold = await at.ask("POST", `/v1/orders/${order}/hold`);
  const { version } = (hold.body as unknown as { order: { version: number } }).order;
  await readers[1]!.until(
    (event) => event.data.orders?.some((each) => each.version >= version && each.headline === "on_hold") === true,
  );
});

test("WH-61 a reader that comes back with the last id gets what it missed, at any process; each id once", async (t) => {
  const at = await aServer(t);
  const [one, two] = [await listening(t, at), await listening(t, at)];
  const first = await follow(one, bearer(at.key));
  const [before] = await at.orders([{ channelOrderId: "1" }]);
  const { id } = await first.until(names(before!));
  first.close();
  const [missed] = await at.orders([{ channelOrderId: "2" }]);
  const back = await follow(two, { ...bearer(at.key), "last-event-id": id! });
  await back.until(names(missed!));
  const ids = back.events.flatMap((event) => (event.name === "orders" ? [BigInt(event.id!)] : []));
  assert.ok(ids[0]! === BigInt(id!) + 1n, "it goes on directly after what it had");
  assert.ok(ids.every((each, index) => index === 0 || each === ids[index - 1]! + 1n));
  const byQuery = await follow(two, bearer(at.key), `/v1/events/stream?last_event_id=${id}`);
  await byQuery.until(names(missed!));
});

test("WH-62 who was away too long, or has an id that is not ours, is told to read everything anew", async (t) => {
  const at = await aServer(t);
  const port = await listening(t, at);
  await at.orders([{ channelOrderId: "1" }]);
  const reader = await follow(port, bearer(at.key));
  const now = (await reader.until((event) => event.name === "ready")).id!;
  assert.ok(BigInt(now) >= 2n);
  for (const last of [String(BigInt(now) + 1000n), "x", "99999999999999999999"]) {
    const lost = await follow(port, { ...bearer(at.key), "last-event-id": last });
    assert.equal((await lost.until((event) => event.name === "reset")).id, now);
  }
  await at.database.engine.run(
    sql`delete from order_change where workspace_id = ${at.workspaceId}::bigint and no < ${BigInt(now)}`,
  );
  const late = await follow(port, { ...bearer(at.key), "last-event-id": "0" });
  assert.equal((await late.until((event) => event.name === "reset")).id, now);
  const inTime = await follow(port, { ...bearer(at.key), "last-event-id": String(BigInt(now) - 1n) });
  assert.equal((await inTime.until((event) => event.name === "orders")).id, now);
});

test("WH-63 a stream shows its own workspace alone, and whoever may not follow is refused", async (t) => {
  const at = await aServer(t);
  const port = await listening(t, at);
  const [mine, rivals] = await Promise.all([follow(port, bearer(at.key)), follow(port, bearer(at.rival.key))]);
  const [theirs] = await at.orders([{ channelOrderId: "1" }], at.rival);
  const [ours] = await at.orders([{ channelOrderId: "2" }]);
  await rivals.until(names(theirs!));
  await mine.until(names(ours!));
  assert.ok(!JSON.stringify(mine.events).includes(theirs!));
  assert.ok(!JSON.stringify(rivals.events).includes(ours!));

  for (const role of ["prep", "supplier"] as const)
    assert.equal((await follow(port, bearer(await at.keyFor(at.workspaceId, role)))).status, 403);
  for (const role of ["viewer", "staff", "operator"] as const)
    assert.equal((await follow(port, bearer(await at.keyFor(at.workspaceId, role)))).status, 200);
  assert.equal((await follow(port, bearer("swk_000000000000_" + "0".repeat(64)))).status, 401);
});

test("WH-64 a quiet stream sends a sign of life, and ends when its key is revoked", async (t) => {
  const at = await aServer(t);
  const port = await listening(t, at);
  const key = await at.keyFor(at.workspaceId, "viewer");
  const reader = await follow(port, bearer(key));
  await reader.until((event) => event.name === "ready");
  for (let turn = 0; turn < 100 && reader.comments < 2; turn += 1) await pause(heartbeatMs / speed / 4);
  assert.ok(reader.comments >= 2);
  await at.database.engine.run(
    sql`update api_key set revoked_at = ${at.engine.clock.now()} where prefix = ${key.split("_")[1]!}`,
  );
  await reader.until((event) => event.name === "end");
  await reader.ended;
  const [order] = await at.orders([{ channelOrderId: "1" }]);
  assert.ok(!JSON.stringify(reader.events).includes(order!));
  assert.equal((await follow(port, bearer(key))).status, 401);
});

test("WH-64 a signed-in reader's stream ends when the membership, its role or the session goes, and keeps no session alive", async (t) => {
  const at = await aServer(t);
  const port = await listening(t, at);
  const open = async (email: string) => {
    const browser = await signedIn(at, { email, role: "staff" });
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const reader = await follow(port, { cookie });
    assert.equal(reader.status, 200);
    return { reader, userId: browser.userId };
  };
  const [removed, demoted, signedOut, stays] = [
    await open("a@example.org"),
    await open("b@example.org"),
    await open("c@example.org"),
    await open("d@example.org"),
  ];
  const Used = row({ at: col.instant });
  const used = () =>
    at.database.auth.rows(Used, sql`select updated_at as at from auth.session order by updated_at, id`);
  const before = await used();
  await deleteMember(at.database.engine, at.workspaceId, removed.userId);
  await at.database.engine.run(sql`update member set role = 'prep' where user_id = ${demoted.userId}::uuid`);
  await at.database.auth.run(sql`delete from auth.session where user_id = ${signedOut.userId}::uuid`);
  for (const { reader } of [removed, demoted, signedOut]) {
    await reader.until((event) => event.name === "end");
    await reader.ended;
  }
  assert.ok(stays.reader.events.every((event) => event.name !== "end"));
  const times = new Set(before.map((each) => each.at.getTime()));
  assert.ok(
    (await used()).every((each) => times.has(each.at.getTime())),
    "looking again renews nothing",
  );
});

test("WH-63 a member of several workspaces names one in the address, as a browser's EventSource cannot send headers", async (t) => {
  const at = await aServer(t);
  const port = await listening(t, at);
  const browser = await signedIn(at, { email: "both@example.org", role: "staff" });
  const createdAt = at.engine.clock.now();
  await insertMember(at.database.engine, {
    workspaceId: at.rival.workspaceId,
    userId: browser.userId,
    role: "viewer",
    supplierIds: [],
    createdAt,
  });
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  assert.equal((await follow(port, { cookie })).status, 400);
  assert.equal((await follow(port, { cookie }, "/v1/events/stream?workspace=nobody")).status, 403);
  const reader = await follow(port, { cookie }, "/v1/events/stream?workspace=rival");
  const [theirs] = await at.orders([{ channelOrderId: "1" }], at.rival);
  await reader.until(names(theirs!));
  const list = await browser.ask("GET", "/v1/orders?workspace=rival", undefined, { "x-switchyard-workspace": "rival" });
  assert.equal(list.status, 400, "nowhere else");
});

test("WH-65 one caller has six streams at a time, and gets another when one is closed", async (t) => {
  const at = await aServer(t);
  const port = await listening(t, at);
  const readers: Reader[] = [];
  for (let n = 0; n < mostPerCaller; n += 1) readers.push(await follow(port, bearer(at.key)));
  const refused = await follow(port, bearer(at.key));
  assert.equal(refused.status, 429);
  assert.equal(
    (await follow(port, bearer(await at.keyFor(at.workspaceId, "owner")))).status,
    200,
    "another caller has its own",
  );
  readers[0]!.close();
  for (let turn = 0; turn < 50; turn += 1) {
    const again = await follow(port, bearer(at.key));
    if (again.status === 200) return;
    await pause(20);
  }
  assert.fail("a closed stream kept its place");
});

test("WH-65 a reader that leaves while its key is looked up takes no place", { timeout: 60_000 }, async (t) => {
  const at = await aServer(t);
  const port = await listening(t, at);
  await at.database.owner.tx(async (tx) => {
    await tx.run(sql`lock table api_key in access exclusive mode`);
    const leaving = Array.from({ length: mostPerCaller }, () => {
      const headers = { host: "localhost", ...bearer(at.key) };
      return request({ host: "127.0.0.1", port, path: "/v1/events/stream", headers })
        .on("error", () => {})
        .end();
    });
    await Promise.all(leaving.map((each) => once(each, "finish")));
    await pause(200);
    for (const each of leaving) each.destroy();
    await pause(200);
  });
  for (let turn = 0; turn < mostPerCaller; turn += 1) {
    assert.equal((await follow(port, bearer(at.key))).status, 200);
    await pause(50);
  }
});

test("WH-66 who reads slowly is read for slowly: nothing is collected for it, and it misses nothing when it goes on", async (t) => {
  const at = await aServer(t);
  const port = await listening(t, at);
  const slow = await follow(port, bearer(at.key));
  await slow.until((event) => event.name === "ready");
  slow.stopReading();
  const ids = await at.orders(Array.from({ length: 40 }, (_, n) => ({ channelOrderId: String(n) })));
  const back = await follow(port, bearer(at.key));
  await back.until((event) => event.name === "ready");
  const [last] = await at.orders([{ channelOrderId: "last" }]);
  await back.until(names(last!));
  assert.equal(slow.events.length, 1);
  slow.close();
  const again = await follow(port, { ...bearer(at.key), "last-event-id": slow.events[0]!.id! });
  await again.until(names(last!));
  for (const id of ids) assert.ok(again.events.some(names(id)), id);
});

test("WH-66 what nobody reads is not looked at either", async (t) => {
  const at = await aServer(t);
  let statements = 0;
  const db = openDb(at.database.config("switchyard_api"), {
    max: 2,
    clock: fast,
    onStatement: (_statement, send) => {
      statements += 1;
      return send();
    },
  });
  t.after(() => db.end());
  const feed = new LiveFeed(db, fast);
  const closed = new AbortController();
  const events = followChanges(feed, {
    workspaceId: at.workspaceId,
    after: null,
    mayStill: () => Promise.resolve(true),
    closed: closed.signal,
    clock: fast,
  });
  await events.next();
  const before = statements;
  for (let n = 0; n < 10; n += 1) await at.orders([{ channelOrderId: String(n) }]);
  await pause(300);
  assert.equal(statements, before);
  const seen: string[] = [];
  while (!seen.some((event) => event.includes('"#9"'))) seen.push((await events.next()).value as string);
  const shared = statements;
  await Promise.all([1n, 1n, 1n, 1n].map((after) => feed.look(at.workspaceId, after)));
  assert.ok(statements - shared <= 9, "four that stand at the same place share one look");
  closed.abort();
  await events.return(undefined);
  await feed.close();
});

test("WH-67 a process that stops ends its streams first; readers come back elsewhere", async (t) => {
  const at = await aServer(t);
  const api = openDb(at.database.config("switchyard_api"), { max: 4, clock: fast });
  const app = await buildApi({
    db: { api, engine: at.database.engine },
    engine: at.engine,
    signIn: at.signIn,
    clock: { now: () => at.engine.clock.now(), sleep: fast.sleep },
    log: at.engine.log,
    hosts: ["localhost"],
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const reader = await follow((app.server.address() as AddressInfo).port, bearer(at.key));
  await reader.until((event) => event.name === "ready");
  await app.close();
  await reader.ended;
  await api.end();
});
