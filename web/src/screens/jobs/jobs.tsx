import { Progress, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { StateBadge, type Tone } from "../../parts/badges.tsx";
import { Beside } from "../../parts/beside.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { formatCount } from "../../parts/format.ts";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import { jobDone, JobView, type Job } from "./job-view.tsx";

const tones = { running: "blue", done: "green", cancelled: "grey" } as const satisfies Record<Job["state"], Tone>;

/** What was done to many orders at once, newest first; each with what became of every order. */
export function Jobs() {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const { open } = useSearch({ from: "/$workspace/jobs" });
  const navigate = useNavigate({ from: "/$workspace/jobs" });
  const list = useInfiniteQuery({
    queryKey: [workspace.slug, "jobs", "list"],
    queryFn: ({ pageParam, signal }) =>
      api.get("/v1/jobs", { query: { limit: 50, ...(pageParam && { cursor: pageParam }) }, signal }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ jobs }) => jobs.some((job) => job.state === "running")) === true ? 2000 : false,
  });
  const jobs = list.data?.pages.flatMap(({ jobs: each }) => each);
  const shown = jobs?.find(({ id }) => id === open);
  const show = (id: string | undefined): void =>
    void navigate({ search: id === undefined ? {} : { open: id }, replace: true });
  const columns: Column<Job>[] = [
    { id: "what", header: t("jobs.what"), width: 170, cell: ({ action }) => t(`jobs.action.${action}`) },
    {
      id: "state",
      header: t("jobs.outcome"),
      width: 110,
      cell: ({ state }) => (
        <StateBadge tone={tones[state]} isInTable>
          {t(`jobs.state.${state}`)}
        </StateBadge>
      ),
    },
    {
      id: "progress",
      header: t("jobs.progress"),
      width: 130,
      cell: (job) => (
        <Progress value={jobDone(job)} aria-label={t("jobs.progress")} animated={job.state === "running"} />
      ),
    },
    {
      id: "words",
      header: t("jobs.which"),
      cell: ({ words }) =>
        words === null ? <span className="dim">{t("jobs.byHand")}</span> : words || t("jobs.every"),
    },
    { id: "orders", header: t("jobs.orders"), width: 80, isRight: true, cell: ({ orders }) => formatCount(orders) },
    { id: "ok", header: t("jobs.row.ok"), width: 80, isRight: true, cell: ({ rows }) => formatCount(rows.ok) },
    {
      id: "refused",
      header: t("jobs.row.refused"),
      width: 80,
      isRight: true,
      cell: ({ rows }) => (
        <span style={rows.refused > 0 ? { color: "var(--sy-red)", fontWeight: 500 } : undefined}>
          {formatCount(rows.refused)}
        </span>
      ),
    },
    {
      id: "skipped",
      header: t("jobs.row.skipped"),
      width: 80,
      isRight: true,
      cell: ({ rows }) => formatCount(rows.skipped),
    },
    {
      id: "at",
      header: t("jobs.started"),
      width: 110,
      isRight: true,
      cell: ({ created_at: at }) => <Ago at={at} />,
    },
  ];
  return (
    <Page
      title={t("jobs.title")}
      isFull
      top={list.error !== null && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
    >
      <DataTable
        label={t("jobs.title")}
        columns={columns}
        rows={jobs}
        rowId={({ id }) => id}
        nameOf={({ id }) => id}
        openId={open ?? null}
        onOpen={({ id }) => show(id)}
        isMore={list.hasNextPage}
        onEnd={() => {
          if (!list.isFetchingNextPage) void list.fetchNextPage();
        }}
        card={(job) => (
          <Stack gap={4}>
            <Text size="md" fw={500}>
              {t(`jobs.action.${job.action}`)} · {t(`jobs.state.${job.state}`)}
            </Text>
            <span className="dim">
              {t("jobs.short", {
                done: formatCount(job.orders - job.rows.waiting),
                orders: formatCount(job.orders),
                refused: formatCount(job.rows.refused),
              })}{" "}
              · <Ago at={job.created_at} />
            </span>
          </Stack>
        )}
        empty={<Empty title={t("jobs.none")}>{t("jobs.noneHint")}</Empty>}
      />
      {open !== undefined && (
        <Beside
          title={shown === undefined ? t("jobs.title") : t(`jobs.action.${shown.action}`)}
          onClose={() => show(undefined)}
        >
          <JobView key={open} id={open} />
        </Beside>
      )}
    </Page>
  );
}
