import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { publicId } from "#domain/ids.ts";
import { filesIn } from "../cli/files-in.ts";
import { signedIn } from "./testing/browser.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { aServer, type TestServer } from "./testing/server.ts";

interface Imported {
  id: string | null;
  rows: number;
  stored: number;
  refused: number;
  summary: Record<string, number>;
  read_as: { part: string; value: string }[];
  open: { header: string; expected: string }[];
  problems: { line: number; expected: string }[];
  code?: string;
  detail?: string;
}
async function send(at: TestServer, query: Record<string, string>, table: string, key = at.key) {
  const answer = await at.app.inject({
    method: "POST",
    url: `/v1/imports?${new URLSearchParams(query).toString()}`,
    headers: { authorization: `Bearer ${key}`, "content-type": "text/csv" },
    payload: Buffer.from(table),
  });
  return { status: answer.statusCode, body: JSON.parse(answer.payload) as Imported };
}
const orders = `Order number,SKU,Quantity,Price,Currency,Payment status,Order date,Name,Address,City,Postcode,Country
1001,MUG,2,9.90,EUR,paid,2026-11-22T08:00:00Z,Ada Long,Street 1,Berlin,10115,DE
1002,TEAPOT,1,19.90,EUR,paid,2026-11-22T08:05:00Z,Ben Short,Street 2,Berlin,10117,DE
1003,TEAPOT,3,19.90,EUR,paid,yesterday,Cal Wide,Street 3,Berlin,10119,DE
`;

test("IM-21 an order file is read in a dry run that stores nothing, then brought in once; links and questions go the same way", async (t) => {
  const at = await aServer(t, {}, { files: filesIn });
  const query = { kind: "orders", name: "orders.csv", channel: at.channel };

  const dry = await send(at, { ...query, dry_run: "true" }, orders);
  assert.deepEqual(
    [dry.status, dry.body.id, dry.body.rows, dry.body.stored, dry.body.refused],
    [200, null, 4 - 1, 2, 1],
  );
  assert.deepEqual(dry.body.open, []);
  assert.equal(dry.body.problems[0]?.line, 4);
  assert.ok(dry.body.read_as.some(({ part, value }) => part === "zone" && value === "UTC"));
  assert.deepEqual((await at.ask("GET", "/v1/imports")).body["imports"], []);

  const done = await send(at, query, orders);
  assert.deepEqual([done.status, done.body.stored, done.body.refused, done.body.summary["orders_new"]], [200, 2, 1, 2]);
  const again = await send(at, query, orders);
  assert.equal(again.body.summary["orders_unchanged"], 2);
  assert.deepEqual(
    (await readdir(tmpdir())).filter((name) => name.startsWith("switchyard-import-")),
    [],
  );

  const links = "SKU,Supplier SKU,Cost\nTEAPOT,A-TEAPOT,4.20\n";
  const acme = (
    (await at.ask("GET", "/v1/suppliers")).body["suppliers"] as unknown as { id: string; name: string }[]
  ).find(({ name }) => name === "acme")!.id;
  const asLinks = { kind: "links", name: "links.csv", supplier: acme, map: "currency:=EUR" };
  const linked = await send(at, asLinks, links);
  assert.deepEqual([linked.status, linked.body.stored], [200, 1], JSON.stringify(linked.body));
});

test("IM-21 what a file leaves open is told, and nothing is stored until it is said; who may not change links brings none in", async (t) => {
  const at = await aServer(t, {}, { files: filesIn });
  const query = { kind: "orders", name: "orders.csv", channel: at.channel };
  const vague = orders.replaceAll(",EUR,", ",").replace(",Currency", "");

  const dry = await send(at, { ...query, dry_run: "true" }, vague);
  assert.ok(dry.body.open.length > 0, JSON.stringify(dry.body));
  const refused = await send(at, query, vague);
  assert.deepEqual([refused.status, refused.body.code], [422, "file_leaves_open"]);
  assert.deepEqual((await at.ask("GET", "/v1/imports")).body["imports"], []);

  const own = await send(at, { ...query, map: "@/etc/passwd" }, orders);
  assert.deepEqual([own.status, own.body.code], [422, "file_unreadable"]);
  assert.equal(own.body.detail?.includes("root"), false);
  const noTable = await send(at, query, "PK\u0003\u0004 a workbook");
  assert.equal(noTable.status, 422);
  assert.equal(noTable.body.detail?.includes(tmpdir()), false, noTable.body.detail);
  const nobodys = await send(at, { ...query, channel: at.channel.replace(/.$/, "0") }, orders);
  assert.equal(nobodys.status, 404);
  const unnamed = await send(at, { kind: "orders", name: "orders.csv" }, orders);
  assert.equal(unnamed.status, 400);

  const viewer = await at.keyFor(at.workspaceId, "viewer");
  assert.equal((await send(at, query, orders, viewer)).body.code, "role_may_not");
});

