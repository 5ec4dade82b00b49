import { openCeiling } from "./ceiling.ts";
import { openEngine } from "./engine.ts";
import { inThisProcess, type NodeUsage } from "./measure.ts";
import { openJobs } from "./job-program.ts";
import type { PhaseName, Program, ProgramName, ProgramOptions } from "./program.ts";

/** What a working process is told, and what it answers. It lives for many runs, so that each begins with warm code. */
export type Order =
  | { do: "open"; program: ProgramName; options: ProgramOptions }
  | { do: "run"; phase: PhaseName }
  | { do: "close" };
export type Answer =
  | { status: "ready" }
  | { status: "ran"; moved: number }
  | { status: "closed"; usage: NodeUsage }
  | { status: "failed"; message: string };

const programs: Record<ProgramName, (options: ProgramOptions) => Promise<Program>> = {
  engine: openEngine,
  ceiling: openCeiling,
  jobs: openJobs,
};
let program: Program | undefined;
let finish: (() => void) | undefined;
let usage: Promise<NodeUsage> | undefined;

process.on("message", (order: Order) => {
  obey(order).then(
    (answer) => process.send!(answer),
    (error: unknown) =>
      process.send!({
        status: "failed",
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
  );
});
// Without whoever started it there is nothing to do.
process.on("disconnect", () => process.exit());

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case "open": {
      usage = inThisProcess(() => new Promise((resolve) => (finish = resolve)));
      program = await programs[order.program](order.options);
      return { status: "ready" };
    }
    case "run":
      return { status: "ran", moved: await program!.run(order.phase) };
    case "close": {
      await program!.close();
      finish!();
      return { status: "closed", usage: await usage! };
    }
  }
}
