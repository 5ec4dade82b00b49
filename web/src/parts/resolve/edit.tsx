import { Autocomplete, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { ActForm } from "../act-form.tsx";
import { addressLayout } from "../address.tsx";
import { post } from "../api-call.tsx";
import { countryName } from "../format.ts";
import classes from "./resolve.module.css";
import type { FormProps, Hold } from "./subject.ts";

type Address = Schemas["Address"];
const nothing: Address = {
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
type EditProps = Omit<FormProps, "hold"> & { hold?: Hold | undefined };

export function useAddressFormats() {
  const { api, workspace } = useHere();
  return useQuery({
    queryKey: [workspace.slug, "address-formats"],
    queryFn: ({ signal }) => api.get("/v1/address-formats", { signal }),
    staleTime: Infinity,
    meta: { live: false },
  });
}

/** The address as its country writes it: what is needed there is marked, and what is wrong is said at its field. */
export function EditAddress({ order, hold, done, autoFocus }: EditProps) {
  const { t } = useTranslation();
  const [address, setAddress] = useState<Address>(order.ship_to ?? nothing);
  const { data } = useAddressFormats();
  const needs = data?.formats.find(({ country }) => country === address.country);
  const wrong = typeof hold?.detail["field"] === "string" ? hold.detail["field"] : null;
  const expected = typeof hold?.detail["expected"] === "string" ? hold.detail["expected"] : null;
  const needsPhone = hold?.code === "phone_missing";
  const isNeeded = (field: keyof Address): boolean =>
    field === "name" ||
    field === "line1" ||
    field === "city" ||
    field === "country" ||
    (field === "region" && (needs?.region ?? null) !== null) ||
    (field === "postcode" && needs?.postcode?.needed === true) ||
    (field === "phone" && needsPhone);
  const hintOf = (field: keyof Address): string | undefined =>
    field === "postcode" && needs?.postcode != null
      ? t("resolve.address.such", { example: needs.postcode.example })
      : field === "region"
        ? (needs?.region ?? undefined)
        : undefined;
  const focused = wrong !== null && wrong in nothing ? wrong : needsPhone ? "phone" : "line1";
  const input = (field: keyof Address): ReactNode => {
    const isWrong = field === wrong && address[field] === (order.ship_to ?? nothing)[field];
    const common = {
      label: t(`resolve.address.${field}`),
      required: isNeeded(field),
      error: isWrong ? t("resolve.address.expected", { expected: expected ?? "" }) : undefined,
      "data-autofocus": autoFocus && field === focused,
      autoFocus: autoFocus && field === focused,
    };
    if (field === "country")
      return (
        <Select
          {...common}
          searchable
          data={(data?.formats ?? []).map(({ country }) => ({ value: country, label: countryName(country) }))}
          value={address.country === "" ? null : address.country}
          onChange={(country) => setAddress({ ...address, country: country ?? "" })}
        />
      );
    return (
      <TextInput
        {...common}
        placeholder={hintOf(field) ?? ""}
        value={address[field]}
        autoComplete="off"
        onChange={(event) => setAddress({ ...address, [field]: event.currentTarget.value })}
      />
    );
  };
  return (
    <ActForm
      calls={[post("/v1/orders/{id}/edit", { path: { id: order.id }, body: { address }, ifMatch: order.version })]}
      submit={t("resolve.address.submit")}
      verdict={order.actions.edit}
      onDone={() => done(t("resolve.address.said"))}
      hint={t("resolve.address.hint")}
    >
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
    </ActForm>
  );
}

/** Quantities that are not placed yet; lower ones than what is placed are a cancellation. */
export function EditLines({ order, hold, done, autoFocus }: EditProps) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<Readonly<Record<number, number>>>({});
  const lines = Object.entries(wanted)
    .map(([no, quantity]) => ({ line_no: Number(no), quantity }))
    .filter(({ line_no: no, quantity }) => order.lines.find((line) => line.no === no)?.quantity !== quantity);
  const isNothing = lines.length === 0 && order.actions.edit.allowed;
  const first = hold?.on.subject === "line" ? Number(hold.on.id) : order.lines[0]?.no;
  return (
    <ActForm
      calls={[post("/v1/orders/{id}/edit", { path: { id: order.id }, body: { lines }, ifMatch: order.version })]}
      submit={t("resolve.lines.submit")}
      verdict={isNothing ? { allowed: false, why: t("resolve.lines.choose") } : order.actions.edit}
      onDone={() => done(t("resolve.lines.said"))}
      hint={t("resolve.lines.hint")}
    >
      {order.lines.map((line) => (
        <NumberInput
          key={line.no}
          label={`${line.sku} · ${line.title}`}
          description={
            line.quantity_on_channel === line.quantity
              ? undefined
              : t("resolve.lines.onChannel", { count: line.quantity_on_channel })
          }
          min={0}
          max={1_000_000}
          allowDecimal={false}
          w="100%"
          maw={320}
          autoFocus={autoFocus && line.no === first}
          value={wanted[line.no] ?? line.quantity}
          onChange={(value) => setWanted({ ...wanted, [line.no]: Number(value) || 0 })}
        />
      ))}
    </ActForm>
  );
}

/** The rate that the parcel shall have; the names are those that are mapped for this channel. */
export function EditMethod({ order, done, autoFocus }: EditProps) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const [method, setMethod] = useState(order.shipping_method ?? "");
  const { data } = useQuery({
    queryKey: [workspace.slug, "shipping-mappings"],
    queryFn: ({ signal }) => api.get("/v1/shipping-mappings", { signal }),
    enabled: may("set_up.read"),
  });
  const known = [
    ...new Set(
      (data?.shipping_mappings ?? [])
        .filter(({ channel }) => channel === order.channel.id)
        .map(({ rate_name: name }) => name),
    ),
  ];
  return (
    <ActForm
      calls={[
        post("/v1/orders/{id}/edit", {
          path: { id: order.id },
          body: { shipping_method: method },
          ifMatch: order.version,
        }),
      ]}
      submit={t("resolve.method.submit")}
      verdict={order.actions.edit}
      onDone={() => done(t("resolve.method.said"))}
    >
      <Autocomplete
        label={t("resolve.method.label")}
        size="xs"
        required
        maw={320}
        data={known}
        value={method}
        onChange={setMethod}
        autoFocus={autoFocus}
      />
      <Text size="sm" c="dimmed">
        {t("resolve.method.hint")}
      </Text>
    </ActForm>
  );
}
