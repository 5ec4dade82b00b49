import type { Header } from "../../files/header.ts";

/**
 * What each kind of inbox file says: its fields, and the headers by which a column is known for one where the settings name none. `needed` fields
 * are what a file is recognised by. Headers are compared without case; _ and - count as blanks.
 */
interface Field {
  needed: boolean;
  headers: readonly string[];
}
const needed = (...headers: string[]): Field => ({ needed: true, headers });
const optional = (...headers: string[]): Field => ({ needed: false, headers });

const poNumber = needed(
  "po number",
  "po",
  "po no",
  "purchase order",
  "purchase order number",
  "your reference",
  "customer reference",
  "customer po",
  "reference",
);
const sku = [
  "supplier sku",
  "sku",
  "item",
  "item number",
  "item no",
  "article",
  "article number",
  "product code",
  "part number",
];
const units = optional("units", "quantity", "qty", "pieces");

/** In the order in which a header that fits several is decided. */
export const inboxKinds = {
  tracking: {
    po_number: poNumber,
    tracking_number: needed(
      "tracking number",
      "tracking",
      "tracking no",
      "tracking id",
      "parcel number",
      "consignment",
      "consignment number",
    ),
    carrier: optional("carrier", "courier", "shipping company", "service"),
    shipped_at: optional("shipped at", "ship date", "shipped", "shipping date", "dispatched", "dispatch date"),
    supplier_sku: optional(...sku),
    units,
  },
  acknowledgement: {
    po_number: poNumber,
    status: needed("status", "order status", "line status", "result"),
    supplier_order_id: optional(
      "supplier order id",
      "order id",
      "supplier order number",
      "sales order",
      "sales order number",
      "our reference",
    ),
    line_no: optional("line no", "line", "line number"),
    supplier_sku: optional(...sku),
    units,
    reason: optional("reason", "message", "comment", "note"),
    until: optional("until", "backordered until", "available", "available from", "expected date", "eta", "date"),
  },
  stock: {
    supplier_sku: needed(...sku),
    on_hand: needed("on hand", "stock", "stock level", "available", "quantity", "qty", "inventory"),
    unit_cost: optional("unit cost", "cost", "price", "unit price"),
    currency: optional("currency"),
    as_of: optional("as of", "date", "updated", "updated at"),
  },
  cost: {
    supplier_sku: needed(...sku),
    unit_cost: needed("unit cost", "cost", "price", "unit price", "net price"),
    currency: optional("currency"),
  },
} as const satisfies Record<string, Record<string, Field>>;
export type InboxKind = keyof typeof inboxKinds;
export type FieldOf<K extends InboxKind> = keyof (typeof inboxKinds)[K] & string;

/** Names by which files say themselves what they are. */
export const usualNames: Record<InboxKind, RegExp> = {
  tracking: /track|ship|dispatch|asn/i,
  acknowledgement: /ack|confirm/i,
  stock: /stock|inventory/i,
  cost: /cost|price/i,
};

/** Column (index from 0) of each field that the header has; or why this header is not one of that kind. */
export function columnsOf(
  kind: InboxKind,
  header: Header,
  given: Record<string, string>,
): { columns: Map<string, number> } | { missing: string } {
  const columns = new Map<string, number>();
  for (const [field, { needed, headers }] of Object.entries<Field>(inboxKinds[kind])) {
    const own = given[field];
    const names =
      own === undefined
        ? headers.flatMap((name) => [name, name.replaceAll(" ", "_"), name.replaceAll(" ", "-")])
        : [own];
    const found = names.map((name) => ({ name, at: header.columnsNamed(name) })).find(({ at }) => at.length > 0);
    if (found === undefined) {
      if (needed || own !== undefined) return { missing: `a column ${own ?? names[0]}` };
    } else if (found.at.length > 1) {
      return { missing: `only one column ${found.name}; there are ${found.at.length}` };
    } else {
      columns.set(field, found.at[0] ?? 0);
    }
  }
  return { columns };
}
