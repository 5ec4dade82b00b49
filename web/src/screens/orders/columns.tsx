import { Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { ChannelMark, StateBadge, toneOf, type Tone } from "../../parts/badges.tsx";
import type { Column } from "../../parts/data-table.tsx";
import { countryName, formatMoney } from "../../parts/format.ts";
import { ShipBy } from "../../parts/ship-by.tsx";
import { Ago, Countdown } from "../../parts/time.tsx";
import type { OrderColumn } from "./chosen-columns.ts";
import classes from "./orders.module.css";
import { RowButton } from "./row-button.tsx";
import type { Row } from "./use-order-list.ts";

const paymentTones: Readonly<Record<string, Tone>> = {
  paid: "green",
  authorized: "blue",
  pending: "amber",
  partially_refunded: "violet",
  refunded: "violet",
};
const shippingTones: Readonly<Record<Row["shipping"]["code"], Tone>> = {
  not_shipped: "grey",
  partly_shipped: "teal",
  shipped: "green",
  delivered: "green",
  nothing: "grey",
};

/** The columns of the list, the order's number before them and its next step behind. They stay the same objects, so that a row is drawn anew only when it changed. */
export function useOrderColumns(onResolve: (row: Row) => void, chosen: readonly OrderColumn[]): Column<Row>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: "order",
        header: t("orders.column.order"),
        width: 118,
        cell: (row) => <Identity row={row} />,
      },
      ...chosen.map((id) => ({ id, header: t(`orders.column.${id}`), ...shown[id] })),
      {
        id: "act",
        header: t("orders.column.act"),
        width: 82,
        isRight: true,
        cell: (row) => <RowButton row={row} onResolve={onResolve} />,
      },
    ],
    [t, onResolve, chosen],
  );
}

const shown: Readonly<Record<OrderColumn, Pick<Column<Row>, "width" | "isRight" | "cell">>> = {
  items: { cell: (row) => <Items row={row} /> },
  channel: { width: 120, cell: ({ channel }) => <span title={channel.name}>{channel.name}</span> },
  status: { width: 130, cell: (row) => <Status row={row} /> },
  reason: { width: 170, cell: ({ reason }) => reason !== null && <span title={reason.title}>{reason.title}</span> },
  owner: { width: 110, cell: ({ reason }) => <Owner id={reason?.owner ?? null} /> },
  payment: { width: 96, cell: (row) => <Payment row={row} /> },
  sourcing: { width: 186, cell: (row) => <Sourcing row={row} /> },
  shipping: { width: 112, cell: (row) => <Shipping row={row} /> },
  suppliers: { width: 104, cell: (row) => <SupplierNames row={row} /> },
  placed_by: { width: 80, cell: (row) => <PlacedBy row={row} /> },
  country: {
    width: 40,
    cell: (row) => (
      <abbr style={{ textDecoration: "none" }} title={countryName(row.country)}>
        {row.country}
      </abbr>
    ),
  },
  ship_by: { width: 70, cell: (row) => <ShipBy at={row.ship_by} isDone={isDone(row)} /> },
  countdown: { width: 84, cell: (row) => <Leaves row={row} /> },
  total: { width: 78, isRight: true, cell: (row) => (row.total === null ? "" : formatMoney(row.total)) },
  profit: { width: 78, isRight: true, cell: (row) => <Profit row={row} /> },
  received: { width: 92, isRight: true, cell: ({ received_at }) => <When at={received_at} /> },
  ordered: { width: 92, isRight: true, cell: ({ ordered_at }) => ordered_at !== null && <When at={ordered_at} /> },
};

const isDone = ({ shipping }: Row): boolean => ["shipped", "delivered", "nothing"].includes(shipping.code);

function Identity({ row }: { row: Row }) {
  return (
    <span className={classes["order"]}>
      <ChannelMark name={row.channel.name} />
      <span className="cut num" title={row.number}>
        {row.number}
      </span>
    </span>
  );
}

/** What was bought first, and how many lines there are beside it. */
function Items({ row: { items } }: { row: Row }) {
  const { t } = useTranslation();
  if (items === null) return null;
  const first = items.quantity === 1 ? items.title : `${items.quantity} × ${items.title}`;
  return (
    <span title={`${first} · ${items.sku}`}>
      {first}
      {items.lines > 1 && <span className="dim"> {t("orders.moreLines", { count: items.lines - 1 })}</span>}
    </span>
  );
}

