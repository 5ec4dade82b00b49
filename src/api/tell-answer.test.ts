import assert from "node:assert/strict";
import { test } from "node:test";
import { aServer } from "./testing/server.ts";

interface Case {
  no: number;
  told: string | null;
  actions: Record<"resend" | "told_by_hand", { allowed: boolean }>;
}

test("UI-26 the channel is told of a cancellation again, or by a person with evidence, once", async (t) => {
  const at = await aServer(t);
  const [id] = await at.orders([{}]);
  const cases = async (): Promise<Case[]> =>
    (await at.ask("GET", `/v1/orders/${id!}`)).body["cancellations"] as unknown as Case[];
  const on = (what: string) => `/v1/orders/${id!}/cancellations/1/${what}`;
  assert.equal((await at.ask("POST", `/v1/orders/${id!}/cancel`, { body: {} })).status, 200);
  assert.equal((await cases())[0]!.told, "waiting");

  const again = await at.ask("POST", on("resend"), { body: {} });
  const silent = await at.ask("POST", on("told-by-hand"), { body: { evidence: " " } });
  const byHand = await at.ask("POST", on("told-by-hand"), { body: { evidence: "the shop shows it as cancelled" } });
  const late = await at.ask("POST", on("resend"), { body: {} });
  const nowhere = await at.ask("POST", `/v1/orders/${id!}/cancellations/2/resend`, { body: {} });

  assert.deepEqual([again.status, again.body["write_backs"] as unknown], [200, 1], again.text);
  assert.equal(silent.status, 422, silent.text);
  assert.deepEqual([byHand.status, byHand.body["write_backs"] as unknown], [200, 1], byHand.text);
  assert.equal(late.status, 409, late.text);
  assert.match(late.text, /The channel knows this already/);
  assert.equal(nowhere.body["code"] as unknown, "no_such_cancellation");
  const [told] = await cases();
  assert.equal(told!.told, "told");
  assert.deepEqual([told!.actions.resend.allowed, told!.actions.told_by_hand.allowed], [false, false]);
});
