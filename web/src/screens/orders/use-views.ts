import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { areSame, moneyColumns, readColumns, usualColumns } from "./chosen-columns.ts";
import type { OrdersSearch } from "./orders-search.ts";

export type View = Schemas["CountedView"];

/** The tabs with their counts, in the API's order, and what the address makes of the one that is open. */
export function useViews({ view: id, q, sort, columns: named }: OrdersSearch) {
  const { api, workspace, may } = useHere();
  const { data, error } = useQuery({
    queryKey: [workspace.slug, "orders", "views"],
    queryFn: ({ signal }) => api.get("/v1/views", { signal }),
  });
  const views = data?.views;
  const open = id === undefined ? views?.[0] : views?.find((each) => each.id === id);
  const words = q ?? open?.words ?? "";
  const sorted = sort ?? open?.sort ?? "newest";
  const saved = open?.columns;
  const seesMoney = may("money.read");
  const own = useMemo(() => (saved === undefined || saved.length === 0 ? usualColumns : saved), [saved]);
  const columns = useMemo(
    () => (readColumns(named) ?? own).filter((each) => seesMoney || !moneyColumns.has(each)),
    [named, own, seesMoney],
  );
  return {
    views,
    open,
    words,
    sort: sorted,
    columns,
    /** What the view shows by itself. */
    ownColumns: own,
    isChanged:
      open !== undefined &&
      (words !== open.words || sorted !== open.sort || (named !== undefined && !areSame(columns, own))),
    /** What the tab means is not known before the views are there. */
    isKnown: id === undefined || q !== undefined || data !== undefined,
    error,
  };
}
