import { Client } from "pg";
import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import { openDb, type Db, type Tx } from "#store/db.ts";
import { countOrders } from "#store/read/counts.ts";
import { listEvents } from "#store/read/events.ts";
import { attentionGroups } from "#store/read/attention.ts";
import {
  countFound,
  listOrders,
  type OrderFilter,
  type OrderPosition,
  type OrderSort,
} from "#store/read/order-list.ts";
import { countDays, readDurations } from "#store/read/overview.ts";
import { quickSearch } from "#store/read/quick-search.ts";
import { readOrder } from "#store/read/order.ts";
import { listParts } from "#store/read/part.ts";
import { readPublicIds } from "#store/read/public-ids.ts";
import { listShipments } from "#store/read/shipment-list.ts";
import { col, row, type RowOf } from "#store/row.ts";
import { encode, sql, type Sql } from "#store/sql.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { Bench, BenchCase, CaseResult, Gate } from "./case.ts";
import { exactGate, notRun, wallGate } from "./gates.ts";
import { workspaceIdOf } from "./generate.ts";
import { generatedDatabase } from "./generated.ts";
import { inThisProcess, measure } from "./measure.ts";
import type { BenchServer } from "./server.ts";
import { percentile } from "./statistics.ts";

/**
 * BE-43, BE-44. What screens read, by the product's own code, as the API's role and so under row-level security. Half of the requests are for the workspace that
 * holds forty percent of all orders. What a page touches is counted by EXPLAIN in a small and in a large database: it must not grow.
 */
export const reads: BenchCase = {
  name: "reads",
  about: "lists, searches, counts and single orders, with very many orders in the database",
  isQuick: true,
  async run(bench) {
    const { isQuick, size } = bench.options;
    const large = isQuick ? 40_000 : size;
    if (large === 0) return notMeasured();
    const small = Math.ceil(large / 5);
    const touchedSmall = await withReads(bench, small, (subject) => touched(subject));
    return withReads(bench, large, async (subject) => {
      const touchedLarge = await touched(subject);
      const { times, foreignLoad } = await timed(bench, subject, isQuick ? 40 : 200);
      return result({ large, small, touchedSmall, touchedLarge, times, foreignLoad, isQuick });
    });
  },
};

/** The p95 of these may be so many milliseconds. */
const mostMs = { page: 20, order: 25 } as const;
/** A large database may cost a page that much more: a tree that has a level more asks for four buffers instead of three. A scan would cost five times more. */
const mostGrowth = 1.5;

interface Read {
  name: string;
  /** Which of the bounds holds for it. */
  bound: keyof typeof mostMs | null;
  /** What it touches may not grow with the orders. */
  isFlat: boolean;
  run(tx: Tx, at: Asked): Promise<unknown>;
}
/** One request: whose, and about which of its orders. */
interface Asked {
  workspaceId: WorkspaceId;
  order: Sample;
  sparse: Sparse;
}

const limit = 50;
const page =
  (filter: (at: Asked) => OrderFilter, after: (at: Asked) => OrderPosition | null = () => null, sort?: OrderSort) =>
  (tx: Tx, at: Asked): Promise<unknown> =>
    listOrders(tx, at.workspaceId, filter(at), {
      after: after(at),
      limit,
      hasSums: true, // as who sees money asks: it is what costs most
      ...(sort === undefined ? {} : { sort }),
    }).then(({ orders }) => orders);
const deep = ({ order }: Asked): OrderPosition => ({ key: order.receivedAt.toISOString(), id: order.id });
const day = 86_400_000;

