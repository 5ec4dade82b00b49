import { Button, Group, Modal, Select, Stack, Text, Title } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useAct } from "../../app/act.ts";
import { useHere } from "../../app/session.tsx";
import { Trouble } from "../../parts/page.tsx";
import { SecretShown } from "./new-webhook.tsx";
import type { Webhook } from "./state.tsx";
import { WebhookFields } from "./webhook-fields.tsx";

type Doing = "edit" | "rotate" | "resend" | "remove" | null;

/** What can be done with an endpoint. */
export function WebhookChanges({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const { api } = useHere();
  const [doing, setDoing] = useState<Doing>(null);
  const turn = useAct(
    () => api.put("/v1/webhooks/{id}", { path: { id: webhook.id }, body: { enabled: !webhook.enabled } }),
    { refresh: ["webhooks"] },
  );
  const close = (): void => setDoing(null);
  return (
    <>
      {turn.error !== null && <Trouble error={turn.error} />}
      <Group gap="sm">
        <Button variant={webhook.enabled ? "default" : "filled"} loading={turn.isPending} onClick={() => turn.mutate()}>
          {webhook.enabled ? t("webhooks.switchOff") : t("webhooks.switchOn")}
        </Button>
        {webhook.given_up > 0 && webhook.enabled && (
          <Button variant="default" onClick={() => setDoing("resend")}>
            {t("webhooks.resend")}
          </Button>
        )}
        <Button variant="default" onClick={() => setDoing("edit")}>
          {t("webhooks.edit")}
        </Button>
        <Button variant="default" onClick={() => setDoing("rotate")}>
          {t("webhooks.rotate")}
        </Button>
        <Button variant="default" c="var(--sy-red)" onClick={() => setDoing("remove")}>
          {t("webhooks.remove")}
        </Button>
      </Group>
      {doing === "edit" && <Edit webhook={webhook} onClose={close} />}
      {doing === "rotate" && <Rotate webhook={webhook} onClose={close} />}
      {doing === "resend" && <Resend webhook={webhook} onClose={close} />}
      {doing === "remove" && <Remove webhook={webhook} onClose={close} />}
    </>
  );
}

interface DialogProps {
  webhook: Webhook;
  onClose: () => void;
}

function Edit({ webhook, onClose }: DialogProps) {
  const { t } = useTranslation();
  const { api } = useHere();
  const [wish, setWish] = useState({ url: webhook.url, description: webhook.description, events: webhook.events });
  const save = useAct(() => api.put("/v1/webhooks/{id}", { path: { id: webhook.id }, body: wish }), {
    refresh: ["webhooks"],
    onDone: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={<Title order={2}>{t("webhooks.edit")}</Title>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="md">
          <WebhookFields value={wish} onChange={(next) => setWish({ ...next, events: [...next.events] })} />
          {save.error !== null && <Trouble error={save.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t("prove.leave")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("webhooks.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Rotate({ webhook, onClose }: DialogProps) {
  const { t } = useTranslation();
  const { api } = useHere();
  const rotate = useAct(() => api.post("/v1/webhooks/{id}/rotate-secret", { path: { id: webhook.id }, body: {} }), {
    refresh: ["webhooks"],
  });
  return (
    <Modal opened onClose={onClose} title={<Title order={2}>{t("webhooks.rotateTitle")}</Title>}>
      <Stack gap="md">
        {rotate.data === undefined ? (
          <>
            <Text size="sm">{t("webhooks.rotateAbout")}</Text>
            {rotate.error !== null && <Trouble error={rotate.error} />}
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                {t("webhooks.keep")}
              </Button>
              <Button loading={rotate.isPending} onClick={() => rotate.mutate()}>
                {t("webhooks.rotateDo")}
              </Button>
            </Group>
          </>
        ) : (
          <>
            <SecretShown secret={rotate.data.secret} />
            <Group justify="flex-end">
              <Button onClick={onClose}>{t("webhooks.done")}</Button>
            </Group>
          </>
        )}
      </Stack>
    </Modal>
  );
}

const spans = ["1", "7", "30"] as const;
const dayMs = 86_400_000;

function Resend({ webhook, onClose }: DialogProps) {
  const { t } = useTranslation();
  const { api } = useHere();
  const [days, setDays] = useState<(typeof spans)[number]>("1");
  const resend = useAct(
    () =>
      api.post("/v1/webhooks/{id}/resend", {
        path: { id: webhook.id },
        body: { since: new Date(Date.now() - Number(days) * dayMs).toISOString() },
      }),
    { refresh: ["webhooks"] },
  );
  return (
    <Modal opened onClose={onClose} title={<Title order={2}>{t("webhooks.resend")}</Title>}>
      <Stack gap="md">
        {resend.data === undefined ? (
          <Select
            label={t("webhooks.resendAbout")}
            allowDeselect={false}
            data={spans.map((each) => ({ value: each, label: t(`webhooks.since.${each}`) }))}
            value={days}
            onChange={(next) => setDays((next ?? "1") as (typeof spans)[number])}
          />
        ) : (
          <Text role="status">{t("webhooks.resent", { count: resend.data.resent })}</Text>
        )}
        {resend.error !== null && <Trouble error={resend.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {resend.data === undefined ? t("prove.leave") : t("webhooks.done")}
          </Button>
          {resend.data === undefined && (
            <Button loading={resend.isPending} onClick={() => resend.mutate()}>
              {t("webhooks.resendDo")}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Remove({ webhook, onClose }: DialogProps) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const navigate = useNavigate();
  const remove = useAct(() => api.delete("/v1/webhooks/{id}", { path: { id: webhook.id } }), {
    refresh: ["webhooks"],
    onDone: () => void navigate({ to: `/${workspace.slug}/webhooks` as never }),
  });
  return (
    <Modal opened onClose={onClose} title={<Title order={2}>{t("webhooks.removeTitle")}</Title>}>
      <Stack gap="md">
        <Text size="sm" className="mono">
          {webhook.url}
        </Text>
        <Text size="sm">{t("webhooks.removeAbout")}</Text>
        {remove.error !== null && <Trouble error={remove.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("webhooks.keep")}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t("webhooks.removeDo")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
