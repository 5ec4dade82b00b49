import type { ChannelId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

/** The rate that a buyer chose on a channel → what the supplier calls it. */
export interface ShippingMapping {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  rateName: string;
  supplierId: SupplierId;
  method: string;
}
const MappingRow = row({
  workspaceId: col.id<WorkspaceId>(),
  channelId: col.id<ChannelId>(),
  rateName: col.text,
  supplierId: col.id<SupplierId>(),
  method: col.text,
});

export const listMappings = (tx: Tx, workspaceId: WorkspaceId): Promise<ShippingMapping[]> =>
  tx.rows(
    MappingRow,
    sql`select * from shipping_mapping where workspace_id = ${workspaceId}::bigint order by channel_id, rate_name, supplier_id`,
  );

export const putMapping = (tx: Tx, mapping: ShippingMapping): Promise<number> =>
  tx.run(sql`
    insert into shipping_mapping (workspace_id, channel_id, rate_name, supplier_id, method)
    values (${mapping.workspaceId}::bigint, ${mapping.channelId}::bigint, ${mapping.rateName}, ${mapping.supplierId}::bigint, ${mapping.method})
    on conflict (workspace_id, channel_id, rate_name, supplier_id) do update set method = excluded.method`);

export const deleteMapping = (tx: Tx, mapping: Omit<ShippingMapping, "method">): Promise<number> =>
  tx.run(sql`
    delete from shipping_mapping
     where workspace_id = ${mapping.workspaceId}::bigint and channel_id = ${mapping.channelId}::bigint and rate_name = ${mapping.rateName} and supplier_id = ${mapping.supplierId}::bigint`);
