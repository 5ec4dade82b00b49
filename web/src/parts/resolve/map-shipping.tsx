import { Autocomplete, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { ActForm } from "../act-form.tsx";
import { put } from "../api-call.tsx";
import { Waiting } from "../page.tsx";
import { EditMethod } from "./edit.tsx";
import { useSetUpVerdict } from "./link-sku.tsx";
import classes from "./resolve.module.css";
import { useSuppliers } from "./set-up.ts";
import { partsOf, type FormProps } from "./subject.ts";

/** Which of a supplier's methods the rate is that the buyer chose. */
export function MapShipping({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const verdict = useSetUpVerdict("set_up.change");
  const suppliers = useSuppliers();
  const { data } = useQuery({
    queryKey: [workspace.slug, "shipping-mappings"],
    queryFn: ({ signal }) => api.get("/v1/shipping-mappings", { signal }),
    enabled: verdict.allowed,
  });
  const [method, setMethod] = useState("");
  const parts = partsOf(order, hold);
  const asking = parts
    .flatMap(({ decision }) => decision?.considered ?? [])
    .flatMap(({ rejected }) => rejected)
    .find(({ why }) => why === "shipping_not_mapped")?.supplier;
  const [typed, setSupplier] = useState<string>();
  if (!verdict.allowed) return <p className="dim">{verdict.why}</p>;
  if (suppliers === undefined || data === undefined) return <Waiting lines={3} />;
  const supplier =
    typed ??
    suppliers.find(({ name }) => name === asking)?.id ??
    parts.find((part) => part.supplier !== null)?.supplier?.id ??
    suppliers[0]?.id ??
    "";
  const rate = order.shipping_method;
  // Without a rate there is nothing to map: the order is given one.
  if (rate === null) return <EditMethod order={order} done={done} autoFocus={autoFocus} />;
  const known = [
    ...new Set(data.shipping_mappings.filter((each) => each.supplier === supplier).map((each) => each.method)),
  ].filter((each) => each !== "");
  return (
    <ActForm
      calls={[
        put("/v1/shipping-mappings", {
          body: { channel: order.channel.id, rate_name: rate, supplier, method },
        }),
      ]}
      submit={t("resolve.map.submit")}
      verdict={verdict}
      onDone={() => done(t("resolve.map.said", { rate }))}
      hint={t("resolve.map.hint", { channel: order.channel.name })}
    >
      <Text size="sm">{t("resolve.map.buyerChose", { rate })}</Text>
      <div className={classes["row"]}>
        <Select
          label={t("resolve.link.supplier")}
          required
          data={suppliers.map(({ id, name }) => ({ value: id, label: name }))}
          value={supplier}
          allowDeselect={false}
          onChange={(value) => setSupplier(value ?? supplier)}
        />
        <Autocomplete
          size="xs"
          label={t("resolve.map.method")}
          required
          data={known}
          value={method}
          onChange={setMethod}
          autoFocus={autoFocus}
        />
      </div>
    </ActForm>
  );
}
