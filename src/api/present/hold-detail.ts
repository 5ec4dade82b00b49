import { publicId } from "#domain/ids.ts";
import { addressFields, type Address } from "#domain/address.ts";
import { reasons, type ReasonCode } from "#domain/reasons.ts";
import type { OrderView } from "#store/read/order.ts";
import { money } from "../schemas.ts";

type Detail = Readonly<Record<string, unknown>>;

/**
 * UI-22. The particulars of a hold for those outside: names instead of inner ids, money with its currency, the public id of the other order, and both
 * addresses of a change instead of their numbers.
 */
export function readableDetail(detail: Detail, view: OrderView): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(detail)) {
    const readable = shownAs(key, value, detail, view);
    if (readable !== undefined) shown[readable.key] = readable.value;
  }
  return shown;
}

const amounts: ReadonlySet<string> = new Set(["missing", "needed", "left", "charged", "max"]);

function shownAs(
  key: string,
  value: unknown,
  detail: Detail,
  view: OrderView,
): { key: string; value: unknown } | undefined {
  const supplierName = (id: unknown): string | undefined => view.suppliers.get(id as never)?.name;
  const currency = detail["currency"];
  if (amounts.has(key) && typeof value === "string" && typeof currency === "string") {
    const of = key === "max" && typeof detail["accountCurrency"] === "string" ? detail["accountCurrency"] : currency;
    return { key, value: money({ amount: BigInt(value), currency: of }) };
  }
  if (detail["field"] === "address" && (key === "theirs" || key === "ours"))
    return { key, value: addressOf(key, detail, view) };
  switch (key) {
    case "cancellation":
      return { key, value: 1 + view.dossier.cancellations.findIndex((each) => each.id === value) };
    case "supplier":
    case "supplierId":
      return { key: "supplier", value: supplierName(value) };
    case "account":
      return { key, value: view.accounts.get(value as never)?.name ?? value };
    case "of":
      return { key, value: publicId("order", String(value)) };
    case "parcel": {
      const parcels = view.dossier.shipments.flatMap((shipment) => shipment.parcels);
      return parcels.some((each) => each.id === value) ? undefined : { key, value };
    }
    case "rejected":
      return {
        key,
        value: (value as { supplierId: string; supplierSku: string; why: ReasonCode }[]).map((each) => ({
          supplier: supplierName(each.supplierId) ?? "a supplier that is gone",
          supplier_sku: each.supplierSku,
          why: each.why,
          title: reasons[each.why].title,
        })),
      };
    case "writeBack":
    case "attempt":
      return undefined;
    default:
      return { key, value };
  }
}

/** Ours is the edit, or what the channel had said before. */
function addressOf(side: "theirs" | "ours", detail: Detail, { addresses }: OrderView): Address | null {
  const theirs = Number(detail["theirs"]);
  const no =
    side === "theirs"
      ? theirs
      : typeof detail["ours"] === "number"
        ? detail["ours"]
        : Math.max(0, ...[...addresses.keys()].filter((each) => each < theirs));
  const found = addresses.get(no);
  return found === undefined
    ? null
    : (Object.fromEntries(addressFields.map((field) => [field, found[field]])) as unknown as Address);
}
