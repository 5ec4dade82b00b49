import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const kills = 20;
const ordersPerRound = 25;
const sold = kills * ordersPerRound;

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

interface Place {
  port: number;
  env: NodeJS.ProcessEnv;
}

/** Starts the product as a user does, in a group of its own, and resolves when it says that it is ready. */
async function start({ port, env }: Place): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    ["src/cli/main.ts", "start", "--port", String(port), "--sandbox-speed", "60", "--sandbox-faults", "calm"],
    { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  child.stderr!.on("data", (chunk: Buffer) => (said += String(chunk)));
  child.stdout!.on("data", (chunk: Buffer) => (said += String(chunk)));
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (child.exitCode !== null) throw new Error(`start ended with ${child.exitCode}: ${said}`);
    if (await isReady(port)) return child;
    await sleep(50);
  }
  throw new Error(`start was not ready within a minute: ${said}`);
}
const isReady = async (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );

async function cli(env: NodeJS.ProcessEnv, ...args: string[]): Promise<{ code: number; text: string }> {
  const child = spawn(process.execPath, ["src/cli/main.ts", ...args], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += String(chunk)));
  child.stderr.on("data", (chunk: Buffer) => (text += String(chunk)));
  const code = await new Promise<number>((resolve) => child.once("close", (status) => resolve(status ?? -1)));
  return { code, text };
}

/** Asks the pretend world as soon as it listens: it comes up a moment after the product. */
async function world(dataDir: string, path: string, body?: unknown): Promise<unknown> {
  for (let waited = 0; ; waited += 100) {
    try {
      const { url } = JSON.parse(await readFile(join(dataDir, "sandbox", "sandbox.json"), "utf8")) as { url: string };
      const init =
        body === undefined
          ? {}
          : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      const answer = await fetch(`${url}${path}`, init);
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return await answer.json();
    } catch (error) {
      if (waited > 20_000) throw error;
      await sleep(100);
    }
  }
}

test(
  "WK-10 killed with kill -9 twenty times during placing, nothing is bought twice, nothing is lost, and everything goes on",
  { timeout: 900_000 },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "switchyard-kill-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const dataDir = join(folder, "data");
    const env = {
      ...process.env,
      SWITCHYARD_DATA: dataDir,
      SWITCHYARD_HOME: join(folder, "home"),
      NODE_TEST_CONTEXT: undefined,
    };
    const place: Place = { port: await freePort(), env };

    let server = await start(place);
    t.after(() => server.kill("SIGKILL"));
    await untilCount(place.port, (counts) => counts.total > 0); // the first sync stands by and is not what this is about
    for (let kill = 0; kill < kills; kill += 1) {
      await world(dataDir, "/admin/sell", { count: ordersPerRound });
      // Orders wait ten seconds in their buffer, so those of the last rounds are being placed now: somewhere in there the end comes.
      await sleep(1_000 + 75 * kill);
      server.kill("SIGKILL");
      await new Promise((resolve) => server.once("close", resolve));
      server = await start(place);
    }
    await quiet(place.port, dataDir);

    const truth = (await world(dataDir, "/admin/truth")) as { purchases: { reference: string }[] };
    const references = truth.purchases.map((purchase) => purchase.reference);
    assert.ok(
      references.length > 100,
      `only ${references.length} purchases: ${JSON.stringify(await counts(place.port))}`,
    );
    assert.equal(new Set(references).size, references.length, "a reference was bought twice");
    const verified = await cli(env, "verify", "--output", "json");
    assert.equal(verified.code, 0, verified.text);
    for (const supplier of ["Northlight Wholesale", "Kestrel & Rowe"]) {
      const proven = await cli(env, "prove", "--supplier", supplier, "--workspace", "sandbox");
      assert.equal(proven.code, 0, proven.text);
    }
    server.kill("SIGTERM");
    await new Promise((resolve) => server.once("close", resolve));
  },
);

interface Counts {
  total: number;
  by_state: Record<string, number>;
}
const counts = async (port: number): Promise<Counts> =>
  (await (await fetch(`http://127.0.0.1:${port}/v1/orders/counts`)).json()) as Counts;

async function untilCount(port: number, isSo: (counts: Counts) => boolean): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 250) {
    if (isSo(await counts(port))) return;
    await sleep(250);
  }
  throw new Error("Two minutes were not enough.");
}

/**
 * Until every order of the shop is here and nothing is being placed or checked any more. Where a supplier can neither be asked by key nor by reference, only a person can tell: here somebody
 * who looks at the supplier's own books and says what is there.
 */
async function quiet(port: number, dataDir: string): Promise<void> {
  for (let waited = 0; waited < 300_000; waited += 500) {
    const { total, by_state: states } = await counts(port);
    const { orders } = (await world(dataDir, "/admin/truth")) as { orders: unknown[] };
    const busy = ["new", "waiting", "in_process", "checking"].reduce((sum, state) => sum + (states[state] ?? 0), 0);
    // The shop goes on selling: what it sold in the last moments may still be waiting.
    if (total >= sold && total >= orders.length - 10 && (states["checking"] ?? 0) === 0 && busy <= 10) return;
    if (waited > 20_000 && waited % 5_000 === 0) await tellWhatIsThere(port, dataDir);
    await sleep(500);
  }
  throw new Error(`Five minutes were not enough: ${JSON.stringify(await counts(port))}`);
}

interface Detail {
  fulfillment_orders: { id: string; attempts: { no: number; state: string; reference: string }[] }[];
}
async function tellWhatIsThere(port: number, dataDir: string): Promise<void> {
  const url = `http://127.0.0.1:${port}/v1`;
  const { purchases } = (await world(dataDir, "/admin/truth")) as {
    purchases: { reference: string; supplierOrderId: string }[];
  };
  const { orders } = (await (await fetch(`${url}/orders?state=checking&limit=200`)).json()) as {
    orders: { id: string }[];
  };
  for (const { id } of orders) {
    const detail = (await (await fetch(`${url}/orders/${id}`)).json()) as Detail;
    for (const part of detail.fulfillment_orders) {
      for (const attempt of part.attempts.filter((each) => each.state === "unknown")) {
        const bought = purchases.find((each) => each.reference === attempt.reference);
        const [what, body] =
          bought === undefined
            ? ["confirm-not-bought", { reason: "looked at the supplier's list" }]
            : ["confirm-bought", { supplier_order_id: bought.supplierOrderId }];
        // Refused while the time to settle has not passed: then the next round says it.
        await fetch(`${url}/fulfillment-orders/${part.id}/attempts/${attempt.no}/${what}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
      }
    }
  }
}
