import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import type { OrdersSearch } from "./orders-search.ts";

export type View = Schemas["CountedView"];

/** The tabs with their counts, in the API's order, and what the address makes of the one that is open. */
export function useViews({ view: id, q, sort }: OrdersSearch) {
  const { api, workspace } = useHere();
  const { data, error } = useQuery({
    queryKey: [workspace.slug, "orders", "views"],
    queryFn: ({ signal }) => api.get("/v1/views", { signal }),
  });
  const views = data?.views;
  const open = id === undefined ? views?.[0] : views?.find((each) => each.id === id);
  const words = q ?? open?.words ?? "";
  const sorted = sort ?? open?.sort ?? "newest";
  return {
    views,
    open,
    words,
    sort: sorted,
    isChanged: open !== undefined && (words !== open.words || sorted !== open.sort),
    /** What the tab means is not known before the views are there. */
    isKnown: id === undefined || q !== undefined || data !== undefined,
    error,
  };
}
