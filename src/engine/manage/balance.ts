import { Decimal } from "decimal.js";
import type { LedgerKind } from "#domain/draft.ts";
import type { AccountId, LedgerTransactionId, WorkspaceId } from "#domain/ids.ts";
import { currencyDigits, toMajor, toMinor, type DecimalText } from "#domain/money.ts";
import { actionCreditUnit } from "#domain/placement-money.ts";
import { refuse, type Refused, type Result } from "#domain/result.ts";
import { defaultAccountSettings, type PaymentKind } from "#domain/settings.ts";
import {
  hasReference,
  lockLedgerBalances,
  readLedgerBalances,
  readStatement,
  type LedgerBalance,
  type StatementLine,
} from "#store/balance.ts";
import { isUniqueViolation } from "#store/errors.ts";
import { postTransactions } from "#store/ledger.ts";
import { listAccounts, lockAccount, type SupplierAccount } from "#store/supplier.ts";
import { change, record, wakeAgain, wakeAll, type ManageContext } from "./context.ts";
import { shown } from "./settings-change.ts";

export interface BookingWish {
  workspaceId: WorkspaceId;
  accountId: AccountId;
  /** Major units of the account's currency, such as "250.00"; of credits a whole number. A correction may be negative. */
  amount: DecimalText;
  /** The bank's, the provider's or your own: says why, and makes the booking happen once. */
  reference: string;
  /** Action credits instead of money. */
  credits?: boolean;
}
export interface Booked {
  transactionId: LedgerTransactionId;
  /** What stands there afterwards, major units. */
  available: DecimalText;
  unit: string;
}

/** MO-1, MO-2. Money (or action credits) that has arrived. Booked once per reference; orders that waited for balance go on by ship-by date. */
export const topUp = (context: ManageContext, wish: BookingWish): Promise<Result<Booked>> =>
  book(context, "top_up", wish);
/** MO-3. Makes the balance what it really is, by a difference that names its reason; never below zero. */
export const correct = (context: ManageContext, wish: BookingWish): Promise<Result<Booked>> =>
  book(context, "correction", wish);

async function book(context: ManageContext, kind: "top_up" | "correction", wish: BookingWish): Promise<Result<Booked>> {
  const { workspaceId, accountId, credits = false } = wish;
  const reference = wish.reference.trim();
  if (reference === "" || reference.length > 200 || /\p{Cc}/u.test(reference))
    return refuse(
      "reference_missing",
      `A ${words[kind]} needs a reference of 1 to 200 characters: it says why, and makes sure that it is booked once.`,
    );
  const waking = { workspaceId, keys: [`balance:${accountId}`] };
  const answer = await change(context, async (tx): Promise<Result<Booked>> => {
    await wakeAll(tx, waking, context.clock.now()); // orders are locked before what they share
    const account = await lockAccount(tx, workspaceId, accountId);
    if (account === undefined) return refuse("not_found", "There is no such account in this workspace.");
    const { currency } = { ...defaultAccountSettings, ...account.settings };
    const unit = credits ? actionCreditUnit : currency;
    const amount = readAmount(wish.amount, unit, kind);
    if (typeof amount !== "bigint") return amount;
    if (await hasReference(tx, { workspaceId, accountId, kind, reference }))
      return refuse(
        "reference_used",
        `A ${words[kind]} with the reference "${reference}" is booked on this account already; it is not booked twice.`,
      );
    const ledger: LedgerKind = credits ? "credits" : "available";
    const before =
      (await lockLedgerBalances(tx, workspaceId, accountId)).find(
        (each) => each.kind === ledger && each.currency === unit,
      )?.balance ?? 0n;
    if (amount < 0n && before + amount < 0n) {
      return refuse(
        "balance_too_low",
        `The balance is ${major(before, unit)}; taking ${major(-amount, unit)} from it would leave less than nothing. What is held for orders being placed is not part of it.`,
      );
    }
    await context.ids.ensure(tx, 6);
    const transactionId = context.ids.next<"ledgerTransaction">() as LedgerTransactionId;
    const now = context.clock.now();
    await postTransactions(tx, () => context.ids.next(), [
      {
        workspaceId,
        id: transactionId,
        kind,
        accountId,
        currency: unit,
        orderId: null,
        fulfillmentOrderId: null,
        attemptId: null,
        reference,
        at: now,
        actor: context.actor,
        entries: [
          { ledger, amount },
          { ledger: "funding", amount: -amount },
        ],
      },
    ]);
    await record(tx, context, {
      workspaceId,
      kind: kind === "top_up" ? "balance_topped_up" : "balance_corrected",
      subject: "account",
      subjectId: accountId,
      data: { amount: amount.toString(), unit, reference, transaction: transactionId },
    });
    return { status: "ok", value: { transactionId, available: major(before + amount, unit), unit } };
  }).catch((error: unknown) => {
    // Two people book the same statement at the same moment: one of them is second.
    if (isUniqueViolation(error))
      return refuse(
        "reference_used",
        `A ${words[kind]} with the reference "${reference}" has just been booked on this account.`,
      );
    throw error;
  });
  if (answer.status === "ok") await wakeAgain(context, waking);
  return answer;
}

