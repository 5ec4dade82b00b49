import { Group, Radio, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { ActForm } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { StateBadge, type Tone } from "../../parts/badges.tsx";
import { Section } from "../../parts/page.tsx";
import type { Order, Part } from "../../parts/resolve/subject.ts";
import { Ago } from "../../parts/time.tsx";
import classes from "./order.module.css";

const tones: Readonly<Record<string, Tone>> = { requested: "red", accepted: "amber", told: "grey", refused: "grey" };

/** Who wished what back, what came of it, and whom somebody has to ask. */
export function Cancellations({ order, done }: { order: Order; done: (said: string) => void }) {
  const { t } = useTranslation();
  if (order.cancellations.length === 0) return null;
  return (
    <Section title={t("order.cancellations")}>
      {order.cancellations.map((each) => {
        const asked = each.asks.flatMap((ask) => {
          const part = order.fulfillment_orders.find(({ id }) => id === ask.fulfillment_order);
          return part === undefined ? [] : [{ part, state: ask.state }];
        });
        return (
          <div key={each.no} className={classes["case"]}>
            <Group gap={8}>
              <StateBadge tone={tones[each.state] ?? "grey"}>
                {t(`order.cancellation.${each.state as "requested"}`, each.state)}
              </StateBadge>
              <Text size="md">
                {each.lines
                  .map(
                    ({ line_no: no, quantity }) =>
                      `${quantity} × ${order.lines.find((line) => line.no === no)?.sku ?? no}`,
                  )
                  .join(", ")}
              </Text>
              <Text size="sm" c="dimmed">
                {t("order.askedBy", { who: each.asked_by.replaceAll("_", " ") })} · <Ago at={each.opened_at} />
              </Text>
            </Group>
            {asked.map(({ part, state }) => (
              <div key={part.id}>
                <Text size="sm" c="dimmed">
                  {part.supplier?.name}: {t(`order.ask.${state as "asking"}`, state)}
                </Text>
                {part.actions.supplier_answered.allowed && <SupplierAnswered part={part} done={done} />}
              </div>
            ))}
          </div>
        );
      })}
    </Section>
  );
}

function SupplierAnswered({ part, done }: { part: Part; done: (said: string) => void }) {
  const { t } = useTranslation();
  const [granted, setGranted] = useState<"all" | "none" | null>(null);
  return (
    <ActForm
      calls={
        granted === null
          ? []
          : [post("/v1/fulfillment-orders/{id}/supplier-answered", { path: { id: part.id }, body: { granted } })]
      }
      submit={t("order.answered.submit")}
      verdict={granted === null ? { allowed: false, why: t("order.answered.choose") } : part.actions.supplier_answered}
      isGrave
      onDone={() => done(t("order.answered.said"))}
    >
      <Radio.Group
        label={t("order.answered.label", { supplier: part.supplier?.name ?? "" })}
        value={granted}
        onChange={(value) => setGranted(value as "all" | "none")}
      >
        <Group mt={4}>
          <Radio value="all" label={t("order.answered.all")} />
          <Radio value="none" label={t("order.answered.none")} />
        </Group>
      </Radio.Group>
    </ActForm>
  );
}