function Payment({ row: { payment } }: { row: Row }) {
  const { t } = useTranslation();
  return (
    <StateBadge tone={paymentTones[payment] ?? "grey"} isInTable>
      {t(`orders.payment.${payment as "paid"}`, payment)}
    </StateBadge>
  );
}

/** The reason takes the place of the state: it says more. */
function Sourcing({ row }: { row: Row }) {
  const { reason, sourcing, headline } = row;
  return (
    <span className={classes["state"]}>
      <StateBadge
        tone={reason !== null ? toneOf(headline) : sourcing.code === "sourced" ? "green" : toneOf(sourcing.code)}
        hint={reason === null ? sourcing.hint : `${reason.title}. ${row.hint}`}
        isInTable
      >
        {reason?.title ?? sourcing.title}
      </StateBadge>
      {headline === "waiting" && <Leaves row={row} />}
    </span>
  );
}

/** Where it stands as a whole. */
const Status = ({ row: { headline, title, hint } }: { row: Row }) => (
  <StateBadge tone={toneOf(headline)} hint={hint} isInTable>
    {title}
  </StateBadge>
);

/** What is left of the buffer in which the buyer cancels for free. */
function Leaves({ row: { leaves_buffer_at } }: { row: Row }) {
  const { t } = useTranslation();
  if (leaves_buffer_at === null) return null;
  return (
    <span className="dim" title={t("orders.buffer")}>
      <Countdown until={leaves_buffer_at} over={t("orders.leavesNow")} />
    </span>
  );
}

/** What remains; why it is not known yet on hover. Only a loss has a colour. */
function Profit({ row: { profit, profit_unknown_because } }: { row: Row }) {
  if (profit === null)
    return (
      <span className="dim" title={profit_unknown_because ?? undefined}>
        {profit_unknown_because === null ? "" : "?"}
      </span>
    );
  return <span style={{ color: Number(profit.amount) < 0 ? "var(--sy-red)" : undefined }}>{formatMoney(profit)}</span>;
}

function Owner({ id }: { id: string | null }) {
  const { api, workspace, may } = useHere();
  const { data } = useQuery({
    queryKey: [workspace.slug, "members"],
    queryFn: ({ signal }) => api.get("/v1/members", { signal }),
    enabled: id !== null && may("members.read"),
    staleTime: 60_000,
    meta: { live: false },
  });
  return data?.members.find((each) => each.id === id)?.name ?? null;
}

function PlacedBy({ row: { placed_by } }: { row: Row }) {
  const { t } = useTranslation();
  return placed_by === null ? null : t(`orders.placedBy.${placed_by}`);
}

const When = ({ at }: { at: string }) => (
  <span className="dim">
    <Ago at={at} />
  </span>
);

function Shipping({ row: { shipping } }: { row: Row }) {
  return (
    <StateBadge tone={shippingTones[shipping.code]} hint={shipping.hint} isInTable>
      {shipping.title}
    </StateBadge>
  );
}

function SupplierNames({ row }: { row: Row }) {
  const { t } = useTranslation();
  const names = [...new Set(row.parts.flatMap(({ supplier }) => (supplier === null ? [] : [supplier.name])))];
  return names.length === 0 ? (
    <span className="dim">{t("orders.noSupplier")}</span>
  ) : (
    <span title={names.join(", ")}>{names.join(", ")}</span>
  );
}

/** The same on a narrow screen. */
export function OrderCard({ row, onResolve }: { row: Row; onResolve: (row: Row) => void }) {
  return (
    <div style={{ display: "grid", gap: 4 }}>
      <Group justify="space-between" wrap="nowrap">
        <Identity row={row} />
        <span className="num">{row.total === null ? "" : formatMoney(row.total)}</span>
      </Group>
      <Group justify="space-between" wrap="nowrap" gap={6}>
        <Sourcing row={row} />
        <RowButton row={row} onResolve={onResolve} />
        <span className="dim">
          <Ago at={row.received_at} />
        </span>
      </Group>
    </div>
  );
}