export const allReads: readonly Read[] = [
  { name: "list, page one", bound: "page", isFlat: true, run: page(() => ({})) },
  { name: "list, deep", bound: "page", isFlat: true, run: page(() => ({}), deep) },
  { name: "list of a state, page one", bound: "page", isFlat: true, run: page(() => ({ headlines: ["completed"] })) },
  { name: "list of a state, deep", bound: "page", isFlat: true, run: page(() => ({ headlines: ["completed"] }), deep) },
  {
    name: "list of three states",
    bound: "page",
    isFlat: true,
    run: page(() => ({ headlines: ["waiting", "ordered", "needs_attention"] })),
  },
  {
    name: "list of a channel",
    bound: "page",
    isFlat: true,
    run: page(({ sparse }) => ({ channel: sparse.mainChannel })),
  },
  {
    name: "list of a channel with few orders",
    bound: "page",
    isFlat: true,
    run: page(({ sparse }) => ({ channel: sparse.channel })),
  },
  {
    name: "list of a supplier",
    bound: "page",
    isFlat: true,
    run: page(({ sparse }) => ({ supplier: sparse.mainSupplier })),
  },
  {
    name: "list of a supplier with few orders",
    bound: "page",
    isFlat: true,
    run: page(({ sparse }) => ({ supplier: sparse.supplier })),
  },
  { name: "list of a reason", bound: "page", isFlat: false, run: page(() => ({ reason: "sku_not_linked" })) },
  {
    name: "list of a month",
    bound: "page",
    isFlat: true,
    run: page(({ order }) => ({
      receivedFrom: order.receivedAt,
      receivedTo: new Date(order.receivedAt.getTime() + 30 * day),
    })),
  },
  { name: "list, oldest first", bound: "page", isFlat: true, run: page(() => ({}), undefined, "oldest") },
  { name: "list by ship-by", bound: "page", isFlat: true, run: page(() => ({}), undefined, "ship_by") },
  { name: "list by total", bound: "page", isFlat: true, run: page(() => ({}), undefined, "total") },
  {
    // Looks at a page of each channel's rows, which a small database has not got.
    name: "list of a country",
    bound: "page",
    isFlat: false,
    run: page(() => ({ countries: ["DE"] })),
  },
  {
    name: "list of a SKU by total",
    bound: "page",
    isFlat: false,
    run: page(({ order }) => ({ skus: [order.sku] }), undefined, "total"),
  },
  {
    name: "quick search, all but a number's last digit",
    bound: "page",
    isFlat: true,
    run: (tx, at) => quickSearch(tx, at.workspaceId, at.order.number.slice(0, -1)).then(({ orders }) => orders),
  },
  {
    name: "quick search, three letters of a surname",
    bound: "page",
    isFlat: true,
    run: (tx, at) => quickSearch(tx, at.workspaceId, at.order.surname.slice(0, 3)).then(({ buyers }) => buyers),
  },
  {
    name: "count of a view, up to 1,000",
    bound: "page",
    isFlat: false,
    run: (tx, at) => countFound(tx, at.workspaceId, { countries: ["DE"] }, 1001),
  },
  {
    name: "attention",
    bound: null,
    isFlat: false,
    run: (tx, at) =>
      attentionGroups(tx, at.workspaceId, { owner: null, snoozed: false, at: new Date("2026-01-01T00:00:00Z") }).then(
        ({ groups }) => groups,
      ),
  },
  {
    name: "overview",
    bound: "page",
    isFlat: true,
    run: async (tx, at) => {
      await countDays(tx, at.workspaceId, "2026-01-01");
      return readDurations(tx, at.workspaceId);
    },
  },
  { name: "counts", bound: "page", isFlat: true, run: (tx, at) => countOrders(tx, at.workspaceId) },
  { name: "number", bound: "page", isFlat: true, run: page(({ order }) => ({ q: order.number })) },
  {
    name: "number, all but its last digit",
    bound: "page",
    isFlat: true,
    run: page(({ order }) => ({ q: order.number.slice(0, -1) })),
  },
  { name: "tracking number", bound: "page", isFlat: true, run: page(({ order }) => ({ q: order.trackingNumber })) },
  { name: "SKU", bound: "page", isFlat: false, run: page(({ order }) => ({ q: order.sku })) },
  { name: "buyer, the whole name", bound: "page", isFlat: false, run: page(({ order }) => ({ q: order.name })) },
  {
    name: "buyer, six letters of the name",
    bound: "page",
    isFlat: false,
    run: page(({ order }) => ({ q: order.name.slice(0, 6) })),
  },
  {
    name: "buyer, three letters of the surname",
    bound: "page",
    isFlat: false,
    run: page(({ order }) => ({ q: order.surname.slice(0, 3) })),
  },
  {
    name: "one order with everything",
    bound: "order",
    isFlat: true,
    run: (tx, at) => readOrder(tx, at.workspaceId, at.order.publicId),
  },
  {
    name: "events of an order",
    bound: "page",
    isFlat: true,
    run: (tx, at) =>
      Promise.all([
        listEvents(tx, at.workspaceId, at.order.id, { before: null, limit, line: null }),
        readPublicIds(tx, at.workspaceId, at.order.id),
      ]).then(([{ events }]) => events),
  },
  { name: "fulfillment orders", bound: "page", isFlat: true, run: parts({}) },
  { name: "fulfillment orders of a state", bound: "page", isFlat: true, run: parts({ states: ["held"] }) },
  { name: "fulfillment orders of a supplier", bound: "page", isFlat: true, run: parts({ ofSupplier: true }) },
  {
    name: "shipments, newest first",
    bound: "page",
    isFlat: true,
    run: (tx, at) =>
      listShipments(tx, at.workspaceId, { untold: false }, { after: null, limit }).then(({ shipments }) => shipments),
  },
];

