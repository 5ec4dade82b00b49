import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { test } from "node:test";
import { hookOff, hookOn, showHook } from "#engine/manage/hook.ts";
import { openUnread, putUnreadAside, readUnreadAgain } from "#engine/manage/unread-message.ts";
import { pull } from "#engine/stages/pull.ts";
import { CommitUnknown } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { readProblems } from "#store/doctor.ts";
import { sql } from "#store/sql.ts";
import { listUnread } from "#store/unread-message.ts";
import { sandboxChannel } from "#connectors/channels/sandbox/channel.ts";
import { keepMessages } from "#engine/raw-messages.ts";
import { intake } from "#engine/stages/intake.ts";
import { signedIn, type Browser } from "../src/api/testing/browser.ts";
import { aServer } from "../src/api/testing/server.ts";
import { aHookedShop, aRivalShop, signedMessage } from "./hooked-shop.ts";
import { Died } from "./shop.ts";

const value = <T>(result: { status: "ok"; value: T } | { status: "refused"; message: string }): T => {
  if (result.status === "refused") throw new Error(result.message);
  return result.value;
};
const Connection = row({ id: col.text });
const Raw = row({ raw: col.text, rawKey: col.textOrNull, dek: col.intOrNull });

test("WI-1 WI-3 an order comes by webhook: kept sealed when it is answered, and taken in without anything being fetched", async (t) => {
  const shop = await aHookedShop(t);
  assert.match(shop.address, /^http:\/\/localhost\/hooks\/[A-Za-z0-9_-]{32}$/);
  const id = shop.sell();

  await shop.push.step();

  assert.deepEqual(
    shop.sent.map(({ status }) => status),
    [204],
  );
  const kept = await shop.database.engine.rows(Raw, sql`select raw, raw_key, dek from inbox`);
  assert.equal(kept.length, 1);
  assert.ok(kept[0]!.rawKey !== null && !kept[0]!.raw.includes(id), "sealed with a key of its own");
  assert.deepEqual(await shop.orders(), []);
  await shop.takeIn();
  assert.deepEqual(await shop.orders(), [id]);
});

for (const { point, kept } of [
  { point: "hook-received", kept: 0 },
  { point: "hook-kept", kept: 0 },
  { point: "hook-committed", kept: 1 },
])
  test(`WI-3 who takes it in dies at ${point}: the sender is not told that it arrived, sends it again, and the order is there once`, async (t) => {
    const shop = await aHookedShop(t);
    const id = shop.sell();
    let deaths = 1;
    shop.engine.buggify = async (at) => {
      if (at === point && deaths-- > 0) throw new Died(at);
    };

    await shop.push.step();
    assert.ok(shop.sent[0]!.status >= 500, String(shop.sent[0]!.status));
    assert.equal(await shop.kept(), kept);
    shop.engine.clock.advance(60_000);
    await shop.push.step();

    assert.equal(shop.sent[1]!.status, 204);
    assert.equal(shop.sent[1]!.headers["webhook-id"], shop.sent[0]!.headers["webhook-id"]);
    assert.equal(await shop.kept(), 1);
    await shop.takeIn();
    assert.deepEqual(await shop.orders(), [id]);
  });

test("WI-3 a commit of which nobody knows whether it happened is not answered as one", async (t) => {
  const shop = await aHookedShop(t);
  shop.sell();
  shop.engine.buggify = async (at) => {
    if (at === "hook-committed") throw new CommitUnknown("the connection was lost");
  };

  await shop.push.step();

  assert.equal(shop.sent[0]!.status, 503);
});

