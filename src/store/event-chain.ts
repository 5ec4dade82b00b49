import { hash } from "node:crypto";

/** What is hashed of an event, in this order; times as ISO text, data with sorted keys, so that it can be recomputed from the stored row. */
export interface ChainedEvent {
  seq: number;
  at: Date;
  kind: string;
  subject: string;
  subjectId: string;
  from: string | null;
  to: string | null;
  actor: string;
  data: unknown;
  /** `data` as {@link canonical} writes it, where the caller has that already; null: there is none. */
  json?: string | null;
}

/** EV-2: hash(n) = sha256(hash(n-1), payload of n); the first event follows on "". 64 hex digits. */
export const chain = (previous: string, event: ChainedEvent): string =>
  hash(
    "sha256",
    `${previous}\n[${event.seq},"${isoOf(event.at)}",${text(event.kind)},${text(event.subject)},${text(event.subjectId)},${text(event.from)},${text(event.to)},${text(event.actor)},${event.json === undefined ? canonical(event.data) : (event.json ?? "null")}]`,
  );

/** The events of a batch have mostly the same instant. */
function isoOf(at: Date): string {
  const ms = at.getTime();
  if (ms !== lastMs) {
    lastIso = at.toISOString();
    lastMs = ms;
  }
  return lastIso;
}
let lastMs = Number.NaN;
let lastIso = "";

/** JSON with sorted object keys: jsonb does not keep the order in which they were written. */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `"${value}"`;
    case "undefined":
      return "null";
    case "object":
      if (value === null) return "null";
      if (value instanceof Date) return JSON.stringify(value.toISOString());
      return Array.isArray(value) ? `[${value.map(canonical).join(",")}]` : object(value as Record<string, unknown>);
    default:
      return JSON.stringify(value);
  }
}

function object(value: Record<string, unknown>): string {
  let written = "{";
  for (const key of sorted(Object.keys(value))) {
    const each = value[key];
    if (each !== undefined) written += `${written === "{" ? "" : ","}${JSON.stringify(key)}:${canonical(each)}`;
  }
  return `${written}}`;
}

/** By code unit, in place. There are few keys and many objects: a general sort makes copies of each. */
function sorted(keys: string[]): string[] {
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end]!;
    let at = end;
    for (; at > 0 && keys[at - 1]! > key; at -= 1) keys[at] = keys[at - 1]!;
    keys[at] = key;
  }
  return keys;
}

const text = (value: string | null): string => (value === null ? "null" : JSON.stringify(value));
