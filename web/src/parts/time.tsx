import { useSyncExternalStore } from "react";
import { formatExact, formatLeft, formatRelative } from "./format.ts";

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

/** One tick a second for all times on the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) now = Date.now(); // it stood still while nobody listened
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

/** A moment, told by its distance; the exact time and zone on hover. */
export function Ago({ at }: { at: string }) {
  const text = useSyncExternalStore(subscribe, () => formatRelative(at, now));
  return (
    <time dateTime={at} title={formatExact(at)} className="num">
      {text}
    </time>
  );
}

/** What is left until then, counted down; `over` once it is past. */
export function Countdown({ until, over }: { until: string; over: string }) {
  const text = useSyncExternalStore(subscribe, () => formatLeft(until, now));
  return (
    <time dateTime={until} title={formatExact(until)} className="num">
      {text ?? over}
    </time>
  );
}
