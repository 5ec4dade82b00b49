import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../i18n.ts";
import { proved } from "../app/act.ts";
import type { Schemas } from "../app/api.ts";
import { useHere, useRefresh } from "../app/session.tsx";
import { StateBadge } from "./badges.tsx";
import { Trouble, Waiting } from "./page.tsx";
import { Ago } from "./time.tsx";

export interface Trial {
  works: boolean | null;
  message: string;
}

/** Asks whether the other side lets us in, and says what it said. */
export function TestButton({ label, ask }: { label: string; ask: () => Promise<Trial> }) {
  const { t } = useTranslation();
  const test = useMutation({ mutationFn: ask });
  return (
    <Stack gap="xs" align="flex-start">
      <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
        {label}
      </Button>
      {test.error !== null && <Trouble error={test.error} />}
      {test.data !== undefined && (
        <Group gap="sm" role="status">
          <StateBadge tone={test.data.works === true ? "green" : test.data.works === false ? "red" : "grey"}>
            {t(
              test.data.works === true
                ? "setUp.secrets.works"
                : test.data.works === false
                  ? "setUp.secrets.doesNot"
                  : "setUp.secrets.unknown",
            )}
          </StateBadge>
          <Text size="sm">{test.data.message}</Text>
        </Group>
      )}
    </Stack>
  );
}

type Holder = { of: "account" | "channel"; id: string };

/** What a connector needs to be let in: typed here once, never shown again. */
export function SecretsForm({ of, id }: Holder) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const refresh = useRefresh();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const { data, error } = useQuery({
    queryKey: [workspace.slug, "secrets", of, id],
    queryFn: ({ signal }) =>
      of === "account"
        ? api.get("/v1/accounts/{id}/secrets", { path: { id }, signal })
        : api.get("/v1/channels/{id}/secrets", { path: { id }, signal }),
    enabled: may("settings.read"),
  });
  const save = useMutation({
    mutationFn: () => {
      const body = Object.fromEntries(Object.entries(typed).filter(([, text]) => text !== ""));
      return proved(() =>
        of === "account"
          ? api.put("/v1/accounts/{id}/secrets", { path: { id }, body })
          : api.put("/v1/channels/{id}/secrets", { path: { id }, body }),
      );
    },
    onSuccess: async () => {
      setTyped({});
      notifications.show({ message: t("setUp.secrets.saved") });
      await refresh("secrets", "suppliers");
    },
  });
  if (error !== null) return <Trouble error={error} />;
  if (data === undefined) return <Waiting lines={2} />;
  if (data.secrets.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t("setUp.secrets.none")}
      </Text>
    );
  const isTyped = Object.values(typed).some((text) => text !== "");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isTyped) save.mutate();
      }}
    >
      <Stack gap="md" maw={480}>
        <Text size="sm" c="dimmed">
          {t("setUp.secrets.hint")}
        </Text>
        {data.secrets.map((secret) => (
          <TextInput
            key={secret.name}
            type="password"
            autoComplete="off"
            label={
              <Group gap={8} component="span">
                {secret.title} <SecretState secret={secret} />
              </Group>
            }
            description={secret.help}
            placeholder={secret.is_set ? t("setUp.secrets.enter") : ""}
            disabled={!may("secrets.change")}
            value={typed[secret.name] ?? ""}
            onChange={(event) => setTyped({ ...typed, [secret.name]: event.currentTarget.value })}
          />
        ))}
        {save.error !== null && <Trouble error={save.error} />}
        {may("secrets.change") && (
          <div>
            <Button type="submit" loading={save.isPending} disabled={!isTyped}>
              {t("setUp.secrets.save")}
            </Button>
          </div>
        )}
      </Stack>
    </form>
  );
}

function SecretState({ secret }: { secret: Schemas["Secret"] }) {
  const { t } = useTranslation();
  if (!secret.is_set)
    return (
      <StateBadge tone={secret.required ? "red" : "grey"}>
        {t(secret.required ? "setUp.secrets.missing" : "setUp.secrets.optional")}
      </StateBadge>
    );
  return (
    <Text component="span" size="xs" c="dimmed">
      {t("setUp.secrets.setAt")} {secret.set_at !== null && <Ago at={secret.set_at} />} ·{" "}
      {secret.last_used_for === null
        ? t("setUp.secrets.notUsed")
        : t("setUp.secrets.usedFor", { what: secret.last_used_for.replaceAll("_", " ") })}
    </Text>
  );
}
