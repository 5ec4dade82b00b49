import assert from "node:assert/strict";
import { createHmac, hash } from "node:crypto";
import { test } from "node:test";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { aUser, Browser, goodPassword, signedIn } from "../testing/browser.ts";
import { aServer } from "../testing/server.ts";
import { hashPassword, isPassword, standardCost, whyNotPassword } from "./password.ts";
import { countWrong, networkOf } from "./limits.ts";
import { realRandom } from "../../cli/clock.ts";

const code = (answer: { body: Record<string, unknown> }): unknown => answer.body["code"];
const Texts = row({ text: col.text });

/** RFC 6238 with the defaults of every authenticator app; our own reading of it, so that the library's is checked by another. */
function totp(uri: string, at: Date): string {
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  const bits = Array.from(secret, (letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  );
  const bytes =
    bits
      .join("")
      .match(/.{8}/g)
      ?.map((byte) => Number.parseInt(byte, 2)) ?? [];
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 30_000)));
  const mac = createHmac("sha1", Buffer.from(bytes)).update(counter).digest();
  const offset = mac.at(-1)! & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Codes of steps that were not used yet: the library accepts the step before and after. */
const codeOf = (uri: string, step: number): string => totp(uri, new Date(Date.now() + step * 30_000));

async function withSecondFactor(browser: Browser): Promise<{ uri: string; backupCodes: string[] }> {
  const begun = await browser.ask("POST", "/v1/auth/second-factor/set-up", { password: goodPassword });
  assert.equal(begun.status, 200, begun.text);
  const uri = begun.body["uri"] as unknown as string;
  const confirmed = await browser.ask("POST", "/v1/auth/second-factor/confirm", { code: codeOf(uri, -1) });
  assert.equal(confirmed.status, 204, confirmed.text);
  return { uri, backupCodes: begun.body["backup_codes"] as unknown as string[] };
}

test("AU-1 a password is kept as scrypt with its parameters, and the same letters typed otherwise are the same", async () => {
  const cheap = { ln: 10, r: 8, p: 1 };
  const kept = await hashPassword("Zoë's Käse", realRandom, cheap);

  assert.match(kept, /^\$scrypt\$ln=10,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/);
  assert.equal(await isPassword("Zoe\u0308's Ka\u0308se", kept), true);
  assert.equal(await isPassword("zoë's käse", kept), false);
  assert.notEqual(await hashPassword("Zoë's Käse", realRandom, cheap), kept);
  assert.deepEqual(standardCost, { ln: 15, r: 8, p: 3 });
  assert.equal(await isPassword("Zoë's Käse", "nonsense"), false);
});

test("AU-2 a password has 8 characters or more of any kind, and is none of those that are tried first", () => {
  const about = ["Anna Kowalska", "anna.kowalska@example.org"];
  for (const good of ["correct horse battery", "ünïcödé ✓ ok", "a".repeat(4) + "bcdefgh", "        x y z"])
    assert.equal(whyNotPassword(good, about), null, good);
  for (const bad of [
    "seven77",
    "password",
    "PASSWORD123",
    "qwertyuiop",
    "aaaaaaaaaaaa",
    "kowalska",
    "Kowalska1985",
    "x".repeat(201),
  ])
    assert.notEqual(whyNotPassword(bad, about), null, bad);
});

test("AU-3 no token, link or password can be read out of the database", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  await anna.ask("POST", "/v1/auth/password/forgotten", { email: "anna@example.org" });

  const rows = await at.database.auth.rows(
    Texts,
    sql`
    select to_jsonb(s)::text as text from auth.session s union all select to_jsonb(v)::text from auth.verification v
    union all select to_jsonb(c)::text from auth.credential c union all select to_jsonb(d)::text from auth.known_device d`,
  );

  const dump = rows.map((each) => each.text).join("\n");
  const [, link] = /#(\S+)/.exec(at.mails[0]!.text) ?? [];
  const token = decodeURIComponent(anna.cookies.get("switchyard.session_token")!).split(".")[0]!;
  for (const secret of [token, link!, goodPassword, anna.cookies.get("switchyard.device")!])
    assert.equal(dump.includes(secret), false);
  assert.equal(dump.includes(hash("sha256", token)), true);
});

