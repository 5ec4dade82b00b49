import type { LineQuantity } from "../events.ts";

/** What the shop's feed says, in the order in which it can be seen. An entry never moves, so a reader's cursor never misses one (SB-14). */
export class Feed {
  readonly #entries: (FeedEntry & { no: number })[] = [];
  #count = 0;

  add(entry: FeedEntry): void {
    const numbered = { ...entry, no: ++this.#count };
    let at = this.#entries.length;
    // Nearly always the newest is the last; only messages that come late or again lie further ahead in time.
    while (at > 0 && (this.#entries[at - 1]?.shownAt ?? 0) > entry.shownAt) at--;
    this.#entries.splice(at, 0, numbered);
  }

  /** What became visible after `cursor` ("" = from the beginning) and until `now`. Throws RangeError for a cursor that this feed never gave. */
  after(cursor: string, now: number, limit: number): { entries: FeedEntry[]; cursor: string; more: boolean } {
    const [shownAt, no] = readCursor(cursor);
    const from = this.#firstAfter(shownAt, no);
    const visible = this.#entries.slice(from, from + limit + 1).filter((entry) => entry.shownAt <= now);
    const entries = visible.slice(0, limit);
    const last = entries.at(-1);
    return {
      entries,
      cursor: last === undefined ? cursor : `${last.shownAt}.${last.no}`,
      more: visible.length > limit,
    };
  }

  #firstAfter(shownAt: number, no: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && (entry.shownAt < shownAt || (entry.shownAt === shownAt && entry.no <= no)))
        low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export interface FeedEntry {
  /** When it can first be read. */
  shownAt: number;
  orderId: string;
  says:
    | { type: "order"; version: number }
    /** `no`: the order's how-many-th change it was. */
    | { type: "cancellation"; no: number; asked: "by_buyer" | "by_channel"; lines: LineQuantity[] | "all" };
}

function readCursor(cursor: string): [shownAt: number, no: number] {
  if (cursor === "") return [-1, 0];
  const match = /^(\d{1,16})\.(\d{1,12})$/.exec(cursor);
  if (match === null)
    throw new RangeError(
      `cursor: ${JSON.stringify(cursor)} is none of this feed's. Leave it out to read from the beginning.`,
    );
  return [Number(match[1]), Number(match[2])];
}
