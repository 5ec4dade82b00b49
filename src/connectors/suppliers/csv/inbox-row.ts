import { isCurrency } from "#domain/money.ts";
import type { DecimalText } from "#domain/money.ts";
import { amountOf, wholeNumberOf } from "../../files/amount.ts";
import { expected, idOf, lineOf, textOf, value, type Cell } from "../../files/cell.ts";
import { momentOf, type Clockwork } from "../../files/moment.ts";
import { shown } from "../../files/table.ts";
import type { Acknowledged, InboxFault, InboxRecord } from "../../ports.ts";
import type { FieldOf, InboxKind } from "./inbox-columns.ts";
import type { CsvSettings } from "./settings.ts";

/** How cells are to be read, from the supplier's settings and the file itself. */
export interface Reading {
  decimal: CsvSettings["decimal"];
  clockwork: Clockwork;
  /** Of costs without a currency of their own. */
  currency: string | null;
  /** Of stock without a time of its own: when the file was written. */
  asOf: Date;
}

/** Reads one row of a table. `cells` is checked to be as wide as the header. */
export function recordOf(kind: InboxKind, line: number, row: Row, reading: Reading): InboxRecord | InboxFault {
  try {
    return readers[kind](line, row, reading);
  } catch (error) {
    if (error instanceof BadCell) return error.fault;
    throw error;
  }
}

/** The cells of one row by field. Asking for a cell that cannot be read ends the row. */
export class Row {
  readonly line: number;
  readonly #cells: readonly string[];
  readonly #columns: ReadonlyMap<string, number>;

  constructor(line: number, cells: readonly string[], columns: ReadonlyMap<string, number>) {
    this.line = line;
    this.#cells = cells;
    this.#columns = columns;
  }