test("AU-4 a session is an opaque cookie, new with each sign-in, over after 12 hours without use and after seven days", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const first = anna.cookies.get("switchyard.session_token");
  const again = await anna.signIn("anna@example.org", goodPassword);

  const [cookie] = (again.headers["set-cookie"] as string[]).filter((each) => each.includes("session_token"));
  assert.match(cookie!, /^switchyard\.session_token=[^;]{40,}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.notEqual(anna.cookies.get("switchyard.session_token"), first);
  assert.equal((await anna.ask("GET", "/v1/orders")).status, 200);

  await at.database.auth.run(sql`update auth.session set expires_at = ${new Date(Date.now() - 1000)}`);
  assert.equal(code(await anna.copy().ask("GET", "/v1/orders")), "sign_in_again");

  await anna.signIn("anna@example.org", goodPassword);
  const aWeekAgo = new Date(at.engine.clock.now().getTime() - 7 * 86_400_000);
  await at.database.auth.run(sql`update auth.session set created_at = ${aWeekAgo}`);
  assert.equal((await anna.ask("GET", "/v1/orders")).status, 401);
  assert.equal((await anna.ask("GET", "/v1/auth/me")).status, 401);
});

test("AU-4 over https the cookie is bound to the host", async (t) => {
  const at = await aServer(t, {}, {}, { url: "https://orders.example" });
  await aUser(at, { email: "anna@example.org" });
  const anna = new Browser(at);
  anna.host = "orders.example";
  anna.origin = "https://orders.example";

  const answer = await anna.signIn("anna@example.org", goodPassword);

  for (const cookie of answer.headers["set-cookie"] as string[])
    assert.match(cookie, /^__Host-switchyard\..*Path=\/.*HttpOnly.*; Secure|^__Host-switchyard\..*; Secure.*HttpOnly/);
  assert.equal((await anna.ask("GET", "/v1/orders")).status, 200);
});

test("AU-5 sessions are listed, and one that is ended is over at once", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const phone = new Browser(at);
  await phone.signIn("anna@example.org", goodPassword);
  const bert = await signedIn(at, { email: "bert@example.org", role: "staff" });

  const listed = (await anna.ask("GET", "/v1/auth/sessions")).body["sessions"] as unknown as {
    id: string;
    current: boolean;
  }[];
  assert.equal(listed.length, 2);
  const other = listed.find((each) => !each.current)!;
  assert.equal((await bert.ask("DELETE", `/v1/auth/sessions/${other.id}`)).status, 404);
  assert.equal((await phone.ask("GET", "/v1/orders")).status, 200);

  assert.equal((await anna.ask("DELETE", `/v1/auth/sessions/${other.id}`)).status, 204);

  assert.equal((await phone.ask("GET", "/v1/orders")).status, 401);
  const stolen = anna.copy();
  assert.equal((await anna.ask("POST", "/v1/auth/sign-out", {})).status, 204);
  assert.equal((await stolen.ask("GET", "/v1/auth/me")).status, 401);
  assert.equal((await bert.ask("GET", "/v1/auth/me")).status, 200);
});

test("AU-6 what carries a cookie and changes something must come from a page of this server", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const [order] = await at.orders([{}]);
  const hold = (headers: Record<string, string>) => {
    const other = anna.copy();
    other.origin = null;
    return other.ask("POST", `/v1/orders/${order}/hold`, {}, headers);
  };

  for (const headers of [
    {},
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "https://localhost:80" },
    { origin: "http://localhost:81" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ] as Record<string, string>[])
    assert.equal(code(await hold(headers)), "other_page", JSON.stringify(headers));
  const forced = new Browser(at);
  forced.origin = "https://evil.example";
  assert.equal(code(await forced.signIn("anna@example.org", goodPassword)), "other_page");
  assert.equal((await hold({ "sec-fetch-site": "same-origin" })).status, 200);
});

test("AU-7 a wrong password and an account that is not there get the same answer after the same work", async (t) => {
  const at = await aServer(t);
  await aUser(at, { email: "anna@example.org" });

  const wrong = await new Browser(at).signIn("anna@example.org", "not her password");
  const absent = await new Browser(at).signIn("nobody@example.org", "not her password");

  assert.equal(wrong.status, 401);
  assert.equal(wrong.text, absent.text);
  assert.deepEqual(wrong.headers["set-cookie"], absent.headers["set-cookie"]);
  const forgotten = await new Browser(at).ask("POST", "/v1/auth/password/forgotten", { email: "anna@example.org" });
  const unknown = await new Browser(at).ask("POST", "/v1/auth/password/forgotten", { email: "nobody@example.org" });
  assert.equal(forgotten.status, 202);
  assert.equal(forgotten.text, unknown.text);
  assert.deepEqual(
    at.mails.map((mail) => mail.to),
    ["anna@example.org"],
  );
});

