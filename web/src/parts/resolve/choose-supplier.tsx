import { Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { ActForm } from "../act-form.tsx";
import { post } from "../api-call.tsx";
import { formatMoney } from "../format.ts";
import { Waiting } from "../page.tsx";
import { PartPicker } from "./plain.tsx";
import { useLinks, useSuppliers } from "./set-up.ts";
import { firstAllowed, no, partsOf, type FormProps, type Order, type Part } from "./subject.ts";

export function ChooseSupplier({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const parts = partsOf(order, hold).filter(({ actions }) => actions.choose_supplier.allowed);
  const [chosen, setChosen] = useState<string>();
  const part = parts.find(({ id }) => id === chosen) ?? parts[0];
  if (part === undefined) {
    const blocked = firstAllowed(partsOf(order, hold), ({ actions }) => actions.choose_supplier)?.actions
      .choose_supplier;
    return <Text size="sm">{blocked?.allowed === false ? blocked.why : t("resolve.noPart")}</Text>;
  }
  return (
    <Stack gap="sm">
      <PartPicker parts={parts} value={part.id} onChange={setChosen} />
      <Choice key={part.id} order={order} part={part} done={done} autoFocus={autoFocus} />
    </Stack>
  );
}

/** Whoever has a product link for all of it can be chosen; of the others it is said what is missing. */
export function Choice({
  order,
  part,
  done,
  autoFocus,
}: {
  order: Order;
  part: Part;
  done: (said: string) => void;
  autoFocus: boolean;
}) {
  const { t } = useTranslation();
  const [supplierId, setSupplier] = useState<string | null>(null);
  const skus = [...new Set(part.lines.map((row) => order.lines.find(({ no: at }) => at === row.order_line_no)!.sku))];
  const links = useLinks(skus, order.channel.id);
  const suppliers = useSuppliers();
  if (links === undefined || suppliers === undefined) return <Waiting lines={3} />;
  const offers = suppliers
    .filter(({ enabled }) => enabled)
    .map((supplier) => {
      const options = skus.flatMap((sku) => {
        const own = links.get(sku)?.options.filter((option) => option.supplier === supplier.id) ?? [];
        return own.length === 0 ? [] : [{ sku, own }];
      });
      const isLinked = options.length === skus.length;
      const passedOver = (part.decision?.considered ?? [])
        .flatMap(({ rejected }) => rejected)
        .find((each) => each.supplier === supplier.name);
      // Whoever refused may be asked again; the others cannot take it as things are.
      const isHopeful = isLinked && (passedOver === undefined || passedOver.why === "supplier_refused");
      return { supplier, options: options.flatMap(({ own }) => own), isLinked, isHopeful, why: passedOver?.title };
    })
    .sort((a, b) => Number(b.isHopeful) - Number(a.isHopeful) || Number(b.isLinked) - Number(a.isLinked));
  const hopeful = offers.filter(({ isHopeful }) => isHopeful).map(({ supplier }) => supplier.id);
  const wanted = supplierId ?? hopeful.find((id) => id !== part.supplier?.id) ?? hopeful[0] ?? null;
  return (
    <ActForm
      calls={
        wanted === null
          ? []
          : [
              post("/v1/fulfillment-orders/{id}/choose-supplier", {
                path: { id: part.id },
                body: { supplier: wanted },
              }),
            ]
      }
      submit={t("resolve.supplier.submit")}
      verdict={wanted === null ? no(t("resolve.supplier.none")) : part.actions.choose_supplier}
      onDone={() => done(t("resolve.supplier.said", { name: suppliers.find(({ id }) => id === wanted)?.name ?? "" }))}
      hint={t("resolve.supplier.hint")}
    >
      <Radio.Group label={t("resolve.supplier.who")} value={wanted} onChange={setSupplier}>
        <Stack gap={6} mt={4}>
          {offers.map(({ supplier, options, isLinked, why }) => (
            <Radio
              key={supplier.id}
              value={supplier.id}
              disabled={!isLinked}
              autoFocus={autoFocus && supplier.id === wanted}
              label={
                <>
                  <Text span size="sm">
                    {supplier.name}
                  </Text>{" "}
                  <Text span size="sm" c="dimmed">
                    {[
                      ...(isLinked
                        ? options.map(
                            (option) =>
                              `${option.supplier_sku} ${formatMoney({ amount: option.unit_cost, currency: option.currency })}`,
                          )
                        : [t("resolve.supplier.noLink", { skus: skus.join(", ") })]),
                      ...(supplier.id === part.supplier?.id ? [t("resolve.supplier.now")] : []),
                      ...(why === undefined ? [] : [t("resolve.supplier.rejected", { why })]),
                    ].join(" · ")}
                  </Text>
                </>
              }
            />
          ))}
        </Stack>
      </Radio.Group>
    </ActForm>
  );
}