function parts({ states = null, ofSupplier = false }: { states?: "held"[] | null; ofSupplier?: boolean }) {
  return (tx: Tx, at: Asked): Promise<unknown> =>
    listParts(
      tx,
      at.workspaceId,
      { states, supplier: ofSupplier ? at.sparse.mainSupplier : null },
      { after: null, limit },
    ).then((found) => found.parts);
}

// ------------------------------------------------------------------ what is asked about

const Sample = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<OrderId>(),
  publicId: col.text,
  receivedAt: col.instant,
  number: col.text,
  trackingNumber: col.text,
  sku: col.text,
  name: col.text,
  surname: col.text,
});
type Sample = RowOf<typeof Sample>;
const Sparse = row({
  workspaceId: col.id<WorkspaceId>(),
  channel: col.text,
  supplier: col.text,
  mainChannel: col.text,
  mainSupplier: col.text,
});
type Sparse = RowOf<typeof Sparse>;

export interface ReadSubject {
  server: Pick<BenchServer, "config">;
  database: string;
  asked: Asked[];
}

/** Each read once on each database: a small copy of the generated one, with some orders that are not finished. */
async function withReads<T>(bench: Bench, orders: number, work: (subject: ReadSubject) => Promise<T>): Promise<T> {
  const { server } = bench;
  const database = await server.makeDatabase(await generatedDatabase(bench, { orders, what: "finished" }));
  try {
    return await work(await readSubject(server, database));
  } finally {
    await server.dropDatabase(database);
  }
}

/** Makes some orders unfinished, and a second channel and supplier that only the oldest few orders have. Answers what to ask about. */
export async function readSubject(server: Pick<BenchServer, "config">, database: string): Promise<ReadSubject> {
  const client = new Client(server.config("postgres", database));
  await client.connect();
  try {
    for (const statement of unfinished) await client.query(statement);
  } finally {
    await client.end();
  }
  const engine = openDb(server.config("switchyard_engine", database), { max: 1 });
  try {
    const samples = await engine.rows(
      Sample,
      sql`
      select o.workspace_id, o.id, o.public_id, o.received_at, o.number, p.tracking_number, l.sku, a.name, a.search_surname as surname
        from (select *, row_number() over (partition by workspace_id order by id) as position, count(*) over (partition by workspace_id) as of_all from sales_order) o
        join parcel p on p.workspace_id = o.workspace_id and p.order_id = o.id
        join order_line l on l.workspace_id = o.workspace_id and l.order_id = o.id and l.no = 1
        join order_address a on a.workspace_id = o.workspace_id and a.order_id = o.id
       where o.position > 1 and o.position % greatest(1, o.of_all / 20) = o.of_all / 40 order by o.id`,
    );
    const sparse = await engine.rows(
      Sparse,
      sql`
      select w.id as workspace_id, c.channel, c.main_channel, s.supplier, s.main_supplier from workspace w
        join lateral (select min(public_id::text) filter (where name = 'few') as channel, min(public_id::text) filter (where name <> 'few') as main_channel
                        from channel where workspace_id = w.id) c on true
        join lateral (select min(public_id::text) filter (where name = 'few') as supplier, min(public_id::text) filter (where name <> 'few') as main_supplier
                        from supplier where workspace_id = w.id) s on true
       order by w.id`,
    );
    const of = Map.groupBy(samples, (each) => each.workspaceId);
    const largest = workspaceIdOf(1) as WorkspaceId;
    const others = [...of.keys()].filter((id) => id !== largest);
    const asked = Array.from({ length: 40 }, (_, index): Asked => {
      const workspaceId = index % 2 === 0 ? largest : others[((index - 1) / 2) % others.length]!;
      const orders = of.get(workspaceId)!;
      return {
        workspaceId,
        order: orders[Math.floor(index / 2) % orders.length]!,
        sparse: sparse.find((each) => each.workspaceId === workspaceId)!,
      };
    });
    return { server, database, asked };
  } finally {
    await engine.end();
  }
}

