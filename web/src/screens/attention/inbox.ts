import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";

export type Group = Schemas["AttentionGroup"];
export type Row = Schemas["OrderRow"];
export const views = ["team", "mine", "unowned", "snoozed"] as const;
export type View = (typeof views)[number];

const asked = {
  team: {},
  mine: { owner: "me" },
  unowned: { owner: "none" },
  snoozed: { snoozed: "true" },
} as const satisfies Record<View, { owner?: string; snoozed?: "true" | "false" }>;

/** At most so many orders of a group are listed; those resolved make room for others. */
export const mostListed = 100;

/** The groups of a view, as important as the catalogue has them: first what waits for a person, then what others move or what was put aside. */
export function useGroups(view: View) {
  const { api, workspace } = useHere();
  const found = useQuery({
    queryKey: [workspace.slug, "attention", view],
    queryFn: ({ signal }) => api.get("/v1/attention", { query: asked[view], signal }),
    placeholderData: keepPreviousData,
  });
  const groups = found.data?.groups.toSorted((one, other) => Number(isAside(one)) - Number(isAside(other)));
  // An order that is held for two reasons stands in two groups, and counts once.
  const { orders, or_more: orMore } = found.data ?? {};
  return { groups, orders, orMore: orMore === true, error: found.error, refetch: () => void found.refetch() };
}

/** Nobody here is asked for anything: the machine looks, the buyer pays, or a person has put it aside. */
export const isAside = ({ acts, group }: Group): boolean =>
  acts !== "person" || group === "stand_by" || group === "on_hold";

/** The orders of a group, oldest first. */
export function useOrdersOf(group: Group | undefined) {
  const { api, workspace } = useHere();
  return useQuery({
    queryKey: [workspace.slug, "attention", "orders", group?.words],
    queryFn: ({ signal }) =>
      api.get("/v1/orders", { query: { q: group!.words, sort: "oldest", limit: mostListed }, signal }),
    enabled: group !== undefined,
  });
}
