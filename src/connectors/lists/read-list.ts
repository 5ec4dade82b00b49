import type { DecimalText } from "#domain/money.ts";
import { isCurrency } from "#domain/money.ts";
import { normalizeTrackingNumber } from "#domain/tracking-number.ts";
import { amountOf, wholeNumberOf } from "../files/amount.ts";
import { expected, idOf, lineOf, value, type Cell } from "../files/cell.ts";
import { momentOf } from "../files/moment.ts";
import { UnreadableFile } from "../files/table.ts";
import { stampOf } from "../channels/file/order-rows.ts";
import type { Problem } from "../channels/file/file-record.ts";
import { BadMapping } from "../channels/file/order-mapping.ts";
import type { Header } from "../files/header.ts";
import type { ListKind, ListMapping } from "./list-mapping.ts";
import { ListRow, type Place, type Places } from "./list-row.ts";
import { headerOf, tableRows } from "./list-table.ts";

/** What the rows of a list say, per kind. Suppliers and channels are names as the file has them; who knows the workspace looks them up. */
export interface ListItems {
  /** All rows of one SKU together: what it is bought as. */
  links: { sku: string; channel: string | null; nothingToShip: boolean; options: ListedOption[] };
  stock: {
    supplier: string;
    supplierSku: string;
    onHand: number;
    unitCost: DecimalText | null;
    currency: string | null;
    asOf: Date | null;
  };
  costs: { supplier: string; supplierSku: string; unitCost: DecimalText; currency: string };
  /** All rows of one number for one order together: one parcel. `lines` null: all that is open. */
  tracking: {
    order: string | null;
    po: string | null;
    carrier: string;
    trackingNumber: string;
    shippedAt: Date | null;
    lines: { supplierSku: string; units: number }[] | null;
  };
}
export interface ListedOption {
  line: number;
  componentNo: number;
  supplier: string;
  supplierSku: string;
  units: number;
  per: number;
  unitCost: DecimalText;
  currency: string;
  priority: number;
  maxUnitCost: DecimalText | null;
}
/** Each row of the file is in exactly one record. */
export type ListRecord<K extends ListKind> =
  | { type: "item"; item: ListItems[K]; rows: number[]; raw: string; places: Places }
  | { type: "refused"; rows: number[]; raw: string; problems: Problem[] };

/**
 * IM-10. Reads a list: pure translation. Rows of one thing need not stand together; the thing comes when its last row was read. Reads the file twice, so it must not
 * change meanwhile. Throws BadMapping and UnreadableFile.
 */
export async function* readList<K extends ListKind>(
  kind: K,
  path: string,
  mapping: ListMapping,
): AsyncGenerator<ListRecord<K>, void, void> {
  const stamp = await stampOf(path);
  const header = await headerOf(path, mapping);
  const places = placesIn(header, path, mapping);
  const list = lists[kind] as Lister<ListItems[K]>;
  const rowOf = (row: { line: number; raw: string; cells: string[] }): ListRow =>
    new ListRow(row, places, mapping.constants);

  const lastLines = new Map<string, number>();
  for await (const row of tableRows(path, mapping, header))
    if (row.fault === null) lastLines.set(list.key(rowOf(row)), row.line);
  const open = new Map<string, ListRow[]>();
  for await (const row of tableRows(path, mapping, header)) {
    const { line, raw, fault } = row;
    if (fault !== null) {
      yield {
        type: "refused",
        rows: [line],
        raw,
        problems: [{ ...fault, header: header.names[fault.column - 1] ?? "" }],
      };
      continue;
    }
    const read = rowOf(row);
    const key = list.key(read);
    const rows = [...(open.get(key) ?? []), read];
    if (line !== lastLines.get(key)) {
      open.set(key, rows);
      continue;
    }
    open.delete(key);
    yield* list.together
      ? [recordOf(list, rows, mapping, places)]
      : rows.map((each, index) => recordOf(list, index === 0 ? [each] : [each, rows[0]!], mapping, places));
  }
  if (open.size > 0 || (await stampOf(path)) !== stamp)
    throw new UnreadableFile(
      `${path} was changed while it was read. Import it again when nothing writes to it any more; what was read already is not imported twice.`,
    );
}

