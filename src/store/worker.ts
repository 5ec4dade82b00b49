import type { Tx, Db } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

const Slot = row({ slot: col.int });
const deadAfterMs = 60_000;

/** Registers a process and gives it a number of its own for its counter rows; numbers of the dead are given again. Commands use 900 and up. */
export const claimSlot = (db: Db, worker: { id: string; kind: string; pid: number; now: Date }): Promise<number> =>
  db.tx(async (tx) => {
    await tx.run(sql`lock table worker in share row exclusive mode`);
    await tx.run(sql`delete from worker where heartbeat_at < ${new Date(worker.now.getTime() - deadAfterMs)}`);
    const { slot } = await tx.one(
      Slot,
      sql`select coalesce(min(n), 0)::int as slot from generate_series(1, 899) as n where n not in (select w.slot from worker w)`,
    );
    await tx.run(sql`
      insert into worker (id, kind, pid, slot, started_at, heartbeat_at)
      values (${worker.id}, ${worker.kind}, ${worker.pid}, ${slot}, ${worker.now}, ${worker.now})`);
    return slot;
  });

/** It is also the database's age, should somebody restore it: in safe mode that stands still. */
export const beat = (tx: Tx, id: string, now: Date): Promise<number> =>
  tx.run(sql`
    with home as (update installation set heartbeat_at = ${now} where safe_mode_reason is null and heartbeat_at < ${now}::timestamptz - interval '1 minute')
    update worker set heartbeat_at = ${now} where id = ${id}`);
export const forgetWorker = (tx: Tx, id: string): Promise<number> => tx.run(sql`delete from worker where id = ${id}`);
