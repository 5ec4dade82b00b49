import type { Seen } from "./process.ts";

/** One attempt as the harness saw it being written: it never asks the product. */
export interface SeenAttempt {
  id: string;
  workspaceId: string;
  orderId: string;
  reference: string;
  kind: string;
  armedAt: number;
  /** Virtual instant of the commit that armed it. */
  committedAt: number;
  /** Of the commit that recorded its outcome; null: it is open, or its answer is not known yet. */
  closedAt: number | null;
}

/**
 * Reads from the wire which attempts were armed, by what commit and when, and which transaction is about to record an answer. Knows the statements' form
 * only: `insert into attempt (columns) … unnest(arrays)`.
 */
export class Attempts {
  readonly byId = new Map<string, SeenAttempt>();
  readonly byReference = new Map<string, SeenAttempt>();
  readonly #arming = new Map<number, SeenAttempt[]>();
  readonly #recording = new Map<number, SeenAttempt[]>();
  readonly #closing = new Map<number, SeenAttempt[]>();
  /** Called with what a commit armed. */
  onArmed: (attempts: readonly SeenAttempt[]) => void = () => {};

  /** What the open transaction of this backend has armed, or records. */
  arming(pid: number): readonly SeenAttempt[] {
    return this.#arming.get(pid) ?? [];
  }
  recording(pid: number): readonly SeenAttempt[] {
    return this.#recording.get(pid) ?? [];
  }

  /** Nobody knows any more that it was armed. */
  forget(reference: string): void {
    const known = this.byReference.get(reference);
    if (known !== undefined) this.byId.delete(known.id);
    this.byReference.delete(reference);
  }

  see({ pid, text, values, rows }: Seen, now: number): void {
    if (text === "begin" || text === "rollback") return this.#end(pid);
    if (text === "commit") {
      const armed = rows === null ? [] : this.arming(pid);
      for (const each of armed) {
        each.committedAt = now;
        this.byId.set(each.id, each);
        this.byReference.set(each.reference, each);
      }
      for (const each of rows === null ? [] : (this.#closing.get(pid) ?? [])) each.closedAt ??= now;
      if (armed.length > 0) this.onArmed(armed);
      return;
    }
    if (rows === null) return;
    if (text.startsWith("insert into attempt (")) this.#arming.set(pid, this.#read(text, values));
    else if (text.startsWith("update attempt ")) {
      const columns = columnsOf(text, /as s\(([^)]*)\)/, values);
      const known = (columns.get("id") ?? []).map((id) => this.byId.get(String(id)));
      const states = columns.get("state") ?? [];
      const isOpen = (index: number): boolean => states[index] === "armed" || states[index] === "unknown";
      this.#recording.set(pid, [...this.recording(pid), ...known.filter((each) => each !== undefined)]);
      this.#closing.set(pid, [
        ...(this.#closing.get(pid) ?? []),
        ...known
          .filter((each, index) => each !== undefined && states.length > 0 && !isOpen(index))
          .map((each) => each!),
      ]);
    }
  }

  /** After the commit was looked at (its answer may still be lost on the way back). */
  #end(pid: number): void {
    this.#arming.delete(pid);
    this.#recording.delete(pid);
    this.#closing.delete(pid);
  }

  #read(text: string, values: readonly unknown[]): SeenAttempt[] {
    const columns = columnsOf(text, /^insert into attempt \(([^)]*)\)/, values);
    const column = (name: string): readonly unknown[] => {
      const found = columns.get(name);
      if (found === undefined)
        throw new Error(`The product arms attempts without a column "${name}": ${text.slice(0, 120)}`);
      return found;
    };
    return column("id").map((id, index) => ({
      id: String(id),
      workspaceId: String(column("workspace_id")[index]),
      orderId: String(column("order_id")[index]),
      reference: String(column("reference")[index]),
      kind: String(column("kind")[index]),
      armedAt: new Date(column("armed_at")[index] as Date).getTime(),
      committedAt: Number.NaN,
      closedAt: null,
    }));
  }
}

function columnsOf(text: string, names: RegExp, values: readonly unknown[]): Map<string, readonly unknown[]> {
  const list = names.exec(text)?.[1]?.split(",") ?? [];
  return new Map(list.map((name, index) => [name.trim(), arrayOf(values[index] ?? [])]));
}

/** An array, or PostgreSQL's text for one: `{"7","8",NULL}`. */
function arrayOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const elements = String(value)
    .slice(1, -1)
    .matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/g);
  return [...elements].map(([, quoted, bare]) =>
    quoted === undefined ? (bare === "NULL" ? null : bare) : quoted.replaceAll(/\\(.)/g, "$1"),
  );
}
