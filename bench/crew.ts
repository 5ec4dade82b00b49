import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { NodeUsage } from "./measure.ts";
import { phases, type PhaseName, type ProgramName, type ProgramOptions } from "./program.ts";
import type { Answer, Order } from "./worker.ts";

/** Working processes that a run is given to. They wait for each other between phases, as days lie between them in life. */
export interface Crew {
  /** Lives all orders of the range to their end. Answers what each process did, and how long each phase took. */
  live(
    program: ProgramName,
    options: Omit<ProgramOptions, "slot" | "processes">,
  ): Promise<{ nodes: NodeUsage[]; phaseMs: Record<PhaseName, number> }>;
  end(): Promise<void>;
}

/** The engine takes a page of each shop in a turn, the others all at once. */
const mostTurns = 1_000;

export function hireCrew(processes: number): Crew {
  const workers = Array.from({ length: processes }, () => new Worker());
  return {
    async live(program, options) {
      await Promise.all(
        workers.map((worker, index) =>
          worker.ask({ do: "open", program, options: { ...options, slot: index + 1, processes } }),
        ),
      );
      const phaseMs = {} as Record<PhaseName, number>;
      for (const { name: phase } of phases) {
        const startedMs = performance.now();
        let moved = 0;
        for (let turn = 0; turn === 0 || (phase === "take in" && moved < options.range.count); turn += 1) {
          if (turn > mostTurns) throw new Error(`The shops were asked ${turn} times and brought ${moved} orders.`);
          const answers = await Promise.all(workers.map((worker) => worker.ask({ do: "run", phase })));
          moved += answers.reduce((sum, answer) => sum + (answer.status === "ran" ? answer.moved : 0), 0);
        }
        phaseMs[phase] = performance.now() - startedMs;
      }
      const closed = await Promise.all(workers.map((worker) => worker.ask({ do: "close" })));
      const nodes = closed.map((answer) => {
        if (answer.status !== "closed") throw new Error(`A worker answered ${answer.status} when it was closed.`);
        return answer.usage;
      });
      return { nodes, phaseMs };
    },
    async end() {
      await Promise.all(workers.map((worker) => worker.end()));
    },
  };
}

class Worker {
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  constructor() {
    this.#child = fork(join(import.meta.dirname, "worker.ts"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", (answer: Answer) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (answer.status === "failed") waiting?.reject(new Error(answer.message));
      else waiting?.resolve(answer);
    });
    this.#gone = new Promise((resolve) => this.#child.once("exit", () => resolve()));
    void this.#gone.then(() => this.#waiting?.reject(new Error("A working process ended in the middle of a run.")));
  }
  ask(order: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#child.send(order);
    });
  }
  end(): Promise<void> {
    this.#child.disconnect();
    return this.#gone;
  }
}
