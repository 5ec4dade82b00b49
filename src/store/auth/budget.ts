import type { Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";

/** So many tries in a window; after that each costs a wait, twice as long as the one before. */
export interface BudgetRule {
  free: number;
  windowMs: number;
  firstWaitMs: number;
  longestWaitMs: number;
}
export type Taken = { status: "taken"; used: number } | { status: "wait"; until: Date };

const TakenRow = row({ used: col.int });
const FreeRow = row({ freeAt: col.instantOrNull });

/**
 * Takes one try, before it is known whether it is a good one: whoever sends a hundred at once gets no more of them. Refused ones cost nothing. Quiet
 * for a window after the last wait, and the budget is whole again.
 */
export async function take(tx: Tx, key: string, rule: BudgetRule, now: Date): Promise<Taken> {
  const { free, windowMs, firstWaitMs, longestWaitMs } = rule;
  const quietSince = new Date(now.getTime() - windowMs);
  const waits = { first: firstWaitMs / 1000, longest: longestWaitMs / 1000 };
  const taken = await tx.maybe(
    TakenRow,
    sql`
    insert into auth.budget as b (key, window_from, used, free_at) values (${key}, ${now}, 1, null)
    on conflict (key) do update
       set window_from = case when greatest(b.window_from, b.free_at) <= ${quietSince}::timestamptz then ${now}::timestamptz else b.window_from end,
           used = case when greatest(b.window_from, b.free_at) <= ${quietSince}::timestamptz then 1 else b.used + 1 end,
           free_at = case
             when greatest(b.window_from, b.free_at) <= ${quietSince}::timestamptz or b.used + 1 < ${free} then null
             else ${now}::timestamptz
                  + make_interval(secs => least(${waits.longest}::float8, ${waits.first}::float8 * power(2, least(b.used + 1 - ${free}, 20)))) end
     where b.free_at is null or b.free_at <= ${now}
    returning used`,
  );
  if (taken !== undefined) return { status: "taken", used: taken.used };
  const { freeAt } = await tx.one(FreeRow, sql`select free_at from auth.budget where key = ${key}`);
  return { status: "wait", until: freeAt ?? now };
}

/** The try was a good one after all. `all`: so everything before it is forgotten as well. */
export const giveBack = (tx: Tx, key: string, all: boolean): Promise<number> =>
  all
    ? tx.run(sql`delete from auth.budget where key = ${key}`)
    : tx.run(sql`update auth.budget set used = greatest(used - 1, 0), free_at = null where key = ${key}`);

/** Budgets that nobody asked for since; and what else waits in vain. */
export async function sweep(tx: Tx, now: Date): Promise<void> {
  const anHourAgo = new Date(now.getTime() - 3_600_000);
  const aDayAgo = new Date(now.getTime() - 86_400_000);
  await tx.run(sql`delete from auth.budget where greatest(window_from, free_at) < ${aDayAgo}`);
  await tx.run(sql`delete from auth.used_code where used_at < ${anHourAgo}`);
  await tx.run(sql`delete from auth.verification where expires_at < ${anHourAgo}`);
  await tx.run(sql`delete from auth.session where expires_at < ${aDayAgo}`);
}
