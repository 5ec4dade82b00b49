import { Client, DatabaseError, escapeIdentifier, Pool, type PoolClient, type PoolConfig, types } from "pg";
import type { Clock } from "#domain/clock.ts";
import type { RowShape } from "#store/row.ts";
import { encode, nameOf, type Sql } from "#store/sql.ts";

/** What one transaction may do. */
export interface Tx {
  rows<T>(shape: RowShape<T>, statement: Sql): Promise<T[]>;
  /** Throws unless there is exactly one row. */
  one<T>(shape: RowShape<T>, statement: Sql): Promise<T>;
  /** Throws when there is more than one row. */
  maybe<T>(shape: RowShape<T>, statement: Sql): Promise<T | undefined>;
  /** How many rows it touched. */
  run(statement: Sql): Promise<number>;
  /** Several statements without values in one text: for migrations only, because nothing in it is a parameter. */
  script(text: string): Promise<void>;
  /** Calls back once the transaction is committed; not when it failed, nor when nobody knows. */
  onCommit(then: () => void): void;
  /** What happens where it was not committed, or nobody knows. */
  onFailure(then: () => void): void;
}

/** A pool of connections; used directly, each statement is a transaction of its own. */
export interface Db extends Tx {
  /** Read committed. Statements that need not wait for each other may be sent together: `Promise.all` sends them in one go. */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Calls `onNotify` for each notification, on a connection of its own. A lost connection is made again, after which `onNotify("")` is called:
   * what was sent meanwhile is lost, so look yourself. Answers how to stop.
   */
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
  end(): Promise<void>;
}

/** A statement on its way, as {@link OnStatement} sees it: `begin`, `commit` and `rollback` included. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly connection: Connection;
}

export interface Connection {
  readonly backendPid: number;
  /** Cuts the connection, as a crash would. */
  destroy(): void;
}

/**
 * Stands between the code and the database: it may look, wait before sending, wait before giving the answer back, or throw instead. With it,
 * statements of one connection go one at a time. The simulation schedules by it; a log measures by it.
 */
export type OnStatement = <T>(statement: Statement, send: () => Promise<T>) => Promise<T>;

/** How a pool is used at this moment. */
export interface PoolUse {
  connections: number;
  idle: number;
  /** Who waits for a connection. */
  waiting: number;
}

/** Looks on, for figures: unlike {@link OnStatement} it delays nothing and sees no text. */
export interface DbWatch {
  /** The pool is there; asks it how it is used whenever that is of interest. */
  opened(use: () => PoolUse): void;
  /** A statement leaves; what it answers is told when the answer is there. */
  sent(): (isOk: boolean) => void;
}

export interface DbOptions {
  max?: number;
  watch?: DbWatch | undefined;
  onStatement?: OnStatement;
  /** Needed for `listen`: a lost connection is made again after a pause. */
  clock?: Clock;
}

/** The connection was lost while the commit was under way. It may have happened or not: read, or be idempotent; never just repeat. */
export class CommitUnknown extends Error {
  override readonly name = "CommitUnknown";
}

export function openDb(config: PoolConfig, { max = 10, onStatement, watch, clock }: DbOptions = {}): Db {
  const pool = new Pool({ ...config, max, pipeline: true, types: { getTypeParser } });
  watch?.opened(() => ({ connections: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }));
  // A connection that dies between two statements has nobody to tell; the next statement on it fails, and the pool makes a new one.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));

  let ended: Promise<void> | undefined;

  async function onConnection<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    const session = openSession(client, { onStatement, watch });
    try {
      return await work(session);
    } finally {
      client.release(session.isBroken());
    }
  }

  return {
    ...statements((statement) => onConnection((session) => session.send(statement))),
    onCommit: (then) => then(), // each statement was one
    onFailure: () => {},
    tx: (work) => onConnection((session) => transact(session, work)),
    listen: (channel, onNotify) => listen({ config, channel, onNotify, clock }),
    end: () => (ended ??= pool.end()),
  };
}

interface Answer {
  command: string;
  rowCount: number;
  fields: readonly string[];
  rows: readonly (readonly unknown[])[];
}

interface Outgoing extends Sql {
  /** Sent as it is, without values and unprepared. */
  isScript?: boolean;
}

interface Session {
  send(statement: Outgoing): Promise<Answer>;
  /** True once the connection may not be used again. */
  isBroken(): boolean;
}

