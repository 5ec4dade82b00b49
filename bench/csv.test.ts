import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Client } from "pg";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { durationOfImport, importedTables, measureFile } from "./csv.ts";
import type { BenchServer } from "./server.ts";

/** The tests' own server, as the benchmark sees its. */
function onTestServer(t: TestContext): { server: BenchServer; names: string[] } {
  const databases = new Map<string, TestDatabase>();
  const names: string[] = [];
  const server: BenchServer = {
    config: (login, database) => databases.get(database)!.config(login),
    postmasterPid: process.pid,
    async makeDatabase() {
      const made = await testDatabase(t);
      databases.set(made.name, made);
      names.push(made.name);
      return made.name;
    },
    dropDatabase: async () => {},
    async asAdministrator(work, database = names[0]!) {
      const client = new Client(databases.get(database)!.config("postgres"));
      await client.connect();
      try {
        return await work(client);
      } finally {
        await client.end();
      }
    },
    quiet: async () => {},
    close: async () => {},
  };
  return { server, names };
}

test("BE-47, BE-48, BE-49 a file goes in and comes out by the command line, COPY gets the same rows, and a row too few is no measurement", async (t) => {
  const { server, names } = onTestServer(t);
  const folder = await mkdtemp(join(tmpdir(), "bench-csv-"));
  t.after(() => rm(folder, { recursive: true }));

  const measured = await measureFile({ server, say: () => {} }, folder, 40);

  assert.equal(measured.rows, 40);
  for (const ms of [measured.importMs, measured.copyInMs, measured.copyOutMs]) assert.ok(ms > 0);
  const [imported, copied] = await Promise.all(names.map((name) => countRows(server, name)));
  assert.deepEqual(imported, copied);
  assert.deepEqual([imported!["sales_order"], imported!["order_line"]], [20, 40]);
  await assert.rejects(durationOfImport(server, names[0]!, 41), /40 of 41 rows were stored/);
});

const countRows = (server: BenchServer, database: string): Promise<Record<string, number>> =>
  server.asAdministrator(async (client) => {
    const counts: Record<string, number> = {};
    for (const table of importedTables)
      counts[table] = (await client.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]!.n;
    return counts;
  }, database);
