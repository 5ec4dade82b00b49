import { Button, Group, Progress, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { StateBadge, type Tone } from "../../parts/badges.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { formatCount } from "../../parts/format.ts";
import { Empty, Trouble, Waiting } from "../../parts/page.tsx";
import { saveFile } from "../../parts/save-file.ts";
import { Ago } from "../../parts/time.tsx";
import classes from "./jobs.module.css";

export type Job = Schemas["Job"];
type JobRow = Schemas["JobRow"];
type RowState = JobRow["state"];
const rowStates = ["refused", "skipped", "ok", "waiting"] as const satisfies readonly RowState[];
const tones = { ok: "green", refused: "red", skipped: "grey", waiting: "blue" } as const satisfies Record<
  RowState,
  Tone
>;

/** Asked every second as long as it runs. */
export function useJob(id: string) {
  const { api, workspace } = useHere();
  return useQuery({
    queryKey: [workspace.slug, "jobs", "one", id],
    queryFn: ({ signal }) => api.get("/v1/jobs/{id}", { path: { id }, signal }),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? 1000 : false),
  });
}

export const jobDone = ({ orders, rows }: Job): number =>
  orders === 0 ? 100 : ((orders - rows.waiting) / orders) * 100;

/** How far a job is, what became of each order, and what can still be done about it. */
export function JobView({ id }: { id: string }) {
  const { t } = useTranslation();
  const { api, may } = useHere();
  const refresh = useRefresh();
  const { data: job, error, refetch } = useJob(id);
  const [wanted, setWanted] = useState<RowState | "all" | null>(null);
  const done = { onSuccess: () => refresh("jobs", "orders") };
  const cancel = useMutation({
    mutationFn: () => api.post("/v1/jobs/{id}/cancel", { path: { id }, body: {} }),
    ...done,
  });
  const retry = useMutation({
    mutationFn: () => api.post("/v1/jobs/{id}/retry", { path: { id }, body: {} }),
    ...done,
  });
  const report = useMutation({
    // An attachment, so the client answers it as bytes.
    mutationFn: async () => {
      const file: unknown = await api.get("/v1/jobs/{id}/report", { path: { id } });
      if (file instanceof Blob) saveFile(file, `${id}.csv`);
    },
  });
  if (job === undefined)
    return error === null ? <Waiting lines={4} /> : <Trouble error={error} onRetry={() => void refetch()} />;
  const isRunning = job.state === "running";
  const shown = wanted ?? (job.rows.refused > 0 ? "refused" : "all");
  const problem = error ?? cancel.error ?? retry.error ?? report.error;
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <Text size="md" fw={500} role="status">
          {t(`jobs.state.${job.state}`)} ·{" "}
          {t("jobs.sum", {
            ok: formatCount(job.rows.ok),
            refused: formatCount(job.rows.refused),
            skipped: formatCount(job.rows.skipped),
            orders: formatCount(job.orders),
          })}
        </Text>
        <Group gap="sm">
          {isRunning && may("orders.change") && (
            <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {t("jobs.cancel")}
            </Button>
          )}
          {!isRunning && job.rows.refused > 0 && may("orders.change") && (
            <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
              {t("jobs.retry", { count: job.rows.refused })}
            </Button>
          )}
          <Button
            variant="default"
            leftSection={<IconDownload size={14} />}
            loading={report.isPending}
            onClick={() => report.mutate()}
          >
            {t("jobs.report")}
          </Button>
        </Group>
      </Group>
      <Progress
        value={jobDone(job)}
        color={job.rows.refused > 0 ? "red" : "rail"}
        animated={isRunning}
        aria-label={t("jobs.progress")}
      />
      {job.stopped_why !== null && <Text size="sm">{job.stopped_why}</Text>}
      {problem !== null && <Trouble error={problem} />}
      <SegmentedControl
        data={[
          { value: "all", label: t("jobs.rowsAll", { count: job.orders }) },
          ...rowStates.map((state) => ({
            value: state,
            label: `${t(`jobs.row.${state}`)} ${formatCount(job.rows[state])}`,
          })),
        ]}
        value={shown}
        onChange={(next) => setWanted(next as RowState | "all")}
        aria-label={t("jobs.rows")}
      />
      <Rows job={job} state={shown === "all" ? null : shown} />
    </Stack>
  );
}

function Rows({ job, state }: { job: Job; state: RowState | null }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const list = useInfiniteQuery({
    queryKey: [workspace.slug, "jobs", "rows", job.id, state, job.rows],
    queryFn: ({ pageParam, signal }) =>
      api.get("/v1/jobs/{id}/rows", {
        path: { id: job.id },
        query: { limit: 100, ...(state && { state }), ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    meta: { live: false },
  });
  const columns: Column<JobRow>[] = [
    {
      id: "order",
      header: t("orders.column.order"),
      width: 120,
      cell: ({ order }) => (
        <Link to={`/${workspace.slug}/orders/${order.id}` as never} className="num">
          {order.number}
        </Link>
      ),
    },
    {
      id: "state",
      header: t("jobs.outcome"),
      width: 110,
      cell: (row) => (
        <StateBadge tone={tones[row.state]} isInTable>
          {t(`jobs.row.${row.state}`)}
        </StateBadge>
      ),
    },
    { id: "why", header: t("jobs.why"), cell: ({ message }) => <span title={message ?? ""}>{message}</span> },
    {
      id: "at",
      header: t("jobs.at"),
      width: 90,
      isRight: true,
      cell: ({ at }) => at !== null && <Ago at={at} />,
    },
  ];
  if (list.error !== null) return <Trouble error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <div className={classes["rows"]}>
      <DataTable
        label={t("jobs.rows")}
        columns={columns}
        rows={list.data?.pages.flatMap(({ rows }) => rows)}
        rowId={({ no }) => String(no)}
        nameOf={({ order }) => order.number}
        isMore={list.hasNextPage}
        onEnd={() => {
          if (!list.isFetchingNextPage) void list.fetchNextPage();
        }}
        hasKeys={false}
        card={(row) => (
          <Stack gap={2}>
            <Group justify="space-between">
              <Link to={`/${workspace.slug}/orders/${row.order.id}` as never}>{row.order.number}</Link>
              <StateBadge tone={tones[row.state]}>{t(`jobs.row.${row.state}`)}</StateBadge>
            </Group>
            <span className="cut dim">{row.message}</span>
          </Stack>
        )}
        empty={<Empty title={t("jobs.noRows")} />}
      />
    </div>
  );
}