test("AU-9 with a second factor a password alone opens nothing, and a code counts once", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const { uri, backupCodes } = await withSecondFactor(anna);
  assert.equal(backupCodes.length, 10);

  const browser = new Browser(at);
  const first = await browser.signIn("anna@example.org", goodPassword);
  assert.equal(first.body["status"] as unknown, "second_factor_needed");
  assert.equal((await browser.ask("GET", "/v1/auth/me")).status, 401);
  assert.equal(code(await browser.ask("POST", "/v1/auth/second-factor", { code: "000000" })), "wrong_code");
  const thief = browser.copy();
  const right = codeOf(uri, 0);
  assert.equal((await browser.ask("POST", "/v1/auth/second-factor", { code: right })).status, 200);
  assert.equal((await browser.ask("GET", "/v1/orders")).status, 200);

  // The same code again: with a copy of the half-open sign-in, and in a new one.
  assert.equal((await thief.ask("POST", "/v1/auth/second-factor", { code: right })).status, 401);
  await thief.signIn("anna@example.org", goodPassword);
  assert.equal(code(await thief.ask("POST", "/v1/auth/second-factor", { code: right })), "wrong_code");
  assert.equal((await thief.ask("GET", "/v1/auth/me")).status, 401);

  const phone = new Browser(at);
  await phone.signIn("anna@example.org", goodPassword);
  assert.equal((await phone.ask("POST", "/v1/auth/second-factor", { backup_code: backupCodes[0] })).status, 200);
  await phone.signIn("anna@example.org", goodPassword);
  assert.equal((await phone.ask("POST", "/v1/auth/second-factor", { backup_code: backupCodes[0] })).status, 401);
});

test("AU-9 after five wrong codes the sign-in begins anew", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const { uri } = await withSecondFactor(anna);
  const browser = new Browser(at);
  await browser.signIn("anna@example.org", goodPassword);

  const answers = [];
  for (let n = 0; n < 6; n += 1)
    answers.push(code(await browser.ask("POST", "/v1/auth/second-factor", { code: `00000${n}` })));

  assert.deepEqual(answers, [...Array(5).fill("wrong_code"), "start_again"]);
  assert.equal((await browser.ask("POST", "/v1/auth/second-factor", { code: codeOf(uri, 1) })).status, 401);
});

test("AU-10 wrong passwords of one account wait longer and longer, and never those of somebody's own browser", async (t) => {
  const at = await aServer(t);
  const own = await signedIn(at, { email: "anna@example.org" });
  const guess = (password = "wrong guess") => new Browser(at).signIn("anna@example.org", password);
  const unknown = () => new Browser(at).signIn("nobody@example.org", "wrong guess");

  const answers = [];
  for (let n = 0; n < 11; n += 1) answers.push([(await guess()).status, (await unknown()).status]);
  const blocked = await guess(goodPassword);

  assert.deepEqual(answers, [...Array(10).fill([401, 401]), [429, 429]]);
  assert.equal(blocked.status, 429);
  assert.equal(blocked.headers["retry-after"], "60");
  assert.equal((await own.signIn("anna@example.org", goodPassword)).status, 200, "a known browser has its own budget");
  at.engine.clock.advance(60_000);
  assert.equal((await guess()).status, 401);
  assert.equal((await guess()).headers["retry-after"], "120");
  at.engine.clock.advance(120_000);
  assert.equal((await guess(goodPassword)).status, 200, "a wait, not a lock");
});

test("AU-10 a hundred guesses at once are no more than ten", async (t) => {
  const at = await aServer(t);
  await aUser(at, { email: "anna@example.org" });

  const answers = await Promise.all(
    Array.from({ length: 40 }, () => new Browser(at).signIn("anna@example.org", "wrong guess")),
  );

  assert.equal(answers.filter((each) => each.status === 401).length, 10);
  assert.equal(answers.filter((each) => each.status === 429).length, 30);
});

test("AU-10 one network has 50 tries in 15 minutes, whatever headers say about it; an IPv6 network is its /64", async (t) => {
  const at = await aServer(t);
  const from = (peer: string, n: number) => {
    const browser = new Browser(at);
    browser.peer = peer;
    return browser.ask(
      "POST",
      "/v1/auth/sign-in",
      { email: `user${n}@example.org`, password: "wrong guess" },
      { "x-forwarded-for": `10.0.0.${n}` },
    );
  };
  const answers: number[] = [];
  for (let n = 0; n < 51; n += 1) answers.push((await from(`2001:db8:1:2::${n.toString(16)}`, n)).status);

  assert.deepEqual(answers, [...Array(50).fill(401), 429]);
  assert.equal((await from("2001:db8:1:3::1", 99)).status, 401);
  assert.equal(networkOf("2001:db8::1"), networkOf("2001:0db8:0:0:ffff::9"));
  assert.notEqual(networkOf("2001:db8::1"), networkOf("2001:db8:0:1::1"));
  assert.equal(networkOf("::ffff:10.1.2.3"), "10.1.2.3");
});

