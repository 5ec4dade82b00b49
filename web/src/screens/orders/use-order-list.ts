import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import type { OrderSort } from "./orders-search.ts";

export type Row = Schemas["OrderRow"];
interface Page {
  orders: Row[];
  next: string | null;
}
const perPage = 100;

/**
 * The orders that words find, page by page as the reader comes to them. When something changed, only the first page and those on the screen are asked for
 * anew, however many were loaded; each keeps the place it began at, so that nothing moves.
 */
export function useOrderList(query: { q: string; sort: OrderSort }, isKnown: boolean) {
  const { api, workspace } = useHere();
  const queries = useQueryClient();
  const seen = useRef({ first: 0, last: 0 });
  const key = ["order pages", workspace.slug, query];
  const ask = (cursor: string, signal: AbortSignal): Promise<Page> =>
    api.get("/v1/orders", {
      query: { sort: query.sort, limit: perPage, ...(query.q && { q: query.q }), ...(cursor && { cursor }) },
      signal,
    });
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => ask(pageParam, signal),
    enabled: isKnown,
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    structuralSharing: false,
    refetchOnWindowFocus: false,
  });
  const fresh = useQuery({
    queryKey: [workspace.slug, "orders", "fresh", query],
    enabled: list.isSuccess && !list.isPlaceholderData,
    initialData: 0,
    initialDataUpdatedAt: () => queries.getQueryState(key)?.dataUpdatedAt,
    queryFn: async ({ signal }) => {
      const { pages = [], pageParams = [] } = queries.getQueryData<InfiniteData<Page, string>>(key) ?? {};
      const ends = pages.map(({ orders }) => orders.length);
      for (const number of pagesSeen(ends, seen.current)) {
        const page = await ask(pageParams[number]!, signal);
        queries.setQueryData<InfiniteData<Page, string>>(key, (held) => held && withPage(held, number, page));
      }
      return Date.now();
    },
  });
  const rows = useMemo(() => {
    if (list.data === undefined) return undefined;
    // A row that moved from one page to another while they were asked for is shown once.
    return [...new Map(list.data.pages.flatMap(({ orders }) => orders).map((row) => [row.id, row])).values()];
  }, [list.data]);
  // While the rows are still those of the words before, the list is still that one.
  const listKey = useRef("");
  if (!list.isPlaceholderData) listKey.current = JSON.stringify(query);
  const onSeen = useCallback((first: number, last: number) => {
    seen.current = { first, last };
  }, []);
  const { fetchNextPage, isFetchingNextPage } = list;
  const onEnd = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  return {
    rows,
    listKey: listKey.current,
    isMore: list.hasNextPage,
    onEnd,
    onSeen,
    /** The words changed, and the rows are still those of the ones before. */
    isOld: list.isPlaceholderData,
    error: list.error ?? fresh.error,
    retry: () => void (list.error === null ? fresh.refetch() : list.refetch()),
  };
}

/** The first page, and those of which rows are on the screen. */
function pagesSeen(lengths: readonly number[], { first, last }: { first: number; last: number }): number[] {
  let start = 0;
  const numbers = lengths.flatMap((length, number) => {
    const from = start;
    start += length;
    return from <= last && start > first ? [number] : [];
  });
  return [...new Set([0, ...numbers])].filter((number) => number < lengths.length);
}

/** A page asked for anew ends where the next one begins: what was pushed off its end is kept. */
function withPage(
  held: InfiniteData<Page, string>,
  number: number,
  { orders, next }: Page,
): InfiniteData<Page, string> {
  const old = held.pages[number];
  if (old === undefined) return held;
  const byId = new Map(old.orders.map((row) => [row.id, row]));
  const rows = orders.map((row) => sameRow(byId.get(row.id), row));
  const isLast = number === held.pages.length - 1;
  const end = old.orders.findIndex(({ id }) => id === orders.at(-1)?.id);
  if (!isLast && next !== null && end < 0 && number === 0)
    return { pages: [{ orders: rows, next }], pageParams: held.pageParams.slice(0, 1) }; // another list altogether
  const page =
    isLast || next === null
      ? { orders: rows, next }
      : { orders: [...rows, ...old.orders.slice(end + 1)], next: old.next };
  return next === null
    ? { pages: [...held.pages.slice(0, number), page], pageParams: held.pageParams.slice(0, number + 1) }
    : { ...held, pages: held.pages.with(number, page) };
}

/** A row in which nothing changed stays the very same one, and is not drawn again. */
const sameRow = (old: Row | undefined, row: Row): Row =>
  old !== undefined && JSON.stringify(old) === JSON.stringify(row) ? old : row;
