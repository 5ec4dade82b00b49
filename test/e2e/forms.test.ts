import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { atScreen, seriousFindings, withoutBrowser } from "./browser.ts";
import { sandboxThere, until, upsNumber, visitorOf, type Call } from "./visitor.ts";

const skip = withoutBrowser();

interface Supplier {
  id: string;
  name: string;
  accounts: { id: string; name: string }[];
}
/** The smallest picture there is. */
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

test(
  "UI-86 limits, action credits, secrets, shipping methods, files and labels are done on the pages where they lie",
  { skip, timeout: 300_000 },
  async (t) => {
    const at = await atScreen(t);
    const call = visitorOf(at);
    await sandboxThere(call);
    await at.world("PUT", "/admin/faults", { profile: "calm" });
    // One whose actions nobody else of the sandbox uses up meanwhile.
    const { id: own } = await call<{ id: string }>("POST", "/v1/suppliers", { kind: "by_hand", name: "Quarry Lane" });
    await call("POST", `/v1/suppliers/${own}/accounts`, { name: "main", settings: { currency: "EUR" } });
    const { suppliers } = await call<{ suppliers: Supplier[] }>("GET", "/v1/suppliers");
    const { channels } = await call<{ channels: { id: string; name: string }[] }>("GET", "/v1/channels");
    const of = (name: string): Supplier => suppliers.find((each) => each.name.startsWith(name))!;
    const shop = channels[0]!;
    const page = await at.open("/sandbox/overview", { refusals: [422] });
    const go = (path: string): Promise<unknown> => page.goto(`${at.url}/sandbox/${path}`);
    const settings = async (path: string): Promise<Record<string, unknown>> =>
      (await call<{ settings: Record<string, unknown> }>("GET", path)).settings;

    await t.test("a cap in whole money, a rate of purchases and action credits, in the account's limits", async () => {
      const { id, accounts } = of("Quarry Lane");
      await go(`suppliers/${id}?tab=accounts`);
      const account = page.getByRole("region", { name: accounts[0]!.name });
      await account.getByText("Rules and limits").click();
      await account.getByLabel(/^Daily cap \(EUR\)/).fill("2500,50");
      await account.getByLabel(/^Purchases per minute/).fill("90");
      await account.getByRole("switch", { name: "Action credits" }).press("Space");
      await account.getByRole("button", { name: "Save 3 changes" }).click();
      await account.getByRole("button", { name: "Nothing changed" }).waitFor();

      const stored = await settings(`/v1/accounts/${accounts[0]!.id}/settings`);
      assert.deepEqual([stored["dailyCap"], stored["placesPerMinute"], stored["actionCredits"]], [250_050, 90, true]);
      await account.getByText("€2,500.50").waitFor();
      await account.getByLabel(/^Daily cap/).fill("");
      await account.getByRole("button", { name: "Save 1 change" }).click();
      await account.getByRole("button", { name: "Nothing changed" }).waitFor();
      assert.equal((await settings(`/v1/accounts/${accounts[0]!.id}/settings`))["dailyCap"], null);
      assert.deepEqual(await seriousFindings(page), []);
    });

    await t.test("action credits are booked, and corrected, on the balance", async () => {
      await go("balance");
      await page.getByRole("row", { name: /Quarry Lane/ }).click();
      const beside = page.getByRole("dialog");
      const book = async (button: string, count: string, reference: string): Promise<void> => {
        await beside.getByRole("button", { name: button, exact: true }).click();
        await beside.getByText("Action credits", { exact: true }).click();
        await beside.getByLabel(/^Number of actions/).fill(count);
        await beside.getByLabel("Reference").fill(reference);
        await page.keyboard.press("Enter");
        await beside.getByRole("button", { name: /^Book/ }).click();
      };
      await book("Top up", "50", "invoice 12");
      await page.getByText("Booked. 50 actions available.").waitFor();
      await book("Correct", "-8", "counted again");
      await page.getByText("Booked. 42 actions available.").waitFor();
      await beside.getByRole("row", { name: /counted again.*-8 actions/ }).waitFor();
      assert.deepEqual(await seriousFindings(page), []);

      const { accounts } = await call<{ accounts: { id: string; action_credits: string | null }[] }>(
        "GET",
        "/v1/ledger",
      );
      assert.equal(accounts.find(({ id }) => id === of("Quarry Lane").accounts[0]!.id)?.action_credits, "42");
    });

    await t.test("the least margin of a channel", async () => {
      await go(`channels/${shop.id}?tab=rules`);
      await page.getByLabel(/^Least margin, percent/).fill("12,5");
      await page.getByRole("button", { name: "Save 1 change" }).click();
      await page.getByRole("button", { name: "Nothing changed" }).waitFor();
      assert.equal((await settings(`/v1/channels/${shop.id}/settings`))["minMarginPercent"], "12.5");
      await page.getByLabel(/^Least margin, percent/).fill("a lot");
      await page.getByRole("button", { name: "Save 1 change" }).click();
      await page
        .getByText(/a decimal number/)
        .first()
        .waitFor();
      assert.equal((await settings(`/v1/channels/${shop.id}/settings`))["minMarginPercent"], "12.5");
    });

    await t.test("the credentials of a supplier's account, tried right there", async () => {
      const { id, accounts } = of("Bazaar");
      await go(`suppliers/${id}?tab=accounts`);
      const account = page.getByRole("region", { name: accounts[0]!.name });
      await account.getByText("Secrets", { exact: true }).click();
      for (const [token, answer] of [
        ["not the one", "Does not work"],
        ["sandbox-bazaar", "Works"],
      ] as const) {
        await account.getByLabel(/^Token/).fill(token);
        await account.getByRole("button", { name: "Keep these secrets" }).click();
        await until(async () => ((await account.getByLabel(/^Token/).inputValue()) === "" ? true : undefined), "kept");
        await account.getByRole("button", { name: "Test the connection" }).click();
        await account.getByText(answer, { exact: true }).waitFor();
      }
      assert.equal((await page.locator("body").innerText()).includes("sandbox-bazaar"), false);
      assert.deepEqual(await seriousFindings(page), []);
    });

    await t.test("a rate of the channel is mapped to a method, and no more", async () => {
      const { id } = of("Kestrel");
      await go(`suppliers/${id}?tab=shipping`);
      await page.getByLabel("Rate at the channel").fill("Gift express");
      await page.getByLabel("Method here").fill("AIR");
      await page.getByRole("button", { name: "Map", exact: true }).click();
      const row = page.getByRole("row", { name: /Gift express.*AIR/ });
      await row.waitFor();
      const mapped = async (): Promise<boolean> =>
        (
          await call<{ shipping_mappings: { rate_name: string; method: string }[] }>("GET", "/v1/shipping-mappings")
        ).shipping_mappings.some((each) => each.rate_name === "Gift express" && each.method === "AIR");
      assert.equal(await mapped(), true);
      await page.getByRole("button", { name: "Remove the mapping of Gift express" }).click();
      await row.waitFor({ state: "detached" });
      assert.equal(await mapped(), false);
      assert.deepEqual(await seriousFindings(page), []);
    });

    const desk = await at.open("/sandbox/prep"); // from now on nobody else of the sandbox packs
    const order = await packed(call, shop.id);
    await t.test("a file lies with an order, comes back as it was, and is taken away", async () => {
      await go(`orders/${order.id}`);
      const files = page.getByRole("heading", { name: "Files" });
      await files.waitFor();
      await page
        .locator('input[type="file"]')
        .setInputFiles({ name: "damage.png", mimeType: "image/png", buffer: picture });
      const file = page.getByRole("button", { name: "damage.png", exact: true });
      const [download] = await Promise.all([page.waitForEvent("download"), file.click()]);
      assert.equal(download.suggestedFilename(), "damage.png");
      assert.deepEqual(await readFile(await download.path()), picture);
      await page.getByRole("button", { name: "Remove damage.png" }).click();
      await file.waitFor({ state: "detached" });
    });

    await t.test("a label is void one step back, and printed anew", () => label(desk, call, order));
  },
);

