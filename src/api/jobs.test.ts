import assert from "node:assert/strict";
import { test } from "node:test";
import { publicId } from "#domain/ids.ts";
import { jobs } from "#engine/stages/jobs.ts";
import { sql } from "#store/sql.ts";
import { col, row } from "#store/row.ts";
import { aChannelLine } from "#test/channel-order.ts";
import { aUser, Browser, goodPassword, signedIn } from "./testing/browser.ts";
import { aServer, type Answer, type TestServer } from "./testing/server.ts";

interface JobShown {
  id: string;
  state: string;
  orders: number;
  stopped_why: string | null;
  rows: { waiting: number; ok: number; refused: number; skipped: number };
}
interface RowShown {
  no: number;
  order: { id: string; number: string };
  state: string;
  code: string | null;
  message: string | null;
}
const nobody = "01980000-0000-7000-8000-000000000000";

const start = (at: TestServer, what: object, orders: object, key = at.key): Promise<Answer> =>
  at.ask("POST", "/v1/jobs", { key, body: { do: what, orders } });
const preview = async (at: TestServer, what: object, orders: object): Promise<Record<string, never>> => {
  const answer = await at.ask("POST", "/v1/jobs", { body: { do: what, orders, preview: true } });
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};
const read = async (at: TestServer, id: string): Promise<JobShown> =>
  (await at.ask("GET", `/v1/jobs/${id}`)).body as unknown as JobShown;
const rows = async (at: TestServer, id: string, query = ""): Promise<RowShown[]> =>
  (await at.ask("GET", `/v1/jobs/${id}/rows${query}`)).body["rows"] as unknown as RowShown[];
async function work(at: TestServer): Promise<void> {
  while ((await jobs.run(at.engine)) > 0);
}
async function run(at: TestServer, what: object, orders: object): Promise<string> {
  const started = await start(at, what, orders);
  assert.equal(started.status, 201, started.text);
  await work(at);
  return started.body["id"] as unknown as string;
}
const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => ({ channelOrderId: `${from + n}`, number: `N-${from + n}` }));
const Count = row({ n: col.int });
const eventsOf = async (at: TestServer, kind: string): Promise<number> =>
  (await at.database.engine.one(Count, sql`select count(*)::int as n from event where kind = ${kind}`)).n;

test("API-37, JB-1 a job does each order by itself and answers a row for each, with the words of the table", async (t) => {
  const at = await aServer(t);
  const ids = await at.orders(many(120));
  await at.ask("POST", `/v1/orders/${ids[0]}/cancel`);

  const id = await run(at, { action: "hold", note: "stock take" }, { ids });

  const job = await read(at, id);
  assert.deepEqual([job.state, job.orders], ["done", 120]);
  assert.deepEqual(job.rows, { waiting: 0, ok: 119, refused: 1, skipped: 0 });
  const [refused] = await rows(at, id, "?state=refused");
  assert.deepEqual([refused!.order.id, refused!.code], [ids[0], "not_allowed_now"]);
  assert.equal(refused!.message, "The order has ended; there is nothing to hold.");
  const released = await run(at, { action: "release" }, { words: "state:on_hold" });
  assert.equal((await read(at, released)).rows.ok, 119);
  const list = (await at.ask("GET", "/v1/jobs?limit=1")).body;
  assert.deepEqual(
    (list["jobs"] as unknown as JobShown[]).map((each) => each.id),
    [released],
  );
  const second = (await at.ask("GET", `/v1/jobs?limit=1&cursor=${list["next"] as unknown as string}`)).body;
  assert.deepEqual(
    (second["jobs"] as unknown as JobShown[]).map((each) => each.id),
    [id],
  );
});

