import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { WebhookAnswer } from "#domain/webhook-plan.ts";
import {
  createWebhook,
  changeWebhook,
  deleteWebhook,
  resendWebhooks,
  rotateWebhookSecret,
  testWebhook,
} from "#engine/manage/webhook.ts";
import { storeOrders } from "#engine/intake.ts";
import { listChanges } from "#store/management-event.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { workspacesToNotify } from "#store/order-change.ts";
import {
  findDelivery,
  findEndpoint,
  letGoOfEndpoint,
  listDeliveries,
  readWebhookTrouble,
  renewEndpoint,
  takeEndpoints,
  type Endpoint,
} from "#store/webhook.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { aChannelOrder } from "#test/channel-order.ts";
import { setUp, testEngine, VirtualClock, type SetUp, type TestEngine } from "../../../test/engine.ts";
import { testDatabase } from "../../../test/postgres.ts";
import { testVault } from "../../../test/vault.ts";
import type { ManageContext } from "../manage/context.ts";
import { makeDeliveries } from "../webhooks/deliveries.ts";
import { signWebhook } from "../webhooks/signature.ts";
import { release } from "./release.ts";
import { verify } from "./verify.ts";
import { changesKeptMs, deliveriesKeptMs, notify } from "./notify.ts";

interface Sent {
  url: string;
  headers: Record<string, string>;
  body: { type: string; timestamp: string; data: Record<string, Record<string, unknown>> };
  text: string;
  at: Date;
}
const thanks: WebhookAnswer = { status: 200, retryAfterMs: null, text: "thanks" };
const failing: WebhookAnswer = { status: 500, retryAfterMs: null, text: "no" };

/** A workspace with an outside that answers as told, under a virtual clock. */
async function aDesk(t: TestContext, slug = "acme") {
  const database = await testDatabase(t, { max: 8 });
  const clock = new VirtualClock(new Date("2026-11-22T12:00:00Z"));
  const sent: Sent[] = [];
  let answer: (request: Sent) => WebhookAnswer | Promise<WebhookAnswer> = () => thanks;
  const webhooks = {
    objection: (url: string) => (url.startsWith("https://") ? null : "Only https."),
    async post({ url, headers, body }: { url: string; headers: Record<string, string>; body: string }) {
      const request = { url, headers, text: body, body: JSON.parse(body) as Sent["body"], at: clock.now() };
      sent.push(request);
      return answer(request);
    },
  };
  const another = (): TestEngine => ({
    ...testEngine(database.engine, { clock, vault: testVault(database, () => clock.now()) }),
    webhooks,
  });
  const engine = another();
  const here = await setUp(engine, {
    slug,
    suppliers: { acme: {} },
    links: { MUG: [{ supplier: "acme", sku: "A-MUG" }] },
  });
  const manage: ManageContext = { ...engine, suppliers: new Map(), actor: "user:owner", webhooks };
  const { workspaceId } = here;
  const settle = async (): Promise<void> => {
    do while ((await notify.run(engine)) > 0);
    while ((await notify.settle!(engine), await notify.run(engine)) > 0);
  };
  return {
    database,
    engine,
    another,
    clock,
    here,
    workspaceId,
    manage,
    sent,
    settle,
    answers: (how: typeof answer) => (answer = how),
    async endpoint(url: string, events: string[] = ["*"]): Promise<Endpoint & { secret: string }> {
      const made = await createWebhook(manage, workspaceId, { url, events, description: "" });
      assert.equal(made.status, "ok");
      return made.status === "ok" ? { ...made.value.endpoint, secret: made.value.secret } : assert.fail();
    },
    on: (endpoint: Endpoint) => ({ workspaceId, endpoint: endpoint.publicId }),
    deliveries: async (endpoint: Endpoint) =>
      (await listDeliveries(database.engine, endpoint, { state: null, before: null, limit: 100 })).deliveries,
    read: async (endpoint: Endpoint) => (await findEndpoint(database.engine, workspaceId, endpoint.publicId))!,
    orders: (ids: string[], sku = "MUG", of: SetUp = here) => storeSome(engine, of, ids, sku),
  };
}

