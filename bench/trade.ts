import type { Carrier, Channel, HttpRequest, HttpResponse, Outside, Supplier } from "#connectors/ports.ts";
import type { ChannelOrder } from "#domain/channel-order.ts";

/**
 * The trade of the benchmark: shops that sell, suppliers that answer at once, a carrier that has delivered. Everything about an order follows from its number, so every
 * process knows the same trade without being told, and nothing of it is kept.
 */
export const workspaceCount = 20;
/** Each shop sells the same goods. */
export const skuCount = 400;

/** How many orders a shop brings at a time, as a page of a real shop's feed holds. */
export const pageSize = 100;
/** So much time passes between two looks at a shop. */
export const readEveryMs = 1_000;

/** The orders of a run; another run of the same database begins behind them. They go round: order 0 is the first workspace's, order 1 the second's. */
export interface OrderRange {
  first: number;
  count: number;
}

/** How many pages the busiest shop has to bring. */
export const roundsOf = (range: OrderRange): number => Math.ceil(range.count / (pageSize * workspaceCount));
/** How far the clock goes on with each round of looking at the shops. */
export const readAheadMs = 1.5 * readEveryMs;
/** The first order of the run that a workspace (0 is the first) has. */
export const firstOrderOf = (workspace: number, range: OrderRange): number =>
  range.first + ((workspace - (range.first % workspaceCount) + workspaceCount) % workspaceCount);

// ------------------------------------------------------------------ what the shops say

const firstNames = ["Mia", "Noah", "Emma", "Liam", "Ada", "Jonas", "Lena", "Paul", "Ida", "Max", "Zoe", "Finn"];
const lastNames = [
  "Kowalska",
  "Schmidt",
  "Jensen",
  "Byron",
  "Moreau",
  "Rossi",
  "Novak",
  "Bakker",
  "Lindqvist",
  "Horvat",
];
const cities = [
  ["Hamburg", "20095"],
  ["Leipzig", "04109"],
  ["Bremen", "28195"],
  ["Dresden", "01067"],
  ["Kassel", "34117"],
] as const;

