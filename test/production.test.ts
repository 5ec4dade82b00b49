// The page on production and the unit files, held against the program.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { readConfig } from "#cli/config.ts";
import { buildProgram } from "#cli/program.ts";

const root = join(import.meta.dirname, "..");
const units = join(root, "deploy/systemd");
const read = (path: string): Promise<string> => readFile(join(root, path), "utf8");

/** Fails where the command line knows no such command, or not with these options. */
async function mustExist(words: readonly string[], from: string): Promise<void> {
  let command = await buildProgram(words);
  const flags = words.filter((word) => word.startsWith("--")).map((word) => word.split("=")[0]!);
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined) break;
    command = next;
  }
  assert.notEqual(command.name(), "switchyard", `${from}: no command in "${words.join(" ")}"`);
  for (const flag of flags)
    assert.ok(
      command.options.some(({ long }) => long === flag),
      `${from}: ${command.name()} has no ${flag}`,
    );
}

test("RN-26 each unit file starts a command that is there, with options that are there", async () => {
  const names = (await readdir(units)).filter((name) => name.endsWith(".service"));
  assert.ok(names.length >= 4);
  for (const name of names) {
    const text = await read(`deploy/systemd/${name}`);
    const [, start = ""] = /^ExecStart=\/opt\/switchyard\/node_modules\/\.bin\/node (.+)$/m.exec(text) ?? [];
    const [script = "", ...words] = start.split(" ");
    assert.equal(script, "/opt/switchyard/src/cli/main.ts", name);
    await mustExist(words, name);
    const [, limit] = /^TimeoutStopSec=(\d+)$/m.exec(text) ?? [];
    const { drainMs, limitMs } = readConfig(await exampleEnvironment()).stopping;
    if (limit !== undefined)
      assert.ok(Number(limit) * 1_000 > drainMs + limitMs, `${name} kills before the program gives up by itself`);
  }
});

async function exampleEnvironment(): Promise<Record<string, string>> {
  const lines = (await read("deploy/env.example")).split("\n").map((line) => line.replace(/^#(?=[A-Z_]+=.)/, ""));
  return Object.fromEntries(
    lines.filter((line) => /^[A-Z_]+=./.test(line)).map((line) => line.split(/=(.*)/s) as [string, string, string]),
  );
}

test("RN-26 the example of the environment is read as it is, and each variable on the page is one", async () => {
  const example = await exampleEnvironment();
  const config = readConfig(example);
  assert.equal(config.url, "https://orders.example.org");
  assert.deepEqual(config.trustedProxies, ["127.0.0.1"]);
  assert.equal(config.mail?.from, "Switchyard <orders@example.org>");

  const known = await read("src/cli/config.ts");
  for (const path of ["docs/production.md", "docs/metrics.md", "deploy/env.example"])
    for (const [name] of (await read(path)).matchAll(/\bSWITCHYARD_[A-Z_]+|\bDATABASE_URL\b/g))
      assert.ok(known.includes(`${name}:`), `${path}: ${name}`);
});

test("RN-26 each command, address and file that the page names is there", async () => {
  const page = await read("docs/production.md");
  for (const [, line = ""] of page.matchAll(/npx switchyard ([^\n#]+)/g))
    await mustExist(line.trim().split(/\s+/), "docs/production.md");
  const scripts = (JSON.parse(await read("package.json")) as { scripts: Record<string, string> }).scripts;
  for (const [, name = ""] of page.matchAll(/npm run ([\w:]+)/g)) assert.ok(name in scripts, name);
  for (const [, name = ""] of page.matchAll(/\]\(([\w./-]+\.md)\)/g)) await read(`docs/${name}`);
  const health = `${await read("src/api/routes/health.ts")}${await read("src/api/routes/metrics.ts")}`;
  for (const path of ["/readyz", "/metrics"]) assert.ok(page.includes(path) && health.includes(`"${path}"`), path);
  const names = await readdir(units);
  for (const [, name = ""] of page.matchAll(
    /\b(switchyard-(?:api|worker)@|switchyard-backup\.timer|switchyard\.service)/g,
  ))
    assert.ok(names.includes(name.endsWith("@") ? `${name}.service` : name), name);
});

test("RN-26 systemd takes the unit files", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-units-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const name of await readdir(units)) {
    const text = (await read(`deploy/systemd/${name}`))
      .replaceAll("/opt/switchyard/node_modules/.bin/node", process.execPath)
      .replaceAll("/opt/switchyard", root);
    await writeFile(join(folder, name.replace("@", "@4401")), text);
  }
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const verified = await promisify(execFile)("systemd-analyze", ["verify", "--man=no", ...files]).catch(
    (error: NodeJS.ErrnoException & { stderr?: string }) => error,
  );
  if ("code" in verified && verified.code === "ENOENT") return t.skip("there is no systemd on this machine");
  assert.equal(verified.stderr, "");
});