test("WI-4 the same message again, at the same moment, later and by the feed, is kept once", async (t) => {
  const shop = await aHookedShop(t);
  const id = shop.sell();
  await shop.push.step();
  const { headers, body } = shop.sent[0]!;

  const again = await Promise.all(Array.from({ length: 8 }, () => shop.post({ headers, body })));
  assert.deepEqual(new Set(again.map(({ status }) => status)), new Set([204]));
  await shop.takeIn();
  shop.engine.clock.advance(3_600_001);
  await pull.run(shop.engine);
  await shop.takeIn();

  assert.equal(await shop.kept(), 1);
  assert.deepEqual(await shop.orders(), [id]);
});

test("WI-4 the same id with other contents is kept beside it, and an older version that comes late changes nothing", async (t) => {
  const shop = await aHookedShop(t);
  shop.sell({ paid: true, changesAddressAfterMs: 60_000 });
  await shop.push.step();
  shop.engine.clock.advance(61_000);
  await shop.push.step();
  const [first, second] = shop.sent;
  const before = await signedMessage(shop, first!.body.replace('"version":1', '"version": 1'), {
    id: first!.headers["webhook-id"]!,
  });
  await shop.takeIn();
  const streets = () => shop.database.engine.rows(Street, sql`select no, line1 from order_address order by no`);
  const known = await streets();

  assert.equal((await shop.post(before)).status, 204);
  await shop.takeIn();

  assert.notEqual(first!.body, second!.body);
  assert.equal(await shop.kept(), 3);
  assert.deepEqual(await streets(), known);
});
const Street = row({ no: col.int, line1: col.text });

test("WI-5 wrong signature, another connection's, unknown address and switched off: the same bytes and the same questions", async (t) => {
  const shop = await aHookedShop(t);
  const rival = await aRivalShop(shop);
  const right = await signedMessage(shop, "{}");
  const ofRival = await signedMessage(shop, "{}", { of: rival });
  const unknown = shop.address.replace(/[^/]+$/, "A".repeat(32));
  await shop.post(right); // what is asked once (data keys) is known
  const outcomes: { text: string; status: number; asked: string[] }[] = [];
  const refused = async (request: Parameters<typeof shop.post>[0]) => {
    shop.statements.length = 0;
    const answer = await shop.post(request);
    outcomes.push({ ...answer, asked: [...shop.statements] });
  };

  await refused({ ...right, body: "{ }" });
  await refused(ofRival);
  await refused({ ...right, url: unknown });
  await refused({ url: unknown });
  await refused({ ...right, url: `${shop.address}x` });
  value(await hookOff(shop.manage, shop.hook));
  await refused(right);

  assert.equal(outcomes.length, 6);
  assert.equal(outcomes[0]!.status, 401);
  assert.ok(outcomes[0]!.asked.length > 2);
  for (const each of outcomes) assert.deepEqual(each, outcomes[0]);
  assert.equal(await shop.kept(), 1);
});

test("WI-5 no refusal comes before its time", async (t) => {
  const shop = await aHookedShop(t, { hooks: { refusedAfterMs: 100 } });
  let isAnswered = false;
  const asked = shop.post({ body: "{}" }).finally(() => (isAnswered = true));
  for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(isAnswered, false);

  shop.engine.clock.advance(100);

  assert.equal((await asked).status, 401);
});

test("WI-6 too large, encoded, and too many: refused before anything of it is read", async (t) => {
  const shop = await aHookedShop(t, { hooks: { perSecond: 2 }, api: { limits: { perSecond: 1, burst: 3 } } });
  const large = await signedMessage(shop, JSON.stringify({ fill: "x".repeat(1024 * 1024) }));
  assert.equal((await shop.post(large)).status, 413);
  const packed = await signedMessage(shop, "{}");
  assert.equal(
    (await shop.post({ ...packed, headers: { ...packed.headers, "content-encoding": "gzip" } })).status,
    415,
  );
  assert.equal(await shop.kept(), 0);

  shop.engine.clock.advance(60_000);
  const many = await Promise.all(Array.from({ length: 8 }, () => signedMessage(shop, "{}")));
  const statuses = await Promise.all(many.map((each) => shop.post(each).then(({ status }) => status)));
  assert.deepEqual(
    statuses.toSorted((a, b) => a - b),
    [204, 204, 204, 204, 204, 204, 429, 429],
  );

  const guesses: number[] = [];
  for (let guess = 0; guess < 5; guess++) {
    const url = `http://localhost/hooks/${randomBytes(24).toString("base64url")}`;
    guesses.push((await shop.post({ url }, { remoteAddress: "203.0.113.9" })).status);
  }
  assert.deepEqual(guesses, [401, 401, 401, 429, 429]);
});

