import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { formatCount } from "../../parts/format.ts";
import { Section, Trouble } from "../../parts/page.tsx";
import classes from "./overview.module.css";

const risks = [
  { label: "lateNow", words: "is:late", tone: "red" },
  { label: "dueToday", words: "due:today", tone: "amber" },
  { label: "dueTomorrow", words: "due:tomorrow", tone: undefined },
  { label: "untold", words: "is:not_told", tone: undefined },
] as const;

/** What has to leave: what is late, and what will be. Orders that have left do not count. */
export function Due() {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const found = useQueries({
    queries: risks.map(({ words }) => ({
      queryKey: [workspace.slug, "orders", "found", words],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.get("/v1/orders/found", { query: { q: words }, signal }),
    })),
  });
  const failed = found.find(({ error, data }) => error !== null && data === undefined);
  return (
    <Section title={t("overview.late")}>
      {failed !== undefined && <Trouble error={failed.error} onRetry={() => void failed.refetch()} />}
      <ul className={classes["waits"]}>
        {risks.map(({ label, words, tone }, index) => {
          const count = found[index]!.data;
          return (
            <li key={words}>
              <Link to={`/${workspace.slug}/orders` as never} search={{ q: words } as never}>
                <span>{t(`overview.${label}`)}</span>
                <span className="num" data-tone={count !== undefined && count.orders > 0 ? tone : undefined}>
                  {count === undefined
                    ? "…"
                    : count.or_more
                      ? t("overview.orMore", { count: count.orders })
                      : formatCount(count.orders)}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
