import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { atScreen, seriousFindings, withoutBrowser, type AtScreen } from "./browser.ts";
import { until, upsNumber } from "./visitor.ts";

const skip = withoutBrowser();
const password = "seven teapots on a shelf";

/** What the goods of the order are sold and bought for, and the buyer's mail: nobody but the seller's own people reads it. */
const sold = ["210.00", "32.15", "49.95"];
const cost = { lamp: "118.40", print: "8.35", teapot: "20.65" };
const mail = "ada@buyers.example";
const number = "A-2001";
const orderFile = (at: Date): string =>
  [
    "Order number,SKU,Title,Quantity,Price,Currency,Payment status,Order date,Name,Address,City,Postcode,Country,Email",
    ...[
      `LAMP,"Desk lamp, oak",1,${sold[0]}`,
      `PRINT,Print of a lighthouse,2,${sold[1]}`,
      `TEAPOT,Brown teapot,1,${sold[2]}`,
    ].map((line) => `${number},${line},EUR,paid,${at.toISOString()},Ada Long,Hafenstr. 5,Hamburg,20095,DE,${mail}`),
    "",
  ].join("\n");

test(
  "UI-84, UI-87, UI-88 and UI-89 one order is walked from the shop's file to the last parcel by screens, each role with its own share of it",
  { skip, timeout: 300_000 },
  async (t) => {
    const at = await atScreen(t, { sandbox: false });
    const began = Date.now();
    /** The life of one order: what one of them could not do, the next one cannot go on with. */
    const step = async (what: string, work: () => Promise<void>): Promise<void> => {
      await work().catch((error: unknown) => {
        throw new Error(`In vain: ${what}`, { cause: error });
      });
      t.diagnostic(`${Math.round((Date.now() - began) / 1000)} s: ${what}`);
    };
    const owner = await theOwner(at);
    await step("the owner adds a shop and three suppliers", () => setUp(owner));
    const { admin, staff, viewer, operator, prep, supplier } = await invited(at, owner);
    await step("the admin sets how long things wait, and links what is known", () => rules(admin));
    await step("the prep worker takes goods in before there is any work", () => receives(prep));
    await step("the owner brings the shop's file", () => imports(owner));
    await step("the viewer sees the order and can do nothing", () => looksOnly(viewer));
    await step("the staff links the SKU that held it, and processes it", () => resolves(staff));
    await step("the operator buys by hand what no machine can buy", () => buys(operator));
    await step("the prep worker packs and ships with the scanner's keys", () => packs(prep));
    await step("the supplier accepts and ships", () => supplies(supplier));
    await step("the other supplier accepts and ships by a link, without an account", async () => {
      await byLink(at, await linkFor(staff, "Atelier Brume"));
    });
    await step("the staff tells the shop each number", () => tells(staff));
    await step("the order is completed, and the owner reads what it earned", async () => {
      await openOrder(owner);
      await owner.getByText("Completed", { exact: true }).first().waitFor({ timeout: 60_000 });
      for (const [name, no] of [
        ["Pinehouse Prep", 1],
        ["Kestrel & Rowe", 2],
        ["Atelier Brume", 3],
      ] as const) {
        const part = owner.getByRole("region", { name: `What ${name} does` });
        await part.getByText(upsNumber(no)).first().waitFor();
        await part.getByText("channel knows").first().waitFor();
      }
      await owner.getByText("Profit", { exact: true }).waitFor();
      assert.deepEqual(await seriousFindings(owner), []);
    });
  },
);

async function theOwner(at: AtScreen): Promise<Page> {
  const page = await at.open(at.setUpLink.slice(at.url.length));
  await fill(page, { "Your name": "Olga Owner", "E-mail address": "olga@example.org", Password: password });
  await page.getByLabel("Workspace").fill("acme");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.waitForURL("**/acme/**");
  return page;
}

async function setUp(page: Page): Promise<void> {
  const form = page.getByRole("dialog");
  await go(page, "Channels");
  await page.getByRole("button", { name: "Add a channel" }).first().click();
  await fill(form, { Name: "Web shop" });
  await form.getByRole("button", { name: "Add a channel" }).click();
  await page.getByRole("heading", { name: "Web shop", level: 1 }).waitFor();
  for (const [name, kind, role] of [
    ["Atelier Brume", "Placed by hand", "Supplier"],
    ["Pinehouse Prep", "Placed by hand", "Prep centre"],
    ["Kestrel & Rowe", "CSV files", "Supplier"],
  ] as const) {
    await go(page, "Suppliers");
    await page.getByRole("button", { name: "Add a supplier" }).first().click();
    await fill(form, { Name: name });
    await choose(page, form, "Kind", kind);
    await choose(page, form, "What it is", role);
    await form.getByRole("button", { name: "Add a supplier" }).click();
    await page.getByRole("heading", { name, level: 1 }).waitFor();
  }
}

