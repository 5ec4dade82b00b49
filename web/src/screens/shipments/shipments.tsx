import { Anchor, Button, Drawer, Group } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { ChannelMark, StateBadge, type Tone } from "../../parts/badges.tsx";
import { carrierName, trackingUrl } from "../../parts/carriers.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import { ShipBy } from "../../parts/ship-by.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Ago } from "../../parts/time.tsx";
import { Known } from "./known.tsx";
import { ShipmentPeek } from "./shipment-peek.tsx";

type Row = Schemas["ShipmentRow"];
const views = ["untold", "all"] as const;
type View = (typeof views)[number];

const parcelTones: Readonly<Record<string, Tone>> = {
  announced: "grey",
  in_transit: "teal",
  out_for_delivery: "teal",
  delivered: "green",
  stalled: "red",
  returning: "red",
};

/** What has left, and whether the channel knows of it: what must be told first stands first. */
export function Shipments() {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const search = useSearch({ from: "/$workspace/shipments" });
  const navigate = useNavigate({ from: "/$workspace/shipments" });
  const view: View = search.view === "all" ? "all" : "untold";
  const list = useInfiniteQuery({
    queryKey: [workspace.slug, "shipments", view],
    queryFn: ({ pageParam, signal }) =>
      api.get("/v1/shipments", {
        query: {
          limit: 100,
          ...(view === "untold" && { told: "false" as const }),
          ...(pageParam !== "" && { cursor: pageParam }),
        },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    maxPages: 50,
  });
  const rows = useMemo(() => list.data?.pages.flatMap(({ shipments }) => shipments), [list.data]);
  const show = (to: View): void => void navigate({ search: to === "all" ? { view: to } : {} });
  const open = (row: Row | null): void =>
    void navigate({
      search: {
        ...(view === "all" && { view }),
        ...(row !== null && { open: row.id, order: row.order.id }),
      },
      replace: true,
    });
  const columns: Column<Row>[] = [
    {
      id: "order",
      header: t("shipments.column.order"),
      width: 150,
      cell: (row) => (
        <Group gap={8} wrap="nowrap">
          <ChannelMark name={row.channel} />
          <span className="cut num" style={{ fontWeight: 600 }}>
            {row.order.number}
          </span>
        </Group>
      ),
    },
    { id: "shipBy", header: t("shipments.column.shipBy"), width: 90, cell: (row) => <ShipBy at={row.ship_by} /> },
    { id: "number", header: t("shipments.column.number"), width: 270, cell: (row) => <Number row={row} /> },
    { id: "parcel", header: t("shipments.column.parcel"), width: 140, cell: (row) => <ParcelState row={row} /> },
    {
      id: "knows",
      header: t("shipments.column.knows"),
      width: 150,
      cell: (row) => <Known knows={row.channel_knows} />,
    },
    {
      id: "answer",
      header: t("shipments.column.answer"),
      cell: (row) => <span title={row.message ?? ""}>{row.message}</span>,
    },
    { id: "supplier", header: t("shipments.column.supplier"), width: 150, cell: (row) => row.supplier },
    {
      id: "shipped",
      header: t("shipments.column.shipped"),
      width: 100,
      isRight: true,
      cell: (row) => (
        <span className="dim">
          <Ago at={row.shipped_at} />
        </span>
      ),
    },
  ];
  return (
    <Page
      title={t("shipments.title")}
      isFull
      top={
        <>
          <Tabs
            label={t("shipments.views")}
            current={view}
            onChange={(id) => show(id as View)}
            tabs={views.map((id) => ({
              id,
              label: t(`shipments.view.${id}`),
              count: id === "untold" && view === id && !list.hasNextPage ? rows?.length : undefined,
              isRed: true,
            }))}
          />
          {list.error !== null && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
        </>
      }
    >
      <DataTable
        label={t("shipments.list")}
        listKey={view}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        nameOf={({ order }) => order.number}
        openId={search.open ?? null}
        onOpen={open}
        isMore={list.hasNextPage}
        onEnd={() => {
          if (!list.isFetchingNextPage) void list.fetchNextPage();
        }}
        card={(row) => <Card row={row} />}
        empty={
          view === "untold" ? (
            <Empty
              title={t("shipments.done")}
              action={
                <Button variant="default" onClick={() => show("all")}>
                  {t("shipments.view.all")}
                </Button>
              }
            >
              {t("shipments.doneHint")}
            </Empty>
          ) : (
            <Empty
              title={t("shipments.none")}
              action={
                <Button variant="default" component={Link} to={`/${workspace.slug}/orders` as never}>
                  {t("shipments.orders")}
                </Button>
              }
            >
              {t("shipments.noneHint")}
            </Empty>
          )
        }
      />
      <Drawer
        opened={search.open !== undefined && search.order !== undefined}
        onClose={() => open(null)}
        position="right"
        size={520}
        withCloseButton={false}
        padding={0}
        title={null}
        overlayProps={{ backgroundOpacity: 0.06 }}
        lockScroll={false}
        trapFocus={false}
      >
        {search.open !== undefined && search.order !== undefined && (
          <ShipmentPeek key={search.open} id={search.open} order={search.order} onClose={() => open(null)} />
        )}
      </Drawer>
    </Page>
  );
}

function Number({ row }: { row: Row }) {
  const { t } = useTranslation();
  const [first, ...more] = row.parcels;
  if (first === undefined) return <span className="dim">{t("shipments.noNumber")}</span>;
  const url = trackingUrl(first.carrier, first.tracking_number);
  return (
    <span onClick={(event) => event.stopPropagation()}>
      <span className="dim">{carrierName(first.carrier)}</span>{" "}
      {url === null ? (
        <span className="mono">{first.tracking_number}</span>
      ) : (
        <Anchor href={url} target="_blank" rel="noreferrer" size="md" className="mono">
          {first.tracking_number}
        </Anchor>
      )}
      {more.length > 0 && <span className="dim"> {t("shipments.more", { count: more.length })}</span>}
    </span>
  );
}

function ParcelState({ row }: { row: Row }) {
  const { t } = useTranslation();
  const worst = row.parcels.find(({ accepted }) => !accepted) ?? row.parcels[0];
  if (worst === undefined) return null;
  return worst.accepted ? (
    <StateBadge tone={parcelTones[worst.state] ?? "grey"}>
      {t(`shipments.state.${worst.state as "delivered"}`, worst.state)}
    </StateBadge>
  ) : (
    <StateBadge tone="red">{t("shipments.doubted")}</StateBadge>
  );
}

function Card({ row }: { row: Row }) {
  return (
    <div style={{ display: "grid", gap: 4 }}>
      <Group justify="space-between" wrap="nowrap">
        <Group gap={8} wrap="nowrap" miw={0}>
          <ChannelMark name={row.channel} />
          <span className="cut num" style={{ fontWeight: 600 }}>
            {row.order.number}
          </span>
        </Group>
        <ShipBy at={row.ship_by} />
      </Group>
      <Group justify="space-between" wrap="nowrap">
        <Known knows={row.channel_knows} />
        <span className="mono cut">{row.parcels[0]?.tracking_number}</span>
      </Group>
    </div>
  );
}
