import assert from "node:assert/strict";
import { test } from "node:test";
import { publicId } from "#domain/ids.ts";
import { digestOfLink, newLinkToken } from "../sign-in/sign-in.ts";
import { keepSetUpLink } from "#store/auth/set-up.ts";
import { sql } from "#store/sql.ts";
import { listSuppliers } from "#store/supplier.ts";
import { seededRandom } from "../../../test/engine.ts";
import { aUser, Browser, goodPassword, signedIn } from "../testing/browser.ts";
import { aServer, type Answer, type TestServer } from "../testing/server.ts";

const code = (answer: Answer): unknown => answer.body["code"];
const tokenOf = (answer: Answer): string => (answer.body["link"] as unknown as string).split("#")[1]!;
const accept = (at: TestServer, token: string, more: object = { name: "Bert", password: goodPassword }) =>
  new Browser(at).ask("POST", "/v1/invitations/accept", { token, ...more });

test("AU-30 an invitation names an address and a role, is mailed and shown once, and its token is kept as a digest", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });

  const invited = await anna.ask("POST", "/v1/invitations", { email: "Bert@Example.org", role: "staff" });

  assert.equal(invited.status, 201);
  assert.match(invited.body["link"] as unknown as string, /^http:\/\/localhost\/invitation#[\w-]{43}$/);
  assert.deepEqual([at.mails[0]!.to, at.mails[0]!.text.includes(tokenOf(invited))], ["bert@example.org", true]);
  const listed = await anna.ask("GET", "/v1/invitations");
  assert.equal((listed.body["invitations"] as unknown as unknown[]).length, 1);
  assert.equal(listed.text.includes(tokenOf(invited)), false);
  const look = await new Browser(at).ask("POST", "/v1/invitations/look", { token: tokenOf(invited) });
  assert.deepEqual(look.body as unknown, {
    workspace: "acme",
    email: "bert@example.org",
    role: "staff",
    has_account: false,
  });
});

test("AU-31 an invitation is accepted once, within seven days, by a new account or by the one with its address", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const invite = async (email: string) => tokenOf(await anna.ask("POST", "/v1/invitations", { email, role: "viewer" }));

  const token = await invite("bert@example.org");
  assert.equal(code(await accept(at, token, {})), "account_missing");
  assert.equal((await accept(at, token, { name: "Bert", password: "short" })).status, 400);
  const both = await Promise.all([accept(at, token), accept(at, token)]);
  assert.equal(both.filter((each) => each.status === 200).length, 1);
  assert.ok(both.every((each) => each.status < 500));
  assert.equal(code(await accept(at, token)), "link_over");
  const bert = new Browser(at);
  assert.equal((await bert.signIn("bert@example.org", goodPassword)).status, 200);
  assert.equal((await bert.ask("GET", "/v1/orders")).status, 200);

  const older = await invite("carla@example.org");
  const newer = await invite("carla@example.org");
  assert.equal(code(await accept(at, older)), "link_over", "a newer one ends it");
  await aUser(at, { email: "carla@example.org", role: null });
  assert.equal(code(await accept(at, newer, { name: "x", password: "not her password" })), "sign_in_first");
  assert.equal(code(await bert.ask("POST", "/v1/invitations/accept", { token: newer })), "sign_in_first");
  const carla = new Browser(at);
  await carla.signIn("carla@example.org", goodPassword);
  assert.equal((await carla.ask("POST", "/v1/invitations/accept", { token: newer })).status, 200);

  const late = await invite("dora@example.org");
  const withdrawn = await invite("emil@example.org");
  const open = (await anna.ask("GET", "/v1/invitations")).body["invitations"] as unknown as {
    id: string;
    email: string;
  }[];
  const { id } = open.find((each) => each.email === "emil@example.org")!;
  assert.equal((await anna.ask("DELETE", `/v1/invitations/${id}`)).status, 204);
  assert.equal(code(await accept(at, withdrawn)), "link_over");
  at.engine.clock.advance(7 * 86_400_000);
  assert.equal(code(await accept(at, late)), "link_over");
});

test("AU-32 a role that changes or ends counts from the next request on, and the last owner stays", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const bert = await signedIn(at, { email: "bert@example.org", role: "admin" });
  const carla = await signedIn(at, { email: "carla@example.org", role: "staff" });
  const id = (browser: { userId: string }) => publicId("user", browser.userId);
  const [order] = await at.orders([{}]);
  const hold = () => carla.ask("POST", `/v1/orders/${order}/hold`, {});

  assert.equal(code(await carla.ask("PUT", `/v1/members/${id(carla)}`, { role: "owner" })), "role_may_not");
  assert.equal(code(await bert.ask("PUT", `/v1/members/${id(bert)}`, { role: "owner" })), "owners_only");
  assert.equal(code(await bert.ask("DELETE", `/v1/members/${id(anna)}`)), "owners_only");
  assert.equal((await bert.ask("PUT", `/v1/members/${id(carla)}`, { role: "viewer" })).status, 200);
  assert.equal((await hold()).status, 403);
  assert.equal((await bert.ask("PUT", `/v1/members/${id(carla)}`, { role: "staff" })).status, 200);
  assert.equal((await hold()).status, 200);
  assert.equal((await anna.ask("DELETE", `/v1/members/${id(carla)}`)).status, 204);
  assert.equal(code(await hold()), "no_workspace");

  assert.equal(code(await anna.ask("DELETE", `/v1/members/${id(anna)}`)), "last_owner");
  assert.equal(code(await anna.ask("PUT", `/v1/members/${id(anna)}`, { role: "staff" })), "last_owner");
  assert.equal((await anna.ask("PUT", `/v1/members/${id(bert)}`, { role: "owner" })).status, 200);
  // Both go at the same moment: one of them must stay.
  const left = await Promise.all([
    anna.ask("DELETE", `/v1/members/${id(anna)}`),
    bert.ask("DELETE", `/v1/members/${id(bert)}`),
  ]);
  assert.deepEqual(
    left.map((each) => each.status).toSorted((a, b) => a - b),
    [204, 409],
  );
});

