import type { Clock, Random } from "#domain/clock.ts";
import type { Log } from "#engine/context.ts";

interface Pretend {
  /** Our own API; the people work through it like everybody. */
  url: string;
  /** The pretend world: labels and the desks of suppliers that only take orders from people. */
  worldUrl: string;
  clock: Clock;
  random: Random;
  log: Log;
  speed: number;
}
export async function runSandboxPeople(_pretend: Pretend, _stop: AbortSignal): Promise<void> {}
