import { Client } from "pg";
import type { BenchCase } from "./case.ts";
import { openEngine } from "./engine.ts";
import { exactGate } from "./gates.ts";
import { textsOf } from "./measure.ts";
import { phases } from "./program.ts";
import { apartTables, orderTables } from "./run.ts";
import type { BenchServer } from "./server.ts";
import { makeSellers, openShops } from "./set-up.ts";

/** Tables that grow with every order, and those that wait for one. */
const growing: ReadonlySet<string> = new Set([
  ...orderTables,
  ...apartTables,
  "hold",
  "cancellation",
  "cancellation_ask",
  "stock_reservation",
]);

/**
 * BE-10. Every statement that the engine sends during a lifecycle, planned as PostgreSQL plans it once its values no longer count, over tables that it takes for very large, as it would by itself and as the
 * product's sessions tell it to: none may read a table of orders otherwise than by a condition on one of its indexes.
 */
export const plans: BenchCase = {
  name: "plans",
  about: "the plan of every statement of a lifecycle, by EXPLAIN",
  isQuick: true,
  async run({ server }) {
    const { texts, scans } = await findScans(server);
    return {
      name: "plans",
      tables:
        scans.length === 0
          ? []
          : [
              {
                title: "Statements that read a table of orders without the help of an index",
                columns: ["statement", "table", "how"],
                rows: scans.map(({ text, table, how }) => [
                  text.replaceAll(/\s+/g, " ").trim().slice(0, 140),
                  table,
                  how,
                ]),
              },
            ],
      figures: { statements_planned: texts.length, scans: scans.length },
      gates: [
        exactGate({
          name: "plans: reads of a table of orders without an index condition",
          measured: scans.length,
          target: 0,
          bound: "at most",
          note: `${texts.length} statements`,
        }),
      ],
    };
  },
};

export interface Scan {
  text: string;
  table: string;
  how: string;
}

export async function findScans(server: BenchServer): Promise<{ texts: string[]; scans: Scan[] }> {
  const database = await makeSellers(server);
  try {
    await openShops(server, database);
    const options = {
      database: server.config("switchyard_engine", database),
      range: { first: 0, count: 300 },
      batch: 100,
      slot: 1,
      processes: 1,
    };
    const texts = await textsOf(async () => {
      const program = await openEngine(options);
      for (const { name } of phases) await program.run(name);
      await program.close();
    });
    const planned = texts.filter((text) => !/^\s*(begin|commit|rollback)\b/.test(text));
    const scans: Scan[] = [];
    const look = async (client: Client, session: string): Promise<void> => {
      for (const text of planned)
        for (const scan of await scansOf(client, text)) scans.push({ ...scan, how: `${scan.how} (${session})` });
    };
    await server.asAdministrator(async (client) => {
      await fillEmptyTables(client);
      await pretendManyRows(client);
      await look(client, "PostgreSQL's own choice");
    }, database);
    const ours = new Client(options.database);
    await ours.connect();
    try {
      await look(ours, "as the product's sessions are set");
    } finally {
      await ours.end();
    }
    return { texts: planned, scans };
  } finally {
    await server.dropDatabase(database);
  }
}

/** What no order of the run had; a table without a page is planned like none. */
async function fillEmptyTables(client: Client): Promise<void> {
  await client.query(`
    insert into hold (workspace_id, id, public_id, order_id, subject, subject_id, code, waits_for, made_by, acts, detail, opened_at, opened_by)
    select workspace_id, id, gen_random_uuid(), id, 'order', id, 'review', 'sku:' || number, 'machine', 'person', '{}', received_at, 'bench' from sales_order`);
  await client.query(`
    insert into cancellation (workspace_id, id, order_id, asked_by, state, lines, opened_at)
    select workspace_id, id, id, 'buyer', 'told', '[]', received_at from sales_order`);
  await client.query(`
    insert into cancellation_ask (workspace_id, cancellation_id, fulfillment_order_id, order_id, state, lines, tries)
    select workspace_id, order_id, id, order_id, 'accepted', '[]', 0 from fulfillment_order`);
  await client.query(`
    insert into stock_reservation (workspace_id, fulfillment_order_id, line_no, supplier_id, supplier_sku, units, state)
    select workspace_id, id, 1, supplier_id, 'S-1', 1, 'used' from fulfillment_order`);
}

/** PostgreSQL counts a table's pages itself and asks its statistics how many rows lie on one: here, as many as make millions of them. */
async function pretendManyRows(client: Client): Promise<void> {
  await client.query("analyze");
  for (const table of growing) {
    await client.query(
      "select pg_restore_relation_stats('schemaname', 'public', 'relname', $1::text, 'relpages', 1::integer, 'reltuples', 100000::real)",
      [table],
    );
  }
}

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Index Cond"?: string;
  "Recheck Cond"?: string;
  Plans?: PlanNode[];
}

export async function scansOf(client: Client, text: string): Promise<Scan[]> {
  const { rows } = await client.query<{ "QUERY PLAN": { Plan: PlanNode }[] }>(
    `explain (generic_plan, format json) ${text}`,
  );
  const scans: Scan[] = [];
  const walk = (node: PlanNode): void => {
    const table = node["Relation Name"];
    const type = node["Node Type"];
    if (table !== undefined && growing.has(table) && type.includes("Scan")) {
      const isByIndex = node["Index Cond"] !== undefined || node["Recheck Cond"] !== undefined;
      if (!isByIndex)
        scans.push({
          text,
          table,
          how: `${type}${node["Index Name"] === undefined ? "" : ` of ${node["Index Name"]}`}`,
        });
    }
    for (const child of node.Plans ?? []) walk(child);
  };
  for (const { Plan } of rows[0]!["QUERY PLAN"]) walk(Plan);
  return scans;
}
