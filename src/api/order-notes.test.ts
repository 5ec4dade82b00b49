import assert from "node:assert/strict";
import { test } from "node:test";
import { publicId } from "#domain/ids.ts";
import { erasePersonalData, exportPersonalData } from "#engine/manage/erase.ts";
import { jobs } from "#engine/stages/jobs.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { aChannelLine } from "#test/channel-order.ts";
import { aUser, Browser, goodPassword, signedIn } from "./testing/browser.ts";
import { aServer, type Answer, type TestServer } from "./testing/server.ts";

interface FileShown {
  id: string;
  name: string;
  media_type: string;
  size: number;
}
interface HoldShown {
  id: string;
  code: string;
  owner: string | null;
  snoozed_until: string | null;
}
interface GroupShown {
  code: string;
  orders: number;
  or_more: boolean;
  oldest: string;
  at_stake: { amount: string; currency: string }[];
  words: string;
}
const png = Buffer.from("89504e470d0a1a0a00000000", "hex");
const nobody = "01980000-0000-7000-8000-000000000000";

/** Sends the bytes as they are. */
async function upload(at: TestServer, order: string, name: string, type: string, bytes: Buffer, more: object = {}) {
  const answer = await at.app.inject({
    method: "POST",
    url: `/v1/orders/${order}/attachments?name=${encodeURIComponent(name)}`,
    headers: { authorization: `Bearer ${at.key}`, "content-type": type, ...more },
    payload: bytes,
  });
  return {
    status: answer.statusCode,
    text: answer.payload,
    body: JSON.parse(answer.payload) as FileShown & { code: string },
  };
}
const holds = async (at: TestServer, order: string): Promise<HoldShown[]> =>
  (await at.ask("GET", `/v1/orders/${order}`)).body["holds"] as unknown as HoldShown[];
const numbers = async (who: { ask: TestServer["ask"] | Browser["ask"] }, words: string): Promise<string[]> => {
  const answer = (await who.ask("GET", `/v1/orders?q=${encodeURIComponent(words)}`)) as Answer;
  assert.equal(answer.status, 200, answer.text);
  return (answer.body["orders"] as unknown as { number: string }[]).map((each) => each.number).sort();
};
const groups = async (who: { ask: TestServer["ask"] | Browser["ask"] }, query = ""): Promise<GroupShown[]> => {
  const answer = (await who.ask("GET", `/v1/attention${query}`)) as Answer;
  assert.equal(answer.status, 200, answer.text);
  return answer.body["groups"] as unknown as GroupShown[];
};

test("NF-1 a note has an author and stands in the trail; removed, only that it was written stays", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{}]);
  const olga = await signedIn(at, { email: "olga@example.org", role: "operator" });
  const written = await olga.ask("POST", `/v1/orders/${id}/notes`, { text: "Called her.\nCard 4111 1111 1111 1111" });
  assert.equal(written.status, 201, written.text);
  const note = written.body as unknown as { id: string; text: string; author: { kind: string } };
  assert.equal(note.author.kind, "person");
  assert.match(note.text, /^Called her\.\nCard /);
  assert.doesNotMatch(note.text, /4111 1111/);
  const trail = async () =>
    (await at.ask("GET", `/v1/orders/${id}/events`)).body["events"] as unknown as {
      kind: string;
      note: string | null;
    }[];
  assert.equal((await trail()).find((each) => each.kind === "note_added")!.note, note.text);

  assert.equal((await olga.ask("DELETE", `/v1/orders/${id}/notes/${note.id}`)).status, 403);
  assert.equal((await at.ask("DELETE", `/v1/orders/${id}/notes/${note.id}`)).status, 200);
  assert.equal((await at.ask("DELETE", `/v1/orders/${id}/notes/${note.id}`)).status, 422);
  assert.deepEqual(
    (await trail()).filter((each) => each.kind.startsWith("note")).map((each) => [each.kind, each.note]),
    [
      ["note_removed", null],
      ["note_added", null],
    ],
  );
  const list = (await at.ask("GET", `/v1/orders/${id}/notes`)).body["notes"] as unknown as {
    text: string;
    erased: boolean;
  }[];
  assert.deepEqual(
    list.map((each) => [each.text, each.erased]),
    [["", true]],
  );
  assert.equal((await at.ask("POST", `/v1/orders/${id}/notes`, { body: { text: "  " } })).status, 400);
});

