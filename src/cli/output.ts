import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { rename, rm, stat } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { isatty } from "node:tty";
import Table from "cli-table3";
import { CliError } from "./cli-error.ts";
import { forTerminal } from "./terminal-text.ts";
import { csvLine } from "#domain/csv-line.ts";

export const formats = ["table", "json", "csv"] as const;
export type Format = (typeof formats)[number];

/** One column of a list: its heading and what stands in it. */
export interface Column<Row> {
  title: string;
  value: (row: Row) => string | number | boolean | null | undefined;
}
export const column = <Row>(title: string, value: Column<Row>["value"]): Column<Row> => ({ title, value });

/**
 * CLI-4. Prints a list: a table for people, CSV with a header for spreadsheets, or `json` exactly as given. Cells that a spreadsheet would run are
 * defused in CSV by an apostrophe in front.
 */
export function printList<Row>(
  format: Format,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  json: unknown,
  empty: string,
): void {
  if (format === "json") return printJson(json);
  if (format === "csv") {
    write(csvLine(columns.map((each) => each.title)));
    for (const row of rows) write(csvLine(columns.map((each) => cellText(each.value(row)))));
    return;
  }
  if (rows.length === 0) return write(`${empty}\n`);
  write(
    `${table(
      columns.map((each) => each.title),
      rows.map((row) => columns.map((each) => cellText(each.value(row)))),
    )}\n`,
  );
}

/** One thing: its fields below each other. */
export function printFields(
  format: Format,
  fields: readonly (readonly [string, string | number | boolean | null | undefined])[],
  json: unknown,
): void {
  if (format === "json") return printJson(json);
  if (format === "csv") {
    write(csvLine(["field", "value"]));
    for (const [name, value] of fields) write(csvLine([name, cellText(value)]));
    return;
  }
  const width = Math.max(...fields.map(([name]) => name.length));
  for (const [name, value] of fields) write(`${name.padEnd(width)}  ${forTerminal(cellText(value))}\n`);
}

export const printJson = (value: unknown): void => write(`${toJson(value, 2)}\n`);
export const write = (text: string): void => void process.stdout.write(text);
/** For people only; never mixed into what another program reads. */
export const note = (text: string): void => void process.stderr.write(`${text}\n`);

export const toJson = (value: unknown, space?: number): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? each.toString() : each), space);

const cellText = (value: string | number | boolean | null | undefined): string =>
  value === null || value === undefined ? "" : String(value);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const plain = {
    top: "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    left: "",
    "left-mid": "",
    mid: "",
    "mid-mid": "",
    right: "",
    "right-mid": "",
    middle: "  ",
  };
  const made = new Table({
    head: [...head],
    chars: plain,
    style: { head: isatty(1) ? ["bold"] : [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  for (const row of rows) made.push(row.map((cell) => shorten(forTerminal(cell))));
  return made
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

export interface Sink {
  write(text: string): Promise<void>;
  /** Complete: a file gets its name only now. */
  close(): Promise<void>;
  /** Nothing of it stays. */
  abandon(): Promise<void>;
}

/**
 * A file that is made anew, or standard output for "-". Waits for a slow reader. What is written lies beside the file until it is complete, so that nobody
 * takes half an export for a whole one.
 */
export async function openSink(path: string, overwrite: boolean): Promise<Sink> {
  if (path === "-")
    return { write: (text) => writeTo(process.stdout, text), close: async () => {}, abandon: async () => {} };
  if (!overwrite && (await exists(path)))
    throw new CliError(`${path} exists already.`, "Choose another name, or overwrite it with --force.");
  const unfinished = `${path}.part`;
  const stream = createWriteStream(unfinished, { flags: "w", mode: 0o600 });
  try {
    await once(stream, "open");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw new CliError(`${path} cannot be written (${String(code)}).`, "Choose a place where you may write.");
  }
  const end = async (): Promise<void> => {
    stream.end();
    await finished(stream);
  };
  return {
    write: (text) => writeTo(stream, text),
    async close() {
      await end();
      await rename(unfinished, path);
    },
    async abandon() {
      await end().catch(() => {});
      await rm(unfinished, { force: true });
    },
  };
}

async function writeTo(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, "drain");
}
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
