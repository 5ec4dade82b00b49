import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { hireCrew, type Crew } from "./crew.ts";
import { makeSellersWithJobs } from "./jobs.ts";
import { runOnce, type Run } from "./run.ts";
import { openBenchServer, type BenchServer } from "./server.ts";

suite("one job per transition", () => {
  let server: BenchServer;
  let crew: Crew;
  let jobs: Run;
  let ceiling: Run;

  before(async () => {
    server = await openBenchServer();
    const sellers = await makeSellersWithJobs(server);
    crew = hireCrew(1);
    const wished = { crew, orders: 40, sellers, isWeighed: true };
    jobs = await runOnce(server, { ...wished, program: "jobs", batch: 1 });
    ceiling = await runOnce(server, { ...wished, program: "ceiling", batch: 20 });
  });
  after(async () => {
    await crew?.end();
    await server?.close();
  });

  test("BE-50 jobs bring every order to its end, and write the rows that the ceiling writes", () => {
    // Per batch and workspace, not per order, change what orders share and the ceiling's own bookkeeping.
    const shared = new Set([
      "account_day",
      "connection",
      "counter",
      "ledger_account",
      "order_change",
      "stock",
      "supplier_account",
      "tracking_turn",
    ]);
    for (const [table, theirs] of Object.entries(ceiling.weight!)) {
      if (shared.has(table)) continue;
      const ours = jobs.weight![table]!;
      for (const what of ["inserts", "updates", "deletes"] as const)
        assert.equal(ours[what], theirs[what], `${table}: ${what} per order`);
    }
  });

  test("BE-51 each job is a transaction of its own: eight an order, and no fewer syncs of the log than the ceiling's", () => {
    assert.ok(jobs.commits >= 8 * jobs.orders, `${jobs.commits} transactions for ${jobs.orders} orders`);
    assert.ok(jobs.walFsyncs / jobs.orders > ceiling.walFsyncs / ceiling.orders);
  });
});
