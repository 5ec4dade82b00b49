import { Button, Group, Select, TextInput } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Help } from "../../parts/help.tsx";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import classes from "../team/team.module.css";
import { EntryBeside } from "./entry-beside.tsx";
import { TopicBadge, topics, type Entry, type PlacedEntry, type Topic } from "./topic.tsx";
import { Value } from "./value.tsx";

/** Who changed what in the set-up, and who was shown personal data. */
export function Audit() {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const search = useSearch({ from: "/$workspace/audit" });
  const navigate = useNavigate({ from: "/$workspace/audit" });
  const [open, setOpen] = useState<string | null>(null);
  const query = {
    ...(search.topic && { topic: search.topic as Topic }),
    ...(search.actor && { actor: search.actor }),
    ...(search.from && { from: startOf(search.from, 0) }),
    ...(search.to && { to: startOf(search.to, 1) }),
  };
  const list = useInfiniteQuery({
    queryKey: [workspace.slug, "audit", query],
    queryFn: ({ pageParam, signal }) =>
      api.get("/v1/audit", { query: { ...query, limit: 100, ...(pageParam && { cursor: pageParam }) }, signal }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(() => list.data && placed(list.data.pages.flatMap(({ entries }) => entries)), [list.data]);
  const set = (change: Partial<typeof search>): void => {
    setOpen(null);
    void navigate({
      search: (before) =>
        Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== "")),
    });
  };
  const isFiltered = Object.keys(search).length > 0;
  const clear = (
    <Button variant="default" onClick={() => void navigate({ search: {} })}>
      {t("audit.clear")}
    </Button>
  );
  const columns: Column<PlacedEntry>[] = [
    {
      id: "when",
      header: t("audit.when"),
      width: 110,
      cell: ({ at }) => (
        <span className="dim">
          <Ago at={at} />
        </span>
      ),
    },
    { id: "who", header: t("audit.person"), width: 170, cell: ({ by }) => by.name },
    { id: "topic", header: t("audit.topic"), width: 160, cell: ({ topic }) => <TopicBadge topic={topic} /> },
    { id: "what", header: t("audit.what"), cell: ({ text }) => <span style={{ fontWeight: 600 }}>{text}</span> },
    { id: "on", header: t("audit.on"), cell: ({ on }) => on?.name ?? "" },
    { id: "change", header: t("audit.change"), cell: (entry) => <FirstChange entry={entry} /> },
  ];
  const opened = rows?.find(({ id }) => id === open);
  return (
    <Page
      title={t("audit.title")}
      isFull
      beside={<Help about={t("audit.title")}>{t("audit.help")}</Help>}
      top={
        <>
          <Group px="lg" py="sm" gap="sm" align="flex-end">
            <Select
              aria-label={t("audit.topic")}
              w={210}
              placeholder={t("audit.allTopics")}
              clearable
              data={topics.map((each) => ({ value: each, label: t(`audit.topics.${each}`) }))}
              value={search.topic ?? null}
              onChange={(topic) => set({ topic: topic ?? "" })}
            />
            <Who value={search.actor} entries={rows} onChange={(actor) => set({ actor })} />
            <TextInput
              type="date"
              aria-label={t("audit.from")}
              leftSection={<span className="dim">{t("audit.from")}</span>}
              leftSectionWidth={48}
              w={180}
              value={search.from ?? ""}
              onChange={(event) => set({ from: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              aria-label={t("audit.to")}
              leftSection={<span className="dim">{t("audit.to")}</span>}
              leftSectionWidth={36}
              w={170}
              value={search.to ?? ""}
              onChange={(event) => set({ to: event.currentTarget.value })}
            />
            {isFiltered && clear}
          </Group>
          {list.error !== null && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
        </>
      }
    >
      <DataTable
        label={t("audit.title")}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        nameOf={({ text }) => text}
        openId={open}
        onOpen={({ id }) => setOpen(id)}
        isMore={list.hasNextPage}
        onEnd={() => {
          if (!list.isFetchingNextPage) void list.fetchNextPage();
        }}
        card={(entry) => (
          <div className={classes["card"]}>
            <div>
              <span className="cut" style={{ fontWeight: 600 }}>
                {entry.text}
                {entry.on !== null && <span className="dim"> · {entry.on.name}</span>}
              </span>
              <Ago at={entry.at} />
            </div>
            <div className="dim">
              <span className="cut">{entry.by.name}</span>
              <TopicBadge topic={entry.topic} />
            </div>
          </div>
        )}
        empty={
          isFiltered ? (
            <Empty title={t("audit.none")} action={clear}>
              {t("audit.noneHint")}
            </Empty>
          ) : (
            <Empty title={t("audit.first")}>{t("audit.firstHint")}</Empty>
          )
        }
      />
      {opened !== undefined && <EntryBeside entry={opened} onClose={() => setOpen(null)} />}
    </Page>
  );
}

/** The start of a day in the reader's zone, so many days later. */
function startOf(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/** Counted from the oldest of those at the same moment, so that a new entry above renames none. */
function placed(entries: readonly Entry[]): PlacedEntry[] {
  const seen = new Map<string, number>();
  const all = entries.toReversed().map((entry) => {
    const same = (seen.get(entry.at) ?? 0) + 1;
    seen.set(entry.at, same);
    return { ...entry, id: `${entry.at} ${same}` };
  });
  return all.reverse();
}

function FirstChange({ entry: { changes, details } }: { entry: Entry }) {
  const { t } = useTranslation();
  const [first, ...rest] = changes;
  if (first === undefined) {
    const [said] = Object.entries(details).filter(
      ([, value]) => typeof value === "string" || typeof value === "number",
    );
    return said === undefined ? null : (
      <span>
        <span className="dim">{said[0]}</span> <Value of={said[1]} />
      </span>
    );
  }
  return (
    <span>
      <span className="dim">{first.name}</span> <Value of={first.from} /> → <Value of={first.to} />
      {rest.length > 0 && <span className="dim"> {t("audit.more", { count: rest.length })}</span>}
    </span>
  );
}

interface WhoProps {
  value: string | undefined;
  entries: readonly Entry[] | undefined;
  onChange: (actor: string) => void;
}
/** Members, and whoever stands in the list as it is. */
function Who({ value, entries, onChange }: WhoProps) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const { data } = useQuery({
    queryKey: [workspace.slug, "team", "members"],
    queryFn: ({ signal }) => api.get("/v1/members", { signal }),
    enabled: may("members.read"),
  });
  const names = new Map([
    ...(data?.members ?? []).map(({ id, name }): [string, string] => [`user:${id}`, name]),
    ...(entries ?? []).map(({ actor, by }): [string, string] => [actor, by.name]),
  ]);
  if (value !== undefined && !names.has(value)) names.set(value, value);
  return (
    <Select
      aria-label={t("audit.person")}
      w={190}
      placeholder={t("audit.everybody")}
      clearable
      searchable={names.size > 8}
      data={[...names].map(([actor, label]) => ({ value: actor, label }))}
      value={value ?? null}
      onChange={(actor) => onChange(actor ?? "")}
    />
  );
}
