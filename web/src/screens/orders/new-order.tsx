import {
  ActionIcon,
  Autocomplete,
  Button,
  Group,
  NumberInput,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { SwitchyardProblem, type Schemas } from "../../app/api.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { AddressFields, noAddress } from "../../parts/address-fields.tsx";
import { Trouble } from "../../parts/page.tsx";
import classes from "./orders.module.css";

type Payment = Schemas["NewOrder"]["payment"];
const payments = ["paid", "pending", "authorized", "refunded", "voided"] as const satisfies readonly Payment[];
interface Line {
  sku: string;
  title: string;
  quantity: number;
  price: string;
}
const noLine: Line = { sku: "", title: "", quantity: 1, price: "" };

/** An order that no channel told of: from the telephone, a fair, a friend. What is wrong with it is said at its field. */
export function NewOrder({ onMade }: { onMade: (id: string) => void }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const refresh = useRefresh();
  const { data } = useQuery({
    queryKey: [workspace.slug, "channels"],
    queryFn: ({ signal }) => api.get("/v1/channels", { signal }),
  });
  const channels = (data?.channels ?? []).filter(({ active }) => active);
  const [chosen, setChannel] = useState<string | null>(null);
  const channel = chosen ?? channels[0]?.id ?? null;
  const [number, setNumber] = useState("");
  const [currency, setCurrency] = useState("EUR");
  const [payment, setPayment] = useState<Payment>("paid");
  const [shipTo, setShipTo] = useState(noAddress);
  const [method, setMethod] = useState("");
  const [shipBy, setShipBy] = useState("");
  const [note, setNote] = useState("");
  const [shippingPaid, setShippingPaid] = useState("");
  const [lines, setLines] = useState<readonly Line[]>([noLine]);
  const total = sumOf(lines, shippingPaid);
  const written: Written = {
    channel,
    number,
    currency,
    ship_to: shipTo,
    shipping_method: method,
    ship_by: shipBy,
    note,
    shipping_paid: shippingPaid,
    lines: lines.map(({ price, ...line }) => ({ ...line, unit_price: price })),
  };
  // What was refused is said until it is written anew.
  const [sent, setSent] = useState<Written>({});
  const make = useMutation({
    mutationFn: () =>
      api.post("/v1/orders", {
        body: {
          channel: channel ?? "",
          number: number.trim(),
          currency,
          payment,
          ship_to: shipTo,
          ...(method.trim() && { shipping_method: method.trim() }),
          ...(shipBy && { ship_by: new Date(`${shipBy}T23:59:00`).toISOString() }),
          ...(note.trim() && { note: note.trim() }),
          ...(shippingPaid.trim() && { shipping_paid: shippingPaid.trim() }),
          ...(total !== null && { total }),
          lines: lines.map(({ sku, title, quantity, price }) => ({
            sku: sku.trim(),
            ...(title.trim() && { title: title.trim() }),
            quantity,
            unit_price: price.trim(),
          })),
        },
      }),
    onSuccess: async ({ id }) => {
      await refresh("orders");
      onMade(id);
    },
  });
  const wrong = make.error instanceof SwitchyardProblem ? make.error.errors : [];
  const errorOf = (field: string): string | undefined => {
    const found = wrong.find((each) => each.field === `body.${field}`);
    if (found === undefined || valueAt(written, field) !== valueAt(sent, field)) return undefined;
    return found.expected.startsWith("at least 1 ")
      ? t("orders.new.needed")
      : t("orders.new.expected", { expected: found.expected });
  };
  const isSaidAtFields = wrong.length > 0 && wrong.every(({ field }) => shownFields.test(field));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setSent(written);
        if (!make.isPending) make.mutate();
      }}
    >
      <Stack gap="md">
        <Group grow align="flex-start" gap="sm">
          <Select
            label={t("orders.new.channel")}
            required
            data={channels.map(({ id, name }) => ({ value: id, label: name }))}
            value={channel}
            onChange={setChannel}
            allowDeselect={false}
            error={errorOf("channel")}
          />
          <TextInput
            label={t("orders.new.number")}
            required
            data-autofocus
            placeholder={t("orders.new.numberHint")}
            value={number}
            onChange={(event) => setNumber(event.currentTarget.value)}
            error={errorOf("number")}
          />
        </Group>
        <Title order={2}>{t("orders.new.buyer")}</Title>
        <AddressFields address={shipTo} onChange={setShipTo} errorOf={(field) => errorOf(`ship_to.${field}`)} />
        <Title order={2}>{t("orders.new.lines")}</Title>
        {lines.map((line, index) => (
          <LineFields
            key={index}
            no={index + 1}
            line={line}
            onChange={(next) => setLines(lines.with(index, next))}
            {...(lines.length > 1 ? { onRemove: () => setLines(lines.toSpliced(index, 1)) } : {})}
            errorOf={(field) => errorOf(`lines.${index}.${field}`)}
          />
        ))}
        <Group>
          <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setLines([...lines, noLine])}>
            {t("orders.new.addLine")}
          </Button>
        </Group>
        <Group grow align="flex-start" gap="sm">
          <Select
            label={t("orders.new.payment")}
            required
            data={payments.map((value) => ({ value, label: t(`orders.payment.${value}`) }))}
            value={payment}
            onChange={(value) => {
              if (value !== null) setPayment(value);
            }}
            allowDeselect={false}
          />
          <TextInput
            label={t("orders.new.currency")}
            required
            maxLength={3}
            value={currency}
            onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
            error={errorOf("currency")}
          />
          <TextInput
            label={t("orders.new.shippingPaid")}
            inputMode="decimal"
            value={shippingPaid}
            onChange={(event) => setShippingPaid(event.currentTarget.value)}
            error={errorOf("shipping_paid")}
          />
        </Group>
        <Group grow align="flex-start" gap="sm">
          <TextInput
            label={t("orders.new.method")}
            value={method}
            onChange={(event) => setMethod(event.currentTarget.value)}
            error={errorOf("shipping_method")}
          />
          <TextInput
            type="date"
            label={t("orders.new.shipBy")}
            value={shipBy}
            onChange={(event) => setShipBy(event.currentTarget.value)}
            error={errorOf("ship_by")}
          />
        </Group>
        <Textarea
          label={t("orders.new.note")}
          autosize
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          error={errorOf("note")}
        />
        {make.error !== null && !isSaidAtFields && <Trouble error={make.error} />}
        {isSaidAtFields && (
          <Text size="sm" c="red" role="alert">
            {t("orders.new.wrong", { count: wrong.length })}
          </Text>
        )}
        <Group gap="md">
          <Button type="submit" loading={make.isPending}>
            {t("orders.new.make")}
          </Button>
          {total !== null && (
            <Text size="md" className="num">
              {t("orders.new.total")} {total} {currency}
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}

type Written = Readonly<Record<string, unknown>>;
/** `lines.0.sku` of what was written. */
const valueAt = (written: Written, field: string): unknown =>
  field
    .split(".")
    .reduce<unknown>(
      (inside, name) => (typeof inside === "object" && inside !== null ? (inside as Written)[name] : undefined),
      written,
    );

/** The fields of the form; what is wrong elsewhere is said below it. */
const shownFields =
  /^body\.(channel|number|currency|shipping_paid|shipping_method|ship_by|note|ship_to\.\w+|lines\.\d+\.(sku|title|quantity|unit_price))$/;

/** What the lines and the shipping come to; null where a price is no number yet. */
function sumOf(lines: readonly Line[], shipping: string): string | null {
  const amounts = [
    ...lines.map(({ price, quantity }) => Number(price || Number.NaN) * quantity),
    Number(shipping || 0),
  ];
  const sum = amounts.reduce((all, each) => all + each, 0);
  return Number.isFinite(sum) && sum > 0 ? sum.toFixed(2) : null;
}

interface LineFieldsProps {
  no: number;
  line: Line;
  onChange: (line: Line) => void;
  onRemove?: () => void;
  errorOf: (field: string) => string | undefined;
}
function LineFields({ no, line, onChange, onRemove, errorOf }: LineFieldsProps) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const [typed] = useDebouncedValue(line.sku.trim(), 200);
  const { data } = useQuery({
    queryKey: [workspace.slug, "product-links", "lookup", typed],
    queryFn: ({ signal }) => api.get("/v1/product-links", { query: { q: typed, limit: 20 }, signal }),
    enabled: typed !== "" && may("set_up.read"),
    meta: { live: false },
  });
  const links = data?.product_links ?? [];
  const isUnlinked = data !== undefined && typed === line.sku.trim() && !links.some(({ sku }) => sku === typed);
  return (
    <div role="group" aria-label={t("orders.new.line", { no })}>
      <div className={classes["line"]}>
        <Autocomplete
          label={t("orders.new.sku")}
          size="xs"
          required
          data={[...new Set(links.map(({ sku }) => sku))]}
          filter={({ options }) => options}
          value={line.sku}
          onChange={(sku) => onChange({ ...line, sku })}
          error={errorOf("sku")}
        />
        <TextInput
          label={t("orders.new.itemTitle")}
          value={line.title}
          onChange={(event) => onChange({ ...line, title: event.currentTarget.value })}
          error={errorOf("title")}
        />
        <NumberInput
          label={t("orders.new.quantity")}
          required
          min={1}
          max={1_000_000}
          allowDecimal={false}
          value={line.quantity}
          onChange={(quantity) => onChange({ ...line, quantity: Number(quantity) })}
          error={errorOf("quantity")}
        />
        <TextInput
          label={t("orders.new.price")}
          required
          inputMode="decimal"
          value={line.price}
          onChange={(event) => onChange({ ...line, price: event.currentTarget.value })}
          error={errorOf("unit_price")}
        />
        {onRemove !== undefined && (
          <ActionIcon size={28} onClick={onRemove} aria-label={t("orders.new.removeLine", { no })}>
            <IconTrash size={15} />
          </ActionIcon>
        )}
      </div>
      {isUnlinked && (
        <Text size="sm" c="dimmed" mt={4}>
          {t("orders.new.notLinked")}
        </Text>
      )}
    </div>
  );
}