async function storeSome(engine: TestEngine, of: SetUp, ids: readonly string[], sku: string): Promise<void> {
  const orders = ids.map((id) =>
    aChannelOrder(id, engine.clock.now(), { lines: [{ ...aChannelOrder(id, engine.clock.now(), {}).lines[0]!, sku }] }),
  );
  await storeOrders(engine, { ...of, origin: "live", actor: "channel:test" }, orders);
  while ((await verify.run(engine)) + (await release.run(engine)) > 0);
}
const types = (sent: readonly Sent[]): string[] => sent.map((each) => each.body.type);

test("WH-12 what happens to an order is told to each endpoint that listens to it, once, signed, in the order in which it happened", async (t) => {
  const desk = await aDesk(t);
  const all = await desk.endpoint("https://all.example/hook");
  await desk.endpoint("https://holds.example/hook", ["hold.*"]);
  await desk.orders(["1000"], "UNKNOWN");
  await desk.settle();

  const toAll = desk.sent.filter((each) => each.url.includes("all."));
  assert.deepEqual(
    new Set(types(toAll)),
    new Set(["order.received", "hold.opened", "order.status_changed", "order.held"]),
  );
  const told = await desk.deliveries(all);
  assert.deepEqual(told.map((each) => each.type).reverse(), [
    "order.received",
    "hold.opened",
    "order.status_changed",
    "order.held",
  ]);
  assert.deepEqual(types(desk.sent.filter((each) => each.url.includes("holds."))), ["hold.opened"]);

  const hold = toAll.find((each) => each.body.type === "hold.opened")!;
  assert.equal(hold.body.data["code"] as unknown, "sku_not_linked");
  assert.match(String(hold.body.data["order"]!["id"]), /^ord_/);
  assert.equal(hold.body.data["order"]!["number"], "#1000");
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = hold.headers;
  assert.equal(signature, signWebhook(all.secret, { id: id!, timestamp: Number(timestamp), payload: hold.text }));
  assert.equal(Number(timestamp) * 1000, hold.at.getTime());

  const before = desk.sent.length;
  await desk.settle();
  assert.equal(desk.sent.length, before, "nothing is sent twice");
  assert.ok((await desk.deliveries(all)).every((each) => each.state === "delivered"));
});

test("WH-13 nothing about the buyer leaves, and nothing of the inside", async (t) => {
  const desk = await aDesk(t);
  await desk.endpoint("https://all.example/hook");
  await desk.orders(["1000", "1001"]);
  await desk.orders(["1002"], "UNKNOWN");
  await desk.settle();
  const AddressRow = row({ name: col.text, line1: col.text, city: col.text, postcode: col.text, email: col.text });
  const people = await desk.database.engine.rows(
    AddressRow,
    sql`select name, line1, city, postcode, email from order_address`,
  );
  assert.ok(people.length >= 3 && desk.sent.length > 6);
  const all = desk.sent.map((each) => each.text).join("\n");
  for (const person of people)
    for (const text of Object.values(person)) if (text.length > 3) assert.ok(!all.includes(text), text);
  const Ids = row({ id: col.text });
  for (const { id } of await desk.database.engine.rows(
    Ids,
    sql`select id::text as id from sales_order union select id::text from hold union select id::text from fulfillment_order`,
  ))
    assert.ok(!all.includes(`"${id}"`), `the inner id ${id} left`);
});

test("WH-14 an endpoint hears of its own workspace alone", async (t) => {
  const desk = await aDesk(t);
  const rival = await setUp(desk.engine, { slug: "rival", suppliers: { acme: {} } });
  await desk.endpoint("https://all.example/hook");
  await desk.orders(["9999"], "MUG", rival);
  await desk.settle();
  assert.deepEqual(desk.sent, []);
});

