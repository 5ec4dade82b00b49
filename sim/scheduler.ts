import { createHash, type Hash } from "node:crypto";
import { setImmediate as turn, setTimeout as pause } from "node:timers/promises";
import type { Monitor } from "./cluster.ts";

/** Whoever may be killed: one operating-system process of the product, or somebody outside. */
export interface Actor {
  readonly name: string;
  isAlive: boolean;
  /** Stopped (SIGSTOP) until this virtual instant; 0: it runs. */
  pausedUntil: number;
}

/** Where an actor stands still and the scheduler decides what happens next. */
export interface Point {
  kind: "before" | "after" | "sleep" | "call" | "wait" | "point" | "start" | "disk";
  /** The statement's text, the name of a point, the address that is called. */
  what: string;
  /** The backend whose connection it is about. */
  backend?: Backend;
}
export interface Backend {
  readonly pid: number;
  /** Cuts the connection, as a crash of either side would. */
  destroy(): void;
}

/** A statement on its way; null: a connection is made. */
export interface Question {
  pid: number | null;
  what: string;
  isLast: boolean;
}

/** What the scheduler tells who it resumes. `reset`: the connection is cut; the database has noticed. */
export type Verdict = "go" | "reset";

interface Parked {
  at: number;
  tie: number;
  no: number;
  actor: Actor;
  point: Point;
  resume: (verdict: Verdict) => void;
}

/** A statement, or a connection being made, that PostgreSQL has not answered yet. */
interface Asked {
  actor: Actor;
  what: string;
  /** Null while a connection is made. */
  pid: number | null;
  outcome: "open" | "done";
  isBlocked: boolean;
  /** Whom it waits for, while it does. */
  by: readonly number[];
  /** Its backend is stopped by a signal: of several that wait for locks only the first runs, so that they come free one after the other. */
  isStopped: boolean;
  wake: () => void;
}

export interface SchedulerOptions {
  startMs: number;
  monitor: Monitor;
  /** Breaks ties: who goes first of those that are ready at the same virtual instant. */
  tie: () => number;
  /** Asked before each resumption; it may kill, cut or pause instead. */
  onResume: (actor: Actor, point: Point) => Decision;
  /** Two that wait for each other, each with its statement: a finding. The younger one's statement is cancelled. */
  onDeadlock: (actors: readonly string[]) => void;
  onLockWait: () => void;
}
export type Decision = "go" | "reset" | "kill" | "crash" | { pauseMs: number };

/**
 * One statement is in flight at a time; a seeded choice decides whose is next; time is virtual. So everything that happens, happens again with the same
 * seed, over real locks of a real PostgreSQL. An actor is any async code that touches the outside through `park` and `ask` only: when it has parked
 * everywhere, and no answer is on its way, nothing moves until the next step.
 */
