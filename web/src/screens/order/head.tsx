import { Group, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "../../i18n.ts";
import { ChannelMark, StateBadge, toneOf, type Tone } from "../../parts/badges.tsx";
import type { Order } from "../../parts/resolve/subject.ts";
import { ShipBy } from "../../parts/ship-by.tsx";
import { Countdown } from "../../parts/time.tsx";
import classes from "./order.module.css";

const paymentTones: Readonly<Record<string, Tone>> = {
  paid: "green",
  authorized: "blue",
  pending: "amber",
  partially_refunded: "amber",
  refunded: "grey",
  voided: "grey",
};

/** Which order, and how it stands on each axis. */
export function Head({ order, before, controls }: { order: Order; before: ReactNode; controls: ReactNode }) {
  const { t } = useTranslation();
  const leaves = order.fulfillment_orders.find((part) => part.state === "waiting")?.place_after ?? null;
  const isOver = ["shipped", "delivered", "completed", "cancelled"].includes(order.headline);
  return (
    <header className={classes["head"]}>
      <Group gap="sm" wrap="nowrap" miw={0} className={classes["name"]!}>
        {before}
        <ChannelMark name={order.channel.name} />
        <Title order={1} className="cut num">
          {order.number}
        </Title>
      </Group>
      <Group gap={6} className={classes["badges"]!}>
        <StateBadge tone={toneOf(order.headline)} hint={order.hint}>
          {order.title}
        </StateBadge>
        <StateBadge tone={paymentTones[order.payment] ?? "grey"} hint={t("order.paymentHint")}>
          {t(`orders.payment.${order.payment as "paid"}`, order.payment)}
        </StateBadge>
        {order.risk === "high" && <StateBadge tone="red">{t("order.highRisk")}</StateBadge>}
        {leaves !== null && (
          <span className="dim">
            {t("order.leavesIn")} <Countdown until={leaves} over={t("orders.leavesNow")} />
          </span>
        )}
        {order.ship_by !== null && !isOver && (
          <span className="dim">
            {t("order.shipBy")} <ShipBy at={order.ship_by} />
          </span>
        )}
      </Group>
      <div className={classes["controls"]}>{controls}</div>
    </header>
  );
}
