import { Alert, Anchor, Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "../../i18n.ts";
import { useAct } from "../../app/act.ts";
import { useHere } from "../../app/session.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Help } from "../../parts/help.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Empty, Page, Trouble, Waiting } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import classes from "../team/team.module.css";
import { DeliveryBeside } from "./delivery-beside.tsx";
import { DeliveryState, EventsOf, WebhookState, WhyNot, type Delivery, type Webhook } from "./state.tsx";
import { WebhookChanges } from "./webhook-changes.tsx";
import page from "./webhooks.module.css";

const states = ["waiting", "delivered", "given_up"] as const;

/** One endpoint: how it does, what can be done with it, and each message that went to it. */
export function WebhookPage() {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const { webhook: id } = useParams({ from: "/$workspace/webhooks/$webhook" });
  const one = useQuery({
    queryKey: [workspace.slug, "webhooks", id],
    queryFn: ({ signal }) => api.get("/v1/webhooks/{id}", { path: { id }, signal }),
    refetchInterval: 5_000,
  });
  const test = useAct(() => api.post("/v1/webhooks/{id}/test", { path: { id }, body: {} }), { refresh: ["webhooks"] });
  const webhook = one.data;
  return (
    <Page
      title={webhook === undefined ? t("webhooks.title") : new URL(webhook.url).host}
      isFull
      beside={webhook !== undefined && <WebhookState webhook={webhook} />}
      actions={
        webhook?.enabled === true &&
        may("webhooks.change") && (
          <Button loading={test.isPending} onClick={() => test.mutate()}>
            {t("webhooks.test")}
          </Button>
        )
      }
      top={
        <div className={page["top"]}>
          <Anchor component={Link} to={`/${workspace.slug}/webhooks` as never} size="sm" className={page["back"]!}>
            <IconArrowLeft size={14} aria-hidden /> {t("webhooks.back")}
          </Anchor>
          {one.error !== null && <Trouble error={one.error} onRetry={() => void one.refetch()} />}
          {test.error !== null && <Trouble error={test.error} />}
          {webhook === undefined ? one.error === null && <Waiting lines={4} /> : <About webhook={webhook} />}
          <span className="heard" role="status">
            {test.isSuccess ? t("webhooks.tested") : ""}
          </span>
        </div>
      }
    >
      <Deliveries id={id} />
    </Page>
  );
}

