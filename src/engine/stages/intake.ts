import {
  claimMessages,
  closeMessages,
  failMessage,
  nextMessage,
  ordersNamed,
  type InboxMessage,
} from "#store/connection.ts";
import type { Tx } from "#store/db.ts";
import { isPassingFailure } from "#store/passing-failure.ts";
import { openMessages } from "#store/vault/messages.ts";
import type { Engine } from "../context.ts";
import { storeInTransaction, type Said } from "../intake.ts";
import type { Stage } from "../stage.ts";

const mostTries = 5;
const retryMs = 60_000;

/** Parses what channels sent and stores it. Messages of one connection go in the order in which they came; one that cannot be read blocks nobody. */
export const intake: Stage = {
  name: "intake",
  nextDue: nextMessage,
  run: (engine) => takeIn(engine, engine.batch, null),
};

async function takeIn(engine: Engine, limit: number, only: string | null): Promise<number> {
  let claimed: InboxMessage[] = [];
  try {
    return await engine.db.tx(async (tx) => {
      claimed = await claimMessages(tx, { now: engine.clock.now(), limit, only });
      if (claimed.length > 0) await storeMessages(engine, tx, claimed);
      return claimed.length;
    });
  } catch (error) {
    if (claimed.length === 0 || isPassingFailure(error)) throw error;
    if (claimed.length === 1)
      return setAside(engine, claimed[0]!, error instanceof Error ? error.message : String(error));
    let moved = 0;
    for (const message of claimed) moved += await takeIn(engine, 1, message.id);
    return moved;
  }
}

async function setAside(engine: Engine, message: InboxMessage, problem: string): Promise<number> {
  engine.log.warn({ workspace: message.workspaceId, message: message.id, problem }, "a message could not be taken in");
  const dueAt =
    message.tries + 1 >= mostTries ? null : new Date(engine.clock.now().getTime() + retryMs * 2 ** message.tries);
  return engine.db.tx((tx) => failMessage(tx, message, { problem, dueAt, uuid: engine.ids.uuid() }));
}

async function storeMessages(engine: Engine, tx: Tx, messages: InboxMessage[]): Promise<void> {
  const [first] = messages;
  const channel = engine.channels.get(first!.channelKind);
  if (channel === undefined) throw new Error(`No connector of kind ${first!.channelKind} is installed.`);
  const { workspaceId, channelId } = first!;
  const said: Said[] = [];
  const read: (InboxMessage & { channelOrderId: string })[] = [];
  const texts = await openMessages(tx, engine.vault.keyring, workspaceId, messages);
  for (const message of messages) {
    const parsed = channel.parse({ eventId: message.eventId, text: texts.get(message.id)! });
    if (parsed.type === "unparsable") {
      await failMessage(tx, message, { problem: parsed.problem, dueAt: null, uuid: engine.ids.uuid() });
      continue;
    }
    said.push(
      parsed.type === "order"
        ? { type: "order", order: parsed.order, origin: message.origin }
        : { ...parsed, askedBy: parsed.asked === "by_buyer" ? "buyer" : "channel" },
    );
    const channelOrderId = parsed.type === "order" ? parsed.order.channelOrderId : parsed.channelOrderId;
    read.push({ ...message, channelOrderId });
  }
  const stored =
    said.length === 0
      ? []
      : await storeInTransaction(engine, tx, { workspaceId, channelId, actor: `channel:${channelId}` }, said);
  const orders = new Map(stored.map((each) => [each.channelOrderId, each.orderId]));
  // A message of which nothing was stored may still be about an order that is here: a cancellation.
  const others = read.map((each) => each.channelOrderId).filter((id) => !orders.has(id));
  for (const each of await ordersNamed(tx, { workspaceId, channelId }, others))
    orders.set(each.channelOrderId, each.orderId);
  await closeMessages(
    tx,
    read.map(({ channelOrderId, ...message }) => ({ ...message, orderId: orders.get(channelOrderId) ?? null })),
    engine.clock.now(),
  );
}
