/** The crash points of placing (design: placing at most once, 5.4) × how a supplier takes orders. */
export const kinds = ["key", "lookup", "none", "human"] as const;
export type Kind = (typeof kinds)[number];

export const crashPoints = {
  C0: "before the commit that arms",
  C1: "the commit that arms was sent, its answer is lost",
  C2: "armed, not yet connected",
  C3: "the last check passed, the request is not written",
  C4: "the request is partly written",
  C5: "the request is complete, the supplier works on it",
  C6: "bought, the answer is lost",
  C7: "the answer is there, not yet recorded",
  C8: "the commit that records was sent, its answer is lost",
  C9: "recorded",
  C10: "the lease ran out: two holders",
  C11: "the supplier has forgotten the key",
  C12: "the buyer cancels while it is being placed",
  C13: "the database is set back to before it was armed, or before its outcome",
} as const;
export type CrashPoint = keyof typeof crashPoints;

const all = kinds;
const byRequest = ["key", "lookup", "none"] as const;
/** The cells that the design's table fills. */
export const cells: Record<CrashPoint, readonly Kind[]> = {
  C0: all,
  C1: all,
  C2: all,
  C3: byRequest,
  C4: byRequest,
  C5: byRequest,
  C6: all,
  C7: all,
  C8: all,
  C9: all,
  C10: all,
  C11: ["key"],
  C12: all,
  C13: all,
};

export interface Cell {
  point: CrashPoint;
  kind: Kind;
}

/** How often each cell was visited. */
export type Coverage = Record<string, Partial<Record<Kind, number>>>;

export class CoverageTable {
  readonly #counts = new Map<string, number>();

  visit(point: CrashPoint, kind: string, times = 1): void {
    if (times === 0 || !(cells[point] as readonly string[]).includes(kind)) return;
    const key = `${point} ${kind}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + times);
  }

  add(other: Coverage): void {
    for (const [point, row] of Object.entries(other))
      for (const [kind, times] of Object.entries(row)) this.visit(point as CrashPoint, kind, times);
  }

  table(): Coverage {
    return Object.fromEntries(
      Object.entries(cells).map(([point, row]) => [
        point,
        Object.fromEntries(row.map((kind) => [kind, this.#counts.get(`${point} ${kind}`) ?? 0])),
      ]),
    );
  }

  /** Cells that nobody has been to. */
  missing(): Cell[] {
    return (Object.keys(cells) as CrashPoint[]).flatMap((point) =>
      cells[point].flatMap((kind) => (this.#counts.has(`${point} ${kind}`) ? [] : [{ point, kind }])),
    );
  }
}
