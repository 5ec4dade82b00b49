import type { WorkspaceId } from "#domain/ids.ts";
import type { WorkspaceSettings } from "#domain/settings.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

export interface Workspace {
  id: WorkspaceId;
  publicId: string;
  /** What commands call it. */
  slug: string;
  name: string;
  kind: "own" | "sandbox";
  /** Only what differs from the defaults. */
  settings: Partial<WorkspaceSettings>;
  createdAt: Date;
}
const WorkspaceRow = row({
  id: col.id<WorkspaceId>(),
  publicId: col.text,
  slug: col.text,
  name: col.text,
  kind: col.oneOf(["own", "sandbox"]),
  settings: col.json<Partial<WorkspaceSettings>>(),
  createdAt: col.instant,
});

export const listWorkspaces = (tx: Tx): Promise<Workspace[]> =>
  tx.rows(WorkspaceRow, sql`select * from workspace order by id`);

export const findWorkspace = (tx: Tx, id: WorkspaceId): Promise<Workspace | undefined> =>
  tx.maybe(WorkspaceRow, sql`select * from workspace where id = ${id}::bigint`);

export const lockWorkspace = (tx: Tx, id: WorkspaceId): Promise<Workspace | undefined> =>
  tx.maybe(WorkspaceRow, sql`select * from workspace where id = ${id}::bigint for update`);

/** Answers false when the slug is taken. */
export async function insertWorkspace(tx: Tx, workspace: Workspace): Promise<boolean> {
  const { id, publicId, slug, name, kind, settings, createdAt } = workspace;
  const inserted = await tx.run(sql`
    insert into workspace (id, public_id, slug, name, kind, settings, created_at)
    values (${id}::bigint, ${publicId}::uuid, ${slug}, ${name}, ${kind}, ${settings}::jsonb, ${createdAt})
    on conflict (slug) do nothing`);
  return inserted === 1;
}

export const saveWorkspaceSettings = (tx: Tx, id: WorkspaceId, settings: Partial<WorkspaceSettings>): Promise<number> =>
  tx.run(sql`update workspace set settings = ${settings}::jsonb where id = ${id}::bigint`);