test("WI-7 contents are not logged and not answered; opening the secret is recorded", async (t) => {
  const shop = await aHookedShop(t);
  const marker = "Marker-Quillon-77";
  const garbage = await signedMessage(shop, `{"type":"order","order":{"id":"1","note":"${marker}"}}`);
  const answers = [await shop.post(garbage), await shop.post({ ...garbage, headers: {} })];
  shop.engine.buggify = async (at) => {
    if (at === "hook-kept") throw new Error("the database is away");
  };
  answers.push(await shop.post({ ...(await signedMessage(shop, `{"note":"${marker}"}`, { id: "evt_2" })) }));
  await shop.takeIn();

  assert.deepEqual(
    answers.map(({ status }) => status),
    [204, 401, 500],
  );
  const said = `${JSON.stringify(shop.engine.log.lines)}${JSON.stringify(answers)}`;
  assert.ok(!said.includes(marker), said);
  const uses = await shop.database.vault.tx(async (tx) => {
    await tx.run(sql`select use_workspace(${shop.workspaceId})`);
    return tx.rows(Use, sql`select purpose from vault.secret_use where subject = 'channel_hook' order by purpose`);
  });
  assert.ok(uses.some(({ purpose }) => purpose === "check a webhook"));
});
const Use = row({ purpose: col.text });

test("WI-8 switched on again there is a new secret: the old one is not taken any more, and the shop signs with the new one", async (t) => {
  const shop = await aHookedShop(t);
  const old = await signedMessage(shop, "{}");
  const before = shop.world.state.webhook;

  const again = value(await hookOn(shop.manage, shop.hook, "http://localhost"));
  assert.deepEqual([again.url, again.isOn, again.toldAt], [shop.address, true, null]);
  assert.equal((await shop.post(old)).status, 401);
  await pull.run(shop.engine);

  assert.notEqual(shop.world.state.webhook?.secret, before?.secret);
  assert.notEqual(value(await showHook(shop.manage, shop.hook))?.toldAt, null);
  shop.sell();
  await shop.push.step();
  assert.equal(shop.sent.at(-1)?.status, 204);
});

test("WI-8 a shop that cannot be told is told later; what was switched meanwhile counts", async (t) => {
  const shop = await aHookedShop(t);
  const http = shop.engine.outside.http;
  const { baseUrl } = { baseUrl: "http://sandbox.local" };
  value(await hookOff(shop.manage, shop.hook));
  shop.engine.outside.http = async (request) =>
    request.url === `${baseUrl}/shop/webhook` ? { status: 503, headers: {}, text: "{}" } : http(request);
  await pull.run(shop.engine);
  const untold = value(await showHook(shop.manage, shop.hook));
  assert.deepEqual([untold?.isOn, untold?.toldAt], [false, null]);
  assert.match(untold?.problem ?? "", /^retry_later: /);
  assert.ok((await readProblems(shop.database.engine)).some(({ what }) => what === "webhooks of channel acme shop"));

  shop.engine.outside.http = async (request) => {
    const answer = await http(request);
    if (request.url === `${baseUrl}/shop/webhook`) value(await hookOn(shop.manage, shop.hook, "http://localhost"));
    return answer;
  };
  shop.engine.clock.advance(3_600_001);
  await pull.run(shop.engine);
  assert.equal(value(await showHook(shop.manage, shop.hook))?.toldAt, null, "it was told of what is over");
  shop.engine.outside.http = http;
  shop.engine.clock.advance(3_600_001);
  await pull.run(shop.engine);

  assert.equal(shop.world.state.webhook?.url, shop.address);
  assert.equal(value(await showHook(shop.manage, shop.hook))?.problem, null);
});

