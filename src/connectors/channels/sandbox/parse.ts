import { z } from "zod";
import { payments, type ChannelOrder } from "#domain/channel-order.ts";
import type { ParsedMessage, RawMessage } from "#connectors/ports.ts";
import { decimalText, instant, readJson } from "#connectors/sandbox/call.ts";

/** One message of the pretend shop's feed, as saved. What it does not say stays null; what cannot be read is `unparsable` with the field. */
export function parseMessage({ text }: RawMessage): ParsedMessage {
  const json = readJson(text);
  if (json === undefined) return { type: "unparsable", problem: "The message is not JSON." };
  const read = message.safeParse(json);
  return read.success ? read.data : { type: "unparsable", problem: z.prettifyError(read.error) };
}

/** As people typed it, in one normal form and without blanks around it. */
const text = z.string().transform((value) => value.normalize("NFC").trim());
const id = z.string().min(1).max(200);

const order = z
  .object({
    id,
    number: text,
    boughtAt: instant,
    updatedAt: instant,
    currency: z.string().length(3),
    payment: z.enum(payments),
    paidAt: instant.nullable(),
    cancelledAt: instant.nullable(),
    customer: z.object({ id, email: text }),
    shippingAddress: z.object({
      name: text,
      company: text,
      line1: text,
      line2: text,
      city: text,
      region: text,
      postcode: text,
      country: text,
      phone: text,
    }),
    shippingRate: text,
    shippingPaid: decimalText,
    total: decimalText,
    risk: z.enum(["none", "high"]),
    lines: z
      .array(
        z.object({
          id,
          sku: text,
          title: text,
          quantity: z.int().min(1).max(1_000_000),
          cancelled: z.int().min(0),
          fulfilled: z.int().min(0),
          price: decimalText,
          kind: z.enum(["goods", "download"]),
        }),
      )
      .min(1),
  })
  .transform((given): ChannelOrder => ({
    channelOrderId: given.id,
    number: given.number,
    orderedAt: given.boughtAt,
    updatedAt: given.updatedAt,
    currency: given.currency,
    payment: given.payment,
    paidAt: given.paidAt,
    cancelledAt: given.cancelledAt,
    buyerId: given.customer.id,
    shipTo: { ...given.shippingAddress, email: given.customer.email },
    shippingMethod: given.shippingRate,
    shipBy: null,
    note: null,
    shippingPaid: given.shippingPaid,
    total: given.total,
    risk: given.risk,
    lines: given.lines.map((line) => ({
      channelLineId: line.id,
      sku: line.sku,
      title: line.title,
      quantity: line.quantity,
      cancelled: line.cancelled,
      fulfilled: line.fulfilled,
      unitPrice: line.price,
      kind: line.kind,
      fulfilledBy: line.kind === "goods" ? "us" : "nobody",
    })),
  }));

const message = z.discriminatedUnion("type", [
  z.object({ type: z.literal("order"), order }).transform((given): ParsedMessage => given),
  z
    .object({
      type: z.literal("cancellation"),
      orderId: id,
      asked: z.enum(["by_buyer", "by_channel"]),
      lines: z.union([z.literal("all"), z.array(z.object({ lineId: id, quantity: z.int().min(1) }))]),
      at: instant,
    })
    .transform(({ orderId, asked, lines, at }): ParsedMessage => ({
      type: "cancellation",
      channelOrderId: orderId,
      asked,
      lines: lines === "all" ? "all" : lines.map(({ lineId, quantity }) => ({ channelLineId: lineId, quantity })),
      at,
    })),
]);
