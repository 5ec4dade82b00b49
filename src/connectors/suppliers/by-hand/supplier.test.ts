import assert from "node:assert/strict";
import { test } from "node:test";
import { noOutside } from "#test/engine.ts";
import type { PlaceRequest, SupplierContext } from "../../ports.ts";
import { byHandSupplier } from "./supplier.ts";

const context: SupplierContext = { supplierId: "1", accountId: "2", settings: {}, secrets: {}, outside: noOutside };

test("ST-16 a supplier placed by hand is never placed with by a call, and every other call says that it cannot be asked", async () => {
  const answers: unknown[] = [];

  await byHandSupplier.place(context, [{ reference: "SW-1" } as PlaceRequest], (reference, answer) =>
    answers.push([reference, answer.status]),
  );
  const asked = [
    await byHandSupplier.find(context, ["SW-1"]),
    await byHandSupplier.stock(context),
    await byHandSupplier.quote(context, [], "DE"),
  ];
  const [cancelled] = await byHandSupplier.cancel(context, [{ supplierOrderId: "1", lines: "all" }]);

  assert.deepEqual(answers, [["SW-1", "not_sent"]]);
  assert.deepEqual(
    asked.map((each) => each.status),
    ["bug", "bug", "bug"],
  );
  assert.equal(cancelled?.status, "refused");
  assert.deepEqual(await byHandSupplier.track(context, ["1"]), { status: "ok", orders: [] });
  assert.deepEqual(await byHandSupplier.list(context, new Date(0), new Date(1)), { status: "no_list" });
  assert.equal(byHandSupplier.contract({}).kind, "human");
  assert.equal(Object.values(byHandSupplier.capabilities).includes(true), false);
});
