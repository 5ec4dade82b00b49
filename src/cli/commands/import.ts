import { setFlagsFromString } from "node:v8";
import type { Command } from "commander";
import { layoutOf } from "#connectors/channels/file/order-rows.ts";
import { guessMapping, parseMap, readOrders } from "#connectors/channels/file/read-orders.ts";
import type { Guess } from "#connectors/channels/file/guess-mapping.ts";
import type { Dialect } from "#connectors/files/table.ts";
import { guessList } from "#connectors/lists/guess-list.ts";
import { parseListMap, type ListKind, type ListMapping } from "#connectors/lists/list-mapping.ts";
import { headerOf } from "#connectors/lists/list-table.ts";
import { readList } from "#connectors/lists/read-list.ts";
import { importCosts } from "#engine/import/costs.ts";
import type { ImportProgress, ImportReport } from "#engine/import/import-log.ts";
import { importLinks } from "#engine/import/links.ts";
import { importOrders } from "#engine/import/orders.ts";
import { importStock } from "#engine/import/stock.ts";
import { importTracking } from "#engine/import/tracking.ts";
import { openDb } from "#store/db.ts";
import type { Store } from "#store/server.ts";
import { refreshStatistics } from "#store/statistics.ts";
import { chooseChannel, chooseSupplier } from "../choose.ts";
import { CliError } from "../cli-error.ts";
import { command, group, run, type Work } from "../command.ts";
import { identifyFile, readingFile, Refusals, showGuesses } from "../import-file.ts";
import { note, printFields, type Format } from "../output.ts";
import { startProgress } from "../progress.ts";
import { listImportsCommand, setAsideCommand } from "./import-set-aside.ts";

interface ImportOptions {
  map?: string;
  refused?: string;
  force?: boolean;
  dryRun?: boolean;
  strict?: boolean;
}
interface OrderOptions extends ImportOptions {
  channel: string;
}
interface ListOptions extends ImportOptions {
  supplier?: string;
}

export const importCommand = () =>
  group("import", "bring files in: orders, product links, stock, costs, tracking")
    .addCommand(ordersCommand())
    .addCommand(
      listCommand("links", "Link SKUs: what each is bought as. All rows of a SKU are its whole link.", [
        "import links links.csv --map sku=Item,supplier:=northwind,currency:=EUR",
        "import links links.csv --dry-run",
      ]),
    )
    .addCommand(
      listCommand("stock", "Set counted stock of suppliers and prep centres.", [
        "import stock stock.csv --supplier northwind",
      ]),
    )
    .addCommand(
      listCommand("costs", "Set what suppliers ask now, in every link that buys these SKUs.", [
        "import costs prices.csv --supplier northwind --map currency:=EUR,decimal=comma",
      ]),
    )
    .addCommand(
      listCommand("tracking", "Enter tracking numbers, by order number or by the reference of our purchase order.", [
        "import tracking parcels.csv --map order=Order,zone=Europe/Berlin",
      ]),
    )
    .addCommand(listImportsCommand())
    .addCommand(setAsideCommand());

const fileCommand = (name: string, about: string, examples: string[]): Command =>
  command({ name: `${name} <file>`, about, examples })
    .option(
      "--map <map>",
      "how to read it: field=Header, field:=value, setting=value, separated by commas; or @map.json for orders",
    )
    .option("--refused <file>", "write refused rows there, with what is wrong")
    .option("--force", "overwrite that file")
    .option("--dry-run", "read the file to its end and store nothing")
    .option("--strict", "fail when a row was refused");

