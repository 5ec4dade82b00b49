import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation, type Translate } from "../../i18n.ts";
import type { Answer } from "#client";
import { useHere } from "../../app/session.tsx";
import { StateBadge, type Tone } from "../../parts/badges.tsx";
import { formatCount } from "../../parts/format.ts";
import { Help } from "../../parts/help.tsx";
import { Page, Section, Trouble, Waiting } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import classes from "./health.module.css";

type Details = Answer<"get", "/v1/health/details">;
type Status = Details["checks"][number]["status"];
type Channel = Answer<"get", "/v1/channels">["channels"][number];
type Supplier = Answer<"get", "/v1/suppliers">["suppliers"][number];
type Webhook = Answer<"get", "/v1/webhooks">["webhooks"][number];

/** One line: how something is, in words, and the way out where there is one. */
interface Line {
  id: string;
  name: string;
  status: Status;
  says: ReactNode;
  next?: ReactNode;
}

/** Whether what moves orders on is well. */
export function Health() {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const details = useQuery({
    queryKey: [workspace.slug, "health"],
    queryFn: ({ signal }) => api.get("/v1/health/details", { signal }),
    refetchInterval: 10_000,
  });
  const channels = useQuery({
    queryKey: [workspace.slug, "channels", "list"],
    queryFn: ({ signal }) => api.get("/v1/channels", { signal }),
  });
  const suppliers = useQuery({
    queryKey: [workspace.slug, "suppliers", "list"],
    queryFn: ({ signal }) => api.get("/v1/suppliers", { signal }),
  });
  const webhooks = useQuery({
    queryKey: [workspace.slug, "webhooks"],
    queryFn: ({ signal }) => api.get("/v1/webhooks", { signal }),
    enabled: may("webhooks.read"),
  });
  const parts = {
    installation: details.data?.checks.map((check): Line => ({
      id: check.code,
      name: check.title,
      status: check.status,
      says: check.says,
      next: check.next,
    })),
    late: details.data?.late.map((each): Line => ({
      id: each.work,
      name: formatCount(each.rows),
      status: "warning",
      says: (
        <>
          {each.title}, {t("health.since")} <Ago at={each.oldest} />
        </>
      ),
      next: t("health.lateNext"),
    })),
    channels: channels.data?.channels.map((each) => channelLine(each, t)),
    suppliers: suppliers.data?.suppliers.map((each) => supplierLine(each, t)),
    webhooks: webhooks.data?.webhooks
      .filter(({ enabled, disabled }) => enabled || disabled?.why !== "by_person")
      .map((each) => webhookLine(each, t)),
  };
  const wrong = Object.values(parts)
    .flatMap((lines) => lines ?? [])
    .filter(({ status }) => status !== "ok").length;
  const error = details.error ?? channels.error ?? suppliers.error ?? webhooks.error;
  return (
    <Page
      title={t("health.title")}
      beside={
        <>
          <Help about={t("health.title")}>{t("health.help")}</Help>
          {details.data !== undefined && (
            <StateBadge tone={wrong === 0 ? "green" : "amber"}>
              {wrong === 0 ? t("health.allWell") : t("health.look", { count: wrong })}
            </StateBadge>
          )}
        </>
      }
      actions={
        details.data !== undefined && (
          <Text size="sm" c="dimmed" className="cut">
            {t("health.at")} <Ago at={details.data.at} />
          </Text>
        )
      }
    >
      <Stack gap={0} maw={880}>
        {error !== null && <Trouble error={error} onRetry={() => void details.refetch()} />}
        <Section title={t("health.installation")}>
          <Lines lines={parts.installation} />
        </Section>
        <Section title={t("health.late")} actions={<Help about={t("health.late")}>{t("health.lateHelp")}</Help>}>
          <Lines lines={parts.late} none={t("health.lateNone")} />
        </Section>
        <Section title={t("health.channels")}>
          <Lines lines={parts.channels} />
        </Section>
        <Section title={t("health.suppliers")}>
          <Lines lines={parts.suppliers} />
        </Section>
        {may("webhooks.read") && (
          <Section title={t("health.webhooks")}>
            <Lines lines={parts.webhooks} />
          </Section>
        )}
        <Section title={t("health.processes")}>
          <Processes processes={details.data?.processes} />
        </Section>
      </Stack>
    </Page>
  );
}

