import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { buyers } from "./shop/buyers.ts";

/** The world as a process of its own: started, asked over loopback, killed. */
const main = join(import.meta.dirname, "main.ts");
const quiet = ["--faults", "calm", "--orders-at-start", "0", "--orders-per-minute", "0", "--history-days", "0"];
const folders: string[] = [];
const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sandbox-world-"));
  folders.push(folder);
  return folder;
}

interface Running {
  url: string;
  child: ChildProcess;
  stop(signal: NodeJS.Signals): Promise<number | null>;
}
function run(folder: string, ...options: string[]): { child: ChildProcess; errors: () => string } {
  const child = spawn(process.execPath, [main, "--folder", folder, ...quiet, ...options], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  return { child, errors: () => errors };
}
async function start(folder: string, ...options: string[]): Promise<Running> {
  const { child, errors } = run(folder, ...options);
  const line = await Promise.race([
    once(child.stdout!, "data").then(([chunk]) => String(chunk)),
    once(child, "exit").then(() => ""),
  ]);
  assert.notEqual(line, "", errors());
  const { ready, url } = JSON.parse(line) as { ready: boolean; url: string };
  assert.equal(ready, true);
  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    const exit = once(child, "exit");
    child.kill(signal);
    return ((await exit) as [number | null])[0];
  };
  return { url, child, stop };
}
async function fails(folder: string, ...options: string[]): Promise<{ code: number | null; message: string }> {
  const { child, errors } = run(folder, ...options);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, message: errors() };
}

const place = (url: string, reference: string) =>
  fetch(`${url}/suppliers/northlight/orders`, {
    method: "POST",
    headers: {
      authorization: "Bearer sandbox-northlight",
      "idempotency-key": reference,
      "content-type": "application/json",
    },
    body: JSON.stringify({ reference, shipTo: buyers[0]!.address, lines: [{ no: 1, sku: "NL-3104", units: 1 }] }),
  });
async function statement(url: string): Promise<string[]> {
  const references: string[] = [];
  for (let after: unknown = 0, more: unknown = true; more === true;) {
    const answer = await fetch(`${url}/suppliers/northlight/statement?after=${String(after)}`, {
      headers: { authorization: "Bearer sandbox-northlight" },
    });
    const body = (await answer.json()) as { purchases: { reference: string }[]; after: number; more: boolean };
    references.push(...body.purchases.map(({ reference }) => reference));
    ({ after, more } = body);
  }
  return references;
}

test(
  "SB-7 killed at any moment during purchases, the world loses none that it had acknowledged, and buys none twice",
  { timeout: 60_000 },
  async () => {
    const folder = aFolder();
    const acknowledged: string[] = [];
    for (let round = 0; round < 4; round++) {
      const world = await start(folder, "--speed", "100000");
      let isKilled = false;
      const buyer = async (name: string): Promise<void> => {
        for (let no = 0; !isKilled; no++) {
          const reference = `${round}-${name}-${no}`;
          const answer = await place(world.url, reference).catch(() => null);
          if (answer?.status === 201) acknowledged.push(reference);
        }
      };
      const buyers = ["a", "b", "c", "d", "e", "f"].map(buyer);
      // However slow the machine: some are acknowledged, more are under way.
      const goal = acknowledged.length + 15;
      while (acknowledged.length < goal) await new Promise((resolve) => setTimeout(resolve, 20 + round * 7));
      isKilled = true;
      await world.stop("SIGKILL");
      await Promise.all(buyers);
    }

    const world = await start(folder);
    const bought = await statement(world.url);
    await world.stop("SIGTERM");

    assert.ok(acknowledged.length > 50, `only ${acknowledged.length} purchases were made`);
    assert.deepEqual(
      acknowledged.filter((reference) => !bought.includes(reference)),
      [],
    );
    assert.equal(new Set(bought).size, bought.length);
  },
);

test("SB-6 a line that was cut off in the middle is taken away; any other line that is none is named", async () => {
  const folder = aFolder();
  const first = await start(folder);
  await place(first.url, "A");
  assert.equal(await first.stop("SIGTERM"), 0);
  const log = join(folder, "world.jsonl");
  const whole = readFileSync(log, "utf8");
  appendFileSync(log, '{"at":1,"type":"stock_');

  const second = await start(folder);
  assert.deepEqual(await statement(second.url), ["A"]);
  await second.stop("SIGTERM");
  assert.ok(readFileSync(log, "utf8").startsWith(whole));

  const lines = readFileSync(log, "utf8").split("\n").length;
  appendFileSync(log, "hello\n");
  const { code, message } = await fails(folder);
  assert.equal(code, 1);
  assert.match(message, new RegExp(`line ${lines}: not an event of this world: "hello"`));
});

test("SB-6 of two processes in one folder, the one that wrote last without the other is told so and stops", async () => {
  const folder = aFolder();
  const first = await start(folder);
  const second = await start(folder);
  const exit = once(first.child, "exit");

  await place(second.url, "A");
  await assert.rejects(place(first.url, "B"));

  assert.deepEqual((await exit)[0], 1);
  assert.deepEqual(await statement(second.url), ["A"]);
  await second.stop("SIGTERM");
});

test("SB-9 what cannot be right is said, with exit code 2; what cannot go on, with 1; asked to stop, 0", async () => {
  const folder = aFolder();
  const world = await start(folder, "--seed", "7");
  const { port } = new URL(world.url);

  assert.match((await fails(folder, "--speed", "fast")).message, /--speed fast: expected a number/);
  assert.deepEqual((await fails(folder, "--pace", "snail")).code, 2);
  assert.deepEqual((await fails(folder, "--colour", "red")).code, 2);
  const inUse = await fails(aFolder(), "--port", port);
  assert.deepEqual([inUse.code, /port is in use/.test(inUse.message)], [1, true]);
  const otherSeed = await fails(folder, "--seed", "8");
  assert.deepEqual([otherSeed.code, /seed "7", not "8"/.test(otherSeed.message)], [1, true]);
  assert.equal(await world.stop("SIGTERM"), 0);
});

test("SB-9 with its parent gone, the world goes too", async () => {
  const world = await start(aFolder(), "--until-stdin-ends");
  const exit = once(world.child, "exit");

  world.child.stdin?.end();

  assert.deepEqual((await exit)[0], 0);
});

test("SB-58 a caller that dies in the middle of its request harms nobody else", async () => {
  const world = await start(aFolder());
  const { port } = new URL(world.url);
  for (let no = 0; no < 5; no++) {
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    socket.write("POST /admin/sell HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{");
    await new Promise((resolve) => setTimeout(resolve, 10));
    socket.resetAndDestroy();
  }

  assert.equal((await place(world.url, "A")).status, 201);
  assert.deepEqual(await statement(world.url), ["A"]);
  assert.equal(await world.stop("SIGTERM"), 0);
});

test("SB-58 a web page cannot ask the world anything, and a body has its limit", async () => {
  const world = await start(aFolder());
  const ask = async (init: RequestInit): Promise<number> =>
    (await fetch(`${world.url}/admin/sell`, { method: "POST", ...init })).status;

  assert.equal(await ask({ headers: { origin: "https://example.com" }, body: "{}" }), 403);
  assert.equal(await ask({ body: JSON.stringify({ count: 1, order: {}, more: "x".repeat(2_100_000) }) }), 413);
  assert.equal(await ask({ body: "{}" }), 201);
  await world.stop("SIGTERM");
});
