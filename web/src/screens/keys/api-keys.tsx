import { Anchor, Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Help } from "../../parts/help.tsx";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Ago } from "../../parts/time.tsx";
import { VisitorNote } from "../../parts/visitor-note.tsx";
import { RoleBadge } from "../team/role.tsx";
import classes from "../team/team.module.css";
import { KeyState, ScopesOf, Used, type Key } from "./facts.tsx";
import { KeyBeside } from "./key-beside.tsx";
import { NewKey } from "./new-key.tsx";

/** The keys of programs: what each may, when it was last used, and its end. */
export function ApiKeys() {
  const { t } = useTranslation();
  const { api, workspace, session, may } = useHere();
  const search = useSearch({ from: "/$workspace/keys" });
  const navigate = useNavigate({ from: "/$workspace/keys" });
  const [isMaking, setMaking] = useState(false);
  const list = useQuery({
    queryKey: [workspace.slug, "keys"],
    queryFn: ({ signal }) => api.get("/v1/keys", { signal }),
  });
  const mayChange = may("keys.change") && !session.is_visitor;
  const isEnded = search.view === "ended";
  const active = list.data?.keys.filter(({ state }) => state === "active");
  const ended = list.data?.keys.filter(({ state }) => state !== "active");
  const open = list.data?.keys.find(({ id }) => id === search.open);
  const columns: Column<Key>[] = [
    { id: "name", header: t("apiKeys.name"), cell: ({ name }) => <span style={{ fontWeight: 600 }}>{name}</span> },
    {
      id: "key",
      header: t("apiKeys.key"),
      width: 170,
      cell: ({ id }) => <span className="mono dim">swk_{id}…</span>,
    },
    { id: "role", header: t("apiKeys.role"), width: 130, cell: ({ role }) => <RoleBadge role={role} /> },
    { id: "scopes", header: t("apiKeys.scopes"), width: 150, cell: (key) => <ScopesOf apiKey={key} /> },
    ...(isEnded
      ? [
          {
            id: "state",
            header: t("apiKeys.state"),
            width: 120,
            cell: ({ state }: Key) => <KeyState state={state} />,
          },
        ]
      : []),
    { id: "used", header: t("apiKeys.used"), width: 130, cell: ({ last_used_at: at }) => <Used at={at} /> },
    {
      id: "expires",
      header: t("apiKeys.expires"),
      width: 130,
      isRight: true,
      cell: ({ expires_at: at }) => <span className="dim">{at === null ? t("apiKeys.never") : <Ago at={at} />}</span>,
    },
  ];
  const make = mayChange && (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setMaking(true)}>
      {t("apiKeys.make")}
    </Button>
  );
  return (
    <Page
      title={t("apiKeys.title")}
      isFull
      beside={<Help about={t("apiKeys.title")}>{t("apiKeys.help")}</Help>}
      actions={make}
      top={
        <>
          <Tabs
            label={t("apiKeys.tabs")}
            tabs={[
              { id: "", label: t("apiKeys.active"), count: active?.length },
              { id: "ended", label: t("apiKeys.ended"), count: ended?.length },
            ]}
            current={search.view ?? ""}
            onChange={(view) => void navigate({ search: view === "" ? {} : { view } })}
          />
          <VisitorNote>{t("apiKeys.visitor")}</VisitorNote>
          {list.error !== null && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
        </>
      }
    >
      <DataTable
        label={t("apiKeys.title")}
        columns={columns}
        rows={isEnded ? ended : active}
        rowId={({ id }) => id}
        nameOf={({ name }) => name}
        openId={search.open ?? null}
        onOpen={({ id }) => void navigate({ search: (before) => ({ ...before, open: id }), replace: true })}
        card={(key) => (
          <div className={classes["card"]}>
            <div>
              <span className="cut" style={{ fontWeight: 600 }}>
                {key.name}
              </span>
              <RoleBadge role={key.role} />
            </div>
            <div className="dim">
              <ScopesOf apiKey={key} />
              <Used at={key.last_used_at} />
            </div>
          </div>
        )}
        empty={
          isEnded ? (
            <Empty title={t("apiKeys.noneEnded")}>{t("apiKeys.noneEndedHint")}</Empty>
          ) : (
            <Empty
              title={t("apiKeys.none")}
              action={
                <Anchor href="/docs/api" size="md">
                  {t("apiKeys.reference")}
                </Anchor>
              }
            >
              {t("apiKeys.noneHint")}
            </Empty>
          )
        }
      />
      {open !== undefined && (
        <KeyBeside
          key={open.id}
          apiKey={open}
          scopes={list.data?.scopes ?? []}
          mayChange={mayChange}
          onClose={() => void navigate({ search: isEnded ? { view: "ended" } : {}, replace: true })}
        />
      )}
      {isMaking && list.data !== undefined && <NewKey catalogue={list.data} onClose={() => setMaking(false)} />}
    </Page>
  );
}
