/** The palette is fetched when it is first wanted; until then somebody has to remember that it was. */
type Listener = () => void;
let listener: Listener | null = null;
let isWanted = false;

export function openPalette(): void {
  if (listener === null) isWanted = true;
  else listener();
}

/** Who shows the palette is told each time it is wanted, also when that was before. */
export function onOpenPalette(open: Listener): () => void {
  listener = open;
  if (isWanted) open();
  isWanted = false;
  return () => {
    listener = null;
  };
}
