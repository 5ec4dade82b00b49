import { setTimeout as sleep } from "node:timers/promises";

/**
 * The clock and the timer of the pretend world's process: the only file of this floor that may touch them. The world itself gets both
 * handed in, so that a test or the simulator can hand in its own.
 */
export const clock = {
  now: (): Date => new Date(),
  wait: async (ms: number): Promise<void> => {
    if (ms > 0) await sleep(ms);
  },
};
