import { useRef, useState } from "react";

export interface SteadyRows<Row> {
  rows: readonly Row[] | undefined;
  /** How many new rows wait to be taken in. */
  fresh: number;
  take: () => void;
  /** It has left the list, and stands where it was until the reader looks elsewhere. */
  isGone: (id: string) => boolean;
}

/**
 * Rows that somebody points at stay where they are: what is known of each is the newest, but new ones above wait, and those that left stay until the
 * reader moves on. Rows that follow after the last one (the next page) are appended at once.
 */
export function useSteadyRows<Row>(
  newest: readonly Row[] | undefined,
  rowId: (row: Row) => string,
  isHeld: boolean,
): SteadyRows<Row> {
  const shown = useRef<readonly Row[]>([]);
  const [, redraw] = useState(0);
  if (newest === undefined) return { rows: undefined, fresh: 0, take: () => undefined, isGone: () => false };
  const take = (): void => {
    shown.current = newest;
    redraw((count) => count + 1);
  };
  if (!isHeld || shown.current.length === 0) shown.current = newest;
  const byId = new Map(newest.map((row) => [rowId(row), row]));
  const kept = shown.current.map((row) => byId.get(rowId(row)) ?? row);
  const known = new Set(kept.map(rowId));
  // Another list altogether (another filter): nothing of it was pointed at.
  if (newest.length > 0 && !newest.some((row) => known.has(rowId(row)))) {
    shown.current = newest;
    return { rows: newest, fresh: 0, take, isGone: () => false };
  }
  const lastKnown = newest.findLastIndex((row) => known.has(rowId(row)));
  const rows = [...kept, ...newest.slice(lastKnown + 1)];
  shown.current = rows;
  const fresh = newest.slice(0, lastKnown + 1).filter((row) => !known.has(rowId(row))).length;
  return { rows, fresh, take, isGone: (id) => !byId.has(id) };
}
