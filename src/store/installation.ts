import type { FulfillmentOrderId, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

/** What this database says about whose it is. */
export interface Installation {
  /** Names it to suppliers for ever. */
  id: string;
  tokenDigest: string;
  home: string;
  /** Why nothing is bought, written back or mailed; null: everything is. */
  safeModeReason: string | null;
  startedAt: Date;
  heartbeatAt: Date;
}
const InstallationRow = row({
  id: col.text,
  tokenDigest: col.text,
  home: col.text,
  safeModeReason: col.textOrNull,
  startedAt: col.instant,
  heartbeatAt: col.instant,
});

/** Undefined until the first start. */
export const findInstallation = (tx: Tx): Promise<Installation | undefined> =>
  tx.maybe(
    InstallationRow,
    sql`select id, token_digest, home, safe_mode_reason, started_at, heartbeat_at from installation`,
  );

/** Makes the installation's only row; answers false where it is there. */
export const insertInstallation = async (tx: Tx, installation: Installation): Promise<boolean> =>
  (await tx.run(sql`
    insert into installation (only_one, id, token_digest, home, safe_mode_reason, started_at, heartbeat_at)
    values (true, ${installation.id}, ${installation.tokenDigest}, ${installation.home}, ${installation.safeModeReason}, ${installation.startedAt}, ${installation.heartbeatAt})
    on conflict (only_one) do nothing`)) === 1;

/** This place is home from now on: whoever has the old token may no longer buy. */
export const moveHome = (tx: Tx, home: Pick<Installation, "tokenDigest" | "home">): Promise<number> =>
  tx.run(sql`update installation set token_digest = ${home.tokenDigest}, home = ${home.home}, safe_mode_reason = null`);

export const enterSafeMode = (tx: Tx, reason: string): Promise<number> =>
  tx.run(sql`update installation set safe_mode_reason = ${reason} where safe_mode_reason is distinct from ${reason}`);

/** A part that was not bought yet, as far as the database knows. */
export interface UnplacedPart {
  workspaceId: WorkspaceId;
  orderId: OrderId;
  partId: FulfillmentOrderId;
  state: string;
  supplierKind: string | null;
  settings: Record<string, unknown>;
}
const UnplacedRow = row({
  workspaceId: col.id<WorkspaceId>(),
  orderId: col.id<OrderId>(),
  partId: col.id<FulfillmentOrderId>(),
  state: col.text,
  supplierKind: col.textOrNull,
  supplierSettings: col.json<{ connector?: Record<string, unknown> }>(),
});

/** All parts of so many orders after this one, whose purchase is still to come. */
export async function readUnplaced(
  tx: Tx,
  after: { workspaceId: WorkspaceId; orderId: OrderId } | null,
  limit: number,
): Promise<UnplacedPart[]> {
  const rows = await tx.rows(
    UnplacedRow,
    sql`
    with batch as (
      select distinct workspace_id, order_id from fulfillment_order
       where state in ('received', 'held', 'waiting', 'placing', 'escalated')
         and (workspace_id, order_id) > (${after?.workspaceId ?? "0"}::bigint, ${after?.orderId ?? "0"}::bigint)
       order by workspace_id, order_id limit ${limit}
    )
    select f.workspace_id, f.order_id, f.id as part_id, f.state, s.kind as supplier_kind, coalesce(s.settings, '{}') as supplier_settings
      from batch join fulfillment_order f on f.workspace_id = batch.workspace_id and f.order_id = batch.order_id
      left join supplier s on s.workspace_id = f.workspace_id and s.id = f.supplier_id
     where f.state in ('received', 'held', 'waiting', 'placing', 'escalated')
     order by f.workspace_id, f.order_id, f.id`,
  );
  return rows.map(({ supplierSettings, ...each }) => ({ ...each, settings: supplierSettings.connector ?? {} }));
}
