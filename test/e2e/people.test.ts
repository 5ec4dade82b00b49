import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import type { Page } from "playwright-core";
import { atScreen, seriousFindings, withoutBrowser, type AtScreen } from "./browser.ts";

const skip = withoutBrowser();
const password = "four words nobody joins";
const email = "anna@example.org";

test(
  "UI-79 the sandbox's visitor reads what having no account means, on every page about people",
  { skip },
  async (t) => {
    const at = await atScreen(t);
    for (const scheme of ["light", "dark"] as const) {
      const page = await at.open("/sandbox/health", { scheme });
      await page.getByText("They are those of this version.").waitFor();
      assert.deepEqual(await seriousFindings(page), []);
      for (const name of ["team", "keys", "account"]) {
        await page.goto(`${at.url}/sandbox/${name}`);
        await page.getByText("You are the sandbox's visitor").waitFor();
        assert.equal(await page.getByRole("alert").filter({ hasText: "did not work" }).count(), 0);
        assert.deepEqual(await seriousFindings(page), [], name);
      }
    }
  },
);

test("UI-73 and UI-74 an owner sets up people, keys and webhooks by screens alone", { skip }, async (t) => {
  process.env["SWITCHYARD_WEBHOOK_ALLOW"] = "127.0.0.1";
  const at = await atScreen(t, { sandbox: false });
  const owner = await at.open(at.setUpLink.slice(at.url.length));
  await firstAccount(owner);

  await t.test("UI-78 a second factor, with the secret to scan or to type", () => secondFactor(owner, at));
  await suppliers(owner);
  await t.test("UI-73 a proof is asked for in between", () => provesAgain(owner, at));
  await t.test("UI-74 invitations, and what each of the invited sees", async () => {
    await owner.goto(`${at.url}/acme/team`);
    await owner.getByRole("button", { name: "Invite", exact: true }).click();
    await fillInvitation(owner, { who: "paul@example.org", role: "Prep centre", supplier: "Pinehouse Prep" });
    const prep = await accepts(at, await linkOf(owner), { name: "Paul", lands: /\/acme\/prep/ });
    await seesNoPrices(prep);
    await owner.getByRole("button", { name: "Invite another" }).click();
    await fillInvitation(owner, { who: "sue@example.org", role: "Supplier", supplier: "Kestrel" });
    const supplier = await accepts(at, await linkOf(owner), { name: "Sue", lands: /\/acme\/supplier/ });
    await seesNoPrices(supplier);
    await owner.getByRole("button", { name: "Done" }).click();
    await owner.getByRole("row", { name: /Paul/ }).click();
    await owner.getByRole("dialog").getByText("paul@example.org").first().waitFor();
    assert.deepEqual(await seriousFindings(owner), []);
  });
  await t.test("UI-75 a key that works until it is revoked", () => key(owner, at));
  await t.test("UI-76 a webhook and its test", (inner) => webhook(inner, owner, at));
  await t.test("UI-77 the audit knows all of it", () => audit(owner, at));
});

/** What an authenticator app would show for this secret, so many periods later. */
function codeOf(secret: string, later = 0): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = Array.from(secret.replaceAll(/[\s=]/g, ""))
    .map((each) => letters.indexOf(each).toString(2).padStart(5, "0"))
    .join("");
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const mac = createHmac("sha1", bytes).update(counter).digest();
  const offset = mac[19]! & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
let secret = "";

async function firstAccount(page: Page): Promise<void> {
  await page.getByLabel("Your name").fill("Anna Berg");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByLabel("Workspace").fill("acme");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.waitForURL(/\/acme/);
}

