import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { reasons } from "#domain/reasons.ts";
import { resolveBy } from "../src/api/present/resolve.ts";
import { resolve } from "../web/src/texts/en/resolve.ts";

test("UI-21 every action that a reason names has a form in the dashboard, and a name there", async () => {
  const source = await readFile(new URL("../web/src/parts/resolve/resolve-form.tsx", import.meta.url), "utf8");
  const [, table] = /export const forms[^=]*= \{([^}]*)\}/.exec(source) ?? [];
  const forms = [...table!.matchAll(/^ {2}(\w+): \w+,$/gm)].map(([, name]) => name!);

  const named = new Set(Object.values(reasons).flatMap(({ actions }) => actions));

  assert.deepEqual(forms.toSorted(), Object.keys(resolveBy).toSorted());
  assert.deepEqual(Object.keys(resolve.action).toSorted(), forms.toSorted());
  for (const action of named) assert.ok(forms.includes(action), `${action} has no form`);
});
