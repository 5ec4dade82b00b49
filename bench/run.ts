import { assertCorrect } from "./correct.ts";
import type { Crew } from "./crew.ts";
import { measure, type Usage } from "./measure.ts";
import type { PhaseName, ProgramName } from "./program.ts";
import type { BenchServer } from "./server.ts";
import { openShops } from "./set-up.ts";
import type { OrderRange } from "./trade.ts";

export interface Wished {
  program: ProgramName;
  crew: Crew;
  orders: number;
  batch: number;
  /** The database of sellers that a copy is made of. */
  sellers: string;
  /** Look at what lies in the tables afterwards. */
  isWeighed?: boolean;
  /** False: the invariants of the whole database are not verified after this run, because there is more in it than this run's orders. */
  isVerified?: boolean;
}

/** One run and what it cost. */
export interface Run extends Usage {
  program: ProgramName;
  orders: number;
  batch: number;
  phaseMs: Record<PhaseName, number>;
  /** Null where it was not weighed. */
  weight: Weight | null;
}

/** On a fresh copy of the sellers' database, which is thrown away. */
export async function runOnce(server: BenchServer, wished: Wished): Promise<Run> {
  const database = await server.makeDatabase(wished.sellers);
  try {
    return await runOn(server, database, { first: 0, count: wished.orders }, wished);
  } finally {
    await server.dropDatabase(database);
  }
}

/** On a database that stays: its earlier runs ended at `range.first`. */
export async function runOn(
  server: BenchServer,
  database: string,
  range: OrderRange,
  { program, crew, batch, isWeighed = false, isVerified = program === "engine" }: Omit<Wished, "sellers" | "orders">,
): Promise<Run> {
  await openShops(server, database);
  let phaseMs: Record<PhaseName, number> | undefined;
  const usage = await measure(server, async () => {
    const lived = await crew.live(program, { database: server.config("switchyard_engine", database), range, batch });
    phaseMs = lived.phaseMs;
    return lived.nodes;
  });
  await assertCorrect(server, database, { orders: range.first + range.count, decided: isVerified });
  const weight = isWeighed ? await weigh(server, database, range.count) : null;
  return { ...usage, program, orders: range.count, batch, phaseMs: phaseMs!, weight };
}

/** What was written and what is left of it, per order and table. */
export type Weight = Record<
  string,
  { inserts: number; updates: number; deletes: number; heapBytes: number; indexBytes: number; rowBytes: number }
>;

/** BE-6. Rewrites the tables first: what counts is what an order needs, not how far autovacuum has come. */
export const weigh = (server: BenchServer, database: string, orders: number): Promise<Weight> =>
  server.asAdministrator(async (client) => {
    const { rows } = await client.query<{ name: string; inserts: string; updates: string; deletes: string }>(
      "select relname as name, n_tup_ins::text as inserts, n_tup_upd::text as updates, n_tup_del::text as deletes from pg_stat_user_tables where schemaname = 'public' and n_tup_ins + n_tup_upd + n_tup_del > 0 order by relname",
    );
    const weight: Weight = {};
    for (const { name, inserts, updates, deletes } of rows) {
      await client.query(`vacuum full ${name}`);
      const { rows: sizes } = await client.query<{ heap: string; indexes: string; row: string }>(
        `select pg_table_size($1::regclass)::text as heap, pg_indexes_size($1::regclass)::text as indexes, (select coalesce(avg(pg_column_size(t.*)), 0)::text from ${name} t) as row`,
        [name],
      );
      weight[name] = {
        inserts: Number(inserts) / orders,
        updates: Number(updates) / orders,
        deletes: Number(deletes) / orders,
        heapBytes: Number(sizes[0]!.heap) / orders,
        indexBytes: Number(sizes[0]!.indexes) / orders,
        rowBytes: Number(sizes[0]!.row),
      };
    }
    return weight;
  }, database);

/** Tables that hold what an order is; the others hold sellers' set-up and sums, which do not grow with orders. */
export const orderTables = [
  "sales_order",
  "order_line",
  "order_version",
  "order_address",
  "fulfillment_order",
  "fulfillment_order_line",
  "event",
  "attempt",
  "evidence",
  "shipment",
  "shipment_line",
  "parcel",
  "write_back",
  "ledger_transaction",
  "ledger_entry",
] as const;
/** Told apart, because what they weigh is decided by others: how much a channel says, and how much is explained. */
export const apartTables = ["inbox", "decision"] as const;

export const bytesOf = (weight: Weight, tables: readonly string[]): number =>
  tables.reduce((sum, table) => sum + (weight[table]?.heapBytes ?? 0) + (weight[table]?.indexBytes ?? 0), 0);
export const cpuUs = (run: Run): number | null =>
  run.postgresCpuMs === null ? null : ((run.nodeCpuMs + run.postgresCpuMs) * 1000) / run.orders;
export const perSecond = (run: Run): number => (run.orders / run.wallMs) * 1000;