test("JB-1 what names no order, or not one of this workspace, starts nothing", async (t) => {
  const at = await aServer(t);
  const [mine] = await at.orders([{}]);
  const [foreign] = await at.orders([{}], at.rival);
  const absent = await start(at, { action: "hold" }, { ids: [mine, publicId("order", nobody)] });
  assert.equal(absent.status, 422, absent.text);
  const theirs = await start(at, { action: "hold" }, { ids: [mine, foreign] });
  assert.equal(theirs.text, absent.text);
  assert.equal((await start(at, { action: "hold" }, { words: "state:cancelled" })).status, 422);
  assert.equal((await start(at, { action: "hold" }, { words: "state:nowhere" })).status, 400);
  assert.equal((await start(at, { action: "hold" }, { ids: [mine], words: "" })).status, 400);
  assert.equal(
    (await start(at, { action: "choose_supplier", supplier: publicId("supplier", nobody) }, { ids: [mine] })).status,
    422,
  );
  assert.equal((await start(at, { action: "assign", to: publicId("user", nobody) }, { ids: [mine] })).status, 422);
  assert.deepEqual((await at.ask("GET", "/v1/jobs")).body["jobs"], []);
});

test("JB-2, JB-3 a worker that dies between two rows is followed by another within its lease; no row is done twice", async (t) => {
  const at = await aServer(t);
  const ids = await at.orders(many(7));
  const started = await start(at, { action: "hold" }, { ids });
  const id = started.body["id"] as unknown as string;
  let done = 0;
  const dying = {
    ...at.engine,
    buggify: (point: string) =>
      point === "jobs.row" && ++done === 3 ? Promise.reject(new Error("killed")) : Promise.resolve(),
  };
  await assert.rejects(() => jobs.run(dying), /killed/);
  assert.deepEqual((await read(at, id)).rows, { waiting: 4, ok: 3, refused: 0, skipped: 0 });
  assert.equal(await jobs.run(at.engine), 0, "its lease holds");
  at.engine.clock.advance(20_000);
  // Two at once: the second claims nothing, or comes to rows that are answered.
  await Promise.all([work(at), work(at)]);
  assert.deepEqual((await read(at, id)).rows, { waiting: 0, ok: 7, refused: 0, skipped: 0 });
  assert.equal(await eventsOf(at, "hold_opened"), 7);
});

test("JB-3 two workers on the same rows do each once: a lease that was lost changes nothing", async (t) => {
  const at = await aServer(t);
  const [tenant] = await at.orders(many(1));
  const ids = [tenant!, ...(await at.orders(many(9, 1)))];
  const started = await start(at, { action: "hold" }, { ids });
  const id = started.body["id"] as unknown as string;
  // Before its first row the first worker is overtaken by a second one, who does all.
  let overtaken = false;
  const slow = {
    ...at.engine,
    buggify: async (point: string) => {
      if (point !== "jobs.row" || overtaken) return;
      overtaken = true;
      at.engine.clock.advance(60_000);
      await work(at);
    },
  };
  await jobs.run(slow);
  assert.deepEqual((await read(at, id)).rows, { waiting: 0, ok: 10, refused: 0, skipped: 0 });
  assert.equal(await eventsOf(at, "hold_opened"), 10);
});

test("JB-4 what has nothing to be done to is skipped, not refused", async (t) => {
  const at = await aServer(t);
  const [held, free] = await at.orders([
    { channelOrderId: "1", lines: [aChannelLine("NEW", 1)] },
    { channelOrderId: "2" },
  ]);
  const id = await run(at, { action: "snooze", until: "2099-01-01T00:00:00Z" }, { ids: [held, free] });
  const found = await rows(at, id);
  assert.deepEqual(
    found.map((each) => [each.state, each.code]),
    [
      ["refused", "until_invalid"],
      ["refused", "until_invalid"],
    ],
  );
  const until = new Date(at.engine.clock.now().getTime() + 3_600_000).toISOString();
  const again = await run(at, { action: "snooze", until }, { ids: [held, free] });
  assert.deepEqual(
    (await rows(at, again)).map((each) => [each.state, each.code]),
    [
      ["ok", null],
      ["skipped", "nothing_to_do"],
    ],
  );
  const dismissed = await run(at, { action: "dismiss", reason: "sku_not_linked" }, { ids: [held, free] });
  assert.deepEqual(
    (await rows(at, dismissed)).map((each) => [each.state, each.code]),
    [
      ["refused", "not_dismissable"],
      ["skipped", "nothing_to_do"],
    ],
  );
  const resent = await run(at, { action: "resend_tracking" }, { ids: [free] });
  assert.deepEqual(
    (await rows(at, resent)).map((each) => each.message),
    ["Nothing of it has left yet."],
  );
});

