import assert from "node:assert/strict";
import { test } from "node:test";
import { publicId } from "#domain/ids.ts";
import { may, roles, type Role } from "#domain/role.ts";
import { prefixOf } from "#store/api-key.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { listSuppliers } from "#store/supplier.ts";
import { accessTable, permissionOf, proofOf } from "./access.ts";
import { aUser, Browser, goodPassword, signedIn } from "./testing/browser.ts";
import { aServer, type TestServer } from "./testing/server.ts";

const nobody = "01980000-0000-7000-8000-000000000000";
type Ids = Readonly<Record<string, string>>;
const PublicId = row({ publicId: col.text });

/** What stands for a parameter, by the words before it in the address. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/\/orders\/:id/, "order"],
  [/\/(fulfillment-orders|desk)\/:id/, "part"],
  [/\/shipments\/:id/, "shipment"],
  [/\/ledger\/:id/, "account"],
  [/\/accounts\/:id/, "account"],
  [/\/channels\/:id/, "channel"],
  [/\/suppliers\/:id/, "supplier"],
  [/\/keys\/:id/, "key"],
  [/\/members\/:id/, "user"],
  [/\/invitations\/:id/, "invitation"],
  [/\/(imports|set-aside)\/:id/, "import"],
  [/\/jobs\/:id/, "job"],
  [/\/views\/:id/, "view"],
  [/\/webhooks\/:id/, "endpoint"],
  [/\/unread-messages\/:id/, "message"],
];

/** What an address needs to get as far as looking for the id. */
const bodies: Readonly<Record<string, unknown>> = {
  edit: { shipping_method: "x" },
  answer: { take: "ours" },
  "choose-supplier": { supplier: publicId("supplier", nobody) },
  placed: { supplier_order_id: "1" },
  "not-placed": { reason: "out_of_stock" },
  "confirm-bought": { supplier_order_id: "1" },
  "confirm-not-bought": { reason: "looked" },
  tracking: { carrier: "ups", tracking_number: "1Z" },
  uncollect: { supplier_sku: "X" },
  "cannot-send": { reason: "out_of_stock" },
  "supplier-answered": { granted: "all" },
  collect: { supplier_sku: "X" },
  "put-back": { supplier_sku: "X" },
  ship: { carrier: "ups", tracking_number: "1Z" },
  "told-by-hand": { evidence: "seen" },
  notes: { text: "x" },
  assign: { to: null },
  snooze: { until: null },
  correct: { carrier: "ups", tracking_number: "1Z" },
  resolve: { ignore: "a test" },
  "top-up": { amount: "1", reference: "r" },
  correction: { amount: "1", reference: "r" },
  settings: { settings: {} },
  accounts: { name: "main" },
};
const byLine: Readonly<Record<string, unknown>> = {
  "PUT /v1/members/:id": { role: "viewer" },
  "PUT /v1/webhooks/:id": { enabled: false },
  "PUT /v1/channels/:id/webhooks": { on: true },
  "POST /v1/unread-messages/:id/put-aside": { why: "a test" },
  "POST /v1/webhooks/:id/resend": { since: "2026-11-22T00:00:00Z" },
};

function requestOf(line: string, ids: Ids): { method: string; url: string; body: unknown } {
  const [method = "", pattern = ""] = line.split(" ");
  const kind = kinds.find(([words]) => words.test(pattern))?.[1];
  if (pattern.includes(":") && kind === undefined) assert.fail(`${line}: say in this test what its :id is`);
  const url = pattern
    .replace("/:id", `/${ids[kind ?? ""]}`)
    .replace("/:hold", `/${ids["hold"]}`)
    .replace("/:note", `/${publicId("note", nobody)}`)
    .replace("/:attachment", `/${publicId("attachment", nobody)}`)
    .replace(/attachments$/, method === "POST" ? "attachments?name=x" : "attachments")
    .replace("/:delivery", `/${ids["delivery"]}`)
    .replaceAll(/\/:(no|line)/g, "/1");
  const body = method === "GET" ? undefined : (byLine[line] ?? bodies[pattern.split("/").at(-1)!] ?? {});
  return { method, url, body };
}

/** Somebody of each role, signed in. */
async function people(at: TestServer): Promise<ReadonlyMap<Role, Browser>> {
  const suppliers = await listSuppliers(at.database.engine, at.workspaceId);
  const found = new Map<Role, Browser>();
  for (const role of roles) {
    const own = suppliers.filter((each) => each.role === role).map((each) => each.id);
    found.set(role, await signedIn(at, { email: `${role}@example.org`, role, suppliers: own }));
  }
  return found;
}

