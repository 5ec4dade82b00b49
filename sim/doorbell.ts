import { stages } from "#engine/stages.ts";
import type { Stage } from "#engine/stage.ts";
import type { Db, Tx } from "#store/db.ts";
import { noting } from "./changed-tables.ts";
import type { Focus } from "./faults.ts";
import type { Running, Town } from "./town.ts";

/**
 * Who works when. In production each worker listens, and looks every five seconds; here the harness looks once for all of them, between two steps, and lets
 * one, two or all three workers run a stage that is due, within the same few milliseconds. So nothing polls, and virtual time runs.
 */
export function ringTheDoorbell(town: Town, { workersWithinMs }: Focus = {}): void {
  const { scheduler, streams, eye, harness } = town;
  const luck = streams.stream("doorbell");
  const running = new WeakMap<Running["process"], Set<Stage>>();
  const notBefore = new Map<Stage, { at: number; waitMs: number }>();
  /** What is known of each stage since its last look, and from which tables. */
  const dues = new Map<Stage, number>();
  const reads = new Map<Stage, ReadonlySet<string>>();
  let planned: { at: number; cancel: AbortController } | null = null;

  function lookAt(at: number): void {
    if (planned !== null && planned.at <= at) return;
    planned?.cancel.abort();
    const cancel = new AbortController();
    const mine = { at, cancel };
    planned = mine;
    void scheduler.park(harness, { kind: "sleep", what: "doorbell" }, at - scheduler.now, cancel.signal).then(() => {
      if (planned !== mine) return;
      planned = null;
      scheduler.afterwards(look);
    });
  }

  async function look(): Promise<void> {
    let next = Infinity;
    // This is asked after every commit: only those whose tables were written since, in one round trip.
    const changed = town.changed.take();
    const asked = stages.filter((stage) => reads.get(stage)?.isDisjointFrom(changed) !== true);
    if (asked.length > 0) await eye.tx((tx) => Promise.all(asked.map((stage) => ask(stage, tx))));
    for (const stage of stages) {
      const at = Math.max(dues.get(stage)!, notBefore.get(stage)?.at ?? 0);
      if (at <= scheduler.now) start(stage);
      else next = Math.min(next, at);
    }
    if (next < Infinity) lookAt(next);
  }

  async function ask(stage: Stage, tx: Tx): Promise<void> {
    const tables = new Set<string>();
    // A look writes nothing, so a transaction does for a pool.
    const due = await stage.nextDue(noting(tx, tables) as Db);
    reads.set(stage, tables);
    dues.set(stage, due?.getTime() ?? Infinity);
  }

  function start(stage: Stage): void {
    const idle = town.workers
      .flatMap((host) => host.current() ?? [])
      .filter(({ process }) => running.get(process)?.has(stage) !== true);
    const count = workersWithinMs === undefined ? luck.pick([1, 1, 1, 2, 2, 3]) : idle.length;
    for (let n = 0; n < count && idle.length > 0; n += 1) {
      const [worker] = idle.splice(luck.whole(0, idle.length - 1), 1);
      void work(worker!, stage);
    }
    // All of them are at it, or down: whoever ends or comes up rings.
  }

  async function work({ process, engine }: Running, stage: Stage): Promise<void> {
    const busy = running.get(process) ?? new Set<Stage>();
    running.set(process, busy.add(stage));
    let moved = 0;
    try {
      await process.at("start", stage.name, luck.whole(0, workersWithinMs ?? 20));
      moved = await stage.run(engine);
    } catch (error) {
      scheduler.note(process, `${stage.name} threw`, error instanceof Error ? error.message : String(error));
      if (!isOfTheConnection(error))
        town.thrown.push(
          `${process.name} ${stage.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
    }
    busy.delete(stage);
    // Due and not to be had: somebody holds it. Looking again at once would only burn steps.
    const before = notBefore.get(stage)?.waitMs ?? 0;
    if (moved > 0) notBefore.delete(stage);
    else {
      const waitMs = Math.min(30_000, Math.max(500, before * 2));
      notBefore.set(stage, { at: scheduler.now + waitMs, waitMs });
    }
    town.onRing();
  }

  town.onOtherDatabase = () => {
    reads.clear();
    notBefore.clear();
    town.onRing();
  };
  town.onRing = () => lookAt(scheduler.now + luck.whole(10, 200));
  town.onRing();
}

/** What a stage may well throw while connections are cut and gates die; its runner tries again. */
export function isOfTheConnection(error: unknown): boolean {
  const text =
    error instanceof Error
      ? `${error.name} ${error.message} ${String((error as { code?: unknown }).code)}`
      : String(error);
  return /Connection terminated|CommitUnknown|GateAway|ECONNRESET|ECONNREFUSED|EPIPE|not queryable|57P0|terminating connection|closed the connection|connection was lost/i.test(
    text,
  );
}
