import assert from "node:assert/strict";
import { test } from "node:test";
import { publicId } from "#domain/ids.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { aChannelLine } from "#test/channel-order.ts";
import { aServer, type TestServer } from "./testing/server.ts";

const Count = row({ n: col.int });
const eventsOf = (at: TestServer) => at.database.engine.one(Count, sql`select count(*)::int as n from event`);
const code = (answer: { body: unknown }): string => (answer.body as { code: string }).code;

interface Detail {
  id: string;
  headline: string;
  version: number;
  ship_to: { name: string; line1: string } | null;
  lines: { no: number; quantity: number; cancelled: number }[];
  fulfillment_orders: {
    id: string;
    no: number;
    state: string;
    placed_by: string | null;
    claimed_by: string | null;
    supplier: { id: string; name: string } | null;
    attempts: {
      no: number;
      state: string;
      cost: { amount: string } | null;
      supplier_order_id: string | null;
      evidence: { kind: string; source: string }[];
    }[];
    actions: Record<string, { allowed: boolean; why?: string }>;
  }[];
  holds: { id: string; code: string }[];
  shipments: { id: string; parcels: { no: number; tracking_number: string; accepted: boolean }[] }[];
}
const detail = async (at: TestServer, id: string): Promise<Detail> =>
  (await at.ask("GET", `/v1/orders/${id}`)).body as unknown as Detail;
const partOf = async (at: TestServer, id: string) => (await detail(at, id)).fulfillment_orders[0]!;

test("API-30 the same key and request is done once; another request under the key is refused naming the first", async (t) => {
  const at = await aServer(t);
  const [one, two] = await at.orders([{ channelOrderId: "1" }, { channelOrderId: "2" }]);
  const headers = { "idempotency-key": "abc" };
  const hold = (body: unknown, key?: string) =>
    at.ask("POST", `/v1/orders/${one}/hold`, { headers, body, ...(key === undefined ? {} : { key }) });

  const first = await hold({ note: "later" });
  const events = await eventsOf(at);
  const again = await hold({ note: "later" });
  const otherBody = await hold({ note: "now" });
  const otherRoute = await at.ask("POST", `/v1/orders/${two}/hold`, { headers, body: { note: "later" } });
  const neighbour = await at.ask("POST", `/v1/orders/${two}/hold`, { headers, key: at.rival.key });
  const colleague = await hold({ note: "later" }, await at.keyFor(at.workspaceId, "staff"));

  assert.equal(first.status, 200);
  assert.equal(again.status, 200);
  assert.equal(again.text, first.text);
  assert.equal(again.headers["etag"], first.headers["etag"]);
  assert.equal(again.headers["idempotent-replay"], "true");
  for (const answer of [otherBody, otherRoute]) {
    assert.equal(answer.status, 422);
    assert.equal(code(answer), "idempotency_key_reused");
    assert.deepEqual(answer.body["first_use"] as unknown, {
      route: `POST /v1/orders/${one}/hold`,
      at: at.engine.clock.now().toISOString(),
    });
  }
  assert.equal(neighbour.status, 404); // its own key, its own first use, and not its order
  assert.equal(colleague.status, 409); // done anew for another actor: it is on hold already
  assert.deepEqual(await eventsOf(at), events);
  assert.equal((await detail(at, two!)).headline, "waiting");

  const refused = await at.ask("POST", `/v1/orders/${two}/unhold`, { headers: { "idempotency-key": "def" } });
  await at.ask("POST", `/v1/orders/${two}/hold`);
  const refusedAgain = await at.ask("POST", `/v1/orders/${two}/unhold`, { headers: { "idempotency-key": "def" } });
  assert.equal(refused.status, 409);
  assert.equal(refusedAgain.text, refused.text);

  at.engine.clock.advance(24 * 3_600_000);
  assert.equal((await hold({ note: "now" })).status, 409); // a day later the key is new, and the order is still on hold
});

test("API-30 of two requests at the same moment with one key one is done", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{}]);
  const send = () => at.ask("POST", `/v1/orders/${id}/hold`, { headers: { "idempotency-key": "k" } });

  const answers = await Promise.all([send(), send(), send(), send()]);

  const statuses = answers.map((answer) => answer.status);
  assert.ok(statuses.includes(200));
  assert.ok(
    answers.every((answer) => answer.status === 200 || code(answer) === "in_progress"),
    String(statuses),
  );
  const holds = await at.database.engine.one(
    Count,
    sql`select count(*)::int as n from event where kind = 'hold_opened'`,
  );
  assert.equal(holds.n, 1);
});