const ordersCommand = (): Command =>
  fileCommand(
    "orders",
    "Import an order file: a Shopify, Amazon, eBay or WooCommerce export, or any table. The same file again changes nothing.",
    [
      "import orders orders_export.csv --channel shop",
      'import orders orders.csv --channel shop --map "order_id=Invoice,zone=Europe/London,currency:=GBP,payment:=paid"',
      "import orders orders.csv --channel shop --refused mend.csv",
    ],
  )
    .requiredOption("-c, --channel <channel>", "the channel that sold them")
    .action(
      run<OrderOptions, [string]>(async (work, path) => {
        const { options } = work;
        saveMemory();
        const file = await identifyFile(path);
        const connection = await work.connect();
        const { id: workspaceId } = await work.workspace(connection);
        const channel = await chooseChannel(connection.db, workspaceId, options.channel);
        return readingFile(async () => {
          const given = parseMap(options.map ?? "");
          const zone = given.zone === undefined ? channel.settings.zone : undefined;
          const { mapping, guessed, problems, hints } = await guessMapping(
            path,
            zone === undefined ? given : { ...given, zone },
          );
          if (zone !== undefined)
            guessed.push({
              part: "zone",
              value: zone,
              why: `times without an offset are in the zone of ${channel.name}`,
            });
          showGuesses(path, guessed, hints, problems);
          const { header } = await layoutOf(path, mapping);
          return carryOut(
            work,
            { path, lines: file.lines, dialect: mapping, headerLine: header.line, guessed },
            () => readOrders(path, mapping),
            (watcher, records) =>
              withStatistics(connection.store, watcher, (watched) =>
                importOrders(connection.engine, {
                  workspaceId,
                  channelId: channel.id,
                  file,
                  mapping,
                  records,
                  actor: connection.engine.actor,
                  ...watched,
                }),
              ),
          );
        });
      }),
    );

/** Beside the import, once its first rows are there; an import does not fail because of it. */
async function withStatistics<T>(store: Store, watcher: Watcher, work: (watcher: Watcher) => Promise<T>): Promise<T> {
  const owner = openDb(store.owner(), { max: 1 });
  let refreshed: Promise<void> | undefined;
  try {
    return await work({
      ...watcher,
      onProgress: (progress) => {
        refreshed ??= refreshStatistics(owner).catch(() => {});
        watcher.onProgress(progress);
      },
    });
  } finally {
    await refreshed;
    await owner.end();
  }
}

const listCommand = (kind: ListKind, about: string, examples: string[]): Command => {
  const made = fileCommand(kind, about, examples);
  if (kind !== "tracking") made.option("--supplier <supplier>", "of every row, where the file does not say");
  return made.action(
    run<ListOptions, [string]>(async (work, path) => {
      const { options } = work;
      saveMemory();
      const file = await identifyFile(path);
      const connection = await work.connect();
      const { id: workspaceId, settings } = await work.workspace(connection);
      const supplier =
        options.supplier === undefined
          ? undefined
          : (await chooseSupplier(connection.db, workspaceId, options.supplier)).name;
      return readingFile(async () => {
        const given = parseListMap(kind, options.map ?? "");
        if (supplier !== undefined && given.columns?.["supplier"] !== undefined)
          throw new CliError(
            "--supplier and a column supplier=… cannot both say whose the rows are.",
            "Leave one out.",
          );
        const zone = given.zone === undefined ? settings.zone : undefined;
        const { mapping, guessed, problems } = await guessList(kind, path, {
          ...given,
          ...(zone === undefined ? {} : { zone }),
          ...(supplier === undefined ? {} : { constants: { ...given.constants, supplier } }),
        });
        showGuesses(path, guessed, [], problems);
        const { line } = await headerOf(path, mapping);
        const wish = { workspaceId, file, mapping, actor: connection.engine.actor };
        const reading = { path, lines: file.lines, dialect: mapping, headerLine: line, guessed };
        return carryOutList(kind, work, reading, mapping, connection.engine, wish);
      });
    }),
  );
};

type Engine = Parameters<typeof importLinks>[0];
type ListWish = Omit<Parameters<typeof importLinks>[1], "records">;

