import {
  ActionIcon,
  Anchor,
  Button,
  Checkbox,
  Group,
  NumberInput,
  Radio,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { ActForm } from "../../parts/act-form.tsx";
import { AddressLines } from "../../parts/address.tsx";
import { post } from "../../parts/api-call.tsx";
import { useKeys } from "../../parts/keys.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Facts, Section, Trouble, Waiting } from "../../parts/page.tsx";
import { ShipBy } from "../../parts/ship-by.tsx";
import { Ago } from "../../parts/time.tsx";

type Detail = Schemas["DeskDetail"];
type Panel = "ship" | "cannot";

/** One purchase order: what, where to, and the three things a supplier says about it. */
export function PurchaseOrder({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const [panel, setPanel] = useState<Panel | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: [workspace.slug, "desk", "one", id],
    queryFn: ({ signal }) => api.get("/v1/desk/{id}", { path: { id }, signal }),
  });
  useKeys([{ key: "Escape", label: t("supplier.close"), run: onClose }]);
  if (data === undefined)
    return error === null ? <Waiting /> : <Trouble error={error} onRetry={() => void refetch()} />;
  const { add_tracking: mayShip, cannot_send: mayNot, accept } = data.actions;
  return (
    <Stack p="lg" gap="lg">
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} fz="xl" className="cut">
          {data.order_number}
        </Title>
        <ActionIcon size="xl" onClick={onClose} aria-label={t("supplier.close")}>
          <IconX size={20} />
        </ActionIcon>
      </Group>
      {panel === null && (
        <Group gap="sm" align="start">
          {mayShip.allowed && <Button onClick={() => setPanel("ship")}>{t("supplier.ship")}</Button>}
          {accept.allowed && (
            <ActForm
              calls={[post("/v1/fulfillment-orders/{id}/accept", { path: { id }, body: {} })]}
              submit={t("supplier.accept")}
              onDone={() => undefined}
              isQuiet
            />
          )}
          {mayNot.allowed && (
            <Button variant="default" onClick={() => setPanel("cannot")}>
              {t("supplier.cannot")}
            </Button>
          )}
        </Group>
      )}
      {panel === "ship" && <Ship order={data} onOver={() => setPanel(null)} />}
      {panel === "cannot" && <Cannot order={data} onOver={() => setPanel(null)} />}
      <Section title={t("supplier.column.items")}>
        <Facts
          facts={data.lines.map((line) => {
            const units = line.units - line.units_cancelled;
            const left = units - line.units_shipped;
            return [
              line.supplier_sku,
              <>
                {line.title}
                <Text size="sm" c="dimmed">
                  {left > 0 ? t("supplier.left", { left, units }) : t("supplier.allLeft", { units })}
                  {line.units_cancelled > 0 && ` · ${t("supplier.cancelled", { count: line.units_cancelled })}`}
                </Text>
              </>,
            ];
          })}
        />
      </Section>
      <Section title={t("supplier.sendTo")}>
        {data.ship_to === null ? (
          <Text c="dimmed">{t("supplier.nothingToSend")}</Text>
        ) : (
          <AddressLines address={{ ...data.ship_to, email: "" }} />
        )}
      </Section>
      <Facts
        facts={[
          ...(data.reference === null
            ? []
            : [[t("supplier.reference"), <Copyable key="reference" value={data.reference} />] as const]),
          ...(data.method === null ? [] : [[t("supplier.method"), data.method] as const]),
          ...(data.ship_by === null ? [] : [[t("supplier.shipBy"), <ShipBy key="by" at={data.ship_by} />] as const]),
        ]}
      />
      {data.parcels.length > 0 && (
        <Section title={t("supplier.parcels")}>
          <Facts
            facts={data.parcels.map((parcel) => [
              parcel.carrier.replaceAll("_", " ").toUpperCase(),
              <Group key={parcel.tracking_number} gap="xs">
                <Copyable value={parcel.tracking_number} />
                <span className="dim">
                  <Ago at={parcel.shipped_at} />
                </span>
              </Group>,
            ])}
          />
        </Section>
      )}
    </Stack>
  );
}