test("API-31 a refused action leaves no trace on the order", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{ lines: [aChannelLine("MUG", 2), aChannelLine("NOPE", 1, "2")] }]);
  const before = await eventsOf(at);
  const was = await detail(at, id!);
  const part = was.fulfillment_orders[0]!.id;

  const refusals = [
    await at.ask("POST", `/v1/orders/${id}/release`),
    await at.ask("POST", `/v1/orders/${id}/unhold`),
    await at.ask("POST", `/v1/orders/${id}/cancel`, { body: { lines: [{ line_no: 7, quantity: 1 }] } }),
    await at.ask("POST", `/v1/orders/${id}/edit`, {
      body: {
        lines: [
          { line_no: 1, quantity: 1 },
          { line_no: 9, quantity: 1 },
        ],
      },
    }),
    await at.ask("POST", `/v1/orders/${id}/holds/${was.holds[0]!.id}/dismiss`),
    await at.ask("POST", `/v1/orders/${id}/holds/${was.holds[0]!.id}/answer`, { body: { take: "ours" } }),
    await at.ask("POST", `/v1/orders/${id}/cancellations/1/accept`),
    await at.ask("POST", `/v1/fulfillment-orders/${part}/placed`, { body: { supplier_order_id: "9" } }),
    await at.ask("POST", `/v1/fulfillment-orders/${part}/attempts/1/confirm-bought`, {
      body: { supplier_order_id: "9" },
    }),
    await at.ask("POST", `/v1/fulfillment-orders/${part}/ship`, { body: { carrier: "ups", tracking_number: "1Z" } }),
  ];

  assert.ok(
    refusals.every((answer) => answer.status === 409 || answer.status === 422),
    refusals.map((each) => `${each.status} ${each.text}`).join("\n"),
  );
  assert.deepEqual(await eventsOf(at), before);
  assert.deepEqual(await detail(at, id!), was);
});

test("API-32 an order in review is processed; an edited, held and cancelled one says what it became", async (t) => {
  const at = await aServer(t, { channel: { mode: "review" } });
  const [id] = await at.orders([{ lines: [aChannelLine("MUG", 3), aChannelLine("CUP", 1, "2")] }]);
  assert.equal((await detail(at, id!)).headline, "review");

  const released = await at.ask("POST", `/v1/orders/${id}/process`);
  await at.settle();
  assert.deepEqual(released.body["still_open"] as unknown, []);
  assert.equal((await detail(at, id!)).headline, "waiting");

  const address = { name: "Ada Byron", line1: "1 Mill Lane", city: "Berlin", postcode: "10115", country: "DE" };
  const edited = await at.ask("POST", `/v1/orders/${id}/edit`, {
    body: { address, lines: [{ line_no: 1, quantity: 2 }] },
  });
  await at.settle();
  assert.equal(edited.status, 200);
  const after = await detail(at, id!);
  assert.equal(after.ship_to!.line1, "1 Mill Lane");
  assert.deepEqual(
    after.lines.map((line) => line.quantity),
    [2, 1],
  );

  const cancelled = await at.ask("POST", `/v1/orders/${id}/cancel`, { body: { lines: [{ line_no: 1, quantity: 1 }] } });
  assert.deepEqual(cancelled.body["cancelled"] as unknown, [{ line_no: 1, quantity: 1 }]);
  assert.deepEqual(cancelled.body["asked"] as unknown, []);
  const all = await at.ask("POST", `/v1/orders/${id}/cancel`);
  assert.equal((all.body["order"] as unknown as { headline: string }).headline, "cancelled");
  const late = await at.ask("POST", `/v1/orders/${id}/edit`, { body: { shipping_method: "x" } });
  assert.equal(late.status, 409);
  assert.match((late.body as unknown as { detail: string }).detail, /can no longer be edited/);
});

test("PL-49 before the installation was started once nobody takes over, and nothing is changed", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{}]);
  await at.leaveBuffer();
  const before = await detail(at, id!);
  await at.database.owner.run(sql`delete from installation`);

  const refused = await at.ask("POST", `/v1/fulfillment-orders/${before.fulfillment_orders[0]!.id}/take-over`);

  assert.equal(refused.status, 409, refused.text);
  assert.match(refused.text, /never started.*Start it once: npx switchyard start/);
  assert.deepEqual(await detail(at, id!), before);
});

