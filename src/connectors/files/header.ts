/** The row that names a table's columns. Names are compared without regard to case, to spaces around and doubled inside, and to Unicode forms. */
export class Header {
  readonly line: number;
  readonly names: readonly string[];
  readonly #columns = new Map<string, number[]>(); // a Map, so that a column called __proto__ is a column

  constructor(line: number, cells: readonly string[]) {
    this.line = line;
    this.names = cells.map((cell) => cell.trim());
    for (const [index, name] of this.names.entries()) {
      if (name === "") continue;
      const key = headerKey(name);
      const columns = this.#columns.get(key);
      if (columns === undefined) this.#columns.set(key, [index]);
      else columns.push(index);
    }
  }

  /** Indexes (from 0) of the columns of this name: none, one, or several that nobody can tell apart. */
  columnsNamed(name: string): readonly number[] {
    return this.#columns.get(headerKey(name)) ?? [];
  }

  /** The only column of this name, or null. */
  indexOf(name: string): number | null {
    const columns = this.columnsNamed(name);
    return columns.length === 1 ? (columns[0] ?? null) : null;
  }
}

export const headerKey = (name: string): string => name.normalize("NFC").trim().replaceAll(/\s+/g, " ").toLowerCase();

/** A row without any text, as exports put between and around their tables. */
export const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === "");
/** Excel's own first line that names the delimiter. */
export const isSeparatorLine = (raw: string): boolean => /^"?sep=.?"?$/i.test(raw.trim());
