import { Button, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useAct } from "../../app/act.ts";
import { useHere } from "../../app/session.tsx";
import { OnceShown } from "../../parts/once-shown.tsx";
import { Trouble } from "../../parts/page.tsx";
import { WebhookFields, type WebhookWish } from "./webhook-fields.tsx";

/** An endpoint is added; its secret is shown this once, and the way leads on to its page. */
export function NewWebhook({ onClose, onOpen }: { onClose: () => void; onOpen: (id: string) => void }) {
  const { t } = useTranslation();
  const { api } = useHere();
  const [wish, setWish] = useState<WebhookWish>({ url: "", description: "", events: ["*"] });
  const add = useAct(
    () => api.post("/v1/webhooks", { body: { ...wish, url: wish.url.trim(), events: [...wish.events] } }),
    { refresh: ["webhooks"] },
  );
  return (
    <Modal opened onClose={onClose} size="md" title={<Title order={2}>{t("webhooks.add")}</Title>}>
      {add.data === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate();
          }}
        >
          <Stack gap="md">
            <WebhookFields value={wish} onChange={setWish} />
            {add.error !== null && <Trouble error={add.error} />}
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                {t("prove.leave")}
              </Button>
              <Button type="submit" loading={add.isPending}>
                {t("webhooks.submit")}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack gap="md">
          <SecretShown secret={add.data.secret} />
          <Group justify="flex-end">
            <Button onClick={() => onOpen(add.data.webhook.id)}>{t("webhooks.done")}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

export function SecretShown({ secret }: { secret: string | null }) {
  const { t } = useTranslation();
  return secret === null ? (
    <Text role="alert">{t("webhooks.secretAgain")}</Text>
  ) : (
    <OnceShown title={t("webhooks.secretTitle")} value={secret} what={t("webhooks.secretWhat")}>
      {t("webhooks.secretAbout")}
    </OnceShown>
  );
}
