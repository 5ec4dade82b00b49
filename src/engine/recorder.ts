import { recordAnswers, type Recorded } from "./answers.ts";
import type { Engine } from "./context.ts";

/** Records answers as they come: those that arrive while a commit is under way share the next one. */
export class Recorder {
  readonly #engine: Engine;
  #waiting: Recorded[] = [];
  #writing: Promise<void> | null = null;
  constructor(engine: Engine) {
    this.#engine = engine;
  }
  add(answer: Recorded): void {
    this.#waiting.push(answer);
    this.#writing ??= this.#write().catch((error: unknown) => {
      this.#engine.log.error({ error: String(error) }, "recording stopped in the middle; reconcile goes on with it");
    });
  }
  async drained(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }
  async #write(): Promise<void> {
    await Promise.resolve(); // answers of the same moment come together
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, this.#engine.batch);
        await this.#engine.buggify("place-before-record");
        await recordAnswers(this.#engine, batch);
        await this.#engine.buggify("place-recorded");
      }
    } finally {
      this.#writing = null;
    }
  }
}

const recorders = new WeakMap<Engine, Recorder>();
export function recorderOf(engine: Engine): Recorder {
  const recorder = recorders.get(engine) ?? new Recorder(engine);
  recorders.set(engine, recorder);
  return recorder;
}