  /** "" for a field that the file has no column for. */
  text(field: string): string {
    return textOf(this.#cells[this.#columns.get(field) ?? -1] ?? "");
  }

  need<T>(field: string, read: (cell: string) => Cell<T>): T {
    const cell = read(this.text(field));
    if (cell.ok) return cell.value;
    return this.refuse(field, cell.expected);
  }

  /** null for an empty cell. */
  may<T>(field: string, read: (cell: string) => Cell<T>): T | null {
    return this.text(field) === "" ? null : this.need(field, read);
  }

  refuse(field: string, what: string): never {
    const column = this.#columns.get(field);
    throw new BadCell({
      line: this.line,
      column: column === undefined ? 0 : column + 1,
      field,
      found: shown(this.text(field)),
      expected: what,
    });
  }
}
class BadCell extends Error {
  readonly fault: InboxFault;
  constructor(fault: InboxFault) {
    super(fault.expected);
    this.fault = fault;
  }
}

const id = (what: string) => (cell: string) => idOf(cell, what, { scientificIsDamage: true });
const poNumberOf = id("our purchase order number");
const skuOf = id("a SKU");
const unitsOf = (cell: string): Cell<number> => wholeNumberIn(cell, 1, "1 to 1,000,000 units");
const onHandOf = (cell: string): Cell<number> =>
  wholeNumberIn(cell, 0, "0 to 1,000,000,000 units on hand", 1_000_000_000);
const lineNoOf = (cell: string): Cell<number> => wholeNumberIn(cell, 1, "the line's number in our purchase order");
const costOf =
  ({ decimal }: Reading) =>
  (cell: string): Cell<DecimalText> => {
    const amount = amountOf(cell, decimal);
    return amount.ok && amount.value.startsWith("-") ? expected("a cost of 0 or more") : amount;
  };
const currencyOf = (cell: string): Cell<string> =>
  isCurrency(cell) ? value(cell) : expected("a currency code such as EUR");
const momentIn =
  ({ clockwork }: Reading) =>
  (cell: string): Cell<Date> =>
    momentOf(cell, clockwork);
const messageOf = (cell: string): Cell<string> => lineOf(cell, 500);

function wholeNumberIn(cell: string, least: number, what: string, most = 1_000_000): Cell<number> {
  const number = wholeNumberOf(cell, ".");
  return number.ok && number.value >= least && number.value <= most && /\d/.test(cell) ? number : expected(what);
}

type Reader<K extends InboxKind> = (line: number, row: RowOf<K>, reading: Reading) => InboxRecord;
/** A row whose fields are those of its kind, so that a field nobody declared does not compile. */
interface RowOf<K extends InboxKind> {
  text(field: FieldOf<K>): string;
  need<T>(field: FieldOf<K>, read: (cell: string) => Cell<T>): T;
  may<T>(field: FieldOf<K>, read: (cell: string) => Cell<T>): T | null;
  refuse(field: FieldOf<K>, what: string): never;
}
const readers: { [K in InboxKind]: Reader<K> } = {
  tracking: (line, row, reading) => {
    const supplierSku = row.may("supplier_sku", skuOf);
    const units = row.may("units", unitsOf);
    if (units !== null && supplierSku === null) row.refuse("supplier_sku", "the SKU of these units");
    return {
      type: "tracking",
      line,
      poNumber: row.need("po_number", poNumberOf),
      parcel: {
        carrier: row.may("carrier", (cell) => lineOf(cell, 100)) ?? "",
        trackingNumber: row.need("tracking_number", id("a tracking number")),
        shippedAt: row.may("shipped_at", momentIn(reading)),
        supplierSku,
        units,
      },
    };
  },
  acknowledgement: (line, row, reading) => ({
    type: "acknowledgement",
    line,
    poNumber: row.need("po_number", poNumberOf),
    supplierOrderId: row.may("supplier_order_id", id("the supplier's order number")),
    scope: scopeOf(row),
    answer: answerOf(row, reading),
  }),
  stock: (line, row, reading) => {
    const unitCost = row.may("unit_cost", costOf(reading));
    return {
      type: "stock",
      line,
      item: {
        supplierSku: row.need("supplier_sku", skuOf),
        onHand: row.need("on_hand", onHandOf),
        unitCost,
        currency: unitCost === null ? null : currencyIn(row, reading),
        asOf: row.may("as_of", momentIn(reading)) ?? reading.asOf,
      },
    };
  },
  cost: (line, row, reading) => ({
    type: "cost",
    line,
    supplierSku: row.need("supplier_sku", skuOf),
    unitCost: row.need("unit_cost", costOf(reading)),
    currency: currencyIn(row, reading),
  }),
};

function currencyIn(row: RowOf<"stock"> | RowOf<"cost">, reading: Reading): string {
  return (
    row.may("currency", currencyOf) ??
    reading.currency ??
    row.refuse("currency", "a currency code such as EUR, here or as inbox.currency in the supplier's settings")
  );
}

function scopeOf(row: RowOf<"acknowledgement">): Acknowledged["scope"] {
  const no = row.may("line_no", lineNoOf);
  const supplierSku = row.may("supplier_sku", skuOf);
  const units = row.may("units", unitsOf);
  if (no !== null || supplierSku !== null) return { no, supplierSku, units };
  return units === null
    ? "all"
    : row.refuse(
        "supplier_sku",
        "the SKU or line number of these units; without units the row means the whole purchase order",
      );
}

const statusWords: Record<Acknowledged["answer"]["status"], readonly string[]> = {
  accepted: ["accepted", "accept", "ok", "confirmed", "confirm", "acknowledged", "yes"],
  refused: [
    "refused",
    "refuse",
    "rejected",
    "reject",
    "cancelled",
    "canceled",
    "declined",
    "out of stock",
    "no",
    "discontinued",
  ],
  backordered: ["backordered", "backorder", "back order", "back ordered", "bo", "later"],
};

function answerOf(row: RowOf<"acknowledgement">, reading: Reading): Acknowledged["answer"] {
  const word = row
    .text("status")
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, " ");
  const message = row.may("reason", messageOf) ?? "";
  if (statusWords.accepted.includes(word)) return { status: "accepted" };
  if (statusWords.backordered.includes(word))
    return { status: "backordered", until: row.may("until", momentIn(reading)), message };
  if (statusWords.refused.includes(word)) {
    const outOfStock = /out.?of.?stock|sold.?out|no stock|unavailable/i.test(`${word} ${message}`);
    return { status: "refused", reason: outOfStock ? "out_of_stock" : "supplier_refused", message };
  }
  return row.refuse(
    "status",
    `accepted, refused or backordered (or a word for one of them: ${Object.values(statusWords).flat().join(", ")})`,
  );
}
