import { Group } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "../../i18n.ts";
import { ChannelMark, StateBadge, toneOf, type Tone } from "../../parts/badges.tsx";
import type { Column } from "../../parts/data-table.tsx";
import { countryName, formatMoney } from "../../parts/format.ts";
import { ShipBy } from "../../parts/ship-by.tsx";
import { Ago, Countdown } from "../../parts/time.tsx";
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

/** The columns of the list. They stay the same objects, so that a row is drawn anew only when it changed. */
export function useOrderColumns(onResolve: (row: Row) => void): Column<Row>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: "order",
        header: t("orders.column.order"),
        width: 118,
        cell: (row) => <Identity row={row} />,
      },
      { id: "items", header: t("orders.column.items"), cell: (row) => <Items row={row} /> },
      { id: "payment", header: t("orders.column.payment"), width: 100, cell: (row) => <Payment row={row} /> },
      { id: "sourcing", header: t("orders.column.state"), width: 190, cell: (row) => <Sourcing row={row} /> },
      { id: "shipping", header: t("orders.column.shipping"), width: 116, cell: (row) => <Shipping row={row} /> },
      { id: "supplier", header: t("orders.column.supplier"), width: 116, cell: (row) => <SupplierNames row={row} /> },
      {
        id: "country",
        header: t("orders.column.country"),
        width: 40,
        cell: (row) => (
          <abbr style={{ textDecoration: "none" }} title={countryName(row.country)}>
            {row.country}
          </abbr>
        ),
      },
      {
        id: "shipBy",
        header: t("orders.column.shipBy"),
        width: 70,
        cell: (row) => <ShipBy at={row.ship_by} isDone={isDone(row)} />,
      },
      {
        id: "total",
        header: t("orders.column.total"),
        width: 84,
        isRight: true,
        cell: (row) => (row.total === null ? "" : formatMoney(row.total)),
      },
      {
        id: "received",
        header: t("orders.column.received"),
        width: 92,
        isRight: true,
        cell: (row) => (
          <span className="dim">
            <Ago at={row.received_at} />
          </span>
        ),
      },
      {
        id: "act",
        header: t("orders.column.act"),
        width: 82,
        isRight: true,
        cell: (row) => <RowButton row={row} onResolve={onResolve} />,
      },
    ],
    [t, onResolve],
  );
}

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
  const { t } = useTranslation();
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
      {row.leaves_buffer_at !== null && headline === "waiting" && (
        <span className="dim" title={t("orders.buffer")}>
          <Countdown until={row.leaves_buffer_at} over={t("orders.leavesNow")} />
        </span>
      )}
    </span>
  );
}

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
