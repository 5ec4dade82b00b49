import { fromMinor, toMinor } from "./format.ts";

/** A settings schema of the API, read for a form. Names are dotted (`writeBack.shipped`); values are as the API takes them. */
export interface FormSchema {
  properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  patternProperties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  required: readonly string[];
}
export type Values = Readonly<Record<string, unknown>>;

const kinds = {
  "duration-ms": "duration",
  decimal: "decimal",
  currency: "currency",
  "time-zone": "zone",
  countries: "countries",
  folder: "folder",
  "date-time": "instant",
  "minor-units": "money",
} as const;
type Kind = (typeof kinds)[keyof typeof kinds] | "boolean" | "choice" | "whole" | "number" | "text" | "json";

export interface Field {
  name: string;
  title: string;
  help: string;
  kind: Kind;
  choices: readonly string[];
  isRequired: boolean;
  /** What it means to say nothing; null: something must be said. */
  none: string | null;
  usual: unknown;
  /** Of an amount: what stands beside it in the same settings. */
  currency: string;
  /** Limits and means of payment are changed by a person with a second factor. */
  needsSecondFactor: boolean;
}

/** The fields of a form, in the order of the schema; of open names (`rates.USD`) those that have a value. */
export function fieldsOf(schema: FormSchema, values: Values): Field[] {
  const currency = textOf(values["currency"]) ?? "EUR";
  const open = Object.keys(values).flatMap((name) => {
    const found = Object.entries(schema.patternProperties).find(([pattern]) => new RegExp(pattern, "u").test(name));
    return found === undefined || name in schema.properties
      ? []
      : [fieldOf(name, { title: name, ...found[1] }, false, currency)];
  });
  const named = Object.entries(schema.properties).map(([name, property]) =>
    fieldOf(name, property, schema.required.includes(name), currency),
  );
  return [...named, ...open];
}

function fieldOf(
  name: string,
  property: Readonly<Record<string, unknown>>,
  isRequired: boolean,
  currency: string,
): Field {
  const alternatives = property["anyOf"] as Readonly<Record<string, unknown>>[] | undefined;
  const shape = alternatives?.find(({ type }) => type !== "null") ?? property;
  const choices = (shape["enum"] ?? []) as readonly string[];
  const kind = kindOf(shape);
  const title = textOf(property["title"]) ?? name;
  return {
    name,
    title: kind === "money" ? `${title} (${currency})` : title,
    help: textOf(property["description"]) ?? "",
    kind,
    choices,
    isRequired,
    none: textOf(property["x-none"]) ?? null,
    usual: property["default"],
    currency,
    needsSecondFactor: property["x-second-factor"] === true,
  };
}

function kindOf({ format, type, enum: choices }: Readonly<Record<string, unknown>>): Kind {
  if (typeof format === "string" && format in kinds) return kinds[format as keyof typeof kinds];
  if (choices !== undefined) return "choice";
  if (type === "boolean") return "boolean";
  if (type === "integer") return "whole";
  if (type === "number") return "number";
  return type === "string" ? "text" : "json";
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;
const unitNames: Readonly<Record<string, number>> = {
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  m: 60_000,
  min: 60_000,
  minutes: 60_000,
  s: 1000,
  sec: 1000,
  seconds: 1000,
  ms: 1,
};
/** 5400000 → "1 h 30 min". */
export function durationText(ms: number): string {
  let left = ms;
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [`${count} ${unit}`];
  });
  return parts.length === 0 ? "0 s" : parts.join(" ");
}
/** "1 h 30 min", "1.5h" → 5400000; what is none stays the text that it is, for the API to refuse by name. */
export function durationOf(text: string): number | string {
  const parts = [...text.matchAll(/(\d+(?:[.,]\d+)?)\s*([a-z]+)/gi)];
  const isWhole =
    parts.map(([part]) => part).join("").length === text.replaceAll(/(?<=[a-z])\s+(?=\d)/gi, "").trim().length;
  const sizes = parts.map(([, , unit = ""]) => unitNames[unit.toLowerCase()]);
  if (parts.length === 0 || !isWhole || sizes.includes(undefined)) return text;
  return Math.round(parts.reduce((sum, [, count = ""], at) => sum + Number(count.replace(",", ".")) * sizes[at]!, 0));
}

/** A value as it stands in its field. */
export function shownIn({ kind, currency }: Field, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (kind === "duration") return typeof value === "number" ? durationText(value) : String(value as string);
  if (kind === "money" && typeof value === "number") return fromMinor(value, currency);
  if (kind === "json") return JSON.stringify(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean);
}

/** What stands in a field as the API takes it. Empty is nothing where nothing is a value, else the usual. */
export function typedAs(field: Field, text: string): unknown {
  const { kind, none } = field;
  const trimmed = text.trim();
  if (trimmed === "") return none === null ? "default" : isEmptyAValue(field) ? "" : null;
  switch (kind) {
    case "duration":
      return durationOf(trimmed);
    case "whole":
    case "number":
      return /^-?\d+([.,]\d+)?$/.test(trimmed) ? Number(trimmed.replace(",", ".")) : trimmed;
    case "money":
      return /^\d+([.,]\d+)?$/.test(trimmed) ? toMinor(trimmed.replace(",", "."), field.currency) : trimmed;
    case "decimal":
      return trimmed.replace(",", ".");
    case "currency":
      return trimmed.toUpperCase();
    case "json":
      return parsed(trimmed);
    default:
      return trimmed;
  }
}

/** Where the empty text is a value of its own, nothing is said by the word "none". */
export const isEmptyAValue = ({ kind, none, usual }: Field): boolean =>
  kind === "text" && none !== null && usual === "";

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Faults of a refused form, by the setting they are about. */
export const faultsOf = (errors: readonly { field: string; expected: string }[]): ReadonlyMap<string, string> =>
  new Map(
    errors.flatMap(({ field, expected }) => {
      const [, name] = /^body\.settings\.(.+)$/.exec(field) ?? [];
      return name === undefined ? [] : [[name, expected]];
    }),
  );
