import type { Address } from "#domain/address.ts";
import type { DecimalText } from "#domain/money.ts";
import { oddPack, products, rates, shop, unlinkedProduct, unmappedRate, type Product } from "../catalogue.ts";
import type { Draws } from "../draws.ts";
import { takes, type Pace, type Range } from "../pace.ts";
import type { Rates, ShopBehaviour } from "../profile.ts";
import { buyers, type Buyer } from "./buyers.ts";

/** An order of the pretend shop as it was bought. Instants are milliseconds since 1970 (UTC). */
export interface ShopOrder {
  id: string;
  number: string;
  /** The name of its draws: `arrival:12`, `sold:3`, `history:40`; with `again` behind it for the same order bought twice. */
  stream: string;
  boughtAt: number;
  buyerId: string;
  address: Address;
  rate: string;
  shippingPaid: DecimalText;
  total: DecimalText;
  isPaid: boolean;
  risk: "none" | "high";
  lines: ShopLine[];
  /** When its first message comes through the feed: after `boughtAt` where it is late. */
  shownAt: number;
  /** When that message comes once more; null: never. */
  repeatedAt: number | null;
  /** What its buyer is going to do. The shop carries it out when its time has come, if it then still may. */
  plans: Plan[];
}
export interface ShopLine {
  id: string;
  sku: string;
  title: string;
  quantity: number;
  price: DecimalText;
  kind: "goods" | "download";
}
export interface Plan {
  at: number;
  does: "pays" | "cancels" | "asks_to_cancel" | "changes_address" | "orders_again";
}

/** What the caller wants of an order; everything left out is drawn. */
export interface OrderWish {
  sku?: string;
  quantity?: number;
  lines?: { sku: string; quantity: number }[];
  country?: string;
  rate?: string;
  address?: "good" | "bad";
  paid?: boolean;
  /** Milliseconds after buying. */
  cancelsAfterMs?: number;
  asksToCancelAfterMs?: number;
  changesAddressAfterMs?: number;
  paysAfterMs?: number;
  lateByMs?: number;
}

export interface Arrival {
  /** 0 for the shop's first order ever. */
  index: number;
  stream: string;
  boughtAt: number;
  draws: Draws;
  behaviours: Rates<ShopBehaviour>;
  pace: Pace;
  speed: number;
  wish?: OrderWish;
}

/** Draws a whole order and its buyer's plans from its own stream (SB-2, SB-10). Throws RangeError for a wish that no product or buyer fits. */
export function makeOrder({ index, stream, boughtAt, draws, behaviours, pace, speed, wish = {} }: Arrival): ShopOrder {
  // Who wishes for an order gets exactly that one: nothing else happens to it.
  const isWished = Object.keys(wish).length > 0;
  const happens = (behaviour: ShopBehaviour): boolean => !isWished && draws.chance(behaviour, behaviours[behaviour]);
  const after = (name: string, range: Range): number => boughtAt + takes(draws, name, range, speed);

  const buyer = chooseBuyer(draws, wish.country);
  const hasBadAddress = wish.address === undefined ? happens("bad_address") : wish.address === "bad";
  const rate = wish.rate === undefined ? chooseRate(draws, happens("unmapped_rate")) : rateOf(wish.rate);
  const lines = chooseLines(draws, wish, happens);
  const { id, number } = namesOf(index);
  const shownAt =
    boughtAt + (wish.lateByMs ?? (happens("late_in_feed") ? takes(draws, "late", pace.lateInFeed, speed) : 0));

  const plans: Plan[] = [];
  const isPaid = wish.paid ?? (wish.paysAfterMs === undefined && !happens("pays_later"));
  if (!isPaid) {
    if (wish.paysAfterMs !== undefined) plans.push({ at: boughtAt + wish.paysAfterMs, does: "pays" });
    else if (wish.paid === undefined) plans.push({ at: after("pays", pace.paysLater), does: "pays" });
  }
  if (wish.changesAddressAfterMs !== undefined)
    plans.push({ at: boughtAt + wish.changesAddressAfterMs, does: "changes_address" });
  else if (happens("buyer_changes_address"))
    plans.push({ at: after("changes", pace.changesAddress), does: "changes_address" });
  if (wish.cancelsAfterMs !== undefined) plans.push({ at: boughtAt + wish.cancelsAfterMs, does: "cancels" });
  else if (happens("buyer_cancels_early")) plans.push({ at: after("cancels", pace.cancelsEarly), does: "cancels" });
  if (wish.asksToCancelAfterMs !== undefined)
    plans.push({ at: boughtAt + wish.asksToCancelAfterMs, does: "asks_to_cancel" });
  else if (happens("buyer_cancels_late")) plans.push({ at: after("asks", pace.cancelsLate), does: "asks_to_cancel" });
  if (happens("double_order")) plans.push({ at: after("again", pace.ordersAgain), does: "orders_again" });

  return {
    id,
    number,
    stream,
    boughtAt,
    buyerId: buyer.id,
    address: hasBadAddress ? spoil(draws, buyer.address) : buyer.address,
    rate: rate.title,
    shippingPaid: rate.price,
    total: cents(
      toCents(rate.price) + lines.reduce((sum, line) => sum + toCents(line.price) * BigInt(line.quantity), 0n),
    ),
    isPaid,
    risk: happens("high_risk") ? "high" : "none",
    lines: lines.map((line, position) => ({ ...line, id: lineIdOf(id, position) })),
    shownAt,
    repeatedAt: happens("repeated_message") ? shownAt + takes(draws, "repeated", pace.repeatedInFeed, speed) : null,
    plans: plans.toSorted((a, b) => a.at - b.at),
  };
}