interface People {
  admin: Page;
  staff: Page;
  viewer: Page;
  operator: Page;
  prep: Page;
  supplier: Page;
}
/** Each in a browser of their own; whoever begins at a desk lands there. */
async function invited(at: AtScreen, owner: Page): Promise<People> {
  await go(owner, "Team");
  await owner.getByRole("button", { name: "Invite", exact: true }).click();
  const people: Partial<People> = {};
  for (const [who, role, of, lands] of [
    ["admin", "Admin", null, /\/acme\/overview/],
    ["staff", "Staff", null, /\/acme\/overview/],
    ["viewer", "Viewer", null, /\/acme\/overview/],
    ["operator", "Operator", null, /\/acme\/desk/],
    ["prep", "Prep centre", "Pinehouse Prep", /\/acme\/prep/],
    ["supplier", "Supplier", "Kestrel & Rowe", /\/acme\/supplier/],
  ] as const) {
    const form = owner.getByRole("dialog", { name: "Invite somebody" });
    await fill(form, { "E-mail address": `${who}@example.org` });
    await choose(owner, form, "Role", role);
    if (of !== null) {
      await choose(owner, form, "Suppliers they work for", of);
      await form.getByLabel("E-mail address").click();
    }
    await form.getByRole("button", { name: "Make the invitation" }).click();
    const link = new URL(await owner.locator("code").filter({ hasText: "/invitation#" }).innerText());
    const page = await at.open(link.pathname + link.hash, who === "viewer" ? { refusals: [403] } : {});
    people[who] = page;
    await fill(page, { "Your name": `${who.slice(0, 1).toUpperCase()}${who.slice(1)} Person`, Password: password });
    await page.getByRole("button", { name: "Accept" }).click();
    await page.waitForURL(lands);
    await owner.getByRole("button", { name: "Invite another" }).click();
  }
  await owner.keyboard.press("Escape");
  return people as People;
}

async function rules(page: Page): Promise<void> {
  await go(page, "Settings");
  await fill(page, { "Buffer before placing": "0 s", "Time to undo": "0 s", "Completed after": "0 s" });
  await page.getByRole("button", { name: "Save 3 changes" }).click();
  await page.getByRole("button", { name: "Nothing changed" }).waitFor();
  // Files go one way, so that by itself nobody would wait for the shop to be told.
  await go(page, "Channels");
  await page.getByRole("row", { name: /Web shop/ }).click();
  await page.getByRole("button", { name: "Rules" }).click();
  await choose(page, page.locator("form"), "Tell about shipments", "by hand");
  await page.getByRole("button", { name: "Save 1 change" }).click();
  await page.getByRole("button", { name: "Nothing changed" }).waitFor();
  await go(page, "Product links");
  for (const [sku, theirs, supplier, price] of [
    ["LAMP", "lampe-chene", "Atelier Brume", cost.lamp],
    ["PRINT", "PH-PRINT-A3", "Pinehouse Prep", cost.print],
  ] as const) {
    await page.getByRole("button", { name: "Add a link" }).first().click();
    const form = page.getByRole("dialog");
    await fill(form, { "SKU of the shop": sku });
    await page.keyboard.press("Enter");
    await choose(page, form, "Supplier", supplier);
    await fill(form, { "Supplier's SKU": theirs, "Cost of one": price });
    await form.getByRole("button", { name: "Link it" }).click();
    await form.waitFor({ state: "detached" });
    await page.getByRole("row", { name: new RegExp(sku) }).waitFor();
  }
}

async function receives(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Stock", exact: true }).click();
  await page.getByText("Receive", { exact: true }).waitFor();
  await scan(page, "PH-PRINT-A3");
  await page.getByRole("spinbutton").and(page.locator(":focus")).waitFor();
  await page.keyboard.type("24");
  await page.keyboard.press("Enter");
  await page.getByText("PH-PRINT-A3: 24 came in, 24 on the shelf.").first().waitFor();
  await page.getByRole("button", { name: /^Pack/ }).click();
}

async function imports(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await go(page, "Channels");
  await page.getByRole("row", { name: /Web shop/ }).click();
  await page.getByRole("link", { name: "Import a file" }).click();
  await page.getByRole("button", { name: "Choose a file" }).waitFor();
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from(orderFile(new Date())) });
  await page.getByRole("button", { name: "Import 3 rows" }).click();
  await page.getByText("3 of 3 rows stored").waitFor();
  await page.getByRole("link", { name: "See the orders" }).click();
  await page.getByRole("row", { name: new RegExp(number) }).waitFor();
}

