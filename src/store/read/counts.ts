import type { WorkspaceId } from "#domain/ids.ts";
import { headlineOrder, type Headline } from "#domain/lifecycle.ts";
import { reasonCodes, type ReasonCode } from "#domain/reasons.ts";
import type { Tx } from "../db.ts";
import { col, row } from "../row.ts";
import { sql } from "../sql.ts";

const CountRow = row({ kind: col.text, key: col.text, n: col.int });

/** API-21. Orders by headline and open holds by reason, from counter rows: the cost does not grow with the orders. Every headline is there, reasons only where not 0. */
export async function countOrders(
  tx: Tx,
  workspaceId: WorkspaceId,
): Promise<{ headlines: Record<Headline, number>; reasons: Partial<Record<ReasonCode, number>>; total: number }> {
  const rows = await tx.rows(
    CountRow,
    sql`
    select c.kind, c.key, sum(c.n)::int as n from counter c
     where c.workspace_id = ${workspaceId}::bigint and c.kind in ('headline', 'hold')
     group by c.kind, c.key`,
  );
  const of = (kind: string, key: string): number => rows.find((each) => each.kind === kind && each.key === key)?.n ?? 0;
  const headlines = Object.fromEntries(headlineOrder.map((key) => [key, of("headline", key)])) as Record<
    Headline,
    number
  >;
  const reasons = Object.fromEntries(
    reasonCodes.map((key) => [key, of("hold", key)] as const).filter(([, n]) => n !== 0),
  ) as Partial<Record<ReasonCode, number>>;
  return { headlines, reasons, total: Object.values(headlines).reduce((sum, n) => sum + n, 0) };
}
