import type { Id, WorkspaceId } from "#domain/ids.ts";
import type { OrderColumn } from "#domain/order-views.ts";
import type { Tx } from "./db.ts";
import type { OrderSort } from "./read/order-list.ts";
import { col, row, type RowOf } from "./row.ts";
import { columnsOf, sql } from "./sql.ts";

const ViewRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<Id<"savedView">>(),
  publicId: col.text,
  owner: col.textOrNull,
  name: col.text,
  words: col.text,
  sort: col.oneOf<OrderSort>(),
  columns: col.list(col.oneOf<OrderColumn>()),
  position: col.int,
  createdBy: col.text,
  createdAt: col.instant,
  version: col.int,
});
/** A list as somebody saved it. `owner` null: everybody's in the workspace. */
export type SavedView = RowOf<typeof ViewRow>;

/** Those of this actor and everybody's, in their order. */
export const listViews = (tx: Tx, workspaceId: WorkspaceId, actor: string): Promise<SavedView[]> =>
  tx.rows(
    ViewRow,
    sql`
    select ${columnsOf(ViewRow, "v")} from saved_view v
     where v.workspace_id = ${workspaceId}::bigint and (v.owner is null or v.owner = ${actor}) order by v.position, v.id`,
  );

/** One that this actor sees, locked for a change. */
export const lockView = (
  tx: Tx,
  workspaceId: WorkspaceId,
  actor: string,
  publicId: string,
): Promise<SavedView | undefined> =>
  tx.maybe(
    ViewRow,
    sql`
    select ${columnsOf(ViewRow, "v")} from saved_view v
     where v.workspace_id = ${workspaceId}::bigint and v.public_id = ${publicId}::uuid and (v.owner is null or v.owner = ${actor}) for update`,
  );

/** False where the owner has one of this name already. */
export const insertView = async (tx: Tx, view: SavedView): Promise<boolean> =>
  (await tx.run(sql`
    insert into saved_view (workspace_id, id, public_id, owner, name, words, sort, columns, position, created_by, created_at, version)
    values (${view.workspaceId}::bigint, ${view.id}::bigint, ${view.publicId}::uuid, ${view.owner}, ${view.name}, ${view.words}, ${view.sort}, ${view.columns}::text[],
            ${view.position}::integer, ${view.createdBy}, ${view.createdAt}, ${view.version}::integer)
    on conflict do nothing`)) === 1;

/** False where the owner has another one of this name. */
export const updateView = async (tx: Tx, view: SavedView): Promise<boolean> =>
  (await tx.run(sql`
    update saved_view v
       set owner = ${view.owner}, name = ${view.name}, words = ${view.words}, sort = ${view.sort}, columns = ${view.columns}::text[],
           position = ${view.position}::integer, version = ${view.version}::integer
     where v.workspace_id = ${view.workspaceId}::bigint and v.id = ${view.id}::bigint
       and not exists (select from saved_view o
                        where o.workspace_id = ${view.workspaceId}::bigint and coalesce(o.owner, '') = coalesce(${view.owner}::text, '')
                          and lower(o.name) = lower(${view.name}) and o.id <> v.id)`)) === 1;

export const deleteView = (tx: Tx, { workspaceId, id }: SavedView): Promise<number> =>
  tx.run(sql`delete from saved_view where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`);
