import { stat } from "node:fs/promises";
import { textOf } from "../../files/cell.ts";
import { Header, headerKey, isBlank, isSeparatorLine } from "../../files/header.ts";
import { readTable, UnreadableFile, type Fault } from "../../files/table.ts";
import { formats, type Format } from "./formats.ts";
import { BadMapping, fields, type Field, type OrderMapping } from "./order-mapping.ts";

/** Where each field of a mapping is in one file. */
export interface Layout {
  mapping: OrderMapping;
  format: Format;
  header: Header;
  /** Index of the field's column, from 0; fields without a column are absent. */
  columns: ReadonlyMap<Field, number>;
  /** The mapping's SKUs that are no goods, in lower case. */
  notGoods: readonly string[];
  /** The mapping's country names, as header keys. */
  countries: ReadonlyMap<string, string>;
}

export interface OrderRow {
  line: number;
  cells: string[];
  raw: string;
}

/** A row of the table, or a line that is none; `cells` are then as far as it could be read. */
export type SurveyedRow = OrderRow & { fault: Fault | null };

const farthestHeader = 30;

/** Finds the header: the first of the file's first rows that has all columns of the mapping. FI-12, FI-13. Throws BadMapping and UnreadableFile. */
export async function layoutOf(path: string, mapping: OrderMapping): Promise<Layout> {
  const wanted = fields.flatMap((field): [Field, string][] =>
    mapping.columns[field] === undefined ? [] : [[field, mapping.columns[field]]],
  );
  let best: { header: Header; missing: [Field, string][] } | null = null;
  for await (const header of headerCandidates(path, mapping)) {
    const missing = wanted.filter(([, name]) => header.columnsNamed(name).length === 0);
    if (best === null || missing.length < best.missing.length) best = { header, missing };
    if (missing.length === 0) break;
  }
  if (best === null) throw new UnreadableFile(`${path} has no header row. Export it with column names.`);
  const { header, missing } = best;
  if (missing.length > 0) {
    const names = missing.map(([field, name]) => `${field}=${name}`).join(", ");
    throw new BadMapping(
      `${path}, line ${header.line}: there is no column for ${names}. The columns are ${header.names.filter((name) => name !== "").join(", ")}.`,
    );
  }
  const columns = new Map<Field, number>();
  for (const [field, name] of wanted) {
    const found = header.columnsNamed(name);
    if (found.length > 1)
      throw new BadMapping(
        `${path}, line ${header.line}: ${found.length} columns are called ${name} (columns ${found.map((index) => index + 1).join(" and ")}), so nobody can say which is ${field}. Rename one in the file.`,
      );
    columns.set(field, found[0] ?? 0);
  }
  const countries = new Map(Object.entries(mapping.countries).map(([name, code]) => [headerKey(name), code]));
  return {
    mapping,
    format: formats[mapping.format],
    header,
    columns,
    notGoods: mapping.notGoods.map((sku) => sku.toLowerCase()),
    countries,
  };
}

/** The file's first rows that are not blank, as headers. */
export async function* headerCandidates(
  path: string,
  mapping: Pick<OrderMapping, "delimiter" | "encoding" | "quoted">,
): AsyncGenerator<Header> {
  let rows = 0;
  for await (const { line, cells, raw, fault } of readTable(path, mapping)) {
    if (isBlank(cells) && fault === null) continue;
    if (isSeparatorLine(raw)) continue;
    if (fault !== null) {
      if (rows > 0) return; // most likely a row of the table, and refused as such
      throw new UnreadableFile(
        `${path}, line ${fault.line}, column ${fault.column}: found ${fault.found}; expected ${fault.expected}.`,
        fault.line,
      );
    }
    yield new Header(line, cells);
    if (++rows === farthestHeader) return;
  }
}

/** All rows below the header, but blank ones and the format's junk. A row that is wider or narrower than the header is a fault. FI-14, FI-15. */
export async function* rowsBelow(
  path: string,
  { mapping, format, header, columns }: Layout,
): AsyncGenerator<SurveyedRow> {
  const width = header.names.length;
  const idColumn = columns.get(format.groupedBy) ?? 0;
  for await (const row of readTable(path, mapping)) {
    if (row.line <= header.line) continue;
    const { line, cells, fault } = row;
    // Below the table such lines may have any shape, broken quotes included.
    if (format.junk !== null && format.junk.test(row.raw) && !/^\d+-/.test(textOf(cells[idColumn] ?? ""))) continue;
    if (fault !== null) yield row;
    else if (isBlank(cells)) continue;
    else if (cells.length === width) yield row;
    else {
      const expected = `${width} cells, as the header has; ${cells.length < width ? "the file may be cut here" : "a cell that contains the delimiter stands in quotes"}`;
      yield {
        ...row,
        fault: { line, column: Math.min(cells.length, width), found: `${cells.length} cells`, expected },
      };
    }
  }
}

/** What a first reading tells about the orders of a file. */
export interface Survey {
  /** The last line on which each order has a row. */
  lastLines: Map<string, number>;
  /** Orders that may lack a row, because a line that seems to be theirs cannot be read. */
  spoiled: Map<string, Fault>;
}

/** FI-16, FI-17. Keeps one number per order and nothing of its rows. */
export async function survey(path: string, layout: Layout): Promise<Survey> {
  const lastLines = new Map<string, number>();
  const spoiled = new Map<string, Fault>();
  let previous: string | null = null;
  let scattered = false;
  let broken: Fault | null = null;
  const idColumn = layout.columns.get(layout.format.groupedBy) ?? 0;
  for await (const row of rowsBelow(path, layout)) {
    const id = keyOf(row, layout);
    if (row.fault !== null) {
      // The last cell of a broken row may itself be cut; the cells before it are whole.
      const whole = id !== "" && idColumn < row.cells.length - (row.fault.column === 0 ? 0 : 1);
      if (whole) spoiled.set(detached(id), row.fault);
      else if (broken === null && previous !== null && previous.startsWith(id)) spoiled.set(previous, row.fault);
      broken ??= row.fault;
      continue;
    }
    if (id === "") {
      if (previous !== null && layout.format.questionWithoutId === null)
        spoiled.set(previous, {
          line: row.line,
          column: idColumn + 1,
          found: "a row without an order id",
          expected: "an order id",
        });
      continue;
    }
    if (id === previous) lastLines.set(previous, row.line);
    else {
      const known = lastLines.has(id);
      scattered ||= known;
      previous = known ? id : detached(id);
      lastLines.set(previous, row.line);
    }
  }
  if (broken !== null && scattered) for (const id of lastLines.keys()) if (!spoiled.has(id)) spoiled.set(id, broken);
  return { lastLines, spoiled };
}

/** What holds the rows of an order together; "" where the row has none. */
export const keyOf = (row: OrderRow, { columns, format }: Layout): string =>
  textOf(row.cells[columns.get(format.groupedBy) ?? -1] ?? "");

/** A copy that does not keep the piece of the file alive that it was cut from. */
const detached = (text: string): string => Buffer.from(text, "utf16le").toString("utf16le");

/** Tells whether a file is still the one that was surveyed. */
export async function stampOf(path: string): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return `${size} ${mtimeMs} ${ino}`;
  } catch (error) {
    throw new UnreadableFile(`${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`, 0, {
      cause: error,
    });
  }
}
