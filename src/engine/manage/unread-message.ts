import type { WorkspaceId } from "#domain/ids.ts";
import { ok, refuse, type Result } from "#domain/result.ts";
import { ring } from "#store/commit.ts";
import type { Tx } from "#store/db.ts";
import { lockUnread, putAside, readAgain, type UnreadMessage } from "#store/unread-message.ts";
import { openMessages } from "#store/vault/messages.ts";
import { change, record, type ManageContext } from "./context.ts";

export interface UnreadOf {
  workspaceId: WorkspaceId;
  /** Its public uuid. */
  message: string;
}

/** WI-9. The raw text, which may name a buyer: that it was opened is in the trail. null: erased meanwhile. */
export const openUnread = (
  context: ManageContext,
  of: UnreadOf,
): Promise<Result<UnreadMessage & { text: string | null }>> =>
  onMessage(context, of, "message_opened", {}, async (tx, message) => {
    const texts = await openMessages(tx, context.vault.keyring, of.workspaceId, [message]);
    return ok({ ...message, text: texts.get(message.id) ?? null });
  });

/** After its cause is gone: a connector that knows more now, or a setting. */
export const readUnreadAgain = (context: ManageContext, of: UnreadOf): Promise<Result> =>
  onMessage(context, of, "message_read_again", {}, async (tx, { id, raw }) => {
    if (raw === null) return refuse("message_erased", "Its text was erased; there is nothing left to read.");
    await readAgain(tx, of.workspaceId, id, context.clock.now());
    await ring(tx);
    return ok(undefined);
  });

export const putUnreadAside = (context: ManageContext, of: UnreadOf, why: string): Promise<Result> =>
  onMessage(context, of, "message_put_aside", { why }, async (tx, { id }) => {
    await putAside(tx, of.workspaceId, id, context.clock.now());
    return ok(undefined);
  });

const onMessage = <T>(
  context: ManageContext,
  { workspaceId, message }: UnreadOf,
  kind: string,
  data: Record<string, unknown>,
  work: (tx: Tx, message: UnreadMessage) => Promise<Result<T>>,
): Promise<Result<T>> =>
  change(context, async (tx): Promise<Result<T>> => {
    const found = await lockUnread(tx, workspaceId, message);
    if (found === undefined)
      return refuse("no_such_message", "There is no such message here, or it waits for nobody any more.");
    const result = await work(tx, found);
    if (result.status === "refused") return result;
    await context.ids.ensure(tx, 1);
    const of = { workspaceId, subject: "channel", subjectId: found.channelId } as const;
    await record(tx, context, { ...of, kind, data: { message: found.publicId, event: found.eventId, ...data } });
    return result;
  });