test("WH-16 an endpoint hears of what happens after it was added or switched on; where none listens nothing is worked", async (t) => {
  const desk = await aDesk(t);
  await desk.orders(["1000"]);
  assert.equal(await notify.run(desk.engine), 0);
  assert.equal(await notify.nextDue(desk.database.engine), null);
  const endpoint = await desk.endpoint("https://all.example/hook", ["order.received"]);
  await desk.settle();
  assert.equal(desk.sent.length, 0);
  await desk.orders(["1001"]);
  await desk.settle();
  await changeWebhook(desk.manage, desk.on(endpoint), { enabled: false });
  await desk.orders(["1002"]);
  await desk.settle();
  await changeWebhook(desk.manage, desk.on(endpoint), { enabled: true });
  await desk.orders(["1003"]);
  await desk.settle();
  assert.deepEqual(
    desk.sent.map((each) => each.body.data["order"]!["channel_order_id"]),
    ["1001", "1003"],
  );
});

test("WH-15 a message keeps its id and its bytes on every try and for every endpoint; only instant and signature change", async (t) => {
  const desk = await aDesk(t);
  await desk.endpoint("https://one.example/hook", ["order.received"]);
  await desk.endpoint("https://two.example/hook", ["order.received"]);
  let failures = 3;
  desk.answers(({ url }) => (url.includes("one.") && failures-- > 0 ? failing : thanks));
  await desk.orders(["1000"]);
  await desk.settle();
  for (let hour = 0; hour < 6; hour += 1) {
    desk.clock.advance(3_600_000);
    await desk.settle();
  }
  const one = desk.sent.filter((each) => each.url.includes("one."));
  assert.equal(one.length, 4);
  assert.equal(desk.sent.filter((each) => each.url.includes("two.")).length, 1, "the other is not asked again");
  assert.equal(new Set(desk.sent.map((each) => each.headers["webhook-id"])).size, 1);
  assert.equal(new Set(desk.sent.map((each) => each.text)).size, 1);
  assert.equal(new Set(one.map((each) => each.headers["webhook-timestamp"])).size, 4);
  assert.match(
    one[0]!.headers["webhook-id"]!,
    /^msg_[0-9a-f]{32}$/,
    "without a full stop, which would let two messages share a signature",
  );
});

test("WH-36 a crash between sending and recording sends again, with the same id; one before it loses nothing", async (t) => {
  const desk = await aDesk(t);
  const endpoint = await desk.endpoint("https://all.example/hook", ["order.received"]);
  await desk.orders(["1000"]);
  const dying = { ...desk.another(), buggify: () => Promise.reject(new Error("killed")) };
  while ((await notify.run(dying)) > 0) await notify.settle!(dying);
  assert.equal(desk.sent.length, 1);
  assert.equal((await desk.deliveries(endpoint))[0]!.state, "waiting");
  await desk.settle();
  assert.equal(desk.sent.length, 1, "as long as the dead one may be alive, its endpoint is its own");
  desk.clock.advance(60_000);
  await desk.settle();
  assert.equal(desk.sent.length, 2);
  assert.equal(desk.sent[1]!.headers["webhook-id"], desk.sent[0]!.headers["webhook-id"]);
  assert.equal((await desk.deliveries(endpoint))[0]!.state, "delivered");
});

