import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { domainPackages, floors, forbiddenTo, mayImport } from "../oxlint.layers.ts";

const root = join(import.meta.dirname, "..");

/** The ways to import something. Each must be seen by the linter. */
const ways = {
  static: (path: string) => `import * as it from "${path}";\nexport default it;\n`,
  type: (path: string) => `import type { It } from "${path}";\nexport default {} as It;\n`,
  dynamic: (path: string) => `export const it = import("${path}");\n`,
  "export from": (path: string) => `export * from "${path}";\n`,
};

interface Fixture {
  file: string;
  source: string;
  isForbidden: boolean;
  title: string;
}

const fixtures: Fixture[] = [];
let reported = new Map<string, string[]>();
let folder = "";

function expect(floor: string, path: string, isForbidden: boolean): void {
  for (const [way, write] of Object.entries(ways)) {
    const file = `src/${floor}/fixture_${fixtures.length}.ts`;
    fixtures.push({ file, source: write(path), isForbidden, title: `${floor} → ${path} (${way})` });
  }
}

for (const floor of floors) {
  const allowed: readonly string[] = mayImport[floor] ?? [];
  for (const other of floors.filter((f) => f !== floor)) {
    const onlyPorts = other === "connectors" && allowed.includes("connectors/ports");
    expect(floor, `#${other}/order.ts`, !allowed.includes(other));
    expect(floor, `../${other}/order.ts`, true); // allowed or not, arrows are written with #
    if (other === "connectors") {
      expect(floor, "#connectors/ports.ts", !allowed.includes("connectors") && !onlyPorts);
      for (const kind of ["channels/shop/index.ts", "suppliers/northwind.ts", "catalogue.ts", "port.ts"]) {
        expect(floor, `#connectors/${kind}`, !allowed.includes("connectors"));
      }
    }
  }
  expect(floor, `#${floor}/order.ts`, false);
  expect(floor, "./order.ts", false);
  expect(floor, "#test/postgres.ts", true);
  expect(floor, "node:fs", floor === "domain");
  expect(floor, "zod", floor === "domain");
}
for (const name of domainPackages) expect("domain", name, false);
expect("domain", "decimal", true);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-layers-"));
  for (const { file, source } of fixtures) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await writeFile(join(folder, file), source);
  }
  const config = {
    plugins: ["import"],
    categories: { correctness: "off" },
    overrides: floors.map((floor) => ({
      files: [`src/${floor}/**/*.ts`],
      rules: { "no-restricted-imports": ["error", { patterns: forbiddenTo(floor) }] },
    })),
  };
  await writeFile(join(folder, ".oxlintrc.json"), JSON.stringify(config));
  reported = await lint(folder);
});

after(() => rm(folder, { recursive: true, force: true }));

test("every import that a floor may not make is reported, in each of its forms", () => {
  const unseen = fixtures.filter(({ isForbidden, file }) => isForbidden && !reported.has(file));

  assert.deepEqual(
    unseen.map(({ title }) => title),
    [],
  );
});

test("no import that a floor may make is reported", () => {
  const wrong = fixtures.filter(({ isForbidden, file }) => !isForbidden && reported.has(file));

  assert.deepEqual(
    wrong.map(({ title }) => title),
    [],
  );
});

test("the linter that guards this repository has the arrows, and tells floating promises, any and cycles", async () => {
  const own = await mkdtemp(join(root, "src", "domain", "fixture-"));
  try {
    const bad = `
      import * as other from "#store/db.ts";
      import { b } from "./b.ts";
      export const a: any = b;
      export async function later(): Promise<void> {}
      export function now(): void { later(); }
      export default other;
    `;
    await writeFile(join(own, "a.ts"), bad);
    await writeFile(join(own, "b.ts"), `import { a } from "./a.ts";\nexport const b: number = a;\n`);

    const rules = new Set([...(await lint(own, root, ["--type-aware"])).values()].flat());

    for (const rule of ["no-restricted-imports", "no-floating-promises", "no-explicit-any", "no-cycle"]) {
      assert.ok(
        [...rules].some((code) => code.includes(rule)),
        `${rule} is not reported, only ${[...rules].join(", ")}`,
      );
    }
  } finally {
    await rm(own, { recursive: true });
  }
});

/** Which rules are broken in which file, by the file's path in the linted folder. */
function lint(path: string, cwd = path, flags: readonly string[] = []): Promise<Map<string, string[]>> {
  const program = join(root, "node_modules", "oxlint", "bin", "oxlint");
  const args = [program, "--format=json", ...flags, path];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 2 ** 26 }, (_failure, stdout, stderr) => {
      try {
        const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
        const byFile = new Map<string, string[]>();
        for (const { code, filename } of diagnostics) byFile.set(filename, [...(byFile.get(filename) ?? []), code]);
        resolve(byFile);
      } catch {
        reject(new Error(`The linter did not answer in JSON: ${stdout}${stderr}`));
      }
    });
  });
}
