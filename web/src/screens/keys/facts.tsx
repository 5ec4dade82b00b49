import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { StateBadge } from "../../parts/badges.tsx";
import { Ago } from "../../parts/time.tsx";

export type Key = Schemas["ApiKey"];

export function KeyState({ state }: Pick<Key, "state">) {
  const { t } = useTranslation();
  return (
    <StateBadge tone={state === "active" ? "green" : "grey"} hint={t(`apiKeys.stateHints.${state}`)}>
      {t(`apiKeys.states.${state}`)}
    </StateBadge>
  );
}

export function ScopesOf({ apiKey: { scopes } }: { apiKey: Pick<Key, "scopes"> }) {
  const { t } = useTranslation();
  return <>{scopes === null ? t("apiKeys.allScopes") : t("apiKeys.someScopes", { count: scopes.length })}</>;
}

export function Used({ at }: { at: string | null }) {
  const { t } = useTranslation();
  return at === null ? <span className="dim">{t("apiKeys.neverUsed")}</span> : <Ago at={at} />;
}
