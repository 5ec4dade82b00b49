import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

const Known = row({ isKnown: col.bool });

/**
 * After the first rows of a bulk load into a database that was empty: without statistics all indexes of a table look the same to PostgreSQL, and its own checks
 * of foreign keys keep the first plan they made. Measured with 60,000 order lines: 10 of 16 seconds went into looking up each line's order by
 * (workspace, number). Nothing is done where the tables are known already. Only their owner may; autovacuum does the same, a minute later.
 */
export async function refreshStatistics(owner: Tx): Promise<void> {
  const { isKnown } = await owner.one(
    Known,
    sql`select reltuples >= 1000 as is_known from pg_class where oid = 'sales_order'::regclass`,
  );
  if (!isKnown)
    await owner.run(
      sql`analyze sales_order, order_line, order_address, order_version, fulfillment_order, fulfillment_order_line`,
    );
}
