import type { OrderId } from "#domain/ids.ts";
import type { OrderDossier } from "#domain/order.ts";

/** What is kept of an order: whatever its version stands for. Timers may move without it, so the rows that carry them are read each time. */
export interface KeptOrder {
  order: OrderDossier["order"];
  fulfillmentOrders: OrderDossier["fulfillmentOrders"];
  holds: OrderDossier["holds"];
  /** Where it was read. */
  lines?: OrderDossier["lines"] | undefined;
  shipments?: OrderDossier["shipments"] | undefined;
  /** Where there is none: questions to suppliers are leased without a new version. */
  cancellations?: [] | undefined;
}

/** So many orders a worker keeps: some 10 kB each. */
export const mostKept = 8_000;

/**
 * Orders as this process left them at its last commit, so that whoever goes on with one of them reads less. An order that is at another version by now was
 * changed by somebody else, and is read anew. What is taken out is gone: it comes back with the commit of whoever took it, or not at all.
 */
export class KeptOrders {
  readonly #most: number;
  readonly #orders = new Map<OrderId, KeptOrder>();
  constructor(most: number) {
    this.#most = most;
  }

  /** The hash of its newest event counts too: in a database that was restored from a backup the same version may come a second time. */
  take(
    orderId: OrderId,
    { version, eventHash }: Pick<KeptOrder["order"], "version" | "eventHash">,
  ): KeptOrder | undefined {
    const kept = this.#orders.get(orderId);
    if (kept === undefined) return undefined;
    this.#orders.delete(orderId);
    return kept.order.version === version && kept.order.eventHash === eventHash ? kept : undefined;
  }

  keep(kept: KeptOrder): void {
    const { id, headline } = kept.order;
    this.#orders.delete(id);
    inOrder(kept);
    if (headline === "completed" || headline === "cancelled") return; // nobody is waiting for it
    this.#orders.set(id, kept);
    if (this.#orders.size <= this.#most) return;
    for (const oldest of this.#orders.keys()) {
      this.#orders.delete(oldest);
      return;
    }
  }
}

/** As they would be read: ids come from the blocks of several processes, so what was added last is not always the last of them. */
function inOrder({ holds, shipments = [] }: KeptOrder): void {
  if (holds.length > 1) holds.sort(byId);
  if (shipments.length > 1) shipments.sort(byId);
  for (const { lines } of shipments) if (lines.length > 1) lines.sort((a, b) => a.foLineNo - b.foLineNo);
}
const byId = (a: { id: string }, b: { id: string }): number =>
  a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
