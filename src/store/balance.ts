import type { LedgerKind, Posting } from "#domain/draft.ts";
import type { AccountId, LedgerTransactionId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

/** What stands on one ledger account of a supplier account, in minor units; action credits are counted in the unit XXX. */
export interface LedgerBalance {
  accountId: AccountId;
  kind: LedgerKind;
  currency: string;
  balance: bigint;
}
const BalanceRow = row({
  accountId: col.id<AccountId>(),
  kind: col.oneOf<LedgerKind>(),
  currency: col.text,
  balance: col.bigint,
});

export const readLedgerBalances = (
  tx: Tx,
  workspaceId: WorkspaceId,
  accountId: AccountId | null,
): Promise<LedgerBalance[]> =>
  tx.rows(
    BalanceRow,
    sql`
    select account_id, kind, currency, balance from ledger_account
     where workspace_id = ${workspaceId}::bigint and (account_id = ${accountId}::bigint or ${accountId}::bigint is null) order by account_id, currency, kind`,
  );

/** The same, locked in id order until the transaction ends. */
export const lockLedgerBalances = (tx: Tx, workspaceId: WorkspaceId, accountId: AccountId): Promise<LedgerBalance[]> =>
  tx.rows(
    BalanceRow,
    sql`
    select account_id, kind, currency, balance from ledger_account
     where workspace_id = ${workspaceId}::bigint and account_id = ${accountId}::bigint order by id for no key update`,
  );

export interface StatementLine {
  id: LedgerTransactionId;
  at: Date;
  kind: Posting["kind"];
  currency: string;
  reference: string | null;
  /** The public id of the order it is about. */
  orderPublicId: string | null;
  actor: string;
  entries: { ledger: LedgerKind; amount: string }[];
}
const StatementRow = row({
  id: col.id<LedgerTransactionId>(),
  at: col.instant,
  kind: col.oneOf<Posting["kind"]>(),
  currency: col.text,
  reference: col.textOrNull,
  orderPublicId: col.textOrNull,
  actor: col.text,
  entries: col.json<{ ledger: LedgerKind; amount: string }[]>(),
});

/** Newest first; `before` is the id of the last line of the page before. */
export const readStatement = (
  tx: Tx,
  page: { workspaceId: WorkspaceId; accountId: AccountId; before: string | null; limit: number },
): Promise<StatementLine[]> =>
  tx.rows(
    StatementRow,
    sql`
    select t.id, t.at, t.kind, t.reference, o.public_id::text as order_public_id, t.actor, e.currency, e.entries
      from ledger_transaction t
      cross join lateral (
        select min(l.currency) as currency, json_agg(json_build_object('ledger', l.kind, 'amount', n.amount::text) order by n.no) as entries
          from ledger_entry n join ledger_account l on l.workspace_id = n.workspace_id and l.id = n.ledger_account_id
         where n.workspace_id = t.workspace_id and n.transaction_id = t.id
      ) e
      left join sales_order o on o.workspace_id = t.workspace_id and o.id = t.order_id
     where t.workspace_id = ${page.workspaceId}::bigint and t.account_id = ${page.accountId}::bigint
       and t.id < coalesce(${page.before}::bigint, 9223372036854775807)
     order by t.id desc limit ${page.limit}`,
  );
const One = row({ one: col.int });
/** Whether a top-up or correction with this reference is booked on the account. */
export const hasReference = async (
  tx: Tx,
  of: { workspaceId: WorkspaceId; accountId: AccountId; kind: "top_up" | "correction"; reference: string },
): Promise<boolean> =>
  (await tx.maybe(
    One,
    sql`
    select 1 as one from ledger_transaction
     where workspace_id = ${of.workspaceId}::bigint and account_id = ${of.accountId}::bigint and kind = ${of.kind} and reference = ${of.reference} and kind in ('top_up', 'correction')`,
  )) !== undefined;