test("WH-35 a receiver that is slow delays nobody else, and two processes do not serve one endpoint at a time", async (t) => {
  const desk = await aDesk(t);
  await desk.endpoint("https://slow.example/hook", ["order.received"]);
  await desk.endpoint("https://fast.example/hook", ["order.received"]);
  let finish = (): void => {};
  const slow = new Promise<WebhookAnswer>((resolve) => (finish = () => resolve(thanks)));
  desk.answers(({ url }) => (url.includes("slow.") ? slow : thanks));
  await desk.orders(Array.from({ length: 12 }, (_, index) => String(1000 + index)));
  const other = desk.another();
  for (let turn = 0; turn < 40 && desk.sent.filter((each) => each.url.includes("fast.")).length < 12; turn += 1) {
    await notify.run(desk.engine);
    await notify.run(other);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(desk.sent.filter((each) => each.url.includes("fast.")).length, 12);
  assert.equal(
    desk.sent.filter((each) => each.url.includes("slow.")).length,
    4,
    "and no more requests at a time than one endpoint gets",
  );
  finish();
  await notify.settle!(other);
  await desk.settle();
  const ids = desk.sent.filter((each) => each.url.includes("slow.")).map((each) => each.headers["webhook-id"]);
  assert.equal(ids.length, 12);
  assert.equal(new Set(ids).size, 12);
});

test("WH-35 who lost an endpoint to another process neither keeps it nor lets it go", async (t) => {
  const desk = await aDesk(t);
  const db = desk.database.engine;
  await desk.endpoint("https://all.example/hook", ["order.received"]);
  await desk.orders(["1000"]);
  for (const each of await workspacesToNotify(db, 10)) await makeDeliveries(desk.engine, each);
  const later = (ms: number): Date => new Date(desk.clock.now().getTime() + ms);
  const [mine] = await takeEndpoints(db, { now: later(0), takenUntil: later(1000), limit: 5 });
  assert.deepEqual(await takeEndpoints(db, { now: later(0), takenUntil: later(1000), limit: 5 }), []);
  const [theirs] = await takeEndpoints(db, { now: later(2000), takenUntil: later(9000), limit: 5 });
  assert.equal(await renewEndpoint(db, mine!, { now: later(2000), until: later(9999) }), false);
  assert.equal(await letGoOfEndpoint(db, mine!), 0);
  assert.equal(await renewEndpoint(db, theirs!, { now: later(2000), until: later(9500) }), true);
});

test("WH-33 while an endpoint is paused nothing is sent to it; then it is asked with one delivery first", async (t) => {
  const desk = await aDesk(t);
  const endpoint = await desk.endpoint("https://all.example/hook", ["order.received"]);
  desk.answers(() => ({ status: 503, retryAfterMs: 120_000, text: "busy" }));
  await desk.orders(["1000", "1001", "1002", "1003", "1004", "1005", "1006", "1007", "1008"]);
  await desk.settle();
  const first = desk.sent.length;
  assert.ok(first <= 4, `${first} requests before it said that it was too much`);
  desk.clock.advance(119_000);
  await desk.settle();
  assert.equal(desk.sent.length, first);
  desk.clock.advance(2_000);
  await desk.settle();
  assert.equal(desk.sent.length, first + 1);
  desk.answers(() => thanks);
  for (let minute = 0; minute < 60; minute += 1) {
    desk.clock.advance(60_000);
    await desk.settle();
  }
  assert.ok((await desk.deliveries(endpoint)).every((each) => each.state === "delivered"));
});

test("WH-34 an endpoint that is switched off gives up what waits, with a notice to the other endpoints and in the trail", async (t) => {
  const desk = await aDesk(t);
  const gone = await desk.endpoint("https://gone.example/hook");
  await desk.endpoint("https://watch.example/hook", ["webhook_endpoint.*"]);
  desk.answers(({ url }) => (url.includes("gone.") ? { status: 410, retryAfterMs: null, text: "" } : thanks));
  await desk.orders(["1000", "1001"]);
  await desk.settle();
  const now = await desk.read(gone);
  assert.deepEqual([now.enabled, now.disabledWhy], [false, "gone"]);
  assert.ok((await desk.deliveries(gone)).every((each) => each.state === "given_up"));
  const notice = desk.sent.filter((each) => each.url.includes("watch."));
  assert.deepEqual(types(notice), ["webhook_endpoint.disabled"]);
  assert.equal(notice[0]!.body.data["endpoint"]!["url"], "https://gone.example/hook");
  const trail = await listChanges(desk.database.engine, {
    workspaceId: desk.workspaceId,
    subject: "webhook_endpoint",
    subjectId: gone.id,
    limit: 1,
  });
  assert.equal(trail[0]!.kind, "webhook_disabled");

  const trouble = await readWebhookTrouble(desk.database.engine, desk.clock.now());
  assert.deepEqual(
    trouble.map(({ slug, url, disabledWhy }) => [slug, url, disabledWhy]),
    [["acme", gone.url, "gone"]],
    "and doctor says so",
  );

  const before = desk.sent.length;
  await desk.orders(["1002"]);
  await desk.settle();
  assert.equal(desk.sent.length, before, "and nothing more is made for it");
});

test("WH-41 a person sends again: one delivery, or all that were given up since; with the ids they had", async (t) => {
  const desk = await aDesk(t);
  const endpoint = await desk.endpoint("https://all.example/hook", ["order.received"]);
  desk.answers(() => ({ status: 410, retryAfterMs: null, text: "" }));
  await desk.orders(["1000", "1001", "1002"]);
  await desk.settle();
  assert.deepEqual(await resendWebhooks(desk.manage, desk.on(endpoint), { since: new Date(0) }), {
    status: "refused",
    code: "webhook_disabled",
    message: "This endpoint is switched off. Switch it on first, then send.",
  });
  assert.equal((await changeWebhook(desk.manage, desk.on(endpoint), { enabled: true })).status, "ok");
  desk.answers(() => thanks);
  await desk.settle();
  const before = desk.sent.length;
  assert.deepEqual(await resendWebhooks(desk.manage, desk.on(endpoint), { since: new Date(0) }), {
    status: "ok",
    value: { resent: 3 },
  });
  await desk.settle();
  assert.equal(desk.sent.length, before + 3);
  const [delivered] = await desk.deliveries(endpoint);
  await resendWebhooks(desk.manage, desk.on(endpoint), { delivery: delivered!.publicId });
  await desk.settle();
  assert.equal(desk.sent.length, before + 4);
  assert.equal(desk.sent.at(-1)!.headers["webhook-id"], delivered!.messageId);
  const { attempts } = (await findDelivery(desk.database.engine, endpoint, delivered!.publicId))!;
  assert.ok(attempts.length >= 2);
  assert.deepEqual(
    attempts.map(({ no }) => no),
    attempts.map((_, index) => index + 1),
    "attempts are numbered on",
  );
  assert.deepEqual([attempts.at(-1)!.status, attempts.at(-1)!.answer], [200, "thanks"]);
});

test("WH-42 a test goes to its endpoint alone, whatever that listens to", async (t) => {
  const desk = await aDesk(t);
  const endpoint = await desk.endpoint("https://one.example/hook", ["order.shipped"]);
  await desk.endpoint("https://two.example/hook");
  assert.equal((await testWebhook(desk.manage, desk.on(endpoint))).status, "ok");
  await desk.settle();
  assert.deepEqual(types(desk.sent), ["webhook_endpoint.test"]);
  assert.equal(desk.sent[0]!.url, "https://one.example/hook");
});

test("WH-21 for a day after a rotation both secrets sign, then the new one alone; in the database they are sealed", async (t) => {
  const desk = await aDesk(t);
  const endpoint = await desk.endpoint("https://all.example/hook", ["order.received"]);
  const rotated = await rotateWebhookSecret(desk.manage, desk.on(endpoint));
  const fresh = rotated.status === "ok" ? rotated.value.secret : assert.fail();
  const signatures = async (id: string): Promise<string> => {
    await desk.orders([id]);
    await desk.settle();
    return desk.sent.at(-1)!.headers["webhook-signature"]!;
  };
  const with_ = (...secrets: string[]): string => {
    const { headers, text: payload } = desk.sent.at(-1)!;
    const timestamp = Number(headers["webhook-timestamp"]);
    return secrets.map((secret) => signWebhook(secret, { id: headers["webhook-id"]!, timestamp, payload })).join(" ");
  };
  assert.equal(await signatures("1000"), with_(fresh, endpoint.secret));
  desk.clock.advance(24 * 3_600_000);
  assert.equal(await signatures("1001"), with_(fresh));

  const Sealed = row({ name: col.text, sealed: col.text });
  const kept = () =>
    inWorkspace(desk.database.vault, desk.workspaceId, (tx) =>
      tx.rows(Sealed, sql`select name, sealed from vault.secret order by name`),
    );
  const sealed = await kept();
  assert.deepEqual(
    sealed.map((each) => each.name),
    ["signing_1", "signing_2"],
  );
  const bytes = (secret: string): string => secret.slice("whsec_".length);
  for (const each of sealed)
    for (const secret of [fresh, endpoint.secret]) assert.ok(!each.sealed.includes(bytes(secret)));
  await rotateWebhookSecret(desk.manage, desk.on(endpoint));
  assert.deepEqual(
    (await kept()).map((each) => each.name),
    ["signing_2", "signing_3"],
    "one that signs no more is forgotten",
  );
  await deleteWebhook(desk.manage, desk.on(endpoint));
  assert.deepEqual(await kept(), []);
});

test("WH-37 in safe mode nothing is sent; it waits until the administrator has said which copy is home", async (t) => {
  const desk = await aDesk(t);
  await desk.endpoint("https://all.example/hook", ["order.received"]);
  await desk.database.engine.run(sql`
    insert into installation (only_one, id, token_digest, home, safe_mode_reason, started_at, heartbeat_at)
    values (true, 'i', 'd', 'h', 'a copy', ${desk.clock.now()}, ${desk.clock.now()})`);
  await desk.orders(["1000"]);
  await desk.settle();
  assert.deepEqual(desk.sent, []);
  assert.equal(await notify.nextDue(desk.database.engine), null);
  await desk.database.engine.run(sql`update installation set safe_mode_reason = null`);
  await desk.settle();
  assert.deepEqual(types(desk.sent), ["order.received"]);
});

test("WH-4, WH-38 changes are kept for a day, deliveries for thirty days after their end", async (t) => {
  const desk = await aDesk(t);
  const endpoint = await desk.endpoint("https://all.example/hook", ["order.received"]);
  await desk.orders(["1000"]);
  await desk.settle();
  const Count = row({ n: col.int });
  const changes = async () =>
    (await desk.database.engine.one(Count, sql`select count(*)::int as n from order_change`)).n;
  assert.ok((await changes()) > 0);
  desk.clock.advance(changesKeptMs + 1);
  await desk.settle();
  assert.equal(await changes(), 0);
  assert.equal((await desk.deliveries(endpoint)).length, 1);
  desk.clock.advance(deliveriesKeptMs);
  await desk.settle();
  assert.equal((await desk.deliveries(endpoint)).length, 0);
});

test("WH-34 the owners get a mail when an endpoint is switched off, once; a mail server that fails changes nothing", async (t) => {
  for (const isMailed of [true, false]) {
    const desk = await aDesk(t, isMailed ? "acme" : "other");
    const mails: { subject: string; text: string }[] = [];
    desk.engine.tellOwners = async (_workspaceId, mail) => {
      mails.push(mail);
      if (!isMailed) throw new Error("no mail server");
    };
    const endpoint = await desk.endpoint("https://gone.example/hook");
    desk.answers(() => ({ status: 410, retryAfterMs: null, text: "" }));
    await desk.orders(["1000", "1001"]);
    await desk.settle();

    assert.equal((await desk.read(endpoint)).enabled, false);
    assert.equal(mails.length, 1);
    assert.match(mails[0]!.text, /https:\/\/gone\.example\/hook\. It answered that it is gone/);
  }
});
