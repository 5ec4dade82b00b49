import { Decimal } from "decimal.js";
import { z } from "zod";
import { isCurrency } from "#domain/money.ts";
import type { ReasonCode } from "#domain/reasons.ts";

/** One thing that can be set: what it is for, what it takes, and which holds a change of it may clear. */
export interface Setting {
  help: string;
  /** Completes "expected …". */
  expected: string;
  /** The stored value's shape, for forms: `read` is what decides. */
  form: z.ZodType;
  /** Who changes it over the network shows a second factor: it decides what may be spent (ST-34). */
  limit: boolean;
  /** The value as it is stored; undefined where the input is not one. Takes what JSON brings and what a command line brings (text). */
  read(input: unknown): unknown;
  /** Open holds with these codes are looked at again. */
  wakes: readonly ReasonCode[];
  /** How a stored value is typed: durations as 10m, 24h, 14d. */
  show(value: unknown): string;
}
interface About {
  help: string;
  wakes?: readonly ReasonCode[];
  limit?: boolean;
}

const plain = (value: unknown): string =>
  value === null
    ? "none"
    : Array.isArray(value)
      ? value.join(",")
      : typeof value === "string"
        ? value
        : JSON.stringify(value);
const setting = (about: About, expected: string, form: z.ZodType, read: Setting["read"], show = plain): Setting => ({
  help: about.help,
  wakes: about.wakes ?? [],
  limit: about.limit ?? false,
  expected,
  form,
  read,
  show,
});

const asText = (input: unknown): string | undefined => (typeof input === "string" ? input.trim() : undefined);
const asNumber = (input: unknown): number | undefined => {
  const number = typeof input === "string" && input.trim() !== "" ? Number(input) : input;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
};
const isNothing = (input: unknown): boolean =>
  input === null || (typeof input === "string" && ["", "none", "null"].includes(input.trim()));

/** The same setting, where "nothing" (none, null) is a value too. */
export const orNothing = (inner: Setting, meaning: string): Setting => ({
  ...inner,
  expected: `${inner.expected}, or none (${meaning})`,
  form: inner.form.nullable().meta({ "x-none": meaning }),
  read: (input) => (isNothing(input) ? null : inner.read(input)),
  show: (value) => (value === null ? "none" : inner.show(value)),
});

const unitsMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitsMs;

