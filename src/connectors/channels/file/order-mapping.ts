import { readFileSync } from "node:fs";
import { z } from "zod";
import { payments } from "#domain/channel-order.ts";
import { isCountry } from "#domain/country.ts";
import { isCurrency } from "#domain/money.ts";
import type { DecimalMark } from "../../files/amount.ts";
import { dateStyleOf, isZone, type DateStyle } from "../../files/moment.ts";
import { delimiterNames } from "../../files/dialect.ts";
import { encodings, type Encoding } from "../../files/table.ts";

export type FileFormat = "shopify" | "amazon" | "ebay" | "woocommerce" | "generic";
export const fileFormats = [
  "shopify",
  "amazon",
  "ebay",
  "woocommerce",
  "generic",
] as const satisfies readonly FileFormat[];

/** What a column of an order file can say. The order's own fields come first, then its address, then its lines. */
export const fields = [
  "order_id",
  "number",
  "cancels", // on a cancellation: the order that it cancels
  "ordered_at",
  "updated_at",
  "paid_at",
  "cancelled_at",
  "ship_by",
  "payment",
  "status", // one word for payment, cancellation and fulfilment together, as WooCommerce has it
  "currency",
  "total",
  "shipping_paid",
  "shipping_method",
  "buyer_id",
  "note",
  "risk",
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
  "line_id",
  "product_id", // the channel's own number of the product, where a line without SKU is told by it
  "sku",
  "title",
  "quantity",
  "unit_price",
  "line_price", // of the whole line
  "kind",
  "fulfilled_by",
  "requires_shipping",
  "line_status",
  "cancelled_quantity",
  "fulfilled_quantity",
] as const;
export type Field = (typeof fields)[number];

/** Everything that must be known to read one order file: nothing in it is guessed again while reading. */
export interface OrderMapping {
  format: FileFormat;
  delimiter: string;
  encoding: Encoding;
  /** Whether cells may stand in double quotes; see Dialect. */
  quoted: boolean;
  decimal: DecimalMark;
  dateStyle: DateStyle;
  /** IANA zone of times without an offset. */
  zone: string | null;
  columns: Partial<Record<Field, string>>;
  /** What the file does not say and the person who imports does, e.g. currency "GBP". */
  constants: Partial<Record<Field, string>>;
  /** An order id that begins with it is a cancellation, e.g. "C". */
  cancellationPrefix?: string;
  /** SKUs that are no goods (POST, BANK CHARGES); a star at the end stands for any rest. Compared without regard to case. */
  notGoods: string[];
  /** Country names that no list knows, to ISO codes: { EIRE: "IE" }. */
  countries: Record<string, string>;
}

/** A mapping that cannot be used; the message says which part and what to write instead. */
export class BadMapping extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadMapping";
  }
}

const fieldName = z.enum(fields);
const partialMapping = z
  .strictObject({
    format: z.enum(fileFormats),
    delimiter: z.string().length(1),
    encoding: z.enum(encodings),
    quoted: z.boolean(),
    decimal: z.enum([".", ","]),
    dateStyle: z.string(),
    zone: z.string().nullable(),
    columns: z.partialRecord(fieldName, z.string().min(1)),
    constants: z.partialRecord(fieldName, z.string().min(1)),
    cancellationPrefix: z.string().min(1),
    notGoods: z.array(z.string().min(1)),
    countries: z.record(z.string().min(1), z.string()),
  })
  .partial();

export const encodingNames = new Map<string, Encoding>([
  ["utf-8", "utf-8"],
  ["utf8", "utf-8"],
  ["utf-16le", "utf-16le"],
  ["utf-16be", "utf-16be"],
  ["windows-1252", "windows-1252"],
  ["cp1252", "windows-1252"],
  ["latin1", "windows-1252"],
  ["iso-8859-1", "windows-1252"],
]);

/**
 * The argument of `--map`: `order_id=InvoiceNo,sku=StockCode,currency:=GBP,zone=Europe/London,decimal=.,date=M/d/yy H:mm`, or `@file.json` with a
 * part of an OrderMapping. `field=Header` names a column, `field:=value` what every order has. Settings: format, delimiter, encoding, quotes (yes,
 * no), decimal, date, zone, cancellation-prefix, not-goods=POST|M, country[EIRE]=IE. An item with a comma stands in double quotes. FI-36.
 * Throws BadMapping.
 */
export function parseMap(text: string): Partial<OrderMapping> {
  if (text.startsWith("@")) return mappingFromFile(text.slice(1));
  const mapping: Partial<OrderMapping> = {};
  const seen = new Set<string>();
  for (const item of itemsOf(text)) {
    const parts = /^([^=:[]+)(?:\[([^\]]+)\])?(:?=)(.*)$/s.exec(item);
    if (parts === null)
      throw new BadMapping(
        `--map: "${item}" is no item. Write field=Header, field:=value or setting=value, separated by commas.`,
      );
    const [, name = "", index, sign = "=", right = ""] = parts;
    const key = name.trim().toLowerCase().replaceAll("-", "_");
    const once = index === undefined ? key : `${key}[${index}]`;
    if (seen.has(once)) throw new BadMapping(`--map: ${once} is given twice. Give it once.`);
    seen.add(once);
    const value = right.trim();
    if (value === "" && right !== "\t" && right !== " ")
      throw new BadMapping(`--map: ${once} has no value. Write ${name.trim()}${sign}… or leave it out.`);
    const field = fields.find((known) => known === key);
    const setting = settings.get(key);
    if (key === "country" && index !== undefined)
      mapping.countries = { ...mapping.countries, [index]: value.toUpperCase() };
    else if (field !== undefined && sign === ":=") mapping.constants = { ...mapping.constants, [field]: value };
    else if (field !== undefined) mapping.columns = { ...mapping.columns, [field]: value };
    else if (setting !== undefined) setting(mapping, value === "" ? right : value);
    else
      throw new BadMapping(
        `--map: "${key}" is neither a field nor a setting. Fields: ${fields.join(", ")}. Settings: ${[...settings.keys()].join(", ")}, country[NAME].`,
      );
  }
  return checkParts(mapping);
}

