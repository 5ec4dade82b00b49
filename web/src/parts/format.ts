/** How numbers, money and time read here. Everything takes the browser's locale; times are shown in the reader's zone, exact with the zone on hover. */

const locale = navigator.language;

export interface Money {
  amount: string;
  currency: string;
}

const moneyFormats = new Map<string, Intl.NumberFormat>();
export function formatMoney({ amount, currency }: Money): string {
  let format = moneyFormats.get(currency);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
    moneyFormats.set(currency, format);
  }
  return format.format(amount as unknown as number); // decimal text is formatted exactly, not as a floating number
}

const counts = new Intl.NumberFormat(locale);
export const formatCount = (count: number): string => counts.format(count);

const exact = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "long" });
export const formatExact = (at: string): string => exact.format(new Date(at));
const day = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" });
const dayOfYear = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric" });
export function formatDay(at: string): string {
  const date = new Date(at);
  return (date.getFullYear() === new Date().getFullYear() ? day : dayOfYear).format(date);
}

const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "narrow" });
const steps = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 45],
] as const;
/** "3 min. ago", "in 2 h"; from 45 days on the day itself. */
export function formatRelative(at: string, now: number): string {
  let distance = (Date.parse(at) - now) / 1000;
  for (const [unit, next] of steps) {
    if (Math.abs(distance) < next || unit === "day") {
      if (unit === "day" && Math.abs(distance) >= next) return formatDay(at);
      return relative.format(Math.trunc(distance), unit);
    }
    distance /= next;
  }
  return formatDay(at);
}

/** "4:07", "1 h 12 min": what is left until then; null once it is over. */
export function formatLeft(at: string, now: number): string | null {
  const seconds = Math.floor((Date.parse(at) - now) / 1000);
  if (seconds < 0) return null;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

const regions = new Intl.DisplayNames(locale, { type: "region" });
export const countryName = (code: string): string => {
  try {
    return regions.of(code) ?? code;
  } catch {
    return code;
  }
};

const digitsOf = (currency: string): number =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
/** Settings that count in the smallest unit of a currency (cents) are typed in its whole ones. */
export const fromMinor = (minor: number, currency: string): string =>
  (minor / 10 ** digitsOf(currency)).toFixed(digitsOf(currency));
export const toMinor = (amount: string, currency: string): number =>
  Math.round(Number(amount) * 10 ** digitsOf(currency));
