import { QueryClient } from "@tanstack/react-query";
import { isRefused } from "./api.ts";

/** One for the page. What was shown stays while it is asked for anew; only what may succeed the next time is tried again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: true,
      retry: (times, error) => times < 2 && !isRefused(error),
    },
  },
});