const settings = new Map<string, (mapping: Partial<OrderMapping>, value: string) => void>([
  ["format", (mapping, value) => void (mapping.format = oneOf("format", fileFormats, value))],
  ["delimiter", (mapping, value) => void (mapping.delimiter = delimiterOf(value))],
  [
    "encoding",
    (mapping, value) =>
      void (mapping.encoding = encodingNames.get(value.toLowerCase()) ?? oneOf("encoding", encodings, value)),
  ],
  ["quotes", (mapping, value) => void (mapping.quoted = oneOf("quotes", ["yes", "no"], value) === "yes")],
  [
    "decimal",
    (mapping, value) =>
      void (mapping.decimal = [",", "comma"].includes(oneOf("decimal", [".", ",", "point", "comma"], value))
        ? ","
        : "."),
  ],
  ["date", (mapping, value) => void (mapping.dateStyle = value)],
  ["zone", (mapping, value) => void (mapping.zone = value)],
  ["cancellation_prefix", (mapping, value) => void (mapping.cancellationPrefix = value)],
  [
    "not_goods",
    (mapping, value) =>
      void (mapping.notGoods = value
        .split("|")
        .map((sku) => sku.trim())
        .filter((sku) => sku !== "")),
  ],
]);

export function oneOf<const T extends string>(setting: string, known: readonly T[], value: string): T {
  const found = known.find((one) => one === value.toLowerCase());
  if (found === undefined)
    throw new BadMapping(`--map: ${setting}=${value} is not known. Use one of ${known.join(", ")}.`);
  return found;
}

export function delimiterOf(value: string): string {
  for (const [character, name] of delimiterNames) if (name === value.toLowerCase()) return character;
  if (value.length === 1) return value;
  throw new BadMapping(
    `--map: delimiter=${value} is not known. Use one of ${[...delimiterNames.values()].join(", ")}, or one character.`,
  );
}

/** Splits at commas that stand outside double quotes; a doubled quote inside them is a quote. */
export function itemsOf(text: string): string[] {
  const items = text.match(/(?:"(?:[^"]|"")*"|[^,"])+/g) ?? [];
  if ((text.match(/"/g) ?? []).length % 2 === 1) throw new BadMapping("--map: a double quote is not closed.");
  return items
    .map((item) => item.replaceAll(/"((?:[^"]|"")*)"/g, (_, inside: string) => inside.replaceAll('""', '"')))
    .filter((item) => item.trim() !== "");
}

function mappingFromFile(path: string): Partial<OrderMapping> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new BadMapping(`--map: ${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BadMapping(`--map: ${path} is no JSON (${error instanceof Error ? error.message : String(error)}).`);
  }
  const parsed = partialMapping.safeParse(json);
  if (!parsed.success) throw new BadMapping(`--map: ${path} is no mapping. ${z.prettifyError(parsed.error)}`);
  return checkParts(withoutUndefined(parsed.data));
}

/** zod's optional keys may be present and undefined; a Partial that is spread over defaults must not have them. */
function withoutUndefined(parts: z.infer<typeof partialMapping>): Partial<OrderMapping> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

/** Checks whatever parts of a mapping are there, without a file. FI-37. Throws BadMapping. */
export function checkParts<T extends Partial<OrderMapping>>(mapping: T): T {
  const { dateStyle, zone, constants = {}, columns = {}, countries = {} } = mapping;
  if (dateStyle !== undefined) {
    const style = dateStyleOf(dateStyle);
    if (!style.ok) throw new BadMapping(`date=${dateStyle} is no style. Use ${style.expected}.`);
  }
  if (zone !== undefined && zone !== null && !isZone(zone))
    throw new BadMapping(`zone=${zone} is no time zone. Use an IANA name like Europe/London or America/New_York.`);
  if (constants.currency !== undefined && !isCurrency(constants.currency))
    throw new BadMapping(`currency:=${constants.currency} is no currency. Use an ISO 4217 code like GBP.`);
  if (constants.payment !== undefined && !payments.some((known) => known === constants.payment))
    throw new BadMapping(`payment:=${constants.payment} is not known. Use one of ${payments.join(", ")}.`);
  for (const field of fields)
    if (columns[field] !== undefined && constants[field] !== undefined)
      throw new BadMapping(
        `${field} is given as a column (${columns[field]}) and as a value (${constants[field]}). Keep one.`,
      );
  for (const perLine of ["order_id", "sku", "quantity", "line_id"] as const)
    if (constants[perLine] !== undefined)
      throw new BadMapping(
        `${perLine}:=${constants[perLine]} would be the same for every row. Name a column: ${perLine}=Header.`,
      );
  for (const [name, code] of Object.entries(countries))
    if (!isCountry(code))
      throw new BadMapping(`country[${name}]=${code}: ${code} is no ISO 3166 code. Use two letters like IE.`);
  return mapping;
}
