import type { Clock } from "#domain/clock.ts";

/** Longer than this between two of its own heartbeats and a process has been asleep: it must not go on as if it had not. */
export const longestLagMs = 1_000;
const beatMs = 200;

/**
 * PL-57. Calls `onLag` once when this process stood still (a suspended machine, a stopped process, an endless loop). Layer four against late purchases:
 * the gate's own sleep between its last check and the first byte is bounded by this.
 */
export async function watch(options: {
  clock: Clock;
  monotonicMs(): number;
  stop: AbortSignal;
  onLag(lagMs: number): void;
}): Promise<void> {
  const { clock, monotonicMs, stop, onLag } = options;
  while (!stop.aborted) {
    const before = monotonicMs();
    await clock.sleep(beatMs, stop);
    const lagMs = monotonicMs() - before - beatMs;
    if (lagMs > longestLagMs && !stop.aborted) return onLag(lagMs);
  }
}
