import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconFileImport, IconPlus, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link as RouteLink, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Answer } from "#client";
import { useAct } from "../../app/act.ts";
import { useHere } from "../../app/session.tsx";
import { StateBadge } from "../../parts/badges.tsx";
import { Beside } from "../../parts/beside.tsx";
import { useChannels } from "../../parts/channels.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { formatCount, formatMoney } from "../../parts/format.ts";
import { KeyName, useKeys } from "../../parts/keys.tsx";
import { Empty, Page, Trouble, Waiting } from "../../parts/page.tsx";
import { LinkForm } from "../../parts/resolve/link-sku.tsx";
import { useSuppliers, type Link } from "../../parts/resolve/set-up.ts";
import { ShipBy } from "../../parts/ship-by.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Ago } from "../../parts/time.tsx";

type Unlinked = Answer<"get", "/v1/unlinked-skus">["skus"][number];
const keyOf = ({ sku, channel }: Pick<Link, "sku" | "channel">): string => `${channel ?? ""} ${sku}`;

/** What each SKU of the shop is bought as; and the SKUs of which nobody said it yet, by how many orders wait for them. */
export function Links() {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const { tab = "", q = "", sku: openSku, channel: openChannel } = useSearch({ from: "/$workspace/links" });
  const navigate = useNavigate({ from: "/$workspace/links" });
  const box = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState(q);
  const list = useInfiniteQuery({
    queryKey: [workspace.slug, "product-links", "list", q],
    queryFn: ({ pageParam, signal }) =>
      api.get("/v1/product-links", {
        query: { limit: 100, ...(q !== "" && { q }), ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
  const { data: unlinked, error: unlinkedError } = useQuery({
    queryKey: [workspace.slug, "product-links", "unlinked"],
    queryFn: ({ signal }) => api.get("/v1/unlinked-skus", { signal }),
  });
  const links = useMemo(() => list.data?.pages.flatMap((page) => page.product_links), [list.data]);
  const set = (change: { tab?: string; q?: string; sku?: string; channel?: string }): void =>
    void navigate({
      search: Object.fromEntries(
        Object.entries({ tab, q, sku: openSku, channel: openChannel, ...change }).filter(
          ([, value]) => value !== undefined && value !== "",
        ),
      ),
      replace: "q" in change,
    });
  const close = (): void => set({ sku: "", channel: "" });
  useKeys([
    { key: "/", label: t("keys.search"), run: () => box.current?.focus() },
    { key: "1", label: t("keys.view", { number: 1 }), run: () => set({ tab: "" }) },
    { key: "2", label: t("keys.view", { number: 2 }), run: () => set({ tab: "unlinked" }) },
    ...(may("set_up.change") ? [{ key: "c", label: t("setUp.links.add"), run: () => set({ sku: "new" }) }] : []),
  ]);
  const importButton = may("imports.change") && (
    <Button
      variant="default"
      leftSection={<IconFileImport size={14} />}
      component={RouteLink}
      to={`/${workspace.slug}/imports` as never}
      search={{ new: true, kind: "links" } as never}
    >
      {t("setUp.links.import")}
    </Button>
  );
  const problem = list.error ?? unlinkedError;
  return (
    <Page
      title={t("setUp.links.title")}
      isFull
      actions={
        <>
          {importButton}
          {may("set_up.change") && (
            <Button leftSection={<IconPlus size={14} />} onClick={() => set({ sku: "new" })}>
              {t("setUp.links.add")}
            </Button>
          )}
        </>
      }
      top={
        <>
          <Tabs
            label={t("setUp.links.views")}
            tabs={[
              { id: "", label: t("setUp.links.all") },
              { id: "unlinked", label: t("setUp.links.unlinked"), count: unlinked?.skus.length, isRed: true },
            ]}
            current={tab}
            onChange={(next) => set({ tab: next })}
          />
          {tab === "" && (
            <Group px="lg" py="sm">
              <TextInput
                ref={box}
                w={280}
                leftSection={<IconSearch size={14} aria-hidden />}
                rightSection={<KeyName name="/" />}
                placeholder={t("setUp.links.search")}
                aria-label={t("keys.search")}
                value={words}
                onChange={(event) => {
                  setWords(event.currentTarget.value);
                  set({ q: event.currentTarget.value.trim() });
                }}
              />
            </Group>
          )}
          {problem !== null && <Trouble error={problem} onRetry={() => void list.refetch()} />}
        </>
      }
    >
      {tab === "unlinked" ? (
        <UnlinkedTable rows={unlinked?.skus} onLink={(sku) => set({ sku })} />
      ) : (
        <LinkTable
          links={links}
          isFiltered={q !== ""}
          openKey={openSku === undefined ? null : keyOf({ sku: openSku, channel: openChannel ?? null })}
          onOpen={({ sku, channel }) => set({ sku, channel: channel ?? "" })}
          onClear={() => {
            setWords("");
            set({ q: "" });
          }}
          isMore={list.hasNextPage}
          onEnd={() => {
            if (!list.isFetchingNextPage) void list.fetchNextPage();
          }}
        />
      )}
      {openSku !== undefined && (
        <EditLink
          key={keyOf({ sku: openSku, channel: openChannel ?? null })}
          sku={openSku === "new" ? null : openSku}
          channel={openChannel ?? null}
          title={unlinked?.skus.find(({ sku }) => sku === openSku)?.title ?? ""}
          onClose={close}
        />
      )}
    </Page>
  );
}

interface LinkTableProps {
  links: readonly Link[] | undefined;
  isFiltered: boolean;
  openKey: string | null;
  onOpen: (link: Link) => void;
  onClear: () => void;
  isMore: boolean;
  onEnd: () => void;
}

function LinkTable({ links, isFiltered, openKey, onOpen, onClear, isMore, onEnd }: LinkTableProps) {
  const { t } = useTranslation();
  const suppliers = useSuppliers();
  const { data: channels } = useChannels();
  const supplierName = (id: string): string => suppliers?.find((each) => each.id === id)?.name ?? "";
  const channelName = (id: string | null): string =>
    id === null ? t("setUp.links.everyChannel") : (channels?.channels.find((each) => each.id === id)?.name ?? "");
  const columns: Column<Link>[] = [
    {
      id: "sku",
      header: t("setUp.links.column.sku"),
      width: 220,
      cell: ({ sku }) => <strong className="cut">{sku}</strong>,
    },
    {
      id: "channel",
      header: t("setUp.links.column.channel"),
      width: 160,
      cell: ({ channel }) => <span className={channel === null ? "dim" : undefined}>{channelName(channel)}</span>,
    },
    {
      id: "bought",
      header: t("setUp.links.column.bought"),
      cell: (link) =>
        link.nothing_to_ship ? (
          <span className="dim">{t("setUp.links.nothing")}</span>
        ) : (
          <Group gap={6} wrap="nowrap">
            <span className="mono cut">{link.options[0]?.supplier_sku}</span>
            {componentsOf(link) > 1 && (
              <StateBadge tone="violet">{t("setUp.links.bundle", { count: componentsOf(link) })}</StateBadge>
            )}
          </Group>
        ),
    },
    {
      id: "supplier",
      header: t("setUp.links.column.supplier"),
      width: 220,
      cell: ({ options }) => {
        const names = [...new Set(options.map(({ supplier }) => supplierName(supplier)))];
        return names.length <= 1 ? names[0] : `${names[0]} ${t("setUp.links.orMore", { count: names.length - 1 })}`;
      },
    },
    {
      id: "cost",
      header: t("setUp.links.column.cost"),
      width: 110,
      isRight: true,
      cell: ({ options: [first] }) =>
        first === undefined ? "" : formatMoney({ amount: first.unit_cost, currency: first.currency }),
    },
    {
      id: "changed",
      header: t("setUp.links.column.changed"),
      width: 120,
      isRight: true,
      cell: ({ updated_at: at }) => (
        <span className="dim">
          <Ago at={at} />
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t("setUp.links.list")}
      columns={columns}
      rows={links}
      rowId={keyOf}
      nameOf={({ sku }) => sku}
      openId={openKey}
      onOpen={onOpen}
      isMore={isMore}
      onEnd={onEnd}
      card={(link) => (
        <Stack gap={4}>
          <Group justify="space-between" wrap="nowrap">
            <strong className="cut">{link.sku}</strong>
            <span className="dim">{supplierName(link.options[0]?.supplier ?? "")}</span>
          </Group>
          <span className="mono cut">
            {link.nothing_to_ship ? t("setUp.links.nothing") : link.options[0]?.supplier_sku}
          </span>
        </Stack>
      )}
      empty={
        isFiltered ? (
          <Empty
            title={t("setUp.links.noMatch")}
            action={
              <Button variant="default" onClick={onClear}>
                {t("setUp.links.clear")}
              </Button>
            }
          >
            {t("setUp.links.noMatchHint")}
          </Empty>
        ) : (
          <Empty title={t("setUp.links.none")}>{t("setUp.links.noneHint")}</Empty>
        )
      }
    />
  );
}

const componentsOf = ({ options }: Link): number => new Set(options.map(({ component }) => component)).size;

function UnlinkedTable({ rows, onLink }: { rows: readonly Unlinked[] | undefined; onLink: (sku: string) => void }) {
  const { t } = useTranslation();
  const { may } = useHere();
  const button = ({ sku }: Unlinked) =>
    may("set_up.change") && (
      <Button
        size="compact-sm"
        variant="default"
        aria-label={t("setUp.links.linkSku", { sku })}
        onClick={(event) => {
          event.stopPropagation();
          onLink(sku);
        }}
      >
        {t("setUp.links.link")}
      </Button>
    );
  const columns: Column<Unlinked>[] = [
    {
      id: "sku",
      header: t("setUp.links.column.sku"),
      width: 220,
      cell: ({ sku }) => <strong className="cut">{sku}</strong>,
    },
    { id: "product", header: t("setUp.links.product"), cell: ({ title }) => title },
    {
      id: "orders",
      header: t("setUp.links.waits"),
      width: 130,
      isRight: true,
      cell: ({ orders }) => formatCount(orders),
    },
    { id: "units", header: t("setUp.links.units"), width: 90, isRight: true, cell: ({ units }) => formatCount(units) },
    { id: "shipBy", header: t("setUp.links.shipBy"), width: 110, cell: ({ ship_by: at }) => <ShipBy at={at} /> },
    { id: "since", header: t("setUp.links.since"), width: 120, cell: ({ since }) => <Ago at={since} /> },
    { id: "link", header: t("setUp.links.link"), width: 90, isRight: true, cell: button },
  ];
  return (
    <DataTable
      label={t("setUp.links.unlinked")}
      columns={columns}
      rows={rows}
      rowId={({ sku }) => sku}
      nameOf={({ sku }) => sku}
      onOpen={({ sku }) => onLink(sku)}
      isComfortable
      card={(row) => (
        <Group justify="space-between" wrap="nowrap">
          <Stack gap={4} miw={0}>
            <strong className="cut">{row.sku}</strong>
            <span className="dim cut">
              {row.title} · {t("setUp.links.waits")}: {formatCount(row.orders)}
            </span>
          </Stack>
          {button(row)}
        </Group>
      )}
      empty={<Empty title={t("setUp.links.allLinked")}>{t("setUp.links.allLinkedHint")}</Empty>}
    />
  );
}

interface EditLinkProps {
  /** null: it is still to be said. */
  sku: string | null;
  channel: string | null;
  title: string;
  onClose: () => void;
}

function EditLink({ sku, channel, title, onClose }: EditLinkProps) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const [typed, setTyped] = useState("");
  const [begun, setBegun] = useState<string | null>(sku);
  const suppliers = useSuppliers();
  const { data: channels } = useChannels();
  const { data, error } = useQuery({
    queryKey: [workspace.slug, "product-links", "of", begun],
    queryFn: ({ signal }) => api.get("/v1/product-links", { query: { sku: begun! }, signal }),
    enabled: begun !== null,
    meta: { live: false },
  });
  const link = data?.product_links.find((each) => each.channel === channel) ?? null;
  const done = (said: string): void => {
    notifications.show({ message: said });
    onClose();
  };
  return (
    <Beside title={begun ?? t("setUp.links.newTitle")} onClose={onClose}>
      {error !== null && <Trouble error={error} />}
      {begun === null ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setBegun(typed.trim());
          }}
        >
          <Stack gap="sm">
            <TextInput
              label={t("setUp.links.sku")}
              required
              autoFocus
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <div>
              <Button type="submit">{t("setUp.links.begin")}</Button>
            </div>
          </Stack>
        </form>
      ) : suppliers === undefined || channels === undefined || data === undefined ? (
        error === null && <Waiting lines={4} />
      ) : suppliers.length === 0 ? (
        <Empty
          title={t("setUp.links.addFirst")}
          action={
            <Button component={RouteLink} to={`/${workspace.slug}/suppliers` as never} search={{ add: true } as never}>
              {t("setUp.suppliers.add")}
            </Button>
          }
        >
          {t("setUp.links.addFirstHint")}
        </Empty>
      ) : may("set_up.change") ? (
        <Stack gap="lg">
          <LinkForm
            sku={begun}
            title={title}
            link={link}
            suppliers={suppliers}
            currency={workspace.currency}
            channels={channels.channels}
            done={done}
            autoFocus
          />
          {link !== null && <DeleteLink link={link} onDone={onClose} />}
        </Stack>
      ) : (
        <Text size="sm">{link?.options.map(({ supplier_sku: theirs }) => theirs).join(", ")}</Text>
      )}
    </Beside>
  );
}

function DeleteLink({ link, onDone }: { link: Link; onDone: () => void }) {
  const { t } = useTranslation();
  const { api } = useHere();
  const [isAsking, setAsking] = useState(false);
  const remove = useAct(
    () =>
      api.delete("/v1/product-links", {
        query: { sku: link.sku, ...(link.channel === null ? {} : { channel: link.channel }) },
      }),
    {
      onDone: () => {
        notifications.show({ message: t("setUp.links.deleted") });
        onDone();
      },
    },
  );
  return (
    <Stack gap="sm" align="flex-start">
      {isAsking && <Text size="sm">{t("setUp.links.deleteWill", { sku: link.sku })}</Text>}
      {remove.error !== null && <Trouble error={remove.error} />}
      <Button
        color="red"
        variant={isAsking ? "filled" : "subtle"}
        loading={remove.isPending}
        onClick={() => (isAsking ? remove.mutate() : setAsking(true))}
      >
        {t("setUp.links.delete")}
      </Button>
    </Stack>
  );
}
