import { Option, type Command } from "commander";
import { publicId } from "#domain/ids.ts";
import { toMajor } from "#domain/money.ts";
import { csvLine } from "#domain/csv-line.ts";
import { exportPersonalData } from "#engine/manage/erase.ts";
import { instant } from "#engine/manage/setting.ts";
import {
  exportEvents,
  exportOrders,
  exportPurchases,
  type ExportedEvent,
  type ExportedLine,
  type ExportedPurchase,
  type ExportFilter,
} from "#store/read/export.ts";
import { chooseChannel, chooseSupplier } from "../choose.ts";
import { CliError } from "../cli-error.ts";
import { command, group, run, type Work } from "../command.ts";
import { note, openSink, toJson, type Column } from "../output.ts";
import { startProgress } from "../progress.ts";
import { whose, type WhoseOptions } from "../whose.ts";

interface ExportOptions {
  to: string;
  format: "csv" | "jsonl";
  from?: string;
  until?: string;
  force?: boolean;
  channel?: string;
  supplier?: string;
  addresses?: boolean;
}

export const exportCommand = () =>
  group("export", "whole lists to a file or to standard output")
    .addCommand(
      exporting("orders", "Orders, a row per line.", [
        "export orders --to orders.csv",
        "export orders --channel shop --format jsonl | gzip > orders.jsonl.gz",
      ])
        .option("--channel <channel>", "only of this channel")
        .option("--addresses", "with the buyers' names and addresses: personal data")
        .action(
          run<ExportOptions>((work) =>
            stream<ExportedLine>(
              work,
              async ({ db }, filter) => {
                const { channel, addresses = false } = work.options;
                const channelId =
                  channel === undefined ? null : (await chooseChannel(db, filter.workspaceId, channel)).id;
                return exportOrders(db, { ...filter, channelId, addresses });
              },
              [...orderColumns, ...(work.options.addresses === true ? addressColumns : [])],
            ),
          ),
        ),
    )
    .addCommand(
      exporting("purchase-orders", "Purchases at suppliers, a row per purchase.", [
        "export purchase-orders --supplier northwind --to bought.csv",
      ])
        .option("--supplier <supplier>", "only at this supplier")
        .action(
          run<ExportOptions>((work) =>
            stream<ExportedPurchase>(
              work,
              async ({ db }, filter) => {
                const { supplier } = work.options;
                const supplierId =
                  supplier === undefined ? null : (await chooseSupplier(db, filter.workspaceId, supplier)).id;
                return exportPurchases(db, { ...filter, supplierId });
              },
              purchaseColumns,
            ),
          ),
        ),
    )
    .addCommand(
      command({
        name: "buyer",
        about:
          "Everything that is kept about a buyer, with the messages as they came, as JSON: for the buyer who asks.",
        examples: ["export buyer --mail ada@example.org --to ada.json", "export buyer --order 1001"],
        prints: false,
      })
        .option("--order <order>", "of one order, by its id or number")
        .option("--buyer <id>", "of a buyer, by the channel's own id")
        .option("--mail <address>", "of everybody with this e-mail address")
        .option("--to <file>", "where to; - is standard output", "-")
        .option("--force", "overwrite the file")
        .action(
          run<WhoseOptions & { to: string; force?: boolean }>(async ({ connect, workspace, options }) => {
            const connection = await connect();
            const { id: workspaceId } = await workspace(connection);
            const target = await whose(connection, workspaceId, options);
            const orders = (await exportPersonalData(connection.engine, workspaceId, target)) ?? [];
            const sink = await openSink(options.to, options.force === true);
            await sink.write(`${JSON.stringify({ orders }, null, 2)}\n`);
            await sink.close();
            if (options.to !== "-") note(`${orders.length} orders in ${options.to}.`);
          }),
        ),
    )
    .addCommand(
      exporting("events", "The whole trail with its hashes, order by order.", [
        "export events --format jsonl --to trail.jsonl",
      ]).action(
        run<ExportOptions>((work) =>
          stream<ExportedEvent>(work, async ({ db }, filter) => exportEvents(db, filter), eventColumns),
        ),
      ),
    );

const exporting = (name: string, about: string, examples: string[]): Command =>
  command({ name, about, examples, prints: false })
    .option("--to <file>", "where to; - is standard output", "-")
    .addOption(
      new Option("--format <format>", "CSV with a header, or a JSON object per line")
        .choices(["csv", "jsonl"])
        .default("csv"),
    )
    .option("--from <instant>", "only what came at or after")
    .option("--until <instant>", "only what came before")
    .option("--force", "overwrite the file");

type Connected = Awaited<ReturnType<Work<object>["connect"]>>;

