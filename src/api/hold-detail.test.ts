import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { emptyAddress } from "#domain/address.ts";
import { aChannelOrder } from "#test/channel-order.ts";
import type { OrderView } from "#store/read/order.ts";
import { readableDetail } from "./present/hold-detail.ts";
import { aServer, type TestServer } from "./testing/server.ts";

interface Hold {
  id: string;
  code: string;
  detail: Record<string, unknown>;
}
async function holds(at: TestServer, id: string): Promise<Hold[]> {
  const answer = await at.ask("GET", `/v1/orders/${id}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body["holds"] as unknown as Hold[];
}
const now = (at: TestServer): Date => at.engine.clock.now();

test("UI-22 a hold names suppliers, other orders and both addresses of a change, and no inner id", async (t: TestContext) => {
  const at = await aServer(t, {
    suppliers: { acme: { settings: { countries: ["FR"] } }, other: {}, shelf: { role: "prep" } },
  });
  const twice = { buyerId: "the-same" };
  const [unserved, first, second] = await at.orders([
    { channelOrderId: "1" },
    { channelOrderId: "2", ...twice },
    { channelOrderId: "3", ...twice },
  ]);

  const [refused] = await holds(at, unserved!);
  assert.equal(refused!.code, "destination_not_served");
  assert.deepEqual(refused!.detail["rejected"], [
    { supplier: "acme", supplier_sku: "A-MUG", why: "destination_not_served", title: "No supplier ships there" },
  ]);
  const duplicate = (await holds(at, second!)).find(({ code }) => code === "suspected_duplicate");
  assert.equal(duplicate?.detail["of"], first);

  const edited = await at.ask("POST", `/v1/orders/${unserved!}/edit`, {
    body: {
      address: { ...emptyAddress, name: "M. K.", line1: "Ours 1", city: "Bremen", postcode: "28195", country: "DE" },
    },
  });
  assert.equal(edited.status, 200, edited.text);
  const said = aChannelOrder("1", now(at));
  await at.orders([
    {
      channelOrderId: "1",
      updatedAt: new Date(now(at).getTime() + 60_000),
      shipTo: { ...said.shipTo!, line1: "Theirs 2" },
    },
  ]);
  const change = (await holds(at, unserved!)).find(({ code }) => code === "changed_on_channel");
  const { theirs, ours } = change!.detail as Record<"theirs" | "ours", { line1: string; city: string }>;
  assert.deepEqual([theirs.line1, theirs.city], ["Theirs 2", "Hamburg"]);
  assert.deepEqual([ours.line1, ours.city], ["Ours 1", "Bremen"]);
  assert.ok(!("no" in ours) && !("digest" in ours), "the address alone");
});

test("UI-23 the links of one SKU are answered alone", async (t) => {
  const at = await aServer(t);

  const [mug, none] = await Promise.all([
    at.ask("GET", "/v1/product-links?sku=MUG"),
    at.ask("GET", "/v1/product-links?sku=NOPE"),
  ]);

  const skus = ({ body }: typeof mug): string[] =>
    (body["product_links"] as unknown as { sku: string }[]).map(({ sku }) => sku);
  assert.deepEqual([skus(mug), skus(none)], [["MUG"], []]);
});

test("UI-24 what an address needs is told by country, as the check wants it", async (t) => {
  const at = await aServer(t);

  const { formats } = (await at.ask("GET", "/v1/address-formats")).body as unknown as {
    formats: {
      country: string;
      city: boolean;
      region: string | null;
      postcode: { example: string; needed: boolean } | null;
    }[];
  };

  const of = (code: string) => formats.find(({ country }) => country === code)!;
  assert.equal(formats.length, 250);
  assert.deepEqual(of("DE"), { country: "DE", city: true, region: null, postcode: { example: "26133", needed: true } });
  assert.match(of("US").region!, /a state/);
  assert.equal(of("SG").city, false);
  assert.equal(of("IE").postcode?.needed, false);
  assert.equal(of("HK").postcode, null);
});

test("UI-22 the money of a hold has its currency and whole units", () => {
  const view = { suppliers: new Map(), accounts: new Map() } as unknown as OrderView;

  const short = readableDetail({ missing: "1250", needed: "2000", currency: "EUR", attempt: "77" }, view);
  const dear = readableDetail(
    { placed: true, charged: "900", currency: "JPY", max: "850", accountCurrency: "EUR" },
    view,
  );

  assert.deepEqual(short, {
    missing: { amount: "12.50", currency: "EUR" },
    needed: { amount: "20.00", currency: "EUR" },
    currency: "EUR",
  });
  assert.deepEqual(dear["charged"], { amount: "900", currency: "JPY" });
  assert.deepEqual(dear["max"], { amount: "8.50", currency: "EUR" });
});