test("UI-62 the SKUs that hold orders are listed by how many; a link takes its SKU off the list and is found by a part of either SKU", async (t) => {
  const at = await aServer(t, {}, { files: filesIn });
  const table = orders.replace("yesterday", "2026-11-22T08:06:00Z");
  await send(at, { kind: "orders", name: "orders.csv", channel: at.channel }, table);
  await at.settle();
  const list = async () =>
    (await at.ask("GET", "/v1/unlinked-skus")).body["skus"] as unknown as {
      sku: string;
      orders: number;
      units: number;
    }[];

  assert.deepEqual(
    (await list()).map(({ sku, orders: held, units }) => [sku, held, units]),
    [["TEAPOT", 2, 4]],
  );

  const [supplier] = (await at.ask("GET", "/v1/suppliers")).body["suppliers"] as unknown as { id: string }[];
  const option = { supplier: supplier!.id, supplier_sku: "Kanne-7", unit_cost: "4.20", currency: "EUR" };
  assert.equal((await at.ask("PUT", "/v1/product-links", { body: { sku: "TEAPOT", options: [option] } })).status, 200);
  await at.settle();
  assert.deepEqual(await list(), []);
  for (const q of ["eap", "kanne"]) {
    const found = (await at.ask("GET", `/v1/product-links?q=${q}`)).body["product_links"] as unknown as {
      sku: string;
    }[];
    assert.deepEqual(
      found.map(({ sku }) => sku),
      ["TEAPOT"],
    );
  }
});

test("UI-63 a purchase order file is downloaded as it was committed, by whoever sees the order, and that is written down", async (t) => {
  const at = await aServer(t);
  await at.orders([{ channelOrderId: "1" }]);
  await at.leaveBuffer();
  const engine = at.database.engine;
  const Placing = row({ id: col.text, part: col.text, supplierId: col.text, accountId: col.text, supplier: col.text });
  const part = async () =>
    engine.one(
      Placing,
      sql`select f.id, f.public_id as part, f.supplier_id, a.id as account_id, s.public_id as supplier
            from fulfillment_order f join supplier s on s.workspace_id = f.workspace_id and s.id = f.supplier_id
            join supplier_account a on a.workspace_id = f.workspace_id and a.supplier_id = f.supplier_id limit 1`,
    );
  const url = async () => `/v1/fulfillment-orders/${publicId("fulfillmentOrder", (await part()).part)}`;
  const documentOf = async (who: { ask: TestServer["ask"] }) => who.ask("GET", `${await url()}/document`);
  assert.equal((await documentOf(at)).status, 404);
  assert.equal((await at.ask("POST", `${await url()}/take-over`, { body: {} })).status, 200);
  const { supplierId, accountId, supplier } = await part();
  const bytes = Buffer.from("po_number,units\r\n1,2\r\n");
  await engine.run(sql`
    insert into dispatch (workspace_id, id, supplier_id, account_id, state, file_name, sha256, bytes, created_at, sent_at)
    values (${at.workspaceId}::bigint, 77, ${supplierId}::bigint, ${accountId}::bigint, 'sent', 'PO-1.csv', 'x', ${bytes}::bytea, ${at.engine.clock.now()}, ${at.engine.clock.now()})`);
  await engine.run(sql`update attempt set dispatch_id = 77 where workspace_id = ${at.workspaceId}::bigint`);

  const found = await documentOf(at);
  assert.deepEqual([found.status, found.text], [200, bytes.toString()]);
  assert.match(String(found.headers["content-disposition"]), /^attachment; filename="PO-1\.csv"/);
  const read = await at.ask("GET", "/v1/audit");
  assert.match(read.text, /document/);
  const [listed] = (await at.ask("GET", `/v1/suppliers/${publicId("supplier", supplier)}`)).body[
    "documents"
  ] as unknown as { name: string; state: string; purchase_orders: number; fulfillment_order: string }[];
  assert.deepEqual(
    [listed?.name, listed?.state, listed?.purchase_orders, `/v1/fulfillment-orders/${listed?.fulfillment_order}`],
    ["PO-1.csv", "sent", 1, await url()],
  );

  const stranger = await signedIn(at, { email: "sue@example.org", role: "supplier", suppliers: [] });
  assert.equal((await stranger.ask("GET", `${await url()}/document`)).status, 404);
});
