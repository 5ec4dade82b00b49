import type { Clock } from "#domain/clock.ts";
import type { Db } from "#store/db.ts";
import type { Engine } from "./context.ts";
import type { Stage } from "./stage.ts";

/** The channel on which every commit that makes work rings; what is sent is never read, only that it rang. */
export const doorbellChannel = "switchyard_doorbell";

/** How stages are run. */
export interface RunnerOptions {
  /** Nobody waits longer than this for work that neither a timer nor a ring announced (a lost notification). 5,000 when not given. */
  longestWaitMs?: number;
  /** Asked before each batch; while it says no, nothing is claimed (ENG-15). */
  mayWork?: () => boolean;
}
const pauseAfterErrorMs = 1_000;

/**
 * Wakes a sleeper early. A ring while nobody sleeps is remembered, so that none is lost between looking for work and going to sleep.
 */
export class Doorbell {
  readonly #clock: Clock;
  #rung = false;
  #wake: AbortController | null = null;
  constructor(clock: Clock) {
    this.#clock = clock;
  }
  ring(): void {
    this.#rung = true;
    this.#wake?.abort();
  }
  async wait(ms: number, stop: AbortSignal): Promise<void> {
    if (!this.#rung && !stop.aborted) {
      const wake = new AbortController();
      this.#wake = wake;
      const end = (): void => wake.abort();
      stop.addEventListener("abort", end, { once: true });
      await this.#clock.sleep(ms, wake.signal);
      stop.removeEventListener("abort", end);
      this.#wake = null;
    }
    this.#rung = false;
  }
}

/**
 * Runs one stage until told to stop: as long as something is due it goes on, else it waits for the earliest timer, a ring, or `longestWaitMs`. Ends between two
 * batches, never within one.
 */
export async function runStage(
  engine: Engine,
  stage: Stage,
  doorbell: Doorbell,
  stop: AbortSignal,
  { longestWaitMs = 5_000, mayWork = () => true }: RunnerOptions = {},
): Promise<void> {
  while (!stop.aborted) {
    try {
      if (!mayWork()) {
        await doorbell.wait(longestWaitMs, stop);
        continue;
      }
      const run = (): Promise<number> => stage.run(engine);
      const moved = await (engine.watch?.batch(stage.name, run) ?? run());
      if (moved > 0) continue;
      const due = await stage.nextDue(engine.db);
      const waitMs = due === null ? longestWaitMs : due.getTime() - engine.clock.now().getTime();
      // Due but not claimable: somebody else holds it. Looking again at once would only burn the processor.
      await doorbell.wait(Math.min(longestWaitMs, Math.max(50, waitMs)), stop);
    } catch (error) {
      if (stop.aborted) return;
      engine.log.error(
        {
          stage: stage.name,
          error: error instanceof Error ? error.message : String(error),
          stack: error instanceof Error ? error.stack : undefined,
        },
        "a stage failed; it is tried again",
      );
      await doorbell.wait(pauseAfterErrorMs, stop);
    }
  }
}

/** All stages side by side, each with a doorbell of its own, on one LISTEN connection. Resolves when every stage has come to its end. */
export async function runStages(
  engine: Engine,
  db: Db,
  stages: readonly Stage[],
  stop: AbortSignal,
  options: RunnerOptions = {},
): Promise<void> {
  const doorbells = stages.map(() => new Doorbell(engine.clock));
  const stopListening = await db.listen(doorbellChannel, () => {
    for (const doorbell of doorbells) doorbell.ring();
  });
  await Promise.all(stages.map((stage, index) => runStage(engine, stage, doorbells[index]!, stop, options)));
  for (const stage of stages) await stage.settle?.(engine);
  await stopListening();
}