/** CLI-10. Page by page to a file that is complete or not there under its name, or to standard output. */
async function stream<Row>(
  { connect, workspace, options }: Work<ExportOptions>,
  open: (connection: Connected, filter: ExportFilter) => Promise<AsyncGenerator<Row[]>>,
  columns: readonly ExportColumn<Row>[],
): Promise<void> {
  const filter = { from: instantOption("--from", options.from), to: instantOption("--until", options.until) };
  const connection = await connect();
  const { id: workspaceId } = await workspace(connection);
  const pages = await open(connection, { workspaceId, ...filter });
  const sink = await openSink(options.to, options.force === true);
  const progress = await startProgress("Exporting", null);
  let rows = 0;
  try {
    if (options.format === "csv") await sink.write(csvLine(columns.map((each) => each.title)));
    for await (const page of pages) {
      await sink.write(
        page
          .map((each) =>
            options.format === "csv"
              ? csvLine(columns.map((one) => cell(one.value(each))))
              : `${toJson(object(columns, each))}\n`,
          )
          .join(""),
      );
      rows += page.length;
      progress.advance(page.length);
    }
    await sink.close();
  } catch (error) {
    await sink.abandon();
    throw error;
  }
  progress.done(`${rows} rows.`);
  if (options.to !== "-") note(`${rows} rows in ${options.to}.`);
}

const cell = (value: ReturnType<Column<unknown>["value"]>): string =>
  value === null || value === undefined ? "" : String(value);
const object = <Row>(columns: readonly ExportColumn<Row>[], each: Row): Record<string, unknown> =>
  Object.fromEntries(
    columns.map((one) => [one.title, one.json === undefined ? (one.value(each) ?? null) : one.json(each)]),
  );

/** Where JSON lines carry more than the text of a cell. */
interface ExportColumn<Row> extends Column<Row> {
  json?: (row: Row) => unknown;
}

function instantOption(name: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const value = instant({ help: "" }).read(text);
  if (typeof value !== "string")
    throw new CliError(
      `${name}: found "${text.slice(0, 60)}", expected an instant with its zone such as 2026-11-22T08:00:00Z.`,
    );
  return new Date(value);
}

const money = (amount: bigint | null, currency: string): string | null =>
  amount === null ? null : toMajor({ amount, currency });
const time = (at: Date | null): string | null => at?.toISOString() ?? null;

const orderColumns: Column<ExportedLine>[] = [
  { title: "order", value: (each) => each.number },
  { title: "id", value: (each) => publicId("order", each.publicId) },
  { title: "channel", value: (each) => each.channel },
  { title: "channel_order_id", value: (each) => each.channelOrderId },
  { title: "state", value: (each) => each.headline },
  { title: "payment", value: (each) => each.payment },
  { title: "ordered_at", value: (each) => time(each.orderedAt) },
  { title: "received_at", value: (each) => time(each.receivedAt) },
  { title: "ship_by", value: (each) => time(each.shipBy) },
  { title: "country", value: (each) => each.country },
  { title: "total", value: (each) => money(each.total, each.currency) },
  { title: "currency", value: (each) => each.currency },
  { title: "line", value: (each) => each.lineNo },
  { title: "channel_line_id", value: (each) => each.channelLineId },
  { title: "sku", value: (each) => each.sku },
  { title: "title", value: (each) => each.title },
  { title: "kind", value: (each) => each.kind },
  { title: "quantity", value: (each) => each.quantity },
  { title: "cancelled", value: (each) => each.cancelled },
  { title: "unit_price", value: (each) => each.unitPrice },
];
const addressColumns: Column<ExportedLine>[] = [
  "name",
  "company",
  "line1",
  "line2",
  "city",
  "region",
  "postcode",
  "country",
  "phone",
  "email",
].map((part) => ({
  title: `ship_${part}`,
  value: (each) => each.shipTo?.[part],
}));
const purchaseColumns: ExportColumn<ExportedPurchase>[] = [
  { title: "purchase_order", value: (each) => each.reference },
  { title: "supplier", value: (each) => each.supplier },
  { title: "account", value: (each) => each.account },
  { title: "supplier_order_id", value: (each) => each.supplierOrderId },
  { title: "state", value: (each) => each.state },
  { title: "kind", value: (each) => each.kind },
  { title: "armed_at", value: (each) => time(each.armedAt) },
  { title: "closed_at", value: (each) => time(each.closedAt) },
  { title: "cost", value: (each) => money(each.cost, each.currency) },
  { title: "cost_is", value: (each) => each.costIs },
  { title: "expected", value: (each) => money(each.expected, each.currency) },
  { title: "currency", value: (each) => each.currency },
  { title: "order", value: (each) => each.orderNumber },
  { title: "order_id", value: (each) => publicId("order", each.orderPublicId) },
  { title: "part", value: (each) => each.partNo },
  { title: "part_state", value: (each) => each.partState },
  { title: "lines", value: (each) => toJson(each.lines), json: (each) => each.lines },
];
const eventColumns: ExportColumn<ExportedEvent>[] = [
  { title: "order", value: (each) => each.orderNumber },
  { title: "order_id", value: (each) => publicId("order", each.orderPublicId) },
  { title: "seq", value: (each) => each.seq },
  { title: "at", value: (each) => time(each.at) },
  { title: "kind", value: (each) => each.kind },
  { title: "subject", value: (each) => each.subject },
  { title: "subject_id", value: (each) => each.subjectId },
  { title: "from", value: (each) => each.fromState },
  { title: "to", value: (each) => each.toState },
  { title: "actor", value: (each) => each.actor },
  { title: "data", value: (each) => (each.data === null ? null : toJson(each.data)), json: (each) => each.data },
  { title: "hash", value: (each) => each.hash },
];
