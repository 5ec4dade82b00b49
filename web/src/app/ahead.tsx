import { useIsFetching } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { fetchAhead } from "../parts/later.tsx";

const quietMs = 300;

/** Fetches what may be wanted next, once nothing else is on its way. */
export function Ahead() {
  const isFetching = useIsFetching() > 0;
  const isThere = useRouterState({ select: ({ status }) => status === "idle" });
  const isQuiet = isThere && !isFetching;
  useEffect(() => {
    if (!isQuiet) return undefined;
    const timer = setTimeout(fetchAhead, quietMs);
    return () => clearTimeout(timer);
  }, [isQuiet]);
  return null;
}
