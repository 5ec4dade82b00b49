import { isCurrency, type DecimalText } from "#domain/money.ts";
import { expected, textOf, value, type Cell } from "./cell.ts";

export type DecimalMark = "." | ",";

/** Thousands in groups of three, by the other mark, a space or an apostrophe, or no groups at all. */
const shapes: Record<DecimalMark, RegExp> = {
  ".": /^([+\-\u2212]?)(\d{1,3}(?:([,'\u2019 \u00a0\u202f])\d{3})(?:\3\d{3})*|\d*)(?:\.(\d+))?$/,
  ",": /^([+\-\u2212]?)(\d{1,3}(?:([.'\u2019 \u00a0\u202f])\d{3})(?:\3\d{3})*|\d*)(?:,(\d+))?$/,
};

/** An exact decimal, as text with a point: "1.234,50" with a decimal comma is "1234.50". At most 12 digits before the mark and 10 after it. */
export function amountOf(cell: string, decimal: DecimalMark): Cell<DecimalText> {
  const text = textOf(cell);
  const parts = shapes[decimal].exec(text);
  const example = decimal === "." ? "12.50" : "12,50";
  if (parts === null || !/\d/.test(text))
    return expected(
      /^[+-]?[\d.,]+E[+-]?\d+$/i.test(text)
        ? `a number written out, like ${example}; a spreadsheet has rounded this one`
        : `a number like ${example} (the decimal mark is declared as "${decimal}")`,
    );
  const whole = (parts[2] ?? "").replaceAll(/\D/g, "").replace(/^0+(?=\d)/, "") || "0";
  const fraction = parts[4] ?? "";
  if (whole.length > 12 || fraction.length > 10)
    return expected(`a number of at most 12 digits before and 10 after the decimal mark`);
  const digits = fraction === "" ? whole : `${whole}.${fraction}`;
  const negative = parts[1] === "-" || parts[1] === "\u2212";
  return value(negative && /[1-9]/.test(digits) ? `-${digits}` : digits);
}

export interface Priced {
  amount: DecimalText;
  /** The currencies that the sign beside the number can mean; null where there is none. */
  currencies: readonly string[] | null;
}

/** A price with or without a currency sign or code before or after it: "12.50", "£12.50", "US $12.50", "EUR 12,50", "12,50 €". */
export function priceOf(cell: string, decimal: DecimalMark): Cell<Priced> {
  const text = textOf(cell);
  const parts = /^([+\-\u2212]?)\s*([^\d.,'+\-\u2212]*?)\s*([+\-\u2212]?[\d.,].*?)\s*([^\d.,']*)$/u.exec(text);
  const [, outerSign = "", before = "", number = text, after = ""] = parts ?? [];
  const sign = `${before}${after}`.replaceAll(/\s/g, "").toUpperCase();
  const currencies = sign === "" ? null : currenciesOf(sign);
  if (currencies?.length === 0)
    return expected(`a price like 12.50 or one with a currency sign; "${before || after}" is none that we know`);
  const amount = amountOf(`${outerSign}${number}`, decimal);
  return amount.ok ? value({ amount: amount.value, currencies }) : amount;
}

const signs = new Map<string, readonly string[]>([
  ["$", ["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "ARS", "CLP", "COP"]],
  ["US$", ["USD"]],
  ["C$", ["CAD"]],
  ["CA$", ["CAD"]],
  ["A$", ["AUD"]],
  ["AU$", ["AUD"]],
  ["NZ$", ["NZD"]],
  ["S$", ["SGD"]],
  ["HK$", ["HKD"]],
  ["MX$", ["MXN"]],
  ["£", ["GBP"]],
  ["€", ["EUR"]],
  ["¥", ["JPY", "CNY"]],
  ["ZŁ", ["PLN"]],
  ["KR", ["SEK", "NOK", "DKK", "ISK"]],
  ["KR.", ["SEK", "NOK", "DKK", "ISK"]],
  ["₹", ["INR"]],
  ["₩", ["KRW"]],
  ["R$", ["BRL"]],
  ["KČ", ["CZK"]],
  ["FR.", ["CHF"]],
]);
const currenciesOf = (sign: string): readonly string[] => signs.get(sign) ?? (isCurrency(sign) ? [sign] : []);

/** A whole number; "6.00" is one, "6.5" is none. Sign and size are the caller's business. */
export function wholeNumberOf(cell: string, decimal: DecimalMark): Cell<number> {
  const amount = amountOf(cell, decimal);
  if (!amount.ok) return expected("a whole number");
  const [whole = "", fraction = ""] = amount.value.split(".");
  return /^0*$/.test(fraction) ? value(Number(whole)) : expected("a whole number, without a fraction");
}
