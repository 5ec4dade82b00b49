import { useTranslation } from "../../i18n.ts";
import type { Answer } from "#client";
import { Section } from "../../parts/page.tsx";
import classes from "./overview.module.css";

type OverviewAnswer = Answer<"get", "/v1/overview">;

/** How long things take: the middle one, and what nine of ten keep. */
export function Took({ overview }: { overview: OverviewAnswer }) {
  const { t } = useTranslation();
  const rows = [
    [t("overview.toPlace"), overview.to_place],
    [t("overview.toShip"), overview.to_ship],
  ] as const;
  return (
    <Section title={t("overview.took")}>
      {overview.shipments === 0 ? (
        <p className="dim">{t("overview.tookNone")}</p>
      ) : (
        <>
          <dl className={classes["took"]}>
            {rows.map(
              ([label, took]) =>
                took !== null && (
                  <div key={label}>
                    <dt>{label}</dt>
                    <dd>
                      <span className="dim">{t("overview.median")}</span>{" "}
                      <strong className="num">
                        <Length seconds={took.median_seconds} />
                      </strong>
                    </dd>
                    <dd>
                      <span className="dim">{t("overview.slow")}</span>{" "}
                      <strong className="num">
                        <Length seconds={took.slow_seconds} />
                      </strong>
                    </dd>
                  </div>
                ),
            )}
          </dl>
          <p className="dim">{t("overview.tookOf", { count: overview.shipments })}</p>
        </>
      )}
    </Section>
  );
}

/** In the unit that is read at a glance. */
function Length({ seconds }: { seconds: number }) {
  const { t } = useTranslation();
  if (seconds < 120) return t("overview.seconds", { count: seconds });
  if (seconds < 2 * 3600) return t("overview.minutes", { count: Math.round(seconds / 60) });
  if (seconds < 48 * 3600) return t("overview.hours", { count: Math.round(seconds / 3600) });
  return t("overview.daysLong", { count: Math.round(seconds / 86_400) });
}
