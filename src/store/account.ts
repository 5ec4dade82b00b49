import type { AccountId, FulfillmentOrderId, OrderId, WorkspaceId } from "#domain/ids.ts";
import { defaultAccountSettings, type AccountSettings } from "#domain/settings.ts";
import type { Tx } from "./db.ts";
import { LockedOrderRow, type LockedOrder } from "./dossier.ts";
import { col, row, type RowOf } from "./row.ts";
import { sql } from "./sql.ts";

/** How many purchases an account lets through now: any number of workers share it, and a killed one blocks nobody for long. */
export interface Admission {
  workspaceId: WorkspaceId;
  accountId: AccountId;
  supplierKind: string;
  free: number;
  /** Tokens now, for whoever takes some; null: its purchases a minute are not limited. */
  tokens: number | null;
}
const limits = {
  workspaceId: col.id<WorkspaceId>(),
  accountId: col.id<AccountId>(),
  supplierKind: col.text,
  settings: col.json<Partial<AccountSettings>>(),
  tokens: col.text,
  tokensAt: col.instant,
  breakerUntil: col.instantOrNull,
};
type Limits = RowOf<ReturnType<typeof row<typeof limits>>>;
const LimitsRow = row(limits);
const DueRow = row({ ...limits, inFlight: col.int, due: col.int });
const InFlightRow = row({ accountId: col.id<AccountId>(), inFlight: col.int });

/**
 * A purchase is in flight from its arming until its outcome is recorded, and no longer than its settle time: what died with its worker is found out about
 * earlier than that.
 */
const isInFlight = sql`a.state = 'armed' and a.kind not in ('human', 'document')`;

/**
 * Accounts on which something is due to be placed, what each lets through now, and how much is due there (counted up to `most`). Nothing is locked. It goes
 * account by account, so that a long queue costs no more than a short one.
 */
export async function readAdmissions(tx: Tx, now: Date, most: number): Promise<(Admission & { due: number })[]> {
  const rows = await tx.rows(
    DueRow,
    sql`
    select c.workspace_id, c.id as account_id, s.kind as supplier_kind, c.settings, c.tokens::text as tokens, c.tokens_at, c.breaker_until, d.due,
           (select count(*)::integer from attempt a where a.workspace_id = c.workspace_id and a.account_id = c.id and ${isInFlight} and a.settle_at > ${now}) as in_flight
      from supplier_account c
     cross join lateral (
       select count(*)::integer as due, min(due_at) as since from (
         select f.due_at from fulfillment_order f
          where f.workspace_id = c.workspace_id and f.account_id = c.id and f.state = 'placing' and f.due_at <= ${now}
          order by f.ship_by, f.due_at, f.id -- the account's own index, not that of all that is due
          limit ${most}
       ) f
     ) d
      join supplier s on s.workspace_id = c.workspace_id and s.id = c.supplier_id
     where d.due > 0 and not exists (select 1 from installation where safe_mode_reason is not null)
     order by d.since, c.workspace_id, c.id`,
  );
  return rows.map(({ inFlight, due, ...each }) => ({ ...admissionOf(each, inFlight, now), due }));
}

const NextRow = row({
  settings: col.json<Partial<AccountSettings>>(),
  tokens: col.text,
  tokensAt: col.instant,
  breakerUntil: col.instantOrNull,
  ends: col.list(col.instant),
  dueAt: col.instant,
});

/** When the next purchase is due and let through by its account. */
export async function nextPlacing(tx: Tx): Promise<Date | null> {
  const rows = await tx.rows(
    NextRow,
    sql`
    with due as (
      select workspace_id, account_id, min(due_at) as due_at from fulfillment_order
       where state = 'placing' and due_at is not null and account_id is not null
         and not exists (select 1 from installation where safe_mode_reason is not null)
       group by workspace_id, account_id
    )
    select c.settings, c.tokens::text as tokens, c.tokens_at, c.breaker_until, p.due_at,
           array(select a.settle_at from attempt a where a.workspace_id = c.workspace_id and a.account_id = c.id and ${isInFlight} order by a.settle_at) as ends
      from due p join supplier_account c on c.workspace_id = p.workspace_id and c.id = p.account_id
     order by c.workspace_id, c.id`,
  );
  const times = rows.map(({ settings, tokens, tokensAt, breakerUntil, ends, dueAt }) => {
    const { placesPerMinute, maxInFlight } = { ...defaultAccountSettings, ...settings };
    const slotAt = ends.at(-maxInFlight) ?? null; // all later ones and this one together are as many as may be in flight
    const tokenAt =
      placesPerMinute === null
        ? null
        : tokensAt.getTime() + Math.max(0, Math.ceil(((1 - Number(tokens)) * 60_000) / placesPerMinute));
    return Math.max(dueAt.getTime(), breakerUntil?.getTime() ?? 0, slotAt?.getTime() ?? 0, tokenAt ?? 0);
  });
  return times.length === 0 ? null : new Date(Math.min(...times));
}

