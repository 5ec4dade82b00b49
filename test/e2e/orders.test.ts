import assert from "node:assert/strict";
import { test } from "node:test";
import { atScreen, seriousFindings, withoutBrowser } from "./browser.ts";

const skip = withoutBrowser();

test(
  "UI-10 the orders of the sandbox are there without an account, by tab and by word, with the keyboard alone",
  { skip },
  async (t) => {
    const at = await atScreen(t);
    const page = await at.open("/");

    await page.waitForURL("**/sandbox/orders");
    const table = page.getByRole("table", { name: "Orders" });
    await table
      .getByRole("row", { name: /#1\d\d\d/ })
      .nth(5)
      .waitFor();
    await page.keyboard.press("2");
    await page.waitForURL("**view=needs_attention**");
    await page.keyboard.press("1");
    await page.waitForURL((url) => !url.search.includes("needs_attention"));
    await page.keyboard.press("/");
    await page.keyboard.type("#1001");
    await table.getByRole("row", { name: /#1001/ }).waitFor();
    await page.waitForURL("**q=**");
    await page.keyboard.press("Tab");
    await page.keyboard.press("j");
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
