import assert from "node:assert/strict";
import { test } from "node:test";
import { orderColumns } from "#domain/order-views.ts";
import {
  allColumns,
  areSame,
  readColumns,
  toggled,
  usualColumns,
  writeColumns,
} from "../web/src/screens/orders/chosen-columns.ts";
import { ordersSearch } from "../web/src/screens/orders/orders-search.ts";

test("UI-93 the dashboard offers every column that a view can keep", () => {
  assert.deepEqual([...allColumns].sort(), [...orderColumns].sort());
  assert.deepEqual(
    usualColumns,
    allColumns.filter((each) => usualColumns.includes(each)),
    "in the same order",
  );
});

test("UI-93 columns in the address are read as they were written; what is none is dropped", () => {
  assert.deepEqual(readColumns(writeColumns(["total", "items"])), ["total", "items"]);
  assert.deepEqual(readColumns("total,total,price,,owner"), ["total", "owner"]);
  assert.equal(readColumns("price"), undefined);
  assert.equal(readColumns(undefined), undefined);
  assert.deepEqual(ordersSearch({ columns: "items,nothing,profit" }), { columns: "items,profit" });
  assert.deepEqual(ordersSearch({ columns: "nothing" }), {});
});

test("UI-93 a column goes and comes back to its place; the last one stays", () => {
  const without = toggled(usualColumns, "payment");
  assert.ok(!without.includes("payment"));
  assert.ok(areSame(toggled(without, "payment"), usualColumns));
  assert.deepEqual(toggled(["items", "total"], "owner"), ["items", "owner", "total"]);
  assert.deepEqual(toggled(["total", "items"], "ordered"), ["total", "items", "ordered"]);
  assert.deepEqual(toggled(["items"], "items"), ["items"]);
});
