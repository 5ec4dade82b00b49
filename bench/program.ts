import type { PoolConfig } from "pg";
import type { OrderRange } from "./trade.ts";

/** What one process does in a run: the engine or the hand-written ceiling, on the same database, told the same times. */
export interface Program {
  /** Does what is due in a phase until nothing is; answers how much it did. */
  run(phase: PhaseName): Promise<number>;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** jobs: what a team would otherwise build (jobs.ts). */
export type ProgramName = "engine" | "ceiling" | "jobs";

export interface ProgramOptions {
  /** How the engine reaches the database; the ceiling uses the same role. */
  database: PoolConfig;
  range: OrderRange;
  /** Orders in one transaction. */
  batch: number;
  /** Which of the processes of this run this is: 1, 2 … */
  slot: number;
  processes: number;
}

/**
 * A lifecycle in phases. Time passes between them, not in them: the waits are the product's own (the buffer of ten minutes, the first look after a day, completion two weeks
 * after delivery), so every timer is written, indexed and claimed as it is in life, and nobody sits and waits.
 */
export const phases = [
  { name: "take in", passesMs: 0 },
  { name: "verify", passesMs: 3 * 60_000 },
  { name: "release", passesMs: 11 * 60_000 },
  { name: "place", passesMs: 0 },
  { name: "track", passesMs: 25 * 3_600_000 },
  { name: "tell", passesMs: 0 },
  { name: "follow", passesMs: 7 * 3_600_000 },
  { name: "complete", passesMs: 15 * 86_400_000 },
] as const;
export type PhaseName = (typeof phases)[number]["name"];

/** How far the clock of a phase is ahead of the machine's. */
export function aheadMs(phase: PhaseName): number {
  let ahead = 0;
  for (const { name, passesMs } of phases) {
    ahead += passesMs;
    if (name === phase) return ahead;
  }
  throw new Error(`There is no phase "${String(phase)}".`);
}
