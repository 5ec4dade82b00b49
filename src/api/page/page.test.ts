import assert from "node:assert/strict";
import { test } from "node:test";
import { aServer } from "../testing/server.ts";
import { html } from "./html.ts";

test("API-40 every value is escaped; what is HTML already is set in as it is", () => {
  const evil = `<script>alert("1")</script>&'\``;

  const text = html`<b title="${evil}">${[html`<i>${evil}</i>`, 1, null]}</b>`.text;

  assert.equal((text.match(/<script/g) ?? []).length, 0);
  assert.equal(text.startsWith(`<b title="&#60;script&#62;alert(&#34;1&#34;)`), true);
  assert.match(text, /<i>&#60;script.*&#39;&#96;<\/i>1<\/b>$/);
});

test("API-40 the page shows the sandbox's orders only, without inline scripts, and names no buyer", async (t) => {
  const at = await aServer(t, {}, { sandbox: { speed: 60 } });
  await at.orders([{ channelOrderId: "mine", number: "MINE-1" }]);
  await at.orders(
    [{ channelOrderId: "1", number: `<img src=x onerror=alert(1)>` }, { channelOrderId: "2" }],
    at.sandbox,
  );

  const page = await at.ask("GET", "/", { key: null });

  assert.equal(page.status, 200);
  assert.match(String(page.headers["content-type"]), /^text\/html/);
  assert.match(String(page.headers["content-security-policy"]), /^default-src 'self'/);
  assert.doesNotMatch(page.text, /<img|MINE-1|Kowalska|style="|onclick=|<script>/);
  assert.match(page.text, /&#60;img src=x/);
  assert.match(page.text, /2 orders/);
  assert.match(page.text, /60 times as fast/);
  assert.deepEqual(page.text.match(/<script[^>]*>/g), ['<script src="/page.js" defer>']);
  for (const [file, type] of [
    ["/page.js", "text/javascript"],
    ["/page.css", "text/css"],
    ["/icon.svg", "image/svg+xml"],
  ] as const) {
    const answer = await at.ask("GET", file, { key: null });
    assert.equal(answer.status, 200);
    assert.ok(String(answer.headers["content-type"]).startsWith(type));
  }
});

test("API-40 without a sandbox the page says so and how to go on", async (t) => {
  const at = await aServer(t);
  await at.withoutSandbox();

  const page = await at.ask("GET", "/", { key: null });

  assert.equal(page.status, 200);
  assert.match(page.text, /No sandbox here/);
  assert.match(page.text, /npx switchyard key create/);
  assert.equal((await at.ask("GET", "/v1/orders", { key: null })).status, 401);
});

test("AU-41 the pages behind the links are there, need no inline script, and never get the token in an address", async (t) => {
  const at = await aServer(t);

  for (const door of ["set-up", "password", "invitation", "purchase-order"]) {
    const page = await at.ask("GET", `/${door}`, { key: null, peer: "10.1.2.3" });
    assert.equal(page.status, 200, door);
    assert.match(String(page.headers["content-security-policy"]), /^default-src 'self'/);
    assert.doesNotMatch(page.text, /<script>|style="|onclick=|onsubmit=|method=/);
    assert.match(page.text, /<script src="\/door\.js" defer><\/script>/);
    for (const [, id] of page.text.matchAll(/<label for="([^"]+)"/g)) assert.match(page.text, new RegExp(`id="${id}"`));
  }
  for (const [url, type] of [
    ["/door.js", /javascript/],
    ["/door.css", /css/],
  ] as const)
    assert.match(String((await at.ask("GET", url, { key: null })).headers["content-type"]), type);
});
