import type { BenchServer } from "./server.ts";

/**
 * One thing that is measured. `bench/main.ts` keeps the list of all cases; each is a file of its own that exports one of these. A case that finds a wrong
 * result (an order that is not completed, a row that is missing) throws: a wrong run is no measurement.
 */
export interface BenchCase {
  /** What `--only` calls it. */
  name: string;
  /** One sentence for the list of cases. */
  about: string;
  /** Part of `--quick`: then its work is so small that all quick cases together take less than three minutes. */
  isQuick: boolean;
  run(bench: Bench): Promise<CaseResult>;
}

/** What a case may use. */
export interface Bench {
  server: BenchServer;
  options: BenchOptions;
  /** A line about what is being done, for the person who waits. */
  say(line: string): void;
  /** What must be put away when all cases are through, or when the run is interrupted; before the server goes. */
  atEnd(putAway: () => Promise<void>): void;
}

export interface BenchOptions {
  isQuick: boolean;
  /** Finished orders that lie in the database in the cases about size; 0: those cases are not run. */
  size: number;
  /** Pairs of runs, each A B B A in turn; null: the case's own number (5 at least, 1 in a quick run). */
  rounds: number | null;
  /** Say where the time goes. */
  isProfile: boolean;
}

export interface CaseResult {
  name: string;
  tables: Table[];
  /** What the tables say, for programs: the key names figure and unit, `wall_ratio_500`, `wal_bytes_per_order`. */
  figures: Record<string, number>;
  gates: Gate[];
}

/** Cells are shown as they are; numbers are rounded to what can be read. */
export interface Table {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
  /** Printed below it. */
  notes?: readonly string[];
}

/** exact: counted, the same on a busy machine. wall: a time, and so void when others used the machine. */
export type GateKind = "exact" | "wall";
export type GateStatus = "passed" | "failed" | "void" | "not run";

export interface Gate {
  name: string;
  kind: GateKind;
  measured: number | null;
  target: number;
  bound: "at least" | "at most";
  status: GateStatus;
  /** Cores that everybody else used meanwhile; null: not measured. */
  foreignLoad: number | null;
  /** Why it is void or not run, or what else one must know. */
  note?: string;
}
