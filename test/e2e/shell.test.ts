import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipKb, pageWeight } from "../../bench/page-weight.ts";
import { builtDashboard } from "../../src/cli/dashboard.ts";
import { atScreen, withoutBrowser } from "./browser.ts";

const skip = withoutBrowser();

test("the frame of every page, as a browser loads it", { skip }, async (t) => {
  const at = await atScreen(t);
  const dist = await builtDashboard(() => undefined);

  await t.test(
    "UI-3 before the first orders are there a browser asks for no script but those of the budget",
    async () => {
      const page = await at.open("/healthz");
      const asked = new Set<string>();
      page.on("request", (request) => asked.add(new URL(request.url()).pathname.slice(1)));
      // What is fetched ahead waits until the page is quiet, and it is not before its orders are there.
      const rows = Promise.withResolvers<void>();
      await page.route(/\/v1\/orders\?/, async (route) => {
        await rows.promise;
        await route.continue();
      });

      await page.goto(`${at.url}/sandbox/orders`);
      await page.getByRole("button", { name: "Add filter" }).waitFor();
      const { shell, list } = pageWeight(dist);
      const before = [...asked].filter((file) => file.endsWith(".js"));
      rows.resolve();
      await page
        .getByRole("row", { name: /#1\d\d\d/ })
        .first()
        .waitFor();

      assert.deepEqual(before.toSorted(), [...shell, ...list].toSorted());
      assert.ok(gzipKb(dist, before) <= 280);
    },
  );

  await t.test("UI-6 the workspace's menu opens by key, at first too, and gives the focus back", async () => {
    const page = await at.open("/sandbox/orders");
    const button = page.getByRole("button", { name: "Sandbox" });
    const menu = page.getByRole("menu");
    const focused = page.locator(":focus");

    await button.focus();
    for (const time of ["first", "second"]) {
      await page.keyboard.press("Enter");
      await menu.waitFor();
      assert.equal(await button.getAttribute("aria-expanded"), "true", time);
      await page.keyboard.press("ArrowDown");
      await menu.getByRole("menuitem", { name: "My account" }).and(focused).waitFor();
      await page.keyboard.press("Escape");
      await menu.waitFor({ state: "detached" });
      await button.and(focused).waitFor();
    }
  });

  await t.test("UI-6 on a phone the side bar lies behind a button", async () => {
    const page = await at.open("/sandbox/orders", { isPhone: true });

    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "Shipments" }).click();

    await page.waitForURL("**/sandbox/shipments");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  await t.test("UI-6 a part that cannot be fetched says so, and the page goes on", async () => {
    const page = await at.open("/healthz", { refusals: [404] });
    await page.route(/\/assets\/keys-help-/, (route) => route.fulfill({ status: 404 }));
    await page.goto(`${at.url}/sandbox/orders`);
    await page
      .getByRole("row", { name: /#1\d\d\d/ })
      .first()
      .waitFor();

    await page.keyboard.press("?");
    await page.getByRole("alert").getByRole("button", { name: "Try again" }).waitFor();
    await page.getByRole("link", { name: "Shipments", exact: true }).click();
    await page.waitForURL("**/sandbox/shipments");
    await page.unroute(/\/assets\/keys-help-/);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Shipments" }).waitFor();
    await page.getByRole("alert").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("Show all keys").waitFor();
  });
});
