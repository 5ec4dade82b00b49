import { Header, isBlank, isSeparatorLine } from "../files/header.ts";
import { readTable, UnreadableFile, type Dialect, type TableRow } from "../files/table.ts";

/** The first row that is not blank names the columns. Throws UnreadableFile. */
export async function headerOf(path: string, dialect: Dialect): Promise<Header> {
  for await (const { line, cells, raw, fault } of readTable(path, dialect)) {
    if ((isBlank(cells) && fault === null) || isSeparatorLine(raw)) continue;
    if (fault !== null)
      throw new UnreadableFile(
        `${path}, line ${fault.line}, column ${fault.column}: found ${fault.found}; expected ${fault.expected}.`,
        fault.line,
      );
    return new Header(line, cells);
  }
  throw new UnreadableFile(`${path} has no row that could be a header. Export it with column names.`);
}

/** All rows below the header but blank ones; one that is wider or narrower than the header is a fault. */
export async function* tableRows(path: string, dialect: Dialect, header: Header): AsyncGenerator<TableRow> {
  const width = header.names.length;
  for await (const row of readTable(path, dialect)) {
    if (row.line <= header.line) continue;
    const { line, cells, fault } = row;
    if (fault === null && isBlank(cells)) continue;
    if (fault !== null || cells.length === width) yield row;
    else
      yield {
        ...row,
        fault: {
          line,
          column: Math.min(cells.length, width),
          found: `${cells.length} cells`,
          expected: `${width} cells, as the header has; ${cells.length < width ? "the file may be cut here" : "a cell that contains the delimiter stands in quotes"}`,
        },
      };
  }
}
