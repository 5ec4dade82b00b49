import { Decimal } from "decimal.js";
import { emptyAddress, type Address } from "#domain/address.ts";
import {
  lineKinds,
  type ChannelOrder,
  type ChannelOrderLine,
  type LineKind,
  type Payment,
} from "#domain/channel-order.ts";
import { isCurrency, type DecimalText } from "#domain/money.ts";
import { priceOf, wholeNumberOf, type Priced } from "../../files/amount.ts";
import { expected, idOf, lineOf, noteOf, textOf, value, type Cell } from "../../files/cell.ts";
import { headerKey } from "../../files/header.ts";
import { shown, type Fault } from "../../files/table.ts";
import { countryCode } from "./country-names.ts";
import type { FileCancellation, FileRecord } from "./file-record.ts";
import { fulfillers, kindOfNoGoods, risks, truths, type Status } from "./formats.ts";
import type { Field } from "./order-mapping.ts";
import type { Layout, OrderRow } from "./order-rows.ts";
import { Sheet } from "./sheet.ts";

/** Most units of one SKU that a row may sell. */
const mostUnits = 1_000_000;

/** All rows of one order id as what they say: an order, a cancellation, a question, or a refusal that names every cell that is wrong. FI-18 to FI-33. */
export function recordFrom(rows: OrderRow[], layout: Layout, spoiledBy: Fault | undefined): FileRecord {
  const sheet = new Sheet(rows, layout);
  const where = { rows: rows.map(({ line }) => line), raw: rows.map(({ raw }) => raw).join("\n") };
  const [first] = rows;
  if (first !== undefined && sheet.text(first, layout.format.groupedBy) === "") {
    if (layout.format.questionWithoutId !== null)
      return { type: "set_aside", question: layout.format.questionWithoutId, ...where };
    sheet.refuse(
      first,
      layout.format.groupedBy,
      "an order id; if an empty cell means the same as above, fill it in before importing",
    );
    return { type: "refused", problems: sheet.problems, ...where };
  }
  if (spoiledBy !== undefined && first !== undefined) {
    sheet.refuse(
      first,
      layout.format.groupedBy,
      `an order whose rows can all be read; line ${spoiledBy.line} seems to belong to it and cannot (${spoiledBy.found}). Mend that line and import again`,
    );
    return { type: "refused", problems: sheet.problems, ...where };
  }
  const read = isCancellation(sheet) ? cancellationFrom(sheet) : orderFrom(sheet);
  if (sheet.problems.length > 0) return { type: "refused", problems: sheet.problems, ...where };
  const [question] = sheet.questions;
  if (question !== undefined) return { type: "set_aside", question, ...where };
  return { ...read, ...where };
}

type Read = { type: "order"; order: ChannelOrder } | Omit<FileCancellation, "rows" | "raw">;

// ---------------------------------------------------------------- orders

function orderFrom(sheet: Sheet): Read {
  const channelOrderId = orderIdOf(sheet);
  const { mapping, format } = sheet.layout;
  const status = sheet.same("status", sheet.word(format.statuses));
  if (nothingIsLeft(sheet, status))
    return endOf(
      sheet,
      channelOrderId,
      latest([...sheet.each("cancelled_at", sheet.moment()), ...sheet.each("updated_at", sheet.moment())]),
    );
  const { questionWithoutPrice } = format;
  if (
    questionWithoutPrice !== null &&
    status?.payment === "pending" &&
    sheet.rows.every((row) => sheet.text(row, "line_price") === "")
  ) {
    sheet.ask(questionWithoutPrice);
    return endOf(sheet, channelOrderId, null);
  }
  const currency = currencyOf(sheet);
  const orderedAt = earliest(sheet.each("ordered_at", sheet.moment()));
  const updatedAt = latest(sheet.each("updated_at", sheet.moment()));
  const paidAt = latest(sheet.each("paid_at", sheet.moment()));
  const cancelledAt = latest(sheet.each("cancelled_at", sheet.moment()));
  const priced = (cell: string): Cell<Priced> => priceOf(cell, mapping.decimal);
  const prices = format.shippingPaidPerLine
    ? sheet.each("shipping_paid", priced)
    : [sheet.same("shipping_paid", priced, (a, b) => a.amount === b.amount)].filter((price) => price !== null);
  const shippingPaid =
    prices.length === 0
      ? null
      : prices
          .reduce((sum, { amount }) => sum.plus(amount), new Decimal(0))
          .toFixed(Math.max(...prices.map(({ amount }) => amount.split(".")[1]?.length ?? 0)));
  const total = sheet.same("total", priced, (a, b) => a.amount === b.amount);
  const order: ChannelOrder = {
    channelOrderId,
    number: sheet.same("number", (cell) => lineOf(cell, 200)) ?? channelOrderId,
    orderedAt,
    updatedAt,
    currency,
    payment: paymentOf(sheet, status),
    paidAt,
    cancelledAt: cancelledAt ?? (status?.cancelled === true ? (updatedAt ?? orderedAt) : null),
    buyerId: buyerOf(sheet),
    shipTo: addressOf(sheet),
    shippingMethod: sheet.same("shipping_method", (cell) => lineOf(cell, 200)),
    shipBy: earliest(sheet.each("ship_by", sheet.moment("end"))),
    note: [...new Set(sheet.each("note", noteOf))].join("\n") || null,
    shippingPaid,
    total: total?.amount ?? null,
    risk: sheet.each("risk", sheet.word(risks)).includes("high") ? "high" : "none",
    lines: linesOf(sheet, status, currency),
  };
  for (const price of [...prices, ...(total === null ? [] : [total])]) sheet.refuseOtherCurrency(price, currency);
  if (status?.cancelled === true && order.cancelledAt === null) return endOf(sheet, channelOrderId, null);
  if (order.lines.length === 0 && sheet.problems.length === 0 && sheet.questions.length === 0) {
    sheet.refuse(sheet.rows[0], "quantity", "at least one row that sells something; the file may be cut here");
  }
  return { type: "order", order };
}