test("API-33 placing by hand: taken over, nobody else buys it; then the supplier's number and cost", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{}]);
  await at.leaveBuffer();
  const part = (await partOf(at, id!)).id;
  const colleague = await at.keyFor(at.workspaceId, "staff");

  const taken = await at.ask("POST", `/v1/fulfillment-orders/${part}/take-over`);
  const second = await at.ask("POST", `/v1/fulfillment-orders/${part}/take-over`, { key: colleague });
  assert.equal(taken.status, 200, taken.text);
  assert.equal((taken.body["attempt"] as unknown as { no: number }).no, 1);
  assert.equal(second.status, 409);

  const noCost = await at.ask("POST", `/v1/fulfillment-orders/${part}/placed`, {
    body: { supplier_order_id: "PO-1", cost: { amount: "9.00", currency: "USD" } },
  });
  assert.equal(noCost.status, 409);
  assert.match(noCost.text, /never convert/);
  const placed = await at.ask("POST", `/v1/fulfillment-orders/${part}/placed`, {
    body: { supplier_order_id: "PO-1", cost: { amount: "9.00", currency: "EUR" } },
  });
  assert.equal(placed.status, 200, placed.text);
  const done = await partOf(at, id!);
  assert.equal(done.state, "placed");
  assert.equal(done.placed_by, "person");
  assert.equal(done.attempts[0]!.cost!.amount, "9.00");
  assert.ok(done.attempts[0]!.evidence.length > 0);
  assert.equal((await at.ask("POST", `/v1/fulfillment-orders/${part}/take-over`)).status, 409);

  const tracking = { carrier: "ups", tracking_number: "1Z999AA10123456784" };
  const wrong = await at.ask("POST", `/v1/fulfillment-orders/${part}/tracking`, {
    body: { ...tracking, tracking_number: "1Z999AA10123456785" },
  });
  assert.equal(wrong.status, 409);
  assert.equal(code(wrong), "tracking_not_accepted");
  const entered = await at.ask("POST", `/v1/fulfillment-orders/${part}/tracking`, { body: tracking });
  assert.equal(entered.status, 200, entered.text);
  const sent = await detail(at, id!);
  assert.deepEqual(
    sent.holds.map((each) => each.code),
    ["price_above_limit"], // 9.00 was paid where 8.80 was allowed
  );
  await at.ask("POST", `/v1/orders/${id}/holds/${sent.holds[0]!.id}/dismiss`);
  assert.equal((await detail(at, id!)).headline, "shipped");
  const shipments = (await at.ask("GET", "/v1/shipments?told=false")).body["shipments"] as unknown as {
    id: string;
    channel_knows: string;
  }[];
  assert.equal(shipments[0]!.channel_knows, "waiting");
  const told = await at.ask("POST", `/v1/shipments/${shipments[0]!.id}/told-by-hand`, {
    body: { evidence: "the shop shows 1Z999…" },
  });
  assert.equal(told.status, 200, told.text);
  assert.deepEqual((await at.ask("GET", "/v1/shipments?told=false")).body["shipments"] as unknown, []);
  assert.equal((await at.ask("POST", `/v1/shipments/${shipments[0]!.id}/resend`)).status, 409);
});

test("UI-98 what waits for the rest of its pack is not a shipment that the channel does not know of", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{}]);
  await at.leaveBuffer();
  const part = (await partOf(at, id!)).id;
  await at.ask("POST", `/v1/fulfillment-orders/${part}/take-over`);
  const cost = { amount: "8.00", currency: "EUR" };
  await at.ask("POST", `/v1/fulfillment-orders/${part}/placed`, { body: { supplier_order_id: "PO-1", cost } });
  const tracking = { carrier: "ups", tracking_number: "1Z999AA10123456784" };
  const entered = await at.ask("POST", `/v1/fulfillment-orders/${part}/tracking`, { body: tracking });
  assert.equal(entered.status, 200, entered.text);
  interface Shown {
    channel_knows: string;
  }
  const shipments = async (query = ""): Promise<string[]> =>
    ((await at.ask("GET", `/v1/shipments${query}`)).body["shipments"] as unknown as Shown[]).map(
      (each) => each.channel_knows,
    );
  const untold = async (): Promise<unknown> => (await at.ask("GET", "/v1/orders/found?q=is:not_told")).body["orders"];

  assert.deepEqual([await shipments("?told=false"), await untold()], [["waiting"], 1]);
  // As refreshWriteBacks leaves it where the unit of the channel is not whole yet (WB-2).
  await at.database.engine.run(sql`update write_back set lines = '[]', due_at = null`);
  assert.deepEqual([await shipments("?told=false"), await untold()], [[], 0]);
  assert.deepEqual(await shipments(), ["waits_for_rest"]);
});

