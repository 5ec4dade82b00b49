import { Button, Group, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { ChannelMark, StateBadge, toneOf } from "../../parts/badges.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { countryName, formatMoney } from "../../parts/format.ts";
import { KeyName, useKeys } from "../../parts/keys.tsx";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import { useSelection } from "../../parts/selection.ts";
import { ShipBy } from "../../parts/ship-by.tsx";
import { Tabs, type Tab } from "../../parts/tabs.tsx";
import { Ago, Countdown } from "../../parts/time.tsx";
import { OrderPeek } from "../order/order-peek.tsx";

type Row = Schemas["OrderRow"];
type Headline = Schemas["Headline"];

const tabs: readonly { id: string; states: readonly Headline[] }[] = [
  { id: "needs_attention", states: ["needs_attention"] },
  { id: "awaiting_payment", states: ["awaiting_payment"] },
  { id: "stand_by", states: ["stand_by"] },
  { id: "waiting", states: ["waiting", "new", "review", "on_hold"] },
  { id: "in_process", states: ["in_process", "checking"] },
  { id: "with_our_team", states: ["with_our_team"] },
  { id: "ordered", states: ["ordered"] },
  { id: "at_prep", states: ["at_prep"] },
  { id: "shipped", states: ["shipped", "partly_shipped", "delivered"] },
  { id: "completed", states: ["completed"] },
  { id: "cancelled", states: ["cancelled"] },
];

/** The seller's heart of the day: every order, in the view that the address names. */
export function Orders() {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const search = useSearch({ from: "/$workspace/orders" });
  const navigate = useNavigate({ from: "/$workspace/orders" });
  const selection = useSelection();
  const box = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState(search.q ?? "");
  const states = tabs.find(({ id }) => id === search.view)?.states;
  const query = { ...(states && { state: states.join(",") }), ...(search.q && { q: search.q }) };

  const { data: counts } = useQuery({
    queryKey: [workspace.slug, "orders", "counts"],
    queryFn: ({ signal }) => api.get("/v1/orders/counts", { signal }),
  });
  const list = useInfiniteQuery({
    queryKey: [workspace.slug, "orders", "list", query],
    queryFn: ({ pageParam, signal }) =>
      api.get("/v1/orders", { query: { ...query, limit: 100, ...(pageParam && { cursor: pageParam }) }, signal }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    maxPages: 50,
  });
  const rows = useMemo(() => list.data?.pages.flatMap(({ orders }) => orders), [list.data]);

  const set = (change: Partial<typeof search>): void =>
    void navigate({
      search: (before) => {
        const next = { ...before, ...change };
        return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== ""));
      },
      replace: "open" in change,
    });
  const shownTabs: Tab[] = [
    { id: "", label: t("orders.all"), count: counts?.total },
    ...tabs.map(({ id, states: its }) => ({
      id,
      label: titles[id] ?? id,
      count: counts && its.reduce((sum, state) => sum + (counts.by_state[state] ?? 0), 0),
      isRed: id === "needs_attention",
    })),
  ];
  useKeys([
    { key: "/", label: t("keys.search"), run: () => box.current?.focus() },
    ...shownTabs.slice(0, 9).map(({ id }, index) => ({
      key: String(index + 1),
      label: t("keys.view", { number: index + 1 }),
      run: () => set({ view: id }),
    })),
  ]);

  const columns: Column<Row>[] = [
    {
      id: "order",
      header: t("orders.column.order"),
      width: 190,
      cell: (row) => (
        <Group gap={8} wrap="nowrap">
          <ChannelMark name={row.channel.name} />
          <span className="cut num" style={{ fontWeight: 600 }}>
            {row.number}
          </span>
        </Group>
      ),
    },
    {
      id: "state",
      header: t("orders.column.state"),
      width: 210,
      cell: (row) => (
        <Group gap={6} wrap="nowrap">
          <StateBadge tone={toneOf(row.headline)} hint={row.hint}>
            {row.reason?.title ?? row.title}
          </StateBadge>
          {row.leaves_buffer_at !== null && row.headline === "waiting" && (
            <span className="dim">
              <Countdown until={row.leaves_buffer_at} over={t("orders.leavesNow")} />
            </span>
          )}
        </Group>
      ),
    },
    {
      id: "supplier",
      header: t("orders.column.supplier"),
      cell: (row) => <SupplierNames row={row} />,
    },
    { id: "country", header: t("orders.column.country"), width: 150, cell: (row) => countryName(row.country) },
    {
      id: "payment",
      header: t("orders.column.payment"),
      width: 110,
      cell: (row) => <span className="dim">{t(`orders.payment.${row.payment as "paid"}`, row.payment)}</span>,
    },
    { id: "shipBy", header: t("orders.column.shipBy"), width: 100, cell: (row) => <ShipBy at={row.ship_by} /> },
    {
      id: "total",
      header: t("orders.column.total"),
      width: 100,
      isRight: true,
      cell: (row) => (row.total === null ? "" : formatMoney(row.total)),
    },
    {
      id: "received",
      header: t("orders.column.received"),
      width: 110,
      isRight: true,
      cell: (row) => (
        <span className="dim">
          <Ago at={row.received_at} />
        </span>
      ),
    },
  ];
  const isFiltered = search.q !== undefined || search.view !== undefined;
  const close = (): void => set({ open: undefined });

  return (
    <Page
      title={t("orders.title")}
      isFull
      top={
        <>
          <Tabs
            label={t("orders.tabs")}
            tabs={shownTabs}
            current={search.view ?? ""}
            onChange={(view) => set({ view })}
          />
          <Group px="lg" py="sm" gap="sm">
            <TextInput
              ref={box}
              w={280}
              leftSection={<IconSearch size={14} aria-hidden />}
              rightSection={<KeyName name="/" />}
              placeholder={t("orders.search")}
              aria-label={t("keys.search")}
              value={words}
              onChange={(event) => {
                setWords(event.currentTarget.value);
                set({ q: event.currentTarget.value.trim() });
              }}
            />
          </Group>
          {list.error !== null && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
        </>
      }
    >
      <DataTable
        label={t("orders.list")}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        nameOf={({ number }) => number}
        selection={selection}
        openId={search.open ?? null}
        onOpen={({ id }) => set({ open: id })}
        isMore={list.hasNextPage}
        onEnd={() => {
          if (!list.isFetchingNextPage) void list.fetchNextPage();
        }}
        card={(row) => <OrderCard row={row} />}
        empty={
          isFiltered ? (
            search.view === "needs_attention" && search.q === undefined ? (
              <Empty title={t("orders.done")}>{t("orders.doneHint")}</Empty>
            ) : (
              <Empty
                title={t("orders.none")}
                action={
                  <Button
                    variant="default"
                    onClick={() => {
                      setWords("");
                      set({ q: undefined, view: undefined });
                    }}
                  >
                    {t("orders.clear")}
                  </Button>
                }
              >
                {t("orders.noneHint")}
              </Empty>
            )
          ) : (
            <Empty title={t("orders.first")}>{t("orders.firstHint")}</Empty>
          )
        }
      />
      {search.open !== undefined && <OrderPeek id={search.open} onClose={close} />}
    </Page>
  );
}

const titles: Readonly<Record<string, string>> = {
  needs_attention: "Needs attention",
  awaiting_payment: "Awaiting payment",
  stand_by: "Stand by",
  waiting: "Waiting to order",
  in_process: "In process",
  with_our_team: "With our team",
  ordered: "Ordered",
  at_prep: "At prep",
  shipped: "Shipped",
  completed: "Completed",
  cancelled: "Cancelled",
};

function SupplierNames({ row }: { row: Row }) {
  const { t } = useTranslation();
  const names = [...new Set(row.parts.flatMap(({ supplier }) => (supplier === null ? [] : [supplier.name])))];
  return names.length === 0 ? <span className="dim">{t("orders.noSupplier")}</span> : <>{names.join(", ")}</>;
}

function OrderCard({ row }: { row: Row }) {
  return (
    <div style={{ display: "grid", gap: 4 }}>
      <Group justify="space-between" wrap="nowrap">
        <Group gap={8} wrap="nowrap" miw={0}>
          <ChannelMark name={row.channel.name} />
          <span className="cut num" style={{ fontWeight: 600 }}>
            {row.number}
          </span>
        </Group>
        <span className="num">{row.total === null ? "" : formatMoney(row.total)}</span>
      </Group>
      <Group justify="space-between" wrap="nowrap">
        <StateBadge tone={toneOf(row.headline)}>{row.reason?.title ?? row.title}</StateBadge>
        <span className="dim">
          <Ago at={row.received_at} />
        </span>
      </Group>
    </div>
  );
}
