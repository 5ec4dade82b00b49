import assert from "node:assert/strict";
import { test } from "node:test";
import { roles } from "#domain/role.ts";
import { signedIn } from "./testing/browser.ts";
import { aServer } from "./testing/server.ts";

test("PD-7 a signed-in owner exports and erases; another role, a key and another workspace's order get nothing", async (t) => {
  const at = await aServer(t);
  const shipTo = { name: "Ada Byron", email: "ada@marker.example" };
  const [mine] = await at.orders([{ channelOrderId: "1" }]);
  const [theirs] = await at.orders([{ channelOrderId: "2" }], at.rival);
  const owner = await signedIn(at, { email: "anna@example.org" });

  const exported = await at.ask("POST", "/v1/buyers/export", { body: { order: mine } });
  const foreign = await at.ask("POST", "/v1/buyers/export", { body: { order: theirs } });
  const absent = await at.ask("POST", "/v1/buyers/export", {
    body: { order: "ord_01980000-0000-7000-8000-000000000000" },
  });
  const byKey = await at.ask("POST", "/v1/buyers/erase", { body: { order: mine } });
  const byOwner = await owner.ask("POST", "/v1/buyers/erase", { order: mine });
  const strange = await owner.ask("POST", "/v1/buyers/erase", { order: theirs });
  const nonsense = await at.ask("POST", "/v1/buyers/export", { body: { mail: shipTo.email, buyer: "x" } });

  assert.deepEqual([exported.status, (exported.body["orders"] as unknown as unknown[]).length], [200, 1]);
  assert.deepEqual([foreign.status, foreign.text], [404, absent.text]);
  assert.deepEqual([byKey.status, byKey.body["code"]], [403, "person_needed"]);
  assert.equal(byOwner.status, 200);
  const kept = byOwner.body["kept"] as unknown as { id: string; why: string }[];
  assert.deepEqual([kept[0]?.id, /still on its way/.test(kept[0]?.why ?? "")], [mine, true]);
  assert.deepEqual([strange.status, nonsense.status], [404, 400]);
  for (const role of roles) {
    if (role === "owner" || role === "admin") continue;
    const key = await at.keyFor(at.workspaceId, role);
    const refused = await at.ask("POST", "/v1/buyers/export", { key, body: { order: mine } });
    assert.deepEqual([role, refused.status], [role, 403]);
  }
});