test("PL-65 placed by hand in part: what the supplier did not accept is bought elsewhere", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{}]);
  await at.leaveBuffer();
  const part = (await partOf(at, id!)).id;
  await at.ask("POST", `/v1/fulfillment-orders/${part}/take-over`);
  const bought = (units: number) =>
    at.ask("POST", `/v1/fulfillment-orders/${part}/placed`, {
      body: { supplier_order_id: "PO-2", not_accepted: [{ supplier_sku: "A-MUG", units }] },
    });

  const tooMany = await bought(99);
  const placed = await bought(1);

  assert.equal(code(tooMany), "not_in_purchase");
  assert.match(tooMany.text, /can be missing; 99 were given/);
  assert.equal(placed.status, 200, placed.text);
  const parts = (await detail(at, id!)).fulfillment_orders;
  assert.deepEqual(
    parts.map((each) => each.state),
    ["placed", "received"],
  );
});

test("API-33 given back without a result its outcome is unknown, and ends only by what somebody saw", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{}]);
  await at.leaveBuffer();
  const part = (await partOf(at, id!)).id;
  await at.ask("POST", `/v1/fulfillment-orders/${part}/take-over`);

  assert.equal((await at.ask("POST", `/v1/fulfillment-orders/${part}/give-back`)).status, 200);
  assert.equal((await detail(at, id!)).headline, "checking");
  assert.equal((await at.ask("POST", `/v1/fulfillment-orders/${part}/take-over`)).status, 409);
  // Nobody is placing it any more, so a look at the supplier's list counts at once (PL-32).
  const looked = await at.ask("POST", `/v1/fulfillment-orders/${part}/attempts/1/confirm-not-bought`, {
    body: { reason: "not in the list" },
  });
  assert.equal(looked.status, 200, looked.text);
  assert.equal((await partOf(at, id!)).attempts[0]!.state, "void");
});

test("API-34 a supplier's order number belongs to one purchase", async (t) => {
  const at = await aServer(t);
  const [one, two] = await at.orders([{ channelOrderId: "1" }, { channelOrderId: "2" }]);
  await at.leaveBuffer();
  const parts = [(await partOf(at, one!)).id, (await partOf(at, two!)).id];
  for (const part of parts) await at.ask("POST", `/v1/fulfillment-orders/${part}/take-over`);

  const first = await at.ask("POST", `/v1/fulfillment-orders/${parts[0]}/placed`, {
    body: { supplier_order_id: "PO-1" },
  });
  const second = await at.ask("POST", `/v1/fulfillment-orders/${parts[1]}/placed`, {
    body: { supplier_order_id: "PO-1" },
  });

  assert.equal(first.status, 200, first.text);
  assert.equal(second.status, 409);
  assert.equal(code(second), "number_taken");
  assert.equal((await partOf(at, two!)).attempts[0]!.state, "armed");
});

