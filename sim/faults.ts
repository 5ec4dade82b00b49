import type { Attempts, SeenAttempt } from "./attempts.ts";
import { cells, type CoverageTable, type CrashPoint, type Kind } from "./coverage.ts";
import type { Button } from "./people/buttons.ts";
import type { Streams } from "./random.ts";
import type { Actor, Decision, Point } from "./scheduler.ts";

export const profileNames = ["calm", "normal", "hostile"] as const;
export type ProfileName = (typeof profileNames)[number];

/** Kinds of fault that a swarm switches off by halves, and a shrinker one by one. */
export const faultKinds = [
  "kill",
  "reset",
  "lost_commit",
  "pause",
  "crash",
  "aimed",
  "outage",
  "restore",
  "world",
  "people",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Per resumption of an actor, but for `aimed` (per attempt) and `lostCommit` (per commit). */
interface Rates {
  kill: number;
  reset: number;
  lostCommit: number;
  pause: number;
  /** Of PostgreSQL. */
  crash: number;
  aimed: number;
}
export const rates: Record<ProfileName, Rates> = {
  calm: { kill: 0, reset: 0, lostCommit: 0, pause: 0, crash: 0, aimed: 0 },
  normal: { kill: 0.0001, reset: 0.0001, lostCommit: 0.002, pause: 0.00005, crash: 0.000002, aimed: 0.05 },
  hostile: { kill: 0.0006, reset: 0.0004, lostCommit: 0.01, pause: 0.0002, crash: 0.00001, aimed: 0.35 },
};

/** Aims the faults of a run at one place: for a planted bug that only a rare moment shows. */
export interface Focus {
  /** Over the profile's own. */
  rates?: Partial<Rates>;
  /** Attempts are struck at these points only. */
  points?: readonly CrashPoint[];
  /** Whoever comes past one of these places is struck there. */
  strikes?: readonly Strike[];
  /** What goes wrong in the pretend world, over what the profile says: as its admin page takes it. */
  world?: Readonly<Record<string, unknown>>;
  /** All buy in this town: 0 or 1. */
  town?: number;
  /** What each buyer wants, over what chance says: as the world's admin page takes it. */
  order?: Readonly<Record<string, unknown>>;
  /** Each buyer cancels so long after ordering, in milliseconds. */
  cancelsAfterMs?: readonly [from: number, to: number];
  /** The channel is read this often. */
  pullEveryMs?: number;
  /** Rows that each worker takes at once. */
  batch?: number;
  /** All workers come, one after the other within so many milliseconds: then they overlap. */
  workersWithinMs?: number;
  /** How often people do what nobody foresaw, per order or per attempt. */
  habits?: Partial<
    Record<"presses" | "atTheEdge" | "whilePlacing" | "buyers" | "reads" | "outages" | "givesBack" | "serves", number>
  >;
  /** What sellers press, where they press. */
  button?: Button;
  /** What the set-up has besides, before anybody works. */
  sql?: string;
  /** The database is set back once to an older copy of itself. */
  restores?: boolean;
}
export interface Strike {
  /** A part of the statement, or of the name of the place. */
  at: string;
  when?: Point["kind"];
  /** The beginning of the process's name. */
  who?: string;
  chance: number;
  does: "kill" | "reset" | { pauseMs: number };
  /** The product has to cope with it without asking anybody. */
  excusesNothing?: boolean;
}

export interface FaultOptions {
  profile: ProfileName;
  focus?: Focus | undefined;
  without: ReadonlySet<FaultKind>;
  streams: Streams;
  attempts: Attempts;
  coverage: CoverageTable;
  /** Virtual milliseconds. */
  now: () => number;
}

/** Few orders are placed by hand, and few at a supplier that neither takes keys nor can be searched: what is aimed at attempts hits those more often. */
const rarely: Partial<Record<Kind, number>> = { human: 2.8, none: 2 };

/** After so long whoever was killed is up again, and was asked again. */
const restartMs = 30_000;

/** Longer than every lease, deadline and patience of the product: a shorter sleeper never met what waits for him. */
const longPauseMs = [90_000, 15 * 60_000] as const;

/** Decides what goes wrong where: a little everywhere, and aimed at the crash points of an attempt. */
export class Faults {
  readonly #options: FaultOptions;
  readonly #rates: Rates;
  readonly #aims = new Map<string, CrashPoint>();
  readonly counts = { kills: 0, resets: 0, pauses: 0, crashes: 0, lostCommits: 0 };
  isOn = true;

  constructor(options: FaultOptions) {
    this.#options = options;
    const { profile, without, focus } = options;
    const known = { ...rates[profile], ...focus?.rates };
    this.#rates = {
      kill: without.has("kill") ? 0 : known.kill,
      reset: without.has("reset") ? 0 : known.reset,
      lostCommit: without.has("lost_commit") ? 0 : known.lostCommit,
      pause: without.has("pause") ? 0 : known.pause,
      crash: without.has("crash") ? 0 : known.crash,
      aimed: without.has("aimed") ? 0 : known.aimed,
    };
  }

  /** Where this attempt shall be struck; null: nowhere. Its own luck, whatever happens to others. */
  aim(attempt: SeenAttempt): CrashPoint | null {
    const { reference, kind } = attempt;
    let aim = this.#aims.get(reference);
    if (aim === undefined) {
      const luck = this.#options.streams.stream(`aim:${reference}`);
      const possible = (Object.keys(cells) as CrashPoint[]).filter(
        (point) =>
          point !== "C11" &&
          point !== "C12" &&
          point !== "C13" &&
          cells[point].includes(kind as Kind) &&
          (this.#options.focus?.points ?? [point]).includes(point),
      );
      const often = this.#rates.aimed * (rarely[kind as Kind] ?? 1);
      if (possible.length === 0 || !luck.chance(often)) return null;
      aim = luck.pick(possible);
      this.#aims.set(reference, aim);
    }
    return aim;
  }

  /** True once: this attempt is struck here and now. */
  strikes(point: CrashPoint, attempt: SeenAttempt | undefined): boolean {
    if (!this.isOn || attempt === undefined || this.aim(attempt) !== point || this.#struck.has(attempt.reference))
      return false;
    this.#struck.add(attempt.reference);
    this.#options.coverage.visit(point, attempt.kind);
    this.#disturb(restartMs);
    return true;
  }
  readonly #struck = new Set<string>();

  decide(actor: Actor, point: Point): Decision {
    if (!this.isOn || actor.name === "harness" || actor.name === "people") return "go";
    const aimed = this.#aimed(point);
    if (aimed !== null) return this.#count(aimed);
    for (const { at, when = point.kind, who = "", chance, does, excusesNothing = false } of this.#options.focus
      ?.strikes ?? []) {
      if (point.kind !== when || !point.what.includes(at) || !actor.name.startsWith(who) || this.#rested.has(point))
        continue;
      if (!this.#options.streams.stream(`strike:${at}:${actor.name}`).chance(chance)) continue;
      const decision = typeof does === "string" ? this.#strike(does, point) : this.#rest(does, point);
      if (excusesNothing) this.disturbances.pop();
      return decision;
    }
    const luck = this.#options.streams.stream(`faults:${actor.name}`);
    const { kill, reset, lostCommit, pause, crash } = this.#rates;
    const roll = luck.next();
    if (point.kind === "after" && point.what === "commit" && luck.chance(lostCommit))
      return this.#strike("reset", point);
    if (roll < kill) return this.#strike("kill", point);
    if (roll < kill + reset && point.backend !== undefined) return this.#strike("reset", point);
    if (roll < kill + reset + pause) return this.#count({ pauseMs: pauseMs(luck.next()) });
    if (roll < kill + reset + pause + crash) return this.#count("crash");
    return "go";
  }

  /** Whoever stood still at a point goes on from there. */
  #rest(pause: Decision, point: Point): Decision {
    this.#rested.add(point);
    return this.#count(pause);
  }
  readonly #rested = new WeakSet<Point>();

  /** A fault of chance, counted in the coverage table where it hit an attempt. */
  #strike(decision: "kill" | "reset", point: Point): Decision {
    const { attempts, coverage } = this.#options;
    const pid = point.backend?.pid;
    if (pid !== undefined) {
      const isCommitted = point.what === "commit" && point.kind === "after";
      for (const { kind } of attempts.arming(pid))
        coverage.visit(isCommitted ? (decision === "reset" ? "C1" : "C2") : "C0", kind);
      for (const { kind } of attempts.recording(pid))
        coverage.visit(isCommitted ? (decision === "reset" ? "C8" : "C9") : "C7", kind);
    }
    return this.#count(decision);
  }

  #aimed(point: Point): Decision | null {
    const { attempts } = this.#options;
    const pid = point.backend?.pid;
    if (pid === undefined || point.what !== "commit") return null;
    const isAfter = point.kind === "after";
    for (const each of attempts.arming(pid)) {
      if (!isAfter && this.strikes("C0", each)) return "kill";
      if (isAfter && this.strikes("C1", each)) return "reset";
      if (isAfter && this.strikes("C2", each)) return "kill";
      if (isAfter && this.strikes("C10", each)) return { pauseMs: longPauseMs[0] };
    }
    for (const each of attempts.recording(pid)) {
      if (!isAfter && this.strikes("C7", each)) return "kill";
      if (isAfter && this.strikes("C8", each)) return "reset";
      if (isAfter && this.strikes("C9", each)) return "kill";
    }
    return null;
  }

  /** When something was broken, and until when it may have been: for whoever asks why an answer did not come. */
  readonly disturbances: { from: number; until: number }[] = [];
  #disturb(forMs: number): void {
    const from = this.#options.now();
    this.disturbances.push({ from, until: from + forMs });
  }

  #count(decision: Decision): Decision {
    if (decision !== "go") this.#disturb(typeof decision === "object" ? decision.pauseMs : restartMs);
    if (decision === "kill") this.counts.kills += 1;
    else if (decision === "reset") this.counts.resets += 1;
    else if (decision === "crash") this.counts.crashes += 1;
    else if (typeof decision === "object") this.counts.pauses += 1;
    return decision;
  }
}

/** Mostly seconds, now and then longer than anything in the product waits. */
function pauseMs(roll: number): number {
  const [from, to] = longPauseMs;
  return Math.round(roll < 0.6 ? 1_000 + (roll / 0.6) * 29_000 : from + ((roll - 0.6) / 0.4) * (to - from));
}
