import assert from "node:assert/strict";
import { test } from "node:test";
import { publicId } from "#domain/ids.ts";
import { deleteMember } from "#store/member.ts";
import { sql } from "#store/sql.ts";
import { listSuppliers } from "#store/supplier.ts";
import { signedIn } from "./testing/browser.ts";
import { aServer, type Answer } from "./testing/server.ts";

interface Entry {
  kind: string;
  topic: string;
  actor: string;
  by: { kind: string; name: string };
  on: { name: string } | null;
  changes: { name: string; from: unknown; to: unknown }[];
  details: Record<string, unknown>;
}
interface Shown {
  id: string;
  key: string | null;
  entries: Entry[];
  next: string | null;
  events: { actor: string; by: { kind: string; name: string } }[];
  actors: Record<string, { kind: string; name: string }>;
  keys: { id: string; state: string; last_used_at: string | null; suppliers: { name: string }[] }[];
}
const of = ({ body }: Answer): Shown => body as unknown as Shown;

test("SU-1 a key with scopes may these and no others of its role, and sees no money without the scope for it", async (t) => {
  const at = await aServer(t);
  const olga = await signedIn(at, { email: "olga@example.org" });
  const [order] = await at.orders([{}]);
  const made = await olga.ask("POST", "/v1/keys", { role: "staff", name: "reader", scopes: ["orders.read"] });
  assert.equal(made.status, 201, made.text);
  const { key } = of(made);

  const read = await at.ask("GET", `/v1/orders/${order}`, { key });
  const changed = await at.ask("POST", `/v1/orders/${order}/hold`, { key, body: {} });
  const money = await at.ask("GET", "/v1/ledger", { key });
  const beyond = await olga.ask("POST", "/v1/keys", { role: "viewer", name: "x", scopes: ["orders.change"] });
  const none = await olga.ask("POST", "/v1/keys", { role: "viewer", name: "x", scopes: [] });

  assert.equal(read.status, 200);
  assert.equal(read.body["money"] as unknown, null);
  assert.deepEqual([changed.status, changed.body["code"] as unknown], [403, "scope_missing"]);
  assert.deepEqual([money.status, money.body["code"] as unknown], [403, "scope_missing"]);
  assert.deepEqual([beyond.status, beyond.body["code"] as unknown], [422, "scopes_invalid"]);
  assert.equal(none.status, 422);
});

test("SU-2 a supplier's key sees the fulfillment orders of its suppliers and no others", async (t) => {
  const at = await aServer(t);
  const olga = await signedIn(at, { email: "olga@example.org" });
  const [order] = await at.orders([{}]);
  await at.leaveBuffer();
  const { parts } = (await at.ask("GET", "/v1/orders")).body["orders"]![0] as { parts: { id: string }[] };
  await at.ask("POST", `/v1/fulfillment-orders/${parts[0]!.id}/take-over`, { body: {} });
  await at.ask("POST", `/v1/fulfillment-orders/${parts[0]!.id}/placed`, { body: { supplier_order_id: "S-1" } });
  const suppliers = await listSuppliers(at.database.engine, at.workspaceId);
  const keyOf = async (name: string): Promise<string | null> => {
    const { publicId: uuid } = suppliers.find((each) => each.name === name)!;
    const wish = { role: "supplier", name, suppliers: [publicId("supplier", uuid)] };
    return of(await olga.ask("POST", "/v1/keys", wish)).key;
  };

  const own = await at.ask("GET", "/v1/desk", { key: await keyOf("acme") });
  const others = await at.ask("GET", "/v1/desk", { key: await keyOf("other") });
  const nobodys = await olga.ask("POST", "/v1/keys", { role: "supplier", name: "x" });
  const shelf = publicId("supplier", suppliers.find(({ name }) => name === "shelf")!.publicId);
  const wrong = await olga.ask("POST", "/v1/keys", { role: "supplier", name: "x", suppliers: [shelf] });

  assert.equal(own.text.includes(parts[0]!.id), true, own.text);
  assert.equal(others.status, 200);
  assert.equal(others.text.includes(parts[0]!.id), false);
  assert.deepEqual([nobodys.status, nobodys.body["code"] as unknown], [422, "suppliers_missing"]);
  assert.equal(wrong.body["code"] as unknown, "no_such_supplier");
  assert.ok(order);
});