/**
 * What these accounts let through, with their rows locked in id order. The caller holds its order rows already. What is in flight is counted when the locks
 * are given: another worker that had them may have armed meanwhile.
 */
export async function lockAdmissions(
  tx: Tx,
  accounts: readonly { workspaceId: WorkspaceId; accountId: AccountId }[],
  now: Date,
): Promise<Map<AccountId, Admission>> {
  const k = sql`unnest(${accounts.map((each) => each.workspaceId)}::bigint[], ${accounts.map((each) => each.accountId)}::bigint[]) as k(workspace_id, id)`;
  const [rows, counts] = await Promise.all([
    tx.rows(
      LimitsRow,
      sql`
      select c.workspace_id, c.id as account_id, s.kind as supplier_kind, c.settings, c.tokens::text as tokens, c.tokens_at, c.breaker_until
        from ${k}
        join supplier_account c on c.workspace_id = k.workspace_id and c.id = k.id
        join supplier s on s.workspace_id = c.workspace_id and s.id = c.supplier_id
       order by c.workspace_id, c.id
         for no key update of c`,
    ),
    tx.rows(
      InFlightRow,
      sql`
      select k.id as account_id, (select count(*)::integer from attempt a where a.workspace_id = k.workspace_id and a.account_id = k.id and ${isInFlight} and a.settle_at > ${now}) as in_flight
        from ${k}`,
    ),
  ]);
  const inFlight = new Map(counts.map((each) => [each.accountId, each.inFlight]));
  return new Map(rows.map((each) => [each.accountId, admissionOf(each, inFlight.get(each.accountId) ?? 0, now)]));
}

/** A tenth of a minute's calls may go at once; the rest comes at the account's rate. */
const burstOf = (perMinute: number): number => Math.max(1, Math.floor(perMinute / 10));

function admissionOf(
  { workspaceId, accountId, supplierKind, settings, breakerUntil, ...bucket }: Limits,
  inFlight: number,
  now: Date,
): Admission {
  const { placesPerMinute, maxInFlight } = { ...defaultAccountSettings, ...settings };
  const elapsedMs = Math.max(0, now.getTime() - bucket.tokensAt.getTime());
  const tokens =
    placesPerMinute === null
      ? null
      : Math.min(burstOf(placesPerMinute), Math.max(0, Number(bucket.tokens)) + (elapsedMs * placesPerMinute) / 60_000);
  const slots = maxInFlight - inFlight;
  // A hair below a whole token is a whole one: sums of floats must not cost a purchase its turn.
  const byRate = tokens === null ? slots : Math.floor(tokens + 1e-9);
  const isBroken = breakerUntil !== null && breakerUntil > now;
  const free = isBroken ? 0 : Math.max(0, Math.min(slots, byRate));
  return { workspaceId, accountId, supplierKind, free, tokens };
}

/** Takes a token for each purchase that was armed, where an account's purchases a minute are limited. */
export async function takeTokens(
  tx: Tx,
  taken: readonly { admission: Admission; count: number }[],
  now: Date,
): Promise<void> {
  const limited = taken.flatMap(({ admission: { workspaceId, accountId, tokens }, count }) =>
    tokens === null ? [] : [{ workspaceId, accountId, left: Math.max(0, tokens - count) }],
  );
  if (limited.length === 0) return;
  await tx.run(sql`
    update supplier_account a set tokens = k.tokens, tokens_at = ${now}
      from unnest(${limited.map((each) => each.workspaceId)}::bigint[], ${limited.map((each) => each.accountId)}::bigint[], ${limited.map((each) => each.left)}::double precision[]) as k(workspace_id, id, tokens)
     where a.workspace_id = k.workspace_id and a.id = k.id`);
}

/** Three unknown outcomes within the window open the breaker for as long: no more risk is queued up on an account that does not answer. */
export const unknownsThatBreak = 3;

/** Counts unknown outcomes on locked account rows. Answers the accounts whose breaker it opened. */
export async function countUnknowns(
  tx: Tx,
  unknowns: readonly { workspaceId: WorkspaceId; accountId: AccountId; count: number; windowMs: number }[],
  now: Date,
): Promise<void> {
  if (unknowns.length === 0) return;
  const since = unknowns.map((each) => new Date(now.getTime() - each.windowMs));
  const until = unknowns.map((each) => new Date(now.getTime() + each.windowMs));
  await tx.run(sql`
    with found as (
      select * from unnest(${unknowns.map((each) => each.workspaceId)}::bigint[], ${unknowns.map((each) => each.accountId)}::bigint[], ${unknowns.map((each) => each.count)}::integer[], ${since}::timestamptz[], ${until}::timestamptz[])
        as k(workspace_id, id, n, since, until)
    ), counted as (
      select a.workspace_id, a.id, k.until,
             case when a.unknowns_since > k.since then a.recent_unknowns + k.n else k.n end as n,
             case when a.unknowns_since > k.since then a.unknowns_since else ${now}::timestamptz end as unknowns_since
        from supplier_account a join found k on k.workspace_id = a.workspace_id and k.id = a.id
       order by a.workspace_id, a.id
         for no key update of a
    )
    update supplier_account a
       set recent_unknowns = c.n, unknowns_since = c.unknowns_since, breaker_until = case when c.n >= ${unknownsThatBreak} then c.until else a.breaker_until end
      from counted c where a.workspace_id = c.workspace_id and a.id = c.id`);
}