function channelLine({ id, name, active, connections }: Channel, t: Translate): Line {
  const line = { id, name, status: "ok" as const };
  if (!active) return { ...line, says: t("health.inactive") };
  const [connection] = connections;
  if (connection === undefined) return { ...line, says: t("health.byFiles") };
  const problem = connections.find((each) => each.last_problem !== null)?.last_problem;
  const gap = connections.find((each) => (each.gap?.missing ?? 0) > 0)?.gap;
  const says = (
    <>
      {t("health.lastSync")}{" "}
      {connection.last_sync_at === null ? t("health.notYet") : <Ago at={connection.last_sync_at} />}
    </>
  );
  if (problem != null) return { ...line, status: "warning", says, next: problem };
  if (gap != null)
    return {
      ...line,
      status: "warning",
      says,
      next: t("health.missing", { count: gap.missing, examples: gap.examples.join(", ") }),
    };
  return { ...line, says };
}

function supplierLine({ id, name, enabled, last_problem: problem, accounts }: Supplier, t: Translate): Line {
  const line = { id, name, status: "ok" as const };
  if (!enabled) return { ...line, says: t("health.disabled") };
  const says = t("health.takes", { accounts: accounts.map((each) => each.name).join(", ") });
  const refused = accounts.find((each) => each.credentials_rejected_at !== null);
  if (refused !== undefined) return { ...line, status: "broken", says, next: t("health.refused") };
  const paused = accounts.find((each) => each.paused_until !== null)?.paused_until;
  if (paused != null)
    return {
      ...line,
      status: "warning",
      says: (
        <>
          {t("health.paused")} <Ago at={paused} />
        </>
      ),
      next: t("health.pausedHint"),
    };
  return problem === null ? { ...line, says } : { ...line, status: "warning", says, next: problem };
}

function webhookLine({ id, url, enabled, failing_since: since, last_success_at: at }: Webhook, t: Translate): Line {
  const line = { id, name: new URL(url).host, status: "ok" as const };
  if (!enabled) return { ...line, status: "warning", says: t("health.webhooksOff") };
  if (since !== null)
    return {
      ...line,
      status: "warning",
      says: (
        <>
          {t("health.webhooksFailing")} <Ago at={since} />
        </>
      ),
    };
  return { ...line, says: at === null ? t("health.notYet") : <Ago at={at} /> };
}

const tones: Readonly<Record<Status, Tone>> = { ok: "green", warning: "amber", broken: "red" };

function Lines({ lines, none }: { lines: readonly Line[] | undefined; none?: string }) {
  const { t } = useTranslation();
  if (lines === undefined) return <Waiting lines={3} />;
  if (lines.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {none ?? t("health.none")}
      </Text>
    );
  return (
    <ul className={classes["lines"]}>
      {lines.map(({ id, name, status, says, next }) => (
        <li key={id}>
          <span className={classes["name"]}>{name}</span>
          <span>
            <StateBadge tone={tones[status]} hint={t(`health.hints.${status}`)}>
              {t(`health.statuses.${status}`)}
            </StateBadge>
          </span>
          <span className={classes["says"]}>
            {says}
            {next != null && <span className={classes["next"]}>{next}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Processes({ processes }: { processes: Details["processes"] | undefined }) {
  const { t } = useTranslation();
  if (processes === undefined) return <Waiting lines={2} />;
  return (
    <ul className={classes["lines"]}>
      {processes.map((each) => (
        <li key={`${each.kind} ${each.started_at}`}>
          <span className={classes["name"]}>{t(`health.processKinds.${each.kind as "worker"}`, each.kind)}</span>
          <span>
            {each.alive ? (
              <StateBadge tone="green" hint={t("health.hints.ok")}>
                {t("health.statuses.ok")}
              </StateBadge>
            ) : (
              <StateBadge tone="grey" hint={t("health.silentHint")}>
                {t("health.silent")}
              </StateBadge>
            )}
          </span>
          <span className={classes["says"]}>
            {t("health.started")} <Ago at={each.started_at} /> · {t("health.heard")} <Ago at={each.heartbeat_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
