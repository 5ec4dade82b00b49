import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { atScreen, seriousFindings, withoutBrowser } from "./browser.ts";
import { sandboxThere, unlinked, visitorOf } from "./visitor.ts";

const skip = withoutBrowser();

test(
  "UI-10 the orders of the sandbox are there without an account, by tab and by word, with the keyboard alone",
  { skip },
  async (t) => {
    const at = await atScreen(t);
    const page = await at.open("/");

    await page.waitForURL("**/sandbox/overview");
    await page.getByRole("link", { name: "Orders", exact: true }).click();
    await page.waitForURL("**/sandbox/orders");
    const table = page.getByRole("table", { name: "Orders" });
    await table
      .getByRole("row", { name: /#1\d\d\d/ })
      .nth(5)
      .waitFor();
    // The tabs may come after the rows, and their keys with them.
    await page.getByRole("button", { name: /^Needs attention/ }).waitFor();
    await page.keyboard.press("2");
    await page.waitForURL("**view=needs_attention**");
    await page.keyboard.press("1");
    await page.waitForURL((url) => !url.search.includes("needs_attention"));
    await page.keyboard.press("/");
    await page.keyboard.type("#1001");
    await table.getByRole("row", { name: /#1001/ }).waitFor();
    await page.waitForURL("**q=**");
    // The list of before is gone when its second row is.
    await table
      .getByRole("row", { name: /#1\d\d\d/ })
      .nth(1)
      .waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByRole("toolbar", { name: "Do something with the chosen orders" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("toolbar").waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByText("#1001").first().waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("Next row").first().waitFor();

    assert.deepEqual(await seriousFindings(page), []);
    const dark = await at.open("/sandbox/orders", { scheme: "dark" });
    await dark
      .getByRole("row", { name: /#1\d\d\d/ })
      .first()
      .waitFor();
    assert.deepEqual(await seriousFindings(dark), []);
  },
);

test("the list of orders, worked with", { skip }, async (t) => {
  const at = await atScreen(t);
  const call = visitorOf(at);
  await sandboxThere(call);
  const channel = (await call<{ channels: { id: string }[] }>("GET", "/v1/channels")).channels[0]!.id;
  for (let no = 1; no <= 20; no += 1) await call("POST", "/v1/orders", unlinked(channel, `BULK-${no + 100}`));

  await t.test("UI-13 a typed word is a pill, a chosen filter is a word, and a wrong one is explained", async () => {
    const page = await at.open("/sandbox/orders");
    const box = page.getByRole("textbox", { name: "Search this list" });

    await box.fill("country:se ");
    await page.getByRole("button", { name: "Take away country:se" }).waitFor();
    await page.waitForURL(/q=country%3Ase/);
    await page.getByRole("button", { name: "Add filter" }).click();
    await page.getByRole("button", { name: "Reason", exact: true }).click();
    await page.getByRole("option", { name: "No supplier product for this SKU" }).click();
    await page.getByRole("button", { name: "Take away reason:sku_not_linked" }).waitFor();
    await page.getByRole("row", { name: /BULK-120/ }).waitFor();
    await page.getByRole("button", { name: "Take away country:se" }).click();
    await page.waitForURL((url) => url.searchParams.get("q") === "reason:sku_not_linked");
    await box.focus();
    await page.keyboard.press("Backspace");
    await page.waitForURL((url) => !url.searchParams.has("q"));

    // On a page of its own: what the server refuses stands on the console, too.
    const wrong = await (await at.browser.newContext()).newPage();
    await wrong.goto(`${at.url}/sandbox/orders?q=is:gone`);
    await wrong
      .getByRole("alert")
      .getByText(/late, snoozed, awake or not_told/)
      .first()
      .waitFor();
    await wrong.getByRole("button", { name: "Take away is:gone" }).waitFor();
    await wrong.context().close();
    await page.close();
  });

  await t.test("UI-14 tabs are the views of the API; one's own are saved, changed, renamed and deleted", async () => {
    const page = await at.open("/sandbox/orders");
    const tabs = page.getByRole("navigation", { name: "Views" });
    const behind = tabs.getByRole("button", { name: /^\d+ more$/ });
    await behind.click();
    await page.getByRole("menuitem", { name: /^Channel not told/ }).waitFor();
    const { views } = await call<{ views: { name: string }[] }>("GET", "/v1/views");
    const shown = await tabs.getByRole("button").and(tabs.locator(":not([aria-haspopup])")).allTextContents();
    const hidden = await page.getByRole("menuitem").allTextContents();
    assert.deepEqual(
      [...shown, ...hidden].map((text) => text.replace(/[\d.,+]+$/, "")),
      views.map(({ name }) => name),
    );
    await page.getByRole("menuitem", { name: /^Completed/ }).click();
    await tabs.getByRole("button", { name: /^Completed/, expanded: false }).waitFor();
    await page.setViewportSize({ width: 2200, height: 900 });
    await behind.waitFor({ state: "detached" });
    await page.setViewportSize({ width: 1440, height: 900 });
    await tabs.getByRole("button", { name: /^All/ }).click();

    await page.getByRole("textbox", { name: "Search this list" }).fill("country:se BULK-10");
    await page.waitForURL(/BULK/);
    await page.getByRole("button", { name: "Save as a new view" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Sweden");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await tabs.getByRole("button", { name: /^Sweden\s*9$/ }).waitFor();
    await page.getByRole("button", { name: /^Sort/ }).click();
    await page.getByRole("menuitem", { name: "Highest total" }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: "Reset" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "View", exact: true }).click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("North");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await tabs.getByRole("button", { name: /^North/ }).waitFor();
    await page.getByRole("button", { name: "View", exact: true }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await tabs.getByRole("button", { name: /^North/ }).waitFor();
    const kept = await call<{ views: { name: string; sort: string; words: string }[] }>("GET", "/v1/views");
    const north = kept.views.find(({ name }) => name === "North");
    assert.equal(north?.sort, "total");
    assert.equal(north.words, "country:se BULK-10");
    await page.close();
  });

  await t.test("UI-15 twenty orders are held and let go again as jobs, with the keyboard alone", async () => {
    const page = await at.open("/sandbox/orders?q=BULK-");
    await page.getByRole("row", { name: /BULK-101/ }).waitFor();
    const bar = page.getByRole("toolbar", { name: "Do something with the chosen orders" });

    await page.keyboard.press("Control+a");
    await bar.getByText("20").waitFor();
    await bar.getByRole("button", { name: "Lift hold: possible for 0 of 20" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("20 × Nobody put it on hold.").waitFor();
    await page.keyboard.press("Escape");
    await bar.getByRole("button", { name: "Hold…" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Hold" });
    await dialog.getByText("Hold: possible for 20 of 20 orders.").waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.keyboard.type("Asked the maker");
    await page.keyboard.press("Enter");
    await dialog.getByText("Done · 20 done, 0 refused, 0 skipped of 20").waitFor();
    const [report] = await Promise.all([
      page.waitForEvent("download"),
      dialog.getByRole("button", { name: "Report (CSV)" }).click(),
    ]);
    const csv = await readFile(await report.path(), "utf8");
    assert.equal(csv.match(/,BULK-1\d\d,ok,/g)?.length, 20);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });

    await page.keyboard.press("Control+a");
    await bar.getByRole("button", { name: "Lift hold…" }).focus();
    await page.keyboard.press("Enter");
    const lifting = page.getByRole("dialog", { name: "Lift hold" });
    await lifting.getByText("20 orders stay held: No supplier product for this SKU").waitFor();
    await page.keyboard.press("Enter");
    await lifting.getByText("Done · 20 done, 0 refused, 0 skipped of 20").waitFor();
    await page.keyboard.press("Escape");
    await lifting.waitFor({ state: "detached" });

    await page.keyboard.press("g");
    await page.keyboard.press("j");
    await page.waitForURL("**/jobs");
    await page.getByRole("row", { name: /hold/i }).nth(1).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page
      .getByRole("table", { name: "What became of each order" })
      .getByRole("link", { name: "BULK-120" })
      .waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    const held = await call<{ orders: number }>("GET", "/v1/orders/found?q=reason:by_person");
    assert.equal(held.orders, 0);
    await page.close();
  });

  await t.test("UI-16 an order is made by hand, with what is wrong said at its field", async () => {
    const page = await at.open("/sandbox/orders");
    await page
      .getByRole("row", { name: /#1\d\d\d/ })
      .first()
      .waitFor();
    await page.keyboard.press("c");
    const form = page.getByRole("dialog", { name: "New order" });

    await form.getByRole("textbox", { name: "Number", exact: true }).fill("BY-HAND-1");
    await choose(page, "Country", "Sweden");
    for (const [label, value] of [
      ["Name", "Mara Lind"],
      ["Street and number", "Storgatan 5"],
      ["City", "Stockholm"],
      ["Postcode", "111 22"],
      ["Title", "Mug"],
      ["Price each", "12.50"],
    ] as const)
      await form.getByRole("textbox", { name: label, exact: true }).fill(value);
    await form.getByLabel("SKU").fill("HP-MUG-TIDE");
    assert.deepEqual(await seriousFindings(page), []);
    await form.getByRole("button", { name: "Create the order" }).click();
    await page.waitForURL(/open=ord_/);
    await page.getByRole("dialog").getByText("BY-HAND-1").first().waitFor();

    const wrong = await (await at.browser.newContext()).newPage();
    await wrong.goto(`${at.url}/sandbox/orders?new=true`);
    await wrong.getByRole("button", { name: "Create the order" }).click();
    await wrong.getByText(/fields need another look/).waitFor();
    const number = wrong.getByRole("textbox", { name: "Number", exact: true });
    assert.equal(await number.getAttribute("aria-invalid"), "true");
    await wrong.context().close();
    await page.close();
  });

  await t.test(
    "UI-17 the palette finds what begins like that, and a pasted number leads straight to its order",
    async () => {
      const page = await at.open("/sandbox/orders");
      await page
        .getByRole("row", { name: /#1\d\d\d/ })
        .first()
        .waitFor();
      await page.keyboard.press("Control+k");
      const search = page.getByLabel("Search or jump to…").last();

      await search.fill("Mara");
      await page.getByText("Mara Lind").first().waitFor();
      await search.fill("NOT-SOLD");
      await page.getByText("The orders with it").first().waitFor();
      await search.fill("New or");
      await page
        .getByRole("button", { name: /New order/ })
        .last()
        .waitFor();
      await search.fill("");
      await page.evaluate(`navigator.clipboard.writeText("BULK-107")`);
      await page.keyboard.press("Control+v");
      await page.waitForURL(/orders\/ord_/);
      await page.getByText("BULK-107").first().waitFor();
      await page.close();
    },
  );
});

async function choose(page: Page, label: string, option: string): Promise<void> {
  const form = page.getByRole("dialog");
  const field = form
    .getByRole("combobox", { name: label })
    .or(form.getByRole("textbox", { name: label }))
    .first();
  await field.click();
  await field.fill(option);
  await page.getByRole("option", { name: option, exact: true }).click();
}