test("WI-8 in safe mode the shop is not told: a copy must not turn away what goes to the first", async (t) => {
  const shop = await aHookedShop(t);
  const before = shop.world.state.webhook;
  const now = shop.engine.clock.now();
  await shop.database.engine.run(
    sql`insert into installation (only_one, id, token_digest, home, safe_mode_reason, started_at, heartbeat_at) values (true, 'copy', '', '', 'a copy', ${now}, ${now})`,
  );

  value(await hookOn(shop.manage, shop.hook, "http://copy.example"));
  await pull.run(shop.engine);

  assert.deepEqual(shop.world.state.webhook, before);
  assert.equal(value(await showHook(shop.manage, shop.hook))?.toldAt, null);
});

test("WI-8 switched off, the shop stops and nothing is taken", async (t) => {
  const shop = await aHookedShop(t);
  const message = await signedMessage(shop, "{}");
  value(await hookOff(shop.manage, shop.hook));
  assert.equal((await shop.post(message)).status, 401);

  await pull.run(shop.engine);
  shop.sell();
  await shop.push.step();

  assert.equal(shop.world.state.webhook, null);
  assert.deepEqual(shop.sent, []);
});

test("WI-9 what nobody can read waits for a person with its raw text, is read again, or needs no doing", async (t) => {
  const shop = await aHookedShop(t);
  const body = '{"type":"order","order":{"id":"77"';
  assert.equal((await shop.post(await signedMessage(shop, body))).status, 204);
  const bytes = Buffer.from([0x7b, 0xff, 0xfe]);
  const binary = await signedMessage(shop, bytes.toString("latin1"), { id: "evt_2" });
  assert.equal((await shop.post({ ...binary, body: "" })).status, 401);
  const good = shop.sell();
  await shop.push.step();
  await shop.takeIn();
  assert.deepEqual(await shop.orders(), [good], "it blocks nobody");

  const [waiting] = await listUnread(shop.database.engine, shop.workspaceId, { after: "0", limit: 10 });
  assert.equal(waiting?.problem, "The message is not JSON.");
  const of = { workspaceId: shop.workspaceId, message: waiting!.publicId };
  assert.equal(value(await openUnread(shop.manage, of)).text, body);
  value(await readUnreadAgain(shop.manage, of));
  await shop.takeIn();
  assert.equal(value(await openUnread(shop.manage, of)).problem, "The message is not JSON.");
  value(await putUnreadAside(shop.manage, of, "The shop was being tested."));

  assert.deepEqual(await listUnread(shop.database.engine, shop.workspaceId, { after: "0", limit: 10 }), []);
  assert.equal((await readUnreadAgain(shop.manage, of)).status, "refused");
  const trail = await shop.database.engine.rows(
    Kind,
    sql`select kind, actor from management_event where kind like 'message_%' order by id`,
  );
  assert.deepEqual(trail, [
    { kind: "message_opened", actor: "admin:test" },
    { kind: "message_read_again", actor: "admin:test" },
    { kind: "message_opened", actor: "admin:test" },
    { kind: "message_put_aside", actor: "admin:test" },
  ]);
});
const Kind = row({ kind: col.text, actor: col.text });

