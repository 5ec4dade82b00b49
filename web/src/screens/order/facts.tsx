import { Anchor, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "../../i18n.ts";
import { AddressLines, addressText } from "../../parts/address.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Facts as FactList, Section } from "../../parts/page.tsx";
import type { Order } from "../../parts/resolve/subject.ts";
import { Ago } from "../../parts/time.tsx";

/** Where it goes and where it came from; each value copies. */
export function Facts({ order, onEdit }: { order: Order; onEdit: () => void }) {
  const { t } = useTranslation();
  const wrong = order.holds.find(({ code }) =>
    ["address_incomplete", "address_invalid", "phone_missing"].includes(code),
  );
  const address = order.edits.find(({ field }) => field === "address");
  const facts: (readonly [string, ReactNode])[] = [
    [
      t("order.address"),
      order.ship_to === null ? (
        <Text size="md" c="dimmed">
          {t("order.noAddress")}
        </Text>
      ) : (
        <>
          <Copyable value={addressText(order.ship_to)} label={t("order.address")}>
            <AddressLines address={order.ship_to} />
          </Copyable>
          <Text size="sm" c={wrong === undefined ? "var(--sy-green)" : "var(--sy-red)"}>
            {wrong === undefined ? t("order.addressFine") : wrong.title}
          </Text>
          {address !== undefined && (
            <Text size="sm" c="dimmed">
              {t("order.addressEdited", { who: order.actors[address.by]?.name ?? "" })} <Ago at={address.at} />
            </Text>
          )}
          {order.actions.edit.allowed && (
            <Anchor component="button" type="button" size="sm" onClick={onEdit}>
              {t("order.edit")}
            </Anchor>
          )}
        </>
      ),
    ],
    ...(order.note === null || order.note === "" ? [] : [[t("order.buyerNote"), order.note] as const]),
    [t("order.method"), order.shipping_method ?? t("order.noMethod")],
    [t("order.channel"), order.channel.name],
    ...(order.channel_order_id === order.number
      ? []
      : [
          [
            t("order.channelId"),
            <Copyable key="id" value={order.channel_order_id}>
              <span className="num">{order.channel_order_id}</span>
            </Copyable>,
          ] as const,
        ]),
    ...(order.ordered_at === null ? [] : [[t("order.ordered"), <Ago key="ordered" at={order.ordered_at} />] as const]),
    [t("order.received"), <Ago key="received" at={order.received_at} />],
    ...(order.paid_at === null ? [] : [[t("order.paid"), <Ago key="paid" at={order.paid_at} />] as const]),
    ...(order.released === null
      ? []
      : [
          [
            t("order.released"),
            <span key="released">
              {order.actors[order.released.by ?? ""]?.name} <Ago at={order.released.at} />
            </span>,
          ] as const,
        ]),
  ];
  return (
    <Section title={t("order.facts")}>
      <FactList facts={facts} />
    </Section>
  );
}
