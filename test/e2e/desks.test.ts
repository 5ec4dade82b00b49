import assert from "node:assert/strict";
import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { may, permissions as everyPermission, type Permission, type Role } from "#domain/role.ts";
import { findGate } from "../../src/gate/main.ts";
import type { Page } from "playwright-core";
import { atScreen, seriousFindings, withoutBrowser, type AtScreen } from "./browser.ts";
import { until, upsNumber, visitorOf } from "./visitor.ts";

const skip = withoutBrowser();

/** The sandbox's API, as the visitor of this machine. */
const call = <T>(at: AtScreen, method: string, path: string, body?: unknown): Promise<T> =>
  visitorOf(at)<T>(method, path, body);

interface Part {
  id: string;
  claimed_by: string | null;
  order: { id: string; number: string };
}
const partsIn = async (at: AtScreen, state: string, prefix: string): Promise<Part[]> =>
  (
    await call<{ fulfillment_orders: Part[] }>(at, "GET", `/v1/fulfillment-orders?state=${state}&limit=200`)
  ).fulfillment_orders.filter(({ order }) => order.number.startsWith(prefix));

/** Orders of different people, so that none of them looks like another one twice. */
async function sell(at: AtScreen, prefix: string, count: number, lines: readonly { sku: string; quantity: number }[]) {
  const { channels } = await call<{ channels: { id: string }[] }>(at, "GET", "/v1/channels");
  for (let no = 1; no <= count; no += 1)
    await call(at, "POST", "/v1/orders", {
      channel: channels[0]!.id,
      number: `${prefix}${no}`,
      currency: "EUR",
      payment: "paid",
      shipping_method: "Express",
      ship_to: {
        name: `Buyer ${prefix}${no}`,
        line1: `Hafenstr. ${no}`,
        city: "Hamburg",
        postcode: "20095",
        country: "DE",
      },
      lines: lines.map((line) => ({ ...line, title: `a ${line.sku}`, unit_price: "50.00" })),
    });
}

/** Presses keys and counts them; a scanner types a whole code and Enter, which counts as one scan. */
function hands(page: Page) {
  const counts = { keys: 0, scans: 0 };
  return {
    counts,
    async press(...keys: string[]): Promise<void> {
      for (const key of keys) {
        counts.keys += 1;
        await page.keyboard.press(key);
      }
    },
    async type(text: string): Promise<void> {
      counts.keys += text.length;
      await page.keyboard.type(text);
    },
    async scan(code: string): Promise<void> {
      counts.scans += 1;
      await page.keyboard.type(code);
      await page.keyboard.press("Enter");
    },
  };
}

async function axe(
  at: AtScreen,
  path: string,
  isReady: (page: Page) => Promise<unknown>,
  isPhone = false,
): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    const page = await at.open(path, { scheme, isPhone });
    page.setDefaultTimeout(90_000); // a machine that does much else besides
    await isReady(page);
    assert.deepEqual(await seriousFindings(page), [], `${path}, ${scheme}`);
    await page.close();
  }
}

test("UI-50 the desks of those who order by hand, who pack and who supply", { skip, timeout: 900_000 }, async (t) => {
  const at = await atScreen(t);
  await until(async () => {
    const { workspace } = await call<{ workspace: unknown }>(at, "GET", "/v1/session");
    if (workspace === null) return undefined;
    return (await call<{ total: number }>(at, "GET", "/v1/orders/counts")).total > 0 ? true : undefined;
  }, "the sandbox has orders");
  const pages = { "Order by hand": "operator", "Prep desk": "prep", "Supplier desk": "supplier" } as const;
  await at.world("PUT", "/admin/faults", { profile: "calm" });
  assert.deepEqual(await desksOf(at, "owner"), Object.keys(pages));
  for (const [name, role] of Object.entries(pages)) assert.deepEqual(await desksOf(at, role), [name], role);
  assert.deepEqual(await desksOf(at, "viewer"), []);

  await t.test("UI-51 ten escalated orders are placed by hand without leaving the page, by keyboard alone", (t) =>
    ordering(t, at),
  );
  await t.test("UI-99 PL-70 what was perhaps bought before a restore is not ordered by hand again", () =>
    boughtBefore(at),
  );
  await t.test("UI-52 five orders go from ready to shipped with a keyboard that plays the scanner", (t) =>
    packing(t, at),
  );
  await t.test("UI-53 scans of a desk without network are kept, counted, and sent by themselves", () =>
    withoutNetwork(at),
  );
  await t.test("UI-54 a supplier sends many numbers pasted from a sheet, and what is wrong says so in its cell", (t) =>
    supplying(t, at),
  );
  await t.test("UI-55 a supplier without an account answers from a signed link on a phone", () => atTheDoor(at));
});