test("API-35 the prep desk prints, collects by scan and scans out", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{ lines: [aChannelLine("CUP", 2)] }]);
  await at.leaveBuffer();
  const part = await partOf(at, id!);
  assert.equal(part.state, "ready");
  assert.equal(part.actions["print"]!.allowed, true);
  const scan = (name: string, body: object = {}) =>
    at.ask("POST", `/v1/fulfillment-orders/${part.id}/${name}`, { body });

  assert.equal((await scan("collect", { supplier_sku: "S-CUP" })).status, 409);
  assert.equal((await scan("print")).status, 200);
  const wrong = await scan("collect", { supplier_sku: "S-PLATE" });
  assert.equal(wrong.status, 409);
  assert.match(wrong.text, /Expected: S-CUP × 2/);
  assert.equal((await scan("collect", { supplier_sku: "S-CUP" })).body["left"] as unknown, 1);
  assert.equal((await scan("collect", { supplier_sku: "S-CUP", units: 2 })).status, 409);
  assert.equal((await scan("collect", { supplier_sku: "S-CUP" })).body["left"] as unknown, 0);
  const shipped = await scan("ship", { carrier: "ups", tracking_number: "1Z999AA10123456784" });
  assert.equal(shipped.status, 200, shipped.text);
  assert.match(shipped.body["shipment"] as unknown as string, /^shp_/);
  assert.equal((await detail(at, id!)).headline, "shipped");
  const stock = (await at.ask("GET", "/v1/stock")).body["stock"] as unknown as { on_hand: number; reserved: number }[];
  assert.deepEqual([stock[0]!.on_hand, stock[0]!.reserved], [8, 0]);
});

test("API-36 an order made by hand has its own number: the same again is the one that is there", async (t) => {
  const at = await aServer(t);
  const order = {
    channel: at.channel,
    number: "B2B-77",
    currency: "EUR",
    payment: "paid",
    ship_to: { name: "李 小龍", line1: "Hafenstr. 5", city: "Hamburg", postcode: "20095", country: "DE" },
    lines: [{ sku: "MUG", quantity: 2, unit_price: "10.00" }],
  };
  const create = (body: object, headers = {}) => at.ask("POST", "/v1/orders", { body, headers });

  const first = await create(order);
  const again = await create(order);
  const other = await create({ ...order, lines: [{ sku: "MUG", quantity: 3, unit_price: "10.00" }] });
  const foreign = await create({ ...order, channel: publicId("channel", "01980000-0000-7000-8000-000000000000") });
  await at.settle();

  assert.equal(first.status, 201, first.text);
  assert.equal(first.headers["location"], `/v1/orders/${first.body["id"] as unknown as string}`);
  assert.equal(again.status, 200);
  assert.deepEqual(again.body, { id: first.body["id"], outcome: "existing" });
  assert.equal(other.status, 409);
  assert.equal(code(other), "number_taken");
  assert.equal(foreign.status, 422);
  const made = await detail(at, first.body["id"] as unknown as string);
  assert.equal(made.headline, "waiting");
  assert.deepEqual(
    made.lines.map((line) => line.quantity),
    [2],
  );
});

test("API-38 a product link put wakes the orders that wait for its SKU; one deleted holds the next", async (t) => {
  const at = await aServer(t);
  const [id, other] = await at.orders([
    { channelOrderId: "1", lines: [aChannelLine("NEW", 1)] },
    { channelOrderId: "2", lines: [aChannelLine("OTHER", 1)] },
  ]);
  const suppliers = (await at.ask("GET", "/v1/suppliers")).body["suppliers"] as unknown as {
    id: string;
    name: string;
  }[];
  const acme = suppliers.find((each) => each.name === "acme")!.id;
  assert.equal((await detail(at, id!)).headline, "needs_attention");

  const put = await at.ask("PUT", "/v1/product-links", {
    body: { sku: "NEW", options: [{ supplier: acme, supplier_sku: "A-NEW", unit_cost: "3.15", currency: "EUR" }] },
  });
  await at.settle();

  assert.equal(put.status, 200, put.text);
  assert.deepEqual(put.body, { changed: true });
  assert.equal((await detail(at, id!)).headline, "waiting");
  assert.equal((await detail(at, other!)).headline, "needs_attention");
  const links = (await at.ask("GET", "/v1/product-links")).body["product_links"] as unknown as {
    sku: string;
    options: { supplier: string; unit_cost: string }[];
  }[];
  assert.deepEqual(
    links.find((link) => link.sku === "NEW")!.options.map((each) => [each.supplier, each.unit_cost]),
    [[acme, "3.15"]],
  );
  assert.equal((await at.ask("DELETE", "/v1/product-links?sku=NEW")).status, 200);
  assert.equal((await at.ask("DELETE", "/v1/product-links?sku=NEW")).status, 422);
  const [later] = await at.orders([{ channelOrderId: "3", lines: [aChannelLine("NEW", 1)] }]);
  assert.equal((await detail(at, later!)).headline, "needs_attention");
});

