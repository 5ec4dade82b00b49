import assert from "node:assert/strict";
import { openDb } from "#store/db.ts";
import { verifyInvariants } from "#store/invariants/verify.ts";
import type { BenchServer } from "./server.ts";

/** BE-5. After a run: every order completed, each bought once, the books and the trail whole. Throws with what is wrong: a wrong run is no measurement. */
export async function assertCorrect(server: BenchServer, database: string, orders: number): Promise<void> {
  const found = await server.asAdministrator(async (client) => {
    const { rows } = await client.query<Record<string, string>>(`
      select (select count(*) from sales_order where headline = 'completed') as completed,
             (select count(*) from sales_order) as orders,
             (select count(*) from fulfillment_order where state = 'completed') as parts,
             (select count(*) from attempt) as attempts,
             (select count(distinct supplier_order_id) from attempt where state = 'placed') as purchases,
             (select count(*) from write_back where state = 'told') as told,
             (select count(*) from parcel where state = 'delivered') as delivered,
             (select count(*) from hold where closed_at is null) as holds,
             (select count(*) from inbox where done_at is not null) as messages`);
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
  const db = openDb(server.config("switchyard_engine", database), { max: 1 });
  try {
    const broken = (await verifyInvariants(db)).filter((invariant) => invariant.count > 0);
    assert.deepEqual(broken, [], "an invariant does not hold after the run");
  } finally {
    await db.end();
  }
}
