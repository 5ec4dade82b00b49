import { useTranslation } from "../i18n.ts";
import { formatDay, formatExact } from "./format.ts";
import { useNow } from "./time.tsx";

const dayMs = 86_400_000;

/** When it has to leave: amber today, red when it is late. */
export function ShipBy({ at, isDone = false }: { at: string | null; isDone?: boolean }) {
  const { t } = useTranslation();
  const now = useNow();
  if (at === null) return null;
  const isLate = !isDone && Date.parse(at) < now;
  const days = daysBetween(now, Date.parse(at));
  const tone = isDone ? undefined : isLate ? "var(--sy-red)" : days === 0 ? "var(--sy-amber)" : undefined;
  return (
    <time dateTime={at} title={formatExact(at)} className="num" style={{ color: tone, fontWeight: tone && 500 }}>
      {days === 0 ? t("orders.today") : days === 1 ? t("orders.tomorrow") : formatDay(at)}
    </time>
  );
}

function daysBetween(from: number, to: number): number {
  const start = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((start(to) - start(from)) / dayMs);
}