test("API-39 a top-up is booked once per reference and shown in the statement", async (t) => {
  const at = await aServer(t, { suppliers: { acme: { account: { payment: "prepaid" } }, shelf: { role: "prep" } } });
  const accounts = (await at.ask("GET", "/v1/ledger")).body["accounts"] as unknown as { id: string; payment: string }[];
  const account = accounts.find((each) => each.payment === "prepaid")!.id;
  const book = (name: string, amount: string, reference: string) =>
    at.ask("POST", `/v1/ledger/${account}/${name}`, { body: { amount, reference } });

  const first = await book("top-up", "100.00", "bank 1");
  const twice = await book("top-up", "100.00", "bank 1");
  const fix = await book("correction", "-20.50", "typed wrong");
  const bad = await book("top-up", "1.234", "bank 2");

  assert.deepEqual(first.body, { available: "100.00", unit: "EUR" });
  assert.equal(twice.status, 409);
  assert.deepEqual(fix.body, { available: "79.50", unit: "EUR" });
  assert.equal(bad.status, 422);
  const statement = (await at.ask("GET", `/v1/ledger/${account}/transactions?limit=1`)).body as unknown as {
    transactions: { kind: string; change: string; reference: string }[];
    next: string;
  };
  assert.deepEqual(
    statement.transactions.map((line) => [line.kind, line.change, line.reference]),
    [["correction", "-20.50", "typed wrong"]],
  );
  const rest = await at.ask("GET", `/v1/ledger/${account}/transactions?cursor=${statement.next}`);
  assert.deepEqual(
    (rest.body["transactions"] as unknown as { change: string }[]).map((line) => line.change),
    ["100.00"],
  );
});

test("API-32 a parcel that a person knows to have arrived is delivered, by their word", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{}]);
  await at.leaveBuffer();
  const part = (await partOf(at, id!)).id;
  await at.ask("POST", `/v1/fulfillment-orders/${part}/take-over`);
  await at.ask("POST", `/v1/fulfillment-orders/${part}/placed`, { body: { supplier_order_id: "PO-1" } });
  await at.ask("POST", `/v1/fulfillment-orders/${part}/tracking`, {
    body: { carrier: "ups", tracking_number: "1Z999AA10123456784" },
  });
  const shipment = (await detail(at, id!)).shipments[0]!.id;

  const future = await at.ask("POST", `/v1/shipments/${shipment}/parcels/1/delivered`, {
    body: { at: "2030-01-01T00:00:00Z" },
  });
  const done = await at.ask("POST", `/v1/shipments/${shipment}/parcels/1/delivered`);
  const again = await at.ask("POST", `/v1/shipments/${shipment}/parcels/1/delivered`);
  const nowhere = await at.ask("POST", `/v1/shipments/${shipment}/parcels/2/delivered`);

  assert.equal(future.status, 422);
  assert.equal(done.status, 200, done.text);
  assert.equal((await detail(at, id!)).headline, "delivered");
  assert.equal(again.status, 409);
  assert.equal(nowhere.status, 422);
  const events = (await at.ask("GET", `/v1/orders/${id}/events`)).text;
  assert.match(events, /person:key:/);
});

test("RT-7 a supplier chosen by a person is kept by routing, and cannot be changed once it is being placed", async (t) => {
  const at = await aServer(t, {
    links: {
      MUG: [
        { supplier: "acme", sku: "A-MUG" },
        { supplier: "other", sku: "O-MUG", priority: 2 },
      ],
    },
    stock: [],
  });
  const [id] = await at.orders([{}]);
  const part = (await partOf(at, id!)).id;
  const suppliers = (await at.ask("GET", "/v1/suppliers")).body["suppliers"] as unknown as {
    id: string;
    name: string;
  }[];
  const choose = (name: string) =>
    at.ask("POST", `/v1/fulfillment-orders/${part}/choose-supplier`, {
      body: { supplier: suppliers.find((each) => each.name === name)!.id },
    });
  assert.equal((await partOf(at, id!)).supplier!.name, "acme");

  const chosen = await choose("other");
  await at.settle();
  await at.leaveBuffer();

  assert.equal(chosen.status, 200, chosen.text);
  const now = await partOf(at, id!);
  assert.equal(now.supplier!.name, "other");
  assert.equal(now.state, "escalated");
  const late = await choose("acme");
  assert.equal(late.status, 409);
  assert.match(late.text, /never after/);
});
