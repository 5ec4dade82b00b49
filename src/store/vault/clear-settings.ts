import type { WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";

/** What a connector was told, of a connection or of a supplier. */
export interface ConnectorSettings {
  subject: "connection" | "supplier";
  workspaceId: WorkspaceId;
  id: string;
  /** Of a connection. */
  channelId: string | null;
  kind: string;
  settings: Record<string, unknown>;
}
const SettingsRow = row({
  subject: col.oneOf<ConnectorSettings["subject"]>(),
  workspaceId: col.id<WorkspaceId>(),
  id: col.text,
  channelId: col.textOrNull,
  kind: col.text,
  settings: col.json<Record<string, unknown>>(),
});

/** Of every workspace, with the names that somebody keeps as secrets. */
export const connectorSettingsWith = (tx: Tx, names: readonly string[]): Promise<ConnectorSettings[]> =>
  tx.rows(
    SettingsRow,
    sql`
    select 'connection' as subject, workspace_id, id, channel_id, kind, settings from connection where settings ?| ${names}::text[]
    union all
    select 'supplier', workspace_id, id, null, kind, settings -> 'connector' from supplier where settings -> 'connector' ?| ${names}::text[]
     order by 2, 1, 3`,
  );

/** Takes these names out of the settings. */
export const clearConnectorSettings = (
  tx: Tx,
  { subject, workspaceId, id }: Pick<ConnectorSettings, "subject" | "workspaceId" | "id">,
  names: readonly string[],
): Promise<number> =>
  subject === "connection"
    ? tx.run(sql`
        update connection set settings = settings - ${names}::text[]
         where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`)
    : tx.run(sql`
        update supplier set settings = jsonb_set(settings, '{connector}', (settings -> 'connector') - ${names}::text[])
         where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`);