async function secondFactor(page: Page, at: AtScreen): Promise<void> {
  await page.goto(`${at.url}/acme/account`);
  await page.getByRole("button", { name: "Set up a second factor" }).click();
  await page.getByLabel(/^Password/).fill(password);
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("img", { name: "QR code" }).waitFor();
  const link = await page.getByRole("link", { name: "Open in an app" }).getAttribute("href");
  secret = new URL(link!).searchParams.get("secret")!;
  await page.getByText(secret.slice(0, 4)).first().waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  await page.getByLabel("The six digits").fill(codeOf(secret));
  await page.getByRole("button", { name: "Turn it on" }).click();
  await page.getByText("Backup codes").waitFor();
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByRole("button", { name: "Remove the second factor" }).waitFor();
  await page.getByRole("list", { name: "Where you are signed in" }).getByText("This one").waitFor();
  assert.deepEqual(await seriousFindings(page), []);
}

/** By the page's own cookie: the screens of suppliers are another test's. */
const suppliers = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (const [name, role] of [
      ["Pinehouse Prep", "prep"],
      ["Kestrel", "supplier"],
    ]) {
      const answer = await fetch("/v1/suppliers", {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "idempotency-key": `make-${role}`,
          "x-switchyard-workspace": "acme",
        },
        body: JSON.stringify({ kind: "by_hand", name, role }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    }
  });

interface Invited {
  who: string;
  role: string;
  supplier?: string;
}
async function fillInvitation(page: Page, { who, role, supplier }: Invited): Promise<void> {
  const form = page.getByRole("dialog", { name: "Invite somebody" });
  await form.getByLabel("E-mail address").fill(who);
  await form.getByLabel("Role", { exact: true }).click();
  await page.getByRole("option", { name: role }).click();
  if (supplier !== undefined) {
    await form.getByLabel("Suppliers they work for").click();
    await page.getByRole("option", { name: supplier }).click();
    await form.getByLabel("E-mail address").click();
  }
  await form.getByRole("button", { name: "Make the invitation" }).click();
}
const linkOf = async (page: Page): Promise<string> => {
  const link = await page.locator("code").filter({ hasText: "/invitation#" }).innerText();
  return new URL(link).pathname + new URL(link).hash;
};

/** The invited, in a browser of their own: they make an account, and are where their work is. */
async function accepts(at: AtScreen, link: string, { name, lands }: { name: string; lands: RegExp }): Promise<Page> {
  const page = await at.open(link, { isPhone: true });
  await page.getByText("You are invited to").waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Accept" }).click();
  await page.waitForURL(lands);
  return page;
}

/** What a role may not see is not asked for, and is not in what the server says to it. */
async function seesNoPrices(page: Page): Promise<void> {
  const seen = await page.evaluate(async () => {
    const answer = await fetch("/v1/session", { headers: { "x-switchyard-workspace": "acme" } });
    return ((await answer.json()) as { permissions: string[] }).permissions;
  });
  assert.equal(
    seen.some((each) => /^(money|orders|settings|members|keys)\./.test(each)),
    false,
    seen.join(),
  );
  await page.getByRole("button", { name: "Menu" }).click();
  const pages = page.getByRole("navigation", { name: "Pages" });
  await pages.getByRole("link").first().waitFor();
  for (const hidden of ["Balance", "Orders", "Team", "Suppliers"])
    assert.equal(await pages.getByRole("link", { name: hidden, exact: true }).count(), 0, hidden);
}

/** A browser whose first request of that kind is told that the password was shown too long ago. Refusals stand on a console, so nobody listens to this one's. */
async function provesAgain(owner: Page, at: AtScreen): Promise<void> {
  const context = await at.browser.newContext({ storageState: await owner.context().storageState(), locale: "en-GB" });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  let refusals = 0;
  await page.route("**/v1/invitations", async (route) => {
    if (route.request().method() !== "POST" || refusals > 0) return route.fallback();
    refusals += 1;
    const problem = {
      type: "about:blank",
      title: "Forbidden",
      status: 403,
      code: "prove_again",
      detail: "-",
      next: "-",
    };
    return route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify(problem) });
  });
  await page.goto(`${at.url}/acme/team`);
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await fillInvitation(page, { who: "sam@example.org", role: "Staff" });
  const dialog = page.getByRole("dialog", { name: "Show your password once more" });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Nothing was done.").waitFor();
  refusals = 0;
  await page.getByRole("button", { name: "Make the invitation" }).click();
  assert.deepEqual(await seriousFindings(page), []);
  await dialog.getByLabel(`Password of ${email}`).fill(password);
  // The code of now was used when the second factor was set up, and counts once.
  await dialog.getByLabel("The six digits").fill(codeOf(secret, 1));
  await dialog.getByRole("button", { name: "Go on" }).click();
  await page.getByText("The link for sam@example.org").waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Invitations 1" }).click();
  await page.getByRole("button", { name: "Withdraw the invitation of sam@example.org" }).click();
  // What the pointer is on stays there until it moves on.
  await page.mouse.move(700, 5);
  await page.getByText("No invitation waits").waitFor();
  await context.close();
}

