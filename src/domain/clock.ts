/**
 * The outside things that make two runs of the same program differ. They are passed in, so that the simulation can replay a month from
 * one seed; `src/cli/clock.ts` holds the real ones and is the only place that asks the machine.
 */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds, or at once when `signal` is aborted: a sleeper that is told to stop has simply woken early. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** A number in [0, 1). Not for secrets. */
  next(): number;
  /** `count` bytes fit for secrets and ids. */
  bytes(count: number): Uint8Array;
}
