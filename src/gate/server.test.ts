import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { GateAway, type Gate, type PurchaseCall, type Supplier } from "#connectors/ports.ts";
import { createGateClient } from "./client.ts";
import { serveGate } from "./server.ts";
import { fromWire, toWire } from "./wire.ts";

const call = (attemptId: string): PurchaseCall => ({
  workspaceId: "1" as never,
  attemptId: attemptId as never,
  fence: 3,
  mode: "send",
});
const account = { workspaceId: "1", supplierId: "2", accountId: "3" } as never;
const placed = {
  status: "placed",
  supplierOrderId: "77",
  total: { amount: 9_007_199_254_740_993n, currency: "EUR" },
  notAccepted: [],
} as const;
async function served(t: TestContext, gate: Partial<Gate>, connectors: ReadonlyMap<string, Supplier> = new Map()) {
  const server = await serveGate(gate as Gate, { token: "t0ken" });
  const at: { url: string; token: string } = { url: server.url, token: "t0ken" };
  const client = createGateClient({ where: () => at, connectors });
  t.after(async () => {
    client.close();
    await server.close();
  });
  return { client, at, server };
}

test("PL-63 answers come one by one as they arrive, with amounts, instants and bytes as they were", async (t) => {
  let release = (): void => {};
  const slow = new Promise<void>((resolve) => (release = resolve));
  const since = new Date("2026-11-22T12:00:00.123Z");
  const { client } = await served(t, {
    async place(calls, onAnswer) {
      onAnswer(calls[0]!, { ...placed, notAccepted: [] });
      await slow;
      onAnswer(calls[1]!, { status: "not_sent", message: "" });
    },
    list: async (_account, from) => ({ status: "ok", since: from, purchases: [] }),
    readInbox: async () => ({
      status: "ok",
      documents: [{ fileName: "a", bytes: new Uint8Array([0, 255]), sha256: "", kind: null, records: [], faults: [] }],
    }),
  });
  const said: string[] = [];

  const placing = client.place([call("1"), call("2")], (each, answer) => {
    said.push(`${each.attemptId} ${answer.status}`);
    if (answer.status === "placed") {
      assert.deepEqual(answer, placed);
      release();
    }
  });
  await placing;

  assert.deepEqual(said, ["1 placed", "2 not_sent"]);
  assert.deepEqual(await client.list(account, since, since), { status: "ok", since, purchases: [] });
  const inbox = await client.readInbox(account, "UTC");
  assert.deepEqual(inbox.status === "ok" && [...inbox.documents[0]!.bytes], [0, 255]);
});

test("PL-63 without the token the gate answers nothing", async (t) => {
  let asked = 0;
  const { client, at } = await served(t, { settle: async () => ((asked += 1), []) });
  at.token = "guess";

  await assert.rejects(client.settle([]), GateAway);
  assert.equal(await client.isThere(), false);
  assert.equal(asked, 0);
});

test("PL-63 a gate that is away, or goes away in the middle, is said to be away: no answer is made up", async (t) => {
  const { client, at, server } = await served(t, {
    async place(calls, onAnswer) {
      onAnswer(calls[0]!, { status: "not_sent", message: "" });
      throw new Error("a full disk");
    },
  });
  const said: string[] = [];
  await assert.rejects(
    client.place([call("1"), call("2")], (each) => said.push(each.attemptId)),
    GateAway,
  );
  assert.deepEqual(said, ["1"]);

  await server.close();
  await assert.rejects(
    client.place([call("1")], () => assert.fail()),
    GateAway,
  );
  await assert.rejects(client.settle([call("1")]), GateAway);
  assert.deepEqual((await client.find(account, ["SW-1"])).status, "retry_later");
  assert.equal(await client.isThere(), false);
  at.url = "http://127.0.0.1:1";
  assert.deepEqual(
    (await client.sendDocument({ workspaceId: "1" as never, dispatchId: "2" as never })).status,
    "retry_later",
  );
});

test("PL-63 the wire keeps what JSON lacks, and leaves everything else alone", () => {
  const value = {
    big: -(2n ** 70n),
    at: new Date(0),
    bytes: new Uint8Array([1, 2]),
    text: "✓ $int",
    list: [null, true, 1.5],
    like: { $int: 1, other: 2 },
  };

  assert.deepEqual(fromWire(toWire(value)), value);
  assert.throws(() => fromWire('{"$at":"never"}'), SyntaxError);
});
