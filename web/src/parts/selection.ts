import { useMemo, useState } from "react";

/** Which rows of a list are chosen. */
export interface Selection {
  ids: ReadonlySet<string>;
  toggle: (id: string) => void;
  add: (ids: readonly string[]) => void;
  clear: () => void;
}

export function useSelection(): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
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