test("AU-11 a forgotten password is replaced with the mailed link, once, within an hour, and all sessions end", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const browser = new Browser(at);
  const ask = () => browser.ask("POST", "/v1/auth/password/forgotten", { email: "Anna@Example.org" });
  await ask();
  const [, token] = /http:\/\/localhost\/password#(\S+)/.exec(at.mails[0]!.text) ?? [];
  const reset = (password: string) => browser.ask("POST", "/v1/auth/password/reset", { token, password });

  assert.equal((await reset("short")).status, 400);
  assert.equal((await reset("another four words")).status, 204);
  assert.equal(code(await reset("yet another four words")), "link_over");
  assert.equal((await anna.ask("GET", "/v1/auth/me")).status, 401);
  assert.equal((await browser.signIn("anna@example.org", goodPassword)).status, 401);
  assert.equal((await browser.signIn("anna@example.org", "another four words")).status, 200);

  assert.equal((await ask()).status, 202);
  assert.equal((await ask()).status, 202);
  assert.equal((await ask()).status, 429, "three an hour");
});

test("AU-8 what is dangerous needs a proof of the last quarter of an hour, from a person and not from a key", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const invite = (browser: Browser) =>
    browser.ask("POST", "/v1/invitations", { email: "bert@example.org", role: "staff" });

  assert.equal((await invite(anna)).status, 201, "signing in is a proof");
  at.engine.clock.advance(15 * 60_000);
  assert.equal(code(await invite(anna)), "prove_again");
  assert.equal(code(await anna.ask("POST", "/v1/auth/prove", { password: "not hers" })), "wrong_password");
  assert.equal((await anna.ask("POST", "/v1/auth/prove", { password: goodPassword })).status, 204);
  assert.equal((await invite(anna)).status, 201);
  const byKey = await at.ask("POST", "/v1/invitations", { body: { email: "bert@example.org", role: "staff" } });
  assert.equal(code(byKey), "person_needed");

  const secrets = () => anna.ask("PUT", "/v1/accounts/acc_01980000-0000-7000-8000-000000000000/secrets", {});
  assert.equal(code(await secrets()), "second_factor_needed");
  const { uri } = await withSecondFactor(anna);
  assert.equal((await secrets()).status, 404, "allowed, and there is no such account");
  at.engine.clock.advance(15 * 60_000);
  assert.equal(code(await secrets()), "prove_again");
  assert.equal((await anna.ask("POST", "/v1/auth/prove", { password: goodPassword })).status, 400, "and the code");
  const proof = { password: goodPassword, code: codeOf(uri, 0) };
  assert.equal((await anna.ask("POST", "/v1/auth/prove", proof)).status, 204);
  assert.equal((await invite(anna)).status, 201);
});

test("AU-12 a new password ends all other sessions", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  const phone = new Browser(at);
  await phone.signIn("anna@example.org", goodPassword);
  const change = (current: string, password: string) => anna.ask("POST", "/v1/auth/password", { current, password });

  assert.equal(code(await change("not hers", "another four words")), "wrong_password");
  assert.equal((await change(goodPassword, "anna@example.org")).status, 400);
  assert.equal((await change(goodPassword, "another four words")).status, 204);

  assert.equal((await phone.ask("GET", "/v1/auth/me")).status, 401);
  assert.equal((await anna.ask("GET", "/v1/auth/me")).status, 200);
});

test("AU-10 five hundred wrong passwords in five minutes, whoever they are for, are told to the administrator once", async (t) => {
  const at = await aServer(t);
  const now = at.engine.clock.now();
  const told = [];
  for (let n = 0; n < 502; n += 1) told.push(await countWrong(at.database.auth, now));

  assert.deepEqual(
    told.flatMap((is, index) => (is ? [index + 1] : [])),
    [500],
  );
});

test("AU-28 who asks, where and what they may do there: the visitor, a member, a stranger's workspace, nobody", async (t) => {
  const at = await aServer(t);
  const browser = await signedIn(at, { email: "anna@example.org" });
  const look = async (headers: Record<string, string>, peer?: string) =>
    (await at.ask("GET", "/v1/session", { key: null, headers, ...(peer === undefined ? {} : { peer }) }))
      .body as unknown as {
      is_visitor: boolean;
      user: { id: string } | null;
      workspace: { slug: string } | null;
      permissions: string[];
    };

  const visitor = await look({});
  const nobody = await look({}, "203.0.113.9");
  const named = await look({ "x-switchyard-workspace": "rival" });
  const member = await browser.ask("GET", "/v1/session");

  assert.deepEqual([visitor.is_visitor, visitor.user, visitor.workspace?.slug], [true, null, "sandbox"]);
  assert.ok(visitor.permissions.includes("orders.change"));
  for (const stranger of [nobody, named])
    assert.deepEqual(
      [stranger.is_visitor, stranger.user, stranger.workspace, stranger.permissions],
      [false, null, null, []],
    );
  assert.equal((member.body["user"] as unknown as { email: string }).email, "anna@example.org");
});
