import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
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
 * One stream for the page. What it says is not shown itself: it says which lists are old now, and those that are on the screen are asked for anew, a few
 * times a second at most. Nothing moves under the pointer: a list takes new rows in when its reader wants them (see DataTable).
 */
export function useLive(): void {
  const queries = useQueryClient();
  const { workspace, may } = useHere();
  const mayFollow = may("events.read");
  useEffect(() => {
    if (!mayFollow) return undefined;
    const source = new EventSource(`/v1/events/stream?workspace=${encodeURIComponent(workspace.slug)}`);
    let timer: ReturnType<typeof setTimeout> | null = null;
    const isOld = (): void => {
      set("live");
      timer ??= setTimeout(() => {
        timer = null;
        void queries.invalidateQueries({
          predicate: ({ queryKey, meta }) => queryKey[0] === workspace.slug && meta?.["live"] !== false,
        });
      }, everyMs);
    };
    source.onerror = () => set("lost");
    for (const told of ["ready", "counts"]) source.addEventListener(told, () => set("live"));
    for (const told of ["orders", "reset"]) source.addEventListener(told, isOld);
    source.addEventListener("end", () => {
      source.close();
      set("lost");
    });
    return () => {
      source.close();
      if (timer !== null) clearTimeout(timer);
    };
  }, [queries, workspace.slug, mayFollow]);
}