test("WI-9 bytes that are no text are kept as they came", async (t) => {
  const shop = await aHookedShop(t);
  const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00]);
  const { headers } = await signedMessage(shop, "");
  const secret = shop.world.state.webhook!.secret;
  const digest = createHmac("sha256", Buffer.from(secret.replace("whsec_", ""), "base64"))
    .update(`evt_1.${headers["webhook-timestamp"]}.`)
    .update(bytes)
    .digest("base64");

  const answer = await shop.app.inject({
    method: "POST",
    url: new URL(shop.address).pathname,
    headers: { ...headers, "content-type": "application/octet-stream", "webhook-signature": `v1,${digest}` },
    payload: bytes,
  });
  assert.equal(answer.statusCode, 204);
  await shop.takeIn();

  const [waiting] = await listUnread(shop.database.engine, shop.workspaceId, { after: "0", limit: 10 });
  const opened = value(await openUnread(shop.manage, { workspaceId: shop.workspaceId, message: waiting!.publicId }));
  assert.equal(opened.text, `not UTF-8, in base64: ${bytes.toString("base64")}`);
});

test("WI-11 what one connection sends stays in its workspace, whatever it says", async (t) => {
  const shop = await aHookedShop(t);
  const rival = await aRivalShop(shop);
  shop.sell();
  await shop.push.step();
  const { body } = shop.sent[0]!;
  const forRival = await signedMessage(shop, body.replace("{", `{"workspace_id":"${shop.workspaceId}",`), {
    of: rival,
  });

  const headers = { ...forRival.headers, "x-switchyard-workspace": "acme" };
  assert.equal((await shop.post({ ...forRival, headers, url: rival.address })).status, 204);
  assert.equal((await shop.post({ ...forRival, headers })).status, 401);
  await shop.takeIn();

  const stored = await shop.database.engine.rows(
    Stored,
    sql`select workspace_id, channel_id from sales_order order by id`,
  );
  assert.deepEqual(stored, [
    { workspaceId: shop.workspaceId, channelId: shop.channelId },
    { workspaceId: rival.workspaceId, channelId: rival.channelId },
  ]);
});
const Stored = row({ workspaceId: col.text, channelId: col.text });

test("WI-20 WI-22 doubled, late, out of order, forged and lost: with the feed as the net every order is there once, as the shop has it", async (t) => {
  const shop = await aHookedShop(t, { everyMs: 120_000 });
  shop.faults({
    webhook_lost: 0.25,
    webhook_late: 0.4,
    webhook_repeated: 0.4,
    webhook_forged: 0.4,
    buyer_changes_address: 0.3,
    buyer_cancels_early: 0.2,
    repeated_message: 0.3,
    late_in_feed: 0.2,
  });
  const sold: string[] = [];
  for (let minutes = 0; minutes < 90; minutes++) {
    if (minutes < 30) sold.push(shop.sell({}));
    while ((await shop.push.step()) > 0);
    await shop.takeIn();
    if (minutes % 15 === 14) await pull.run(shop.engine);
    shop.engine.clock.advance(60_000);
  }
  await pull.run(shop.engine);
  await shop.takeIn();

  const all = [...shop.world.state.orders.keys()];
  assert.ok(all.length >= sold.length);
  assert.deepEqual(await shop.orders(), all.toSorted());
  const byStatus = Map.groupBy(shop.sent, ({ status }) => status);
  assert.deepEqual(
    [...byStatus.keys()].toSorted((a, b) => a - b),
    [204, 401],
  );
  assert.ok(byStatus.get(401)!.length >= 5 && byStatus.get(401)!.every(({ body }) => body.includes("Mallory Nobody")));
  const names = await shop.database.engine.rows(Name, sql`select name from order_address`);
  assert.ok(names.every(({ name }) => name !== "Mallory Nobody"));
  const ids = byStatus.get(204)!.map(({ headers }) => headers["webhook-id"]!);
  assert.ok(new Set(ids).size < ids.length, "some came twice");
});
const Name = row({ name: col.text });

