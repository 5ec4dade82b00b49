import { textOf, type Cell } from "../files/cell.ts";
import { shown } from "../files/table.ts";
import type { Problem } from "../channels/file/file-record.ts";

/** Where a field stands in the file. Column 0: it has no column, its value was declared. */
export interface Place {
  column: number;
  header: string;
}
export type Places = ReadonlyMap<string, Place>;

/** The cells of one row by field; collects what is wrong with them. */
export class ListRow {
  readonly line: number;
  readonly raw: string;
  readonly problems: Problem[] = [];
  readonly #cells: readonly string[];
  readonly #places: Places;
  readonly #constants: Readonly<Record<string, string>>;

  constructor(
    row: { line: number; raw: string; cells: readonly string[] },
    places: Places,
    constants: Readonly<Record<string, string>>,
  ) {
    this.line = row.line;
    this.raw = row.raw;
    this.#cells = row.cells;
    this.#places = places;
    this.#constants = constants;
  }

  text(field: string): string {
    const column = this.#places.get(field)?.column ?? 0;
    return column === 0 ? (this.#constants[field] ?? "") : textOf(this.#cells[column - 1] ?? "");
  }

  /** null: the cell is empty, or wrong and now among the problems. */
  may<T>(field: string, read: (cell: string) => Cell<T>): T | null {
    return this.text(field) === "" ? null : this.need(field, read);
  }

  need<T>(field: string, read: (cell: string) => Cell<T>): T | null {
    const cell = read(this.text(field));
    if (cell.ok) return cell.value;
    this.refuse(field, cell.expected);
    return null;
  }

  refuse(field: string, expected: string): void {
    const { column, header } = this.#places.get(field) ?? { column: 0, header: field };
    this.problems.push({ line: this.line, column, header, found: shown(this.text(field)), expected });
  }
}