function placesIn(header: Header, path: string, mapping: ListMapping): Places {
  const places = new Map<string, Place>();
  for (const [field, name] of Object.entries(mapping.columns)) {
    const [index, ...others] = header.columnsNamed(name);
    if (index === undefined)
      throw new BadMapping(
        `${path}, line ${header.line}: there is no column for ${field}=${name}. The columns are ${header.names.filter((each) => each !== "").join(", ")}.`,
      );
    if (others.length > 0)
      throw new BadMapping(
        `${path}, line ${header.line}: ${others.length + 1} columns are called ${name}, so nobody can say which is ${field}. Rename one in the file.`,
      );
    places.set(field, { column: index + 1, header: header.names[index] ?? "" });
  }
  return places;
}

interface Lister<Item> {
  /** What holds rows together. */
  key: (row: ListRow) => string;
  /** Whether rows of one key make one item; else the first holds and a second is refused. */
  together: boolean;
  /** null: the problems say why. */
  read: (rows: ListRow[], mapping: ListMapping) => Item | null;
}

function recordOf<K extends ListKind>(
  list: Lister<ListItems[K]>,
  rows: ListRow[],
  mapping: ListMapping,
  places: Places,
): ListRecord<K> {
  const own = list.together ? rows : rows.slice(0, 1);
  const item = list.read(rows, mapping);
  const where = { rows: own.map(({ line }) => line), raw: own.map(({ raw }) => raw).join("\n") };
  const problems = own.flatMap((row) => row.problems);
  return item === null || problems.length > 0
    ? { type: "refused", problems, ...where }
    : { type: "item", item, places, ...where };
}

// ------------------------------------------------------------------ cells

const id = (what: string) => (cell: string) => idOf(cell, what, { scientificIsDamage: true });
const name = (cell: string): Cell<string> => lineOf(cell, 200);
function whole(least: number, most: number, what: string): (cell: string) => Cell<number> {
  return (cell) => {
    const number = wholeNumberOf(cell, ".");
    return number.ok && /\d/.test(cell) && number.value >= least && number.value <= most ? number : expected(what);
  };
}
const amount =
  ({ decimal }: ListMapping) =>
  (cell: string): Cell<DecimalText> => {
    const read = amountOf(cell, decimal);
    return read.ok && read.value.startsWith("-") ? expected("a cost of 0 or more") : read;
  };
const currency = (cell: string): Cell<string> =>
  isCurrency(cell.toUpperCase()) ? value(cell.toUpperCase()) : expected("an ISO 4217 currency code like EUR");
const moment =
  ({ dateStyle, zone }: ListMapping) =>
  (cell: string): Cell<Date> =>
    momentOf(cell, { style: dateStyle, zone });
const truth = (cell: string): Cell<boolean> => {
  const word = cell.toLowerCase();
  if (["yes", "y", "true", "1", "x", "ja"].includes(word)) return value(true);
  return ["no", "n", "false", "0", "nein"].includes(word) ? value(false) : expected("yes or no");
};

// ------------------------------------------------------------------ kinds

/** A second row of the same key, where there may be only one. */
const refuseSecond = (rows: ListRow[], field: string): void => {
  const [own, first] = rows;
  if (own !== undefined && first !== undefined)
    own.refuse(field, `each supplier SKU once; line ${first.line} has it too`);
};

