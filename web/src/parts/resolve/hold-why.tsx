import type { ReactNode } from "react";
import { useTranslation } from "../../i18n.ts";
import { carrierName } from "../carriers.ts";
import { formatMoney } from "../format.ts";
import { Copyable } from "../copyable.tsx";
import { Facts } from "../page.tsx";
import { Ago } from "../time.tsx";
import { isMoney, textOf, type Hold } from "./subject.ts";

/** Shown elsewhere on the card or in its form, or without meaning to a reader. */
const elsewhere: ReadonlySet<string> = new Set([
  "theirs",
  "ours",
  "of",
  "cancellation",
  "component",
  "addressNo",
  "currency",
  "accountCurrency",
  "was",
]);

interface Rejected {
  supplier: string;
  supplier_sku: string;
  title: string;
}
const isRejected = (value: unknown): value is readonly Rejected[] =>
  Array.isArray(value) && value.every((each) => typeof each === "object" && each !== null && "supplier_sku" in each);

/** The particulars of a hold in words: what a supplier said, which field, how much is missing. */
export function HoldWhy({ hold }: { hold: Hold }) {
  const { t } = useTranslation();
  const facts = Object.entries(hold.detail).flatMap(([key, value]): (readonly [string, ReactNode])[] => {
    if (elsewhere.has(key) || (hold.code === "changed_on_channel" && (key === "field" || key === "placed"))) return [];
    if (key === "sku" && hold.on.subject === "line") return [];
    if (key === "why" && value === "refused") return [];
    if (value === null || value === undefined || value === "") return [];
    const label = t(`why.${key as "sku"}`, key.replace(/([A-Z])/g, " $1").toLowerCase());
    return [[label, shown(key, value)]];
  });
  return facts.length === 0 ? null : <Facts facts={facts} />;

  function shown(key: string, value: unknown): ReactNode {
    if (isMoney(value)) return <span className="num">{formatMoney(value)}</span>;
    if (isRejected(value))
      return value.map((each) => (
        <div key={`${each.supplier} ${each.supplier_sku}`}>
          {each.supplier} <span className="dim mono">{each.supplier_sku}</span>: {each.title}
        </div>
      ));
    const text = textOf(value);
    if (text !== undefined) {
      if (/^\d{4}-\d\d-\d\dT/.test(text)) return <Ago at={text} />;
      if (key === "reference" || key === "trackingNumber" || key === "sku")
        return (
          <Copyable value={text}>
            <span className="mono">{text}</span>
          </Copyable>
        );
      if (key === "carrier") return carrierName(text);
      if (key === "field") return t(`resolve.address.${text as "city"}`, text);
      if (key === "message") return `“${text}”`;
      if (key === "why" || key === "while" || key === "origin" || key === "payment" || key === "statedBy")
        return t(`whyWords.${text as "check"}`, text.replaceAll("_", " "));
      return text;
    }
    if (key === "withinMs" && typeof value === "number")
      return t("why.hours", { count: Math.round(value / 3_600_000) });
    if (typeof value === "number") return String(value);
    if (typeof value === "boolean") return value ? t("why.yes") : t("why.no");
    if (Array.isArray(value)) return value.map(oneOf).join(", ");
    return JSON.stringify(value);
  }
}

/** Units of a line, a SKU with its units, a line's number, a tracking number. */
function oneOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const { orderLineNo, quantity, units, supplierSku, code } = value as Readonly<Record<string, string | number | null>>;
  return [quantity ?? units, "×", orderLineNo === undefined ? supplierSku : `line ${orderLineNo}`, code]
    .filter((each) => each !== undefined && each !== null)
    .join(" ");
}
