import assert from "node:assert/strict";
import { test } from "node:test";
import { may, permissions, roles, type Permission } from "#domain/role.ts";
import { accessOf, accessTable, permissionOf } from "./access.ts";
import { aUser, Browser, goodPassword, signedIn } from "./testing/browser.ts";
import { aServer } from "./testing/server.ts";

test("AU-20 what a role may do is one table, and every permission of it guards something", () => {
  const allowed = Object.fromEntries(
    roles.map((role) => [role, (Object.keys(permissions) as Permission[]).filter((each) => may(role, each))]),
  );

  assert.equal(allowed["owner"]!.length, Object.keys(permissions).length);
  assert.deepEqual(
    allowed["owner"]!.filter((each) => !allowed["admin"]!.includes(each)),
    ["owners.change"],
  );
  assert.deepEqual(
    allowed["viewer"]!.filter((each) => !each.endsWith(".read")),
    [],
  );
  assert.deepEqual(allowed["operator"], [
    "reference.read",
    "orders.read",
    "orders.note",
    "orders.place",
    "shipments.enter",
    "events.read",
  ]);
  assert.deepEqual(allowed["prep"], ["reference.read", "desk.read", "prep.pack"]);
  assert.deepEqual(allowed["supplier"], ["reference.read", "shipments.enter", "desk.read"]);
  for (const secret of ["secrets.change", "keys.change", "members.change", "settings.change"] as const)
    assert.deepEqual(
      roles.filter((role) => may(role, secret)),
      ["owner", "admin"],
    );
});

test("AU-21 an address without a line stops the start, and every line has its address", async (t) => {
  const at = await aServer(t);

  assert.throws(() => accessOf("GET", "/v1/forgotten"), /GET \/v1\/forgotten has no line/);
  const routes = (await at.ask("GET", "/v1/openapi.json")).body["paths"] as unknown as Record<string, object>;
  const served = Object.entries(routes).flatMap(([url, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${url.replaceAll(/\{([^}]+)\}/g, ":$1")}`),
  );
  assert.deepEqual(
    Object.keys(accessTable).filter((line) => !served.includes(line)),
    [],
  );
});

test("AU-22 a member acts in the workspace that is named, and a stranger's is refused like one that is not there", async (t) => {
  const at = await aServer(t);
  await at.orders([{ channelOrderId: "1" }]);
  await at.orders([{ channelOrderId: "2" }, { channelOrderId: "3" }], at.rival);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const list = (browser: Browser, workspace?: string) =>
    browser.ask("GET", "/v1/orders", undefined, workspace === undefined ? {} : { "x-switchyard-workspace": workspace });
  const count = (answer: { body: Record<string, unknown> }) => (answer.body["orders"] as unknown[]).length;

  assert.equal(count(await list(anna)), 1);
  const foreign = await list(anna, "rival");
  const absent = await list(anna, "no-such-one");
  assert.equal(foreign.status, 403);
  assert.equal(foreign.text, absent.text);

  const email = "bert@example.org";
  const bert = await aUser(at, { email });
  const { insertMember } = await import("#store/member.ts");
  const createdAt = at.engine.clock.now();
  const member = {
    workspaceId: at.rival.workspaceId,
    userId: bert,
    role: "viewer" as const,
    supplierIds: [],
    createdAt,
  };
  await insertMember(at.database.engine, member);
  const browser = new Browser(at);
  await browser.signIn(email, goodPassword);
  const unnamed = await list(browser);
  assert.equal(unnamed.status, 400);
  assert.match(unnamed.text, /which_workspace/);
  assert.equal(count(await list(browser, "rival")), 2);
  const me = (await browser.ask("GET", "/v1/auth/me")).body["workspaces"] as unknown as { id: string; role: string }[];
  assert.deepEqual(me.map((each) => each.role).sort(), ["owner", "viewer"]);
  for (const { id } of me) assert.equal((await list(browser, id)).status, 200);
  const write = await browser.ask("POST", "/v1/orders", {}, { "x-switchyard-workspace": "rival" });
  assert.equal(write.status, 403, "a viewer there, an owner here");

  const lonely = await signedIn(at, { email: "carla@example.org", role: null });
  assert.equal((await list(lonely)).status, 403);
});

test("AU-22 the trail names who did it, without their name or address", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const [order] = await at.orders([{}]);

  assert.equal((await anna.ask("POST", `/v1/orders/${order}/hold`, { note: "wait" })).status, 200);

  const { text } = await anna.ask("GET", `/v1/orders/${order}/events`);
  assert.match(text, new RegExp(`"user:usr_${anna.userId}"`));
  assert.doesNotMatch(text, /anna@example/);
});

test("AU-20 every address that asks for a permission asks for one that exists", () => {
  const asked = Object.values(accessTable).flatMap((line) => permissionOf(line) ?? []);

  assert.deepEqual(
    asked.filter((each) => !(each in permissions)),
    [],
  );
});

test("AU-27 the sandbox's visitor on this machine lets nobody in", async (t) => {
  const at = await aServer(t);
  const invite = { email: "eve@example.org", role: "owner" };

  const asked = await at.ask("POST", "/v1/invitations", { key: null, body: invite });

  assert.deepEqual([asked.status, asked.body["code"] as unknown], [403, "person_needed"]);
  assert.equal((await at.ask("GET", "/v1/members", { key: null })).status, 200);
});