function carryOutList(
  kind: ListKind,
  work: Work<ListOptions>,
  reading: Reading,
  mapping: ListMapping,
  engine: Engine,
  wish: ListWish,
): Promise<number> {
  const { path } = reading;
  switch (kind) {
    case "links":
      return carryOut(
        work,
        reading,
        () => readList(kind, path, mapping),
        (watcher, records) => importLinks(engine, { ...wish, ...watcher, records }),
      );
    case "stock":
      return carryOut(
        work,
        reading,
        () => readList(kind, path, mapping),
        (watcher, records) => importStock(engine, { ...wish, ...watcher, records }),
      );
    case "costs":
      return carryOut(
        work,
        reading,
        () => readList(kind, path, mapping),
        (watcher, records) => importCosts(engine, { ...wish, ...watcher, records }),
      );
    case "tracking":
      return carryOut(
        work,
        reading,
        () => readList(kind, path, mapping),
        (watcher, records) => importTracking(engine, { ...wish, ...watcher, records }),
      );
  }
}

interface Reading {
  path: string;
  lines: number;
  dialect: Dialect;
  headerLine: number;
  guessed: readonly Guess[];
}
/** What every reader gives: which rows, and whether they can be used. */
type AnyRecord = { type: string; rows: number[]; problems?: Parameters<Refusals["add"]>[0]["problems"] };
type Refused = Parameters<Refusals["add"]>[0];
interface Watcher {
  onProgress: (progress: ImportProgress) => void;
  onRefused: (refused: Refused) => void;
}

async function carryOut<R extends AnyRecord>(
  { options, format }: Work<ImportOptions>,
  reading: Reading,
  read: () => AsyncIterable<R>,
  store: (watcher: Watcher, records: AsyncIterable<R>) => Promise<ImportReport>,
): Promise<number> {
  const refusals = new Refusals();
  const progress = await startProgress(options.dryRun === true ? "reading" : "importing", reading.lines);
  let at = 0;
  const watcher: Watcher = {
    onProgress: ({ line }) => {
      progress.advance(Math.max(0, line - at), `line ${line} of ${reading.lines}`);
      at = Math.max(at, line);
    },
    onRefused: (refused) => refusals.add(refused),
  };
  let report: Omit<ImportReport, "id"> & { id: string | null };
  try {
    report = options.dryRun === true ? await dryRun(read(), refusals) : await store(watcher, read());
  } catch (error) {
    progress.done("stopped");
    throw error;
  }
  progress.done(options.dryRun === true ? "read to its end; nothing was stored" : "read to its end");
  refusals.show();
  if (options.refused !== undefined && report.refused > 0)
    await refusals.write(options.refused, reading, options.force === true);
  printReport(format, report, reading.guessed, refusals);
  if (report.setAside > 0 && report.id !== null)
    note("Some rows were set aside with a question. See them: npx switchyard import set-aside list");
  return options.strict === true && report.refused > 0 ? 1 : 0;
}

async function dryRun<R extends AnyRecord>(
  records: AsyncIterable<R>,
  refusals: Refusals,
): Promise<Omit<ImportReport, "id"> & { id: null }> {
  const report = { id: null, rows: 0, stored: 0, refused: 0, setAside: 0, summary: {} as Record<string, number> };
  for await (const { type, rows, problems = [] } of records) {
    report.rows += rows.length;
    if (type === "refused") {
      report.refused += rows.length;
      refusals.add({ rows, problems });
    } else if (type === "set_aside") report.setAside += rows.length;
    else {
      report.stored += rows.length;
      const name = `${type}s`;
      report.summary[name] = (report.summary[name] ?? 0) + 1;
    }
  }
  return report;
}

function printReport(
  format: Format,
  report: Omit<ImportReport, "id"> & { id: string | null },
  guessed: readonly Guess[],
  refusals: Refusals,
): void {
  const stored = report.id === null ? "could be stored" : "stored";
  const fields: [string, string | number | null][] = [
    ["import", report.id ?? "dry run: nothing was stored"],
    ["rows", report.rows],
    [stored, report.stored],
    ["refused", report.refused],
    ["set aside", report.setAside],
    ...Object.entries(report.summary).map(([name, n]): [string, number] => [name.replaceAll("_", " "), n]),
  ];
  printFields(format, fields, { import: report, guessed, problems: refusals.problems });
}

/**
 * V8 lets garbage grow to several times of what is in use. Measured with 60,000 order lines: 300 MB without this, 150 MB with it, and no slower, because the time
 * goes into the database.
 */
const saveMemory = (): void => setFlagsFromString("--optimize-for-size");
