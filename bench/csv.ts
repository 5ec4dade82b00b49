import { spawn } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client, PoolConfig } from "pg";
import type { Bench, BenchCase, CaseResult } from "./case.ts";
import { exactGate, notRun, wallGate } from "./gates.ts";
import { measure, type NodeUsage } from "./measure.ts";
import { peakBytes, processCpuMs } from "./processes.ts";
import type { BenchServer } from "./server.ts";

/**
 * BE-47 to BE-49. Order files, as a person has them: the command line itself imports and exports. Beside it `COPY` puts the very same rows into the same tables with
 * the same keys and indexes, and takes them out again, which is as fast as the server can.
 */
export const csv: BenchCase = {
  name: "csv",
  about: "importing and exporting order files, against COPY of the same rows",
  isQuick: true,
  async run(bench) {
    const { isQuick, size } = bench.options;
    const sizes = isQuick ? quickRows : size === 0 ? null : fullRows;
    if (sizes === null) return notMeasured();
    const folder = await mkdtemp(join(tmpdir(), "switchyard-bench-csv-"));
    try {
      const measured: Measured[] = [];
      for (const rows of sizes) measured.push(await measureFile(bench, folder, rows));
      return result(measured, isQuick);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const quickRows = [4_000, 12_000] as const;
const fullRows = [60_000, 1_000_000] as const;
const leastRatio = 0.25;
/** Peak memory of the large file over that of the small one. */
const mostGrowth = { quick: 1.5, full: 1.3 } as const;

interface Measured {
  rows: number;
  importMs: number;
  copyInMs: number;
  exportMs: number;
  copyOutMs: number;
  importPeakBytes: number | null;
  exportPeakBytes: number | null;
  foreignLoad: number | null;
}

export async function measureFile(
  { server, say }: Pick<Bench, "server" | "say">,
  folder: string,
  rows: number,
): Promise<Measured> {
  const database = await server.makeDatabase();
  const twin = await server.makeDatabase();
  try {
    const run = commandLine(server.config("postgres", database), folder);
    await run("workspace", "create", "acme", "--currency", "EUR");
    await run("channel", "add", "shop", "--kind", "file", "--zone", "Europe/Berlin");
    const file = join(folder, "orders.csv");
    await writeOrders(file, rows);
    say(`importing ${rows} rows`);
    const importing = await measure(server, async () => [
      await run("import", "orders", file, "--channel", "shop", "--map", mapping, "--output", "json"),
    ]);
    const importMs = await durationOfImport(server, database, rows);
    say("copying the same rows");
    const copyInMs = await copyInto(server, { from: database, to: twin });
    say("exporting them");
    const { foreignCores: load, ...exported } = await measureExport(server, run, { database, folder, rows });
    return {
      rows,
      importMs,
      copyInMs,
      ...exported,
      importPeakBytes: importing.peakNodeBytes === 0 ? null : importing.peakNodeBytes,
      foreignLoad: importing.foreignCores === null || load === null ? null : Math.max(importing.foreignCores, load),
    };
  } finally {
    await server.dropDatabase(database);
    await server.dropDatabase(twin);
  }
}

// ------------------------------------------------------------------ the command line

type Run = (...args: string[]) => Promise<NodeUsage>;

/** The product's own command line, a process each time. */
function commandLine(database: PoolConfig, folder: string): Run {
  const { user, password, host, port, database: name } = database;
  const env = {
    ...process.env,
    DATABASE_URL: `postgres://${user}:${String(password)}@${host}:${port}/${name}`,
    SWITCHYARD_DATA: join(folder, "data"),
    SWITCHYARD_HOME: join(folder, "home"),
  };
  return (...args) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(import.meta.dirname, "../src/cli/main.ts"), ...args], {
        cwd: folder,
        env,
        stdio: ["ignore", "ignore", "pipe"],
      });
      const usage: NodeUsage = {
        pid: child.pid ?? 0,
        cpuMs: 0,
        statements: 0,
        roundTrips: 0,
        commits: 0,
        peakBytes: 0,
      };
      const look = (): void => {
        usage.cpuMs = processCpuMs(usage.pid) ?? usage.cpuMs;
        usage.peakBytes = Math.max(usage.peakBytes, peakBytes(usage.pid) ?? 0);
      };
      const timer = setInterval(look, 50);
      let said = "";
      child.stderr.on("data", (chunk: Buffer) => (said = `${said}${String(chunk)}`.slice(-2_000)));
      child.on("error", reject);
      child.on("close", (code) => {
        clearInterval(timer);
        if (code === 0) resolve(usage);
        else reject(new Error(`switchyard ${args.join(" ")} ended with ${code}: ${said}`));
      });
    });
}

