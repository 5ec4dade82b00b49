import assert from "node:assert/strict";
import { openDb } from "#store/db.ts";
import { verifyInvariants } from "#store/invariants/verify.ts";
import type { BenchServer } from "./server.ts";
import { workspaceCount } from "./trade.ts";

/**
 * BE-5. After a run: every order of our sellers completed, each bought once, nothing waiting; and where `decided`, what no hand-written SQL keeps: the books, the chained trail, the
 * counters, every invariant that the product can verify. Throws with what is wrong: a wrong run is no measurement.
 */
export async function assertCorrect(
  server: BenchServer,
  database: string,
  { orders, decided }: { orders: number; decided: boolean },
): Promise<void> {
  const found = await server.asAdministrator(async (client) => {
    const { rows } = await client.query<Record<string, string>>(
      `select (select count(*) from sales_order where workspace_id <= $1 and headline = 'completed') as completed,
              (select count(*) from sales_order where workspace_id <= $1) as orders,
              (select count(*) from fulfillment_order where workspace_id <= $1 and state = 'completed') as parts,
              (select count(*) from attempt where workspace_id <= $1) as attempts,
              (select count(distinct supplier_order_id) from attempt where workspace_id <= $1 and state = 'placed') as purchases,
              (select count(*) from write_back where workspace_id <= $1 and state = 'told') as told,
              (select count(*) from parcel where workspace_id <= $1 and state = 'delivered') as delivered,
              (select count(*) from hold where workspace_id <= $1 and closed_at is null) as holds,
              (select count(*) from inbox where workspace_id <= $1 and done_at is not null) as messages`,
      [workspaceCount],
    );
    return rows[0]!;
  }, database);
  const each = String(orders);
  assert.deepEqual(
    { ...found },
    {
      completed: each,
      orders: each,
      parts: each,
      attempts: each,
      purchases: each,
      told: each,
      delivered: each,
      holds: "0",
      messages: each,
    },
    "not every order came to its end, or one came there twice",
  );
  if (!decided) return;
  const db = openDb(server.config("switchyard_engine", database), { max: 1 });
  try {
    const broken = (await verifyInvariants(db)).filter((invariant) => invariant.count > 0);
    assert.deepEqual(broken, [], "an invariant does not hold after the run");
  } finally {
    await db.end();
  }
}
