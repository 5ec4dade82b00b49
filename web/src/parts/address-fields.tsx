import { Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "../i18n.ts";
import type { Schemas } from "../app/api.ts";
import { useHere } from "../app/session.tsx";
import { addressLayout } from "./address.tsx";
import { countryName } from "./format.ts";
import classes from "./resolve/resolve.module.css";

type Address = Schemas["Address"];
export type AddressField = keyof Address;
export const noAddress: Address = {
  name: "",
  company: "",
  line1: "",
  line2: "",
  city: "",
  region: "",
  postcode: "",
  country: "",
  phone: "",
  email: "",
};

export function useAddressFormats() {
  const { api, workspace } = useHere();
  return useQuery({
    queryKey: [workspace.slug, "address-formats"],
    queryFn: ({ signal }) => api.get("/v1/address-formats", { signal }),
    staleTime: "static",
    meta: { live: false },
  });
}

interface AddressFieldsProps {
  address: Address;
  onChange: (address: Address) => void;
  /** What is wrong with a field, said at it. */
  errorOf: (field: AddressField) => string | undefined;
  needsPhone?: boolean;
  /** Which field has the caret. */
  focused?: AddressField;
}

/** The fields of an address as its country writes them; what is needed there is marked. */
export function AddressFields({ address, onChange, errorOf, needsPhone = false, focused }: AddressFieldsProps) {
  const { t } = useTranslation();
  const { data } = useAddressFormats();
  const needs = data?.formats.find(({ country }) => country === address.country);
  const isNeeded = (field: AddressField): boolean =>
    field === "name" ||
    field === "line1" ||
    field === "city" ||
    field === "country" ||
    (field === "region" && (needs?.region ?? null) !== null) ||
    (field === "postcode" && needs?.postcode?.needed === true) ||
    (field === "phone" && needsPhone);
  const hintOf = (field: AddressField): string | undefined =>
    field === "postcode" && needs?.postcode != null
      ? t("resolve.address.such", { example: needs.postcode.example })
      : field === "region"
        ? (needs?.region ?? undefined)
        : undefined;
  const input = (field: AddressField): ReactNode => {
    const common = {
      label: t(`resolve.address.${field}`),
      required: isNeeded(field),
      error: errorOf(field),
      "data-autofocus": field === focused,
      autoFocus: field === focused,
    };
    if (field === "country")
      return (
        <Select
          {...common}
          searchable
          data={(data?.formats ?? []).map(({ country }) => ({ value: country, label: countryName(country) }))}
          value={address.country === "" ? null : address.country}
          onChange={(country) => onChange({ ...address, country: country ?? "" })}
        />
      );
    return (
      <TextInput
        {...common}
        placeholder={hintOf(field) ?? ""}
        value={address[field]}
        autoComplete="off"
        onChange={(event) => onChange({ ...address, [field]: event.currentTarget.value })}
      />
    );
  };
  return (
    <Stack gap={6}>
      {[...addressLayout(address.country), ["phone", "email"] as const].map((fields) => (
        <div key={fields.join()} className={classes["row"]}>
          {fields.map((field) => (
            <div key={field} className={field === "postcode" ? classes["postcode"] : undefined}>
              {input(field)}
            </div>
          ))}
        </div>
      ))}
    </Stack>
  );
}
