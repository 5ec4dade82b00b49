import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { formatCount } from "../../parts/format.ts";
import { Help } from "../../parts/help.tsx";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import classes from "../team/team.module.css";
import { NewWebhook } from "./new-webhook.tsx";
import { EventsOf, WebhookState, type Webhook } from "./state.tsx";

/** Who outside is told what happens, and how that goes. */
export function Webhooks() {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const list = useQuery({
    queryKey: [workspace.slug, "webhooks"],
    queryFn: ({ signal }) => api.get("/v1/webhooks", { signal }),
  });
  const add = may("webhooks.change") && (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>
      {t("webhooks.add")}
    </Button>
  );
  const columns: Column<Webhook>[] = [
    { id: "url", header: t("webhooks.url"), cell: ({ url }) => <span style={{ fontWeight: 600 }}>{url}</span> },
    { id: "description", header: t("webhooks.description"), cell: ({ description }) => description },
    { id: "state", header: t("webhooks.state"), width: 170, cell: (each) => <WebhookState webhook={each} /> },
    { id: "events", header: t("webhooks.events"), cell: (each) => <EventsOf events={each.events} /> },
    {
      id: "waiting",
      header: t("webhooks.waiting"),
      width: 80,
      isRight: true,
      cell: ({ waiting }) => formatCount(waiting),
    },
    {
      id: "givenUp",
      header: t("webhooks.givenUp"),
      width: 90,
      isRight: true,
      cell: ({ given_up: n }) => <span style={n > 0 ? { color: "var(--sy-red)" } : {}}>{formatCount(n)}</span>,
    },
    {
      id: "success",
      header: t("webhooks.lastSuccess"),
      width: 120,
      isRight: true,
      cell: ({ last_success_at: at }) => (
        <span className="dim">{at === null ? t("webhooks.nothing") : <Ago at={at} />}</span>
      ),
    },
  ];
  const open = (id: string): void => void navigate({ to: `/${workspace.slug}/webhooks/${id}` as never });
  return (
    <Page
      title={t("webhooks.title")}
      isFull
      beside={<Help about={t("webhooks.title")}>{t("webhooks.help")}</Help>}
      actions={add}
      top={list.error !== null && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
    >
      <DataTable
        label={t("webhooks.title")}
        columns={columns}
        rows={list.data?.webhooks}
        rowId={({ id }) => id}
        nameOf={({ url }) => url}
        onOpen={({ id }) => open(id)}
        card={(webhook) => (
          <div className={classes["card"]}>
            <div>
              <span className="cut" style={{ fontWeight: 600 }}>
                {webhook.url}
              </span>
            </div>
            <div className="dim">
              <WebhookState webhook={webhook} />
              <span className="cut">
                <EventsOf events={webhook.events} />
              </span>
            </div>
          </div>
        )}
        empty={
          <Empty title={t("webhooks.none")} action={add}>
            {t("webhooks.noneHint")}
          </Empty>
        }
      />
      {isAdding && <NewWebhook onClose={() => setAdding(false)} onOpen={open} />}
    </Page>
  );
}
