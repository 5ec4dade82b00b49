import { NumberInput, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { ActForm } from "../act-form.tsx";
import { post } from "../api-call.tsx";
import classes from "./resolve.module.css";
import type { FormProps, Order } from "./subject.ts";

/** How many of a line can still be wished back: what is nowhere yet, or with somebody who can be asked. */
export function cancellable(order: Order, lineNo: number): number {
  const line = order.lines.find(({ no }) => no === lineNo)!;
  const rows = order.fulfillment_orders.flatMap((part) =>
    part.lines.filter((each) => each.order_line_no === lineNo).map((row) => ({ part, row })),
  );
  if (rows.length === 0) return Math.max(0, line.quantity - line.cancelled);
  // A unit of a bundle is as many rows as it has components: the fullest counts.
  const byComponent = new Map<number, number>();
  for (const { part, row } of rows) {
    if (part.cancel_reach === "gone") continue;
    const left = row.quantity - row.quantity_cancelled;
    byComponent.set(row.component_no, (byComponent.get(row.component_no) ?? 0) + left);
  }
  return Math.max(0, ...byComponent.values());
}

/** Cancels all or some of it, and says before what is free, who is asked, and what has left. */
export function Cancel({ order, done, autoFocus }: Omit<FormProps, "hold">) {
  const { t } = useTranslation();
  const [isSome, setSome] = useState(false);
  const lines = order.lines.map((line) => ({ line, most: cancellable(order, line.no) })).filter(({ most }) => most > 0);
  const [wanted, setWanted] = useState<Readonly<Record<number, number>>>({});
  const wish = lines
    .map(({ line }) => ({ line_no: line.no, quantity: wanted[line.no] ?? 0 }))
    .filter(({ quantity }) => quantity > 0);
  const all = lines.reduce((sum, { most }) => sum + most, 0);
  const count = isSome ? wish.reduce((sum, { quantity }) => sum + quantity, 0) : all;
  const isNothing = count === 0 && order.actions.cancel.allowed;
  return (
    <ActForm
      calls={[
        post("/v1/orders/{id}/cancel", {
          path: { id: order.id },
          body: isSome ? { lines: wish } : {},
          ifMatch: order.version,
        }),
      ]}
      submit={t("resolve.cancel.submit", { count })}
      verdict={isNothing ? { allowed: false, why: t("resolve.cancel.choose") } : order.actions.cancel}
      isGrave
      onDone={(answer) => {
        const { cancelled, asked } = answer as Record<"cancelled" | "asked", { quantity: number }[]>;
        const sum = (of: { quantity: number }[]): number => of.reduce((total, { quantity }) => total + quantity, 0);
        done(t("resolve.cancel.said", { cancelled: sum(cancelled), asked: sum(asked) }));
      }}
      autoFocus={autoFocus}
    >
      <CancelReach order={order} />
      {lines.length > 0 && all > 1 && (
        <Radio.Group
          value={isSome ? "some" : "all"}
          onChange={(value) => setSome(value === "some")}
          aria-label={t("resolve.cancel.howMuch")}
        >
          <Stack gap={6}>
            <Radio value="all" label={t("resolve.cancel.all", { count: all })} />
            <Radio value="some" label={t("resolve.cancel.some")} />
          </Stack>
        </Radio.Group>
      )}
      {isSome &&
        lines.map(({ line, most }) => (
          <NumberInput
            key={line.no}
            label={t("resolve.cancel.of", { sku: line.sku, most })}
            min={0}
            max={most}
            clampBehavior="strict"
            allowDecimal={false}
            w={220}
            value={wanted[line.no] ?? 0}
            onChange={(value) => setWanted({ ...wanted, [line.no]: Number(value) || 0 })}
          />
        ))}
    </ActForm>
  );
}

/** CN-8 in words: for each supplier what a cancellation means there now. */
export function CancelReach({ order }: { order: Order }) {
  const { t } = useTranslation();
  const parts = order.fulfillment_orders.filter(({ state }) => state !== "cancelled");
  return (
    <dl className={classes["reach"]}>
      {parts.map((part) => (
        <div key={part.id} style={{ display: "contents" }}>
          <dt>
            {part.supplier?.name ?? t("resolve.noSupplierYet")}{" "}
            <Text span size="sm" c="dimmed">
              {part.title}
            </Text>
          </dt>
          <dd>{t(`resolve.cancel.reach.${part.cancel_reach}`)}</dd>
        </div>
      ))}
    </dl>
  );
}