const lists: { [K in ListKind]: Lister<ListItems[K]> } = {
  links: {
    key: (row) => JSON.stringify([row.text("sku"), row.text("channel").toLowerCase()]),
    together: true,
    read(rows, mapping) {
      const [first] = rows;
      if (first === undefined) return null;
      const sku = first.need("sku", id("the channel's SKU"));
      const channel = first.may("channel", name);
      const nothing = rows.map((row) => row.may("nothing_to_ship", truth) ?? false);
      if (nothing.includes(true)) {
        for (const [index, row] of rows.entries()) {
          if (rows.length > 1)
            row.refuse("nothing_to_ship", `one row for a SKU of which nothing is shipped; it has ${rows.length}`);
          else if (nothing[index] === true && row.text("supplier_sku") !== "")
            row.refuse("supplier_sku", "no supplier SKU, because nothing is shipped");
        }
        return sku === null ? null : { sku, channel, nothingToShip: true, options: [] };
      }
      const options = rows.flatMap((row): ListedOption[] => {
        const units = "a whole number from 1 to 1,000,000";
        const read = {
          line: row.line,
          componentNo:
            row.text("component") === ""
              ? 1
              : row.need("component", whole(1, 100, "the number of the bundle's component, from 1")),
          supplier: supplierOf(row),
          supplierSku: row.need("supplier_sku", id("the supplier's SKU")),
          units: row.text("units") === "" ? 1 : row.need("units", whole(1, 1_000_000, units)),
          per: row.text("per") === "" ? 1 : row.need("per", whole(1, 1_000_000, units)),
          unitCost: row.need("cost", amount(mapping)),
          currency: row.need("currency", currency),
          priority:
            row.text("priority") === ""
              ? 1
              : row.need("priority", whole(-1_000_000, 1_000_000, "a whole number; the lowest is asked first")),
          maxUnitCost: row.may("max_cost", amount(mapping)),
        };
        return isWhole(read) ? [read] : [];
      });
      return sku === null || options.length < rows.length ? null : { sku, channel, nothingToShip: false, options };
    },
  },
  stock: {
    key: (row) => JSON.stringify([row.text("supplier").toLowerCase(), row.text("sku")]),
    together: false,
    read(rows, mapping) {
      const row = rows[0]!;
      refuseSecond(rows, "sku");
      const unitCost = row.may("cost", amount(mapping));
      const item = {
        supplier: supplierOf(row),
        supplierSku: row.need("sku", id("the supplier's SKU")),
        onHand: row.need("on_hand", whole(0, 1_000_000_000, "0 to 1,000,000,000 units on hand")),
      };
      const stated = unitCost === null ? null : row.need("currency", currency);
      const asOf = row.may("as_of", moment(mapping));
      return isWhole(item) ? { ...item, unitCost, currency: stated, asOf } : null;
    },
  },
  costs: {
    key: (row) => JSON.stringify([row.text("supplier").toLowerCase(), row.text("sku")]),
    together: false,
    read(rows, mapping) {
      const row = rows[0]!;
      refuseSecond(rows, "sku");
      const item = {
        supplier: supplierOf(row),
        supplierSku: row.need("sku", id("the supplier's SKU")),
        unitCost: row.need("cost", amount(mapping)),
        currency: row.need("currency", currency),
      };
      return isWhole(item) ? item : null;
    },
  },
  tracking: {
    key: (row) =>
      JSON.stringify([row.text("po"), row.text("order"), normalizeTrackingNumber(row.text("tracking_number"))]),
    together: true,
    read(rows, mapping) {
      const first = rows[0]!;
      const [po, order] = [
        first.may("po", id("our purchase order's reference")),
        first.may("order", id("an order number")),
      ];
      if (po === null && order === null && first.problems.length === 0)
        first.refuse(
          first.text("po") === "" ? "order" : "po",
          "the number of an order, or the reference of our purchase order; both are empty",
        );
      const trackingNumber = first.need("tracking_number", id("a tracking number"));
      const carriers = rows.map((row) => row.may("carrier", (cell) => lineOf(cell, 100)) ?? "");
      const times = rows.map((row) => row.may("shipped_at", moment(mapping)));
      for (const [index, row] of rows.entries())
        if (carriers[index] !== carriers[0])
          row.refuse(
            "carrier",
            `the same as in line ${first.line} (${carriers[0]}), because both rows are of one parcel`,
          );
      const shippedAt = times.reduce(
        (earliest, time) => (time !== null && (earliest === null || time < earliest) ? time : earliest),
        null,
      );
      const lines = linesOf(rows);
      return trackingNumber === null || lines === undefined
        ? null
        : { po, order, carrier: carriers[0] ?? "", trackingNumber, shippedAt, lines };
    },
  },
};

/** null: the rows do not say what is in the parcel; undefined: they say it wrong. */
function linesOf(rows: ListRow[]): ListItems["tracking"]["lines"] | undefined {
  if (rows.every((row) => row.text("sku") === "" && row.text("units") === "")) {
    for (const row of rows.slice(1))
      row.refuse(
        "tracking_number",
        `each number once for an order, or the SKU and units of each row; line ${rows[0]!.line} has it too`,
      );
    return null;
  }
  const lines = rows.map((row) => ({
    supplierSku: row.need("sku", id("the supplier's SKU of these units")),
    units: row.need("units", whole(1, 1_000_000, "a whole number from 1 to 1,000,000")),
  }));
  return lines.every(isWhole) ? lines : undefined;
}

const supplierOf = (row: ListRow): string | null =>
  row.need("supplier", (cell) => (cell === "" ? expected("the supplier's name; this cell is empty") : name(cell)));

/** Nothing of it is missing but what may be. */
function isWhole<T extends Record<string, unknown>>(
  read: T,
): read is T & { [K in keyof T]: K extends "maxUnitCost" ? T[K] : NonNullable<T[K]> } {
  return Object.entries(read).every(([field, each]) => each !== null || field === "maxUnitCost");
}
