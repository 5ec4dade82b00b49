import { createPortal } from "react-dom";
import { useTranslation } from "../../i18n.ts";
import { addressText } from "../../parts/address.tsx";
import { code128 } from "./code128.ts";
import type { Counted, Detail } from "./counts.ts";
import classes from "./prep.module.css";

/** What the printer gives: where it goes, what is in it, and the order's number as bars, so that scanning the slip opens the order. Only on paper. */
export function Slip({ detail, counts }: { detail: Detail; counts: readonly Counted[] }) {
  const { t } = useTranslation();
  const bars = code128(detail.order_number);
  const to = detail.ship_to;
  return createPortal(
    <div className={classes["slip"]} aria-hidden data-slip>
      <h1>{detail.order_number}</h1>
      {bars !== null && (
        <svg viewBox={`-10 0 ${bars.width + 20} 40`} preserveAspectRatio="none">
          {bars.bars.map(([at, width]) => (
            <rect key={at} x={at} y={0} width={width} height={40} />
          ))}
        </svg>
      )}
      {to !== null && (
        <p>
          <small>{t("prep.slip.shipTo")}</small>
          {[...addressText(to).split("\n"), to.phone]
            .filter((line) => line !== "")
            .map((line) => (
              <span key={line}>{line}</span>
            ))}
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th>{t("prep.shelf.sku")}</th>
            <th>{t("prep.slip.title")}</th>
            <th>{t("prep.slip.count")}</th>
          </tr>
        </thead>
        <tbody>
          {counts
            .filter(({ expected }) => expected > 0)
            .map(({ sku, title, expected }) => (
              <tr key={sku}>
                <td>{sku}</td>
                <td>{title}</td>
                <td>{expected}</td>
              </tr>
            ))}
        </tbody>
      </table>
      <footer>
        {t("prep.slip.from", { name: detail.supplier.name })}
        {detail.method !== null && ` · ${detail.method}`}
      </footer>
    </div>,
    document.body,
  );
}
