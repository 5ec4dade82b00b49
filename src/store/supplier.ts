import type { AccountId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { AccountSettings, SupplierSettings } from "#domain/settings.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

export interface Supplier {
  workspaceId: WorkspaceId;
  id: SupplierId;
  publicId: string;
  kind: string;
  role: "supplier" | "prep";
  name: string;
  /** Only what differs from the defaults. */
  settings: Partial<SupplierSettings>;
  lastProblem: string | null;
  createdAt: Date;
}
const SupplierRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<SupplierId>(),
  publicId: col.text,
  kind: col.text,
  role: col.oneOf(["supplier", "prep"]),
  name: col.text,
  settings: col.json<Partial<SupplierSettings>>(),
  lastProblem: col.textOrNull,
  createdAt: col.instant,
});

export interface SupplierAccount {
  workspaceId: WorkspaceId;
  id: AccountId;
  publicId: string;
  supplierId: SupplierId;
  name: string;
  settings: Partial<AccountSettings>;
  active: boolean;
  breakerUntil: Date | null;
  credentialsRejectedAt: Date | null;
}
const AccountRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<AccountId>(),
  publicId: col.text,
  supplierId: col.id<SupplierId>(),
  name: col.text,
  settings: col.json<Partial<AccountSettings>>(),
  active: col.bool,
  breakerUntil: col.instantOrNull,
  credentialsRejectedAt: col.instantOrNull,
});

export const listSuppliers = (tx: Tx, workspaceId: WorkspaceId): Promise<Supplier[]> =>
  tx.rows(SupplierRow, sql`select * from supplier where workspace_id = ${workspaceId}::bigint order by id`);

export const lockSupplier = (tx: Tx, workspaceId: WorkspaceId, id: SupplierId): Promise<Supplier | undefined> =>
  tx.maybe(
    SupplierRow,
    sql`select * from supplier where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint for update`,
  );

/** Answers false when the name is taken. The due dates say when its stock feed and its inbox are read first; null: never. */
export async function insertSupplier(
  tx: Tx,
  supplier: Supplier & { stockDueAt: Date | null; inboxDueAt: Date | null },
): Promise<boolean> {
  const { workspaceId, id, publicId, kind, role, name, settings, createdAt } = supplier;
  const inserted = await tx.run(sql`
    insert into supplier (workspace_id, id, public_id, kind, role, name, settings, stock_due_at, inbox_due_at, created_at)
    values (${workspaceId}::bigint, ${id}::bigint, ${publicId}::uuid, ${kind}, ${role}, ${name}, ${settings}::jsonb, ${supplier.stockDueAt}, ${supplier.inboxDueAt}, ${createdAt})
    on conflict (workspace_id, name) do nothing`);
  return inserted === 1;
}

/** `stockDueAt`: undefined leaves it, null stops reading the feed. */
export const saveSupplierSettings = (
  tx: Tx,
  { workspaceId, id }: Pick<Supplier, "workspaceId" | "id">,
  settings: Partial<SupplierSettings>,
  stockDueAt?: Date | null,
): Promise<number> =>
  tx.run(sql`
    update supplier set settings = ${settings}::jsonb,
           stock_due_at = case when ${stockDueAt === undefined}::boolean then stock_due_at else ${stockDueAt ?? null}::timestamptz end
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`);

export const listAccounts = (tx: Tx, workspaceId: WorkspaceId): Promise<SupplierAccount[]> =>
  tx.rows(AccountRow, sql`select * from supplier_account where workspace_id = ${workspaceId}::bigint order by id`);

export const lockAccount = (tx: Tx, workspaceId: WorkspaceId, id: AccountId): Promise<SupplierAccount | undefined> =>
  tx.maybe(
    AccountRow,
    sql`select * from supplier_account where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint for no key update`,
  );

/** Answers false when the supplier has an account of that name. It begins with one free call. */
export async function insertAccount(tx: Tx, account: SupplierAccount, now: Date): Promise<boolean> {
  const { workspaceId, id, publicId, supplierId, name, settings, active } = account;
  const inserted = await tx.run(sql`
    insert into supplier_account (workspace_id, id, public_id, supplier_id, name, settings, active, tokens, tokens_at, recent_unknowns)
    values (${workspaceId}::bigint, ${id}::bigint, ${publicId}::uuid, ${supplierId}::bigint, ${name}, ${settings}::jsonb, ${active}, 1, ${now}, 0)
    on conflict (workspace_id, supplier_id, name) do nothing`);
  return inserted === 1;
}

export const saveAccountSettings = (
  tx: Tx,
  { workspaceId, id }: Pick<SupplierAccount, "workspaceId" | "id">,
  settings: Partial<AccountSettings>,
): Promise<number> =>
  tx.run(
    sql`update supplier_account set settings = ${settings}::jsonb where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`,
  );

/** Credentials are good again, or are to be tried again: what was rejected and the breaker no longer stop it. */
export const enableAccount = (
  tx: Tx,
  { workspaceId, id }: Pick<SupplierAccount, "workspaceId" | "id">,
  active: boolean,
): Promise<number> =>
  tx.run(sql`
    update supplier_account
       set active = ${active}, credentials_rejected_at = null, breaker_until = null, recent_unknowns = 0, unknowns_since = null
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`);