const fewPerWorkspace = 30;
/** One in a hundred is held, one in a hundred waits, one in a hundred is placed, and never less than a page of each: what a shop has open. As rows of the lists only. */
const unfinished = [
  `create temporary table open_order as
   select workspace_id, id, (array['needs_attention', 'waiting', 'ordered'])[1 + n % 3] as headline
     from (select workspace_id, id, row_number() over (partition by workspace_id order by hashint8(id)) as n, count(*) over (partition by workspace_id) as of_all from sales_order) o
    where n <= greatest(least(180, of_all / 2), of_all * 3 / 100)`,
  `update sales_order o set headline = t.headline from open_order t where o.workspace_id = t.workspace_id and o.id = t.id`,
  `update fulfillment_order f set state = case t.headline when 'needs_attention' then 'held' when 'waiting' then 'waiting' else 'placed' end
     from open_order t where f.workspace_id = t.workspace_id and f.order_id = t.id`,
  `insert into hold (workspace_id, id, public_id, order_id, subject, subject_id, code, made_by, acts, detail, opened_at, opened_by)
   select o.workspace_id, o.id, o.public_id, o.id, 'order', o.id, 'sku_not_linked', 'machine', 'person', '{}', o.received_at, 'worker:bench'
     from open_order t join sales_order o on o.workspace_id = t.workspace_id and o.id = t.id where t.headline = 'needs_attention'`,
  `insert into channel select c.workspace_id, c.id + 500, overlay(c.public_id::text placing 'ffff' from 10)::uuid, kind, external_id || '.few', 'few', settings, active, created_at from channel c`,
  `insert into supplier select s.workspace_id, s.id + 500, overlay(s.public_id::text placing 'ffff' from 10)::uuid, kind, role, 'few', settings, stock_due_at, inbox_due_at, last_problem, created_at from supplier s`,
  `create temporary table few as select workspace_id, id from (select workspace_id, id, row_number() over (partition by workspace_id order by id) as n from sales_order) o where n <= ${fewPerWorkspace}`,
  `update sales_order o set channel_id = o.channel_id + 500 from few where o.workspace_id = few.workspace_id and o.id = few.id`,
  `update fulfillment_order f set supplier_id = f.supplier_id + 500 from few where f.workspace_id = few.workspace_id and f.order_id = few.id`,
  `delete from counter`,
  `insert into counter (workspace_id, kind, key, slot, n)
   select workspace_id, 'headline', headline, 1, count(*) from sales_order group by 1, 3
   union all select workspace_id, 'hold', code, 1, count(*) from hold group by 1, 3`,
  `vacuum (analyze) sales_order, fulfillment_order, hold, channel, supplier, counter`,
];

// ------------------------------------------------------------------ pages of the buffers

/** What a read costs whatever the machine: buffers of all its statements, and rows that the busiest node of their plans looked at. */
export interface Touched {
  buffers: number;
  rows: number;
}

