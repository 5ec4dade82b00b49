import { createHash } from "node:crypto";
import { attachmentTypes, isOfType, isTextType, mostAttachments, type AttachmentType } from "#domain/attachment.ts";
import { maskCardsIn } from "#domain/card-mask.ts";
import { publicId, type Id } from "#domain/ids.ts";
import { ok, refuse } from "#domain/result.ts";
import { insertAttachment, listAttachments, removeAttachment, type Attachment } from "#store/attachment.ts";
import { eraseNote, insertNote, type Note } from "#store/note.ts";
import type { Engine } from "../context.ts";
import { changeOrder, type OnOrder, type OrderResult, type Who } from "./change-order.ts";

/** NF-1. Its text lies apart from the trail, because it may name the buyer; the trail says that it was written, and by whom. */
export const addNote = (
  engine: Engine,
  who: Who,
  on: OnOrder,
  { text }: { text: string },
): OrderResult<{ note: Omit<Note, "erasedAt"> }> =>
  changeOrder(engine, who, on, {
    decide: async (draft, tx) => {
      const note = {
        workspaceId: who.workspaceId,
        id: draft.nextId<"note">() as Id<"note">,
        publicId: draft.nextUuid(),
        orderId: draft.order.id,
        text,
        author: who.actor,
        at: draft.now,
      };
      draft.event("note_added", "order", draft.order.id, { note: publicId("note", note.publicId) });
      await insertNote(tx, note);
      return ok({ note });
    },
  });

export const removeNote = (engine: Engine, who: Who, on: OnOrder, note: string): OrderResult =>
  changeOrder(engine, who, on, {
    decide: async (draft, tx) => {
      if (!(await eraseNote(tx, who.workspaceId, draft.order.id, note, draft.now)))
        return refuse("no_such_note", "There is no such note on this order any more.");
      draft.event("note_removed", "order", draft.order.id, { note: publicId("note", note) });
      return ok({});
    },
  });

/** NF-2, NF-3. A file whose bytes are what it says it is. Card numbers in text are blanked out, as everywhere. */
export const addAttachment = (
  engine: Engine,
  who: Who,
  on: OnOrder,
  file: { name: string; mediaType: AttachmentType; bytes: Uint8Array },
): OrderResult<{ attachment: Attachment }> =>
  changeOrder(engine, who, on, {
    decide: async (draft, tx) => {
      const { name, mediaType } = file;
      if (file.bytes.length === 0) return refuse("file_missing", "The file is empty.");
      if (!isOfType(file.bytes, mediaType))
        return refuse(
          "file_invalid",
          `What was sent is no ${mediaType}. Allowed are ${attachmentTypes.join(", ")}, each sent as what it is.`,
        );
      if ((await listAttachments(tx, who.workspaceId, draft.order.id)).length >= mostAttachments)
        return refuse(
          "too_many_files",
          `An order has at most ${mostAttachments} files. Remove one that is not needed.`,
        );
      const bytes = isTextType(mediaType)
        ? new TextEncoder().encode(maskCardsIn(new TextDecoder().decode(file.bytes)))
        : file.bytes;
      const attachment: Attachment = {
        workspaceId: who.workspaceId,
        id: draft.nextId<"attachment">() as Id<"attachment">,
        publicId: draft.nextUuid(),
        orderId: draft.order.id,
        name,
        mediaType,
        size: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
        author: who.actor,
        at: draft.now,
      };
      const { publicId: uuid, size, sha256 } = attachment;
      const data = { attachment: publicId("attachment", uuid), mediaType, size, sha256 };
      draft.event("attachment_added", "order", draft.order.id, data);
      await insertAttachment(tx, { ...attachment, bytes });
      return ok({ attachment });
    },
  });

export const dropAttachment = (engine: Engine, who: Who, on: OnOrder, uuid: string): OrderResult =>
  changeOrder(engine, who, on, {
    decide: async (draft, tx) => {
      const found = (await listAttachments(tx, who.workspaceId, draft.order.id)).find((each) => each.publicId === uuid);
      if (found === undefined) return refuse("no_such_attachment", "There is no such file on this order any more.");
      await removeAttachment(tx, found, { actor: who.actor, at: draft.now });
      draft.event("attachment_removed", "order", draft.order.id, { attachment: publicId("attachment", uuid) });
      return ok({});
    },
  });