interface Packed {
  id: string;
  number: string;
}
/** An order for the prep centre. */
async function packed(call: Call, channel: string): Promise<Packed> {
  const number = "LABEL-1";
  const { id } = await call<{ id: string }>("POST", "/v1/orders", {
    channel,
    number,
    currency: "EUR",
    payment: "paid",
    shipping_method: "Express",
    ship_to: { name: "Label Person", line1: "Hafenstr. 77", city: "Hamburg", postcode: "20095", country: "DE" },
    lines: [{ sku: "HP-PRINT-A3", quantity: 1, unit_price: "50.00" }],
  });
  return { id, number };
}

async function label(page: Page, call: Call, { id, number }: Packed): Promise<void> {
  await page.addInitScript("globalThis.print = () => undefined;"); // no printer here
  await page.reload();
  const says = (word: string): Promise<void> => page.getByRole("status", { name: word, exact: true }).waitFor();
  const state = async (): Promise<string | undefined> =>
    (await call<{ fulfillment_orders: { state: string }[] }>("GET", `/v1/orders/${id}`)).fulfillment_orders[0]?.state;
  const scan = async (code: string): Promise<void> => {
    await page.keyboard.type(code);
    await page.keyboard.press("Enter");
  };
  const open: Locator = page.getByRole("button", { name: new RegExp(number) });
  await open.waitFor({ timeout: 60_000 });
  await scan(number);
  await page.getByRole("heading", { name: number }).waitFor();
  await page.keyboard.press("Enter");
  await says("PRINTED");
  await page.getByRole("button", { name: "One step back" }).click();
  await page.getByText("Print the label", { exact: true }).waitFor();
  assert.equal(await state(), "ready");
  await page.keyboard.press("Enter");
  await says("PRINTED");
  await scan("PH-PRINT-A3");
  await says("COMPLETE");
  await page.getByRole("button", { name: "One step back" }).click();
  await page.getByText("Scan each piece", { exact: true }).waitFor();
  await scan("PH-PRINT-A3");
  await says("COMPLETE");
  await scan(upsNumber(31));
  await says("SHIPPED");
  assert.equal(await state(), "shipped");
}