const words = { top_up: "top-up", correction: "correction" } as const;

function readAmount(text: DecimalText, unit: string, kind: "top_up" | "correction"): bigint | Refused {
  const digits = unit === actionCreditUnit ? 0 : currencyDigits(unit);
  const of = unit === actionCreditUnit ? "action credits" : unit;
  const example = digits === 0 ? "250" : `250.${"0".repeat(digits)}`;
  const expected = `expected ${kind === "top_up" ? "an amount above 0" : "an amount other than 0"} of ${of} with at most ${digits} decimals, such as ${example}`;
  const at = (): Refused => refuse("amount_invalid", `amount: found ${shown(text)}, ${expected}.`);
  if (!/^-?\d{1,15}(\.\d+)?$/.test(text)) return at();
  const amount = new Decimal(text);
  if (amount.decimalPlaces() > digits || amount.isZero() || (kind === "top_up" && amount.isNegative())) return at();
  return unit === actionCreditUnit ? BigInt(amount.toFixed(0)) : toMinor(amount, unit);
}

const major = (amount: bigint, unit: string): DecimalText =>
  unit === actionCreditUnit ? amount.toString() : toMajor({ amount, currency: unit });

export interface AccountBalance {
  account: SupplierAccount;
  payment: PaymentKind;
  currency: string;
  /** Prepaid: may be spent. */
  available: DecimalText;
  /** Prepaid: held for purchases under way. */
  held: DecimalText;
  /** On account: what is owed to the supplier. */
  owed: DecimalText;
  /** Action credits left; null where the account has none. */
  credits: string | null;
}

/** MO-4. All accounts of the workspace with what stands there, in major units. */
export async function showBalances(
  context: Pick<ManageContext, "db">,
  workspaceId: WorkspaceId,
): Promise<AccountBalance[]> {
  return context.db.tx(async (tx) => {
    const accounts = await listAccounts(tx, workspaceId);
    const balances = await readLedgerBalances(tx, workspaceId, null);
    return accounts.map((account) =>
      balanceOf(
        account,
        balances.filter((each) => each.accountId === account.id),
      ),
    );
  });
}

function balanceOf(account: SupplierAccount, balances: readonly LedgerBalance[]): AccountBalance {
  const { payment, currency, actionCredits } = { ...defaultAccountSettings, ...account.settings };
  const stands = (kind: LedgerKind, unit = currency): bigint =>
    balances.find((each) => each.kind === kind && each.currency === unit)?.balance ?? 0n;
  const credits = stands("credits", actionCreditUnit);
  return {
    account,
    payment,
    currency,
    available: major(stands("available"), currency),
    held: major(stands("held"), currency),
    owed: major(-stands("payable"), currency),
    credits: actionCredits || credits !== 0n ? credits.toString() : null,
  };
}

export interface ShownStatementLine extends Omit<StatementLine, "entries"> {
  unit: string;
  /** What it changed of what may be spent (prepaid), of what is owed (on account), or of the credits; major units. */
  change: DecimalText;
  entries: { ledger: LedgerKind; amount: DecimalText }[];
}

/** MO-4. One page of an account's statement, newest first, in major units. */
export async function showStatement(
  context: Pick<ManageContext, "db">,
  page: { workspaceId: WorkspaceId; accountId: AccountId; before: string | null; limit: number },
): Promise<ShownStatementLine[]> {
  const lines = await context.db.tx((tx) => readStatement(tx, page));
  return lines.map((line) => {
    const sum = (kinds: readonly LedgerKind[]): bigint =>
      line.entries
        .filter((entry) => kinds.includes(entry.ledger))
        .reduce((total, entry) => total + BigInt(entry.amount), 0n);
    return {
      ...line,
      unit: line.currency,
      change: major(sum(["available", "payable", "credits"]), line.currency),
      entries: line.entries.map((entry) => ({ ...entry, amount: major(BigInt(entry.amount), line.currency) })),
    };
  });
}
