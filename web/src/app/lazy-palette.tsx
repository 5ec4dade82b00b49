import { useEffect, useState } from "react";
import { later } from "../parts/later.tsx";
import { onOpenPalette } from "./open-palette.ts";

const Palette = later(async () => (await import("./palette.tsx")).Palette);

/** Opens the palette whenever it is wanted, also when that was before it was here. */
export function LazyPalette() {
  const [times, setTimes] = useState(0);
  useEffect(() => onOpenPalette(() => setTimes((before) => before + 1)), []);
  return <Palette when={times > 0} times={times} />;
}
