import { z } from "zod";
import { publicId, type ChannelId, type WorkspaceId } from "#domain/ids.ts";
import type { Result } from "#domain/result.ts";
import { hookOff, hookOn, showHook, type ShownHook } from "#engine/manage/hook.ts";
import { openUnread, putUnreadAside, readUnreadAgain } from "#engine/manage/unread-message.ts";
import { listChannels } from "#store/channel.ts";
import { listUnread, type UnreadMessage } from "#store/unread-message.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { manageContext, type Api, type ApiContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { notFound } from "../problem.ts";
import { noContent, refusal } from "../route.ts";
import { cursor, idOf, limit, problems, text, time, timeOrNull } from "../schemas.ts";

const tags = ["Webhooks in"];
const Hook = z
  .object({
    address: z.string().nullable().meta({ description: "Where the channel sends; null: never switched on" }),
    on: z.boolean(),
    told_at: z.string().nullable().meta({ description: "When the channel was last told; null: it is about to be" }),
    problem: z.string().nullable(),
    last_at: z.string().nullable().meta({ description: "The last message, to the minute" }),
  })
  .meta({ id: "ChannelWebhooks" });
const presentHook = (hook: ShownHook | null): z.output<typeof Hook> => ({
  address: hook?.url ?? null,
  on: hook?.isOn ?? false,
  told_at: timeOrNull(hook?.toldAt ?? null),
  problem: hook?.problem ?? null,
  last_at: timeOrNull(hook?.lastAt ?? null),
});

const Unread = z
  .object({
    id: z.string(),
    channel: z.string(),
    event: z.string().meta({ description: "The channel's own id of it" }),
    received_at: z.string(),
    problem: z.string(),
  })
  .meta({ id: "UnreadMessage" });

/** WI-9, WI-12. What channels send by themselves: switched on and off, and what of it nobody could read. */
export function channelWebhookRoutes(app: Api, context: ApiContext): void {
  const { db } = context;
  const channels = (workspaceId: WorkspaceId) =>
    inWorkspace(db.api, workspaceId, (tx) => listChannels(tx, workspaceId));
  const channelId = async (workspaceId: WorkspaceId, uuid: string): Promise<ChannelId> => {
    const found = (await channels(workspaceId)).find((each) => each.publicId === uuid);
    if (found === undefined) throw notFound();
    return found.id;
  };
  const ofChannel = z.object({ id: idOf("channel") });
  const ofMessage = z.object({ id: idOf("message") });
  const hookAnswer = { 200: Hook, ...problems };
  const answered = (result: Result<ShownHook | null>): z.output<typeof Hook> => {
    if (result.status === "refused") throw refusal(result);
    return presentHook(result.value);
  };

  app.get(
    "/v1/channels/:id/webhooks",
    {
      schema: {
        summary: "Whether a channel sends webhooks, and the last that came",
        tags,
        params: ofChannel,
        response: hookAnswer,
      },
    },
    async ({ caller, params: { id } }) => {
      const { workspaceId } = caller;
      const of = { workspaceId, channelId: await channelId(workspaceId, id) };
      return answered(await showHook(manageContext(context, caller), of));
    },
  );
  app.put(
    "/v1/channels/:id/webhooks",
    {
      schema: {
        summary: "Switch a channel's webhooks on or off; on makes a new secret, which the channel is told",
        tags,
        params: ofChannel,
        body: z.strictObject({ on: z.boolean() }),
        response: hookAnswer,
      },
    },
    async ({ caller, params: { id }, body: { on } }) => {
      const { workspaceId } = caller;
      const of = { workspaceId, channelId: await channelId(workspaceId, id) };
      const manage = manageContext(context, caller);
      return answered(
        on ? await hookOn(manage, of, context.signIn?.url ?? "http://localhost") : await hookOff(manage, of),
      );
    },
  );

  const presentUnread = (message: UnreadMessage, names: ReadonlyMap<string, string>): z.output<typeof Unread> => ({
    id: publicId("message", message.publicId),
    channel: names.get(message.channelId) ?? "",
    event: message.eventId,
    received_at: time(message.receivedAt),
    problem: message.problem,
  });
  const names = async (workspaceId: WorkspaceId): Promise<ReadonlyMap<string, string>> =>
    new Map((await channels(workspaceId)).map((each) => [each.id, publicId("channel", each.publicId)]));

  app.get(
    "/v1/unread-messages",
    {
      schema: {
        summary: "What channels sent and nobody could read, oldest first",
        tags,
        querystring: z.strictObject({ cursor, limit }),
        response: { 200: z.object({ messages: z.array(Unread), next: z.string().nullable() }), ...problems },
      },
    },
    async ({ caller: { workspaceId }, query }) => {
      const [after] = query.cursor === undefined ? ["0"] : decodeCursor(query.cursor, ["id"] as const);
      const found = await inWorkspace(db.api, workspaceId, (tx) =>
        listUnread(tx, workspaceId, { after, limit: query.limit + 1 }),
      );
      const messages = found.slice(0, query.limit);
      const last = messages.at(-1);
      const by = await names(workspaceId);
      return {
        messages: messages.map((each) => presentUnread(each, by)),
        next: found.length > query.limit && last !== undefined ? encodeCursor([last.id]) : null,
      };
    },
  );
  app.get(
    "/v1/unread-messages/:id",
    {
      schema: {
        summary: "One of them with its raw text, which may name a buyer: that it was opened is recorded",
        tags,
        params: ofMessage,
        response: {
          200: Unread.extend({ text: z.string().nullable().meta({ description: "null: erased" }) }),
          ...problems,
        },
      },
    },
    async ({ caller, params: { id } }) => {
      const { workspaceId } = caller;
      const found = await openUnread(manageContext(context, caller), { workspaceId, message: id });
      if (found.status === "refused") throw notFound();
      return { ...presentUnread(found.value, await names(workspaceId)), text: found.value.text };
    },
  );
  app.post(
    "/v1/unread-messages/:id/read-again",
    {
      schema: {
        summary: "Have it read once more, after its cause is gone",
        tags,
        params: ofMessage,
        body: z.strictObject({}).optional(),
        response: { 204: z.null(), ...problems },
      },
    },
    async ({ caller, params: { id } }, reply) => {
      const of = { workspaceId: caller.workspaceId, message: id };
      const done = await readUnreadAgain(manageContext(context, caller), of);
      if (done.status === "ok") return noContent(reply);
      throw done.code === "no_such_message" ? notFound() : refusal(done);
    },
  );
  app.post(
    "/v1/unread-messages/:id/put-aside",
    {
      schema: {
        summary: "It needs no doing; say why",
        tags,
        params: ofMessage,
        body: z.strictObject({ why: text(500) }),
        response: { 204: z.null(), ...problems },
      },
    },
    async ({ caller, params: { id }, body: { why } }, reply) => {
      const of = { workspaceId: caller.workspaceId, message: id };
      const done = await putUnreadAside(manageContext(context, caller), of, why);
      if (done.status === "ok") return noContent(reply);
      throw done.code === "no_such_message" ? notFound() : refusal(done);
    },
  );
}