/** SB-47. The same goods to the same buyer once more, as an order of its own. */
export function boughtAgain(order: ShopOrder, boughtAt: number, index: number): ShopOrder {
  const { id, number } = namesOf(index);
  return {
    ...order,
    id,
    number,
    stream: `${order.stream}:again`,
    boughtAt,
    shownAt: boughtAt,
    repeatedAt: null,
    plans: [],
    lines: order.lines.map((line, position) => ({ ...line, id: lineIdOf(id, position) })),
  };
}

const namesOf = (index: number): { id: string; number: string } => ({
  id: String(shop.firstOrderId + BigInt(index) * 7n),
  number: `#${shop.firstOrderNumber + index}`,
});
const lineIdOf = (orderId: string, position: number): string => `${orderId}${String(position + 1).padStart(2, "0")}`;

/** The address that a buyer changes to: complete, and a few doors further, so that it stays one that exists. */
export function movedAddress(draws: Draws, buyerId: string): Address {
  const address = buyers.find(({ id }) => id === buyerId)?.address;
  if (address === undefined) throw new RangeError(`There is no buyer ${buyerId}.`);
  const doors = draws.whole("doors", 1, 4) * 2;
  return { ...address, line1: address.line1.replace(/\d+/, (number) => String(Number(number) + doors)) };
}

function chooseBuyer(draws: Draws, country: string | undefined): Buyer {
  const candidates = country === undefined ? buyers : buyers.filter(({ address }) => address.country === country);
  if (candidates.length === 0) {
    const known = [...new Set(buyers.map(({ address }) => address.country))].join(", ");
    throw new RangeError(`country: nobody of ${JSON.stringify(country)} buys here. There are ${known}.`);
  }
  return draws.pick("buyer", candidates);
}

function chooseRate(draws: Draws, isUnmapped: boolean): { title: string; price: DecimalText } {
  return isUnmapped ? unmappedRate : weighted(draws, "rate", rates);
}
function rateOf(title: string): { title: string; price: DecimalText } {
  const rate = [...rates, unmappedRate].find((one) => one.title === title);
  if (rate === undefined)
    throw new RangeError(
      `rate: the shop has no ${JSON.stringify(title)}. There are ${rates.map((one) => one.title).join(", ")}.`,
    );
  return rate;
}

type NewLine = Omit<ShopLine, "id">;
function chooseLines(draws: Draws, wish: OrderWish, happens: (behaviour: ShopBehaviour) => boolean): NewLine[] {
  if (wish.lines !== undefined) {
    if (wish.lines.length === 0) throw new RangeError("lines: an order has at least one.");
    return wish.lines.map(({ sku, quantity }) => lineOf(productOf(sku), quantity));
  }
  if (wish.sku !== undefined) {
    const product = productOf(wish.sku);
    return [lineOf(product, wish.quantity ?? draws.pick("quantity", product.quantities))];
  }
  const count = draws.pick("lines", [1, 1, 1, 1, 2, 2, 3]);
  const chosen = new Map<string, NewLine>();
  for (let no = 1; no <= count; no++) {
    const product = weighted(draws, `product:${no}`, products);
    chosen.set(product.sku, lineOf(product, draws.pick(`quantity:${no}`, product.quantities)));
  }
  if (happens("odd_pack")) chosen.set(oddPack.sku, lineOf(productOf(oddPack.sku), oddPack.quantity));
  if (happens("unlinked_sku")) chosen.set(unlinkedProduct.sku, lineOf(unlinkedProduct, 1));
  return [...chosen.values()];
}
function productOf(sku: string): Product {
  const product = [...products, unlinkedProduct].find((one) => one.sku === sku);
  if (product === undefined)
    throw new RangeError(
      `sku: the shop does not sell ${JSON.stringify(sku)}. It sells ${products.map((one) => one.sku).join(", ")} and ${unlinkedProduct.sku}.`,
    );
  return product;
}
function lineOf(product: Product, quantity: number): NewLine {
  if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > 1_000_000)
    throw new RangeError(`quantity: ${quantity} is not a whole number from 1 to 1,000,000.`);
  return { sku: product.sku, title: product.title, quantity, price: product.price, kind: product.kind };
}

/** SB-43. Four ways in which addresses arrive broken. */
function spoil(draws: Draws, address: Address): Address {
  switch (draws.pick("spoilt", ["postcode", "wrong postcode", "street", "house number"] as const)) {
    case "postcode":
      return { ...address, postcode: "" };
    case "wrong postcode":
      return { ...address, postcode: "0" };
    case "street":
      return { ...address, line1: "", line2: "" };
    case "house number":
      return { ...address, line1: address.line1.replaceAll(/\d+/g, "").trim(), line2: "" };
  }
}

function weighted<Item extends { weight: number }>(draws: Draws, name: string, items: readonly Item[]): Item {
  let rest = draws.between(
    name,
    0,
    items.reduce((sum, item) => sum + item.weight, 0),
  );
  for (const item of items) {
    rest -= item.weight;
    if (rest < 0) return item;
  }
  throw new RangeError(`Nothing to pick from for ${name}.`);
}

/** The shop's prices all have two digits. */
const toCents = (price: DecimalText): bigint => BigInt(price.replace(".", ""));
const cents = (amount: bigint): DecimalText => `${amount / 100n}.${String(amount % 100n).padStart(2, "0")}`;