test("AU-33 a desk role names its suppliers, of the right kind and of this workspace", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const idOf = async (workspace: typeof at.workspaceId, name: string) => {
    const found = await listSuppliers(at.database.engine, workspace);
    return publicId("supplier", found.find((each) => each.name === name)!.publicId);
  };
  const [acme, shelf, theirs] = [
    await idOf(at.workspaceId, "acme"),
    await idOf(at.workspaceId, "shelf"),
    await idOf(at.rival.workspaceId, "acme"),
  ];
  const absent = publicId("supplier", "01980000-0000-7000-8000-000000000000");
  const invite = (role: string, suppliers?: string[]) =>
    anna.ask("POST", "/v1/invitations", { email: "sam@example.org", role, ...(suppliers && { suppliers }) });

  assert.equal(code(await invite("supplier")), "suppliers_missing");
  assert.equal(code(await invite("supplier", [shelf])), "no_such_supplier");
  assert.equal(code(await invite("prep", [acme])), "no_such_supplier");
  assert.equal(code(await invite("staff", [acme])), "suppliers_invalid");
  assert.equal((await invite("supplier", [theirs])).text, (await invite("supplier", [absent])).text);
  const right = await invite("supplier", [acme]);
  assert.equal(right.status, 201);
  assert.deepEqual(right.body["suppliers"] as unknown, [{ id: acme, name: "acme" }]);
});

test("AU-34 members and invitations of other workspaces are not there", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const rival = await aUser(at, { email: "rita@example.org", of: at.rival.workspaceId });
  const rita = new Browser(at);
  await rita.signIn("rita@example.org", goodPassword);
  const theirs = await rita.ask("POST", "/v1/invitations", { email: "sam@example.org", role: "staff" });

  const nobody = "01980000-0000-7000-8000-000000000000";
  const answers = [];
  for (const user of [rival, nobody]) {
    answers.push(await anna.ask("PUT", `/v1/members/${publicId("user", user)}`, { role: "staff" }));
    answers.push(await anna.ask("DELETE", `/v1/members/${publicId("user", user)}`));
  }
  answers.push(await anna.ask("DELETE", `/v1/invitations/${theirs.body["id"] as unknown as string}`));
  answers.push(await anna.ask("DELETE", `/v1/invitations/${publicId("invitation", nobody)}`));

  assert.deepEqual(new Set(answers.map((each) => `${each.status} ${each.text}`)).size, 1);
  assert.equal(answers[0]!.status, 404);
  assert.doesNotMatch((await anna.ask("GET", "/v1/members")).text, /rita/);
  assert.equal((await accept(at, tokenOf(theirs))).status, 200);
});

test("AU-40 the first account is made with the printed link alone: once, before its end, and only while nobody owns a workspace", async (t) => {
  const at = await aServer(t);
  const now = () => at.engine.clock.now();
  const keep = async (lastsMs: number): Promise<string> => {
    const token = newLinkToken(seededRandom(Math.floor(lastsMs) + 1));
    await keepSetUpLink(at.database.auth, digestOfLink(token), new Date(now().getTime() + lastsMs));
    return token;
  };
  const setUp = (token: string, more: object = {}) =>
    new Browser(at).ask("POST", "/v1/set-up", {
      token,
      name: "Anna",
      email: "anna@example.org",
      password: goodPassword,
      workspace: { slug: "first" },
      ...more,
    });
  const needed = async () => (await new Browser(at).ask("GET", "/v1/set-up")).body["needed"] as unknown;

  assert.equal(code(await setUp("guessed")), "link_over", "no default link either");
  const ended = await keep(1000);
  at.engine.clock.advance(1000);
  assert.equal(code(await setUp(ended)), "link_over");
  const older = await keep(60_000);
  const token = await keep(120_000);
  assert.equal(code(await setUp(older)), "link_over", "the newest counts");
  assert.equal((await setUp(token, { password: "password" })).status, 400);
  assert.equal(code(await setUp(token, { workspace: { slug: "Not A Slug" } })), "slug_invalid");
  assert.equal(await needed(), true);
  const both = await Promise.all([setUp(token), setUp(token)]);
  assert.deepEqual(
    both.map((each) => each.status).toSorted((a, b) => a - b),
    [201, 410],
  );
  assert.equal(await needed(), false);
  assert.equal(code(await setUp(await keep(180_000))), "already_set_up");

  const anna = new Browser(at);
  assert.equal((await anna.signIn("anna@example.org", goodPassword)).status, 200);
  const me = (await anna.ask("GET", "/v1/auth/me")).body["workspaces"] as unknown as { slug: string; role: string }[];
  assert.deepEqual(
    me.map(({ slug, role }) => [slug, role]),
    [["first", "owner"]],
  );
  assert.equal(await at.database.auth.run(sql`select from auth.app_user`), 1);
});
