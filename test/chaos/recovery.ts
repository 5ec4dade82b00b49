import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import type { Db } from "#store/db.ts";

/** What was struck, and how. */
export type Blow =
  | "worker killed"
  | "worker stopped"
  | "gate killed"
  | "gate stopped"
  | "api killed"
  | "postmaster killed"
  | "backend killed"
  | "immediate stop";

/** One blow, and how long the installation took to get over it. */
export interface Recovery {
  blow: Blow;
  at: number;
  /** Until orders moved again; null: not yet. */
  movedMs: number | null;
  /** Until each attempt that was armed at the blow was settled, or stood with who can find out; null: not yet. */
  settledMs: number | null;
  armed: number;
  /** Those attempts that were open for the longest. */
  last: string[];
}

const Attempt = row({ id: col.text, isOpen: col.bool });
const Line = row({ line: col.text });
const Latest = row({ at: col.instantOrNull });

/** Nobody but the machine can bring these further: armed, or unknown with a next question by itself. People's own tries are theirs. */
const open = sql`(a.state = 'armed' or (a.state = 'unknown' and a.due_at is not null))`;

/** Watches the installation from outside, by reading its database; while that is down it waits. */
export class Watch {
  readonly #db: Db;
  readonly recoveries: Recovery[] = [];
  readonly #waiting = new Map<Recovery, Set<string>>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Notes a blow. Ask directly before it falls: what was armed then must be settled afterwards. */
  async before(blow: Blow): Promise<Recovery> {
    const armed = await this.#armed().catch(() => []); // the database may still be down from the blow before
    const recovery: Recovery = { blow, at: Date.now(), movedMs: null, settledMs: null, armed: armed.length, last: [] };
    this.recoveries.push(recovery);
    this.#waiting.set(recovery, new Set(armed));
    return recovery;
  }

  /** It hit nobody. */
  forget(recovery: Recovery): void {
    this.#waiting.delete(recovery);
    this.recoveries.splice(this.recoveries.indexOf(recovery), 1);
  }

  /** Looks once. Answers whether everything is got over. */
  async look(): Promise<boolean> {
    if (this.#waiting.size === 0) return true;
    const asked = Date.now();
    const all = [...new Set([...this.#waiting.values()].flatMap((attempts) => [...attempts]))];
    const stillOpen = new Set(
      (
        await this.#db.rows(
          Attempt,
          sql`
          select a.id::text as id, ${open} as is_open from unnest(${all}::bigint[]) as k(id)
            join workspace w on true join attempt a on a.workspace_id = w.id and a.id = k.id`,
        )
      )
        .filter((each) => each.isOpen)
        .map((each) => each.id),
    );
    const { at: latest } = await this.#db.one(
      Latest,
      sql`
      select max(e.at) as at from workspace w
        cross join lateral (select o.id from sales_order o where o.workspace_id = w.id order by o.id desc limit 200) as o
        join event e on e.workspace_id = w.id and e.order_id = o.id and e.actor like 'worker:%'`,
    );
    for (const [recovery, attempts] of this.#waiting) {
      if (recovery.movedMs === null && latest !== null && latest.getTime() > recovery.at)
        recovery.movedMs = latest.getTime() - recovery.at;
      const left = [...attempts].filter((id) => stillOpen.has(id));
      if (left.length > 0) recovery.last = left;
      else recovery.settledMs ??= asked - recovery.at;
      if (recovery.movedMs !== null && recovery.settledMs !== null) this.#waiting.delete(recovery);
    }
    return this.#waiting.size === 0;
  }

  /** What happened to these attempts, for whoever wants to know why it took so long. */
  async story(ids: readonly string[]): Promise<string[]> {
    const rows = await this.#db.rows(
      Line,
      sql`
      select to_char(e.at at time zone 'UTC', 'HH24:MI:SS.MS') || ' ' || o.number || ' ' || e.kind || ' ' || coalesce(e.to_state, '') || ' by ' || right(e.actor, 6)
             || ' ' || coalesce(e.data::text, '') as line
        from unnest(${ids}::bigint[]) as k(id)
        join workspace w on true
        join attempt a on a.workspace_id = w.id and a.id = k.id
        join sales_order o on o.workspace_id = a.workspace_id and o.id = a.order_id
        join event e on e.workspace_id = o.workspace_id and e.order_id = o.id
       where e.at >= a.armed_at and e.at <= coalesce(a.closed_at, e.at)
       order by o.id, e.seq limit 60`,
    );
    return rows.map(({ line }) => line);
  }

  async #armed(): Promise<string[]> {
    const rows = await this.#db.rows(
      Attempt,
      sql`select a.id::text as id, true as is_open from attempt a where a.state = 'armed' and a.kind <> 'human'`,
    );
    return rows.map((each) => each.id);
  }
}

/** The value below which this share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
