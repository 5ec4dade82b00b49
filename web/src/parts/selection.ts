import { useLocation } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";

/** Which rows of a list are chosen. */
export interface Selection {
  ids: ReadonlySet<string>;
  toggle: (id: string) => void;
  add: (ids: readonly string[]) => void;
  clear: () => void;
}

/** What was chosen on a page, by its entry in the history: Back finds it, another visit begins with none. */
const kept = new Map<string, ReadonlySet<string>>();

export function useSelection(): Selection {
  const entry = useLocation({ select: ({ state }) => state.__TSR_key ?? "" });
  const [ids, setIds] = useState<ReadonlySet<string>>(() => kept.get(entry) ?? new Set());
  useEffect(() => {
    if (ids.size === 0) kept.delete(entry);
    else kept.set(entry, ids);
  }, [entry, ids]);
  return useMemo(
    () => ({
      ids,
      toggle: (id) =>
        setIds((before) => {
          const next = new Set(before);
          if (!next.delete(id)) next.add(id);
          return next;
        }),
      add: (more) => setIds((before) => new Set([...before, ...more])),
      clear: () => setIds(new Set()),
    }),
    [ids],
  );
}
