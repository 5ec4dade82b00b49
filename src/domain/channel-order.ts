import type { Address } from "./address.ts";
import type { DecimalText } from "./money.ts";

/** What a channel says about one order: one version of it. The parser of each source gives exactly this, and nothing is invented: null where the source is silent. */
export interface ChannelOrder {
  /** The channel's own, exact; text always (ids with more than 15 digits exist). 1 to 200 characters. */
  channelOrderId: string;
  /** What people call it (#1001). The id where the source has no other. */
  number: string;
  /** The channel's order time; null where the source has none (such an order stands by). */
  orderedAt: Date | null;
  /** The channel's own instant of this version; null where it gives none, then the newest received wins. */
  updatedAt: Date | null;
  currency: string;
  payment: Payment;
  paidAt: Date | null;
  /** The channel states the whole order as cancelled. */
  cancelledAt: Date | null;
  /** The channel's name for the buyer (customer id), where it has one. */
  buyerId: string | null;
  /** null where the source brings no address at all (an export without address columns). */
  shipTo: Address | null;
  /** The rate name the buyer chose ("DHL Express"), as given. */
  shippingMethod: string | null;
  shipBy: Date | null;
  note: string | null;
  /** What the buyer paid for shipping and in all, in major units; null where not stated. */
  shippingPaid: DecimalText | null;
  total: DecimalText | null;
  /** The channel's own fraud verdict. */
  risk: "none" | "high";
  lines: ChannelOrderLine[];
}

/** `authorized` is good for placing only where the channel's settings say so. */
export type Payment = "pending" | "authorized" | "paid" | "refunded" | "voided";
export const payments = ["pending", "authorized", "paid", "refunded", "voided"] as const satisfies readonly Payment[];

export interface ChannelOrderLine {
  /** The channel's own line id, untouched for ever; (SKU, occurrence) as `sku:S#1` where the source has none. Unique in its order. */
  channelLineId: string;
  sku: string;
  title: string;
  /** Whole units the buyer bought, 1 to 1,000,000. */
  quantity: number;
  /** Of these, cancelled or refunded before shipping, by the channel's word. */
  cancelled: number;
  /** Of these, already fulfilled by the channel's word. */
  fulfilled: number;
  unitPrice: DecimalText;
  kind: LineKind;
  /** We, the channel itself (FBA and its like), or nobody (a fee, a download). */
  fulfilledBy: "us" | "channel" | "nobody";
}

export type LineKind = "goods" | "shipping" | "fee" | "discount" | "gift_card" | "download";
export const lineKinds = [
  "goods",
  "shipping",
  "fee",
  "discount",
  "gift_card",
  "download",
] as const satisfies readonly LineKind[];

/** How this version of the order came to us; decides whether it may go on by itself (AUTO rules). */
export type OrderOrigin = "live" | "first_sync" | "catch_up" | "file" | "by_hand";
