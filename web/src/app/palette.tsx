import "@mantine/spotlight/styles.css";
import { Spotlight, spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBarcode, IconBolt, IconPackageExport, IconSearch, IconTag, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "../i18n.ts";
import { KeyName } from "../parts/keys.tsx";
import type { Schemas } from "./api.ts";
import { pagesFor } from "./nav.ts";
import { pageActions } from "./page-actions.ts";
import { useHere } from "./session.tsx";

type Hit = Schemas["SearchHit"];
const orderId = /^ord_[0-9a-z]+$/i;

/** Jumps to an order, a supplier's order, a tracking number, a SKU, a buyer or a page, and does what the page and the chosen rows offer, from anywhere. `times` counts how often it was wanted. */
export function Palette({ times }: { times: number }) {
  useEffect(() => spotlight.open(), [times]);
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const isPasted = useRef(false);
  const [q] = useDebouncedValue(typed.trim(), 120);
  const { data: found } = useQuery({
    queryKey: [workspace.slug, "palette", q],
    queryFn: ({ signal }) => api.get("/v1/search", { query: { q }, signal }),
    enabled: q.length >= 2 && may("orders.read") && !orderId.test(q),
    meta: { live: false },
  });
  const go = (to: string): void => void navigate({ to: `/${workspace.slug}/${to}` as never });
  const toOrder = (id: string): void => go(`orders/${id}`);
  const hits = (q.length < 2 ? null : found) ?? {
    orders: [],
    supplier_orders: [],
    tracking_numbers: [],
    buyers: [],
    skus: [],
  };

  // A whole number that was pasted is no search: it leads straight to its order.
  const exact = [...hits.orders, ...hits.supplier_orders, ...hits.tracking_numbers].filter((hit) => isWhole(hit, q));
  const only = new Set(exact.map(({ order }) => order.id)).size === 1 ? exact[0]!.order.id : null;
  const straight = orderId.test(typed.trim()) ? typed.trim() : typed.trim() === q ? only : null;
  useEffect(() => {
    if (!isPasted.current || straight === null) return;
    isPasted.current = false;
    spotlight.close();
    toOrder(straight);
  });

  const hitAction = (kind: string, Icon: typeof IconTag) => (hit: Hit) => ({
    id: `${kind} ${hit.order.id} ${hit.found}`,
    label: hit.found,
    description: hit.found === hit.order.number ? hit.order.title : `${hit.order.number} · ${hit.order.title}`,
    keywords: [typed],
    leftSection: <Icon size={16} aria-hidden />,
    onClick: () => toOrder(hit.order.id),
  });
  const byExactness = (list: readonly Hit[]): Hit[] =>
    list.toSorted((one, other) => Number(isWhole(other, q)) - Number(isWhole(one, q)));
  const actions = pageActions();
  const groups: SpotlightActionGroupData[] = [
    {
      group: t("palette.orders"),
      actions: [
        ...(orderId.test(q)
          ? [{ id: q, label: q, leftSection: <IconTag size={16} aria-hidden />, onClick: () => toOrder(q) }]
          : []),
        ...byExactness(hits.orders).map(hitAction("order", IconTag)),
      ],
    },
    {
      group: t("palette.supplierOrders"),
      actions: byExactness(hits.supplier_orders).map(hitAction("supplier", IconPackageExport)),
    },
    {
      group: t("palette.tracking"),
      actions: byExactness(hits.tracking_numbers).map(hitAction("tracking", IconBarcode)),
    },
    {
      group: t("palette.skus"),
      actions: hits.skus.map((sku) => ({
        id: `sku ${sku}`,
        label: sku,
        description: t("palette.ordersOfSku"),
        keywords: [typed],
        leftSection: <IconBarcode size={16} aria-hidden />,
        onClick: () =>
          void navigate({
            to: `/${workspace.slug}/orders` as never,
            search: { q: /\s/.test(sku) ? `sku:"${sku}"` : `sku:${sku}` } as never,
          }),
      })),
    },
    { group: t("palette.people"), actions: hits.buyers.map(hitAction("buyer", IconUser)) },
    {
      group: t("palette.actions"),
      actions: actions.map(({ id, label, key, run }) => ({
        id: `action ${id}`,
        label,
        leftSection: <IconBolt size={16} aria-hidden />,
        rightSection: key === undefined ? null : <KeyName name={key} />,
        onClick: run,
      })),
    },
    {
      group: t("palette.pages"),
      actions: pagesFor(may).map(({ to, label, icon: Icon, chord }) => ({
        id: to,
        label: t(`nav.${label}`),
        leftSection: <Icon size={16} aria-hidden />,
        rightSection: chord === undefined ? null : <KeyName name={`G ${chord.toUpperCase()}`} />,
        onClick: () => go(to),
      })),
    },
  ];
  return (
    <Spotlight
      actions={groups.filter(({ actions: its }) => its.length > 0)}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      nothingFound={t("palette.nothing")}
      highlightQuery
      limit={40}
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={16} aria-hidden />,
        placeholder: t("palette.type"),
        "aria-label": t("shell.search"),
        onPaste: () => {
          isPasted.current = true;
        },
      }}
    />
  );
}

/** The whole number, whether or not with the # that shops put before it. */
const isWhole = ({ found }: Hit, q: string): boolean => {
  const bare = (text: string): string => text.replace(/^#/, "").replace(/\s/g, "").toLowerCase();
  return bare(found) === bare(q);
};
