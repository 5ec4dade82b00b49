import type { WorkspaceId } from "#domain/ids.ts";
import { defaultWorkspaceSettings, type WorkspaceSettings } from "#domain/settings.ts";
import type { Db, Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";

const WorkspaceRow = row({
  id: col.id<WorkspaceId>(),
  slug: col.text,
  name: col.text,
  kind: col.oneOf<"own" | "sandbox">(),
});

/** The directory of workspaces is the engine's to read: the API's own role sees tenant tables only. */
export const sandboxWorkspace = (engine: Db | Tx) =>
  engine.maybe(
    WorkspaceRow,
    sql`select id, slug, name, kind from workspace where kind = 'sandbox' order by id limit 1`,
  );

const SettingsRow = row({ settings: col.json<Partial<WorkspaceSettings>>() });

export async function readWorkspaceSettings(engine: Db | Tx, id: WorkspaceId): Promise<WorkspaceSettings> {
  const found = await engine.one(SettingsRow, sql`select settings from workspace where id = ${id}::bigint`);
  return { ...defaultWorkspaceSettings, ...found.settings };
}
