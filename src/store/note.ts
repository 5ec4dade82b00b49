import type { Id, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "./db.ts";
import { col, row, type RowOf } from "./row.ts";
import { columnsOf, sql } from "./sql.ts";

const NoteRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<Id<"note">>(),
  publicId: col.text,
  orderId: col.id<OrderId>(),
  text: col.text,
  author: col.text,
  at: col.instant,
  erasedAt: col.instantOrNull,
});
/** What somebody wrote about an order; "" where it was erased. */
export type Note = RowOf<typeof NoteRow>;

export const insertNote = (tx: Tx, note: Omit<Note, "erasedAt">): Promise<number> =>
  tx.run(sql`
    insert into order_note (workspace_id, id, public_id, order_id, text, author, at)
    values (${note.workspaceId}::bigint, ${note.id}::bigint, ${note.publicId}::uuid, ${note.orderId}::bigint, ${note.text}, ${note.author}, ${note.at})`);

/** Oldest first. */
export const listNotes = (tx: Tx, workspaceId: WorkspaceId, orderId: OrderId): Promise<Note[]> =>
  tx.rows(
    NoteRow,
    sql`
    select ${columnsOf(NoteRow, "n")} from order_note n
     where n.workspace_id = ${workspaceId}::bigint and n.order_id = ${orderId}::bigint order by n.id`,
  );

/** False where there is no such text any more. */
export const eraseNote = async (
  tx: Tx,
  workspaceId: WorkspaceId,
  orderId: OrderId,
  publicId: string,
  now: Date,
): Promise<boolean> =>
  (await tx.run(sql`
    update order_note set text = '', erased_at = ${now}
     where workspace_id = ${workspaceId}::bigint and order_id = ${orderId}::bigint and public_id = ${publicId}::uuid and erased_at is null`)) ===
  1;
