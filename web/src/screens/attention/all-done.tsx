import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { formatCount } from "../../parts/format.ts";
import { Empty } from "../../parts/page.tsx";
import type { View } from "./inbox.ts";

/** An empty inbox is a good state, and says what was done meanwhile without anybody. */
export function AllDone({ view, onAll }: { view: View; onAll: () => void }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const { data } = useQuery({
    queryKey: [workspace.slug, "overview"],
    queryFn: ({ signal }) => api.get("/v1/overview", { signal }),
    enabled: view === "team",
  });
  const { data: counts } = useQuery({
    queryKey: [workspace.slug, "orders", "counts"],
    queryFn: ({ signal }) => api.get("/v1/orders/counts", { signal }),
    enabled: view === "mine",
  });
  const today = data?.days.at(-1);
  const all = (
    <Button variant="default" onClick={onAll}>
      {t("attention.showAll")}
    </Button>
  );
  switch (view) {
    case "team":
      return (
        <Empty title={t("attention.done")}>
          {today !== undefined &&
            `${t("attention.doneToday", {
              received: formatCount(today.received),
              left: formatCount(today.left),
              alone: formatCount(today.left_by_itself),
            })} `}
          {t("attention.doneHint")}
        </Empty>
      );
    case "mine":
      return (
        <Empty title={t("attention.noneMine")} action={all}>
          {t("attention.noneMineHint", { count: counts?.by_state.needs_attention ?? 0 })}
        </Empty>
      );
    case "unowned":
      return <Empty title={t("attention.noneUnowned")} action={all} />;
    case "snoozed":
      return (
        <Empty title={t("attention.noneSnoozed")} action={all}>
          {t("attention.noneSnoozedHint")}
        </Empty>
      );
  }
}