test("SU-3 a key is made by a person who showed the password lately, shown once, and ends at once", async (t) => {
  const at = await aServer(t);
  const olga = await signedIn(at, { email: "olga@example.org" });
  const adam = await signedIn(at, { email: "adam@example.org", role: "admin" });
  const wish = { role: "staff", name: "shop", expires_at: "2027-01-01T00:00:00Z" };
  const once = { "idempotency-key": "make-1" };

  const first = await olga.ask("POST", "/v1/keys", wish, once);
  const again = await olga.ask("POST", "/v1/keys", wish, once);
  const owners = await adam.ask("POST", "/v1/keys", { role: "owner", name: "all" });
  const byKey = await at.ask("POST", "/v1/keys", { body: wish });
  const { id, key } = of(first);

  assert.match(key!, new RegExp(`^swk_${id}_[0-9a-f]{64}$`));
  assert.deepEqual([again.status, of(again).id, of(again).key], [201, id, null]);
  assert.deepEqual([owners.status, owners.body["code"] as unknown], [409, "owners_only"]);
  assert.equal(byKey.body["code"] as unknown, "person_needed");
  assert.equal((await at.ask("GET", "/v1/orders", { key })).status, 200);
  const listed = await olga.ask("GET", "/v1/keys");
  assert.equal(listed.text.includes(key!), false);
  assert.equal(of(listed).keys.find((each) => each.id === id)?.last_used_at, at.engine.clock.now().toISOString());
  assert.equal((await olga.ask("DELETE", `/v1/keys/${id}`)).status, 204);
  assert.equal((await olga.ask("DELETE", `/v1/keys/${id}`)).status, 404);
  assert.equal((await at.ask("GET", "/v1/orders", { key })).status, 401);
  at.engine.clock.advance(16 * 60_000);
  assert.equal((await olga.ask("POST", "/v1/keys", wish)).body["code"] as unknown, "prove_again");
});

test("SU-4 the trail says who changed what from what to what, page by page, without inner ids and secrets", async (t) => {
  const at = await aServer(t);
  const olga = await signedIn(at, { email: "olga@example.org" });
  const bert = await signedIn(at, { email: "bert@example.org", role: "staff" });
  for (const bufferMs of ["5m", "6m", "7m"]) await olga.ask("PUT", "/v1/settings", { settings: { bufferMs } });
  await at.ask("PUT", `/v1/channels/${at.channel}/settings`, { body: { settings: { handlingDays: 3 } } });
  await olga.ask("PUT", `/v1/members/${publicId("user", bert.userId)}`, { role: "viewer" });
  const made = of(await olga.ask("POST", "/v1/keys", { role: "viewer", name: "dashboards" }));

  const all = of(await olga.ask("GET", "/v1/audit"));
  const pages: Entry[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page = of(await olga.ask("GET", `/v1/audit?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`));
    pages.push(...page.entries);
    cursor = page.next;
  }
  const mine = of(await olga.ask("GET", `/v1/audit?topic=settings&actor=user:${publicId("user", olga.userId)}`));

  assert.deepEqual(pages, all.entries);
  assert.deepEqual(
    mine.entries.map(({ changes }) => changes),
    [
      [{ name: "bufferMs", from: 360_000, to: 420_000 }],
      [{ name: "bufferMs", from: 300_000, to: 360_000 }],
      [{ name: "bufferMs", from: mine.entries[2]?.changes[0]?.from, to: 300_000 }],
    ],
  );
  const changed = all.entries.find(({ kind }) => kind === "member_changed");
  assert.deepEqual(changed?.by, { kind: "person", name: "olga" });
  assert.deepEqual(changed?.details["member"], { id: publicId("user", bert.userId), name: "bert" });
  const byKey = all.entries.find(({ topic, on }) => topic === "settings" && on !== null);
  assert.equal(byKey?.by.kind, "key");
  assert.equal(all.entries.find(({ topic }) => topic === "keys")?.details["prefix"], made.id);
  assert.equal(JSON.stringify(all).includes(made.key!.slice(17)), false);
  assert.equal((await bert.ask("GET", "/v1/audit")).status, 403);
});

