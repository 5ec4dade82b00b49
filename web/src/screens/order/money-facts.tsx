import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "../../i18n.ts";
import { formatMoney } from "../../parts/format.ts";
import { Section } from "../../parts/page.tsx";
import type { Order } from "../../parts/resolve/subject.ts";
import classes from "./order.module.css";

/** What was taken, what it costs, what remains; or why nobody can say yet. */
export function MoneyFacts({ order }: { order: Order }) {
  const { t } = useTranslation();
  const { money } = order;
  if (money === null) return null;
  const sold = Number(money.sold.amount);
  const profit = money.profit === null ? null : Number(money.profit.amount);
  const margin = profit === null || sold === 0 || money.profit?.currency !== money.sold.currency ? null : profit / sold;
  const rows: (readonly [string, ReactNode])[] = [
    [t("order.money.sold"), formatMoney(money.sold)],
    ...money.goods.map((each) => [t("order.money.goods"), minus(formatMoney(each))] as const),
    ...money.shipping.map((each) => [t("order.money.shipping"), minus(formatMoney(each))] as const),
    ...(Number(money.fees.amount) === 0 ? [] : [[t("order.money.fees"), minus(formatMoney(money.fees))] as const]),
    ...(Number(money.refunds.amount) === 0
      ? []
      : [[t("order.money.refunds"), minus(formatMoney(money.refunds))] as const]),
  ];
  return (
    <Section title={t("order.money.title")}>
      <dl className={classes["sums"]}>
        {rows.map(([label, value], index) => (
          <div key={`${label} ${index}`}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div className={classes["sum"]}>
          <dt>{t("order.money.profit")}</dt>
          <dd data-loss={(profit !== null && profit < 0) || undefined}>
            {money.profit === null ? t("order.money.unknown") : formatMoney(money.profit)}
            {margin !== null && <span className="dim"> {percent.format(margin)}</span>}
          </dd>
        </div>
      </dl>
      {money.profit === null && (
        <Text size="sm" c="dimmed">
          {money.profit_unknown_because}
        </Text>
      )}
    </Section>
  );
}

const minus = (text: string): string => `− ${text}`;
const percent = new Intl.NumberFormat(navigator.language, { style: "percent", maximumFractionDigits: 1 });
