import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { followTogether } from "./one-stream.ts";
import { useHere } from "./session.tsx";

/** Whether the page is told of changes, and when it last was. */
export interface Liveness {
  state: "connecting" | "live" | "lost";
  at: number;
}
let liveness: Liveness = { state: "connecting", at: Date.now() };
const listeners = new Set<() => void>();
function set(state: Liveness["state"]): void {
  liveness = { state, at: Date.now() };
  for (const each of listeners) each();
}
export const useLiveness = (): Liveness =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => liveness,
  );

/** At most so often a list is asked for anew, however much happens. */
const everyMs = 2_000;

/**
 * One stream for all tabs of this browser. What it says is not shown itself: it says which lists are old now, and those that are on the screen are asked for
 * anew, a few times a second at most; a tab that nobody sees asks when it is looked at again. Nothing moves under the pointer: a list takes new rows in when
 * its reader wants them (see DataTable).
 */
export function useLive(): void {
  const queries = useQueryClient();
  const { workspace, may } = useHere();
  const mayFollow = may("events.read");
  useEffect(() => {
    if (!mayFollow) return undefined;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const isOld = (): void => {
      timer ??= setTimeout(() => {
        timer = null;
        void queries.invalidateQueries({
          predicate: ({ queryKey, meta }) => queryKey[0] === workspace.slug && meta?.["live"] !== false,
          refetchType: document.hidden ? "none" : "active",
        });
      }, everyMs);
    };
    const stop = followTogether(`/v1/events/stream?workspace=${encodeURIComponent(workspace.slug)}`, (what) => {
      set(what === "lost" || what === "end" ? "lost" : "live");
      if (what === "orders" || what === "reset") isOld();
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [queries, workspace.slug, mayFollow]);
}
