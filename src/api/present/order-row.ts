import { z } from "zod";
import { publicId } from "#domain/ids.ts";
import { orderActions } from "#domain/actions.ts";
import {
  headlines,
  headlineOrder,
  shippingOf,
  shippingSteps,
  sourcingOf,
  type ShippingStep,
} from "#domain/lifecycle.ts";
import { reasonOf } from "#domain/reasons.ts";
import { moneyOfSums } from "#domain/order-money.ts";
import type { Role } from "#domain/role.ts";
import type { WorkspaceSettings } from "#domain/settings.ts";
import type { ListedOrder } from "#store/read/order-list.ts";
import { actionsOf, HeadlineCode, Money, money, ReasonCodeSchema, time, timeOrNull } from "../schemas.ts";

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
const shippingCodes = Object.keys(shippingSteps) as [ShippingStep, ...ShippingStep[]];
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
    /** How far getting the goods is, and how much has left: two axes of the headline. */
    sourcing: z.object({ code: z.enum([...headlineOrder, "sourced"]), title: z.string(), hint: z.string() }),
    shipping: z.object({ code: z.enum(shippingCodes), title: z.string(), hint: z.string() }),
    /** Its first line, and how many lines it has; null: it has none. */
    items: z.object({ sku: z.string(), title: z.string(), quantity: z.int(), lines: z.int() }).nullable(),
    parts: z.array(Part),
    placed_by: PlacedBy,
    payment: z.string(),
    total: Money.nullable(),
    /** What it brings, as its own page says; null: not known yet, or not for your role. */
    profit: Money.nullable(),
    profit_unknown_because: z.string().nullable(),
    country: z.string(),
    ordered_at: z.string().nullable(),
    received_at: z.string(),
    ship_by: z.string().nullable(),
    /** When the buffer of its first waiting part ends: the countdown. */
    leaves_buffer_at: z.string().nullable(),
    /** What you may do to it now, and why not. */
    actions: actionsOf(["release", "hold", "unhold", "edit", "cancel"] as const),
    version: z.int(),
  })
  .meta({ id: "OrderRow" });

type Rates = Pick<WorkspaceSettings, "currency" | "rates">;

/** One row of the list of orders; the command line's JSON is the same. No personal data. `rates`: the workspace's; null: the reader sees no money. */
export function presentOrderRow(
  order: ListedOrder,
  { role, rates }: { role: Role; rates: Rates | null },
): z.output<typeof OrderRow> {
  const seesMoney = rates !== null;
  const brings = rates === null || order.sums === null ? null : moneyOfSums({ order, ...order.sums }, rates);
  const waiting = order.parts
    .filter((part) => part.state === "waiting" && part.placeAfter !== null)
    .map((part) => part.placeAfter!.getTime());
  // A gift wrapping, a voucher: completed at once, and nobody got or sent anything.
  const goods = order.parts.filter((part) => part.state !== "completed" || part.supplierPublicId !== null);
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
    sourcing: sourcingOf(goods.map((part) => part.headline)),
    shipping: shippingStep(shippingOf(goods.map((part) => part.state))),
    items: order.items,
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
    profit: brings === null || brings.profit === null ? null : money(brings.profit),
    profit_unknown_because: brings?.profitUnknownBecause ?? null,
    country: order.country,
    ordered_at: timeOrNull(order.orderedAt),
    received_at: time(order.receivedAt),
    ship_by: timeOrNull(order.shipBy),
    leaves_buffer_at: waiting.length === 0 ? null : new Date(Math.min(...waiting)).toISOString(),
    actions: orderActions({ dossier: { holds: order.holds, fulfillmentOrders: order.parts }, role }),
    version: order.version,
  };
}

const shippingStep = (code: ShippingStep) => ({ code, ...shippingSteps[code] });

/** By whom the parts were placed, as one fact. */
export function placedBy(parts: readonly ("machine" | "person" | null)[]): "machine" | "person" | "both" | null {
  const who = new Set(parts.filter((part) => part !== null));
  if (who.size === 2) return "both";
  return [...who][0] ?? null;
}