/** Every statement of the product passes through `send`. */
function openSession(client: PoolClient, { onStatement, watch }: Pick<DbOptions, "onStatement" | "watch">): Session {
  let broken = false;
  const connection: Connection = {
    backendPid: (client as PoolClient & { processID: number }).processID,
    destroy() {
      broken = true;
      (client as PoolClient & { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    },
  };

  async function ask({ text, values, isScript = false }: Outgoing): Promise<Answer> {
    const answered = watch?.sent();
    let isOk = false;
    try {
      const result = await (isScript
        ? client.query({ text, rowMode: "array" })
        : client.query<unknown[]>({ name: nameOf(text), text, values: values.map(encode), rowMode: "array" }));
      const last = Array.isArray(result) ? result.at(-1) : result; // a script has a result per statement
      isOk = true;
      return {
        command: last.command,
        rowCount: last.rowCount ?? 0,
        fields: last.fields.map(nameOfField),
        rows: last.rows,
      };
    } catch (error) {
      if (!(error instanceof DatabaseError) || isConnectionEnd(error)) broken = true;
      throw error;
    } finally {
      answered?.(isOk);
    }
  }

  if (onStatement === undefined) return { send: ask, isBroken: () => broken };

  let before: Promise<unknown> = Promise.resolve();
  return {
    send(statement) {
      const answer = before.then(() => onStatement({ ...statement, connection }, () => ask(statement)));
      before = answer.catch(() => {});
      return answer;
    },
    isBroken: () => broken,
  };
}

const nameOfField = (field: { name: string }): string => field.name;

async function transact<T>(session: Session, work: (tx: Tx) => Promise<T>): Promise<T> {
  let isOver = false;
  const afterwards: (() => void)[] = [];
  const undone: (() => void)[] = [];
  const tx: Tx = {
    ...statements((statement) => {
      if (isOver) throw new Error("This transaction is over: a statement was sent after its work had ended.");
      return session.send(statement);
    }),
    onCommit: (then) => void afterwards.push(then),
    onFailure: (then) => void undone.push(then),
  };

  await session.send(begin);
  let result: T;
  try {
    try {
      result = await work(tx);
    } catch (error) {
      isOver = true;
      await session.send(rollback).catch(() => {}); // the connection is broken then, and the server rolls back by itself
      throw error;
    }
    isOver = true;
    await commitOrSay(session);
  } catch (error) {
    for (const then of undone) then();
    throw error;
  }
  for (const then of afterwards) then();
  return result;
}

const begin: Sql = { text: "begin", values: [] };
const commit: Sql = { text: "commit", values: [] };
const rollback: Sql = { text: "rollback", values: [] };

async function commitOrSay(session: Session): Promise<void> {
  const answer = await session.send(commit).catch((error: unknown) => {
    // The server itself says that it did not commit (a deferred constraint, a serialization failure).
    if (error instanceof DatabaseError && !isConnectionEnd(error)) throw error;
    throw new CommitUnknown("The connection was lost during the commit; it may have happened or not.", {
      cause: error,
    });
  });
  // To commit a failed transaction is no error for PostgreSQL: it rolls back and says so here only.
  if (answer.command !== "COMMIT")
    throw new Error("The transaction was rolled back: the failure of one of its statements was swallowed.");
}

/** Errors after which nobody answers any more: the connection (08), the server's end (57P), ours (25P), its failure (58, XX), and "unknown" itself. */
const isConnectionEnd = ({ code = "" }: DatabaseError): boolean => /^(08|57P|25P0[34]|58|XX|40003)/.test(code);

function statements(send: (statement: Outgoing) => Promise<Answer>): Omit<Tx, "onCommit" | "onFailure"> {
  const rows = async <T>(shape: RowShape<T>, statement: Sql): Promise<T[]> => {
    const answer = await send(statement);
    return shape.decode(answer.fields, answer.rows);
  };
  return {
    rows,
    async one(shape, statement) {
      const found = await rows(shape, statement);
      if (found.length !== 1) throw new Error(`Expected one row, found ${found.length}: ${statement.text}`);
      return found[0]!;
    },
    async maybe(shape, statement) {
      const found = await rows(shape, statement);
      if (found.length > 1) throw new Error(`Expected at most one row, found ${found.length}: ${statement.text}`);
      return found[0];
    },
    run: async (statement) => (await send(statement)).rowCount,
    script: async (text) => void (await send({ text, values: [], isScript: true })),
  };
}

interface Listening {
  config: PoolConfig;
  channel: string;
  onNotify: (payload: string) => void;
  clock: Clock | undefined;
}

async function listen({ config, channel, onNotify, clock }: Listening): Promise<() => Promise<void>> {
  if (clock === undefined)
    throw new Error("openDb needs a clock to listen: a lost connection is made again after a pause.");
  const stop = new AbortController();

  async function connect(): Promise<Client> {
    const client = new Client(config);
    client.on("error", () => {}); // "end" follows
    client.on("notification", ({ payload = "" }) => onNotify(payload));
    await client.connect();
    client.once("end", () => void reconnect());
    await client.query(`listen ${escapeIdentifier(channel)}`);
    return client;
  }

  async function reconnect(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        current = await connect();
        if (stop.signal.aborted) await current.end();
        else onNotify("");
        return;
      } catch {
        await clock?.sleep(1000, stop.signal);
      }
    }
  }

  let current = await connect();
  return async () => {
    stop.abort();
    await current.end().catch(() => {}); // it may be the lost one
  };
}

/** A date has no zone and no time, so it stays text; the driver would make it midnight in the machine's zone. */
function getTypeParser(oid: number, format?: "text" | "binary") {
  if (oid === dateOid) return (value: string) => value;
  if (oid === instantOid && format !== "binary") return readInstant;
  if (oid === bigintOid && format !== "binary") return (value: string) => value;
  return types.getTypeParser(oid === dateArrayOid ? textArrayOid : oid, format as "text");
}
const readAnyInstant = types.getTypeParser(1184, "text") as (text: string) => Date;

/** `2026-11-22 12:00:00.123+00`, as a session in UTC writes it: an order has a dozen of them, and the driver's own reader tries patterns. Microseconds are cut. */
function readInstant(text: string): Date {
  const digits = (at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
  const isPlain = text.length <= 29 && text[0] !== "0" && text[4] === "-" && text.endsWith("+00");
  if (!isPlain) return readAnyInstant(text);
  const year = digits(0) * 100 + digits(2);
  const seconds = Date.UTC(year, digits(5) - 1, digits(8), digits(11), digits(14), digits(17));
  if (text.length === 22) return new Date(seconds);
  return new Date(seconds + Math.floor(Number(text.slice(19, -3)) * 1000 + 1e-6));
}

const bigintOid = 20;
const instantOid = 1184;
const dateOid = 1082;
const dateArrayOid = 1182;
const textArrayOid = 1009;