test("NF-2 a file comes back byte for byte, always as a download that no browser runs", async (t) => {
  const at = await aServer(t);
  const [id, other] = await at.orders([{ channelOrderId: "1" }, { channelOrderId: "2" }]);
  const added = await upload(at, id!, 'lábel "1".png', "image/png", png);
  assert.equal(added.status, 201, added.text);
  const file = added.body;
  assert.deepEqual([file.name, file.media_type, file.size], ['lábel "1".png', "image/png", png.length]);

  const got = await at.app.inject({
    method: "GET",
    url: `/v1/orders/${id}/attachments/${file.id}`,
    headers: { authorization: `Bearer ${at.key}` },
  });
  assert.deepEqual(got.rawPayload, png);
  assert.equal(got.headers["content-type"], "image/png");
  assert.equal(
    got.headers["content-disposition"],
    `attachment; filename="l_bel _1_.png"; filename*=UTF-8''l%C3%A1bel%20%221%22.png`,
  );
  assert.equal(got.headers["x-content-type-options"], "nosniff");
  assert.match(String(got.headers["content-security-policy"]), /sandbox/);
  assert.equal((await at.ask("GET", `/v1/orders/${other}/attachments/${file.id}`)).status, 404);
  const Read = row({ what: col.text });
  assert.deepEqual(await at.database.engine.rows(Read, sql`select what from personal_read`), [{ what: "attachment" }]);

  assert.equal((await at.ask("DELETE", `/v1/orders/${id}/attachments/${file.id}`)).status, 200);
  assert.equal((await at.ask("GET", `/v1/orders/${id}/attachments/${file.id}`)).status, 404);
  assert.deepEqual((await at.ask("GET", `/v1/orders/${id}/attachments`)).body["attachments"], []);
});

test("NF-3 a file is of an allowed kind, is what it says, and has a limit; its text is masked like any other", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{}]);
  const refused = async (name: string, type: string, bytes: Buffer) => {
    const { status, body } = await upload(at, id!, name, type, bytes);
    return [status, body.code];
  };
  assert.deepEqual(await refused("a.html", "text/html", Buffer.from("<p>")), [415, "media_type"]);
  assert.deepEqual(await refused("a.svg", "image/svg+xml", Buffer.from("<svg/>")), [415, "media_type"]);
  assert.deepEqual(await refused("a.png", "image/png", Buffer.from("<html>")), [422, "file_invalid"]);
  assert.deepEqual(await refused("a.txt", "text/plain", Buffer.from([0x61, 0])), [422, "file_invalid"]);
  assert.deepEqual(await refused("a.txt", "text/plain", Buffer.from([0xff])), [422, "file_invalid"]);
  assert.deepEqual(await refused("a.png", "image/png", Buffer.alloc(0)), [422, "file_missing"]);
  assert.deepEqual(await refused("../a.png", "image/png", png), [400, "invalid_request"]);
  assert.deepEqual(await refused("a.png", "image/png", Buffer.concat([png, Buffer.alloc(5 * 1024 * 1024)])), [
    413,
    "body_too_large",
  ]);
  assert.equal((await upload(at, publicId("order", nobody), "a.png", "image/png", png)).status, 404);

  const key = { "idempotency-key": "once" };
  const text = Buffer.from("paid with 4111 1111 1111 1111");
  const first = await upload(at, id!, "a.txt", "text/plain; charset=utf-8", text, key);
  assert.equal(first.status, 201, first.text);
  assert.equal((await upload(at, id!, "a.txt", "text/plain; charset=utf-8", text, key)).text, first.text);
  assert.equal((await upload(at, id!, "a.txt", "text/plain; charset=utf-8", Buffer.from("x"), key)).status, 422);
  const got = await at.ask("GET", `/v1/orders/${id}/attachments/${first.body.id}`);
  assert.match(got.text, /^paid with /);
  assert.doesNotMatch(got.text, /4111 1111 1111/);
  for (let n = 1; n < 20; n += 1) assert.equal((await upload(at, id!, `${n}.png`, "image/png", png)).status, 201);
  assert.deepEqual(await refused("21.png", "image/png", png), [409, "too_many_files"]);
});