/** The desks in the side bar of somebody with this role. */
async function desksOf(at: AtScreen, role: Role): Promise<string[]> {
  const page = await (await at.browser.newContext()).newPage();
  await page.route("**/v1/session", async (route) => {
    const answer = await route.fetch();
    const permissions = Object.keys(everyPermission).filter((each) => may(role, each as Permission));
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), role, permissions } });
  });
  await page.goto(`${at.url}/sandbox/orders`);
  const bar = page.getByRole("navigation", { name: "Pages" });
  await bar.waitFor();
  const names = await bar.getByRole("link").allInnerTexts();
  await page.close();
  return names.map((name) => name.trim()).filter((name) => /by hand|desk$/.test(name));
}

async function ordering(t: TestContext, at: AtScreen): Promise<void> {
  const page = await at.open("/sandbox/desk"); // from now on nobody else of the sandbox orders by hand
  await sell(at, "HAND-", 10, [{ sku: "HP-LAMP-OAK", quantity: 2 }]);
  await until(
    async () => ((await partsIn(at, "escalated", "HAND-")).length === 10 ? true : undefined),
    "ten orders are with the team",
  );
  await page.getByRole("navigation", { name: "Orders that wait" }).getByText("HAND-10").waitFor();
  const { press, type, counts } = hands(page);
  const url = new URL(page.url()).pathname;
  const perOrder: number[] = [];
  let placed = 0;
  let place: { y: number } | null = null;

  while ((await partsIn(at, "escalated", "HAND-")).length > 0) {
    const order = await page.getByRole("heading", { level: 2 }).first().innerText();
    const before = counts.keys;
    await press("Enter"); // I am ordering this now
    const number = page.getByRole("textbox", { name: /Supplier's order number/ });
    await number.waitFor();
    // The next one opens at the same place.
    const box = await number.boundingBox();
    place ??= box;
    assert.equal(box?.y, place?.y);
    if (placed === 0) {
      await press("1", "c", "c");
      assert.match(
        String(await page.evaluate("navigator.clipboard.readText()")),
        /^120/,
        "SKU, quantity, then the price of one",
      );
      assert.ok(await page.getByText(/takes orders only from people/).isVisible());
      assert.deepEqual(await seriousFindings(page), []);
    }
    await press("n");
    await type(`AB-${7000 + placed}`);
    await press("Enter"); // ordered
    await page.getByText(`${order} is ordered.`, { exact: false }).first().waitFor({ state: "attached" });
    perOrder.push(counts.keys - before);
    placed += 1;
    await page
      .getByRole("button", { name: "I am ordering this now" })
      .or(page.getByText("Nothing to order by hand"))
      .first()
      .waitFor();
  }

  assert.ok(placed >= 10);
  assert.equal(new URL(page.url()).pathname, url);
  const states = await Promise.all(["placed", "acknowledged"].map((state) => partsIn(at, state, "HAND-")));
  assert.equal(states.flat().length, 10);
  t.diagnostic(
    `${placed} orders placed by hand: ${counts.keys} keys in all, at most ${Math.max(...perOrder.slice(1))} for one, the supplier's number of seven letters included`,
  );
  await page.close();
  await axe(at, "/sandbox/desk", (desk) => desk.getByRole("heading", { name: "Order by hand", exact: true }).waitFor());
}

/** As after a restore: the gate's journal has a purchase of this order which the database does not know. */
async function boughtBefore(at: AtScreen): Promise<void> {
  const page = await at.open("/sandbox/desk", { refusals: [409] });
  await sell(at, "LOST-B", 1, [
    { sku: "HP-LAMP-OAK", quantity: 1 },
    { sku: "HP-CANDLE-6", quantity: 1 },
  ]);
  const part = await until(async () => (await partsIn(at, "escalated", "LOST-B"))[0], "its lamp is ordered by hand");
  const references = await until(async () => {
    const tries = await triesOf(at, part.order.id);
    return tries.some(({ state }) => state === "placed") ? tries.map(({ reference }) => reference) : undefined;
  }, "its candles are ordered by the machine");
  await rememberAnother(at, references);
  await page.getByRole("navigation", { name: "Orders that wait" }).getByText("LOST-B1").click();
  await page.getByRole("heading", { name: "LOST-B1" }).waitFor();
  await page.getByRole("button", { name: "I am ordering this now" }).waitFor();
  await page.keyboard.press("Enter"); // I am ordering this now
  const why = page.getByRole("alert");
  await why
    .getByText(
      /^Perhaps bought before the restore: SW-1N0T1NTHEBACKUP was sent to Northlight Wholesale for this order on /,
    )
    .waitFor();
  await page.getByRole("navigation", { name: "Orders that wait" }).getByText("LOST-B1").waitFor({ state: "detached" });
  assert.ok(await why.isVisible(), "it has left the queue, and still says why");
  assert.deepEqual(await seriousFindings(page), []);
  await page.keyboard.press("o");

  // Whoever has looked at the supplier goes on.
  const problem = page.getByRole("region", { name: "Perhaps bought before the restore" });
  await problem.getByText(/SW-1N0T1NTHEBACKUP was sent to Northlight Wholesale/).waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  await problem.getByRole("button", { name: "Place it by hand" }).click();
  await problem.getByRole("button", { name: "I am placing it now" }).click();
  await until(async () => {
    const [taken] = await partsIn(at, "escalated", "LOST-B");
    return taken !== undefined && taken.claimed_by !== null ? true : undefined;
  }, "it is ordered by hand");
  await page.close();
}

interface Try {
  reference: string;
  state: string;
}
const triesOf = async (at: AtScreen, order: string): Promise<Try[]> =>
  (
    await call<{ fulfillment_orders: { attempts: Try[] }[] }>(at, "GET", `/v1/orders/${order}`)
  ).fulfillment_orders.flatMap(({ attempts }) => attempts);

/** Writes another purchase for this order into the journal, and a gate that reads it takes the place of the one that runs. */
async function rememberAnother(at: AtScreen, references: readonly string[]): Promise<void> {
  const [installation] = await readdir(at.home);
  const folder = join(at.home, installation!);
  const [file] = (await readdir(join(folder, "journal"))).toSorted().toReversed();
  const path = join(folder, "journal", file!);
  const lines = (await readFile(path, "utf8")).split("\n");
  const sending = lines.find((line) => references.some((each) => line.includes(each) && line.includes('"sending"')));
  assert.ok(sending !== undefined, "the candles were sent through the gate");
  const lost = references.reduce((line, each) => line.replace(each, "SW-1N0T1NTHEBACKUP"), sending);
  const adopted = JSON.stringify({ line: "adopted", at: { $at: new Date().toISOString() } });
  const { pid } = (await findGate(at.home, installation!))!;
  process.kill(pid, "SIGKILL");
  await appendFile(path, `\n${lost}\n${adopted}\n`);
  await until(async () => {
    const now = await findGate(at.home, installation!);
    return now !== null && now.pid !== pid ? true : undefined;
  }, "another gate");
}

async function packing(t: TestContext, at: AtScreen): Promise<void> {
  const page = await at.open("/sandbox/prep", { width: 1024, height: 768 });
  await page.addInitScript("globalThis.slips = 0; globalThis.print = () => void (globalThis.slips += 1);"); // no printer here
  await page.reload();
  await sell(at, "PACK-", 5, [
    { sku: "HP-PRINT-A3", quantity: 2 },
    { sku: "HP-CARD-SET", quantity: 1 },
  ]);
  await until(
    async () => ((await partsIn(at, "ready", "PACK-")).length === 5 ? true : undefined),
    "five orders are ready",
  );
  const { press, scan, counts } = hands(page);
  await page.getByRole("button", { name: /PACK-5/ }).waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  const says = (word: string) => page.getByRole("status", { name: word, exact: true });

  for (let no = 1; no <= 5; no += 1) {
    await scan(`PACK-${no}`);
    await page.getByRole("heading", { name: `PACK-${no}` }).waitFor();
    await press("Enter"); // print
    await says("PRINTED").waitFor();
    if (no === 1) {
      await scan("NL-2201");
      const wrong = page.getByRole("alert", { name: "WRONG" });
      await wrong.waitFor();
      await scan("PH-PRINT-A3"); // stopped: not counted
      assert.ok(await wrong.isVisible());
      assert.deepEqual(await seriousFindings(page), []);
      await press("Enter"); // understood
      await wrong.waitFor({ state: "detached" });
      await scan("PH-PRINT-A3");
      await says("OK").waitFor();
      await press("Control+z"); // undo the last scan
      await says("TAKEN OUT").waitFor();
    }
    await scan("PH-PRINT-A3");
    await scan("PH-PRINT-A3");
    await scan("PH-CARDS-10");
    await says("COMPLETE").waitFor();
    await scan(upsNumber(100 + no));
    await says("SHIPPED").waitFor();
    await page.getByRole("list", { name: "To pack" }).or(page.getByText("Nothing to pack")).first().waitFor();
  }

  assert.equal((await partsIn(at, "shipped", "PACK-")).length, 5);
  assert.equal(await page.evaluate("globalThis.slips"), 5, "a slip for each");
  t.diagnostic(
    `5 orders packed: ${counts.scans} scans and ${counts.keys} keys, one wrong item and one scan undone included`,
  );
  await page.close();
  await axe(at, "/sandbox/prep", (desk) => desk.getByRole("heading", { name: "Prep desk" }).waitFor());
}

async function withoutNetwork(at: AtScreen): Promise<void> {
  const context = await at.browser.newContext({ viewport: { width: 1024, height: 768 } });
  const page = await context.newPage();
  await page.goto(`${at.url}/sandbox/prep`);
  await sell(at, "LOST-", 1, [{ sku: "HP-CARD-SET", quantity: 2 }]);
  await until(
    async () => ((await partsIn(at, "ready", "LOST-")).length === 1 ? true : undefined),
    "one order is ready",
  );
  const { scan, press } = hands(page);
  await page.getByRole("button", { name: /LOST-1/ }).waitFor();
  await scan("LOST-1");
  await page.getByRole("heading", { name: "LOST-1" }).waitFor();
  await press("Enter");
  await page.getByText("Scan each piece", { exact: true }).waitFor();

  await context.setOffline(true);
  await scan("PH-CARDS-10");
  await page.getByRole("status", { name: "KEPT" }).waitFor();
  await scan("PH-CARDS-10");
  await page.getByText("2 scans wait for the network.", { exact: false }).waitFor();
  await page.getByText("Scan the label's number", { exact: true }).waitFor(); // what is kept counts here
  const [before] = await partsIn(at, "printed", "LOST-");
  assert.ok(before, "and not yet at the server");
  await context.setOffline(false);

  await page.getByText("wait for the network", { exact: false }).waitFor({ state: "detached" });
  const seen = await call<{ lines: { units_collected: number }[] }>(at, "GET", `/v1/desk/${before.id}`);
  assert.deepEqual(
    seen.lines.map((line) => line.units_collected),
    [2],
  );
  await context.close();
}

async function supplying(t: TestContext, at: AtScreen): Promise<void> {
  const page = await at.open("/sandbox/supplier");
  await page.getByRole("table", { name: "Purchase orders" }).getByText("HAND-10").waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  await page.keyboard.press("n");
  const sheet = page.getByRole("textbox", { name: /Paste from a sheet/ });
  await sheet.fill(
    [
      "Tracking number\tOrder\tCarrier",
      ...[1, 2, 3].map((no) => `${upsNumber(200 + no)}\tHAND-${no}\t`),
      `${upsNumber(299)}\tNOBODY-1\tUPS`,
    ].join("\n"),
  );
  const rows = page.getByRole("table", { name: "What was read" });
  assert.match(await rows.getByRole("row", { name: /NOBODY-1/ }).innerText(), /No open purchase order has this number/);
  await page.getByRole("button", { name: "Send 3 numbers" }).click();
  await page.getByText("3 sent, 1 not.").waitFor();
  assert.equal((await partsIn(at, "shipped", "HAND-")).length, 3);
  assert.deepEqual(await seriousFindings(page), []);

  // The file of what is open comes back with a number in it.
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download as CSV" }).click(),
  ]);
  const path = await file.path();
  const lines = (await readFile(path, "utf8")).trim().split("\r\n");
  const filled = lines.map((line) =>
    /(^|\n)HAND-4,/.test(line) ? line.replace(/,,$/, `,UPS,${upsNumber(204)}`) : line,
  );
  assert.notDeepEqual(filled, lines);
  await writeFile(path, filled.join("\r\n"));
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "open.csv", mimeType: "text/csv", buffer: await readFile(path) });
  await page.getByRole("button", { name: "Send 1 number" }).click();
  await page.getByText("1 sent, 0 not.").waitFor();
  assert.equal((await partsIn(at, "shipped", "HAND-")).length, 4);
  t.diagnostic("4 numbers sent by a supplier: 3 pasted, 1 by its file");
  await page.close();
  await axe(at, "/sandbox/supplier", (desk) => desk.getByRole("table", { name: "Purchase orders" }).waitFor(), true);
}

async function atTheDoor(at: AtScreen): Promise<void> {
  const [part] = [...(await partsIn(at, "placed", "HAND-")), ...(await partsIn(at, "acknowledged", "HAND-"))];
  const { link } = await call<{ link: string }>(at, "POST", `/v1/fulfillment-orders/${part!.id}/link`, {});
  const path = link.replace(at.url, "");
  await axe(
    at,
    path,
    (page) => page.getByRole("heading", { name: `Purchase order ${part!.order.number}` }).waitFor(),
    true,
  );
  const page = await at.open(path, { isPhone: true });
  assert.ok(!page.url().includes("#"), "the secret has left the address bar");
  await page.getByText("a HP-LAMP-OAK").waitFor();
  assert.equal(await page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), false);

  const accept = page.getByRole("button", { name: "We accept this order" });
  if (await accept.isVisible()) {
    await accept.click();
    await page.getByText("it is accepted", { exact: false }).waitFor();
  }
  await page.getByLabel("Tracking number").fill(upsNumber(300));
  await page.getByRole("button", { name: "It has left" }).click();
  await page.getByText("the tracking number is entered", { exact: false }).waitFor();

  assert.ok((await partsIn(at, "shipped", "HAND-")).some(({ id }) => id === part!.id));
}
