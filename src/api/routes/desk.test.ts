import assert from "node:assert/strict";
import { test } from "node:test";
import { publicId, type SupplierId } from "#domain/ids.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { listSuppliers } from "#store/supplier.ts";
import { signedIn, type Browser } from "../testing/browser.ts";
import { aServer, type Answer, type TestServer } from "../testing/server.ts";

const PartRow = row({ publicId: col.text });
const idsOf = (answer: Answer): string[] =>
  (answer.body["fulfillment_orders"] as unknown as { id: string }[]).map((each) => each.id);

const suppliersOf = async (at: TestServer): Promise<ReadonlyMap<string, SupplierId>> =>
  new Map((await listSuppliers(at.database.engine, at.workspaceId)).map((each) => [each.name, each.id]));

/** The only part of the order, by its public id. */
const partOf = async (at: TestServer, order: string): Promise<string> =>
  publicId(
    "fulfillmentOrder",
    (
      await at.database.engine.one(
        PartRow,
        sql`
        select f.public_id from fulfillment_order f join sales_order o on o.workspace_id = f.workspace_id and o.id = f.order_id
         where o.public_id = ${order.slice(4)}::uuid`,
      )
    ).publicId,
  );

/** Two orders for the shelf, of which one is still in its buffer, and two that a person bought at acme and at other. */
async function town(t: Parameters<typeof aServer>[0]) {
  const at = await aServer(t, {
    suppliers: { acme: {}, other: {}, shelf: { role: "prep" }, rack: { role: "prep" } },
    links: {
      MUG: [{ supplier: "acme", sku: "A-MUG" }],
      JAR: [{ supplier: "other", sku: "O-JAR" }],
      CUP: [{ supplier: "shelf", sku: "S-CUP" }],
    },
    stock: [{ supplier: "shelf", sku: "S-CUP", onHand: 10, isShelf: true }],
  });
  const line = (sku: string) => ({
    lines: [
      {
        channelLineId: "1",
        sku,
        title: `a ${sku}`,
        quantity: 1,
        cancelled: 0,
        fulfilled: 0,
        unitPrice: "77.77",
        kind: "goods" as const,
        fulfilledBy: "us" as const,
      },
    ],
  });
  const [mug, jar, cup] = await at.orders([
    { channelOrderId: "1", ...line("MUG") },
    { channelOrderId: "2", ...line("JAR") },
    { channelOrderId: "3", ...line("CUP") },
  ]);
  const parts = { mug: await partOf(at, mug!), jar: await partOf(at, jar!), cup: await partOf(at, cup!) };
  const ids = await suppliersOf(at);
  const somebody = (role: "prep" | "supplier", supplier: string) =>
    signedIn(at, { email: `${supplier}@example.org`, role, suppliers: [ids.get(supplier)!] });
  const place = async (part: string) => {
    const took = await at.ask("POST", `/v1/fulfillment-orders/${part}/take-over`, { body: {} });
    assert.equal(took.status, 200, took.text);
    const body = { supplier_order_id: `SO-${part.slice(-4)}`, cost: { amount: "12.34", currency: "EUR" } };
    assert.equal((await at.ask("POST", `/v1/fulfillment-orders/${part}/placed`, { body })).status, 200);
  };
  return { at, parts, orders: { mug: mug!, jar: jar!, cup: cup! }, somebody, place };
}

test("AU-24 a supplier's people see its fulfillment orders from placed on, without prices or the buyer's mail, and nobody else's", async (t) => {
  const { at, parts, orders, somebody, place } = await town(t);
  const sam = await somebody("supplier", "acme");
  const look = (part: string) => sam.ask("GET", `/v1/desk/${part}`);

  await at.leaveBuffer();
  assert.deepEqual(idsOf(await sam.ask("GET", "/v1/desk")), [], "not placed yet: it does not exist for them");
  const before = await look(parts.mug);
  await place(parts.mug);
  await place(parts.jar);

  assert.deepEqual(idsOf(await sam.ask("GET", "/v1/desk")), [parts.mug]);
  const seen = await look(parts.mug);
  assert.equal(seen.status, 200);
  const { ship_to: to, lines, actions } = seen.body as unknown as Record<string, object>;
  assert.equal((to as unknown as { name: string }).name !== "", true);
  assert.deepEqual(Object.keys(to ?? {}), [
    "name",
    "company",
    "line1",
    "line2",
    "city",
    "region",
    "postcode",
    "country",
    "phone",
  ]);
  assert.deepEqual(lines as unknown, [
    { supplier_sku: "A-MUG", title: "a MUG", units: 1, units_cancelled: 0, units_shipped: 0, units_collected: 0 },
  ]);
  assert.equal((actions as unknown as { add_tracking: { allowed: boolean } }).add_tracking.allowed, true);
  for (const secret of ["77.77", "12.34", "@", "EUR", orders.mug, "margin"])
    assert.equal(seen.text.replaceAll("supplier@", "").includes(secret), false, secret);

  const others = [
    before,
    await look(parts.jar),
    await look(parts.cup),
    await look(publicId("fulfillmentOrder", "01980000-0000-7000-8000-000000000000")),
  ];
  assert.deepEqual(new Set(others.map((each) => `${each.status} ${each.text}`)).size, 1);
  assert.equal(others[0]!.status, 404);
});

