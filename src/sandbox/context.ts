import type { Draws } from "./draws.ts";
import type { WorldEvent } from "./events.ts";
import type { Pace } from "./pace.ts";
import type { WorldState } from "./state.ts";

/** What every handler works with. */
export interface Context {
  state: WorldState;
  now: number;
  draws: Draws;
  speed: number;
  pace: Pace;
  /** Writes the event into the log and into the state, in this order. */
  record(event: WorldEvent): void;
  /** The events of the log from number `after` on (0: from its first), at most `limit`. */
  history(after: number, limit: number): WorldEvent[];
}
