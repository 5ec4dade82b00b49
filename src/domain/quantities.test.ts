import assert from "node:assert/strict";
import { test } from "node:test";
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
