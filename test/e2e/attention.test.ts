import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { atScreen, seriousFindings, withoutBrowser, type AtScreen } from "./browser.ts";

const skip = withoutBrowser();
const wanted = 50;
/** After so many of one reason the next one comes: the holds are to be mixed. */
const mostOfOne = 9;
/** Even the fastest person reads a hold before answering it; what a person may ask of the API in a second is meant for people. */
const readingMs = 400;

/** The sandbox's shop gets a hold in three or four orders; so that nobody waits for it, orders of six kinds come on top of its own. */
async function sellWhatIsHeld({ url }: AtScreen): Promise<void> {
  const headers = { "x-switchyard-workspace": "sandbox", "content-type": "application/json" };
  let channel: string | undefined;
  while (channel === undefined) {
    const answer = await fetch(`${url}/v1/channels`, { headers });
    channel = answer.ok ? ((await answer.json()) as { channels: { id: string }[] }).channels[0]?.id : undefined;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const kinds: readonly ((no: number) => { sku?: string; quantity?: number; to?: object; at?: string })[] = [
    () => ({ to: { postcode: "" } }),
    (no) => ({ sku: `NOBODY-${no}` }),
    () => ({ sku: "HP-LAMP-OAK", to: { country: "US", region: "NY", postcode: "10001", city: "New York" } }),
    () => ({ sku: "HP-SOAP", quantity: 3 }),
    () => ({ at: "2025-01-02T03:04:05Z" }),
    (no) => ({ to: { name: `Twin ${no % 5}`, line1: "Doppelweg 2" } }),
  ];
  for (const [index, kind] of kinds.entries())
    for (let no = 0; no < mostOfOne; no += 1) {
      const { sku = "HP-CANDLE-6", quantity = 1, to = {}, at } = kind(no);
      const answer = await fetch(`${url}/v1/orders`, {
        method: "POST",
        headers: { ...headers, "idempotency-key": crypto.randomUUID() },
        body: JSON.stringify({
          channel,
          number: `#${9000 + index * 100 + no}`,
          currency: "EUR",
          payment: "paid",
          shipping_method: "Express",
          ...(at === undefined ? {} : { ordered_at: at }),
          ship_to: {
            name: `Buyer ${index} ${no}`,
            line1: `Hafenstr. ${index * 100 + no}`,
            city: "Hamburg",
            postcode: "20095",
            country: "DE",
            ...to,
          },
          lines: [{ sku, quantity, title: sku, unit_price: "50.00" }],
        }),
      });
      assert.ok(answer.ok, await answer.text());
    }
}

/** What somebody at the keyboard presses for a reason; each letter typed is a press. Anything else: what is suggested. */
const answers: Readonly<Record<string, (page: Page, press: Press) => Promise<void>>> = {
  "Address incomplete": typeExample,
  "Address not valid": typeExample,
  "Phone number missing": async (_, press) => press("1", ...letters("+49301234567"), "Enter"),
  "No supplier product for this SKU": async (_, press) => press("3", "Enter"),
  "Pack size does not divide": async (_, press) => press("2", "Control+a", "4", "Enter"),
  "No supplier ships there": async (_, press) => press("3", "Enter"),
  "Supplier price above your limit": async (_, press) => press("3", "Enter"),
  "The channel refused the update": async (_, press) => press("2", "Enter"),
  "Shipping method not mapped": async (_, press) => press("1", ...letters("standard"), "Enter"),
  "No tracking number yet": async (_, press) => press("2", "Enter"),
};
const letters = (text: string): string[] => Array.from(text);
type Press = (...keys: string[]) => Promise<void>;

/** The field in question has the caret, and says what is expected. */
async function typeExample(page: Page, press: Press): Promise<void> {
  await press("1");
  const placeholder = await page
    .locator(":focus")
    .getAttribute("placeholder", { timeout: 1000 })
    .catch(() => null);
  const example = /such as (.+)/.exec(placeholder ?? "")?.[1];
  if (example === undefined) return press("Escape", "3", "Enter");
  await press("Control+a", ...letters(example), "Enter");
}

/** Which orders are held for what at this moment, by the reason's title. */
const stillHeld = (page: Page): Promise<Record<string, string[]>> =>
  page.evaluate(async () => {
    const ask = async (path: string) =>
      (await fetch(path, { headers: { "x-switchyard-workspace": "sandbox" } })).json() as Promise<never>;
    const { groups } = (await ask("/v1/attention")) as { groups: { title: string; words: string }[] };
    const held: Record<string, string[]> = {};
    for (const { title, words } of groups) {
      const { orders } = (await ask(`/v1/orders?limit=200&sort=oldest&q=${encodeURIComponent(words)}`)) as {
        orders: { number: string }[];
      };
      held[title] = orders.map(({ number }) => number);
    }
    return held;
  });

test(
  "UI-30 fifty mixed holds of the sandbox are cleared by keyboard, half of them with four key presses or less; J, K, H and the views do what they say",
  { skip, timeout: 600_000 },
  async (t) => {
    const at = await atScreen(t);
    await sellWhatIsHeld(at);
    const page = await at.open("/sandbox/attention", { refusals: [409, 412] }); // the sandbox lives on meanwhile
    const panel = page.locator("#content section").first();
    const where = async (): Promise<string> =>
      `${await panel.getAttribute("aria-label")} ${await page.locator("#content [aria-current=true]").first().textContent()}`;

    const done = new Map<string, { reason: string; number: string; presses: number }>();
    const ofReason = (reason: string): number => [...done.values()].filter((each) => each.reason === reason).length;
    const stuck = new Set<string>();
    let presses = 0;
    const press: Press = async (...keys) => {
      for (const key of keys) {
        presses += 1;
        await page.keyboard.press(key);
      }
    };
    const end = Date.now() + 420_000;
    while (done.size < wanted + 3 && Date.now() < end) {
      const article = page.getByRole("article").first();
      await article.waitFor({ timeout: 60_000 });
      const reason = (await article.getAttribute("aria-label"))!;
      const here = await where();
      const hasMoved = async (): Promise<boolean> => {
        for (const until = Date.now() + 5000; Date.now() < until;) {
          if ((await where().catch(() => here)) !== here) return true;
          await page.waitForTimeout(50);
        }
        return false;
      };
      if (stuck.has(here) || done.has(here) || ofReason(reason) >= mostOfOne) {
        const isFull = ofReason(reason) >= mostOfOne;
        await press(isFull ? "Shift+J" : "j");
        if (!(await hasMoved())) await page.goto(`${at.url}/sandbox/attention`); // behind the last one: from the first again
        continue;
      }
      await page.waitForTimeout(readingMs);
      await (answers[reason] ?? (async (_, type) => type("1", "Enter")))(page, press);
      let isDone = await hasMoved();
      if (!isDone) {
        await press("Escape", "3", "Enter");
        isDone = await hasMoved();
      }
      if (isDone) done.set(here, { reason, number: /#\d+/.exec(here)![0], presses });
      else stuck.add(here);
      presses = 0;
    }
    const isEnough = (of: readonly { reason: string }[]): boolean =>
      of.length >= wanted && new Set(of.map(({ reason }) => reason)).size >= 6;
    // What was answered counts once a worker has looked at it again.
    let cleared: { reason: string; number: string; presses: number }[] = [];
    for (const until = Date.now() + 40_000; !isEnough(cleared) && Date.now() < until;) {
      await page.waitForTimeout(2000);
      const held = await stillHeld(page);
      cleared = [...done.values()].filter(({ reason, number }) => held[reason]?.includes(number) !== true);
    }

    const all = cleared.map((each) => each.presses).toSorted((one, other) => one - other);
    const median = all[Math.floor(all.length / 2)]!;
    const reasons = new Set(cleared.map(({ reason }) => reason));
    t.diagnostic(
      `${all.length} holds of ${reasons.size} reasons cleared, key presses: median ${median}, most ${all.at(-1)}; ${[
        ...reasons,
      ]
        .map(
          (reason) =>
            `${reason} ${cleared
              .filter((each) => each.reason === reason)
              .map((each) => each.presses)
              .join("/")}`,
        )
        .join("; ")}; not cleared: ${stuck.size + done.size - cleared.length}`,
    );
    assert.ok(all.length >= wanted, `${all.length} were cleared; not: ${[...stuck].join("; ")}`);
    assert.ok(reasons.size >= 6, `only ${[...reasons].join(", ")}`);
    assert.ok(median <= 4, `the median is ${median}`);

    await page.getByRole("article").first().waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("h");
    const snooze = page.getByRole("region", { name: "Snooze" });
    await snooze.getByRole("radio", { name: "Tomorrow at 8:00" }).waitFor();
    await page.keyboard.press("Enter");
    await page
      .getByText(/is snoozed/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Snoozed" }).click();
    await page.waitForURL("**view=snoozed**");
    await page.getByRole("article").first().waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    const dark = await at.open("/sandbox/attention", { scheme: "dark" });
    await dark.getByRole("article").first().waitFor();
    assert.deepEqual(await seriousFindings(dark), []);
  },
);
