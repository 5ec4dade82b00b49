import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { atScreen, seriousFindings, withoutBrowser, type AtScreen } from "./browser.ts";

const skip = withoutBrowser();

interface Order {
  headline: string;
  holds: { code: string; title: string; resolve_with: string[] }[];
  fulfillment_orders: { state: string }[];
  ship_to: { postcode: string } | null;
}

/** The sandbox's API, as the visitor of this machine. */
function apiOf({ url }: AtScreen) {
  let sent = 0;
  return async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    sent += 1;
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        "x-switchyard-workspace": "sandbox",
        "content-type": "application/json",
        ...(method === "POST" ? { "idempotency-key": `order-test-${sent}` } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${text}`);
    return JSON.parse(text) as T;
  };
}
type Call = ReturnType<typeof apiOf>;

async function until<T>(look: () => Promise<T | undefined>, what: string, ms = 40_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(Date.now() < end, `in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

const address = { name: "Test Person", line1: "Hafenstr. 5", city: "Hamburg", postcode: "20095", country: "DE" };

/** Orders that stop for a reason each, and what a person does about it on the order's page. */
async function stopped(call: Call) {
  await until(async () => {
    const { workspace } = await call<{ workspace: unknown }>("GET", "/v1/session");
    if (workspace === null) return undefined;
    return (await call<{ total: number }>("GET", "/v1/orders/counts")).total > 0 ? true : undefined;
  }, "the sandbox has orders");
  const { channels } = await call<{ channels: { id: string }[] }>("GET", "/v1/channels");
  const { suppliers } = await call<{ suppliers: { id: string; name: string }[] }>("GET", "/v1/suppliers");
  const idOf = (name: string): string => suppliers.find((each) => each.name === name)!.id;
  const link = (sku: string, supplier: string, option: object): Promise<unknown> =>
    call("PUT", "/v1/product-links", {
      sku,
      options: [{ supplier: idOf(supplier), unit_cost: "26.90", currency: "EUR", ...option }],
    });
  let made = 0;
  const order = async (sku: string, change: object = {}): Promise<string> => {
    made += 1;
    const { id } = await call<{ id: string }>("POST", "/v1/orders", {
      channel: channels[0]!.id,
      number: `W-${made}`,
      currency: "EUR",
      payment: "paid",
      shipping_method: "Express",
      ship_to: address,
      lines: [{ sku, quantity: 1, unit_price: "50.00" }],
      ...change,
    });
    return id;
  };
  await link("W-GOOD", "Kestrel & Rowe", { supplier_sku: "KR-LANT" });
  await link("W-PACK", "Kestrel & Rowe", { supplier_sku: "KR-LANT", per: 2 });
  await link("W-USD", "Kestrel & Rowe", { supplier_sku: "KR-LANT", currency: "USD" });
  await link("W-DEAR", "Kestrel & Rowe", { supplier_sku: "KR-LANT", max_unit_cost: "20.00" });
  await link("W-FR", "Atelier Brume", { supplier_sku: "lampe-chene" });
  await link("W-GOLD", "Northlight Wholesale", { supplier_sku: "NL-2201", unit_cost: "100000.00" });
  const twice = { buyer_id: "the-same", ship_to: { ...address, line1: "Zwillingsweg 2" } };
  await order("W-GOOD", twice);
  const duplicate = await order("W-GOOD", twice);
  const held = await order("W-GOOD");
  await call("POST", `/v1/orders/${held}/hold`, { note: "look at the size" });

  const press = (page: Page, name: string | RegExp): Promise<void> =>
    page.getByRole("button", { name, exact: true }).click();
  const choose = (page: Page, name: string): Promise<void> =>
    page.getByRole("group", { name: "What can be done" }).getByRole("button", { name, exact: true }).click();
  const fill = (page: Page, label: string | RegExp, text: string): Promise<void> =>
    page.getByRole("textbox", { name: label }).first().fill(text);
  return {
    address_invalid: {
      id: await order("W-GOOD", { ship_to: { ...address, postcode: "ABC" } }),
      async resolve(page: Page) {
        await fill(page, "Postcode", "20095");
        await press(page, "Save the address");
      },
    },
    address_incomplete: {
      id: await order("W-GOOD", { ship_to: { ...address, postcode: "" } }),
      async resolve(page: Page) {
        await fill(page, "Postcode", "20095");
        await press(page, "Save the address");
      },
    },
    awaiting_payment: {
      id: await order("W-GOOD", { payment: "pending" }),
      resolve: (page: Page) => press(page, "Cancel 1 unit"),
    },
    sku_not_linked: {
      id: await order("W-NEW"),
      async resolve(page: Page) {
        await page.getByRole("combobox", { name: "Supplier" }).first().click();
        await page.getByRole("option", { name: "Kestrel & Rowe" }).click();
        await fill(page, "Supplier's SKU", "KR-LANT");
        await fill(page, "Cost of one", "12,50");
        await press(page, "Link it");
      },
    },
    pack_size_mismatch: {
      id: await order("W-PACK"),
      async resolve(page: Page) {
        await fill(page, "make so many of ours", "1");
        await press(page, "Save the link");
      },
    },
    currency_mismatch: {
      id: await order("W-USD"),
      async resolve(page: Page) {
        await fill(page, "Currency", "EUR");
        await press(page, "Save the link");
      },
    },
    price_above_limit: {
      id: await order("W-DEAR"),
      async resolve(page: Page) {
        await fill(page, /^Most for one/, "30.00");
        await press(page, "Save the price");
      },
    },
    destination_not_served: {
      id: await order("W-FR", {
        ship_to: { ...address, city: "San Francisco", region: "CA", postcode: "94103", country: "US" },
      }),
      async resolve(page: Page) {
        await choose(page, "Cancel");
        await press(page, "Cancel 1 unit");
      },
    },
    insufficient_balance: {
      id: await order("W-GOLD"),
      async resolve(page: Page) {
        await fill(page, /^Amount/, "200000");
        await page.getByRole("button", { name: /^Book/ }).click();
      },
    },
    shipping_not_mapped: {
      id: await order("W-GOOD", { shipping_method: "Moon freight" }),
      async resolve(page: Page) {
        await page.getByRole("combobox", { name: "Method at this supplier" }).fill("AIR");
        await page.keyboard.press("Escape");
        await press(page, "Map it");
      },
    },
    too_old: {
      id: await order("W-GOOD", { ordered_at: "2026-01-05T10:00:00Z" }),
      async resolve(page: Page) {
        await page.locator("form").getByRole("button", { name: "Release", exact: true }).click();
      },
    },
    suspected_duplicate: {
      id: duplicate,
      async resolve(page: Page) {
        await page.getByText("The other order:").waitFor();
        await page.locator("form").getByRole("button", { name: "Release", exact: true }).click();
      },
    },
    by_person: {
      id: held,
      async resolve(page: Page) {
        await page.getByText("look at the size").first().waitFor();
        await page.locator("form").getByRole("button", { name: "Release", exact: true }).click();
      },
    },
  };
}

/** Opens the form of each action of a hold, one after the other; each has its button or says why there is none. */
async function openForms(page: Page, { title, resolve_with: actions }: Order["holds"][number]): Promise<number> {
  const card = page.getByRole("region", { name: title, exact: true }).first();
  const choices = card.getByRole("group", { name: "What can be done" }).getByRole("button");
  await card.waitFor();
  const count = await choices.count();
  assert.equal(Math.max(1, count), actions.length, title);
  for (let index = count - 1; index >= 0; index -= 1) {
    await choices.nth(index).click();
    await card.locator("form button[type=submit], p").last().waitFor();
  }
  return actions.length;
}

test("UI-20 each reason leads to a form on the order's page, and what it does ends the hold", { skip }, async (t) => {
  const at = await atScreen(t);
  const call = apiOf(at);
  const cases = await stopped(call);
  const order = (id: string): Promise<Order> => call("GET", `/v1/orders/${id}`);
  const page = await at.open("/sandbox/orders");
  let forms = 0;

  for (const [code, { id, resolve }] of Object.entries(cases)) {
    const hold = await until(
      async () => (await order(id)).holds.find((each) => each.code === code),
      `${code} holds its order`,
    );
    await page.goto(`${at.url}/sandbox/orders/${id}`);
    forms += await openForms(page, hold);
    await resolve(page);
    await until(
      async () => ((await order(id)).holds.some((each) => each.code === code) ? undefined : true),
      `${code} is resolved`,
    );
  }

  // What the sandbox itself runs into meanwhile; it goes on while we look, so that a hold may be gone by then.
  const others = new Set<string>();
  const { orders } = await call<{ orders: { id: string }[] }>(
    "GET",
    "/v1/orders?limit=200&state=needs_attention,checking,stand_by",
  );
  for (const { id } of orders) {
    const hold = (await order(id)).holds[0];
    if (hold === undefined || hold.code in cases || others.has(hold.code)) continue;
    await page.goto(`${at.url}/sandbox/orders/${id}`);
    const isThere = await page
      .getByRole("region", { name: hold.title, exact: true })
      .first()
      .waitFor({ timeout: 10_000 })
      .then(() => true)
      .catch(() => false);
    if (!isThere) continue;
    forms += await openForms(page, hold);
    others.add(hold.code);
  }
  t.diagnostic(
    `${Object.keys(cases).length} reasons resolved, ${others.size} more looked at (${[...others].join(", ")}), ${forms} forms opened`,
  );
});

test(
  "UI-25 an order beside the list is walked, edited and opened by keys; its page shows the same, light and dark",
  { skip },
  async (t) => {
    const at = await atScreen(t);
    const call = apiOf(at);
    const cases = await stopped(call);
    const { id } = cases.address_invalid;
    const page = await at.open("/sandbox/orders?q=W-");
    const table = page.getByRole("table", { name: "Orders" });
    await table.getByRole("row", { name: /W-1\b/ }).waitFor();

    await page.getByRole("heading", { name: "Orders" }).click();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    const drawer = page.getByRole("dialog");
    const first = await drawer.getByRole("heading", { level: 1 }).textContent();
    await page.keyboard.press("j");
    await until(
      async () => ((await drawer.getByRole("heading", { level: 1 }).textContent()) === first ? undefined : true),
      "J shows the next order",
    );
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "detached" });

    await page.goto(`${at.url}/sandbox/orders?open=${id}`);
    await drawer.getByRole("region", { name: "Address not valid" }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.keyboard.press("e");
    await drawer.getByRole("region", { name: "Edit" }).getByRole("textbox", { name: "Street and number" }).waitFor();
    await page.keyboard.press("Escape");
    await drawer.getByRole("region", { name: "Edit" }).waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/orders/${id}`);
    const card = page.getByRole("region", { name: "Address not valid" });
    await card.getByText("Expected: a postcode such as 26133").waitFor();
    await card.getByRole("textbox", { name: "Postcode" }).fill("20095");
    await page.keyboard.press("Enter");
    await card.waitFor({ state: "detached" });
    await page.getByText("Passes the check").waitFor();
    await page.getByRole("textbox", { name: "Note" }).fill("Called the buyer.");
    await page.getByRole("button", { name: "Add note" }).click();
    await page.getByRole("listitem").filter({ hasText: "Called the buyer." }).first().waitFor();
    await page
      .locator("label")
      .filter({ hasText: /^People$/ })
      .click();
    await page.getByRole("listitem").filter({ hasText: "Edited" }).first().waitFor();

    assert.deepEqual(await seriousFindings(page), []);
    const dark = await at.open(`/sandbox/orders/${cases.price_above_limit.id}`, { scheme: "dark" });
    await dark.getByRole("region", { name: "Supplier price above your limit" }).waitFor();
    assert.deepEqual(await seriousFindings(dark), []);
    const phone = await at.open(`/sandbox/orders/${cases.sku_not_linked.id}`, { isPhone: true });
    await phone.getByRole("region", { name: "No supplier product for this SKU" }).waitFor();
    assert.equal(await phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
    assert.deepEqual(await seriousFindings(phone), []);
  },
);