/** The supplier did not accept the account's credentials: nothing more is armed on it until somebody enters them again. */
export const rejectCredentials = (
  tx: Tx,
  accounts: readonly { workspaceId: WorkspaceId; accountId: AccountId }[],
  now: Date,
): Promise<number> =>
  tx.run(sql`
    update supplier_account a set credentials_rejected_at = coalesce(a.credentials_rejected_at, ${now}::timestamptz)
      from unnest(${accounts.map((each) => each.workspaceId)}::bigint[], ${accounts.map((each) => each.accountId)}::bigint[]) as k(workspace_id, id)
     where a.workspace_id = k.workspace_id and a.id = k.id`);

// ------------------------------------------------------------------ what place claims

const ClaimedRow = row({
  workspaceId: col.id<WorkspaceId>(),
  orderId: col.id<OrderId>(),
  fulfillmentOrderId: col.id<FulfillmentOrderId>(),
});

/**
 * Locks the orders of what is due to be placed, per account no more than it admits, earliest ship-by first; orders that somebody holds are skipped. Two
 * statements: the second sees what another worker moved on before the lock was given.
 */
export async function claimPlacing(
  tx: Tx,
  admitted: readonly { workspaceId: WorkspaceId; accountId: AccountId; limit: number }[],
  now: Date,
  only: OrderId | null = null,
): Promise<(LockedOrder & { fulfillmentOrderId: FulfillmentOrderId })[]> {
  const [workspaces, accounts] = [admitted.map((each) => each.workspaceId), admitted.map((each) => each.accountId)];
  const locked = await tx.rows(
    LockedOrderRow,
    sql`
    with due as (
      select d.workspace_id, d.order_id
        from unnest(${workspaces}::bigint[], ${accounts}::bigint[], ${admitted.map((each) => each.limit)}::integer[]) as k(workspace_id, account_id, n)
       cross join lateral (
         select f.workspace_id, f.order_id from fulfillment_order f
          where f.workspace_id = k.workspace_id and f.account_id = k.account_id and f.state = 'placing' and f.due_at <= ${now}
            and (${only}::bigint is null or f.order_id = ${only}::bigint)
          order by f.ship_by, f.due_at, f.id
          limit k.n
       ) d
    )
    select o.workspace_id, o.id as order_id, o.version, o.event_hash from sales_order o
     where (o.workspace_id, o.id) in (select due.workspace_id, due.order_id from due)
     order by o.workspace_id, o.id
       for update of o skip locked`,
  );
  if (locked.length === 0) return [];
  const claimed = await tx.rows(
    ClaimedRow,
    sql`
    select f.workspace_id, f.order_id, f.id as fulfillment_order_id
      from unnest(${locked.map((each) => each.workspaceId)}::bigint[], ${locked.map((each) => each.orderId)}::bigint[]) as k(workspace_id, id)
     cross join lateral ( -- order by order, by the index (see dossier.ts); with offset 0 what is due is not looked for first
       select * from fulfillment_order f where f.workspace_id = k.workspace_id and f.order_id = k.id order by f.no offset 0
     ) f
     where f.state = 'placing' and f.due_at <= ${now} and f.account_id = any(${accounts}::bigint[])
     order by f.ship_by, f.due_at, f.id`,
  );
  const orders = new Map(locked.map((each) => [each.orderId, each]));
  return claimed.map(({ orderId, fulfillmentOrderId }) => ({ ...orders.get(orderId)!, fulfillmentOrderId }));
}

/** Puts what cannot be armed off, without reading it. */
export const postponePlacing = (
  tx: Tx,
  { workspaceId, orderId }: { workspaceId: WorkspaceId; orderId: OrderId },
  until: Date,
): Promise<number> =>
  tx.run(sql`
    update fulfillment_order set due_at = ${until}
     where workspace_id = ${workspaceId}::bigint and order_id = ${orderId}::bigint and state = 'placing' and due_at is not null`);

const OpenRow = row({ accountId: col.id<AccountId>(), open: col.int });
/** Attempts of these accounts that may still use up an action credit: armed or unknown, not by hand. */
export async function openAttemptsOf(
  tx: Tx,
  workspaceIds: readonly WorkspaceId[],
  accountIds: readonly AccountId[],
): Promise<Map<AccountId, number>> {
  if (accountIds.length === 0) return new Map();
  const rows = await tx.rows(
    OpenRow,
    sql`
    select account_id, count(*)::integer as open from attempt
     where workspace_id = any(${workspaceIds}::bigint[]) and account_id = any(${accountIds}::bigint[]) and state in ('armed', 'unknown') and takes_credit
     group by account_id`,
  );
  return new Map(rows.map((each) => [each.accountId, each.open]));
}
