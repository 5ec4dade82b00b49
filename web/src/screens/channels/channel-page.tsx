import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { proved } from "../../app/act.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { ActForm } from "../../parts/act-form.tsx";
import { put } from "../../parts/api-call.tsx";
import { ChannelMark, StateBadge } from "../../parts/badges.tsx";
import { useChannels, type ChannelRow } from "../../parts/channels.ts";
import { Copyable } from "../../parts/copyable.tsx";
import { Empty, Facts, Page, Section, Trouble, Waiting } from "../../parts/page.tsx";
import { useSetUpVerdict } from "../../parts/resolve/link-sku.tsx";
import { SettingsForm } from "../../parts/schema-form.tsx";
import { SecretsForm, TestButton } from "../../parts/secrets-form.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Ago } from "../../parts/time.tsx";
import { ChannelState } from "./channels.tsx";
import classes from "./channels.module.css";

/** One channel: whether it works, whether its orders go by themselves, and by which rules. */
export function ChannelPage() {
  const { t } = useTranslation();
  const { workspace, may } = useHere();
  const { channel: id } = useParams({ from: "/$workspace/channels/$channel" });
  const { tab = "" } = useSearch({ from: "/$workspace/channels/$channel" });
  const navigate = useNavigate({ from: "/$workspace/channels/$channel" });
  const { data, error, refetch } = useChannels();
  const channel = data?.channels.find((each) => each.id === id);
  const isFetched = channel !== undefined && channel.kind !== "file";
  const tabs = [
    { id: "", label: t("setUp.channels.overview") },
    { id: "rules", label: t("setUp.channels.rules") },
    ...(isFetched
      ? [
          { id: "webhooks", label: t("setUp.channels.webhooks") },
          { id: "secrets", label: t("setUp.channels.secrets") },
        ]
      : []),
  ];
  return (
    <Page
      title={channel?.name ?? t("setUp.channels.title")}
      beside={channel && <ChannelState row={channel} />}
      actions={
        channel !== undefined &&
        !isFetched &&
        may("imports.change") && (
          <Button
            component={Link}
            to="/$workspace/imports"
            params={{ workspace: workspace.slug } as never}
            search={{ new: true, kind: "orders", channel: id } as never}
          >
            {t("setUp.channels.importFile")}
          </Button>
        )
      }
      top={
        <Tabs
          label={t("setUp.channels.tabs")}
          tabs={tabs}
          current={tab}
          onChange={(next) => void navigate({ search: next === "" ? {} : { tab: next } })}
        />
      }
    >
      {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Waiting />}
      {data !== undefined && channel === undefined && <Empty title={t("enter.notFound")} />}
      {channel !== undefined && tab === "" && <Overview channel={channel} />}
      {channel !== undefined && tab === "rules" && (
        <SettingsForm
          whose={{ of: "channel", id }}
          only={({ name }) => name !== "mode" && name !== "automationOnSince"}
        />
      )}
      {channel !== undefined && tab === "webhooks" && <Webhooks id={id} />}
      {channel !== undefined && tab === "secrets" && <SecretsForm of="channel" id={id} />}
    </Page>
  );
}

function Overview({ channel }: { channel: ChannelRow }) {
  const { t } = useTranslation();
  const { api, may } = useHere();
  return (
    <div className={classes["columns"]}>
      <div>
        <Section title={t("setUp.channels.automation")}>
          <Automation key={channel.mode} channel={channel} />
        </Section>
        <Section title={t("setUp.channels.facts")}>
          <Facts
            facts={[
              [
                t("setUp.kind"),
                <Group key="kind" gap={8}>
                  <ChannelMark name={channel.name} />
                  {channel.kind.replaceAll("_", " ")}
                </Group>,
              ],
              [t("setUp.channels.externalId"), <Copyable key="id" value={channel.external_id} />],
              [t("setUp.channels.zone"), channel.zone],
              [t("setUp.channels.since"), <Ago key="since" at={channel.created_at} />],
            ]}
          />
        </Section>
      </div>
      <div>
        <Section title={t("setUp.channels.connection")}>
          <Stack gap="sm" align="flex-start">
            {channel.kind === "file" && (
              <Text size="sm" c="dimmed">
                {t("setUp.channels.kindHint")}
              </Text>
            )}
            {(channel.kind === "file" ? [] : channel.connections).map((connection) => (
              <Facts
                key={connection.kind}
                facts={[
                  [
                    t("setUp.channels.lastSync"),
                    connection.last_sync_at === null ? t("setUp.never") : <Ago key="at" at={connection.last_sync_at} />,
                  ],
                  [t("setUp.channels.lastProblem"), connection.last_problem ?? t("setUp.suppliers.noProblem")],
                ]}
              />
            ))}
            {may("secrets.change") && channel.kind !== "file" && (
              <TestButton
                label={t("setUp.channels.test")}
                ask={() => api.post("/v1/channels/{id}/test", { path: { id: channel.id } })}
              />
            )}
          </Stack>
        </Section>
        {channel.kind !== "file" && (
          <Section title={t("setUp.channels.gap")}>
            <GapReport channel={channel} />
          </Section>
        )}
      </div>
    </div>
  );
}

