import assert from "node:assert/strict";
import { test } from "node:test";
import { sandboxSupplier } from "#connectors/suppliers/sandbox/supplier.ts";
import { publicId } from "#domain/ids.ts";
import { accountOwners } from "#gate/secrets.ts";
import { listAccounts } from "#store/supplier.ts";
import { testVault } from "#test/vault.ts";
import { everyText } from "#test/every-text.ts";
import { aServer } from "./testing/server.ts";

const marker = "swordfish-5105-marker";

test("VA-16 secrets are set and tried through the API, told to be set, and never answered, kept or hashed in clear", async (t) => {
  const at = await aServer(t, {}, { suppliers: new Map([["sandbox", sandboxSupplier]]) });
  const [account] = await listAccounts(at.database.engine, at.sandbox.workspaceId);
  const url = `/v1/accounts/${publicId("account", account!.publicId)}/secrets`;
  const local = { key: null };

  const before = await at.ask("GET", url, local);
  const set = await at.ask("PUT", url, { ...local, body: { token: marker } });
  const wrong = await at.ask("PUT", url, { ...local, body: { token: [marker] } });
  const unknown = await at.ask("PUT", url, { ...local, body: { tokn: marker } });
  const repeated = await at.ask("PUT", url, {
    ...local,
    body: { token: marker },
    headers: { "idempotency-key": "k1" },
  });

  assert.deepEqual(
    [before.status, set.status, wrong.status, unknown.status, repeated.status],
    [200, 200, 400, 422, 200],
  );
  const stateOf = (answer: typeof set) =>
    (answer.body["secrets"] as unknown as Record<string, unknown>[]).map((each) => [
      each["name"],
      each["is_set"],
      each["set_by"],
    ]);
  assert.deepEqual([stateOf(before), stateOf(set)], [[["token", false, null]], [["token", true, "local"]]]);
  for (const answer of [set, wrong, unknown, repeated]) assert.equal(answer.text.includes(marker), false);
  const key = { workspaceId: at.sandbox.workspaceId, supplierId: account!.supplierId, accountId: account!.id };
  const opened = await testVault(at.database, () => at.engine.clock.now()).open(accountOwners(key), "test");
  assert.equal(opened["token"]?.reveal(), marker);
  assert.deepEqual(await everyText(at.database, marker), []);
  const taken = await at.ask("PUT", url, { ...local, body: { token: null } });
  assert.deepEqual(stateOf(taken), [["token", false, null]]);
});

test("VA-16 a key may not enter secrets, and another workspace's account is answered like one that is not there", async (t) => {
  const at = await aServer(t, {}, { suppliers: new Map([["sandbox", sandboxSupplier]]) });
  const [mine] = await listAccounts(at.database.engine, at.workspaceId);
  const [theirs] = await listAccounts(at.database.engine, at.rival.workspaceId);
  const url = (uuid: string): string => `/v1/accounts/${publicId("account", uuid)}/secrets`;
  const absent = "01980000-0000-7000-8000-000000000000";

  const byKey = await at.ask("PUT", url(mine!.publicId), { body: { token: "x" } });
  const [foreign, missing] = [await at.ask("GET", url(theirs!.publicId)), await at.ask("GET", url(absent))];

  assert.deepEqual([byKey.status, byKey.body["code"]], [403, "person_needed"]);
  assert.equal(foreign.status, 404);
  assert.equal(foreign.text, missing.text);
});

test("CD-6 a card number that is sent to the API, with an order or a hold, is nowhere in the database; ids stay", async (t) => {
  const at = await aServer(t);
  const card = "4111 1111 1111 1111";
  const order = {
    channel: at.channel,
    number: "4012888888881881",
    currency: "EUR",
    payment: "paid",
    note: `take my card ${card}, cvc 321`,
    ship_to: { name: "Ada Byron", line1: `1 Mill Lane ${card}`, city: "Leeds", postcode: "LS1 1AA", country: "GB" },
    lines: [{ sku: "MUG", title: "Mug 5555555555554444", quantity: 1, unit_price: "20.00" }],
  };

  const made = await at.ask("POST", "/v1/orders", { body: order, headers: { "idempotency-key": "k-1" } });
  assert.equal(made.status, 201, made.text);
  const { id } = (made.body["order"] ?? made.body) as unknown as { id: string };
  const held = await at.ask("POST", `/v1/orders/${id}/hold`, { body: { note: `pays with ${card}` } });
  assert.equal(held.status, 200, held.text);

  const shown = await at.ask("GET", `/v1/orders/${id}`);
  assert.match(shown.text, /card number removed/);
  assert.match(shown.text, /4012888888881881/);
  for (const text of [card, "5555555555554444", "cvc 321"]) assert.deepEqual(await everyText(at.database, text), []);
});