/**
 * What each read touches, at most of several requests. `byIndex`: the planner takes an index wherever there is one, as it would with a hundred times the orders; what
 * still looks at many rows has none.
 */
export async function touched(
  { server, database, asked }: ReadSubject,
  { byIndex = false } = {},
): Promise<Map<string, Touched>> {
  const statements: Sql[] = [];
  const db = openDb(server.config("switchyard_api", database), {
    max: 1,
    onStatement: ({ text, values }, send) => {
      if (/^\s*(select|with)\b/i.test(text) && !text.includes("use_workspace")) statements.push({ text, values });
      return send();
    },
  });
  const options = byIndex ? "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off" : "";
  const client = new Client({ ...server.config("switchyard_api", database), options });
  await client.connect();
  try {
    const most = new Map<string, Touched>();
    for (const read of allReads) {
      for (const at of [...asked.slice(0, 4), ...asked.slice(-2)]) {
        statements.length = 0;
        const found = await inWorkspace(db, at.workspaceId, (tx) => read.run(tx, at));
        assertFound(read, found);
        const cost: Touched = { buffers: 0, rows: 0 };
        for (const statement of statements) {
          const one = await explain(client, at.workspaceId, statement);
          cost.buffers += one.buffers;
          cost.rows = Math.max(cost.rows, one.rows);
        }
        const before = most.get(read.name) ?? cost;
        most.set(read.name, {
          buffers: Math.max(before.buffers, cost.buffers),
          rows: Math.max(before.rows, cost.rows),
        });
      }
    }
    return most;
  } finally {
    await client.end();
    await db.end();
  }
}

interface PlanNode {
  "Shared Hit Blocks"?: number;
  "Shared Read Blocks"?: number;
  "Actual Rows"?: number;
  "Actual Loops"?: number;
  "Rows Removed by Filter"?: number;
  Plans?: PlanNode[];
}

async function explain(client: Client, workspaceId: WorkspaceId, { text, values }: Sql): Promise<Touched> {
  await client.query("begin");
  try {
    await client.query("select use_workspace($1)", [workspaceId]);
    const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: PlanNode }] }>(
      `explain (analyze, buffers, timing off, format json) ${text}`,
      values.map(encode),
    );
    const plan = rows[0]!["QUERY PLAN"][0].Plan;
    return { buffers: (plan["Shared Hit Blocks"] ?? 0) + (plan["Shared Read Blocks"] ?? 0), rows: busiest(plan) };
  } finally {
    await client.query("rollback");
  }
}

function busiest(node: PlanNode): number {
  const own = ((node["Actual Rows"] ?? 0) + (node["Rows Removed by Filter"] ?? 0)) * (node["Actual Loops"] ?? 0);
  return Math.max(own, ...(node.Plans ?? []).map(busiest));
}

function assertFound(read: Read, found: unknown): void {
  if (found === null || (Array.isArray(found) && found.length === 0))
    throw new Error(`"${read.name}" found nothing: a read of nothing is no measurement.`);
}

// ------------------------------------------------------------------ times

async function timed(
  bench: Bench,
  { database, asked }: ReadSubject,
  times: number,
): Promise<{ times: Map<string, number[]>; foreignLoad: number | null }> {
  const { server } = bench;
  const taken = new Map<string, number[]>(allReads.map((read) => [read.name, []]));
  const ask = async (db: Db, read: Read, index: number): Promise<number> => {
    const at = asked[index % asked.length]!;
    const before = performance.now();
    await inWorkspace(db, at.workspaceId, (tx) => read.run(tx, at));
    return performance.now() - before;
  };
  const usage = await measure(server, async () => [
    await inThisProcess(async () => {
      const db = openDb(server.config("switchyard_api", database), { max: 1 });
      try {
        for (const read of allReads) {
          // Warm, and past the runs in which PostgreSQL plans a prepared statement anew.
          for (let index = 0; index < Math.min(20, times); index += 1) await ask(db, read, index);
          for (let index = 0; index < times; index += 1) taken.get(read.name)!.push(await ask(db, read, index));
        }
      } finally {
        await db.end();
      }
    }),
  ]);
  bench.say(`${allReads.length} reads, ${times} times each`);
  return { times: taken, foreignLoad: usage.foreignCores };
}

