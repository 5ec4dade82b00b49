import type { Schemas } from "../../app/api.ts";
import { readRows } from "./csv.ts";

type DeskRow = Schemas["DeskRow"];
export const columns = ["order", "carrier", "number", "sku", "units"] as const;
export type Column = (typeof columns)[number];
/** The texts of `supplier.wrong`. */
export type Wrong = "noOrder" | "unknownOrder" | "several" | "twice" | "sku" | "units" | "unitsMissing";

/** One line that was pasted, and what is wrong with each of its cells. */
export interface NumberRow {
  line: number;
  cells: Readonly<Record<Column, string>>;
  part: DeskRow | null;
  wrong: Partial<Record<Column, Wrong>>;
  /** It names no number: nothing has left yet. */
  isEmpty: boolean;
}

const names: Readonly<Record<string, Column>> = {
  order: "order",
  ordernumber: "order",
  reference: "order",
  ourreference: "order",
  po: "order",
  carrier: "carrier",
  shippingcarrier: "carrier",
  tracking: "number",
  trackingnumber: "number",
  trackingno: "number",
  number: "number",
  sku: "sku",
  suppliersku: "sku",
  units: "units",
  quantity: "units",
  qty: "units",
};

/** Reads lines of order, carrier and number, as they come from a sheet or from our own file. */
export function readNumbers(text: string, open: readonly DeskRow[]): NumberRow[] {
  const rows = readRows(text);
  const heading = rows[0]?.map((cell) => names[cell.toLowerCase().replaceAll(/[^a-z]/g, "")]);
  const hasHeading = heading !== undefined && heading.filter((name) => name !== undefined).length >= 2;
  const byName = new Map<string, DeskRow[]>();
  for (const part of open)
    for (const name of [part.order_number, part.reference, part.id])
      if (name !== null) byName.set(key(name), [...(byName.get(key(name)) ?? []), part]);
  const found = rows.flatMap((row, index): NumberRow[] => {
    if ((hasHeading && index === 0) || row.every((cell) => cell === "")) return [];
    const columnsOf: readonly (Column | undefined)[] = hasHeading
      ? heading
      : row.length === 2
        ? ["order", "number"]
        : columns;
    const cells: Record<Column, string> = { order: "", carrier: "", number: "", sku: "", units: "" };
    for (const [at, cell] of row.entries()) {
      const column = columnsOf[at];
      // A file may have both our number and our reference: either finds the order.
      if (column !== undefined && cell !== "" && (cells[column] === "" || !byName.has(key(cells[column]))))
        cells[column] = cell;
    }
    const named = byName.get(key(cells.order)) ?? [];
    // An order that was divided has several purchase orders: the SKU tells which, else our reference has to.
    const its = named.filter(({ lines }) => lines.some((line) => key(line.supplier_sku) === key(cells.sku)));
    const part = (named.length > 1 && its.length === 1 ? its[0] : named[0]) ?? null;
    const isUnclear = named.length > 1 && its.length !== 1;
    const isEmpty = cells.number === "";
    const wrong = isEmpty ? {} : isUnclear ? { order: "several" as const } : check(cells, part);
    return [{ line: index + 1, cells, part, wrong, isEmpty }];
  });
  const perOrder = Map.groupBy(
    found.filter(({ isEmpty, part }) => !isEmpty && part !== null),
    ({ part }) => part!.id,
  );
  // Lines of one number are one parcel; another number for the whole order cannot be.
  for (const its of perOrder.values())
    if (new Set(its.map(({ cells }) => cells.number)).size > 1)
      for (const row of its) if (row.cells.sku === "") row.wrong.number = "twice";
  return found;
}
const key = (name: string): string => name.trim().toLowerCase();

function check(cells: Record<Column, string>, part: DeskRow | null): NumberRow["wrong"] {
  const wrong: NumberRow["wrong"] = {};
  if (cells.order === "") wrong.order = "noOrder";
  else if (part === null) wrong.order = "unknownOrder";
  if (cells.units !== "" && !/^[1-9]\d{0,6}$/.test(cells.units)) wrong.units = "units";
  if ((cells.sku === "") !== (cells.units === "")) wrong[cells.sku === "" ? "sku" : "units"] = "unitsMissing";
  if (cells.sku !== "" && part !== null && !part.lines.some((line) => key(line.supplier_sku) === key(cells.sku)))
    wrong.sku = "sku";
  return wrong;
}

/** One parcel to be told: lines of the same order and number go together. */
export interface Parcel {
  part: DeskRow;
  rows: NumberRow[];
  body: {
    carrier?: string;
    tracking_number: string;
    lines?: { supplier_sku: string; units: number }[];
  };
}
export function parcelsOf(rows: readonly NumberRow[]): Parcel[] {
  const good = rows.filter(({ isEmpty, wrong }) => !isEmpty && Object.keys(wrong).length === 0);
  return [...Map.groupBy(good, ({ part, cells }) => `${part!.id} ${cells.number}`).values()].map((its) => {
    const [{ part, cells }] = its as [NumberRow];
    const lines = its.every((row) => row.cells.sku !== "")
      ? its.map((row) => ({
          supplier_sku: part!.lines.find((line) => key(line.supplier_sku) === key(row.cells.sku))!.supplier_sku,
          units: Number(row.cells.units),
        }))
      : undefined;
    return {
      part: part!,
      rows: its,
      body: {
        ...(cells.carrier === "" ? {} : { carrier: cells.carrier }),
        tracking_number: cells.number,
        ...(lines === undefined ? {} : { lines }),
      },
    };
  });
}