/** What it does is said before it is done. */
function Automation({ channel }: { channel: ChannelRow }) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const verdict = useSetUpVerdict("settings.change");
  const isOn = channel.mode === "automatic";
  return (
    <Stack gap="sm" align="flex-start">
      <StateBadge tone={isOn ? "green" : "amber"}>{t(`setUp.channels.${channel.mode}`)}</StateBadge>
      <Text size="sm">{t(isOn ? "setUp.channels.isAutomatic" : "setUp.channels.isReview")}</Text>
      {isOn && channel.automation_on_since !== null && (
        <Text size="sm" c="dimmed">
          {t("setUp.channels.onSince")} <Ago at={channel.automation_on_since} />
        </Text>
      )}
      {isAsking ? (
        <ActForm
          calls={[
            put("/v1/channels/{id}/settings", {
              path: { id: channel.id },
              body: { settings: { mode: isOn ? "review" : "automatic" } },
            }),
          ]}
          submit={t(isOn ? "setUp.channels.turnOff" : "setUp.channels.turnOn")}
          verdict={verdict}
          autoFocus
          onDone={() =>
            notifications.show({ message: t(isOn ? "setUp.channels.turnedOff" : "setUp.channels.turnedOn") })
          }
          onCancel={() => setAsking(false)}
        >
          <Text size="sm">{t(isOn ? "setUp.channels.willOff" : "setUp.channels.willOn")}</Text>
        </ActForm>
      ) : (
        <Button variant="default" onClick={() => setAsking(true)}>
          {t(isOn ? "setUp.channels.turnOff" : "setUp.channels.turnOn")}…
        </Button>
      )}
    </Stack>
  );
}

function GapReport({ channel }: { channel: ChannelRow }) {
  const { t } = useTranslation();
  const gaps = channel.connections.flatMap(({ gap }) => (gap === null ? [] : [gap]));
  if (gaps.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t("setUp.channels.gapNever")}
      </Text>
    );
  return gaps.map((gap) => (
    <Stack key={gap.checked_at} gap={4}>
      <Text size="sm">
        {gap.missing === 0 ? t("setUp.channels.gapNone") : t("setUp.channels.gapMissing", { count: gap.missing })}
      </Text>
      {gap.examples.length > 0 && (
        <Text size="sm" className="mono">
          {gap.examples.join(", ")}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {t("setUp.channels.gapChecked")} <Ago at={gap.checked_at} />
      </Text>
    </Stack>
  ));
}

function Webhooks({ id }: { id: string }) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const refresh = useRefresh();
  const { data: hook, error } = useQuery({
    queryKey: [workspace.slug, "channels", "hook", id],
    queryFn: ({ signal }) => api.get("/v1/channels/{id}/webhooks", { path: { id }, signal }),
    enabled: may("settings.read"),
  });
  const turn = useMutation({
    mutationFn: (on: boolean) => proved(() => api.put("/v1/channels/{id}/webhooks", { path: { id }, body: { on } })),
    onSuccess: () => refresh("channels"),
  });
  if (error !== null) return <Trouble error={error} />;
  if (hook === undefined) return <Waiting lines={4} />;
  return (
    <Stack gap="md" align="flex-start" maw={640}>
      <StateBadge tone={hook.on ? "green" : "grey"}>
        {t(hook.on ? "setUp.channels.hookOn" : "setUp.channels.hookOff")}
      </StateBadge>
      <Text size="sm" c="dimmed">
        {t("setUp.channels.hookHint")}
      </Text>
      {hook.address !== null && (
        <Facts
          facts={[
            [t("setUp.channels.address"), <Copyable key="address" value={hook.address} />],
            [
              t("setUp.channels.told"),
              hook.told_at === null ? t("setUp.channels.notTold") : <Ago key="told" at={hook.told_at} />,
            ],
            [
              t("setUp.channels.lastMessage"),
              hook.last_at === null ? t("setUp.never") : <Ago key="last" at={hook.last_at} />,
            ],
            ...(hook.problem === null ? [] : [[t("setUp.channels.problem"), hook.problem] as const]),
          ]}
        />
      )}
      {turn.error !== null && <Trouble error={turn.error} />}
      {may("settings.change") && (
        <Button variant={hook.on ? "default" : "filled"} loading={turn.isPending} onClick={() => turn.mutate(!hook.on)}>
          {t(hook.on ? "setUp.channels.switchOff" : "setUp.channels.switchOn")}
        </Button>
      )}
      <Anchor
        component={Link}
        size="sm"
        to={`/${workspace.slug}/channels` as never}
        search={{ tab: "unread" } as never}
      >
        {t("setUp.channels.unread")}
      </Anchor>
    </Stack>
  );
}
