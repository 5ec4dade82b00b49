import type { Address } from "#domain/address.ts";
import type {
  AccountId,
  ChannelId,
  FulfillmentOrderId,
  HoldId,
  OrderId,
  SupplierId,
  WorkspaceId,
} from "#domain/ids.ts";
import type { OrderAddress, OrderDossier } from "#domain/order.ts";
import type { Tx } from "../db.ts";
import { readDossiers } from "../dossier.ts";
import { col, row, type RowOf } from "../row.ts";
import { sql } from "../sql.ts";
import { readAddresses, readAddressVersions } from "../verify.ts";

const OrderIdRow = row({ id: col.id<OrderId>() });
const ChannelRow = row({ id: col.id<ChannelId>(), publicId: col.text, kind: col.text, name: col.text });
const SupplierRow = row({
  id: col.id<SupplierId>(),
  publicId: col.text,
  kind: col.text,
  role: col.oneOf<"supplier" | "prep">(),
  name: col.text,
});
const AccountRow = row({ id: col.id<AccountId>(), publicId: col.text, name: col.text });
const HoldRow = row({
  id: col.id<HoldId>(),
  publicId: col.text,
  openedBy: col.text,
  ownerId: col.textOrNull,
  snoozedUntil: col.instantOrNull,
});
const EvidenceRow = row({ attemptId: col.text, kind: col.text, source: col.text, at: col.instant });
const DecisionRow = row({
  fulfillmentOrderId: col.id<FulfillmentOrderId>(),
  kind: col.text,
  at: col.instant,
  record: col.json<Record<string, unknown>>(),
});
const EditRow = row({
  field: col.text,
  lineNo: col.intOrNull,
  replaced: col.json<Record<string, unknown>>(),
  value: col.json<Record<string, unknown>>(),
  actor: col.text,
  at: col.instant,
});
const NoteRow = row({ note: col.textOrNull });

/** One order with everything that a person sees of it. `address` and `note` are personal data. */
export interface OrderView {
  dossier: OrderDossier;
  channel: RowOf<typeof ChannelRow>;
  suppliers: Map<SupplierId, RowOf<typeof SupplierRow>>;
  accounts: Map<AccountId, RowOf<typeof AccountRow>>;
  holds: Map<HoldId, RowOf<typeof HoldRow>>;
  evidence: RowOf<typeof EvidenceRow>[];
  /** The newest of each kind per fulfillment order. */
  decisions: RowOf<typeof DecisionRow>[];
  edits: RowOf<typeof EditRow>[];
  address: OrderAddress | null;
  /** Every address that was said of it, by number. */
  addresses: Map<number, Address>;
  note: string | null;
}

/** The inner id behind a public one; undefined where the workspace has no such order. */
export const findOrderId = async (tx: Tx, workspaceId: WorkspaceId, publicId: string): Promise<OrderId | undefined> =>
  (
    await tx.maybe(
      OrderIdRow,
      sql`select id from sales_order where workspace_id = ${workspaceId}::bigint and public_id = ${publicId}::uuid`,
    )
  )?.id;

const PublicIdRow = row({ publicId: col.text });
export const findOrderPublicId = async (tx: Tx, workspaceId: WorkspaceId, id: OrderId): Promise<string> =>
  (
    await tx.one(
      PublicIdRow,
      sql`select public_id from sales_order where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`,
    )
  ).publicId;

/** API-22. A dozen set-based reads in one go, whatever the order holds. */
export async function readOrder(tx: Tx, workspaceId: WorkspaceId, publicId: string): Promise<OrderView | null> {
  const orderId = await findOrderId(tx, workspaceId, publicId);
  if (orderId === undefined) return null;
  const key = { workspaceId, orderId };
  const here = sql`workspace_id = ${workspaceId}::bigint`;
  const [dossiers, channels, suppliers, accounts, holds, evidence, decisions, edits, addresses, versions, note] =
    await Promise.all([
      readDossiers(tx, [key]),
      tx.rows(ChannelRow, sql`select id, public_id, kind, name from channel where ${here}`),
      tx.rows(SupplierRow, sql`select id, public_id, kind, role, name from supplier where ${here}`),
      tx.rows(AccountRow, sql`select id, public_id, name from supplier_account where ${here}`),
      tx.rows(
        HoldRow,
        sql`select id, public_id, opened_by, owner_id::text as owner_id, snoozed_until from hold where ${here} and order_id = ${orderId}::bigint and closed_at is null`,
      ),
      tx.rows(
        EvidenceRow,
        sql`
        select e.attempt_id::text as attempt_id, e.kind, e.source, e.at from attempt a
          join evidence e on e.workspace_id = a.workspace_id and e.attempt_id = a.id
         where a.workspace_id = ${workspaceId}::bigint
           and a.fulfillment_order_id in (select f.id from fulfillment_order f where f.workspace_id = ${workspaceId}::bigint and f.order_id = ${orderId}::bigint)
         order by e.at, e.id`,
      ),
      tx.rows(
        DecisionRow,
        sql`
        select distinct on (fulfillment_order_id, kind) fulfillment_order_id, kind, at, record from decision
         where ${here} and order_id = ${orderId}::bigint order by fulfillment_order_id, kind, seq desc`,
      ),
      tx.rows(
        EditRow,
        sql`select field, line_no, replaced, value, actor, at from order_edit where ${here} and order_id = ${orderId}::bigint and undone_at is null order by no`,
      ),
      readAddresses(tx, [key]),
      readAddressVersions(tx, key),
      tx.maybe(
        NoteRow,
        sql`select note from order_address where ${here} and order_id = ${orderId}::bigint and source = 'channel' order by no desc limit 1`,
      ),
    ]);
  const dossier = dossiers[0];
  if (dossier === undefined) return null;
  return {
    dossier,
    channel: channels.find((each) => each.id === dossier.order.channelId)!,
    suppliers: new Map(suppliers.map((each) => [each.id, each])),
    accounts: new Map(accounts.map((each) => [each.id, each])),
    holds: new Map(holds.map((each) => [each.id, each])),
    evidence,
    decisions,
    edits,
    address: addresses.get(orderId) ?? null,
    addresses: versions,
    note: note?.note ?? null,
  };
}
