import { Link } from "@tanstack/react-router";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { formatCount } from "../../parts/format.ts";
import { Section } from "../../parts/page.tsx";
import classes from "./overview.module.css";

type Headline = Schemas["Headline"];
const waiting = [
  { who: "you", states: ["needs_attention"] },
  { who: "people", states: ["review", "on_hold"] },
  { who: "team", states: ["with_our_team"] },
  { who: "prep", states: ["at_prep"] },
  { who: "buyer", states: ["awaiting_payment"] },
  { who: "machine", states: ["new", "waiting", "in_process", "checking"] },
  { who: "supplier", states: ["ordered", "partly_shipped"] },
  { who: "standBy", states: ["stand_by"] },
] as const satisfies readonly { who: string; states: readonly Headline[] }[];

/** Every open order, by who has to move it. */
export function Waits({
  counts,
  forYou,
}: {
  counts: Readonly<Record<Headline, number>>;
  /** What needs attention and is not snoozed, as its tab counts it. */
  forYou: Schemas["FoundCount"];
}) {
  const { t } = useTranslation();
  const { workspace } = useHere();
  const rows = waiting
    .map(({ who, states }) => ({
      who,
      states,
      count: who === "you" ? forYou.orders : states.reduce((sum, state) => sum + counts[state], 0),
      orMore: who === "you" && forYou.or_more,
    }))
    .filter(({ count }) => count > 0);
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <Section title={t("overview.waits")}>
      {rows.length === 0 ? (
        <p className="dim">{t("overview.nothingWaits")}</p>
      ) : (
        <ul className={classes["waits"]}>
          {rows.map(({ who, states, count, orMore }) => (
            <li key={who}>
              <Link
                to={`/${workspace.slug}/orders` as never}
                search={(who === "you" ? { view: "needs_attention" } : { q: `state:${states.join(",")}` }) as never}
              >
                <span>{t(`overview.waitsFor.${who}`)}</span>
                <span className="num">
                  {formatCount(count)}
                  {orMore && "+"}
                </span>
                <svg width="100%" height={4} aria-hidden preserveAspectRatio="none" viewBox="0 0 100 4">
                  <rect className={classes["ground"]} width={100} height={4} />
                  <rect className={classes[who === "you" ? "red" : "dark"]} width={(count / most) * 100} height={4} />
                </svg>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
