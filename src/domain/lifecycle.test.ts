import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fulfillmentStates,
  headlineOfOrder,
  headlineOfPart,
  headlineOrder,
  isFinal,
  mayMove,
  nextStates,
  type FulfillmentState,
  shippingOf,
  sourcingOf,
} from "./lifecycle.ts";
import { reasonCodes, reasons } from "./reasons.ts";
import { aDossier, aDraft, aFulfillmentOrder } from "./testing/dossier.ts";

test("LC-1 a fulfillment order moves only along the table", () => {
  const draft = aDraft(aDossier({ fulfillmentOrders: [aFulfillmentOrder({ state: "placed" })], attempts: [] }));
  const [fo] = draft.dossier.fulfillmentOrders;

  assert.throws(() => draft.move(fo!, "received"), /cannot go from placed to received/);

  assert.equal(fo!.state, "placed");
  assert.equal(mayMove("placed", "shipped"), true);
});

test("LC-2 every state but the two ends has a way out, and each is reachable from received", () => {
  for (const state of fulfillmentStates) {
    assert.equal(isFinal(state), state === "completed" || state === "cancelled", state);
    for (const next of nextStates[state]) assert.ok(fulfillmentStates.includes(next), `${state} → ${next}`);
  }
  const seen = new Set<FulfillmentState>();
  const walk = (state: FulfillmentState): void => {
    if (seen.has(state)) return;
    seen.add(state);
    nextStates[state].forEach(walk);
  };
  walk("received");
  assert.deepEqual([...seen].sort(), [...fulfillmentStates].sort());
});

test("LC-3 the order shows its most urgent part; cancelled parts count only alone", () => {
  assert.equal(headlineOfOrder(["shipped", "waiting", "cancelled"]), "waiting");
  assert.equal(headlineOfOrder(["delivered", "needs_attention"]), "needs_attention");
  assert.equal(headlineOfOrder(["cancelled", "completed"]), "completed");
  assert.equal(headlineOfOrder(["cancelled", "cancelled"]), "cancelled");
  assert.deepEqual(headlineOrder.slice(0, 3), ["needs_attention", "checking", "with_our_team"]);
});

test("LC-4 a hold before placing is a headline of its own; afterwards only what needs a person outranks the state", () => {
  assert.equal(headlineOfPart("held", ["stand_by"]), "stand_by");
  assert.equal(headlineOfPart("held", ["awaiting_payment", "sku_not_linked"]), "needs_attention");
  assert.equal(headlineOfPart("held", ["by_person", "review"]), "on_hold");
  assert.equal(headlineOfPart("placed", ["tracking_overdue"]), "needs_attention");
  assert.equal(headlineOfPart("shipped", ["by_person"]), "shipped");
  assert.equal(headlineOfPart("completed", ["tracking_overdue"]), "completed");
});

test("LC-5 every reason tells what happened and what to do next", () => {
  for (const code of reasonCodes) {
    const { title, what, next, actions } = reasons[code];
    assert.ok(title.length > 3 && what.length > 20 && next.length > 10 && actions.length > 0, code);
    assert.ok(!/\bplease\b/i.test(what + next), code);
  }
});

test("UI-11 sourcing says what is still to be got, shipping how much has left", () => {
  assert.equal(sourcingOf(["ordered", "shipped"]).code, "ordered");
  assert.equal(sourcingOf(["waiting", "shipped"]).title, "Waiting to order");
  assert.equal(sourcingOf(["shipped", "delivered", "cancelled"]).code, "sourced");
  assert.equal(sourcingOf(["cancelled", "cancelled"]).code, "cancelled");
  assert.equal(sourcingOf([]).code, "completed");

  assert.equal(shippingOf([]), "nothing");
  assert.equal(shippingOf(["cancelled"]), "nothing");
  assert.equal(shippingOf(["placed", "waiting"]), "not_shipped");
  assert.equal(shippingOf(["placed", "shipped"]), "partly_shipped");
  assert.equal(shippingOf(["partially_shipped"]), "partly_shipped");
  assert.equal(shippingOf(["shipped", "delivered", "cancelled"]), "shipped");
  assert.equal(shippingOf(["delivered", "cancelled"]), "delivered");
});
