import { useTranslation } from "../../i18n.ts";
import { formatCount, formatMoney } from "../../parts/format.ts";
import { Section } from "../../parts/page.tsx";
import type { Order } from "../../parts/resolve/subject.ts";
import classes from "./order.module.css";

/** What was sold. */
export function Lines({ order }: { order: Order }) {
  const { t } = useTranslation();
  const currency = order.money?.sold.currency ?? null;
  return (
    <Section title={t("order.lines")}>
      <div className={classes["scroll"]}>
        <table className={classes["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("order.column.item")}</th>
              <th scope="col" data-right>
                {t("order.column.quantity")}
              </th>
              {currency !== null && (
                <th scope="col" data-right>
                  {t("order.column.price")}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {order.lines.map((line) => (
              <tr key={line.no}>
                <td>
                  <div>{line.title}</div>
                  <div className="dim">
                    {line.sku !== line.title && <span className="mono">{line.sku}</span>}
                    {line.kind !== "goods" && ` · ${line.kind}`}
                    {line.fulfilled_by !== "us" && ` · ${t("order.notByUs")}`}
                  </div>
                </td>
                <td data-right>
                  {formatCount(line.quantity)}
                  {line.quantity !== line.quantity_on_channel && (
                    <div className="dim">{t("order.onChannel", { count: line.quantity_on_channel })}</div>
                  )}
                  {line.cancelled > 0 && <div className="dim">{t("order.cancelledOf", { count: line.cancelled })}</div>}
                  {line.fulfilled_elsewhere > 0 && (
                    <div className="dim">{t("order.elsewhere", { count: line.fulfilled_elsewhere })}</div>
                  )}
                </td>
                {currency !== null && (
                  <td data-right>
                    {line.unit_price === null ? "" : formatMoney({ amount: line.unit_price, currency })}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
