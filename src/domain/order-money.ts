import { Decimal } from "decimal.js";
import { lineTotal, toMajor, toMinor, type DecimalText, type Money } from "./money.ts";
import type { Attempt, FulfillmentOrder, Order, OrderDossier } from "./order.ts";
import type { WorkspaceSettings } from "./settings.ts";

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

/** What the money of an order is reckoned from. Sums of lines are decimal text in major units, other amounts minor units. */
export interface OrderSums {
  order: Pick<Order, "currency" | "payment" | "shippingPaid" | "total">;
  lines: {
    /** Of all lines but fees. */
    sold: DecimalText;
    fees: DecimalText;
    /** What was cancelled of any line, at its price. */
    cancelled: DecimalText;
  };
  parts: readonly (Pick<FulfillmentOrder, "no" | "state" | "currency" | "expectedGoods" | "expectedShipping"> & {
    /** The purchase that stands; null: nothing was bought yet. */
    placed: Pick<Attempt, "currency" | "cost"> | null;
  })[];
}

/** The same of a whole order, as its own page has it. */
export function orderMoney({ order, lines, fulfillmentOrders, attempts }: OrderDossier, workspace: Rates): OrderMoney {
  const sum = (units: (line: OrderLine) => number): DecimalText =>
    lines.reduce((total, line) => total.plus(lineTotal(line.unitPrice, units(line))), new Decimal(0)).toFixed();
  const sold = (line: OrderLine): number => line.quantityEdited ?? line.quantity;
  return moneyOfSums(
    {
      order,
      lines: {
        sold: sum((line) => (line.kind === "fee" ? 0 : sold(line))),
        fees: sum((line) => (line.kind === "fee" ? sold(line) : 0)),
        cancelled: sum((line) => Math.min(line.cancelled, sold(line))),
      },
      parts: fulfillmentOrders.map((fo) => ({
        ...fo,
        placed: attempts.find((each) => each.fulfillmentOrderId === fo.id && each.state === "placed") ?? null,
      })),
    },
    workspace,
  );
}
type OrderLine = OrderDossier["lines"][number];
type Rates = Pick<WorkspaceSettings, "currency" | "rates">;

/**
 * API-26. Profit = sold − goods − shipping − fees − refunds, in the workspace's currency at its rates. What was not bought yet counts as expected, so that a
 * waiting order shows what it will bring; a part without a known cost makes the profit unknown, never zero.
 */
export function moneyOfSums({ order, lines, parts }: OrderSums, workspace: Rates): OrderMoney {
  const { currency } = order;
  const minor = (text: DecimalText): bigint => toMinor(new Decimal(text), currency);
  const sold = order.total ?? minor(lines.sold) + (order.shippingPaid ?? 0n);
  const fees = minor(lines.fees);
  const refunds = order.payment === "refunded" || order.payment === "voided" ? sold : minor(lines.cancelled);

  const goods = new Map<string, bigint>();
  const shipping = new Map<string, bigint>();
  let unknown: string | null = null;
  for (const { placed, ...fo } of parts) {
    if (fo.state === "cancelled" && placed === null) continue;
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
