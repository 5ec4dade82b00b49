import type { Db } from "./db.ts";
import { readOverdue } from "./doctor.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

/** What an installation is asked about itself all day long. Own workspaces and the sandbox are counted apart; nothing names a workspace, an order or a person. */
export interface Figures {
  counts: { world: string; kind: string; key: string; n: number }[];
  openAttempts: { world: string; supplier: string; state: string; n: number }[];
  pausedAccounts: { world: string; why: string; n: number }[];
  webhooks: { world: string; what: string; n: number }[];
  processes: { kind: string; n: number }[];
  due: { what: string; rows: number; oldest: Date }[];
  isSafeMode: boolean;
}

const CountRow = row({ world: col.text, kind: col.text, key: col.text, n: col.int });
const AttemptRow = row({ world: col.text, supplier: col.text, state: col.text, n: col.int });
const PausedRow = row({ world: col.text, why: col.text, n: col.int });
const WebhookRow = row({ world: col.text, what: col.text, n: col.int });
const ProcessRow = row({ kind: col.text, n: col.int });
const SafeModeRow = row({ isSafeMode: col.bool });

const aliveMs = 60_000;

/** Reads counter rows and short partial indexes: the cost grows with what is under way, not with what is done. */
export async function readFigures(db: Db, now: Date): Promise<Figures> {
  const counts = await db.rows(
    CountRow,
    sql`
    select w.kind as world, c.kind, c.key, sum(c.n)::int as n
      from workspace w join counter c on c.workspace_id = w.id and c.kind in ('headline', 'hold')
     group by w.kind, c.kind, c.key`,
  );
  const openAttempts = await db.rows(
    AttemptRow,
    sql`
    select w.kind as world, s.kind as supplier, a.state, count(*)::int as n
      from workspace w
      join attempt a on a.workspace_id = w.id and a.state in ('armed', 'unknown')
      join supplier s on s.workspace_id = a.workspace_id and s.id = a.supplier_id
     group by w.kind, s.kind, a.state`,
  );
  const pausedAccounts = await db.rows(
    PausedRow,
    sql`
    select w.kind as world, p.why, count(*)::int as n
      from workspace w
      join supplier_account a on a.workspace_id = w.id and a.active
     cross join lateral (
       select 'breaker' as why where a.breaker_until > ${now} union all select 'login_refused' where a.credentials_rejected_at is not null
     ) p
     group by w.kind, p.why`,
  );
  const webhooks = await db.rows(
    WebhookRow,
    sql`
    select w.kind as world, 'waiting' as what, count(*)::int as n
      from workspace w join webhook_delivery d on d.workspace_id = w.id and d.due_at is not null group by w.kind
    union all
    select w.kind, case when e.enabled then 'failing' else 'off' end, count(*)::int
      from workspace w join webhook_endpoint e on e.workspace_id = w.id
     where (e.enabled and e.failing_since is not null) or (not e.enabled and e.disabled_why <> 'by_person') group by 1, 2`,
  );
  const processes = await db.rows(
    ProcessRow,
    sql`select kind, count(*)::int as n from worker where heartbeat_at > ${new Date(now.getTime() - aliveMs)} group by kind`,
  );
  const safeMode = await db.maybe(
    SafeModeRow,
    sql`select safe_mode_reason is not null as is_safe_mode from installation`,
  );
  return {
    counts,
    openAttempts,
    pausedAccounts,
    webhooks,
    processes,
    due: await readOverdue(db, now),
    isSafeMode: safeMode?.isSafeMode ?? false,
  };
}