/** `10m`, `24h`, `14d`, `1h30m`, `250ms`, or a number of milliseconds; undefined for anything else. */
export function parseDuration(input: unknown): number | undefined {
  if (typeof input === "number") return Number.isSafeInteger(input) ? input : undefined;
  const text = asText(input)?.replaceAll(/\s+/g, "");
  if (text === undefined || text === "") return undefined;
  if (/^\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  const ms = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * unitsMs[unit as Unit],
    0,
  );
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** The shortest text that reads back as the same duration: `10m`, `1h30m`. */
export function showDuration(ms: number): string {
  if (ms === 0) return "0";
  let left = ms;
  let text = "";
  for (const unit of ["d", "h", "m", "s", "ms"] as const) {
    const count = Math.floor(left / unitsMs[unit]);
    if (count > 0) text += `${count}${unit}`;
    left -= count * unitsMs[unit];
  }
  return text;
}

export const duration = (about: About, { min, max }: { min: number; max: number }): Setting =>
  setting(
    about,
    `a duration from ${showDuration(min)} to ${showDuration(max)}, such as 10m, 24h or 14d, or milliseconds`,
    z.int().min(min).max(max).meta({ format: "duration-ms" }),
    (input) => {
      const ms = parseDuration(input);
      return ms !== undefined && ms >= min && ms <= max ? ms : undefined;
    },
    (value) => showDuration(value as number),
  );

export const whole = (about: About, { min, max }: { min: number; max: number }): Setting =>
  setting(about, `a whole number from ${min} to ${max}`, z.int().min(min).max(max), (input) => {
    const number = asNumber(input);
    return Number.isSafeInteger(number) && number! >= min && number! <= max ? number : undefined;
  });

/** An amount as it is stored: in the smallest unit of the currency that stands beside it, as a form shows it in whole ones. */
export const minorUnits = (about: About, { min, max }: { min: number; max: number }): Setting => ({
  ...whole(about, { min, max }),
  expected: `a whole number of minor units (cents) from ${min} to ${max}`,
  form: z.int().min(min).max(max).meta({ format: "minor-units" }),
});

export const flag = (about: About): Setting =>
  setting(about, "true or false", z.boolean(), (input) => {
    if (typeof input === "boolean") return input;
    const text = asText(input)?.toLowerCase();
    return text === "true" || text === "yes" || text === "on"
      ? true
      : text === "false" || text === "no" || text === "off"
        ? false
        : undefined;
  });

export const choice = (about: About, choices: readonly string[]): Setting =>
  setting(about, `one of ${choices.join(", ")}`, z.enum(choices), (input) => {
    const text = asText(input);
    return text !== undefined && choices.includes(text) ? text : undefined;
  });

/** An exact decimal, kept as text; never a float. */
export const decimal = (about: About, { min, max }: { min: string; max: string }): Setting =>
  setting(
    about,
    `a decimal number from ${min} to ${max}, such as 10 or 4.50`,
    z.string().regex(decimalPattern).meta({ format: "decimal", "x-minimum": min, "x-maximum": max }),
    (input) => {
      const text = typeof input === "number" ? String(input) : asText(input);
      if (text === undefined || !decimalPattern.test(text)) return undefined;
      const value = new Decimal(text);
      return value.gte(min) && value.lte(max) ? text : undefined;
    },
  );
const decimalPattern = /^-?\d{1,15}(\.\d{1,10})?$/;

export const currency = (about: About): Setting =>
  setting(
    about,
    "an ISO 4217 currency code such as EUR",
    z.string().length(3).meta({ format: "currency" }),
    (input) => {
      const text = asText(input)?.toUpperCase();
      return text !== undefined && isCurrency(text) ? text : undefined;
    },
  );

export const zone = (about: About): Setting =>
  setting(about, "an IANA time zone such as Europe/Berlin", z.string().meta({ format: "time-zone" }), (input) => {
    const text = asText(input);
    return text !== undefined && isZone(text) ? text : undefined;
  });
function isZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return !/^[+-]/.test(text); // an offset is no zone: it knows no summer
  } catch {
    return false;
  }
}

export const instant = (about: About): Setting =>
  setting(about, "an instant with its zone such as 2026-11-22T08:00:00Z", z.iso.datetime({ offset: true }), (input) => {
    const text = asText(input);
    if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text))
      return undefined;
    const date = new Date(text);
    if (Number.isNaN(date.getTime())) return undefined;
    // 30 February would become 2 March.
    const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
    return day.toISOString().slice(0, 10) === text.slice(0, 10) ? date.toISOString() : undefined;
  });

export const countries = (about: About): Setting =>
  setting(
    about,
    "two-letter country codes such as DE,AT,FR",
    z.array(z.string().length(2)).meta({ format: "countries" }),
    (input) => {
      const list = Array.isArray(input) ? input : asText(input)?.split(/[\s,]+/);
      if (list === undefined || list.length === 0) return undefined;
      const codes = list.map((each) => (typeof each === "string" ? each.trim().toUpperCase() : ""));
      return codes.every(isCountry) ? [...new Set(codes)] : undefined;
    },
  );
const regionNames = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
const isCountry = (code: string): boolean => /^[A-Z]{2}$/.test(code) && regionNames.of(code) !== undefined;

export const text = (about: About, { max }: { max: number }): Setting =>
  setting(about, `a text of at most ${max} characters without control characters`, z.string().max(max), (input) => {
    const value = asText(input);
    return value !== undefined && value.length <= max && !/\p{Cc}/u.test(value) ? value : undefined;
  });
