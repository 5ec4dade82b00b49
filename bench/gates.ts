import type { Gate } from "./case.ts";

/** Others may use so many cores before a time is worth nothing. */
export const mostForeignCores = 0.5;
/** The slowest of the ceiling's own runs over its fastest: above it the machine was not the same machine all the time. */
export const mostSpread = 1.5;

interface Wanted {
  name: string;
  measured: number | null;
  target: number;
  bound: Gate["bound"];
  note?: string;
}

/** BE-8. Something counted. It passes or fails whatever else the machine does; null: this machine cannot count it, so it was not run. */
export function exactGate(wanted: Wanted): Gate {
  const status = wanted.measured === null ? "not run" : isMet(wanted, wanted.measured) ? "passed" : "failed";
  return { ...wanted, kind: "exact", status, foreignLoad: null };
}

/** BE-9. A time. It is void when others used more than half a core, or when runs of the same thing differed by more than half. */
export function wallGate(
  wanted: Wanted,
  circumstances: { foreignLoad: number | null; spread?: number | null; isTooShort?: boolean },
): Gate {
  const { foreignLoad, spread = null, isTooShort = false } = circumstances;
  const gate = { ...wanted, kind: "wall", foreignLoad } as const;
  if (wanted.measured === null) return { ...gate, status: "not run" };
  const isMissed = !isMet(wanted, wanted.measured);
  const doubts = [
    ...(foreignLoad !== null && foreignLoad > mostForeignCores
      ? [`others used ${foreignLoad.toFixed(2)} cores (at most ${mostForeignCores})`]
      : []),
    ...(spread !== null && spread > mostSpread
      ? [`the ceiling's own runs differ ${spread.toFixed(2)} times (at most ${mostSpread})`]
      : []),
    // A short run may show that something is fast enough, but not that it is too slow: half of it is beginning.
    ...(isTooShort && isMissed ? ["the quick form is too short to tell"] : []),
  ];
  if (doubts.length > 0) return { ...gate, status: "void", note: [wanted.note, ...doubts].filter(Boolean).join("; ") };
  return { ...gate, status: isMissed ? "failed" : "passed" };
}

/** A gate whose case was not part of this run. */
export const notRun = (wanted: Omit<Wanted, "measured"> & { kind: Gate["kind"] }): Gate => ({
  ...wanted,
  measured: null,
  status: "not run",
  foreignLoad: null,
});

const isMet = ({ bound, target }: Wanted, measured: number): boolean =>
  bound === "at least" ? measured >= target : measured <= target;
