// docs/threats.md names, for each attack, tests that exist.
import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");

test("every row of the list of threats names tests that exist, or says which way in is not there", async () => {
  const sources: string[] = [];
  for await (const path of glob("{src,test,sim,bench,web,client}/**/*.test.{ts,tsx}", { cwd: root }))
    if (!path.includes("node_modules")) sources.push(await readFile(join(root, path), "utf8"));
  const titles = sources.flatMap((source) => [
    ...[...source.matchAll(/\btest\(\s*(["'`])(.*?)\1\s*,/g)].map(([, , title]) => title!),
    ...[...source.matchAll(/^ {4}title: "(.*)",$/gm)].map(([, title]) => title!),
  ]);
  assert.ok(titles.length > 500);
  const list = await readFile(join(root, "docs/threats.md"), "utf8");
  const rows = [...list.matchAll(/^\| (\d+) \| (.+) \| (.+) \| (.+) \|$/gm)];

  assert.deepEqual(
    rows.map(([, no]) => Number(no)),
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
  const missing: string[] = [];
  for (const [, no, , , tests = ""] of rows) {
    const named = [...tests.matchAll(/`([^`]+)`/g)].map(([, beginning]) => beginning!);
    if (named.length === 0) assert.match(tests, /^none: .{10,}/, `row ${no}`);
    for (const beginning of named)
      if (!titles.some((title) => title.startsWith(beginning))) missing.push(`row ${no}: ${beginning}`);
  }
  assert.deepEqual(missing, [], "A test was renamed or removed: name the one that plays this attack now.");
});
