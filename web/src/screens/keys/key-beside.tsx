import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useAct } from "../../app/act.ts";
import { useHere } from "../../app/session.tsx";
import { Beside } from "../../parts/beside.tsx";
import { Facts, Section, Trouble } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import { RoleBadge, WorksFor } from "../team/role.tsx";
import { KeyState, ScopesOf, Used, type Key } from "./facts.tsx";

interface KeyBesideProps {
  apiKey: Key;
  scopes: readonly { code: string; allows: string }[];
  mayChange: boolean;
  onClose: () => void;
}

/** One key: what exactly it may, and its end. */
export function KeyBeside({ apiKey, scopes, mayChange, onClose }: KeyBesideProps) {
  const { t } = useTranslation();
  return (
    <Beside title={apiKey.name} mark={<KeyState state={apiKey.state} />} onClose={onClose}>
      <Stack gap="lg">
        <Facts
          facts={[
            [
              t("apiKeys.key"),
              <span key="key" className="mono">
                swk_{apiKey.id}…
              </span>,
            ],
            [t("apiKeys.role"), <RoleBadge key="role" role={apiKey.role} />],
            [t("apiKeys.suppliers"), <WorksFor key="works" {...apiKey} />],
            [t("apiKeys.used"), <Used key="used" at={apiKey.last_used_at} />],
            [t("apiKeys.made"), <Ago key="made" at={apiKey.created_at} />],
            [
              t("apiKeys.expires"),
              apiKey.expires_at === null ? t("apiKeys.never") : <Ago key="expires" at={apiKey.expires_at} />,
            ],
            ...(apiKey.revoked_at === null
              ? []
              : [[t("apiKeys.revokedAt"), <Ago key="revoked" at={apiKey.revoked_at} />] as const]),
          ]}
        />
        <Section title={t("apiKeys.scopes")}>
          {apiKey.scopes === null ? (
            <Text size="sm">
              <ScopesOf apiKey={apiKey} />: {t(`roles.${apiKey.role}.about`)}
            </Text>
          ) : (
            <ul style={{ margin: 0, paddingLeft: 18, fontSize: 13 }}>
              {apiKey.scopes.map((code) => (
                <li key={code}>
                  {scopes.find((each) => each.code === code)?.allows ?? code} <span className="mono dim">{code}</span>
                </li>
              ))}
            </ul>
          )}
        </Section>
        {mayChange && apiKey.state === "active" && <Revoke apiKey={apiKey} onDone={onClose} />}
      </Stack>
    </Beside>
  );
}

function Revoke({ apiKey, onDone }: { apiKey: Key; onDone: () => void }) {
  const { t } = useTranslation();
  const { api } = useHere();
  const [isAsking, setAsking] = useState(false);
  const revoke = useAct(() => api.delete("/v1/keys/{id}", { path: { id: apiKey.id } }), { refresh: ["keys"], onDone });
  if (!isAsking)
    return (
      <div>
        <Button variant="default" c="var(--sy-red)" onClick={() => setAsking(true)}>
          {t("apiKeys.revoke")}
        </Button>
      </div>
    );
  return (
    <Section title={t("apiKeys.revokeTitle", { name: apiKey.name })}>
      <Stack gap="md">
        <Text size="sm">
          {t("apiKeys.revokeAbout")}
          {apiKey.last_used_at !== null && (
            <>
              {" "}
              {t("apiKeys.revokeUsed")} <Ago at={apiKey.last_used_at} />.
            </>
          )}
        </Text>
        {revoke.error !== null && <Trouble error={revoke.error} />}
        <Group gap="sm">
          <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            {t("apiKeys.revokeDo")}
          </Button>
          <Button variant="default" onClick={() => setAsking(false)}>
            {t("apiKeys.keep")}
          </Button>
        </Group>
      </Stack>
    </Section>
  );
}
