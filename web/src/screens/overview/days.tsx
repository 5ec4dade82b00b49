import { Link } from "@tanstack/react-router";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { formatCount, formatDay } from "../../parts/format.ts";
import { Section } from "../../parts/page.tsx";
import classes from "./overview.module.css";

type Day = Schemas["OverviewDay"];

/** Two rows of bars to one scale: what came in, and what left with its part that needed nobody. */
export function Days({ days }: { days: readonly Day[] }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...days.flatMap(({ received, left }) => [received, left]));
  return (
    <Section title={t("overview.days")} actions={<span className="dim">{t("overview.most", { count: most })}</span>}>
      <div className={classes["charts"]}>
        <Bars
          title={t("overview.daysReceived")}
          days={days}
          most={most}
          of={({ received }) => [received, received]}
          label={(day, count) => t("overview.dayReceived", { day, count })}
          to={({ day }) => ({ page: "orders", search: { q: `received:${day}` } })}
        />
        <Bars
          title={t("overview.daysLeft")}
          hint={t("overview.daysLeftHint")}
          days={days}
          most={most}
          of={({ left, left_by_itself: alone }) => [left, alone]}
          label={(day, count, alone) => t("overview.dayLeft", { day, count, alone })}
          to={() => ({ page: "shipments", search: { view: "all" } })}
        />
      </div>
    </Section>
  );
}

interface BarsProps {
  title: string;
  hint?: string;
  days: readonly Day[];
  most: number;
  /** The whole bar, and its dark part from the bottom. */
  of: (day: Day) => readonly [whole: number, dark: number];
  label: (day: string, whole: number, dark: number) => string;
  to: (day: Day) => { page: string; search: object };
}

const height = 72;

function Bars({ title, hint, days, most, of, label, to }: BarsProps) {
  const { t } = useTranslation();
  const { workspace } = useHere();
  return (
    <figure className={classes["bars"]}>
      <figcaption>
        {title}
        {hint !== undefined && (
          <span className="dim" title={t("overview.byItselfHint")}>
            <svg width={9} height={9} aria-hidden>
              <rect className={classes["dark"]} width={9} height={9} rx={2} />
            </svg>{" "}
            {hint}
          </span>
        )}
      </figcaption>
      <ol>
        {days.map((day) => {
          const [whole, dark] = of(day);
          const { page, search } = to(day);
          const tall = (count: number): number => (count === 0 ? 0 : Math.max(2, (count / most) * height));
          // Noon, so that the day stays the day in every zone.
          const name = formatDay(`${day.day}T12:00:00`);
          return (
            <li key={day.day}>
              <Link
                to={`/${workspace.slug}/${page}` as never}
                search={search as never}
                title={label(name, whole, dark)}
              >
                <span className="heard">{label(name, whole, dark)}</span>
                <span className={classes["value"]} aria-hidden>
                  {whole === 0 ? "" : formatCount(whole)}
                </span>
                <svg width="100%" height={height} aria-hidden preserveAspectRatio="none" viewBox={`0 0 10 ${height}`}>
                  <rect className={classes["ground"]} x={0} y={height - 1} width={10} height={1} />
                  <rect className={classes["whole"]} x={0} y={height - tall(whole)} width={10} height={tall(whole)} />
                  <rect className={classes["dark"]} x={0} y={height - tall(dark)} width={10} height={tall(dark)} />
                </svg>
                <span className={classes["day"]} aria-hidden>
                  {Number(day.day.slice(8))}
                </span>
              </Link>
            </li>
          );
        })}
      </ol>
    </figure>
  );
}
