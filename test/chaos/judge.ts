import pg from "pg";
import { supplierByCode } from "#sandbox/catalogue.ts";
import type { WorldEvent } from "#sandbox/events.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { verifyInvariants } from "#store/invariants/verify.ts";
import { check } from "../../sim/checker/check.ts";
import type { Town } from "./town.ts";

const Said = row({ what: col.text });
const Known = row({ id: col.text });
const Count = row({ count: col.int });

/**
 * What still has to happen by itself: orders that have not arrived, purchases under way, work that is due. Parcels travel, and what waits for a person may
 * wait.
 */
export async function whatIsOpen(town: Town): Promise<string[]> {
  const { db } = town.connection;
  const { orders } = (await town.world("GET", "/admin/truth")) as { orders: { id: string }[] };
  const known = new Set(
    (await db.rows(Known, sql`select channel_order_id as id from sales_order`)).map(({ id }) => id),
  );
  const missing = orders.filter(({ id }) => !known.has(id)).map(({ id }) => `order ${id} has not arrived`);
  const busy = await db.rows(
    Said,
    sql`
    select o.number || ' is ' || f.state as what
      from fulfillment_order f join sales_order o on o.workspace_id = f.workspace_id and o.id = f.order_id
     where f.state in ('received', 'waiting', 'placing', 'outcome_unknown') and (f.due_at is not null or f.state in ('placing', 'outcome_unknown'))
    union all
    select 'a message of the channel is unread' from inbox where due_at is not null
    union all
    select 'attempt ' || a.reference || ' is ' || a.state from attempt a where a.state in ('armed', 'unknown') and a.kind <> 'human'`,
  );
  return [...missing, ...busy.map(({ what }) => what)];
}

interface Judged {
  orders: number;
  purchases: number;
  attempts: number;
  violations: string[];
}

/** The product's own invariants, the independent checker on the world's log, and what a log of calls alone shows. */
export async function judge(town: Town): Promise<Judged> {
  const { db, store } = town.connection;
  const events = await town.log();
  const violations = [...boughtTwice(events)];

  for (const { id, title, count, first } of await verifyInvariants(db))
    if (count > 0)
      violations.push(
        `verify ${id} ${title}: ${count}, first ${first.map(({ subject, detail }) => `${subject} ${detail}`).join("; ")}`,
      );

  const { options: _, ...config } = store.engine();
  const client = new pg.Client(config);
  await client.connect();
  try {
    const outside = {
      events,
      sent: [],
      acknowledged: town.acknowledged,
      told: [],
      now: Date.now(),
      faultsStoppedAt: null,
    };
    for (const { invariant, order, what } of await check(client, outside, "end"))
      violations.push(`${invariant} ${order ?? ""}: ${what}`);
  } finally {
    await client.end();
  }
  const { count: orders } = await db.one(Count, sql`select count(*)::int as count from sales_order`);
  const { count: attempts } = await db.one(Count, sql`select count(*)::int as count from attempt`);
  const purchases = events.filter((event) => event.type === "place_called" && event.outcome === "bought").length;
  return { orders, attempts, purchases, violations };
}

/** Told by the suppliers alone: one reference is bought once, and only a supplier with keys is ever sent the same reference twice. */
function boughtTwice(events: readonly WorldEvent[]): string[] {
  const calls = new Map<string, number>();
  const bought = new Map<string, number>();
  for (const event of events) {
    if (event.type !== "place_called") continue;
    const name = `${event.supplier} ${event.reference}`;
    if (supplierByCode.get(event.supplier)?.kind !== "key") calls.set(name, (calls.get(name) ?? 0) + 1);
    if (event.outcome === "bought") bought.set(name, (bought.get(name) ?? 0) + 1);
  }
  const often = (counts: ReadonlyMap<string, number>, what: string): string[] =>
    [...counts].filter(([, count]) => count > 1).map(([name, count]) => `${name} was ${what} ${count} times`);
  return [...often(bought, "bought"), ...often(calls, "sent")];
}
