import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
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

test("UI-95 a page without the dashboard knows what was chosen there before it is drawn", async (t) => {
  const at = await aServer(t);

  for (const url of ["/set-up", "/password", "/invitation", "/purchase-order"]) {
    const { text } = await at.ask("GET", url, { key: null });
    const head = text.slice(0, text.indexOf("</head>"));
    const [style, dark, script] = [
      /\/page\.css/,
      /\/page-dark\.css" media="\(prefers-color-scheme: dark\)"/,
      /src="\/page-scheme\.js">/,
    ].map((each) => head.search(each));
    assert.ok(style! > 0 && dark! > style! && script! > dark!, `${url}: ${head}`);
  }
  const script = await at.ask("GET", "/page-scheme.js", { key: null });
  const css = await at.ask("GET", "/page-dark.css", { key: null });
  assert.match(String(script.headers["content-type"]), /javascript/);
  assert.match(css.text, /--back: #14171d/);
  for (const [kept, media, scheme] of [
    ["dark", "all", "dark"],
    ["light", "not all", "light"],
    ["auto", "(prefers-color-scheme: dark)", ""],
    [null, "(prefers-color-scheme: dark)", ""],
  ] as const) {
    const dark = { media: "(prefers-color-scheme: dark)" };
    const root = { style: { colorScheme: "" } };
    const page = {
      document: { getElementById: () => dark, documentElement: root },
      localStorage: { getItem: () => kept },
    };
    runInNewContext(script.text, page);
    assert.deepEqual([dark.media, root.style.colorScheme], [media, scheme], String(kept));
  }
});
