import { useSyncExternalStore } from "react";

/** How much a list shows at once, chosen for this browser. */
export type Density = "dense" | "comfortable";
const stored = "switchyard.density";
let density: Density = localStorage.getItem(stored) === "comfortable" ? "comfortable" : "dense";
const listeners = new Set<() => void>();

export function setDensity(next: Density): void {
  density = next;
  localStorage.setItem(stored, next);
  for (const each of listeners) each();
}
export const useDensity = (): Density =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => density,
  );
