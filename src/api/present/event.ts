import { z } from "zod";
import { headlines, type Headline } from "#domain/lifecycle.ts";
import { reasons, type ReasonCode } from "#domain/reasons.ts";
import type { EventLine } from "#store/read/events.ts";
import { Actor } from "../actors.ts";
import { time } from "../schemas.ts";

export const OrderEvent = z
  .object({
    seq: z.int(),
    at: z.string(),
    kind: z.string(),
    subject: z.string(),
    /** The public id of what it is about, where it has one; the line's number for a line. */
    subject_id: z.string().nullable(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    actor: z.string(),
    by: Actor,
    text: z.string(),
    /** What the note says that was written then; null: no note, or it was removed. */
    note: z.string().nullable(),
    data: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: "OrderEvent" });

/** Public ids by `subject/inner id`. */
export type PublicIds = ReadonlyMap<string, string>;

export const presentEvent = (
  event: EventLine,
  ids: PublicIds,
  name: (actor: string) => Actor,
  notes: ReadonlyMap<string, string> = new Map(),
): z.output<typeof OrderEvent> => ({
  seq: event.seq,
  at: time(event.at),
  kind: event.kind,
  subject: event.subject,
  subject_id: event.subject === "line" ? event.subjectId : (ids.get(`${event.subject}/${event.subjectId}`) ?? null),
  from: event.fromState,
  to: event.toState,
  actor: event.actor,
  by: name(event.actor),
  text: eventText(event),
  note: event.kind === "note_added" ? (notes.get(textOf(event.data, "note")) ?? null) : null,
  data: event.data === null ? null : (withPublicIds(event.data, ids) as Record<string, unknown>),
});

/** Which inner id a field of an event's data holds. */
const idFields: Readonly<Record<string, readonly string[]>> = {
  supplier: ["supplier"],
  fulfillmentOrder: ["fulfillment_order"],
  replaces: ["fulfillment_order"],
  on: ["fulfillment_order"],
  onId: ["fulfillment_order", "shipment", "order"],
  attempt: ["attempt"],
  writeBack: ["write_back"],
  cancellation: ["cancellation"],
  account: ["account"],
};

/** Inner ids do not leave: they become public ones, or nothing where the thing has none. */
function withPublicIds(value: unknown, ids: PublicIds, field = ""): unknown {
  if (Array.isArray(value)) return value.map((each) => withPublicIds(each, ids, field));
  if (typeof value === "object" && value !== null) {
    const isOnLine = (value as { on?: unknown }).on === "line"; // then its id is the line's number
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [
        name,
        isOnLine && name === "onId" ? each : withPublicIds(each, ids, name),
      ]),
    );
  }
  const kinds = idFields[field];
  if (kinds === undefined || typeof value !== "string" || !/^\d+$/.test(value)) return value;
  return kinds.map((kind) => ids.get(`${kind}/${value}`)).find((found) => found !== undefined) ?? null;
}

const textOf = (data: EventLine["data"], name: string, absent = ""): string => {
  const value = data?.[name];
  return typeof value === "string" ? value : absent;
};
const words = (code: string): string => code.replaceAll("_", " ");
const state = (code: string | null): string => words(code ?? "nothing");
const isReason = (code: unknown): code is ReasonCode => typeof code === "string" && code in reasons;
const isHeadline = (code: string): code is Headline => code in headlines;

/** One event as a sentence for the timeline. Total: a kind it does not know is shown by its name and states. */
export function eventText({ kind, subject, fromState, toState, data }: EventLine): string {
  const code = data?.["code"];
  const reason = isReason(code) ? reasons[code].title : words(textOf(data, "code"));
  const thing = words(subject);
  switch (kind) {
    case "received":
      return `Order received (${words(textOf(data, "origin", "channel"))})`;
    case "headline":
      return toState !== null && isHeadline(toState)
        ? `Shown as: ${headlines[toState].title}`
        : `Shown as: ${state(toState)}`;
    case "hold_opened":
      return `Held: ${reason}`;
    case "hold_closed":
      return `No longer held: ${reason}`;
    case "hold_assigned":
      return data?.["owner"] === null
        ? `Nobody looks after it any more: ${reason}`
        : `Somebody looks after it: ${reason}`;
    case "hold_snoozed":
      return data?.["until"] === null ? `Seen again: ${reason}` : `Snoozed: ${reason}`;
    case "note_added":
      return "Note";
    case "attachment_added":
      return "File added";
    case "attachment_removed":
      return "File removed";
    case "moved":
      return `Fulfillment order: ${state(fromState)} → ${state(toState)}`;
    case "attempt_armed":
      return "Placing: the attempt was written down";
    case "attempt_closed":
      return `Placing: ${state(toState)}`;
    case "added":
      return subject === "parcel"
        ? `Parcel ${textOf(data, "trackingNumber", "")} (${textOf(data, "carrier", "")})`
        : `New ${thing}`;
    case "parcel_moved":
      return `Parcel: ${state(toState)}`;
    case "channel_told":
      return "The channel knows of it";
    case "write_back_moved":
      return `Telling the channel: ${state(toState)}`;
    case "write_back_added":
      return "The channel is to be told";
    case "cancellation_opened":
      return `Cancellation asked by ${words(textOf(data, "askedBy", "somebody"))}`;
    case "cancellation_moved":
      return `Cancellation: ${state(toState)}`;
    default: {
      const moved = fromState === null && toState === null ? "" : `: ${state(fromState)} → ${state(toState)}`;
      const name = words(kind);
      return `${name.charAt(0).toUpperCase()}${name.slice(1)}${subject === "order" ? "" : ` (${thing})`}${moved}`;
    }
  }
}