const leftOf = ({ lines }: Detail): { sku: string; left: number }[] => {
  const left = new Map<string, number>();
  for (const line of lines)
    left.set(
      line.supplier_sku,
      (left.get(line.supplier_sku) ?? 0) + line.units - line.units_cancelled - line.units_shipped,
    );
  return [...left].map(([sku, units]) => ({ sku, left: units })).filter((each) => each.left > 0);
};

function Ship({ order, onOver }: { order: Detail; onOver: () => void }) {
  const { t } = useTranslation();
  const [number, setNumber] = useState("");
  const [carrier, setCarrier] = useState("");
  const [isSure, setSure] = useState(false);
  const [units, setUnits] = useState<Readonly<Record<string, number>> | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const lines = Object.entries(units ?? {})
    .filter(([, count]) => count > 0)
    .map(([supplier_sku, count]) => ({ supplier_sku, units: count }));
  return (
    <ActForm
      calls={[
        post("/v1/fulfillment-orders/{id}/tracking", {
          path: { id: order.id },
          body: {
            tracking_number: number.trim(),
            ...(carrier.trim() === "" ? {} : { carrier: carrier.trim() }),
            ...(isSure ? { sure: true } : {}),
            ...(lines.length === 0 ? {} : { lines }),
          },
        }),
      ]}
      submit={t("supplier.ship")}
      verdict={order.actions.add_tracking}
      onDone={onOver}
      onCancel={onOver}
    >
      <Title order={2}>{t("supplier.shipTitle")}</Title>
      <TextInput
        ref={field}
        size="md"
        required
        label={t("supplier.number")}
        value={number}
        maxLength={100}
        autoComplete="off"
        onChange={(event) => setNumber(event.currentTarget.value)}
      />
      <TextInput
        size="md"
        label={t("supplier.carrier")}
        description={t("supplier.carrierHint")}
        value={carrier}
        maxLength={60}
        autoComplete="off"
        onChange={(event) => setCarrier(event.currentTarget.value)}
      />
      {units === null ? (
        <Anchor component="button" type="button" size="sm" ta="left" onClick={() => setUnits({})}>
          {t("supplier.some")}
        </Anchor>
      ) : (
        <Group grow>
          {leftOf(order).map(({ sku, left }) => (
            <NumberInput
              key={sku}
              label={t("supplier.unitsOf", { sku })}
              min={0}
              max={left}
              suffix={` / ${left}`}
              value={units[sku] ?? 0}
              onChange={(value) => setUnits({ ...units, [sku]: Number(value) || 0 })}
            />
          ))}
        </Group>
      )}
      <Checkbox
        size="sm"
        label={t("supplier.sure")}
        checked={isSure}
        onChange={(event) => setSure(event.currentTarget.checked)}
      />
    </ActForm>
  );
}

const reasons = ["out_of_stock", "supplier_refused", "destination_not_served"] as const;
type Reason = (typeof reasons)[number];

function Cannot({ order, onOver }: { order: Detail; onOver: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<Reason>("out_of_stock");
  const [day, setDay] = useState("");
  // Until the end of that day here: it leaves on it, not at its first minute.
  const until = day === "" ? null : new Date(`${day}T23:59:59`).toISOString();
  return (
    <ActForm
      calls={[
        post("/v1/fulfillment-orders/{id}/cannot-send", {
          path: { id: order.id },
          body: { reason, ...(until === null ? {} : { until }) },
        }),
      ]}
      submit={t(until === null ? "supplier.cannot" : "supplier.submitLater")}
      verdict={order.actions.cannot_send}
      isGrave={until === null}
      onDone={onOver}
      onCancel={onOver}
    >
      <Title order={2}>{t("supplier.cannotTitle")}</Title>
      <Radio.Group label={t("supplier.whyNot")} value={reason} onChange={(value) => setReason(value as Reason)}>
        <Stack gap="xs" mt="xs">
          {reasons.map((each) => (
            <Radio key={each} size="sm" value={each} label={t(`supplier.reasons.${each}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <TextInput
        type="date"
        size="md"
        label={t("supplier.later")}
        description={t("supplier.laterHint")}
        value={day}
        onChange={(event) => setDay(event.currentTarget.value)}
      />
    </ActForm>
  );
}
