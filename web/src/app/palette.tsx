import { Spotlight, spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import "@mantine/spotlight/styles.css";
import { useTranslation } from "react-i18next";
import { ChannelMark } from "../parts/badges.tsx";
import { pagesFor } from "./nav.ts";
import { useHere } from "./session.tsx";

/** Finds orders and pages from anywhere, with the keyboard alone. */
export function Palette({ opened }: { opened: number }) {
  useEffect(() => spotlight.open(), [opened]);
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 150);
  const { data: found } = useQuery({
    queryKey: [workspace.slug, "palette", q],
    queryFn: ({ signal }) => api.get("/v1/orders", { query: { q, limit: 8 }, signal }),
    enabled: q.length >= 2 && may("orders.read"),
    meta: { live: false },
  });
  const go = (to: string) => (): void => void navigate({ to: `/${workspace.slug}/${to}` as never });
  const groups: SpotlightActionGroupData[] = [
    {
      group: t("palette.orders"),
      actions: (q.length < 2 ? [] : (found?.orders ?? [])).map((order) => ({
        id: order.id,
        label: order.number,
        description: `${order.title} · ${order.channel.name}`,
        keywords: [typed],
        leftSection: <ChannelMark name={order.channel.name} />,
        onClick: go(`orders/${order.id}`),
      })),
    },
    {
      group: t("palette.pages"),
      actions: pagesFor(may).map(({ to, label, icon: Icon }) => ({
        id: to,
        label: t(`nav.${label}`),
        leftSection: <Icon size={16} aria-hidden />,
        onClick: go(to),
      })),
    },
  ];
  return (
    <Spotlight
      actions={groups.filter(({ actions }) => actions.length > 0)}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      nothingFound={t("palette.nothing")}
      highlightQuery
      limit={20}
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={16} aria-hidden />,
        placeholder: t("palette.type"),
        "aria-label": t("shell.search"),
      }}
    />
  );
}
