import type { Schemas } from "../../app/api.ts";

export type OrderColumn = Schemas["View"]["columns"][number];

/** Every column that can be chosen, from the left (a test compares them with the API's). */
export const allColumns = [
  "items",
  "channel",
  "status",
  "reason",
  "owner",
  "payment",
  "sourcing",
  "shipping",
  "suppliers",
  "placed_by",
  "country",
  "ship_by",
  "countdown",
  "total",
  "profit",
  "received",
  "ordered",
] as const satisfies readonly OrderColumn[];

/** What a view shows that names no columns. */
export const usualColumns: readonly OrderColumn[] = [
  "items",
  "payment",
  "sourcing",
  "shipping",
  "suppliers",
  "country",
  "ship_by",
  "total",
  "profit",
  "received",
];
/** Money is not for everybody's eyes. */
export const moneyColumns: ReadonlySet<OrderColumn> = new Set(["total", "profit"]);

/** As the address says it, `items,total`; undefined: it says nothing that is a column. */
export function readColumns(text: string | undefined): readonly OrderColumn[] | undefined {
  const named = new Set(text?.split(","));
  const found = [...named].flatMap((name) => allColumns.find((each) => each === name) ?? []);
  return found.length === 0 ? undefined : found;
}
export const writeColumns = (columns: readonly OrderColumn[]): string => columns.join(",");

export const areSame = (one: readonly OrderColumn[], other: readonly OrderColumn[]): boolean =>
  writeColumns(one) === writeColumns(other);

/** With one more, before the first that stands behind it in the order of all; or without it. The last one stays: a list of nothing is no choice. */
export function toggled(columns: readonly OrderColumn[], column: OrderColumn): readonly OrderColumn[] {
  if (columns.includes(column)) return columns.length === 1 ? columns : columns.filter((each) => each !== column);
  const place = columns.findIndex((each) => allColumns.indexOf(each) > allColumns.indexOf(column));
  return columns.toSpliced(place < 0 ? columns.length : place, 0, column);
}
