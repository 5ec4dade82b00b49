import type { WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

export interface KeyUse {
  workspaceId: WorkspaceId;
  actor: string;
  key: string;
  /** Method and address. */
  route: string;
  bodyHash: string;
}
export type Claimed =
  | { status: "ours" }
  | { status: "in_progress" }
  | { status: "done"; answer: unknown }
  | { status: "other_request"; route: string; at: Date };

const FirstRow = row({
  route: col.text,
  bodyHash: col.text,
  status: col.intOrNull,
  response: col.jsonOrNull<unknown>(),
  createdAt: col.instant,
});

const keptMs = 24 * 3_600_000;
/** A request that has no answer after this died with its process; every action finds what it has done already, so it may be done again. */
const abandonedMs = 60_000;

/** Takes a key for a request, or says what it was taken for. One statement decides, so that of two at the same moment one wins. */
export async function claimKey(tx: Tx, use: KeyUse, now: Date): Promise<Claimed> {
  const { workspaceId, actor, key, route, bodyHash } = use;
  const ago = (ms: number): Date => new Date(now.getTime() - ms);
  const taken = await tx.run(sql`
    insert into idempotency as i (workspace_id, actor, key, route, body_hash, created_at)
    values (${workspaceId}::bigint, ${actor}, ${key}, ${route}, ${bodyHash}, ${now})
    on conflict (workspace_id, actor, key) do update
       set route = excluded.route, body_hash = excluded.body_hash, status = null, response = null, created_at = excluded.created_at
     where i.created_at <= ${ago(keptMs)}
        or (i.status is null and i.created_at <= ${ago(abandonedMs)} and i.route = excluded.route and i.body_hash = excluded.body_hash)`);
  if (taken === 1) return { status: "ours" };
  const first = await tx.maybe(
    FirstRow,
    sql`
    select route, body_hash, status, response, created_at from idempotency
     where workspace_id = ${workspaceId}::bigint and actor = ${actor} and key = ${key}`,
  );
  if (first === undefined) return { status: "in_progress" }; // its request failed this very moment
  if (first.route !== route || first.bodyHash !== bodyHash)
    return { status: "other_request", route: first.route, at: first.createdAt };
  return first.status === null ? { status: "in_progress" } : { status: "done", answer: first.response };
}

export const keepAnswer = (
  tx: Tx,
  { workspaceId, actor, key }: KeyUse,
  status: number,
  answer: object,
): Promise<number> =>
  tx.run(sql`
    update idempotency set status = ${status}::integer, response = ${answer}::jsonb
     where workspace_id = ${workspaceId}::bigint and actor = ${actor} and key = ${key} and status is null`);

/** The request failed for a reason of ours: the key is free again. */
export const releaseKey = (tx: Tx, { workspaceId, actor, key }: KeyUse): Promise<number> =>
  tx.run(sql`
    delete from idempotency where workspace_id = ${workspaceId}::bigint and actor = ${actor} and key = ${key} and status is null`);

/** Keys of this workspace that are older than they are kept. Answers how many there were. */
export const forgetOldKeys = (tx: Tx, workspaceId: WorkspaceId, now: Date): Promise<number> =>
  tx.run(sql`
    delete from idempotency where workspace_id = ${workspaceId}::bigint and created_at <= ${new Date(now.getTime() - keptMs)}`);
