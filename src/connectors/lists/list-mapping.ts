import { BadMapping, checkParts, delimiterOf, encodingNames, itemsOf, oneOf } from "../channels/file/order-mapping.ts";
import type { DecimalMark } from "../files/amount.ts";
import type { DateStyle } from "../files/moment.ts";
import { encodings, type Dialect } from "../files/table.ts";

/** Tables that a person brings: what products are bought as, what suppliers have and ask for, and which parcels left. */
export type ListKind = "links" | "stock" | "costs" | "tracking";

interface FieldSpec {
  /** Without a column or a value for it the list cannot be read. */
  needed: boolean;
  /** Names by which a column is known, the most certain first; compared without case, _ and - count as blanks. */
  headers: readonly string[];
}
const needed = (...headers: string[]): FieldSpec => ({ needed: true, headers });
const optional = (...headers: string[]): FieldSpec => ({ needed: false, headers });

const supplier = needed("supplier", "supplier name", "vendor", "vendor name", "lieferant");
const cost = [
  "cost",
  "unit cost",
  "price",
  "unit price",
  "net price",
  "purchase price",
  "einkaufspreis",
  "ek",
  "preis",
];
const currency = optional("currency", "currency code", "währung");
const supplierSku = [
  "supplier sku",
  "vendor sku",
  "their sku",
  "item number",
  "item no",
  "article number",
  "article no",
  "part number",
  "product code",
  "lieferanten-artikelnummer",
];

/** In the order in which a header that fits several fields is decided. */
export const listFields = {
  links: {
    sku: needed("channel sku", "shop sku", "our sku", "sku", "seller sku", "artikelnummer"),
    supplier: optional(...supplier.headers),
    supplier_sku: optional(...supplierSku),
    units: optional("units", "supplier units", "einheiten"),
    per: optional("per", "channel units", "pro"),
    cost: optional(...cost),
    currency,
    priority: optional("priority", "rank", "priorität"),
    component: optional("component", "component no", "part", "komponente"),
    max_cost: optional("max cost", "maximum cost", "highest cost", "price limit"),
    channel: optional("channel", "shop", "kanal"),
    nothing_to_ship: optional("nothing to ship", "no shipping", "virtual", "nichts zu versenden"),
  },
  stock: {
    supplier,
    sku: needed(...supplierSku, "sku", "item", "article", "artikelnummer"),
    on_hand: needed(
      "on hand",
      "stock",
      "stock level",
      "available",
      "units",
      "quantity",
      "qty",
      "inventory",
      "bestand",
      "menge",
    ),
    cost: optional(...cost),
    currency,
    as_of: optional("as of", "counted at", "counted", "date", "updated at", "updated", "stand", "datum"),
  },
  costs: {
    supplier,
    sku: needed(...supplierSku, "sku", "item", "article", "artikelnummer"),
    cost: needed(...cost),
    currency,
  },
  tracking: {
    po: optional(
      "po number",
      "po",
      "po no",
      "purchase order",
      "purchase order number",
      "po reference",
      "bestellnummer lieferant",
    ),
    order: optional(
      "order number",
      "order",
      "order no",
      "order id",
      "channel order id",
      "bestellnummer",
      "auftragsnummer",
      "auftrag",
    ),
    tracking_number: needed(
      "tracking number",
      "tracking",
      "tracking no",
      "tracking id",
      "parcel number",
      "consignment number",
      "consignment",
      "sendungsnummer",
      "trackingnummer",
    ),
    carrier: optional("carrier", "courier", "shipping company", "versanddienstleister", "paketdienst"),
    shipped_at: optional(
      "shipped at",
      "ship date",
      "shipped",
      "shipping date",
      "dispatched",
      "dispatch date",
      "versanddatum",
      "versendet",
    ),
    sku: optional(...supplierSku, "sku", "item", "article", "artikelnummer"),
    units: optional("units", "quantity", "qty", "pieces", "menge"),
  },
} as const satisfies Record<ListKind, Record<string, FieldSpec>>;
export type ListField<K extends ListKind> = keyof (typeof listFields)[K] & string;
export const fieldsOf = (kind: ListKind): [string, FieldSpec][] => Object.entries<FieldSpec>(listFields[kind]);

/** Everything that must be known to read one list: nothing in it is guessed again while reading. */
export interface ListMapping extends Dialect {
  decimal: DecimalMark;
  dateStyle: DateStyle;
  /** IANA zone of times without an offset. */
  zone: string | null;
  columns: Record<string, string>;
  /** What the file does not say and the person who imports does, e.g. supplier "Northwind". */
  constants: Record<string, string>;
}

/**
 * IM-11. The argument of `--map` for a list: `sku=Item,supplier:=Northwind,decimal=comma,date=dd.MM.yyyy,zone=Europe/Berlin`. `field=Header` names a column,
 * `field:=value` what every row has. Settings: delimiter, encoding, quotes, decimal, date, zone. Throws BadMapping.
 */
export function parseListMap(kind: ListKind, text: string): Partial<ListMapping> {
  const mapping: Partial<ListMapping> = {};
  const known = Object.keys(listFields[kind]);
  const seen = new Set<string>();
  for (const item of itemsOf(text)) {
    const parts = /^([^=:]+)(:?=)(.*)$/s.exec(item);
    if (parts === null)
      throw new BadMapping(
        `--map: "${item}" is no item. Write field=Header, field:=value or setting=value, separated by commas.`,
      );
    const [, name = "", sign = "=", right = ""] = parts;
    const key = name.trim().toLowerCase().replaceAll("-", "_");
    if (seen.has(key)) throw new BadMapping(`--map: ${key} is given twice. Give it once.`);
    seen.add(key);
    const value = right.trim();
    if (value === "" && right !== "\t" && right !== " ")
      throw new BadMapping(`--map: ${key} has no value. Write ${key}${sign}… or leave it out.`);
    const setting = settings.get(key);
    if (known.includes(key) && sign === ":=") mapping.constants = { ...mapping.constants, [key]: value };
    else if (known.includes(key)) mapping.columns = { ...mapping.columns, [key]: value };
    else if (setting !== undefined) Object.assign(mapping, setting(value === "" ? right : value));
    else
      throw new BadMapping(
        `--map: "${key}" is neither a field nor a setting. Fields: ${known.join(", ")}. Settings: ${[...settings.keys()].join(", ")}.`,
      );
  }
  const { dateStyle, zone, constants } = mapping;
  checkParts({
    ...(dateStyle === undefined ? {} : { dateStyle }),
    ...(zone === undefined ? {} : { zone }),
    constants: constants?.["currency"] === undefined ? {} : { currency: constants["currency"] },
  });
  return mapping;
}

const settings = new Map<string, (value: string) => Partial<ListMapping>>([
  ["delimiter", (value) => ({ delimiter: delimiterOf(value) })],
  [
    "encoding",
    (value) => ({ encoding: encodingNames.get(value.toLowerCase()) ?? oneOf("encoding", encodings, value) }),
  ],
  ["quotes", (value) => ({ quoted: oneOf("quotes", ["yes", "no"], value) === "yes" })],
  [
    "decimal",
    (value) => ({
      decimal: [",", "comma"].includes(oneOf("decimal", [".", ",", "point", "comma"], value)) ? "," : ".",
    }),
  ],
  ["date", (value) => ({ dateStyle: value })],
  ["zone", (value) => ({ zone: value })],
]);