const orderIdOf = (sheet: Sheet): string => {
  const id = sheet.same("order_id", (cell) => idOf(cell, "an order id", { scientificIsDamage: true }));
  if (id === null && sheet.problems.length === 0)
    sheet.refuse(sheet.rows[0], "order_id", "an order id; export the file with this column");
  return id ?? "";
};

/** The channel says that every row is cancelled and counts nothing in it any more; such rows have lost their prices too. */
function nothingIsLeft(sheet: Sheet, status: Status | null): boolean {
  return sheet.rows.every((row) => {
    const cancelled =
      status?.cancelled === true ||
      sheet.layout.format.lineStatuses.get(sheet.text(row, "line_status").toLowerCase()) === "cancelled";
    return cancelled && /^0+$/.test(sheet.text(row, "quantity"));
  });
}

/** No order, but the news of its end. */
const endOf = (sheet: Sheet, channelOrderId: string, at: Date | null): Read => ({
  type: "cancellation",
  channelOrderId,
  cancels: channelOrderId,
  buyerId: buyerOf(sheet),
  at,
  lines: "all",
});

function buyerOf(sheet: Sheet): string | null {
  const id = sheet.same("buyer_id", (cell) => idOf(cell, "a buyer id", { scientificIsDamage: true }));
  return id === sheet.layout.format.guestBuyerId ? null : id;
}

function currencyOf(sheet: Sheet): string {
  const stated = sheet.same("currency", (cell) => {
    const code = textOf(cell).toUpperCase();
    return isCurrency(code) ? value(code) : expected("an ISO 4217 currency code like GBP");
  });
  if (stated === null)
    sheet.refuse(sheet.rows[0], "currency", "a currency: map a column (currency=Header) or say it (currency:=GBP)");
  return stated ?? "";
}

function paymentOf(sheet: Sheet, status: Status | null): Payment {
  const stated = sheet.same("payment", sheet.word(sheet.layout.format.payments));
  if (stated !== null) return stated;
  if (status !== null) return status.payment;
  if (sheet.has("paid_at")) return sheet.rows.some((row) => sheet.text(row, "paid_at") !== "") ? "paid" : "pending";
  sheet.refuse(
    sheet.rows[0],
    "payment",
    "a payment: map a column (payment=Header, paid_at=Header) or say it (payment:=paid)",
  );
  return "pending";
}

const addressLine: Record<Exclude<keyof Address, "name" | "line2" | "country">, number> = {
  company: 200,
  line1: 300,
  city: 200,
  region: 200,
  postcode: 40,
  phone: 60,
  email: 254,
};
const addressFields = [
  "name",
  "first_name",
  "last_name",
  "company",
  "line1",
  "line2",
  "line3",
  "city",
  "region",
  "postcode",
  "country",
  "phone",
  "email",
] as const satisfies readonly Field[];

function addressOf(sheet: Sheet): Address | null {
  if (!addressFields.some((field) => sheet.has(field))) return null;
  const line = (field: Field, longest: number): string => sheet.same(field, (cell) => lineOf(cell, longest)) ?? "";
  const address = { ...emptyAddress };
  for (const [field, longest] of Object.entries(addressLine) as [keyof typeof addressLine, number][])
    address[field] = line(field, longest);
  address.name = line("name", 200) || `${line("first_name", 100)} ${line("last_name", 100)}`.trim();
  address.line2 = [line("line2", 300), line("line3", 300)].filter((part) => part !== "").join(", ");
  address.country =
    sheet.same("country", (cell) => {
      const name = textOf(cell);
      const code = sheet.layout.countries.get(headerKey(name)) ?? countryCode(name);
      return code === null
        ? expected(`a country's name or ISO code; or say which it is: country[${name}]=XX`)
        : value(code);
    }) ?? "";
  return address;
}

