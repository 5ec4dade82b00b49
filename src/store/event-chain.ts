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
}

/** EV-2: hash(n) = sha256(hash(n-1), payload of n); the first event follows on "". 64 hex digits. */
export const chain = (previous: string, event: ChainedEvent): string =>
  hash(
    "sha256",
    `${previous}\n${canonical([event.seq, event.at.toISOString(), event.kind, event.subject, event.subjectId, event.from, event.to, event.actor, event.data])}`,
  );

/** JSON with sorted object keys: jsonb does not keep the order in which they were written. */
export function canonical(value: unknown): string {
  if (value === undefined) return "null";
  if (typeof value === "bigint") return `"${value}"`;
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
