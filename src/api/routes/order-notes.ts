import { z } from "zod";
import { attachmentTypes, mostAttachmentBytes, mostAttachments, type AttachmentType } from "#domain/attachment.ts";
import { publicId, type OrderId, type WorkspaceId } from "#domain/ids.ts";
import { addAttachment, addNote, dropAttachment, removeNote } from "#engine/actions/notes.ts";
import { assigning, snoozing } from "#engine/actions/hold-care.ts";
import { changeOrder } from "#engine/actions/change-order.ts";
import { reasonOf } from "#domain/reasons.ts";
import { listAttachments, readBytes, type Attachment } from "#store/attachment.ts";
import { listNotes, type Note } from "#store/note.ts";
import { attentionGroups, mostLooked } from "#store/read/attention.ts";
import { findOrderId } from "#store/read/order.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { FastifyError, FastifyReply } from "fastify";
import { Actor, nameActors } from "../actors.ts";
import { callerMay } from "../caller.ts";
import type { Api, ApiContext } from "../context.ts";
import { noMember } from "./jobs.ts";
import { noteRead } from "../personal.ts";
import { invalid } from "../invalid.ts";
import { notFound, Problem } from "../problem.ts";
import { act, actOnOrder, asDownload, OrderState } from "../route.ts";
import { idOf, instant, Money, money, problems, ReasonCodeSchema, text, time, timeOrNull } from "../schemas.ts";

const tags = ["Notes, files and care"];
const onOrder = z.strictObject({ id: idOf("order") });
const onHold = onOrder.extend({ hold: idOf("hold") });
const answer = { 200: z.object({ order: OrderState }), ...problems };

const NoteDetail = z
  .object({ id: z.string(), text: z.string(), erased: z.boolean(), author: Actor, at: z.string() })
  .meta({ id: "OrderNote" });
const AttachmentDetail = z
  .object({
    id: z.string(),
    name: z.string(),
    media_type: z.string(),
    size: z.int(),
    sha256: z.string(),
    author: Actor,
    at: z.string(),
  })
  .meta({ id: "Attachment" });
const Group = z
  .object({
    code: ReasonCodeSchema,
    title: z.string(),
    next: z.string(),
    group: z.string(),
    acts: z.string(),
    orders: z.int(),
    or_more: z.boolean(),
    oldest: z.string(),
    ship_by: z.string().nullable(),
    at_stake: z.array(Money),
    /** The search words that list these orders. */
    words: z.string(),
  })
  .meta({ id: "AttentionGroup" });

