import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { atScreen, seriousFindings, withoutBrowser } from "./browser.ts";

const skip = withoutBrowser();

/** A person at the screen. Each press, each file chosen and each form filled in is a step; waiting and reading are none. */
class Person {
  readonly page: Page;
  readonly steps: string[] = [];

  constructor(page: Page) {
    this.page = page;
  }

  async press(what: Locator, said: string): Promise<void> {
    await what.click();
    this.steps.push(said);
  }

  async fillIn(
    fields: readonly (readonly [label: string | RegExp, text: string])[],
    inside: Page | Locator,
    said: string,
  ) {
    for (const [label, text] of fields) await inside.getByLabel(label).first().fill(text);
    this.steps.push(said);
  }

  link(name: string): Locator {
    return this.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true });
  }
}

const orders = (
  at: Date,
): string => `Order number,SKU,Title,Quantity,Price,Currency,Payment status,Order date,Name,Address,City,Postcode,Country
A-1001,TEAPOT,Brown teapot,2,24.90,EUR,paid,${at.toISOString()},Ada Long,Hafenstr. 5,Hamburg,20095,DE
`;

test(
  "UI-61 from the first start to the first own order shipped, by screens alone, in at most 25 steps",
  { skip, timeout: 300_000 },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "switchyard-first-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const at = await atScreen(t, { sandbox: false });
    const page = await at.open(at.setUpLink.slice(at.url.length));
    const person = new Person(page);
    person.steps.push("open the printed link");

    await person.fillIn(
      [
        ["Your name", "Olga Owner"],
        ["E-mail address", "olga@example.org"],
        ["Password", "three green teapots sing"],
        ["Workspace", "acme-shop"],
      ],
      page,
      "fill in the account",
    );
    await person.press(page.getByRole("button", { name: "Make the account" }), "make the account");
    await page.waitForURL("**/acme-shop/**");

    await person.press(person.link("Suppliers"), "go to the suppliers");
    await person.press(page.getByRole("button", { name: "Add a supplier" }).first(), "add a supplier");
    await person.fillIn([["Name", "Northwind"]], page.getByRole("dialog"), "name it");
    await person.press(page.getByRole("dialog").getByRole("button", { name: "Add a supplier" }), "add it");
    await page.getByRole("heading", { name: "Northwind", level: 1 }).waitFor();

    await person.press(person.link("Channels"), "go to the channels");
    await person.press(page.getByRole("button", { name: "Add a channel" }).first(), "add a channel");
    await person.fillIn([["Name", "Web shop"]], page.getByRole("dialog"), "name it");
    await person.press(page.getByRole("dialog").getByRole("button", { name: "Add a channel" }), "add it");
    await page.getByRole("heading", { name: "Web shop", level: 1 }).waitFor();

    await person.press(page.getByRole("link", { name: "Import a file" }), "import a file");
    const file = join(folder, "orders.csv");
    // Bought a while ago, as what a shop exports: the buffer in which its buyer may cancel is over.
    await writeFile(file, orders(new Date(Date.now() - 20 * 60_000)));
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose a file" }).click();
    await (await chooser).setFiles(file);
    person.steps.push("choose the order file");
    await person.press(page.getByRole("button", { name: "Import 1 row" }), "import it");
    await page.getByText("1 of 1 rows stored").waitFor();
    await person.press(page.getByRole("link", { name: "Link TEAPOT" }), "link the SKU that no supplier is known for");
    const form = page.getByRole("dialog");
    await person.fillIn(
      [
        ["Supplier's SKU", "NW-77"],
        ["Cost of one", "11.20"],
      ],
      form,
      "say what it is bought as",
    );
    await person.press(form.getByRole("button", { name: "Link it" }), "link it");
    await page.getByText("Every SKU is linked").waitFor();

    // Where the set-up ends it says the same, with its button.
    const beside = await page.context().newPage();
    await beside.goto(`${at.url}/acme-shop/overview`);
    await beside
      .getByRole("region", { name: "To the first order" })
      .getByRole("button", { name: "Process A-1001" })
      .waitFor();
    await beside.close();
    await person.press(person.link("Orders"), "go to the orders");
    await person.press(page.getByRole("button", { name: "Process A-1001" }), "process the order");
    await person.press(page.getByRole("row", { name: /A-1001/ }).getByText("A-1001"), "open the order");
    const order = page.getByRole("dialog");
    const download = page.waitForEvent("download", { timeout: 90_000 });
    const fileButton = order.getByRole("button", { name: "Purchase order file" });
    await fileButton.waitFor({ timeout: 90_000 });
    await person.press(fileButton, "download the purchase order file");
    const sent = await readFile(await (await download).path(), "utf8");
    assert.match(sent, /NW-77/);
    assert.match(sent, /Ada Long/);

    await order
      .getByText(/^Ordered/)
      .first()
      .waitFor({ timeout: 60_000 });
    await person.press(order.getByRole("button", { name: "Enter tracking" }), "enter the tracking number");
    await person.fillIn([["Tracking number", "1Z999AA10123456784"]], order, "type it");
    await person.press(order.getByRole("button", { name: "Enter the number" }), "keep it");
    await order
      .getByText(/^Shipped/)
      .first()
      .waitFor({ timeout: 30_000 });

    t.diagnostic(`${person.steps.length} steps: ${person.steps.join("; ")}`);
    assert.ok(person.steps.length <= 25, `${person.steps.length} steps`);
  },
);

test(
  "UI-60 the screens of the set-up: settings are changed by their form, and nothing of them is wrong for who cannot see them",
  { skip, timeout: 300_000 },
  async (t) => {
    const at = await atScreen(t);
    const page = await at.open("/sandbox/settings");
    const other = await at.open("/sandbox/settings", { refusals: [412, 422] });
    await page.getByLabel("Time to undo").fill("1 min 30 s");
    await other.getByLabel("Time to undo").fill("20 s");
    await page.getByRole("button", { name: "Save 1 change" }).click();
    await page.getByRole("button", { name: "Nothing changed" }).waitFor();
    await page.reload();
    assert.equal(await page.getByLabel("Time to undo").inputValue(), "1 min 30 s");

    await other.getByRole("button", { name: "Save 1 change" }).click();
    await other.getByRole("alert").getByText("1 min 30 s").waitFor();
    await other.getByRole("button", { name: "Save mine over it" }).click();
    await other.getByRole("button", { name: "Nothing changed" }).waitFor();
    assert.equal(await other.getByLabel("Time to undo").inputValue(), "20 s");
    await other.getByLabel("Time to undo").fill("soon");
    await other.getByRole("button", { name: "Save 1 change" }).click();
    await other
      .getByText(/expected .*/)
      .first()
      .waitFor();

    const paths = [
      "suppliers",
      "channels",
      "links",
      "stock",
      "balance",
      "imports",
      "settings",
      "imports?new=true",
      "suppliers?add=true",
    ];
    for (const scheme of ["light", "dark"] as const) {
      const looking = await at.open("/sandbox/suppliers", { scheme });
      await looking.getByRole("row", { name: /Northlight/ }).click();
      await looking.getByText("Never bought twice").waitFor();
      assert.deepEqual(await seriousFindings(looking), [], `the supplier, ${scheme}`);
      for (const path of paths) {
        await looking.goto(`${at.url}/sandbox/${path}`);
        await looking.getByRole("heading", { level: 1 }).waitFor();
        await looking.locator(".mantine-Skeleton-root").first().waitFor({ state: "detached" });
        assert.deepEqual(await seriousFindings(looking), [], `${path}, ${scheme}`);
      }
    }
  },
);
