import type { Address } from "#domain/address.ts";
import type { DecimalText } from "#domain/money.ts";
import type { PaceName } from "./pace.ts";
import type { Profile, SupplierFault } from "./profile.ts";
import type { ShopOrder } from "./shop/order.ts";
import type { BuyerCancellation, Purchase } from "./suppliers/purchase.ts";

/**
 * Everything that ever happens in the pretend world, one line of its log each; the world's state is nothing but these, added up (SB-4).
 * `at` is in milliseconds since 1970 (UTC). What only follows from time passing (a parcel moving, a number being told) is no event: it is
 * part of the purchase's own plan.
 */
export type WorldEvent = { at: number } & (
  | { type: "founded"; seed: string; settings: WorldSettings; profile: Profile }
  | { type: "started"; settings: WorldSettings }
  | { type: "shop_opened" }
  | { type: "profile_set"; profile: Profile }
  | { type: "order_bought"; order: ShopOrder; wasArrival: boolean }
  /** `planNo`: which of the buyer's plans this carries out; null where it is nobody's plan (the seller, or a person through /admin). */
  | { type: "order_changed"; orderId: string; planNo: number | null; change: OrderChange }
  /** Where the shop sends its webhooks, and what it signs them with; null: nowhere. */
  | { type: "webhook_set"; webhook: { url: string; secret: string } | null }
  | { type: "plan_dropped"; orderId: string; planNo: number; because: string }
  | { type: "fulfilment_told"; orderId: string; fulfilment: Fulfilment }
  | {
      type: "cancellation_told";
      orderId: string;
      reference: string;
      outcome: "cancelled" | "refused";
      lines: LineQuantity[];
    }
  | PlaceCalled
  | { type: "purchase_cancelled"; supplier: string; supplierOrderId: string; cancelled: BuyerCancellation }
  | { type: "cancel_refused"; supplier: string; supplierOrderId: string; because: string }
  | { type: "price_set"; supplier: string; sku: string; unitPrice: DecimalText }
  | { type: "stock_set"; supplier: string; sku: string; onHand: number }
  | { type: "restocked"; supplier: string; sku: string; onHand: number }
  | { type: "label_made"; reference: string; carrier: string; trackingNumber: string; steps: ParcelStep[] }
);

/** One call that could have bought something: whether it did, and what its caller got to see. */
export interface PlaceCalled {
  type: "place_called";
  at: number;
  supplier: string;
  reference: string;
  idempotencyKey: string | null;
  requestHash: string;
  /** Which transport fault struck; null: the caller got the answer. */
  fault: SupplierFault | null;
  outcome: "bought" | "refused" | "repeated" | "nothing";
  purchase: Purchase | null;
  /** What was, or would have been, answered. */
  answer: { status: number; body: Record<string, unknown> };
}

export interface WorldSettings {
  /** Divides every duration of the world. */
  speed: number;
  pace: PaceName;
  /** Orders bought right after the shop opened, spread over `burstMs` (not divided by the speed). */
  ordersAtStart: number;
  burstMs: number;
  /** Arrivals by the real clock: the first `busyMs` after a start, and afterwards. */
  ordersPerMinute: number;
  busyMs: number;
  quietOrdersPerMinute: number;
  /** Orders that the shop already had before anybody connected it. */
  historyDays: number;
  historyOrdersPerDay: number;
  /** `first_read`: the shop opens when its feed is first read, so that nobody's first sync swallows the show. */
  opens: "at_start" | "first_read";
}

/** What can happen to an order after it was bought. Each but `cancel_asked` makes a new version of it. */
export type OrderChange =
  | { type: "paid" }
  | { type: "address"; address: Address }
  | { type: "cancelled"; by: "buyer" | "seller"; lines: LineQuantity[] }
  | { type: "cancel_asked" }
  | { type: "cancel_refused" }
  | { type: "fulfilled"; lines: LineQuantity[] };
export interface LineQuantity {
  lineId: string;
  quantity: number;
}

/** What the seller told the shop about one shipment. */
export interface Fulfilment {
  id: string;
  reference: string;
  revision: number;
  carrier: string;
  trackingNumber: string;
  shippedAt: string;
  lines: LineQuantity[];
}

export interface ParcelStep {
  at: number;
  state: "announced" | "in_transit" | "out_for_delivery" | "delivered" | "stalled" | "returning";
}
