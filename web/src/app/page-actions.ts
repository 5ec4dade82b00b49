import { useEffect, useRef } from "react";

/** Something that the page or what is chosen on it can do: the palette offers it by its name. */
export interface PageAction {
  id: string;
  label: string;
  /** The key that does the same. */
  key?: string;
  run: () => void;
}

const offered = new Set<{ current: readonly PageAction[] }>();

/** Offered as long as the component is on the page; the newest first. */
export function usePageActions(actions: readonly PageAction[]): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    offered.add(latest);
    return () => void offered.delete(latest);
  }, []);
}

export const pageActions = (): PageAction[] => [...offered].toReversed().flatMap(({ current }) => [...current]);