// ------------------------------------------------------------------ the file

const linesPerOrder = 2;
const mapping = "payment:=paid";

/** Two rows an order, as shops write them: what belongs to the order stands in each of its rows. */
async function writeOrders(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path);
  const pieces = function* (): Generator<string> {
    yield "Order,SKU,Title,Quantity,Price,Currency,Date,Email,Name,Address,City,Postcode,Country\n";
    for (let line = 0; line < rows; line += 1) {
      const order = Math.floor(line / linesPerOrder);
      const sku = (order * 7 + (line % linesPerOrder) * 31) % 400;
      yield `#${100_000 + order},SKU-${String(sku).padStart(4, "0")},"Everyday article ${sku}, boxed",${1 + (order % 3)},19.90,EUR,2026-11-${String(1 + (order % 20)).padStart(2, "0")} 10:${String(order % 60).padStart(2, "0")},buyer-${order}@example.com,Mia Kowalska,Lindenallee ${1 + (order % 300)},Hamburg,20095,DE\n`;
    }
  };
  await pipeline(Readable.from(pieces(), { highWaterMark: 1_000 }), file);
}

/** As the product itself wrote it down; every row of the file must have been stored. */
export async function durationOfImport(server: BenchServer, database: string, rows: number): Promise<number> {
  const { rows: imports } = await server.asAdministrator(
    (client) =>
      client.query<{ stored: number; ms: string | null }>(
        "select stored, extract(epoch from finished_at - started_at) * 1000 as ms from import",
      ),
    database,
  );
  const [only] = imports;
  if (only?.stored !== rows || only.ms === null)
    throw new Error(`${only?.stored ?? 0} of ${rows} rows were stored: the import is wrong, and no measurement.`);
  return Number(only.ms);
}

// ------------------------------------------------------------------ COPY

/** Who the orders belong to; copied first, and not counted. */
const around = ["workspace", "channel", "channel_registry", "connection"];
/** In the order of their foreign keys. */
export const importedTables = [
  "sales_order",
  "order_line",
  "order_version",
  "order_address",
  "fulfillment_order",
  "fulfillment_order_line",
  "hold",
  "decision",
  "event",
  "counter",
];

/** How long COPY takes for what the import has written, into a database with the same tables, keys and indexes. Each table is a transaction. */
async function copyInto(server: BenchServer, { from, to }: { from: string; to: string }): Promise<number> {
  const files = await server.asAdministrator(async (client) => {
    const { rows } = await client.query<{ folder: string }>("select current_setting('data_directory') as folder");
    const found: { table: string; file: string }[] = [];
    for (const table of [...around, ...importedTables]) {
      const file = join(rows[0]!.folder, `bench-${table}.copy`); // where the server may write, whoever it runs as
      await client.query(`copy ${table} to '${file}'`);
      found.push({ table, file });
    }
    return found;
  }, from);
  let ms = 0;
  await server.asAdministrator(async (client) => {
    await client.query("checkpoint");
    for (const { table, file } of files) {
      const before = performance.now();
      await client.query(`copy ${table} from '${file}'`);
      if (!around.includes(table)) ms += performance.now() - before;
      await client.query(`analyze ${table}`);
    }
  }, to);
  await server.asAdministrator((client) =>
    removeFiles(
      client,
      files.map(({ file }) => file),
    ),
  );
  return ms;
}

/** They lie in the server's own folder, which its other user's processes alone can name. No row is sent: the program may end before it would read one. */
async function removeFiles(client: Client, files: readonly string[]): Promise<void> {
  for (const file of files) await client.query(`copy (select where false) to program 'rm ${file}'`);
}

interface Exported {
  exportMs: number;
  copyOutMs: number;
  exportPeakBytes: number | null;
  foreignCores: number | null;
}

