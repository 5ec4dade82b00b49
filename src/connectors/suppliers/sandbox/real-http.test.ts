import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { realClock } from "#cli/clock.ts";
import { createOutside } from "#cli/outside.ts";
import { supplierSuite, type SupplierBench } from "#connectors/ports.suite.ts";
import type { HttpRequest, PlaceRequest } from "#connectors/ports.ts";
import { buyers } from "#sandbox/shop/buyers.ts";
import { sandboxSupplier } from "./supplier.ts";
import { Secret } from "#domain/secret.ts";

/** The same contract once more as the product meets it: the world in a process of its own, the product's own way out, the clock on the wall. */
const folder = mkdtempSync(join(tmpdir(), "sandbox-contract-"));
const outside = createOutside({ clock: realClock });
const speed = 2_000;
let child: ChildProcess;
let baseUrl = "";

before(async () => {
  const main = join(import.meta.dirname, "../../../sandbox/main.ts");
  const quiet = ["--faults", "calm", "--orders-at-start", "0", "--orders-per-minute", "0"];
  child = spawn(process.execPath, [main, "--folder", folder, "--speed", String(speed), ...quiet], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  baseUrl = (JSON.parse(line.toString()) as { url: string }).url;
});
after(() => {
  child.kill("SIGKILL");
  outside.close();
  rmSync(folder, { recursive: true, force: true });
});

const faultOf = {
  refuses: "refusal",
  cut_before: "time_out_before",
  cut_after: "time_out_after",
  error_before: "error_before",
  error_after: "error_after",
  nonsense: "garbage",
};
const calm = Object.fromEntries(Object.values(faultOf).map((fault) => [fault, 0]));

async function makeBench(): Promise<SupplierBench> {
  let requests = 0;
  // As the gate does: every purchase has a last check between the standing connection and the first byte.
  const http = (request: HttpRequest) => (
    requests++,
    outside.http(request.method === "POST" ? { ...request, lastCheck: async () => undefined } : request)
  );
  const settings = { baseUrl, supplier: "kestrel", kind: "lookup", speed };
  const context = {
    supplierId: "1",
    accountId: "1",
    settings,
    secrets: { token: new Secret("sandbox-kestrel") },
    outside: { ...outside, http },
  };
  const purchase = (reference: string): PlaceRequest => ({
    reference,
    idempotencyKey: `key-of-${reference}`,
    maxTotal: { amount: 50_000n, currency: "EUR" },
    shipTo: buyers[4]!.address,
    method: "GROUND",
    lines: [{ no: 1, supplierSku: "KR-MUG-B", units: 2, unitCost: "6.95" }],
    note: "",
  });
  const books = async (): Promise<string[]> => {
    const answer = await outside.http({
      method: "GET",
      url: `${baseUrl}/suppliers/kestrel/statement`,
      headers: { authorization: "Bearer sandbox-kestrel" },
      timeoutMs: 5000,
    });
    return (JSON.parse(answer.text) as { purchases: { reference: string }[] }).purchases.map(
      ({ reference }) => reference,
    );
  };
  const trouble = async (rates: Record<string, number>): Promise<void> => {
    const body = JSON.stringify({ suppliers: { kestrel: { ...calm, ...rates } } });
    await outside.http({
      method: "PUT",
      url: `${baseUrl}/admin/faults`,
      headers: { "content-type": "application/json" },
      body,
      timeoutMs: 5000,
    });
  };
  await trouble({});
  const earlier = (await books()).length;
  return {
    supplier: sandboxSupplier,
    context,
    unreachable: { ...context, settings: { ...settings, baseUrl: "http://127.0.0.1:1" } },
    purchase,
    trouble: async (given) => trouble(given === null ? {} : { [faultOf[given]]: 1 }),
    pass: async (ms) => sleep(ms),
    bought: async () => (await books()).slice(earlier),
    requests: () => requests,
    shippedAfterMs: 700,
    close: async () => undefined,
  };
}

supplierSuite("sandbox over real HTTP", makeBench, { key: "this kind of supplier knows no keys" });
