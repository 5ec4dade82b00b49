import { refuse, type Refused } from "#domain/result.ts";
import { cancel, hold, release } from "../actions.ts";
import type { Engine } from "../context.ts";
import type { ChangedOrder, Who } from "./change-order.ts";

export type BulkAction = { action: "release" } | { action: "hold"; note: string } | { action: "cancel" };
export const mostInBulk = 200;

/**
 * API-37. The same action on many orders, each in a transaction of its own: one refusal stops no other. Answers one row per order, in the order asked.
 */
export async function inBulk(
  engine: Engine,
  who: Who,
  orders: readonly string[],
  bulk: BulkAction,
): Promise<{ id: string; result: ChangedOrder | Refused }[]> {
  if (orders.length > mostInBulk) throw new RangeError(`At most ${mostInBulk} orders at once, ${orders.length} given.`);
  const rows: { id: string; result: ChangedOrder | Refused }[] = [];
  for (const order of orders) {
    const result = await press(engine, who, order, bulk);
    rows.push({ id: order, result: result.status === "ok" ? result.value.order : refuse(result.code, result.message) });
  }
  return rows;
}

function press(engine: Engine, who: Who, order: string, bulk: BulkAction) {
  switch (bulk.action) {
    case "release":
      return release(engine, who, { order });
    case "hold":
      return hold(engine, who, { order }, { note: bulk.note });
    case "cancel":
      return cancel(engine, who, { order }, {});
  }
}
