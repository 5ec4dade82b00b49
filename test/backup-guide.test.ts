import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, mkdir } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

const root = join(import.meta.dirname, "..");
const guide = await readFile(join(root, "docs/backup.md"), "utf8");
const [takeIt, tryIt, restoreIt, afterwards] = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) =>
  text!.trim(),
);
const inGuide = "switchyard-2026-11-22T101500Z";

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

interface Running {
  text(): string;
  until(fits: (text: string) => boolean | Promise<boolean>, ms?: number): Promise<void>;
  ended: Promise<number | null>;
  stop(): Promise<void>;
}
type Env = Record<string, string>;
const running = new Set<Running>();
after(() => Promise.all([...running].map((each) => each.stop())));

/** Runs a line as a shell would; only the program's name is another. */
function shell(line: string, cwd: string, env: Env): Running {
  const command = line.replace("npx switchyard", `"${process.execPath}" "${join(root, "src/cli/main.ts")}"`);
  const child = spawn("sh", ["-c", `exec ${command}`], { cwd, env: { PATH: process.env["PATH"]!, ...env } });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const self: Running = {
    text: () => text,
    async until(fits, ms = 90_000) {
      for (const deadline = Date.now() + ms; !(await fits(text)); await pause(100))
        if (Date.now() > deadline || child.exitCode !== null) assert.fail(`${line}\n${text}`);
    },
    ended,
    async stop() {
      running.delete(self);
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
  running.add(self);
  return self;
}
async function run(line: string, cwd: string, env: Env, code = 0): Promise<string> {
  const it = shell(line, cwd, env);
  assert.equal(await it.ended, code, `${line}\n${it.text()}`);
  return it.text();
}

/** What the pretend suppliers have, and what the gate sent: neither goes back in time. */
async function bought(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, "data/sandbox/world.jsonl"), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line.includes('"outcome":"bought"'))
    .map((line) => (JSON.parse(line) as { reference: string }).reference);
}
async function sent(folder: string): Promise<{ reference: string; order: string }[]> {
  const [installation] = (await readdir(join(folder, "home"))).filter((each) => /^[0-9a-f-]{36}$/.test(each));
  const journal = join(folder, "home", installation!, "journal");
  const texts = await Promise.all((await readdir(journal)).map((name) => readFile(join(journal, name), "utf8")));
  return texts
    .flatMap((text) => text.split("\n"))
    .filter((line) => line.includes('"sending"'))
    .map((line) => JSON.parse(line) as { reference: string; order: string });
}

async function aPlace(t: TestContext): Promise<{ folder: string; env: Env }> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-guide-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return { folder, env: { HOME: folder, SWITCHYARD_HOME: join(folder, "home"), SWITCHYARD_PORT: await freePort() } };
}

test("BK-2 BK-4 BK-5 BK-7 PL-60 PL-68 the page on backups, followed to the letter, while the sandbox buys: nothing is bought before the administrator says so, and nothing twice", async (t) => {
  const { folder, env } = await aPlace(t);
  t.after(() => Promise.all([...running].map((each) => each.stop())));
  const start = restoreIt!.split("\n")[1]!;

  const first = shell(start, folder, env);
  await first.until(async () => (await bought(folder)).length >= 3);
  assert.match(await run(takeIt!, folder, env), /public\.sales_order [\s\S]*all restored[\s\S]*Everything holds\./);
  const [name, ...more] = await readdir(join(folder, "backups"));
  assert.deepEqual([more, (await readdir(join(folder, "backups", name!))).includes("manifest.json")], [[], true]);
  const atBackup = (await bought(folder)).length;
  /** Orders whose purchases left through the gate after the backup; what people bought by hand is none of these. */
  const missed = async (): Promise<Set<string>> => {
    const [all, left] = [await bought(folder), await sent(folder)];
    return new Set(left.filter(({ reference }) => all.slice(atBackup).includes(reference)).map(({ order }) => order));
  };
  await first.until(async () => (await missed()).size >= 3);
  assert.match(await run(restoreIt!.split("\n")[0]!.replace(inGuide, name!), folder, env, 1), /is running on/);
  await first.stop();
  const before = await bought(folder);
  const sentBefore = await sent(folder);
  const orders = await missed();

  // A copy beside the first one.
  await cp(join(folder, "data"), join(folder, "copy"), { recursive: true });
  const copy = shell("npx switchyard worker --data copy", folder, env);
  await copy.until((text) => text.includes("SAFE MODE"));
  await pause(5_000);
  await copy.stop();
  assert.deepEqual(await sent(folder), sentBefore);

  // Yesterday's backup.
  await run(tryIt!.replace(inGuide, name!), folder, env);
  assert.match(
    await run(restoreIt!.split("\n")[0]!.replace(inGuide, name!).replace(" --replace", ""), folder, env, 1),
    /is not empty, and a restore does not write over it/,
  );
  await run(restoreIt!.split("\n")[0]!.replace(inGuide, name!), folder, env);
  assert.ok((await readdir(folder)).some((each) => each.startsWith("data.before-")));
  const second = shell(start, folder, env);
  await second.until((text) => text.includes("SAFE MODE") && text.includes("Sandbox:"));
  await pause(10_000);
  assert.deepEqual([await bought(folder), await sent(folder)], [before, sentBefore]);

  const [show, lift, list] = afterwards!.split("\n");
  assert.match(await run(show!, folder, env), /on[\s\S]*restored from the backup of/);
  await run(lift!, folder, env);
  await second.until(async () => (await bought(folder)).length >= before.length + 3);
  await run(list!, folder, env);
  await second.stop();
  const known = new Set(sentBefore.map((each) => each.reference));
  const again = (await sent(folder)).filter((each) => orders.has(each.order) && !known.has(each.reference));
  assert.ok(orders.size >= 3);
  assert.deepEqual(again, []);
  // Also not by the pretend ordering team: what it may have typed before waits for an answer, off its desk (PL-69).
  const all = await bought(folder);
  assert.deepEqual(
    all.filter((reference, index) => all.indexOf(reference) !== index),
    [],
  );

  // Old ones go, what is no backup stays.
  await mkdir(join(folder, "backups/switchyard-2026-01-01T000000Z"));
  await mkdir(join(folder, "backups/other"));
  assert.match(
    await run(`${takeIt!} --keep 35`, folder, env),
    /Removed, older than 35 days: switchyard-2026-01-01T000000Z/,
  );
  assert.deepEqual((await readdir(join(folder, "backups"))).length, 3);
});
