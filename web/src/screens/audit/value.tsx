import { useTranslation } from "../../i18n.ts";
import { formatExact } from "../../parts/format.ts";

const instant = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** What a setting was or is, as people read it. */
export function Value({ of: value }: { of: unknown }) {
  const { t } = useTranslation();
  if (value === null || value === undefined || value === "") return <span className="dim">—</span>;
  if (typeof value === "boolean") return <>{value ? t("audit.yes") : t("audit.no")}</>;
  if (typeof value === "string" && instant.test(value)) return <>{formatExact(value)}</>;
  if (typeof value === "string" || typeof value === "number") return <span className="num">{value}</span>;
  if (Array.isArray(value) && value.every((each) => typeof each === "string" || typeof each === "number"))
    return <>{value.join(", ")}</>;
  return <span className="mono">{JSON.stringify(value)}</span>;
}
