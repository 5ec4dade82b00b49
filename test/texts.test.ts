import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { filesOf, readManifest } from "../bench/page-weight.ts";
import { builtDashboard } from "../src/cli/dashboard.ts";
import { en } from "../web/src/texts/en.ts";
import { addTexts, translate, type TextKey, type Values } from "../web/src/i18n.ts";

const say = (key: string, given: string | Values = {}): string =>
  typeof given === "string" ? translate(key, given) : translate(key as TextKey, given);

test("UI-4 a text takes its values by name, and its form from the count", () => {
  addTexts("test", {
    row_zero: "no rows",
    row_one: "{{count}} row of {{owner}}",
    row_other: "{{count}} rows of {{owner}}",
    deep: { plain: "{{count}} x {{count}}, {{none}}." },
  });

  const said = [0, 1, 2, 1.5].map((count) => say("test.row", { count, owner: "{{count}}" }));

  assert.deepEqual(said, ["no rows", "1 row of {{count}}", "2 rows of {{count}}", "1.5 rows of {{count}}"]);
  assert.equal(say("test.deep.plain", { count: 1, none: null }), "1 x 1, .");
  assert.equal(say("test.deep.plain", { count: "1,000+" }), "1,000+ x 1,000+, .");
});

test("UI-4 a key without a text shows what it was given for that, or itself", () => {
  addTexts("test", { deep: { plain: "plain" } });

  const said = [
    say("test.deep.gone", "instead"),
    say("test.deep.gone"),
    say("test.deep"),
    say("gone.deep", "instead"),
    say("test.deep.toString", "instead"),
    say("test.deep.plain", "instead"),
  ];

  assert.deepEqual(said, ["instead", "test.deep.gone", "test.deep", "instead", "instead", "plain"]);
});

test("UI-4 each screen, and whatever is fetched later, comes with every text that it asks for; the shell with none that it does not ask for", async () => {
  const folder = await builtDashboard(() => undefined);
  const manifest = readManifest(folder);
  const keys = new Set(keysOf(en));
  const parts = Object.keys(en) as (keyof typeof en)[];
  const codeOf = (files: Iterable<string>): string =>
    [...files].map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  // By the text whose beginning can be written in one way only, in any kind of quotes, and is the longest.
  const partsIn = (code: string): string[] =>
    parts.filter((part) => {
      const [name, begins] = textsOf(en[part]).reduce((long, each) => (each[1].length > long[1].length ? each : long));
      return ["'", '"', "`"].some((quote) => code.includes(`${name}:${quote}${begins}`));
    });
  const partsAsked = (code: string): string[] => {
    const asked = [...code.matchAll(/(["'`])([a-z]\w*\.[\w.]*)(?:\1|\$\{)/gi)].map(([, , key]) => key!);
    return parts.filter((part) =>
      asked.some((key) => key.startsWith(`${part}.`) && (keys.has(key) || key.endsWith("."))),
    );
  };
  const later = Object.keys(manifest).filter((name) => manifest[name]!.isDynamicEntry === true);
  const shell = codeOf(filesOf(manifest, "index.html"));

  const lacking = later.flatMap((name) => {
    const code = `${shell}\n${codeOf(filesOf(manifest, name))}`;
    const here = partsIn(code);
    return partsAsked(code)
      .filter((part) => !here.includes(part))
      .map((part) => `${name}: ${part}`);
  });

  assert.deepEqual(lacking, []);
  assert.deepEqual(partsIn(shell), partsAsked(shell));
  assert.ok(later.length > 25 && partsIn(shell).length > 4, "Nothing was looked at.");
});

/** Each text's name and its beginning, as far as it is plain. */
const textsOf = (texts: object): [name: string, begins: string][] =>
  Object.entries(texts).flatMap(([name, text]: [string, string | object]) =>
    typeof text === "string" ? [[name, /^[\w ,.()-]*/.exec(text)![0]] as [string, string]] : textsOf(text),
  );
const keysOf = (texts: object, before = ""): string[] =>
  Object.entries(texts).flatMap(([name, text]: [string, string | object]) =>
    typeof text === "string" ? [before + name.replace(/_(one|other|zero)$/, "")] : keysOf(text, `${before}${name}.`),
  );
