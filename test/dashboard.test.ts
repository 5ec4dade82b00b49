import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { realRandom } from "../src/cli/clock.ts";
import { builtDashboard } from "../src/cli/dashboard.ts";
import { gzipKb, pageWeight } from "../bench/page-weight.ts";
import { aServer } from "../src/api/testing/server.ts";

test("UI-1 each address that is neither the API's nor a file's is the page, with a policy that lets nothing from elsewhere in", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "dashboard-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), `<script nonce="__NONCE__" src="/assets/a-1.js"></script>`);
  await writeFile(join(folder, "assets/a-1.js"), "export {};");
  await writeFile(join(folder, "scheme.js"), "0;");
  const at = await aServer(t, {}, { dashboard: { folder, random: realRandom } });
  const ask = (url: string) => at.ask("GET", url, { key: null });

  const [page, deep, again, file, gone, api] = await Promise.all(
    ["/", "/acme/orders?view=waiting", "/", "/assets/a-1.js", "/assets/b-2.js", "/v1/nothing-here"].map(ask),
  );

  const nonces = [page, deep, again].map((each) => /nonce="([\w+/=]{24})"/.exec(each!.text)?.[1]);
  assert.deepEqual([page!.status, deep!.status], [200, 200]);
  assert.equal(new Set(nonces).size, 3, "A nonce is used once.");
  const policy = String(page!.headers["content-security-policy"]);
  assert.ok(policy.includes(`'nonce-${nonces[0]}'`), policy);
  assert.doesNotMatch(policy, /unsafe|https?:|data:/);
  assert.match(String(file!.headers["cache-control"]), /immutable/);
  assert.deepEqual([file!.status, gone!.status, api!.status], [200, 404, 404]);
  assert.match(String(api!.headers["content-type"]), /problem\+json/);
});

test("UI-1 without built files the address says how to get them, and the API works", async (t) => {
  const at = await aServer(t);

  const page = await at.ask("GET", "/", { key: null });

  assert.equal(page.status, 503);
  assert.match(page.text, /npm run web:build/);
  assert.equal((await at.ask("GET", "/v1/session", { key: null })).status, 200);
});

test("UI-2 the dashboard is built once from this source, and allows no inline script", async () => {
  const said: string[] = [];
  const folder = await builtDashboard((line) => void said.push(line));
  const before = (await stat(join(folder, "index.html"))).mtimeMs;

  assert.equal(await builtDashboard((line) => void said.push(line)), folder);

  assert.equal((await stat(join(folder, "index.html"))).mtimeMs, before);
  assert.ok(said.length <= 1, said.join());
  const page = await readFile(join(folder, "index.html"), "utf8");
  assert.doesNotMatch(page, /<script(?![^>]* src=)|https?:\/\/(?!www\.w3\.org)|style="/);
  assert.match(page, /nonce="__NONCE__"/);
});

test("UI-3 every page loads at most 200 kB of JavaScript before its screen, the list of orders at most 80 kB beside it", async () => {
  const folder = await builtDashboard(() => undefined);
  const { shell, list } = pageWeight(folder);

  const weights = { shell: gzipKb(folder, shell), list: gzipKb(folder, list) };

  assert.ok(weights.shell <= 200 && weights.list <= 80, JSON.stringify({ weights, shell, list }, null, 2));
  assert.ok(shell.length > 1 && list.length > 1);
  assert.ok(weights.shell > 100, "React alone is more than half of that: something is not counted.");
});

test("UI-3 scripts and styles are sent compressed, in the same bytes, to whoever takes them so", async (t) => {
  const folder = await builtDashboard(() => undefined);
  const at = await aServer(t, {}, { dashboard: { folder, random: realRandom } });
  const file = pageWeight(folder).shell.find((each) => each.startsWith("assets/index-"))!;
  const ask = (encoding: string) => at.ask("GET", `/${file}`, { key: null, headers: { "accept-encoding": encoding } });

  const [compressed, plain] = await Promise.all(["gzip, br", "identity"].map(ask));

  const script = await readFile(join(folder, file), "utf8");
  assert.deepEqual([compressed!.headers["content-encoding"], plain!.headers["content-encoding"]], ["gzip", undefined]);
  assert.equal(plain!.text, script);
  assert.equal(gunzipSync(await readFile(join(folder, `${file}.gz`))).toString(), script);
  assert.equal(Number(compressed!.headers["content-length"]), (await stat(join(folder, `${file}.gz`))).size);
  for (const { headers } of [compressed!, plain!]) {
    assert.match(String(headers["content-type"]), /javascript/);
    assert.match(String(headers["cache-control"]), /immutable/);
    assert.match(String(headers["vary"]), /accept-encoding/i);
  }
});

test("UI-5 of the components' styles there are those of every component that is used, and of no other", async () => {
  const folder = join(await builtDashboard(() => undefined), "assets");
  const read = async (files: readonly string[]): Promise<string> =>
    (await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")))).join("\n");
  const built = await readdir(folder);
  const classesIn = (text: string): Set<string> => new Set(text.match(/\bm_[0-9a-f]{6,8}\b/g));
  const inScripts = classesIn(await read(built.filter((file) => file.endsWith(".js"))));
  const inStyles = classesIn(await read(built.filter((file) => file.endsWith(".css"))));
  const library = createRequire(join(import.meta.dirname, "../package.json"));
  const whole = classesIn(await readFile(library.resolve("@mantine/core/styles.css"), "utf8"));
  const list = await readFile(join(import.meta.dirname, "../web/src/app/mantine.css"), "utf8");

  const missing = [...inScripts].filter((name) => whole.has(name) && !inStyles.has(name));
  const parts = [...list.matchAll(/^@import "(@mantine\/core\/styles\/([A-Z]\w+)\.css)";$/gm)];
  const unused: string[] = [];
  for (const [, path, name] of parts) {
    const its = classesIn(await readFile(library.resolve(path!), "utf8"));
    if (its.isDisjointFrom(inScripts)) unused.push(name!);
  }

  assert.deepEqual({ missing, unused }, { missing: [], unused: [] }, "See web/src/app/mantine.css.");
  assert.ok(parts.length > 20 && inScripts.size > 100, "Nothing was looked at.");
});