test("NF-4 notes and files go with the buyer's data, and are in what the buyer gets", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{}]);
  await at.ask("POST", `/v1/orders/${id}/notes`, { body: { text: "Mrs Kowalska called" } });
  await upload(at, id!, "Kowalska.png", "image/png", png);
  await at.ask("POST", `/v1/orders/${id}/cancel`);
  const whose = { order: id!.slice("ord_".length) };
  const exported = JSON.stringify(await exportPersonalData(at.engine, at.workspaceId, whose));
  assert.match(exported, /Mrs Kowalska called.*Kowalska\.png/);

  const erased = await erasePersonalData(at.engine, { workspaceId: at.workspaceId, actor: "local" }, whose);
  assert.equal(erased.status === "ok" && erased.value.erased.length, 1, JSON.stringify(erased));
  const notes = await at.ask("GET", `/v1/orders/${id}/notes`);
  const files = await at.ask("GET", `/v1/orders/${id}/attachments`);
  assert.doesNotMatch(notes.text + files.text, /Kowalska/);
  const Left = row({ bytes: col.bytesOrNull, name: col.text });
  assert.deepEqual(await at.database.engine.rows(Left, sql`select bytes, name from attachment`), [
    { bytes: null, name: "" },
  ]);
});

test("HC-1, HC-3 a member looks after a hold: shown in lists and with the order, found by owner", async (t) => {
  const at = await aServer(t);
  const [a, b] = await at.orders([
    { channelOrderId: "1", number: "A", lines: [aChannelLine("NEW", 1)] },
    { channelOrderId: "2", number: "B", lines: [aChannelLine("NEW", 1)] },
  ]);
  const annaId = await aUser(at, { email: "anna@example.org", role: "staff" });
  const anna = new Browser(at);
  await anna.signIn("anna@example.org", goodPassword);
  const [hold] = await holds(at, a!);
  const assigned = await anna.ask("POST", `/v1/orders/${a}/holds/${hold!.id}/assign`, { to: publicId("user", annaId) });
  assert.equal(assigned.status, 200, assigned.text);
  assert.equal((await holds(at, a!))[0]!.owner, publicId("user", annaId));
  assert.deepEqual(await numbers(anna, "owner:me"), ["A"]);
  assert.deepEqual(await numbers(at, `owner:${publicId("user", annaId)}`), ["A"]);
  assert.deepEqual(await numbers(at, "owner:none"), ["B"]);
  const path = `/v1/orders/${a}/holds/${hold!.id}/assign`;
  assert.equal((await at.ask("POST", path, { body: { to: publicId("user", nobody) } })).status, 422);
  assert.equal((await at.ask("POST", `/v1/orders/${b}/holds/${hold!.id}/assign`, { body: { to: null } })).status, 422);
  // It stays with the hold when its order is verified again.
  await at.database.engine.run(
    sql`update fulfillment_order set due_at = ${at.engine.clock.now()} where state = 'held'`,
  );
  await at.settle();
  assert.equal((await holds(at, a!))[0]!.owner, publicId("user", annaId));
  assert.equal((await at.ask("POST", path, { body: { to: null } })).status, 200);
  assert.deepEqual(await numbers(anna, "owner:me"), []);
  const trail = (await at.ask("GET", `/v1/orders/${a}/events`)).body["events"] as unknown as {
    kind: string;
    text: string;
  }[];
  assert.deepEqual(
    trail.filter((each) => each.kind === "hold_assigned").map((each) => each.text.split(":")[0]),
    ["Nobody looks after it any more", "Somebody looks after it"],
  );
});

