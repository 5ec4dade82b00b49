import { eraseOrder, whyKept, type ErasureReason } from "#domain/erase.ts";
import { publicId, type OrderId, type WorkspaceId } from "#domain/ids.ts";
import { refuse, type Result } from "#domain/result.ts";
import {
  clearImportRows,
  clearMessages,
  clearPersonalData,
  messagesOf,
  ordersOfBuyer,
  personalDataOf,
  unfiledMessages,
  type Buyer,
} from "#store/personal.ts";
import { findOrderId } from "#store/read/order.ts";
import { openMessages } from "#store/vault/messages.ts";
import type { Engine } from "../context.ts";
import { changeOrders } from "../stage.ts";

/** Whose data: of one order (its public uuid), of a buyer by the channel's name for them, or by their e-mail address. */
export type Whose = { order: string } | Buyer;

export interface Erasure {
  erased: { id: string; number: string }[];
  /** Those that may not go yet, with the reason. */
  kept: { id: string; number: string; why: string }[];
  /** Messages and rows of files that were filed under no order and named the buyer. */
  unfiled: number;
}
const atOnce = 100;

/**
 * PD-2 to PD-4. Erases what is kept of a buyer in one workspace, order by order; what is on its way is named and stays. The same wish again finds nothing
 * left and says so.
 */
export async function erasePersonalData(
  engine: Engine,
  { workspaceId, actor }: { workspaceId: WorkspaceId; actor: string },
  whose: Whose,
): Promise<Result<Erasure>> {
  const orderIds = await ordersOf(engine, workspaceId, whose);
  if (orderIds === null) return refuse("no_such_order", "There is no such order in this workspace.");
  const erasure: Erasure = { erased: [], kept: [], unfiled: 0 };
  for (let from = 0; from < orderIds.length; from += atOnce) {
    const some = await eraseOrders(engine, workspaceId, orderIds.slice(from, from + atOnce), { why: "asked", actor });
    erasure.erased.push(...some.erased);
    erasure.kept.push(...some.kept);
  }
  if ("mail" in whose) erasure.unfiled = await eraseUnfiled(engine, workspaceId, mailOf(whose.mail));
  return { status: "ok", value: erasure };
}

/** Of these orders, in one transaction: the rows and the event of each. */
export const eraseOrders = (
  engine: Engine,
  workspaceId: WorkspaceId,
  orderIds: readonly OrderId[],
  { why, actor }: { why: ErasureReason; actor: string },
): Promise<Pick<Erasure, "erased" | "kept">> =>
  changeOrders(
    engine,
    orderIds.map((orderId) => ({ workspaceId, orderId })),
    {},
    async (drafts, tx) => {
      const done: Pick<Erasure, "erased" | "kept"> = { erased: [], kept: [] };
      const ids: OrderId[] = [];
      for (const draft of drafts) {
        const order = { id: publicId("order", draft.order.publicId), number: draft.order.number };
        const reason = whyKept(draft);
        if (reason !== null) {
          done.kept.push({ ...order, why: reason });
          continue;
        }
        eraseOrder(draft, why);
        ids.push(draft.order.id);
        done.erased.push(order);
      }
      if (ids.length > 0) await clearPersonalData(tx, workspaceId, ids, engine.clock.now());
      return done;
    },
    actor,
  );

async function ordersOf(engine: Engine, workspaceId: WorkspaceId, whose: Whose): Promise<OrderId[] | null> {
  if (!("order" in whose))
    return ordersOfBuyer(engine.db, workspaceId, "mail" in whose ? { mail: mailOf(whose.mail) } : whose);
  const found = await findOrderId(engine.db, workspaceId, whose.order);
  return found === undefined ? null : [found];
}
const mailOf = (text: string): string => text.trim().toLowerCase();

/** What could not be parsed may name the buyer all the same. */
async function eraseUnfiled(engine: Engine, workspaceId: WorkspaceId, mail: string): Promise<number> {
  let count = await engine.db.tx((tx) => clearImportRows(tx, workspaceId, mail));
  for (let after = "0"; ;) {
    const page = await unfiledMessages(engine.db, workspaceId, after, atOnce);
    const last = page.at(-1);
    if (last === undefined) return count;
    after = last.id;
    const texts = await openMessages(engine.db, engine.vault.keyring, workspaceId, page);
    const named = page.filter(({ id }) => texts.get(id)?.toLowerCase().includes(mail)).map(({ id }) => id);
    if (named.length > 0) count += await engine.db.tx((tx) => clearMessages(tx, workspaceId, named));
  }
}

/** PD-5. Everything that is kept about a buyer, with the messages as they came; null: there is no such order. */
export async function exportPersonalData(engine: Engine, workspaceId: WorkspaceId, whose: Whose) {
  const orderIds = await ordersOf(engine, workspaceId, whose);
  if (orderIds === null) return null;
  const messages = await messagesOf(engine.db, workspaceId, orderIds);
  const texts = await openMessages(engine.db, engine.vault.keyring, workspaceId, messages);
  const orders = await personalDataOf(engine.db, workspaceId, orderIds);
  return orders.map(({ orderId, publicId: uuid, total, ...order }) => ({
    ...order,
    id: publicId("order", uuid),
    // In minor units of the currency.
    total: total === null ? null : String(total),
    messages: messages
      .filter((each) => each.orderId === orderId && texts.has(each.id))
      .map(({ id, eventId, receivedAt }) => ({ event: eventId, receivedAt, text: texts.get(id)! })),
  }));
}
