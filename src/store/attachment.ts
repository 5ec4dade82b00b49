import type { Id, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "./db.ts";
import { col, row, type RowOf } from "./row.ts";
import { columnsOf, sql } from "./sql.ts";

const AttachmentRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<Id<"attachment">>(),
  publicId: col.text,
  orderId: col.id<OrderId>(),
  name: col.text,
  mediaType: col.text,
  size: col.int,
  sha256: col.text,
  author: col.text,
  at: col.instant,
});
/** A file on an order. It lies in the database, so that its backups and its row-level security are the file's, too. */
export type Attachment = RowOf<typeof AttachmentRow>;
const BytesRow = row({ bytes: col.bytes });

export const insertAttachment = (tx: Tx, file: Attachment & { bytes: Uint8Array }): Promise<number> =>
  tx.run(sql`
    insert into attachment (workspace_id, id, public_id, order_id, name, media_type, size, sha256, bytes, author, at)
    values (${file.workspaceId}::bigint, ${file.id}::bigint, ${file.publicId}::uuid, ${file.orderId}::bigint, ${file.name}, ${file.mediaType}, ${file.size}::integer,
            ${file.sha256}, ${file.bytes}::bytea, ${file.author}, ${file.at})`);

/** Those that are there, oldest first, without their bytes. */
export const listAttachments = (tx: Tx, workspaceId: WorkspaceId, orderId: OrderId): Promise<Attachment[]> =>
  tx.rows(
    AttachmentRow,
    sql`
    select ${columnsOf(AttachmentRow, "a")} from attachment a
     where a.workspace_id = ${workspaceId}::bigint and a.order_id = ${orderId}::bigint and a.removed_at is null order by a.id`,
  );

export const readBytes = async (tx: Tx, { workspaceId, id }: Attachment): Promise<Uint8Array | undefined> =>
  (
    await tx.maybe(
      BytesRow,
      sql`
      select a.bytes from attachment a
       where a.workspace_id = ${workspaceId}::bigint and a.id = ${id}::bigint and a.removed_at is null`,
    )
  )?.bytes;

/** Its bytes go; that it was there stays. False where it is gone already. */
export const removeAttachment = async (
  tx: Tx,
  { workspaceId, id }: Attachment,
  by: { actor: string; at: Date },
): Promise<boolean> =>
  (await tx.run(sql`
    update attachment set bytes = null, removed_at = ${by.at}, removed_by = ${by.actor}
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint and removed_at is null`)) === 1;
