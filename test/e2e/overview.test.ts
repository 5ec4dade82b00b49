import assert from "node:assert/strict";
import { test } from "node:test";
import { atScreen, seriousFindings, withoutBrowser } from "./browser.ts";

const skip = withoutBrowser();

test(
  "UI-80 the overview's numbers open what they count; a shipment tells what the channel answered and is told again or delivered",
  { skip, timeout: 300_000 },
  async (t) => {
    const at = await atScreen(t, { speed: 120 });
    const page = await at.open("/");
    await page.waitForURL("**/sandbox/overview");

    const cameIn = page.getByRole("link", { name: /\d+ ?came in$/ });
    await cameIn.waitFor();
    await page.getByText("half within").first().waitFor({ timeout: 120_000 });
    assert.deepEqual(await seriousFindings(page), []);
    await cameIn.click();
    await page.waitForURL("**/sandbox/orders?q=received**");
    await page
      .getByRole("table", { name: "Orders" })
      .getByRole("row", { name: /#1\d\d\d/ })
      .first()
      .waitFor();
    await page.goBack();
    await page.getByRole("link", { name: /^Is late/ }).click();
    await page.waitForURL("**/sandbox/orders?q=is**");

    await page.goto(`${at.url}/sandbox/shipments?view=all`);
    const rows = page.getByRole("table", { name: "Shipments" }).getByRole("row", { name: /#1\d\d\d/ });
    await rows.first().waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await rows.filter({ hasText: "On its way" }).or(rows).first().click();
    const peek = page.getByRole("dialog");
    await peek.getByText("What the channel answered").or(peek.getByText("The number comes from")).first().waitFor();
    await page.keyboard.press("Escape");
    await peek.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Channel not told" }).click();
    await page.waitForURL((url) => !url.search.includes("view"));

    const dark = await at.open("/sandbox/overview", { scheme: "dark" });
    await dark.getByText("half within").first().waitFor();
    assert.deepEqual(await seriousFindings(dark), []);
  },
);

test(
  "UI-81 a new workspace shows what is missing until its first order has left",
  { skip, timeout: 300_000 },
  async (t) => {
    const at = await atScreen(t, { sandbox: false });
    const page = await at.open(at.setUpLink.slice(at.url.length));
    await page.getByLabel("Your name").first().fill("Olga Owner");
    await page.getByLabel("E-mail address").first().fill("olga@example.org");
    await page.getByLabel("Password").first().fill("three green teapots sing");
    await page.getByLabel("Workspace").first().fill("acme-shop");
    await page.getByRole("button", { name: "Make the account" }).click();

    await page.waitForURL("**/acme-shop/overview");
    const list = page.getByRole("region", { name: "To the first order" });
    await list.getByText("0 of 5 done").waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await list.getByRole("link", { name: "Begin: Connect a channel" }).click();
    await page.waitForURL("**/acme-shop/channels**");
    await page.getByRole("button", { name: "Add a channel" }).first().click();
    await page.getByRole("dialog").getByLabel("Name").first().fill("Web shop");
    await page.getByRole("dialog").getByRole("button", { name: "Add a channel" }).click();
    await page.getByRole("heading", { name: "Web shop", level: 1 }).waitFor();
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Overview", exact: true }).click();
    await list.getByText("1 of 5 done").waitFor();
    await list.getByText("Web shop is here.").waitFor();
    await list.getByRole("link", { name: "Begin: Add a supplier" }).waitFor();
  },
);