// ------------------------------------------------------------------ the result

interface Measured {
  large: number;
  small: number;
  touchedSmall: Map<string, Touched>;
  touchedLarge: Map<string, Touched>;
  times: Map<string, number[]>;
  foreignLoad: number | null;
  isQuick: boolean;
}

const gateNames = {
  page: (large: string) => `reads: slowest list or search with ${large} orders, p95 in ms`,
  order: (large: string) => `reads: one order with everything with ${large} orders, p95 in ms`,
  growth: "reads: buffers of a page, large database over small",
};

function result({ large, small, touchedSmall, touchedLarge, times, foreignLoad, isQuick }: Measured): CaseResult {
  const rows = allReads.map((read) => {
    const ms = times.get(read.name)!;
    const [before, after] = [touchedSmall.get(read.name)!.buffers, touchedLarge.get(read.name)!.buffers];
    return { read, p50: percentile(ms, 0.5), p95: percentile(ms, 0.95), before, after };
  });
  const slowest = (bound: keyof typeof mostMs) =>
    rows.filter(({ read }) => read.bound === bound).reduce((worst, each) => (each.p95 > worst.p95 ? each : worst));
  const wall = (bound: keyof typeof mostMs): Gate => {
    const worst = slowest(bound);
    return wallGate(
      {
        name: gateNames[bound](large.toLocaleString("en")),
        measured: worst.p95,
        target: mostMs[bound],
        bound: "at most",
        note: worst.read.name,
      },
      { foreignLoad },
    );
  };
  // A tree that grows from one page to two doubles a small number: below two hundred buffers (1.6 MB) a page is cheap whatever the ratio.
  const grown = rows
    .filter(({ read }) => read.isFlat)
    .map((each) => ({ ...each, growth: each.after <= 200 ? 1 : each.after / Math.max(200, each.before) }))
    .reduce((worst, each) => (each.growth > worst.growth ? each : worst));
  return {
    name: reads.name,
    tables: [
      {
        title: `Reads with ${large.toLocaleString("en")} orders, as the API's role${isQuick ? " (quick)" : ""}`,
        columns: [
          "read",
          "p50 ms",
          "p95 ms",
          `buffers at ${small.toLocaleString("en")}`,
          `buffers at ${large.toLocaleString("en")}`,
        ],
        rows: rows.map(({ read, p50, p95, before, after }) => [read.name, p50, p95, before, after]),
        notes: [
          "Half of the requests are for the workspace with 40 % of all orders. Buffers: 8 kB each, the most of several requests, by EXPLAIN.",
        ],
      },
    ],
    figures: Object.fromEntries(
      rows.flatMap(({ read, p50, p95, before, after }) => {
        const key = read.name.replaceAll(/[^a-z]+/gi, "_").toLowerCase();
        return [
          [`${key}_p50_ms`, p50],
          [`${key}_p95_ms`, p95],
          [`${key}_buffers_small`, before],
          [`${key}_buffers_large`, after],
        ];
      }),
    ),
    gates: [
      wall("page"),
      wall("order"),
      exactGate({
        name: gateNames.growth,
        measured: grown.growth,
        target: mostGrowth,
        bound: "at most",
        note: grown.read.name,
      }),
    ],
  };
}

const notMeasured = (): CaseResult => ({
  name: reads.name,
  tables: [],
  figures: {},
  gates: [
    notRun({
      name: gateNames.page("1,000,000"),
      kind: "wall",
      target: mostMs.page,
      bound: "at most",
      note: "--size 1000000",
    }),
    notRun({
      name: gateNames.order("1,000,000"),
      kind: "wall",
      target: mostMs.order,
      bound: "at most",
      note: "--size 1000000",
    }),
    notRun({ name: gateNames.growth, kind: "exact", target: mostGrowth, bound: "at most", note: "--size 1000000" }),
  ],
});
