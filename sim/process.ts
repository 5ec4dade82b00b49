import { Client, type ClientConfig, type PoolConfig } from "pg";
import type { Clock } from "#domain/clock.ts";
import { openDb, type Db, type OnStatement } from "#store/db.ts";
import type { Stream } from "./random.ts";
import { never, type Actor, type Backend, type Scheduler, type Verdict } from "./scheduler.ts";

/** What happened to one statement, as the harness saw it on the wire. */
export interface Seen {
  process: SimProcess;
  pid: number;
  text: string;
  values: readonly unknown[];
  /** How many rows it touched; null: it failed. */
  rows: number | null;
  /** No transaction is open after it. */
  isLast: boolean;
}

export interface ProcessOptions {
  name: string;
  scheduler: Scheduler;
  /** This process's own luck. */
  luck: Stream;
  config: PoolConfig;
  /** A web process reads as somebody who may see one workspace only. */
  readConfig?: PoolConfig | undefined;
  /** false: a transaction runs without a break, and others come between transactions only. */
  isStatementMode: boolean;
  onSeen: (seen: Seen) => void;
}

/** One simulated operating-system process: its memory is gone when it is killed, its sockets are cut, and nothing of it ever runs again. */
export class SimProcess implements Actor {
  readonly name: string;
  isAlive = true;
  pausedUntil = 0;
  readonly db: Db;
  /** The API role's; null in a process that answers nobody. */
  readonly read: Db | null;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly luck: Stream;
  readonly #sockets = new Map<number, Backend>();
  readonly #onDeath: (() => void)[] = [];

  constructor({ name, scheduler, luck, config, readConfig, isStatementMode, onSeen }: ProcessOptions) {
    this.name = name;
    this.scheduler = scheduler;
    this.luck = luck;
    this.clock = {
      now: () => new Date(Math.floor(scheduler.now)),
      sleep: async (ms, signal) => void (await scheduler.park(this, { kind: "sleep", what: "sleep" }, ms, signal)),
    };
    const open = (way: PoolConfig, max: number): Db =>
      openDb(
        { ...way, Client: clientsOf(this), idleTimeoutMillis: 0 },
        { max, onStatement: onStatementOf(this, { isStatementMode, onSeen }) },
      );
    this.db = open(config, 8);
    this.read = readConfig === undefined ? null : open(readConfig, 4);
  }

  /** A named place in the code where this process may be paused or killed. */
  at(kind: "point" | "call" | "wait" | "disk" | "start", what: string, afterMs = 0): Promise<Verdict> {
    return this.scheduler.park(this, { kind, what }, afterMs);
  }

  /** Who waits for this process hears of its end here, as a closed socket would tell them. */
  onDeath(listener: () => void): () => void {
    this.#onDeath.push(listener);
    return () => this.#onDeath.splice(this.#onDeath.indexOf(listener), 1);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.isAlive = false;
    this.scheduler.forget(this);
    await this.scheduler.cut([...this.#sockets.values()]);
    for (const listener of this.#onDeath.splice(0)) listener();
  }

  /** The end of the run: lets go of the sockets. */
  shut(): void {
    this.isAlive = false;
    this.scheduler.letAll();
    for (const backend of this.#sockets.values()) backend.destroy();
  }

  /** Resolves when the server's death has reached every connection of this process. */
  async disconnected(): Promise<void> {
    await Promise.all(this.#closed.values());
  }
  readonly #closed = new Map<number, Promise<void>>();
  /** For the client class below only. */
  connected(pid: number, backend: Backend, closed: Promise<void>): void {
    this.#sockets.set(pid, backend);
    this.#closed.set(
      pid,
      closed.then(() => {
        this.#sockets.delete(pid);
        this.#closed.delete(pid);
      }),
    );
  }
}

type Wire = {
  processID: number;
  connection: { stream: { destroy(): void; once(event: "close", then: () => void): void } };
};

/** To make a connection is a question to the server like a statement: the scheduler waits for its answer. */
function clientsOf(process: SimProcess): new () => Client {
  return class extends Client {
    constructor(config?: ClientConfig) {
      super(config);
      const connect = super.connect.bind(this) as () => Promise<unknown>;
      const ask = (): Promise<void> =>
        process.scheduler.ask(process, { pid: null, what: "connect", isLast: false }, async () => {
          await connect();
          const { processID: pid, connection } = this as unknown as Wire;
          const { promise, resolve } = Promise.withResolvers<void>();
          connection.stream.once("close", resolve);
          process.connected(pid, { pid, destroy: () => connection.stream.destroy() }, promise);
        });
      // The pool hands in a callback; nobody else connects.
      this.connect = ((done: (error: unknown) => void): void => {
        const told = (error?: unknown): void => done(error);
        ask().then(() => told(), told);
      }) as Client["connect"];
    }
  };
}

function onStatementOf(
  process: SimProcess,
  { isStatementMode, onSeen }: { isStatementMode: boolean; onSeen: (seen: Seen) => void },
): OnStatement {
  const { scheduler, luck } = process;
  const inTransaction = new Set<number>();
  return async ({ text, values, connection }, send) => {
    const pid = connection.backendPid;
    const backend: Backend = { pid, destroy: () => connection.destroy() };
    const isFree = isStatementMode || !inTransaction.has(pid) || text === "commit";
    if (text === "begin") inTransaction.add(pid);
    // A statement takes its time: without that two workers would hardly ever overlap.
    if (
      isFree &&
      (await scheduler.park(process, { kind: "before", what: text, backend }, luck.whole(0, 12))) === "reset"
    )
      throw cut();
    const isLast = text === "commit" || text === "rollback" || !inTransaction.has(pid);
    try {
      const answer = await scheduler.ask(process, { pid, what: text, isLast }, send);
      const { rowCount } = answer as { rowCount: number };
      onSeen({ process, pid, text, values, rows: rowCount, isLast });
      scheduler.note(process, text.slice(0, 200), `${rowCount} ${JSON.stringify(values, bigints)}`);
      if (text === "commit" || text === "rollback") inTransaction.delete(pid);
      if (
        isFree &&
        (await scheduler.park(process, { kind: "after", what: text, backend }, luck.whole(0, 2))) === "reset"
      )
        throw cut();
      return answer;
    } catch (error) {
      if (!process.isAlive) return never();
      if (text === "commit" || text === "rollback") inTransaction.delete(pid);
      onSeen({ process, pid, text, values, rows: null, isLast });
      scheduler.note(process, text.slice(0, 200), `failed: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  };
}

const cut = (): Error => new Error("Connection terminated unexpectedly");
const bigints = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
