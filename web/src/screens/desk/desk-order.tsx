import { Button, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "../../i18n.ts";
import { SwitchyardProblem, type Schemas } from "../../app/api.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { addressText } from "../../parts/address.tsx";
import { ChannelMark } from "../../parts/badges.tsx";
import { countryName, formatMoney } from "../../parts/format.ts";
import { KeyName, useKeys } from "../../parts/keys.tsx";
import { Trouble, Waiting } from "../../parts/page.tsx";
import { ShipBy } from "../../parts/ship-by.tsx";
import { CopyFields, type Field, type FieldGroup } from "./copy-fields.tsx";
import classes from "./desk.module.css";
import { Evidence } from "./evidence.tsx";
import { useMe, type DeskRow, type DeskView } from "./me.ts";
import { Outcome } from "./outcome.tsx";
import { Why } from "./why.tsx";

type Order = Schemas["Order"];
type Part = Schemas["FulfillmentOrderDetail"];

interface DeskOrderProps {
  row: DeskRow;
  view: DeskView;
  /** What came of the one before. */
  said: string;
  /** Why it was not to be taken. */
  refusal: Error | null;
  onRefused: (error: Error) => void;
  onDone: (said: string) => void;
}

/** One order: what to buy and where to send it at the left, what came of it at the right, always at the same place. */
export function DeskOrder({ row, view, said, refusal, onRefused, onDone }: DeskOrderProps) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery({
    queryKey: [workspace.slug, "orders", "one", row.order.id],
    queryFn: ({ signal }) => api.get("/v1/orders/{id}", { path: { id: row.order.id }, signal }),
  });
  const part = data?.fulfillment_orders.find(({ id }) => id === row.id);
  useKeys([
    {
      key: "o",
      label: t("desk.keys.open"),
      run: () => void navigate({ to: `/${workspace.slug}/orders/${row.order.id}` as never }),
    },
  ]);
  return (
    <div className={classes["order"]}>
      <div className={classes["buy"]}>
        <div className={classes["head"]}>
          {data !== undefined && <ChannelMark name={data.channel.name} />}
          <Title order={2} className="num" fz="xl">
            {row.order.number}
          </Title>
          <Text fw={500}>
            {t("desk.buyAt", { supplier: row.supplier?.name ?? "" })}
            {part?.account != null && part.account.name !== row.supplier?.name && (
              <span className="dim"> · {part.account.name}</span>
            )}
          </Text>
          {row.ship_by !== null && (
            <Text size="sm" c="dimmed">
              {t("desk.shipBy")} <ShipBy at={row.ship_by} />
            </Text>
          )}
        </div>
        {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
        {data === undefined || part === undefined ? (
          error === null && <Waiting />
        ) : (
          <>
            <Why order={data} part={part} />
            <WhatToBuy order={data} part={part} />
            <Evidence part={part} actors={data.actors} />
          </>
        )}
      </div>
      <aside className={classes["outcome"]} aria-label={t("desk.result")}>
        <div className={classes["said"]} aria-hidden>
          {said}
        </div>
        {refusal !== null ? (
          <NotTaken error={refusal} order={row.order.id} />
        ) : (
          data !== undefined &&
          part !== undefined && <Side order={data} part={part} view={view} onRefused={onRefused} onDone={onDone} />
        )}
      </aside>
    </div>
  );
}

function Side({
  order,
  part,
  view,
  onRefused,
  onDone,
}: {
  order: Order;
  part: Part;
} & Pick<DeskOrderProps, "view" | "onRefused" | "onDone">) {
  const { t } = useTranslation();
  const me = useMe();
  const open = part.attempts.find(({ state }) => state === "armed" || state === "unknown");
  if (open !== undefined && (view === "check" || part.claimed_by === me))
    return <Outcome order={order} part={part} attempt={open} onDone={onDone} />;
  if (part.claimed_by !== null && part.claimed_by !== me)
    return (
      <>
        <Title order={2} mb="xs">
          {t("desk.takenBy", { name: order.actors[part.claimed_by]?.name ?? part.claimed_by })}
        </Title>
        <Text c="dimmed">{t("desk.takenByHint")}</Text>
      </>
    );
  return <Take part={part} onRefused={onRefused} />;
}

/** It was not to be ordered after all, and has left this desk. */
function NotTaken({ error, order }: { error: Error; order: string }) {
  const { t } = useTranslation();
  const { workspace } = useHere();
  return (
    <Stack gap="sm">
      <Trouble error={error} />
      <Button
        variant="default"
        fullWidth
        component={Link}
        to={`/${workspace.slug}/orders/${order}` as never}
        rightSection={<KeyName name="O" />}
      >
        {t("desk.keys.open")}
      </Button>
    </Stack>
  );
}

/** "I am ordering this now." */
function Take({ part, onRefused }: { part: Part } & Pick<DeskOrderProps, "onRefused">) {
  const { t } = useTranslation();
  const { api } = useHere();
  const refresh = useRefresh();
  const take = useMutation({
    mutationFn: () => api.post("/v1/fulfillment-orders/{id}/take-over", { path: { id: part.id }, body: {} }),
    onError: (error) => {
      if (error instanceof SwitchyardProblem && error.code === "bought_before_restore") onRefused(error);
    },
    onSettled: () => refresh("orders", "fulfillment-orders"),
  });
  const verdict = part.actions.take_over;
  const run = (): void => {
    if (verdict.allowed && !take.isPending) take.mutate();
  };
  useKeys([{ key: "Enter", label: t("desk.keys.take"), run }]);
  return (
    <>
      <Button
        size="md"
        fullWidth
        onClick={run}
        loading={take.isPending}
        aria-disabled={!verdict.allowed}
        data-disabled={verdict.allowed ? undefined : true}
        aria-describedby="take-hint"
        rightSection={<KeyName name="Enter" />}
      >
        {t("desk.take")}
      </Button>
      <Text size="sm" c="dimmed" mt="sm" id="take-hint">
        {verdict.allowed ? t("desk.takeHint") : verdict.why}
      </Text>
      {take.error !== null && <Trouble error={take.error} />}
    </>
  );
}

function WhatToBuy({ order, part }: { order: Order; part: Part }) {
  return <CopyFields groups={useFields(order, part)} />;
}

/** What a supplier's order form asks for, in the order in which most of them ask. */
function useFields(order: Order, part: Part): FieldGroup[] {
  const { t } = useTranslation();
  const attempt = part.attempts.find(({ state }) => state === "armed" || state === "unknown");
  const currency = part.expected?.goods.currency ?? attempt?.expected.currency;
  const items: FieldGroup[] = part.lines
    .map((line) => ({ line, units: line.units - line.units_cancelled }))
    .filter(({ units }) => units > 0)
    .map(({ line, units }) => ({
      title: order.lines.find(({ no }) => no === line.order_line_no)?.title ?? t("desk.what"),
      fields: present([
        { id: `sku-${line.no}`, label: t("desk.field.sku"), value: line.supplier_sku ?? "" },
        { id: `units-${line.no}`, label: t("desk.field.quantity"), value: String(units) },
        {
          id: `cost-${line.no}`,
          label: t("desk.field.unitCost"),
          value: line.unit_cost ?? "",
          ...(line.unit_cost !== null && currency !== undefined
            ? { shown: formatMoney({ amount: line.unit_cost, currency }) }
            : {}),
        },
      ]),
    }));
  const to = order.ship_to;
  const place: FieldGroup[] =
    to === null
      ? []
      : [
          {
            title: t("desk.where"),
            fields: present([
              { id: "name", label: t("desk.field.name"), value: to.name },
              { id: "company", label: t("desk.field.company"), value: to.company },
              { id: "line1", label: t("desk.field.line1"), value: to.line1 },
              { id: "line2", label: t("desk.field.line2"), value: to.line2 },
              { id: "postcode", label: t("desk.field.postcode"), value: to.postcode },
              { id: "city", label: t("desk.field.city"), value: to.city },
              { id: "region", label: t("desk.field.region"), value: to.region },
              { id: "country", label: t("desk.field.country"), value: countryName(to.country) },
              { id: "code", label: t("desk.field.countryCode"), value: to.country },
              { id: "phone", label: t("desk.field.phone"), value: to.phone },
              { id: "method", label: t("desk.field.method"), value: part.method ?? "" },
              { id: "all", label: t("desk.field.all"), value: addressText(to) },
            ]),
          },
        ];
  const money = (value: { amount: string; currency: string } | undefined): { value: string; shown?: string } =>
    value === undefined ? { value: "" } : { value: value.amount, shown: formatMoney(value) };
  return [
    ...items,
    {
      title: t("desk.limits"),
      fields: present([
        { id: "most", label: t("desk.field.most"), ...money(attempt?.at_most) },
        { id: "reference", label: t("desk.field.reference"), value: attempt?.reference ?? "" },
      ]),
    },
    ...place,
    {
      title: t("desk.field.note"),
      fields: present([{ id: "note", label: t("desk.field.note"), value: order.note ?? "" }]),
    },
  ].filter(({ fields }) => fields.length > 0);
}

const present = (fields: readonly Field[]): Field[] => fields.filter(({ value }) => value.trim() !== "");