// ---------------------------------------------------------------- lines

function linesOf(sheet: Sheet, status: Status | null, currency: string): ChannelOrderLine[] {
  const lines: ChannelOrderLine[] = [];
  const occurrences = new Map<string, number>();
  const ids = new Map<string, number>();
  for (const row of sheet.rows) {
    if (sheet.isSummary(row)) continue;
    const lineStatus = sheet.read(row, "line_status", sheet.word(sheet.layout.format.lineStatuses));
    const quantity = quantityOf(sheet, row, lineStatus === "cancelled" || status?.cancelled === true);
    if (quantity === 0) continue;
    const title = sheet.read(row, "title", noteOf) ?? "";
    const price = unitPriceOf(sheet, row, quantity, currency);
    const kind = kindOf(sheet, row, title, price);
    const fulfilledBy = sheet.read(row, "fulfilled_by", sheet.word(fulfillers)) ?? "us";
    const sku = skuOf(sheet, row, title, kind !== "goods" || fulfilledBy !== "us");
    const occurrence = (occurrences.get(sku) ?? 0) + 1;
    occurrences.set(sku, occurrence);
    const channelLineId = lineIdOf(sheet, row) ?? `sku:${sku}#${occurrence}`;
    const twin = ids.get(channelLineId);
    if (twin !== undefined)
      sheet.refuse(row, "line_id", `a line id that occurs once in its order; line ${twin} has it too`);
    ids.set(channelLineId, row.line);
    const cancelled = lineStatus === "cancelled" ? quantity : partOf(sheet, row, "cancelled_quantity", quantity);
    const counted = partOf(sheet, row, "fulfilled_quantity", quantity - cancelled);
    const fulfilled = status?.fulfilled === true || lineStatus === "fulfilled" ? quantity - cancelled : counted;
    if (lineStatus === "partial" && !sheet.has("fulfilled_quantity"))
      sheet.ask(
        `Line ${row.line} says that a part of its ${quantity} × ${sku || title} is fulfilled, but not how many. Is the rest still to be sent?`,
      );
    lines.push({
      channelLineId,
      sku,
      title,
      quantity,
      cancelled,
      fulfilled,
      unitPrice: price,
      kind,
      fulfilledBy: kind === "goods" ? fulfilledBy : "nobody",
    });
  }
  return lines;
}

/** 0: the row sells nothing, or something is wrong with it that has been said. */
function quantityOf(sheet: Sheet, row: OrderRow, mayBeNothing: boolean): number {
  const right = "a whole number from 1 to 1,000,000";
  const found = sheet.read(row, "quantity", (cell) => {
    const number = wholeNumberOf(cell, sheet.layout.mapping.decimal);
    if (!number.ok) return expected(`${right}, without a fraction`);
    if (number.value > mostUnits) return expected(right);
    return number.value === 0 && !mayBeNothing ? expected(`${right}; 0 sells nothing`) : number;
  });
  if (found === null && sheet.text(row, "quantity") === "")
    sheet.refuse(row, "quantity", `${right}; this cell is empty`);
  if (found !== null && found < 0) {
    const what = `Line ${row.line} sells ${found} × ${shown(sheet.text(row, "sku"))}.`;
    sheet.ask(
      `${what} Is it a cancellation, a return or a correction? If order ids tell, say cancellation-prefix=…; if a column names the order, say cancels=Header; else cancel by hand.`,
    );
    return 0;
  }
  return found ?? 0;
}

function skuOf(sheet: Sheet, row: OrderRow, title: string, mayLack: boolean): string {
  if (sheet.text(row, "sku") !== "")
    return sheet.read(row, "sku", (cell) => idOf(cell, "a SKU", { scientificIsDamage: true })) ?? "";
  if (mayLack) return "";
  if (sheet.layout.format.skuMayLack)
    sheet.ask(
      `Line ${row.line} has no SKU (${shown(title) || sheet.text(row, "product_id") || "no title either"}), so nobody can say what to order. Give the product a SKU in the shop and export again?`,
    );
  else sheet.refuse(row, "sku", "a SKU; this cell is empty");
  return "";
}

function lineIdOf(sheet: Sheet, row: OrderRow): string | null {
  const id = sheet.read(row, "line_id", (cell) => idOf(cell, "a line id", { scientificIsDamage: true }));
  const product =
    id !== null && sheet.layout.format.lineIdNeedsProduct
      ? sheet.read(row, "product_id", (cell) => idOf(cell, "a product id", { scientificIsDamage: true }))
      : null;
  return product === null ? id : `${product}-${id}`;
}

