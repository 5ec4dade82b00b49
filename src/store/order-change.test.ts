import assert from "node:assert/strict";
import { test } from "node:test";
import type { Order } from "#domain/order.ts";
import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import { storeOrders } from "#engine/intake.ts";
import { verify } from "#engine/stages/verify.ts";
import { aChannelOrder } from "#test/channel-order.ts";
import { setUp, testEngine } from "../../test/engine.ts";
import { testDatabase } from "../../test/postgres.ts";
import {
  feedOf,
  forgetChanges,
  numberChanges,
  OrderChanges,
  readChangedOrders,
  readChanges,
  setNotified,
  workspacesToNotify,
} from "./order-change.ts";
import { readTrails } from "./trail.ts";
import { insertEndpoint, type EndpointId } from "./webhook.ts";
import { inWorkspace } from "./workspace-scope.ts";

const all = { after: 0n, limit: 100 };
const workspaceId = "1" as WorkspaceId;
const at = new Date("2026-11-22T12:00:00Z");

const order = (id: string, eventSeq: number, of = workspaceId) =>
  ({ workspaceId: of, id: id as OrderId, eventSeq }) as Order;

test("WH-1 a commit leaves one change per workspace, which names its orders and exactly the events it added", async (t) => {
  const { engine: db } = await testDatabase(t);
  const engine = testEngine(db);
  const here = await setUp(engine, {
    suppliers: { acme: {} },
    links: { MUG: [{ supplier: "acme", sku: "A-MUG" }] },
  });
  const into = { ...here, origin: "live" as const, actor: "channel:test" };
  const stored = await storeOrders(
    engine,
    into,
    ["1000", "1001"].map((id) => aChannelOrder(id, engine.clock.now(), {})),
  );
  while ((await verify.run(engine)) > 0);

  await numberChanges(db, here.workspaceId);
  const changes = await readChanges(db, here.workspaceId, all);
  assert.ok(changes.length >= 2, "coming in and being verified are commits of their own");
  assert.deepEqual(new Set(changes[0]!.orders), new Set(stored.map((each) => each.orderId)));

  for (const orderId of changes[0]!.orders) {
    const stretches = changes.flatMap((change) =>
      change.orders.flatMap((id, index) =>
        id === orderId ? [{ orderId, first: change.firstSeqs[index]!, last: change.lastSeqs[index]! }] : [],
      ),
    );
    const [trail] = await readTrails(db, here.workspaceId, stretches);
    const [whole] = await readTrails(db, here.workspaceId, [{ orderId, first: 1, last: 1000 }]);
    assert.ok(whole!.events.length > 2);
    assert.deepEqual(trail!.events, whole!.events, "together they are the whole trail, nothing twice");
  }
  const orders = await readChangedOrders(db, here.workspaceId, changes[0]!.orders);
  assert.deepEqual(new Set(orders.map((each) => each.number)).size, 2);
});

test("WH-2 changes are numbered in the order in which they became visible, whatever their ids and instants say", async (t) => {
  const { engine: db } = await testDatabase(t);
  const write = (id: string, seq: number) => {
    const changes = new OrderChanges();
    changes.add(order("7", seq), seq - 1, at);
    return (tx: typeof db) => changes.write(tx, () => id);
  };
  let commitFirst = (): void => {};
  const released = new Promise<void>((resolve) => (commitFirst = resolve));
  let hasWritten = (): void => {};
  const written = new Promise<void>((resolve) => (hasWritten = resolve));
  const slow = db.tx(async (tx) => {
    await write("10", 1)(tx as typeof db);
    hasWritten();
    await released;
  });
  await written;
  await write("20", 2)(db);
  assert.deepEqual(await workspacesToNotify(db, 10), [], "nobody listens");
  assert.equal((await numberChanges(db, workspaceId)).lastNo, 1n);

  commitFirst();
  await slow;
  assert.equal((await numberChanges(db, workspaceId)).lastNo, 2n, "what was committed late has the later number");
  assert.equal((await numberChanges(db, workspaceId)).lastNo, 2n, "and keeps it");

  const next = await readChanges(db, workspaceId, { after: 1n, limit: 10 });
  assert.deepEqual(
    next.map(({ no, firstSeqs }) => [no, firstSeqs]),
    [[2n, [1]]],
  );
});

test("WH-2 two that number at the same moment give no number twice and leave none out", async (t) => {
  const { engine: db } = await testDatabase(t, { max: 8 });
  const numbering = Array.from({ length: 30 }, async (_, index) => {
    const changes = new OrderChanges();
    changes.add(order(String(index), 1), 0, at);
    await changes.write(db, () => String(100 + index));
    await db.tx((tx) => numberChanges(tx, workspaceId));
  });
  await Promise.all(numbering);

  const changes = await readChanges(db, workspaceId, all);
  assert.deepEqual(
    changes.map(({ no }) => Number(no)),
    Array.from({ length: 30 }, (_, index) => index + 1),
  );
});

test("WH-3 a workspace's changes are its own: the API's role sees and numbers no other's", async (t) => {
  const { engine: db, api } = await testDatabase(t);
  const other = "2" as WorkspaceId;
  for (const mine of [workspaceId, other]) {
    const changes = new OrderChanges();
    changes.add(order("7", 1, mine), 0, at);
    await changes.write(db, () => `1${mine}`);
  }

  const feed = await inWorkspace(api, workspaceId, (tx) => numberChanges(tx, workspaceId));
  assert.equal(feed.lastNo, 1n);
  assert.deepEqual(await inWorkspace(api, workspaceId, (tx) => readChanges(tx, other, all)), []);
  assert.deepEqual(await readChanges(db, other, all), []);
});

test("WH-4 changes are forgotten when they are old and deliveries were made of them, or nobody listens; and not before", async (t) => {
  const { engine: db } = await testDatabase(t);
  const silent = "2" as WorkspaceId;
  const endpoint = { workspaceId, id: "5" as EndpointId, publicId: "01980000-0000-7000-8000-000000000000" };
  const wish = {
    url: "https://hooks.example.com/",
    description: "",
    events: ["*"],
    createdAt: at,
    createdBy: "user:x",
  };
  await insertEndpoint(db, { ...endpoint, ...wish });
  for (const mine of [workspaceId, silent])
    for (const id of ["10", "11"]) {
      const changes = new OrderChanges();
      changes.add(order(id, 1, mine), 0, at);
      await changes.write(db, () => id);
    }
  const later = new Date(at.getTime() + 1000);
  const numbers = async (of: WorkspaceId) => (await readChanges(db, of, all)).map(({ no }) => no);

  assert.deepEqual(await workspacesToNotify(db, 10), [workspaceId]);
  assert.equal(await forgetChanges(db, at, 100), 0, "not old");
  assert.equal(await forgetChanges(db, later, 100), 2, "nobody listens in the one, nothing is delivered in the other");
  assert.deepEqual([await numbers(workspaceId), await numbers(silent)], [[1n, 2n], []]);
  assert.deepEqual(
    await feedOf(db, silent),
    { lastNo: 2n, oldestNo: null },
    "who followed it sees that something is missing",
  );
  await setNotified(db, workspaceId, 1n);
  assert.equal(await forgetChanges(db, later, 100), 1);
  assert.deepEqual(await numbers(workspaceId), [2n]);
});