async function looksOnly(page: Page): Promise<void> {
  await openOrder(page);
  await page.getByText("€324.25").waitFor();
  for (const name of ["Edit", "Hold", "Cancel"]) {
    const button = page.getByRole("button", { name: new RegExp(`^${name}`) }).first();
    assert.equal(await button.getAttribute("aria-disabled"), "true", name);
    await until(
      async () => {
        // Anew each time: a page that is drawn again under a pointer that stands still has not been pointed at.
        await page.mouse.move(0, 0);
        await page.getByRole("tooltip").first().waitFor({ state: "hidden" });
        await button.hover();
        const why = page.getByRole("tooltip").getByText("Your role is viewer");
        return why.waitFor({ timeout: 5_000 }).then(
          () => true as const,
          () => undefined,
        );
      },
      `${name} says why not`,
      60_000,
    );
  }
  const hold = page.getByRole("region", { name: "No supplier product for this SKU" });
  await hold.getByText("Your role is viewer").first().waitFor();
  assert.equal(await hold.getByRole("textbox").count(), 0);
  assert.equal(await page.getByRole("button", { name: "Add note" }).count(), 0);
  const status = await page.evaluate(async (id) => {
    const headers = {
      "content-type": "application/json",
      "x-switchyard-workspace": "acme",
      "idempotency-key": "a viewer's",
    };
    return (await fetch(`/v1/orders/${id}/hold`, { method: "POST", headers, body: JSON.stringify({ note: "" }) }))
      .status;
  }, new URL(page.url()).pathname.split("/").at(-1)!);
  assert.equal(status, 403);
  assert.deepEqual(await seriousFindings(page), []);
}

async function resolves(page: Page): Promise<void> {
  await go(page, "Orders");
  await page.getByRole("textbox", { name: "Search this list" }).fill(number);
  await page.getByRole("button", { name: `Resolve ${number}` }).click();
  const problems = page.getByRole("dialog").getByRole("heading", { level: 2 });
  await problems.first().waitFor();
  assert.deepEqual((await problems.allInnerTexts()).slice(0, 2), ["No supplier product for this SKU", "Review"]);
  const hold = page.getByRole("region", { name: "No supplier product for this SKU" });
  await choose(page, hold, "Supplier", "Kestrel & Rowe");
  await fill(hold, { "Supplier's SKU": "KR-POT-B", "Cost of one": cost.teapot });
  await hold.getByRole("button", { name: "Link it" }).click();
  await hold.waitFor({ state: "detached" });
  const review = page.getByRole("region", { name: "Review" });
  await review.getByRole("button", { name: "Process", exact: true }).click();
  await review.waitFor({ state: "detached" });
}

async function buys(page: Page): Promise<void> {
  const heard = listen(page);
  await page.getByRole("navigation", { name: "Orders that wait" }).getByText(number).click({ timeout: 60_000 });
  await page.getByRole("button", { name: "I am ordering this now" }).click();
  await fill(page, { "Supplier's order number": "AB-4711" });
  await page.getByRole("button", { name: "Ordered", exact: true }).click();
  await page.getByText(`${number} is ordered.`).first().waitFor({ state: "attached" });
  await reads(page, heard, [...sold, "profit"]);
}

async function packs(page: Page): Promise<void> {
  const heard = listen(page);
  await page.addInitScript("globalThis.print = () => undefined;"); // no printer here
  await page.reload();
  const says = (word: string): Promise<void> => page.getByRole("status", { name: word, exact: true }).waitFor();
  await page.getByRole("button", { name: new RegExp(number) }).waitFor({ timeout: 60_000 });
  await scan(page, number);
  await page.getByRole("heading", { name: number }).waitFor();
  await page.keyboard.press("Enter");
  await says("PRINTED");
  await scan(page, "PH-PRINT-A3");
  await says("OK");
  await scan(page, "PH-PRINT-A3");
  await says("COMPLETE");
  await scan(page, upsNumber(1));
  await says("SHIPPED");
  await page.getByText("Nothing to pack").waitFor();
  await reads(page, heard, [...sold, ...Object.values(cost), mail, "€", "profit", "margin", "LAMP", "TEAPOT"]);
}