async function key(page: Page, at: AtScreen): Promise<void> {
  await page.goto(`${at.url}/acme/keys`);
  await page.getByRole("button", { name: "New key" }).click();
  const form = page.getByRole("dialog", { name: "New API key" });
  await form.getByLabel("Name").fill("stock script");
  await form.getByLabel("Only some permissions").click();
  await form.getByLabel("look at orders").check();
  assert.deepEqual(await seriousFindings(page), []);
  await form.getByRole("button", { name: "Make the key" }).click();
  const made = await page.locator("code").filter({ hasText: /^swk_/ }).innerText();
  const ask = (path: string) => fetch(`${at.url}${path}`, { headers: { authorization: `Bearer ${made}` } });
  assert.equal((await ask("/v1/orders")).status, 200);
  assert.equal((await ask("/v1/suppliers")).status, 403);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("row", { name: /stock script/ }).click();
  await page.getByRole("button", { name: "Revoke the key" }).click();
  await page.getByRole("button", { name: "Revoke it" }).click();
  await page.mouse.move(700, 5);
  await page.getByText("No key yet").waitFor();
  assert.equal((await ask("/v1/orders")).status, 401);
  await page.getByRole("button", { name: "Ended 1" }).click();
  await page.getByRole("row", { name: /stock script.*Revoked/ }).waitFor();
}

async function webhook(t: TestContext, page: Page, at: AtScreen): Promise<void> {
  const told: string[] = [];
  const receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      told.push(body);
      response.end("thank you");
    });
  }).listen(0, "127.0.0.1");
  t.after(() => {
    receiver.close();
    receiver.closeAllConnections();
  });
  await once(receiver, "listening");
  const { port } = receiver.address() as AddressInfo;
  await page.goto(`${at.url}/acme/webhooks`);
  await page.getByRole("button", { name: "Add an endpoint" }).first().click();
  await page.getByLabel("Address").fill(`http://127.0.0.1:${port}/hooks`);
  assert.deepEqual(await seriousFindings(page), []);
  await page.getByRole("button", { name: "Add it" }).click();
  await page
    .locator("code")
    .filter({ hasText: /^whsec_/ })
    .waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await page.waitForURL(/\/acme\/webhooks\/whe_/);
  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByRole("row", { name: /webhook_endpoint\.test.*Taken/ }).click();
  const beside = page.getByRole("dialog");
  await beside.getByText("thank you").waitFor();
  await beside.getByText("Try 1 · 200").waitFor();
  assert.equal(told.length, 1);
  assert.deepEqual(await seriousFindings(page), []);
  await beside.getByRole("button", { name: "Send again" }).click();
  await beside.getByText("Try 2 · 200").waitFor();
  assert.equal((JSON.parse(told[1]!) as { type: string }).type, "webhook_endpoint.test");
}

async function audit(page: Page, at: AtScreen): Promise<void> {
  await page.goto(`${at.url}/acme/audit?topic=keys`);
  await page
    .getByRole("row", { name: /Anna Berg/ })
    .first()
    .waitFor();
  assert.equal(await page.getByRole("row", { name: /Webhook/ }).count(), 0);
  await page
    .getByRole("row", { name: /Key created/ })
    .first()
    .click();
  await page.getByRole("dialog").getByText("stock script").waitFor();
  assert.deepEqual(await seriousFindings(page), []);
}
