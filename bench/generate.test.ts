import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Client } from "pg";
import { verifyInvariants } from "#store/invariants/verify.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { testDatabase } from "#test/postgres.ts";
import { generateOrders, shareOfLargest, workspaceIdOf, workspaces } from "./generate.ts";
import { liveOneOrder, orderTables } from "./template.ts";

const period = { from: new Date("2025-01-01T00:00:00Z"), to: new Date("2025-06-01T00:00:00Z") };

test("BE-40 generated orders are like those the engine finished: every invariant holds on 200 of them, the chain of hashes included", async (t) => {
  const { template, database } = await generated(t, "finished");
  const broken = async (): Promise<string[]> =>
    (await verifyInvariants(database.engine)).filter((each) => each.count > 0).map((each) => each.id);

  assert.deepEqual(await broken(), []);

  const { n } = await database.engine.one(
    row({ n: col.int }),
    sql`select count(*)::int as n from sales_order where headline = 'completed'`,
  );
  assert.equal(n, 200);
  for (const { table, rows } of template.finished)
    assert.equal(await countRows(database.config("postgres"), table), 200 * rows.length, table);
  await asPostgres(database.config("postgres"), (client) =>
    client.query(
      "update event set actor = 'somebody else' where seq = 5 and order_id = (select min(id) from sales_order)",
    ),
  );
  assert.deepEqual(await broken(), ["I17"], "the check can see a wrong one");
});

test("BE-41 of twenty workspaces the first holds forty percent of the generated orders, the others equal shares", async (t) => {
  const { database } = await generated(t, "finished");

  const shares = await database.engine.rows(
    row({ workspaceId: col.text, n: col.int }),
    sql`select workspace_id, count(*)::int as n from sales_order group by workspace_id order by workspace_id`,
  );

  assert.equal(shares.length, workspaces);
  assert.deepEqual(shares[0], { workspaceId: workspaceIdOf(1), n: 200 * shareOfLargest });
  for (const { n } of shares.slice(1)) assert.ok(n === 6 || n === 7, String(n));
});

test("BE-42 a second generation into the same database is refused, and nothing of the first is lost", async (t) => {
  const { database, template } = await generated(t, "waiting");

  await assert.rejects(
    generateOrders(database.config("postgres"), template, { orders: 5, what: "waiting", ...period }),
    /has none; this one has some/,
  );

  assert.equal(await countRows(database.config("postgres"), "fulfillment_order"), 200);
});

async function generated(t: TestContext, what: "finished" | "waiting") {
  const scratch = await testDatabase(t);
  const template = await liveOneOrder({
    engine: scratch.config("switchyard_engine"),
    administrator: scratch.config("postgres"),
  });
  assert.deepEqual(
    template.finished.map(({ table }) => table),
    [...orderTables],
  );
  const database = await testDatabase(t);
  await generateOrders(database.config("postgres"), template, { orders: 200, what, ...period });
  return { template, database };
}

async function asPostgres<T>(config: object, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(config);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
/** Of the orders, not of the workspaces around them. */
const countRows = (config: object, table: string): Promise<number> =>
  asPostgres(config, async (client) => {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from ${table} t ${
        table === "ledger_transaction"
          ? "where t.order_id is not null"
          : table === "ledger_entry"
            ? "where exists (select from ledger_transaction l where l.workspace_id = t.workspace_id and l.id = t.transaction_id and l.order_id is not null)"
            : ""
      }`,
    );
    return rows[0]!.n;
  });
