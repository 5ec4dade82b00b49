import type { Clock } from "#domain/clock.ts";
import type { Log } from "#engine/context.ts";
import type { Db } from "#store/db.ts";
import { clockAheadMs } from "#store/doctor.ts";
import { beat } from "#store/worker.ts";

/** A clock that is further off than this makes deadlines and settle times mean something else than what they say. */
export const mostClockErrorMs = 5_000;
const everyMs = 5_000;

export interface HeartbeatOptions {
  db: Db;
  clock: Clock;
  workerId: string;
  log: Log;
  /** Starts a database of our own that died (SM-86). */
  ensureRunning(): Promise<unknown>;
}

/**
 * Says every five seconds that this process lives, and watches its clock meanwhile (ENG-15): all processes of an installation go by the database's, because a
 * settle time that one of them believes to be over is over for the purchase that another one is still sending.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #aheadMs = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** How far the clock is off, when that is too far to work by it. */
  wrongByMs(): number | null {
    return Math.abs(this.#aheadMs) > mostClockErrorMs ? this.#aheadMs : null;
  }

  async run(stop: AbortSignal): Promise<void> {
    for (; !stop.aborted; await this.#options.clock.sleep(everyMs, stop)) await this.once();
  }

  /** One beat. */
  async once(): Promise<void> {
    const { db, clock, workerId, log, ensureRunning } = this.#options;
    try {
      const was = this.wrongByMs();
      this.#aheadMs = await clockAheadMs(db, clock);
      const now = this.wrongByMs();
      if (now !== null && was === null)
        log.error({ aheadMs: now }, `${clockProblem(now)} Nothing is done until it is.`);
      if (now === null && was !== null) log.warn({}, "the clock is right again, the work goes on");
      // With a wrong one it would look as if others had died, or as if this one lived for ever.
      if (now === null) await beat(db, workerId, clock.now());
    } catch (error) {
      // Where the database does not hear it, it may have died: then whoever notices first starts it again.
      log.warn({ error: String(error) }, "no heartbeat could be written; the database is looked after");
      await ensureRunning().catch((problem: unknown) =>
        log.error({ error: String(problem) }, "the database could not be started"),
      );
    }
  }
}

export const clockProblem = (aheadMs: number): string =>
  `This machine's clock is ${Math.round(Math.abs(aheadMs) / 1_000)} seconds ${aheadMs > 0 ? "ahead of" : "behind"} the database's; it must be right within ${mostClockErrorMs / 1_000} (NTP).`;