export class Scheduler {
  #now: number;
  #no = 0;
  #step = 0;
  readonly #queue: Parked[] = [];
  #asked: Asked[] = [];
  readonly #trace: Hash = createHash("sha256");
  readonly #options: SchedulerOptions;
  readonly #afterwards: (() => Promise<void>)[] = [];
  /** Backends whose transaction has ended, or whose turn has come, since those who wait for them were looked at: nothing else gives anybody a lock. */
  #freed = new Set<number>();
  /** Set by the harness: what a death, and a crash of PostgreSQL, mean. Run between two steps. */
  onKill: (actor: Actor) => Promise<void> = () => Promise.resolve();
  onCrash: () => Promise<void> = () => Promise.resolve();
  /** With `--trace`: every line of the trace. */
  onTrace: ((line: TraceLine) => void) | null = null;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#now = options.startMs;
  }

  /** Virtual milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }
  get step(): number {
    return this.#step;
  }
  /** SHA-256 over every line so far. */
  traceHash(): string {
    return this.#trace.copy().digest("hex");
  }

  note(actor: Actor | null, what: string, detail = ""): void {
    const line = { step: this.#step, at: this.#now, actor: actor?.name ?? "harness", what, detail };
    this.#trace.update(`${line.step} ${line.at} ${line.actor} ${what} ${detail}\n`);
    this.onTrace?.(line);
  }

  /** Stands still until the scheduler says go, `afterMs` later at the earliest. Never resolves for who is dead by then. */
  park(actor: Actor, point: Point, afterMs = 0, signal?: AbortSignal): Promise<Verdict> {
    if (!actor.isAlive) return never();
    return new Promise((resolve) => {
      const parked: Parked = {
        at: this.#now + Math.max(0, afterMs),
        tie: this.#options.tie(),
        no: (this.#no += 1),
        actor,
        point,
        resume: resolve,
      };
      const early = (): void => {
        const index = this.#queue.indexOf(parked);
        if (index < 0) return;
        this.#queue.splice(index, 1);
        parked.at = this.#now;
        this.#insert(parked);
      };
      if (signal?.aborted === true) parked.at = this.#now;
      else signal?.addEventListener("abort", early, { once: true });
      this.#insert(parked);
    });
  }

  /**
   * Sends something to PostgreSQL and waits for the answer, or until PostgreSQL says that it waits for a lock of somebody else's. `isLast`: no transaction is
   * open after it.
   */
  async ask<T>(actor: Actor, { pid, what, isLast }: Question, send: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const asked: Asked = {
      actor,
      pid,
      what,
      outcome: "open",
      isBlocked: false,
      by: [],
      isStopped: false,
      wake: resolve,
    };
    this.#asked.push(asked);
    const sent = send();
    const settled = (hasFailed: boolean): void => {
      asked.outcome = "done";
      // A failure ends its transaction too, long before anybody says "rollback".
      if (pid !== null && (isLast || hasFailed)) this.#freed.add(pid);
      this.#ring();
    };
    sent.then(
      () => settled(false),
      () => settled(true),
    );
    await promise;
    if (!actor.isAlive) return never();
    return sent;
  }

  /** Something for between two steps, when nobody runs: a look at the database by the harness itself. */
  afterwards(work: () => Promise<void>): void {
    this.#afterwards.push(work);
  }

  /** Runs until virtual time passes `untilMs`, `isOver` says so, or nothing is left to happen. */
  async run(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    await this.#quiet();
    while (!isOver()) {
      const work = this.#afterwards.shift();
      if (work !== undefined) {
        await work();
        await this.#quiet();
        continue;
      }
      const next = this.#queue[0];
      if (next === undefined || next.at > untilMs) {
        this.#now = Math.max(this.#now, untilMs);
        return;
      }
      this.#queue.shift();
      if (!next.actor.isAlive) continue;
      this.#now = Math.max(this.#now, next.at);
      if (next.actor.pausedUntil > this.#now) {
        next.at = next.actor.pausedUntil;
        this.#insert(next);
        continue;
      }
      this.#step += 1;
      await this.#resume(next);
      await this.#settle();
    }
  }

  async #resume(parked: Parked): Promise<void> {
    const { actor, point } = parked;
    const decision = this.#options.onResume(actor, point);
    if (typeof decision === "object") {
      this.note(actor, "pause", String(decision.pauseMs));
      actor.pausedUntil = this.#now + decision.pauseMs;
      parked.at = actor.pausedUntil;
      this.#insert(parked);
      return;
    }
    if (decision === "kill") {
      this.note(actor, "kill", point.what);
      return this.onKill(actor);
    }
    if (decision === "crash") {
      this.note(null, "crash", "PostgreSQL");
      this.#insert(parked);
      return this.onCrash();
    }
    if (decision === "reset" && point.backend !== undefined) {
      this.note(actor, "reset", point.what);
      await this.cut([point.backend]);
      return parked.resume("reset");
    }
    parked.resume("go");
  }

  /** Cuts connections and waits until the server has noticed: its locks are free at this step, on a machine of any speed. */
  async cut(backends: readonly Backend[]): Promise<void> {
    for (const asked of this.#asked) if (backends.some(({ pid }) => pid === asked.pid)) this.#let(asked);
    for (const backend of backends) backend.destroy();
    await this.#options.monitor.gone(backends.map(({ pid }) => pid));
    for (const { pid } of backends) this.#freed.add(pid);
  }

  /** Takes away who is waiting for a lock inside a process that died: nobody reads the answers. */
  forget(actor: Actor): void {
    // A stopped backend would never hear that its client is gone.
    for (const asked of this.#asked) if (asked.actor === actor) this.#let(asked);
    this.#asked = this.#asked.filter((each) => each.actor !== actor);
    for (let index = this.#queue.length - 1; index >= 0; index -= 1)
      if (this.#queue[index]!.actor === actor) this.#queue.splice(index, 1);
  }

  /** After a crash of the server every open question has an answer: an error. In the order in which they were asked. */
  async answered(): Promise<void> {
    for (const asked of this.#asked) asked.isBlocked = false;
    await this.#quiet();
  }

  /** Before the server is stopped: a stopped backend would not hear it. */
  letAll(): void {
    for (const asked of this.#asked) this.#let(asked);
  }
  #let(asked: Asked): void {
    if (asked.isStopped) this.#options.monitor.signal(asked.pid!, "SIGCONT");
    asked.isStopped = false;
  }
  #stop(asked: Asked): void {
    if (!asked.isStopped) this.#options.monitor.signal(asked.pid!, "SIGSTOP");
    asked.isStopped = true;
  }

  #insert(parked: Parked): void {
    const queue = this.#queue;
    let low = 0;
    let high = queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(queue[middle]!, parked)) low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, parked);
  }

  // ---------------------------------------------------------------- quiet

  #ringing: (() => void) | null = null;
  #ring(): void {
    this.#ringing?.();
  }

  /** Waits until everybody who ran has parked, or waits for a lock. */
  async #quiet(): Promise<void> {
    for (;;) {
      await turn();
      const open = this.#asked.find((each) => !each.isBlocked);
      if (open === undefined) return;
      await this.#answerOf(open);
    }
  }

  async #answerOf(asked: Asked): Promise<void> {
    for (let patienceMs = 3; asked.outcome === "open"; patienceMs = Math.min(50, patienceMs * 2)) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs);
        this.#ringing = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#ringing = null;
      if (asked.outcome === "open" && asked.pid !== null && (await this.#isWaiting(asked))) {
        asked.isBlocked = true;
        if (this.#asked.some((each) => each !== asked && each.isBlocked)) this.#stop(asked);
        this.note(asked.actor, "waits for a lock");
        this.#options.onLockWait();
        return this.#breakCircle();
      }
    }
    this.#asked = this.#asked.filter((each) => each !== asked);
    asked.wake();
  }

  /**
   * After a step: who waited for a lock either has it now, or waits on; there is no third case. One after the other in the order in which they asked, because
   * PostgreSQL lets those that follow a changed row race for its new version. Only those are asked who waited for somebody whose turn is over.
   */
  async #settle(): Promise<void> {
    await this.#quiet();
    if (this.#freed.size === 0) return;
    const freed = this.#freed;
    this.#freed = new Set();
    let waitsOn = false;
    for (const asked of this.#asked.filter((each) => each.isBlocked)) {
      if (!this.#asked.includes(asked) || !asked.by.some((pid) => freed.has(pid))) continue;
      this.#let(asked);
      while (asked.outcome === "open" && !(await this.#isWaiting(asked))) await pause(1);
      if (asked.outcome === "open") {
        this.#stop(asked);
        waitsOn = true;
        continue;
      }
      asked.isBlocked = false;
      freed.add(asked.pid!);
      this.#freed.add(asked.pid!);
      await this.#quiet();
    }
    if (!waitsOn) return;
    await this.#breakCircle();
    await this.#quiet();
  }

  async #isWaiting(asked: Asked): Promise<boolean> {
    asked.by = await this.#options.monitor.blockers(asked.pid!);
    return asked.by.length > 0;
  }

  async #breakCircle(): Promise<void> {
    const blocked = this.#asked.filter((each) => each.isBlocked && each.pid !== null);
    const circle = await this.#options.monitor.circle(blocked.map(({ pid }) => pid!));
    if (circle.length === 0) return;
    const inIt = blocked.filter(({ pid }) => circle.includes(pid!));
    this.#options.onDeadlock(inIt.map(({ actor, what }) => `${actor.name} (${what.trim().slice(0, 60)})`));
    const youngest = inIt.at(-1)!;
    this.#let(youngest);
    await this.#options.monitor.cancel(youngest.pid!);
    youngest.isBlocked = false;
  }
}

export interface TraceLine {
  step: number;
  at: number;
  actor: string;
  what: string;
  detail: string;
}

const isBefore = (a: Parked, b: Parked): boolean =>
  a.at !== b.at ? a.at < b.at : a.tie !== b.tie ? a.tie < b.tie : a.no < b.no;

/** What a dead process waits for. */
export const never = (): Promise<never> => new Promise<never>(() => {});