/** The same spread for the same number, without a pattern that the order of the orders would show. */
const mixed = (order: number, what: number): number => {
  let value = Math.imul(order + 1, 0x9e3779b1) ^ Math.imul(what + 1, 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
};
const pick = <T>(from: readonly T[], order: number, what: number): T => from[mixed(order, what) % from.length]!;

const skuOf = (order: number, line: number): number =>
  (mixed(order, 10) + line * (1 + (mixed(order, 11) % (skuCount - 1)))) % skuCount;
export const skuName = (sku: number): string => `SKU-${String(sku + 1).padStart(4, "0")}`;

export function orderOf(order: number, at: Date): ChannelOrder {
  const name = `${pick(firstNames, order, 1)} ${pick(lastNames, order, 2)}`;
  const [city, postcode] = pick(cities, order, 3);
  const lines = [0, 1].map((line) => ({
    channelLineId: `${order}-${line + 1}`,
    sku: skuName(skuOf(order, line)),
    title: `Everyday article ${skuOf(order, line) + 1}, boxed`,
    quantity: 1 + (mixed(order, 20 + line) % 3),
    cancelled: 0,
    fulfilled: 0,
    unitPrice: "19.90",
    kind: "goods" as const,
    fulfilledBy: "us" as const,
  }));
  return {
    channelOrderId: `gid-${String(order).padStart(10, "0")}`,
    number: `#${order + 1000}`,
    orderedAt: at,
    updatedAt: at,
    currency: "EUR",
    payment: "paid",
    paidAt: at,
    cancelledAt: null,
    buyerId: `customer-${order}`,
    shipTo: {
      name,
      company: "",
      line1: `Lindenallee ${1 + (mixed(order, 4) % 300)}`,
      line2: "",
      city,
      region: "",
      postcode,
      country: "DE",
      phone: `+4940${String(1_000_000 + (mixed(order, 5) % 9_000_000))}`,
      email: `${name.toLowerCase().replace(" ", ".")}.${order}@example.com`,
    },
    shippingMethod: "Standard",
    shipBy: new Date(at.getTime() + 3 * 86_400_000),
    note: null,
    shippingPaid: "4.90",
    total: (19.9 * lines.reduce((sum, line) => sum + line.quantity, 0) + 4.9).toFixed(2),
    risk: "none",
    lines,
  };
}

/** As the shop sends it and as it is kept raw. */
export const messageOf = (order: number, at: Date): { eventId: string; text: string } => ({
  eventId: `change-${order}`,
  text: JSON.stringify(orderOf(order, at)),
});

/** A well-meaning shop: what it sends is what a channel order is, so that only the engine's work is measured, not a parser's. */
function parseOrder(text: string): ChannelOrder {
  const said = JSON.parse(text) as ChannelOrder;
  const instant = (value: Date | null): Date | null => (value === null ? null : new Date(value));
  return {
    ...said,
    orderedAt: instant(said.orderedAt),
    updatedAt: instant(said.updatedAt),
    paidAt: instant(said.paidAt),
    shipBy: instant(said.shipBy),
  };
}

/** A shop's feed of the run's orders: a page at each look; the cursor is the next of them. It knows of every shipment what it was told last. */
export function shopOf(range: OrderRange, now: () => Date): Channel {
  const unused = (): never => {
    throw new Error("The benchmark's shop is not asked for this.");
  };
  return {
    manifest: { id: "bench", title: "Shop of the benchmark", settings: {} },
    identify: unused,
    async pull({ externalId }, cursor) {
      const begin = cursor === null ? firstOrderOf(Number(externalId.split("-")[1]), range) : Number(cursor);
      const raw = [];
      let next = begin;
      for (; next < range.first + range.count && raw.length < pageSize; next += workspaceCount)
        raw.push(messageOf(next, now()));
      return { status: "ok", raw, cursor: String(next), more: false };
    },
    parse: ({ text }) => ({ type: "order", order: parseOrder(text) }),
    writeBack: async (_context, batch) =>
      batch.map(({ reference }) => ({ status: "told", channelReference: `f-${reference}` })),
    readBack: async (_context, batch) =>
      batch.map(({ reference }) => ({
        status: "ok",
        knows: true,
        channelReference: `f-${reference}`,
        delivered: false,
      })),
    cancel: unused,
    list: unused,
  };
}

// ------------------------------------------------------------------ what the suppliers and the carrier say

/** Its number of an order is our reference, so that it has nothing to remember; a second purchase under one reference would be one order. */
export function supplierOf(now: () => Date, buy: (reference: string) => void): Supplier {
  const unused = (): never => {
    throw new Error("The benchmark's supplier is not asked for this.");
  };
  return {
    manifest: { id: "bench", title: "Supplier of the benchmark", settings: {} },
    contract: () => ({
      kind: "key",
      keyWindowMs: 86_400_000,
      keyBinding: "params-checked",
      lookupLagMs: 5_000,
      maxInFlightMs: 30_000,
      sendByMs: 10_000,
      moneyPoint: "place",
      cancellable: "api",
      testedOn: "2026-11-22",
    }),
    capabilities: { tracking: "poll", stock: true, quote: false, cancel: false, list: false, acknowledges: false },
    async place(context, batch, onAnswer) {
      for (const { reference } of batch) {
        // What every connector does: the gate's last check stands before the first byte.
        await context.outside.http({ method: "POST", url: `http://supplier/${reference}`, timeoutMs: 1000 });
        buy(reference);
        onAnswer(reference, { status: "placed", supplierOrderId: `S-${reference}`, total: null, notAccepted: [] });
      }
    },
    track: async (_context, supplierOrderIds) => ({
      status: "ok",
      orders: supplierOrderIds.map((supplierOrderId) => ({
        supplierOrderId,
        acknowledged: false,
        cancelled: null,
        backorderedUntil: null,
        parcels: [
          { carrier: "Royal Mail", trackingNumber: trackingOf(supplierOrderId), shippedAt: now(), lines: "all" },
        ],
        total: null,
      })),
    }),
    find: unused,
    cancel: unused,
    stock: unused,
    quote: unused,
    list: unused,
  };
}

/** A number as posts use it (UPU S10), its check digit included, from the text of the supplier's order. */
export function trackingOf(supplierOrderId: string): string {
  let hash = 0x811c9dc5;
  let second = 0x1000193;
  for (let index = 0; index < supplierOrderId.length; index += 1) {
    hash = Math.imul(hash ^ supplierOrderId.charCodeAt(index), 0x01000193) >>> 0;
    second = (Math.imul(second, 31) + supplierOrderId.charCodeAt(index)) >>> 0;
  }
  const digits = String(hash % 100_000_000).padStart(8, "0");
  const letters = String.fromCharCode(65 + (second % 26)) + String.fromCharCode(65 + ((second >>> 8) % 26));
  const weights = [8, 6, 4, 2, 3, 5, 9, 7];
  const rest = weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) % 11;
  const check = rest === 0 ? 5 : rest === 1 ? 0 : 11 - rest;
  return `${letters}${digits}${check}GB`;
}

/** Everything has arrived. */
export const carrierOf = (now: () => Date): Carrier => ({
  manifest: { id: "bench", title: "Carrier of the benchmark", settings: {} },
  follow: async (_outside, _settings, trackingNumbers) => ({
    status: "ok",
    parcels: trackingNumbers.map((trackingNumber) => ({ trackingNumber, state: "delivered", at: now() })),
  }),
});

/** The world answers at once; what stands before the first byte is done all the same. */
export const outsideOf = (now: () => Date): Outside => ({
  now,
  files: {} as Outside["files"],
  async http(request: HttpRequest): Promise<HttpResponse> {
    await request.lastCheck?.();
    return { status: 200, headers: {}, text: "" };
  },
});
