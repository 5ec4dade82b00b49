import { Button, Drawer, Group, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { StateBadge, type Tone } from "../../parts/badges.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { formatCount } from "../../parts/format.ts";
import { useKeys } from "../../parts/keys.tsx";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import { useSelection } from "../../parts/selection.ts";
import { ShipBy } from "../../parts/ship-by.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Ago } from "../../parts/time.tsx";
import { EnterNumbers } from "./enter-numbers.tsx";
import { useOpenOrdersFile } from "./open-orders-file.ts";
import { PurchaseOrder } from "./purchase-order.tsx";

type Row = Schemas["DeskRow"];
type View = "open" | "sent" | "numbers";

const tones: Readonly<Record<Row["state"], Tone>> = {
  ready: "grey",
  printed: "grey",
  collecting: "grey",
  placed: "blue",
  acknowledged: "violet",
  partially_shipped: "teal",
  shipped: "green",
  delivered: "green",
  completed: "grey",
  cancelled: "grey",
};

/** What a supplier sees: its purchase orders, and nothing of anybody else's. It accepts, sends, or says what it cannot send. */
export function Supplier() {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const refresh = useRefresh();
  const search = useSearch({ from: "/$workspace/supplier" });
  const navigate = useNavigate({ from: "/$workspace/supplier" });
  const selection = useSelection();
  const file = useOpenOrdersFile();
  const view: View = search.view === "sent" || search.view === "numbers" ? search.view : "open";
  const mayAnswer = may("shipments.enter");

  const list = useInfiniteQuery({
    queryKey: [workspace.slug, "desk", "supplier", view],
    queryFn: ({ pageParam, signal }) =>
      api.get("/v1/desk", {
        query: {
          at: "supplier",
          limit: 100,
          ...(view === "sent" && { state: "shipped,delivered,completed" }),
          ...(pageParam && { cursor: pageParam }),
        },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
    enabled: view !== "numbers",
  });
  const rows = useMemo(() => list.data?.pages.flatMap(({ fulfillment_orders: its }) => its), [list.data]);
  const set = (change: { view?: View | undefined; open?: string | undefined }): void =>
    void navigate({
      search: (before) =>
        Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined)),
      replace: "open" in change,
    });
  const chosen = rows?.filter(({ id, state }) => selection.ids.has(id) && state === "placed") ?? [];
  const accept = useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (const id of ids) await api.post("/v1/fulfillment-orders/{id}/accept", { path: { id }, body: {} });
    },
    onSuccess: () => selection.clear(),
    onSettled: () => refresh("desk"),
  });
  useKeys([
    { key: "n", label: t("supplier.keys.numbers"), run: () => set({ view: "numbers", open: undefined }) },
    { key: "d", label: t("supplier.keys.download"), run: () => file.make() },
  ]);

  const columns: Column<Row>[] = [
    {
      id: "order",
      header: t("supplier.column.order"),
      width: 190,
      cell: (row) => <span style={{ fontWeight: 600 }}>{row.order_number}</span>,
    },
    { id: "items", header: t("supplier.column.items"), cell: (row) => <Items row={row} /> },
    {
      id: "state",
      header: t("supplier.column.state"),
      width: 130,
      cell: (row) => <State row={row} />,
    },
    { id: "supplier", header: t("supplier.column.supplier"), width: 180, cell: (row) => row.supplier.name },
    {
      id: "shipBy",
      header: t("supplier.column.shipBy"),
      width: 100,
      cell: (row) => <ShipBy at={row.ship_by} isDone={view === "sent"} />,
    },
    {
      id: "placed",
      header: t("supplier.column.placed"),
      width: 120,
      isRight: true,
      cell: (row) => (row.placed_at === null ? null : <Ago at={row.placed_at} />),
    },
  ];
  return (
    <Page
      title={t("supplier.title")}
      isFull
      actions={
        <Button
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={file.make}
          loading={file.isPending}
        >
          {t("supplier.download")}
        </Button>
      }
      top={
        <>
          <Tabs
            label={t("supplier.views")}
            current={view}
            onChange={(id) => set({ view: id as View, open: undefined })}
            tabs={[
              { id: "open", label: t("supplier.open") },
              ...(mayAnswer ? [{ id: "numbers", label: t("supplier.numbers") }] : []),
              { id: "sent", label: t("supplier.sent") },
            ]}
          />
          {chosen.length > 0 && (
            <Group px="lg" py="sm">
              <Button onClick={() => accept.mutate(chosen.map(({ id }) => id))} loading={accept.isPending}>
                {t("supplier.acceptMany", { count: chosen.length })}
              </Button>
            </Group>
          )}
          {[list.error, accept.error, file.error].map(
            (error, index) => error !== null && <Trouble key={index} error={error} />,
          )}
          {file.progress !== null && (
            <Text size="sm" px="lg" py="xs" c="dimmed" role="status">
              {t("supplier.preparing", file.progress)}
            </Text>
          )}
        </>
      }
    >
      {view === "numbers" ? (
        <EnterNumbers />
      ) : (
        <DataTable
          label={t("supplier.list")}
          columns={columns}
          rows={rows}
          rowId={({ id }) => id}
          nameOf={({ order_number: number }) => number}
          {...(mayAnswer && view === "open" ? { selection } : {})}
          openId={search.open ?? null}
          onOpen={({ id }) => set({ open: id })}
          isMore={list.hasNextPage}
          onEnd={() => {
            if (!list.isFetchingNextPage) void list.fetchNextPage();
          }}
          hasKeys={search.open === undefined}
          card={(row) => (
            <div style={{ display: "grid", gap: 4 }}>
              <Group justify="space-between" wrap="nowrap">
                <span className="cut" style={{ fontWeight: 600 }}>
                  {row.order_number}
                </span>
                <State row={row} />
              </Group>
              <Group justify="space-between" wrap="nowrap">
                <span className="cut dim">
                  <Items row={row} />
                </span>
                <ShipBy at={row.ship_by} isDone={view === "sent"} />
              </Group>
            </div>
          )}
          empty={
            view === "sent" ? (
              <Empty title={t("supplier.noneSent")}>{t("supplier.noneSentHint")}</Empty>
            ) : (
              <Empty title={t("supplier.none")}>{t("supplier.noneHint")}</Empty>
            )
          }
        />
      )}
      <Drawer
        opened={search.open !== undefined}
        onClose={() => set({ open: undefined })}
        position="right"
        size={480}
        withCloseButton={false}
        padding={0}
        title={null}
        overlayProps={{ backgroundOpacity: 0.06 }}
      >
        {search.open !== undefined && (
          <PurchaseOrder key={search.open} id={search.open} onClose={() => set({ open: undefined })} />
        )}
      </Drawer>
    </Page>
  );
}

function State({ row }: { row: Row }) {
  const { t } = useTranslation();
  return <StateBadge tone={tones[row.state]}>{t(`supplier.state.${row.state as "placed"}`, row.state)}</StateBadge>;
}

function Items({ row }: { row: Row }) {
  return (
    <>
      {row.lines.map((line) => `${formatCount(line.units - line.units_cancelled)} × ${line.supplier_sku}`).join(", ")}
    </>
  );
}
