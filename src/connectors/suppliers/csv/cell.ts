import type { PlaceRequest } from "../../ports.ts";
import { opensFormula, type ColumnValue, type CsvSettings } from "./settings.ts";

/** What a cell may be: its text, or why this purchase cannot be written down. Messages never repeat a buyer's data, but name the character. */
export type Written = { ok: true; text: string } | { ok: false; message: string };

/**
 * One cell, guarded against spreadsheets that run what begins like a formula (rule CS-4): a buyer's text gets an apostrophe before it, as
 * spreadsheets themselves write it; an id or a SKU is never changed, so it is refused.
 */
export function cellOf(
  value: ColumnValue,
  request: PlaceRequest,
  line: PlaceRequest["lines"][number],
  settings: CsvSettings,
): Written {
  const raw = textOf(value, request, line, settings);
  const isBuyers = buyersTexts.has(value);
  if (value === "unit_cost" && !/^\d+(?:[.,]\d+)?$/.test(raw)) return refuse("is no plain decimal number of 0 or more");
  const control = (isBuyers ? /[^\P{Cc}\n\r\t]/u : /\p{Cc}/u).exec(raw);
  if (control !== null) return refuse(`has the control character ${nameOf(control[0])}; remove it`);
  // A phone number of digits and the marks between them cannot name a function: it stays as it is dialled.
  const isPhone = value === "phone" && /^\+[\d\s()./-]*$/.test(raw);
  if (!opensFormula.test(raw) || isPhone) return quoted(raw, settings);
  if (isBuyers) return quoted(`'${raw}`, settings);
  return refuse(
    `begins with "${raw[0]}", which a spreadsheet runs as a formula; an id or SKU is never changed to prevent that. Give it another value`,
  );
}

/** The cell as it stands in the file, or why these settings have no way to write it. */
export function quoted(text: string, { quotes, delimiter }: Pick<CsvSettings, "quotes" | "delimiter">): Written {
  const needsQuotes = text.includes(delimiter) || /["\r\n]/.test(text);
  if (quotes === "never") {
    return needsQuotes
      ? refuse(`has a delimiter, quote or line break, which a file without quotes cannot carry`)
      : { ok: true, text };
  }
  return { ok: true, text: quotes === "always" || needsQuotes ? `"${text.replaceAll('"', '""')}"` : text };
}

/** Bytes of the text, or the first character that the encoding does not have. Nothing is replaced. */
export function encoded(
  text: string,
  encoding: CsvSettings["encoding"],
): { ok: true; bytes: Uint8Array } | { ok: false; message: string } {
  if (encoding === "utf-8") {
    return text.isWellFormed()
      ? { ok: true, bytes: new TextEncoder().encode(text) }
      : refuse("has half a character (a lone surrogate)");
  }
  const bytes: number[] = [];
  for (const character of text) {
    const byte = windows1252(character);
    if (byte === null)
      return refuse(
        `has “${character}” (${nameOf(character)}), which Windows-1252 does not have; send in UTF-8 or write it otherwise`,
      );
    bytes.push(byte);
  }
  return { ok: true, bytes: Uint8Array.from(bytes) };
}

const refuse = (message: string): { ok: false; message: string } => ({ ok: false, message });
const nameOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** 0x80 to 0x9F; a blank where the code page has nothing. The rest is as in Latin-1. */
const upperControls = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";
function windows1252(character: string): number | null {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) return code;
  const index = upperControls.indexOf(character);
  return index === -1 ? null : 0x80 + index;
}

/** Columns whose text a buyer wrote. Everything else is an id, a number, a code or the seller's own. */
const buyersTexts: ReadonlySet<ColumnValue> = new Set<ColumnValue>([
  "ship_name",
  "ship_company",
  "ship_line1",
  "ship_line2",
  "ship_city",
  "ship_region",
  "ship_postcode",
  "phone",
  "email",
  "note",
]);

function textOf(
  value: ColumnValue,
  request: PlaceRequest,
  line: PlaceRequest["lines"][number],
  settings: CsvSettings,
): string {
  const { shipTo } = request;
  switch (value) {
    case "po_number":
      return request.reference;
    case "order_number":
      return request.orderNumber ?? "";
    case "line_no":
      return String(line.no);
    case "supplier_sku":
      return line.supplierSku;
    case "units":
      return String(line.units);
    case "unit_cost":
      return line.unitCost.replace(".", settings.decimal);
    case "currency":
      return request.maxTotal.currency;
    case "ship_name":
      return shipTo.name;
    case "ship_company":
      return shipTo.company;
    case "ship_line1":
      return shipTo.line1;
    case "ship_line2":
      return shipTo.line2;
    case "ship_city":
      return shipTo.city;
    case "ship_region":
      return shipTo.region;
    case "ship_postcode":
      return shipTo.postcode;
    case "ship_country":
      return shipTo.country;
    case "phone":
      return shipTo.phone;
    case "email":
      return shipTo.email;
    case "method":
      return request.method;
    case "note":
      return request.note;
    case "ship_by":
      return request.shipBy ?? "";
    default:
      return value.slice("constant:".length);
  }
}
