import type { Schemas } from "../app/api.ts";
import { countryName } from "./format.ts";

type Address = Schemas["Address"];
type Field = keyof Address;

/** Where the postcode is written behind the city, or on a line of its own below it; elsewhere it stands before the city. */
const postcodeAfterCity = new Set(
  "US CA AU GB IE GG JE IM IN NZ ZA HK SG PR VI GU AS MP JO LV HU UA KR TH VN ID MT BD PK LK NG KE EG SA AE".split(" "),
);
export const isPostcodeFirst = (country: string): boolean => !postcodeAfterCity.has(country);

/** The fields of an address as its country writes them, line by line. */
export function addressLayout(country: string): readonly (readonly Field[])[] {
  const town: readonly Field[] = isPostcodeFirst(country)
    ? ["postcode", "city", "region"]
    : ["city", "region", "postcode"];
  return [["name"], ["company"], ["line1"], ["line2"], town, ["country"]];
}

/** As its country writes it, one line below the other: for a label, or the clipboard. */
export const addressText = (address: Omit<Address, "email" | "phone">): string =>
  addressLayout(address.country)
    .map((fields) =>
      fields
        .map((field) => (field === "country" ? countryName(address.country) : address[field as "name"]))
        .filter((text) => text.trim() !== "")
        .join(" "),
    )
    .filter((line) => line !== "")
    .join("\n");

export const addressDifference = (one: Address, other: Address): Field[] =>
  (Object.keys(one) as Field[]).filter((field) => one[field] !== other[field]);

/** An address as its country writes it; what is marked is bold. */
export function AddressLines({ address, changed = [] }: { address: Address; changed?: readonly Field[] }) {
  const lines = [...addressLayout(address.country), ["phone"], ["email"]] as (readonly Field[])[];
  return (
    <address style={{ fontStyle: "normal" }}>
      {lines.map((fields) => {
        const filled = fields.filter((field) => address[field] !== "");
        return filled.length === 0 ? null : (
          <div key={fields.join()}>
            {filled.map((field, index) => {
              const text = field === "country" ? countryName(address.country) : address[field];
              return (
                <span key={field}>
                  {index > 0 && " "}
                  {changed.includes(field) ? (
                    <mark style={{ background: "var(--sy-amber-back)", color: "inherit", fontWeight: 600 }}>
                      {text}
                    </mark>
                  ) : (
                    text
                  )}
                </span>
              );
            })}
          </div>
        );
      })}
    </address>
  );
}