test("JB-5 only what was refused is tried again", async (t) => {
  const at = await aServer(t);
  const ids = await at.orders(many(3));
  await at.ask("POST", `/v1/orders/${ids[1]}/hold`, { body: {} });
  const id = await run(at, { action: "hold" }, { ids });
  assert.deepEqual(
    (await rows(at, id)).map((each) => each.state),
    ["ok", "refused", "ok"],
  );
  await at.ask("POST", `/v1/orders/${ids[1]}/unhold`);
  await at.settle();

  const retried = await at.ask("POST", `/v1/jobs/${id}/retry`);
  assert.equal(retried.status, 200, retried.text);
  assert.equal((retried.body as unknown as JobShown).rows.waiting, 1);
  assert.equal((await at.ask("POST", `/v1/jobs/${id}/retry`)).status, 409);
  await work(at);
  assert.deepEqual(
    (await rows(at, id)).map((each) => each.state),
    ["ok", "ok", "ok"],
  );
  assert.equal((await at.ask("POST", `/v1/jobs/${id}/retry`)).status, 409, "nothing was refused");
});

test("JB-6 a cancelled job leaves what is done, and skips the rest", async (t) => {
  const at = await aServer(t);
  const ids = await at.orders(many(60));
  const id = (await start(at, { action: "hold" }, { ids })).body["id"] as unknown as string;
  await jobs.run(at.engine);
  const cancelled = (await at.ask("POST", `/v1/jobs/${id}/cancel`)).body as unknown as JobShown;
  assert.equal(cancelled.state, "cancelled");
  assert.deepEqual(cancelled.rows, { waiting: 0, ok: 50, refused: 0, skipped: 10 });
  await work(at);
  assert.equal(await eventsOf(at, "hold_opened"), 50);
  assert.equal((await at.ask("POST", `/v1/jobs/${id}/cancel`)).status, 409);
});

test("JB-7 a job does nothing any more for somebody who was removed or may not do it by now", async (t) => {
  const at = await aServer(t);
  const ids = await at.orders(many(2));
  const staff = await signedIn(at, { email: "staff@example.org", role: "staff" });
  const started = await staff.ask("POST", "/v1/jobs", { do: { action: "cancel" }, orders: { ids } });
  assert.equal(started.status, 201, started.text);
  await at.database.engine.run(sql`update member set role = 'viewer' where role = 'staff'`);
  await work(at);
  const job = await read(at, started.body["id"] as unknown as string);
  assert.deepEqual([job.state, job.rows.skipped, job.rows.ok], ["cancelled", 2, 0]);
  assert.match(job.stopped_why!, /may not do this any more/);

  const key = await at.keyFor(at.workspaceId, "staff");
  const second = await start(at, { action: "cancel" }, { ids }, key);
  await at.database.engine.run(sql`update api_key set revoked_at = ${at.engine.clock.now()} where role = 'staff'`);
  await work(at);
  assert.equal((await read(at, second.body["id"] as unknown as string)).state, "cancelled");
  assert.equal(await eventsOf(at, "cancellation_opened"), 0);
});