test("AU-24 a supplier enters tracking for its own, and what is another's is not there", async (t) => {
  const { at, parts, somebody, place } = await town(t);
  await at.leaveBuffer();
  await place(parts.mug);
  await place(parts.jar);
  const sam = await somebody("supplier", "acme");
  const track = (part: string, who: Browser = sam) =>
    who.ask("POST", `/v1/fulfillment-orders/${part}/tracking`, {
      carrier: "ups",
      tracking_number: "1Z999AA10123456784",
    });

  assert.equal((await track(parts.jar)).status, 404);
  assert.equal((await track(parts.mug)).status, 200);

  const seen = await sam.ask("GET", `/v1/desk/${parts.mug}`);
  assert.equal(seen.body["state"] as unknown, "shipped");
  assert.equal(seen.body["ship_to"] as unknown, null, "nothing is to be sent there any more");
  assert.equal((seen.body["parcels"] as unknown as unknown[]).length, 1);
  for (const url of [
    "/v1/orders",
    "/v1/fulfillment-orders",
    "/v1/suppliers",
    "/v1/ledger",
    "/v1/members",
    "/v1/shipments",
  ])
    assert.equal((await sam.ask("GET", url)).status, 403, url);
});

test("AU-24 a prep worker packs what is ready at the own centre, step by step, and no other centre's", async (t) => {
  const { at, parts, somebody } = await town(t);
  const pia = await somebody("prep", "shelf");
  const rob = await somebody("prep", "rack");
  const step = (who: Browser, name: string, body: object = {}) =>
    who.ask("POST", `/v1/fulfillment-orders/${parts.cup}/${name}`, body);

  assert.deepEqual(idsOf(await pia.ask("GET", "/v1/desk")), [], "still in its buffer");
  assert.equal((await step(pia, "print")).status, 404);
  await at.leaveBuffer();
  assert.deepEqual(idsOf(await pia.ask("GET", "/v1/desk")), [parts.cup]);
  assert.deepEqual(idsOf(await rob.ask("GET", "/v1/desk")), []);
  assert.equal((await step(rob, "print")).status, 404);
  assert.equal((await step(pia, "print")).status, 200);
  assert.equal((await step(pia, "collect", { supplier_sku: "S-CUP" })).status, 200);
  const shipped = await step(pia, "ship", { carrier: "ups", tracking_number: "1Z999AA10123456784" });
  assert.equal(shipped.status, 200, shipped.text);
  assert.equal((await step(pia, "tracking", { carrier: "ups", tracking_number: "1Z" })).status, 403);
  assert.deepEqual(idsOf(await pia.ask("GET", "/v1/desk")), []);
  assert.deepEqual(idsOf(await pia.ask("GET", "/v1/desk?state=shipped")), [parts.cup]);
});

test("AU-24 what is held is held without the seller's reason, and a supplier that is no longer theirs shows nothing", async (t) => {
  const { at, parts, orders, somebody } = await town(t);
  await at.leaveBuffer();
  const pia = await somebody("prep", "shelf");
  const held = await at.ask("POST", `/v1/orders/${orders.cup}/hold`, { body: { note: "unpaid invoice of the buyer" } });
  assert.equal(held.status, 200, held.text);

  const seen = await pia.ask("GET", `/v1/desk/${parts.cup}`);
  const tried = await pia.ask("POST", `/v1/fulfillment-orders/${parts.cup}/print`, {});

  for (const answer of [seen, tried]) assert.doesNotMatch(answer.text, /invoice|On hold|by_person/);
  assert.match(tried.text, /The seller holds it for now/);
  await at.database.engine.run(sql`update member set supplier_ids = '{}' where user_id = ${pia.userId}::uuid`);
  assert.equal((await pia.ask("GET", `/v1/desk/${parts.cup}`)).status, 404);
});

