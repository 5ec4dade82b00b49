import type { Engine } from "./context.ts";

/** An answer is written down no later than this after it came, however long the others take. */
const longestWaitMs = 50;

/**
 * Answers of many questions that were asked side by side, recorded together: those that come in the same moment, or while a commit is under way, share one of
 * up to a batch. A slow answer keeps no other from being recorded. `end` when the last question is answered: it resolves when everything is written, and
 * throws what kept something from being written; that is found again by its timers.
 */
export class Together<Answer> {
  readonly #engine: Pick<Engine, "batch" | "clock">;
  readonly #record: (answers: readonly Answer[]) => Promise<void>;
  #waiting: Answer[] = [];
  #writing: Promise<void> | null = null;
  #enough = new AbortController();
  #isLast = false;
  #failure: unknown = null;

  constructor(engine: Pick<Engine, "batch" | "clock">, record: (answers: readonly Answer[]) => Promise<void>) {
    this.#engine = engine;
    this.#record = record;
  }

  add(answers: readonly Answer[]): void {
    if (answers.length === 0 || this.#failure !== null) return;
    this.#waiting.push(...answers);
    if (this.#waiting.length >= this.#engine.batch) this.#enough.abort();
    this.#writing ??= this.#write();
  }

  /** Waits for the questions, whatever becomes of each, and then for their answers to be written. */
  async end(questions: readonly Promise<void>[]): Promise<void> {
    const asked = await Promise.allSettled(questions);
    this.#isLast = true;
    this.#enough.abort();
    await this.#writing;
    for (const each of asked) if (each.status === "rejected") this.#failure ??= each.reason;
    if (this.#failure !== null) throw this.#failure;
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        if (!this.#isLast && this.#waiting.length < this.#engine.batch)
          await this.#engine.clock.sleep(longestWaitMs, this.#enough.signal);
        this.#enough = new AbortController();
        await this.#record(this.#waiting.splice(0, this.#engine.batch));
      }
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#writing = null;
    }
  }
}
