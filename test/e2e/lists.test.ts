import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { atScreen, seriousFindings, withoutBrowser } from "./browser.ts";
import { sandboxThere, unlinked, visitorOf } from "./visitor.ts";

const skip = withoutBrowser();

test("lists as they were left and as somebody wants them", { skip, timeout: 600_000 }, async (t) => {
  const at = await atScreen(t);
  const call = visitorOf(at);
  await sandboxThere(call);
  const channel = (await call<{ channels: { id: string }[] }>("GET", "/v1/channels")).channels[0]!.id;
  for (let no = 1; no <= 20; no += 1) await call("POST", "/v1/orders", unlinked(channel, `BULK-${no + 100}`));

  await t.test(
    "UI-91 back from an order's page the list is as it was left; E edits and R resolves with one press",
    async () => {
      const page = await at.open("/sandbox/orders?sort=oldest&q=BULK-", { height: 420 });
      const table = page.getByRole("table", { name: "Orders" });
      await table.getByRole("row", { name: /BULK-101/ }).waitFor();
      const asItStands = () =>
        page.evaluate<{ top: number; chosen: string[]; at: string; address: string }>(`(() => {
          const number = (row) => row?.textContent.match(/BULK-\\d+/)?.[0];
          return {
            top: document.querySelector("table").parentElement.scrollTop,
            chosen: [...document.querySelectorAll("tr[aria-selected=true]")].map(number),
            at: number(document.querySelector("tr[data-cursor]")),
            address: location.search,
          };
        })()`);
      for (let no = 1; no <= 18; no += 1) await page.keyboard.press("j");
      await page.keyboard.press("x");
      await page.keyboard.press("Enter");
      const order = page.getByRole("dialog", { name: "Order" });
      await order.getByText("BULK-118").first().waitFor();
      const before = await asItStands();
      assert.ok(before.top > 0);
      assert.deepEqual(before.chosen, ["BULK-118"]);

      await page.keyboard.press("Enter");
      await page.waitForURL("**/orders/ord_**");
      await page.locator("#content").getByRole("link", { name: "Orders" }).click();
      await order.getByText("BULK-118").first().waitFor();
      await page.waitForTimeout(500);
      assert.deepEqual(await asItStands(), before);
      await page.goForward();
      await page.waitForURL("**/orders/ord_**");
      await page.goBack();
      await order.getByText("BULK-118").first().waitFor();
      await page.waitForTimeout(500);
      assert.deepEqual(await asItStands(), before);

      await page.keyboard.press("Escape");
      await order.waitFor({ state: "detached" });
      await page.keyboard.press("k");
      await page.keyboard.press("e");
      await order.getByText("BULK-117").first().waitFor();
      await order.locator("section[aria-label=Edit] :focus").waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await order.waitFor({ state: "detached" });
      await page.keyboard.press("r");
      await order.locator("section[aria-label='No supplier product for this SKU'] :focus").waitFor();
      await page.close();
    },
  );

  await t.test("UI-93 columns are chosen by keyboard, stand in the address and are kept with the view", async () => {
    const page = await at.open("/sandbox/orders?q=BULK-");
    const heads = (of = page) => of.getByRole("columnheader").allTextContents();
    await page.getByRole("row", { name: /BULK-101/ }).waitFor();
    assert.ok((await heads()).includes("Profit"));

    await page.getByRole("button", { name: "Columns" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("checkbox", { name: "Country" }).focus();
    await page.keyboard.press("Space");
    await page.getByRole("checkbox", { name: "Owner" }).focus();
    await page.keyboard.press("Space");
    await page.waitForURL((url) => url.searchParams.get("columns")?.includes("owner") === true);
    assert.deepEqual(await seriousFindings(page), []);
    await page.keyboard.press("Escape");
    const chosen = await heads();
    assert.ok(chosen.includes("Owner") && !chosen.includes("To"), chosen.join());
    const link = await at.open(page.url().slice(at.url.length));
    await link.getByRole("row", { name: /BULK-101/ }).waitFor();
    assert.deepEqual(await heads(link), chosen);
    await link.close();

    await page.getByRole("button", { name: "Save as a new view" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Whose");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.waitForURL((url) => url.searchParams.has("view") && !url.searchParams.has("columns"));
    assert.deepEqual(await heads(), chosen);
    const { views } = await call<{ views: { name: string; columns: string[] }[] }>("GET", "/v1/views");
    assert.ok(views.find(({ name }) => name === "Whose")!.columns.includes("owner"));
    await page.close();
  });

  await t.test("UI-95 a door is dark where dark was chosen in the dashboard, whatever the system says", async () => {
    const page = await at.open("/sandbox/overview");
    await page.getByRole("button", { name: /Sandbox$/ }).click();
    await page.getByRole("menuitem", { name: "Dark" }).click();
    const ground = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");

    for (const door of ["/invitation", "/sign-in"]) {
      await page.goto(`${at.url}${door}`);
      assert.match(await ground(), /^rgb\((1\d|2\d), (1\d|2\d), (2\d|3\d)\)$/, door);
    }
    assert.deepEqual(await seriousFindings(page), []);
    await page.evaluate(`localStorage.setItem("mantine-color-scheme-value", "light")`);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.goto(`${at.url}/invitation`);
    assert.equal(await ground(), "rgb(255, 255, 255)");
    await page.close();
  });

  await t.test("UI-97 eight tabs of a browser share one stream, which another one takes over", async () => {
    const first = await at.open("/sandbox/orders?q=BULK-");
    const opened: { tab: Page; live: boolean }[] = [];
    const watch = (tab: Page): void => {
      tab.on("request", (request) => {
        if (!request.url().includes("/v1/events/stream")) return;
        const stream = { tab, live: true };
        opened.push(stream);
        tab.on("close", () => (stream.live = false));
      });
    };
    const streams = (): number => opened.filter(({ live }) => live).length;
    watch(first);
    await first.reload();
    const tabs = [first];
    const shows = (tab: Page, number: string): Promise<void> => tab.getByRole("row", { name: number }).waitFor();
    const isLive = (tab: Page): Promise<void> => tab.getByText("Live", { exact: true }).waitFor();
    await isLive(first);
    while (tabs.length < 8) {
      const tab = await first.context().newPage();
      watch(tab);
      await tab.goto(`${at.url}/sandbox/orders?q=BULK-`);
      await shows(tab, "BULK-101");
      await isLive(tab);
      tabs.push(tab);
    }
    assert.equal(streams(), 1);

    await call("POST", "/v1/orders", unlinked(channel, "BULK-EIGHT"));
    for (const tab of tabs) await shows(tab, "BULK-EIGHT");
    await first.close();
    await call("POST", "/v1/orders", unlinked(channel, "BULK-NINE"));
    for (const tab of tabs.slice(1)) await shows(tab, "BULK-NINE");
    assert.equal(streams(), 1);
    await tabs[1]!.context().close();
  });
});
