import { Decimal } from "decimal.js";

/** An amount in integer minor units of an ISO 4217 currency. */
export interface Money {
  amount: bigint;
  currency: string;
}

/** An exact decimal as text, e.g. a unit price "2.5501"; never a float. */
export type DecimalText = string;

/** Minor-unit digits per currency (JPY 0, KWD 3), as ISO 4217 and CLDR have them; throws RangeError for what is no currency code. */
const digitsOf = new Map<string, number>();
export function currencyDigits(currency: string): number {
  let digits = digitsOf.get(currency);
  if (digits === undefined) {
    digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
    digitsOf.set(currency, digits);
  }
  return digits;
}

const knownCurrencies = new Set(Intl.supportedValuesOf("currency"));
export const isCurrency = (text: string): boolean => knownCurrencies.has(text);

/** Books a decimal amount: rounded once, half to even. */
export function toMinor(amount: DecimalText | Decimal, currency: string): bigint {
  return BigInt(
    new Decimal(amount)
      .mul(new Decimal(10).pow(currencyDigits(currency)))
      .toDecimalPlaces(0, Decimal.ROUND_HALF_EVEN)
      .toFixed(0),
  );
}

/** "12.30": the amount in major units with all its minor digits. */
export function toMajor({ amount, currency }: Money): DecimalText {
  const digits = currencyDigits(currency);
  return new Decimal(amount.toString()).div(new Decimal(10).pow(digits)).toFixed(digits);
}

/** quantity × unit price, exact; book it with `toMinor`. */
export const lineTotal = (unitPrice: DecimalText, quantity: number): Decimal => new Decimal(unitPrice).mul(quantity);
