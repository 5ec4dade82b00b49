import { readColumns, writeColumns } from "./chosen-columns.ts";

/** What the address of the list of orders says; all of it can be linked to. */
export interface OrdersSearch {
  /** The tab: the id of a saved view. */
  view?: string;
  /** The words where they are not the view's own; "" where all of its were taken away. */
  q?: string;
  sort?: OrderSort;
  /** The columns where they are not the view's own, as `items,total`. */
  columns?: string;
  /** The order that lies open beside the list. */
  open?: string;
  /** The form of a new one is open. */
  new?: true;
}
export const orderSorts = ["newest", "oldest", "ship_by", "total"] as const;
export type OrderSort = (typeof orderSorts)[number];

/** A number typed into the address bar is read as one by the router. */
const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;

export function ordersSearch(search: Record<string, unknown>): OrdersSearch {
  const { view, q, open } = { view: textOf(search["view"]), q: textOf(search["q"]), open: textOf(search["open"]) };
  const columns = readColumns(textOf(search["columns"]));
  const sort = orderSorts.find((each) => each === search["sort"]);
  return {
    ...(view && { view }),
    ...(q !== undefined && { q }),
    ...(sort && { sort }),
    ...(columns && { columns: writeColumns(columns) }),
    ...(open && { open }),
    ...(search["new"] === true && { new: true }),
  };
}