test("JB-8 a preview says for how many it is possible, why not for the others, and what would be bought; it changes nothing", async (t) => {
  const at = await aServer(t, {
    channel: { mode: "review" },
    links: {
      MUG: [{ supplier: "acme", sku: "A-MUG", cost: "3.00" }],
      BOWL: [{ supplier: "other", sku: "O-BOWL", cost: "5.00" }],
      DEAR: [{ supplier: "acme", sku: "A-DEAR", cost: "9.00" }],
    },
  });
  await at.database.engine.run(
    sql`update product_link_option set max_unit_cost = 2 where supplier_sku = 'A-DEAR' and workspace_id = ${at.workspaceId}`,
  );
  const ids = await at.orders([
    { channelOrderId: "1", lines: [aChannelLine("MUG", 2)] },
    { channelOrderId: "2", lines: [aChannelLine("MUG", 1), { ...aChannelLine("BOWL", 1), channelLineId: "2" }] },
    { channelOrderId: "3", lines: [aChannelLine("DEAR", 1)] },
    { channelOrderId: "4", number: "GONE" },
  ]);
  await at.ask("POST", `/v1/orders/${ids[3]}/cancel`);
  const before = await at.ask("GET", "/v1/orders");

  const seen = await preview(at, { action: "process" }, { ids });

  assert.deepEqual([seen["orders"], seen["checked"], seen["valid"]] as unknown[], [4, 4, 3]);
  assert.deepEqual(seen["invalid"] as unknown, [
    {
      code: "not_allowed_now",
      why: "The order has ended; there is nothing to release.",
      skipped: false,
      orders: 1,
      examples: ["GONE"],
    },
  ]);
  assert.deepEqual(seen["commits"] as unknown, {
    purchase_orders: 3,
    suppliers: [
      { name: "acme", purchase_orders: 2, total: [{ amount: "9.00", currency: "EUR" }] },
      { name: "other", purchase_orders: 1, total: [{ amount: "5.00", currency: "EUR" }] },
    ],
    total: [{ amount: "14.00", currency: "EUR" }],
    above_limit: 1,
    still_held: [{ code: "price_above_limit", title: "Supplier price above your limit", orders: 1 }],
  });
  assert.equal((await at.ask("GET", "/v1/orders")).text, before.text);
  assert.equal((await preview(at, { action: "cancel" }, { ids }))["commits"] as unknown, null);
  assert.deepEqual((await at.ask("GET", "/v1/jobs")).body["jobs"], []);

  await run(at, { action: "process" }, { ids });
  await at.settle();
  const shown = (await at.ask("GET", "/v1/orders")).body["orders"] as unknown as { id: string; headline: string }[];
  const headlineOf = (id: string | undefined) => shown.find((each) => each.id === id)!.headline;
  assert.deepEqual(ids.map(headlineOf), ["waiting", "waiting", "needs_attention", "cancelled"]);
});

test("JB-9 the report is a file with a line for each order, formulas defused", async (t) => {
  const at = await aServer(t);
  const ids = await at.orders([{ channelOrderId: "1", number: "=1+1" }]);
  const id = await run(at, { action: "hold" }, { ids });
  const report = await at.ask("GET", `/v1/jobs/${id}/report`);
  assert.equal(report.headers["content-type"], "text/csv; charset=utf-8");
  assert.match(String(report.headers["content-disposition"]), /^attachment; filename="job_/);
  const [head, line, end] = report.text.split("\r\n");
  assert.equal(head, "no,order,number,outcome,code,message,at");
  assert.equal(line!.startsWith(`1,${ids[0]},'=1+1,ok,,,`), true, line);
  assert.equal(end, "");
});

test("JB-10 choosing a supplier, assigning and dismissing do to each order what the same button does there", async (t) => {
  const at = await aServer(t, {
    links: {
      MUG: [
        { supplier: "acme", sku: "A-MUG" },
        { supplier: "other", sku: "O-MUG" },
      ],
    },
  });
  const ids = await at.orders(many(2));
  const suppliers = (await at.ask("GET", "/v1/suppliers")).body["suppliers"] as unknown as {
    id: string;
    name: string;
  }[];
  const other = suppliers.find((each) => each.name === "other")!.id;
  await run(at, { action: "choose_supplier", supplier: other }, { ids });
  await at.settle();
  const shown = (await at.ask("GET", "/v1/orders?q=supplier:other")).body["orders"] as unknown as unknown[];
  assert.equal(shown.length, 2);
  const again = await run(at, { action: "choose_supplier", supplier: other }, { ids });
  assert.deepEqual(
    (await rows(at, again)).map((each) => each.message),
    ["other is chosen for it already.", "other is chosen for it already."],
  );

  const anna = await aUser(at, { email: "anna@example.org" });
  await run(at, { action: "hold" }, { ids });
  await run(at, { action: "assign", to: publicId("user", anna) }, { ids });
  const browser = new Browser(at);
  await browser.signIn("anna@example.org", goodPassword);
  const mine = (await browser.ask("GET", "/v1/orders?q=owner:me")).body["orders"] as unknown as {
    reason: { owner: string };
  }[];
  assert.deepEqual(
    mine.map((each) => each.reason.owner),
    [publicId("user", anna), publicId("user", anna)],
  );
});
