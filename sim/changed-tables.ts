import type { Tx } from "#store/db.ts";
import type { Sql } from "#store/sql.ts";
import type { Seen } from "./process.ts";

/** Which tables were written by what is committed, as seen on the wire: who looks at a table again and again looks only when it may be another one. */
export class ChangedTables {
  readonly #open = new Map<number, Set<string>>();
  #changed = new Set<string>();

  see({ pid, text, isLast }: Seen): void {
    const written = [...text.matchAll(/\b(?:insert into|update|delete from)\s+(\w+)/g)].map(([, table]) => table!);
    if (written.length > 0) {
      const open = this.#open.get(pid) ?? new Set();
      for (const table of written) open.add(table);
      this.#open.set(pid, open);
    }
    if (!isLast) return;
    // A commit that failed may have happened, where the server went away; a rollback has not.
    if (text !== "rollback") this.#changed = this.#changed.union(this.#open.get(pid) ?? new Set());
    this.#open.delete(pid);
  }

  /** Those since the last time. */
  take(): ReadonlySet<string> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }
}

/** The same transaction, which writes down the names of the tables that are read through it. */
export function noting(tx: Tx, tables: Set<string>): Tx {
  const note = ({ text }: Sql): void => {
    for (const [, table] of text.matchAll(/\b(?:from|join)\s+(\w+)/g)) tables.add(table!);
  };
  return {
    ...tx,
    rows: (shape, statement) => (note(statement), tx.rows(shape, statement)),
    one: (shape, statement) => (note(statement), tx.one(shape, statement)),
    maybe: (shape, statement) => (note(statement), tx.maybe(shape, statement)),
  };
}
