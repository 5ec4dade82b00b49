import type { PurchaseCall } from "#connectors/ports.ts";
import { whichMayStillBeSent } from "#store/attempt.ts";
import type { Db } from "#store/db.ts";

/** Those that pass together write their first bytes one after the other in the same turn; so few do that within milliseconds. */
const mostTogether = 100;

interface Question {
  call: PurchaseCall;
  answer(yes: boolean): void;
  fail(error: unknown): void;
}

/**
 * PL-51. The last look at the database before the first byte: still armed, still the newest fence, not cancelled, at home. Purchases whose connections stand
 * at the same moment look together in one statement; those that come while it is on its way share the next one. So no answer is ever older than its question.
 */
export class LastLook {
  readonly #db: Db;
  #waiting: Question[] = [];
  #isLooking = false;
  constructor(db: Db) {
    this.#db = db;
  }

  /** Whether it may still be sent, as the database says after this was asked. Rejects where it cannot be asked. */
  maySend(call: PurchaseCall): Promise<boolean> {
    return new Promise((answer, fail) => {
      this.#waiting.push({ call, answer, fail });
      if (!this.#isLooking) void this.#lookForAll();
    });
  }

  async #lookForAll(): Promise<void> {
    this.#isLooking = true;
    await Promise.resolve(); // those of the same moment come together
    while (this.#waiting.length > 0) await this.#look(this.#waiting.splice(0, mostTogether));
    this.#isLooking = false;
  }

  async #look(questions: readonly Question[]): Promise<void> {
    try {
      const sendable = await whichMayStillBeSent(
        this.#db,
        questions.map((each) => each.call),
      );
      for (const { call, answer } of questions) answer(sendable.has(call.attemptId));
    } catch (error) {
      for (const { fail } of questions) fail(error);
    }
  }
}
