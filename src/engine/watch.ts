import type { Answer } from "#domain/placement-close.ts";

/** Looks on while stages work, for figures and traces. It hears names that are ours, never what the work is about. */
export interface StageWatch {
  /** Goes around one batch of a stage and answers what the batch answered. */
  batch(stage: string, run: () => Promise<number>): Promise<number>;
  /** The answer about an attempt at a supplier of this kind was committed. */
  answered(supplierKind: string, outcome: Answer["status"]): void;
}
