import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpus } from "node:os";
import { after, before, suite, test } from "node:test";
import { Client } from "pg";
import { openDb } from "#store/db.ts";
import { sql } from "#store/sql.ts";
import { assertCorrect } from "./correct.ts";
import { hireCrew, type Crew } from "./crew.ts";
import { inThisProcess, measure } from "./measure.ts";
import { findScans, scansOf } from "./plans.ts";
import { machineCpuMs, postgresCpuMs, processCpuMs } from "./processes.ts";
import { bytesOf, orderTables, runOn, runOnce, type Run } from "./run.ts";
import { openBenchServer, type BenchServer } from "./server.ts";
import { makeSellers, openShops } from "./set-up.ts";

suite("a short benchmark", () => {
  let server: BenchServer;
  let sellers: string;
  let alone: Crew;
  let engine: Run;
  let ceiling: Run;
  const orders = 400;

  before(async () => {
    server = await openBenchServer();
    sellers = await makeSellers(server);
    alone = hireCrew(1);
    const wished = { crew: alone, orders, batch: 200, sellers, isWeighed: true };
    ceiling = await runOnce(server, { ...wished, program: "ceiling" });
    engine = await runOnce(server, { ...wished, program: "engine" });
  });
  after(async () => {
    await alone?.end();
    await server?.close();
  });

  test("BE-6 BE-7 the ceiling writes the rows that the engine writes, per table, and they weigh the same", () => {
    const names = new Set([...Object.keys(engine.weight!), ...Object.keys(ceiling.weight!)]);
    for (const name of names) {
      const ours = engine.weight![name];
      const theirs = ceiling.weight![name];
      // Of a table that changes once per batch and workspace it matters little how often.
      for (const what of ["inserts", "updates", "deletes"] as const) {
        const [a, b] = [ours?.[what] ?? 0, theirs?.[what] ?? 0];
        assert.ok(
          Math.abs(a - b) <= Math.max(0.2, 0.05 * b),
          `${name}: ${a} ${what} per order by the engine, ${b} by the ceiling`,
        );
      }
    }
    for (const table of [...orderTables, "inbox", "decision"]) {
      const [a, b] = [engine.weight![table]!.rowBytes, ceiling.weight![table]!.rowBytes];
      assert.ok(Math.abs(a / b - 1) <= 0.05, `${table}: a row has ${a} bytes by the engine, ${b} by the ceiling`);
    }
  });

  test("BE-11 what an order costs in counted things stays within wide margins", () => {
    const kept = (run: Run): number => bytesOf(run.weight!, orderTables);
    assert.ok(kept(engine) / kept(ceiling) < 1.2, "bytes per order");
    assert.ok(
      engine.walBytes / ceiling.walBytes < 1.25,
      `log: ${engine.walBytes} by the engine, ${ceiling.walBytes} by the ceiling`,
    );
    assert.ok(engine.weight!["decision"]!.rowBytes < 720, "bytes of a decision");
    assert.ok(kept(engine) < 18_000, `a finished order weighs ${kept(engine)} bytes`);
    assert.ok(engine.statements / engine.commits < 40, `${engine.statements} statements for ${engine.commits} commits`);
    assert.ok(
      engine.roundTrips / engine.commits < 14,
      `${engine.roundTrips} round trips for ${engine.commits} commits`,
    );
    assert.ok(engine.walFsyncs / orders < 0.6, `${engine.walFsyncs} syncs for ${orders} orders`);
  });

  test("BE-10 no statement of a lifecycle reads a table of orders without an index condition", async () => {
    const { texts, scans } = await findScans(server);

    assert.deepEqual(scans, []);
    assert.ok(texts.length > 50, `${texts.length} statements were planned`);
  });

  test("BE-10 a scan would be seen", async () => {
    const found = await server.asAdministrator(
      (client) =>
        scansOf(
          client,
          "select from event e join sales_order o on o.workspace_id = e.workspace_id and o.id = e.order_id where e.kind = $1",
        ),
      sellers,
    );

    assert.ok(found.some(({ table }) => table === "event"));
  });

  test("BE-12 two processes complete each order once", async () => {
    const crew = hireCrew(2);
    try {
      const run = await runOnce(server, { program: "engine", crew, orders: 200, batch: 50, sellers });

      assert.equal(run.orders, 200);
    } finally {
      await crew.end();
    }
  });

  test("BE-5 a run that leaves an order behind is no measurement", async () => {
    const database = await server.makeDatabase(sellers);
    try {
      await runOn(server, database, { first: 0, count: 40 }, { program: "engine", crew: alone, batch: 40 });
      const check = () => assertCorrect(server, database, { orders: 40, decided: true });
      await check();

      await server.asAdministrator((client) => client.query("update event set hash = 'x' where seq = 3"), database);
      await assert.rejects(check, /an invariant does not hold/);
      await server.asAdministrator(
        (client) =>
          client.query("update sales_order set headline = 'delivered' where id = (select min(id) from sales_order)"),
        database,
      );
      await assert.rejects(check, /not every order came to its end/);
    } finally {
      await server.dropDatabase(database);
    }
  });

  test("BE-1 what is counted is exact: statements, commits, round trips, syncs", async () => {
    const database = await server.makeDatabase();
    await openShops(server, database);
    const usage = await measure(server, async () => [
      await inThisProcess(async () => {
        const db = openDb(server.config("switchyard_engine", database), { max: 1 });
        for (let slot = 0; slot < 10; slot += 1) {
          await db.tx((tx) =>
            Promise.all([
              tx.run(sql`select nextval('fence')`),
              tx.run(
                sql`insert into worker (id, kind, pid, slot, started_at, heartbeat_at) values (${String(slot)}, 'x', 1, ${slot}, now(), now())`,
              ),
            ]),
          );
        }
        await db.end();
      }),
    ]);
    await server.dropDatabase(database);

    assert.equal(usage.statements, 40); // begin, two, commit
    assert.equal(usage.commits, 10);
    assert.equal(usage.roundTrips, 30); // two that travel together are waited for once
    assert.ok(usage.walFsyncs >= 10 && usage.walFsyncs < 20, `${usage.walFsyncs} syncs`);
    // A page that is touched for the first time after a checkpoint goes into the log whole.
    assert.ok(usage.walBytes > 1_000 && usage.walBytes < 5_000_000, `${usage.walBytes} bytes`);
    assert.ok(usage.wallMs > 0 && usage.nodeCpuMs > 0 && usage.peakNodeBytes > 2 ** 20);
  });

  test("BE-2 the processor time of a backend that ended is not lost", async () => {
    const cpu = () => postgresCpuMs(server.postmasterPid);
    const [first] = [cpu()];
    if (first === null) return; // this machine does not tell: BE-4

    const client = new Client(server.config("switchyard_engine", sellers));
    await client.connect();
    await client.query("select count(*) from generate_series(1, 3000000)");
    const during = cpu()!;
    await client.end();
    await server.quiet();
    const afterwards = cpu()!;

    assert.ok(during - first > 50, `${during - first} ms were seen while it ran`);
    assert.ok(afterwards >= during - 20, `${during} ms before it ended, ${afterwards} after`);
  });

  test("BE-3 what somebody else uses is seen, what we use is not taken for theirs", async () => {
    if (machineCpuMs() === null) return; // BE-4
    const stranger = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
    try {
      const before = processCpuMs(stranger.pid!)!;
      const startedMs = performance.now();
      const usage = await measure(server, async () => [
        await inThisProcess(async () => {
          for (const end = performance.now() + 800; performance.now() < end;) await Promise.resolve();
        }),
      ]);
      const its = (processCpuMs(stranger.pid!)! - before) / (performance.now() - startedMs);

      assert.ok(usage.foreignCores! >= 0.6 * its, `it used ${its} cores, ${usage.foreignCores} were seen`);
      assert.ok(usage.foreignCores! <= cpus().length);
    } finally {
      stranger.kill("SIGKILL");
    }
  });

  test("BE-4 of a process that is not there nothing is told", () => {
    assert.equal(postgresCpuMs(2 ** 30), null);
    assert.equal(processCpuMs(2 ** 30), null);
  });
});
