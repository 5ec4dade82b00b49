import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { domainPackages, floors, mayImport, ports } from "../oxlint.layers.ts";

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
      for (const port of ports) expect(floor, `#connectors/${port}.ts`, !allowed.includes("connectors") && !onlyPorts);
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

for (const [path, isForbidden] of [
  ["#domain/order.ts", true],
  ["#store/db.ts", true],
  ["#sim/scheduler.ts", true],
  ["../scheduler.ts", true],
  ["../../src/domain/order.ts", true],
  ["./facts.ts", false],
  ["pg", false],
] as const) {
  for (const [way, write] of Object.entries(ways)) {
    const file = `sim/checker/fixture_${fixtures.length}.ts`;
    fixtures.push({ file, source: write(path), isForbidden, title: `sim/checker → ${path} (${way})` });
  }
}

const bad = `
  import { b } from "./b.ts";
  export const a: any = b;
  export async function later(): Promise<void> {}
  export function now(): void { later(); }
`;

/** A copy of what configures the linter, around sources that break its rules. */
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-layers-"));
  for (const name of ["oxlint.config.ts", "oxlint.layers.ts", "tsconfig.json", "package.json"]) {
    await copyFile(join(root, name), join(folder, name));
  }
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const sources = [
    ...fixtures,
    { file: "src/cli/bad/a.ts", source: bad },
    { file: "src/cli/bad/b.ts", source: 'export { a as b } from "./a.ts";\n' },
  ];
  for (const { file, source } of sources) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await writeFile(join(folder, file), source);
  }
  reported = await lint(folder);
});

after(() => rm(folder, { recursive: true, force: true }));

test("every import that a floor may not make is reported, in each of its forms", () => {
  const unseen = fixtures.filter(({ isForbidden, file }) => isForbidden && !isReported(file, "no-restricted-imports"));

  assert.deepEqual(
    unseen.map(({ title }) => title),
    [],
  );
});

test("no import that a floor may make is reported", () => {
  const wrong = fixtures.filter(({ isForbidden, file }) => !isForbidden && isReported(file, "no-restricted-imports"));

  assert.deepEqual(
    wrong.map(({ title }) => title),
    [],
  );
});

for (const rule of ["no-floating-promises", "no-explicit-any", "no-cycle"]) {
  test(`the linter reports ${rule}`, () => {
    assert.ok(isReported("src/cli/bad/a.ts", rule));
  });
}

const isReported = (file: string, rule: string): boolean =>
  reported.get(file)?.some((code) => code.includes(rule)) ?? false;

/** Which rules are broken in which file. */
function lint(project: string): Promise<Map<string, string[]>> {
  const program = join(root, "node_modules", "oxlint", "bin", "oxlint");
  const args = [program, "--type-aware", "--format=json"];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: project, maxBuffer: 2 ** 26 }, (_failure, stdout, stderr) => {
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
