import type { Id, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";
import { json } from "./writer.ts";

export const managementSubjects = [
  "workspace",
  "channel",
  "supplier",
  "account",
  "product_link",
  "shipping_mapping",
  "stock",
  "api_key",
  "webhook_endpoint",
  "member",
] as const;
export type ManagementSubject = (typeof managementSubjects)[number];

/** One change of the set-up. `data` holds values as they were and are, never a secret. */
export interface ManagementEvent {
  workspaceId: WorkspaceId;
  id: Id<"managementEvent">;
  at: Date;
  actor: string;
  kind: string;
  subject: ManagementSubject;
  /** "0": the workspace itself. */
  subjectId: string;
  data: Record<string, unknown>;
}

const EventRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<Id<"managementEvent">>(),
  at: col.instant,
  actor: col.text,
  kind: col.text,
  subject: col.oneOf<ManagementSubject>(),
  subjectId: col.text,
  data: col.json<Record<string, unknown>>(),
});

/** Writes what happened, in the transaction in which it happens. */
export const recordChanges = (tx: Tx, events: readonly ManagementEvent[]): Promise<number> =>
  events.length === 0
    ? Promise.resolve(0)
    : tx.run(sql`
    insert into management_event (workspace_id, id, at, actor, kind, subject, subject_id, data)
    select * from unnest(
      ${events.map((event) => event.workspaceId)}::bigint[], ${events.map((event) => event.id)}::bigint[], ${events.map((event) => event.at)}::timestamptz[],
      ${events.map((event) => event.actor)}::text[], ${events.map((event) => event.kind)}::text[], ${events.map((event) => event.subject)}::text[],
      ${events.map((event) => event.subjectId)}::bigint[], ${events.map((event) => json(event.data))}::jsonb[])`);

/** The newest changes of one thing, newest first. */
export const listChanges = (
  tx: Tx,
  of: { workspaceId: WorkspaceId; subject: ManagementSubject; subjectId: string; limit: number },
): Promise<ManagementEvent[]> =>
  tx.rows(
    EventRow,
    sql`
    select * from management_event
     where workspace_id = ${of.workspaceId}::bigint and subject = ${of.subject} and subject_id = ${of.subjectId}::bigint
     order by id desc limit ${of.limit}`,
  );
