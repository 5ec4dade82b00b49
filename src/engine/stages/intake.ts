import { requestCancellation } from "#domain/cancel.ts";
import type { ChannelOrder } from "#domain/channel-order.ts";
import type { ParsedMessage } from "#connectors/ports.ts";
import { claimMessages, closeMessages, failMessage, nextMessage, type InboxMessage } from "#store/connection.ts";
import { findOrders, keepTombstone } from "#store/intake.ts";
import { readShared } from "#store/shared.ts";
import type { Tx } from "#store/db.ts";
import { commitDrafts } from "#store/commit.ts";
import { isPassingFailure } from "#store/passing-failure.ts";
import type { Engine } from "../context.ts";
import { storeInTransaction } from "../intake.ts";
import { openDrafts, type Stage } from "../stage.ts";

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
  return engine.db.tx((tx) => failMessage(tx, message, problem, dueAt));
}

async function storeMessages(engine: Engine, tx: Tx, messages: InboxMessage[]): Promise<void> {
  const [first] = messages;
  const channel = engine.channels.get(first!.channelKind);
  if (channel === undefined) throw new Error(`No connector of kind ${first!.channelKind} is installed.`);
  const { workspaceId, channelId } = first!;
  const orders: ChannelOrder[] = [];
  const cancellations: Extract<ParsedMessage, { type: "cancellation" }>[] = [];
  const read: InboxMessage[] = [];
  let { origin } = first!;
  const flush = async (): Promise<void> => {
    if (orders.length > 0)
      await storeInTransaction(
        engine,
        tx,
        { workspaceId, channelId, origin, actor: `channel:${channelId}` },
        orders.splice(0),
      );
    for (const cancellation of cancellations.splice(0)) await cancel(engine, tx, first!, cancellation);
  };
  for (const message of messages) {
    const parsed = channel.parse({ eventId: message.eventId, text: message.raw });
    if (parsed.type === "unparsable") {
      await failMessage(tx, message, parsed.problem, null);
      continue;
    }
    // A change of kind ends a run, so that everything is applied in the order in which it came.
    if (parsed.type === "order") {
      if (message.origin !== origin) await flush();
      origin = message.origin;
      orders.push(parsed.order);
    } else {
      cancellations.push(parsed);
      await flush();
    }
    read.push(message);
  }
  await flush();
  await closeMessages(tx, read, engine.clock.now());
}

async function cancel(
  engine: Engine,
  tx: Tx,
  message: InboxMessage,
  said: Extract<ParsedMessage, { type: "cancellation" }>,
): Promise<void> {
  const { workspaceId, channelId } = message;
  const now = engine.clock.now();
  const askedBy = said.asked === "by_buyer" ? "buyer" : "channel";
  const [known] = await findOrders(tx, workspaceId, channelId, [said.channelOrderId]);
  if (known === undefined) {
    const shared = (await readShared(tx, [workspaceId], [], {}, now)).get(workspaceId)!;
    const expiresAt = new Date(now.getTime() + shared.workspace.tombstoneMs);
    await keepTombstone(tx, {
      workspaceId,
      channelId,
      channelOrderId: said.channelOrderId,
      askedBy,
      lines: said.lines,
      at: said.at,
      expiresAt,
    });
    return;
  }
  const { drafts } = await openDrafts(
    engine,
    tx,
    [{ workspaceId, orderId: known.orderId }],
    {},
    now,
    `channel:${channelId}`,
  );
  for (const draft of drafts) {
    const lines =
      said.lines === "all"
        ? ("all" as const)
        : said.lines.flatMap((line) =>
            draft.dossier.lines
              .filter((each) => each.channelLineId === line.channelLineId)
              .map((each) => ({ orderLineNo: each.no, quantity: line.quantity })),
          );
    requestCancellation(draft, { askedBy, lines, at: said.at });
  }
  await commitDrafts(tx, drafts, { slot: engine.slot, newId: () => engine.ids.next() });
}