test("WI-12 by API: switched on and off and shown; a channel of files sends none; others' channels and messages are not there", async (t) => {
  const server = await aServer(t, { channel: { kind: "sandbox", connection: { baseUrl: "http://sandbox.local" } } });
  server.engine.channels = new Map([["sandbox", sandboxChannel]]);
  const { ask, channel } = server;
  const browser = await signedIn(server, { email: "anna@example.org" });
  const person = (...given: Parameters<Browser["ask"]>) => browser.ask(...given);

  assert.deepEqual((await ask("GET", `/v1/channels/${channel}/webhooks`)).body, {
    address: null,
    on: false,
    told_at: null,
    problem: null,
    last_at: null,
  });
  assert.equal((await ask("PUT", `/v1/channels/${channel}/webhooks`, { body: { on: true } })).status, 403, "a key");
  const on = await person("PUT", `/v1/channels/${channel}/webhooks`, { on: true });
  assert.equal(on.status, 200, on.text);
  assert.match(String(on.body["address"]), /\/hooks\/[\w-]{32}$/);
  assert.ok(!on.text.includes("whsec_"));
  const off = await person("PUT", `/v1/channels/${channel}/webhooks`, { on: false });
  assert.deepEqual([off.body["on"], off.body["address"]], [false, on.body["address"]]);

  server.engine.channels = new Map();
  const none = await ask("GET", `/v1/channels/${channel}/webhooks`);
  assert.deepEqual([none.status, none.body["code"]], [409, "no_webhooks"]);
  assert.equal((await ask("GET", `/v1/channels/${channel}/webhooks`, { key: server.rival.key })).status, 404);
});

test("WI-9 by API: what nobody can read is listed, opened, read again and put aside; another workspace's is not there", async (t) => {
  const server = await aServer(t, { channel: { kind: "sandbox", connection: { baseUrl: "http://sandbox.local" } } });
  server.engine.channels = new Map([["sandbox", sandboxChannel]]);
  const { ask, engine, workspaceId, rival } = server;
  const connection = await server.database.engine.one(Connection, sql`select id from connection`);
  const raw = { eventId: "evt_1", text: "{broken" };
  await engine.db.tx((tx) =>
    keepMessages(engine, tx, { workspaceId, id: connection.id as never }, [raw, { ...raw, eventId: "evt_2" }], "live"),
  );
  while ((await intake.run(engine)) > 0);

  const first = await ask("GET", "/v1/unread-messages?limit=1");
  const [message] = first.body["messages"] as unknown as {
    id: string;
    problem: string;
    event: string;
    channel: string;
  }[];
  assert.deepEqual(
    [message?.event, message?.channel, message?.problem],
    ["evt_1", server.channel, "The message is not JSON."],
  );
  assert.ok(!first.text.includes("{broken"));
  const second = await ask("GET", `/v1/unread-messages?limit=1&cursor=${String(first.body["next"])}`);
  assert.equal((second.body["messages"] as unknown as { event: string }[])[0]?.event, "evt_2");
  const at = `/v1/unread-messages/${message!.id}`;
  assert.equal((await ask("GET", at)).body["text"], "{broken");
  const absent = await ask("GET", at.replace(/.{12}$/, "000000000000"), { key: rival.key });
  const foreign = await ask("GET", at, { key: rival.key });
  assert.deepEqual([foreign.status, foreign.text], [404, absent.text]);
  for (const what of ["read-again", "put-aside"])
    assert.equal(
      (await ask("POST", `${at}/${what}`, { key: rival.key, body: what === "put-aside" ? { why: "x" } : {} })).status,
      404,
    );

  assert.equal((await ask("POST", `${at}/read-again`, { body: {} })).status, 204);
  while ((await intake.run(engine)) > 0);
  assert.equal((await ask("POST", `${at}/put-aside`, { body: {} })).status, 400);
  assert.equal((await ask("POST", `${at}/put-aside`, { body: { why: "A test of the shop." } })).status, 204);
  assert.equal((await ask("GET", at)).status, 404);
  assert.equal(((await ask("GET", "/v1/unread-messages")).body["messages"] as unknown as unknown[]).length, 1);
});
