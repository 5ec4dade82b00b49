import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { Beside } from "../../parts/beside.tsx";
import type { ChannelRow } from "../../parts/channels.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Empty, Facts, Trouble } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import classes from "./channels.module.css";

type Message = Schemas["UnreadMessage"];

/** What channels sent and nobody could read: with its problem, its text, and the two ways out. */
export function UnreadMessages({
  messages,
  channels,
}: {
  messages: readonly Message[] | undefined;
  channels: readonly ChannelRow[];
}) {
  const { t } = useTranslation();
  const [openId, setOpen] = useState<string | null>(null);
  const nameOf = ({ channel }: Message): string => channels.find(({ id }) => id === channel)?.name ?? "";
  const open = messages?.find(({ id }) => id === openId);
  const columns: Column<Message>[] = [
    {
      id: "event",
      header: t("setUp.channels.event"),
      width: 220,
      cell: ({ event }) => <span className="mono">{event}</span>,
    },
    { id: "channel", header: t("setUp.channels.channel"), width: 180, cell: nameOf },
    { id: "problem", header: t("setUp.channels.problem"), cell: ({ problem }) => problem },
    {
      id: "received",
      header: t("setUp.channels.received"),
      width: 130,
      isRight: true,
      cell: ({ received_at: at }) => (
        <span className="dim">
          <Ago at={at} />
        </span>
      ),
    },
  ];
  return (
    <>
      <DataTable
        label={t("setUp.channels.unread")}
        columns={columns}
        rows={messages}
        rowId={({ id }) => id}
        nameOf={({ event }) => event}
        openId={openId}
        onOpen={({ id }) => setOpen(id)}
        card={(message) => (
          <Stack gap={4}>
            <Group justify="space-between" wrap="nowrap">
              <strong className="cut">{nameOf(message)}</strong>
              <span className="dim">
                <Ago at={message.received_at} />
              </span>
            </Group>
            <span className="cut">{message.problem}</span>
          </Stack>
        )}
        empty={<Empty title={t("setUp.channels.unreadNone")}>{t("setUp.channels.unreadNoneHint")}</Empty>}
      />
      {open !== undefined && (
        <Beside title={open.event} onClose={() => setOpen(null)}>
          <OneMessage key={open.id} message={open} channel={nameOf(open)} onDone={() => setOpen(null)} />
        </Beside>
      )}
    </>
  );
}

function OneMessage({ message, channel, onDone }: { message: Message; channel: string; onDone: () => void }) {
  const { t } = useTranslation();
  const { api, may } = useHere();
  const refresh = useRefresh();
  const [why, setWhy] = useState("");
  const path = { id: message.id };
  const finish = (said: string) => async (): Promise<void> => {
    notifications.show({ message: said });
    onDone();
    await refresh("unread", "channels", "orders");
  };
  const look = useMutation({ mutationFn: () => api.get("/v1/unread-messages/{id}", { path }) });
  const again = useMutation({
    mutationFn: () => api.post("/v1/unread-messages/{id}/read-again", { path }),
    onSuccess: finish(t("setUp.channels.readAgainSaid")),
  });
  const aside = useMutation({
    mutationFn: () => api.post("/v1/unread-messages/{id}/put-aside", { path, body: { why } }),
    onSuccess: finish(t("setUp.channels.putAsideSaid")),
  });
  const problem = look.error ?? again.error ?? aside.error;
  return (
    <Stack gap="md">
      <Facts
        facts={[
          [t("setUp.channels.channel"), channel],
          [t("setUp.channels.received"), <Ago key="at" at={message.received_at} />],
          [t("setUp.channels.problem"), message.problem],
        ]}
      />
      {look.data === undefined ? (
        <Group gap="sm">
          <Button variant="default" loading={look.isPending} onClick={() => look.mutate()}>
            {t("setUp.channels.showText")}
          </Button>
          <Text size="sm" c="dimmed" flex={1}>
            {t("setUp.channels.openedIsRecorded")}
          </Text>
        </Group>
      ) : (
        <pre className={classes["raw"]} aria-label={t("setUp.channels.rawText")} tabIndex={0}>
          {look.data.text ?? t("setUp.channels.erased")}
        </pre>
      )}
      {problem !== null && <Trouble error={problem} />}
      {may("imports.change") && (
        <>
          <div>
            <Button loading={again.isPending} onClick={() => again.mutate()}>
              {t("setUp.channels.readAgain")}
            </Button>
          </div>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              aside.mutate();
            }}
          >
            <Group gap="sm" align="flex-end">
              <TextInput
                label={t("setUp.channels.putAsideWhy")}
                required
                flex={1}
                value={why}
                onChange={(event) => setWhy(event.currentTarget.value)}
              />
              <Button type="submit" variant="default" loading={aside.isPending}>
                {t("setUp.channels.putAside")}
              </Button>
            </Group>
          </form>
        </>
      )}
    </Stack>
  );
}
