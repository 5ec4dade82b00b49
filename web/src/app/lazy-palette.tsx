import { lazy, Suspense, useEffect, useState } from "react";
import { onOpenPalette } from "./open-palette.ts";

const Palette = lazy(async () => ({ default: (await import("./palette.tsx")).Palette }));

/** Nothing of the palette is loaded before it is first wanted; then it opens, and stays ready. */
export function LazyPalette() {
  const [times, setTimes] = useState(0);
  useEffect(() => onOpenPalette(() => setTimes((before) => before + 1)), []);
  return times === 0 ? null : (
    <Suspense>
      <Palette opened={times} />
    </Suspense>
  );
}