/** NF and HC rules. What people write and lay down beside an order, and who looks after what stops it. */
export function orderNoteRoutes(app: Api, context: ApiContext): void {
  const { db, engine, clock } = context;

  const orderOf = async (workspaceId: WorkspaceId, uuid: string): Promise<OrderId> => {
    const found = await inWorkspace(db.api, workspaceId, (tx) => findOrderId(tx, workspaceId, uuid));
    if (found === undefined) throw notFound();
    return found;
  };

  app.get(
    "/v1/orders/:id/notes",
    {
      schema: {
        summary: "Notes on an order, oldest first",
        tags,
        params: onOrder,
        response: { 200: z.object({ notes: z.array(NoteDetail) }), ...problems },
      },
    },
    async ({ caller: { workspaceId }, params }) => {
      const orderId = await orderOf(workspaceId, params.id);
      const notes = await inWorkspace(db.api, workspaceId, (tx) => listNotes(tx, workspaceId, orderId));
      const name = await nameActors(
        context,
        workspaceId,
        notes.map(({ author }) => author),
      );
      return { notes: notes.map((note) => noteOf(note, name(note.author))) };
    },
  );

  app.post(
    "/v1/orders/:id/notes",
    {
      schema: {
        summary: "Write a note",
        tags,
        params: onOrder,
        body: z.strictObject({ text: z.string().normalize("NFC").trim().min(1).max(5000) }),
        response: { 201: NoteDetail, ...problems },
      },
    },
    async (request, reply) => {
      const { caller, params, body } = request;
      const name = await nameActors(context, caller.workspaceId, [caller.actor]);
      return act(
        context,
        request,
        reply,
        (who) => addNote(engine, who, { order: params.id }, body),
        ({ note }) => ({ status: 201, body: noteOf({ ...note, erasedAt: null }, name(note.author)) }),
      );
    },
  );

  app.delete(
    "/v1/orders/:id/notes/:note",
    {
      schema: {
        summary: "Remove a note; that it was written stays in the trail",
        tags,
        params: onOrder.extend({ note: idOf("note") }),
        response: answer,
      },
    },
    (request, reply) =>
      actOnOrder(context, request, reply, (who, ifVersion) =>
        removeNote(engine, who, { order: request.params.id, ...ifVersion }, request.params.note),
      ),
  );

  // ------------------------------------------------------------------ files

  app.get(
    "/v1/orders/:id/attachments",
    {
      schema: {
        summary: "Files on an order, oldest first",
        tags,
        params: onOrder,
        response: { 200: z.object({ attachments: z.array(AttachmentDetail) }), ...problems },
      },
    },
    async ({ caller: { workspaceId }, params }) => {
      const orderId = await orderOf(workspaceId, params.id);
      const files = await inWorkspace(db.api, workspaceId, (tx) => listAttachments(tx, workspaceId, orderId));
      const name = await nameActors(
        context,
        workspaceId,
        files.map(({ author }) => author),
      );
      return { attachments: files.map((file) => attachmentOf(file, name(file.author))) };
    },
  );

  const onFile = onOrder.extend({ attachment: idOf("attachment") });
  app.get(
    "/v1/orders/:id/attachments/:attachment",
    {
      schema: {
        summary: "Download a file",
        description: "Always as a download, never shown by the browser. Files are not checked for viruses.",
        tags,
        produces: ["application/octet-stream"],
        params: onFile,
        response: { 200: z.string().meta({ description: "The file's bytes" }), ...problems },
      },
    },
    async ({ caller, params }, reply) => {
      const { workspaceId } = caller;
      const orderId = await orderOf(workspaceId, params.id);
      const found = await inWorkspace(db.api, workspaceId, async (tx) => {
        const files = await listAttachments(tx, workspaceId, orderId);
        const file = files.find((each) => each.publicId === params.attachment);
        const bytes = file === undefined ? undefined : await readBytes(tx, file);
        return file === undefined || bytes === undefined ? null : { file, bytes };
      });
      if (found === null) throw notFound();
      await noteRead(context, caller, "attachment", { id: orderId, publicId: params.id });
      void reply
        .type(found.file.mediaType)
        .header("content-disposition", asDownload(found.file.name))
        .header("content-security-policy", "default-src 'none'; sandbox")
        .header("cache-control", "private, no-store");
      return (reply as FastifyReply).send(Buffer.from(found.bytes)) as never;
    },
  );

  app.delete(
    "/v1/orders/:id/attachments/:attachment",
    { schema: { summary: "Remove a file", tags, params: onFile, response: answer } },
    (request, reply) =>
      actOnOrder(context, request, reply, (who, ifVersion) =>
        dropAttachment(engine, who, { order: request.params.id, ...ifVersion }, request.params.attachment),
      ),
  );

  void app.register((files: Api) => {
    files.addContentTypeParser(
      [...attachmentTypes],
      { parseAs: "buffer", bodyLimit: mostAttachmentBytes },
      (_request: unknown, body: Buffer) => Promise.resolve(body),
    );
    files.setErrorHandler((error: FastifyError) => {
      throw ofUpload(error);
    });
    files.post(
      "/v1/orders/:id/attachments",
      {
        schema: {
          summary: "Lay a file down with an order",
          description: `The body is the file itself, with its own Content-Type: ${attachmentTypes.join(", ")}; at most ${mostAttachmentBytes / 1024 / 1024} MB, and ${mostAttachments} files an order.`,
          tags,
          consumes: [...attachmentTypes],
          params: onOrder,
          querystring: z.strictObject({ name: text(200).regex(/^[^/\\]+$/, "a file name without its folders") }),
          body: z.any().meta({ description: "The file's bytes" }),
          response: { 201: AttachmentDetail, ...problems },
        },
      },
      async (request, reply) => {
        const { caller, params, query } = request;
        await orderOf(caller.workspaceId, params.id);
        const bytes: unknown = request.body;
        if (!Buffer.isBuffer(bytes))
          throw invalid([{ field: "header.content-type", found: "no file", expected: attachmentTypes.join(", ") }]);
        const mediaType = (request.headers["content-type"] ?? "").split(";", 1)[0]!.trim().toLowerCase();
        const name = await nameActors(context, caller.workspaceId, [caller.actor]);
        return act(
          context,
          request,
          reply,
          (who) =>
            addAttachment(
              engine,
              who,
              { order: params.id },
              { name: query.name, mediaType: mediaType as AttachmentType, bytes },
            ),
          ({ attachment }) => ({ status: 201, body: attachmentOf(attachment, name(attachment.author)) }),
        );
      },
    );
    return Promise.resolve();
  });

  // ------------------------------------------------------------------ who looks after what stops an order

  app.post(
    "/v1/orders/:id/holds/:hold/assign",
    {
      schema: {
        summary: "Say who looks after a hold; null: nobody any more",
        tags,
        params: onHold,
        body: z.strictObject({ to: idOf("user").nullable() }),
        response: answer,
      },
    },
    async (request, reply) => {
      const { params, body, caller } = request;
      await orderOf(caller.workspaceId, params.id);
      return actOnOrder(context, request, reply, async (who, ifVersion) => {
        const stranger = body.to === null ? null : await noMember(context, who.workspaceId, body.to);
        if (stranger !== null) return stranger;
        return changeOrder(engine, who, { order: params.id, ...ifVersion }, assigning(body.to, { hold: params.hold }));
      });
    },
  );

  app.post(
    "/v1/orders/:id/holds/:hold/snooze",
    {
      schema: {
        summary: "Put a hold away until a time; null: see it now",
        tags,
        params: onHold,
        body: z.strictObject({ until: instant.nullable() }),
        response: answer,
      },
    },
    (request, reply) =>
      actOnOrder(context, request, reply, (who, ifVersion) => {
        const { params, body } = request;
        const until = body.until === null ? null : new Date(body.until);
        return changeOrder(engine, who, { order: params.id, ...ifVersion }, snoozing(until, { hold: params.hold }));
      }),
  );

  app.get(
    "/v1/attention",
    {
      schema: {
        summary: "What stops orders, by reason, most important first",
        description: `Of each reason the oldest ${mostLooked} holds are looked at. What is snoozed is left out unless asked for.`,
        tags,
        querystring: z.strictObject({
          owner: z
            .union([z.enum(["anyone", "me", "none"]), idOf("user")])
            .default("anyone")
            .meta({ description: "anyone, me, none (nobody looks after it), or a member's id" }),
          snoozed: z.enum(["true", "false"]).default("false"),
        }),
        response: {
          200: z.object({
            /** Of all groups; one in two of them counts once. */
            orders: z.int(),
            or_more: z.boolean(),
            groups: z.array(Group),
          }),
          ...problems,
        },
      },
    },
    async ({ caller, query }) => {
      const { workspaceId } = caller;
      const owner = query.owner === "me" ? (caller.signedIn?.user.id ?? "") : query.owner;
      if (owner === "")
        throw invalid([{ field: "query.owner", found: "me", expected: "a signed-in person; a key owns nothing" }]);
      const snoozed = query.snoozed === "true";
      const { groups, orders } = await inWorkspace(db.api, workspaceId, (tx) =>
        attentionGroups(tx, workspaceId, { owner: owner === "anyone" ? null : owner, snoozed, at: clock.now() }),
      );
      const ownerWord = query.owner === "anyone" ? "" : ` owner:${ownerOf(query.owner)}`;
      const seesMoney = callerMay(caller, "money.read");
      return {
        orders,
        or_more: groups.some(({ orMore }) => orMore),
        groups: groups.map((each) => {
          const { title, next, group, acts } = reasonOf(each.code);
          return {
            code: each.code,
            title,
            next,
            group,
            acts,
            orders: Math.min(each.orders, mostLooked),
            or_more: each.orMore,
            oldest: time(each.oldest),
            ship_by: timeOrNull(each.shipBy),
            at_stake: seesMoney ? each.atStake.map(money) : [],
            words: `reason:${each.code}${ownerWord} is:${snoozed ? "snoozed" : "awake"}`,
          };
        }),
      };
    },
  );
}

const ownerOf = (owner: string): string => (owner === "me" || owner === "none" ? owner : publicId("user", owner));

const noteOf = (note: Note, author: Actor): z.output<typeof NoteDetail> => ({
  id: publicId("note", note.publicId),
  text: note.text,
  erased: note.erasedAt !== null,
  author,
  at: time(note.at),
});
const attachmentOf = (file: Attachment, author: Actor): z.output<typeof AttachmentDetail> => ({
  id: publicId("attachment", file.publicId),
  name: file.name,
  media_type: file.mediaType,
  size: file.size,
  sha256: file.sha256,
  author,
  at: time(file.at),
});

function ofUpload(error: FastifyError | Problem): Error {
  if (error instanceof Problem) return error;
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new Problem({
      status: 413,
      code: "body_too_large",
      detail: `A file on an order has at most ${mostAttachmentBytes / 1024 / 1024} MB.`,
      next: "Send a smaller file, such as a picture of lower resolution.",
    });
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE")
    return new Problem({
      status: 415,
      code: "media_type",
      detail: "This kind of file cannot be laid down with an order.",
      next: `Send the file itself with its own Content-Type: ${attachmentTypes.join(", ")}.`,
    });
  return error;
}
