import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { formatCount } from "../../parts/format.ts";
import { Page, Section, Trouble, Waiting } from "../../parts/page.tsx";
import { Days } from "./days.tsx";
import { Due } from "./due.tsx";
import classes from "./overview.module.css";
import { SetUp } from "./set-up.tsx";
import { Took } from "./took.tsx";
import { Waits } from "./waits.tsx";

const needsYou = "state:needs_attention is:awake";

/** How the day goes: what came in, what left without a hand, what waits for whom. Each number opens what it counts. */
export function Overview() {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const {
    data: overview,
    error,
    refetch,
  } = useQuery({
    queryKey: [workspace.slug, "overview"],
    queryFn: ({ signal }) => api.get("/v1/overview", { signal }),
  });
  const { data: counts } = useQuery({
    queryKey: [workspace.slug, "orders", "counts"],
    queryFn: ({ signal }) => api.get("/v1/orders/counts", { signal }),
  });
  // As the tab counts it: what is snoozed waits for nobody now.
  const { data: forYou } = useQuery({
    queryKey: [workspace.slug, "orders", "found", needsYou],
    queryFn: ({ signal }) => api.get("/v1/orders/found", { query: { q: needsYou }, signal }),
  });
  const today = overview?.days.at(-1);
  return (
    <Page title={t("overview.title")}>
      <div className={classes["page"]}>
        {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
        <SetUp />
        {overview === undefined || today === undefined || counts === undefined || forYou === undefined ? (
          error === null && <Waiting />
        ) : (
          <>
            <Section title={t("overview.today")}>
              <div className={classes["numbers"]}>
                <Figure to="orders" q="received:today" count={today.received}>
                  {t("overview.received")}
                </Figure>
                <Figure to="shipments" view="all" count={today.left}>
                  {t("overview.left")}
                </Figure>
                <Figure to="shipments" view="all" count={today.left_by_itself} hint={t("overview.byItselfHint")}>
                  {t("overview.byItself")}
                </Figure>
                <Figure to="orders" view="needs_attention" count={forYou.orders} orMore={forYou.or_more} isRed>
                  {t("overview.attention")}
                </Figure>
              </div>
            </Section>
            <Days days={overview.days} />
            <div className={classes["columns"]}>
              <Waits counts={counts.by_state} forYou={forYou} />
              <Due />
              <Took overview={overview} />
            </div>
          </>
        )}
      </div>
    </Page>
  );
}

/** A number that is a way to what it counts. */
function Figure({
  to,
  q,
  view,
  count,
  orMore = false,
  isRed = false,
  hint,
  children,
}: {
  to: string;
  q?: string;
  view?: string;
  count: number;
  /** There are more than were counted. */
  orMore?: boolean;
  isRed?: boolean;
  hint?: string;
  children: ReactNode;
}) {
  const { workspace } = useHere();
  return (
    <Link
      to={`/${workspace.slug}/${to}` as never}
      search={{ ...(q !== undefined && { q }), ...(view !== undefined && { view }) } as never}
      className={classes["figure"]!}
      title={hint}
      data-red={(isRed && count > 0) || undefined}
    >
      <strong className="num">
        {formatCount(count)}
        {orMore && "+"}
      </strong>
      <span>{children}</span>
    </Link>
  );
}
