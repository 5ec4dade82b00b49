import { useMemo, useRef, useState } from "react";

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
 * reader moves on. Rows that follow after the last one (the next page) are appended at once. `listKey`: of which list they are; with another one nothing is kept.
 */
export function useSteadyRows<Row>(
  newest: readonly Row[] | undefined,
  rowId: (row: Row) => string,
  isHeld: boolean,
  listKey = "",
): SteadyRows<Row> {
  const shown = useRef<readonly Row[]>([]);
  const shownOf = useRef(listKey);
  const idOf = useRef(rowId);
  idOf.current = rowId;
  const [taken, setTaken] = useState(0);
  // Thousands of rows are compared when they changed, not with each movement of the pointer.
  const steady = useMemo(() => {
    if (newest === undefined) return { rows: undefined, fresh: 0, isGone: () => false };
    if (!isHeld || shown.current.length === 0 || listKey !== shownOf.current) shown.current = newest;
    shownOf.current = listKey;
    if (shown.current === newest) return { rows: newest, fresh: 0, isGone: () => false };
    const byId = new Map(newest.map((row) => [idOf.current(row), row]));
    const kept = shown.current.map((row) => byId.get(idOf.current(row)) ?? row);
    const known = new Set(kept.map((row) => idOf.current(row)));
    const isKnown = (row: Row): boolean => known.has(idOf.current(row));
    // Another list altogether (another filter): nothing of it was pointed at.
    if (newest.length > 0 && !newest.some(isKnown)) {
      shown.current = newest;
      return { rows: newest, fresh: 0, isGone: () => false };
    }
    const lastKnown = newest.findLastIndex(isKnown);
    const rows = [...kept, ...newest.slice(lastKnown + 1)];
    shown.current = rows;
    const fresh = newest.slice(0, lastKnown + 1).filter((row) => !isKnown(row)).length;
    return { rows, fresh, isGone: (id: string) => !byId.has(id) };
    // `taken`: asked anew after the reader took the new rows in.
  }, [newest, isHeld, listKey, taken]);
  const take = (): void => {
    if (newest !== undefined) shown.current = newest;
    setTaken(taken + 1);
  };
  return { ...steady, take };
}
