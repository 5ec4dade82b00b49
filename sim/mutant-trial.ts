import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** What one run, with a planted bug or without, has found. */
export interface Trial {
  orders: number;
  purchases: number;
  seconds: number;
  /** What it cost, on however busy a machine. */
  statements: number;
  /** The first of the mutant's own invariants that was named; null: it survived. */
  caughtBy: string | null;
  what: string;
  violations: { invariant: string; order: string | null; what: string }[];
}

export interface TrialOptions {
  /** The mutant's own when not given. */
  seed?: number | undefined;
  orders?: number | undefined;
  /** The same run without the bug. */
  isControl?: boolean;
  /** The folder of a cluster that is lent; none: one of its own. */
  clusterDir?: string | undefined;
}

const child = fileURLToPath(new URL("mutant-child.ts", import.meta.url));
const run = promisify(execFile);

/** Runs a mutant in a process of its own, because modules are changed while they are loaded. Rejects, with what it wrote, where the process fails. */
export async function tryMutant(name: string, options: TrialOptions = {}): Promise<Trial> {
  const { seed = "", orders = "", isControl = false, clusterDir } = options;
  const { stdout } = await run(
    process.execPath,
    [child, name, String(seed), String(orders), isControl ? "control" : ""],
    {
      maxBuffer: 64 << 20,
      env: { ...process.env, ...(clusterDir === undefined ? {} : { SWITCHYARD_SIM_CLUSTER: clusterDir }) },
    },
  );
  return JSON.parse(stdout) as Trial;
}
