import type { AccountId, AttemptId, FulfillmentOrderId, OrderId, WorkspaceId } from "#domain/ids.ts";
import { defaultAccountSettings, type AccountSettings } from "#domain/settings.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

/** How many purchases an account's own row lets through now: any number of workers share it, and a killed one blocks nobody for long. */
export interface Admission {
  workspaceId: WorkspaceId;
  accountId: AccountId;
  supplierKind: string;
  free: number;
  /** Tokens now, for whoever takes some. */
  tokens: number;
}
const AdmissionRow = row({
  workspaceId: col.id<WorkspaceId>(),
  accountId: col.id<AccountId>(),
  supplierKind: col.text,
  settings: col.json<Partial<AccountSettings>>(),
  tokens: col.text,
  tokensAt: col.instant,
  breakerUntil: col.instantOrNull,
  inFlight: col.int,
});
type AdmissionRow = ReturnType<(typeof AdmissionRow)["decode"]>[number];

/** Accounts on which something is due to be placed, and what each lets through now. Nothing is locked. */
export async function readAdmissions(tx: Tx, now: Date): Promise<Admission[]> {
  const rows = await tx.rows(
    AdmissionRow,
    sql`
    with due as (
      select workspace_id, account_id, min(due_at) as due_at from fulfillment_order
       where state = 'placing' and due_at <= ${now} and account_id is not null
         and not exists (select 1 from installation where safe_mode_reason is not null)
       group by workspace_id, account_id
    )
    select a.workspace_id, a.id as account_id, s.kind as supplier_kind, a.settings, a.tokens::text as tokens, a.tokens_at, a.breaker_until,
           (select count(*)::integer from account_call c where c.workspace_id = a.workspace_id and c.account_id = a.id and c.leased_until > ${now}) as in_flight
      from due p
      join supplier_account a on a.workspace_id = p.workspace_id and a.id = p.account_id
      join supplier s on s.workspace_id = a.workspace_id and s.id = a.supplier_id
     order by p.due_at, a.workspace_id, a.id`,
  );
  return rows.map((each) => admissionOf(each, now));
}

