import type { Posting } from "#domain/draft.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";
import { tableWriter } from "./writer.ts";

export interface LedgerTransaction extends Posting {
  workspaceId: string;
  orderId: string | null;
  at: Date;
  actor: string;
}
interface Entry {
  workspaceId: string;
  transactionId: string;
  no: number;
  ledgerAccountId: string;
  amount: bigint;
}

const transactions = tableWriter<LedgerTransaction>(
  "ledger_transaction",
  ["workspace_id", "id"],
  [
    { name: "workspace_id", type: "bigint", get: (t) => t.workspaceId },
    { name: "id", type: "bigint", get: (t) => t.id },
    { name: "kind", type: "text", get: (t) => t.kind },
    { name: "order_id", type: "bigint", get: (t) => t.orderId },
    { name: "fulfillment_order_id", type: "bigint", get: (t) => t.fulfillmentOrderId },
    { name: "attempt_id", type: "bigint", get: (t) => t.attemptId },
    { name: "account_id", type: "bigint", get: (t) => t.accountId },
    { name: "reference", type: "text", get: (t) => t.reference },
    { name: "actor", type: "text", get: (t) => t.actor },
    { name: "at", type: "timestamptz", get: (t) => t.at },
  ],
);
const entries = tableWriter<Entry>(
  "ledger_entry",
  ["workspace_id", "transaction_id", "no"],
  [
    { name: "workspace_id", type: "bigint", get: (e) => e.workspaceId },
    { name: "transaction_id", type: "bigint", get: (e) => e.transactionId },
    { name: "no", type: "integer", get: (e) => e.no },
    { name: "ledger_account_id", type: "bigint", get: (e) => e.ledgerAccountId },
    { name: "amount", type: "bigint", get: (e) => e.amount },
  ],
);

const AccountRow = row({
  workspaceId: col.text,
  id: col.text,
  kind: col.text,
  accountId: col.text,
  currency: col.text,
});
const keyOf = (a: { workspaceId: string; kind: string; accountId: string; currency: string }): string =>
  `${a.workspaceId}/${a.kind}/${a.accountId}/${a.currency}`;

/** Books transactions on their own, where nothing else is written with them. */
export async function postTransactions(
  tx: Tx,
  newId: () => string,
  postings: readonly LedgerTransaction[],
): Promise<void> {
  await bookTransactions(tx, await openLedgerAccounts(tx, newId, postings), postings);
}

/** Ids of ledger accounts by {@link keyOf}. */
type LedgerAccounts = ReadonlyMap<string, string>;

/** The accounts that these transactions move; they come into being with their first entry. Nothing is locked. */
export async function openLedgerAccounts(
  tx: Tx,
  newId: () => string,
  postings: readonly LedgerTransaction[],
): Promise<LedgerAccounts> {
  if (postings.length === 0) return new Map();
  const wanted = new Map<string, { workspaceId: string; kind: string; accountId: string; currency: string }>();
  for (const { workspaceId, accountId, currency, entries: some } of postings) {
    for (const { ledger } of some) {
      const account = { workspaceId, kind: ledger, accountId, currency };
      wanted.set(keyOf(account), account);
    }
  }
  const keys = [...wanted.keys()].sort().map((key) => wanted.get(key)!);
  const columns = [
    keys.map((k) => k.workspaceId),
    keys.map((k) => k.kind),
    keys.map((k) => k.accountId),
    keys.map((k) => k.currency),
  ] as const;
  const read = () =>
    tx.rows(
      AccountRow,
      sql`
      select l.workspace_id, l.id, l.kind, l.account_id, l.currency
        from unnest(${columns[0]}::bigint[], ${columns[1]}::text[], ${columns[2]}::bigint[], ${columns[3]}::text[]) as k(workspace_id, kind, account_id, currency)
        join ledger_account l on l.workspace_id = k.workspace_id and l.kind = k.kind and l.account_id = k.account_id and l.currency = k.currency`,
    );
  let found = await read();
  if (found.length < keys.length) {
    await tx.run(sql`
      insert into ledger_account (workspace_id, id, kind, account_id, currency, balance)
      select k.workspace_id, k.id, k.kind, k.account_id, k.currency, 0
        from unnest(${columns[0]}::bigint[], ${keys.map(() => newId())}::bigint[], ${columns[1]}::text[], ${columns[2]}::bigint[], ${columns[3]}::text[]) as k(workspace_id, id, kind, account_id, currency)
      on conflict (workspace_id, kind, account_id, currency) do nothing`);
    found = await read();
  }
  return new Map(found.map((account) => [keyOf(account), account.id]));
}

/**
 * Books transactions (each sums to zero, checked where they were made) and moves the balances in the same transaction. Balances are locked in id order and
 * changed in place; a plain `for update` would wait for whoever has just booked an entry that refers to the same account, and that one for us.
 */
export async function bookTransactions(
  tx: Tx,
  accounts: LedgerAccounts,
  postings: readonly LedgerTransaction[],
): Promise<void> {
  if (postings.length === 0) return;
  const deltas = new Map<string, { workspaceId: string; id: string; amount: bigint }>();
  const rows: Entry[] = [];
  for (const { id: transactionId, workspaceId, accountId, currency, entries: some } of postings) {
    some.forEach(({ ledger, amount }, index) => {
      const id = accounts.get(keyOf({ workspaceId, kind: ledger, accountId, currency }))!;
      rows.push({ workspaceId, transactionId, no: index + 1, ledgerAccountId: id, amount });
      const delta = deltas.get(id);
      if (delta === undefined) deltas.set(id, { workspaceId, id, amount });
      else delta.amount += amount;
    });
  }
  const moved = [...deltas.values()];
  await Promise.all([
    transactions.insert(tx, postings),
    entries.insert(tx, rows),
    tx.run(sql`
    update ledger_account l set balance = l.balance + c.amount
      from (
        select l.workspace_id, l.id, k.amount
          from unnest(${moved.map((m) => m.workspaceId)}::bigint[], ${moved.map((m) => m.id)}::bigint[], ${moved.map((m) => m.amount)}::bigint[]) as k(workspace_id, id, amount)
          join ledger_account l on l.workspace_id = k.workspace_id and l.id = k.id
         order by l.workspace_id, l.id for no key update of l
      ) c
     where l.workspace_id = c.workspace_id and l.id = c.id`),
  ]);
}