function unitPriceOf(sheet: Sheet, row: OrderRow, quantity: number, currency: string): DecimalText {
  const priced = (cell: string): Cell<Priced> => priceOf(cell, sheet.layout.mapping.decimal);
  const field = sheet.text(row, "unit_price") !== "" || !sheet.has("line_price") ? "unit_price" : "line_price";
  const price = sheet.read(row, field, priced);
  if (price === null) {
    if (sheet.text(row, field) === "") sheet.refuse(row, field, "a price; this cell is empty");
    return "0";
  }
  sheet.refuseOtherCurrency(price, currency, row, field);
  // Ten decimals: times a million units they are still exact to a hundredth of a cent.
  return field === "unit_price" || quantity === 1
    ? price.amount
    : new Decimal(price.amount).div(quantity).toDecimalPlaces(10).toFixed();
}

function kindOf(sheet: Sheet, row: OrderRow, title: string, price: DecimalText): LineKind {
  const stated = sheet.read(row, "kind", sheet.word(kindWords));
  if (stated !== null) return stated;
  const sku = sheet.text(row, "sku");
  if (sheet.isNoGoods(sku)) return kindOfNoGoods(sku, title);
  if (price.startsWith("-")) return "discount";
  if (sheet.read(row, "requires_shipping", sheet.word(truths)) === false)
    return /\bgift (card|voucher)\b/i.test(title) ? "gift_card" : "download";
  return "goods";
}
const kindWords: ReadonlyMap<string, LineKind> = new Map(lineKinds.map((kind) => [kind, kind]));

function partOf(sheet: Sheet, row: OrderRow, field: "cancelled_quantity" | "fulfilled_quantity", most: number): number {
  const part = sheet.read(row, field, (cell) => {
    const number = wholeNumberOf(cell, sheet.layout.mapping.decimal);
    // WooCommerce writes refunded quantities as negative numbers.
    return number.ok && Math.abs(number.value) <= most
      ? value(Math.abs(number.value))
      : expected(`a whole number from 0 to ${most}`);
  });
  return part ?? 0;
}

// ---------------------------------------------------------------- cancellations

function isCancellation(sheet: Sheet): boolean {
  const { cancellationPrefix } = sheet.layout.mapping;
  const [first] = sheet.rows;
  if (first === undefined) return false;
  if (cancellationPrefix !== undefined && sheet.text(first, "order_id").startsWith(cancellationPrefix)) return true;
  return sheet.rows.every((row) => sheet.text(row, "cancels") !== "");
}

function cancellationFrom(sheet: Sheet): Read {
  const cancels = sheet.same("cancels", (cell) =>
    idOf(cell, "the id of the cancelled order", { scientificIsDamage: true }),
  );
  const lines: Exclude<FileCancellation["lines"], "all"> = [];
  for (const row of sheet.rows) {
    if (sheet.isSummary(row)) continue;
    const quantity = sheet.read(row, "quantity", (cell) => {
      const number = wholeNumberOf(cell, sheet.layout.mapping.decimal);
      return number.ok && number.value !== 0 && Math.abs(number.value) <= mostUnits
        ? number
        : expected("a whole number from -1 to -1,000,000 on a cancellation");
    });
    if (quantity === null && sheet.text(row, "quantity") === "")
      sheet.refuse(row, "quantity", "a whole number from -1 to -1,000,000 on a cancellation; this cell is empty");
    if (quantity !== null && quantity > 0 && cancels === null)
      sheet.ask(
        `Line ${row.line} sells ${quantity} × ${shown(sheet.text(row, "sku"))} under the id of a cancellation. Is it cancelled or sold?`,
      );
    const title = sheet.read(row, "title", noteOf) ?? "";
    const kind = sheet.isNoGoods(sheet.text(row, "sku")) ? kindOfNoGoods(sheet.text(row, "sku"), title) : "goods";
    const sku = skuOf(sheet, row, title, kind !== "goods");
    const channelLineId = cancels === null ? null : lineIdOf(sheet, row);
    lines.push({ sku, quantity: Math.abs(quantity ?? 0), kind, ...(channelLineId === null ? {} : { channelLineId }) });
  }
  return {
    type: "cancellation",
    channelOrderId: orderIdOf(sheet),
    cancels,
    buyerId: buyerOf(sheet),
    at: earliest(sheet.each("ordered_at", sheet.moment())),
    lines,
  };
}

const earliest = (dates: Date[]): Date | null => (dates.length === 0 ? null : new Date(Math.min(...dates.map(Number))));
const latest = (dates: Date[]): Date | null => (dates.length === 0 ? null : new Date(Math.max(...dates.map(Number))));
