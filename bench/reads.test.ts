import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { testDatabase } from "#test/postgres.ts";
import { generateOrders } from "./generate.ts";
import { allReads, readSubject, touched } from "./reads.ts";
import { liveOneOrder } from "./template.ts";

/** Generated orders with some that are not finished, and what to ask about them. */
async function aSubject(t: TestContext, orders: number) {
  const scratch = await testDatabase(t);
  const template = await liveOneOrder({
    engine: scratch.config("switchyard_engine"),
    administrator: scratch.config("postgres"),
  });
  const database = await testDatabase(t);
  const period = { from: new Date("2025-01-01T00:00:00Z"), to: new Date("2025-06-01T00:00:00Z") };
  await generateOrders(database.config("postgres"), template, { orders, what: "finished", ...period });
  return { database, subject: await readSubject({ config: database.config }, database.name) };
}

test("BE-43, BE-44 every read finds something, and no page looks through the workspace it is for", async (t) => {
  const { database, subject } = await aSubject(t, 5_000);

  const found = await touched(subject, { byIndex: true });

  assert.deepEqual(
    [...found.keys()],
    allReads.map((read) => read.name),
  );
  assert.equal(new Set(subject.asked.map((each) => each.workspaceId)).size, 20);
  // The largest has 2,000 orders. The most is looked at to see that a supplier has more than a thousand.
  for (const read of allReads.filter((each) => each.isFlat))
    assert.ok(found.get(read.name)!.rows < 1_100, `${read.name}: looks at ${found.get(read.name)!.rows} rows`);

  await database.engine.run({ text: "update hold set closed_at = opened_at", values: [] });
  await assert.rejects(touched(subject), /"list of a reason" found nothing/);
});