test("AU-25 an operator sees orders and what they may cost, and not what they were sold for", async (t) => {
  const { at, orders, parts } = await town(t);
  await at.leaveBuffer();
  const otto = await signedIn(at, { email: "otto@example.org", role: "operator" });

  const seen = await otto.ask("GET", `/v1/orders/${orders.mug}`);

  assert.equal(seen.status, 200);
  assert.equal(seen.body["money"] as unknown, null);
  assert.doesNotMatch(seen.text, /77\.77/);
  assert.doesNotMatch((await otto.ask("GET", "/v1/orders")).text, /"total":\{/);
  assert.equal((await otto.ask("POST", `/v1/fulfillment-orders/${parts.mug}/take-over`, {})).status, 200);
  assert.equal((await otto.ask("POST", `/v1/orders/${orders.mug}/cancel`, {})).status, 403);
  assert.equal((await otto.ask("GET", "/v1/ledger")).status, 403);
});

test("AU-26 a supplier without an account works from a signed link, on that purchase order alone, until it is done", async (t) => {
  const { at, parts, orders, place } = await town(t);
  await at.leaveBuffer();
  const make = (part: string, body: object = {}) => at.ask("POST", `/v1/fulfillment-orders/${part}/link`, { body });
  assert.equal((await make(parts.mug)).status, 409, "not placed yet");
  assert.equal((await make(parts.cup)).status, 409, "a prep centre's people have accounts");
  await place(parts.mug);
  await place(parts.jar);

  const made = await make(parts.mug, { email: "sales@acme.example" });
  const [, token = ""] = /^http:\/\/localhost\/purchase-order#(.+)$/.exec(made.body["link"] as unknown as string) ?? [];
  assert.deepEqual([at.mails[0]!.to, at.mails[0]!.text.includes(token)], ["sales@acme.example", true]);
  const ask = (method: "GET" | "POST", url: string, body?: object, used = token) =>
    at.ask(method, url, {
      key: null,
      peer: "10.1.2.3",
      headers: { authorization: `Link ${used}` },
      ...(body && { body }),
    });
  const code = (answer: Answer): unknown => answer.body["code"];

  assert.deepEqual(idsOf(await ask("GET", "/v1/desk")), [parts.mug]);
  assert.equal((await ask("GET", `/v1/desk/${parts.mug}`)).status, 200);
  assert.equal((await ask("GET", `/v1/desk/${parts.jar}`)).status, 404);
  assert.equal((await ask("GET", `/v1/orders/${orders.mug}`)).status, 403);
  assert.equal((await ask("POST", `/v1/fulfillment-orders/${parts.mug}/link`, {})).status, 403);
  const [workspace, part, signature] = token.split(".");
  const other = (await make(parts.jar)).body["link"] as unknown as string;
  for (const forged of [
    `${workspace}.${parts.jar.slice(3)}.${signature}`,
    `${workspace}.${part}.${other.split(".").at(-1)}`,
    `${workspace}.${part}.${"A".repeat(43)}`,
    "nonsense",
  ])
    assert.equal(code(await ask("GET", "/v1/desk", undefined, forged)), "link_over", forged);

  const tracking = { carrier: "ups", tracking_number: "1Z999AA10123456784" };
  assert.equal((await ask("POST", `/v1/fulfillment-orders/${parts.jar}/tracking`, tracking)).status, 404);
  assert.equal((await ask("POST", `/v1/fulfillment-orders/${parts.mug}/tracking`, tracking)).status, 200);
  assert.equal(code(await ask("GET", `/v1/desk/${parts.mug}`)), "link_over", "it is done");
  assert.match((await at.ask("GET", `/v1/orders/${orders.mug}/events`)).text, new RegExp(`link:${parts.mug}`));
});

test("PR-9 the desk lists prep centres' or suppliers' work alone, and finds an order by its printed number", async (t) => {
  const { at, parts, place } = await town(t);
  await at.leaveBuffer();
  await place(parts.mug);
  const list = async (query: string) => at.ask("GET", `/v1/desk${query}`);
  const [found] = (await list("?at=prep")).body["fulfillment_orders"] as unknown as { order_number: string }[];

  assert.deepEqual(idsOf(await list("")).toSorted(), [parts.mug, parts.cup].toSorted());
  assert.deepEqual(idsOf(await list("?at=prep")), [parts.cup]);
  assert.deepEqual(idsOf(await list("?at=supplier")), [parts.mug]);
  assert.deepEqual(idsOf(await list(`?number=${encodeURIComponent(found!.order_number)}`)), [parts.cup]);
  assert.deepEqual(idsOf(await list("?number=nobody")), []);
});

test("SH-24 a scanned number brings its carrier with it; one that no carrier has asks for the carrier", async (t) => {
  const { at, parts, somebody, place } = await town(t);
  await at.leaveBuffer();
  await place(parts.mug);
  const sam = await somebody("supplier", "acme");
  const track = (body: object) => sam.ask("POST", `/v1/fulfillment-orders/${parts.mug}/tracking`, body);

  const unknown = await track({ tracking_number: "HELLO-1" });
  const known = await track({ tracking_number: "1Z999AA10123456784" });

  assert.deepEqual([unknown.status, unknown.body["code"] as unknown], [422, "carrier_missing"]);
  assert.equal(known.status, 200, known.text);
  const { parcels } = (await sam.ask("GET", `/v1/desk/${parts.mug}`)).body as unknown as {
    parcels: { carrier: string }[];
  };
  assert.deepEqual(
    parcels.map(({ carrier }) => carrier),
    ["ups"],
  );
});

test("SI-7 a supplier's people accept what was bought of them, once", async (t) => {
  const { at, parts, somebody, place } = await town(t);
  await at.leaveBuffer();
  const sam = await somebody("supplier", "acme");
  const accept = (part: string) => sam.ask("POST", `/v1/fulfillment-orders/${part}/accept`, {});
  assert.equal((await accept(parts.mug)).status, 404, "not placed yet");
  await place(parts.mug);
  await place(parts.jar);

  assert.equal((await accept(parts.mug)).status, 200);
  assert.equal((await accept(parts.mug)).status, 409, "accepted already");
  assert.equal((await accept(parts.jar)).status, 404, "another supplier's");

  assert.equal((await sam.ask("GET", `/v1/desk/${parts.mug}`)).body["state"] as unknown, "acknowledged");
});

test("SI-8 what they cannot send comes later, or is bought elsewhere; more than is open changes nothing", async (t) => {
  const { at, parts, orders, somebody, place } = await town(t);
  await at.leaveBuffer();
  await place(parts.mug);
  const sam = await somebody("supplier", "acme");
  const cannot = (body: object) =>
    sam.ask("POST", `/v1/fulfillment-orders/${parts.mug}/cannot-send`, { reason: "out_of_stock", ...body });
  const inDays = (days: number) => new Date(at.engine.clock.now().getTime() + days * 86_400_000).toISOString();
  const isBackordered = async () =>
    ((await at.ask("GET", `/v1/orders/${orders.mug}`)).body["holds"] as unknown as { code: string }[]).some(
      ({ code }) => code === "backordered",
    );

  assert.equal((await cannot({ until: inDays(-1) })).body["code"] as unknown, "not_in_the_future");
  const tooMany = await cannot({ lines: [{ supplier_sku: "A-MUG", units: 2 }] });
  assert.equal(tooMany.body["code"] as unknown, "more_than_open");
  assert.equal(await isBackordered(), false);

  assert.equal((await cannot({ until: inDays(3) })).status, 200);
  assert.equal(await isBackordered(), true);

  assert.equal((await cannot({})).status, 200);
  assert.equal((await sam.ask("GET", `/v1/desk/${parts.mug}`)).body["state"] as unknown, "cancelled");
  const seen = (await at.ask("GET", `/v1/orders/${orders.mug}`)).body as unknown as {
    fulfillment_orders: { replaces: string | null; lines: { units: number }[] }[];
  };
  assert.equal(seen.fulfillment_orders.filter(({ replaces }) => replaces === parts.mug).length, 1);
});

test("PR-10 goods that came in are added to the shelf, by the centre's own people, and a supplier's stock is refused", async (t) => {
  const { at, somebody } = await town(t);
  const pia = await somebody("prep", "shelf");
  const ids = new Map(
    ((await at.ask("GET", "/v1/suppliers")).body["suppliers"] as unknown as { id: string; name: string }[]).map(
      ({ id, name }) => [name, id],
    ),
  );
  const receive = (supplier: string, ...units: number[]) =>
    pia.ask("POST", "/v1/stock/received", {
      supplier: ids.get(supplier),
      stock: units.map((each) => ({ supplier_sku: "S-CUP", units: each })),
    });

  const came = await receive("shelf", 3, 2);
  const elsewhere = await receive("rack", 1);
  const own = await at.ask("POST", "/v1/stock/received", {
    body: { supplier: ids.get("acme"), stock: [{ supplier_sku: "A-MUG", units: 1 }] },
  });

  assert.deepEqual(came.body["stock"] as unknown, [{ supplier_sku: "S-CUP", on_hand: 15 }], came.text);
  assert.equal(elsewhere.body["code"] as unknown, "no_such_supplier");
  assert.equal(own.body["code"] as unknown, "not_a_shelf");
});
