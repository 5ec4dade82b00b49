import assert from "node:assert/strict";
import { test } from "node:test";
import { takeFreely } from "./cancel-free.ts";
import { takeBack } from "./quantities.ts";
import { aDossier, aDraft, aFoLine, aFulfillmentOrder, aLine } from "./testing/dossier.ts";

test("QT-2 what is left of a pack that was taken back has no route any more; whole packs keep theirs", () => {
  for (const [taken, left] of [
    [1, { quantity: 3, supplierSku: null, units: 0 }],
    [2, { quantity: 2, supplierSku: "PACK", units: 1 }],
  ] as const) {
    const line = aLine({ quantity: 4 });
    const part = aFulfillmentOrder({
      state: "held",
      lines: [aFoLine({ quantity: 4, supplierSku: "PACK", unitsPer: 1, per: 2, units: 2, unitsPlaced: 0 })],
    });
    const draft = aDraft(aDossier({ lines: [line], fulfillmentOrders: [part], attempts: [] }));

    assert.equal(takeBack(draft, line, taken), 0);

    const { quantity, supplierSku, units } = part.lines[0]!;
    assert.deepEqual({ quantity, supplierSku, units }, left);
  }
});

test("CN-5 a unit cancelled out of a pack leaves a rest without a route", () => {
  const part = aFulfillmentOrder({
    state: "waiting",
    lines: [aFoLine({ quantity: 4, supplierSku: "PACK", unitsPer: 1, per: 2, units: 2, unitsPlaced: 0 })],
  });
  const draft = aDraft(aDossier({ lines: [aLine({ quantity: 4 })], fulfillmentOrders: [part], attempts: [] }));
  const { orderLineNo, componentNo } = part.lines[0]!;

  assert.equal(takeFreely(draft, part, { orderLineNo, componentNo }, 1), 1);

  assert.deepEqual(
    part.lines.map(({ quantity, supplierSku, units }) => [quantity, supplierSku, units]),
    [[3, null, 0]],
  );
  assert.equal(part.state, "received");
});
