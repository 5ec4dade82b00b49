import { Button, Group, Stack } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { StateBadge } from "../../parts/badges.tsx";
import { Beside } from "../../parts/beside.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { formatCount } from "../../parts/format.ts";
import { useKeys } from "../../parts/keys.tsx";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Ago } from "../../parts/time.tsx";
import { NewImport } from "./new-import.tsx";
import { OneImport } from "./one-import.tsx";
import { SetAside } from "./set-aside.tsx";

type Import = Schemas["Import"];

/** What files brought, what of it was refused, and the rows that only a person can decide. */
export function Imports() {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const search = useSearch({ from: "/$workspace/imports" });
  const navigate = useNavigate({ from: "/$workspace/imports" });
  const { data, error, refetch } = useQuery({
    queryKey: [workspace.slug, "imports", "list"],
    queryFn: ({ signal }) => api.get("/v1/imports", { query: { limit: 200 }, signal }),
  });
  const { data: aside } = useQuery({
    queryKey: [workspace.slug, "imports", "set-aside"],
    queryFn: ({ signal }) => api.get("/v1/set-aside", { query: { limit: 200 }, signal }),
  });
  const begin = (): void => void navigate({ search: { new: true } });
  const mayImport = may("imports.change");
  useKeys(mayImport ? [{ key: "c", label: t("setUp.imports.new"), run: begin }] : []);
  const open = data?.imports.find(({ id }) => id === search.open);
  const columns: Column<Import>[] = [
    {
      id: "file",
      header: t("setUp.imports.file"),
      cell: ({ file }) => <strong className="cut">{file}</strong>,
    },
    {
      id: "kind",
      header: t("setUp.imports.kind"),
      width: 150,
      cell: ({ kind }) => t(`setUp.imports.kinds.${kind as "orders"}`, kind),
    },
    { id: "state", header: t("setUp.imports.state"), width: 120, cell: (row) => <ImportState row={row} /> },
    ...(["rows", "stored", "refused", "set_aside"] as const).map((count): Column<Import> => ({
      id: count,
      header: t(`setUp.imports.${count === "set_aside" ? "aside" : count}`),
      width: 90,
      isRight: true,
      cell: (row) => formatCount(row[count]),
    })),
    {
      id: "by",
      header: t("setUp.imports.by"),
      width: 150,
      cell: ({ by }) => data?.actors[by]?.name ?? by,
    },
    {
      id: "at",
      header: t("setUp.imports.at"),
      width: 120,
      isRight: true,
      cell: ({ started_at: at }) => (
        <span className="dim">
          <Ago at={at} />
        </span>
      ),
    },
  ];
  const button = mayImport && (
    <Button leftSection={<IconFileImport size={14} />} onClick={begin}>
      {t("setUp.imports.new")}
    </Button>
  );
  return (
    <Page
      title={t("setUp.imports.title")}
      isFull
      actions={button}
      top={
        <>
          <Tabs
            label={t("setUp.imports.views")}
            tabs={[
              { id: "", label: t("setUp.imports.all"), count: data?.imports.length },
              { id: "set-aside", label: t("setUp.imports.setAside"), count: aside?.rows.length, isRed: true },
            ]}
            current={search.tab ?? ""}
            onChange={(tab) => void navigate({ search: tab === "" ? {} : { tab } })}
          />
          {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
        </>
      }
    >
      {search.tab === "set-aside" ? (
        <SetAside rows={aside?.rows} />
      ) : (
        <DataTable
          label={t("setUp.imports.list")}
          columns={columns}
          rows={data?.imports}
          rowId={({ id }) => id}
          nameOf={({ file }) => file}
          openId={search.open ?? null}
          onOpen={({ id }) => void navigate({ search: { open: id } })}
          card={(row) => (
            <Stack gap={4}>
              <Group justify="space-between" wrap="nowrap">
                <strong className="cut">{row.file}</strong>
                <ImportState row={row} />
              </Group>
              <span className="dim">
                {t("setUp.imports.resultRows", { stored: formatCount(row.stored), rows: formatCount(row.rows) })} ·{" "}
                <Ago at={row.started_at} />
              </span>
            </Stack>
          )}
          empty={
            <Empty title={t("setUp.imports.none")} action={button}>
              {t("setUp.imports.noneHint")}
            </Empty>
          }
        />
      )}
      {open !== undefined && (
        <Beside title={open.file} mark={<ImportState row={open} />} onClose={() => void navigate({ search: {} })}>
          <OneImport key={open.id} id={open.id} />
        </Beside>
      )}
      {search.new === true && (
        <NewImport
          kind={search.kind ?? "orders"}
          channel={search.channel}
          onClose={() => void navigate({ search: {} })}
        />
      )}
    </Page>
  );
}

function ImportState({ row }: { row: Import }) {
  const { t } = useTranslation();
  if (row.problem !== null)
    return (
      <StateBadge tone="red" hint={row.problem}>
        {t("setUp.imports.stopped")}
      </StateBadge>
    );
  return (
    <StateBadge tone={row.finished_at === null ? "blue" : "green"}>
      {t(row.finished_at === null ? "setUp.imports.running" : "setUp.imports.done")}
    </StateBadge>
  );
}