function About({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const { may } = useHere();
  const facts: [string, ReactNode][] = [
    [t("webhooks.events"), <EventsOf key="events" events={webhook.events} />],
    [
      t("webhooks.lastSuccess"),
      webhook.last_success_at === null ? t("webhooks.nothing") : <Ago key="at" at={webhook.last_success_at} />,
    ],
    ...(webhook.failing_since === null
      ? []
      : [[t("webhooks.failingSince"), <Ago key="since" at={webhook.failing_since} />] as [string, ReactNode]]),
    ...(webhook.paused_until === null || Date.parse(webhook.paused_until) < Date.now()
      ? []
      : [[t("webhooks.pausedUntil"), <Ago key="until" at={webhook.paused_until} />] as [string, ReactNode]]),
    ...(webhook.old_secret_until === null
      ? []
      : [[t("webhooks.oldSecret"), <Ago key="old" at={webhook.old_secret_until} />] as [string, ReactNode]]),
    [t("webhooks.made"), <Ago key="made" at={webhook.created_at} />],
  ];
  return (
    <Stack gap="sm">
      <Group gap="sm" justify="space-between">
        <Text size="sm" miw={0}>
          <Copyable value={webhook.url} label={t("webhooks.url")} />
          {webhook.description !== "" && <span className="dim"> · {webhook.description}</span>}
        </Text>
      </Group>
      <dl className={page["facts"]}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {(!webhook.enabled || webhook.failing_since !== null) && (
        <Alert color={webhook.enabled ? "yellow" : "gray"} variant="light">
          <Text size="sm">
            <WhyNot webhook={webhook} />
          </Text>
        </Alert>
      )}
      {may("webhooks.change") && <WebhookChanges webhook={webhook} />}
    </Stack>
  );
}

function Deliveries({ id }: { id: string }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const search = useSearch({ from: "/$workspace/webhooks/$webhook" });
  const navigate = useNavigate({ from: "/$workspace/webhooks/$webhook" });
  const state = states.find((each) => each === search.view);
  const list = useInfiniteQuery({
    queryKey: [workspace.slug, "webhooks", id, "deliveries", state ?? ""],
    queryFn: ({ pageParam, signal }) =>
      api.get("/v1/webhooks/{id}/deliveries", {
        path: { id },
        query: { limit: 100, ...(state && { state }), ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    refetchInterval: 3_000,
  });
  const rows = useMemo(() => list.data?.pages.flatMap(({ deliveries }) => deliveries), [list.data]);
  const columns: Column<Delivery>[] = [
    { id: "type", header: t("webhooks.type"), cell: ({ type }) => <span className="mono">{type}</span> },
    { id: "state", header: t("webhooks.state"), width: 120, cell: (each) => <DeliveryState state={each.state} /> },
    { id: "answer", header: t("webhooks.answer"), cell: (each) => <LastAnswer delivery={each} /> },
    { id: "tries", header: t("webhooks.tries"), width: 70, isRight: true, cell: ({ attempts }) => attempts },
    {
      id: "next",
      header: t("webhooks.nextTry"),
      width: 110,
      isRight: true,
      cell: ({ next_try_at: at }) => (at === null ? <span className="dim">—</span> : <Ago at={at} />),
    },
    {
      id: "at",
      header: t("webhooks.happened"),
      width: 110,
      isRight: true,
      cell: ({ occurred_at: at }) => (
        <span className="dim">
          <Ago at={at} />
        </span>
      ),
    },
  ];
  return (
    <>
      <Group px="lg" py="sm" gap="sm" className={page["bar"]!}>
        <Text fw={600} size="lg" component="h2" m={0}>
          {t("webhooks.deliveries")}
        </Text>
        <Help about={t("webhooks.deliveries")}>{t("webhooks.deliveriesHelp")}</Help>
        <SegmentedControl
          aria-label={t("webhooks.state")}
          data={[
            { value: "", label: t("webhooks.allStates") },
            ...states.map((each) => ({ value: each, label: t(`webhooks.deliveryStates.${each}`) })),
          ]}
          value={state ?? ""}
          onChange={(view) => void navigate({ search: view === "" ? {} : { view } })}
        />
      </Group>
      {list.error !== null && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
      <DataTable
        label={t("webhooks.deliveries")}
        columns={columns}
        rows={rows}
        rowId={(each) => each.id}
        nameOf={({ type }) => type}
        openId={search.open ?? null}
        onOpen={({ id: open }) => void navigate({ search: (before) => ({ ...before, open }), replace: true })}
        isMore={list.hasNextPage}
        onEnd={() => {
          if (!list.isFetchingNextPage) void list.fetchNextPage();
        }}
        card={(each) => (
          <div className={classes["card"]}>
            <div>
              <span className="mono cut">{each.type}</span>
              <DeliveryState state={each.state} />
            </div>
            <div className="dim">
              <span className="cut">
                <LastAnswer delivery={each} />
              </span>
              <Ago at={each.occurred_at} />
            </div>
          </div>
        )}
        empty={
          state === undefined ? (
            <Empty title={t("webhooks.noDeliveries")}>{t("webhooks.noDeliveriesHint")}</Empty>
          ) : (
            <Empty title={t("webhooks.noneSuch")}>{t("webhooks.noneSuchHint")}</Empty>
          )
        }
      />
      {search.open !== undefined && (
        <DeliveryBeside
          webhook={id}
          id={search.open}
          onClose={() => void navigate({ search: ({ open: _, ...before }) => before, replace: true })}
        />
      )}
    </>
  );
}

function LastAnswer({ delivery: { last_status: status, last_problem: problem } }: { delivery: Delivery }) {
  if (status === null && problem === null) return <span className="dim">—</span>;
  return (
    <>
      {status !== null && <span className="num">{status}</span>} {problem}
    </>
  );
}
