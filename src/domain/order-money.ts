import { Decimal } from "decimal.js";
import { lineTotal, toMajor, toMinor, type Money } from "./money.ts";
import type { OrderDossier } from "./order.ts";

/** What an order brings and costs. Each sum in its own currency; profit in the workspace's, null where it cannot be said, and why. */
export interface OrderMoney {
  /** What the channel states as paid in all, else its lines and shipping. */
  sold: Money;
  /** What was bought for it, by the purchases as they stand now (charges and adjustments less refunds), without their shipping. */
  goods: Money[];
  shipping: Money[];
  /** What the order's own lines say that somebody else keeps. */
  fees: Money;
  /** What cancelled and refunded units give back to the buyer, at their price. */
  refunds: Money;
  profit: Money | null;
  profitUnknownBecause: string | null;
}

/**
 * API-26. Profit = sold − goods − shipping − fees − refunds, in the workspace's currency at its rates. What was not bought yet counts as expected, so that a
 * waiting order shows what it will bring; a part without a known cost makes the profit unknown, never zero.
 */
export function orderMoney(
  { order, lines, fulfillmentOrders, attempts }: OrderDossier,
  workspace: { currency: string; rates: Record<string, string> },
): OrderMoney {
  const { currency } = order;
  const sum = (of: (line: OrderDossier["lines"][number]) => Decimal): bigint =>
    toMinor(
      lines.reduce((total, line) => total.plus(of(line)), new Decimal(0)),
      currency,
    );
  const unitsSold = (line: OrderDossier["lines"][number]): number => line.quantityEdited ?? line.quantity;
  const byLines = sum((line) => (line.kind === "fee" ? new Decimal(0) : lineTotal(line.unitPrice, unitsSold(line))));
  const sold = order.total ?? byLines + (order.shippingPaid ?? 0n);
  const fees = sum((line) => (line.kind === "fee" ? lineTotal(line.unitPrice, unitsSold(line)) : new Decimal(0)));
  const refunds =
    order.payment === "refunded" || order.payment === "voided"
      ? sold
      : sum((line) => lineTotal(line.unitPrice, Math.min(line.cancelled, unitsSold(line))));

  const goods = new Map<string, bigint>();
  const shipping = new Map<string, bigint>();
  let unknown: string | null = null;
  for (const fo of fulfillmentOrders) {
    const placed = attempts.find((each) => each.fulfillmentOrderId === fo.id && each.state === "placed");
    if (fo.state === "cancelled" && placed === undefined) continue;
    const inCurrency = placed?.currency ?? fo.currency;
    const total = placed?.cost ?? (fo.expectedGoods === null ? null : fo.expectedGoods + (fo.expectedShipping ?? 0n));
    if (inCurrency === null || total === null) {
      unknown ??= `The cost of fulfillment order ${fo.no} is not known yet.`;
      continue;
    }
    // The supplier states one total; what we expected for its shipping is taken as that part of it.
    const ofShipping = total < (fo.expectedShipping ?? 0n) ? total : (fo.expectedShipping ?? 0n);
    add(goods, inCurrency, total - ofShipping);
    add(shipping, inCurrency, ofShipping);
  }

  let profit = new Decimal(0);
  const count = (amounts: Iterable<Money>, sign: 1 | -1): void => {
    for (const each of amounts) {
      const rate = each.currency === workspace.currency ? "1" : workspace.rates[each.currency];
      if (each.amount === 0n) continue;
      if (rate === undefined) unknown ??= `No rate is known from ${each.currency} to ${workspace.currency}.`;
      else profit = profit.plus(new Decimal(toMajor(each)).mul(rate).mul(sign));
    }
  };
  const costs = { goods: moneyOf(goods), shipping: moneyOf(shipping) };
  count([{ amount: sold, currency }], 1);
  count([...costs.goods, ...costs.shipping, { amount: fees, currency }, { amount: refunds, currency }], -1);
  return {
    sold: { amount: sold, currency },
    ...costs,
    fees: { amount: fees, currency },
    refunds: { amount: refunds, currency },
    profit: unknown === null ? { amount: toMinor(profit, workspace.currency), currency: workspace.currency } : null,
    profitUnknownBecause: unknown,
  };
}

const add = (sums: Map<string, bigint>, currency: string, amount: bigint): void => {
  sums.set(currency, (sums.get(currency) ?? 0n) + amount);
};
const moneyOf = (sums: Map<string, bigint>): Money[] =>
  [...sums].filter(([, amount]) => amount !== 0n).map(([currency, amount]) => ({ amount, currency }));
