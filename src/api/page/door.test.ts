import assert from "node:assert/strict";
import { test } from "node:test";
import { aServer } from "../testing/server.ts";
import { html } from "./html.ts";

test("AU-41 every value is escaped; what is HTML already is set in as it is", () => {
  const evil = `<script>alert("1")</script>&'\``;

  const text = html`<b title="${evil}">${[html`<i>${evil}</i>`, 1, null]}</b>`.text;

  assert.equal((text.match(/<script/g) ?? []).length, 0);
  assert.equal(text.startsWith(`<b title="&#60;script&#62;alert(&#34;1&#34;)`), true);
  assert.match(text, /<i>&#60;script.*&#39;&#96;<\/i>1<\/b>$/);
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
