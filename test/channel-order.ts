import { emptyAddress } from "#domain/address.ts";
import type { ChannelOrder, ChannelOrderLine } from "#domain/channel-order.ts";

/** What a channel may say, for tests: say only what matters, the rest is a paid order of two mugs. */
export const aChannelOrder = (id: string, at: Date, change: Partial<ChannelOrder> = {}): ChannelOrder => ({
  channelOrderId: id,
  number: `#${id}`,
  orderedAt: at,
  updatedAt: at,
  currency: "EUR",
  payment: "paid",
  paidAt: at,
  cancelledAt: null,
  buyerId: `buyer-${id}`,
  shipTo: {
    ...emptyAddress,
    name: "Mia Kowalska",
    line1: "Hafenstr. 5",
    city: "Hamburg",
    postcode: "20095",
    country: "DE",
    email: `${id}@example.com`,
  },
  shippingMethod: null,
  shipBy: null,
  note: null,
  shippingPaid: null,
  total: "20.00",
  risk: "none",
  lines: [aChannelLine("MUG", 2)],
  ...change,
});

export const aChannelLine = (sku: string, quantity = 1, channelLineId = "1"): ChannelOrderLine => ({
  channelLineId,
  sku,
  title: sku,
  quantity,
  cancelled: 0,
  fulfilled: 0,
  unitPrice: "10.00",
  kind: "goods",
  fulfilledBy: "us",
});
