import { BadRequest, notFound, problem, type WorldRequest, type WorldResponse } from "./answer.ts";
import { advance, openShop } from "./advance.ts";
import type { Context } from "./context.ts";
import { drawsFrom } from "./draws.ts";
import type { WorldEvent, WorldSettings } from "./events.ts";
import type { Log } from "./log.ts";
import { paces } from "./pace.ts";
import { ProfileError, profiles, type Profile } from "./profile.ts";
import { routeOf } from "./routes.ts";
import { applyEvent, emptyState, type WorldState } from "./state.ts";

/** The pretend world: a shop that sells, suppliers, carriers. Pure: time, chance and the log are handed in; no socket, no timer, no file. */
export interface World {
  /** Lets time pass until now, does what the request asks, and says what its caller gets. What it changed is in the log when it returns. */
  handle(request: WorldRequest): WorldResponse;
  /** Lets time pass until now, and nothing else. */
  advance(): void;
  /** The state as it is; for reading only. */
  readonly state: WorldState;
}

export interface WorldOptions {
  seed: string;
  now: () => Date;
  log: Log;
  /** What goes wrong how often, in a new world; a log that exists has its own. */
  profile?: Profile;
  settings?: Partial<WorldSettings>;
}

export const defaultSettings: WorldSettings = {
  speed: 60,
  pace: "same-day",
  ordersAtStart: 24,
  burstMs: 15_000,
  ordersPerMinute: 6,
  busyMs: 60 * 60_000,
  quietOrdersPerMinute: 0.2,
  historyDays: 3,
  historyOrdersPerDay: 2,
  opens: "first_read",
};

/** Founds a world, or goes on with the one its log tells of. Throws `WorldError` where the log is of another seed. */
export function createWorld({ seed, now, log, profile = profiles.calm, settings }: WorldOptions): World {
  const state = emptyState();
  for (const event of log.read(0, Infinity)) applyEvent(state, event);
  if (state.seed !== null && state.seed !== seed)
    throw new WorldError(
      `This log is of the world with seed ${JSON.stringify(state.seed)}, not ${JSON.stringify(seed)}. Use its seed, or another folder.`,
    );

  const record = (event: WorldEvent): void => {
    log.append(event);
    applyEvent(state, event);
  };
  const history: Context["history"] = (after, limit) => log.read(after, limit);
  let latest = 0;
  const contextNow = (): Context => {
    latest = Math.max(latest, now().getTime(), state.at);
    const { speed, pace } = state.settings ?? defaultSettings;
    return { state, now: latest, draws: drawsFrom(seed), speed, pace: paces[pace], record, history };
  };

  const whole = { ...(state.settings ?? defaultSettings), ...settings };
  if (!(whole.speed > 0)) throw new WorldError(`speed: ${whole.speed} divides durations, so it must be above 0.`);
  const { now: at } = contextNow();
  if (state.seed === null) record({ type: "founded", at, seed, settings: whole, profile });
  record({ type: "started", at, settings: whole });
  if (whole.opens === "at_start") openShop(contextNow());
  advance(contextNow());

  return {
    state,
    advance: () => advance(contextNow()),
    handle(request) {
      const context = contextNow();
      advance(context);
      try {
        const route = routeOf(request);
        return route === null
          ? notFound(`There is no ${request.method} ${request.path}. GET / lists what there is.`)
          : route(context);
      } catch (error) {
        if (error instanceof BadRequest || error instanceof RangeError || error instanceof ProfileError)
          return problem(400, "bad_request", error.message);
        throw error;
      }
    },
  };
}
export class WorldError extends Error {}
