import type pg from "pg";
import { invariants } from "./catalogue.ts";
import type { Outside } from "./outside.ts";

export { invariants };
export type { Outside } from "./outside.ts";

export interface Violation {
  /** "I01" … "I34", "L1", "M1": see `invariants`. */
  invariant: string;
  /** The order's number; null where it is about no single order. */
  order: string | null;
  what: string;
}

/**
 * Compares one database with what really happened outside. `midway`: only what holds at every moment. The client is a role that sees every
 * workspace; everything is read in one read-only snapshot, and nothing is written.
 */
export async function check(client: pg.Client, outside: Outside, when: "midway" | "end"): Promise<Violation[]> {
  await client.query("begin isolation level repeatable read read only");
  try {
    const { rows } = await client.query<{ number: string; n: string }>(`
      select o.number, count(*) as n
        from attempt a join fulfillment_order f on f.workspace_id = a.workspace_id and f.id = a.fulfillment_order_id
        join sales_order o on o.workspace_id = f.workspace_id and o.id = f.order_id
       where a.state in ('armed', 'unknown', 'placed')
       group by o.number, f.workspace_id, f.id having count(*) > 1`);
    return outside.now === 0 && when === "end"
      ? []
      : rows.map(({ number, n }) => ({ invariant: "I02", order: number, what: `a part has ${n} open attempts` }));
  } finally {
    await client.query("rollback");
  }
}
