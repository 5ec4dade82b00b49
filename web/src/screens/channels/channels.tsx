import { Button, Group } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { ChannelMark, StateBadge } from "../../parts/badges.tsx";
import { useChannels, type ChannelRow } from "../../parts/channels.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { useKeys } from "../../parts/keys.tsx";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Ago } from "../../parts/time.tsx";
import { AddChannel } from "./add-channel.tsx";
import { UnreadMessages } from "./unread.tsx";

/** Where orders come from: how each channel does, and what it sent that nobody could read. */
export function Channels() {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const { tab, add } = useSearch({ from: "/$workspace/channels" });
  const navigate = useNavigate({ from: "/$workspace/channels" });
  const { data, error, refetch } = useChannels();
  const { data: unread } = useQuery({
    queryKey: [workspace.slug, "unread", "list"],
    queryFn: ({ signal }) => api.get("/v1/unread-messages", { query: { limit: 100 }, signal }),
    enabled: may("imports.read"),
  });
  const setAdding = (on: boolean): void => void navigate({ search: on ? { add: true } : {} });
  useKeys(may("settings.change") ? [{ key: "c", label: t("setUp.channels.add"), run: () => setAdding(true) }] : []);
  const addButton = may("settings.change") && (
    <Button leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>
      {t("setUp.channels.add")}
    </Button>
  );
  return (
    <Page
      title={t("setUp.channels.title")}
      isFull
      actions={addButton}
      top={
        <>
          <Tabs
            label={t("setUp.channels.title")}
            tabs={[
              { id: "", label: t("setUp.channels.title"), count: data?.channels.length },
              { id: "unread", label: t("setUp.channels.unread"), count: unread?.messages.length, isRed: true },
            ]}
            current={tab ?? ""}
            onChange={(id) => void navigate({ search: id === "" ? {} : { tab: id } })}
          />
          {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
        </>
      }
    >
      {tab === "unread" ? (
        <UnreadMessages messages={unread?.messages} channels={data?.channels ?? []} />
      ) : (
        <ChannelTable channels={data?.channels} action={addButton} />
      )}
      {add === true && <AddChannel onClose={() => setAdding(false)} />}
    </Page>
  );
}

function ChannelTable({ channels, action }: { channels: readonly ChannelRow[] | undefined; action: React.ReactNode }) {
  const { t } = useTranslation();
  const { workspace } = useHere();
  const navigate = useNavigate();
  const columns: Column<ChannelRow>[] = [
    {
      id: "name",
      header: t("setUp.channels.column.name"),
      width: 240,
      cell: ({ name }) => (
        <Group gap={8} wrap="nowrap">
          <ChannelMark name={name} />
          <strong className="cut">{name}</strong>
        </Group>
      ),
    },
    { id: "kind", header: t("setUp.channels.column.kind"), width: 140, cell: ({ kind }) => kind.replaceAll("_", " ") },
    {
      id: "mode",
      header: t("setUp.channels.column.mode"),
      width: 190,
      cell: (row) => (
        <StateBadge tone={row.mode === "automatic" ? "green" : "amber"}>{t(`setUp.channels.${row.mode}`)}</StateBadge>
      ),
    },
    { id: "state", header: t("setUp.channels.column.state"), cell: (row) => <ChannelState row={row} /> },
    {
      id: "gap",
      header: t("setUp.channels.column.gap"),
      width: 110,
      isRight: true,
      cell: (row) => {
        const missing = missingOf(row);
        return missing === null
          ? ""
          : missing === 0
            ? t("setUp.channels.nothingMissing")
            : t("setUp.channels.missing", { count: missing });
      },
    },
    {
      id: "sync",
      header: t("setUp.channels.column.sync"),
      width: 130,
      isRight: true,
      cell: (row) => (
        <span className="dim">
          <LastSync row={row} />
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t("setUp.channels.list")}
      columns={columns}
      rows={channels}
      rowId={({ id }) => id}
      nameOf={({ name }) => name}
      isComfortable
      onOpen={({ id }) =>
        void navigate({ to: "/$workspace/channels/$channel", params: { workspace: workspace.slug, channel: id } })
      }
      card={(row) => (
        <Group justify="space-between" wrap="nowrap">
          <Group gap={8} wrap="nowrap" miw={0}>
            <ChannelMark name={row.name} />
            <strong className="cut">{row.name}</strong>
          </Group>
          <ChannelState row={row} />
        </Group>
      )}
      empty={
        <Empty title={t("setUp.channels.none")} action={action}>
          {t("setUp.channels.noneHint")}
        </Empty>
      }
    />
  );
}

const missingOf = ({ connections }: ChannelRow): number | null => {
  const gaps = connections.flatMap(({ gap }) => (gap === null ? [] : [gap.missing]));
  return gaps.length === 0 ? null : gaps.reduce((sum, each) => sum + each, 0);
};
function LastSync({ row: { kind, connections } }: { row: ChannelRow }) {
  const { t } = useTranslation();
  if (kind === "file") return t("setUp.channels.byFiles");
  const at = connections
    .flatMap(({ last_sync_at: each }) => (each === null ? [] : [each]))
    .sort()
    .at(-1);
  return at === undefined ? t("setUp.never") : <Ago at={at} />;
}

export function ChannelState({ row }: { row: ChannelRow }) {
  const { t } = useTranslation();
  if (!row.active) return <StateBadge tone="grey">{t("setUp.channels.off")}</StateBadge>;
  const problem = row.connections.find(({ last_problem: each }) => each !== null)?.last_problem;
  if (problem != null)
    return (
      <StateBadge tone="red" hint={problem}>
        {t("setUp.channels.problem")}
      </StateBadge>
    );
  return <StateBadge tone="green">{t("setUp.channels.works")}</StateBadge>;
}