test("SU-4 uses of secrets are in the trail when they are asked for", async (t) => {
  const at = await aServer(t);
  const now = at.engine.clock.now();
  await at.database.vault.tx(async (tx) => {
    await tx.run(sql`select use_workspace(${at.workspaceId})`);
    await tx.run(sql`
      insert into vault.secret_use (workspace_id, subject, subject_id, hour, actor, purpose, uses, first_at, last_at)
      select ${at.workspaceId}::bigint, 'account', 1, ${now}, 'gate:1', p, 3, ${now}, ${now} from unnest(array['place', 'track', 'stock']) p`);
  });
  const none = of(await at.ask("GET", "/v1/audit"));
  const one = of(await at.ask("GET", "/v1/audit?topic=secret_use&limit=2"));
  const two = of(await at.ask("GET", `/v1/audit?topic=secret_use&limit=2&cursor=${one.next}`));

  assert.equal(
    none.entries.some(({ topic }) => topic === "secret_use"),
    false,
  );
  assert.deepEqual(
    [...one.entries, ...two.entries].map(({ details }) => details),
    ["track", "stock", "place"].map((purpose) => ({ purpose, uses: 3 })),
  );
  assert.deepEqual(one.entries[0]?.by, { kind: "machine", name: "Switchyard" });
});

test("SU-5 who is shown a buyer's address is written down, a look once; the sandbox's visitor is not", async (t) => {
  const at = await aServer(t);
  const olga = await signedIn(at, { email: "olga@example.org" });
  const [order] = await at.orders([{ number: "A-17" }]);
  await olga.ask("GET", `/v1/orders/${order}`);
  await olga.ask("GET", `/v1/orders/${order}`);
  await at.ask("GET", `/v1/orders/${order}`);
  at.engine.clock.advance(11 * 60_000);
  await olga.ask("GET", `/v1/orders/${order}`);
  await olga.ask("GET", "/v1/orders");
  await at.ask("POST", "/v1/buyers/export", { body: { order } });
  const [pretended] = await at.orders([{}], at.sandbox);
  await at.ask("GET", `/v1/orders/${pretended}`, { key: null });

  const { entries } = of(await olga.ask("GET", "/v1/audit?topic=personal_data"));
  assert.deepEqual(
    entries.map(({ by, on, details }) => [by.kind, on?.name ?? null, details["what"]].join(" ")).sort(),
    ["key  export", "key A-17 order", "person A-17 order", "person A-17 order"],
  );
});

test("SU-6 an event names who did it; who left is a former member; a page costs the same whatever its length", async (t) => {
  const at = await aServer(t);
  const olga = await signedIn(at, { email: "olga@example.org" });
  const bert = await signedIn(at, { email: "bert@example.org", role: "staff" });
  const [order] = await at.orders([{}]);
  for (let turn = 0; turn < 4; turn += 1) {
    await bert.ask("POST", `/v1/orders/${order}/hold`, {});
    await bert.ask("POST", `/v1/orders/${order}/unhold`, {});
  }
  await olga.ask("POST", `/v1/orders/${order}/hold`, {});
  const actor = `user:${publicId("user", bert.userId)}`;
  const names = async () => {
    const { events } = of(await olga.ask("GET", `/v1/orders/${order}/events`));
    return new Map(events.map((event) => [event.actor, event.by]));
  };

  const before = await names();
  const held = of(await olga.ask("GET", `/v1/orders/${order}`));
  await deleteMember(at.database.engine, at.workspaceId, bert.userId);
  const after = await names();

  assert.deepEqual(before.get(actor), { kind: "person", name: "bert" });
  assert.deepEqual(after.get(actor), { kind: "person", name: "a former member" });
  assert.ok([...before.values()].some(({ kind }) => kind === "machine" || kind === "channel"));
  assert.deepEqual(held.actors[`user:${publicId("user", olga.userId)}`], { kind: "person", name: "olga" });

  let asked = 0;
  const { db } = at.signIn;
  const rows = db.rows.bind(db);
  t.mock.method(db, "rows", (...args: Parameters<typeof rows>) => {
    asked += 1;
    return rows(...args);
  });
  const cost = async (limit: number): Promise<number> => {
    asked = 0;
    await olga.ask("GET", `/v1/orders/${order}/events?limit=${limit}`);
    return asked;
  };
  assert.equal(await cost(30), await cost(1));
});

test("SU-6 a booking names who booked it", async (t) => {
  const at = await aServer(t);
  const olga = await signedIn(at, { email: "olga@example.org" });
  const account = (await at.ask("GET", "/v1/ledger")).body["accounts"]![0] as { id: string };
  await olga.ask("POST", `/v1/ledger/${account.id}/top-up`, { amount: "5.00", reference: "r-1" });
  const { transactions } = (await at.ask("GET", `/v1/ledger/${account.id}/transactions`)).body as unknown as {
    transactions: { by: unknown }[];
  };
  assert.deepEqual(
    transactions.map(({ by }) => by),
    [{ kind: "person", name: "olga" }],
  );
});