test("HC-2, HC-3 a snoozed hold is out of sight until its time and then back by itself; it stops its order all the while", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{ channelOrderId: "1", number: "A", lines: [aChannelLine("NEW", 1)] }]);
  const [hold] = await holds(at, id!);
  const until = new Date(at.engine.clock.now().getTime() + 3_600_000).toISOString();
  const snooze = (body: object) => at.ask("POST", `/v1/orders/${id}/holds/${hold!.id}/snooze`, { body });
  assert.equal((await snooze({ until: "2020-01-01T00:00:00Z" })).status, 422);
  assert.equal((await snooze({ until })).status, 200);
  assert.equal((await holds(at, id!))[0]!.snoozed_until, until);
  assert.deepEqual(await numbers(at, "is:snoozed"), ["A"]);
  assert.deepEqual(await numbers(at, "is:awake"), []);
  const attention = async (): Promise<number> => {
    const views = (await at.ask("GET", "/v1/views")).body["views"] as unknown as {
      id: string;
      count: { orders: number };
    }[];
    return views.find((each) => each.id === "needs_attention")!.count.orders;
  };
  assert.equal(await attention(), 0);
  assert.deepEqual(await groups(at), []);
  assert.deepEqual(
    (await groups(at, "?snoozed=true")).map((each) => each.orders),
    [1],
  );

  // A second reason brings it back before its time.
  await at.ask("POST", `/v1/orders/${id}/hold`, { body: {} });
  assert.deepEqual(await numbers(at, "is:awake"), ["A"]);
  await at.ask("POST", `/v1/orders/${id}/unhold`);
  await at.settle();
  assert.deepEqual(await numbers(at, "is:awake"), []);
  at.engine.clock.advance(3_600_001);
  assert.deepEqual(await numbers(at, "is:awake"), ["A"]);
  assert.equal(await attention(), 1);
  assert.equal((await snooze({ until: new Date(at.engine.clock.now().getTime() + 1000).toISOString() })).status, 200);
  assert.equal((await snooze({ until: null })).status, 200);
  assert.equal(await attention(), 1);
});

test("HC-4 attention: per reason how many orders, the oldest, and the money at stake; for everybody, for me, for nobody", async (t) => {
  const at = await aServer(t);
  const [first] = await at.orders([{ channelOrderId: "1", lines: [aChannelLine("NEW", 1)], total: "10.00" }]);
  const oldest = at.engine.clock.now().toISOString();
  at.engine.clock.advance(60_000);
  await at.orders([
    // Two holds of one reason on one order are one order, and its money counts once.
    {
      channelOrderId: "2",
      lines: [aChannelLine("NEW", 1), { ...aChannelLine("NEWER", 1), channelLineId: "2" }],
      total: "5.50",
    },
    { channelOrderId: "3", payment: "pending", paidAt: null, total: "7.00" },
  ]);
  await at.orders([{ channelOrderId: "R", lines: [aChannelLine("NEW", 1)] }], at.rival);
  const annaId = await aUser(at, { email: "anna@example.org", role: "operator" });
  const anna = new Browser(at);
  await anna.signIn("anna@example.org", goodPassword);

  const all = await groups(at);
  assert.deepEqual(
    all.map(({ code, orders, or_more, oldest: since, at_stake }) => ({ code, orders, or_more, since, at_stake })),
    [
      {
        code: "sku_not_linked",
        orders: 2,
        or_more: false,
        since: oldest,
        at_stake: [{ amount: "15.50", currency: "EUR" }],
      },
      {
        code: "awaiting_payment",
        orders: 1,
        or_more: false,
        since: at.engine.clock.now().toISOString(),
        at_stake: [{ amount: "7.00", currency: "EUR" }],
      },
    ],
  );
  for (const each of all) assert.equal((await numbers(at, each.words)).length, each.orders);
  const [hold] = await holds(at, first!);
  await at.ask("POST", `/v1/orders/${first}/holds/${hold!.id}/assign`, { body: { to: publicId("user", annaId) } });
  // An operator sees no money.
  assert.deepEqual(
    (await groups(anna, "?owner=me")).map((each) => [each.code, each.orders, each.at_stake, each.words]),
    [["sku_not_linked", 1, [], "reason:sku_not_linked owner:me is:awake"]],
  );
  assert.deepEqual(
    (await groups(at, "?owner=none")).map((each) => [each.code, each.orders]),
    [
      ["sku_not_linked", 1],
      ["awaiting_payment", 1],
    ],
  );
  assert.equal((await at.ask("GET", "/v1/attention?owner=me")).status, 400, "a key owns nothing");
});