async function rivalsIds(at: TestServer): Promise<Ids> {
  const of = at.rival.workspaceId;
  const [order] = await at.orders([{ channelOrderId: "R-1", number: "RIVAL-NUMBER" }], at.rival);
  assert.equal((await at.ask("POST", `/v1/orders/${order}/hold`, { key: at.rival.key, body: {} })).status, 200);
  const one = async (statement: ReturnType<typeof sql>) => (await at.database.engine.one(PublicId, statement)).publicId;
  const rita = await aUser(at, { email: "rita@example.org", of });
  const browser = new Browser(at);
  await browser.signIn("rita@example.org", goodPassword);
  const invited = await browser.ask("POST", "/v1/invitations", { email: "sam@example.org", role: "staff" });
  return {
    order: order!,
    part: publicId(
      "fulfillmentOrder",
      await one(sql`select public_id from fulfillment_order where workspace_id = ${of}`),
    ),
    hold: publicId("hold", await one(sql`select public_id from hold where workspace_id = ${of}`)),
    channel: publicId("channel", await one(sql`select public_id from channel where workspace_id = ${of}`)),
    account: publicId(
      "account",
      await one(sql`select public_id from supplier_account where workspace_id = ${of} order by id limit 1`),
    ),
    supplier: publicId(
      "supplier",
      await one(sql`select public_id from supplier where workspace_id = ${of} order by id limit 1`),
    ),
    key: prefixOf(at.rival.key)!,
    user: publicId("user", rita),
    invitation: invited.body["id"] as unknown as string,
    view: (await at.ask("POST", "/v1/views", { key: at.rival.key, body: { name: "RIVAL-VIEW", shared: true } })).body[
      "id"
    ] as unknown as string,
    // Of a kind that nothing of the rival's has: the uuid is there, and not as one of these.
    shipment: publicId("shipment", order!.slice(4)),
    import: publicId("import", order!.slice(4)),
    job: (
      await at.ask("POST", "/v1/jobs", {
        key: at.rival.key,
        body: { do: { action: "unhold" }, orders: { ids: [order] } },
      })
    ).body["id"] as unknown as string,
    endpoint: publicId("webhookEndpoint", order!.slice(4)),
    delivery: publicId("webhookDelivery", order!.slice(4)),
    message: publicId("message", order!.slice(4)),
  };
}
const absentIds: Ids = {
  order: publicId("order", nobody),
  part: publicId("fulfillmentOrder", nobody),
  hold: publicId("hold", nobody),
  channel: publicId("channel", nobody),
  account: publicId("account", nobody),
  supplier: publicId("supplier", nobody),
  key: "0".repeat(12),
  user: publicId("user", nobody),
  invitation: publicId("invitation", nobody),
  shipment: publicId("shipment", nobody),
  import: publicId("import", nobody),
  job: publicId("job", nobody),
  view: publicId("savedView", nobody),
  endpoint: publicId("webhookEndpoint", nobody),
  delivery: publicId("webhookDelivery", nobody),
  message: publicId("message", nobody),
};

test("AU-23 every address, every role: who may not is refused with the reason, and a stranger's id is answered byte for byte like none", async (t) => {
  const at = await aServer(t);
  const theirs = await rivalsIds(at);
  const everybody = await people(at);
  const secrets = [...Object.values(theirs), "RIVAL-NUMBER", "rita", "sam@example"];
  let refused = 0;
  let notThere = 0;

  for (const [line, access] of Object.entries(accessTable)) {
    const permission = permissionOf(access);
    if (permission === null || line.endsWith("/stream")) continue;
    for (const [role, browser] of everybody) {
      const ask = async (ids: Ids) => {
        const { method, url, body } = requestOf(line, ids);
        const answer = await browser.ask(method as "GET", url, body);
        return { status: answer.status, text: answer.text, code: answer.body["code"] as unknown };
      };
      const foreign = await ask(theirs);
      const what = `${role}: ${line} → ${foreign.status} ${foreign.text.slice(0, 200)}`;
      assert.ok(foreign.status < 500, what);
      for (const secret of secrets) assert.equal(foreign.text.includes(secret), false, `${what} says ${secret}`);
      if (!may(role, permission)) {
        assert.deepEqual([foreign.status, foreign.code], [403, "role_may_not"], what);
        refused += 1;
      } else if (proofOf(access) === "second_factor") assert.equal(foreign.code, "second_factor_needed", what);
      else if (line.includes(":id")) {
        assert.equal(foreign.status, 404, `${what}. Give it a body above that gets as far as looking for the id.`);
        notThere += 1;
      }
      if (line.includes(":id")) assert.deepEqual(await ask(absentIds), foreign, what);
    }
  }

  assert.ok(refused > 200 && notThere > 150, `${refused} refused, ${notThere} not there`);
});

test("AU-23 the same with a key, which shows no proof", async (t) => {
  const at = await aServer(t);
  for (const role of roles) {
    const key = await at.keyFor(at.workspaceId, role);
    for (const [line, access] of Object.entries(accessTable)) {
      const permission = permissionOf(access);
      if (permission === null || line.endsWith("/stream")) continue;
      const { method, url, body } = requestOf(line, absentIds);
      const { status, body: said } = await at.ask(method as "GET", url, { key, body });
      const code = said["code"] as unknown;
      if (!may(role, permission)) assert.deepEqual([status, code], [403, "role_may_not"], `${role}: ${line}`);
      else if (proofOf(access) !== null) assert.equal(code, "person_needed", `${role}: ${line}`);
      else assert.notEqual(code, "role_may_not", `${role}: ${line}`);
    }
  }
});

test("AU-23 nothing under /v1 is open to somebody who is not signed in and has no key, from elsewhere", async (t) => {
  const at = await aServer(t);
  const stranger = new Browser(at);
  stranger.peer = "10.1.2.3";
  for (const [line, access] of Object.entries(accessTable)) {
    if (access === "anyone") continue;
    const { method, url, body } = requestOf(line.replace(/\/:id$/, "/x"), absentIds);
    assert.equal((await stranger.ask(method as "GET", url, body)).status, 401, line);
  }
  assert.deepEqual(
    Object.keys(accessTable).filter((line) => accessTable[line] === "anyone"),
    [
      "GET /v1/session",
      "GET /v1/set-up",
      "POST /v1/set-up",
      "POST /v1/auth/sign-in",
      "POST /v1/auth/second-factor",
      "POST /v1/auth/password/forgotten",
      "POST /v1/auth/password/reset",
      "POST /v1/invitations/look",
      "POST /v1/invitations/accept",
    ],
  );
});
