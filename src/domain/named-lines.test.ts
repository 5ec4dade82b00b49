import assert from "node:assert/strict";
import { test } from "node:test";
import { linesNamed } from "./named-lines.ts";
import type { OrderLine } from "./order.ts";

const line = (no: number, sku: string, quantity: number, cancelled = 0): OrderLine => ({
  no,
  channelLineId: `L${no}`,
  sku,
  title: sku,
  quantity,
  quantityEdited: null,
  cancelled,
  channelCancelled: cancelled,
  fulfilledElsewhere: 0,
  unitPrice: "1.00",
  kind: "goods",
  fulfilledBy: "us",
});

test("IM-9 units of a SKU are taken from the first lines that have some left", () => {
  const lines = [line(1, "MUG", 3, 2), line(2, "TEA", 5), line(3, "MUG", 4)];

  assert.deepEqual(linesNamed(lines, [{ sku: "MUG", quantity: 3 }]), [
    { orderLineNo: 1, quantity: 1 },
    { orderLineNo: 3, quantity: 2 },
  ]);
  assert.deepEqual(
    linesNamed(lines, [
      { sku: "MUG", quantity: 4 },
      { sku: "MUG", quantity: 4 },
    ]),
    [
      { orderLineNo: 1, quantity: 1 },
      { orderLineNo: 3, quantity: 3 },
      { orderLineNo: 3, quantity: 1 },
    ],
  );
});

test("IM-9 a line that is named by its id is that line, and all is all", () => {
  const lines = [line(1, "MUG", 3), line(2, "MUG", 3)];

  assert.deepEqual(linesNamed(lines, [{ channelLineId: "L2", quantity: 2 }]), [{ orderLineNo: 2, quantity: 2 }]);
  assert.equal(linesNamed(lines, "all"), "all");
});
