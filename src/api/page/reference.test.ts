import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { apiDescription } from "../../../test/api-description.ts";
import { aServer } from "../testing/server.ts";
import { problemCodes } from "./problem-codes.ts";
import { referenceHtml } from "./reference.ts";
import { sample } from "./sample.ts";

const unescaped = (page: string): string =>
  page.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

test("TC-20 the reference page has every address of the description, with who may call it and a command to copy, and needs no script", async (t) => {
  const at = await aServer(t);

  const { status, headers, text } = await at.ask("GET", "/docs/api", { key: null });
  const styles = await at.ask("GET", "/docs/reference.css", { key: null });
  const { body } = await at.ask("GET", "/v1/openapi.json", { key: null });
  const { paths } = body as unknown as { paths: Record<string, Record<string, { summary: string }>> };

  assert.equal(status, 200);
  assert.equal(styles.status, 200);
  assert.match(String(headers["content-type"]), /^text\/html/);
  assert.match(String(headers["content-security-policy"]), /default-src 'self'/);
  assert.doesNotMatch(text, /<script|\son\w+=|\sstyle=|https?:\/\/(?!127\.0\.0\.1|example\.org)/i);
  const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  for (const [, target = ""] of text.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(target), target);
  const page = unescaped(text);
  for (const [path, operations] of Object.entries(paths))
    for (const [method, { summary }] of Object.entries(operations)) {
      assert.match(
        page,
        new RegExp(`>${method.toUpperCase()}</span>\\s*<code>${path.replaceAll(/[{}.]/g, "\\$&")}</code>`),
      );
      assert.ok(page.includes(summary), summary);
    }
  assert.match(page, /Who may create, edit, hold, release or cancel orders \(orders\.change\): owner, admin, staff\./);
  assert.match(page, /By a person with a second factor/);
});

test("TC-20 an address shows its parameters, its body, its answer and its command; nothing breaks out of them", async () => {
  const description = await apiDescription();
  const operation = description.paths["/v1/orders/{id}/hold"]!["post"]!;
  operation.description = "<img src=x onerror=alert(1)> `code`";
  const page = referenceHtml({ ...description, paths: { "/v1/orders/{id}/hold": { post: operation } } });

  assert.doesNotMatch(page, /<img/);
  assert.match(page, /<code>code<\/code>/);
  const text = unescaped(page.replaceAll(/<[^>]+>/g, " ")).replaceAll(/\s+/g, " ");
  assert.match(text, /Body note text, may be left out/);
  assert.match(
    text,
    /curl -H "Authorization: Bearer \$KEY" \\ -H "Idempotency-Key: \$\(uuidgen\)" \\ --json '\{"note":""\}' \\ "\$URL\/v1\/orders\/ID\/hold"/,
  );
  assert.match(text, /Answer 200 order OrderState/);
});

test("TC-20 an example fits its schema: what is named is followed, but not in circles", () => {
  const tree = {
    type: "object",
    properties: { sku: { type: "string" }, parts: { type: "array", items: { $ref: "#/components/schemas/Tree" } } },
  };

  assert.deepEqual(sample({ $ref: "#/components/schemas/Tree" }, { Tree: tree }), { sku: "MUG", parts: [null] });
  assert.deepEqual(sample({ anyOf: [{ type: "null" }, { type: "integer", minimum: 5 }] }, {}), 5);
  assert.deepEqual(sample({ enum: ["a", "b"] }, {}), "a");
});

test("TC-20 the page names every code of a problem that the API itself answers, and no other", () => {
  const folder = join(import.meta.dirname, "..");
  const code = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.endsWith("problem-codes.ts"))
    .map((path) => readFileSync(join(folder, path), "utf8"))
    .join("\n");
  const used = new Set([...code.matchAll(/\bcode: "([a-z]+(?:_[a-z]+)+)"/g)].map(([, name = ""]) => name));

  assert.deepEqual(
    [...used].filter((name) => !(name in problemCodes)),
    [],
    "Say in src/api/page/problem-codes.ts what it means.",
  );
  assert.deepEqual(
    Object.keys(problemCodes).filter((name) => !code.includes(`"${name}"`)),
    [],
    "Take it out of src/api/page/problem-codes.ts.",
  );
});