const NextRow = row({
  settings: col.json<Partial<AccountSettings>>(),
  tokens: col.text,
  tokensAt: col.instant,
  breakerUntil: col.instantOrNull,
  leases: col.list(col.instant),
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
    select a.settings, a.tokens::text as tokens, a.tokens_at, a.breaker_until, p.due_at,
           array(select c.leased_until from account_call c where c.workspace_id = a.workspace_id and c.account_id = a.id order by c.leased_until) as leases
      from due p join supplier_account a on a.workspace_id = p.workspace_id and a.id = p.account_id
     order by a.workspace_id, a.id`,
  );
  const times = rows.map(({ settings, tokens, tokensAt, breakerUntil, leases, dueAt }) => {
    const { placesPerMinute, maxInFlight } = { ...defaultAccountSettings, ...settings };
    const slotAt = leases.at(-maxInFlight) ?? null; // all later ones and this one together are as many as may be in flight
    const tokenAt =
      placesPerMinute === null
        ? null
        : tokensAt.getTime() + Math.max(0, Math.ceil(((1 - Number(tokens)) * 60_000) / placesPerMinute));
    return Math.max(dueAt.getTime(), breakerUntil?.getTime() ?? 0, slotAt?.getTime() ?? 0, tokenAt ?? 0);
  });
  return times.length === 0 ? null : new Date(Math.min(...times));
}

/** The same for these accounts, with their rows locked in id order. The caller holds its order rows already. */
export async function lockAdmissions(
  tx: Tx,
  accounts: readonly { workspaceId: WorkspaceId; accountId: AccountId }[],
  now: Date,
): Promise<Map<AccountId, Admission>> {
  const rows = await tx.rows(
    AdmissionRow,
    sql`
    select a.workspace_id, a.id as account_id, s.kind as supplier_kind, a.settings, a.tokens::text as tokens, a.tokens_at, a.breaker_until,
           (select count(*)::integer from account_call c where c.workspace_id = a.workspace_id and c.account_id = a.id and c.leased_until > ${now}) as in_flight
      from unnest(${accounts.map((each) => each.workspaceId)}::bigint[], ${accounts.map((each) => each.accountId)}::bigint[]) as k(workspace_id, id)
      join supplier_account a on a.workspace_id = k.workspace_id and a.id = k.id
      join supplier s on s.workspace_id = a.workspace_id and s.id = a.supplier_id
     order by a.workspace_id, a.id
       for no key update of a`,
  );
  return new Map(rows.map((each) => [each.accountId, admissionOf(each, now)]));
}

/** A tenth of a minute's calls may go at once; the rest comes at the account's rate. */
const burstOf = (perMinute: number): number => Math.max(1, Math.floor(perMinute / 10));

function admissionOf(found: AdmissionRow, now: Date): Admission {
  const { placesPerMinute, maxInFlight } = { ...defaultAccountSettings, ...found.settings };
  const elapsedMs = Math.max(0, now.getTime() - found.tokensAt.getTime());
  const tokens =
    placesPerMinute === null
      ? Number(found.tokens)
      : Math.min(burstOf(placesPerMinute), Math.max(0, Number(found.tokens)) + (elapsedMs * placesPerMinute) / 60_000);
  const slots = maxInFlight - found.inFlight;
  // A hair below a whole token is a whole one: sums of floats must not cost a purchase its turn.
  const byRate = placesPerMinute === null ? slots : Math.floor(tokens + 1e-9);
  const isBroken = found.breakerUntil !== null && found.breakerUntil > now;
  const free = isBroken ? 0 : Math.max(0, Math.min(slots, byRate));
  const { workspaceId, accountId, supplierKind } = found;
  return { workspaceId, accountId, supplierKind, free, tokens };
}

/** Takes tokens and leases for what was armed. A lease ends by itself, so a worker that dies with it blocks nobody. */
export async function takeCalls(
  tx: Tx,
  calls: readonly {
    workspaceId: WorkspaceId;
    accountId: AccountId;
    attemptId: AttemptId;
    leasedUntil: Date;
    tokens: number;
  }[],
  now: Date,
): Promise<void> {
  if (calls.length === 0) return;
  const left = new Map<AccountId, { workspaceId: WorkspaceId; tokens: number }>();
  for (const call of calls) {
    const before = left.get(call.accountId)?.tokens ?? call.tokens;
    left.set(call.accountId, { workspaceId: call.workspaceId, tokens: before - 1 });
  }
  const accounts = [...left.entries()];
  await tx.run(sql`
    insert into account_call (workspace_id, account_id, attempt_id, leased_until)
    select * from unnest(${calls.map((call) => call.workspaceId)}::bigint[], ${calls.map((call) => call.accountId)}::bigint[], ${calls.map((call) => call.attemptId)}::bigint[], ${calls.map((call) => call.leasedUntil)}::timestamptz[])`);
  await tx.run(sql`
    update supplier_account a set tokens = greatest(0, k.tokens), tokens_at = ${now}
      from unnest(${accounts.map(([, each]) => each.workspaceId)}::bigint[], ${accounts.map(([accountId]) => accountId)}::bigint[], ${accounts.map(([, each]) => each.tokens)}::double precision[]) as k(workspace_id, id, tokens)
     where a.workspace_id = k.workspace_id and a.id = k.id`);
}

/** Gives leases back, those of dead workers included. */
export const freeCalls = (
  tx: Tx,
  calls: readonly { workspaceId: WorkspaceId; accountId: AccountId; attemptId: AttemptId }[],
  now: Date,
): Promise<number> =>
  tx.run(sql`
    delete from account_call c
     using unnest(${calls.map((call) => call.workspaceId)}::bigint[], ${calls.map((call) => call.accountId)}::bigint[], ${calls.map((call) => call.attemptId)}::bigint[]) as k(workspace_id, account_id, attempt_id)
     where c.workspace_id = k.workspace_id and c.account_id = k.account_id and (c.attempt_id = k.attempt_id or c.leased_until <= ${now})`);

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

const LockedRow = row({ workspaceId: col.id<WorkspaceId>(), id: col.id<OrderId>() });
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
): Promise<{ workspaceId: WorkspaceId; orderId: OrderId; fulfillmentOrderId: FulfillmentOrderId }[]> {
  const [workspaces, accounts] = [admitted.map((each) => each.workspaceId), admitted.map((each) => each.accountId)];
  const locked = await tx.rows(
    LockedRow,
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
    select o.workspace_id, o.id from sales_order o
     where (o.workspace_id, o.id) in (select due.workspace_id, due.order_id from due)
     order by o.workspace_id, o.id
       for update of o skip locked`,
  );
  if (locked.length === 0) return [];
  return tx.rows(
    ClaimedRow,
    sql`
    select f.workspace_id, f.order_id, f.id as fulfillment_order_id
      from unnest(${locked.map((each) => each.workspaceId)}::bigint[], ${locked.map((each) => each.id)}::bigint[]) as k(workspace_id, id)
      join fulfillment_order f on f.workspace_id = k.workspace_id and f.order_id = k.id
     where f.state = 'placing' and f.due_at <= ${now} and f.account_id = any(${accounts}::bigint[])
     order by f.ship_by, f.due_at, f.id`,
  );
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
