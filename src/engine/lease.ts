import type { Engine } from "./context.ts";

/** What a worker claimed stays away from the others for so long after its last sign of life; a dead one delays it by no more. */
export const leaseMs = 20_000;
const renewEveryMs = leaseMs / 3;

/** From which instant to which a lease is to be moved. */
export interface Renewal {
  from: Date;
  until: Date;
}

/**
 * SM-81, SM-82. Works on claimed rows and renews their lease while the work lasts. `renew` must move only rows whose lease is still `from`: what was
 * finished has another time by then, and what somebody else took over is theirs. A lease saves work, never money: who lost one and goes on all the same
 * is stopped by fences and natural keys.
 */
export async function underLease<T>(
  engine: Engine,
  claimedUntil: Date,
  renew: (renewal: Renewal) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const renewing = renewUntil(engine, claimedUntil, renew, over.signal);
  try {
    return await work();
  } finally {
    over.abort();
    await renewing;
  }
}

async function renewUntil(
  engine: Engine,
  claimedUntil: Date,
  renew: (renewal: Renewal) => Promise<unknown>,
  over: AbortSignal,
): Promise<void> {
  let from = claimedUntil;
  for (;;) {
    await engine.clock.sleep(renewEveryMs, over);
    if (over.aborted) return;
    const until = new Date(engine.clock.now().getTime() + leaseMs);
    try {
      await renew({ from, until });
      from = until;
    } catch (error) {
      engine.log.warn({ error: String(error) }, "a lease could not be renewed; it is tried again");
    }
  }
}
