import { createHash } from "node:crypto";
import type pg from "pg";
import type { Case } from "./case.ts";

interface EventRow {
  order_id: string;
  seq: number;
  at: Date;
  kind: string;
  subject: string;
  subject_id: string;
  from_state: string | null;
  to_state: string | null;
  actor: string;
  data: unknown;
  hash: string;
  last: string;
}

/** I17. hash(n) = sha256(hash(n-1), a line break, what the event says as JSON with sorted keys); the first follows on nothing, the last is the order's. */
export async function checkChain(client: pg.Client, the: Case): Promise<void> {
  const { rows } = await client.query<EventRow>(`
    select e.order_id::text, e.seq, e.at, e.kind, e.subject, e.subject_id::text, e.from_state, e.to_state, e.actor, e.data, e.hash, o.event_hash as last
      from event e join sales_order o on o.workspace_id = e.workspace_id and o.id = e.order_id
     order by e.workspace_id, e.order_id, e.seq`);
  let previous: EventRow | undefined;
  rows.forEach((row, index) => {
    const isFirst = previous?.order_id !== row.order_id;
    const before = isFirst ? "" : previous!.hash;
    const order = the.facts.orderById.get(row.order_id);
    if (row.hash !== hashOf(before, row))
      the.found("I17", order, `event ${row.seq} (${row.kind}) does not follow on the one before it`);
    if (rows[index + 1]?.order_id !== row.order_id && row.hash !== row.last)
      the.found("I17", order, `its last event is ${row.seq}, and the order ends its chain with another`);
    previous = row;
  });
}

function hashOf(before: string, row: EventRow): string {
  const said = [
    row.seq,
    row.at.toISOString(),
    row.kind,
    row.subject,
    row.subject_id,
    row.from_state,
    row.to_state,
    row.actor,
    row.data,
  ];
  return createHash("sha256")
    .update(`${before}\n${sortedJson(said)}`)
    .digest("hex");
}

/** By hand, because an object built anew would put keys that look like numbers first. */
function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${sortedJson(inner)}`).join(",")}}`;
}