test("HC-3, HC-4 what is snoozed is counted in one way: the inbox, its groups and the words that list them agree", async (t) => {
  const at = await aServer(t);
  const ids = await at.orders([
    { channelOrderId: "1", number: "ONE", lines: [aChannelLine("NEW", 1)] },
    { channelOrderId: "2", number: "TWO", lines: [aChannelLine("NEW", 1)] },
    { channelOrderId: "3", number: "BOTH", lines: [aChannelLine("NEW", 1)] },
  ]);
  const [one, , both] = ids;
  await at.ask("POST", `/v1/orders/${both}/hold`, { body: {} });
  const annaId = await aUser(at, { email: "anna@example.org", role: "staff" });
  const until = new Date(at.engine.clock.now().getTime() + 3_600_000).toISOString();
  for (const id of [one, both]) {
    const hold = (await holds(at, id!)).find(({ code }) => code === "sku_not_linked")!;
    assert.equal((await at.ask("POST", `/v1/orders/${id}/holds/${hold.id}/snooze`, { body: { until } })).status, 200);
  }
  const byPerson = (await holds(at, both!)).find(({ code }) => code === "by_person")!;
  const to = { body: { to: publicId("user", annaId) } };
  assert.equal((await at.ask("POST", `/v1/orders/${both}/holds/${byPerson.id}/assign`, to)).status, 200);

  for (const query of [
    "",
    "?snoozed=true",
    "?owner=none",
    `?owner=${publicId("user", annaId)}`,
    "?owner=none&snoozed=true",
  ]) {
    const answer = (await at.ask("GET", `/v1/attention${query}`)).body as unknown as { orders: number };
    const listed = new Set<string>();
    for (const { words, orders } of await groups(at, query)) {
      const found = await numbers(at, words);
      assert.equal(found.length, orders, `${query}: ${words}`);
      for (const each of found) listed.add(each);
    }
    assert.equal(answer.orders, listed.size, query);
  }
  assert.deepEqual(await numbers(at, "is:snoozed"), ["BOTH", "ONE"]);
  assert.deepEqual(await numbers(at, "is:awake"), ["BOTH", "TWO"]);
  assert.deepEqual(await numbers(at, "reason:sku_not_linked is:awake"), ["TWO"]);
  assert.deepEqual(await numbers(at, "reason:by_person is:snoozed"), []);
  assert.deepEqual(await numbers(at, `reason:sku_not_linked owner:${publicId("user", annaId)}`), []);
});

test("UI-94 a group is snoozed, given away and dismissed for its reason alone, after a look at what that would do", async (t) => {
  const at = await aServer(t);
  const ids = await at.orders([
    { channelOrderId: "1", lines: [aChannelLine("NEW", 1)] },
    { channelOrderId: "2", lines: [aChannelLine("NEW", 1)] },
  ]);
  await at.ask("POST", `/v1/orders/${ids[0]}/hold`, { body: {} });
  const until = new Date(at.engine.clock.now().getTime() + 3_600_000).toISOString();
  const orders = { words: "reason:sku_not_linked is:awake" };
  const snooze = { action: "snooze", until, reason: "sku_not_linked" };

  const look = await at.ask("POST", "/v1/jobs", { body: { do: snooze, orders, preview: true } });
  assert.equal(look.body["valid"] as unknown, 2, look.text);
  const job = await at.ask("POST", "/v1/jobs", { body: { do: snooze, orders } });
  assert.equal(job.status, 201, job.text);
  while ((await jobs.run(at.engine)) > 0);
  const snoozed = (await Promise.all(ids.map((id) => holds(at, id)))).flat();
  assert.deepEqual(
    snoozed
      .map(({ code, snoozed_until }) => [code, snoozed_until])
      .toSorted((one, other) => String(one[0]).localeCompare(String(other[0]))),
    [
      ["by_person", null],
      ["sku_not_linked", until],
      ["sku_not_linked", until],
    ],
  );

  const dismiss = { action: "dismiss", reason: "sku_not_linked" };
  const refused = await at.ask("POST", "/v1/jobs", { body: { do: dismiss, orders: { ids }, preview: true } });
  assert.equal(refused.body["valid"] as unknown, 0, "what has to be linked is not dismissed");

  await at.database.engine.run(sql`update hold set code = 'parcel_stalled' where code = 'sku_not_linked'`);
  const stalled = { do: { action: "dismiss", reason: "parcel_stalled" }, orders: { words: "reason:parcel_stalled" } };
  const looked = await at.ask("POST", "/v1/jobs", { body: { ...stalled, preview: true } });
  assert.equal(looked.body["valid"] as unknown, 2, looked.text);
  assert.equal((await numbers(at, "reason:parcel_stalled")).length, 2, "a look changes nothing");
  assert.equal((await at.ask("POST", "/v1/jobs", { body: stalled })).status, 201);
  while ((await jobs.run(at.engine)) > 0);
  assert.deepEqual(await numbers(at, "reason:parcel_stalled"), []);
  assert.equal((await numbers(at, "reason:by_person")).length, 1, "the other reason stays");
});
