import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "../../i18n.ts";
import { useAct } from "../../app/act.ts";
import { apiOf } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { StateBadge } from "../../parts/badges.tsx";
import { Section, Trouble, Waiting } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import classes from "./sessions.module.css";

/** Where somebody is signed in with this account, and the end of it. */
export function Sessions() {
  const { t } = useTranslation();
  const { workspace } = useHere();
  const list = useQuery({
    queryKey: [workspace.slug, "sessions"],
    queryFn: ({ signal }) => apiOf(null).get("/v1/auth/sessions", { signal }),
    meta: { live: false },
  });
  const end = useAct((id: string) => apiOf(null).delete("/v1/auth/sessions/{id}", { path: { id } }), {
    refresh: ["sessions"],
  });
  const endOthers = useAct(() => apiOf(null).delete("/v1/auth/sessions"), { refresh: ["sessions"] });
  const sessions = list.data?.sessions;
  return (
    <Section
      title={t("account.sessions")}
      actions={
        sessions !== undefined &&
        sessions.length > 1 && (
          <Button variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {t("account.endOthers")}
          </Button>
        )
      }
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t("account.sessionsAbout")}
        </Text>
        {[list.error, end.error, endOthers.error].map(
          (error, index) => error !== null && <Trouble key={index} error={error} />,
        )}
        {sessions === undefined ? (
          <Waiting lines={3} />
        ) : (
          <ul className={classes["list"]} aria-label={t("account.sessions")}>
            {sessions.map((each) => {
              const browser = browserOf(each.browser, t("account.unknownBrowser"), (name, system) =>
                t("account.onSystem", { browser: name, system }),
              );
              return (
                <li key={each.id}>
                  <Stack gap={2} miw={0}>
                    <Group gap="sm">
                      <span>{browser}</span>
                      {each.current && <StateBadge tone="green">{t("account.thisOne")}</StateBadge>}
                    </Group>
                    <Text size="sm" c="dimmed">
                      {t("account.from")} <span className="num">{each.address ?? "—"}</span> · {t("account.used")}{" "}
                      <Ago at={each.used_at} /> · {t("account.signedIn")} <Ago at={each.signed_in_at} />
                    </Text>
                  </Stack>
                  {!each.current && (
                    <Button
                      variant="default"
                      size="compact-sm"
                      aria-label={t("account.endOf", { browser })}
                      loading={end.isPending && end.variables === each.id}
                      onClick={() => end.mutate(each.id)}
                    >
                      {t("account.end")}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </Stack>
    </Section>
  );
}

const browsers = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
] as const;
const systems = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Mac OS X/, "macOS"],
  [/Windows/, "Windows"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
] as const;
/** A browser by what it says of itself; good enough to know one's own again. */
function browserOf(agent: string | null, unknown: string, on: (browser: string, system: string) => string): string {
  const find = (list: readonly (readonly [RegExp, string])[]): string | undefined =>
    list.find(([pattern]) => pattern.test(agent ?? ""))?.[1];
  const [browser, system] = [find(browsers), find(systems)];
  if (browser === undefined) return unknown;
  return system === undefined ? browser : on(browser, system);
}
