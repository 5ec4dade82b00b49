import { useTranslation } from "../../i18n.ts";
import { formatMoney } from "../../parts/format.ts";
import type { Order, Part } from "../../parts/resolve/subject.ts";
import { Ago } from "../../parts/time.tsx";
import classes from "./order.module.css";

/** Why it is this supplier: who else could have taken it, at which cost, and why the others could not. */
export function WhySupplier({ order, part }: { order: Order; part: Part }) {
  const { t } = useTranslation();
  const { decision } = part;
  const lines = new Set(part.lines.map((line) => line.order_line_no));
  const considered = decision?.considered.filter(({ line_no: no }) => lines.has(no)) ?? [];
  if (decision === null || considered.length === 0) return null;
  const currency = part.expected?.goods.currency;
  const price = (amount: string): string => (currency === undefined ? amount : formatMoney({ amount, currency }));
  return (
    <details className={classes["fold"]}>
      <summary>{t(part.supplier === null ? "order.why.none" : "order.why.title")}</summary>
      {part.supplier_chosen_by_person && <p className={classes["reach"]}>{t("order.why.byPerson")}</p>}
      {considered.map((each) => {
        const best = Math.min(...each.candidates.map(({ priority }) => priority));
        return (
          <table key={`${each.line_no} ${each.component_no}`} className={classes["table"]}>
            <caption>
              {order.lines.find(({ no }) => no === each.line_no)?.sku} · <Ago at={decision.at} />
            </caption>
            <thead>
              <tr>
                <th scope="col">{t("order.why.supplier")}</th>
                <th scope="col" data-right>
                  {t("order.why.cost")}
                </th>
                <th scope="col">{t("order.why.outcome")}</th>
              </tr>
            </thead>
            <tbody>
              {each.candidates.map((candidate) => (
                <tr key={`${candidate.supplier} ${candidate.supplier_sku}`}>
                  <td>
                    {candidate.supplier} <span className="dim mono">{candidate.supplier_sku}</span>
                  </td>
                  <td data-right>{price(candidate.unit_cost)}</td>
                  <td>
                    {candidate.supplier === each.chosen
                      ? t("order.why.chosen")
                      : candidate.priority > best
                        ? t("order.why.laterPriority", { priority: candidate.priority })
                        : t("order.why.dearer")}
                  </td>
                </tr>
              ))}
              {each.rejected.map((rejected) => (
                <tr key={`${rejected.supplier} ${rejected.supplier_sku}`}>
                  <td>
                    {rejected.supplier} <span className="dim mono">{rejected.supplier_sku}</span>
                  </td>
                  <td data-right />
                  <td>{rejected.title}</td>
                </tr>
              ))}
            </tbody>
          </table>
        );
      })}
      <p className={classes["reach"]}>{t("order.why.rule")}</p>
    </details>
  );
}