/** A command that exports nothing takes as long as it takes to start; the rest is the export. */
async function measureExport(
  server: BenchServer,
  run: Run,
  { database, folder, rows }: { database: string; folder: string; rows: number },
): Promise<Exported> {
  const to = join(folder, "exported.csv");
  const startedMs = await time(() => run("export", "orders", "--from", "2999-01-01T00:00:00Z", "--to", to, "--force"));
  let exportMs = 0;
  const usage = await measure(server, async () => {
    let used: NodeUsage | undefined;
    exportMs = (await time(async () => (used = await run("export", "orders", "--to", to, "--force")))) - startedMs;
    return used === undefined ? [] : [used];
  });
  const lines = await countLines(to);
  if (lines !== rows + 1) throw new Error(`The export has ${lines} lines for ${rows} rows and a header.`);
  const copyOutMs = await server.asAdministrator(async (client) => {
    const { rows: found } = await client.query<{ folder: string }>(
      "select current_setting('data_directory') as folder",
    );
    const file = join(found[0]!.folder, "bench-out.copy");
    const ms = await time(async () => {
      for (const table of ["sales_order", "order_line"]) await client.query(`copy ${table} to '${file}'`);
    });
    await removeFiles(client, [file]);
    return ms;
  }, database);
  await rm(to);
  return {
    exportMs,
    copyOutMs,
    exportPeakBytes: usage.peakNodeBytes === 0 ? null : usage.peakNodeBytes,
    foreignCores: usage.foreignCores,
  };
}

async function countLines(path: string): Promise<number> {
  let lines = 0;
  for await (const piece of createReadStream(path)) for (const byte of piece as Buffer) if (byte === 10) lines += 1;
  return lines;
}

const time = async (work: () => Promise<unknown>): Promise<number> => {
  const before = performance.now();
  await work();
  return performance.now() - before;
};

// ------------------------------------------------------------------ the result

const wanted = (isQuick: boolean) => ({
  ratio: { name: "csv: import against COPY of the same rows", target: leastRatio, bound: "at least" as const },
  memory: {
    name: "csv: peak memory of the import, large file over small",
    target: isQuick ? mostGrowth.quick : mostGrowth.full,
    bound: "at most" as const,
  },
});

function result(measured: readonly Measured[], isQuick: boolean): CaseResult {
  const [small, large] = [measured[0]!, measured.at(-1)!];
  const gates = wanted(isQuick);
  const perSecond = (rows: number, ms: number): number => (rows / ms) * 1000;
  const megabytes = (bytes: number | null): number | null => (bytes === null ? null : bytes / 2 ** 20);
  const growth =
    small.importPeakBytes === null || large.importPeakBytes === null
      ? null
      : large.importPeakBytes / small.importPeakBytes;
  return {
    name: csv.name,
    tables: [
      {
        title: `Order files${isQuick ? " (quick)" : ""}`,
        columns: ["what", ...measured.map(({ rows }) => `${rows.toLocaleString("en")} rows`)],
        rows: [
          ["import, rows/s", ...measured.map((each) => perSecond(each.rows, each.importMs))],
          ["COPY in, rows/s", ...measured.map((each) => perSecond(each.rows, each.copyInMs))],
          ["import / COPY", ...measured.map((each) => each.copyInMs / each.importMs)],
          ["import, peak MB", ...measured.map((each) => megabytes(each.importPeakBytes))],
          ["export, rows/s", ...measured.map((each) => perSecond(each.rows, each.exportMs))],
          ["COPY out, rows/s", ...measured.map((each) => perSecond(each.rows, each.copyOutMs))],
          ["export / COPY", ...measured.map((each) => each.copyOutMs / each.exportMs)],
          ["export, peak MB", ...measured.map((each) => megabytes(each.exportPeakBytes))],
        ],
        notes: [
          `A row is a line of the file; ${linesPerOrder} are an order. COPY gets what the import made of them: all rows of ${importedTables.length} tables, checked and indexed.`,
        ],
      },
    ],
    figures: Object.fromEntries(
      measured.flatMap((each) => [
        [`import_rows_per_second_${each.rows}`, perSecond(each.rows, each.importMs)],
        [`import_ratio_${each.rows}`, each.copyInMs / each.importMs],
        [`import_peak_bytes_${each.rows}`, each.importPeakBytes ?? 0],
        [`export_rows_per_second_${each.rows}`, perSecond(each.rows, each.exportMs)],
        [`export_ratio_${each.rows}`, each.copyOutMs / each.exportMs],
        [`export_peak_bytes_${each.rows}`, each.exportPeakBytes ?? 0],
      ]),
    ),
    gates: [
      wallGate(
        { ...gates.ratio, measured: large.copyInMs / large.importMs },
        { foreignLoad: large.foreignLoad, isTooShort: isQuick },
      ),
      exactGate({ ...gates.memory, measured: growth }),
    ],
  };
}

function notMeasured(): CaseResult {
  const { ratio, memory } = wanted(false);
  return {
    name: csv.name,
    tables: [],
    figures: {},
    gates: [
      notRun({ ...ratio, kind: "wall", note: "--size 1000000" }),
      notRun({ ...memory, kind: "exact", note: "--size 1000000" }),
    ],
  };
}
