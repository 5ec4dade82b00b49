import { Autocomplete, NumberInput, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { ActForm } from "../act-form.tsx";
import { AddressFields, noAddress, type AddressField } from "../address-fields.tsx";
import { post } from "../api-call.tsx";
import type { FormProps, Hold } from "./subject.ts";

type EditProps = Omit<FormProps, "hold"> & { hold?: Hold | undefined };

/** The address as its country writes it: what is needed there is marked, and what is wrong is said at its field. */
export function EditAddress({ order, hold, done, autoFocus }: EditProps) {
  const { t } = useTranslation();
  const before = order.ship_to ?? noAddress;
  const [address, setAddress] = useState(before);
  const wrong = fieldOf(hold?.detail["field"]);
  const expected = typeof hold?.detail["expected"] === "string" ? hold.detail["expected"] : "";
  const needsPhone = hold?.code === "phone_missing";
  return (
    <ActForm
      calls={[post("/v1/orders/{id}/edit", { path: { id: order.id }, body: { address }, ifMatch: order.version })]}
      submit={t("resolve.address.submit")}
      verdict={order.actions.edit}
      onDone={() => done(t("resolve.address.said"))}
      hint={t("resolve.address.hint")}
    >
      <AddressFields
        address={address}
        onChange={setAddress}
        errorOf={(field) =>
          field === wrong && address[field] === before[field] ? t("resolve.address.expected", { expected }) : undefined
        }
        needsPhone={needsPhone}
        {...(autoFocus ? { focused: wrong ?? (needsPhone ? "phone" : "line1") } : {})}
      />
    </ActForm>
  );
}

const fieldOf = (name: unknown): AddressField | undefined =>
  (Object.keys(noAddress) as AddressField[]).find((field) => field === name);

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
