import { ActionIcon, Button, Checkbox, Group, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { ActForm, type Verdict } from "../act-form.tsx";
import { put } from "../api-call.tsx";
import { Waiting } from "../page.tsx";
import classes from "./resolve.module.css";
import { useLinks, useSuppliers, type Link, type SupplierRow } from "./set-up.ts";
import { no, skusOf, yes, type FormProps } from "./subject.ts";

type Option = NonNullable<Schemas["NewProductLink"]["options"]>[number];

/** What somebody may change of the set-up, as the API would answer. */
export function useSetUpVerdict(permission: string): Verdict {
  const { t } = useTranslation();
  const { session, may } = useHere();
  return may(permission) ? yes : no(t("resolve.notYou", { role: session.role ?? "" }));
}

/** Where the shop's SKU is bought: supplier, its own number for it, the cost, and how many of the one make the other. */
export function LinkSku({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const skus = skusOf(order, hold);
  const [sku, setSku] = useState(skus[0] ?? order.lines[0]!.sku);
  const links = useLinks(skus.length === 0 ? [sku] : skus, order.channel.id);
  const suppliers = useSuppliers();
  const verdict = useSetUpVerdict("set_up.change");
  if (!verdict.allowed) return <p className="dim">{verdict.why}</p>;
  if (links === undefined || suppliers === undefined) return <Waiting lines={3} />;
  return (
    <Stack gap="sm">
      {skus.length > 1 && (
        <Select
          label={t("resolve.link.which")}
          data={skus}
          value={sku}
          allowDeselect={false}
          onChange={(value) => setSku(value ?? sku)}
          maw={320}
        />
      )}
      <LinkForm
        key={sku}
        sku={sku}
        title={order.lines.find((line) => line.sku === sku)?.title ?? ""}
        link={links.get(sku) ?? null}
        suppliers={suppliers}
        currency={order.money?.sold.currency ?? "EUR"}
        done={done}
        autoFocus={autoFocus}
      />
    </Stack>
  );
}

interface LinkFormProps {
  sku: string;
  title: string;
  link: Link | null;
  suppliers: readonly SupplierRow[];
  currency: string;
  done: (said: string) => void;
  autoFocus: boolean;
  /** The whole link is edited: for which channel, its order of suppliers, and bundles. */
  channels?: readonly { id: string; name: string }[];
}

export function LinkForm({ sku, title, link, suppliers, currency, done, autoFocus, channels }: LinkFormProps) {
  const { t } = useTranslation();
  const [channel, setChannel] = useState(link?.channel ?? null);
  const empty = (): Option => {
    const supplier = suppliers.length === 1 ? suppliers[0] : undefined;
    return {
      component: 1,
      supplier: supplier?.id ?? "",
      supplier_sku: "",
      units: 1,
      per: 1,
      unit_cost: "",
      currency: supplier?.accounts[0]?.currency ?? currency,
      priority: 1,
      max_unit_cost: null,
    };
  };
  const [isNothing, setNothing] = useState(link?.nothing_to_ship ?? false);
  const [options, setOptions] = useState<readonly Option[]>(
    link === null || link.options.length === 0 ? [empty()] : link.options,
  );
  const set = (index: number, change: Partial<Option>): void =>
    setOptions(options.map((option, at) => (at === index ? { ...option, ...change } : option)));
  return (
    <ActForm
      calls={[
        put("/v1/product-links", {
          body: {
            sku,
            channel,
            nothing_to_ship: isNothing,
            options: isNothing ? [] : [...options],
          },
        }),
      ]}
      submit={t(link === null ? "resolve.link.submit" : "resolve.link.save")}
      onDone={() => done(t("resolve.link.said", { sku }))}
      hint={t("resolve.link.hint")}
    >
      <div>
        <strong>{sku}</strong> <span className="dim">{title}</span>
      </div>
      {channels !== undefined && channels.length > 0 && (
        <Select
          label={t("resolve.link.channel")}
          description={link === null ? t("resolve.link.channelHint") : undefined}
          data={[
            { value: "", label: t("resolve.link.everyChannel") },
            ...channels.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={channel ?? ""}
          disabled={link !== null}
          allowDeselect={false}
          onChange={(value) => setChannel(value === "" ? null : value)}
        />
      )}
      {!isNothing &&
        options.map((option, index) => (
          <fieldset key={index} className={classes["option"]} aria-label={t("resolve.link.option", { no: index + 1 })}>
            <div className={classes["row"]}>
              <Select
                label={t("resolve.link.supplier")}
                required
                searchable
                autoFocus={autoFocus && index === 0}
                data={suppliers.map(({ id, name }) => ({ value: id, label: name }))}
                value={option.supplier === "" ? null : option.supplier}
                onChange={(supplier) =>
                  set(index, {
                    supplier: supplier ?? "",
                    currency: suppliers.find(({ id }) => id === supplier)?.accounts[0]?.currency ?? option.currency,
                  })
                }
              />
              <TextInput
                label={t("resolve.link.supplierSku")}
                required
                value={option.supplier_sku}
                onChange={(event) => set(index, { supplier_sku: event.currentTarget.value })}
              />
              {options.length > 1 && (
                <div className={classes["tight"]}>
                  <ActionIcon
                    aria-label={t("resolve.link.remove", { no: index + 1 })}
                    onClick={() => setOptions(options.filter((_, at) => at !== index))}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </div>
              )}
            </div>
            <div className={classes["row"]}>
              <TextInput
                label={t("resolve.link.cost")}
                required
                inputMode="decimal"
                pattern="\d+(\.\d+)?"
                title={t("resolve.decimal")}
                value={option.unit_cost}
                onChange={(event) => set(index, { unit_cost: event.currentTarget.value.replace(",", ".") })}
              />
              <TextInput
                label={t("resolve.link.currency")}
                required
                maxLength={3}
                value={option.currency}
                onChange={(event) => set(index, { currency: event.currentTarget.value.toUpperCase() })}
              />
              <NumberInput
                label={t("resolve.link.units")}
                min={1}
                allowDecimal={false}
                value={option.units ?? 1}
                onChange={(value) => set(index, { units: Number(value) || 1 })}
              />
              <NumberInput
                label={t("resolve.link.per")}
                min={1}
                allowDecimal={false}
                value={option.per ?? 1}
                onChange={(value) => set(index, { per: Number(value) || 1 })}
              />
            </div>
            {channels !== undefined && (
              <div className={classes["row"]}>
                <NumberInput
                  label={t("resolve.link.component")}
                  min={1}
                  allowDecimal={false}
                  value={option.component ?? 1}
                  onChange={(value) => set(index, { component: Number(value) || 1 })}
                />
                <NumberInput
                  label={t("resolve.link.priority")}
                  min={1}
                  allowDecimal={false}
                  value={option.priority ?? 1}
                  onChange={(value) => set(index, { priority: Number(value) || 1 })}
                />
                <TextInput
                  label={t("resolve.link.most")}
                  inputMode="decimal"
                  pattern="\d+(\.\d+)?"
                  title={t("resolve.decimal")}
                  value={option.max_unit_cost ?? ""}
                  onChange={(event) => {
                    const typed = event.currentTarget.value.replace(",", ".");
                    set(index, { max_unit_cost: typed === "" ? null : typed });
                  }}
                />
              </div>
            )}
          </fieldset>
        ))}
      <Group gap="lg">
        {!isNothing && (
          <Button
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => setOptions([...options, { ...empty(), priority: options.length + 1 }])}
          >
            {t("resolve.link.add")}
          </Button>
        )}
        {!isNothing && channels !== undefined && (
          <Button
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() =>
              setOptions([
                ...options,
                { ...empty(), component: Math.max(...options.map((each) => each.component ?? 1)) + 1 },
              ])
            }
          >
            {t("resolve.link.addComponent")}
          </Button>
        )}
        <Checkbox
          label={t("resolve.link.nothing")}
          checked={isNothing}
          onChange={(event) => setNothing(event.currentTarget.checked)}
        />
      </Group>
    </ActForm>
  );
}
