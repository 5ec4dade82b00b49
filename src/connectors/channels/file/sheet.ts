import { textOf, expected, value, type Cell } from "../../files/cell.ts";
import type { Priced } from "../../files/amount.ts";
import { momentOf } from "../../files/moment.ts";
import { shown } from "../../files/table.ts";
import type { Problem } from "./file-record.ts";
import type { Field } from "./order-mapping.ts";
import type { Layout, OrderRow } from "./order-rows.ts";

type Parse<T> = (cell: string) => Cell<T>;

/** The rows of one order, read by field; collects what is wrong with them and what must be asked. */
export class Sheet {
  readonly rows: OrderRow[];
  readonly layout: Layout;
  readonly problems: Problem[] = [];
  readonly questions: string[] = [];

  constructor(rows: OrderRow[], layout: Layout) {
    this.rows = rows;
    this.layout = layout;
  }

  has(field: Field): boolean {
    return this.layout.columns.has(field) || this.layout.mapping.constants[field] !== undefined;
  }

  text(row: OrderRow, field: Field): string {
    const column = this.layout.columns.get(field);
    if (column === undefined) return this.layout.mapping.constants[field] ?? "";
    const text = textOf(row.cells[column] ?? "");
    return text.startsWith("'") && this.layout.format.apostrophes.includes(field) ? text.slice(1) : text;
  }

  /** null: the cell is empty, or wrong and now among the problems. */
  read<T>(row: OrderRow, field: Field, parse: Parse<T>): T | null {
    const text = this.text(row, field);
    if (text === "") return null;
    const cell = parse(text);
    if (cell.ok) return cell.value;
    this.refuse(row, field, cell.expected);
    return null;
  }

  /** What all rows of the order that say anything say; two different answers are a problem. */
  same<T>(field: Field, parse: Parse<T>, equal: (a: T, b: T) => boolean = Object.is): T | null {
    if (!this.has(field)) return null;
    let first: T | null = null;
    let firstText = "";
    let firstLine = 0;
    for (const row of this.rows) {
      const text = this.text(row, field);
      if (text === "" || text === firstText) continue;
      const read = this.read(row, field, parse);
      if (read === null) return null;
      if (first === null) [first, firstText, firstLine] = [read, text, row.line];
      else if (!equal(first, read))
        this.refuse(
          row,
          field,
          `the same as in line ${firstLine} (${shown(firstText)}), because both rows are of one order`,
        );
    }
    return first;
  }

  /** What each row that says anything says. */
  each<T>(field: Field, parse: Parse<T>): T[] {
    if (!this.has(field)) return [];
    const known = new Map<string, T | null>();
    const values: T[] = [];
    for (const row of this.rows) {
      const text = this.text(row, field);
      const read = known.has(text) ? (known.get(text) ?? null) : this.read(row, field, parse);
      known.set(text, read);
      if (read !== null) values.push(read);
    }
    return values;
  }

  moment(edge: "start" | "end" = "start"): Parse<Date> {
    const { dateStyle: style, zone } = this.layout.mapping;
    return (cell) => momentOf(cell, { style, zone }, edge);
  }

  word<T>(known: ReadonlyMap<string, T>): Parse<T> {
    return (cell) => {
      const found = known.get(textOf(cell).toLowerCase());
      return found === undefined
        ? expected(
            known.size === 0 ? "no value: this format has no words for it" : `one of ${[...known.keys()].join(", ")}`,
          )
        : value(found);
    };
  }

  /** The order's own row, which sells nothing. */
  isSummary(row: OrderRow): boolean {
    const named = this.text(row, "sku") !== "" || this.text(row, "title") !== "" || this.text(row, "product_id") !== "";
    return !named && (this.layout.format.summaryRows || this.text(row, "quantity") === "") && this.rows.length > 1;
  }

  isNoGoods(sku: string): boolean {
    const key = sku.toLowerCase();
    return (
      key !== "" &&
      this.layout.notGoods.some((listed) =>
        listed.endsWith("*") ? key.startsWith(listed.slice(0, -1)) : key === listed,
      )
    );
  }

  refuse(row: OrderRow | undefined, field: Field, what: string): void {
    const column = this.layout.columns.get(field);
    const header = column === undefined ? "" : (this.layout.header.names[column] ?? "");
    const found = row === undefined ? "" : shown(this.text(row, field));
    this.problems.push({
      line: row?.line ?? 0,
      column: column === undefined ? 0 : column + 1,
      header,
      found,
      expected: what,
    });
  }

  refuseOtherCurrency({ amount, currencies }: Priced, currency: string, row?: OrderRow, field: Field = "total"): void {
    if (currencies === null || currency === "" || currencies.includes(currency)) return;
    this.refuse(
      row ?? this.rows[0],
      field,
      `a price in ${currency}, the currency of the order; the sign beside ${amount} means ${currencies.join(" or ")}`,
    );
  }

  ask(question: string): void {
    this.questions.push(question);
  }
}