async function supplies(page: Page): Promise<void> {
  const heard = listen(page);
  await page.reload();
  await page.getByRole("table", { name: "Purchase orders" }).getByText(number).click({ timeout: 90_000 });
  const order = page.getByRole("dialog");
  await order.getByRole("button", { name: "Accept", exact: true }).click();
  await order.getByRole("button", { name: "Accept", exact: true }).waitFor({ state: "detached" });
  await order.getByRole("button", { name: "It has left" }).click();
  await fill(order, { "Tracking number": upsNumber(2) });
  await page.keyboard.press("Enter");
  await order.getByText(upsNumber(2)).waitFor();
  await order.getByRole("button", { name: "Close" }).click();
  await page.getByText("Nothing to send").waitFor();
  await reads(page, heard, [...sold, ...Object.values(cost), mail, "€", "profit", "margin", "LAMP", "PRINT"]);
}

/** A channel without a connection is told by a person, who says what they saw there. */
async function tells(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await go(page, "Shipments");
  for (let left = 3; left > 0; left -= 1) {
    const rows = page.getByRole("row", { name: /Tell it by hand/ });
    await until(async () => ((await rows.count()) === left ? true : undefined), `${left} shipments are to be told`);
    await rows.first().click();
    const shipment = page.getByRole("dialog");
    await shipment.getByRole("button", { name: "I told it by hand" }).click();
    await fill(shipment, { "What you saw there": "The order's page of the shop shows the number." });
    await shipment.getByRole("button", { name: "I told it by hand" }).last().click();
    await shipment.getByText("Written down").waitFor();
    await page.keyboard.press("Escape");
  }
  await page.getByText("The channel knows of every shipment").waitFor();
}

async function linkFor(page: Page, supplier: string): Promise<string> {
  await openOrder(page);
  const part = page.getByRole("region", { name: `What ${supplier} does` });
  await part.getByRole("button", { name: `Actions with ${supplier}` }).click();
  await page.getByRole("menuitem", { name: "Link for the supplier" }).click();
  await part.getByRole("button", { name: "Make the link" }).click();
  return part.locator("code").filter({ hasText: "/purchase-order#" }).innerText();
}

async function byLink(at: AtScreen, link: string): Promise<void> {
  const page = await at.open("/", { isPhone: true });
  const heard = listen(page);
  const { pathname, hash } = new URL(link);
  await page.goto(`${at.url}${pathname}${hash}`);
  await page.getByRole("heading", { name: `Purchase order ${number}` }).waitFor();
  await page.getByRole("button", { name: "We accept this order" }).click();
  await page.getByText("it is accepted", { exact: false }).waitFor();
  await fill(page, { "Tracking number": upsNumber(3) });
  await page.getByRole("button", { name: "It has left" }).click();
  await page.getByText("the tracking number is entered", { exact: false }).waitFor();
  await reads(page, heard, [...sold, ...Object.values(cost), mail, "€", "profit", "margin", "PRINT", "TEAPOT"]);
}

/** Everything that the server says to this page from now on. */
function listen(page: Page): string[] {
  const heard: string[] = [];
  page.on("response", (response) => {
    if (!response.url().includes("/v1/") || response.url().includes("/events/stream")) return;
    void response.text().then(
      (text) => heard.push(text),
      () => undefined,
    );
  });
  return heard;
}

/** None of these words is on the page or in what the server told it; neither is the buyer's mail, whoever they are. */
async function reads(page: Page, heard: readonly string[], hidden: readonly string[]): Promise<void> {
  const shown = await page.locator("body").innerText();
  assert.ok(heard.length > 0, "nothing was heard");
  for (const word of hidden) {
    assert.equal(shown.includes(word), false, `${word} is on the page`);
    assert.equal(
      heard.some((text) => text.includes(word)),
      false,
      `${word} was told to the page`,
    );
  }
}

const fill = async (inside: Page | Locator, fields: Readonly<Record<string, string>>): Promise<void> => {
  for (const [label, text] of Object.entries(fields)) await inside.getByLabel(label).first().fill(text);
};
async function choose(page: Page, inside: Locator, label: string, option: string): Promise<void> {
  await inside
    .getByLabel(new RegExp(`^${label}( \\*)?$`))
    .first()
    .click();
  await page.getByRole("option", { name: option }).click();
}
const go = (page: Page, name: string): Promise<void> =>
  page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }).click();

async function openOrder(page: Page): Promise<void> {
  await go(page, "Orders");
  await page
    .getByRole("row", { name: new RegExp(number) })
    .getByText(number)
    .click();
  await page.getByRole("dialog").getByRole("link", { name: "Open as a page" }).click();
  await page.waitForURL(/orders\/ord_/);
  await page.getByRole("dialog").waitFor({ state: "detached" }); // it stands until the page is there
}
const scan = async (page: Page, code: string): Promise<void> => {
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
};
