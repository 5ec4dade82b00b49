import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "#domain/clock.ts";
import { findGate } from "#gate/main.ts";
import { col, row } from "#store/row.ts";
import { findPostmaster } from "#store/server/postmaster.ts";
import { findInstallation } from "#store/installation.ts";
import { sql } from "#store/sql.ts";
import { kill, type Member } from "./family.ts";
import type { Blow, Recovery, Watch } from "./recovery.ts";
import type { Town } from "./town.ts";

/** Longer than every lease (20 s), and now and then longer than after which a worker counts as dead (60 s). */
const stopMs = { least: 33_000, most: 66_000 };
const gateStopMs = { least: 2_000, most: 12_000 };

/** Who strikes, and notes each blow before it falls. Victims are chosen by `random`; only processes of this town are ever struck, each by its pid. */
export class Fury {
  readonly #town: Town;
  readonly #watch: Watch;
  readonly #random: Random;
  /** Standing still at the moment; they are not killed, because they would not notice. */
  readonly #stopped = new Set<Member>();
  #gateIsStopped = false;

  constructor(town: Town, watch: Watch, random: Random) {
    this.#town = town;
    this.#watch = watch;
    this.#random = random;
  }

  /** Answers why there was nobody to strike; null: the blow fell. */
  async strike(blow: Blow, stop: AbortSignal): Promise<string | null> {
    switch (blow) {
      case "worker killed":
        return this.#hit(blow, this.#condemned()?.pid, "SIGKILL");
      case "api killed":
        return this.#hit(blow, this.#town.api().pid, "SIGKILL");
      case "gate killed":
        return this.#hit(blow, this.#gateIsStopped ? undefined : await this.#gate(), "SIGKILL");
      case "postmaster killed":
        return this.#hit(blow, await this.#postmaster(), "SIGKILL");
      case "immediate stop":
        return this.#hit(blow, await this.#postmaster(), "SIGQUIT");
      case "backend killed":
        return this.#hit(blow, await this.#backend(), "SIGKILL");
      case "worker stopped":
        return this.#stopWorker(blow, stop);
      case "gate stopped":
        return this.#stopGate(blow, stop);
    }
  }

  async #hit(blow: Blow, pid: number | undefined, signal: NodeJS.Signals): Promise<string | null> {
    if (pid === undefined) return "nobody is there";
    const recovery = await this.#watch.before(blow);
    recovery.at = Date.now();
    if (kill(pid, signal)) return null;
    this.#watch.forget(recovery);
    return "it was gone a moment before";
  }

  async #stopWorker(blow: Blow, stop: AbortSignal): Promise<string | null> {
    // Ready ones only: who stands still while it starts holds the lock under which one process at a time does that.
    const ready = this.#awake().filter((member) => this.#town.isReady(member));
    const victim = this.#oneOf(ready);
    // One that is ready and goes on: else the same ones stand still again and again, perhaps with that lock, and nobody new gets in.
    if (victim === undefined || ready.length < 2) return "too few workers are ready";
    // Nor while the database is down: who starts it again holds that lock too.
    if (!(await this.#databaseServes())) return "the database is down";
    this.#stopped.add(victim);
    await this.#watch.before(blow);
    victim.signal("SIGSTOP");
    await this.#pause(stopMs, stop);
    victim.signal("SIGCONT");
    this.#stopped.delete(victim);
    return null;
  }

  /** Like a connector that keeps its process busy. Nobody may take over while it is there, so the time counts from when it goes on. */
  async #stopGate(blow: Blow, stop: AbortSignal): Promise<string | null> {
    const pid = await this.#gate();
    if (pid === undefined || this.#gateIsStopped) return "no gate is there";
    this.#gateIsStopped = true;
    const recovery: Recovery = await this.#watch.before(blow);
    const isThere = kill(pid, "SIGSTOP");
    if (isThere) await this.#pause(gateStopMs, stop);
    kill(pid, "SIGCONT");
    this.#gateIsStopped = false;
    if (isThere) recovery.at = Date.now();
    else this.#watch.forget(recovery);
    return isThere ? null : "the gate was gone a moment before";
  }

  #pause({ least, most }: { least: number; most: number }, stop: AbortSignal): Promise<void> {
    return sleep(least + this.#random.next() * (most - least), undefined, { signal: stop }).catch(() => {});
  }

  #awake(): Member[] {
    return this.#town.workers().filter((member) => !this.#stopped.has(member));
  }
  /** Anybody, also who only just starts; but not before somebody can work, mostly two: who is killed faster than it starts shows nothing. */
  #condemned(): Member | undefined {
    const awake = this.#awake();
    const ready = awake.filter((member) => this.#town.isReady(member)).length;
    return ready >= (this.#random.next() < 0.2 ? 1 : 2) ? this.#oneOf(awake) : undefined;
  }
  #oneOf(members: readonly Member[]): Member | undefined {
    return members[Math.floor(this.#random.next() * members.length)];
  }
  async #gate(): Promise<number | undefined> {
    const { db, config } = this.#town.connection;
    const installation = await findInstallation(db).catch(() => undefined);
    const found = installation === undefined ? null : await findGate(config.home, installation.id);
    if (found === null) return undefined;
    const command = await readFile(`/proc/${found.pid}/cmdline`, "utf8").catch(() => "");
    return command.includes("gate-process") ? found.pid : undefined; // else it is dead, and its number may be another's
  }
  #databaseServes(): Promise<boolean> {
    return this.#town.connection.db.run(sql`select 1`).then(
      () => true,
      () => false,
    );
  }
  async #postmaster(): Promise<number | undefined> {
    return (await findPostmaster(join(this.#town.connection.config.dataDir, "postgres")))?.pid;
  }
  async #backend(): Promise<number | undefined> {
    try {
      const backends = await this.#town.connection.db.rows(
        row({ pid: col.int }),
        sql`select pid from pg_stat_activity where usename = 'switchyard_engine' and pid <> pg_backend_pid() order by pid`,
      );
      return backends[Math.floor(this.#random.next() * backends.length)]?.pid;
    } catch {
      return undefined; // it is down already
    }
  }
}
