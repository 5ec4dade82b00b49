import { NumberInput, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { ActForm } from "../../parts/act-form.tsx";
import { put, type Call } from "../../parts/api-call.tsx";
import classes from "./attention.module.css";
import type { Fix } from "./fixes.ts";

const dayMs = 86_400_000;

/** The setting that would have done what was done three times by hand. Only for those who may change settings. */
export function Offer({ fix, onEnd }: { fix: Fix; onEnd: () => void }) {
  const { may } = useHere();
  if (!may("settings.change")) return null;
  return fix.channel === null ? <Days setting={fix.setting} onEnd={onEnd} /> : <OfChannel fix={fix} onEnd={onEnd} />;
}

function OfChannel({ fix, onEnd }: { fix: Extract<Fix, { channel: object }>; onEnd: () => void }) {
  const { t } = useTranslation();
  const { setting, channel } = fix;
  const settings = setting === "automatic" ? { mode: "automatic" } : { buyerCancel: setting };
  return (
    <Frame
      what={t(`attention.offer.${setting}.what`, { channel: channel.name })}
      submit={t(`attention.offer.${setting}.submit`, { channel: channel.name })}
      call={put("/v1/channels/{id}/settings", { path: { id: channel.id }, body: { settings } })}
      onEnd={onEnd}
    />
  );
}

function Days({ setting, onEnd }: { setting: Extract<Fix, { channel: null }>["setting"]; onEnd: () => void }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const { data } = useQuery({
    queryKey: [workspace.slug, "settings", "workspace"],
    queryFn: ({ signal }) => api.get("/v1/settings", { signal }),
  });
  const [typed, setTyped] = useState<number>();
  const holds = data?.settings[setting];
  if (typeof holds !== "number") return null;
  const days = Math.round(holds / dayMs);
  const wanted = typed ?? (setting === "duplicateWindowMs" ? 0 : days * 2);
  return (
    <Frame
      what={t(`attention.offer.${setting}.what`, { days })}
      submit={t(`attention.offer.${setting}.submit`)}
      call={put("/v1/settings", { body: { settings: { [setting]: wanted * dayMs } } })}
      onEnd={onEnd}
    >
      <NumberInput
        label={t(`attention.offer.${setting}.field`)}
        w={220}
        min={setting === "duplicateWindowMs" ? 0 : 1}
        max={90}
        allowDecimal={false}
        value={wanted}
        onChange={(value) => setTyped(Number(value) || 0)}
      />
    </Frame>
  );
}

function Frame({
  what,
  submit,
  call,
  onEnd,
  children,
}: {
  what: string;
  submit: string;
  call: Call;
  onEnd: () => void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <section className={classes["doing"]} aria-label={t("attention.offer.title")}>
      <Title order={3}>{t("attention.offer.title")}</Title>
      <Text size="md" mb={8}>
        {what}
      </Text>
      <ActForm calls={[call]} submit={submit} isQuiet onDone={onEnd} onCancel={onEnd}>
        {children}
      </ActForm>
    </section>
  );
}
