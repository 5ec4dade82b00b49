import { z } from "zod";
import { publicId } from "#domain/ids.ts";
import { headlines } from "#domain/lifecycle.ts";
import { reasonOf } from "#domain/reasons.ts";
import type { ListedOrder } from "#store/read/order-list.ts";
import { HeadlineCode, Money, money, ReasonCodeSchema, time, timeOrNull } from "../schemas.ts";

export const PlacedBy = z.enum(["machine", "person", "both"]).nullable();
const Part = z
  .object({
    id: z.string(),
    no: z.int(),
    state: z.string(),
    headline: HeadlineCode,
    title: z.string(),
    supplier: z.object({ id: z.string(), name: z.string() }).nullable(),
    placed_by: PlacedBy,
    place_after: z.string().nullable(),
    ship_by: z.string().nullable(),
  })
  .meta({ id: "OrderPart" });
export const OrderRow = z
  .object({
    id: z.string(),
    number: z.string(),
    channel: z.object({ id: z.string(), name: z.string(), kind: z.string() }),
    channel_order_id: z.string(),
    headline: HeadlineCode,
    title: z.string(),
    hint: z.string(),
    /** The most important open hold: since when, who looks after it, and until when it is snoozed. */
    reason: z
      .object({
        code: ReasonCodeSchema,
        title: z.string(),
        since: z.string(),
        owner: z.string().nullable(),
        snoozed_until: z.string().nullable(),
      })
      .nullable(),
    parts: z.array(Part),
    placed_by: PlacedBy,
    payment: z.string(),
    total: Money.nullable(),
    country: z.string(),
    ordered_at: z.string().nullable(),
    received_at: z.string(),
    ship_by: z.string().nullable(),
    /** When the buffer of its first waiting part ends: the countdown. */
    leaves_buffer_at: z.string().nullable(),
    version: z.int(),
  })
  .meta({ id: "OrderRow" });

/** One row of the list of orders; the command line's JSON is the same. No personal data. */
export function presentOrderRow(order: ListedOrder, seesMoney: boolean): z.output<typeof OrderRow> {
  const waiting = order.parts
    .filter((part) => part.state === "waiting" && part.placeAfter !== null)
    .map((part) => part.placeAfter!.getTime());
  return {
    id: publicId("order", order.publicId),
    number: order.number,
    channel: { id: publicId("channel", order.channelPublicId), name: order.channelName, kind: order.channelKind },
    channel_order_id: order.channelOrderId,
    headline: order.headline,
    title: headlines[order.headline].title,
    hint: headlines[order.headline].hint,
    reason:
      order.reason === null || order.reasonSince === null
        ? null
        : {
            code: order.reason,
            title: reasonOf(order.reason).title,
            since: time(order.reasonSince),
            owner: order.reasonOwner === null ? null : publicId("user", order.reasonOwner),
            snoozed_until: timeOrNull(order.reasonSnoozedUntil),
          },
    parts: order.parts.map((part) => ({
      id: publicId("fulfillmentOrder", part.publicId),
      no: part.no,
      state: part.state,
      headline: part.headline,
      title: headlines[part.headline].title,
      supplier:
        part.supplierPublicId === null || part.supplierName === null
          ? null
          : { id: publicId("supplier", part.supplierPublicId), name: part.supplierName },
      placed_by: part.placedBy,
      place_after: timeOrNull(part.placeAfter),
      ship_by: timeOrNull(part.shipBy),
    })),
    placed_by: placedBy(order.parts.map((part) => part.placedBy)),
    payment: order.payment,
    total: order.total === null || !seesMoney ? null : money({ amount: order.total, currency: order.currency }),
    country: order.country,
    ordered_at: timeOrNull(order.orderedAt),
    received_at: time(order.receivedAt),
    ship_by: timeOrNull(order.shipBy),
    leaves_buffer_at: waiting.length === 0 ? null : new Date(Math.min(...waiting)).toISOString(),
    version: order.version,
  };
}

/** By whom the parts were placed, as one fact. */
export function placedBy(parts: readonly ("machine" | "person" | null)[]): "machine" | "person" | "both" | null {
  const who = new Set(parts.filter((part) => part !== null));
  if (who.size === 2) return "both";
  return [...who][0] ?? null;
}
